"""인쇄된 책의 출력과 실행한 노트북을 견준다.

코랩의 이미지에서도 쓰므로 표준 라이브러리와 PyYAML만 쓴다.
"""

import re
from itertools import groupby
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
EXPECTED = {
    page: outputs
    for file in ROOT.glob("tests/expected/*.yml")
    for page, outputs in yaml.safe_load(file.read_text("utf-8")).items()
}


# 시간을 재는 셀: (쪽, 코드의 한 부분).
# tests/under_load.py는 그 글의 숫자를 가리고 견주며 그림은 견주지 않는다.
TIMED = [
    ("chapters/chap6/6-7-methods", part)
    for part in (
        "def seconds(",
        "seconds(method)/once",
        "numerical = seconds(",
        "# 그림을 그리는 코드: 비용",
    )
]


def squeeze(text):
    """빈칸을 빼고, 실행할 때마다 다른 객체의 주소를 가린다. 10 x2의 0 x2는 주소가 아니다."""
    return re.sub(r"\s", "", re.sub(r"\b0x[0-9A-Fa-f]{6,}\b", "0x…", text))


def lines(text):
    """견줄 줄들. 줄 속의 빈칸은 인쇄된 책의 목록이 잃어버렸으므로 견주지 않는다."""
    return [squeeze(line) for line in text.strip().splitlines()]


def holds(whole, part):
    """줄들 whole에 part가 이어져 있으면 그 뒤의 자리, 없으면 0."""
    return next((n + len(part) for n in range(len(whole)) if whole[n : n + len(part)] == part), 0)


def text_output(cell):
    """셀이 낸 글. 바쁜 컴퓨터에서는 한 줄도 나뉘어 오므로 이어진 조각들은 쓴 그대로 잇는다."""
    texts = []
    for name, together in groupby(cell.get("outputs", []), lambda out: out.get("name")):
        pieces = [out.get("text") or out.get("data", {}).get("text/plain", "") for out in together]
        texts += ["".join(pieces)] if name else pieces
    return "\n".join(text.rstrip("\n") for text in texts)


def assert_printed(page, notebook):
    """인쇄된 책의 출력이 빠짐없이 차례대로, 같은 곳에서 줄을 바꾸며 나온다."""
    produced = iter([lines(text_output(cell)) for cell in notebook.cells])
    for output in EXPECTED.get(page, []):
        assert lines(output) in produced, f"이 출력이 없거나 줄이나 차례가 다릅니다:\n{output}"


def stderr(notebook):
    return [
        out["text"]
        for cell in notebook.cells
        for out in cell.get("outputs", [])
        if out.get("name") == "stderr"
    ]
