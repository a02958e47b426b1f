"""쪽의 셀을 차례로 실행하다가, 연습문제마다 답과 확인을 갈라진 프로세스에서 실행한다.

answers가 다른 프로세스로 부른다: 할 일(JSON)을 표준 입력으로 받고, 인자로 받은 파일에 적는다.
답마다 앞의 셀이 만든 것이 그대로 있고, 한 답이 바꾼 것은 다른 답에 보이지 않는다.
"""

import io
import json
import os
import resource
import sys
from contextlib import redirect_stderr, redirect_stdout

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

MOST_SECONDS = 10  # 답 하나가 쓸 수 있는 CPU 시간. 바쁜 컴퓨터에서도 같다
IS_FORK_SAFE = sys.platform == "linux"  # 맥에서는 torch가 미분한 뒤에 갈라지면 미분하지 못한다


def run(shell, code):
    """(찍은 글, 오류)."""
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(io.StringIO()):
        result = shell.run_cell(code, silent=True)
    error = result.error_before_exec or result.error_in_exec
    return printed.getvalue(), error and f"{type(error).__name__}: {error}"


def run_all(shell, codes):
    for code in codes:
        run(shell, code)


def judge(shell, earlier, answer, check):
    """{난 오류 error, 확인이 찍은 마지막 줄 said}."""
    run_all(shell, earlier)
    error = run(shell, answer)[1]
    printed, broken = run(shell, check)
    lines = printed.strip().splitlines()
    return {"error": error or broken, "said": lines[-1] if lines else ""}


def apart(*work):
    """갈라진 프로세스에서 본 답의 결과. 죽으면 그 까닭."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS + 1))
        os.write(writer, json.dumps(judge(*work)).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as file:
        text = file.read()
    status = os.waitpid(child, 0)[1]
    if text:
        return json.loads(text)
    return {"error": f"끝나지 않거나 죽었습니다({os.waitstatus_to_exitcode(status)})", "said": ""}


def results(exercises):
    """연습문제마다, 답마다의 결과."""
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    earlier = []  # 아직 실행하지 않은, 앞의 셀들
    for exercise in exercises:
        earlier += exercise["earlier"]
        if IS_FORK_SAFE:
            run_all(shell, earlier)
            earlier = []
        yield [apart(shell, earlier, answer, exercise["check"]) for answer in exercise["answers"]]


if __name__ == "__main__":
    found = [*results(json.load(sys.stdin))]
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(found, file)
