"""수식의 시험.

KaTeX의 모든 명령을 브라우저와 종이에 같은 크기로 그려 견주고, 한 책에 담아 쪽과 전자책을 만든다.

두 그림은 저마다 잉크만 남게 잘라 겹친다. 한쪽의 잉크는 다른 쪽의 잉크에서 한 화소(NEAR) 안에 있어야
한다. 잘라 낸 크기는 두 화소까지, 겹친 자리는 한 화소까지, 먼 잉크는 STRAY 화소까지, 색은 COLOR까지
다를 수 있다. 0.1 em은 3.6 화소이다.
점선은 점의 길이가 서로 달라 이어서 견준다.
"""

import io
import json
import re
from itertools import product

import numpy as np
import pypdfium2
import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from PIL import Image, ImageFilter

import audit
from book import ROOT, listed, make, need_chromium, need_pango
from machine import maths
from machine.book.elements import parse
from machine.maths.faces import letters_by_face, letters_in_face
from machine.maths.letters import subset_font
from machine.paper.listing import formulas
from test_epub import check
from tiny import HEADER, tiny_book

FUNCTIONS = json.loads((ROOT / "tests/katex/functions.json").read_text("utf-8"))
STOPPED = {  # make html을 멈추는 명령과 까닭
    **dict.fromkeys(
        [r"\href", r"\url", r"\includegraphics"], "종이와 전자책의 링크와 그림은 기계가 살펴야 한다"
    ),
    **dict.fromkeys([r"\htmlClass", r"\htmlData", r"\htmlId", r"\htmlStyle"], "HTML에만 있다"),
    **dict.fromkeys([r"\imageof", r"\origof", r"\char"], "KaTeX의 글꼴에 그 글자가 없다"),
    **dict.fromkeys([r"\tag", r"\tag*"], "식의 번호는 KaTeX가 아니라 책이 붙인다"),
    r"\color": "물드는 곳이 LaTeX과 노트북의 MathJax에서 다르다",
}
COMPOSITES = [
    r"\frac{\sqrt{\widehat{x}+\sqrt[3]{\frac{a}{b}}}}{1+\frac{\tilde{y}}{\overline{z}}}",
    r"\left(\frac{\sum_{i=1}^n x_i^2}{\displaystyle\int_0^1 f(x)\,dx}\right)^{\!2}",
    r"\begin{bmatrix}a_{11}&\cdots&a_{1n}\\\vdots&\ddots&\vdots\\a_{m1}&\cdots&a_{mn}\end{bmatrix}",
    r"f(x)=\begin{cases}x^2&\text{만약 }x\ge0\\-x&\textbf{그 밖에}\end{cases}",
    r"\underbrace{a+b+c}_{\text{셋}}+\overbrace{x+\cdots+x}^{n}",
    r"\frac{\cancel{(x+1)}(x-1)}{\cancel{(x+1)}}=x-1,\quad\xcancel{x}+\bcancel{2}",
    r"\colorbox{yellow}{$x$}+\boxed{\frac{a}{b}}+\fcolorbox{red}{aqua}{가}",
    r"\sum_{\substack{0<i<m\\0<j<n}}P(i,j)\xrightarrow[a]{b}\xleftarrow{\text{abc}}",
    r"\cfrac{1}{1+\cfrac{1}{1+\cfrac1x}}\neq x\notin\mathbb{Q}\not\subset A",
    r"a\rule[-1ex]{2em}{0.4pt}\raisebox{0.5em}{b}\mathllap{/}c\mathrlap{\,/}d\smash{\frac12}\phantom{x}e\mathclap{--}",
    r"\sqrt{\sqrt{\sqrt{\frac{\frac ab}{\frac cd}}}}"
    r"\Bigg\{\bigg[\Big(\big(x\big)\Big)\bigg]\Bigg\}",
    r"\left\{\begin{array}{c|cc}1&2&3\\\hline 5&6&7\end{array}\right.\quad"
    r"\begin{aligned}x&=1\\y&=\tfrac12\end{aligned}",
    r"\tiny a\scriptsize b\small c\normalsize d\large e\Large f\Huge g\text{\tiny 가}",
    r"\begin{vmatrix}\frac12&\sqrt2\\\pi&e\end{vmatrix}\overset{\text{정의}}{=}\underset{x}{\operatorname{arg\,min}}f",
    r"\textcolor{red}{\sqrt{x}\cancel{y}\overbrace{ab}\vec a\left(\frac{\frac ab}{c}\right)}"
    r"+\color{blue}{\sqrt z}+w",
]
ALL = FUNCTIONS["functions"] | {tex: tex for tex in COMPOSITES}
EM, WIDTH, HEIGHT = 36, 1410, 2970  # 글자와 쪽의 크기(화소)
LOW, TALL = (282, 165), (705, 330)  # 짧고 쌓지 않은 수식과 그 밖의 칸
INK, PAPER = 150, 235  # 이보다 짙으면 잉크, 옅으면 종이
NEAR, STRAY, COLOR = 1, 3, 15


def drawn(tex):
    """쪽에 쓸 때처럼 그린 HTML과 잘못의 목록."""
    return maths.draw(maths.NUMBERING.sub(r"\1*}", tex), True)


def size(html):
    text = re.sub("<[^>]+>", "", re.split("<span[^>]*katex-html[^>]*>", html)[1])
    return TALL if re.search("vlist|katex-sizing", html) or len(text) > 8 else LOW


RIGHT = sorted(
    (name for name in ALL if not drawn(ALL[name])[1]), key=lambda name: size(drawn(ALL[name])[0])
)


def places(pieces):
    """칸마다 (쪽, 왼쪽, 위, 너비, 높이). 크기가 다른 칸은 다음 쪽에 놓는다."""
    page = n = 0
    for before, piece in zip([pieces[0], *pieces], pieces):
        width, height = size(piece)
        columns = WIDTH // width
        if size(before) != (width, height) or n == columns * (HEIGHT // height):
            page, n = page + 1, 0
        yield page, n % columns * width, n // columns * height, width, height
        n += 1


STYLE = f"""
@font-face {{ font-family: NanumMyeongjo; src: url(file://{ROOT}/fonts/NanumMyeongjo.ttf) }}
@font-face {{ font-family: NanumMyeongjo; font-weight: bold;
  src: url(file://{ROOT}/fonts/NanumMyeongjoBold.ttf) }}
@page {{ size: {WIDTH}px {HEIGHT}px; margin: 0; @bottom-center {{ content: none }} }}
html {{ font-size: {EM / 1.08}px !important }}
section {{ position: relative; height: {HEIGHT}px; break-after: page }}
section > div {{ position: absolute; white-space: nowrap }}
.katex-display, .katex-display > .katex {{ text-align: left !important }}
/* 브라우저가 글자를 화소에 맞추지 않게 */
.katex {{ text-rendering: geometricPrecision !important }}
.katex-mathml {{ display: none }}
.katex-hdashline {{ border-bottom-style: solid !important }}
"""


def sheet(pieces, body="", style=""):
    """수식을 한 칸에 하나씩 놓은 쪽들. 책을 찍을 때의 CSS를 쓴다."""
    pages = {}
    for n, (piece, (page, x, y, width, height)) in enumerate(zip(pieces, places(pieces))):
        cell = f"left: {x + width // 8}px; top: {y + height // 3}px; width: {width * 7 // 8}px"
        pages[page] = pages.get(page, "") + f'<div id="n{n}" style="{cell}">{piece}</div>'
    sheets = "".join(
        f'<link rel="stylesheet" href="file://{path}">'
        for path in (maths.KATEX / "katex.min.css", ROOT / "machine/paper/print.css")
    )
    return (
        f'<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>수식</title>{sheets}'
        f'<style>{STYLE}{style}</style></head><body class="{body}">'
        + "".join(f"<section>{page}</section>" for page in pages.values())
        + "</body></html>"
    )


def cells(pictures, pieces):
    """쪽의 그림들에서 잘라 낸 칸들. 칸의 가장자리에는 잉크가 없어야 한다."""
    for page, x, y, width, height in places(pieces):
        cell = pictures[page][y : y + height, x : x + width]
        assert min(cell[0].min(), cell[-1].min(), cell[:, 0].min(), cell[:, -1].min()) > PAPER, (
            page,
            x,
            y,
        )
        yield cell


def print_sheet(path, pieces, style=""):
    """책을 찍는 코드로 놓고 찍은 칸들. 책의 글꼴에 없는 글자는 없어야 한다."""
    from weasyprint import HTML

    from machine.paper.checks import foreign_fonts
    from machine.paper.structure import mark_formulas, mend_formulas

    def assert_no_foreign_fonts(document, pdf):
        assert [*foreign_fonts(document, pdf)] == []

    art = parse("".join(f"<div>{piece}</div>" for piece in pieces))
    formulas(art)
    pieces = [x.decode_contents() for x in art.find_all("div", recursive=False)]
    source = HTML(string=sheet(pieces, "book", style))
    mark_formulas(source)
    document = source.render()
    mend_formulas(document)
    document.write_pdf(path, finisher=assert_no_foreign_fonts)
    pictures = [
        np.array(page.render(scale=4 / 3).to_pil().convert("RGB"))
        for page in pypdfium2.PdfDocument(path)
    ]
    return list(cells(pictures, pieces))


@pytest.fixture(scope="module")
def browser_cells(tmp_path_factory):
    """브라우저가 그린 칸들."""
    path = tmp_path_factory.mktemp("sheet") / "sheet.html"
    pieces = [drawn(ALL[name])[0] for name in RIGHT]
    path.write_text(sheet(pieces), "utf-8")
    need_chromium()
    with audit.chromium() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(path.as_uri())
        page.evaluate("document.fonts.ready")
        pictures = []
        for section in page.query_selector_all("section"):
            # 밀어 올려 찍으면 미처 그리지 못한 자리가 빈 채로 찍힌다. 한 쪽씩 보인다.
            section.evaluate("section => document.body.replaceChildren(section)")
            shot = io.BytesIO(page.screenshot())
            pictures.append(np.array(Image.open(shot).convert("RGB")))
    return dict(zip(RIGHT, cells(pictures, pieces)))


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    need_pango()
    return tmp_path_factory.mktemp("paper") / "sheet.pdf"


@pytest.fixture(scope="module")
def paper_cells(paper):
    return dict(zip(RIGHT, print_sheet(paper, [drawn(ALL[name])[0] for name in RIGHT])))


def crop(cell):
    """잉크만 남긴 그림과, 잉크가 회색에서 벗어난 정도(R, G, B)."""
    dark = cell.min(axis=2)
    rows, columns = np.where(dark < INK)
    if not len(rows):
        return np.full((1, 1), 255, np.uint8), np.zeros(3)
    ink = cell[dark < INK].astype(float)
    picture = dark[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return picture, (ink - ink.mean(axis=1, keepdims=True)).mean(axis=0)


def spread(picture):
    return (
        np.array(
            Image.fromarray((picture < PAPER).astype(np.uint8)).filter(
                ImageFilter.MaxFilter(2 * NEAR + 1)
            )
        )
        > 0
    )


def overlays(one, other):
    """다른 그림의 잉크에서 먼 잉크의 화소 수. 잘라 낸 자리의 오차만큼 움직이며 겹쳐 본다."""
    shape = np.maximum(one.shape, other.shape) + 4 * NEAR
    one, other = (
        np.pad(
            x,
            [(2 * NEAR, big - small - 2 * NEAR) for big, small in zip(shape, x.shape)],
            constant_values=255,
        )
        for x in (one, other)
    )
    one_ink, near_one, other_ink, near_other = one < INK, spread(one), other < INK, spread(other)
    for move in sorted(
        product(range(-NEAR, NEAR + 1), repeat=2), key=lambda move: np.abs(move).sum()
    ):
        yield (one_ink & ~np.roll(near_other, move, (0, 1))).sum() + (
            np.roll(other_ink, move, (0, 1)) & ~near_one
        ).sum()


def differs(one, other):
    """두 칸의 수식이 어떻게 다른지. 같으면 빈 글."""
    (one, color), (other, other_color) = crop(one), crop(other)
    if np.abs(np.subtract(one.shape, other.shape)).max() > 2 * NEAR:
        return f"크기 {one.shape}, {other.shape}"
    if all(far > STRAY for far in overlays(one, other)):
        return "먼 잉크"
    return "다른 색" if np.abs(color - other_color).max() > COLOR else ""


def test_the_list_is_of_the_bundled_katex():
    assert f'version:"{FUNCTIONS["katex"]}"' in (maths.KATEX / "katex.min.js").read_text("utf-8")
    assert len(FUNCTIONS["functions"]) > 1000 and set(ALL) - set(RIGHT) == set(STOPPED)


def test_paper_is_as_the_browser(browser_cells, paper, paper_cells):
    assert [
        (name, said) for name in RIGHT if (said := differs(browser_cells[name], paper_cells[name]))
    ] == []


SHIFTS = {
    "악센트": (r"\hat", ".accent-body { left: .1em }"),
    "넓은 악센트": (
        r"\widehat",
        ".svg-align { top: -.1em; position: relative; margin-left: .1em }",
    ),
    "가운데 줄": (r"\cancel", ".svg-align { margin-left: .1em }"),
    "분수의 줄": (r"\frac", ".frac-line { position: relative; top: -.1em }"),
    "분자": (r"\frac", ".mord .mord.mathnormal { position: relative; left: .1em }"),
    "빗금": (r"\neq", ".katex-inner { margin-left: .1em }"),
    "상자": (r"\boxed", ".fbox { position: relative; left: .1em }"),
    "근호": (r"\sqrt", ".svg-align .mord { position: relative; top: .1em }"),
    "첨자": (r"^", ".msupsub .mord { position: relative; top: .1em }"),
    "화살표의 글": (r"\xrightarrow", ".mtight { position: relative; top: -.1em }"),
    "색": (COMPOSITES[-1], ".mord { color: black !important }"),
}


def test_a_drawing_without_its_color_is_seen(browser_cells, paper_cells, paper, monkeypatch):
    monkeypatch.setattr("machine.paper.structure.mend_formulas", lambda document: None)
    (cell,) = print_sheet(paper.with_name("black.pdf"), [drawn(COMPOSITES[-1])[0]])
    assert differs(browser_cells[COMPOSITES[-1]], cell) == "다른 색"


def test_a_shift_of_a_tenth_of_an_em_is_seen(browser_cells, paper_cells, paper):
    names = [name for name, _ in SHIFTS.values()]
    css = "".join(f"#n{n} {rule}" for n, (_, rule) in enumerate(SHIFTS.values()))
    moved = print_sheet(paper.with_name("moved.pdf"), [drawn(ALL[name])[0] for name in names], css)
    assert [
        kind
        for kind, name, cell in zip(SHIFTS, names, moved)
        if not differs(browser_cells[name], cell)
    ] == []


def summed(n):
    return "+".join(f"a_{{{k}}}" for k in range(n))


TOO_LONG = summed(36)
WIDE = {  # 한도까지 줄여도 넓은 식과, 고치는 법의 한 대목
    f"y={TOO_LONG}": r"\begin{aligned} y &= …",
    rf"\begin{{align}}y&={TOO_LONG}\\z&=1\end{{align}}": r"이은 줄은 &\quad로",
    rf"\begin{{gather}}y={TOO_LONG}\\z=1\end{{gather}}": r"긴 줄에 \\를 더 넣어 나누세요",
    rf"f(x)=\begin{{cases}}{TOO_LONG}&x>0\\0\end{{cases}}": "g(x) 따위",
    rf"\begin{{bmatrix}}{TOO_LONG.replace('+', '&')}\end{{bmatrix}}": r"열을 \cdots로",
}


def test_wide_formulas_shrink_to_a_limit():
    """그래도 넓으면 모두 한꺼번에, 그 환경에 맞는 고치는 법과 함께 알린다."""
    need_pango()
    from machine.paper.make import read
    from machine.paper.wide import fit
    from machine.problems.phrases import as_problem

    texts = [*map(summed, (10, 18, 24)), *WIDE]
    pieces = "".join(f'<div class="math">{drawn(tex)[0]}</div>' for tex in texts)
    inline = maths.draw(rf"\frac{{{TOO_LONG}}}{{2}}", False)[0]
    art = parse(f'<article data-doc="one">{pieces}<p>글 {inline}</p></article>')
    formulas(art)
    css = (maths.KATEX / "katex.min.css", ROOT / "machine/paper/print.css")
    links = "".join(f'<link rel="stylesheet" href="file://{path}">' for path in css)
    source = read(f'<html><head>{links}</head><body class="book">{art}</body></html>')
    said = [str(as_problem(message)) for message in fit(source, None)]
    displays = source.etree_element.iterfind(".//span[@class='katex-display']")
    sizes = [x.get("style", "font-size: 100%") for x in displays]
    percents = [int(re.search(r"\d+", size)[0]) for size in sizes]
    assert percents[:3] == [100, 90, 70]
    assert len(said) == len(WIDE) + 1
    for remedy in [*WIDE.values(), "따로 세운 식"]:
        assert [x.startswith("one: ") for x in said if remedy in x] == [True], said


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """모든 명령을 담은 작은 책의 전자책."""
    book = tiny_book(tmp_path_factory.mktemp("formulas") / "book")
    config = book / "_config.yml"
    config.write_text(
        config.read_text("utf-8").replace(
            "  config:\n", "  config:\n    book_macros: {\\RR: '\\mathbb{R}'}\n", 1
        ),
        "utf-8",
    )
    fields = "\n\n".join(
        f"```{{math}}\n:nowrap:\n{tex}\n```"
        for tex in [*(ALL[name] for name in RIGHT), r"x\in\RR^2"]
    )
    (book / "chapters/chap6/6-2-two.md").write_text(
        f"{HEADER}(sec-6-two)=\n# 모든 명령\n\n{fields}\n", "utf-8"
    )
    status, screen = make(book, "epub")
    assert status == 0, screen
    return book


def test_every_function_is_right_in_the_epub(book):
    check(book / "_build/book.epub")


def test_fonts_of_the_site_have_every_letter_of_its_formulas(book):
    static = book / "_build/html/_static/katex/fonts"
    html = (book / "_build/html/chapters/chap6/6-2-two.html").read_text("utf-8")
    formulas = BeautifulSoup(html, "html.parser").select(".katex-html")
    used, every, kept = set().union(*(x.get_text() for x in formulas)), set(), set()
    assert set("∈ℵℚℝ⊥⋱") <= used | set("ℚℝ") and len(used) > 400
    for path in static.iterdir():
        whole, part = (
            set(map(chr, TTFont(file / path.name).getBestCmap()))
            for file in (maths.KATEX / "fonts", static)
        )
        assert part <= whole and part >= whole & letters_in_face(path.stem, [letters_by_face(html)])
        every, kept = every | whole, kept | part
    assert kept >= every & used


def test_a_damaged_font_is_made_again(tmp_path):
    path = maths.KATEX / "fonts/KaTeX_Math-Italic.woff2"
    made = subset_font(path, "x", tmp_path)
    whole = made.read_bytes()
    for damaged in (b"", b"x" * 99, whole[:-9]):
        made.write_bytes(damaged)
        assert subset_font(path, "x", tmp_path).read_bytes() == whole


BAD = {
    r"\href{https://example.com}{x^2}": r"쓸 수 없는 명령입니다: \href",
    r"\href{javascript:a}{x}": r"쓸 수 없는 명령입니다: \href",
    r"\htmlClass{a}{x}": r"\htmlClass",
    r"\includegraphics{a.png}": r"\includegraphics",
    r"\RR": r"Undefined control sequence: \RR",
    r"a \label{eq-one}": "{eq}`이름`으로",
    r"\begin{eqnarray}a\end{eqnarray}": "No such environment: eqnarray",
    r"\imageof": "⊷ (U+22B7)",
    r"\text{①}": "① (U+2460)",
    r"\text{😀}": "😀 (U+1F600)",
    r"\textcolor{heather}{x}": "없는 색입니다: heather",
    r"{\color{red} x+y}": r"\textcolor{색}{식}으로",
    r"\newcommand{\mine}{x}\mine": "",
    r"\mine": r"Undefined control sequence: \mine",  # 앞의 수식에서 정한 것은 남지 않는다
}


def test_what_one_output_would_lose_stops_the_build(tmp_path):
    book = tiny_book(tmp_path / "book")
    page = book / "chapters/chap6/6-2-two.md"
    text = f"{HEADER}(sec-6-two)=\n# 틀린 식\n\n" + "\n\n".join(f"식 ${tex}$" for tex in BAD) + "\n"
    page.write_text(text, "utf-8")
    status, screen = make(book, "html")
    assert status != 0
    for tex, said in BAD.items():
        line = text[: text.index(f"식 ${tex}$")].count("\n") + 1
        told = [
            x for x in listed(book) if re.search(rf"6-2-two\.md:({line}|{line + 1}): ", x)
        ]  # MyST-NB은 한 줄을 더 센다
        assert all("수식 오류" in x and said in x for x in told) and bool(told) == bool(said), (
            tex,
            told,
        )


def test_macros_are_written_out(book):
    assert r">x\in\mathbb{R}^2</annotation>" in (
        book / "_build/html/chapters/chap6/6-2-two.html"
    ).read_text("utf-8")
    macros = {
        r"\RR": r"\mathbb{R}",
        r"\norm": r"\lVert #1\rVert",
        r"\inner": r"\langle #1,#2\rangle",
        r"\Rn": r"\RR^n",
    }
    assert (
        maths.expanded(r"\norm{\frac{a}{x_{i}}} \RRx \inner{a}{\norm b} x_\Rn", macros)
        == r"\lVert \frac{a}{x_{i}}\rVert \RRx \langle a,\norm b\rangle x_{\mathbb{R}^n}"
    )
    assert len(maths.expanded(r"\a", {r"\a": r"\a\a"})) < 10_000


def test_numpy_colours_only_the_argument():
    html = drawn(r"x \mapsto \color{LightGray}{\text{1.0}}\color{LightGray}{+} x")[0]
    assert html.count('style="color:LightGray;"') >= 2 and not re.search(
        r'color:LightGray;">[+]?<[^/]*x', html
    )
    assert '<span class="mord mathnormal">x</span>' in html.split("LightGray")[-1]
