"""imgs/를 다시 만든다: 그림을 저장하는 쪽을 빈 폴더에서 실행하고, 다 그린 그림만 옮긴다."""

from pathlib import Path
from tempfile import TemporaryDirectory

from myst_nb.core.read import read_myst_markdown_notebook

from machine import files
from machine.run import run_inside_build
from machine.run.execute import PATIENCE, execute
from machine.settings import ROOT
from machine.settings.conventions import pages


def main():
    run_inside_build(ROOT)
    for page in pages():
        text = page.read_text("utf-8")
        if 'savefig("imgs/' in text:
            print(page.relative_to(ROOT))
            notebook = read_myst_markdown_notebook(text)
            with TemporaryDirectory() as folder:
                result = execute(notebook, folder, PATIENCE, allow_errors=False)
                if result.err:
                    return result.exc_string
                for path in Path(folder, "imgs").rglob("*.*"):
                    files.copy(path, ROOT / path.relative_to(folder))
    return 0
