"""새 장의 시험: 책 전체에 장 하나를 더하여 쪽과 노트북을 만들어 본다."""

import re

import nbformat
import pytest

from book import ROOT, copy_whole_book, files, make
from tiny import NUMBERS, N, add_chapter


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
            for pattern in ("*.ipynb", "data/**/*")
            for p in book.glob(f"notebooks/**/{pattern}")
            if p.is_file() and f"chap{N}" not in p.parts
        }
        for book in (with_new_chapter, ROOT)
    ]
    assert made == committed, "make notebooks를 실행하세요"
    lines = (with_new_chapter / "README.md").read_text("utf-8").splitlines()
    assert sum(f"chapters/chap{N}/" in line or f"/chap{N}/{N}-" in line for line in lines) == 2
    assert [line for line in lines if f"/chap{N}/" not in line] == (ROOT / "README.md").read_text(
        "utf-8"
    ).splitlines(), "make notebooks를 실행하세요"
