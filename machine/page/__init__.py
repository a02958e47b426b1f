"""쪽을 쓰는 방. 어느 쪽에나 하는 일은 끄지 못한다: 코드의 색과, 테마와 패키지가 틀리게 적는 것."""

import re

from docutils import nodes

from . import carried, code

# furo는 제목의 단계를 적지 않고, docutils는 이제 쓰지 않는 role을 적는다
WRONG_ROLES = {
    "furo_navigation_tree": ' role="heading"',
    "body": ' role="doc-biblioentry"| role="list"',
}


def keep_ids_unique(app, doctree, docname):
    """furo는 표와 식을 싸면서 id를 두 번 적고, sphinx-exercise는 문제마다 같은 id를 적는다."""
    seen = set()
    for node in doctree.findall(nodes.Element):
        if {"table-wrapper", "math-wrapper"} & set(node.get("classes", ())):
            node["ids"] = []
        if ids := node.get("ids"):
            node["ids"] = [name for name in ids if name not in seen]
            seen.update(ids)


def mend_roles(app, page, template, context, doctree):
    for part, roles in WRONG_ROLES.items():
        if part in context:
            context[part] = re.sub(roles, "", context[part])


def setup(app):
    code.setup(app)
    carried.setup(app)
    app.connect("doctree-resolved", keep_ids_unique)
    app.connect("html-page-context", mend_roles, priority=900)  # furo가 차례를 그린 뒤
