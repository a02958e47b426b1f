"""쪽에서 이름표가 가리키는 것을 오린다. 다른 쪽에 놓아도 되게 이름표와 단추를 뗀다."""

from copy import copy
from urllib.parse import unquote

from bs4 import BeautifulSoup, SoupStrainer

from machine import kept

HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
# 홀로는 뜻이 없는 조각. 그것을 담은 것을 오린다
PARTS = {
    *HEADINGS,
    *("a", "abbr", "b", "cite", "code", "del", "em", "i", "kbd", "mark", "s", "small", "span"),
    *("strong", "sub", "sup", "img", "figcaption", "caption", "summary", "dd"),
    *("thead", "tbody", "tr", "td", "th"),
}
FIRST_PARAGRAPH = ":scope > p:not([class])"  # 읽는 시간, 실행한 날 따위에는 클래스가 있다
# 그 자리에서만 쓰는 것: 답의 틀과 힌트도 문제를 풀 때에 쓴다
LEFT_OUT = "a.headerlink, .backrefs, button, nav, script, noscript, .cell.tag_starter, details.hint"
# 이름표이거나 이름표를 부르는 속성
NAMING = {"id", "for", "headers", "aria-labelledby", "aria-describedby", "aria-controls"}


@kept.by_text
def pieces(html, labels):
    """{이름표: 오린 HTML}. 이름표는 링크에 적힌 그대로이며, 쪽에 없는 것은 빠진다."""
    page = BeautifulSoup(html, "html.parser", parse_only=SoupStrainer("article"))
    named = {tag["id"]: tag for tag in page.find_all(id=True)}
    targets = {label: named.get(unquote(label)) for label in labels.split("\n")}
    return {label: cut(page, target) for label, target in targets.items() if target}


def cut(page, target):
    block = whole(target)
    if block.name == "section":
        box = beginning(page, block)
    elif block.name == "dt":
        box = wrapped(page, "dl", ["glossary"], [block, block.find_next_sibling("dd")])
    elif block.name == "li":
        box = wrapped(page, "ul", [], [block])
    elif block.find_parent(class_="cell_output"):  # 어두운 화면에서 뒤집을 그림이 있다
        box = wrapped(page, "div", ["cell_output"], [block])
    else:
        box = copy(block)
    if box.name == "details" and "solution" not in box.get("class", ""):
        box["open"] = ""  # 접은 문제와 증명은 펴고, 풀이는 접어 둔다
    return str(tidy(box))


def whole(target):
    """홀로 보일 수 있는 것. 자리만 표시한 것이면 그 자리의 것이고, 조각이면 그것을 담은 것이다."""
    is_mark = target.name in ("span", "a") and not target.find_all(True) and not target.get_text()
    before, after = target.find_previous_sibling(), target.find_next_sibling()
    if is_mark and before and after:
        return whole(after)
    is_untitled = target.name == "section" and not target.find(HEADINGS, recursive=False)
    is_part = is_mark or is_untitled or target.name in PARTS
    return whole(target.parent) if is_part else target


def beginning(page, section):
    """절의 제목과 첫 문단."""
    heading = section.find(HEADINGS, recursive=False)
    box = wrapped(page, "div", [], [heading, section.select_one(FIRST_PARAGRAPH)])
    title = box.find(heading.name)
    title.name, title["class"] = "p", ["link-preview-title"]  # 이 쪽의 제목이 아니다
    return box


def wrapped(page, name, classes, blocks):
    box = page.new_tag(name, attrs={"class": classes} if classes else {})
    box.extend(copy(block) for block in blocks if block)
    return box


def tidy(box):
    for part in box.select(LEFT_OUT):
        part.decompose()
    for back in box.select("[role=doc-backlink]"):
        back.unwrap()
    for part in [box, *box.find_all(True)]:
        part.attrs = {name: value for name, value in part.attrs.items() if name not in NAMING}
    return box
