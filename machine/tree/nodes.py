"""문서의 나무에서 위를 찾고 무엇인지 가린다. docutils에는 부모(parent)만 있다."""

from docutils import nodes


def ancestors(node):
    while node := node.parent:
        yield node


def is_output(node):
    """셀의 출력에 든 것인가."""
    return any("cell_output" in above.get("classes", ()) for above in ancestors(node))


def is_coloured(node):
    """Sphinx가 색을 입히는 코드인가. parsed-literal은 글이 원고와 다르므로 아니다."""
    code = isinstance(node, (nodes.literal_block, nodes.doctest_block))
    return code and node.rawsource == node.astext()
