"""앞 절의 코드를 다시 적은 셀(# 9.2절에서 만든 함수: numer_deriv)이 그 절과 맞는지 살핀다.

종이에는 그 코드 대신 절과 쪽의 번호가 찍힌다. 코드에 적은 절의 번호는 차례를 바꾸어도 그대로이다.
"""

import re
import symtable
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from IPython.core.inputtransformer2 import TransformerManager
from sphinx.util import logging

from machine import manuscript
from machine.settings.conventions import AGAIN
from machine.tree.nodes import reading_order, section_number, with_line

log = logging.getLogger(__name__)
CODE, REPEATED = "defined_names", "repeated_code"
PROMPTS = ("prompt_show", "prompt_hide")
# 조금 달리 적은 것도 알린다. "9.2절에서 만든 함수를 씁니다" 같은 글은 아니다
LIKE = re.compile(
    r"#+\s*\w+\.\d+\s*절(?:에서 만든 (?:함수|클래스)(?!\s*[가-힣])|의 (?:함수|클래스|코드)\s*:).*"
)
FORM = "앞 절의 코드를 다시 적었다는 줄을 읽을 수 없습니다: %s"
NO_SECTION = "없는 절의 코드를 다시 적었다고 합니다: %s"
NOT_BEFORE = "앞에 있는 절이 아닌 곳의 코드를 다시 적었다고 합니다: %s"
NOT_THERE = "%s에서 만들지 않은 이름입니다: %s"
NOT_HERE = "다시 적었다고 한 이름이 이 셀에 없습니다: %s"
PROMPT = re.compile(r"(\S+절)에서 만든 함수")
OTHER_PROMPT = "펼치고 접는 단추의 글과 코드의 절이 다릅니다: %s, %s"


class Mark(NamedTuple):
    """다시 적었다고 알리는 줄."""

    text: str
    names: set  # 그 셀에서 만드는 이름들
    prompts: str  # 접은 셀을 펼치고 접는 단추의 글
    line: int | None


def made(code):
    """코드에서 만드는 이름들. 부르기만 한 것(import)은 아니다."""
    try:
        table = symtable.symtable(TransformerManager().transform_cell(code), "cell", "exec")
    except SyntaxError:  # 셀이 실행되지 않으므로 따로 알린다
        return set()
    return {
        name.get_name()
        for name in table.get_symbols()
        if name.is_assigned() and not name.is_imported()
    }


def marks(box, source):
    """셀(box)에 있는 그런 줄들. source는 원고."""
    code, prompts = box.astext(), " ".join(box.parent.get(name, "") for name in PROMPTS)
    for text in filter(LIKE.match, code.split("\n")):
        line = line_in(source, text.rstrip(), with_line(box).line)
        yield Mark(text.rstrip(), made(code), prompts, line)
        prompts = ""  # 단추에는 처음 것만 적는다


def line_in(source, text, near):
    """그 글이 있는 줄. near는 셀이 시작하는 곳에 가까운 줄이다."""
    same = [n for n, line in manuscript.lines(source) if line.rstrip() == text] if near else []
    return next((line for line in same if line >= near - 2), near)


def note(app, doctree):
    """쪽을 읽을 때마다 적어 둔다. 다른 쪽에서 견준다."""
    source = Path(app.env.doc2path(app.env.docname))
    boxes = [
        box
        for box in doctree.findall(nodes.container)
        if box.get("nb_element") == "cell_code_source"
    ]
    metadata = app.env.metadata[app.env.docname]
    metadata[CODE] = set().union(*(made(box.astext()) for box in boxes))
    metadata[REPEATED] = [mark for box in boxes for mark in marks(box, source)]


def compare(app, env):
    order = reading_order(env)
    sections = {section_number(env, doc): at for at, doc in enumerate(order)}
    for at, docname in enumerate(order):
        for mark in env.metadata[docname].get(REPEATED, ()):
            place = f"{env.doc2path(docname)}:{mark.line}" if mark.line else docname
            for said in wrong(env, mark, at, order, sections):
                log.warning(*said, location=place)
    return []


def wrong(env, mark, at, order, sections):
    """알릴 글과 그 빈칸에 넣을 것들."""
    again = AGAIN.fullmatch(mark.text)
    if not again:
        yield FORM, mark.text
        return
    section, names = again[1], re.split(r"\s*,\s*", again[2].strip())
    origin = sections.get(section.removesuffix("절"))
    if missing := [name for name in names if name not in mark.names]:
        yield NOT_HERE, ", ".join(missing)
    for other in sorted({*PROMPT.findall(mark.prompts)} - {section}):
        yield OTHER_PROMPT, other, section
    if origin is None:
        yield NO_SECTION, section
    elif origin >= at:
        yield NOT_BEFORE, section
    elif missing := [name for name in names if name not in env.metadata[order[origin]][CODE]]:
        yield NOT_THERE, section, ", ".join(missing)


def setup(app):
    app.connect("doctree-read", note)
    app.connect("env-get-updated", compare)
