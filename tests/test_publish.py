"""책을 올리고 지키는 일의 시험: 워크플로, 버전의 자물쇠, 인용과 바뀐 것의 목록."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from book import ROOT, need
from titles import disagreements, named
from workflows import jobs

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TOOLS = {
    "zizmor": ["--offline", "--no-progress"],
    "check-jsonschema": ["--builtin-schema", "vendor.github-workflows"],
    "actionlint": [],
}
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.mark.parametrize("tool", TOOLS)
def test_workflows_are_sound(tool):
    command = shutil.which(tool, path=PATH)
    need(command, f"{tool}이(가) 없습니다: .venv를 지우고 make test를 다시 실행하세요")
    run = subprocess.run([command, *TOOLS[tool], *WORKFLOWS], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_actions_are_pinned_and_versions_are_not_copied():
    for file in WORKFLOWS:
        text = file.read_text("utf-8")
        uses = re.findall(r"uses: (.*)", text)
        assert uses and all(
            re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use) for use in uses
        ), file.name
        assert "==" not in re.sub(r"github\.event_name == ", "", text)
    pins = {
        (action, commit)
        for file in WORKFLOWS
        for action, commit in re.findall(r"(actions/[\w-]+)@(\w+)", file.read_text("utf-8"))
    }
    assert len(pins) == len({action for action, _ in pins}), "같은 액션의 버전이 다릅니다"


def test_only_what_was_tested_is_published():
    """책을 만드는 곳은 .ci/run 하나이고, 올리는 작업은 그것을 기다리며 아무것도 만들지 않는다."""
    publishing = [*jobs(["book", "release"])]
    assert {workflow for workflow, *_ in publishing} == {"book", "release"}
    for _, name, _, job in publishing:
        runs = [step["run"] for step in job["steps"] if "run" in step]
        writes = {key for key, value in job["permissions"].items() if value == "write"}
        if name == "test":
            assert runs == [".ci/run"] and not writes
            assert job["steps"][0]["with"]["fetch-depth"] == 0, "절의 글이 바뀐 날을 알 수 없습니다"
            assert "needs" not in job and any(
                "upload-artifact" in step.get("uses", "") for step in job["steps"]
            )
        else:
            assert job["needs"] == "test" and writes <= {"pages", "id-token", "contents"}
            assert not any("make" in run or "checkout" in str(job["steps"]) for run in runs)
    triggers = {
        file.stem: yaml.safe_load(file.read_text("utf-8"))[True] for file in WORKFLOWS
    }  # YAML 1.1에서 on은 참이다
    assert set(triggers["book"]) == {"pull_request", "push"} and "schedule" in triggers["weekly"]
    assert all(yaml.safe_load(file.read_text("utf-8"))["permissions"] == {} for file in WORKFLOWS)


def test_weekly_failures_are_seen():
    weekly = {name: job for _, name, _, job in jobs(["weekly"])}
    report = weekly.pop("report")
    assert (
        set(report["needs"]) == set(weekly)
        and report["if"] == "failure()"
        and report["permissions"] == {"issues": "write"}
    )
    pythons = [values["python"] for _, name, values, _ in jobs(["newest"])]
    oldest = re.search(r"version_info < \(3, (\d+)\)", (ROOT / "Makefile").read_text("utf-8"))[1]
    assert pythons[0] == f"3.{oldest}" and pythons[-1] == "3.x"


def assert_resolved(run):
    need(
        not re.search("error sending request|[Cc]onnect|dns", run.stderr),
        "패키지 저장소에 연결되지 않습니다",
    )
    assert run.returncode == 0, run.stderr


def test_lock_is_made_from_requirements(tmp_path):
    """풀어 둔 버전에서 시작하므로, 새로 나온 것이 있어도 requirements.txt가 그대로이면 같다."""
    committed = (ROOT / "requirements.lock").read_text("utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)", committed, re.M))
    for name, version in re.findall(
        r"^([\w.-]+)==(\S+)", (ROOT / "requirements.txt").read_text("utf-8"), re.M
    ):
        assert pins.get(name) == version, f"{name}: make lock을 실행하세요"
    for name in ("Makefile", "requirements.txt", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    run = subprocess.run(
        ["make", "-o", ".venv/ok", "lock"], cwd=tmp_path, capture_output=True, text=True
    )
    assert_resolved(run)
    assert (tmp_path / "requirements.lock").read_text("utf-8") == committed, (
        "make lock을 실행하세요"
    )


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize(
    "platform",
    [
        "x86_64-manylinux_2_28",
        "aarch64-manylinux_2_28",
        "aarch64-apple-darwin",
        "x86_64-pc-windows-msvc",
    ],
)
def test_lock_has_wheels(python, platform, tmp_path):
    """컴파일하지 않고 깔 수 있다. 인텔 맥에는 파이토치가 없다."""
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "compile",
            "-q",
            "--only-binary",
            ":all:",
            "--no-deps",
            "--python",
            sys.executable,
            "--python-version",
            python,
            "--python-platform",
            platform,
            "-o",
            tmp_path / "lock",
            ROOT / "requirements.lock",
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "MACOSX_DEPLOYMENT_TARGET": "14.0"},
    )
    assert_resolved(run)
    assert "torch==" in (tmp_path / "lock").read_text("utf-8")


def test_citation_and_changes(tmp_path):
    file = ROOT / "CITATION.cff"
    run = subprocess.run(
        [
            shutil.which("check-jsonschema", path=PATH),
            "--builtin-schema",
            "vendor.citation-file-format",
            file,
        ],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout
    citation, changes = (
        yaml.safe_load(file.read_text("utf-8")),
        (ROOT / "CHANGELOG.md").read_text("utf-8"),
    )
    assert re.search(r"^## (\S+) — (\S+)", changes, re.M).groups() == (
        citation["version"],
        str(citation["date-released"]),
    )


def test_titles_and_chapters_agree():
    assert [*disagreements(ROOT)] == []


BOOK = {
    "_config.yml": "title: '별: 우주 3장'\nauthor: 별의 기여자\ncopyright: '2026'\n"
    "sphinx:\n  config: {html_title: 별}\n",
    "_toc.yml": "root: first\nchapters:\n- file: chapters/chap3/index\n",
    "README.md": "글\n# 별: 우주 3장\n\n3장과 7장\n",
    "CITATION.cff": "title: '별: 우주 3장'\nauthors:\n  - name: 별의 기여자\n",
    "LICENSE": "Copyright (c) 2026 별의 기여자\nCopyright (c) 2026 별의 기여자\n",
    "first.md": "# 별\n\n{ref}`3장 <chap3>`입니다.\n",
    "sheet.md": "(sheet)=\n# 3장 한눈에\n",
}
# {한 파일에서 고친 것: 알리는 말들}. 제목을 바꾸거나 장을 더하면 고칠 곳을 모두 알린다
RENAMED = {
    ("_toc.yml", "first", "first"): [],
    ("_config.yml", "우주 3장", "우주"): [
        "README.md:2: 별: 우주 3장 → 별: 우주",
        "CITATION.cff:1: 별: 우주 3장 → 별: 우주",
    ],
    ("_config.yml", "html_title: 별", "html_title: 달"): ["first.md:1: 별 → 달"],
    ("_config.yml", "author: 별의 기여자", "author: 홍길동"): [
        "CITATION.cff:3: 별의 기여자 → 홍길동",
        "LICENSE:1: 별의 기여자 → 홍길동",
        "LICENSE:2: 별의 기여자 → 홍길동",
    ],
    ("_toc.yml", "/index\n", "/index\n- file: chapters/chap7/index\n"): [
        "_config.yml:1: 제목의 장은 [3], 차례의 장은 [3, 7]"
    ],
    ("_toc.yml", "chap3", "chap5"): [
        "_config.yml:1: 제목의 장은 [3], 차례의 장은 [5]",
        "sheet.md:2: 차례에 없는 장입니다: # 3장 한눈에",
    ],
    ("_config.yml", "'2026'", "'2027'"): ["LICENSE: 적은 곳이 없습니다: 별의 기여자"],
    ("first.md", "<chap3>", "<chap7>"): [
        "first.md:3: 글과 링크의 장이 다릅니다: {ref}`3장 <chap7>`"
    ],
}


@pytest.mark.parametrize("change, told", RENAMED.items())
def test_what_disagrees_is_named(tmp_path, change, told):
    changed, old, new = change
    for file, text in BOOK.items():
        text = text.replace(old, new) if file == changed else text
        (tmp_path / file).write_text(text, "utf-8")
    assert [*disagreements(tmp_path)] == told


def test_chapters_are_read_from_titles():
    read = {"6장": [6], "6·7장": [6, 7], "6–8장": [6, 7, 8], "제10장": [10], "장": [], "3절": []}
    assert {text: named(text) for text in read} == read
