"""놓일 자리보다 넓은 식과 표를 쪽을 나누기 앞에 줄인다. 한도까지 줄여도 넓은 것은 한꺼번에 알린다.

온 책을 나누어 보고 줄이면 다시 나누어야 하므로, 식과 표마다 그것을 둘러싼 요소들만 함께 놓아 잰다.
"""

import re
from xml.etree.ElementTree import Element, SubElement

from machine.maths import WIDE, longest_piece
from machine.paper.checks import doc_of, laid, shown, source_line
from machine.paper.weasyprint_inside import sheet

# (크기, 표의 모양). 0.7은 첨자의 크기이며, 더 줄이면 식 속의 첨자를 읽을 수 없다.
# 줄여도 넓은 표는 낱말을 아무 데서나 꺾는다(tight).
STEPS = [(0.9, "small"), (0.8, "small"), (0.7, "small"), (0.7, "small tight")]
ENDLESS = "@page { size: 210mm 99999mm } * { break-before: auto !important }"
PARTS = {"thead", "tbody", "tfoot"}
ENVIRONMENT = re.compile(r"\\begin\{(\w+)\*?\}")


class Sample:
    """식이나 표 하나. path는 body의 자식부터 그것까지의 요소들."""

    def __init__(self, path):
        self.path, self.element = path, path[-1]
        self.doc = ""
        for element in path:
            self.doc = doc_of(element, self.doc)
        self.is_table = self.element.tag == "table"
        parts = [x for x in self.element.iter() if x.get("class") == "katex-display"]
        if self.is_table:  # 제목은 줄이지 않는다
            parts = [x for x in self.element if x.tag in PARTS]
        self.styles = {part: part.get("style", "") for part in parts}
        self.looks = self.element.get("class", "")
        self.ratio = 1  # 자리의 너비를 식의 너비로 나눈 것

    def shrink(self, scale, look):
        for part, style in self.styles.items():
            part.set("style", f"font-size: {scale:.0%}; {style}")
        if self.is_table:
            self.element.set("class", f"{self.looks} {look}")

    def can(self, scale, look):
        """그만큼 줄여 볼 만한가. 글줄 속의 식은 줄이지 않는다."""
        return self.is_table or self.styles and scale <= self.ratio and "tight" not in look

    def alone(self):
        """그것과, 그것을 둘러싼 요소들만 있는 나무."""
        tree = self.element
        for outer in self.path[-2::-1]:
            inner, tree = tree, Element(outer.tag, outer.attrib)
            tree.append(inner)
        return tree

    def problem(self):
        """어디의 무엇이 넓은지."""
        if self.is_table:
            what, text = "표", " ".join("".join(self.element.itertext()).split())
        else:
            text = next(self.element.iter("main")).get("aria-label")
            what = "식" if self.styles else "줄 속의 식"
            if environments := dict.fromkeys(ENVIRONMENT.findall(text)):
                what += f"({', '.join(environments)})"
        if code := self.code():
            what = f"출력의 {what}"
        rows = ["".join(texts(row)) for row in self.element.iter("tr")]
        parts = sorted(texts(self.element), key=len, reverse=True)
        found = source_line(self.doc, *code, *rows, *parts)
        return f"{found or self.doc}: 종이나 칸에 넘치는 {what}: {text[:40]}"

    def code(self):
        """출력이면 그것을 낸 코드."""
        cells = [x for x in self.path if "cell" in x.get("class", "").split()]
        return ["".join(pre.itertext()) for cell in cells for pre in [*cell.iter("pre")][:1]]


def texts(element):
    """요소에 있는 글과 식의 TeX. 식의 속은 보지 않는다."""
    yield element.get("aria-label") or element.text or ""
    for child in element if element.tag != "main" else ():
        yield from texts(child)
        yield child.tail or ""


def samples(element, path=()):
    """따로 놓아 볼 것: 따로 세운 식, 표, 글줄 속의 긴 식."""
    for child in element:
        here = (*path, child)
        if is_sample(child):
            yield Sample(here)
        elif isinstance(child.tag, str) and child.tag != "main":
            yield from samples(child, here)


def is_sample(element):
    if element.tag == "div" and "math" in element.get("class", "").split():
        formula = element.find(".//main")
        return formula is not None and len("".join(formula.itertext())) > WIDE
    return element.tag == "table" or element.tag == "main" and longest_piece(element) > WIDE


def fit(source, fonts):
    """읽은 책에서 넓은 식과 표를 줄이고, 그래도 넓은 것을 알린다."""
    head, body = source.etree_element
    whole = list(body)
    style = SubElement(head, "style")
    style.text = ENDLESS

    def overflowing(samples):
        body[:] = [sample.alone() for sample in samples]
        return too_wide(source.render(font_config=fonts), samples) if samples else []

    wide = overflowing([*samples(body)])
    for scale, look in STEPS:
        tried = [sample for sample in wide if sample.can(scale, look)]
        for sample in tried:
            sample.shrink(scale, look)
        wide = [*(sample for sample in wide if sample not in tried), *overflowing(tried)]
    body[:] = whole
    head.remove(style)
    return [sample.problem() for sample in wide]


def too_wide(document, samples):
    """놓아 본 것 가운데 제자리를 넘는 것."""
    owner = {element: sample for sample in samples for element in sample.element.iter()}
    found, rooms, edges = set(), {}, {}
    for page in document.pages:
        whole = sheet(page)
        for box, _, block, right in laid(whole, whole.content_box_x() + whole.width):
            sample = owner.get(box.element)
            if sample and box.element is sample.element:
                rooms.setdefault(sample, box.width)
            if sample and shown(box, block)[0]:
                left, end = box.position_x, box.position_x + box.width
                edges.setdefault(sample, []).extend((left, end))
                found |= {sample} if end > right + 1 else set()
    for sample in found:
        sample.ratio = rooms[sample] / (max(edges[sample]) - min(edges[sample]))
    return [sample for sample in samples if sample in found]
