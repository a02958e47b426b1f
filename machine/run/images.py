"""imgs/를 다시 만든다: 그림을 저장하는 쪽을 실행하고, 그 폴더에 생긴 그림을 옮긴다."""

import shutil

from myst_nb.core.read import read_myst_markdown_notebook

from machine.run import data, run_inside_build
from machine.run.execute import PATIENCE, execute_here
from machine.settings import ROOT
from machine.settings.conventions import pages


def main():
    run_inside_build(ROOT)
    for page in pages():
        text = page.read_text("utf-8")
        if 'savefig("imgs/' in text:
            print(page.relative_to(ROOT))
            notebook = read_myst_markdown_notebook(text)
            with data.laid_out(page.parent) as place:
                result = execute_here(notebook, str(place.folder), PATIENCE, allow_errors=False)
                if result.err:
                    return result.exc_string
                shutil.copytree(place.folder / "imgs", ROOT / "imgs", dirs_exist_ok=True)
    return 0
