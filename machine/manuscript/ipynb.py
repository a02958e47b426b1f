"""노트북(.ipynb)을 읽는다: 어느 판이든 4판으로, 쓴 사람이 적은 것만.

출력과 실행한 차례, 편집기가 남기는 것(접은 모양, 위젯, 코랩의 id)은 버린다. 남기면 셀을 고치지
않아도 다시 실행하고, 낡은 출력이 쪽에 나온다.
"""

import json
import re

import nbformat
import yaml

from machine.manuscript import heads
from machine.manuscript.heads import HEAD

LONGEST = 10_000  # 셀의 줄보다 큰 수
VERSION = 4
# 노트북의 메타데이터에서 쓴 사람이 적는 것. 나머지는 편집기의 것이다
WRITTEN = {"myst", "mystnb", "numbering", "orphan", "html_meta", "substitutions"}
WRITTEN_IN_CELL = {"tags", "mystnb", "format", "raw_mimetype"}
IS_NAME = re.compile(r"[A-Za-z_][\w:.-]*", re.ASCII)
AGAIN = "주피터에서 열어 다시 저장하세요"


class Broken(ValueError):
    """읽을 수 없는 노트북: (줄, 무엇이 잘못되었는가, 고치는 법). 줄을 모르면 0."""


def number(cell, line):
    """셀과 그 속의 줄을 적은 수."""
    return cell * LONGEST + line


def place(number):
    cell, line = divmod(number, LONGEST)
    return f"{cell}번째 셀 {line}번째 줄" if line else f"{cell}번째 셀"


def read(text):
    """(노트북, 셀마다 파일에서의 차례). 빈 셀은 뺀다."""
    notebook = nbformat.v4.new_notebook(nbformat_minor=4)
    found = as_version_4(text)
    notebook.metadata |= chosen(found.metadata, WRITTEN)
    notebook.metadata |= kernel_of(found.metadata)
    numbers = []
    for n, cell in enumerate(found.cells, 1):
        cell = written(cell, n)
        if not numbers and cell.cell_type != "code":
            notebook.metadata |= take_head(cell, n)
        if cell.source.strip():
            notebook.cells.append(cell)
            numbers.append(n)
    return notebook, numbers


def as_version_4(text):
    data = as_json(text)
    if not isinstance(data, dict) or not {"cells", "worksheets"} & data.keys():
        raise Broken(0, "JSON이지만 노트북이 아닙니다", "노트북을 두거나 차례에서 빼세요")
    version = data.get("nbformat")
    if not isinstance(version, int) or version > VERSION:
        said = f"읽을 수 없는 판의 노트북입니다(nbformat {version})"
        raise Broken(0, said, f"nbformat {VERSION}로 저장하세요")
    try:
        forget_outputs(data)
        found = nbformat.reader.reads(json.dumps({"nbformat_minor": 0, "metadata": {}} | data))
        return nbformat.from_dict(nbformat.convert(found, VERSION))
    except Exception as error:  # 판마다 다른 예외를 던진다
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise Broken(0, f"노트북의 꼴이 틀렸습니다: {said}", AGAIN) from error


def forget_outputs(data):
    """옮기기 앞에 버린다. 출력의 꼴은 편집기마다 달라 옮기지 못하는 것이 있다."""
    for sheet in data.get("worksheets", [data]):
        for cell in sheet["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = []


def as_json(text):
    if not text.strip():
        raise Broken(0, "빈 파일입니다", "주피터에서 다시 저장하거나 차례에서 빼세요")
    if conflict := re.search(r"^<<<<<<< ", text, re.M):
        line = text.count("\n", 0, conflict.start()) + 1
        raise Broken(line, "합치다 만 곳(<<<<<<<)이 있습니다", "한쪽을 남기고 지우세요")
    try:
        return json.loads(text)
    except ValueError as error:
        line, said = getattr(error, "lineno", 1), getattr(error, "msg", error)
        raise Broken(line, f"노트북(JSON)으로 읽을 수 없습니다: {said}", AGAIN) from error


def chosen(metadata, names):
    return {name: value for name, value in metadata.items() if name in names}


def kernel_of(metadata):
    """커널을 가리는 데 쓰는 것."""
    return chosen(metadata, {"kernelspec", "language_info"})


def written(cell, n):
    """쓴 사람이 적은 것만 남긴 셀."""
    source, kind = cell.get("source", ""), cell.get("cell_type")
    source = "".join(source) if isinstance(source, list) else source
    metadata = chosen(cell.get("metadata") or {}, WRITTEN_IN_CELL)
    make = getattr(nbformat.v4, f"new_{kind}_cell", None)
    if make is None or not isinstance(source, str):
        raise Broken(number(n, 0), f"모르는 종류의 셀입니다: {kind}", AGAIN)
    new = make(source, metadata=metadata)
    new.pop("id", None)  # 4.4판의 셀에는 없다
    if attachments := cell.get("attachments"):
        new["attachments"] = attachments
    return new


def take_head(cell, n):
    """첫 셀에 적은 머리글(--- 사이). 그 자리는 비워 뒤의 줄이 밀리지 않게 한다."""
    found = HEAD.match(cell.source)
    if not (found and found[1]):
        return {}
    try:
        value = yaml.safe_load(found[1])
    except yaml.YAMLError as error:
        said = " ".join(str(getattr(error, "problem", error)).split())
        line = 2 + error.problem_mark.line
        remedy = "들여쓰기, 쌍점 뒤의 빈칸, 따옴표의 짝을 윗줄과 견주어 보세요"
        said = f"머리글을 YAML로 읽을 수 없습니다: {said}"
        raise Broken(number(n, line), said, remedy) from error
    if not (isinstance(value, dict) and all(IS_NAME.fullmatch(str(name)) for name in value)):
        return {}  # 두 선 사이에 적은 글이다
    cell.source = heads.without(found, cell.source)
    return nbformat.from_dict(value)
