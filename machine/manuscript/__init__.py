"""원고(.md와 .ipynb)를 셀과 줄로 읽는다. 원고의 글과 줄은 어느 방에서나 여기에서 얻는다.

.ipynb의 줄은 셀과 그 속의 줄이다. 파일의 줄은 쓰는 사람에게 보이지 않는다. 수 하나로 적을 때에는
MyST-NB처럼 (셀의 차례) × 10000 + (셀 속의 줄)로 적고, 알릴 때에는 place가 말로 옮긴다.
"""

import re

import nbformat
from markdown_it import MarkdownIt
from myst_nb.core.read import read_myst_markdown_notebook

from machine.manuscript import heads, ipynb, kernels
from machine.manuscript.heads import HEAD
from machine.settings import ROOT, conventions
from machine.state import DATA

SUFFIXES = (".md", ".ipynb", ".rst")
OF_CELL = re.compile(r"(.+\.ipynb):(\d+)")
CELL, RAW_CELL = "{code-cell}", "{raw-cell}"
MARKDOWN = {"text/markdown", "markdown"}
HAS_CELLS = "has_cells"  # 쪽을 읽을 때 env.metadata에 적는다
AHEAD = 2  # MyST-NB는 셀의 첫 줄을 source_map에 적은 것보다 둘 많은 줄로 센다


def find(docname):
    """쪽의 원고. 없으면 None."""
    paths = [ROOT / f"{docname}{suffix}" for suffix in ("", *SUFFIXES)]
    return next((path for path in paths if path.is_file()), None)


def every(docs=()):
    """책의 맨 위, 장들의 폴더, docs가 있는 폴더에 있는 원고들.

    숨은 것, _로 시작하는 폴더와 데이터의 폴더에 있는 것은 뺀다.
    """
    others = {doc.split("/")[0] for doc in docs if "/" in doc} - {conventions.top()}
    elsewhere = [path for folder in sorted(others) for path in sorted((ROOT / folder).rglob("*"))]
    for path in [*ROOT.glob("*"), *conventions.in_chapters("**/*"), *elsewhere]:
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith((".", "_")) for part in parts)
        is_data = DATA in parts[:-1]
        if path.suffix in SUFFIXES and path.is_file() and not (hidden or is_data):
            yield path


def has_cells(env, docname):
    """코드 셀이 있는 쪽인가."""
    return env.metadata.get(docname, {}).get(HAS_CELLS, False)


def read(path, text=None, config=None):
    """출력이 없는 노트북. source_map의 수는 셀의 첫 줄보다 AHEAD만큼 적다."""
    text = (path.read_text("utf-8") if text is None else text).replace("\r\n", "\n")
    if path.suffix == ".ipynb":
        notebook, numbers = ipynb.read(text)
        first = [ipynb.number(cell, 1) for cell in numbers]
    else:
        notebook, text = read_markdown(text, config, path)
        first = first_lines(notebook, text.splitlines())
    notebook.metadata["source_map"] = [line - AHEAD for line in first]
    kernels.make_ours(notebook)
    for cell in notebook.cells:
        if raw_kind(cell) in MARKDOWN:
            cell.cell_type = "markdown"
    return notebook


def raw_kind(cell):
    """raw 셀이면 어느 꼴에 쓸 것인지: text/html 따위. 적지 않았으면 빈 글."""
    is_raw = cell.cell_type == "raw"
    return is_raw and (cell.metadata.get("format") or cell.metadata.get("raw_mimetype")) or ""


def read_markdown(text, config, path):
    """(노트북, 머리글을 비운 글). MyST-NB는 머리글의 커널이 노트북의 꼴에 맞지 않으면 멈춘다."""
    head = HEAD.match(text)
    metadata = {}
    if head and head[1] is not None:
        metadata, text = heads.read(head[1]) or {}, heads.without(head, text)
    if text.strip():
        notebook = read_myst_markdown_notebook(text, config, add_source_map=True, path=path)
    else:
        notebook = nbformat.v4.new_notebook(metadata={"source_map": []})
    notebook.metadata |= nbformat.from_dict(metadata)
    return notebook, text


def first_lines(notebook, lines):
    """셀마다 글이 시작하는 줄. 코드 셀이면 셀을 여는 줄이다."""
    for cell, start in zip(notebook.cells, notebook.metadata["source_map"]):
        if cell.cell_type == "markdown":
            while not lines[start]:  # MyST-NB는 셀의 앞에 있는 빈 줄을 버린다
                start += 1
            start += 1
        yield start


def starts(notebook):
    """셀마다 시작하는 줄."""
    return [line + AHEAD for line in notebook.metadata["source_map"]]


def lines(path):
    """원고의 (줄, 글)들."""
    if path.suffix != ".ipynb":
        return [*enumerate(path.read_text("utf-8").split("\n"), 1)]
    notebook = read(path)
    return [
        numbered
        for start, cell in zip(starts(notebook), notebook.cells)
        for numbered in enumerate(cell.source.split("\n"), start)
    ]


def place(name, line):
    """ "쪽:줄". 노트북이면 "쪽:2번째 셀 3번째 줄"."""
    return in_words(f"{name}:{line}")


def in_words(place):
    """수로 적은 .ipynb의 줄을 말로."""
    if not (found := OF_CELL.fullmatch(place)):
        return place
    name, number = found[1], int(found[2])
    return f"{name}:{ipynb.place(number)}" if number > ipynb.LONGEST else name


def code_fences(text):
    """.md에서 코드 셀을 여는 (줄, 언어)들. 상자나 코드 속에 적은 것은 셀이 아니다."""
    if CELL not in text:
        return []
    fences = [token for token in MarkdownIt().parse(text) if token.type == "fence"]
    return [
        (fence.map[0] + 1, fence.info.removeprefix(CELL).strip())
        for fence in fences
        if fence.level == 0 and fence.info.startswith(CELL)
    ]
