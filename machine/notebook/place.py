"""다 만든 노트북과 README를 제자리로 옮긴다. 그대로인 것은 건드리지 않는다.

건드리면 다음의 make html이 사이트를 다시 짓는다.
"""

import shutil

from machine import build, files
from machine.settings import ROOT
from machine.settings.conventions import NOTEBOOKS

MADE = ROOT / "_build/notebook"
ABOUT = "README.md"  # notebooks/를 설명하는 글. 만든 것이 아니다


def inside(folder):
    """{폴더 속의 이름: 파일}. 숨은 것은 뺀다."""
    found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: path
        for name, path in found.items()
        if str(name) != ABOUT and not any(part.startswith(".") for part in name.parts)
    }


def bring(new, old):
    if not old.is_file() or new.read_bytes() != old.read_bytes():
        files.copy(new, old)


def main():
    shutil.rmtree(MADE, ignore_errors=True)
    if status := build.main("notebook"):
        return status
    target = ROOT / NOTEBOOKS
    made, kept = inside(MADE / NOTEBOOKS), inside(target)
    for name, path in made.items():
        bring(path, target / name)
    for name in kept.keys() - made.keys():
        kept[name].unlink()
    for folder in sorted(target.rglob("*/"), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    if (MADE / ABOUT).is_file():
        bring(MADE / ABOUT, ROOT / ABOUT)
    return 0
