"""워크플로의 명령을 이 컴퓨터에서 실행한다.

    python tests/workflows.py [book, newest 같은 워크플로나 작업의 이름 …]

작업마다 마지막 커밋을 새 폴더에 복제하고, run의 명령을 적힌 대로 차례로 실행한다. GitHub에만 있는
것(액션, 이미지, 토큰)은
건너뛰고 그렇다고 적는다. 컴퓨터에 없는 파이썬도 건너뛴다.
"""

import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]


def jobs(names=()):
    """(워크플로, 작업, matrix의 값, 작업의 내용)을 차례로."""
    for file in sorted((ROOT / ".github/workflows").glob("*.yml")):
        for name, job in yaml.safe_load(file.read_text("utf-8"))["jobs"].items():
            if not names or {file.stem, name} & set(names):
                matrix = job.get("strategy", {}).get("matrix", {})
                for values in itertools.product(*matrix.values()):
                    yield file.stem, name, dict(zip(matrix, values)), job


def fill(text, values):
    return re.sub(r"\$\{\{ *matrix\.(\w+) *\}\}", lambda m: values[m[1]], str(text))


def python_first(version, folder):
    """setup-python이 하듯 그 버전의 파이썬을 PATH의 맨 앞에 둔다. 3.x이면 쓰던 것. 없으면 None."""
    python = shutil.which("python3" if version == "3.x" else f"python{version}")
    if not python or subprocess.run([python, "-V"], capture_output=True).returncode:
        return None
    folder.mkdir()
    for name in ("python", "python3"):
        (folder / name).write_text(f'#!/bin/sh\nexec "{python}" "$@"\n')
        (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def run(job, values, folder):
    """작업 하나를 실행한다. 성공하면 True."""
    if "container" in job:
        print(f"  건너뜀: {job['container']} 안에서만 실행합니다", flush=True)
        return True
    clone = folder / "book"
    subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
    env = {
        key: value
        for key, value in os.environ.items()
        if key not in ("MAKEFLAGS", "MAKELEVEL", "PYTHON")
    }
    for step in job["steps"]:
        title = step.get("name") or step.get("uses") or step["run"]
        extra = {key: fill(value, values) for key, value in step.get("env", {}).items()}
        version = fill(step.get("with", {}).get("python-version", ""), values)
        if version:
            env["PATH"] = python_first(version, folder / "bin")
            if not env["PATH"]:
                print(f"  건너뜀: 파이썬 {version}이 없습니다", flush=True)
                return True
        elif "run" not in step or any("${{" in value for value in extra.values()):
            print(f"  GitHub에서만: {title}", flush=True)
        else:
            print(f"  실행: {title}", flush=True)
            if subprocess.run(
                ["bash", "-eo", "pipefail", "-c", step["run"]], cwd=clone, env={**env, **extra}
            ).returncode:
                return False
    return True


def main(*names):
    failed = []
    for workflow, name, values, job in jobs(names):
        title = " ".join([f"{workflow}/{name}", *values.values()])
        print(title, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            if not run(job, values, Path(folder)):
                failed.append(title)
    sys.exit("실패: " + ", ".join(failed) if failed else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
