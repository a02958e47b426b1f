"""PDF/UA-1에 맞지 않는 WeasyPrint 70의 구조(weasyprint/pdf/tags.py)를 쓰기 바로 앞에 고친다(write_pdf의 finisher).

수식은 구조에 Formula로 넣고 TeX을 대체 글로 단다. WeasyPrint은 대체 글을 그림의 alt에서만 읽는다.

수식의 자리는 KaTeX의 CSS를 WeasyPrint이 그대로 읽어 잡는다. 브라우저와 어긋나지 않으므로(tests/test_formulas.py) 자리를
따로 계산하지 않는다. 다만 옮긴(position) 글자는 쪽의 맨 뒤에 그려져 글을 뽑을 때 뒤섞이므로, 자리를 잡은 뒤에 그리는 차례를 고친다.
"""

import pydyf
from weasyprint.formatting_structure.boxes import (
    BlockBox,
    InlineBlockBox,
    InlineBox,
    LineBox,
    ReplacedBox,
    TextBox,
)


def mark_formulas(document):
    """수식의 요소 이름을 책에서 달리 쓰지 않는 main으로 바꾼다. main은 Part로 옮겨지므로 나중에 찾을 수 있다."""
    for element in document.etree_element.iter("span"):
        if element.get("class") == "katex":
            element.tag = "main"


def unlink_formulas(source, document):
    """WeasyPrint은 링크 속의 상자마다 링크를 거는데, 수식 하나에 상자가 수십 개이다."""
    inner = {element for formula in source.etree_element.iter("main") for element in formula.iter()}
    for page in document.pages:
        page.links = [link for link in page.links if link[-1].element not in inner]


def boxes(box):
    box = getattr(box, "_box", box)  # 절대 위치의 자리표
    yield box
    for child in getattr(box, "children", ()):
        yield from boxes(child)


def mend_formulas(document):
    """수식의 글자를 쓰인 차례대로 그리고, 선과 근호(svg)의 크기와 색을 둘레의 글에 맞춘다. WeasyPrint의 svg는 CSS를 모른다."""
    drawn = (box for page in document.pages for box in boxes(page._page_box))
    parts = {part for box in drawn if box.element_tag == "main" for part in boxes(box)}
    drawings = {box for box in parts if isinstance(box, ReplacedBox)}
    for box in drawings:
        red, green, blue = (
            round(255 * value) for value in box.style["color"].to("srgb").coordinates
        )
        color = f"rgb({red}, {green}, {blue})"
        box.replacement._svg.tree.attrib |= {
            "fill": color,
            "stroke": color,
            "font-size": str(box.style["font_size"]),
        }
    paint_in_order(parts - drawings)


def paint_in_order(parts):
    """자리는 이미 잡혔으므로, 옮긴 상자를 옮기지 않은 것으로 적어 차례대로 그리게 하여도 그대로다."""
    for line in [box for box in parts if isinstance(box, (LineBox, InlineBox))]:
        for box in (getattr(child, "_box", child) for child in line.children):
            if isinstance(
                box, BlockBox
            ):  # 절대 위치의 상자. 줄 속의 상자로 두어야 줄과 함께 그려진다
                box.__class__ = InlineBlockBox
    for box in parts:
        box.style["position"] = "static"
        if not any(isinstance(part, ReplacedBox) for part in boxes(box)):
            box.style["overflow"] = (
                "visible"  # 자를 그림이 없는 바탕(colorbox)이 글자보다 뒤에 그려지지 않게
            )


def linked(box, text=""):
    """상자와, 그것이 든 링크의 글. 수식이 든 링크의 글은 aria-label에 있다."""
    box = getattr(box, "_box", box)
    if box.element_tag == "a" and not text:
        text = (
            box.element.get("aria-label")
            or "".join(
                inner.text if isinstance(inner, TextBox) else inner.element.get("alt", "")
                for inner in boxes(box)
                if isinstance(inner, (TextBox, ReplacedBox))
            ).strip()
        )
    yield box, text
    for child in getattr(box, "children", ()):
        yield from linked(child, text)


def mend(document, pdf):
    elements = [
        item
        for item in pdf.objects
        if isinstance(item, pydyf.Dictionary) and item.get("Type") in ("/StructElem", "/OBJR")
    ]
    by_reference = {item.reference: item for item in elements}

    drawn = [box for page in document.pages for box in boxes(page._page_box)]
    formulas = [
        box
        for box in drawn
        if box.element_tag == "main" and not isinstance(box, (LineBox, TextBox))
    ]
    parts = [item for item in elements if item.get("S") == "/Part"]
    assert len(formulas) == len(parts), "WeasyPrint의 구조와 쪽의 상자가 다릅니다"
    seen, height = set(), document.pages[0].height
    for box, part in zip(formulas, parts):
        first = box.element not in seen  # 줄이 나뉘면 한 수식이 상자 여럿이 된다
        part.update(
            {
                "S": "/Formula",
                "Alt": pydyf.String(box.element.get("aria-label") if first else "수식의 나머지"),
            }
        )
        seen.add(box.element)
    for box, text in (pair for page in document.pages for pair in linked(page._page_box)):
        if box.link_annotation and text:  # 링크의 설명이 이름표(#sec-...)로 되어 있다
            box.link_annotation["Contents"] = pydyf.String(text)

    for item in elements:
        kids = [by_reference[kid] for kid in item.get("K", ()) if kid in by_reference]
        if any(kid["Type"] == "/OBJR" for kid in kids):
            item["S"] = "/Link"  # 링크 속에 span이 있으면 링크가 아니라 span에 걸린다
        elif item.get("S") == "/Link":
            item["S"] = "/Span"
        elif item.get("S") == "/LI":
            for kid in kids:
                if kid["S"] not in ("/Lbl", "/LBody"):
                    kid["S"] = "/LBody"
        elif item.get("S") == "/Figure":
            if "Alt" in item:  # 자리는 위에서 잰 px이 아니라 아래에서 잰 pt로 적는다
                x1, y1, x2, y2 = item["A"]["BBox"]
                item["A"]["BBox"] = pydyf.Array(
                    [0.75 * x1, 0.75 * (height - y2), 0.75 * x2, 0.75 * (height - y1)]
                )
            else:
                item["S"] = "/NonStruct"  # KaTeX이 그린 근호와 화살표. 뜻은 Formula에 있다
