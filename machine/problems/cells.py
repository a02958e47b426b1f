"""실행하다 멈춘 셀을 원고의 줄로 옮긴다. MyST-NB는 쪽만 알리고 역추적을 쉰 줄 넘게 적는다."""

import ast
import re
from importlib.util import find_spec

from machine import manuscript
from machine.problems import Problem
from machine.problems.phrases import TABLES
from machine.problems.tables import tell
from machine.settings import ROOT

NAME = re.compile(r"""\bname["']?: *["']?([\w:.-]+)""")
NOT_INSTALLED = "ModuleNotFoundError: No module named"
CODE = re.compile(r"^-{18}\n(.*?)\n-{18}$", re.S | re.M)
PREVIEW = re.compile(r"^-{19}\n(.*?)\n-{19}$", re.S | re.M)  # 시간을 넘긴 셀은 앞의 몇 줄만


def failed(page, message):
    """실행을 멈춘 까닭과, 거기에 가려질 것: 설치하지 않은 다른 패키지들."""
    stopped = failed_cell(page, message)
    yield stopped
    yield from (other for other in missing_packages(page) if other.place != stopped.place)


def failed_cell(page, message):
    """셀을 실행하지 못했다는 알림을 고칠 곳으로."""
    kind = re.search(r"Executing notebook failed: (\w+)", message)[1]
    cell = CODE.search(message) or PREVIEW.search(message)
    line, code, error = 0, "", ""
    if cell and (ROOT / page).is_file():
        line, code = place(ROOT / page, cell[1], message)
    if cell and kind == "CellExecutionError":
        error = exception(message[cell.end() :])
    last = message.strip().split("\n")[-1]
    told = tell(TABLES["cells"], f"{kind}: {error or last}")
    shown = f" (코드: {code.strip()})" if code.strip() else ""
    text = f"셀을 실행하다 멈추었습니다: {told.text}{shown}"
    return Problem(manuscript.place(page, line) if line else page, text, told.remedy)


def unmade_names(pages):
    """실행하다 멈춘 쪽들이 붙였을 이름표. 셀이 그릴 그림의 것은 실행해야 생긴다."""
    texts = [(ROOT / page).read_text("utf-8") for page in pages if (ROOT / page).is_file()]
    return {name.lower() for text in texts for name in NAME.findall(text)}


def missing_packages(page):
    """쪽이 부르지만 설치하지 않은 패키지를 모두. 실행은 그 하나에서 멈춘다."""
    path, found = ROOT / page, {}
    for _, code, start in cells(path) if path.is_file() else ():
        for module, line in imports(code):
            if not find_spec(module):
                found.setdefault(module, start + line - 1)
    for module, line in found.items():
        told = tell(TABLES["cells"], f"CellExecutionError: {NOT_INSTALLED} {module!r}")
        text = f"셀을 실행할 수 없습니다: {told.text}"
        yield Problem(manuscript.place(page, line), text, told.remedy)


def imports(code):
    """셀이 부르는 (패키지, 줄)들. try나 함수 속의 것은 없어도 될 수 있으므로 보지 않는다."""
    try:
        lines = ast.parse(re.sub(r"^(\s*)[%!].*", r"\1pass", code, flags=re.M)).body
    except SyntaxError:
        return
    for node in lines:
        names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        yield from ((name.partition(".")[0], node.lineno) for name in names)


def exception(traceback):
    """역추적에서 마지막 예외의 종류와 글. 글이 여러 줄이면 첫 줄."""
    names = re.findall(r"^(\w[\w.]*) +Traceback \(most recent call last\)", traceback, re.M)
    name = re.escape(names[-1]) if names else r"\w*(?:Error|Exception|Exit|Interrupt)"
    return next(iter(re.findall(rf"^({name}(?:: .*)?)$", traceback, re.M)[-1:]), "")


def place(path, code, message):
    """(원고의 줄 번호, 그 줄). 같은 코드의 셀이 여럿이면 실행한 차례로 고른다."""
    within = re.findall(r"Cell In ?\[(\d+)\], line (\d+)", message)
    failed = {int(number): int(line) for number, line in reversed(within)}
    same = {number: start for number, source, start in cells(path) if source.startswith(code)}
    if not same:
        return 0, ""
    number = next((number for number in same if number in failed), next(iter(same)))
    line = same[number] + failed.get(number, 1) - 1
    return line, dict(manuscript.lines(path))[line]


def cells(path):
    """실행하는 셀마다 (차례, 코드, 코드가 시작하는 줄)."""
    notebook, number = manuscript.read(path), 0
    numbers, lines = zip(*manuscript.lines(path))
    for cell, start in zip(notebook.cells, manuscript.starts(notebook)):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        code, first, number = tuple(cell.source.split("\n")), numbers.index(start), number + 1
        places = (n for n in range(first, len(lines)) if lines[n : n + len(code)] == code)
        yield number, cell.source, numbers[next(places, first)]
