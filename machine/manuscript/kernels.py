"""셀을 실행할 커널. 어느 환경에서 쓴 원고든 이 책의 파이썬으로 실행한다.

주피터는 원고에 쓴 사람의 커널(conda-base, .venv)을 적는다. 이름은 컴퓨터마다 달라 볼 것이 못 되고,
파이썬인지만 본다.
"""

import re

import nbformat

# 셀의 출력은 이것까지 같을 때에만 캐시에서 온다
OURS = {"name": "python3", "display_name": "Python 3", "language": "python"}
PYTHON = re.compile(r"i?python[\d.]*|py|", re.I)
# 언어를 적지 않은 커널의 이름에서. 모르는 이름은 파이썬의 환경으로 본다
OTHER = re.compile(
    r"(julia|ir$|r$|xr$|bash|octave|matlab|javascript|deno|typescript|rust|evcxr|xcpp|gophernotes"
    r"|ihaskell|haskell|scala|almond|kotlin|sql|stata|sas$|wolfram|\.net|sage|ocaml|ruby)",
    re.I,
)


def language(metadata):
    """원고에 적힌 코드의 언어. 적지 않았으면 빈 글."""
    spec, info = metadata.get("kernelspec") or {}, metadata.get("language_info") or {}
    if not isinstance(spec, dict):  # kernelspec: python3
        spec = {"name": spec}
    other = OTHER.match(str(spec.get("name", "")))
    return str(spec.get("language") or info.get("name") or (other[1] if other else ""))


def is_python(language):
    """적지 않았으면 파이썬으로 본다."""
    return bool(PYTHON.fullmatch(language))


def make_ours(notebook):
    """코드 셀이 있으면 이 책의 커널을, 없으면 커널을 적지 않는다."""
    notebook.metadata.pop("language_info", None)  # 실행한 커널이 적는다
    notebook.metadata.pop("kernelspec", None)
    if any(cell.cell_type == "code" for cell in notebook.cells):
        notebook.metadata["kernelspec"] = nbformat.from_dict(OURS)
