"""한 폴더의 책은 한 번에 하나만 만든다. 뒤에 온 make는 앞의 것이 끝나기를 기다린다.

python machine/alone.py 명령 …은 그 명령을 혼자 실행한다. 가상 환경을 만들 때에도 쓰므로 표준
라이브러리만 쓴다. 만들던 것이 죽으면 운영 체제가 자물쇠를 푼다.
"""

import fcntl
import os
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / os.environ.get("LOCK", "_build/.lock")  # 시험의 환경은 책과 따로 잠근다(Makefile)
SWAPPED = "_build는 폴더이고 그 속의 .lock은 파일이어야 합니다. 그 자리에 있는 것을 지우세요"
WAITING = "다른 make가 이 책을 만들고 있어 끝나기를 기다립니다(멈추려면 Ctrl+C)."


def locked():
    """자물쇠를 잠근 파일. 닫거나 프로세스가 끝나면 풀린다."""
    try:
        LOCK.parent.mkdir(exist_ok=True)
        file = LOCK.open("w")
    except (FileExistsError, IsADirectoryError, FileNotFoundError):
        sys.exit(SWAPPED)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(WAITING, file=sys.stderr, flush=True)
        fcntl.flock(file, fcntl.LOCK_EX)
    return file


@contextmanager
def alone():
    with locked():
        yield


def run(*command):
    """명령으로 바뀐다. 자물쇠는 그 명령이 끝나야 풀린다."""
    lock = locked()
    os.set_inheritable(lock.fileno(), True)
    os.execvp(command[0], command)


if __name__ == "__main__":
    try:
        run(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
