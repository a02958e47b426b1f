"""문서의 나무에서 위를 찾는다. docutils에는 부모(parent)만 있다."""


def ancestors(node):
    while node := node.parent:
        yield node


def is_output(node):
    """셀의 출력에 든 것인가."""
    return any("cell_output" in above.get("classes", ()) for above in ancestors(node))
