"""Binder와 컴퓨터에서 여는 노트북의 시험: 빈 폴더에서 홀로 실행되는지, Binder의 환경이 맞는지."""

import re
import subprocess

import pytest
from repo2docker.app import Repo2Docker
from repo2docker.buildpacks import LegacyBinderDockerBuildPack, PythonBuildPack

from book import NOTEBOOKS, ROOT, need
from notebooks import FIGURES, fonts_used, name, page, run
from outputs import assert_printed, stderr


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebook_runs_alone(tmp_path_factory, path):
    notebook, _ = run(path, "binder", "computer", tmp_path_factory.getbasetemp())
    assert stderr(notebook) == []
    assert_printed(page(path), notebook)


@pytest.mark.parametrize(
    "fonts, font", [("book", "NanumBarunGothic"), ("computer", "NanumMyeongjo")]
)
def test_figure_titles_are_korean(tmp_path_factory, fonts, font):
    """글꼴에 없는 글자를 그리면 맷플롯립이 stderr로 알린다."""
    notebook, here = run(FIGURES, "binder", fonts, tmp_path_factory.getbasetemp())
    assert stderr(notebook) == [] and font in fonts_used(here)


def test_one_warning_without_any_korean_font(tmp_path_factory):
    """글꼴은 준비 셀에서만 찾고 준비 셀은 모두 같으므로(test_notebooks.py) 노트북 하나로 본다."""
    notebook, _ = run(FIGURES, "binder", "none", tmp_path_factory.getbasetemp())
    warned = "".join(stderr(notebook))
    assert warned.count("Warning") == 1 and "한글 글꼴을 찾지 못해" in warned
    assert_printed(page(FIGURES), notebook)


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
    assert {"numpy", "sympy", "matplotlib", "torch", "jupytext"} <= set(names)
    assert [version.split("+")[0] for version in installed] == [pins[name] for name in names]


def test_binder_reads_our_files(monkeypatch):
    """repo2docker가 쓸 Dockerfile.

    파이썬 버전, 글꼴, 그리고 저장소를 옮긴 다음에(-c ../requirements.lock) 하는 설치.
    """
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
