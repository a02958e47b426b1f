"""긴 코드를 좁은 화면에서만 접는다: 셀에 꼬리표 fold-narrow를 단다.

MyST-NB의 hide-input은 어느 화면에서든, 종이책과 전자책에서도 접는다. 접는 일은 쪽을 읽는 브라우저가
하므로(fold.js) 넓은 화면, 종이책, 전자책, 노트북, 스크립트를 끈 화면에는 펼친 코드가 그대로 있다.
"""

from difflib import get_close_matches
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

from machine.page.scripts import own

log = logging.getLogger(__name__)
TAG = "fold-narrow"
ALIKE = 0.8  # fold-narow는 fold-narrow를 잘못 적은 것으로 친다
FOLD = own(Path(__file__).with_name("fold.js").read_text("utf-8"))
NO_CODE = f"꼬리표 {TAG}로 접을 코드가 없습니다. 코드를 숨기는 꼬리표와 함께 달지 않습니다."
MISSPELT = f"모르는 꼬리표입니다: %s({TAG}?)"


def is_kind(node, kind):
    return isinstance(node, nodes.container) and node.get("nb_element") == kind


def fold(app, doctree, docname):
    if app.builder.format != "html":
        return
    for cell in doctree.findall(lambda node: is_kind(node, "cell_code")):
        tags = set(cell.get("cell_metadata", {}).get("tags", ()))
        for tag in tags - {TAG}:
            if get_close_matches(tag, [TAG], 1, ALIKE):
                log.warning(MISSPELT, tag, location=cell)
        if TAG not in tags:
            continue
        if cell.children and is_kind(cell[0], "cell_code_source"):
            cell.insert(1, nodes.raw("", FOLD, format="html"))
        else:
            log.warning(NO_CODE, location=cell)


def setup(app):
    app.connect("doctree-resolved", fold)
