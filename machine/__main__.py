"""책을 만드는 명령.

python -m machine html | notebook | linkcheck | pdf [장] | epub | link | imgs | serve [포트]
"""

import os
import re
import sys
from errno import EACCES, EDQUOT, ENOSPC, EPERM, EROFS
from importlib import import_module

from machine import dates, screen, state
from machine.alone import alone
from machine.state import ROOT

MAKERS = {
    "pdf": "machine.paper.make",
    "epub": "machine.ebook.make",
    "link": "machine.site.book_files",
    "imgs": "machine.run.images",
    "notebook": "machine.notebook.place",
    "serve": "machine.preview",
}
FULL = "디스크가 가득 차서 만들지 못했습니다. 자리를 비우고 다시 실행하세요"
CLOSED = "쓸 수 없는 파일이나 폴더가 있어 만들지 못했습니다. 주인과 권한을 확인하세요"
SWAPPED = "_build에서 만들 것의 자리에 다른 것이 있습니다. make clean을 실행하고 다시 만드세요"
REASONS = {ENOSPC: FULL, EDQUOT: FULL, EACCES: CLOSED, EPERM: CLOSED, EROFS: CLOSED}


def make(target, *chosen):
    if target in MAKERS:
        return import_module(MAKERS[target]).main(*chosen)
    if target != "html":
        return import_module("machine.build").main(target)
    current = state.now()
    if state.is_made(current):
        print("바뀐 것이 없습니다.")
        return 0
    return import_module("machine.build").main(target, current)


def reason(error):
    """쓰지 못한 까닭. 모르면 빈 글. shutil은 여러 까닭을 글로 모아 던진다."""
    numbers = [error.errno, *map(int, re.findall(r"\[Errno (\d+)\]", str(error)))]
    said = [REASONS[number] for number in numbers if number in REASONS]
    name = str(error.filename2 or error.filename or ROOT)
    if name.startswith(str(ROOT / "_build")):
        said.append(SWAPPED)
    return f"{said[0]}: {name}" if said else ""


def main(target, *chosen):
    os.environ[dates.NAME] = str(dates.seconds())  # Sphinx와 맷플롯립도 읽는다
    if target == "serve" or chosen == ("all",):  # 만드는 것은 이들이 부르는 프로세스이다
        return make(target, *chosen)
    with alone():
        return make(target, *chosen)


if __name__ == "__main__":
    screen.prepare()
    try:
        sys.exit(main(*sys.argv[1:]))
    except OSError as error:
        if not (said := reason(error)):
            raise
        sys.exit(said)
    except KeyboardInterrupt:
        sys.exit("멈추었습니다.")
