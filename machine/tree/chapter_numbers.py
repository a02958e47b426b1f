"""장 번호를 폴더 이름에서 얻는다: chapters/chap9/이면 절 9.1, 그림·표·연습문제 9-1, 식 (9.1).

Sphinx가 번호를 다 매긴 뒤에 바꾼다. 시작 번호를 정하는 설정이 sphinx-external-toc에 없고, 그림
번호의 붙임표를 정하는 설정이 Sphinx에 없다. 장의 첫 쪽에 있는 소제목도 Sphinx에서는 번호를
차지하므로, 절은 차례의 순서대로 센다.
"""

from docutils import nodes

from machine.settings.conventions import chapter


def renumber(app, env):
    order = {}
    for children in env.toctree_includes.values():
        order |= {child: n for n, child in enumerate(children, 1)}
    for doc, anchors in env.toc_secnumbers.items():
        if number := chapter(doc):
            own = (number,) if len(anchors[""]) == 1 else (number, order[doc])
            env.toc_secnumbers[doc] = dict.fromkeys(anchors) | {"": own}
            env.titles[doc]["secnumber"] = own
            for entry in env.tocs[doc].findall(nodes.reference):
                entry["secnumber"] = None if entry["anchorname"] else own
    for doc, kinds in env.toc_fignumbers.items():
        if number := chapter(doc):
            for kind, ids in kinds.items():
                hyphen = "." if kind == "displaymath" else "-"
                kinds[kind] = {name: (f"{number}{hyphen}{old[-1]}",) for name, old in ids.items()}
    return list(env.all_docs)  # 번호가 바뀌면 모든 쪽을 다시 쓴다


def setup(app):
    app.connect("env-get-updated", renumber)
