"""imgs/를 다시 만든다: 그림을 저장하는 쪽을 실행하고, 그 폴더에 생긴 그림을 옮긴다."""

import shutil

from machine import manuscript
from machine.run import data, run_inside_build
from machine.run.execute import PATIENCE, execute_here
from machine.settings import ROOT


def main():
    run_inside_build(ROOT)
    for page in sorted(manuscript.every()):
        notebook = manuscript.read(page)
        if any('savefig("imgs/' in cell.source for cell in notebook.cells):
            print(page.relative_to(ROOT))
            with data.laid_out(page.parent) as place:
                result = execute_here(notebook, str(place.folder), PATIENCE, allow_errors=False)
                if result.err:
                    return result.exc_string
                shutil.copytree(place.folder / "imgs", ROOT / "imgs", dirs_exist_ok=True)
    return 0
