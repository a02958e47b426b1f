"""단추를 말하는 글은 그 단추가 사이트에 있을 때에만 보인다.

원고의 [글]{.if-run}이나 :::{container} if-run에 담은 글이다. 종이책, 전자책, 노트북에는 단추가
없으므로 옮기지 않는다. PDF와 EPUB의 링크는 찍은 뒤에 생기므로 그때(book_files.py) 다시 본다.
"""

import re
from difflib import get_close_matches

from docutils import nodes
from sphinx.util import logging

from machine.tree.nodes import with_line

log = logging.getLogger(__name__)
FILES = {"pdf": ">PDF로 읽기</a>", "epub": ">EPUB으로 읽기</a>"}
# {이름: 단추가 있는 쪽의 HTML에 있는 글}
SIGNS = {
    "run": 'class="run-here"',
    "notebook": ">노트북 내려받기</a>",
    "colab": ">코랩에서 열기</a>",
    "binder": ">Binder에서 열기</a>",
    "source": ">원고 보기</a>",
    "report": ">문제 알리기</a>",
    "comments": 'class="comments"',
    "offline": 'class="offline"',
} | FILES
PROGRESS = "progress"  # 스크립트만 있어 쪽에서 찾을 수 없다
NAMES = [*SIGNS, PROGRESS]
IF = "if-"
TAG = re.compile(rf'<\w+ [^>]*?class="(?:[^"]* )?{IF}([\w-]+)[^"]*"[^>]*>')
HIDDEN = ' hidden=""'
ALONE = "문단이나 항목에 단추를 말하는 글만 여럿 있습니다. 하나씩 나누어 적으세요"
UNKNOWN = "모르는 단추의 이름입니다: %s%s. %s 가운데 하나를 적으세요"


def names_of(node):
    """이 글이 말하는 단추들의 이름."""
    return [name.removeprefix(IF) for name in node["classes"] if name.startswith(IF)]


def is_apart(node):
    """화면이나 단추가 있어야 맞는 글인가."""
    return bool(names_of(node)) or "screen" in node["classes"]


def check(doctree):
    for node in doctree.findall(nodes.Element):
        for name in set(names_of(node)) - set(NAMES):
            near = "".join(f"({IF}{guess}?)" for guess in get_close_matches(name, NAMES, 1))
            names = ", ".join(IF + known for known in NAMES)
            log.warning(UNKNOWN, IF + name, near, names, location=with_line(node))


def lift(doctree):
    """문단이나 항목이 그 글뿐이면 문단이나 항목의 것으로 본다. 빈 점만 남지 않게."""
    for place in [*doctree.findall(nodes.paragraph)]:
        inside = [node for node in place if not is_blank(node)]
        if inside and all(isinstance(node, nodes.inline) and is_apart(node) for node in inside):
            if len(inside) > 1:
                log.warning(ALONE, location=with_line(place))
            place.children = []
            place.extend(inside[0].children)
            if isinstance(place.parent, nodes.list_item) and len(place.parent) == 1:
                place = place.parent
            place["classes"] += inside[0]["classes"]


def is_blank(node):
    return isinstance(node, nodes.Text) and not node.strip()


def prepare(app, doctree):
    check(doctree)
    lift(doctree)


def leave_out(app, doctree, docname):
    if app.builder.name == "notebook":
        for node in [*doctree.findall(nodes.Element)]:
            if names_of(node):
                remove(node)


def remove(node):
    """비게 된 문단이나 목록도 함께."""
    place = node.parent
    place.remove(node)
    if not place.children:
        remove(place)


def found(pages):
    """쪽들에 있는 단추의 이름들."""
    return {name for name, sign in SIGNS.items() if any(sign in html for html in pages)}


def shown(html, names, there):
    """names의 단추를 말하는 글을, 그 단추가 있으면(there) 보이고 없으면 감춘다."""

    def turn(tag):
        if tag[1] not in names:
            return tag[0]
        plain = tag[0].replace(HIDDEN, "")
        return plain if tag[1] in there else plain.replace(" class=", f"{HIDDEN} class=", 1)

    return TAG.sub(turn, html)


def finish(app, pages):
    there = found(pages.values()) | {PROGRESS} - set(app.config.book_without)
    for name, html in pages.items():
        pages[name] = shown(html, NAMES, there)


def setup(app):
    app.connect("doctree-read", prepare)
    app.connect("doctree-resolved", leave_out)
