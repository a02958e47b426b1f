"""imgs/를 다시 만든다: 책의 표식을 그리고, 그림을 저장하는 쪽을 빈 폴더에서 실행하여 옮긴다."""

from machine import files, manuscript, mark
from machine.run import data, run_inside_build
from machine.run.execute import PATIENCE, execute_here
from machine.settings import ROOT


def main():
    if mark.exists() and not mark.is_drawn():
        print(mark.FILE.name)
        mark.draw()
    run_inside_build(ROOT)
    for page in sorted(manuscript.every()):
        notebook = manuscript.read(page)
        if any('savefig("imgs/' in cell.source for cell in notebook.cells):
            print(page.relative_to(ROOT))
            with data.laid_out(page.parent) as place:
                result = execute_here(notebook, str(place.folder), PATIENCE, allow_errors=False)
                if result.err:
                    return result.exc_string
                for path in (place.folder / "imgs").rglob("*.*"):
                    files.copy(path, ROOT / path.relative_to(place.folder))
    return 0
