"""그림(SVG)의 글을 종이책의 글꼴로 찍게 고친다.

그림에 적힌 글꼴 대신 책의 글꼴로 찍는다. 맷플롯립은 글자를 하나씩 <use
xlink:href="#글꼴-글리프번호">라는 윤곽선으로 그린다. 그 글꼴이 책의 것이면 번호에서 글자를 알 수
있다. 그려진 자리에 그 글자를 놓아 PDF에서 찾고 베낄 수 있게 하고, 다른 글꼴의 글자와 분수의 선은
윤곽선 그대로 둔다. 글이 없는 그림은 건드리지 않는다.
"""

import re
import xml.etree.ElementTree as ET
from itertools import groupby

from machine.settings.conventions import MONO, SANS, SERIF

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
GLYPH = re.compile(r"#(.+)-([0-9a-f]+)")
PLACE = re.compile(r"(?:translate\((\S+) (\S+)\))?\s*(?:scale\((\S+)\))?")  # 글자의 자리
FRAME = re.compile(r"(.*?) ?scale\((\S+) -\2\)")  # 글 전체의 자리. 글자는 100을 크기로 그린다
FACE = re.compile(r"@font-face\s*\{[^}]*\}")
FAMILY = re.compile(r"font-family\s*:\s*([^;]+)")
FONT = re.compile(r"(?<![\w-])font\s*:([^;}]*?)([\d.]+(?:px|pt|em|rem|mm|%))(?:/\S+)?\s+([^;}]+)")
SIZE = re.compile(r"((?<![\w-])font-size\s*:\s*)([a-z-]+|[\d.]+rem)(?![\w(%.-])")
SIZES = {  # CSS의 이름마다의 크기(px)
    "xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24,
    "xx-large": 32, "xxx-large": 48,
}  # fmt: skip
COLOR = r"(?:[^(),]|\((?:[^()]|\([^()]*\))*\))+"  # 괄호 속의 쉼표는 색을 나누지 않는다
LIGHT = re.compile(rf"light-dark\(({COLOR}),{COLOR}\)")
AT = ("x", "y", "dx", "dy")
TEXTS = (f"{SVG}text", f"{SVG}tspan", f"{SVG}textPath")
# 그림의 글꼴에 가까운 책의 글꼴. 그 밖의 것은 고딕이다
LIKE = (
    (re.compile("mono|courier|consol|coding", re.I), MONO),
    (re.compile("(?<!sans-)serif|times|myeongjo|batang|명조|바탕", re.I), SERIF),
)
ET.register_namespace("", SVG[1:-1])
ET.register_namespace("xlink", LINK[1:-5])


def read(svg):
    """SVG를 나무로 읽는다. DOCTYPE과 주석은 읽지 않고, 그림에 보이지 않는 설명은 뺀다."""
    root = ET.fromstring(svg.removeprefix("\ufeff"))
    for metadata in root.findall(f"{SVG}metadata"):
        root.remove(metadata)
    return root


def texts(root):
    """글을 담은 (요소, 그 글꼴의 이름). 이름은 바깥의 것을 물려받는다."""

    def walk(node, family):
        own = FAMILY.search(node.get("style", ""))
        family = own[1] if own else node.get("font-family", family)
        if node.tag in TEXTS:
            yield node, family
        for child in node:
            yield from walk(child, family)

    return list(walk(root, ""))


def longhand(font):
    """font: bold 12px Arial을 WeasyPrint이 읽는 대로 나누어 적는다."""
    before, size, family = font.groups()
    weight = "bold" if re.search("bold|[6-9]00", before) else "normal"
    return f"font-weight: {weight}; font-size: {size}; font-family: {family}"


def in_pixels(size):
    """WeasyPrint은 large를 0으로, 1rem을 책의 글자 크기로 읽는다."""
    before, value = size.groups()
    if value.endswith("rem"):
        return f"{before}{16 * float(value.removesuffix('rem')):g}px"
    return f"{before}{SIZES[value]}px" if value in SIZES else size[0]


def plain(css):
    """WeasyPrint이 읽는 대로 적은 CSS."""
    return SIZE.sub(in_pixels, FONT.sub(longhand, css))


def spell_out(node):
    """글 조각마다 <tspan>에 담는다. WeasyPrint은 <tspan> 속의 <tspan>에 이어진 글을 잃는다."""
    pieces = [(node.text, None), *((child.tail, child) for child in node)]
    node.text = None
    for words, before in reversed(pieces):
        if before is not None:
            before.tail = None
        if (words or "").strip():
            piece = ET.Element(f"{SVG}tspan")
            piece.text = words
            node.insert(0 if before is None else list(node).index(before) + 1, piece)


def line_up(text):
    """글의 줄마다 <tspan> 하나. WeasyPrint은 여러 조각인 줄을 가운데나 끝에 맞추지 못한다."""
    lines = []
    for piece in list(text):
        if "x" in piece.attrib or not lines:
            lines.append([])
        lines[-1].append(piece)
        text.remove(piece)
    for pieces in lines:
        line = pieces[0]
        if len(pieces) > 1:
            line = ET.Element(f"{SVG}tspan")
            line.attrib = {
                name: pieces[0].attrib.pop(name) for name in AT if name in pieces[0].attrib
            }
            line.extend(pieces)
        text.append(line)
    text[0].set("x", text[0].get("x", text.get("x", "0")))


def arrange(text):
    """여러 줄이거나 조각이 겹친 글을 WeasyPrint이 읽는 대로."""
    parts = list(text.iter(f"{SVG}tspan"))
    nested, lines = [part for part in parts if len(part)], [x for x in text if "x" in x.attrib]
    for part in [*nested, *([text] if nested or lines else [])]:
        spell_out(part)
    if lines:
        line_up(text)


def in_book_fonts(svg):
    """글을 책의 글꼴로 찍을 그림. 컴퓨터마다 다른 글꼴로 찍히지 않게 한다."""
    svg = LIGHT.sub(r"\1", svg)
    if "<text" not in svg:
        return svg
    root = read(svg)
    for node in root.iter():
        if node.tag == f"{SVG}style":
            node.text = plain(FACE.sub("", node.text or ""))
        elif "style" in node.attrib:
            node.set("style", plain(node.get("style")))
        if size := SIZE.fullmatch(f"font-size:{node.get('font-size')}"):
            node.set("font-size", in_pixels(size).removeprefix("font-size:"))
        if re.search(r"white-space\s*:\s*(pre|break-spaces)(?!-line)", node.get("style", "")):
            node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    for text in root.iter(f"{SVG}text"):
        arrange(text)
    for node, family in texts(root):
        name = next((font for words, font in LIKE if words.search(family)), SANS)
        node.set("style", f"{node.get('style', '')}; font-family: {name}")
    return ET.tostring(root, "unicode")


def words(svg):
    """그림에 적힌 글."""
    return "".join("".join(node.itertext()) for node, _ in texts(read(svg)))


def with_letters(svg, fonts):
    """글꼴 fonts로 그린 글자를 글로 되돌린 그림."""
    if not any(f'"#{name}-' in svg for name in fonts):
        return svg
    root = read(svg)
    letters = known_letters(root, fonts)
    for group in list(root.iter(f"{SVG}g")):
        frame = FRAME.fullmatch(group.get("transform", ""))
        if frame and group.find(f"{SVG}use") is not None:
            write(group, frame[1], float(frame[2]) * 100, letters)
    drop_unused(root)
    return ET.tostring(root, "unicode")


def known_letters(root, fonts):
    """{윤곽선의 이름: (글꼴, 글자)}"""
    found = {}
    for path in root.iterfind(f".//{SVG}defs/{SVG}path"):
        name = f"#{path.get('id')}"
        glyph = GLYPH.fullmatch(name)
        font, number = (fonts.get(glyph[1]), int(glyph[2], 16)) if glyph else (None, 0)
        if font and number in font.letters and font.draws(number, path):
            found[name] = font, font.letters[number]
    return found


def write(group, place, size, letters):
    """글 하나를 윤곽선으로 남는 것과 글자로 나눈다."""
    outlines = ET.Element(f"{SVG}g", transform=group.attrib.pop("transform"))
    children = list(group)
    for child in children:
        group.remove(child)
    group.append(outlines)
    for style, run in groupby(children, lambda child: style_of(child, letters)):
        if style is None:
            outlines.extend(run)
        else:
            group.append(text(list(run), *style, place, size, letters))


def style_of(child, letters):
    """책의 글꼴로 그린 글자이면 (글꼴, 배율), 아니면 None."""
    at = PLACE.fullmatch(child.get("transform", ""))
    if at and child.get(LINK) in letters:
        return letters[child.get(LINK)][0], float(at[3] or 1)
    return None


def text(run, font, scale, place, size, letters):
    at = [PLACE.fullmatch(child.get("transform", "")).groups("0") for child in run]
    element = ET.Element(
        f"{SVG}text",
        {
            "font-family": font.family,
            "font-weight": font.weight,
            "font-size": f"{size * scale:g}",
            "transform": place,
            "xml:space": "preserve",
            "x": " ".join(f"{float(x) * size / 100:.6g}" for x, *_ in at),
            "y": " ".join(f"{-float(y) * size / 100:.6g}" for _, y, _ in at),
        },
    )
    element.text = "".join(letters[child.get(LINK)][1] for child in run)
    return element


def drop_unused(root):
    """글자가 된 윤곽선을 지운다. 한 번 그린 윤곽선은 다른 글에서도 쓸 수 있다."""
    used = {use.get(LINK) for use in root.iter(f"{SVG}use")}
    for defs in root.iter(f"{SVG}defs"):
        for path in defs.findall(f"{SVG}path"):
            if GLYPH.fullmatch(name := f"#{path.get('id')}") and name not in used:
                defs.remove(path)
