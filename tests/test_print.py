"""작은 책을 찍고, 잘못을 심어 찍어 본다."""

import os
import re
import shutil
import subprocess
from base64 import b64encode
from ctypes import c_double, create_string_buffer
from hashlib import sha256
from html import escape
from io import BytesIO
from urllib.parse import quote

import numpy as np
import page as validator
import pypdfium2
import pypdfium2.raw as raw
import pytest
import weasyprint
import yaml
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from PIL import Image
from pypdf import PdfReader

import audit
from book import ROOT, bind, make, need_chromium, need_pango, pdf_texts
from machine.book.figure import in_book_fonts
from machine.book.fonts import css, fonts
from machine.settings.conventions import LATIN, MONO, font, unknown
from machine.site.offline import NOT_KEPT
from machine.tree.drawings import fault
from outputs import squeeze
from pdf import bodies_of, letters, outline, pages_of
from test_page_ends import words_in_columns
from tiny import NUMBERS, ODD, N, add_chapter, add_samples, tiny_book

LETTERS = "微分, Poincaré, Erdős, Čech, Łukasiewicz, Hôpital, ß æ ø −1 × ℝ ⟨x⟩ ϕ ✓ ✗ → ↦ ≠ ≤ λ"


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """요소를 한 번씩 쓰고 장 하나를 더한 작은 책을 찍은 것."""
    need_pango()
    book = tiny_book(tmp_path_factory.mktemp("print") / ODD)
    add_samples(book)
    add_chapter(book, N, (book / "_toc.yml").read_text("utf-8"))
    with (book / "chapters/chap6/6-2-two.md").open("a", encoding="utf-8") as file:
        file.write(
            "\n{index}`기울기 <기울기>`는 {index}`미분 <미분>`입니다. {index}`Adam <Adam>`\n"
            f"\n다른 장의 {{numref}}`sec-{N}-one`과 {{term}}`미분`을 봅니다.\n"
        )
    with (book / f"chapters/chap{N}/{N}-2-two.md").open("a", encoding="utf-8") as file:
        file.write(
            "\n{index}`접선 <접선>`을 긋습니다. {numref}`sec-6-one`을 봅니다.\n"
            f"\n{LETTERS}\n\n**굵은 {LETTERS}**\n\n```python\nλ = 1  # 가\nl = 1  # 가\n"
            f"# {LETTERS}\n```\n\n<samp style='font-family: monospace'>samp</samp>\n"
        )
    add_long_page(book)
    status, screen = make(book, "pdf")
    assert status == 0, screen
    return book


RIGHT, FULL = 595 - 76, (9.4, 10.2 * 1.08)  # pt. 본문의 오른쪽 끝, 표와 식의 글자(print.css)
LONG_CODE = f"names = [{', '.join(f'name_{n}' for n in range(15))}]"  # 150자


def add_long_page(book):
    """쪽보다 긴 표와 상자, 줄보다 긴 코드. 앞에는 제목과 짧은 문단뿐이다."""
    rows = "".join(f"| 줄{n}번 | `value_{n}` | 값 {n} |\n" for n in range(70))
    paragraphs = "\n\n".join(f"문단{n}번입니다. {'넓은 상자의 글입니다. ' * 4}" for n in range(25))
    quoted = f"> 옮긴 글입니다.\n>\n> ```python\n> {LONG_CODE}\n> ```\n"
    make_lines = f"```make\nall:\n\t\t\t\techo {'word ' * 18}\n```\n"
    wide = f"| {' | '.join(f'열 {n}' for n in range(4))} |\n{'|---' * 4}|\n"
    wide += "| `ctx.save_for_backward(x, y)` | `torch.from_numpy(array)` | 그래디언트의 값 | " * 1
    wide += "두 점의 간격에 따라 다르고 함수의 값에도 따라 다른 어림값이 이 칸에 길게 적힙니다 |\n"
    sum_of = {name: "+".join(f"{name}_{{{n}}}" for n in range(21)) for name in "uvw"}
    formulas = f"$$\n{sum_of['u']}\n$$ (eq-u)\n\n:::{{note}}\n$$\n{sum_of['v']}\n$$\n:::\n\n"
    formulas += (
        f"- 항목\n\n  $$\n  \\begin{{aligned}} y &= {sum_of['w']} \\end{{aligned}}\n  $$\n\n"
    )
    names = [f"column_{n}" for n in range(12)]
    frame = f"|{'|'.join(names)}|\n{'|---' * 12}|\n|{'|'.join(['0.142857'] * 12)}|\n"
    formulas += f"글 속의 $\\frac{{{'+'.join(['k_i'] * 20)}}}{{2}}$입니다.\n\n"
    cells = "".join(f"<td>{n / 7:.6f}</td>" for n in range(9))
    frame += f"\n<table><tr>{cells}</tr></table>\n"
    text = (
        f"# 긴 것\n\n## 긴 표\n\n표입니다.\n\n| 이름 | 코드 | 값 |\n|---|---|---|\n{rows}\n"
        f"## 긴 상자\n\n상자입니다.\n\n:::{{note}}\n{paragraphs}\n:::\n\n"
        f"## 긴 줄\n\n{quoted}\n{make_lines}\n{wide}\n"
        f"{formulas}{frame}\n"
        "코드를 펼치면 보이는 글입니다. 이 문장은 남습니다.\n\n[숨긴 말]{.screen}과 남은 말\n"
    )
    (book / f"chapters/chap{N}/{N}-3-long.md").write_text(text, "utf-8")
    toc = (book / "_toc.yml").read_text("utf-8")
    line = f"    - file: chapters/chap{N}/{N}-2-two\n"
    (book / "_toc.yml").write_text(
        toc.replace(line, line + line.replace("2-two", "3-long")), "utf-8"
    )


def test_every_element_reads_well_in_print(printed):
    pages = bodies_of(printed / "_build/book.pdf")
    text = squeeze("".join(pages))
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
        "작은제목주제의이름주제의속옮겨적은말—적은사람가운데글",
        "•나란한하나•나란한둘",
        "줄하나줄둘이름:이름의값--long=VAL긴옵션",
        "카드의이름카드의속",
        "그림에덧붙인글",
        "PDF(문서형식)",
        "정리6-1(평균값정리f′(c))",
        "증명.정리6-1은보조정리6-1에서나옵니다.정리6-1,",
        "부른글,번호없는것.증명.x=2보조정리6-1(롤의정리)보조정리의글정의(번호없는것)정의의글",
        "정리6-2이름없는정리따름정리6-1따름정리6-1의글명제6-1명제의글공리6-1",
        "알고리즘6-1(이분법)1.가운데를봅니다.",
        "그림의글words",
    ):
        assert part in text, f"{part}\n{text}"
    solutions = next(n for n, page in enumerate(pages, 1) if page.startswith("연습문제 풀이"))
    assert f'풀이는{solutions}쪽에있습니다.print("문제안의셀")문제안의셀' in text
    assert re.search(r"두번호\d,\d,H2O", text)
    assert re.search(
        r"색인ㄱ기울기5미분도참조ㄷ도함수구하기→미분ㅁ미분5,\d+기호로\d+ㅈ접선\d+AAdam5", text
    ), text[-200:]
    assert "펼치기" not in text and "내려받기" not in text
    pdf = PdfReader(printed / "_build/book.pdf")
    titles = [item.title for _, item in outline(pdf.outline)]
    assert (
        "제목 eˣ와 grad, 굵은(bold) 글" in titles
        and "제목ex와grad,굵은(bold)글,연습문제6-5." in text
    )  # 차례에는 그린다
    assert validator.validate_pdf(str(printed / "_build/book.pdf")).is_compliant


def test_long_things_start_where_they_stand(printed):
    """쪽보다 긴 것은 나뉘고, 앞의 제목과 함께 시작하며, 꺾인 줄에는 모두 표시가 있다."""
    pages = pages_of(printed / "_build/book.pdf")
    for title, first in ("긴표", "줄0번"), ("긴상자", "문단0번"):
        (page,) = [page for page in pages for line in page.lines if line.text.endswith(title)][-1:]
        assert any(first in line.text for line in page.lines), title
    names = ("ctx.save_for_backward", "torch.from_numpy", "array")
    words = {(True, name) for name in names} | {(False, "그래디언트의"), (False, "간격에")}
    assert words_in_columns(printed / "_build/book.pdf", words) == (words, [])
    for start in ("names=[", "all:"):  # 꺾인 줄은 표시의 너비만큼 안에서 시작한다
        code = next(
            page.lines_in(frame)
            for page in pages
            for frame in page.frames
            if frame.kind == "code" and page.lines_in(frame)[0].text.startswith(start)
        )
        assert len(code) > 1 and all(line.x > code[0].x + 5 for line in code[1:]), code
    text = squeeze("".join(bodies_of(printed / "_build/book.pdf")))
    assert all(f"줄{n}번value_{n}" in text for n in range(70))
    assert all(f"문단{n}번" in text for n in range(25))
    assert "이문장은남습니다.과남은말" in text and "펼치면" not in text


def test_wide_formulas_and_tables_shrink(printed):
    """번호와 칸의 낱말은 그대로 두고, 글의 너비 안에 든다."""
    found = {}
    for page in pypdfium2.PdfDocument(printed / "_build/book.pdf"):
        rows = {}
        for letter in letters(page):
            rows.setdefault(round(letter.y), []).append(letter)
        for row in rows.values():
            text = "".join(letter.char for letter in row)
            if name := re.match(r"(?:y=)?([uvw])\+\1|column_0", text):
                found[name[1] or "표"] = row, text
    assert {*found} == {*"uvw", "표"}
    for name, (row, _) in found.items():
        assert RIGHT - 120 < max(letter.x for letter in row) < RIGHT
        assert 0.69 < max(letter.size for letter in row) / FULL[name != "표"] < 0.95
    assert found["표"][1] == "".join(f"column_{n}" for n in range(12))


def test_wide_things_slide_within_a_phones_screen(printed):
    need_chromium()
    with audit.chromium() as browser:
        page = browser.new_page(viewport={"width": 375, "height": 800})
        page.goto((printed / f"_build/html/chapters/chap{N}/{N}-3-long.html").as_uri())
        assert page.locator(":is(.math.wide, section > table)[tabindex]").count() == 2
        assert {size: found for size, found in audit.overflow(page).items() if found} == {}


def test_new_chapter_in_print(printed):
    text = squeeze("".join(bodies_of(printed / "_build/book.pdf")))
    assert all(
        squeeze(number) in text
        for number in [*NUMBERS, f"{N}장미분다음", f"{N}.1첫째절", f"({N}.1)"]
    ), text
    assert f"{N}.1절의그림{N}-1과식({N}.1)을다시봅니다" in text


def test_fonts_have_the_letters_authors_use():
    """KS X 1001의 한자와, 라틴·그리스·키릴 문자. 코드에서는 한글의 반의 너비로 놓인다."""
    pairs = [bytes([a, b]) for a in range(0xCA, 0xFE) for b in range(0xA1, 0xFF)]
    hanja = "".join(pair.decode("euc-kr") for pair in pairs)
    blocks = (0xC0, 0x180), (0x391, 0x3A2), (0x3A3, 0x3CA), (0x410, 0x450), (0x2190, 0x219A)
    letters = "".join(chr(code) for first, last in blocks for code in range(first, last))
    assert len(hanja) == 4888 and unknown(hanja + letters + LETTERS + "ℕℤ⇒≈∈∀∂∇√∑∫ŷⁿ₁⁻³") == []
    assert unknown("가関\n🙂") == ["関", "🙂"]
    for bold in ("", "Bold"):
        code, hangul = (TTFont(font(name, bold)) for name in (LATIN[MONO], MONO))
        names = map(code.getBestCmap().get, map(ord, letters))
        widths = {code["hmtx"][name][0] for name in names}
        assert widths == {hangul["hmtx"][hangul.getBestCmap()[ord("가")]][0] // 2}


def drawn_letters(path):
    """{글자: 그것을 찍은 글꼴들}, {줄의 글: 글자마다 놓인 가로 자리}"""
    fonts, lines = {}, {}
    for number, page in enumerate(pypdfium2.PdfDocument(path)):
        text, x, y, name = page.get_textpage(), c_double(), c_double(), create_string_buffer(99)
        for n in range(text.count_chars()):
            raw.FPDFText_GetFontInfo(text, n, name, 99, None)
            raw.FPDFText_GetCharOrigin(text, n, x, y)
            letter = chr(raw.FPDFText_GetUnicode(text, n))
            fonts.setdefault(letter, set()).add(name.value.decode().split("+")[-1])
            if letter.strip():
                lines.setdefault((number, round(y.value)), []).append((letter, x.value))
    return fonts, {"".join(c for c, _ in line): [x for _, x in line] for line in lines.values()}


def test_letters_are_the_books_own(printed):
    """나눔글꼴에 없거나 두 칸을 차지하는 글자는 본문, 굵은 글, 코드에서 저마다의 글꼴로."""
    fonts, lines = drawn_letters(printed / "_build/book.pdf")
    names = set().union(*fonts.values())
    assert all(re.match("Nanum|Book|KaTeX", name) for name in names), names
    assert fonts["é"] >= {"BookSerif", "BookSerif-Bold", "BookMono"} and fonts["ø"] == fonts["é"]
    assert fonts["微"] == {"BookHanja", "BookHanja-Bold", "NanumBarunGothic"}
    assert fonts["ℝ"] == {"BookSymbols", "BookSymbols-Bold", "BookMono"}
    assert lines["λ=1#가"] == pytest.approx(lines["l=1#가"])
    assert "NanumGothicCoding" in fonts["p"]


FIRST = "(name) => getComputedStyle(document.querySelector(name)).fontFamily.split(',')[0]"


def test_the_site_brings_letters_its_reader_lacks(printed):
    """나눔글꼴만 있는 컴퓨터의 브라우저에서: 없는 글자는 책의 글꼴로."""
    need_chromium()
    own, conf = printed / "_build/own", printed / "_build/own.conf"
    own.mkdir()
    for path in ROOT.glob("fonts/Nanum*.ttf"):
        (own / path.name).symlink_to(path)
    folders = f"<dir>{escape(str(own))}</dir><cachedir>{escape(str(own))}</cachedir>"
    conf.write_text(f"<fontconfig>{folders}</fontconfig>", "utf-8")
    address = (printed / f"_build/html/chapters/chap{N}/{N}-2-two.html").as_uri()
    with audit.chromium(env=os.environ | {"FONTCONFIG_FILE": str(conf)}) as browser:
        page = browser.new_page()
        page.goto(address)
        brought = page.evaluate(
            "Promise.all([...document.fonts].map(async (font) => (await font.load()).family))"
        )
        first = {page.evaluate(FIRST, name) for name in ("article p", "article pre")}
        console = page.context.new_cdp_session(page)
        console.send("DOM.enable")
        console.send("CSS.enable")
        root = console.send("DOM.getDocument")["root"]["nodeId"]
        query = {"nodeId": root, "selector": "article p:has(+ p > strong)"}
        text = console.send("DOM.querySelector", query)
        used = console.send("CSS.getPlatformFontsForNode", {"nodeId": text["nodeId"]})["fonts"]
    assert {font["familyName"] for font in used if font["isCustomFont"]} == {
        "BookSans",
        "BookHanja",
        "BookSymbols",
    }
    assert all(font["isCustomFont"] or font["familyName"].startswith("Nanum") for font in used)
    assert first == {"MarkedSans", "MarkedMono"} and first <= {*brought}  # Č가 여기에 있다


DRAWINGS = yaml.safe_load((ROOT / "tests/drawings.yml").read_text("utf-8"))


def test_drawings_are_printed_as_a_browser_draws_them(tmp_path):
    """찍어도 되는 것은 브라우저의 것과 같고, 알리는 것은 다르다."""
    need_chromium()
    need_pango()
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 120" width="200" height="120">'
    drawn, refused = DRAWINGS["drawn"], DRAWINGS["refused"]
    drawings = [f"{head}{inside}</svg>" for inside in [*drawn, *refused.values()]]
    said = [fault(drawing.encode()) for drawing in drawings]
    assert said[: len(drawn)] == [None] * len(drawn)
    told = [f"종이에 찍지 못하는 {words}" for words in refused]
    assert [words for words, _ in said[len(drawn) :]] == told
    images = ""
    for n, drawing in enumerate(drawings):
        (tmp_path / f"{n}.svg").write_text(in_book_fonts(drawing), "utf-8")
        images += f'<img src="{n}.svg" style="position: absolute; left: 0; top: {120 * n}px">'
    height = 120 * len(drawings)
    style = f"@page {{ size: 200px {height}px; margin: 0 }} body {{ margin: 0 }}"
    (tmp_path / "a.html").write_text(f"<style>{style}</style>{images}", "utf-8")
    faces = "".join(css(fonts().values(), tmp_path))
    page = f"<style>{style}{faces}</style>{images}"
    pdf = weasyprint.HTML(string=page, base_url=f"{tmp_path}/").write_pdf()
    paper = pypdfium2.PdfDocument(pdf)[0].render(scale=4 / 3).to_pil()
    conf = tmp_path / "fonts.conf"
    folders = f"<dir>{escape(str(ROOT))}/fonts</dir><cachedir>{escape(str(tmp_path))}</cachedir>"
    conf.write_text(f"<fontconfig>{folders}</fontconfig>", "utf-8")
    with audit.chromium(env=os.environ | {"FONTCONFIG_FILE": str(conf)}) as browser:
        tab = browser.new_page(viewport={"width": 200, "height": height})
        tab.goto((tmp_path / "a.html").as_uri())
        screen = Image.open(BytesIO(tab.screenshot()))
    small = [
        np.asarray(picture.convert("L").resize((25, height // 8), Image.Resampling.BOX), float)
        for picture in (paper, screen)
    ]
    apart = np.abs(small[0] - small[1]).reshape(len(drawings), -1).mean(1)
    assert apart[: len(drawn)].max() < 2 < apart[len(drawn) :].min(), apart


def test_same_bytes_from_a_page_read_again(printed):
    """글꼴이 하나도 없는 컴퓨터에서 찍어도 같다."""
    first = (printed / "_build/book.pdf").read_bytes()
    (printed / "chapters/chap6/6-1-one.md").touch()
    bare = printed / "_build/bare.conf"
    cache = escape(str(printed / "_build"))
    bare.write_text(f"<fontconfig><cachedir>{cache}</cachedir></fontconfig>", "utf-8")
    status, screen = make(printed, "pdf", FONTCONFIG_FILE=str(bare))
    assert status == 0 and "읽은 쪽 1개, 쓴 쪽 1개." in screen
    assert (printed / "_build/book.pdf").read_bytes() == first


def links_of(pdf):
    """(책 안의 이름표나 바깥의 주소, 링크의 글)"""
    notes = [note.get_object() for page in pdf.pages for note in page.get("/Annots", ())]
    return {(str(x.get("/Dest") or x["/A"]["/URI"]), x["/Contents"]) for x in notes}


PUBLISHED = {"GITHUB_REPOSITORY": "owner/book"}


@pytest.fixture(scope="module")
def chapter_alone(printed):
    """공개한 책에서 한 장만 찍은 것."""
    whole = (printed / "_build/book.pdf").read_bytes()
    status, screen = make(printed, "pdf", "CHAPTER=chap6", **PUBLISHED)
    assert status == 0 and (printed / "_build/book.pdf").read_bytes() == whole, screen
    return printed


def test_chapter_alone_points_to_the_site(chapter_alone):
    path = chapter_alone / "_build/html/book-chap6.pdf"
    pdf, text = PdfReader(path), squeeze("".join(bodies_of(path)))
    site = "https://owner.github.io/book/"
    assert pdf.metadata.title.startswith("6장 미분 다음 — ")
    assert f"책전체는{site}에있습니다.차례6장미분다음" in text
    links = links_of(pdf)
    assert (f"{site}chapters/chap{N}/{N}-1-one.html#sec-{N}-one", f"{N}.1절") in links
    assert (f"{site}references.html#term-{quote('미분')}", "미분") in links
    assert ("chapters-chap6-6-1-one--sec-6-one", "6.1절") in links
    titles = [(level, item.title) for level, item in outline(pdf.outline)]
    tops = [title for level, title in titles if level == 1]
    assert tops == ["6장 미분 다음", "연습문제 풀이", "색인"]
    words = text[text.rindex("색인ㄱ") :]
    assert "기울기" in words and "미분" in words and "접선" not in words
    assert validator.validate_pdf(str(path)).is_compliant


def test_pages_link_to_the_books_that_exist(chapter_alone):
    """쪽을 고치면 찍은 책도 그 링크도 없어진다. 쪽의 지문이 있는 목록(sw.js)도 함께 바뀐다."""
    site = chapter_alone / "_build/html"

    def words():
        """단추를 말하는 글 가운데 보이는 것들의 이름."""
        html = (site / "chapters/chap6/6-3-samples.html").read_text("utf-8")
        texts = BeautifulSoup(html, "html.parser").select("li[class^=if-]:not([hidden])")
        return {text.get_text().split()[-1] for text in texts}

    def linked():
        files = {}
        for path in site.rglob("*.html"):
            name, html = path.relative_to(site).as_posix(), path.read_bytes()
            for nav in BeautifulSoup(html, "html.parser").select('nav[aria-label$="파일"]'):
                files.setdefault(name, set()).update(a["href"] for a in nav("a"))
            integrity = b64encode(sha256(html).digest()).decode()
            assert name in NOT_KEPT or integrity in (site / "sw.js").read_text("utf-8"), name
        return files

    found = linked()
    assert found["chapters/chap6/6-1-one.html"] == {"../../book-chap6.pdf"}
    assert found["index.html"] == found[f"chapters/chap{N}/index.html"] == set()
    without = words()
    assert {"source", "report"} <= without and without.isdisjoint({"pdf", "epub"})
    status, screen = make(chapter_alone, "epub", **PUBLISHED)
    found = linked()
    assert status == 0 and "바뀐 것이 없습니다." in screen
    assert found["chapters/chap6/index.html"] == {"../../book-chap6.pdf", "../../book.epub"}
    assert words() == without | {"epub"}
    assert found["index.html"] == {"book.epub"} and found["404.html"] == {"/book/book.epub"}
    (chapter_alone / "index.md").touch()
    assert make(chapter_alone, "html", **PUBLISHED)[0] == 0
    assert {*map(len, linked().values())} == {0} and not [*site.glob("book*")]
    assert words() == without


def test_chapter_alone_without_a_site_has_words(printed):
    status, screen = make(printed, "pdf", f"CHAPTER=chap{N}")
    assert status == 0, screen
    path = printed / f"_build/html/book-chap{N}.pdf"
    text = squeeze("".join(bodies_of(path)))
    assert "6.1절을봅니다" in text and "책전체는" not in text
    assert not [to for to, _ in links_of(PdfReader(path)) if ":" in to or "chap6" in to]
    assert re.search(r"색인ㅈ접선\d$", text) and "기울기" not in text


def test_unknown_chapter_is_named(printed):
    status, screen = make(printed, "pdf", "CHAPTER=chap0")
    assert status != 0 and "그런 장이 없습니다: chap0. CHAPTER에는 다음 가운데" in screen
    assert "바뀐 것이 없습니다." in screen  # 찍으려고 쪽을 다시 만들지 않는다
    assert f"chap6, chap{N}, all" in screen


FAULTS = {
    '<img alt="없는 것" src="../../_images/none.svg"/>': "그림 파일이 없습니다: _images/none.svg",
    '<img src="../../_images/none.png"/>': "대체 글(alt)이 없습니다: _images/none.png",
    '<a href="#nowhere">가</a>': "책에 없는 곳을 가리킵니다: chapters/chap6/6-1-one#nowhere",
    '<a href="../../none.zip">가</a>': "링크가 가리키는 파일이 없습니다: none.zip",
    '<video src="a.mp4"></video>': '옮길 수 없는 요소입니다: <video src="a.mp4">',
    '<span class="math">\\(x\\)</span>': "수식이 조판되지 않았습니다",
    "𓀀": "책의 글꼴에 없는 글자입니다: 𓀀",
    '<abbr title="関數">줄임</abbr>': "책의 글꼴에 없는 글자입니다: 関 (U+95A2)",
    '<img alt="글자가 있는 그림" src="../../letters.svg"/>': "🎈 (U+1F388) (그림 🎈 안)",
    '<div class="math"><span class="katex-display"><span class="katex">'
    f"{'x+' * 80}</span></span></div>": "1-one: 종이나 칸에 넘치는 식: x+x+",
    '<table style="white-space: nowrap">'
    + "<td>칸 가운데 칸</td>" * 12
    + "</table>": "1-one: 종이나 칸에 넘치는 표",
    '<table><td style="max-width: 9mm; white-space: nowrap">'
    f"{'좁은 칸' * 9}</td></table>": "1-one: 종이나 칸에 넘치는",
}
LATE_FAULTS = {
    f'<p style="white-space: nowrap">{"긴 글 " * 40}</p>': "1-one): 종이나 칸에 넘치는 글: 긴 글",
    '<img alt="키 큰 그림" src="../../../../dot.png" '
    'style="min-height: 320mm; width: 10mm"/>': "1-one): 종이나 칸에 넘치는 그림: 키 큰 그림",
    "<ul><li style=\"list-style: '𓀀'\">가</li></ul>": "없는 글자가 찍혔습니다(𓀀 U+13000)",
    '<span style="background: url(none.png)">배경</span>': "none.png",
}


def test_a_wide_formula_is_named_by_its_line(tmp_path, monkeypatch):
    checks = pytest.importorskip("machine.paper.checks", exc_type=OSError)  # Pango가 없는 컴퓨터
    page = tmp_path / "one.md"
    page.write_text("# 글\n\n$$\ny =\n  x^2\n$$\n", "utf-8")
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    monkeypatch.setattr(checks.manuscript, "find", lambda doc: page)
    assert checks.place(9, "one", "y = x^2") == "one.md:4: 9쪽에서"
    assert checks.place(9, "one", "z") == "9쪽(one):"


SVG = '<svg xmlns="http://www.w3.org/2000/svg"><text>그림 🎈 안</text></svg>'


def spoil(book, *texts):
    """만든 쪽을 고쳐서 그 장만 찍어 본다."""
    (book / "_build/html/letters.svg").write_text(SVG, "utf-8")
    path = book / "_build/html/chapters/chap6/6-1-one.html"
    good = path.read_text("utf-8")
    path.write_text(good.replace("</h1>", "</h1>" + "".join(texts), 1), "utf-8")
    status, screen = bind(book, "pdf", "chap6")
    path.write_text(good, "utf-8")
    return status, screen


@pytest.mark.parametrize("faults", [FAULTS, LATE_FAULTS], ids=["before", "after"])
def test_faults_stop_the_print_and_name_the_page(printed, faults):
    status, screen = spoil(printed, *faults)
    assert status != 0 and not (printed / "_build/book-chap6.pdf").exists()
    told = screen + (printed / "_build/book-chap6.pdf.log").read_text("utf-8")  # 화면에는 몇 개만
    assert [said for said in faults.values() if said not in told] == [], told
    assert screen.count("6-1-one") >= len(faults) - 2


def test_line_ends_before_a_link_at_the_last_word(printed):
    """글이 줄 끝에 꼭 맞으면 첫 낱말만 남던 WeasyPrint의 잘못을 비켜 간다."""
    text = "두 모드 모두 한 번에 드는 비용은 함수를 계산하는 비용의 두세 배입니다"
    # 한 쪽에 들게 줄이는 그림
    tall = '<img alt="키 큰 그림" src="../../../../dot.png" style="height: 400mm; width: 30mm"/>'
    status, screen = spoil(
        printed,
        tall,
        *(f'<p style="width: {105 + n / 5}mm">{text} <span>[1]</span></p>' for n in range(99)),
    )
    assert status == 0, screen
    lines = "\n".join(pdf_texts(printed / "_build/book-chap6.pdf")).split("\n")
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
