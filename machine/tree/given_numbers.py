r"""지은이가 준 번호: 식의 \tag{7.4}와, 머리글의 numbers: {fig-secants: 7-4}(이름표와 번호).

인쇄된 책의 번호를 그대로 쓸 때이다. 지시어마다, 셀마다 옵션을 적는 꼴이 달라 머리글 한 곳에 적는다.
준 번호를 매기는 일은 chapter_numbers가 한다.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

import yaml
from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from machine.manuscript import ipynb
from machine.manuscript.heads import HEAD
from machine.problems.sources import children
from machine.tree.nodes import is_output

log = logging.getLogger(__name__)
NUMBERS = "numbers"
# 쪽, 노트북의 \tag, 주소에 그대로 적을 수 있는 글
LETTERS = re.compile(r"[^\s()\[\]{}<>$%#&_^~\\`|,:;\"]+")
COMMENT = re.compile(r"(?<!\\)%.*")
TAG = re.compile(r"\\tag\s*\{([^{}]*)\}")
BAD = "번호로 쓸 수 없는 글입니다: %s"
NOT_PAIRS = "머리글의 numbers가 이름표와 번호의 짝이 아닙니다"
NO_LABEL = "이 쪽에 없는 이름표에 번호를 주었습니다: %s"
NO_NUMBER = "번호를 줄 수 없는 것에 번호를 주었습니다: %s"
TWICE = "번호를 \\tag와 머리글의 numbers에 두 번 주었습니다: %s"


def is_plain(number):
    """보이지 않는 글자(U+202E 따위)도 없는가."""
    return bool(LETTERS.fullmatch(number)) and number.isprintable()


class Given(NamedTuple):
    number: str
    line: int | None


class Tags(SphinxTransform):
    r"""\tag를 TeX에서 떼어 식의 번호로 삼는다. 번호만 하나 적은 것이 아니면 수식 오류가 된다."""

    default_priority = 105  # 매크로를 푼 뒤, 이름표를 옮기기(260) 앞

    def apply(self):
        blocks = [node for node in self.document.findall(nodes.math_block) if not is_output(node)]
        for count, node in enumerate(blocks):
            tex = COMMENT.sub("", node.astext())
            tags = TAG.findall(tex)
            if len(tags) == 1 and is_plain(tags[0].strip()):
                node[:] = [nodes.Text(TAG.sub("", tex).rstrip())]
                node["given"] = tags[0].strip()
                if not node.get("label"):
                    self.label(node, f"{self.env.docname}-tag-{count}")

    def label(self, node, label):
        """이름표 없이도 번호가 붙게 한다."""
        maths, name = self.env.get_domain("math"), nodes.make_id(f"equation-{label}")
        maths.note_equation(self.env.docname, label, location=node)
        node["label"], node["docname"] = label, self.env.docname
        node["number"] = maths.get_equation_number_for(label)
        node["ids"].append(name)
        self.document.ids[name] = node


def written(path):
    """머리글에 적은 {이름표: Given}. 짝이 아니면 None. 7.10은 수로 읽으면 7.1이므로 글로 읽는다."""
    text = path.read_text("utf-8")
    in_cell = path.suffix == ".ipynb"
    opening = (first_cell(text) if in_cell else text).replace("\r\n", "\n")
    head = HEAD.match(opening)
    for name, _, value in children(yaml.compose(head[1] or "", yaml.BaseLoader)) if head else ():
        if name == NUMBERS:
            above = ipynb.number(1, 1) if in_cell else 1
            return pairs_of(value, above)
    given = json.loads(text, parse_float=str, parse_int=str)["metadata"].get(NUMBERS)
    if not isinstance(given, dict):
        return None
    return {name: Given(str(number), None) for name, number in given.items()}


def first_cell(text):
    """머리글은 노트북의 첫 셀에 적을 수도 있다."""
    return next((cell.source for cell in ipynb.as_version_4(text).cells), "")


def pairs_of(value, above):
    """above는 머리글의 앞줄."""
    if not isinstance(value, yaml.MappingNode):
        return None
    return {
        name: Given(number.value if isinstance(number, yaml.ScalarNode) else "", line + above)
        for name, line, number in children(value)
    }


def find(env, docname, label):
    """그 이름표를 단 것의 이름들. 그 쪽에 없으면 빈 목록."""
    std, maths = env.get_domain("std"), env.get_domain("math")
    place, name, *_ = std.anonlabels.get(label.lower(), ("", ""))
    if maths.equations.get(label, ("",))[0] == docname:
        place, name = docname, nodes.make_id(f"equation-{label}")
    node = env.outlines[docname].ids.get(name) if place == docname else None
    return [name, *node["ids"]] if node else []


def from_tags(env, docname):
    """\\tag로 준 {이름: Given}."""
    shown = env.outlines[docname].findall(nodes.math_block)
    return {
        name: Given(node["given"], node.line)
        for node in shown
        if "given" in node
        for name in node["ids"]
    }


def given_in(env, docname):
    """쪽에서 준 번호: {이름: Given}. 잘못 준 것은 알린다."""
    found = from_tags(env, docname)
    if NUMBERS not in env.metadata[docname]:
        return found
    path, tagged = Path(env.doc2path(docname)), {*found}
    pairs = written(path)
    if pairs is None:
        log.warning(NOT_PAIRS, location=docname)
    numbered = {name for kind in env.toc_fignumbers.get(docname, {}).values() for name in kind}
    for label, given in (pairs or {}).items():
        place = f"{path}:{given.line}" if given.line else docname
        names = find(env, docname, label)
        known = next(filter(numbered.__contains__, names), None)
        if not is_plain(given.number):
            log.warning(BAD, given.number, location=place)
        elif not names:
            log.warning(NO_LABEL, label, location=place)
        elif not known:
            log.warning(NO_NUMBER, label, location=place)
        elif known in tagged:
            log.warning(TWICE, label, location=place)
        else:
            found[known] = given
    return found
