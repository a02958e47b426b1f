"""그림에 그린 선의 값. 커널이 출력의 메타데이터에 남긴 것(kernel_lines.py)을 쪽에 옮긴다."""

import json

KEY = "lines"


def figure_of(cell):
    """셀이 그리는 그림의 이름표. 없거나 잘못 적었으면 None."""
    told = cell.metadata
    for name in ("mystnb", "figure", "name"):
        told = told.get(name) if isinstance(told, dict) else None
    return told


def drawn(notebook):
    """{그림의 이름표: 축마다의 값}. 이름이 없는 그림의 것은 버린다.

    캐시에서 온 것은 이름의 차례로 놓여 있으므로, 갓 실행한 것도 그렇게 놓아 같은 바이트를 쓴다.
    """
    found = {}
    for cell in notebook.cells:
        name = figure_of(cell)
        for output in cell.get("outputs", ()):
            values = output.get("metadata", {}).pop(KEY, None)
            if values and name:
                found.setdefault(name, json.loads(json.dumps(values, sort_keys=True)))
    return found


def lines_of(env, docname):
    """{그림의 이름표: 축마다의 값}."""
    return env.metadata[docname].get("language_info", {}).get(KEY, {})
