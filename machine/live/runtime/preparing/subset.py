"""그림의 한글에 쓸 글꼴을 KS X 1001의 글자로 줄인다. Pyodide 안에서 실행한다."""

import io

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

# 한글 낱자와 음절 2,350자, 기호. 파이썬의 euc_kr이 KS X 1001이다
KS_X_1001 = {
    bytes([row, cell]).decode("euc_kr", "ignore")
    for row in [*range(0xA1, 0xAD), *range(0xB0, 0xC9)]
    for cell in range(0xA1, 0xFF)
}
LATIN_GREEK_MATHS = (
    *range(0x20, 0x250),
    *range(0x370, 0x400),
    *range(0x2000, 0x2300),
    *range(0x25A0, 0x2600),
)
# "Nanum"은 OFL.txt에 적힌 예약된 이름이어서 고친 글꼴에는 쓰지 못한다
NAME = "Book Figure Sans"
NAMES = {
    1: NAME,
    2: "Regular",
    3: f"{NAME}: KS X 1001",
    4: NAME,
    5: "Version 1.000",
    6: NAME.replace(" ", ""),
    13: "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
    14: "https://openfontlicense.org",
}
WINDOWS, ENGLISH = 3, 0x409


def rename(table):
    """저작권과 만든 사람(0, 8–12)은 그대로 둔다."""
    table.names = [
        record
        for record in table.names
        if (record.platformID, record.langID) == (WINDOWS, ENGLISH)
        and record.nameID in (0, 8, 9, 11, 12)
    ]
    for number, text in NAMES.items():
        table.setName(text, number, WINDOWS, 1, ENGLISH)


def subset(path):
    font = TTFont(path, recalcTimestamp=False)
    options = Options(hinting=False, legacy_kern=True, name_IDs="*", name_languages="*")
    options.drop_tables += ["FFTM", "GPOS", "GSUB", "GDEF"]  # 맷플롯립은 kern만 읽는다
    subsetter = Subsetter(options)
    letters = {ord(letter) for letter in KS_X_1001 if letter} | {*LATIN_GREEK_MATHS}
    subsetter.populate(unicodes=letters & font.getBestCmap().keys())
    subsetter.subset(font)
    rename(font["name"])
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
