"""종이책을 읽는 함수. 글은 pdfium으로 읽는다."""

from book import pdf_texts

HEAD, FOOT = 780, 60  # 본문은 이 두 높이(pt) 사이에 있다


def bodies_of(path):
    """쪽마다, 머리글과 쪽수를 뺀 글."""
    return pdf_texts(path, FOOT, HEAD)


def outline(items, level=1):
    for item in items:
        if isinstance(item, list):
            yield from outline(item, level + 1)
        else:
            yield level, item
