"""번호가 없는 쪽과 절이 아닌 쪽의 시험: 셀이 있으면 노트북이 있고, 절의 번호는 밀리지 않는다."""

import re
import shutil
import subprocess
import sys
from zipfile import ZipFile

import nbformat
import pypdfium2
import pytest
from bs4 import BeautifulSoup

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
    "cheatsheet": HEADER + "# 요약\n\n{ref}`sec-warm`\n\n" + CELL + DOT % "fig-sheet",
}
NOTE = "chapters/chap6/note"  # .ipynb로 쓴 쪽
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
    "cheatsheet": "요약",
}
WITH_CELLS = [page for page in TITLES if not page.endswith("between")]


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
    cells = [nbformat.v4.new_markdown_cell("# 공책"), nbformat.v4.new_code_cell("print(7)")]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    about = {"kernelspec": kernel, "numbering": False}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=about), book / f"{NOTE}.ipynb")
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


def test_a_page_without_number_is_not_called_by_number(book):
    """{numref}로 부르면 쪽과 줄과 고치는 법을 알리고 멈춘다."""
    page = book / "chapters/chap6/6-2-two.md"
    page.write_text(page.read_text("utf-8") + "\n{numref}`sec-warm`\n", "utf-8")
    line = page.read_text("utf-8").count("\n")
    assert make(book, "html")[0] != 0
    (said,) = listed(book)
    assert re.match(rf"chapters/chap6/6-2-two\.md:{line}: 번호가 없는 것을 .*sec-warm", said)
    assert "{ref}로 부르" in said
