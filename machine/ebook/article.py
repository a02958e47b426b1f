"""make html이 쓴 한 쪽의 본문을 XHTML로 옮긴다."""

import re
import xml.etree.ElementTree as ET

from machine.book.figure import SVG, read
from machine.book.listing import parse
from machine.book.paper import MARKS, NOT_IN_EPUB, added, leave_out, page, refused
from machine.book.whole import compare, pieces, squeezed
from machine.ebook.mathml import formula


def article(doc):
    """(한 쪽의 본문, 옮기지 못한 것). 화면에만 쓰는 것을 걷고, 수식은 MathML만 남긴다."""
    art = page(doc, NOT_IN_EPUB)
    written = pieces(art, doc)
    for x in art.select(".collapsed"):
        folded = "코드" if x.find_parent("details").select(".cell_input") else "출력"
        x.insert_after(added(f"<span>{re.sub(' ?펼치기', '', x.get_text()) or folded}</span>"))
    leave_out(art)
    problems = refused(doc, art, "EPUB에 담을")
    for x in art.select(".katex"):
        x.replace_with(formula(x))
    for x in art.select("summary p"):  # summary에는 문단을 둘 수 없다
        x.name = "span"
    for x in art.find_all("label"):  # 탭의 단추를 뺐으므로 이름만 남는다
        x.name, x.attrs = "p", {"class": "tab"}
    for x in art.select("a > .std-term"):
        x.parent["class"] = "term"
    for pre in art.find_all("pre"):
        boxes = parse(f"<pre>{''.join(lines(pre.decode_contents()))}</pre>").pre.contents
        pre.clear()
        pre.extend(list(boxes))
    for x in art.select(
        ".indextable, .indextable tr, .indextable td"
    ):  # 좁은 화면에는 단이 하나여야 한다
        x.unwrap()
    for x in art.find_all(lang=True):
        x["xml:lang"] = x["lang"]
    return art, problems + compare(written, pieces(art, doc), "전자책")


def unmark(art):
    """견주려고 적은 것을 지운다."""
    for x in art.find_all(True):
        x.attrs = {name: value for name, value in x.attrs.items() if name not in MARKS}


def read_back(doc, art, xhtml):
    """쓴 XHTML을 다시 읽어 글과 그림을 견준다. 요소가 어긋났으면 읽지 못한다."""
    try:
        body = ET.fromstring(xhtml).find("{*}body")
    except ET.ParseError as error:
        return [f"{doc}: XHTML로 옮기지 못했습니다: {error}"]
    images = [img.get("src") for img in body.findall(".//{*}img")] == [
        img["src"] for img in art.find_all("img")
    ]
    written, read = squeezed(art.get_text()), squeezed("".join(body.itertext()))
    return compare({doc: written}, {doc: read}, "전자책") + (
        [] if images else [f"{doc}: 전자책에 빠진 그림이 있습니다"]
    )


def lines(code):
    """꺾인 줄을 들여 쓸 수 있게 줄마다 상자에 담는다. 여러 줄에 걸친 요소는 줄마다 닫고 다시 연다."""
    opened, code = [], re.sub(r"\s+(?=(</\w+>|\s)*$)", "", code)
    for line in code.split("\n"):
        start = "".join(opened)
        for tag in re.findall("<[^>]+>", line):
            opened = opened[:-1] if tag.startswith("</") else [*opened, tag]
        end = "".join(f"</{re.match('<([a-z]+)', tag)[1]}>" for tag in reversed(opened))
        yield f'<span class="line">{start}{line}\n{end}</span>'


def drawing(svg):
    """맷플롯립의 SVG에는 EPUB이 허락하지 않는 DOCTYPE이 있고, 빈칸 글자의 path에는 d가 없다. DOCTYPE과 주석은 읽을 때 빠진다."""
    root = read(svg)
    for path in root.iter(f"{SVG}path"):
        path.set("d", path.get("d", ""))
    return ET.tostring(root, "unicode")
