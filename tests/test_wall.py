"""기계가 이 책의 장을 모르는지의 시험: 다른 책을 만들고, 기계에서 이 책의 이름을 찾는다."""

import json
import re
import shutil
from zipfile import ZipFile

import nbformat
import pypdfium2
import pytest
from bs4 import BeautifulSoup

from book import CONFIG, SECTIONS, copy_book, make, need_pango, search_files
from outputs import ROOT

OTHER = ROOT / "tests/other"
BORROWED = ("katex", "minisearch", "workbox")
OURS = ["chap6", "미분", "torch", "파이토치", "심파이"]  # 이 책에만 있는 말


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """기계만 같은 책을 사이트, 노트북, 종이책, 전자책으로."""
    need_pango()
    book = copy_book(tmp_path_factory.mktemp("other") / "book")
    (book / "references.bib").unlink()
    shutil.copytree(OTHER, book, dirs_exist_ok=True)
    for target in ("notebooks", "html", "pdf", "epub"):
        status, screen = make(book, target)
        assert status == 0, screen
    return book


def visible(other):
    """읽는 사람에게 보이는 글: {파일: 글}."""
    html = other / "_build/html"
    texts = {path: path.read_text("utf-8") for path in html.rglob("*.html")}
    texts |= {path: path.read_text("utf-8") for path in other.glob("notebooks/**/*.ipynb")}
    texts["README"] = (other / "README.md").read_text("utf-8")
    search = search_files(html)
    texts["search"] = json.dumps([search.head["pages"], search.texts], ensure_ascii=False)
    with ZipFile(html / "book.epub") as epub:
        texts |= {
            name: epub.read(name).decode("utf-8")
            for name in epub.namelist()
            if name.endswith(".xhtml")
        }
    pdf = pypdfium2.PdfDocument(html / "book.pdf")
    texts["PDF"] = "".join(page.get_textpage().get_text_range() for page in pdf)
    return texts


def test_nothing_of_this_book_is_in_the_other(other):
    texts = visible(other)
    assert len(texts) > 15
    assert {
        (str(name), word) for name, text in texts.items() for word in OURS if word in text
    } == set()


def test_the_other_book_has_its_own_numbers(other):
    page = (other / "_build/html/units/part3/a.html").read_text("utf-8")
    text = BeautifulSoup(page, "html.parser").find("article").get_text()
    for part in ("3.1 평균", "그림 3-1", "표 3-1", "문제 3-1", "식 (3.1)", "넘파이", "맷플롯립"):
        assert part in text, part
    assert 'href="../../notebooks/part3/a.ipynb"' in page
    notebook = nbformat.read(other / "notebooks/part3/a.ipynb", 4)
    first = notebook.cells[0].source
    assert first.startswith("# 3.1 평균") and "numpy, matplotlib을 먼저 설치합니다" in first
    assert "[노트북](notebooks/part3/b.ipynb)" in (other / "README.md").read_text("utf-8")
    printed = "".join(visible(other)["PDF"].split())
    assert "3.1평균" in printed and "통계의첫걸음" in printed and "2입니다" in printed


def names_of_this_book():
    """쪽의 이름과 제목, 장의 폴더, 절의 번호."""
    titles = [
        re.search(r"^# (.+)$", (ROOT / f"{page}.md").read_text("utf-8"), re.M)[1]
        for page in SECTIONS
    ]
    stems = [page.split("/")[-1] for page in SECTIONS]
    folders = {page.split("/")[-2] for page in SECTIONS}
    numbers = {re.escape(stem[:3]).replace("\\-", "[-.]") for stem in stems}
    words = [CONFIG["title"], *titles, *stems, *folders, "cheatsheet"]
    digits = [rf'(?<![\d."-]){number}(?![\d.])' for number in numbers]
    return [*map(re.escape, words), *digits]


def test_the_machine_knows_no_chapter():
    pattern = re.compile("|".join(names_of_this_book()))
    files = [
        path
        for path in (ROOT / "machine").rglob("*")
        if path.suffix in (".py", ".js", ".css", ".html", ".yml", ".json", ".po")
        and not any(part in BORROWED for part in path.parts)
    ]
    assert len(files) > 50
    found = {
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in files
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1)
        for match in pattern.finditer(line)
    }
    assert found == set()
