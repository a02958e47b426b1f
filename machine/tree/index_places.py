"""색인의 말이 그 말이 있는 자리를 가리키게 한다.

{index}를 절의 머리에 한 번 적어도, 절에서 그 말이 처음 나오는 곳에 이름표를 단다. Sphinx는
{index}를 적은 자리만 가리키므로 종이에서는 몇 쪽 앞을 가리킨다. 절에 없는 말은 빌드가 끝날 때
알린다. 말이 있는 곳들은 차례대로, 말은 가나다, ABC의 차례로 둔다.
"""

import re
from string import ascii_uppercase

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

from machine import manuscript
from machine.tree.nodes import ancestors, reading_order

POINTS = {"single", "pair", "triple"}  # see와 seealso는 다른 말을 가리킬 뿐이다
# Sphinx는 첫소리를 조합용 낱자(U+1100…)로 적는데, 홀로 쓰면 작고 높이 찍힌다
INITIALS = {
    chr(0x1100 + n): letter for n, letter in enumerate("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")
}
HOMES = (nodes.section, nodes.document)
NOT_TEXT = (
    nodes.title,
    nodes.literal_block,
    nodes.doctest_block,
    nodes.math_block,
    nodes.comment,
    nodes.raw,
)


class PlaceEntries(SphinxTransform):
    default_priority = 845  # 색인을 모으기(850) 바로 앞

    def apply(self):
        missing = []
        for index in list(self.document.findall(addnodes.index)):
            if index.get("inline") is False:  # 글줄 속의 {index}와 용어집의 말은 제자리에 있다
                missing += self.place_entries(index)
        self.env.metadata[self.env.docname]["index_missing"] = missing

    def place_entries(self, index):
        """가리킬 자리를 바꾸고, 절에 없는 말을 돌려준다: [(줄, 말), …]"""
        section = next(above for above in ancestors(index) if isinstance(above, HOMES))
        missing = []
        for n, (kind, value, _, *rest) in enumerate(index["entries"]):
            if kind not in POINTS:
                continue
            word = specific(value)
            if place := place_of(section, word):
                name = f"index-{self.env.new_serialno('index')}"
                put_target(*place, nodes.target("", "", ids=[name]))
                index["entries"][n] = kind, value, name, *rest
            elif not in_titles(section, word):
                missing.append((index.line, value))
        return missing


def specific(value):
    """ "종류; 하위"에서는 하위. 뒤에 괄호로 덧붙인 말은 글에 그대로 나오지 않는다."""
    return re.sub(r"\s*\(.*\)$", "", value.split(";")[-1].strip())


def pattern(word, strict):
    """strict이면 다른 낱말의 한 부분("편미분"의 "미분")은 세지 않는다. 조사는 뒤에 붙어도 된다."""
    if not strict:  # "이계도함수"와 "이계 도함수"는 같은 말이다
        return re.compile(r"\s*".join(map(re.escape, word.replace(" ", ""))), re.I)
    body = r"\s*".join(map(re.escape, word.split()))
    end = r"(?![A-Za-z0-9_])" if word[-1].isascii() else ""
    return re.compile(rf"(?<!\w){body}{end}", re.I)


def texts(section):
    """절과 하위 절의 글을 차례대로: 문단, 표의 칸, 목록, 그림의 제목."""
    for block in section.findall(nodes.TextElement):
        inside = any(isinstance(node, NOT_TEXT) for node in (block, *ancestors(block)))
        if not inside and not isinstance(block, (nodes.Inline, nodes.Invisible)):
            yield block


def shown(node):
    """읽는 사람에게 보일 글. 수식의 TeX과, 아직 번호로 바뀌지 않은 참조의 이름표는 글이 아니다."""
    if isinstance(node, nodes.Text):
        return str(node)
    label = isinstance(node, addnodes.pending_xref) and not (
        node.get("refexplicit") or node.get("reftype") == "term"
    )
    if label or isinstance(node, (nodes.math, nodes.raw)):
        return "\ufffc"
    return "".join(map(shown, node.children))


def place_of(section, word):
    """그 말이 처음 나오는 (문단, 문단의 자식, 자식 속의 자리)."""
    for strict in (True, False):
        for block in texts(section):
            if found := pattern(word, strict).search(shown(block)):
                return block, *child_at(block, found.start())
    return place_in_code(section, word) if word.isascii() else None


def child_at(block, offset):
    """문단의 글에서 offset번째 글자가 든 자식과, 그 속의 자리."""
    children = iter(block.children)
    child = next(children)
    while offset >= len(shown(child)):
        offset -= len(shown(child))
        child = next(children)
    return child, offset


def place_in_code(section, word):
    """글에는 없고 코드에만 있는 이름이면 그 셀의 앞."""
    for code in section.findall(nodes.literal_block):
        if pattern(word, True).search(code.astext()):
            cell = next(
                inner for inner in (code, *ancestors(code)) if isinstance(inner.parent, HOMES)
            )
            return cell.parent, cell, 0
    return None


def in_titles(section, word):
    return any(
        pattern(word, False).search(title.astext()) for title in section.findall(nodes.title)
    )


def put_target(block, child, offset, target):
    """말의 바로 앞에 이름표를 넣는다. 굵은 글이나 링크 속이면 그 앞에 넣는다."""
    if isinstance(child, nodes.Text) and offset:
        block.replace(child, [nodes.Text(child[:offset]), target, nodes.Text(child[offset:])])
    else:
        block.insert(block.index(child), target)


def tell(app, exc):
    if exc or app.builder.format != "html":
        return
    lines = []
    for doc in reading_order(app.env):
        for line, word in app.env.metadata[doc].get("index_missing", ()):
            where = manuscript.place(app.env.doc2path(doc, False), line)
            lines.append(f"  {where}: {word}")
    if lines:
        print("알림: 색인의 말이 이 절에 없어 {index}를 적은 자리를 가리킵니다.", *lines, sep="\n")


def in_reading_order(app, page, template, context, doctree):
    """색인에서 한 말이 있는 곳들을 차례대로 둔다. Sphinx는 주소의 글자로 늘어놓는다."""
    if page != "genindex":
        return
    places = {}
    for doc in reading_order(app.env):
        url = app.builder.get_relative_uri(page, doc)
        for _, _, name, *_ in app.env.domains["index"].entries.get(doc, ()):
            places.setdefault(f"{url}#{name}", len(places))
    for _, group in context["genindexentries"]:
        for _, (targets, below, _) in group:
            for found in (targets, *(under for _, under in below)):
                found.sort(key=lambda target: (not target[0], places[target[1]]))


def by_letter(app, page, template, context, doctree):
    """색인의 첫 글자들을 가나다, ABC, 그 밖의 차례로 둔다. 종이책과 전자책도 이 차례를 따른다."""
    if index := context.get("genindexentries"):
        index = [(INITIALS.get(head, head), *rest) for head, *rest in index]
        letters = [*INITIALS.values(), *ascii_uppercase]
        order = {letter: n for n, letter in enumerate(letters)}
        index.sort(key=lambda group: order.get(group[0], len(order)))
        context["genindexentries"] = index


def setup(app):
    app.add_transform(PlaceEntries)
    app.connect("html-page-context", in_reading_order)
    app.connect("html-page-context", by_letter)
    app.connect("build-finished", tell)
