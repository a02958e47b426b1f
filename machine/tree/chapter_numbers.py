"""장 번호를 폴더 이름에서 얻는다: chapters/chap9/이면 절 9.1, 그림·표·연습문제 9-1, 식 (9.1).

부록 chapters/appendix-a/이면 절 A.1, 그림 A-1, 식 (A.1). Sphinx가 번호를 다 매긴 뒤에 바꾼다. 시작
번호를 정하는 설정이 sphinx-external-toc에 없고, 그림 번호의 붙임표를 정하는 설정이 Sphinx에 없다.
Sphinx는 차례의 부(part)마다 1장부터 다시 세어 다른 부의 그림을 잇달아 세고, 장의 첫 쪽에 있는
소제목에도 절의 번호를 준다. 그래서 절과 그림은 차례의 순서대로 다시 센다.

머리글에 numbering: false를 적은 쪽에는 번호가 없고, 다른 절의 번호도 밀리지 않는다(이름은 mystmd의
것이다). 차례의 numbered는 묶음마다 적어, 한 묶음의 쪽 하나만 뺄 수 없다.
"""

from collections import Counter

from docutils import nodes

from machine.settings.conventions import NUMBERING, chapter
from machine.tree.nodes import reading_order, section_number


def number_pages(env):
    """{쪽: 번호}를 차례의 순서로. 장의 첫 쪽은 (9,), 그 아래의 절은 (9, 1)이다.

    번호가 없는 쪽과 그 아래의 쪽, 장의 밖에 있는 쪽은 ()이다.
    """
    above = {child: page for page, inside in env.toctree_includes.items() for child in inside}
    numbers, counted = {}, Counter()
    for page in reading_order(env):
        own, parent = chapter(page), above.get(page, "")
        if str(env.metadata[page].get(NUMBERING, "")).lower() == "false":
            numbers[page] = ()
        elif own is not None and chapter(parent) == own:
            counted[parent] += 1
            numbers[page] = numbers[parent] and (*numbers[parent], counted[parent])
        else:
            numbers[page] = () if own is None else (own,)
    return numbers


def count_figures(kinds, own, counted):
    """쪽에 있는 그림, 표, 식, 문제의 번호를 그 장에서 센 수로 바꾼다. 장의 밖에서는 수만 적는다."""
    for kind, ids in kinds.items():
        before = "" if own is None else f"{own}." if kind == "displaymath" else f"{own}-"
        for name in ids:
            counted[own, kind] += 1
            ids[name] = (f"{before}{counted[own, kind]}",)


def renumber(app, env):
    for doc, found in number_pages(env).items():
        own = found or None
        entries = list(env.tocs[doc].findall(nodes.reference))
        env.toc_secnumbers[doc] = {entry["anchorname"]: None for entry in entries} | {"": own}
        env.titles[doc]["secnumber"] = own
        for entry in entries:
            entry["secnumber"] = None if entry["anchorname"] else own
    counted = Counter()
    for doc in reading_order(env):
        if chapter(doc) is not None or not section_number(env, doc):
            count_figures(env.toc_fignumbers.get(doc, {}), chapter(doc), counted)
    return []  # 무엇을 다시 쓸지는 site/writing.py가 고른다


def setup(app):
    app.connect("env-get-updated", renumber)
