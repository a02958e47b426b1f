"""쪽에서 실행한 결과의 수식: 글꼴을 줄이지 않은 KaTeX로 그린 것과 같아 보인다."""

import shutil
from io import BytesIO

import pytest
from PIL import Image, ImageChops
from sphinx.util.math import wrap_displaymath

import audit
from book import HTML
from machine import maths
from machine.live.files import program_files

PAGE = "chapters/chap6/6-2-numerical.html"
PLACE = "_static/live/typesetting"
# 심파이가 적는 꼴. 책에 나오지 않는 글자와 기호가 들어 있다
DRAWN = [
    r"\displaystyle \Gamma\left(\xi\right) \omega K Q",
    r"\displaystyle \begin{cases} x^{2} & \text{for}\: x > 0 \\0 & \text{otherwise} \end{cases}",
    r"\displaystyle \left[\begin{matrix}1 & \zeta\\\frac{d}{d x} f{\left(x \right)} & \aleph"
    r"\\\int\limits_{0}^{\infty} e^{- x^{2}}\, dx & \sqrt{\beta}\end{matrix}\right]",
    r"\displaystyle a \not\equiv b \wedge \mathbb{Z} \mathcal{L} \mathfrak{g} \boldsymbol{v}",
    r"\displaystyle \overline{z} \operatorname{atan}{\left(\frac{x}{y} \right)} \mathtt{\text{s}}",
]
NOT_DRAWN = [
    r"$\frac{x$",
    r"$\def\a{xxxxxxxx}\a\a\a$",
    r"$\tag{1}\df@tag$",
    r"$\href{https://example.org}{x}$",
    r"$\includegraphics{https://example.org/x.png}$",
    "$" + "x" * 10_001 + "$",
]
ADD = """async (latex) => {
  const { typeset } = await import(document.baseURI.split("chapters/")[0] + PLACE + "/typeset.js");
  const outer = document.createElement("div"), box = document.createElement("div");
  outer.append(box);
  outer.className = "output text_latex math";
  box.className = "math-scroll";
  box.textContent = latex;
  document.querySelector("article h1").after(outer);
  return typeset(box, latex);
}""".replace("PLACE", f'"{PLACE}"')
LOADED = """async () => {
  const sheets = [...document.querySelectorAll("link[rel=stylesheet]")];
  await Promise.all(sheets.filter(link => !link.sheet).map(link =>
    new Promise(done => link.onload = done)));
  document.body.offsetWidth;
  await document.fonts.ready;
}"""
# 쪽의 식 대신 이 HTML을, 쪽의 CSS 대신 줄이지 않은 KaTeX의 것을 둔다. 크기는 쪽의 것을 쓴다
REPLACE = """(html) => {
  const { fontSize, lineHeight } = getComputedStyle(document.querySelector(".math-scroll"));
  const katex = getComputedStyle(document.querySelector(".math-scroll .katex")).fontSize;
  document.head.innerHTML = `<link rel="stylesheet" href="../../full/katex.min.css"><style>
    .math-scroll { font-size: ${fontSize}; line-height: ${lineHeight} }
    .katex { font-size: ${katex} } .katex-display { margin: 0 }</style>`;
  document.body.innerHTML = `<div class="math-scroll">${html}</div>`;
}"""
# 화면의 같은 자리에 두고 찍는다. 화소의 사이에 걸치면 같은 식도 다르게 찍힌다
FIXED = "position: fixed; inset: 0 auto auto 0; z-index: 99; width: 700px; height: 180px; " + (
    "margin: 0; padding: 0; background: #fff; color: #000"
)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = shutil.copytree(
        HTML, tmp_path_factory.mktemp("typesetting") / "site", ignore=shutil.ignore_patterns("live")
    )
    (folder / PLACE).mkdir(parents=True)
    for name, data in program_files().items():
        (folder / PLACE / name).write_bytes(data)
    shutil.copytree(maths.KATEX, folder / "full")
    with audit.serve(folder) as server:
        yield server


def picture(page, selector):
    page.evaluate(LOADED)
    found = page.locator(selector).first
    before = found.evaluate(
        "(box, css) => [box.style.cssText, (box.style.cssText = css)][0]", FIXED
    )
    shot = Image.open(BytesIO(found.screenshot(animations="disabled"))).convert("RGB")
    found.evaluate("(box, css) => box.style.cssText = css", before)
    assert shot.getcolors(2) is None  # 빈 그림이 아니다
    return shot


def differs(one, other):
    """눈에 보이게 다른가. 같은 글꼴도 1/255쯤 다르게 칠해질 때가 있다."""
    assert one.size == other.size
    return max(most for _, most in ImageChops.difference(one, other).getextrema()) > 8


def test_looks_as_with_full_fonts(site, served):
    for latex in DRAWN:
        page = audit.new_page(site.browser, served, color_scheme="light")
        page.goto(served.url + PAGE)
        assert page.evaluate(ADD, f"${latex}$")
        ours = picture(page, ".live-math")
        html, faults = maths.draw(wrap_displaymath(latex, None, False), True)
        assert faults == []
        page.evaluate(REPLACE, html)
        assert not differs(ours, picture(page, ".math-scroll")), latex
        assert page.errors == [] and page.foreign == []
        page.context.close()


def test_own_formulas_of_the_page_stay(site, served):
    page = audit.new_page(site.browser, served, audit.PHONE, color_scheme="light")
    page.goto(served.url + PAGE)
    own = "article .math-scroll:not(.live-math)"
    before = picture(page, own)
    wide = " + ".join(f"x^{{{power}}}" for power in range(40))
    assert page.evaluate(ADD, rf"$\displaystyle {wide}$")
    page.evaluate(LOADED)
    assert page.evaluate("document.querySelectorAll('.live-math math').length") == 1
    assert page.locator(".live-math").get_attribute("tabindex") == "0"  # 자판으로도 민다
    assert page.evaluate(audit.CLIPPED) == []
    assert not differs(before, picture(page, own))
    page.context.close()


def test_what_cannot_be_drawn_stays_text(site, served):
    page = audit.new_page(site.browser, served)
    page.goto(served.url + PAGE)
    for latex in NOT_DRAWN:
        assert page.evaluate(ADD, latex) is False, latex
        assert page.locator("article .math-scroll").first.inner_text() == latex
    assert page.foreign == []
    page.context.close()
