"""베끼기의 시험: 고른 수식은 LaTeX으로, 코드는 기호와 출력 없이, 문단의 주소, 절의 인용.

클립보드에 든 것을 브라우저에서 읽어, 빌드가 KaTeX에 준 TeX과 견준다.
"""

import re
from datetime import date
from functools import cache
from html import unescape
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pybtex.database import parse_string
from sphinx.util.math import wrap_displaymath

import audit
from book import HTML, SECTIONS, read_page
from machine.maths import draw
from machine.page.copying import citation
from test_code import coloured

PAGE = "chapters/chap6/6-4-autodiff.html"
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
ANNOTATION = re.compile(
    r'(<span class="katex-display">)?<span class="katex">.*?'
    r'<annotation encoding="application/x-tex">(.*?)</annotation>',
    re.S,
)
# $$ 사이에서 LaTeX이 받지 않는 것
NOT_IN_DOLLARS = re.compile(r"\\begin\{(equation|align|alignat|gather|multline|split)\*?\}|\\tag\b")
NUMBER = re.compile(r" \\qquad (\(\d+\.\d+\))$")
PROMPTS = """>>> f(2)
4
>>> for x in (1, 2):
...     print(x)
1
2
"""
CHOOSE = """([first, last]) => {
  const range = document.createRange();
  range.setStartBefore(document.querySelector(first));
  range.setEndAfter(document.querySelector(last));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""
CHOOSE_A_LETTER = """() => {
  const letter = document.querySelector("#equation-eq-times .katex-html .mathnormal").firstChild;
  getSelection().setBaseAndExtent(letter, 0, letter, 1);
}"""
LATEX = """formulas => formulas.map(([tex, display]) => {
  const box = document.createElement("span"), formula = document.createElement("span");
  box.className = display ? "katex-display" : "";
  formula.className = "katex";
  formula.append(Object.assign(document.createElement("annotation"), { textContent: tex }));
  box.append(formula);
  return copying.latexOf(formula);
})"""
DRAWN = "[...document.querySelectorAll('article .katex')].map((x) => copying.latexOf(x))"
UNFOLD = "which => document.querySelectorAll(which).forEach((box) => box.open = true)"
ADDRESSES = """async () => {
  getSelection().removeAllRanges();
  const copied = [];
  navigator.clipboard.writeText = async (text) => copied.push(text);
  const texts = [];
  for (const block of document.querySelectorAll("article :is(p, div.math, figure, table)")) {
    block.dispatchEvent(new PointerEvent("pointerover", { bubbles: true, pointerType: "mouse" }));
    const link = document.querySelector(".copy-link");
    if (link?.parentElement !== block) continue;
    link.click();
    await 0;
    texts.push([block.localName, block.textContent.replace("¶", "").trim()]);
  }
  delete navigator.clipboard.writeText;
  return texts.map((text, n) => [...text, copied[n]]);
}"""
# axe는 요소의 수만큼 느리다
ONE_SECTION = """() => {
  const here = document.querySelector("section:has(> .math-wrapper #equation-eq-times)");
  for (const section of document.querySelectorAll("article section section")) {
    if (section !== here) section.remove();
  }
}"""
TARGET_PLACE = """text => {
  const block = [...document.querySelectorAll("article p")].find(
    (block) => block.textContent.trim() === text);
  const { top, bottom } = block.getBoundingClientRect();
  return [Math.round(top), Math.round(bottom)];
}"""


@cache
def formulas():
    """책의 모든 수식: [(KaTeX에 준 TeX, 따로 놓은 식인가), …]"""
    found = {}
    for path in HTML.rglob("*.html"):
        for display, tex in ANNOTATION.findall(path.read_text("utf-8")):
            found[unescape(tex), bool(display)] = None
    return [*found]


def letters(tex):
    """그려 보이는 글자."""
    html, told = draw(tex, True)
    assert told == [], tex
    return (
        BeautifulSoup(html, "html.parser")
        .select_one(".katex-html")
        .get_text()
        .replace("\u200b", "")
    )


@pytest.fixture(scope="module")
def page(site):
    """기호와 출력이 든 코드를 더한 쪽."""
    page = audit.new_page(site.browser, site.server, **CLIPBOARD)
    html = (HTML / PAGE).read_text("utf-8")
    prompts = coloured(PROMPTS, "pycon").replace('"highlight"', '"highlight prompts"', 1)
    html = html.replace("</h1>", f"</h1>{prompts}", 1)
    page.route(f"**/{PAGE}", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(site.url + PAGE)
    page.evaluate(UNFOLD, "details:not(.hide)")
    yield page
    assert page.errors == []
    page.context.close()


def pasted(page):
    return page.evaluate("navigator.clipboard.readText()")


def copied(page, first, last):
    page.evaluate(CHOOSE, [first, last])
    page.keyboard.press("Control+C")
    return pasted(page)


def said(page):
    return page.locator("output.copied").text_content()


def test_every_formula_is_what_katex_was_given(page):
    """글줄 속의 식은 글자까지, 따로 놓은 식은 다시 그려 같다."""
    for (tex, display), latex in zip(formulas(), page.evaluate(LATEX, formulas()), strict=True):
        if not display:
            assert latex == f"${tex.strip()}$"
            continue
        inside = re.fullmatch(r"\$\$\n(.*\S)\n\$\$", latex, re.S)[1]
        assert not NOT_IN_DOLLARS.search(inside), latex
        assert "\n\n" not in inside, latex
        again = wrap_displaymath(inside, None, False)
        assert again == tex or letters(again) == letters(tex), latex


def test_a_selection_is_read_again_by_markdown(page):
    """절을 모두 베껴 Markdown으로 읽으면 그 절의 수식이 차례로 모두 있다."""
    drawn = page.evaluate(DRAWN)
    text = copied(page, "article h1", "article p.versions")
    markdown = MarkdownIt().use(dollarmath_plugin)
    blocks = markdown.parse(re.sub(r"^[ \t]+", "", text, flags=re.M))
    tokens = [inner for block in blocks for inner in (block.children or [block])]
    read = [token.content.strip() for token in tokens if token.type.startswith("math")]
    assert [NUMBER.sub("", tex) for tex in read] == [tex.strip("$\n") for tex in drawn]
    numbers = [found[1] for found in map(NUMBER.search, read) if found]
    assert numbers == page.locator("article .eqno").all_inner_texts() != []
    assert "¶" not in text


def test_part_of_a_formula_is_the_whole(page):
    page.evaluate(CHOOSE_A_LETTER)
    page.keyboard.press("Control+C")
    tex = r"\frac{\partial z}{\partial x}=y,\qquad \frac{\partial z}{\partial y}=x"
    assert pasted(page) == f"$$\n{tex}\n$$"
    assert copied(page, "#equation-eq-times", "#equation-eq-times") == (
        f"$$\n{tex} \\qquad (6.6)\n$$"
    )


def test_rich_text_has_the_formulas_and_whole_links(page):
    copied(page, "#equation-eq-times", ".math-wrapper:has(#equation-eq-times) + p")
    html = page.evaluate(
        "navigator.clipboard.read().then(([item]) => item.getType('text/html'))"
        ".then((blob) => blob.text())"
    )
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.select(".katex, .headerlink, button")
    assert "$x$와 $y$를" in soup.get_text() and "$$\n\\frac" in soup.get_text()
    assert soup.select("a") and all(a["href"].startswith("http") for a in soup.select("a"))


def test_code_is_chosen_without_its_labels(page):
    """셀의 이름, 접은 셀의 제목, 단추, 출력의 기호는 베끼지 않는다."""
    page.evaluate(UNFOLD, "details.hide")
    text = copied(page, ".cell:has(details.hide)", "p.cell-mark + .cell")
    labels = page.locator("p.cell-mark, .cell details.hide > summary p").all_text_contents()
    assert labels and "import numpy as np" in text and "def times(x, y):" in text
    assert [label for label in labels if label in text] == []
    assert copied(page, ".prompts", ".prompts").split("\n")[:3] == [
        "f(2)",
        "for x in (1, 2):",
        "    print(x)",
    ]


def test_code_is_copied_without_prompts_and_outputs(page):
    page.locator(".prompts .copybtn").focus()
    page.keyboard.press("Enter")
    assert pasted(page) == "f(2)\nfor x in (1, 2):\n    print(x)"
    assert said(page) == "코드를 복사했습니다."
    for place in page.locator("article .cell_input .highlight").all()[:3]:
        place.locator(".copybtn").evaluate("button => button.click()")
        assert pasted(page) == place.locator("pre").inner_text().rstrip("\n")


def test_keys_reach_every_paragraph_and_formula(page):
    page.locator("h2 > a.headerlink").first.focus()
    keys = page.keyboard
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Enter")
    assert unquote(pasted(page)).endswith(f"{PAGE}#곱셈-하나를-미분하기:~:text=먼저 곱셈")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    keys.press("Enter")
    assert pasted(page) == "$x=2$" and said(page) == "수식을 복사했습니다."
    keys.press("Escape")
    assert page.evaluate("document.activeElement.parentElement.localName") == "h2"


def test_a_finger_copies_a_formula(site):
    page = audit.new_page(site.browser, site.server, audit.PHONE, has_touch=True, **CLIPBOARD)
    page.goto(site.url + PAGE)
    page.evaluate(ONE_SECTION)
    formula = page.locator("#equation-eq-times .katex").first
    formula.tap(force=True)  # 처음 누른 것도 받은 뒤에 듣는다
    for tool in (page.locator(".copy-link"), page.locator(".copy-tex")):
        box = tool.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        assert box["x"] >= 0 and box["x"] + box["width"] <= 375
    page.locator(".copy-tex").tap()
    assert pasted(page).startswith("$$\n\\frac{\\partial z}")
    assert said(page) == "수식을 복사했습니다."
    page.locator("details.cite summary").tap()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        audit.axe_start(page)
        assert audit.axe_found(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.context.close()


def test_every_paragraph_has_its_own_address(page, site):
    rows = page.evaluate(ADDRESSES)
    paragraphs = [(text, url) for name, text, url in rows if name == "p"]
    urls = [url for _, url in paragraphs]
    again = [text for text, url in paragraphs if urls.count(url) > 1]
    assert len(paragraphs) > 60 and len(again) <= 2, again  # "경고"처럼 앞에 나온 글
    assert {url for name, _, url in rows if name == "figure"} == {
        f"{site.url}{PAGE}#{figure['id']}" for figure in read_page(PAGE).select("article figure")
    }
    reader = audit.new_page(site.browser, site.server, reduced_motion="reduce")
    for text, url in (paragraphs[len(paragraphs) // 3], paragraphs[-12]):
        reader.goto("about:blank")
        reader.goto(url)
        reader.wait_for_timeout(100)
        top, bottom = reader.evaluate(TARGET_PLACE, text)
        assert top >= 0 and bottom <= 900 and bottom > top, text
    reader.context.close()


def bibtex(html):
    """[(종류, {칸: 값})]"""
    entries = parse_string(html, "bibtex").entries
    return [(entry.type, dict(entry.fields), entry.persons) for entry in entries.values()]


def test_every_section_is_cited():
    keys = set()
    for name in SECTIONS:
        html = (HTML / f"{name}.html").read_text("utf-8")
        [box] = re.findall(r'<details class="cite">.*?</details>', html, re.S)
        box = BeautifulSoup(box, "html.parser")
        title = re.search(r"<title>(.*) - ", html)[1]
        [(kind, fields, persons)] = bibtex(box.pre.get_text())
        assert kind == "incollection" and fields["title"] == title
        assert f"「{title}」" in box.p.get_text() and fields["year"] in box.p.get_text()
        assert [str(person) for person in persons["author"]]
        keys |= {*parse_string(box.pre.get_text(), "bibtex").entries}
    assert len(keys) == len(SECTIONS)


def test_citation_has_the_day_it_is_read(page):
    page.get_by_role("button", name="BibTeX 복사").click()
    [(_, fields, _)] = bibtex(pasted(page))
    today = date.today()
    assert fields["urldate"] == today.isoformat()
    page.get_by_role("button", name="참고문헌 복사").click()
    assert f"({today.year}. {today.month}. {today.day}. 읽음)" in pasted(page)


def test_citation_of_a_published_book_with_names(monkeypatch):
    authors = [{"family-names": "홍", "given-names": "길동"}, {"name": "R&D 모임"}]
    authors.append({"family-names": "Knuth", "given-names": "Donald E."})
    monkeypatch.setattr(citation, "cited", lambda: {"authors": authors, "version": "2.1"})
    monkeypatch.setattr(citation, "numbered_title", lambda *_: "7.1 100 %와 C#")
    config = SimpleNamespace(book_repository={"slug": "owner/book"})
    box = citation.box(SimpleNamespace(config=config, env=None), "chapters/chap7/7-1-미분_a")
    korean, code = (
        BeautifulSoup(box, "html.parser").find(name).get_text() for name in ("p", "pre")
    )
    url = "https://owner.github.io/book/chapters/chap7/7-1-%EB%AF%B8%EB%B6%84_a.html"
    assert korean.startswith("홍길동, R&D 모임, Donald E. Knuth(") and korean.endswith(url)
    [(_, fields, persons)] = bibtex(code)
    assert fields["url"] == url and fields["title"] == r"7.1 100 \%와 C\#"
    names = [(person.last_names, person.first_names) for person in persons["author"]]
    assert names == [(["홍"], ["길동"]), ([r"{R\&D 모임}"], []), (["Knuth"], ["Donald"])]


def test_what_is_received_later_is_kept_offline():
    worker = (HTML / "sw.js").read_text("utf-8")
    for later in read_page(PAGE).select("meta[name=later]"):
        assert later["content"].removeprefix("../../") in worker
