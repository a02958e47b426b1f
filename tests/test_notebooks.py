"""노트북의 시험: 글에 남은 문법이 없는지, 빈 폴더에서 홀로 실행되는지, Binder의 환경이 맞는지.

그림의 한글 글꼴은 네 가지 경우(책의 글꼴, 컴퓨터의 글꼴, 코랩에 설치한 글꼴, 없음)로 시험한다.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from functools import lru_cache

import nbformat
import pytest
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbclient import NotebookClient
from pypdf import PdfReader
from repo2docker.app import Repo2Docker
from repo2docker.buildpacks import LegacyBinderDockerBuildPack, PythonBuildPack

from book import NOTEBOOKS, ROOT, assert_printed, need, python
from outputs import stderr

SCIENCE = {
    "numpy",
    "sympy",
    "matplotlib",
    "mpl_toolkits",
    "torch",
    "networkx",
}  # networkx는 torch와 함께 깔린다
FONTS = "import matplotlib.font_manager as m, pathlib\nm.findSystemFonts = lambda: [*map(str, pathlib.Path({!r}).glob('*'))]\n"
COLAB = "import sys, types\nsys.modules['google.colab'] = types.ModuleType('google.colab')\n"
name = "{0.parent.name}/{0.stem}".format


def read(path):
    return nbformat.read(path, nbformat.NO_CONVERT)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebook_is_sound(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in notebook.cells]
    assert sorted(ids) == sorted(set(ids))
    first, setup, *_ = notebook.cells
    assert f"`chapters/{name(path)}.md`" in first.source and "드라이브에 사본 저장" in first.source
    assert "setup" in setup.metadata.tags
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
            hidden = "hide-input" in cell.metadata.get("tags", []) or cell.source.startswith(
                "#@title 풀이: 연습문제"
            )
            assert (
                hidden
                == (cell.metadata.get("cellView") == "form")
                == cell.source.startswith("#@title ")
            )
            assert hidden == cell.metadata.get("jupyter", {}).get("source_hidden", False)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
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


def leftovers(markdown):
    """CommonMark로 읽었을 때 글로 남는 문법(역슬래시를 붙인 글자는 빼고)과, 노트북에 둘 까닭이 없는 HTML."""
    parser = (
        MarkdownIt("commonmark")
        .enable(["table", "strikethrough"])
        .disable("text_join")
        .use(dollarmath_plugin)
    )
    inline = [child for token in parser.parse(markdown) for child in (token.children or [token])]
    text = "\n".join(token.content for token in inline if token.type == "text")
    html = "".join(token.content for token in inline if token.type in ("html_inline", "html_block"))
    return (
        re.findall(r"\*\*|\{[a-z:]+\}|:::|\$|\[\^|\\begin|```|\]\(|^\(\S+\)=|^: ", text, re.M)
        + [
            tag
            for tag in re.findall(r"</?(\w+)", html)
            if tag not in ("details", "summary", "sub", "sup", "br", "strong", "em", "s", "code")
        ]
        + [token.type for token in inline if token.type == "s_open"]
    )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_no_markup_is_left_in_the_text(path):
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            assert leftovers(cell.source) == [], cell.source


class Kernels(KernelSpecManager):
    """어떤 이름의 커널을 찾든 이 파이썬으로 띄운다."""

    def get_kernel_spec(self, kernel_name):
        return KernelSpec(
            argv=[self.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            language="python",
        )


@lru_cache(None)
def run(path, environment, fonts, folder):
    """노트북 하나만 빈 폴더에 놓고 실행한다. (실행한 노트북, 그 폴더)를 돌려준다."""
    home, here = folder / "home", folder / "book/notebooks/chap"
    installed, startup, bin_ = (
        home / "fonts",
        home / "ipython/profile_default/startup",
        home / "bin",
    )
    for new in (here, installed, startup, bin_):
        new.mkdir(parents=True)
    (startup / "fonts.py").write_text(
        FONTS.format(str(installed)) + (COLAB if fonts == "colab" else "")
    )
    if fonts == "book":
        shutil.copytree(ROOT / "fonts", folder / "book/fonts")
    elif fonts == "computer":
        shutil.copy(ROOT / "fonts/NanumMyeongjo.ttf", installed / "NanumGothic.ttf")
    elif fonts == "colab":
        (bin_ / "apt-get").write_text(
            f'#!/bin/sh\n[ "$3" != fonts-nanum ] || cp "{ROOT}/fonts/NanumBarunGothic.ttf" "{installed}"\n'
        )
        (bin_ / "apt-get").chmod(0o755)
    python = ROOT / ".venv" / environment / "bin/python"
    manager = Kernels()
    manager.python = str(python)
    env = {
        "PATH": f"{bin_}:{os.defpath}",
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(python.parents[1] / "matplotlib"),
        "LC_ALL": "C.UTF-8",
    }
    subprocess.run(
        [python, "-c", "import matplotlib.font_manager"], env=env, check=True
    )  # 글꼴 목록을 미리 만든다
    notebook = read(path)
    NotebookClient(
        notebook,
        timeout=300,
        resources={"metadata": {"path": here}},
        km=AsyncKernelManager(kernel_spec_manager=manager),
    ).execute(env=env, cleanup_kc=True)
    return notebook, here


@pytest.fixture(scope="session")
def ran(tmp_path_factory):
    def ran(path, environment, fonts):
        need(
            (ROOT / ".venv" / environment / "ok").exists(),
            f"환경이 없습니다: .venv/{environment}. make test가 만듭니다",
        )
        return run(
            path,
            environment,
            fonts,
            tmp_path_factory.getbasetemp() / f"{environment}-{fonts}-{path.stem}",
        )

    return ran


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
@pytest.mark.parametrize("environment, fonts", [("binder", "computer"), ("colab", "colab")])
def test_notebook_runs_alone(ran, path, environment, fonts):
    notebook, here = ran(path, environment, fonts)
    assert stderr(notebook) == []
    assert_printed(f"chapters/{name(path)}", notebook)


@pytest.mark.parametrize(
    "environment, fonts, font",
    [
        ("binder", "book", "NanumBarunGothic"),
        ("binder", "computer", "NanumMyeongjo"),
        ("colab", "colab", "NanumBarunGothic"),
    ],
)
def test_figure_titles_are_korean(ran, environment, fonts, font):
    """글꼴에 없는 글자를 그리면 맷플롯립이 stderr로 알린다."""
    path = next(p for p in NOTEBOOKS if p.stem == "6-2-numerical")
    notebook, here = ran(path, environment, fonts)
    used = PdfReader(here / "imgs/chap6/fig6-1.pdf").pages[0]["/Resources"]["/Font"].values()
    assert stderr(notebook) == [] and any(
        f.get_object()["/BaseFont"].endswith(f"+{font}") for f in used
    )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_one_warning_without_any_korean_font(ran, path):
    notebook = ran(path, "binder", "none")[0]
    warned = "".join(stderr(notebook))
    assert warned.count("Warning") == 1 and "한글 글꼴을 찾지 못해" in warned
    assert_printed(f"chapters/{name(path)}", notebook)


def test_binder_installs_the_pins_of_the_book():
    names = [
        line
        for line in (ROOT / "binder/requirements.txt").read_text("utf-8").splitlines()
        if line[:1] not in "#-"
    ]
    pins = dict(
        re.findall(r"^([\w-]+)==(\S+)", (ROOT / "requirements.txt").read_text("utf-8"), re.M)
    )
    need((ROOT / ".venv/binder/ok").exists(), ".venv/binder가 없습니다: make test가 만듭니다")
    installed = subprocess.run(
        [
            ROOT / ".venv/binder/bin/python",
            "-c",
            "import importlib.metadata as m, sys; print(*map(m.version, sys.argv[1:]))",
            *names,
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert {"numpy", "sympy", "matplotlib", "torch", "jupytext"} == set(names)
    assert [version.split("+")[0] for version in installed] == [pins[name] for name in names]


def test_binder_reads_our_files(monkeypatch):
    """repo2docker가 쓸 Dockerfile: 파이썬 버전, 글꼴, 그리고 저장소를 옮긴 다음에(-c ../requirements.lock) 하는 설치."""
    monkeypatch.chdir(ROOT)
    python = PythonBuildPack("ubuntu")
    python.platform = "linux/amd64"
    others = [
        pack
        for pack in Repo2Docker().buildpacks
        if pack not in (PythonBuildPack, LegacyBinderDockerBuildPack)
    ]
    assert python.detect() and not any(pack("ubuntu").detect() for pack in others)
    assert python.binder_dir == "binder" and python.python_version == (
        ROOT / "binder/runtime.txt"
    ).read_text().strip().removeprefix("python-")
    steps = [line.strip() for line in python.render(build_args={}).splitlines()]
    order = [
        next(i for i, step in enumerate(steps) if part in step)
        for part in (
            "apt-get install --yes --no-install-recommends fonts-nanum",
            "COPY --chown=1000:1000 src/ ${REPO_DIR}/",
            'pip install --no-cache-dir -r "binder/requirements.txt"',
            "binder/postBuild",
        )
    ]
    assert order == sorted(order)
