"""실행하다 멈춘 셀을 원고의 줄로 옮긴다. MyST-NB는 쪽만 알리고 역추적을 쉰 줄 넘게 적는다."""

import re

from myst_nb.core.read import read_myst_markdown_notebook

from machine.problems import Problem
from machine.problems.phrases import TABLES
from machine.problems.tables import tell
from machine.settings import ROOT

CODE = re.compile(r"^-{18}\n(.*?)\n-{18}$", re.S | re.M)
PREVIEW = re.compile(r"^-{19}\n(.*?)\n-{19}$", re.S | re.M)  # 시간을 넘긴 셀은 앞의 몇 줄만


def failed_cell(page, message):
    """셀을 실행하지 못했다는 알림을 고칠 곳으로."""
    kind = re.search(r"Executing notebook failed: (\w+)", message)[1]
    cell = CODE.search(message) or PREVIEW.search(message)
    line, code, error = 0, "", ""
    if cell and (ROOT / page).is_file():
        line, code = place((ROOT / page).read_text("utf-8"), cell[1], message)
    if cell and kind == "CellExecutionError":
        error = exception(message[cell.end() :])
    last = message.strip().split("\n")[-1]
    told = tell(TABLES["cells"], f"{kind}: {error or last}")
    shown = f" (코드: {code.strip()})" if code.strip() else ""
    text = f"셀을 실행하다 멈추었습니다: {told.text}{shown}"
    return Problem(f"{page}:{line}" if line else page, text, told.remedy)


def exception(traceback):
    """역추적에서 마지막 예외의 종류와 글. 글이 여러 줄이면 첫 줄."""
    names = re.findall(r"^(\w[\w.]*) +Traceback \(most recent call last\)", traceback, re.M)
    name = re.escape(names[-1]) if names else r"\w*(?:Error|Exception|Exit|Interrupt)"
    return next(iter(re.findall(rf"^({name}(?:: .*)?)$", traceback, re.M)[-1:]), "")


def place(text, code, message):
    """(원고의 줄 번호, 그 줄). 같은 코드의 셀이 여럿이면 실행한 차례로 고른다."""
    within = re.findall(r"Cell In ?\[(\d+)\], line (\d+)", message)
    failed = {int(number): int(line) for number, line in reversed(within)}
    same = {number: start for number, source, start in cells(text) if source.startswith(code)}
    if not same:
        return 0, ""
    number = next((number for number in same if number in failed), next(iter(same)))
    line = same[number] + failed.get(number, 1)
    return line, text.split("\n")[line - 1]


def cells(text):
    """실행하는 셀마다 (차례, 코드, 코드가 시작하기 앞의 줄 번호)."""
    lines, end, number = text.split("\n"), 0, 0
    for cell in read_myst_markdown_notebook(text).cells:
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        code, number = cell.source.split("\n"), number + 1
        starts = [n for n in range(end, len(lines)) if lines[n : n + len(code)] == code]
        yield number, cell.source, starts[0] if starts else end
        end = starts[0] + len(code) if starts else end
