"""make html이 쓴 한 쪽의 본문을 XHTML로 옮긴다."""
import re
import xml.etree.ElementTree as ET

from figure import SVG, read
from join import HTML, SCREEN_ONLY
from listing import parse
from mathml import formula


def article(doc):
    """한 쪽의 <article>에서 화면에만 쓰는 것을 걷고, 수식을 MathML만 남긴다."""
    art = parse((HTML / f"{doc}.html").read_text("utf-8")).find("article")
    for x in art.select(".katex"):
        x.replace_with(formula(x))
    for x in art.select(f"{SCREEN_ONLY}, details.hide .expanded"):
        x.extract()
    for x in art.select("summary p"):                   # summary에는 문단을 둘 수 없다
        x.name = "span"
    for x in art.select(".collapsed"):
        x.string = re.sub(" ?펼치기", "", x.get_text()) or ("코드" if x.find_parent("details").select(".cell_input") else "출력")
    for x in art.find_all("label"):                     # 탭의 단추를 뺐으므로 이름만 남는다
        x.name, x.attrs = "p", {"class": "tab"}
    for x in art.select("a > .std-term"):
        x.parent["class"] = "term"
    for pre in art.find_all("pre"):
        boxes = parse(f"<pre>{''.join(lines(pre.decode_contents()))}</pre>").pre.contents
        pre.clear()
        pre.extend(list(boxes))
    for x in art.select(".indextable, .indextable tr, .indextable td"):      # 좁은 화면에는 단이 하나여야 한다
        x.unwrap()
    for x in art.find_all(lang=True):
        x["xml:lang"] = x["lang"]
    return art


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
