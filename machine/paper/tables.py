"""표의 칸에서 낱말과 코드의 이름을 꺾지 않는다. WeasyPrint에는 word-break: keep-all이 없다.

칸이 많아 종이에 다 들지 않을 때에만 코드를 차례로 더 잘게 나눈다: 점과 괄호, 밑줄.
"""

import re

from machine.book.elements import element
from machine.problems import width

ROOM = 0.95 * 156 / 25.4 * 72  # pt. 본문의 너비(print.css의 @page). 글자의 너비는 어림한 것이다
BOX = 23  # pt. 상자와 목록의 양옆
LONGEST = 24  # 이보다 긴 낱말(주소 따위)은 꺾는다. 반각 글자의 수
LETTER, PADDING = 9.4 / 2, 5 / 25.4 * 72  # pt. 반각 글자 하나와, 칸의 양옆
FRAMES = ["admonition", "sd-card"]
# 코드를 나눌 곳. 앞의 것으로 다 들면 뒤의 것은 쓰지 않는다
CUTS = [re.compile(cut) for cut in (r"(?!)", r"(?<=[.(,=])(?=\w)", r"(?<=[._(,=])(?=\w)")]


def keep_words(art):
    """칸의 글을 더 나누지 않을 조각으로 묶는다. 그래도 넘치는 표는 줄인다(wide.py)."""
    for table in art.select("table:not(.hlist)"):
        boxes = table.find_parents(["li", "blockquote", "dd"]) + table.find_parents(class_=FRAMES)
        room = ROOM - BOX * len(boxes)
        cut = next((cut for cut in CUTS if least_width(table, cut) <= room), CUTS[-1])
        for cell in table.select("th, td"):
            for text in texts_of(cell):
                text.replace_with(*map(whole, pieces(text, cut)))


def least_width(table, cut):
    """가장 긴 조각도 꺾이지 않을 표의 너비."""
    columns = {}
    for row in table.select("tr"):
        for n, cell in enumerate(row.find_all(["th", "td"], recursive=False)):
            parts = [part for text in texts_of(cell) for part in pieces(text, cut)]
            widths = [min(width(part), LONGEST) for part in parts]
            widths += [width(base.get_text()) for base in cell.select(".katex-base")]
            if "colspan" not in cell.attrs:
                columns[n] = max([columns.get(n, 0), *widths])
    return sum(letters * LETTER + PADDING for letters in columns.values())


def texts_of(cell):
    """칸의 글. 수식과 목록(pre)의 속은 보지 않는다."""
    return [
        text
        for text in cell.find_all(string=re.compile(r"\S\S"))
        if not text.find_parent(["pre", "svg"]) and not text.find_parent(class_="katex")
    ]


def pieces(text, cut):
    """글을 빈칸에서, 코드이면 cut에서도 나눈 것. 빈칸도 하나의 조각이다."""
    words = re.split(r"(\s+)", text)
    if text.find_parent("code"):
        words = [part for word in words for part in cut.split(word)]
    return [word for word in words if word]


def whole(piece):
    kind = "whole" if width(piece) <= LONGEST else "long"
    return element("span", {"class": kind}, piece) if len(piece.strip()) > 1 else piece
