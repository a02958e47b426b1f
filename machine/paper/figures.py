"""다음 쪽의 머리로 밀린 그림과 표의 앞을 뒤따르는 문단으로 메우거나, 그림을 조금 줄인다.

제목과 번호로 부르므로 글에서 조금 떨어져도 되는 것만 옮긴다.
"""

from itertools import pairwise, takewhile

from machine.paper.weasyprint_inside import (
    boxes,
    children,
    drawn_height,
    has_class,
    kinds,
    limit_height,
    path_to,
)

LINE = 156 / 25.4 * 96  # px. 본문의 너비(print.css의 @page)
SMALLEST = 0.8  # 그림을 줄이는 한도


def moves(path):
    """밀린 곳에서 할 만한 옮기기."""
    path = floating(path)
    move = Move(path) if path else None
    return [move] if move and move.following else []


def shrinkings(path, empty):
    """밀린 그림을 줄여서 빈자리에 들게 해 볼 만한 크기들."""
    path = floating(path)
    images = [box for box in boxes(path[-1]) if isinstance(box, kinds.ReplacedBox)] if path else []
    if len(images) != 1 or images[0].style["width"] != "auto":
        return []
    height = drawn_height(images[0], LINE)
    scales = [scale for scale in (0.9, SMALLEST) if 0 < scale * height < empty]
    return [Shrinking(path[-1], images[0], scale * height) for scale in scales]


class Shrinking:
    """그림 하나를 줄이는 일."""

    def __init__(self, figure, image, height):
        self.figure, self.image, self.height = figure, image, height

    def do(self):
        self.before = limit_height(self.image, self.height)

    def undo(self):
        limit_height(self.image, self.before)

    def holds(self, resume_at, root):
        """그림이 이제 이 쪽에 있는가."""
        path = path_to(root, resume_at) if resume_at else []
        return self.figure not in path


def floating(path):
    """다음 쪽의 머리에 있는 그림이나 표까지의 상자들. 그것으로 시작하지 않으면 빈 목록."""
    place = next((n for n, box in enumerate(path) if is_floating(box)), None)
    return [] if place is None or is_inside(path[place:]) else path[: place + 1]


def is_floating(box):
    """그림이거나 제목이 있는 표인가."""
    table = has_class(box, "table-wrapper")
    return box.element_tag == "figure" or (table and box.element.find("table/caption") is not None)


def is_inside(path):
    """쪽이 그림이나 표의 머리가 아니라 속에서 이어지는가. 종이보다 긴 것은 나뉜다."""
    return any(inner is not children(outer)[0] for outer, inner in pairwise(path))


class Move:
    """그림이나 표를 다음 문단의 뒤로 옮기는 일. path는 뿌리에서 그것까지의 상자들."""

    def __init__(self, path):
        self.path, self.floating = path, path[-1]
        output, cell = self.around("cell_output"), self.around("cell")
        alone = output and is_alone(output.element)
        self.block = output if alone else self.floating  # 함께 옮길 것
        self.inner, self.outer = self.parent(self.block), self.parent(cell or self.block)
        place = self.outer.children.index(cell or self.block)
        self.following = text_at(self.outer.children[place + 1 :])

    def around(self, name):
        return next((box for box in self.path if has_class(box, name)), None)

    def parent(self, box):
        return self.path[self.path.index(box) - 1]

    def do(self):
        """상자의 나무와 요소의 나무를 함께 고친다. 뒤의 것은 쪽들과 견준다(checks.py)."""
        trees = self.inner, self.outer, self.inner.element, self.outer.element
        self.before = [(tree, list(inside(tree))) for tree in trees]
        last = self.following[-1]
        put_after(last, self.block, self.inner, self.outer)
        elements = self.inner.element, self.outer.element
        put_after(last.element, self.block.element, *elements)

    def holds(self, resume_at, root):
        """옮긴 문단이 쪽에 다 들었는가. 그러면 다음 쪽은 여전히 그 그림으로 시작한다."""
        path = path_to(root, resume_at) if resume_at else []
        return self.floating in floating(path)

    def undo(self):
        for tree, before in self.before:
            fill(tree, before)


def is_alone(output):
    """출력이 그림 하나뿐인가."""
    return len(list(output.iter("figure"))) == 1 and output.find(".//pre") is None


def text_at(boxes):
    """맨 앞의 문단과, 그 문단이 소개하는 식과 셀. 문단이 아니거나 뒤의 것에 딸렸으면 빈 목록."""
    if not boxes or boxes[0].element_tag != "p" or boxes[0].style["break_after"] == "avoid":
        return []
    return [boxes[0], *takewhile(is_introduced, boxes[1:])]


def is_introduced(box):
    """앞의 문단이 소개하는 것인가. 그림은 차례가 바뀌므로 건너뛰지 않는다."""
    cell = has_class(box, "cell") and box.element.find(".//figure") is None
    return cell or has_class(box, "math-wrapper")


def put_after(place, moved, inner, outer):
    """inner에 있던 moved를 outer에 있는 place의 뒤에 놓는다."""
    fill(inner, [x for x in inside(inner) if x is not moved])
    children = list(inside(outer))
    children.insert(children.index(place) + 1, moved)
    fill(outer, children)


def inside(tree):
    """상자나 요소의 자식들."""
    return tree.children if isinstance(tree, kinds.Box) else tree


def fill(tree, children):
    if isinstance(tree, kinds.Box):
        tree.children = children
    else:
        tree[:] = children
