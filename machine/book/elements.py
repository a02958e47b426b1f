"""쪽의 요소를 다루는 연장: 짓고, 줄에서 자르고, 고치고, 책에 옮길 수 없는 것을 찾는다."""

import re
from itertools import count
from pathlib import Path

import yaml
from bs4 import BeautifulSoup, NavigableString

TABLE = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text("utf-8"))
ALLOWED, BLOCKS = TABLE["allowed"].split(), TABLE["blocks"].split()
OLD_ELEMENTS, OLD_STYLES = TABLE["old_elements"], TABLE["old_styles"]


def parse(html):
    return BeautifulSoup(html, "html.parser")


MAKER = parse("")


def element(name, attributes=(), *children):
    """새 요소. 글로 적어 다시 읽는 것보다 훨씬 빠르다."""
    new = MAKER.new_tag(name, attrs=dict(attributes))
    new.extend(children)
    return new


def added(name, attributes=(), *children):
    """쪽에는 없고 책에만 적는 요소. 견줄 때 세지 않는다."""
    return element(name, {**dict(attributes), "data-added": ""}, *children)


def classes(node):
    return getattr(node, "attrs", {}).get("class", ()) if node else ()


def cut(node, ends, number=None):
    """요소를 ends번째 줄의 끝마다 자른 것들. 여러 줄에 걸친 속의 요소는 닫고 다시 연다."""
    number = number or count(1)
    if isinstance(node, NavigableString):
        return cut_text(node, ends, number)
    parts = [element(node.name, node.attrs)]
    for child in list(node.children):
        first, *rest = cut(child, ends, number)
        parts[-1].append(first)
        parts += [element(node.name, node.attrs, piece) for piece in rest]
    return parts


def cut_text(text, ends, number):
    parts = [""]
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        parts[-1] += line
        if line.endswith("\n") and next(number) in ends:
            parts.append("")
    return parts


def plain_tex(tex):
    """수식의 대체 글: 짜임새를 정하는 명령을 뺀 TeX."""
    return " ".join(re.sub(r"\\(begin|end){(equation\*?|split)}|\\displaystyle", "", tex).split())


def formula_tex(x):
    """수식의 대체 글. 수식이 아니면 None."""
    if x.name == "math":
        return x.get("alttext", "")
    if "katex" not in classes(x):
        return None
    tex = x.select_one("annotation")
    return x.get("aria-label") or plain_tex(tex.get_text() if tex else x.get_text())


def restyle(art):
    """옛 요소(font)와 속성(align)을 style로. WeasyPrint은 보지 않고 EPUB은 허락하지 않는다."""
    for x in art.find_all([*OLD_ELEMENTS]):
        name, style = OLD_ELEMENTS[x.name]
        in_paragraph = name in BLOCKS and x.find_parent("p")
        x.name = "span" if in_paragraph else name
        x["style"] = "; ".join(filter(None, [style, x.get("style")]))
    for x in art.find_all(lambda x: x.name != "img" and OLD_STYLES.keys() & x.attrs.keys()):
        names = [name for name in OLD_STYLES if name in x.attrs]
        rules = [OLD_STYLES[name].format(x.attrs.pop(name)) for name in names]
        x["style"] = "; ".join(filter(None, [*rules, x.get("style")]))


def widen_float(img):
    """글이 옆으로 흐르는 그림의 너비(%)는 그 그림이 아니라 글의 너비에서 잰다."""
    side = img.find_parent("figure", class_=["align-left", "align-right"])
    if side and "%" in img.get("style", ""):
        side["style"], img["style"] = f"{img['style']}; {side.get('style', '')}", "width: 100%"


def refused(art):
    """책에 옮길 수 없는 요소들을 알리는 글. 셀의 출력 하나에서는 한 줄만."""
    groups = {}
    for x in strange(art):
        groups.setdefault(id(x.find_parent(class_="cell_output") or x), []).append(x)
    for first, *others in groups.values():
        more = f" 외 {len(others)}개" if others else ""
        what = f"책에 옮길 수 없는 요소입니다: {opening(first)}{more}"
        yield f"{what}. 그림이나 글로 바꾸어 적습니다."


def strange(element):
    """ALLOWED에 없거나 스크립트를 부르는 요소. 수식의 속은 보지 않는다."""
    for x in element.find_all(True, recursive=False):
        script = any(name.startswith("on") for name in x.attrs)
        if x.name not in ALLOWED or script or x.name == "img" and not x.get("src"):
            yield x
        elif "katex" not in classes(x):
            yield from strange(x)


def opening(x):
    """요소가 시작하는 꼬리표. 알아볼 만큼만."""
    attributes = ""
    for name, value in x.attrs.items():
        if not name.startswith("data-") and name != "style":
            attributes += f' {name}="{value if isinstance(value, str) else " ".join(value)}"'
    return f"<{x.name}{attributes if len(attributes) < 100 else attributes[:100] + '…'}>"
