"""노트북의 시험: 꼴이 바른지, 글에 남은 문법이 없는지.

실행하는 시험은 test_binder.py와 test_colab.py에 있다.
"""

import ast
import re
import sys

import nbformat
import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from book import NOTEBOOKS, ROOT, of_chap6, python
from machine import manuscript
from notebooks import FIGURES, name, page, read

CHAP6 = [path for path in NOTEBOOKS if of_chap6([name(path) + "/"])]
SCIENCE = {
    "numpy",
    "sympy",
    "mpmath",
    "matplotlib",
    "mpl_toolkits",
    "torch",
    "networkx",
}  # mpmath는 sympy와, networkx는 torch와 함께 깔린다


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebook_is_sound(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in notebook.cells]
    assert sorted(ids) == sorted(set(ids))
    first, source = notebook.cells[0], manuscript.find(page(path)).relative_to(ROOT)
    assert f"`{source}`" in first.source and "드라이브에 사본 저장" in first.source
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
            tags, is_titled = cell.metadata.get("tags", []), cell.source.startswith("#@title ")
            hidden = not {"hide-input", "hide-cell"}.isdisjoint(tags) or is_titled
            assert hidden == (cell.metadata.get("cellView") == "form")
            assert hidden == cell.metadata.get("jupyter", {}).get("source_hidden", False)
            assert hidden == is_titled or not cell.source.startswith("#")


@pytest.mark.parametrize("path", CHAP6, ids=name)
def test_notebook_imports_only_science(path):
    code = "\n".join(python(cell.source) for cell in read(path).cells if cell.cell_type == "code")
    names = {
        alias.name.split(".")[0]
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    names |= {
        node.module.split(".")[0]
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.ImportFrom)
    }
    assert names - SCIENCE <= set(sys.stdlib_module_names)


def said(token):
    """글은 그대로, 줄바꿈은 줄바꿈으로, 코드나 수식은 글이 아닌 글자 하나로."""
    return token.content if token.type == "text" else "\n" if "break" in token.type else "\ufffc"


def leftovers(markdown):
    """CommonMark로 읽었을 때 글로 남는 문법과, 노트북에 둘 까닭이 없는 HTML.

    역슬래시를 붙인 글자는 뺀다.
    """
    parser = (
        MarkdownIt("commonmark")
        .enable(["table", "strikethrough"])
        .disable("text_join")
        .use(dollarmath_plugin)
    )
    blocks = [token.children or [token] for token in parser.parse(markdown)]
    inline = [token for block in blocks for token in block]
    text = "\n".join("".join(map(said, block)) for block in blocks)
    html = "".join(token.content for token in inline if token.type in ("html_inline", "html_block"))
    return (
        re.findall(r"\*\*|\{[a-z:]+\}|:::|\$|\[\^|\\begin|```|\]\(|^\(\S+\)=|^: ", text, re.M)
        + [
            tag
            for tag in re.findall(r"</?(\w+)", html)
            if tag
            not in ("details", "summary", "sub", "sup", "br", "strong", "em", "s", "code", "img")
        ]
        + [token.type for token in inline if token.type == "s_open"]
    )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_no_markup_is_left_in_the_text(path):
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            assert leftovers(cell.source) == [], cell.source


def without_data(cells):
    """데이터를 가져오는 셀은 준비 셀의 앞에 있다."""
    return [cell for cell in cells if "data" not in cell.metadata.get("tags", [])]


def codes(path):
    cells = without_data(read(path).cells)
    return [cell.source for cell in cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", CHAP6, ids=name)
def test_setup_cell_is_the_same_everywhere(path):
    """준비 셀의 코드가 같고, 글꼴에 손대는 셀은 그것뿐이다."""

    assert "setup" in read(path).cells[1].metadata.tags
    setup, *others = codes(path)
    without_title = setup.removeprefix("#@title").lstrip("# ")
    assert without_title == codes(FIGURES)[0].removeprefix("#@title ")
    assert "한글 글꼴을 찾지 못해" in setup
    for_a_while = r"catch_warnings\((?:record=True|action='ignore')\)|simplefilter\('always'\)"
    touches = (
        rf"korean_font|rcParams|\bwarnings\b(?!\.(?:{for_a_while}))"
        r"|mfm\.(?!FontProperties\(fname=path, size=\d+\))"
    )
    assert [cell for cell in others if re.search(touches, cell)] == []
