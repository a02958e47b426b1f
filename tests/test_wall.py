"""기계가 이 책의 장을 모르는지의 시험: 다른 책을 만들고, 기계에서 이 책의 이름을 찾는다."""

import json
import re
import shutil
from zipfile import ZipFile

import nbformat
import pypdfium2
import pytest
from bs4 import BeautifulSoup

import audit
from book import (
    CONFIG,
    SECTIONS,
    WITH_CELLS,
    copy_book,
    make,
    need_chromium,
    need_pango,
    search_files,
    written,
)
from machine.tree.chapter_numbers import Counts
from machine.tree.given_numbers import Given
from outputs import ROOT

OTHER = ROOT / "tests/other"
BORROWED = ("katex", "minisearch", "workbox")
OURS = ["chap6", "미분", "torch", "파이토치", "심파이"]  # 이 책에만 있는 말


# 다른 책의 차례와 종이책의 책갈피
SITE = {
    "3 표본": "3장 표본",
    "3.1 평균": "3.1 평균",
    "3.2 분산": "3.2 분산",
    "10 점": "10장 점",
    "10.1 점 열두 개": "10.1 점 열두 개",
    "10.2 인쇄된 번호": "10.2 인쇄된 번호",
    **{f"10.{n} 작은 절 {n}": f"10.{n} 작은 절 {n}" for n in range(3, 12)},
    "A 증명": "부록 A 증명",
    "A.1 분산의 증명": "A.1 분산의 증명",
}


def add_sections(book):
    """10.3절부터 10.11절까지. 이름으로 늘어놓으면 10.11이 10.3의 앞에 온다."""
    lines = ""
    for n in range(3, 12):
        page = f"(sec-small-{n})=\n# 작은 절 {n}\n\n```{{index}} 분산\n```\n\n분산이 나옵니다.\n"
        (book / f"units/part10/small-{n}.md").write_text(page, "utf-8")
        lines += f"    - file: units/part10/small-{n}\n"
    toc, last = (book / "_toc.yml").read_text("utf-8"), "units/part10/printed\n"
    (book / "_toc.yml").write_text(toc.replace(last, last + lines), "utf-8")


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """기계만 같은 책을 사이트, 노트북, 종이책, 전자책으로."""
    need_pango()
    book = copy_book(tmp_path_factory.mktemp("other") / "book")
    (book / "references.bib").unlink()
    shutil.copytree(OTHER, book, dirs_exist_ok=True)
    add_sections(book)
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


def test_late_chapters_and_appendices_have_their_numbers(other):
    """차례의 부가 여럿이고 10장과 부록 A가 있어도 번호와 차례가 네 책에서 바르다."""
    texts = {name: " ".join(text.split()) for name, text in visible(other).items()}
    pages = other / "_build/html/units"
    dots, proof, caller = [
        BeautifulSoup((pages / f"{name}.html").read_text("utf-8"), "html.parser")
        for name in ("part10/dots", "extra-a/proof", "part3/b")
    ]
    for page, expected in (
        (dots, ["10.1 점 열두 개", "그림 10-1 점 하나", "그림 10-12 점 열둘"]),
        (proof, ["A.1 분산의 증명", "(A.1)", "표 A-1", "그림 A-1", "문제 A-1"]),
        (caller, ["그림 10-12", "A.1절", "식 (A.1)", "표 A-1"]),
    ):
        text = page.find("article").get_text()
        assert [part for part in expected if part not in text] == []
    assert proof.select_one('a[href="../../notebooks/extra-a/proof.ipynb"]')
    tree = [a.get_text() for a in dots.select(".sidebar-tree a.internal")]
    assert tree == list(SITE)
    index = BeautifulSoup((other / "_build/html/genindex.html").read_text("utf-8"), "html.parser")
    found = [a["href"].split("#")[0] for a in index.select("table.indextable a")]
    small = [f"part10/small-{n}" for n in range(3, 12)]
    assert found == [f"units/{x}.html" for x in ("part3/b", "part10/dots", *small, "extra-a/proof")]
    rows = re.findall(r"^\| (\S+) .*노트북\]", (other / "README.md").read_text("utf-8"), re.M)
    assert rows == ["3.1", "3.2", "10.1", "10.2", "A.1"]
    notebook = nbformat.read(other / "notebooks/extra-a/proof.ipynb", 4)
    cells = "\n".join(cell.source for cell in notebook.cells)
    assert all(part in cells for part in ("# A.1 분산의 증명", "\\tag{A.1}", "**그림 A-1**"))
    nav = BeautifulSoup(texts["nav.xhtml"], "html.parser").find("nav")
    assert [text for a in nav.select("a") if (text := a.get_text()) in SITE] == list(SITE)
    marks = [
        mark.get_title() for mark in pypdfium2.PdfDocument(other / "_build/book.pdf").get_toc()
    ]
    assert [mark for mark in marks if mark in SITE.values()] == list(SITE.values())
    assert "그림 10-12 점 열둘" in texts["PDF"] and "A.1절의 식 (A.1)" in texts["PDF"]


GIVEN = [  # 준 번호와, 그 뒤의 수에서 저절로 이어지는 번호
    *("그림 10-14 인쇄된 점", "그림 10-14a 그린 점", "그림 10-15 다음의 점", "표 10-3 값"),
    *("문제 10-4", "문제 10-5", "목록 10-2 코드", "(10.10)", "(10.11)", "(10.20)", "(★)"),
]
CALLS = (
    "그림 10-14의 다음은 그림 10-14a이고, 그다음은 그림 10-15입니다. 표 10-3, 문제 10-4, "
    "문제 10-5, 목록 10-2, 식 (10.10), (10.11), (10.20)를 봅니다."
)


def test_given_numbers_are_kept_everywhere(other):
    """지은이가 준 번호(머리글의 numbers와 \\tag)가 네 책에서 같다."""
    texts = visible(other)
    name = "units/part10/printed"
    page = texts[other / f"_build/html/{name}.html"]
    (chapter,) = [text for path, text in texts.items() if str(path).endswith(f"{name}.xhtml")]
    book = {
        "HTML": BeautifulSoup(page, "html.parser").article.get_text(),
        "EPUB": BeautifulSoup(chapter, "html.parser").get_text(),
        "PDF": texts["PDF"],
    }
    for kind, text in book.items():
        text = "".join(text.replace("¶", "").split())
        expected = ["".join(part.split()) for part in (CALLS, *GIVEN)]
        assert [part for part in expected if part not in text] == [], kind
    cells = nbformat.read(other / "notebooks/part10/printed.ipynb", 4).cells
    text = "\n".join(cell.source for cell in cells).replace("**", "")
    tags = [f"\\tag{{{number}}}" for number in ("10.10", "10.11", "10.20", "★")]
    expected = [CALLS, *tags, *(part for part in GIVEN if part[0] != "(")]
    assert [part for part in expected if part not in text] == []


def counted(own, *given):
    counts = Counts()
    return [counts.number(own, "figure", number and Given(number, 1)) for number in given]


def test_the_count_goes_on_after_the_largest_given_number():
    """장의 번호가 다른 것은 세지 않는다."""
    assert counted(7, "", "7-4", "", "7-2", "") == ["7-1", "7-4", "7-5", "7-2", "7-6"]
    assert counted(7, "7.9", "", "A-12", "7-12a", "", "★", "")[1::3] == ["7-10", "7-13"]
    assert counted("A", "A-4", "") == ["A-4", "A-5"]
    assert counted(None, "7-4", "", "9", "") == ["7-4", "1", "9", "10"]


def test_numbers_are_found(other):
    """부록의 번호와 지은이가 준 번호도."""
    need_chromium()
    with audit.serve(other / "_build/html") as server, audit.chromium() as browser:
        page = audit.new_page(browser, server)
        page.goto(server.url + "start.html")
        given = ("그림 10-14a", "그림 10-14", "식 (10.20)", "문제 10-5", "표 10-3")
        for query in ("그림 10-12", "식 (A.1)", "표 a-1", "A-1번 문제", *given):
            (first, *_) = page.evaluate(
                "query => document.getElementById('search').ask(query)", query
            )
            number = re.search(r"\w+[-.]\d+a?", query)[0].upper()
            assert number == first["title"].split(" · ")[0].upper().split()[-1].strip("()"), query
        for number in (3, 10, 11):
            (first, *_) = page.evaluate(f"document.getElementById('search').ask('10.{number}절')")
            assert first["title"] == f"10.{number} 작은 절 {number}"


def names_of_this_book():
    """쪽의 이름과 제목, 장의 폴더, 절의 번호."""
    titles = [re.search(r"^# (.+)$", written(page), re.M)[1] for page in WITH_CELLS]
    stems = [page.split("/")[-1] for page in WITH_CELLS]
    folders = {page.split("/")[-2] for page in SECTIONS}
    numbers = {re.escape(page.split("/")[-1][:3]).replace("\\-", "[-.]") for page in SECTIONS}
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
