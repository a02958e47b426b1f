"""나눈 쪽과 찍은 PDF에서, WeasyPrint이 알리지 않고 넘어가는 잘못을 찾는다."""
import re

from weasyprint.formatting_structure.boxes import BlockBox, BlockLevelBox, FootnoteAreaBox, MarginBox, ReplacedBox, TableCellBox, TextBox
from weasyprint.layout.absolute import AbsolutePlaceholder

BOOK_FONTS = re.compile(r"(?:[A-Z]{6}\+)?(?:Nanum|KaTeX)")


def overflows(document):
    """종이 밖으로 나간 글, 그림, 표를 "n쪽(문서): …"으로 알린다. 칸을 넘은 글도 센다."""
    problems = {}

    def walk(box, page, doc, block, right, bottom):
        if isinstance(box, AbsolutePlaceholder):
            box = box._box
        if isinstance(box, MarginBox):
            return
        doc = box.element.get("data-doc", doc) if box.element is not None else doc
        in_formula = block is not None and block.tag == "main"      # 수식(structure.py)은 한 덩어리다
        if box.element_tag == "main" or isinstance(box, BlockLevelBox) and not in_formula:
            block = box.element
        if isinstance(box, TableCellBox) and box.element_tag in ("td", "th"):   # KaTeX도 속으로 표를 쓴다
            right = min(right, box.border_box_x() + box.border_width())
        what = ("글" if isinstance(box, TextBox) and box.text.strip("\u200b ") else "그림" if box.element_tag == "img"
                else "표" if box.element_tag == "table" else "")
        if what and (box.position_x + box.width > right + 1 or box.position_y + box.height > bottom + 1):
            tex = block is not None and block.tag == "main" and block.get("aria-label")
            text = tex or (box.text if what == "글" else box.element.get("alt") or "")
            problems.setdefault((page, doc, "식" if tex else what, id(block)), re.sub(r"\s+", " ", text)[:40])
        for child in getattr(box, "children", ()) if box.style["overflow"] == "visible" else ():    # KaTeX의 긴 근호는 잘라 쓴다
            walk(child, page, doc, block, right, bottom)

    for number, page in enumerate(document.pages, 1):
        box = page._page_box
        walk(box, number, "", box.element, box.content_box_x() + box.width, box.position_y + box.margin_height())
    return [f"{page}쪽({doc}): 종이나 칸에 넘치는 {what}: {text}" for (page, doc, what, _), text in problems.items()]


def pushed_figures(document, least=110):
    """앞쪽 아래에 least(px, 29 mm) 넘는 빈자리를 남기고 다음 쪽 머리로 밀린 그림: (그림 번호, 빈 높이, 뒤따르는 문단들의 높이)."""
    def leaves(box, figure=None):
        box = getattr(box, "_box", box)
        if isinstance(box, (MarginBox, FootnoteAreaBox)):
            return
        if box.element_tag == "figure":
            figure = int(box.element.get("data-figure"))
        if isinstance(box, (TextBox, ReplacedBox)) or box.element_tag == "p" and isinstance(box, BlockBox) and figure is None:
            yield box, figure
        for child in getattr(box, "children", ()):
            yield from leaves(child, figure)

    pages, found = [(page._page_box, list(leaves(page._page_box))) for page in document.pages], []
    for (page, before), (_, after) in zip(pages, pages[1:]):
        notes = sum(child.margin_height() for child in page.children if isinstance(child, FootnoteAreaBox))
        space = page.content_box_y() + page.height - notes - max((box.position_y + box.height for box, _ in before), default=0)
        if after and after[0][1] is not None and space > least:
            heights = [box.margin_height() for box, figure in after if figure is None and box.element_tag == "p" and isinstance(box, BlockBox)]
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
                letters = "".join(bytes.fromhex(code).decode("utf-16-be") for code in re.findall(r"^<\w+> <(\w+)>$", cmap, re.M))
                problems.append(f"{number}쪽: 책의 글꼴에 없는 글자가 {font['/BaseFont']}로 찍혔습니다: {letters}")
    return problems
