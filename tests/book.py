"""시험에 두루 쓰는 것: 원고와 실행한 노트북을 읽는 함수, 책의 사본을 만드는 함수.

`make html`이 실행해 둔 결과를 읽고, 책의 코드를 다시 실행하지 않는다.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_cache import get_cache
from myst_nb.core.read import read_myst_markdown_notebook

from outputs import EXPECTED, ROOT, assert_printed, squeeze, text_output  # noqa: F401

HTML = ROOT / "_build/html"
sys.path.insert(0, str(ROOT))
from machine import FEATURES  # noqa: E402, F401
from machine.run import cache_folder  # noqa: E402

SECTIONS = sorted(
    p.relative_to(ROOT).with_suffix("").as_posix()
    for p in ROOT.glob("chapters/*/*.md")
    if p.stem != "index"
)
NOTEBOOKS = sorted(ROOT.glob("notebooks/chap*/*.ipynb"))
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))


def source(page):
    return read_myst_markdown_notebook((ROOT / f"{page}.md").read_text("utf-8"))


def code_cells(page):
    return [cell for cell in source(page).cells if cell.cell_type == "code"]


def python(code):
    """셀의 매직을 IPython처럼 파이썬으로. %%time 따위는 그 아래가 그대로 파이썬이므로 줄만 뺀다."""
    return TransformerManager().transform_cell(
        re.sub(r"\A%%(time|timeit|capture|prun)\b.*\n?", "", code)
    )


def definitions(page):
    """그 쪽의 import, 함수, 클래스와 클래스에 연산자를 붙이는 반복문. 같은 이름이 여럿이면 뒤의 것이 남는다."""
    kinds, scope = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef), {}
    for cell in code_cells(page):
        body = [
            node
            for node in ast.parse(python(cell.source)).body
            if isinstance(node, kinds)
            or isinstance(node, ast.For)
            and "setattr" in ast.unparse(node)
        ]
        exec(compile(ast.Module(body, []), page, "exec"), scope)
    return scope


def executed(page):
    """빌드가 실행하여 캐시에 둔 노트북."""
    cache = get_cache(cache_folder(ROOT))
    return cache.get_cache_bundle(cache.match_cache_notebook(source(page)).pk).nb


def need(condition, what):
    """갖추지 못한 컴퓨터에서는 건너뛰고, CI에서는 실패한다."""
    if not condition:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


def listed(book, builder="html"):
    """빌드가 알린 고칠 곳 모두. 화면에는 처음 몇 개만 나온다."""
    return (book / f"_build/{builder}.log").read_text("utf-8").split("\n\n")[0].split("\n")[1:]


def have_pango():
    return (
        subprocess.run(
            [sys.executable, ROOT / "machine/paper/pango.py"], capture_output=True
        ).returncode
        == 0
    )


def copy_book(
    folder,
    names=(
        "Makefile",
        "_config.yml",
        "machine",
        "requirements.txt",
        "requirements.lock",
        "references.bib",
    ),
):
    """책의 사본. 보통은 기계만 옮기고, .venv와 글꼴은 원래 것을 가리킨다."""
    folder.mkdir()
    for path in map(ROOT.joinpath, names):
        shutil.copytree(path, folder / path.name) if path.is_dir() else shutil.copy2(path, folder)
    for name in (".venv", "fonts"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def make(folder, *targets, **env):
    """make를 실행한다. (끝난 상태, 화면에 나온 글)을 돌려준다."""
    run = subprocess.run(
        ["make", *targets],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={
            **{
                k: v
                for k, v in os.environ.items()
                if k not in ("MAKEFLAGS", "MAKELEVEL", "PYTHON", "GITHUB_REPOSITORY")
            },
            "IPYTHONDIR": str(folder / "_build/ipython"),
            **env,
        },
    )
    return run.returncode, run.stdout
