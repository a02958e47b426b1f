"""쪽의 글, 수식, 그림이 책에 한 번씩 차례대로 있는지 견준다.

빈칸은 세지 않고, 수식은 TeX으로, 그림은 이름으로 본다.
"""

from bs4 import CData, NavigableString, Tag

from machine.book.elements import formula_tex

AHEAD = 12  # 이만큼 같으면 다시 맞은 것으로 친다


def pieces(articles):
    """{조각: 글}. data-piece를 적은 요소는 따로 한 조각이고, 두 곳에 있으면 두 번 적힌다."""
    found = {}

    def walk(node, piece):
        if type(node) in (NavigableString, CData):
            found.setdefault(piece, []).append(squeezed(node))
        elif isinstance(node, Tag) and not {"data-left-out", "data-added"} & node.attrs.keys():
            piece = node.get("data-piece", piece)
            unit = whole(node)
            if unit:
                found.setdefault(piece, []).append(unit)
            else:
                for child in node.children:
                    walk(child, piece)

    for name, article in articles:
        walk(article, name)
    return {piece: "".join(texts) for piece, texts in found.items()}


def squeezed(text):
    return "".join(text.split())


def whole(node):
    """속을 보지 않고 하나로 세는 것: 수식과 그림. 아니면 빈 글."""
    tex = formula_tex(node)
    if tex is not None:
        return f"⟦수식 {tex}⟧"
    return f"⟦그림 {node.get('data-image')}⟧" if node.name == "img" else ""


def differences(expected, actual):
    """(빠진 글, 더 있거나 차례가 다른 글)을 차례로."""
    i = j = 0
    while expected[i:] != actual[j:]:
        while i < len(expected) and j < len(actual) and expected[i] == actual[j]:
            i, j = i + 1, j + 1
        lost, extra = until_same(expected[i:], actual[j:])
        yield expected[i : i + lost], actual[j : j + extra]
        i, j = i + lost, j + extra


def until_same(expected, actual):
    """두 글이 다시 같아질 때까지 건너뛸 글자 수들. 한쪽만 건너뛰는 길을 먼저 찾는다."""
    if actual and actual[:AHEAD] in expected:
        return expected.find(actual[:AHEAD]), 0
    for lost in range(len(expected)):
        extra = actual.find(expected[lost : lost + AHEAD])
        if extra >= 0:
            return lost, extra
    return len(expected), len(actual)


def said(doc, book, lost, extra):
    """사람이 읽을 알림."""
    lost, extra = (text if len(text) < 80 else f"{text[:60]}…" for text in (lost, extra))
    if lost and extra:
        return f"{doc}: {book}의 글이 쪽과 다릅니다: 쪽에는 {lost}, {book}에는 {extra}"
    if lost:
        return f"{doc}: {book}에 빠진 글입니다: {lost}"
    return f"{doc}: {book}에 더 있거나 차례가 다른 글입니다: {extra}"


def compare(expected, actual, book):
    """두 {조각: 글}의 차이를 쪽과 함께."""
    return [
        said(piece.split("::")[0], book, lost, extra)
        for piece in expected | actual
        for lost, extra in differences(expected.get(piece, ""), actual.get(piece, ""))
    ]
