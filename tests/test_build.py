"""책을 만드는 일의 시험: 책의 사본이나 작은 책을 실제로 만들어 본다."""

import os
import pickle
import re
import shutil
import sys
import tempfile
from urllib.parse import unquote

import nbformat
import pytest
from bs4 import BeautifulSoup

from book import FEATURES, NOTEBOOKS, ROOT, SECTIONS, cache_folder, copy_book, make, need
from test_notebooks import leftovers, ran  # noqa: F401

HEADER = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {name: python3, display_name: Python 3, language: python}
---
"""
N = 1 + max(
    int(folder.name.removeprefix("chap")) for folder in ROOT.glob("chapters/chap*")
)  # 새 장: 지금은 7
PAGE = (
    HEADER
    + """(sec-N-one)=
# 첫째 절

{numref}`fig-N-1`, {numref}`tbl-N-1`, {numref}`ex-N-1`, 식 {eq}`eq-N-one`, {numref}`sec-N-two`을 봅니다.

$$
y = x^2
$$ (eq-N-one)

```{code-cell} ipython3
---
mystnb:
  figure: {name: fig-N-1, caption: 곧은 선}
  image: {alt: 왼쪽 아래에서 오른쪽 위로 가는 곧은 선}
---
import matplotlib.pyplot as plt
plt.plot([0, 1])
plt.show()
```

:::{table} 값
:name: tbl-N-1

| x | y |
|---|---|
| 1 | 1 |
:::

:::{exercise}
:label: ex-N-1
$x=2$이면 $y$는 얼마입니까?
:::

:::{exercise}
:label: ex-N-2
$x=3$이면 $y$는 얼마입니까?
:::
"""
)
SECOND = (
    HEADER
    + """(sec-N-two)=
# 둘째 절

{numref}`sec-N-one`의 {numref}`fig-N-1`과 식 {eq}`eq-N-one`을 다시 봅니다.

```{code-cell} ipython3
print(6 * 7)
```
"""
)
NUMBERS = [f"그림 {N}-1", f"표 {N}-1", f"연습문제 {N}-1", f"식 ({N}.1)", f"{N}.2절"]
INDEX = "(chap{n})=\n# 미분 다음\n\n## 이 장의 내용\n\n두 절이 있습니다.\n"


def add_chapter(book, number, toc):
    folder = book / f"chapters/chap{number}"
    folder.mkdir(parents=True)
    (folder / "index.md").write_text(INDEX.replace("{n}", str(number)), "utf-8")
    (folder / f"{number}-1-one.md").write_text(PAGE.replace("N-", f"{number}-"), "utf-8")
    (folder / f"{number}-2-two.md").write_text(SECOND.replace("N-", f"{number}-"), "utf-8")
    lines = (
        f"  - file: chapters/chap{number}/index\n    sections:\n"
        f"    - file: chapters/chap{number}/{number}-1-one\n    - file: chapters/chap{number}/{number}-2-two\n"
    )
    (book / "_toc.yml").write_text(
        toc.replace("- caption: 부록", lines + "- caption: 부록"), "utf-8"
    )


def copy_whole_book(folder):
    """책 전체의 사본. 있던 쪽의 실행 결과는 캐시에서 온다."""
    book = copy_book(
        folder,
        {path.name for path in ROOT.iterdir()} - {".git", ".venv", "_build", "fonts", "tests"},
    )
    shutil.copytree(ROOT / "_build/.jupyter_cache", book / "_build/.jupyter_cache")
    return book


def set_slug(book, line):
    """_config.yml에서 slug의 줄을 바꾼다."""
    config = book / "_config.yml"
    text, count = re.subn(r'slug: ".*?"', line, config.read_text("utf-8"))
    assert count == 1
    config.write_text(text, "utf-8")


def no_links(text):
    return re.sub(r"\[([^\[\]]*)\]\([^)]*\)", r"\1", text)


@pytest.fixture(scope="module")
def with_new_chapter(tmp_path_factory):
    """책 전체에 장 하나를 더한 사본."""
    book = copy_whole_book(tmp_path_factory.mktemp("chapter") / "book")
    add_chapter(book, N, (ROOT / "_toc.yml").read_text("utf-8"))
    before = files(book)
    status, screen = make(book, "html")
    assert status == 0, screen
    assert files(book) == before, "빌드가 원고의 폴더를 건드렸습니다"
    status, screen = make(
        book, "notebooks", GITHUB_REPOSITORY="someone/else"
    )  # 노트북은 이것을 보지 않는다
    assert status == 0, screen
    return book


def files(book):
    return {
        path: path.stat().st_mtime_ns
        for path in book.rglob("*")
        if path.is_file() and "_build" not in path.parts
    }


def test_new_chapter_in_html(with_new_chapter):
    one, two = [
        (with_new_chapter / f"_build/html/chapters/chap{N}/{N}-{name}.html").read_text("utf-8")
        for name in ("1-one", "2-two")
    ]
    text = re.sub(r"<[^>]+>", "", one)
    assert (
        f'<span class="section-number">{N}.1 </span>첫째 절' in one
        and f'<span class="section-number">{N}.2 </span>' in two
    )
    assert all(number in text for number in NUMBERS), "부르는 글"
    for kind in (f"그림 {N}-1", f"표 {N}-1", f"연습문제 {N}-1", f"연습문제 {N}-2"):
        assert f'<span class="caption-number">{kind} </span>' in one
    assert f'<span class="eqno">({N}.1)' in one
    assert f"{N}.1절의 그림 {N}-1과 식 ({N}.1)" in re.sub(r"<[^>]+>", "", two)
    ids = re.findall(r'\bid="([^"]+)"', one)
    assert sorted(ids) == sorted(set(ids))
    assert "6.2 " in (with_new_chapter / "_build/html/chapters/chap6/6-2-numerical.html").read_text(
        "utf-8"
    )


def test_new_chapter_in_notebooks(with_new_chapter):
    one, two = [
        nbformat.read(with_new_chapter / f"notebooks/chap{N}/{N}-{name}.ipynb", 4)
        for name in ("1-one", "2-two")
    ]
    text = "\n".join(cell.source for cell in one.cells)
    assert text.startswith(f"# {N}.1 첫째 절") and all(number in text for number in NUMBERS)
    assert all(
        label in text
        for label in (f"**그림 {N}-1**", f"**표 {N}-1**", f"**연습문제 {N}-1**", rf"\tag{{{N}.1}}")
    )
    assert f"{N}.1절의 그림 {N}-1과 식 ({N}.1)" in no_links(two.cells[0].source)


def test_notebooks_are_fresh(with_new_chapter):
    made, committed = [
        {
            p.relative_to(book): p.read_bytes()
            for p in book.glob("notebooks/chap*/*")
            if f"chap{N}" not in p.parts
        }
        for book in (with_new_chapter, ROOT)
    ]
    assert made == committed, "make notebooks를 실행하세요"
    lines = (with_new_chapter / "README.md").read_text("utf-8").splitlines()
    assert sum(f"chapters/chap{N}/" in line or f"/chap{N}/{N}-" in line for line in lines) == 2
    assert [line for line in lines if f"/chap{N}/" not in line] == (ROOT / "README.md").read_text(
        "utf-8"
    ).splitlines(), "make notebooks를 실행하세요"


@pytest.fixture(scope="module")
def fork(tmp_path_factory):
    """이미 공개한 책에서 slug 한 줄만 바꾸고 make notebooks를 실행한 포크. 사이트는 또 다른 저장소의 Actions에서 만든다."""
    book = copy_whole_book(tmp_path_factory.mktemp("fork") / "book")
    set_slug(book, 'slug: "Original/book"')
    status, screen = make(book, "notebooks")
    assert status == 0 and "original.github.io/book" in (book / "README.md").read_text("utf-8"), (
        screen
    )
    set_slug(book, 'slug: "Forker/their-book"')
    before = files(book)
    for target in ("notebooks", "html"):
        status, screen = make(book, target, GITHUB_REPOSITORY="someone/else")
        assert status == 0 and "slug가 없어" not in screen, screen
    after = files(book)
    assert {path.relative_to(book) for path in after if after[path] != before.get(path)} == {
        path.relative_to(ROOT) for path in [*NOTEBOOKS, ROOT / "README.md"]
    }
    return book


def page_of(book, page):
    return BeautifulSoup((book / f"_build/html/{page}.html").read_text("utf-8"), "html.parser")


@pytest.mark.parametrize("page", SECTIONS)
def test_buttons_open_notebooks_that_run(fork, ran, page):  # noqa: F811
    colab, binder, download = [a["href"] for a in page_of(fork, page).select("h1 + nav.launch a")]
    source, report = [a["href"] for a in page_of(fork, page).select('nav[aria-label="이 쪽"] a')]
    assert source == f"https://github.com/someone/else/blob/main/{page}.md"
    assert unquote(report).startswith(
        f"https://github.com/someone/else/issues/new?title={page.split('/')[-1][:3].replace('-', '.')} "
    )
    notebook = page.replace("chapters/", "notebooks/") + ".ipynb"
    assert colab == f"https://colab.research.google.com/github/someone/else/blob/main/{notebook}"
    assert (
        unquote(binder)
        == f"https://mybinder.org/v2/gh/someone/else/main?urlpath=lab/tree/{notebook}"
    )
    downloaded = (fork / f"_build/html/{page}").parent / download
    assert downloaded.read_bytes() == (fork / notebook).read_bytes()
    ran(ROOT / notebook, "colab", "colab")
    ran(ROOT / notebook, "binder", "computer")


def test_fork_points_to_itself(fork):
    site = "https://forker.github.io/their-book/"
    for path in fork.glob("notebooks/chap*/*.ipynb"):
        text = "\n".join(cell.source for cell in nbformat.read(path, 4).cells)
        links = re.findall(re.escape(site) + r"([^)#]+)\.html(?:#([^)]+))?\)", text)
        assert (f"chapters/{path.parent.name}/{path.stem}", "") in links and len(links) > 1
        for page, anchor in links:
            soup = page_of(fork, page)
            assert not anchor or soup.find(id=anchor), (page, anchor)
        assert ".ipynb)" not in text and "someone/else" not in text
    readme = (fork / "README.md").read_text("utf-8")
    for page in SECTIONS:
        notebook = page.replace("chapters/", "notebooks/") + ".ipynb"
        assert (
            f"({site}{page}.html)" in readme
            and f"(https://colab.research.google.com/github/Forker/their-book/blob/main/{notebook})"
            in readme
        )
        assert (
            f"https://mybinder.org/v2/gh/Forker/their-book/main?urlpath=lab/tree/{notebook})"
            in unquote(readme)
        )
    assert "someone/else" not in readme and "단추는 책을 공개한 뒤" not in readme


def test_site_of_a_fork_points_to_itself(fork):
    """대표 주소, 사이트맵, 카드, 404, 파일의 링크. 출처를 밝힌 것 말고는 옛 저장소의 흔적이 없다."""
    site, html = "https://someone.github.io/else/", fork / "_build/html"
    pages = {path.relative_to(html).as_posix() for path in html.rglob("*.html")} - {"404.html"}
    listed = re.findall("<loc>(.*?)</loc>", (html / "sitemap.xml").read_text("utf-8"))
    assert set(listed) == {site + page for page in pages - {"genindex.html", "search.html"}}
    assert f"Sitemap: {site}sitemap.xml" in (html / "robots.txt").read_text("utf-8")
    for page in pages:
        soup = page_of(fork, page.removesuffix(".html"))
        assert [link["href"] for link in soup.select('link[rel="canonical"]')] == [site + page]
        assert [
            (html / page).parent.joinpath(a["href"]).resolve()
            for a in soup.select('aside nav[aria-label="책 파일"] a')
        ] == [html / "book.pdf", html / "book.epub"]
        tags = {meta["property"]: meta["content"] for meta in soup.select("meta[property]")}
        if site + page in listed:
            assert (
                tags["og:url"] == site + page
                and (html / tags["og:image"].removeprefix(site)).is_file()
            )
            assert tags["og:description"] == soup.select_one('meta[name="description"]')["content"]
    assert len(page_of(fork, "index").select('article nav[aria-label="이 책의 파일"] a')) == 2
    lost = page_of(fork, "404")
    for tag in lost.select("[href], [src], [action]"):
        url = next(tag[name] for name in ("href", "src", "action") if tag.has_attr(name))
        inside = unquote(url.split("?")[0].split("#")[0]).removeprefix("/else/")
        assert (
            url.startswith(("#", "https://"))
            or url.startswith("/else/")
            and ((html / inside).is_file() or inside in ("book.pdf", "book.epub"))
        ), url
    assert lost.html["data-content_root"] == "/else/" and not lost.select('link[rel="canonical"]')
    for path in fork.rglob("*"):
        if path.is_file() and "_build/.jupyter_cache" not in path.as_posix():
            assert not re.search(rb"original(/|\.github\.io/)book", path.read_bytes(), re.I), path


CACHE = tempfile.TemporaryDirectory()


def tiny_book(folder):
    """기계는 그대로이고 쪽만 둘인 작은 책."""
    book = copy_book(folder)
    (book / "index.md").write_text("# 작은 책\n\n{numref}`sec-6-one`을 봅니다.\n", "utf-8")
    add_chapter(
        book,
        6,
        "format: jb-book\nroot: index\nparts:\n- caption: 본문\n  numbered: 2\n  chapters:\n"
        "- caption: 부록\n  chapters:\n  - file: references\n",
    )
    (book / "_build").mkdir()
    (book / "_build/.jupyter_cache").symlink_to(CACHE.name)  # 같은 셀은 한 번만 실행한다
    (book / ".github").mkdir()  # 점으로 시작하는 폴더의 글은 책이 아니다
    (book / ".github/template.md").write_text("# 이슈\n", "utf-8")
    (book / "references.md").write_text(
        "(glossary)=\n# 용어\n\n:::{glossary}\n미분\n  기울기를 구하는 일.\n:::\n", "utf-8"
    )
    return book


def add_samples(book):
    """tests/samples.md에는 책에 쓸 수 있는 요소가 한 번씩 있다."""
    shutil.copy(ROOT / "tests/fig6-1.png", book / "dot.png")
    shutil.copy(ROOT / "tests/samples.md", book / "chapters/chap6/6-3-samples.md")
    with (book / "references.md").open("a", encoding="utf-8") as file:
        file.write("\n```{bibliography}\n```\n")
    toc = (
        (book / "_toc.yml")
        .read_text("utf-8")
        .replace("chap6/6-2-two\n", "chap6/6-2-two\n    - file: chapters/chap6/6-3-samples\n")
    )
    (book / "_toc.yml").write_text(toc, "utf-8")


@pytest.fixture
def tiny(tmp_path):
    """쪽을 바꾸어 가며 만들어 본다."""
    return tiny_book(tmp_path / "book")


def test_unpublished_book_has_no_dead_buttons(tiny):
    set_slug(tiny, 'slug: ""')
    (tiny / "README.md").write_text("<!-- 절의 표: -->\n<!-- 끝 -->\n", "utf-8")
    (tiny / "notebooks").mkdir()
    status, screen = make(tiny, "notebooks")
    assert status == 0, screen
    status, screen = make(tiny, "html")
    assert status == 0 and screen.count("알림:") == 1, screen
    assert [a["href"] for a in page_of(tiny, "chapters/chap6/6-1-one").select("nav.launch a")] == [
        "../../notebooks/chap6/6-1-one.ipynb"
    ]
    assert not {"404.html", "sitemap.xml", "robots.txt"} & {
        path.name for path in (tiny / "_build/html").iterdir()
    }
    assert not page_of(tiny, "index").select('link[rel="canonical"], meta[property]')
    readme = (tiny / "README.md").read_text("utf-8")
    assert "단추는 책을 공개한 뒤" in readme and "/blob/" not in readme and "mybinder" not in readme


@pytest.mark.parametrize(
    "line, named",
    [
        ('slug: "https://github.com/a/b"', "소유자/저장소"),
        ('slug: "a/b.git"', "소유자/저장소"),
        ('slog: "a/b"', "slog"),
    ],
)
def test_wrong_repository_is_said_in_korean(tiny, line, named):
    set_slug(tiny, line)
    status, screen = make(tiny, "html")
    assert status != 0 and named in screen.split("_config.yml의 book_repository:")[1].split("\n")[0]


def test_every_element_reads_well_in_a_notebook(tiny):
    set_slug(tiny, 'slug: ""')
    add_samples(tiny)
    (tiny / "notebooks").mkdir()
    status, screen = make(tiny, "notebooks")
    assert status == 0, screen
    notebook = nbformat.read(tiny / "notebooks/chap6/6-3-samples.ipynb", 4)
    texts = [
        re.sub(r"base64,[\w+/=]+", "base64,", cell.source)
        for cell in notebook.cells
        if cell.cell_type == "markdown"
    ]
    assert [leftovers(text) for text in texts] == [[]] * len(texts)
    text = "\n\n".join(texts)
    for part in (
        "씁니다<sup>1)</sup>. 미분, Baydin *et al.* [1], [6.1절](6-1-one.ipynb), [책 밖](https://example.com/a_b), 이 쪽, 1\\~2와",
        "\n\\tag{6.2}\n$$",
        "\\begin{aligned}",
        "- **용어**\n\n  뜻풀이",
        "**목록 6-1** 코드의 제목\n\n```python",
        "> $$ x = 1 $$",
        "**그림 6-2** 곧은 선 $y=x$\n\n<details>\n<summary>그림에 보이는 것</summary>\n\n왼쪽 아래에서",
        "![점 \\[하나\\]](data:image/png;base64,)\n\n**그림 6-3** 점 하나, 식 (6.2)",
        "> **참고**\n>\n> 알림\n>\n> - 하나",
        "> **제목 $x$**",
        "<summary>팁</summary>\n\n접은 도움말\n\n</details>",
        "<summary>펼쳐 보기 $x$</summary>",
        "> **하나**\n>\n> 첫째",
        "> **연습문제 6-3 (어려운 문제)**\n>\n> 연습문제 6-4를",
        "<summary>풀이: 연습문제 6-3 (어려운 문제)</summary>\n\n$x=1$입니다.",
        "<summary>풀이: 연습문제 6-4</summary>\n\n먼저 생각합니다.",
        "<summary>풀이: 연습문제 6-4</summary>\n\n끝입니다.",
        "**표 6-2** 값\n\n| 방법 $\\vert{}x\\vert{}$ | 값 |\n| --- | --- |\n| `a\\|b` | 1.49893749 |\n| 전방 | 1.50000000 |",
        "## 제목 $e^x$와 `grad`, **굵은(bold)** 글<sup>2)</sup>",
        "<strong>경사 하강법(gradient descent)</strong>은, <strong>“따옴표”</strong>를",
        "이것은<strong>“붙은 것”</strong>이고 <em>기울임(italic)</em>은 <s>지운 글(old)</s>도 <em><strong>둘 다(both)</strong></em>를",
        "<strong>`grad`</strong>은, <strong>$x^2$</strong>은, 이 책의 <strong>이름(name)</strong>은 바꾼 글, 제목 $e^x$와 `grad`, **굵은(bold)** 글, 연습문제 6-5.",
        r"2\*\*3, \$5, \~\~, \`a\`, \{x}, \:::, \[^x]입니다.",
        "- □ <strong>할 일(todo)</strong>은\n- ■ 한 일",
        "| <strong>이름(name)</strong>은 |",
        r"<summary>$\frac{df}{dx}$의 <strong>뜻(meaning)</strong>과 <code>grad</code><sup>3)</sup></summary>",
        "<summary>풀이: 연습문제 6-5 (제곱 $x^2$)</summary>",
        "> **탭 $x_1$**",
        "4. 넷\n5. 다섯",
        "x<sup>3</sup>, `` a`b ``, (\\_a\\_), 줄<br/>",
        "\\- 빼기",
        "````markdown\n```python",
        "$$ a = 1  + 2 $$",
        r"a = \sqrt{1} \\",
        "풀이: 연습문제 6-3 (어려운 문제)를 부릅니다. `Ctrl+C`, PDF(문서 형식).",
        "| :--- | ---: | :---: |\n| ㄱ | 0.5 | ㄴ |",
        "— 적은 사람",
        "**가운데 글**",
        "* 나란한 둘",
        "이름의 값",
        "- `--long=VAL` 긴 옵션",
        "카드의 속",
        "그림에 덧붙인 글",
        "<sup>4)</sup> 식이 든 각주입니다.\n\n$$\ny = x^2 + 1\n$$\n\n식 뒤의 글입니다<sup>1)</sup>.\n\n```python\nprint",
        "- 각주의 항목",
        "<sup>1)</sup> 각주에서도 식 (6.2)를",
        "두 번호<sup>1)</sup><sup>2)</sup>, H<sub>2</sub>O",
        "**이 절의 참고문헌**\n\n- [1] Atilim",
    ):
        assert part in text, part
    assert "주석" not in text
    code = {cell.source: cell.metadata for cell in notebook.cells if cell.cell_type == "code"}
    assert (
        code["#@title 접은 셀\nprint(1)"]["jupyter"]
        == code["#@title 풀이: 연습문제 6-4\nassert 1 + 1 == 2"]["jupyter"]
        == {"source_hidden": True}
    )
    assert code["%%time\na = 1"]["jupyter"] == {"source_hidden": True}  # 첫 줄이 매직이어야 한다
    assert code["print(2)"]["jupyter"] == {"outputs_hidden": True}


@pytest.mark.parametrize(
    "text, named",
    [
        ("$$\na \\tag{1}\n$$", "절로 붙는 번호와 겹칩니다"),
        ("<p>HTML</p>", "옮길 수 없는 요소입니다: raw"),
        (":::{versionadded} 1.0\n:::", "옮길 수 없는 요소입니다: versionmodified"),
        ("```{code-cell} ipython3\n:tags: [remove-cell]\n1\n```", "코드 셀 수가 원고와 다릅니다"),
    ],
)
def test_what_a_notebook_cannot_hold_stops_the_build(tiny, text, named):
    page = tiny / "chapters/chap6/6-1-one.md"
    page.write_text(page.read_text("utf-8") + "\n" + text + "\n", "utf-8")
    status, screen = make(tiny, "notebooks")
    assert status != 0 and "6-1-one.md" in screen and named in screen, screen


def test_a_mended_book_builds(tiny):
    page = tiny / "chapters/chap6/6-1-one.md"
    good = page.read_text("utf-8")
    page.write_text(good + "\n```{code-cell} ipython3\n1/0\n```\n", "utf-8")
    assert make(tiny, "html")[0] != 0
    page.write_text(good, "utf-8")
    old = tiny / "_build/.doctrees/index.doctree"  # 옛 _build는 없어진 모듈을 가리킨다
    assert pickle.loads(old.read_bytes())
    old.write_bytes(b"cno_such_module\nThing\n.")
    status, screen = make(tiny, "html")
    assert status == 0, screen


@pytest.mark.parametrize("extension", FEATURES)
def test_the_book_builds_without_an_extension(tiny, extension):
    config = tiny / "_config.yml"
    text = config.read_text("utf-8")
    assert text.count(f"    - {extension}\n") == 1
    config.write_text(text.replace(f"    - {extension}\n", ""), "utf-8")
    status, screen = make(tiny, "html")
    assert status == 0, screen


def test_cache_ends_with_pins_fonts_and_profile(tmp_path):
    (tmp_path / "fonts").mkdir()
    seen = set()
    for file, text in (
        ("requirements.lock", "numpy==1"),
        ("requirements.lock", "numpy==2"),
        ("fonts/Nanum.ttf", "가"),
    ):
        (tmp_path / file).write_text(text)
        seen.add(cache_folder(tmp_path))
    assert len(seen) == 3


def test_missing_font_is_named(tiny):
    (tiny / "fonts").unlink()
    status, screen = make(tiny, "html")
    assert status != 0 and "글꼴이 없습니다: fonts/NanumBarunGothic.ttf" in screen


def test_wrong_python_is_refused_and_nothing_is_lost(tiny):
    status, screen = make(tiny, "html", "PYTHON=false")
    assert status != 0 and "파이썬 3.11 이상이 아니거나" in screen and (tiny / ".venv").exists()


def test_no_network_is_said_in_korean(tiny):
    (tiny / ".venv").unlink()
    nowhere = "http://127.0.0.1:9/"
    status, screen = make(
        tiny,
        "html",
        f"TORCH_INDEX={nowhere}",
        PYTHON=sys.executable,
        PIP_CONFIG_FILE=os.devnull,
        PIP_INDEX_URL=nowhere,
        PIP_FIND_LINKS="",
        PIP_RETRIES="0",
        PIP_NO_CACHE_DIR="1",
    )
    assert status != 0 and "패키지를 설치하지 못했습니다" in screen
    if sys.platform == "linux":
        assert "CPU용 torch를 받지 못해" in screen
