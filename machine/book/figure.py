"""그림(SVG)을 종이책과 전자책이 받는 것으로 고친다.

종이책에서는 글자를 책의 글꼴로 찍을 글자로 되돌린다. 그래야 PDF에서 찾고 베낄 수 있다. 맷플롯립은
글자를 하나씩 <use xlink:href="#글꼴-글리프번호">로 그린다. 그 글꼴이 책의 것이면 번호에서 글자를
알 수 있다. 그려진 자리에 그 글자를 놓고, 다른 글꼴의 글자와 분수의 선 따위는 윤곽선 그대로 둔다.
맷플롯립이 그리지 않은 그림은 건드리지 않는다.
"""

import re
import xml.etree.ElementTree as ET
from itertools import groupby

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
GLYPH = re.compile(r"#(.+)-([0-9a-f]+)")
PLACE = re.compile(r"(?:translate\((\S+) (\S+)\))?\s*(?:scale\((\S+)\))?")  # 글자의 자리
FRAME = re.compile(r"(.*?) ?scale\((\S+) -\2\)")  # 글 전체의 자리. 글자는 100을 크기로 그린다
ET.register_namespace("", SVG[1:-1])
ET.register_namespace("xlink", LINK[1:-5])


def read(svg):
    """SVG를 나무로 읽는다. DOCTYPE과 주석은 읽지 않고, 그림에 보이지 않는 설명은 뺀다."""
    root = ET.fromstring(svg)
    for metadata in root.findall(f"{SVG}metadata"):
        root.remove(metadata)
    return root


def without_doctype(svg):
    """EPUB이 허락하는 그림."""
    root = read(svg)
    for path in root.iter(f"{SVG}path"):  # 맷플롯립이 그린 빈칸에는 d가 없다
        path.set("d", path.get("d", ""))
    return ET.tostring(root, "unicode")


def texts(svg):
    """저자의 그림에 글자로 적힌 글."""
    if "<text" in svg:
        for text in read(svg).iter(f"{SVG}text"):
            yield "".join(text.itertext())


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
