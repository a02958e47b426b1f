"""쪽의 코드 셀들: 실행한 그대로의 글, 쪽에서의 자리, 함께 실행할 묶음.

쪽에 보이는 코드에는 번호와 링크가 들어 있으므로, MyST-NB가 실행하고 남긴 노트북에서 글을 읽는다.
연습문제에 적은 답의 틀과 답, 확인은 쪽과 함께 실행하지 않으므로 나무에서 읽는다(tree/exercises.py).
"""

from pathlib import Path
from typing import NamedTuple

import nbformat
from docutils import nodes

from machine import kept
from machine.live.needs import MAIN, needs
from machine.tree.exercises import box_of, checks_in
from machine.tree.nodes import ancestors

STARTER = "starter"
NOT_RUN = "skip-execution"
FOLDED = {"all", "input", "input+output"}  # MyST-NB의 hide_mode


class Cell(NamedTuple):
    """at은 쪽의 div.cell 가운데 몇째인지. 쪽에 코드가 없으면 None. kind는 연습문제에 적은 이름."""

    at: int | None
    source: str
    part: str
    setup: bool
    raises: bool
    folded: bool
    kind: str = ""
    line: int | None = None
    needs: list = []  # 브라우저에 없는데 있어야 하는 패키지


def part_of(container):
    """연습문제와 그 풀이는 한 묶음이다."""
    box = box_of(container)
    return box.get("target_label") or box["label"] if box else MAIN


def is_folded(container):
    """코드를 보려면 펼쳐야 하는가."""
    return container.get("hide_mode") in FOLDED or any(
        "dropdown" in box.get("classes", ()) for box in ancestors(container)
    )


def boxes(tree, kind):
    return [node for node in tree.findall(nodes.container) if node.get("nb_element") == kind]


def shown(found):
    """{노트북에서의 차례: (div.cell 가운데의 차례, 그 셀)}."""
    return {box["cell_index"]: (at, box) for at, box in enumerate(found) if "cell_index" in box}


def parts(places, count):
    """노트북의 차례마다의 묶음. 쪽에 없는 셀은 앞뒤의 셀이 한 묶음이면 그 묶음이다."""
    known = {index: part_of(node) for index, (_, node) in places.items()}
    for index in range(count):
        before = next((known[i] for i in range(index, -1, -1) if i in known), MAIN)
        after = next((known[i] for i in range(index, count) if i in known), MAIN)
        yield before if before == after else MAIN


def read(env, doctree, docname):
    """쪽의 셀들. 실행하지 않는 셀은 뺀다. 연습문제에 적은 셀은 그 뒤의 실행한 셀 앞에 온다."""
    found = boxes(doctree, "cell_code")
    rest = executed(env, docname, shown(found))
    checks = checks_in(doctree)
    cells = []
    for at, box in enumerate(found):
        end = next((box["cell_index"] for box in found[at:] if "cell_index" in box), None)
        while rest and (end is None or rest[0][0] < end):
            cells.append(rest.pop(0)[1])
        if "written" in box:
            cells += written(at, box, checks)
    return cells + [cell for _, cell in rest]


def executed(env, docname, places):
    """쪽과 함께 실행한 (노트북에서의 차례, 셀)들."""
    file = Path(env.mystnb_config.output_folder, f"{docname}.ipynb")
    cells = nbformat.read(file, nbformat.NO_CONVERT).cells if file.is_file() else []
    return [
        (index, describe(cell, part, *places.get(index, (None, None))))
        for index, (cell, part) in enumerate(zip(cells, parts(places, len(cells))))
        if cell.cell_type == "code" and NOT_RUN not in cell.metadata.get("tags", ())
    ]


def written(at, box, checks):
    """연습문제에 적은 셀과, 틀이면 그 뒤에 실행할 확인. 독자의 답은 책의 풀이와 섞지 않는다."""
    label, kind = part_of(box), box["written"]
    part = f"{label} {STARTER}" if kind == STARTER else label
    yield Cell(at, box["source"], part, False, False, is_folded(box), kind, box.line)
    if check := kind == STARTER and checks.get(label):
        yield Cell(None, check["code"], part, False, False, True, "check", check.line)


def describe(cell, part, at, box):
    tags = {*cell.metadata.get("tags", ())}
    return Cell(
        at=at if box and boxes(box, "cell_code_source") else None,
        source=cell.source,
        part=part,
        setup="setup" in tags,
        raises="raises-exception" in tags,
        folded=not box or is_folded(box),
    )


def judged(found, modules):
    """있어야 하는 패키지를 적은 셀들. modules는 브라우저에서 부를 수 있는 모듈들."""
    texts = [text for cell in found for text in (cell.source, cell.part)]
    every = needed("\n".join(sorted(modules)), *texts)
    return together([cell._replace(needs=names) for cell, names in zip(found, every)])


def together(found):
    """답이나 확인에 있어야 하는 것은 답을 쓰는 셀에도 있어야 한다."""
    needs = {}
    for cell in found:
        needs.setdefault(problem(cell), set()).update(cell.needs)
    return [
        cell._replace(needs=sorted(needs[problem(cell)])) if cell.kind else cell for cell in found
    ]


def problem(cell):
    """연습문제에 적은 셀이면 그 이름표."""
    return cell.part.removesuffix(f" {STARTER}") if cell.kind else ""


@kept.by_text
def needed(modules, *texts):
    return needs([*zip(texts[::2], texts[1::2])], {*modules.split("\n")})


def can_run(found):
    """펼쳐 둔 셀을 하나라도 실행할 수 있는가. 준비 셀만으로는 볼 것이 없다."""
    return any(
        cell.at is not None and not (cell.needs or cell.setup or cell.folded) for cell in found
    )


def missing(found):
    """펼쳐 둔 셀에 있어야 하지만 브라우저에 없는 패키지들."""
    return [*dict.fromkeys(name for cell in found if not cell.folded for name in cell.needs)]
