"""장 번호를 폴더 이름에서 얻는다: chapters/chap9/이면 절 9.1, 그림·표·연습문제 9-1, 식 (9.1).

부록 chapters/appendix-a/이면 절 A.1, 그림 A-1, 식 (A.1). Sphinx가 번호를 다 매긴 뒤에 바꾼다. 시작
번호를 정하는 설정이 sphinx-external-toc에 없고, 그림 번호의 붙임표를 정하는 설정이 Sphinx에 없다.
Sphinx는 차례의 부(part)마다 1장부터 다시 세어 다른 부의 그림을 잇달아 세고, 장의 첫 쪽에 있는
소제목에도 절의 번호를 준다. 그래서 절과 그림은 차례의 순서대로 다시 센다.

지은이가 준 번호(given_numbers)는 그대로 두고, 저절로 붙는 번호는 그 뒤의 수에서 이어진다.

머리글에 numbering: false를 적은 쪽에는 번호가 없고, 다른 절의 번호도 밀리지 않는다(이름은 mystmd의
것이다). 차례의 numbered는 묶음마다 적어, 한 묶음의 쪽 하나만 뺄 수 없다.
"""

import re
from collections import Counter

from docutils import nodes
from sphinx.util import logging

from machine.settings.conventions import NUMBERING, chapter
from machine.tree.given_numbers import Tags, given_in
from machine.tree.nodes import reading_order

log = logging.getLogger(__name__)
TWICE = "번호가 겹칩니다: %s (다른 곳: %s)"


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


class Counts:
    """장마다, 갈래(그림, 표, 식, 문제)마다 센 수와 이미 붙인 번호."""

    def __init__(self):
        self.last, self.taken = Counter(), {}

    def number(self, own, kind, given):
        """다음 번호. 지은이가 준 번호이면 그것이고, 그다음은 그 뒤의 수에서 이어진다."""
        before = "" if own is None else f"{own}." if kind == "displaymath" else f"{own}-"
        if not given:
            self.last[own, kind] += 1
            return f"{before}{self.last[own, kind]}"
        place = r"(\d+)(?![-.\d])" if own is None else rf"{own}[-.](\d+)"
        counted = re.match(place, given.number)
        self.last[own, kind] = max(self.last[own, kind], int(counted[1]) if counted else 0)
        return given.number

    def take(self, docname, kind, number, place, given):
        """붙인 번호를 적어 둔다. 준 번호가 다른 것과 겹치면 알린다.

        장의 번호 없이 준 (1)이나 (★)는 쪽마다 다시 쓸 수 있다.
        """
        scope = "" if re.search(r"[-.]\d", number) else docname
        other, other_given = self.taken.setdefault((scope, kind, number), (place, given))
        if other is not place and (given or other_given):
            at, elsewhere = (place, other) if given else (other, place)
            log.warning(TWICE, number, elsewhere, location=at)


def place_of(env, docname, name, given):
    """알릴 자리: 쪽:줄. 머리글에서 준 번호이면 그 줄."""
    line = given.line if given else env.outlines[docname].ids[name].line
    return f"{env.doc2path(docname)}:{line}" if line else env.doc2path(docname)


def count_figures(env, docname, counts):
    """쪽에 있는 그림, 표, 식, 문제의 번호를 그 장에서 센 수로 바꾼다. 장의 밖에서는 수만 적는다."""
    given_names = given_in(env, docname)
    for kind, ids in env.toc_fignumbers.get(docname, {}).items():
        for name in ids:
            given = given_names.get(name)
            number = counts.number(chapter(docname), kind, given)
            counts.take(docname, kind, number, place_of(env, docname, name, given), given)
            ids[name] = (number,)


def renumber(app, env):
    for doc, found in number_pages(env).items():
        own = found or None
        entries = list(env.tocs[doc].findall(nodes.reference))
        env.toc_secnumbers[doc] = {entry["anchorname"]: None for entry in entries} | {"": own}
        env.titles[doc]["secnumber"] = own
        for entry in entries:
            entry["secnumber"] = None if entry["anchorname"] else own
    counts = Counts()
    for doc in reading_order(env):
        count_figures(env, doc, counts)
    return []  # 무엇을 다시 쓸지는 site/writing.py가 고른다


def setup(app):
    app.add_transform(Tags)
    app.connect("env-get-updated", renumber)
