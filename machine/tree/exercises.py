"""답을 써 보는 연습문제: 문제에 적은 답의 틀(starter)과 확인(check), 풀이에 적은 답(answer).

모두 글 그대로 두고 쪽과 함께 실행하지 않는다. 틀과 답은 코드 셀처럼 보이고, 확인은 노트북과 쪽의
단추에만 있다. 맞는 답(right)과 틀린 답(wrong)은 확인이 맞게 가리는지 볼 때에만 쓴다(answers/).
"""

from textwrap import indent
from typing import NamedTuple

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx_exercise.nodes import is_exercise_node, is_extension_node, is_solution_node

from machine.tree.nodes import ancestors

log = logging.getLogger(__name__)
PASSED, NOT_YET = "✓ 맞습니다.", "✗"
CHECK = """\
# 확인: 윗셀에 답을 쓰고 실행한 다음 이 셀을 실행합니다
def check_answer():
{code}

try:
    check_answer()
except AssertionError as error:
    print('{not_yet}', error)
except Exception as error:  # 답에서 난 오류
    print(f'{not_yet} {{type(error).__name__}}: {{error}}')
else:
    print('{passed}')
"""
OTHERS = ("starter", "right", "wrong")
WRONG_NAMES = "wrong에는 알림에 나올 말을 적으세요: ```{wrong} 나누는 수"
NOT_ONE = (
    "확인할 연습문제({})에 없거나 여럿인 것이 있습니다: {}. "
    "문제에는 {{starter}}와 {{check}}를, 풀이에는 {{answer}}를 하나씩 적으세요"
)
PLACES = {
    "starter": "연습문제(exercise)",
    "check": "연습문제(exercise)",
    "right": "연습문제(exercise)",
    "wrong": "연습문제(exercise)",
    "answer": "풀이(solution)",
}


class Answer(NamedTuple):
    """확인이 가려야 할 답. 틀린 답이면 said가 알림에 나와야 한다."""

    kind: str
    code: str
    said: str
    line: int


class Block(nodes.Element):
    """원고에 적은 그대로의 코드. kind는 PLACES의 이름, said는 알림에 나와야 할 말."""


class Check(nodes.Element):
    """연습문제의 확인. code는 셀에 넣을 코드, label은 문제의 이름표, others는 Answer들."""


class CodeBlock(SphinxDirective):
    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = {"print": lambda value: True}

    def run(self):
        said = "".join(self.arguments)
        code = "\n".join(self.content)
        block = Block(kind=self.name, code=code, said=said, printed="print" in self.options)
        self.set_source_info(block)
        return [block]


def answer_of(block):
    return Answer(block["kind"], block["code"], block["said"], block.line)


def as_cell(block, *classes):
    """코드 셀처럼 보이는 노드. 실행한 셀이 아니므로 cell_index가 없다."""
    code = nodes.literal_block(block["code"], block["code"], language="ipython3")
    place = nodes.container("", code, nb_element="cell_code_source", classes=["cell_input"])
    cell = nodes.container(
        "",
        place,
        nb_element="cell_code",
        written=block["kind"],
        source=block["code"],
        cell_metadata={},
        classes=["cell", f"tag_{block['kind']}", *classes],
    )
    for node in (code, place, cell):
        node.source, node.line = block.source, block.line
    return cell


def check_source(code):
    """실행해도 오류를 내지 않고 맞는지만 말하는 코드."""
    return CHECK.format(code=indent(code, "    "), passed=PASSED, not_yet=NOT_YET).rstrip()


def box_of(node):
    """노드가 든 연습문제나 풀이. 없으면 None."""
    return next(filter(is_extension_node, ancestors(node)), None)


def checks_in(doctree):
    """{연습문제의 이름표: 그 확인}."""
    return {check["label"]: check for check in doctree.findall(Check)}


def is_misplaced(block):
    box = box_of(block)
    is_right = is_solution_node if block["kind"] == "answer" else is_exercise_node
    return not (box and is_right(box))


def blocks_in(box, kind):
    return [block for block in box.findall(Block) if block["kind"] == kind]


def faults(exercise, answers):
    """빠지거나 겹친 것의 알림 (노드, 글)들."""
    found = {kind: blocks_in(exercise, kind) for kind in PLACES} | {"answer": answers}
    if any(found.values()):
        wrong = [kind for kind in ("starter", "check", "answer") if len(found[kind]) != 1]
        if wrong:
            yield exercise, NOT_ONE.format(exercise["label"], ", ".join(wrong))
    for block in found["wrong"]:
        if not block["said"].strip():
            yield block, WRONG_NAMES


def put_cells(app, doctree):
    """블록들을 셀과 확인으로 바꾼다."""
    boxes = [*doctree.findall(is_extension_node)]
    answers = {box["target_label"]: box for box in boxes if is_solution_node(box)}
    for block in [*doctree.findall(Block)]:
        if is_misplaced(block):
            said = f"{{{block['kind']}}}는 {PLACES[block['kind']]} 안에 적습니다"
            log.warning(said, location=block)
            block.parent.remove(block)
    for exercise in filter(is_exercise_node, boxes):
        solution = answers.get(exercise["label"])
        answer = blocks_in(solution, "answer") if solution else []
        wrong = [*faults(exercise, answer)]
        for node, said in wrong:
            log.warning(said, location=node)
        if not wrong:
            put_check(exercise)
    for block in [*doctree.findall(Block)]:
        classes = [] if block["printed"] or block["kind"] == "answer" else ["screen"]
        is_shown = block["kind"] in ("starter", "answer")
        block.parent.replace(block, as_cell(block, *classes) if is_shown else [])


def put_check(exercise):
    """확인을 틀의 바로 뒤에 둔다."""
    for block in blocks_in(exercise, "check"):
        check = Check(
            code=check_source(block["code"]),
            label=exercise["label"],
            others=[answer_of(block) for kind in OTHERS for block in blocks_in(exercise, kind)],
        )
        check.source, check.line = block.source, block.line
        starter = blocks_in(exercise, "starter")[0]
        place = starter.parent
        place.insert(place.index(starter) + 1, check)


def skip(translator, node):
    raise nodes.SkipNode


def setup(app):
    for kind in PLACES:
        app.add_directive(kind, CodeBlock)
    app.add_node(Check, html=(skip, None))
    app.connect("doctree-read", put_cells, priority=400)  # 셀을 세는 것(manuscript)보다 먼저
