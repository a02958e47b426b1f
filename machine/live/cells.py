"""쪽의 코드 셀들: 실행한 그대로의 글, 쪽에서의 자리, 함께 실행할 묶음.

쪽에 보이는 코드에는 번호와 링크가 들어 있으므로, MyST-NB가 실행하고 남긴 노트북에서 글을 읽는다.
"""

from pathlib import Path
from typing import NamedTuple

import nbformat
from docutils import nodes
from sphinx_exercise.nodes import is_extension_node

from machine import kept
from machine.live.needs import MAIN, needs
from machine.tree.nodes import ancestors

NOT_RUN = "skip-execution"
FOLDED = {"all", "input", "input+output"}  # MyST-NB의 hide_mode


class Cell(NamedTuple):
    """at은 쪽의 div.cell 가운데 몇째인지. 쪽에 코드가 없으면 None."""

    at: int | None
    source: str
    part: str
    setup: bool
    raises: bool
    folded: bool
    needs: list = []  # 브라우저에 없는데 있어야 하는 패키지


def part_of(container):
    """연습문제와 그 풀이는 한 묶음이다."""
    box = next(filter(is_extension_node, ancestors(container)), None)
    return box.get("target_label") or box["label"] if box else MAIN


def is_folded(container):
    """코드를 보려면 펼쳐야 하는가."""
    return container.get("hide_mode") in FOLDED or any(
        "dropdown" in box.get("classes", ()) for box in ancestors(container)
    )


def boxes(tree, kind):
    return [node for node in tree.findall(nodes.container) if node.get("nb_element") == kind]


def shown(doctree):
    """{노트북에서의 차례: (div.cell 가운데의 차례, 그 셀)}."""
    return {box["cell_index"]: (at, box) for at, box in enumerate(boxes(doctree, "cell_code"))}


def parts(places, count):
    """노트북의 차례마다의 묶음. 쪽에 없는 셀은 앞뒤의 셀이 한 묶음이면 그 묶음이다."""
    known = {index: part_of(node) for index, (_, node) in places.items()}
    for index in range(count):
        before = next((known[i] for i in range(index, -1, -1) if i in known), MAIN)
        after = next((known[i] for i in range(index, count) if i in known), MAIN)
        yield before if before == after else MAIN


def read(env, doctree, docname):
    """쪽의 셀들. 실행하지 않는 셀은 뺀다."""
    file = Path(env.mystnb_config.output_folder, f"{docname}.ipynb")
    if not file.is_file():
        return []
    notebook = nbformat.read(file, nbformat.NO_CONVERT).cells
    places = shown(doctree)
    return [
        describe(cell, part, *places.get(index, (None, None)))
        for index, (cell, part) in enumerate(zip(notebook, parts(places, len(notebook))))
        if cell.cell_type == "code" and NOT_RUN not in cell.metadata.get("tags", ())
    ]


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
    return [cell._replace(needs=names) for cell, names in zip(found, every)]


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
