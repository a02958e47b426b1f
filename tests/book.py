"""시험에 두루 쓰는 것: 원고와 실행한 노트북을 읽는 함수, 책의 사본을 만드는 함수.

`make html`이 실행해 둔 결과를 읽고, 책의 코드를 다시 실행하지 않는다.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import time
from copy import deepcopy
from functools import cache
from importlib.util import find_spec
from types import SimpleNamespace

import jupytext
import pypdfium2
import pytest
import yaml
from bs4 import BeautifulSoup
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_cache import get_cache

import audit
from machine import manuscript
from machine.page.carried import carried
from machine.run import cache_folder, client
from machine.site.search import pieces
from outputs import ROOT

HTML = ROOT / "_build/html"
PAGES = sorted(path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html"))


def written(page):
    """원고의 글. .ipynb이면 jupytext가 .md로 옮긴 것이어서, .md를 보는 시험이 그대로 본다."""
    path = manuscript.find(page)
    if path.suffix == ".md":
        return path.read_text("utf-8")
    notebook = manuscript.read(path)
    del notebook.metadata["source_map"]
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    return jupytext.writes(notebook, "md:myst")


@cache
def source(page):
    return manuscript.read(manuscript.find(page))


def head(page):
    """원고의 머리글."""
    return source(page).metadata


WRITTEN = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix()
    for path in manuscript.every()
    if path.parent == ROOT or path.relative_to(ROOT).match("chapters/*/*")
)
WITH_CELLS = [page for page in WRITTEN if "kernelspec" in head(page)]
SECTIONS = [  # 번호가 있는 절. 목표, 물음, 연습문제는 여기에만 있다
    page
    for page in WITH_CELLS
    if re.fullmatch("chapters/.+/(?!index$)[^/]+", page) and head(page).get("numbering", True)
]


def of_chap6(names):
    """6장과 장 밖의 쪽. 다른 장은 물음의 수 같은 6장의 규칙을 따르지 않아도 된다."""
    other = re.compile(r"(?:^|/)(?!chap6/)(?:chap\d+|appendix-\w)/")
    return [name for name in names if not other.search(name)]


CHAPTERS = len([*ROOT.glob("chapters/*/index.*")])
# 6장의 물음에 맞게 답하는 비율. 새 장의 말이 늘면 흔한 말과 틀린 말의 답이 조금 바뀐다
FIRST, IN_THREE = (0.9, 0.97) if CHAPTERS == 1 else (0.85, 0.92)


def hits_in_chap6(hits):
    """찾은 곳 [주소, 제목] 가운데 다른 장의 것을 뺀다. 시험의 물음은 6장을 읽는 이의 것이다."""
    return [hit for hit in hits if of_chap6([hit[0]])]


NOTEBOOKS = sorted(ROOT.glob("notebooks/**/*.ipynb"))
NOTEBOOK_DATA = sorted(path for path in ROOT.glob("notebooks/**/data/**/*") if path.is_file())
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))


def code_cells(page):
    return [cell for cell in source(page).cells if cell.cell_type == "code"]


def python(code):
    """셀의 매직을 IPython처럼 파이썬으로. %%time 따위는 그 아래가 그대로 파이썬이므로 줄만 뺀다."""
    return TransformerManager().transform_cell(
        re.sub(r"\A%%(time|timeit|capture|prun)\b.*\n?", "", code)
    )


def attaches(node):
    """클래스에 메서드를 붙이는 문장 attach(…)인가."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) == "attach"
    )


def definitions(page):
    """그 쪽의 import, 함수, 클래스와 클래스에 메서드를 붙이는 attach(…).

    차례대로 실행하므로 같은 이름이 여럿이면 뒤의 것이 남는다.
    """
    kinds, scope = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef), {}
    for cell in code_cells(page):
        body = [
            node
            for node in ast.parse(python(cell.source)).body
            if isinstance(node, kinds) or attaches(node)
        ]
        exec(compile(ast.Module(body, []), page, "exec"), scope)
    return scope


def executed(page):
    """빌드가 실행하여 캐시에 둔 노트북."""
    cache, notebook = get_cache(cache_folder(ROOT)), deepcopy(source(page))
    client.mark(cache, notebook, (ROOT / page).parent)
    return cache.get_cache_bundle(cache.match_cache_notebook(notebook).pk).nb


def search_files(html=HTML):
    """찾는 창이 받는 것: 찾는 스크립트(engine), 제목들(head), 배운 것(learned), 본문(texts)."""
    folder = html / "_static/search"
    files = carried((folder / pieces.INDEX).read_text("utf-8"))
    head, learned, *texts = (
        carried((folder / name).read_text("utf-8"))
        for name in (files["head"], files["learned"], *files["texts"])
    )
    return SimpleNamespace(
        files=files,
        engine=(folder / files["engine"]).read_text("utf-8"),
        head=head,
        learned=learned,
        texts={url: rows for part in texts for url, rows in part.items()},
    )


@cache
def read_page(name, html=HTML):
    """make html이 쓴 쪽을 읽은 것. 여러 시험이 함께 쓰므로 고치지 않는다."""
    return BeautifulSoup((html / name).read_text("utf-8"), "html.parser")


def messages():
    """6.8절의 표에 모은 오류 메시지. 앞의 오류 이름은 떼고, 줄인 자리에는 …가 있다."""
    rows = read_page("chapters/chap6/6-8-deceive.html").select("#tbl-6-messages tbody tr")
    return [re.sub(r"^\w*Error:? ", "", row.td.code.get_text()) for row in rows]


def page_of(book, page):
    return read_page(f"{page}.html", book / "_build/html")


def need(condition, what):
    """갖추지 못한 컴퓨터에서는 건너뛰고, CI에서는 실패한다. what에는 갖추는 법을 적는다."""
    if not condition:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


def need_chromium():
    need(
        audit.CHROMIUM and find_spec("playwright") and find_spec("axe_playwright_python"),
        "Chromium이 없어 브라우저로 하는 시험을 건너뜁니다: sudo apt-get install chromium으로 "
        "설치하거나, 설치한 곳을 환경 변수 CHROMIUM에 적으세요",
    )


def need_pango():
    need(have_pango(), "Pango가 없습니다: make pdf가 알려 주는 명령으로 설치하세요")


def pdf_texts(path, bottom=None, top=None):
    """쪽마다의 글. bottom과 top(pt)을 적으면 그 사이의 글."""
    return [
        page.get_textpage().get_text_bounded(bottom=bottom, top=top).replace("\r\n", "\n")
        for page in pypdfium2.PdfDocument(path)
    ]


def need_made(name):
    """make test가 먼저 만드는 책의 파일.

    make html은 _build/html을 비우므로, 거기에 사본이 있으면 지금의 쪽들로 만든 것이다. make test는
    시험하는 동안 종이책을 찍으므로(PRINTING) 그것이 끝나기를 기다린다.
    """
    while os.environ.get("PRINTING") and not (ROOT / "_build/printed").exists():
        time.sleep(1)
    need((HTML / name).exists(), f"{name}이 없거나 쪽보다 낡았습니다: make test가 만듭니다")
    return ROOT / "_build" / name


def listed(book, builder="html"):
    """빌드가 알린 고칠 곳 모두. 화면에는 처음 몇 개만 나온다."""
    return (book / f"_build/{builder}.log").read_text("utf-8").split("\n\n")[0].split("\n")[1:]


@cache
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
    if "chapters" not in names:  # 그 표가 있는 쪽도 없다
        config = folder / "_config.yml"
        config.write_text(
            re.sub(r"    book_error_table: .*\n", "", config.read_text("utf-8")), "utf-8"
        )
    return folder


def copy_whole_book(folder):
    """책 전체의 사본. 있던 쪽의 실행 결과는 캐시에서 온다."""
    book = copy_book(
        folder,
        {path.name for path in ROOT.iterdir()} - {".git", ".venv", "_build", "fonts", "tests"},
    )
    shutil.copytree(ROOT / "_build/.jupyter_cache", book / "_build/.jupyter_cache")
    return book


def files(book):
    return {
        path: path.stat().st_mtime_ns
        for path in book.rglob("*")
        if path.is_file() and "_build" not in path.parts
    }


def make(folder, *targets, **env):
    """make를 실행한다. (끝난 상태, 화면에 나온 글)을 돌려준다."""
    return call(["make", *targets], folder, env)


def bind(folder, *kind):
    """시험이 망가뜨린 쪽 그대로 묶는다. make는 먼저 쪽을 되살린다."""
    return call([".venv/bin/python", "-m", "machine", *kind], folder, {})


def call(command, folder, env):
    run = subprocess.run(
        command,
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
