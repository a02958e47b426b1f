"""`:class: dropdown`을 붙인 상자와 연습문제의 풀이를 details로 접는다.

스크립트 없이 자판으로도 여닫는다. sphinx-togglebutton은 쪽을 그린 뒤에 스크립트로 접어 글이
움직이고, 스크립트가 꺼져 있으면 접지 못한다.
"""

from docutils import nodes
from sphinx.locale import admonitionlabels

from machine.tree.nodes import number_of, unlink


def raw(text):
    return nodes.raw("", text, format="html")


def heading(box, number):
    """상자의 제목. 링크를 남기면 누를 때 펼치지 않고 떠난다."""
    if not isinstance(box[0], nodes.title):
        return [nodes.Text(admonitionlabels[box.tagname])]
    unlink(box[0])
    if not number:
        return box[0].children
    label = nodes.inline("", f"{box[0]['title'] % number} ", classes=["caption-number"])
    return [label, *box[0].children]


def folded(box, number):
    """상자를 대신할 노드들."""
    kind = [box.tagname] if box.tagname in admonitionlabels else []
    classes = " ".join(["admonition", *box["classes"], *kind])
    first, *others = [f'id="{name}"' for name in box["ids"]] or [""]
    start = f'<details class="{classes}" {first}'.rstrip()
    return [
        raw(f'{start}><summary><p class="admonition-title">'),
        nodes.inline("", "", *heading(box, number)),
        raw("</p></summary>" + "".join(f"<span {name}></span>" for name in others)),
        *box[isinstance(box[0], nodes.title) :],
        raw("</details>"),
    ]


def fold(app, doctree, docname):
    if app.builder.format != "html":
        return
    for box in list(doctree.findall(nodes.Admonition)):
        if "dropdown" in box["classes"]:
            number = number_of(app.env, docname, "exercise", box["ids"])
            at = box.parent.index(box)  # replace_self는 클래스를 첫 노드에 옮겨 적는다
            box.parent[at : at + 1] = folded(box, number)


def setup(app):
    app.connect("doctree-resolved", fold)
