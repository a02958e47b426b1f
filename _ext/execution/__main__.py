"""imgs/를 다시 만든다: 그림을 저장하는 쪽을 책의 맨 위 폴더에서 실행하면 그림이 제자리에 생긴다."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from execution import execute, run_inside_build  # noqa: E402
from execution.run import PATIENCE  # noqa: E402
from myst_nb.core.read import read_myst_markdown_notebook  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
run_inside_build(ROOT)
for page in sorted(ROOT.glob("chapters/*/*.md")):
    text = page.read_text("utf-8")
    if 'savefig("imgs/' in text:
        print(page.relative_to(ROOT))
        result = execute(read_myst_markdown_notebook(text), str(ROOT), PATIENCE, allow_errors=False)
        if result.err:
            sys.exit(result.exc_string)
