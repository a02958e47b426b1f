"""쪽의 본문을 EPUB이 허락하는 XHTML로 옮긴다."""

import re
import xml.etree.ElementTree as ET

from machine.book.elements import added, cut, element
from machine.book.left_out import MARKS
from machine.book.whole import compare, squeezed
from machine.ebook.mathml import formula


def prepare(pages):
    """뺄 것을 빼기 앞에 할 일: 접은 셀에는 펼치라는 말 대신 무엇을 접었는지만 적는다."""
    for x in [x for page in pages for x in page.article.select(".collapsed")]:
        folded = "코드" if x.find_parent("details").select(".cell_input") else "출력"
        x.insert_after(added("span", {}, re.sub(" ?펼치기", "", x.get_text()) or folded))


def bind(art):
    """수식은 MathML만 남기고, 전자책에 없는 요소를 있는 것으로 바꾼다."""
    for x in art.select(".katex"):
        x.replace_with(formula(x))
    for x in art.select("summary p"):  # summary에는 문단을 둘 수 없다
        x.name = "span"
    for x in art.find_all("label"):  # 탭의 단추를 뺐으므로 이름만 남는다
        x.name, x.attrs = "p", {"class": "tab"}
    for x in art.select("a > .std-term"):
        x.parent["class"] = "term"
    for pre in art.find_all("pre"):
        box_lines(pre)
    # 좁은 화면에는 단이 하나여야 한다
    for x in art.select(".indextable, .indextable tr, .indextable td"):
        x.unwrap()
    for x in art.find_all(lang=True):
        x["xml:lang"] = x["lang"]


def box_lines(pre):
    """꺾인 줄을 들여 쓸 수 있게 줄마다 상자에 담는다. 끝의 빈 줄은 뺀다."""
    for text in reversed(pre.find_all(string=True)):
        text.replace_with(text.rstrip())
        if text.strip():
            break
    pre.append("\n")
    lines = [line.contents for line in cut(pre, range(1, pre.get_text().count("\n")))]
    pre.clear()
    pre.extend([element("span", {"class": "line"}, *line) for line in lines])


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
    written, read = squeezed(art.get_text()), squeezed("".join(body.itertext()))
    problems = compare({doc: written}, {doc: read}, "전자책")
    images = [img.get("src") for img in body.findall(".//{*}img")]
    if images != [img["src"] for img in art.find_all("img")]:
        problems.append(f"{doc}: 전자책에 빠진 그림이 있습니다")
    return problems
