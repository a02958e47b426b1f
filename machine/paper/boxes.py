"""WeasyPrint이 나눈 쪽의 상자를 본다."""

from weasyprint.formatting_structure.boxes import ReplacedBox, TextBox


def real(box):
    """절대 위치의 상자에는 자리표(AbsolutePlaceholder)가 대신 놓여 있다."""
    return getattr(box, "_box", box)


def children(box):
    return [real(child) for child in getattr(box, "children", ())]


def boxes(box):
    """상자와 그 속의 모든 상자를 차례대로."""
    yield real(box)
    for child in children(real(box)):
        yield from boxes(child)


def in_document(document):
    return [box for page in document.pages for box in boxes(page._page_box)]


def words(box):
    """상자 속의 글. 그림은 대체 글로."""
    texts = [
        inner.text if isinstance(inner, TextBox) else inner.element.get("alt", "")
        for inner in boxes(box)
        if isinstance(inner, (TextBox, ReplacedBox))
    ]
    return "".join(texts).strip()
