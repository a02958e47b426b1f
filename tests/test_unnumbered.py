"""번호가 없는 쪽, 절이 아닌 쪽, 다른 꼴로 쓴 쪽의 시험.

셀이 있으면 어디에 어떤 꼴로 썼든 노트북이 있고, 절의 번호는 밀리지 않는다.
"""

import json
import re
import shutil
import subprocess
import sys
from base64 import b64decode, b64encode
from io import BytesIO
from zipfile import ZipFile

import nbformat
import pypdfium2
import pytest
from bs4 import BeautifulSoup
from nbformat import v3
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from PIL import Image

from book import ROOT, listed, make, need_pango, page_of, pdf_texts
from tiny import HEADER, IDS, set_comments, set_slug, tiny_book

UNNUMBERED = HEADER.removesuffix("---\n") + "numbering: false\n---\n"
SETUP = "```{code-cell} ipython3\n:tags: [setup]\n\n# 준비\nimport math\n```\n"
READS = "```{code-cell} ipython3\nopen('data/sub/가 나.csv').read()\n```\n"
CELL = "```{code-cell} ipython3\nprint(6 * 7)\n```\n"
DOT = ":::{figure} /dot.png\n:name: %s\n:alt: 흰 바탕에 곧은 선이 있다.\n점\n:::\n"
# {쪽: 원고}. 절은 tiny_book의 6-1-one과 6-2-two이다
PAGES = {
    "index": HEADER + "# 작은 책\n\n{numref}`sec-6-one`\n\n" + CELL,
    "chapters/intro": UNNUMBERED + "# 들어가며\n\n" + CELL + READS + DOT % "fig-intro",
    "chapters/chap6/index": HEADER + "(chap6)=\n# 미분\n\n" + CELL + READS,
    "chapters/chap6/warm-up": UNNUMBERED
    + "(sec-warm)=\n# 몸풀기: $x^2$\n\n{numref}`fig-warm`, {numref}`sec-6-one`\n\n"
    + "\n".join((SETUP, CELL, DOT % "fig-warm")),
    "chapters/chap6/between": "---\nnumbering: false\n---\n(sec-text)=\n# 쉬어 가기\n\n글\n",
    "chapters/chap6/after": UNNUMBERED + "# 마무리\n\n" + SETUP,
    # 머리글이 없거나 남의 커널이 적힌 쪽
    "chapters/chap6/bare": "# 맨몸\n\n```{code-cell}\nprint(21 * 2)\n```\n",
    "chapters/chap6/conda": "---\nkernelspec:\n  display_name: x\n  name: conda-base\n---\n"
    + "먼저 적은 글\n\n# 남의 커널\n\n~~~{code-cell} python\nprint(84 / 2)\n~~~\n",
    "cheatsheet": HEADER + "# 요약\n\n{ref}`sec-warm`\n\n" + CELL + DOT % "fig-sheet",
}
NOTE, OLD = "chapters/chap6/note", "chapters/chap6/old"  # .ipynb로 쓴 쪽
STALE = "낡은 출력"
TOC = """format: jb-book
root: index
parts:
- caption: 본문
  numbered: 2
  chapters:
  - file: chapters/intro
  - file: chapters/chap6/index
    sections:
    - file: chapters/chap6/warm-up
    - file: chapters/chap6/6-1-one
    - file: chapters/chap6/between
    - file: chapters/chap6/note
    - file: chapters/chap6/6-2-two
    - file: chapters/chap6/after
    - file: chapters/chap6/old
    - file: chapters/chap6/bare
    - file: chapters/chap6/conda
- caption: 부록
  chapters:
  - file: cheatsheet
  - file: references
"""
TITLES = {
    "index": "작은 책",
    "chapters/intro": "들어가며",
    "chapters/chap6/index": "6 미분",
    "chapters/chap6/warm-up": "몸풀기: x²",
    "chapters/chap6/6-1-one": "6.1 첫째 절",
    "chapters/chap6/between": "쉬어 가기",
    NOTE: "공책",
    "chapters/chap6/6-2-two": "6.2 둘째 절",
    "chapters/chap6/after": "마무리",
    OLD: "6.3 옛 공책",
    "chapters/chap6/bare": "6.4 맨몸",
    "chapters/chap6/conda": "6.5 남의 커널",
    "cheatsheet": "요약",
}
WITH_CELLS = [page for page in TITLES if not page.endswith("between")]


def picture(colour, kind="PNG"):
    file = BytesIO()
    Image.new("RGB", (90, 60), colour).save(file, kind)
    return b64encode(file.getvalue()).decode()


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60">'
    '<rect width="90" height="60" fill="#0000fe"/></svg>'
)
PASTED = {
    "image.png": {"image/png": picture("#fe0000")},
    "my pic.jpg": {"image/jpeg": picture("#00fe00", "JPEG")},
    "뜬 것.svg": {"image/svg+xml": SVG},
}
FIGURE = {
    "tags": ["hide-input"],
    "mystnb": {
        "figure": {"name": "fig-note", "caption": "오르는 선"},
        "image": {"alt": "왼쪽 아래에서 오른쪽 위로 가는 선이 하나 있다."},
    },
}
OF_EDITORS = {
    "colab": {"id": "x", "base_uri": "https://localhost"},
    "vscode": {"languageId": "python"},
    "jupyter": {"outputs_hidden": False},
    "scrolled": True,
}


def note():
    """편집기들이 남기는 것과 붙인 그림, raw 셀이 있는 노트북. 커널은 쓴 사람의 것이다."""
    old = new_output("stream", name="stdout", text=STALE)
    cells = [
        new_raw_cell("---\nnumbering: false\n---"),
        new_markdown_cell(
            "(sec-note)=\n# 공책\n\n{numref}`fig-note`, [옛것](old.ipynb)\n\n"
            "![빨간 네모가 하나 있다](attachment:image.png)\n\n"
            "글 속의 ![푸른 네모가 하나 있다](attachment:my%20pic.jpg) 그림\n\n"
            ":::{figure} attachment:뜬 것.svg\n:alt: 파란 네모가 하나 있다\n파란 네모\n:::",
            attachments=PASTED,
        ),
        new_code_cell(
            "import matplotlib.pyplot as plt\nplt.plot([0, 1])\nplt.show()",
            metadata=FIGURE | OF_EDITORS,
            outputs=[old],
            execution_count=9,
        ),
        new_raw_cell("<p>날것의 <b>굵은</b> 글</p>", metadata={"raw_mimetype": "text/html"}),
        new_raw_cell("**별표**까지 그대로 <b>"),
        new_raw_cell("마크다운의 **굵은** 글", metadata={"format": "text/markdown"}),
        new_code_cell("print(6 * 7)", metadata={"tags": ["skip-execution"]}, outputs=[old]),
        new_code_cell("print(7 * 6)", outputs=[old]),
        new_code_cell(""),
    ]
    about = {
        "kernelspec": {"name": "conda-env-x-py", "display_name": "Python [conda env:x]"},
        "language_info": {"name": "python", "version": "3.7.1"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
        "title": "편집기의 제목",
    }
    return nbformat.v4.new_notebook(cells=cells, metadata=about)


def old_note():
    """nbformat 3"""
    cells = [
        v3.new_heading_cell("옛 공책"),
        v3.new_code_cell("a = 40\nprint(a + 2)", outputs=[v3.new_output("pyout", STALE)]),
        v3.new_code_cell(""),
    ]
    return v3.new_notebook(worksheets=[v3.new_worksheet(cells=cells)])


def notebook(page):
    return f"notebooks/{page.removeprefix('chapters/')}.ipynb"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """셀이 있는 여러 자리의 쪽을 사이트, 노트북, 종이책, 전자책으로."""
    need_pango()
    book = tiny_book(tmp_path_factory.mktemp("unnumbered") / "book")
    set_slug(book, 'slug: "hong/book"')
    set_comments(book, IDS)
    shutil.copy(ROOT / "tests/fig6-1.png", book / "dot.png")
    for page, text in PAGES.items():
        (book / f"{page}.md").write_text(text, "utf-8")
    for page, source in ((NOTE, note()), (OLD, old_note())):
        nbformat.write(source, book / f"{page}.ipynb")
    one = book / "chapters/chap6/6-1-one.md"
    called = "{ref}`sec-warm`, {ref}`sec-text`\n\n"
    one.write_text(one.read_text("utf-8").replace("$$\ny =", f"{called}{SETUP}\n$$\ny ="), "utf-8")
    (book / "_toc.yml").write_text(TOC, "utf-8")
    for folder, text in (("chapters/chap6", "1,2"), ("chapters", "밖의 것")):
        (book / folder / "data/sub").mkdir(parents=True)
        (book / folder / "data/sub/가 나.csv").write_text(text, "utf-8")
    (book / "README.md").write_text("<!-- 절의 표: -->\n<!-- 끝 -->\n", "utf-8")
    for target in ("notebooks", "html", "pdf", "epub"):
        status, screen = make(book, target)
        assert status == 0, screen
    return book


def text_of(soup):
    return " ".join(soup.get_text(" ").split())


def test_only_sections_are_numbered(book):
    tree = [a.get_text() for a in page_of(book, "index").select(".sidebar-tree a.reference")]
    assert tree == [*TITLES.values()][1:] + ["용어"]
    for page, title in TITLES.items():
        shown = page_of(book, page).title.get_text().removesuffix(" - 미분을 코드로")
        assert shown == ("미분을 코드로" if page == "index" else title)
        assert len(page_of(book, page).select("h1 .section-number")) == title[0].isdigit()
    before, after = page_of(book, "chapters/chap6/6-1-one").select(".related-pages a")[::-1]
    assert "몸풀기: x²" in text_of(before) and "쉬어 가기" in text_of(after)


def test_figures_of_unnumbered_pages_count_in_the_chapter(book):
    """{numref}로 부른 것도 같다. 장의 밖에서는 장의 번호 없이 센다."""
    for page, caption in {
        "chapters/intro": "그림 1 ",
        "chapters/chap6/warm-up": "그림 6-1 ",
        "chapters/chap6/6-1-one": "그림 6-2 ",
        "cheatsheet": "그림 2 ",
    }.items():
        assert page_of(book, page).figcaption.get_text().strip().startswith(caption)
    warm_up = text_of(page_of(book, "chapters/chap6/warm-up").article)
    assert "그림 6-1 , 6.1절" in warm_up


def test_pages_with_cells_have_what_sections_have(book):
    """노트북, 여는 단추, 실행한 날, README의 줄. 장에 든 쪽에는 댓글도 있다."""
    readme = (book / "README.md").read_text("utf-8")
    assert re.findall(r"^\| (.+?) \| \[읽기\]", readme, re.M) == [TITLES[x] for x in WITH_CELLS]
    made = {path.relative_to(book).as_posix() for path in book.glob("notebooks/**/*.ipynb")}
    assert made == {*map(notebook, WITH_CELLS)}
    for page in WITH_CELLS:
        soup = page_of(book, page)
        colab, binder, download = [a["href"] for a in soup.select("h1 + nav.launch a")]
        assert colab.endswith(f"/blob/main/{notebook(page)}") and binder
        assert (book / f"_build/html/{page}").parent.joinpath(download).is_file()
        assert len(soup.select("p.versions")) == 1
        assert bool(soup.select("h1 + nav .run-here")) == (page != "chapters/chap6/after")
        first = nbformat.read(book / notebook(page), 4).cells[0].source
        title = TITLES[page].removeprefix("6 ")
        named = f"{title[:3]}절" if title.startswith("6.") else f"「{title}」 쪽"
        assert f"『미분을 코드로』의 {named}이며, 원고 `{page}." in first
        assert first.startswith(f"# {TITLES[page].replace('x²', '$x^2$')}\n")
    listed = page_of(book, "comments").select("nav a[data-page]")
    assert [a.get_text() for a in listed] == [
        title for page, title in TITLES.items() if re.search("chap6/(?!index)", page)
    ]


def bring(book, page, site, folder):
    """노트북의 데이터를 가져오는 셀을 빈 폴더에서 실행한다. 저장소 대신 site에서 받는다."""
    code = nbformat.read(book / notebook(page), 4).cells[1].source
    command = [sys.executable, "-c", re.sub("https://raw[^']*/main/", site, code)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True).stderr


@pytest.mark.parametrize(
    "page, text", {"chapters/chap6/index": "1,2", "chapters/intro": "밖의 것"}.items()
)
def test_notebooks_bring_their_data(book, tmp_path, page, text):
    """노트북의 옆에 사본이 있고, 노트북만 있으면 저장소에서 받으며, 받지 못하면 할 일을 말한다."""
    name, soup = "data/sub/가 나.csv", page_of(book, page)
    assert "'" + text + "'" in soup.select_one(".cell_output").find_parent("article").get_text()
    assert (book / notebook(page)).parent.joinpath(name).read_text("utf-8") == text
    told = bring(book, page, "https://no.such.host.invalid/", tmp_path).split("\n")[-2]
    folder = page.rpartition("/")[0]
    assert told.startswith(
        f"FileNotFoundError: 데이터 파일이 없습니다: {name}. https://github.com/"
    )
    assert f"hong/book/blob/main/{folder}/data에 있는 그 파일을 내려받아" in told
    assert list(tmp_path.iterdir()) == []
    assert bring(book, page, f"{book.as_uri()}/", tmp_path) == ""
    assert (tmp_path / name).read_text("utf-8") == text


def test_books_follow_the_same_order(book):
    """종이의 준비 셀은 절에만 찍히고, 번호가 없는 쪽은 앞에 있어도 그 절을 알린다."""
    marks = [mark.get_title() for mark in pypdfium2.PdfDocument(book / "_build/book.pdf").get_toc()]
    titles = ["머리말", *TITLES.values()][2:]
    assert [mark for mark in marks if mark in titles or "6장" in mark] == [
        "6장 미분" if title == "6 미분" else title for title in titles
    ]
    text = "".join("".join(pdf_texts(book / "_build/book.pdf")).split())
    assert text.count("준비셀은6.1절의것과같습니다(") == 2 and text.count("importmath") == 1
    assert text.index("준비셀은6.1절의것과같습니다(") < text.index("importmath")
    assert "몸풀기:x2,쉬어가기" in text
    with ZipFile(book / "_build/book.epub") as epub:
        (name,) = [name for name in epub.namelist() if name.endswith("nav.xhtml")]
        nav = BeautifulSoup(epub.read(name), "html.parser")
    links = [a.get_text() for a in nav.select("nav a")]
    assert [link for link in links if link in TITLES.values()] == [*TITLES.values()]


def test_pages_of_other_forms_are_right_in_all_books(book):
    """출력은 새로 실행한 것이고, 편집기가 적은 것은 어디에도 없다."""
    page = page_of(book, NOTE).article
    outputs = [box.get_text().strip() for box in page.select(".cell_output .highlight")]
    assert outputs == ["42"] and page.select_one("figure figcaption, .figure figcaption")
    alts = [img["alt"] for img in page.select("img")]
    assert alts == ["빨간 네모가 하나 있다", "푸른 네모가 하나 있다", "파란 네모가 하나 있다"] + [
        FIGURE["mystnb"]["image"]["alt"]
    ]
    assert [b.get_text() for b in page.select("p > b, p > strong")] == ["굵은", "굵은"]
    assert "**별표**까지 그대로 <b>" in page.get_text()
    for doc in (OLD, "chapters/chap6/bare", "chapters/chap6/conda"):
        (output,) = page_of(book, doc).select(".cell_output .highlight")
        assert float(output.get_text()) == 42
    printed = "".join(pdf_texts(book / "_build/book.pdf"))
    with ZipFile(book / "_build/book.epub") as epub:
        packed = "".join(epub.read(x).decode() for x in epub.namelist() if x.endswith("xhtml"))
    html = "".join(path.read_text("utf-8") for path in (book / "_build/html").rglob("*.html"))
    for text in (printed, packed, html):
        assert STALE not in text and "편집기의 제목" not in text and "날것의" in text


def test_attached_pictures_are_in_all_books(book):
    """사이트와 전자책과 노트북에는 붙인 그대로, 종이에는 그 색으로."""
    pasted = [
        b64decode(PASTED[name][kind])
        for name, kind in (("image.png", "image/png"), ("my pic.jpg", "image/jpeg"))
    ] + [SVG.encode()]
    site = [path.read_bytes() for path in (book / "_build/html/_images").glob("*.*")]
    with ZipFile(book / "_build/book.epub") as epub:
        packed = [epub.read(name) for name in epub.namelist()]
    cells = nbformat.read(book / notebook(NOTE), 4).cells
    noted = re.findall(r"base64,([\w+/=]+)", cells[0].source)
    assert [*map(b64decode, noted)] == pasted
    assert all(data in site for data in pasted)
    assert all(data in packed for data in pasted[:2])
    pages = [page.render().to_pil() for page in pypdfium2.PdfDocument(book / "_build/book.pdf")]
    colours = {colour for page in pages for _, colour in page.getcolors(page.width * page.height)}
    assert {(254, 0, 0), (0, 0, 254)} <= colours


def test_a_notebook_source_becomes_a_clean_notebook(book):
    written = nbformat.read(book / notebook(NOTE), 4)
    kinds = [(cell.cell_type, cell.source) for cell in written.cells]
    assert kinds[1:] == [
        ("code", "import matplotlib.pyplot as plt\nplt.plot([0, 1])\nplt.show()"),
        ("markdown", kinds[2][1]),
        ("raw", "<p>날것의 <b>굵은</b> 글</p>"),
        ("raw", "**별표**까지 그대로 <b>"),
        ("markdown", "마크다운의 **굵은** 글"),
        ("code", "print(6 * 7)"),
        ("code", "print(7 * 6)"),
    ]
    assert kinds[2][1].startswith("**그림 6-4** 오르는 선")
    assert written.cells[3].metadata == {"raw_mimetype": "text/html"}
    assert written.cells[1].metadata.keys() == {"tags", "cellView", "jupyter"}
    assert written.metadata.keys() == {"colab", "kernelspec", "language_info"}


def test_the_page_of_a_notebook_runs_its_cells(book):
    """쪽의 단추가 받는 셀들. 실행하지 않을 셀은 없다."""
    button = page_of(book, NOTE).select_one(".run-here")
    listed = (book / "_build/html/_static/live/x" / button["data-cells"]).resolve()
    cells = json.loads(listed.read_text("utf-8"))["cells"]
    assert [(cell["at"], cell["source"]) for cell in cells] == [
        (0, "import matplotlib.pyplot as plt\nplt.plot([0, 1])\nplt.show()"),
        (2, "print(7 * 6)"),
    ]


def test_a_page_without_number_is_not_called_by_number(book):
    """{numref}로 부르면 쪽과 줄과 고치는 법을 알리고 멈춘다."""
    page = book / "chapters/chap6/6-2-two.md"
    page.write_text(page.read_text("utf-8") + "\n{numref}`sec-warm`\n", "utf-8")
    line = page.read_text("utf-8").count("\n")
    assert make(book, "html")[0] != 0
    (said,) = listed(book)
    assert re.match(rf"chapters/chap6/6-2-two\.md:{line}: 번호가 없는 것을 .*sec-warm", said)
    assert "{ref}로 부르" in said
