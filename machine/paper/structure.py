"""PDF/UA-1에 맞지 않는 WeasyPrint 70의 구조를 쓰기 바로 앞에 고친다(write_pdf의 finisher).

수식은 구조에 Formula로 넣고 TeX을 대체 글로 단다. WeasyPrint은 대체 글을 그림의 alt에서만 읽는다.

수식의 자리는 KaTeX의 CSS를 WeasyPrint이 그대로 읽어 잡는다. 브라우저와 어긋나지 않으므로
(tests/test_formulas.py) 자리를 따로 계산하지 않는다. 다만 옮긴(position) 글자는 쪽의 맨 뒤에 그려져
글을 뽑을 때 뒤섞이므로, 자리를 잡은 뒤에 그리는 차례를 고친다.
"""

import pydyf

from machine.paper.weasyprint_inside import (
    boxes,
    children,
    drawing,
    in_document,
    kinds,
    sheet,
    words,
)


def mark_formulas(document):
    """수식의 요소를 main으로 바꾼다. 책에서 달리 쓰지 않고 Part가 되므로 나중에 찾을 수 있다."""
    for element in document.etree_element.iter("span"):
        if element.get("class") == "katex":
            element.tag = "main"


def unlink_formulas(source, document):
    """WeasyPrint은 링크 속의 상자마다 링크를 거는데, 수식 하나에 상자가 수십 개이다."""
    inner = {element for formula in source.etree_element.iter("main") for element in formula.iter()}
    for page in document.pages:
        page.links = [link for link in page.links if link[-1].element not in inner]


def mend_formulas(document):
    """수식의 글자를 차례대로 그리고, 선과 근호(svg)의 크기와 색을 둘레의 글에 맞춘다."""
    formulas = [box for box in in_document(document) if box.element_tag == "main"]
    parts = {part for box in formulas for part in boxes(box)}
    drawings = {box for box in parts if isinstance(box, kinds.ReplacedBox)}
    for box in drawings:  # WeasyPrint의 svg는 CSS를 모른다
        color = [round(255 * value) for value in box.style["color"].to("srgb").coordinates]
        look = dict.fromkeys(("fill", "stroke"), "rgb({}, {}, {})".format(*color))
        drawing(box).attrib |= look | {"font-size": str(box.style["font_size"])}
    paint_in_order(parts - drawings)


def paint_in_order(parts):
    """자리는 이미 잡혔으므로, 옮긴 상자를 옮기지 않은 것으로 적어 차례대로 그리게 한다."""
    lines = [box for box in parts if isinstance(box, (kinds.LineBox, kinds.InlineBox))]
    for box in [child for line in lines for child in children(line)]:
        if isinstance(box, kinds.BlockBox):  # 절대 위치의 상자. 줄 속의 상자라야 줄과 함께 그려진다
            box.__class__ = kinds.InlineBlockBox
    for box in parts:
        box.style["position"] = "static"
        # 자를 그림이 없는 바탕(colorbox)이 글자보다 뒤에 그려지지 않게
        if not any(isinstance(part, kinds.ReplacedBox) for part in boxes(box)):
            box.style["overflow"] = "visible"


def mend(document, pdf):
    elements = [
        item
        for item in pdf.objects
        if isinstance(item, pydyf.Dictionary) and item.get("Type") in ("/StructElem", "/OBJR")
    ]
    by_reference = {item.reference: item for item in elements}
    name_formulas(document, elements)
    for page in document.pages:
        name_links(sheet(page))
    for item in elements:
        kids = [by_reference[kid] for kid in item.get("K", ()) if kid in by_reference]
        mend_element(item, kids, document.pages[0].height)


def name_formulas(document, elements):
    """줄이 나뉘면 한 수식이 상자 여럿이 된다. 대체 글은 처음 것에만 단다."""
    formulas = [
        box
        for box in in_document(document)
        if box.element_tag == "main" and not isinstance(box, (kinds.LineBox, kinds.TextBox))
    ]
    parts = [item for item in elements if item.get("S") == "/Part"]
    assert len(formulas) == len(parts), "WeasyPrint의 구조와 쪽의 상자가 다릅니다"
    seen = set()
    for box, part in zip(formulas, parts):
        text = "수식의 나머지" if box.element in seen else box.element.get("aria-label")
        part.update({"S": "/Formula", "Alt": pydyf.String(text)})
        seen.add(box.element)


def name_links(box, text=""):
    """링크의 설명이 이름표(#sec-...)로 되어 있다. 링크의 글로 바꾼다."""
    if box.element_tag == "a" and not text:
        text = box.element.get("aria-label") or words(
            box
        )  # 수식이 든 링크의 글은 aria-label에 있다
    if box.link_annotation and text:
        box.link_annotation["Contents"] = pydyf.String(text)
    for child in children(box):
        name_links(child, text)


def mend_element(item, kids, height):
    """구조의 요소 하나의 갈래(S)를 바로잡는다."""
    if any(kid["Type"] == "/OBJR" for kid in kids):
        item["S"] = "/Link"  # 링크 속에 span이 있으면 링크가 아니라 span에 걸린다
    elif item.get("S") == "/Link":
        item["S"] = "/Span"
    elif item.get("S") == "/LI":
        for kid in kids:
            kid["S"] = kid["S"] if kid["S"] in ("/Lbl", "/LBody") else "/LBody"
    elif item.get("S") == "/Figure" and "Alt" in item:  # 자리는 아래에서 잰 pt로 적는다
        x1, y1, x2, y2 = item["A"]["BBox"]
        item["A"]["BBox"] = pydyf.Array(
            0.75 * length for length in (x1, height - y2, x2, height - y1)
        )
    elif item.get("S") == "/Figure":
        item["S"] = "/NonStruct"  # KaTeX이 그린 근호와 화살표. 뜻은 Formula에 있다
