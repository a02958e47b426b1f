"""원고를 읽는 시험(machine/manuscript): 어느 판의 노트북이든 읽고, 읽을 수 없으면 까닭을 말한다.

노트북으로 쓴 쪽이 네 책에서 바른지는 test_unnumbered.py가, 알리는 자리는 test_messages.py가 본다.
"""

import json

import pytest
from nbformat import v3, v4

from machine import manuscript
from machine.problems import sources
from machine.settings import conventions
from test_messages import CONFIG, TOC

PICTURE = {"a.png": {"image/png": "%%%"}}


def noted(*cells, **metadata):
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": [*cells]}


def kernel(name, **more):
    return {"kernelspec": {"name": name, "display_name": name}, **more}


TITLE, CODE = v4.new_markdown_cell("# 제목"), v4.new_code_cell("1")
GOOD = json.dumps(noted(TITLE, CODE), indent=1)
ATTACHED = v4.new_markdown_cell("![그림](attachment:a.png)", attachments=PICTURE)
REFUSED = {
    "빈 파일": ("\n", ": 빈 파일입니다"),
    "잘린 것": (GOOD[:-40], f":{GOOD[:-40].count(chr(10)) + 1}: 노트북(JSON)으로 읽을 수 없습니다"),
    "글": ("# 제목\n", ":1: 노트북(JSON)으로 읽을 수 없습니다"),
    "합치다 만 것": ("<<<<<<< HEAD\n" + GOOD, ":1: 합치다 만 곳"),
    "다른 JSON": ('{"type": "Feature"}', ": JSON이지만 노트북이 아닙니다"),
    "다섯째 판": ({**noted(TITLE), "nbformat": 5}, ": 읽을 수 없는 판의 노트북입니다(nbformat 5)"),
    "판이 없는 것": ({"cells": []}, ": 읽을 수 없는 판의 노트북입니다"),
    "셀이 아닌 것": ({**noted(), "cells": [TITLE, "글"]}, ":2번째 셀: 종류(cell_type)가 없는"),
    "모르는 셀": ({**noted(), "cells": [{"cell_type": "chart"}]}, ":1번째 셀: 모르는 종류의"),
    "꼬리표": (
        {**noted(), "cells": [TITLE, {**CODE, "metadata": {"tags": "hide-input"}}]},
        ":2번째 셀: 꼬리표가 목록이 아닙니다",
    ),
    "깨진 그림": (noted(TITLE, ATTACHED), ":2번째 셀: 붙인 그림을 읽을 수 없습니다: attachment:a"),
    "머리글": (noted(v4.new_raw_cell("---\nx: [1\ny: 2\n---")), ":1번째 셀 3번째 줄: 머리글을"),
    "번호": (noted(TITLE, numbering="없음"), ": numbering에는 false나 true만"),
    "줄리아": (noted(TITLE, CODE, **kernel("julia-1.9")), ": 이 책에서는 파이썬만 실행합니다"),
    "설치": (
        noted(TITLE, v4.new_code_cell("1\n%pip install -q scipy")),
        ":2번째 셀 2번째 줄: 셀이 패키지를 설치합니다: %pip install -q scipy",
    ),
    "R": (noted(TITLE, CODE, language_info={"name": "R"}), ": 이 책에서는 파이썬만 실행합니다: R"),
}
MARKDOWN = {
    "커널": (
        "---\nkernelspec: {name: x, language: julia}\n---\n# 가\n\n```{code-cell}\n1\n```\n",
        "a.md: 이 책에서는 파이썬만 실행합니다: julia",
    ),
    "셀의 언어": ("# 가\n\n```{code-cell} julia\n1\n```\n", "a.md:3: 이 책에서는 파이썬만"),
    "설치": (
        "# 가\n\n```\n!pip install a\n```\n\n```{code-cell}\n:tags: [x]\n\n!pip install b\n```\n",
        "a.md:10: 셀이 패키지를 설치합니다: !pip install b",
    ),
    "코랩에서만 설치하는 셀": ("# 가\n\n```{code-cell}\nif colab:\n    !pip install a\n```\n", ""),
    "윈도의 줄": ("---\r\nx: 1\r\n---\r\n# 가\r\n\r\n```{code-cell}\r\n1\r\n```\r\n", ""),
    "보이기만 한 셀": ("# 가\n\n````text\n```{code-cell} julia\n1\n```\n````\n", ""),
    "jupytext의 다른 꼴": (
        "---\njupytext:\n  text_representation: {format_name: markdown}\n---\n# 가\n",
        "a.md:2: jupytext의 markdown 꼴이어서 코드를 실행할 수 없습니다",
    ),
}


def told(folder, monkeypatch, **pages):
    """책을 만들기 전에 알리는 것들. pages는 {확장자: 원고}."""
    for module in (sources, conventions, manuscript):
        monkeypatch.setattr(module, "ROOT", folder)
    (folder / "chapters").mkdir()
    files = {"_toc.yml": TOC.replace("  - file: chapters/b\n", ""), "_config.yml": CONFIG}
    files |= {"index.md": "# 책\n"}
    files |= {f"chapters/a.{suffix}": text for suffix, text in pages.items()}
    for name, text in files.items():
        text = text if isinstance(text, str) else json.dumps(text)
        (folder / name).write_text(text, "utf-8")
    return [str(problem) for problems in sources.check() for problem in problems]


@pytest.mark.parametrize("case", REFUSED)
def test_a_broken_notebook_is_told_in_one_line(tmp_path, monkeypatch, case):
    notebook, said = REFUSED[case]
    (line,) = told(tmp_path, monkeypatch, ipynb=notebook)
    assert line.startswith(f"chapters/a.ipynb{said}") and " → " in line and "\n" not in line


@pytest.mark.parametrize("case", MARKDOWN)
def test_code_that_cannot_be_run_is_refused(tmp_path, monkeypatch, case):
    text, said = MARKDOWN[case]
    lines = told(tmp_path, monkeypatch, md=text)
    assert [line.startswith(f"chapters/{said}") for line in lines] == [True] * bool(said)


def test_a_page_has_one_source(tmp_path, monkeypatch):
    """jupytext는 .md와 .ipynb를 나란히 둔다."""
    (line,) = told(tmp_path, monkeypatch, md="# 가\n", ipynb=noted(TITLE))
    assert line.startswith("chapters/a.ipynb: 같은 쪽의 원고가 둘입니다(다른 것: a.md)")


OLD = v3.new_notebook(
    worksheets=[
        v3.new_worksheet(
            cells=[
                v3.new_heading_cell("제목"),
                v3.new_code_cell("1", outputs=[v3.new_output("pyout", "낡은 출력")]),
                v3.new_code_cell(""),
            ]
        )
    ]
)


@pytest.mark.parametrize(
    "notebook",
    [
        GOOD,
        {**json.loads(GOOD), "nbformat_minor": 99},
        OLD,
        {**OLD, "nbformat": 2},
        {
            "nbformat": 1,
            "cells": [{"cell_type": "text", "text": "# 제목"}, {"cell_type": "code", "code": "1"}],
        },
        noted(TITLE, CODE, CODE | {"source": ""}, **kernel("conda-base", widgets={}, colab={})),
        noted(TITLE, CODE, kernelspec={"display_name": ".venv"}, authors=[{"name": "가"}]),
    ],
    ids=["4", "4.99", "3", "2", "1", "콘다", "이름이 없는 커널"],
)
def test_notebooks_of_any_version_and_editor_read_alike(tmp_path, notebook):
    """같은 캐시를 쓰게 이 책의 커널만 남고, 출력과 빈 셀과 편집기가 적은 것은 없다."""
    path = tmp_path / "a.ipynb"
    path.write_text(notebook if isinstance(notebook, str) else json.dumps(notebook), "utf-8")
    found = manuscript.read(path)
    assert [cell.source for cell in found.cells] == ["# 제목", "1"]
    assert found.cells[1].outputs == [] and found.cells[1].metadata == {}
    assert found.metadata.keys() == {"kernelspec", "source_map"}
    assert found.metadata.kernelspec.name == "python3"
    assert manuscript.lines(path) == [(10001, "# 제목"), (20001, "1")]
    assert manuscript.place("a.ipynb", 20001) == "a.ipynb:2번째 셀 1번째 줄"


@pytest.mark.parametrize(
    "head", ["", "---\n# 빈 머리글\n---\n", "---\nkernelspec: {display_name: x}\n---\n"]
)
def test_cells_of_markdown_know_their_lines(tmp_path, head):
    path = tmp_path / "a.md"
    path.write_text(f"{head}\n\n# 제목\n\n```{{code-cell}}\nx = 1\n```\n\n\n글\n", "utf-8")
    found, lines = manuscript.read(path), dict(manuscript.lines(path))
    starts = [lines[line] for line in manuscript.starts(found)]
    assert starts == ["# 제목", "```{code-cell}", "글"]
