"""코랩의 이미지 안에서: 노트북을 하나씩 빈 폴더에서 실행하고, 인쇄된 책의 출력이 나오는지 본다.

이미지에 이미 있는 패키지만 쓴다. 더 깔면 독자가 쓰는 것과 달라진다.
"""

import sys
import tempfile

import nbformat
from nbclient import NotebookClient

from outputs import ROOT, assert_printed, stderr


def run(path):
    notebook = nbformat.read(path, nbformat.NO_CONVERT)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(
            notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": folder}}
        ).execute()
    assert_printed(f"chapters/{path.parent.name}/{path.stem}", notebook)
    assert not any("한글 글꼴" in text for text in stderr(notebook)), stderr(notebook)


failed = []
for path in sorted(ROOT.glob("notebooks/*/*.ipynb")):
    try:
        run(path)
        print(f"{path.name}: 됐습니다", flush=True)
    except Exception as error:  # 나머지도 보고 나서 한꺼번에 알린다
        failed.append(path.name)
        print(f"{path.name}: {type(error).__name__}: {error}", flush=True)
sys.exit("실패: " + ", ".join(failed) if failed else 0)
