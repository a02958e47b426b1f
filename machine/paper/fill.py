"""쪽의 끝이 비면 메운다: 밀린 그림을 줄이거나 그 앞으로 글을 옮기고, 밀린 코드와 긴 상자를 나눈다.

그 쪽만 다시 만든다. 온 책을 다시 나누면 그때마다 처음만큼 걸린다.
"""

from machine.paper.figures import moves, shrinkings
from machine.paper.loosen import loosenings
from machine.paper.weasyprint_inside import boxes, kinds, path_to

LEAST = 60  # px, 16 mm. 이보다 큰 빈자리는 메운다


def settle(make, root):
    """쪽을 만든다. 끝이 비었으면 메울 수 있는 만큼 메운다."""
    made, better = make(), True
    while better and empty_height(made[0]) > LEAST:
        made, better = improved(make, root, made)
    return made


def improved(make, root, made):
    """(고쳐 다시 만든 쪽, 나아졌는가). 나아지지 않은 것은 되돌린다."""
    page, resume_at = made
    path, empty = path_to(root, resume_at) if resume_at else [], empty_height(page)
    for change in [*shrinkings(path, empty), *moves(path), *loosenings(path, empty)]:
        change.do()
        again = make()
        if empty_height(again[0]) < empty and change.holds(again[1], root):
            return again, True
        change.undo()
        made = None
    return made or make(), False


def empty_height(page):
    """각주의 위에 남은 높이."""
    notes = [x for x in page.children if isinstance(x, kinds.FootnoteAreaBox) and x.children]
    body = [x for child in page.children if child not in notes for x in boxes(child)]
    lowest = max((x.position_y + x.height for x in body if is_shown(x)), default=0)
    return page.content_box_y() + page.height - sum(x.margin_height() for x in notes) - lowest


def is_shown(box):
    """글이나 그림, 또는 줄 사이까지 헤아린 문단."""
    paragraph = isinstance(box, kinds.BlockBox) and box.element_tag == "p"
    return paragraph or isinstance(box, (kinds.TextBox, kinds.ReplacedBox))
