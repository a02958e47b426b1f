"""WeasyPrint 70의 속. 공개하지 않은 함수는 여기서만 부르고, 시험이 INSIDE의 이름을 하나씩 본다.

놓인 상자를 읽는 일, 쪽을 하나 만들 때 끼어드는 일, 온 책을 거듭 훑는 곳을 고치는 일에는 설정이나
공개한 함수가 없다.
"""

from copy import copy

import pydyf
from weasyprint.formatting_structure import boxes as kinds
from weasyprint.layout import inline
from weasyprint.layout import page as paging

# {부르는 것: 그것이 받는 인자나, 지녀야 할 이름}
INSIDE = {
    "remake_page": "index context root_box html",
    "split_inline_level": "context box position_x max_x bottom_space skip_stack containing_block "
    "absolute_boxes fixed_boxes line_placeholders waiting_floats line_children "
    "first_letter_style first_line_style",
    "split_inline_box": "context box position_x max_x bottom_space skip_stack containing_block "
    "absolute_boxes fixed_boxes line_placeholders waiting_floats line_children "
    "first_letter_style first_line_style",
    "kinds": "BlockBox BlockLevelBox FootnoteAreaBox InlineBlockBox InlineBox LineBox MarginBox "
    "ReplacedBox TableCellBox TextBox",
    "page": "_page_box",
    "context": "broken_out_of_flow footnotes page_maker reported_footnotes",
    "state": "anchors content_lookups",
    "box": "border_box_x border_width children content_box_x content_box_y element element_tag "
    "height link_annotation margin_height position_x position_y style width",
    "image": "_svg get_intrinsic_size",
    "font": "hash name to_unicode",
    "pdf": "page_references pages",
}
LINE_CHILDREN = INSIDE["split_inline_level"].split().index("line_children") - 2
CHANGED = ("broken_out_of_flow", "footnotes", "reported_footnotes")  # 쪽을 만들면서
remake_page = paging.remake_page
split_inline_level, split_inline_box = inline.split_inline_level, inline.split_inline_box


def sheet(page):
    """쪽의 상자."""
    return page._page_box


def drawing(box):
    """그림의 상자에 놓인 SVG의 뿌리."""
    return box.replacement._svg.tree


def drawn_height(box, width):
    """너비를 정하지 않은 그림이 width 안에서 차지할 높이. 그림에 크기가 없으면 0."""
    style = box.style
    w, h, _ = box.replacement.get_intrinsic_size(style["image_resolution"], style["font_size"])
    return min(w, width) * h / w if w and h else 0


def limit_height(box, height):
    """그림의 높이를 제한하고 앞의 한도를 돌려준다."""
    before = box.style["max_height"]
    box.style["max_height"] = before._replace(value=height)
    return before.value


def real(box):
    """절대 위치의 상자에는 자리표(AbsolutePlaceholder)가 대신 놓여 있다."""
    return getattr(box, "_box", box)


def children(box):
    return [real(child) for child in getattr(box, "children", ())]


def boxes(box):
    """상자와 그 속의 모든 상자를 차례대로."""
    waiting = [real(box)]
    while waiting:
        box = waiting.pop()
        yield box
        waiting += reversed(children(box))


def has_class(box, name):
    return box.element is not None and name in box.element.get("class", "").split()


def in_document(document):
    return [box for page in document.pages for box in boxes(sheet(page))]


def words(box):
    """상자 속의 글. 그림은 대체 글로."""
    texts = [
        inner.text if isinstance(inner, kinds.TextBox) else inner.element.get("alt", "")
        for inner in boxes(box)
        if isinstance(inner, (kinds.TextBox, kinds.ReplacedBox))
    ]
    return "".join(texts).strip()


def settle_pages(settle):
    """쪽을 만들 때마다 settle(make, root)을 부르게 한다.

    make()는 그 쪽을 처음부터 만들어 (쪽의 상자, 다음 쪽이 시작하는 곳)을 돌려준다. root는 아직
    나누지 않은 상자의 나무이고, settle은 그것을 고치고 다시 만들 수 있다.
    """

    def settled_page(index, context, root_box, html):
        take_footnotes(index, context)
        state = context.page_maker[index][-1]
        before = {name: copy(getattr(context, name)) for name in CHANGED}

        def make():
            vars(context).update({name: copy(value) for name, value in before.items()})
            state["anchors"], state["content_lookups"] = [], []
            return remake_page(index, context, root_box, html)

        return settle(make, root_box)

    paging.remake_page = settled_page


def take_footnotes(index, context):
    """앞 쪽에서 넘어온 각주만 남긴다.

    쪽 번호를 채우느라 몇 쪽만 다시 만들 때, WeasyPrint는 앞서 다시 만든 쪽에서 넘긴 각주를 사이에
    있는 쪽들을 건너뛰어 받는다. 그러면 각주가 두 번 나온다.
    """
    taken = vars(context).setdefault("taken_footnotes", {})
    was_made_before = index in taken
    if was_made_before and context.last_made != index - 1:
        context.reported_footnotes = copy(taken[index])
    taken[index], context.last_made = copy(context.reported_footnotes), index


def break_words_only_at_line_start():
    """낱말은 줄의 맨 앞에 있을 때에만 꺾게 한다. 한 줄보다 긴 낱말은 그대로 둔다.

    WeasyPrint는 줄을 여는 강조 속의 글이면, 그 앞에 링크나 코드가 있어도 줄의 맨 앞으로 보고 "an"과
    "d"로 꺾는다. 앞에 있는지는 line_children이 비었는지로 보므로, 있으면 비지 않은 것을 건넨다.
    """
    opened = []  # 나누는 상자마다: (속에서 그 줄에 먼저 놓이는 것, 줄의 맨 앞인가, 줄의 너비)

    def split_box(context, box, position_x, max_x, bottom_space, skip_stack, *others):
        number = next(iter(skip_stack)) if skip_stack else 0
        first = next((child for child in box.children[number:] if takes_room(child)), None)
        if isinstance(box, kinds.LineBox) or not opened:
            opened.append((first, True, max_x - position_x))
        else:
            opened.append((first, opens_line(box), opened[-1][2]))
        try:
            return split_inline_box(
                context, box, position_x, max_x, bottom_space, skip_stack, *others
            )
        finally:
            opened.pop()

    def opens_line(box):
        first, at_start, _ = opened[-1]
        return at_start and box is first

    def split_level(context, box, *others):
        if isinstance(box, kinds.TextBox) and opened and not opens_line(box):
            changed = [*others]
            changed[LINE_CHILDREN] = others[LINE_CHILDREN] or [box]
            split = split_inline_level(context, box, *changed)
            if split[0] is None or split[0].width <= opened[-1][2]:
                return split
        return split_inline_level(context, box, *others)

    inline.split_inline_box, inline.split_inline_level = split_box, split_level


def takes_room(box):
    return box.is_in_normal_flow() and not (isinstance(box, kinds.TextBox) and not box.text.strip())


def path_to(root, resume_at):
    """뿌리에서, 다음 쪽이 시작하는 상자와 그 맨 앞의 속까지."""
    path = [root]
    while inside := children(path[-1]):
        number, resume_at = next(iter(resume_at.items())) if resume_at else (0, None)
        path.append(inside[number])
    return path


def keep_references():
    """pydyf가 구조의 요소마다 모든 쪽의 목록을 새로 짓지 않고, 지은 것에 더하게 한다."""
    pydyf.PDF.page_references = property(page_references)


def page_references(pdf):
    known, numbers = vars(pdf).setdefault("known_references", []), pdf.pages["Kids"]
    known += [f"{number} 0 R".encode() for number in numbers[3 * len(known) :: 3]]
    return known
