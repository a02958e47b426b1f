"""실행하다 멈춘 셀을 원고의 줄로 옮긴다. MyST-NB는 쪽만 알리고 라이브러리의 역추적을 쉰 줄 넘게 적는다."""

import re

from myst_nb.core.read import read_myst_markdown_notebook

from machine.problems import Problem
from machine.settings import ROOT

CODE = re.compile(r"^-{18}\n(.*?)\n-{18}$", re.S | re.M)
PREVIEW = re.compile(r"^-{19}\n(.*?)\n-{19}$", re.S | re.M)  # 시간을 넘긴 셀은 앞의 몇 줄만
SAID = {
    "CellTimeoutError": "정한 시간 안에 끝나지 않았습니다",
    "DeadKernelError": "실행하던 파이썬이 죽었습니다",
    "NoSuchKernel": "머리글에 적은 커널이 없습니다",
}
REMEDIES = {
    "ModuleNotFoundError": "패키지를 requirements.txt에 적고 make lock을 실행하세요. 코랩과 Binder에도 있어야 합니다",
    "FileNotFoundError": "셀은 _build/tmp의 임시 폴더에서 실행되므로 원고 옆의 파일을 찾지 못합니다",
    "CellTimeoutError": "계산을 줄이거나 _config.yml의 timeout을 늘리세요",
    "DeadKernelError": "메모리가 모자라거나 파이썬이 멈추었습니다. 계산을 줄이세요",
    "NoSuchKernel": "kernelspec에 name: python3을 적으세요",
}
USUAL = "코드를 고치세요. 오류를 보이려면 try와 except로 잡아 찍습니다"


def failed_cell(page, message):
    """셀을 실행하지 못했다는 알림을 고칠 곳으로."""
    kind = re.search(r"Executing notebook failed: (\w+)", message)[1]
    found = CODE.search(message) or PREVIEW.search(message)
    error = exception(message[found.end() :]) if found and kind == "CellExecutionError" else ""
    known = found and (ROOT / page).is_file()
    line, code = place((ROOT / page).read_text("utf-8"), found[1], message) if known else (0, "")
    said = SAID.get(kind) or error or message.strip().split("\n")[-1]
    shown = f" (코드: {code.strip()})" if code.strip() else ""
    remedy = REMEDIES.get(error.split(":")[0] if error else kind, USUAL)
    return Problem(
        f"{page}:{line}" if line else page, f"셀을 실행하다 멈추었습니다: {said}{shown}", remedy
    )


def exception(traceback):
    """역추적에서 마지막 예외의 종류와 글. 글이 여러 줄이면 첫 줄."""
    names = re.findall(r"^(\w[\w.]*) +Traceback \(most recent call last\)", traceback, re.M)
    name = re.escape(names[-1]) if names else r"\w*(?:Error|Exception|Exit|Interrupt)"
    return next(iter(re.findall(rf"^({name}(?:: .*)?)$", traceback, re.M)[-1:]), "")


def place(text, code, message):
    """(원고의 줄 번호, 그 줄). 같은 코드의 셀이 여럿이면 실행한 차례로 고른다."""
    within = re.findall(r"Cell In ?\[(\d+)\], line (\d+)", message)
    cells = [
        cell
        for cell in read_myst_markdown_notebook(text).cells
        if cell.cell_type == "code" and cell.source.strip()
    ]
    lines, start, found = text.split("\n"), 0, []
    for number, cell in enumerate(cells, 1):
        size = len(source := cell.source.split("\n"))
        start = (
            next((n for n in range(start, len(lines)) if lines[n : n + size] == source), start) + 1
        )
        if cell.source.startswith(code):
            found.append((number, start))
            start += size - 1
    if not found:
        return 0, ""
    numbers = {int(number): int(line) for number, line in reversed(within)}
    number, start = next((pair for pair in found if pair[0] in numbers), found[0])
    line = start + numbers.get(number, 1) - 1
    return line, lines[line - 1]
