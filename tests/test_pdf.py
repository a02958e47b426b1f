"""종이책의 시험: make pdf가 찍은 책을 pypdf로 읽고, 작은 책을 잘못 찍어 본다."""

import os
import re
import shutil
import subprocess
from datetime import datetime, timezone

import page as validator
import pypdfium2
import pytest
from bs4 import BeautifulSoup
from PIL import Image
from pypdf import PdfReader

from book import CONFIG, EXPECTED, HTML, ROOT, have_pango, make, need, squeeze
from outputs import holds, lines
from test_build import N, NUMBERS, add_chapter, add_samples, tiny_book
from test_execution import index_missing, specific
from test_pages import difference

PANGO = "Pango가 없습니다: make pdf가 알려 주는 명령으로 설치하세요"
HEAD, FOOT = 780, 60  # 본문은 이 두 높이(pt) 사이에 있다


@pytest.fixture(scope="module")
def pdf():
    need(have_pango(), PANGO)
    status, screen = make(ROOT, "pdf")
    assert status == 0, screen
    return PdfReader(ROOT / "_build/book.pdf")


def body(page):
    """쪽의 머리글과 쪽수를 뺀 글."""
    parts = []
    page.extract_text(
        visitor_text=lambda text, cm, tm, *_: parts.append((tm[5] * cm[3] + cm[5], text))
    )
    return "".join(text for y, text in parts if FOOT < y < HEAD or text == "\n")


@pytest.fixture(scope="module")
def bodies(pdf):
    return [body(page) for page in pdf.pages]


def everything(pdf):
    return (
        item
        for number in range(1, pdf.trailer["/Size"])
        for item in [pdf.get_object(number)]
        if isinstance(item, dict)
    )


def test_fonts_are_the_books_own_embedded_subsets(pdf):
    fonts = [item for item in everything(pdf) if item.get("/Type") == "/Font"]
    assert {font["/Subtype"] for font in fonts} <= {"/Type0", "/CIDFontType2"}
    names = {font["/BaseFont"] for font in fonts}
    assert all(
        re.match(
            r"/[A-Z]{6}\+(NanumMyeongjo|NanumBarunGothic|NanumGothicCoding|KaTeX_\w+)(-Bold|-Italic|-BoldItalic|-Bold-Italic)?$",
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
        "/FontFile2" in item for item in everything(pdf) if item.get("/Type") == "/FontDescriptor"
    )
    assert all("/ToUnicode" in font for font in fonts if font["/Subtype"] == "/Type0")


def test_nothing_is_a_raster(pdf):
    assert [item for item in everything(pdf) if item.get("/Subtype") == "/Image"] == []
    assert all(b" BI " not in page.get_contents().get_data() for page in pdf.pages)


def test_metadata(pdf):
    date = datetime.fromtimestamp(
        int(subprocess.check_output(["git", "log", "-1", "--format=%ct"], cwd=ROOT)), timezone.utc
    )
    assert (pdf.metadata.title, pdf.metadata.author) == (CONFIG["title"], CONFIG["author"])
    assert pdf.metadata.creation_date == date and pdf.trailer["/Root"]["/Lang"] == "ko"
    cover = pdf.pages[0].extract_text()
    assert (
        f"{date.year}년 {date.month}월 {date.day}일" in cover
        and "sympy 1." in cover
        and "+cpu" not in cover
    )


def test_pdf_ua_is_kept_as_declared(pdf):
    report = validator.validate_pdf(str(ROOT / "_build/book.pdf"))
    assert report.profile == validator.ValidationProfile.PDF_UA_1
    assert report.is_compliant, [failure.message for failure in report.failures]


def test_formulas_figures_and_links_are_told_in_words(pdf):
    elements = [item for item in everything(pdf) if item.get("/Type") == "/StructElem"]
    formulas = [item["/Alt"] for item in elements if item["/S"] == "/Formula"]
    assert r"f(x)=(x^2+2x)\lnx" in [alt.replace(" ", "") for alt in formulas]
    pages = [
        BeautifulSoup(path.read_text("utf-8"), "html.parser").find("article")
        for path in HTML.rglob("*.html")
    ]
    assert len(formulas) >= sum(len(page.select(".katex")) for page in pages if page)
    assert {item["/Alt"] for item in elements if item["/S"] == "/Figure"} == {
        img["alt"] for page in pages if page for img in page.select("img")
    }
    links = [item["/Contents"] for item in everything(pdf) if item.get("/Subtype") == "/Link"]
    assert "6.1절" in links and not [text for text in links if "--" in text or not text.strip()]


def outline(items, level=1):
    for item in items:
        if isinstance(item, list):
            yield from outline(item, level + 1)
        else:
            yield level, item


@pytest.fixture(scope="module")
def bookmarks(pdf):
    """(층, 제목, 쪽, 높이)"""
    return [
        (level, item.title, pdf.get_destination_page_number(item) + 1, item.top)
        for level, item in outline(pdf.outline)
    ]


def test_bookmarks_are_the_contents(bodies, bookmarks):
    assert {level for level, *_ in bookmarks} == {1, 2, 3} and bookmarks[1][0] == 2
    first = next(n for n, text in enumerate(bodies) if text.startswith("차례"))
    chapter = [page for level, _, page, _ in bookmarks if level == 1][1]
    contents = squeeze("".join(bodies[first : chapter - 1]).removeprefix("차례")).replace(".", "")
    assert contents == "".join(
        squeeze(f"{title}{page}").replace(".", "") for _, title, page, _ in bookmarks
    )
    for _, title, page, _ in bookmarks:
        assert squeeze(title) in squeeze(bodies[page - 1]), f"{page}쪽에 없는 제목: {title}"


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
        html = BeautifulSoup((HTML / f"{page}.html").read_text("utf-8"), "html.parser").find(
            "article"
        )
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
    soups = [
        BeautifulSoup((HTML / f"{page}.html").read_text("utf-8"), "html.parser")
        for page in EXPECTED
    ]
    for soup in soups:
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


def test_pages_end_well(pdf, bookmarks):
    """제목 뒤에는 글이 두 줄은 있고, 쪽 끝의 빈자리는 장이 끝날 때만 크며, 몇 줄만 남은 쪽이 없다."""
    opening = {page for level, _, page, _ in bookmarks if level == 1}
    for number, page in enumerate(pdf.pages, 1):
        heights = []
        page.extract_text(
            visitor_text=lambda text, cm, tm, *_: heights.append(
                tm[5] * cm[3] + cm[5] if text.strip() else 0
            )
        )
        lines = {round(y) for y in heights if FOOT < y < HEAD}
        assert number == 1 or number + 1 in opening | {len(pdf.pages) + 1} or min(lines) < 240, (
            f"{number}쪽 아래가 비었습니다"
        )
        assert number == 1 or len(lines) >= 4, f"{number}쪽에 꼬리만 남았습니다"
        for _, title, here, top in bookmarks:
            assert here != number or len([y for y in lines if y < top - 25]) >= 2, (
                f"{number}쪽 끝에 제목이 혼자 있습니다: {title}"
            )


def test_figure_6_1_in_print(pdf):
    """쪽을 그려 그림의 자리를 잘라 내고, 인쇄된 책의 코드로 그린 그림과 견준다."""
    figure = next(
        item for item in everything(pdf) if item.get("/S") == "/Figure" and "할선" in item["/Alt"]
    )
    number = next(
        n for n, page in enumerate(pdf.pages) if page.indirect_reference == figure.raw_get("/Pg")
    )
    model, scale = Image.open(ROOT / "tests/fig6-1.png"), 4
    page = pypdfium2.PdfDocument(ROOT / "_build/book.pdf")[number].render(scale=scale).to_pil()
    x1, y1, x2, y2 = (float(x) * scale for x in figure["/A"]["/BBox"])
    assert difference(page.crop((x1, page.height - y2, x2, page.height - y1)), model) < 2
    assert "전방 차분" in pdf.pages[number].extract_text()


def test_index_names_the_pages_of_its_terms(pdf, bodies):
    """절에 없는 말(빌드가 알린 것)은 {index}를 적은 자리를 가리킨다."""
    absent = {squeeze(word) for words in index_missing().values() for _, word in words}
    printed_index = "".join(
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


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """요소를 한 번씩 쓰고 장 하나를 더한 작은 책을 찍은 것."""
    need(have_pango(), PANGO)
    book = tiny_book(tmp_path_factory.mktemp("print") / "book")
    add_samples(book)
    add_chapter(book, N, (book / "_toc.yml").read_text("utf-8"))
    with (book / "chapters/chap6/6-2-two.md").open("a", encoding="utf-8") as file:
        file.write(
            "\n{index}`기울기 <기울기>`는 {index}`미분 <미분>`입니다. {index}`Adam <Adam>`\n"
        )
    status, screen = make(book, "pdf")
    assert status == 0, screen
    return book


def test_every_element_reads_well_in_print(printed):
    pdf = PdfReader(printed / "_build/book.pdf")
    text = squeeze("".join(map(body, pdf.pages)))
    for part in (
        "책밖2,이쪽",
        "1.각주에서도식(6.2)를부릅니다.2.https://example.com/a_b",
        "줄속의a\ue020=b,가,x,y다음.",
        "4.넷",
        "5.다섯",
        "x3,a`b,(_a_)",
        "•항목하나",
        "목록6-1코드의제목",
        "그림6-2곧은선y=x",
        "팁접은도움말",
        "펼쳐보기x숨긴글",
        "하나첫째둘둘째",
        "연습문제6-3(어려운문제)",
        "연습문제풀이풀이:연습문제6-3",
        "먼저생각합니다.assert1+1==2",
        "값a|b1.49893749",
        "경사하강법(gradientdescent)은,“따옴표”를,이것은“붙은것”이고기울임(italic)은지운글(old)도둘다(both)를.",
        "□할일(todo)은■한일",
        "2**3,$5,~~,`a`,{x},:::,[^x]입니다.",
        "출력의2x이고굵게(bold)는",
        "의뜻(meaning)과grad",
        "연습문제6-5(제곱x2)",
        "풀이:연습문제6-5(제곱x2)",
        "식이든각주입니다.y=x2+1식뒤의글입니다1.",
        'print("각주의코드")•각주의항목',
        "풀이:연습문제6-3(어려운문제)를부릅니다",
        "왼쪽오른쪽가운데ㄱ0.5ㄴ",
        "작은제목주제의이름주제의속옮겨적은말—적은사람가운데글•나란한하나",
        "줄하나줄둘이름:이름의값--long=VAL긴옵션",
        "카드의이름카드의속",
        "그림에덧붙인글",
        "PDF(문서형식)",
    ):
        assert part in text, f"{part}\n{text}"
    solutions = next(
        n for n, page in enumerate(pdf.pages, 1) if body(page).startswith("연습문제 풀이")
    )
    assert f"문제안의셀풀이는{solutions}쪽에있습니다." in text
    assert re.search(r"두번호\d,\d,H2O", text)
    assert re.search(
        r"색인ㄱ기울기5미분도참조ㄷ도함수구하기→미분ㅁ미분5,\d+기호로\d+AAdam5", text
    ), text[-200:]
    assert "펼치기" not in text and "내려받기" not in text
    titles = [item.title for _, item in outline(pdf.outline)]
    assert (
        "제목 eˣ와 grad, 굵은(bold) 글" in titles
        and "제목ex와grad,굵은(bold)글,연습문제6-5." in text
    )  # 차례에는 그린다
    assert validator.validate_pdf(str(printed / "_build/book.pdf")).is_compliant


def test_new_chapter_in_print(printed):
    text = squeeze("".join(map(body, PdfReader(printed / "_build/book.pdf").pages)))
    assert all(
        squeeze(number) in text
        for number in [*NUMBERS, f"{N}장미분다음", f"{N}.1첫째절", f"({N}.1)"]
    ), text
    assert f"{N}.1절의그림{N}-1과식({N}.1)을다시봅니다" in text


def test_same_bytes_and_nothing_executed(printed):
    first = (printed / "_build/book.pdf").read_bytes()
    status, screen = make(printed, "pdf")
    assert status == 0 and "_build/html/index.html" not in screen
    assert (printed / "_build/book.pdf").read_bytes() == first
    (printed / "chapters/chap6/6-1-one.md").touch()
    status, screen = make(printed, "pdf")
    assert status == 0 and "_build/html/index.html" in screen
    assert (printed / "_build/book.pdf").read_bytes() == first


FAULTS = {
    '<img alt="없는 것" src="../../_images/none.svg"/>': "그림 파일이 없습니다: _images/none.svg",
    '<img src="../../_images/none.png"/>': "대체 글(alt)이 없습니다: _images/none.png",
    '<a href="#nowhere">가</a>': "책에 없는 곳을 가리킵니다: chapters/chap6/6-1-one#nowhere",
    '<a href="../../none.zip">가</a>': "링크가 가리키는 파일이 없습니다: none.zip",
    '<video src="a.mp4"></video>': '옮길 수 없는 요소입니다: <video src="a.mp4">',
    '<span class="math">\\(x\\)</span>': "수식이 조판되지 않았습니다",
    "𓀀": "책의 글꼴에 없는 글자입니다: 𓀀",
}
LATE_FAULTS = {
    f'<p style="white-space: nowrap">{"긴 글 " * 40}</p>': "1-one): 종이나 칸에 넘치는 글: 긴 글",
    f'<div class="math"><span class="katex-display"><span class="katex">{"x+" * 80}</span></span></div>': "1-one): 종이나 칸에 넘치는 식: x+x+",
    '<table style="white-space: nowrap">'
    + "<td>칸 가운데 칸</td>" * 12
    + "</table>": "1-one): 종이나 칸에 넘치는 표",
    f'<table><td style="max-width: 9mm; white-space: nowrap">{"좁은 칸" * 9}</td></table>': "1-one): 종이나 칸에 넘치는",
    '<img alt="키 큰 그림" src="../../../../dot.png" style="min-height: 320mm; width: 10mm"/>': "1-one): 종이나 칸에 넘치는 그림: 키 큰 그림",
    '<span style="font-family: monospace">other font</span>': "쪽: 책의 글꼴에 없는 글자가",
    '<span style="background: url(none.png)">배경</span>': "none.png",
}


def spoil(book, *texts):
    """만든 쪽을 고쳐서 찍어 본다."""
    path = book / "_build/html/chapters/chap6/6-1-one.html"
    good = path.read_text("utf-8")
    path.write_text(good.replace("</h1>", "</h1>" + "".join(texts), 1), "utf-8")
    status, screen = make(book, "pdf")
    path.write_text(good, "utf-8")
    return status, screen


@pytest.mark.parametrize("faults", [FAULTS, LATE_FAULTS], ids=["before", "after"])
def test_faults_stop_the_print_and_name_the_page(printed, faults):
    status, screen = spoil(printed, *faults)
    assert status != 0 and not (printed / "_build/book.pdf").exists()
    assert [said for said in faults.values() if said not in screen] == [], screen
    assert screen.count("6-1-one") >= len(faults) - 2


def test_line_ends_before_a_link_at_the_last_word(printed):
    """글이 줄 끝에 꼭 맞으면 첫 낱말만 남던 WeasyPrint의 잘못을 비켜 간다."""
    text = "두 모드 모두 한 번에 드는 비용은 함수를 계산하는 비용의 두세 배입니다"
    tall = '<img alt="키 큰 그림" src="../../../../dot.png" style="height: 400mm; width: 30mm"/>'  # 한 쪽에 들게 줄인다
    status, screen = spoil(
        printed,
        tall,
        *(f'<p style="width: {105 + n / 5}mm">{text} <span>[1]</span></p>' for n in range(99)),
    )
    assert status == 0, screen
    lines = [
        line
        for page in pypdfium2.PdfDocument(printed / "_build/book.pdf")
        for line in page.get_textpage().get_text_range().split("\r\n")
    ]
    assert sum(line.startswith("두 모드 모두") for line in lines) == 99


def test_missing_or_broken_font_is_named(printed):
    fonts = printed / "fonts"
    fonts.unlink()
    shutil.copytree(ROOT / "fonts", fonts)
    try:
        for damage in (
            lambda path: path.write_text("version https://git-lfs"),
            lambda path: path.unlink(),
        ):
            damage(fonts / "NanumMyeongjoBold.ttf")
            run = subprocess.run(
                [printed / ".venv/bin/python", "-m", "machine", "pdf"],
                cwd=printed,
                capture_output=True,
                text=True,
            )
            assert (
                run.returncode != 0
                and "글꼴이 없거나 깨졌습니다: fonts/NanumMyeongjoBold.ttf" in run.stderr
            )
    finally:
        shutil.rmtree(fonts)
        fonts.symlink_to(ROOT / "fonts")


def test_missing_pango_is_said_before_any_work(tmp_path):
    """Pango를 찾지 못하는 컴퓨터처럼: .venv를 만들기도 전에 멈춘다."""
    (tmp_path / "sitecustomize.py").write_text(
        "import ctypes\n\ndef CDLL(name, *args):\n    raise OSError(name)\n\nctypes.CDLL = CDLL\n"
    )
    book = tmp_path / "book"
    book.mkdir()
    shutil.copy(ROOT / "Makefile", book)
    (book / "machine").symlink_to(ROOT / "machine")
    status, screen = make(book, "pdf", PYTHONPATH=str(tmp_path))
    assert status != 0 and sorted(os.listdir(book)) == ["Makefile", "machine"]
    assert all(
        command in screen
        for command in ("sudo apt-get install", "sudo dnf install", "brew install", "WSL")
    )
