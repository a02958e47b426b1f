"""`:class: dropdown`을 붙인 상자와 연습문제의 풀이를 details로 접는다. 스크립트 없이 자판으로도 여닫는다.

sphinx-togglebutton은 쪽을 그린 뒤에 스크립트로 접어 글이 움직이고, 스크립트가 꺼져 있으면 접지 못한다.
"""

from docutils import nodes
from sphinx.locale import admonitionlabels


def raw(text):
    return nodes.raw("", text, format="html")


def heading(box, numbers):
    """상자의 제목. 링크를 남기면 누를 때 펼치지 않고 떠난다."""
    if not isinstance(box[0], nodes.title):
        return [nodes.Text(admonitionlabels[box.tagname])]
    for link in list(box[0].findall(nodes.reference)):
        link.parent.replace(link, link.children)
    found = [".".join(map(str, numbers[name])) for name in box["ids"] if name in numbers]
    number = (
        [nodes.inline("", f"{box[0]['title'] % found[0]} ", classes=["caption-number"])]
        if found
        else []
    )
    return number + box[0].children


def fold(app, doctree, docname):
    if app.builder.format != "html":
        return
    for box in [
        node for node in doctree.findall(nodes.Admonition) if "dropdown" in node["classes"]
    ]:
        title = nodes.inline(
            "", "", *heading(box, app.env.toc_fignumbers.get(docname, {}).get("exercise", {}))
        )
        kinds = " ".join(
            [
                "admonition",
                *box["classes"],
                *([] if box.tagname not in admonitionlabels else [box.tagname]),
            ]
        )
        ids = f' id="{box["ids"][0]}"' if box["ids"] else ""
        more = "".join(f'<span id="{name}"></span>' for name in box["ids"][1:])
        at = box.parent.index(box)  # replace_self는 클래스를 첫 노드에 옮겨 적는다
        box.parent[at : at + 1] = [
            raw(f'<details class="{kinds}"{ids}><summary><p class="admonition-title">'),
            title,
            raw(f"</p></summary>{more}"),
            *box[isinstance(box[0], nodes.title) :],
            raw("</details>"),
        ]


def setup(app):
    app.connect("doctree-resolved", fold, priority=900)
