"""종이책의 시험: make pdf가 찍은 책을 읽는다. 글은 pdfium으로, 짜임은 pypdf로 읽는다."""

import re
import subprocess
from copy import copy
from ctypes import c_double
from datetime import UTC, datetime, time

import page as validator
import pypdfium2
import pypdfium2.raw as raw
import pytest
import yaml
from PIL import Image
from pypdf import PdfReader

from book import CONFIG, PAGES, ROOT, SECTIONS, need_made, need_pango, read_page
from outputs import EXPECTED, holds, lines, squeeze
from pdf import FOOT, HEAD, bodies_of, outline
from test_chap6 import difference
from test_execution import index_missing, specific


@pytest.fixture(scope="module")
def pdf():
    need_pango()
    return PdfReader(need_made("book.pdf"))


def chapters():
    return sorted({page.split("/")[1] for page in SECTIONS})


@pytest.fixture(scope="module")
def bodies(pdf):
    return bodies_of(ROOT / "_build/book.pdf")


@pytest.fixture(scope="module")
def everything(pdf):
    """PDF에 든 모든 사전."""
    items = map(pdf.get_object, range(1, pdf.trailer["/Size"]))
    return [item for item in items if isinstance(item, dict)]


def test_fonts_are_the_books_own_embedded_subsets(everything):
    fonts = [item for item in everything if item.get("/Type") == "/Font"]
    assert {font["/Subtype"] for font in fonts} <= {"/Type0", "/CIDFontType2"}
    names = {font["/BaseFont"] for font in fonts}
    assert all(
        re.match(
            r"/[A-Z]{6}\+(NanumMyeongjo|NanumBarunGothic|NanumGothicCoding|Book\w+|KaTeX_\w+)(-Bold|-Italic|-BoldItalic|-Bold-Italic)?$",
            name,
        )
        for name in names
    ), names
    assert {name.split("+")[1].split("-")[0] for name in names} >= {
        "NanumMyeongjo",
        "NanumBarunGothic",
        "NanumGothicCoding",
        "KaTeX_Main",
    }
    assert all(
        "/FontFile2" in item for item in everything if item.get("/Type") == "/FontDescriptor"
    )
    assert all("/ToUnicode" in font for font in fonts if font["/Subtype"] == "/Type0")


def test_nothing_is_a_raster(pdf, everything):
    assert [item for item in everything if item.get("/Subtype") == "/Image"] == []
    assert all(b" BI " not in page.get_contents().get_data() for page in pdf.pages)


def test_metadata(pdf, bodies):
    log = ["git", "log", "-1", "--format=%ct"]
    if (ROOT / ".git").exists():
        date = datetime.fromtimestamp(int(subprocess.check_output(log, cwd=ROOT)), UTC)
    else:  # 받은 묶음
        citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
        date = datetime.combine(citation["date-released"], time.min, UTC)
    assert (pdf.metadata.title, pdf.metadata.author) == (CONFIG["title"], CONFIG["author"])
    assert pdf.metadata.creation_date == date and pdf.trailer["/Root"]["/Lang"] == "ko"
    cover = bodies[0]
    assert (
        f"{date.year}년 {date.month}월 {date.day}일" in cover
        and "sympy 1." in cover
        and "+cpu" not in cover
    )


def test_pdf_ua_is_kept_as_declared(pdf):
    report = validator.validate_pdf(str(ROOT / "_build/book.pdf"))
    assert report.profile == validator.ValidationProfile.PDF_UA_1
    assert report.is_compliant, [failure.message for failure in report.failures]


def test_formulas_figures_and_links_are_told_in_words(everything):
    elements = [item for item in everything if item.get("/Type") == "/StructElem"]
    formulas = [item["/Alt"] for item in elements if item["/S"] == "/Formula"]
    assert r"f(x)=(x^2+2x)\lnx" in [alt.replace(" ", "") for alt in formulas]
    pages = [read_page(name).find("article") for name in PAGES]
    assert len(formulas) >= sum(len(page.select(".katex")) for page in pages if page)
    assert {item["/Alt"] for item in elements if item["/S"] == "/Figure"} == {
        img["alt"] for page in pages if page for img in page.select("img:not(.front img, .mark)")
    }
    links = [item["/Contents"] for item in everything if item.get("/Subtype") == "/Link"]
    assert "6.1절" in links and not [text for text in links if "--" in text or not text.strip()]


@pytest.fixture(scope="module")
def bookmarks(pdf):
    """(층, 제목, 쪽, 높이)"""
    return [
        (level, item.title, pdf.get_destination_page_number(item) + 1, item.top)
        for level, item in outline(pdf.outline)
    ]


SOLUTION = "풀이: "  # 풀이마다 책갈피가 있으나 차례에는 적지 않는다


def test_bookmarks_are_the_contents(bodies, bookmarks):
    assert {level for level, *_ in bookmarks} == {1, 2, 3} and bookmarks[1][0] == 2
    first = next(n for n, text in enumerate(bodies) if text.startswith("차례"))
    chapter = [page for level, _, page, _ in bookmarks if level == 1][1]
    contents = squeeze("".join(bodies[first : chapter - 1]).removeprefix("차례")).replace(".", "")
    assert contents == "".join(
        squeeze(f"{title}{page}").replace(".", "")
        for _, title, page, _ in bookmarks
        if not title.startswith(SOLUTION)
    )
    for _, title, page, _ in bookmarks:
        assert squeeze(title) in squeeze(bodies[page - 1]), f"{page}쪽에 없는 제목: {title}"


MOST = {  # 끝까지 읽을 만한 쪽수
    ("6.1", "6.2", "6.3", "6.4"): 45,
    ("6.5", "6.6", "6.7", "6.8"): 45,
    ("6.3",): 16,
    ("6.5",): 13,
    ("6.6",): 13,
    ("6.8",): 8,
}


@pytest.mark.parametrize("sections", MOST)
def test_sections_can_be_read_to_the_end(bookmarks, sections):
    """제목에서 다음 제목까지. 답과 풀이는 책의 뒤에 있어 들지 않는다.

    다음 제목이 새 쪽에서 시작하면(장의 끝) 그 앞 쪽의 마지막 줄까지.
    """
    titles = [title.split()[0] for level, title, *_ in bookmarks if level <= 2]
    marks = [(level, page, top) for level, _, page, top in bookmarks if level <= 2]

    def length(title):
        (_, page, top), (level, next_page, next_top) = marks[titles.index(title) :][:2]
        if level == 1:
            next_page, next_top = next_page - 1, lowest_line(next_page - 1)
        return next_page - page + (top - next_top) / (HEAD - FOOT)

    lengths = {title: length(title) for title in sections}
    assert sum(lengths.values()) <= MOST[sections], lengths


def lowest_line(number):
    page = pypdfium2.PdfDocument(ROOT / "_build/book.pdf")[number - 1]
    return min(y for y in baselines(page) if FOOT < y < HEAD)


@pytest.fixture(scope="module")
def of_other_chapters(bookmarks):
    """6장이 아닌 장의 쪽들. 쪽 끝과 두께의 규칙은 이 책의 것이다."""
    tops = [(title, page) for level, title, page, _ in bookmarks if level == 1]
    others = [
        range(page, after)
        for (title, page), (_, after) in zip(tops, tops[1:])
        if re.match(r"(?!6장)\d+장 |부록 ", title)
    ]
    return {page for pages in others for page in pages}


def test_the_book_is_not_thicker_than_125_pages(pdf, of_other_chapters):
    assert len(pdf.pages) - len(of_other_chapters) <= 125


@pytest.mark.parametrize("chapter", chapters())
def test_chapter_alone_has_what_the_book_has(bookmarks, chapter):
    path = need_made(f"book-{chapter}.pdf")
    pdf = PdfReader(path)
    titles = [(level, item.title) for level, item in outline(pdf.outline)]
    book = [(level, title) for level, title, *_ in bookmarks]
    number = chapter.removeprefix("chap").removeprefix("appendix-").upper()
    opening = f"{number}장 " if number.isdigit() else f"부록 {number}"
    first = next(n for n, (_, title) in enumerate(book) if title.startswith(opening))
    of_whole, of_alone = (
        [title for _, title in of if title.startswith(f"{number}.")] for of in (book, titles)
    )
    assert titles[0] == book[first] and set(titles) <= set(book) and of_alone == of_whole != []
    assert titles[-1][1] == "색인" or chapter != "chap6"  # 색인의 말이 없는 장도 있다
    assert validator.validate_pdf(str(path)).is_compliant


def test_listed_outputs_are_text(bodies):
    """목록의 줄은 모두 종이에서 꺾이지 않을 만큼 짧으므로 한 줄씩 견준다."""
    text = [squeeze(line) for page in bodies for line in page.splitlines() if line.strip()]
    for output in (output for outputs in EXPECTED.values() for output in outputs):
        assert max(map(len, output.splitlines())) < 90
        end = holds(text, lines(output))
        assert end, f"PDF에 없거나 줄이나 차례가 다릅니다:\n{output}"
        text = text[end:]


def test_numbers_are_those_of_the_pages_in_order(bodies):
    text = "".join(bodies)
    for page in EXPECTED:
        html = read_page(f"{page}.html").find("article")
        for number in [
            x.get_text().strip("¶ ") for x in html.select(".section-number, .caption-number, .eqno")
        ]:
            position = text.find(number)
            assert position >= 0, f"{page}의 {number}가 PDF에 없거나 차례가 다릅니다"
            text = text[position + len(number) :]


def test_text_reads_in_order(pdf, bodies):
    text = "".join(bodies)
    assert "??" not in text and "\ufffd" not in text and "펼치기" not in text and "¶" not in text
    assert "f(x)=(x2+2x)lnx나" in squeeze(text)  # 수식이 쪽 끝으로 밀리지 않는다
    assert "전방 차분" in text and "준비셀은6.1절의것과같습니다" in squeeze(text)
    assert text.count("def numer_deriv") == 2 and "numer_deriv의코드는6.2절에있습니다" in squeeze(
        text
    )  # 6.2절의 것과 고친 6.5절의 것
    assert (ROOT / "_build/book.pdf").stat().st_size < 30_000 * len(pdf.pages)


def test_answers_stand_at_the_back(bodies, bookmarks):
    """스스로 확인의 물음에는 고를 것만 있고, 답은 부록에 절과 물음의 차례대로 있다."""
    pages = {title: page for level, title, page, _ in bookmarks if level == 1}
    text, answers = (
        squeeze("".join(part))
        for part in (
            bodies[: pages["스스로 확인의 답"] - 1],
            bodies[pages["스스로 확인의 답"] - 1 : pages["연습문제 풀이"] - 1],
        )
    )
    assert not re.search(r"\d\.(맞습니다|아닙니다)\.", text) and "고른답을펼치면" not in text
    for soup in [copy(read_page(f"{page}.html")) for page in EXPECTED]:
        for choice in soup.select('section[id^="quiz-"] details'):
            for hidden in choice.select(".katex-mathml"):
                hidden.extract()
        assert all(
            squeeze(x.get_text()) in text
            for x in soup.select('section[id^="quiz-"] .sd-summary-text')
            if not x.select(".katex")
        )
        for card in (
            x for x in soup.select('section[id^="quiz-"] .sd-card-body') if not x.select(".katex")
        ):
            position = answers.find(squeeze(card.get_text()))
            assert position >= 0, card.get_text()
            answers = answers[position:]


def test_cheat_sheet_is_one_page(pdf, bookmarks):
    openings = [(title, page) for level, title, page, _ in bookmarks if level == 1]
    n = next(n for n, (title, _) in enumerate(openings) if title.endswith("한눈에"))
    assert openings[n + 1][1] - openings[n][1] == 1


def baselines(page):
    """글자마다 놓인 높이(pt)."""
    text, x, y = page.get_textpage(), c_double(), c_double()
    for n in range(text.count_chars()):
        if text.get_text_range(n, 1).strip():
            raw.FPDFText_GetCharOrigin(text, n, x, y)
            yield y.value


def test_pages_end_well(pdf, bookmarks, of_other_chapters):
    """제목 뒤에는 글이 두 줄은 있다.

    쪽 끝의 빈자리는 장이 끝날 때만 크며, 몇 줄만 남은 쪽이 없다.
    """
    opening = {page for level, _, page, _ in bookmarks if level == 1}
    for number, page in enumerate(pypdfium2.PdfDocument(ROOT / "_build/book.pdf"), 1):
        if number in of_other_chapters:
            continue
        lines = {round(y) for y in baselines(page) if FOOT < y < HEAD}
        assert number == 1 or number + 1 in opening | {len(pdf.pages) + 1} or min(lines) < 240, (
            f"{number}쪽 아래가 비었습니다"
        )
        assert number == 1 or len(lines) >= 4, f"{number}쪽에 꼬리만 남았습니다"
        for _, title, here, top in bookmarks:
            assert here != number or len([y for y in lines if y < top - 25]) >= 2, (
                f"{number}쪽 끝에 제목이 혼자 있습니다: {title}"
            )


def test_figure_6_1_in_print(pdf, everything, bodies):
    """쪽을 그려 그림의 자리를 잘라 내고, 인쇄된 책의 코드로 그린 그림과 견준다."""
    figure = next(
        item for item in everything if item.get("/S") == "/Figure" and "할선" in item["/Alt"]
    )
    number = next(
        n for n, page in enumerate(pdf.pages) if page.indirect_reference == figure.raw_get("/Pg")
    )
    model, scale = Image.open(ROOT / "tests/fig6-1.png"), 4
    page = pypdfium2.PdfDocument(ROOT / "_build/book.pdf")[number].render(scale=scale).to_pil()
    x1, y1, x2, y2 = (float(x) * scale for x in figure["/A"]["/BBox"])
    assert difference(page.crop((x1, page.height - y2, x2, page.height - y1)), model) < 2
    assert "전방 차분" in bodies[number]


def test_index_names_the_pages_of_its_terms(pdf, bodies):
    """절에 없는 말(빌드가 알린 것)은 {index}를 적은 자리를 가리킨다."""
    absent = {squeeze(word) for words in index_missing().values() for _, word in words}
    printed_index = "\n".join(
        bodies[next(n for n in range(len(bodies)) if bodies[n].startswith("색인")) :]
    )
    entries = re.findall(r"^(?!\d)(.+?) (\d+(?:, \d+)*)$", printed_index, re.M)
    assert len(entries) > 80
    for word, numbers in entries:
        for number in map(int, numbers.split(", ")):
            text = squeeze("".join(bodies[number - 1])).casefold()
            assert squeeze(word) in absent or squeeze(specific(word)).casefold() in text, (
                f"{number}쪽에 없는 말: {word}"
            )
