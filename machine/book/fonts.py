"""책의 글꼴. 종이책은 이것으로만 찍고, 전자책의 표지도 이것으로 그린다."""

import re
import sys

from fontTools.ttLib import TTFont, TTLibError

from machine.settings import ROOT
from machine.settings.conventions import MONO, SANS, SERIF, font

FONTS = [font(name, bold) for name in (SANS, MONO, SERIF) for bold in ("", "Bold")]


class Font:
    """글꼴 하나: CSS의 이름과 굵기, 글리프 번호마다의 글자."""

    def __init__(self, path):
        try:
            self.font = TTFont(path)
            self.codes = self.font.getBestCmap()
        except (OSError, TTLibError):
            name = path.relative_to(ROOT)
            sys.exit(f"글꼴이 없거나 깨졌습니다: {name}. git checkout fonts로 되살리세요.")
        self.path = path
        self.name = self.font["name"].getDebugName(6)
        self.family = path.stem.removesuffix("Bold")
        self.weight = "bold" if path.stem.endswith("Bold") else "normal"
        # 한 글리프에 글자가 여럿이면 앞의 것(빈칸)
        letters = sorted(self.codes.items(), reverse=True)
        self.letters = {self.font.getGlyphID(name): chr(code) for code, name in letters}

    def draws(self, number, path):
        """그 번호의 글리프가 이 윤곽선인지. 판이 다른 글꼴에서는 번호가 다른 글자일 수 있다."""
        table, scale = self.font["glyf"], 6400 / self.font["head"].unitsPerEm
        points = table[self.font.getGlyphName(number)].getCoordinates(table)[0]
        drawn = [float(n) for n in re.findall(r"-?[\d.]+", path.get("d", ""))]
        extent = [f(axis) * scale for axis in zip(*points) for f in (min, max)] if points else []
        shown = [f(drawn[axis::2]) for axis in (0, 1) for f in (min, max)] if drawn else []
        return len(shown) == len(extent) and all(abs(a - b) < 2 for a, b in zip(shown, extent))


def fonts(paths=FONTS):
    """{글꼴 속에 적힌 이름: 글꼴}"""
    return {font.name: font for font in map(Font, paths)}
