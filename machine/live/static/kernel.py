"""셀 하나를 주피터처럼 실행한다: 마지막 식의 값, display, 셀 끝의 그림, 독자의 줄을 말하는 오류.

브라우저의 파이썬에서 worker.js가 부른다. 독자의 이름은 __main__에 두어 이 파일의 것과 섞지 않는다.
"""

import ast
import builtins
import io
import linecache
import re
import sys
import traceback
import warnings
from contextlib import suppress
from inspect import CO_COROUTINE
from itertools import count

from live_pretty import pretty

import __main__

FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
GLYPH = re.compile(r"Glyph \d+ .* missing from")  # 맷플롯립이 글자마다 내는 경고
INLINE = re.compile(r"^%matplotlib +inline *$", re.M)  # 여기의 그림은 늘 그렇다
# 오류의 글에 남은 설치된 곳. 컴파일해 둔 파일은 원본의 이름으로 말한다
INSTALLED = re.compile(r"/lib/python[\d.]+(?:\.zip)?/(?:site-packages/)?(?:([\w./-]+\.py)c?\b)?")

NO_INPUT = "여기서는 값을 입력받을 수 없습니다. input() 대신 값을 코드에 적어 주세요."
ENDED = "이 셀만 끝냈습니다. 앞에서 만든 변수와 함수는 그대로 남아 있습니다."
NO_MEMORY = "쓸 수 있는 메모리 1 GB를 넘었습니다. 데이터를 줄여 다시 실행해 주세요."
NO_ROOM = "메모리 1 GB를 넘었거나 함수를 너무 깊이 불렀습니다. 고쳐서 다시 실행해 주세요."
TOO_DEEP = "함수가 자기 자신을 너무 깊이 불렀습니다. 멈추는 조건을 살펴보고 다시 실행해 주세요."
NO_PACKAGE = (
    "여기에 없는 패키지입니다. 이름이 맞는지 확인해 주세요. "
    "맞으면 코랩이나 내 컴퓨터에서 설치하여 쓸 수 있습니다."
)
NO_MAGIC = "%나 !로 시작하는 주피터의 명령은 여기서 쓸 수 없습니다. 그 줄을 지우고 실행해 주세요."
NO_THREAD = "브라우저에서는 스레드를 만들 수 없습니다."
NO_GLYPH = "그림의 글꼴에 없는 글자가 있습니다. 한글은 한글 글꼴을 지정해야 보입니다."
NO_PROCESS = "브라우저에서는 다른 프로그램을 실행할 수 없습니다."
EARLIER = "앞서 난 오류: {}"

FRESH = dict(vars(__main__))  # 독자의 코드가 바꾸기 앞의 이름들
BUILTINS = dict(vars(builtins))

numbers = count(1)
outputs = None
draws = True
told = set()  # 이 셀에서 한 번만 할 말


class StdinNotImplementedError(EOFError):
    """input()을 불렀다. 주피터의 것과 이름이 같다."""


def no_input(prompt=""):
    raise StdinNotImplementedError(NO_INPUT)


# ---- 실행하기


def run(source, drawing, receiver):
    """셀을 실행한다. 최상위에 await가 있으면 끝날 때까지 기다릴 것을 돌려준다."""
    global outputs, draws
    outputs, draws = receiver, drawing
    prepare()
    name = f"<셀 {next(numbers)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    try:
        codes = compiled(source, name)
        if any(code.co_flags & CO_COROUTINE for code in codes):
            return run_waiting(codes, name)
        value = None
        for code in codes:
            value = eval(code, vars(__main__))
        finish(value)
    except BaseException as error:
        fail(error, name)
    return None


async def run_waiting(codes, name):
    try:
        value = None
        for code in codes:
            value = eval(code, vars(__main__))
            if code.co_flags & CO_COROUTINE:
                value = await value
        finish(value)
    except BaseException as error:
        fail(error, name)


def prepare():
    """독자의 코드가 바꾸어 놓았을 것을 되돌린다."""
    told.clear()
    for number, name in ((1, "stdout"), (2, "stderr")):
        raw = io.FileIO(number, "w", closefd=False)
        stream = io.TextIOWrapper(raw, "utf-8", "backslashreplace", write_through=True)
        setattr(sys, name, stream)
    builtins.display = display
    builtins.input = no_input
    builtins.exit = builtins.quit = sys.exit


def forget():
    """앞의 셀이 만든 이름과, 내장 함수를 바꾼 것을 버린다. 불러온 모듈은 그대로 있다."""
    for names, first in ((vars(__main__), FRESH), (vars(builtins), BUILTINS)):
        names.clear()
        names.update(first)


def compiled(source, name):
    """값을 보일 마지막 식을 떼어 컴파일한다. 세미콜론으로 끝나면 값을 보이지 않는다."""
    source = INLINE.sub("", source)
    tree = compile(source, name, "exec", FLAGS | ast.PyCF_ONLY_AST, dont_inherit=True)
    last = []
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = [ast.Expression(tree.body.pop().value)]
    return [
        compile(part, name, "eval" if part in last else "exec", FLAGS, dont_inherit=True)
        for part in [tree, *last]
    ]


def finish(value):
    if value is not None:
        display(value)
    if draws:
        draw_figures()
    close_figures()


def fail(error, name):
    close_figures()
    number, text = own_line(error, name)
    outputs.failed(type(error).__name__, message(error), number, text, said(error, name))


# ---- 보이기


def display(*values):
    """주피터의 display처럼 값을 그림, 수식, 글 가운데 알맞은 것으로 보인다."""
    if not draws:
        return
    figures = sys.modules.get("live_figures")
    for value in values:
        if figures and figures.is_drawn(value):
            figures.draw(value)
        else:
            outputs.value(clean(pretty(value)), latex(value))


def latex(value):
    method = getattr(type(value), "_repr_latex_", None)
    text = method(value) if method else None
    return clean(text) if isinstance(text, str) else None


def clean(text):
    """짝이 맞지 않는 글자(surrogate)는 자바스크립트로 옮길 수 없다."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def draw_figures():
    if figures := sys.modules.get("live_figures"):
        figures.draw_all()


def close_figures():
    """오류가 나도 닫는다. 남은 그림은 다음 셀에 나온다."""
    with suppress(Exception):
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close("all")


# ---- 오류


def message(error):
    """오류의 글. 파이썬이 설치된 곳은 적지 않는다."""
    if isinstance(error, ModuleNotFoundError):
        return f"No module named {error.name!r}"  # Pyodide가 설치하는 법을 덧붙인 것
    if isinstance(error, SyntaxError):
        return clean(str(error.msg))
    try:
        text = "\n".join([str(error), *getattr(error, "__notes__", ())])
    except Exception:
        text = "<exception str() failed>"
    return clean(INSTALLED.sub(r"\1", text)).strip("\n")


def own_line(error, name):
    """오류가 난 독자의 줄 (번호, 글). 불러 쓴 패키지의 줄이 아니라 이 셀의 줄을 찾는다."""
    number = error.lineno if isinstance(error, SyntaxError) and error.filename == name else None
    if number is None:
        for frame, line in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename == name:
                number = line
    return number, clean(linecache.getline(name, number).strip()) if number else None


def said(error, name):
    """오류에 덧붙일 말."""
    for kind, words, sentence in SENTENCES:
        if isinstance(error, kind) and words in str(error):
            return sentence
    if isinstance(error, SyntaxError) and error.filename == name and is_magic(error):
        return NO_MAGIC
    earlier = error.__cause__ or (not error.__suppress_context__ and error.__context__)
    if earlier:
        return EARLIER.format(f"{type(earlier).__name__}: {message(earlier)}".rstrip(": "))
    return None


SENTENCES = [
    (StdinNotImplementedError, "", None),  # 글이 이미 그 말이다
    (SystemExit, "", ENDED),
    (MemoryError, "", NO_MEMORY),
    (ValueError, "array is too big", NO_MEMORY),
    (SystemError, "error return without exception set", NO_ROOM),  # 오류를 만들 자리도 없다
    (RecursionError, "", TOO_DEEP),
    (ModuleNotFoundError, "", NO_PACKAGE),
    (RuntimeError, "can't start new thread", NO_THREAD),
    (OSError, "does not support processes", NO_PROCESS),
]


def is_magic(error):
    return bool(re.match(r"\s*[%!]", linecache.getline(error.filename, error.lineno or 0)))


def once(said):
    is_told = said in told
    told.add(said)
    return "" if is_told else f"{said}\n"


def warning(text, category, filename, lineno, line=None):
    if GLYPH.match(str(text)):
        return once(NO_GLYPH)
    where = f"{lineno}번째 줄: " if filename.startswith("<셀") else ""
    return f"{where}{category.__name__}: {INSTALLED.sub(r'\1', str(text))}\n"


warnings.formatwarning = warning


# ---- 미리 하기


def warm_up():
    """독자가 읽는 동안 불러 두어 첫 셀이 빨리 끝나게 한다."""
    with suppress(ImportError):
        import matplotlib.pyplot  # noqa: F401
    with suppress(ImportError):
        import sympy  # noqa: F401
