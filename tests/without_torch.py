"""torch가 없는 파이썬에서 셀들을 실행해 본다: python tests/without_torch.py < 쪽들의 셀.

입력은 {실행할 폴더: 셀들(_static/live/cells의 것)}이고, 출력은 셀마다 실행되지 않은 까닭(되면 빈
글)이다.
"""

import json
import os
import sys
import warnings
from contextlib import redirect_stdout

import matplotlib

ERROR = "{0.__class__.__name__}: {0}"


def fails(source, names):
    """실행되지 않은 까닭. 그림은 닫는다."""
    from matplotlib import pyplot

    try:
        exec(compile(source, "cell", "exec"), names)
    except Exception as error:
        return ERROR.format(error)
    finally:
        pyplot.close("all")
    return ""


def run(folder, cells):
    """본문의 실행할 셀들을 차례로 실행하고, 나머지는 그 자리의 사본에서 해 본다."""
    os.chdir(folder)
    main, own, found = {}, {}, []
    for cell in cells:
        is_main = cell["part"] == "main"
        names = main if is_main else {**main, **own.get(cell["part"], {})}
        if is_main and cell["needs"]:
            names = {**main}
        found.append(fails(cell["source"], names))
        if not is_main and not cell["needs"]:
            own[cell["part"]] = names
    return found


if __name__ == "__main__":
    sys.modules["torch"] = None  # import하면 ModuleNotFoundError
    matplotlib.use("Agg")
    warnings.simplefilter("ignore")
    with redirect_stdout(sys.stderr):
        found = {page: run(page, cells) for page, cells in json.load(sys.stdin).items()}
    json.dump(found, sys.stdout)
