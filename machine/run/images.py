"""imgs/를 다시 만든다: 그림을 저장하는 쪽을 책의 맨 위 폴더에서 실행하면 그림이 제자리에 생긴다."""

from machine import manuscript
from machine.run import run_inside_build
from machine.run.execute import PATIENCE, execute
from machine.settings import ROOT


def main():
    run_inside_build(ROOT)
    for page in sorted(manuscript.every()):
        notebook = manuscript.read(page)
        if any('savefig("imgs/' in cell.source for cell in notebook.cells):
            print(page.relative_to(ROOT))
            result = execute(notebook, str(ROOT), PATIENCE, allow_errors=False)
            if result.err:
                return result.exc_string
    return 0
