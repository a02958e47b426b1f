"""색인의 말이 그 말이 있는 자리를 가리키게 한다. {index}를 절의 머리에 한 번 적어도, 절에서 그 말이 처음 나오는 곳에 이름표를 단다.

Sphinx는 {index}를 적은 자리만 가리키므로 종이에서는 몇 쪽 앞을 가리킨다. 절에 없는 말은 빌드가 끝날 때 알린다.
"""

import re
from itertools import accumulate

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

from machine.tree.nodes import ancestors

POINTS = {"single", "pair", "triple"}  # see와 seealso는 다른 말을 가리킬 뿐이다
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
            if index.get("inline") is not False:  # 글줄 속의 {index}와 용어집의 말은 제자리에 있다
                continue
            section = index.parent
            while section.parent is not None and not isinstance(section, nodes.section):
                section = section.parent
            for n, (kind, value, target, main, key) in enumerate(index["entries"]):
                place = place_of(section, specific(value)) if kind in POINTS else None
                if place:
                    name = f"index-{self.env.new_serialno('index')}"
                    put_target(*place, nodes.target("", "", ids=[name]))
                    index["entries"][n] = kind, value, name, main, key
                elif kind in POINTS and not in_titles(section, specific(value)):
                    missing.append((index.line, value))
        self.env.index_missing[self.env.docname] = missing


def specific(value):
    """ "종류; 하위"에서는 하위. 뒤에 괄호로 덧붙인 말은 글에 그대로 나오지 않는다."""
    return re.sub(r"\s*\(.*\)$", "", value.split(";")[-1].strip())


def pattern(word, strict):
    """strict이면 다른 낱말의 한 부분("편미분"의 "미분")은 세지 않는다. 조사는 뒤에 붙어도 된다."""
    body = r"\s*".join(map(re.escape, word.split()))
    if not strict:  # "이계도함수"와 "이계 도함수"는 같은 말이다
        return re.compile(r"\s*".join(map(re.escape, word.replace(" ", ""))), re.IGNORECASE)
    return re.compile(
        rf"(?<!\w){body}" + (r"(?![A-Za-z0-9_])" if word[-1].isascii() else ""), re.IGNORECASE
    )


def texts(section):
    """절과 하위 절의 글을 차례대로: 문단, 표의 칸, 목록, 그림의 제목."""
    for block in section.findall(nodes.TextElement):
        if isinstance(block, NOT_TEXT) or isinstance(block, (nodes.Inline, nodes.Invisible)):
            continue
        if not any(isinstance(parent, NOT_TEXT) for parent in ancestors(block)):
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
                ends = list(accumulate(len(shown(child)) for child in block.children))
                n = next(n for n, end in enumerate(ends) if found.start() < end)
                return block, block.children[n], found.start() - ([0] + ends)[n]
    return place_in_code(section, word) if word.isascii() else None


def place_in_code(section, word):
    """글에는 없고 코드에만 있는 이름이면 그 셀의 앞."""
    for code in section.findall(nodes.literal_block):
        if pattern(word, True).search(code.astext()):
            while code.parent is not None and not isinstance(
                code.parent, (nodes.section, nodes.document)
            ):
                code = code.parent
            return code.parent, code, 0
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


def begin(app, env, docnames):
    if not hasattr(env, "index_missing"):
        env.index_missing = {}


def purge(app, env, docname):
    getattr(env, "index_missing", {}).pop(docname, None)


def merge(app, env, docnames, other):
    env.index_missing |= {
        doc: other.index_missing[doc] for doc in docnames if doc in other.index_missing
    }


def tell(app, exc):
    if exc or app.builder.format != "html":
        return
    lines = [
        f"  {app.env.doc2path(doc, False)}:{line}: {word}"
        for doc, missing in sorted(app.env.index_missing.items())
        for line, word in missing
    ]
    if lines:
        print(
            "\n".join(["알림: 색인의 말이 이 절에 없어 {index}를 적은 자리를 가리킵니다.", *lines])
        )


def setup(app):
    app.add_transform(PlaceEntries)
    app.connect("env-before-read-docs", begin)
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    app.connect("build-finished", tell)
