"""WeasyPrint의 속(machine/paper/weasyprint_inside.py)이 그대로인지의 시험. 바뀐 이름을 알린다."""

import inspect
import re
from importlib import import_module

import pytest

from book import need_pango

HTML = (
    """<p>글<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>" alt="그림">"""
)
FUNCTIONS = ("remake_page", "split_inline_box", "split_inline_level")


@pytest.fixture(scope="module")
def inside():
    """Pango가 없으면 부를 수도 없다."""
    need_pango()
    return import_module("machine.paper.weasyprint_inside")


@pytest.fixture(scope="module")
def found(inside):
    """쪽 하나를 찍으며 본 것: {INSIDE의 이름: 그것}."""
    found = {"kinds": inside.kinds}
    found |= {name: getattr(inside, name) for name in FUNCTIONS}

    def watched(index, context, root_box, html):
        found["context"], found["state"] = context, context.page_maker[index][-1]
        return inside.remake_page(index, context, root_box, html)

    def finish(document, pdf):
        found["page"], found["pdf"] = document.pages[0], pdf
        found["font"] = next(iter(document.fonts.values()))
        boxes = inside.in_document(document)
        images = [box for box in boxes if isinstance(box, inside.kinds.ReplacedBox)]
        found["box"], found["image"] = boxes[-1], images[0].replacement

    inside.paging.remake_page = watched
    import_module("weasyprint").HTML(string=HTML).write_pdf(finisher=finish)
    inside.paging.remake_page = inside.remake_page
    return found


def names(thing):
    if inspect.isfunction(thing):
        return [*inspect.signature(thing).parameters]
    return thing if isinstance(thing, dict) else dir(thing)


def test_what_we_use_of_weasyprint_is_still_there(inside, found):
    used = {part: text.split() for part, text in inside.INSIDE.items()}
    gone = {f"{part}: {name}" for part in used for name in {*used[part]} - {*names(found[part])}}
    assert not gone, f"WeasyPrint에 이제 없는 것: {gone}"
    assert {name: names(found[name]) for name in FUNCTIONS} == {
        name: used[name] for name in FUNCTIONS
    }


def test_the_references_of_pages_are_those_of_pydyf(inside, found):
    pdf = found["pdf"]
    for _ in range(2):
        assert inside.page_references(pdf) == [*pdf.page_references]
        pdf.add_page(inside.pydyf.Dictionary({"Type": "/Page"}))
    assert len(pdf.page_references) == 3


PUSHED = """<style>
@page { size: 200mm; margin: 0 } p { margin: 0; font-size: 20px; line-height: 10mm; orphans: 2 }
figure, .table-wrapper { margin: 0; height: 100mm; break-inside: avoid }
</style><div style="height: 120mm">앞</div><section><div class="cell"><div class="cell_output">
<figure><img alt="그림" src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>"></figure>
</div></div><p>하나</p><p>둘</p><p>LONG</p></section>"""


def laid(inside, html, settle):
    """쪽마다의 글과, 그림을 옮긴 요소의 나무."""
    inside.settle_pages(settle)
    source = import_module("weasyprint").HTML(string=html)
    pages = source.render().pages
    inside.paging.remake_page = inside.remake_page
    return source.etree_element, pages, [inside.words(inside.sheet(page)) for page in pages]


def test_a_pushed_figure_lets_whole_paragraphs_go_before_it(inside):
    """다 들지 않는 문단은 나누지 않고 그림의 뒤에 남긴다."""
    settle = import_module("machine.paper.fill").settle
    unprinted = import_module("machine.paper.checks").unprinted
    html = PUSHED.replace("LONG", "<br>".join(["셋"] * 7))
    *_, still = laid(inside, html, lambda make, root: make())
    assert "하나" in still[1] and len(still) == 2
    root, pages, texts = laid(inside, html, settle)
    assert ["".join(text.split()) for text in texts] == ["앞하나둘", "그림셋셋셋셋셋셋셋"]
    assert unprinted(root, pages) == []


TABLE = (
    """<div class="table-wrapper"><table><caption>표</caption><tr><td>칸</td></tr></table></div>"""
)


def test_a_pushed_table_lets_a_paragraph_with_its_formula_go_before_it(inside):
    """제목이 없는 표는 앞의 글과 떨어지면 뜻을 잃으므로 옮기지 않는다."""
    settle = import_module("machine.paper.fill").settle
    html = re.sub('<div class="cell">.*</div></div>', TABLE, PUSHED, flags=re.S)
    html = html.replace("<p>둘</p>", '<div class="math-wrapper">식</div>').replace("LONG", "셋")
    for source, first in (html, "앞하나식셋"), (html.replace("<caption>표</caption>", ""), "앞"):
        *_, texts = laid(inside, source, settle)
        assert "".join(texts[0].split()) == first


LINES = "<br>".join(["줄"] * 6)
CODE = f"""<style>span {{ display: block; break-inside: avoid }}
.loose {{ break-before: avoid }}</style>
<p style="break-after: avoid">앞글</p><pre><span class="together">{LINES}</span><span
class="together loose">{LINES}</span></pre>"""
NOTE = f"""<style>.admonition {{ break-inside: avoid }}</style>
<div class="admonition">{"<p>상자</p>" * 12}</div>"""


@pytest.mark.parametrize("pushed, first", [(CODE, "앞앞글" + "줄" * 6), (NOTE, "앞" + "상자" * 7)])
def test_what_is_pushed_is_parted_where_the_page_would_be_empty(inside, pushed, first):
    """빈자리가 작으면 나누지 않는다."""
    settle = import_module("machine.paper.fill").settle
    html = re.sub("<section>.*", pushed, PUSHED, flags=re.S)
    *_, texts = laid(inside, html, settle)
    assert "".join(texts[0].split()) == first
    *_, texts = laid(inside, html.replace("height: 120mm", "height: 188mm"), settle)
    assert "".join(texts[0].split()) == "앞"


def test_a_pushed_figure_shrinks_a_little_to_fit(inside):
    settle = import_module("machine.paper.fill").settle
    size = "xmlns='http://www.w3.org/2000/svg' width='60mm' height='HEIGHT'"
    html = re.sub("<div class=.cell.>.*?</figure>", FIGURE, PUSHED, flags=re.S)
    for height, fits in ("85mm", True), ("110mm", False):
        drawn = html.replace("SIZE", size.replace("HEIGHT", height))
        *_, texts = laid(inside, drawn, settle)
        assert ("그림" in texts[0]) == fits


FIGURE = """<figure style="height: auto"><img alt="그림"
src="data:image/svg+xml,<svg SIZE/>"></figure><h2>제목</h2>"""


EMPHASIS = """<style>@page { size: 60mm 40mm; margin: 0 }
body { font-size: 12pt; overflow-wrap: anywhere }</style>
<p><em>PAD the <a>words</a> after <a>links</a> and</em></p><p><em><code>long</code>WORD</em></p>"""


def test_a_word_is_broken_only_at_the_start_of_a_line(inside):
    """강조가 줄을 열어도, 그 속의 링크 뒤에 있는 낱말은 줄의 맨 앞이 아니다."""
    inside.break_words_only_at_line_start()
    for pad in range(1, 20):
        html = EMPHASIS.replace("PAD", "a" * pad).replace("WORD", "w" * 60)
        page = import_module("weasyprint").HTML(string=html).render().pages[0]
        boxes = [*inside.boxes(inside.sheet(page))]
        lines = [inside.words(box) for box in boxes if isinstance(box, inside.kinds.LineBox)]
        assert {*" ".join(lines).split()} >= {"the", "words", "after", "links", "and"}
        longest = max(box.width for box in boxes if isinstance(box, inside.kinds.TextBox))
        assert longest <= inside.sheet(page).width
    inside.inline.split_inline_box = inside.split_inline_box
    inside.inline.split_inline_level = inside.split_inline_level


NOTES = """<style>@page { size: 300px 200px; margin: 0 } body, p { margin: 0 }
p { font: 16px/20px serif } .note { float: footnote } .next { break-before: page }
a::after { content: target-counter(attr(href), page) }</style>
<p><a href="#end">쪽</a></p> <p>글</p> <p>글</p>
<p>글<br>글<span class="note">각주<br>둘<br>셋<br>넷</span><br>글<br>글</p>
<p class="next">글</p> <p class="next">글</p> <p class="next"><a href="#end">쪽</a></p>
<p class="next" id="end">끝</p>"""


def test_a_footnote_of_the_next_page_is_printed_once(inside):
    """쪽 번호를 채우느라 첫 쪽과 넷째 쪽만 다시 만든다."""
    *_, texts = laid(inside, NOTES, lambda make, root: make())
    assert [n for n, text in enumerate(texts, 1) if "각주" in text] == [2], texts
