"""다음 쪽의 머리로 밀린 코드와 상자를, 되도록 나누지 않기로 한 곳에서 나눈다."""

from itertools import pairwise

from machine.paper.weasyprint_inside import children, has_class, kinds

TALL = 150  # px, 40 mm. 상자는 빈자리가 이보다 클 때에만 나눈다


def loosenings(path, empty):
    """밀린 곳에서 풀어 볼 만한 것들."""
    found = [Loosening("break_before", loose_lines(path))]
    if empty > TALL:
        found.append(Loosening("break_inside", [box for box in path if is_frame(box)][:1]))
    return [loosening for loosening in found if loosening.boxes]


class Loosening:
    """상자들의 avoid를 푸는 일."""

    def __init__(self, name, boxes):
        self.name, self.boxes = name, [box for box in boxes if box.style[name] == "avoid"]

    def do(self, value="auto"):
        for box in self.boxes:
            box.style[self.name] = value

    def undo(self):
        self.do("avoid")

    def holds(self, resume_at, root):
        return True


def is_frame(box):
    """글이 든 상자인가. 그림과 표는 나누지 않는다."""
    return has_class(box, "admonition") or box.element_tag in ("aside", "dd", "blockquote")


def loose_lines(path):
    """밀린 코드의 줄 묶음들. 코드의 앞에는 그것과 떼지 않는 제목 따위만 있어야 한다."""
    for parent, block, kept in ahead(path):
        if has_class(block, "together"):
            siblings = children(parent)
            return siblings[siblings.index(block) :]
        if not kept:
            break
    return []


def ahead(path):
    """밀린 곳부터 차례대로 (바깥 상자, 줄이 든 상자, 뒤의 것과 떼지 않는가)."""
    path = path[: next((n for n, box in enumerate(path, 1) if has_lines(box)), None)]
    seen = []
    for outer, inner in reversed([*pairwise(path)]):
        siblings = children(outer)
        for child in siblings[siblings.index(inner) + len(seen) :]:
            yield from leaves(outer, child)
        seen = [inner]


def leaves(outer, box, kept=False):
    kept = kept or box.style["break_after"] == "avoid"
    if has_lines(box) or not children(box):
        yield outer, box, kept
    else:
        for child in children(box):
            yield from leaves(box, child, kept)


def has_lines(box):
    return any(isinstance(child, kinds.LineBox) for child in children(box)[:1])
