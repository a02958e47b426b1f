"""인쇄된 책의 출력과 실행한 노트북을 견준다. 코랩의 이미지에서도 쓰므로 표준 라이브러리와 PyYAML만 쓴다."""
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
EXPECTED = {page: outputs for file in ROOT.glob("tests/expected/*.yml")
            for page, outputs in yaml.safe_load(file.read_text("utf-8")).items()}


def squeeze(text):
    """견줄 것만 남긴다: 빈칸을 빼고, 실행할 때마다 다른 객체의 주소를 가린다."""
    return re.sub(r"0x[0-9A-Fa-f]+", "0x…", re.sub(r"\s", "", text))


def text_output(cell):
    return "".join(out["text"] if out["output_type"] == "stream" else out.get("data", {}).get("text/plain", "")
                   for out in cell.get("outputs", []))


def assert_printed(page, notebook):
    """인쇄된 책의 출력이 빠짐없이 차례대로 나온다."""
    produced = iter([squeeze(text_output(cell)) for cell in notebook.cells])
    for output in EXPECTED.get(page, []):
        assert squeeze(output) in produced, f"이 출력이 없거나 차례가 다릅니다:\n{output}"


def stderr(notebook):
    return [out["text"] for cell in notebook.cells for out in cell.get("outputs", []) if out.get("name") == "stderr"]
