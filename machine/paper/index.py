"""종이책의 색인: genindex.html의 항목에 쪽수를 적는다. 차례는 tree/index_places.py가 정한다."""

import re

from machine.book.elements import element


def entries(art):
    """{첫 글자: 항목들}. 용어 쪽에만 있는 말은 그 쪽이 이미 가나다순이므로 뺀다."""
    items = {}
    for item in art.select("table.indextable td > ul > li"):
        links = item.find_all("a")
        if not links or any("--term-" not in a["href"] for a in links):
            items.setdefault(item.find_previous("h2").get_text().strip(), []).append(item)
    return items


def drop_elsewhere(art):
    """고른 장에 없는 말과, 그런 말을 보라는 줄을 뺀다. 책 전체에는 그런 것이 없다."""
    lines = art.select("table.indextable li")
    links = {id(line): line.find_all("a") for line in lines}
    for line in lines:
        if links[id(line)] and all("data-elsewhere" in a.attrs for a in links[id(line)]):
            line.extract()
    words = {a.get_text().strip() for a in art.select("table.indextable a")}
    for line in lines:
        other = re.sub("도? 참조$", "", line.get_text().strip())
        if not links[id(line)] and not line.ul and other not in words:
            above = line.find_parent("li")
            line.extract()
            if not above.find(["a", "li"]):
                above.extract()


def index_line(item, page_of):
    """색인의 한 줄과 그 아랫줄들."""
    links, below = item.find_all("a", recursive=False), item.select(":scope > ul > li")
    for x in item.find_all("ul", recursive=False):
        x.extract()
    name = (links[0] if links else item).get_text().strip()
    if not links and len(below) == 1 and not below[0].a:  # 쪽 없이 다른 말을 가리키기만 한다
        other = below[0].get_text().strip().removesuffix(" 참조")
        return element("li", {}, f"{name} → {other}")
    line = element("li", {}, f"{name} ", *numbers(links, page_of))
    if below:
        line.append(element("ul", {}, *(index_line(x, page_of) for x in below)))
    return line


def numbers(links, page_of):
    """쉼표로 이은 쪽수. 한 쪽은 한 번만 적는다."""
    pages = {}
    for a in links:  # 굵은 것(main)이 앞에 있다
        if "data-elsewhere" not in a.attrs:
            pages.setdefault(page_of[a["href"][1:]], a)
    found = []
    for number in sorted(pages):
        text = [element("strong", {}, str(number))] if pages[number].strong else [str(number)]
        found += [", ", element("a", {"href": pages[number]["href"]}, *text)]
    return found[1:]
