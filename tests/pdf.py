"""종이책을 읽는 함수. 글과 줄, 상자를 pdfium으로 읽는다."""

from ctypes import byref, c_double, c_float, c_uint
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as raw

from book import pdf_texts

HEAD, FOOT = 780, 60  # 본문은 이 두 높이(pt) 사이에 있다
BOTTOM = 73.7  # pt. 본문의 맨 아래
FILLS = {0xF4F5F7: "code", 0xCCCCCC: "output", 0x9AA7B8: "box"}  # print.css의 바탕과 테두리


def bodies_of(path):
    """쪽마다, 머리글과 쪽수를 뺀 글."""
    return pdf_texts(path, FOOT, HEAD)


def outline(items, level=1):
    for item in items:
        if isinstance(item, list):
            yield from outline(item, level + 1)
        else:
            yield level, item


class Letter(NamedTuple):
    """빈칸이 아닌 글자와 그것이 놓인 자리(pt)."""

    char: str
    x: float
    y: float
    size: float


class Line(NamedTuple):
    """같은 높이에 놓인 글자들."""

    y: float
    x: float
    text: str


class Frame(NamedTuple):
    """코드와 출력, 상자의 한 도막."""

    kind: str
    top: float
    bottom: float


def letters(page):
    text, x, y = page.get_textpage(), c_double(), c_double()
    for n in range(text.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(text, n))
        if char.strip():
            raw.FPDFText_GetCharOrigin(text, n, byref(x), byref(y))
            if FOOT < y.value < HEAD:
                size = 0.75 * raw.FPDFText_GetFontSize(text, n)  # WeasyPrint은 px로 적고 줄인다
                yield Letter(char, x.value, y.value, size)


def lines_of(page):
    """위에서 아래로."""
    rows = {}
    for letter in letters(page):
        rows.setdefault(round(letter.y), []).append(letter)
    for _, row in sorted(rows.items(), reverse=True):
        row.sort(key=lambda letter: letter.x)
        yield Line(row[0].y, row[0].x, "".join(letter.char for letter in row))


def frames_of(page):
    """위에서 아래로. 이어진 도막은 하나로 센다."""
    found = []
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]):
        color, bounds = [c_uint() for _ in range(4)], [c_float() for _ in range(4)]
        raw.FPDFPageObj_GetFillColor(item, *map(byref, color))
        raw.FPDFPageObj_GetBounds(item, *map(byref, bounds))
        kind = FILLS.get(color[0].value << 16 | color[1].value << 8 | color[2].value)
        if kind and bounds[3].value - bounds[1].value > 4:
            found.append(Frame(kind, bounds[3].value, bounds[1].value))
    joined = []
    for frame in sorted(found, key=lambda frame: -frame.top):
        last = next((n for n, old in enumerate(joined) if touches(old, frame)), None)
        if last is None:
            joined.append(frame)
        else:
            joined[last] = joined[last]._replace(bottom=min(joined[last].bottom, frame.bottom))
    return joined


def touches(above, below):
    same = above.kind == below.kind != "box"
    return same and below.top > above.bottom - 0.5


class Page(NamedTuple):
    lines: list
    frames: list

    def framed(self, line, kind):
        """그 줄이 든 도막. 없으면 None."""
        inside = (x for x in self.frames if x.kind == kind and x.bottom < line.y < x.top)
        return next(inside, None)

    def lines_in(self, frame):
        return [line for line in self.lines if frame.bottom < line.y < frame.top]

    @property
    def blank(self):
        """쪽의 아래에 남은 높이(mm)."""
        return (self.lines[-1].y - BOTTOM) / 72 * 25.4


def pages_of(path):
    return [Page([*lines_of(page)], frames_of(page)) for page in pypdfium2.PdfDocument(path)]
