"""책에 쓰인 글자를 책의 글꼴에서 골라 전자책에 담는다.

글꼴은 body와 코드에만 적는다. 읽는 사람이 고른 글꼴이 있으면 그것이 앞선다. 옛 단말기는 WOFF2를
읽지 못하므로 TTF로 담고, 나눔글꼴의 이름은 고친 글꼴에 쓸 수 없으므로 Book으로 바꾼다.
수식은 모양을 적은 글자(ℝ)만 책의 글꼴로 그린다. 괄호와 근호를 늘이는 글꼴(MATH 표)은 fonts/에
없으므로 나머지는 단말기의 글꼴로 그린다.
"""

import xml.etree.ElementTree as ET
from io import BytesIO

from fontTools.ttLib import TTFont

from machine.book.fonts import taken
from machine.ebook.mathml import LETTER
from machine.maths.letters import subset_font
from machine.settings import ROOT
from machine.settings.conventions import FONTS, MONO, SERIF, SYMBOLS, codes, font

# {쓰임: (CSS의 선택자, 책의 글꼴, 마지막 글꼴)}. 모양을 적은 글자는 굵기도 글자에 있다(𝐱)
TEXTS = {
    SERIF: ("body, mtext", FONTS[SERIF], "serif"),
    MONO: ("pre, code, kbd, samp", FONTS[MONO], "monospace"),
}
USES = TEXTS | {SYMBOLS: (f".{LETTER}", [SYMBOLS], "math")}
ELEMENTS = {"mtext": SERIF, "math": None, "pre": MONO, "code": MONO, "kbd": MONO, "samp": MONO}
LICENSES = ("OFL.txt", "DejaVu.txt")
FACE = "@font-face {{ font-family: {}; font-weight: {}; src: url({}) }}\n"
COPYRIGHT, FAMILY, STYLE, FULL, FILE, LICENSE = 0, 1, 2, 4, 6, 13  # 글꼴의 name 표에서의 번호


def embed(files):
    """{전자책의 파일: 속}에 글꼴과 그 CSS를 더한다."""
    pages = [data for name, data in files.items() if name.endswith(".xhtml")]
    texts = [pair for page in pages for pair in used(ET.fromstring(page).find("{*}body"), SERIF)]
    css = ""
    for weight, bold, uses in (("normal", "", USES), ("bold", "Bold", TEXTS)):
        shares = {}
        for use, (_, names, _) in uses.items():
            text = "".join(text or "" for role, text in texts if role == use)
            for name, share in shared(text, names, bold):
                shares.setdefault(name, set()).update(share)
        for name, share in shares.items():
            file = f"fonts/{renamed(name)}{bold}.ttf"
            files[file] = embedded(name, bold, share)
            css += FACE.format(renamed(name), weight, file)
    for selector, names, last in USES.values():
        css += f"{selector} {{ font-family: {', '.join(map(renamed, names))}, {last} }}\n"
    files["epub.css"] = css + files["epub.css"]
    for name in LICENSES:
        files[f"fonts/{name}"] = (ROOT / "fonts" / name).read_text("utf-8")


def used(x, use):
    """요소와 그 아래의 (쓰임, 글)."""
    use = SYMBOLS if x.get("class") == LETTER else ELEMENTS.get(x.tag.rpartition("}")[2], use)
    yield use, x.text
    yield use, x.get("title")  # 줄임말의 뒤에 적힌다(epub.css)
    for child in x:
        yield from used(child, use)
        yield use, child.tail


def shared(text, names, bold):
    """글자를 글꼴마다 나눈 (이름, 글자들). 앞의 글꼴에 없는 글자는 뒤의 글꼴로 그린다."""
    left = set(text)
    for name in names:
        own = codes(name, bold) - taken(font(name, bold))
        if share := {char for char in left if ord(char) in own}:
            yield name, share
            left -= share


def renamed(name):
    return name.replace("Nanum", "Book")


def embedded(name, bold, chars):
    """그 글자만 담은 TTF."""
    made = subset_font(font(name, bold), "".join(sorted(chars)), ROOT / "_build/.katex_fonts")
    subset, data = TTFont(made, recalcTimestamp=False), BytesIO()
    table = subset["name"]
    copyright = table.getDebugName(COPYRIGHT)
    table.names = []
    for number, text in {
        COPYRIGHT: copyright,
        FAMILY: renamed(name),
        STYLE: bold or "Regular",
        FULL: f"{renamed(name)} {bold}".strip(),
        FILE: f"{renamed(name)}-{bold or 'Regular'}",
        LICENSE: f"SIL Open Font License 1.1: {', '.join(LICENSES)}",
    }.items():
        table.setName(text, number, 3, 1, 0x409)
    subset["OS/2"].fsType = 0  # 담는 데 조건이 없다
    subset.flavor = None
    subset.save(data)
    return data.getvalue()
