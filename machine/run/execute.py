"""노트북 하나를 실행한다. 컴퓨터가 바쁘든 코어가 몇이든 같은 코드에서 같은 출력이 나온다."""

import re
import traceback
from itertools import groupby

from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from nbclient.exceptions import CellTimeoutError
from nbformat.v4 import new_output

from machine.run import data

PATIENCE = 600  # 초. 커널이 뜨고 출력을 다 보낼 때까지 기다린다. 바쁜 컴퓨터에서는 몇십 초가 든다
STARTS = 3  # 커널 둘이 함께 뜨면 같은 포트를 골라 하나가 죽을 수 있다
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",  # 집합의 차례
    "OMP_NUM_THREADS": "1",  # 나누어 더한 값의 끝자리
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
TIMEOUT = (
    "셀이 {}초 안에 끝나지 않았습니다. 끝나지 않는 반복이 없는지 살피거나 셀을 나누어 주세요.\n\n{}"
)
# 글자 하나와 그 앞의 색
PIECE = re.compile(r"(?:\x1b\[[\d;]*[A-JL-Za-z])*(?:\x1b\[[\d;]*K|.)|.", re.DOTALL)


def execute(notebook, cwd, timeout, **options):
    """single_nb_execution과 같되, 출력을 시각과 상관없는 꼴로 남긴다.

    cwd는 원고가 있는 폴더이다. 쪽은 그 옆의 data만 옮겨 둔 임시 폴더에서 실행된다(data.py).
    커널이 없거나 죽어도 그 쪽만 실패한다. jupyter-cache는 셀의 예외만 받아 나머지 쪽을 가린다.
    """
    with data.laid_out(cwd) as place:
        result = execute_here(notebook, cwd=str(place.folder), timeout=timeout, **options)
        place.mark(notebook)
    return result


def execute_here(notebook, cwd, timeout, **options):
    """cwd에서 실행한다."""
    import matplotlib.font_manager  # noqa: F401  커널이 글꼴 목록을 만들면 그 알림이 stderr에 나온다

    started = []  # 실행하기 시작한 셀의 코드
    options["on_cell_execute"] = lambda cell, cell_index: started.append(cell.source)
    try:
        result = execute_patiently(notebook, cwd=cwd, timeout=timeout, **options)
    except Exception as error:
        told = told_of(started) + traceback.format_exc()
        return ExecutionResult(notebook, cwd, 0, error, told)
    for cell in notebook.cells:
        if "outputs" in cell:
            cell.outputs = join_streams(cell.outputs)
    if isinstance(result.err, CellTimeoutError):
        result.exc_string = TIMEOUT.format(timeout, result.err)
    return result


def told_of(started):
    """마지막 셀을 nbclient가 예외의 글에 적는 꼴로. 커널이 죽은 때에는 적지 않는다."""
    if not started:
        return ""
    rule = "-" * 18
    return f"{rule}\n{started[-1]}\n{rule}\n\nCell In[{len(started)}], line 1\n\n"


def execute_patiently(notebook, **options):
    options |= {"startup_timeout": PATIENCE, "iopub_timeout": PATIENCE}
    for _ in range(STARTS - 1):
        try:
            return single_nb_execution(notebook, raise_on_iopub_timeout=True, **options)
        except RuntimeError as error:  # 뜨다가 죽은 것. 셀을 실행하다 죽으면 DeadKernelError이다
            if type(error) is not RuntimeError:
                raise
    return single_nb_execution(notebook, raise_on_iopub_timeout=True, **options)


def join_streams(outputs):
    """그림 따위의 출력 사이에 나온 글을 쓴 그대로 잇는다. ipykernel은 0.2초마다 끊어 보낸다."""
    joined = []
    for is_stream, run in groupby(outputs, lambda out: out["output_type"] == "stream"):
        together = list(run)
        joined += streams(together) if is_stream else together
    return joined


def streams(outputs):
    """stdout과 stderr는 따로 오므로 둘의 차례는 알 수 없다. 늘 stdout을 앞에 둔다."""
    for name in ("stdout", "stderr"):
        text = as_in_terminal("".join(out["text"] for out in outputs if out["name"] == name))
        if text:
            yield new_output("stream", name=name, text=text)


def as_in_terminal(text):
    r"""줄 속의 \r과 \b를 터미널처럼 커서를 옮기는 것으로 읽는다. 진행 막대는 끝 모습만 남는다."""
    return "\n".join(map(last_state, text.split("\n")))


def last_state(line):
    if not re.search("[\r\b]", line):
        return line
    cells, at = [], 0
    for piece in PIECE.findall(line):
        if piece[-1] == "\r":
            at = 0
        elif piece[-1] == "\b":
            at = max(at - 1, 0)
        elif piece.endswith("K") and "\x1b" in piece:  # 커서 뒤를 지우라는 명령
            del cells[at:]
        else:
            cells[at : at + 1] = [piece]
            at += 1
    return "".join(cells)
