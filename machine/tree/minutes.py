"""셀이 있는 쪽의 머리에 읽는 데 몇 분쯤 걸리는지 적는다.

펼쳐 둔 글의 글자와 코드의 줄을 센다. 접은 것, 물음과 연습문제, 수식, 출력은 세지 않는다. 참조를
풀기 앞에 세므로 그 쪽의 원고만으로 정해진다. 걸리는 시간을 세는 패키지는 영어의 낱말을 센다.
"""

import re

from docutils import nodes
from sphinx_exercise.nodes import is_extension_node

from machine.manuscript import has_cells
from machine.settings.conventions import EXERCISES, QUIZ, is_section

SYLLABLE, CODE = re.compile("[가-힣]"), (nodes.literal_block, nodes.doctest_block)
IN_A_MINUTE = 200, 8  # 글자, 코드의 줄
NOT_READ = (nodes.Invisible, nodes.raw, nodes.math, nodes.math_block)
HIDES = {"cell_code_source": "input", "cell_code_output": "output"}  # MyST-NB의 hide_mode
SAID = "읽는 데 {minutes}분쯤 걸립니다{without}."
WITHOUT = "(물음과 연습문제는 빼고)"


def is_apart(node):
    """물음이나 연습문제의 절인가."""
    is_titled = isinstance(node, nodes.section)
    return is_titled and any(name.startswith((QUIZ, EXERCISES)) for name in node["ids"])


def is_folded(node):
    mode = node.parent.get("hide_mode") if node.get("nb_element") in HIDES else None
    if mode:
        return mode == "all" or HIDES[node["nb_element"]] in mode
    is_box = isinstance(node, nodes.Admonition) and "dropdown" in node["classes"]
    return is_box or node.get("design_component") == "dropdown"


def left_out(node):
    is_kind = isinstance(node, NOT_READ) or is_extension_node(node)
    return is_kind or is_apart(node) or is_folded(node)


def read(node):
    """읽는 것들: 글과 코드. 출력에서는 그림의 제목만."""
    if isinstance(node, (nodes.Text, *CODE)):
        yield node
    elif not left_out(node):
        in_output = "cell_output" in node["classes"]
        for child in node.findall(nodes.caption) if in_output else node.children:
            yield from read(child)


def minutes(doctree):
    syllables = lines = 0
    for part in read(doctree):
        text = part.astext()
        if isinstance(part, CODE):
            lines += sum(map(bool, map(str.strip, text.split("\n"))))
        else:
            syllables += len(SYLLABLE.findall(text))
    return max(1, round(syllables / IN_A_MINUTE[0] + lines / IN_A_MINUTE[1]))


def add_minutes(app, doctree):
    if is_section(app.env.docname) and has_cells(app.env, app.env.docname):
        apart = any(map(is_apart, doctree.findall(nodes.section)))
        text = SAID.format(without=WITHOUT if apart else "", minutes=minutes(doctree))
        line = nodes.paragraph("", text, classes=["minutes"])
        for section in [*doctree.findall(nodes.section)][:1]:
            section.insert(1, line)


def setup(app):
    app.connect("doctree-read", add_minutes)
