"""책의 글꼴. 종이책은 이것으로만 찍고, 전자책의 표지도 이것으로 그린다."""

import os
import re
from itertools import groupby

from machine.settings import conventions

NAMES = [*dict.fromkeys(name for names in conventions.FONTS.values() for name in names)]
FONTS = [conventions.font(name, bold) for name in NAMES for bold in ("", "Bold")]
# 쓰임마다 글꼴의 차례를 적는 CSS의 변수(print.css)
VARIABLES = {
    "--myeongjo": conventions.SERIF,
    "--gothic": conventions.SANS,
    "--coding": conventions.MONO,
}


class Font:
    """글꼴 하나: CSS의 이름과 굵기, 글리프 번호마다의 글자."""

    def __init__(self, path):
        self.font = conventions.opened(path)
        self.codes = self.font.getBestCmap()
        self.own = self.codes.keys() - taken(path)
        self.path = path
        self.name = self.font["name"].getDebugName(6)
        self.family = path.stem.removesuffix("Bold")
        self.weight = "bold" if path.stem.endswith("Bold") else "normal"
        # 한 글리프에 글자가 여럿이면 앞의 것(빈칸)
        letters = sorted(self.own, reverse=True)
        self.letters = {self.font.getGlyphID(self.codes[code]): chr(code) for code in letters}

    def draws(self, number, path):
        """그 번호의 글리프가 이 윤곽선인지. 판이 다른 글꼴에서는 번호가 다른 글자일 수 있다."""
        table, scale = self.font["glyf"], 6400 / self.font["head"].unitsPerEm
        points = table[self.font.getGlyphName(number)].getCoordinates(table)[0]
        drawn = [float(n) for n in re.findall(r"-?[\d.]+", path.get("d", ""))]
        extent = [f(axis) * scale for axis in zip(*points) for f in (min, max)] if points else []
        shown = [f(drawn[axis::2]) for axis in (0, 1) for f in (min, max)] if drawn else []
        return len(shown) == len(extent) and all(abs(a - b) < 2 for a, b in zip(shown, extent))


def taken(path):
    """나눔글꼴에도 있으나 다른 글꼴로 찍을 글자."""
    family = path.stem.removesuffix("Bold")
    other = conventions.LATIN.get(family)
    codes = conventions.codes(other, path.stem.removeprefix(family)) if other else frozenset()
    return {code for code in codes if not chr(code).isspace()}


def fonts(paths=FONTS):
    """{글꼴 속에 적힌 이름: 글꼴}"""
    return {font.name: font for font in map(Font, paths)}


def css(fonts, folder):
    """folder에 둔 HTML에서 글꼴을 읽고, 앞의 글꼴에 없는 글자를 뒤의 것으로 찍게 하는 CSS."""
    every = sorted(set().union(*(font.own for font in fonts)))
    for font in fonts:
        address, letters = os.path.relpath(font.path, folder), ranges(font.own, every)
        yield (
            f"@font-face {{ font-family: {font.family}; font-weight: {font.weight};"
            f" src: url({address}); unicode-range: {letters} }}"
        )
    for variable, name in VARIABLES.items():
        yield f":root {{ {variable}: {', '.join(conventions.FONTS[name])} }}"


def ranges(codes, every):
    """글자들의 unicode-range. 어느 글꼴에도 없는 글자(every의 밖)는 사이에 들어도 된다.

    WeasyPrint은 여기에 적은 글자가 글꼴에 모두 있다고 여긴다. Fontconfig은 글꼴을 고를 때마다
    범위를 하나씩 더하므로, 한자처럼 흩어진 글자를 빠짐없이 적으면 수천 개여서 느리다.
    """
    runs = [[*run] for inside, run in groupby(every, codes.__contains__) if inside]
    return ", ".join(f"U+{run[0]:X}-{run[-1]:X}" for run in runs)
