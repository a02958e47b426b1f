"""나눈 쪽과 찍은 PDF에서, WeasyPrint이 알리지 않고 넘어가는 잘못을 찾는다."""

import re

from weasyprint.formatting_structure.boxes import (
    BlockBox,
    BlockLevelBox,
    FootnoteAreaBox,
    MarginBox,
    ReplacedBox,
    TableCellBox,
    TextBox,
)
from weasyprint.layout.absolute import AbsolutePlaceholder

from machine.book.whole import differences, said

BOOK_FONTS = re.compile(r"(?:[A-Z]{6}\+)?(?:Nanum|KaTeX)")


def overflows(document):
    """종이 밖으로 나간 글, 그림, 표를 "n쪽(문서): …"으로 알린다. 칸을 넘은 글도 센다."""
    problems = {}

    def walk(box, page, doc, block, top, right, bottom):
        if isinstance(box, AbsolutePlaceholder):
            box = box._box
        if isinstance(box, MarginBox):
            return
        doc = doc_of(box.element, doc)
        if isinstance(box, FootnoteAreaBox) and box.children and box.position_y < top:
            what = "각주(한 쪽보다 깁니다)"
            problems.setdefault(
                (page, doc_of(box.children[0].element, doc), what, id(box)), text_of(box)[:40]
            )
        in_formula = block is not None and block.tag == "main"  # 수식(structure.py)은 한 덩어리다
        if box.element_tag == "main" or isinstance(box, BlockLevelBox) and not in_formula:
            block = box.element
        if isinstance(box, TableCellBox) and box.element_tag in (
            "td",
            "th",
        ):  # KaTeX도 속으로 표를 쓴다
            right = min(right, box.border_box_x() + box.border_width())
        what = (
            "글"
            if isinstance(box, TextBox) and box.text.strip("\u200b ")
            else "그림"
            if box.element_tag == "img"
            else "표"
            if box.element_tag == "table"
            else ""
        )
        if what and (
            box.position_x + box.width > right + 1 or box.position_y + box.height > bottom + 1
        ):
            tex = block is not None and block.tag == "main" and block.get("aria-label")
            text = tex or (box.text if what == "글" else box.element.get("alt") or "")
            problems.setdefault(
                (page, doc, "식" if tex else what, id(block)), re.sub(r"\s+", " ", text)[:40]
            )
        for child in (
            getattr(box, "children", ()) if box.style["overflow"] == "visible" else ()
        ):  # KaTeX의 긴 근호는 잘라 쓴다
            walk(child, page, doc, block, top, right, bottom)

    for number, page in enumerate(document.pages, 1):
        box = page._page_box
        walk(
            box,
            number,
            "",
            box.element,
            box.content_box_y(),
            box.content_box_x() + box.width,
            box.position_y + box.margin_height(),
        )
    return [
        f"{page}쪽({doc}): 종이나 칸에 넘치는 {what}: {text}"
        for (page, doc, what, _), text in problems.items()
    ]


def doc_of(element, doc):
    """요소가 온 쪽. 옮긴 것에는 그것이 있던 쪽이 적혀 있다."""
    if element is None:
        return doc
    return element.get("data-piece", "").partition("::")[0] or element.get("data-doc", doc)


def text_of(box):
    return (
        box.text
        if isinstance(box, TextBox)
        else "".join(map(text_of, getattr(box, "children", ())))
    )


def pushed_figures(document, least=110):
    """앞쪽 아래에 least(px, 29 mm) 넘는 빈자리를 남기고 다음 쪽 머리로 밀린 그림: (그림 번호, 빈 높이, 뒤따르는 문단들의 높이)."""

    def leaves(box, figure=None):
        box = getattr(box, "_box", box)
        if isinstance(box, (MarginBox, FootnoteAreaBox)):
            return
        if box.element_tag == "figure":
            figure = int(box.element.get("data-figure"))
        if (
            isinstance(box, (TextBox, ReplacedBox))
            or box.element_tag == "p"
            and isinstance(box, BlockBox)
            and figure is None
        ):
            yield box, figure
        for child in getattr(box, "children", ()):
            yield from leaves(child, figure)

    pages, found = [(page._page_box, list(leaves(page._page_box))) for page in document.pages], []
    for (page, before), (_, after) in zip(pages, pages[1:]):
        notes = sum(
            child.margin_height() for child in page.children if isinstance(child, FootnoteAreaBox)
        )
        space = (
            page.content_box_y()
            + page.height
            - notes
            - max((box.position_y + box.height for box, _ in before), default=0)
        )
        if after and after[0][1] is not None and space > least:
            heights = [
                box.margin_height()
                for box, figure in after
                if figure is None and box.element_tag == "p" and isinstance(box, BlockBox)
            ]
            found.append((after[0][1], space, heights))
    return found


def foreign_fonts(pdf):
    """책의 글꼴에 없어 컴퓨터의 다른 글꼴로 찍힌 글자를 쪽과 함께 알린다."""
    problems = []
    for number, page in enumerate(pdf.pages, 1):
        fonts = page["/Resources"].get("/Font", {})
        used = set(re.findall(rb"/(\S+) [\d.]+ Tf", page.get_contents().get_data()))
        for key in sorted(used):
            font = fonts["/" + key.decode()].get_object()
            if not BOOK_FONTS.match(font["/BaseFont"].lstrip("/")):
                cmap = font["/ToUnicode"].get_data().decode("ascii")
                letters = "".join(
                    bytes.fromhex(code).decode("utf-16-be")
                    for code in re.findall(r"^<\w+> <(\w+)>$", cmap, re.M)
                )
                problems.append(
                    f"{number}쪽: 책의 글꼴에 없는 글자가 {font['/BaseFont']}로 찍혔습니다: {letters}"
                )
    return problems


def unprinted(root, pages):
    """읽은 책 root에 있으나 나눈 쪽들에 한 번씩, 차례대로 놓이지 않은 글, 수식, 그림을 알린다."""
    printed, notes = {}, set()
    for page in pages:
        for element, text, in_note in printed_texts(page._page_box):
            printed[element] = printed.get(element, "") + text
            notes |= {element} if in_note else set()
    problems = []

    def compare(element, doc, repeats):
        if not isinstance(element.tag, str):  # HTML의 주석
            return
        doc = doc_of(element, doc)
        repeats = repeats or element.tag in (
            "thead",
            "tfoot",
        )  # 표가 쪽에서 나뉘면 머리를 다시 찍는다
        if is_unit(element):
            if element not in printed:
                problems.append(
                    f"{doc}: 쪽에 놓이지 않은 {element.get('aria-label') or element.get('alt') or element.tag}"
                )
            return
        text, found = squeezed("".join(own_texts(element))), printed.get(element, "")
        if found != text and not (repeats and text and found == text * (len(found) // len(text))):
            problems.extend(
                said(doc, "나눈 쪽", *difference) for difference in differences(text, found)
            )
        for child in element:
            compare(child, doc, repeats)

    body = root.find("body")
    compare(body, "책", False)
    read = [
        element
        for element in dict.fromkeys(in_order(body))
        if element in printed and element not in notes
    ]
    laid = [element for element in printed if element not in notes]
    problems += [
        f"나눈 쪽에서 차례가 바뀐 글입니다: {printed[there][:40]}"
        for here, there in zip(read, laid)
        if here is not there
    ][:1]
    return problems


def printed_texts(box, in_note=False):
    """(요소, 놓인 글, 각주인가). 쪽의 머리글과 ::before 따위가 적은 글은 빼고, 수식과 그림의 속은 보지 않는다."""
    box = getattr(box, "_box", box)  # 절대 위치의 자리표
    if isinstance(box, MarginBox) or "::" in (box.element_tag or ""):
        return
    in_note = in_note or isinstance(box, FootnoteAreaBox)
    if isinstance(box, TextBox):
        if text := squeezed(box.text):
            yield box.element, text, in_note
    elif is_unit(box.element):
        yield box.element, "", in_note
    else:
        for child in getattr(box, "children", ()):
            yield from printed_texts(child, in_note)


def own_texts(element):
    return [element.text or "", *(child.tail or "" for child in element)]


def in_order(element):
    """글이나 수식, 그림이 있는 요소를 그것이 나오는 차례대로."""
    if not isinstance(element.tag, str):
        return
    if is_unit(element) or squeezed(element.text or ""):
        yield element
    if not is_unit(element):
        for child in element:
            yield from in_order(child)
            if squeezed(child.tail or ""):
                yield element


def squeezed(text):
    """빈칸과, 줄을 나눌 자리를 뺀 글."""
    return "".join(text.split()).translate({0x200B: None, 0xAD: None})


def is_unit(element):
    return element is not None and (
        element.tag in ("main", "img", "svg") or element.get("class") == "katex"
    )
