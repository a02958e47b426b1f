"""종이책의 쪽 끝과 상자의 시험: 온 책을 재어 한도와 견준다. 잰 것은 찍은 PDF의 글자와 상자이다."""

import re
from itertools import pairwise
from zipfile import ZipFile

import pypdfium2
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from book import PAGES, need_made, need_pango, pdf_texts, read_page
from outputs import squeeze
from pdf import FOOT, HEAD, outline, pages_of
from pdf import letters as letters_of

LEAST_LINES = 2  # 나뉜 코드가 쪽의 끝에도 머리에도 남길 줄 수. 빈 줄은 세지 않는다
MOST_BLANK = 57  # mm. 쪽의 아래(본문의 높이는 246 mm)
MOST_BLANK_IN_BOX = 32  # mm. 상자 속에서 코드가 다음 쪽으로 밀렸을 때
MOST_BLANK_ON_AVERAGE = 15.5  # mm
SCREEN = re.compile(
    r"접혀 있|접어 두었|접힌 (코드|답|셀|풀이)|(코드|답|셀|출력|풀이|힌트)[을를] ?(펼치|펼칩|펼쳐)"
    r"|하나씩 펼|누릅니다|누르면|누르세요|눌러"
)


@pytest.fixture(scope="module")
def path():
    need_pango()
    return need_made("book.pdf")


@pytest.fixture(scope="module")
def pages(path):
    return pages_of(path)


@pytest.fixture(scope="module")
def marks(path):
    """(층, 제목, 쪽, 높이)"""
    pdf = PdfReader(path)
    return [
        (level, item.title, pdf.get_destination_page_number(item) + 1, item.top)
        for level, item in outline(pdf.outline)
    ]


@pytest.fixture(scope="module")
def turns(pages, marks):
    """글이 이어지는 두 쪽: (앞 쪽의 번호, 앞 쪽, 뒤 쪽)."""
    opening = {page for level, _, page, _ in marks if level == 1}
    both = enumerate(pairwise(pages), 1)
    return [(n, a, b) for n, (a, b) in both if n > 1 and n + 1 not in opening]


@pytest.fixture(scope="module")
def codes():
    """책에 있는 코드들의 글."""
    pages = [read_page(name).find("article") for name in PAGES]
    return [squeeze(pre.get_text()) for page in pages if page for pre in page.select("pre")]


def at_turn(before, after, kinds):
    """쪽의 끝과 다음 쪽의 머리에 놓인 그 갈래의 도막들. 한쪽에라도 없으면 None."""
    ends = before.framed(before.lines[-1], kinds[0])
    starts = after.framed(after.lines[0], kinds[1])
    return (before.lines_in(ends), after.lines_in(starts)) if ends and starts else None


def test_code_is_not_parted_from_a_line_or_two(turns, codes):
    few, parted = [], 0
    for number, before, after in turns:
        if both := at_turn(before, after, ("code", "code")):
            above, below = (squeeze("".join(line.text for line in lines)) for lines in both)
            if any(above[-30:] + below[:30] in code for code in codes):
                parted += 1
                few += [number] if min(map(len, both)) < LEAST_LINES else []
    assert parted > 10 and not few


def test_outputs_stay_with_their_code(turns):
    assert [n for n, *both in turns if at_turn(*both, ("code", "output"))] == []


def test_boxes_are_not_cut_long_before_their_code(turns):
    cut = [
        (number, round(before.blank))
        for number, before, after in turns
        if before.framed(before.lines[-1], "box")
        and not before.framed(before.lines[-1], "code")
        and after.framed(after.lines[0], "code")
    ]
    assert [where for where in cut if where[1] > MOST_BLANK_IN_BOX] == []


def test_pages_are_full(turns):
    blanks = {number: before.blank for number, before, _ in turns}
    assert {n: round(blank) for n, blank in blanks.items() if blank > MOST_BLANK} == {}
    assert sum(blanks.values()) / len(blanks) < MOST_BLANK_ON_AVERAGE


def test_last_lines_have_more_than_two_syllables(pages):
    short = [
        (number, line.text)
        for number, page in enumerate(pages, 1)
        for line in page.lines
        if re.fullmatch(r"[가-힣]{1,2}[.?!][)’”]*", line.text)
    ]
    assert short == []


def test_frames_have_their_padding(pages):
    """출력의 끝에는 빈 줄이 없고, 코드에는 쪽이 바뀐 곳에도 위아래에 여백이 있다."""
    for number, page in enumerate(pages, 1):
        for frame in page.frames:
            ys = [line.y for line in page.lines_in(frame)]
            if frame.kind == "output" and ys:
                assert min(ys) - frame.bottom < 8, f"{number}쪽: 출력의 끝에 빈 줄"
            elif frame.kind == "code":
                assert 11 < frame.top - max(ys) < 20, f"{number}쪽: 코드의 위"
                # 쪽의 끝에서는 빈 줄로 끝날 수 있다
                assert 7 < min(ys) - frame.bottom < 28, f"{number}쪽: 코드의 아래"


def words_of_cells():
    """(코드인가, 낱말): 표의 칸에 있는 이름과 한글 낱말."""
    for name in PAGES:
        article = read_page(name).find("article")
        for cell in article.select("td, th") if article else ():
            if cell.find_parent(class_="indextable"):
                continue
            for text in cell.find_all(string=re.compile(r"\S")):
                if not text.find_parent(class_="katex"):
                    code = bool(text.find_parent("code"))
                    yield from ((code, word) for word in re.findall(r"[\w.]{3,}", text))


TABLE_SIZES = {(False, 9.4), (False, 8.4), (True, 8.9), (True, 8.0)}  # print.css의 표


def test_columns_do_not_break_words(path):
    words = {*words_of_cells()}
    found, broken = words_in_columns(path, words)
    assert len(words) > 100 and len(found) > 0.9 * len(words) and broken == []


def words_in_columns(path, words):
    """표에서 찾은 낱말과, 그 가운데 줄이 바뀐 것."""
    found, broken = set(), []
    for number, page in enumerate(pypdfium2.PdfDocument(path), 1):
        letters = [*letters_of(page)]
        text = "".join(letter.char for letter in letters)
        for code, word in words:
            for place in re.finditer(re.escape(word), text):
                part = letters[place.start() : place.end()]
                if all((code, round(letter.size, 1)) in TABLE_SIZES for letter in part):
                    found.add((code, word))
                    if len({round(letter.y) for letter in part}) > 1:
                        broken.append((number, word))
    return found, broken


def test_no_words_of_the_screen(path, pages):
    text = "".join(line.text for page in pages for line in page.lines)
    assert SCREEN.sub("", "접힌 풀이") == ""
    assert [found[0] for found in re.finditer(SCREEN.pattern.replace(" ", ""), text)] == []


def test_solutions_have_bookmarks(marks):
    titles = [title for level, title, *_ in marks if level == 2 and title.startswith("풀이: ")]
    solutions = [
        squeeze(solution.select_one(".admonition-title").get_text())
        for name in PAGES
        if (article := read_page(name).find("article"))
        for solution in article.select(".solution")
    ]
    assert len(titles) == len(solutions) > 30
    assert [title for title in titles if "연습문제" not in title] == []


def test_running_heads_name_the_section_of_the_first_line(path, marks, pages):
    contents = next(n for n, page in enumerate(pages, 1) if page.lines[0].text == "차례")
    titles = [mark for mark in marks if mark[0] <= 2 and not mark[1].startswith("풀이: ")]
    titles = sorted([*titles, (1, "차례", contents, HEAD)], key=lambda mark: (mark[2], -mark[3]))
    for number, (page, head) in enumerate(zip(pages, pdf_texts(path, HEAD, 842)), 1):
        first = page.lines[0].y
        begun = [mark for mark in titles if (mark[2], -mark[3]) < (number, -first)]
        chapter = next((title for level, title, *_ in reversed(begun) if level == 1), "")
        section = begun[-1][1] if begun and begun[-1][0] == 2 else ""
        named = [squeeze(chapter + section), ""] if not section else [squeeze(chapter + section)]
        assert squeeze(head) in named, (number, head)


def rows_of(page):
    """줄마다의 글자들을 위에서 아래로."""
    rows = {}
    for letter in letters_of(page):
        rows.setdefault(round(letter.y), []).append(letter)
    return [sorted(row, key=lambda letter: letter.x) for _, row in sorted(rows.items())[::-1]]


def test_answers_start_where_their_lines_start(path, marks):
    """번호 뒤의 첫 글자는 그 아래 줄의 첫 글자와 나란하다."""
    starts = [page for level, _, page, _ in marks if level == 1]
    start = next(page for _, title, page, _ in marks if title == "스스로 확인의 답")
    pdf, seen = pypdfium2.PdfDocument(path), 0
    for number in range(start, starts[starts.index(start) + 1]):
        for row, following in pairwise(rows_of(pdf[number - 1])):
            text, below = ("".join(letter.char for letter in x) for x in (row, following))
            if re.match(r"\d\.[가-힣]", text) and re.match("(?!물음)[가-힣]{2}", below):
                seen += 1
                assert abs(row[2].x - following[0].x) < 1, (number, text)
    assert seen > 5


def heads(soup):
    return [h.get_text().strip() for h in soup.select("h2")]


def test_indexes_are_sorted_alike(path, marks):
    """색인의 첫 글자들은 사이트, 종이책, 전자책에서 같은 차례이다: 가나다, ABC."""
    site = heads(read_page("genindex.html").find("article"))
    hangul = [head for head in site if "ㄱ" <= head <= "ㅎ"]
    latin = [head for head in site if "A" <= head <= "Z"]
    assert site[: len(hangul + latin)] == sorted(hangul) + sorted(latin) and hangul and latin
    start = next(page for _, title, page, _ in marks if title == "색인")
    printed = "\n".join(pdf_texts(path, FOOT, HEAD)[start - 1 :]).split("\n")
    found = [line.strip() for line in printed if line.strip() in site]
    assert len(found) > 15 and found == [head for head in site if head in found]
    with ZipFile(need_made("book.epub")) as epub:
        name = next(name for name in epub.namelist() if name.endswith("genindex.xhtml"))
        assert heads(BeautifulSoup(epub.read(name), "html.parser")) == site
