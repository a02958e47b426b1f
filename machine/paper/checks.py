"""나눈 쪽과 찍은 PDF에서, WeasyPrint이 알리지 않고 넘어가는 잘못을 찾는다."""

import re

from machine import manuscript
from machine.book.elements import plain_tex
from machine.book.whole import differences, said, squeezed
from machine.maths import expanded
from machine.paper.weasyprint_inside import children, kinds, sheet, words
from machine.settings import ROOT
from machine.settings.conventions import written

BOOK_FONTS = re.compile(r"/(?:[A-Z]{6}\+)?(?:Nanum|Book|KaTeX)")
UNITS = ("main", "img", "svg")
STAR = re.compile(r"(\\(?:begin|end)\{\w+)\*\}")
OPENINGS = re.compile(r"^(?:\s*\\begin\{\w+\*?\})+")


def overflows(document):
    """종이 밖으로 나간 글, 그림, 표를 "n쪽(문서): …"으로 알린다. 칸을 넘은 글도 센다."""
    problems = {}
    for number, page in enumerate(document.pages, 1):
        whole = sheet(page)
        top, bottom = whole.content_box_y(), whole.position_y + whole.margin_height()
        edge = whole.content_box_x() + whole.width
        for box, doc, block, right in laid(whole, edge):
            if isinstance(box, kinds.FootnoteAreaBox) and box.children and box.position_y < top:
                note = doc_of(box.children[0].element, doc)
                key = number, note, "각주(한 쪽보다 깁니다)", id(box)
                problems.setdefault(key, words(box)[:40])
            what, text = shown(box, block)
            outside = box.position_x + box.width > right + 1
            if what and (outside or box.position_y + box.height > bottom + 1):
                problems.setdefault((number, doc, what, id(block)), text)
    return [
        f"{place(number, doc, text)} 종이나 칸에 넘치는 {what}: {text[:40]}"
        for (number, doc, what, _), text in problems.items()
    ]


def place(number, doc, text):
    """넘친 곳. 원고에서 그 글을 찾으면 줄까지, 찾지 못하면 쪽만 안다."""
    line = source_line(doc, text)
    return f"{line}: {number}쪽에서" if line else f"{number}쪽({doc}):"


def source_line(doc, *texts):
    """원고에서 그 글이나 식이 시작하는 "쪽:줄". 앞의 것부터 찾고, 하나도 없으면 None."""
    path = manuscript.find(doc)
    lines = [(n, as_compared(text)) for n, text in manuscript.lines(path)] if path else []
    whole = "".join(text for _, text in lines)
    for text in texts:
        for part in filter(None, (as_compared(text), as_compared(first_row(text)))):
            start = whole.find(part)
            for n, line in lines if start >= 0 else ():
                start -= len(line)
                if start < 0:
                    return manuscript.place(path.relative_to(ROOT).as_posix(), n)
    return None


def as_compared(text):
    """쪽에 옮기면서 달라지는 것(매크로, 환경의 별표, 빈칸, 인용과 표의 표시)을 뺀 글."""
    text = expanded(text, written().get("book_macros") or {}).lstrip("> ")
    return squeezed(plain_tex(STAR.sub(r"\1}", text))).replace("|", "")


def first_row(text):
    """Sphinx가 더한 환경을 뺀 식의 첫 줄이나, 코드의 첫 줄."""
    return re.split(r"\\\\|\n", OPENINGS.sub("", text))[0]


def laid(box, right, doc="", block=None, room=None):
    """상자마다 (상자, 그것이 온 쪽, 그것이 든 덩어리, 넘지 말아야 할 오른쪽 끝).

    식은 종이뿐 아니라 그것을 둘러싼 상자(room)도 넘지 말아야 한다.
    """
    if isinstance(box, kinds.MarginBox):
        return
    doc, room = doc_of(box.element, doc), room or right
    starts = isinstance(box, kinds.BlockLevelBox) and not is_formula(block)
    if box.element_tag == "main" or starts:
        block = box.element
    if box.element_tag == "main":
        right = min(right, room)
    elif starts:
        room = min(room, box.content_box_x() + box.width)
    # KaTeX도 속으로 표를 쓴다
    if isinstance(box, kinds.TableCellBox) and box.element_tag in ("td", "th"):
        right = min(right, box.border_box_x() + box.border_width())
    yield box, doc, block, right
    if box.style["overflow"] == "visible":  # KaTeX의 긴 근호는 잘라 쓴다
        for child in children(box):
            yield from laid(child, right, doc, block, room)


def is_formula(element):
    """수식(structure.py)은 한 덩어리다."""
    return element is not None and element.tag == "main"


def shown(box, block):
    """상자가 보이는 것과 그 글. 아무것도 보이지 않으면 빈 글."""
    if isinstance(box, kinds.TextBox) and box.text.strip("\u200b "):
        what, text = "글", box.text
    elif box.element_tag in ("img", "table"):
        text = box.element.get("alt") or " ".join(box.element.itertext())
        what = {"img": "그림", "table": "표"}[box.element_tag]
    else:
        return "", ""
    if is_formula(block) and block.get("aria-label"):
        what, text = "식", block.get("aria-label")
    return what, re.sub(r"\s+", " ", text)


def doc_of(element, doc):
    """요소가 온 쪽. 옮긴 것에는 그것이 있던 쪽이 적혀 있다."""
    if element is None:
        return doc
    return element.get("data-piece", "").partition("::")[0] or element.get("data-doc", doc)


def foreign_fonts(document, pdf):
    """책의 글꼴에 없어 컴퓨터의 다른 글꼴로 찍은 글자를 쪽과 함께 알린다."""
    for font in document.fonts.values():
        name = font.name.decode()
        if not BOOK_FONTS.match(name):
            said = f"{name}로 찍혔습니다: {''.join(font.to_unicode.values())}"
            for place in places(font, pdf):
                yield f"{place}: 책의 글꼴에 없는 글자가 {said}"


def places(font, pdf):
    """그 글꼴로 찍은 쪽들. 쪽의 글이 아니면 그림 속의 글이다."""
    choice, numbers = f"/{font.hash} ".encode(), []
    for number, page in enumerate(pdf.pages["Kids"][::3], 1):
        content = pdf.objects[int(pdf.objects[page]["Contents"].split()[0])]
        parts = [part for part in content.stream if isinstance(part, bytes)]
        if any(part.startswith(choice) for part in parts):
            numbers.append(number)
    return [f"{number}쪽" for number in numbers] or ["그림"]


def unprinted(root, pages):
    """읽은 책 root에 있으나 나눈 쪽들에 한 번씩, 차례대로 놓이지 않은 글, 수식, 그림을 알린다."""
    printed, notes = {}, set()
    for page in pages:
        for element, text, in_note in printed_texts(sheet(page)):
            printed[element] = printed.get(element, "") + text
            notes |= {element} if in_note else set()
    body = root.find("body")
    read = [x for x in dict.fromkeys(in_order(body)) if x in printed and x not in notes]
    placed = [x for x in printed if x not in notes]
    moved = [there for here, there in zip(read, placed) if here is not there]
    return [
        *lost(body, "책", printed),
        *(f"나눈 쪽에서 차례가 바뀐 글입니다: {printed[x][:40]}" for x in moved[:1]),
    ]


def lost(element, doc, printed, repeats=False):
    """{요소: 놓인 글}과 다른 것. 표가 쪽에서 나뉘면 머리를 다시 찍는다(repeats)."""
    if not isinstance(element.tag, str):  # HTML의 주석
        return
    doc, repeats = doc_of(element, doc), repeats or element.tag in ("thead", "tfoot")
    if is_unit(element):
        if element not in printed:
            name = element.get("aria-label") or element.get("alt") or element.tag
            yield f"{doc}: 쪽에 놓이지 않은 {name}"
        return
    own = [element.text or "", *(child.tail or "" for child in element)]
    text, found = seen("".join(own)), printed.get(element, "")
    again = repeats and text and found == text * (len(found) // len(text))
    for difference in () if again else differences(text, found):
        yield said(doc, "나눈 쪽", *difference)
    for child in element:
        yield from lost(child, doc, printed, repeats)


def printed_texts(box, in_note=False):
    """(요소, 놓인 글, 각주인가). 쪽의 머리글과 ::before 따위가 적은 글은 뺀다."""
    if isinstance(box, kinds.MarginBox) or "::" in (box.element_tag or ""):
        return
    in_note = in_note or isinstance(box, kinds.FootnoteAreaBox)
    if isinstance(box, kinds.TextBox):
        if text := seen(box.text):
            yield box.element, text, in_note
    elif is_unit(box.element):
        yield box.element, "", in_note
    else:
        for child in children(box):
            yield from printed_texts(child, in_note)


def in_order(element):
    """글이나 수식, 그림이 있는 요소를 그것이 나오는 차례대로."""
    if not isinstance(element.tag, str):
        return
    if is_unit(element) or seen(element.text or ""):
        yield element
    for child in () if is_unit(element) else element:
        yield from in_order(child)
        if seen(child.tail or ""):
            yield element


def seen(text):
    """빈칸과, 줄을 나눌 자리를 뺀 글."""
    return squeezed(text).translate({0x200B: None, 0xAD: None})


def is_unit(element):
    """속을 보지 않는 것: 수식과 그림."""
    return element is not None and (element.tag in UNITS or element.get("class") == "katex")
