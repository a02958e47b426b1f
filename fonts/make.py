"""나눔글꼴에 없거나 두 칸을 차지하는 글자의 글꼴 Book*.ttf를 만든다. 손으로 한 번 실행한다.

다른 글꼴에서 그 글자의 윤곽선만 나눔글꼴의 크기에 맞추어 옮긴다. 원본을 받는 법은 README.md에 있다.

    .venv/bin/python fonts/make.py 원본의_폴더
"""

import sys
from functools import cache
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.misc.transform import Scale
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

HERE = Path(__file__).parent
FROM = Path(sys.argv[1])
SIZE = 1000  # 만드는 글꼴의 em
COLUMN = 500  # 나눔고딕코딩에서 한 칸의 너비
VERSION = "1.000"


def span(*ranges):
    return {code for first, last in ranges for code in range(first, last + 1)}


LETTERS = (  # 라틴, 그리스, 키릴 문자. 나눔글꼴에서는 두 칸을 차지하거나 없다
    span(
        (0xAA, 0xAA), (0xBA, 0xBA), (0xC0, 0x24F), (0x370, 0x482), (0x48A, 0x52F), (0x1E00, 0x1FFF)
    )
    - {0xD7, 0xF7}
)
SCRIPTS = span((0xB2, 0xB3), (0xB9, 0xB9), (0x2070, 0x209F))  # ℝⁿ의 ⁿ
SYMBOLS = span((0xA1, 0x2FF), (0x1D00, 0x1DBF), (0x2000, 0x2E7F), (0x1D400, 0x1D7FF)) - LETTERS
DINGBATS = span((0x2600, 0x27BF))  # ✓ 따위. STIX의 것은 옆의 글자보다 훨씬 크다
SPACES = {0x20, 0xA0}
HANJA = span((0x3400, 0x9FFF), (0xF900, 0xFAFF))
COPYRIGHT = {
    "Source Serif 4": "Copyright 2014-2023 Adobe (http://www.adobe.com/)",
    "Noto": "Copyright 2022 The Noto Project Authors (https://github.com/notofonts)",
    "Noto CJK": "Copyright 2014-2021 Adobe (http://www.adobe.com/)",
    "Nanum": "Copyright (c) 2010, NAVER Corporation (http://www.nhncorp.com)",
    "STIX": "Copyright (c) 2001-2010 by the STI Pub Companies",
    "DejaVu": "Copyright (c) 2003 by Bitstream, Inc. DejaVu changes are in public domain",
}


@cache
def slices(package, name, **axes):
    """npm 패키지의 가변 글꼴을 그 굵기로 굳힌 것들. 문자마다 파일이 나뉘어 있다."""
    found = sorted(FROM.glob(f"{package}/files/{name}-*-standard-normal.woff2"))
    return [instantiateVariableFont(TTFont(path), axes) for path in found]


@cache
def file(name, number=0):
    (path,) = FROM.rglob(name)
    return TTFont(path, fontNumber=number)


def x_height(font):
    glyphs, pen = font.getGlyphSet(), BoundsPen(font.getGlyphSet())
    glyphs[font.getBestCmap()[ord("x")]].draw(pen)
    return pen.bounds[3] / font["head"].unitsPerEm


def as_tall(font, base):
    """소문자의 높이를 책의 글꼴에 맞추는 배율."""
    return x_height(TTFont(HERE / f"{base}.ttf")) / x_height(font)


def glyph(font, name, scale):
    """옮긴 윤곽선. 삼차 곡선은 이차 곡선으로."""
    glyphs, made = font.getGlyphSet(), TTGlyphPen(None)
    drawn = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(drawn)
    pen = made if "glyf" in font else Cu2QuPen(made, max_err=1, reverse_direction=True)
    drawn.replay(TransformPen(pen, Scale(scale)))
    return made.glyph()


def build(name, bold, parts, base, copyrights):
    """parts는 (원본, 코드들, 배율)들. 앞의 것에 있는 글자는 뒤의 것에서 옮기지 않는다.

    빈칸도 옮긴다. 낱말 뒤의 빈칸은 그 낱말의 글꼴로 찍기 때문이다.
    """
    glyphs, widths = {".notdef": TTGlyphPen(None).glyph()}, {".notdef": (SIZE // 2, 0)}
    codes = {}
    for font, wanted, scale in [(TTFont(HERE / f"{base}.ttf"), SPACES, 1), *parts]:
        known, whole = font.getBestCmap(), scale * SIZE / font["head"].unitsPerEm
        for code in sorted(wanted & known.keys() - codes.keys()):
            codes[code] = f"u{code:04X}"
            glyphs[codes[code]] = glyph(font, known[code], whole)
            widths[codes[code]] = (round(font["hmtx"][known[code]][0] * whole), 0)
    font = FontBuilder(SIZE, isTTF=True)
    font.setupGlyphOrder([*glyphs])
    font.setupCharacterMap(codes)
    font.setupGlyf(glyphs)
    lefts = {name: glyph.xMin if glyph.numberOfContours else 0 for name, glyph in glyphs.items()}
    font.setupHorizontalMetrics({name: (width, lefts[name]) for name, (width, _) in widths.items()})
    font.setupHorizontalHeader(**heights(base))
    style = "Bold" if bold else "Regular"
    font.setupNameTable(
        {
            "copyright": ". ".join(COPYRIGHT[key] for key in copyrights),
            "familyName": name,
            "styleName": style,
            "uniqueFontIdentifier": f"{name}-{style} {VERSION}",
            "fullName": f"{name} {style}",
            "psName": f"{name}-{style}",
            "version": f"Version {VERSION}",
            "licenseDescription": "SIL Open Font License 1.1, DejaVu: fonts/README.md",
        }
    )
    up, down = heights(base).values()
    font.setupOS2(
        sTypoAscender=up,
        sTypoDescender=down,
        usWinAscent=up,
        usWinDescent=-down,
        usWeightClass=700 if bold else 400,
        fsSelection=0x20 if bold else 0x40,
    )
    font.setupPost(keepGlyphNames=False)
    font.font["head"].macStyle = int(bool(bold))
    font.font["head"].created = font.font["head"].modified = 0  # 다시 만들어도 같은 바이트
    font.font.recalcTimestamp = False
    font.save(HERE / f"{name}{bold}.ttf")
    print(name, bold, len(codes), (HERE / f"{name}{bold}.ttf").stat().st_size // 1000, "kB")


def heights(base):
    """줄의 높이가 달라지지 않게, 함께 쓰는 나눔글꼴의 것."""
    font = TTFont(HERE / f"{base}.ttf")
    em = font["head"].unitsPerEm
    up, down = (round(value * SIZE / em) for value in (font["hhea"].ascent, font["hhea"].descent))
    return {"ascent": up, "descent": down}


def for_text(fonts, dejavu, base):
    """글에 쓸 글꼴에 옮길 것. 거기 없는 첨자는 DejaVu에서."""
    scale = as_tall(next(font for font in fonts if ord("x") in font.getBestCmap()), base)
    parts = [(font, LETTERS | SCRIPTS, scale) for font in fonts]
    return [*parts, (dejavu, SCRIPTS, as_tall(dejavu, base))]


def main():
    # 굵기는 옆에 놓일 나눔글꼴의 획에 맞춘 것이다
    for bold, weight, light in (("", 400, 330), ("Bold", 700, 480)):
        stix = file(f"STIX-{bold or 'Regular'}.otf")
        dejavu = file(f"DejaVuSans{'-' * bool(bold)}{bold}.ttf")

        serif = slices("source-serif-4", "source-serif-4", wght=light, opsz=12)
        base = f"NanumMyeongjo{bold}"
        build("BookSerif", bold, for_text(serif, dejavu, base), base, ["Source Serif 4", "DejaVu"])

        sans = slices("noto-sans", "noto-sans", wght=weight, wdth=100)
        base = f"NanumBarunGothic{bold}"
        build("BookSans", bold, for_text(sans, dejavu, base), base, ["Noto", "DejaVu"])

        base = f"NanumGothicCoding{bold}"
        mono = slices("noto-sans-mono", "noto-sans-mono", wght=weight, wdth=100)
        dejavu_mono = file(f"DejaVuSansMono{'-' * bool(bold)}{bold}.ttf")
        parts = [(font, LETTERS, COLUMN / 600) for font in mono]
        parts += [(dejavu_mono, LETTERS | SYMBOLS, COLUMN / 1233 * 2048 / SIZE)]
        build("BookMono", bold, parts, base, ["Noto", "DejaVu"])

        base = f"NanumMyeongjo{bold}"
        both = LETTERS | SYMBOLS
        parts = [(dejavu, DINGBATS, 0.85), (stix, both, 1), (dejavu, both, 0.85)]
        build("BookSymbols", bold, parts, base, ["STIX", "DejaVu"])

        own = file("NanumMyeongjo-YetHangul.ttf")
        if bold:
            wanted = HANJA & own.getBestCmap().keys()
            parts = [(file("NotoSerifCJK-Bold.ttc", 1), wanted, 0.96), (own, wanted, 1)]
            build("BookHanja", bold, parts, base, ["Noto CJK", "Nanum"])
        else:
            build("BookHanja", bold, [(own, HANJA, 1)], base, ["Nanum"])


if __name__ == "__main__":
    main()
