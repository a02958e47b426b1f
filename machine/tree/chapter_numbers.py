"""장 번호를 폴더 이름에서 얻는다: chapters/chap9/이면 절 9.1, 그림·표·연습문제 9-1, 식 (9.1).

부록 chapters/appendix-a/이면 절 A.1, 그림 A-1, 식 (A.1). Sphinx가 번호를 다 매긴 뒤에 바꾼다. 시작
번호를 정하는 설정이 sphinx-external-toc에 없고, 그림 번호의 붙임표를 정하는 설정이 Sphinx에 없다.
Sphinx는 차례의 부(part)마다 1장부터 다시 세어 다른 부의 그림을 잇달아 세고, 장의 첫 쪽에 있는
소제목에도 절의 번호를 준다. 그래서 절과 그림은 차례의 순서대로 다시 센다.
"""

from collections import Counter

from docutils import nodes

from machine.settings.conventions import chapter
from machine.tree.nodes import reading_order


def number_pages(env):
    """{장에 든 쪽: 번호}를 차례의 순서로. 장의 첫 쪽은 (9,), 그 아래의 절은 (9, 1)이다."""
    place = {
        child: (parent, n)
        for parent, children in env.toctree_includes.items()
        for n, child in enumerate(children, 1)
    }
    numbers = {}
    for page in reading_order(env):
        own, (parent, n) = chapter(page), place.get(page, ("", 0))
        if own is not None:
            numbers[page] = (*numbers[parent], n) if chapter(parent) == own else (own,)
    return numbers


def count_figures(kinds, own, counted):
    """쪽에 있는 그림, 표, 식, 문제의 번호를 그 장에서 센 수로 바꾼다."""
    for kind, ids in kinds.items():
        hyphen = "." if kind == "displaymath" else "-"
        for name in ids:
            counted[own, kind] += 1
            ids[name] = (f"{own}{hyphen}{counted[own, kind]}",)


def renumber(app, env):
    counted = Counter()
    for doc, own in number_pages(env).items():
        entries = list(env.tocs[doc].findall(nodes.reference))
        env.toc_secnumbers[doc] = {entry["anchorname"]: None for entry in entries} | {"": own}
        env.titles[doc]["secnumber"] = own
        for entry in entries:
            entry["secnumber"] = None if entry["anchorname"] else own
        count_figures(env.toc_fignumbers.get(doc, {}), own[0], counted)
    return []  # 무엇을 다시 쓸지는 site/writing.py가 고른다


def setup(app):
    app.connect("env-get-updated", renumber)
