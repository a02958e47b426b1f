"""쪽의 제목은 맨 앞에 하나만 있다. 없거나 둘이면 알린다(빌드가 실패한다).

노트북은 흔히 제목보다 앞에 준비 셀을 둔다. 그대로 두면 종이책에서 앞 쪽의 끝에 붙고 노트북의 제목이
없어지므로, 제목의 뒤로 옮긴다.
"""

from docutils import nodes
from sphinx.util import logging

from machine.manuscript import ipynb

log = logging.getLogger(__name__)
NONE = "제목이 없는 쪽입니다. 맨 앞에 # 제목을 적습니다(머리글의 title은 나오지 않습니다)"
MORE = "한 쪽에 제목(#)이 %s입니다: %s. 쪽의 제목만 #으로, 나머지는 ##부터 적습니다"
SHOWN = 5  # 모두 늘어놓으면 다른 알림이 화면 밖으로 밀린다


def check(app, doctree):
    first, *others = [x for x in doctree.children if isinstance(x, nodes.section)] or [None]
    if first is None:
        log.warning(NONE, location=app.env.docname)
        return
    written_as_title = "mathjax_ignore" in first["classes"]  # MyST는 #로 적은 제목에만 붙인다
    if others and written_as_title:
        count = "둘" if len(others) == 1 else f"{len(others) + 1}개"
        log.warning(MORE, count, listed(others), location=others[0][0])
    put_first(doctree, first)


def listed(sections):
    """제목들과, 첫째 뒤의 것은 그 줄."""
    first, *others = sections[:SHOWN]
    names = [f"{section[0].astext()}({line_of(section[0])})" for section in others]
    more = [f"그 밖에 {len(sections) - SHOWN}개"] * (len(sections) > SHOWN)
    return ", ".join([first[0].astext(), *names, *more])


def line_of(node):
    return ipynb.place(node.line) if node.line > ipynb.LONGEST else f"{node.line}번째 줄"


def put_first(doctree, section):
    before = doctree.children[: doctree.index(section)]
    moved = [node for node in before if not isinstance(node, nodes.Invisible)]
    for node in moved:
        doctree.remove(node)
    section[1:1] = moved


def setup(app):
    app.connect("doctree-read", check)
