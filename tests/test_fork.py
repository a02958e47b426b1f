"""포크의 시험: slug 한 줄만 바꾼 책 전체에서 모든 주소가 그 포크의 것인지."""

import re
import subprocess
import sys
from urllib.parse import unquote

import nbformat
import numpy as np
import pytest
from PIL import Image

from book import (
    NOTEBOOK_DATA,
    NOTEBOOKS,
    ROOT,
    SECTIONS,
    WITH_CELLS,
    copy_whole_book,
    files,
    make,
    page_of,
)
from tiny import set_slug

BOOKS = ("book.pdf", "book.epub", "book-chap6.pdf")
NOT_READ = {"genindex.html", "search.html", "offline.html"}  # 사이트맵에 없는 쪽


@pytest.fixture(scope="module")
def fork(tmp_path_factory):
    """이미 공개한 책에서 slug 한 줄만 바꾸고 make notebooks를 실행한 포크.

    사이트는 또 다른 저장소의 Actions에서 만든다.
    """
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
    for name in BOOKS:  # 찍은 책 대신
        (book / "_build/html" / name).write_bytes(b"")
    subprocess.run([sys.executable, "-m", "machine", "link"], cwd=book, check=True)
    after = files(book)
    assert {path.relative_to(book) for path in after if after[path] != before.get(path)} == {
        path.relative_to(ROOT) for path in [*NOTEBOOKS, *NOTEBOOK_DATA, ROOT / "README.md"]
    }
    return book


def of_mark(card):
    """카드에서 표식의 바탕색인 점의 수."""
    pixels = np.asarray(Image.open(card).convert("RGB")).astype(int)
    return (abs(pixels - (0x1F, 0x3A, 0x5F)).max(axis=2) < 8).sum()


@pytest.mark.parametrize("page", WITH_CELLS)
def test_buttons_open_notebooks_that_run(fork, page):
    """노트북을 하나하나 실행하는 일은 test_notebooks.py가 한다."""
    colab, binder, download = [a["href"] for a in page_of(fork, page).select("h1 + nav.launch a")]
    source, report = [a["href"] for a in page_of(fork, page).select('nav[aria-label="이 쪽"] a')]
    assert source == f"https://github.com/someone/else/blob/main/{page}.md"
    number = page.split("/")[-1][:3].replace("-", ".") + " " if page in SECTIONS else ""
    title = re.search("^# (.+)$", (fork / f"{page}.md").read_text("utf-8"), re.M)[1]
    new = f"https://github.com/someone/else/issues/new?title={number}{title}: "
    assert unquote(report).startswith(new)
    notebook = page.replace("chapters/", "notebooks/") + ".ipynb"
    assert colab == f"https://colab.research.google.com/github/someone/else/blob/main/{notebook}"
    assert (
        unquote(binder)
        == f"https://mybinder.org/v2/gh/someone/else/main?urlpath=lab/tree/{notebook}"
    )
    downloaded = (fork / f"_build/html/{page}").parent / download
    assert downloaded.read_bytes() == (fork / notebook).read_bytes()
    assert ROOT / notebook in NOTEBOOKS


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
    for page in WITH_CELLS:
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
    """대표 주소, 사이트맵, 카드, 404, 파일의 링크.

    출처를 밝힌 것 말고는 옛 저장소의 흔적이 없다.
    """
    site, html = "https://someone.github.io/else/", fork / "_build/html"
    pages = {path.relative_to(html).as_posix() for path in html.rglob("*.html")} - {"404.html"}
    listed = re.findall("<loc>(.*?)</loc>", (html / "sitemap.xml").read_text("utf-8"))
    assert set(listed) == {site + page for page in pages - NOT_READ}
    assert f"Sitemap: {site}sitemap.xml" in (html / "robots.txt").read_text("utf-8")
    for page in pages:
        soup = page_of(fork, page.removesuffix(".html"))
        assert [link["href"] for link in soup.select('link[rel="canonical"]')] == [site + page]
        alone = [html / "book-chap6.pdf"] if page.startswith("chapters/chap6/") else []
        assert [
            (html / page).parent.joinpath(a["href"]).resolve()
            for a in soup.select('aside nav[aria-label="책 파일"] a')
        ] == [html / "book.pdf", html / "book.epub", *alone]
        tags = {meta["property"]: meta["content"] for meta in soup.select("meta[property]")}
        if site + page in listed:
            assert (
                tags["og:url"] == site + page
                and (html / tags["og:image"].removeprefix(site)).is_file()
            )
            assert of_mark(html / tags["og:image"].removeprefix(site)) > 500  # 표식이 있다
            assert tags["og:description"] == soup.select_one('meta[name="description"]')["content"]
    assert len(page_of(fork, "index").select('article nav[aria-label="이 책의 파일"] a')) == 2
    (alone,) = page_of(fork, "chapters/chap6/index").select('nav[aria-label="이 장의 파일"] a')
    assert alone["href"] == "../../book-chap6.pdf" and alone.get_text() == "이 장만 PDF로 읽기"
    lost = page_of(fork, "404")
    for tag in lost.select("[href], [src], [action]"):
        url = next(tag[name] for name in ("href", "src", "action") if tag.has_attr(name))
        inside = unquote(url.split("?")[0].split("#")[0]).removeprefix("/else/")
        assert (
            url.startswith(("#", "https://"))
            or url.startswith("/else/")
            and (html / inside).is_file()
        ), url
    assert lost.html["data-content_root"] == "/else/" and not lost.select('link[rel="canonical"]')
    for path in fork.rglob("*"):
        if path.is_file() and "_build/.jupyter_cache" not in path.as_posix():
            assert not re.search(rb"original(/|\.github\.io/)book", path.read_bytes(), re.I), path
