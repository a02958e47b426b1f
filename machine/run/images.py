"""imgs/를 다시 만든다: 그림을 저장하는 쪽을 책의 맨 위 폴더에서 실행하면 그림이 제자리에 생긴다."""

from myst_nb.core.read import read_myst_markdown_notebook

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
            result = execute(notebook, str(ROOT), PATIENCE, allow_errors=False)
            if result.err:
                return result.exc_string
    return 0
