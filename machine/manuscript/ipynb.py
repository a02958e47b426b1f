"""노트북(.ipynb)을 읽는다: 어느 판이든 4판으로, 쓴 사람이 적은 것만.

출력과 실행한 차례, 편집기가 남기는 것(접은 모양, 위젯, 코랩의 id)은 버린다. 남기면 셀을 고치지
않아도 다시 실행하고, 낡은 출력이 쪽에 나온다.
"""

import json
import re
from itertools import chain

import nbformat
import yaml

from machine.manuscript import heads
from machine.manuscript.attachments import pictures
from machine.manuscript.heads import HEAD

LONGEST = 10_000  # 셀의 줄보다 큰 수
VERSION = 4
# 노트북의 메타데이터에서 쓴 사람이 적는 것. 나머지는 편집기의 것이다
WRITTEN = {"myst", "mystnb", "numbering", "numbers", "orphan", "html_meta", "substitutions"}
# render는 mystnb의 옛 이름
WRITTEN_IN_CELL = {"tags", "mystnb", "render", "format", "raw_mimetype"}
IS_NAME = re.compile(r"[A-Za-z_][\w:.-]*", re.ASCII)
AGAIN = "주피터에서 열어 다시 저장하세요"


class Broken(ValueError):
    """읽을 수 없는 노트북: (줄이나 셀, 무엇이 잘못되었는가, 고치는 법). 모르면 빈 글."""


def number(cell, line):
    """셀과 그 속의 줄을 적은 수."""
    return cell * LONGEST + line


def place(number):
    cell, line = divmod(number, LONGEST)
    return f"{in_cell(cell)} {line}번째 줄"


def in_cell(cell):
    return f"{cell}번째 셀"


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
        raise Broken("", "JSON이지만 노트북이 아닙니다", "노트북을 두거나 차례에서 빼세요")
    version = data.get("nbformat")
    if not isinstance(version, int) or not 1 <= version <= VERSION:
        said = f"읽을 수 없는 판의 노트북입니다(nbformat {version})"
        raise Broken("", said, f"주피터에서 열어 nbformat {VERSION}로 저장하세요")
    data["metadata"] = data.get("metadata") or {}
    make_plain(data)
    try:
        found = nbformat.reader.reads(json.dumps({"nbformat_minor": 0} | data))
        return nbformat.from_dict(nbformat.convert(found, VERSION))
    except Exception as error:  # 판마다 다른 예외를 던진다
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise Broken("", f"노트북의 꼴이 틀렸습니다: {said}", AGAIN) from error


def make_plain(data):
    """판을 옮기기 앞에 출력을 버린다. 출력의 꼴은 편집기마다 달라 옮기지 못하는 것이 있다."""
    sheets = inside(data.get("worksheets"), list) or [data]  # 3판까지는 묶음에 나누어 담았다
    cells = [inside(inside(sheet, dict).get("cells"), list) for sheet in sheets]
    for n, cell in enumerate(chain(*cells), 1):
        if "cell_type" not in inside(cell, dict):
            raise Broken(in_cell(n), "종류(cell_type)가 없는 셀입니다", AGAIN)
        cell["metadata"] = inside(cell.get("metadata"), dict)
        if cell["cell_type"] == "code":
            cell["outputs"] = []


def inside(value, kind):
    """종류가 다르면 빈 것."""
    return value if isinstance(value, kind) else kind()


def as_json(text):
    if not text.strip():
        raise Broken("", "빈 파일입니다", "주피터에서 다시 저장하거나 차례에서 빼세요")
    if conflict := re.search(r"^<<<<<<< ", text, re.M):
        line = text.count("\n", 0, conflict.start()) + 1
        raise Broken(line, "합치다 만 곳(<<<<<<<)이 있습니다", "한쪽을 남기고 지우세요")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
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
        raise Broken(in_cell(n), f"모르는 종류의 셀입니다: {kind}", AGAIN)
    check_metadata(metadata, n)
    new = make(source.replace("\r\n", "\n"), metadata=metadata)
    new.pop("id", None)  # 4.4판의 셀에는 없다
    if attachments := cell.get("attachments"):
        new["attachments"] = attachments
    for picture in attachments and pictures(new) or ():
        if not picture.data:
            said = f"붙인 그림을 읽을 수 없습니다: {picture.written[0]}"
            raise Broken(in_cell(n), said, "그림을 이 셀에 다시 붙여 넣으세요")
    return new


def check_metadata(metadata, n):
    """셀의 메타데이터에 손으로 적은 것."""
    tags = metadata.get("tags", [])
    if not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
        raise Broken(
            in_cell(n), f"꼬리표가 목록이 아닙니다: {tags}", '"tags": ["이름"]처럼 적으세요'
        )
    if not isinstance(metadata.get("mystnb", {}), dict):
        remedy = '"mystnb": {"image": {"alt": "그림에 보이는 것"}}처럼 적으세요'
        raise Broken(in_cell(n), "mystnb가 이름과 값의 짝이 아닙니다", remedy)


def take_head(cell, n):
    """첫 셀에 적은 머리글(--- 사이). 그 자리는 비워 뒤의 줄이 밀리지 않게 한다."""
    found = HEAD.match(cell.source)
    if not (found and found[1]):
        return {}
    try:
        value = heads.read(found[1])
    except yaml.YAMLError as error:
        said = " ".join(str(getattr(error, "problem", error)).split())
        line = 2 + error.problem_mark.line
        remedy = "들여쓰기, 쌍점 뒤의 빈칸, 따옴표의 짝을 윗줄과 견주어 보세요"
        said = f"머리글을 YAML로 읽을 수 없습니다: {said}"
        raise Broken(place(number(n, line)), said, remedy) from error
    if not (isinstance(value, dict) and all(IS_NAME.fullmatch(str(name)) for name in value)):
        return {}  # 두 선 사이에 적은 글이다
    cell.source = heads.without(found, cell.source)
    return nbformat.from_dict(value)
