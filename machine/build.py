"""Jupyter Book으로 책을 만든다: python -m machine html | notebook | linkcheck.

라이브러리의 말은 모두 _build/<빌더>.log에 적고, 화면에는 알림과, 만들지 못했으면 고칠 곳만 보인다.
jupyter-book 명령은 예외의 역추적과 경고를 그대로 쏟아 첫 쪽이 화면 밖으로 밀려난다.
"""

import gc
import logging
import os
import re
import sys
import warnings
from contextlib import contextmanager

from jupyter_book.sphinx import build_sphinx
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxParallelError
from sphinx.util import logging as sphinx_logging

from machine import kept, manuscript, state
from machine.problems import Problem, show, with_line
from machine.problems.cells import failed, unmade_names
from machine.problems.phrases import TABLES, from_config, from_crash, korean
from machine.problems.sources import check
from machine.problems.tables import tell
from machine.settings import ROOT

MADE = {
    "html": "_build/html/index.html",
    "notebook": "_build/notebook",
    "linkcheck": "_build/linkcheck/output.txt",
}

TO_OPEN = (
    "두 번 눌러 열면 읽고 찾을 수 있습니다. 코드까지 실행하려면 "
    "python3 -m http.server -d _build/html을 실행하고 http://localhost:8000을 여세요."
)
FAILED, MARKED, STDERR = "Executing notebook failed", "stderr was found", "stderr에 나온 글:"
# 맷플롯립이 글꼴에 없는 글자를 알리는 말
GLYPH = re.compile(r"Glyph (\d+) \(.*?\) missing from (?:current )?font(?:\(s\))? ?(.*?)\.?$", re.M)
NO_LABEL = "없는 이름표를 가리킵니다"
UNGLUED = "No key '"
# 화면의 색, 확장의 이름, 알림의 종류
UNSAID = r"\x1b\[[\d;]*m|^while setting up extension \w+: | \[[\w-]+\.\w+\]$"
UNDEFINED, NUMBERLESS = "undefined label", "번호가 없는 것을 {numref}로 부릅니다"


class PageError(Exception):
    """어느 쪽에서 난 예외인지 함께 적는다."""


class Warnings(sphinx_logging.WarningStreamHandler):
    """Sphinx가 알리는 경고와 오류를 모은다. 일꾼들의 것도 여기로 온다."""

    def __init__(self):
        super().__init__()
        self.setLevel(logging.WARNING)
        self.found = []

    def emit(self, record):
        place = str(getattr(record, "location", "") or "").replace(f"{ROOT}/", "").rstrip(":")
        place = manuscript.in_words(place)
        message = logging.LogRecord.getMessage(record)  # Sphinx의 것은 자리와 종류를 앞뒤에 붙인다
        self.found.append((place, re.sub(UNSAID, "", message).replace(f"{ROOT}/", "")))


def page_of(place):
    return place.partition(":")[0]


# (덧붙는 말, 그 까닭을 이미 알린 말, 두 말의 자리에서 견줄 것)
REPEATS = (
    (STDERR, MARKED, page_of),
    (MARKED, FAILED, page_of),
    (UNGLUED, FAILED, page_of),
    (NUMBERLESS, UNDEFINED, str),  # 이름표가 없으면 번호도 없다
)


def once(found):
    """한 잘못을 두 번 알린 것을 뺀다."""
    for late, early, part in REPEATS:
        places = {part(place) for place, message in found if message.startswith(early)}
        found = [
            (place, message)
            for place, message in found
            if not (message.startswith(late) and part(place) in places)
        ]
    return found


def problems(found):
    """모은 경고를 고칠 곳으로."""
    config = (ROOT / "_config.yml").read_text("utf-8")
    stderr = {}
    for place, text in found:
        if text.startswith(STDERR):
            stderr.setdefault(page_of(place), []).append(stderr_line(text))
    placed = {message for place, message in found if place}
    unmade = unmade_names(page_of(place) for place, text in found if text.startswith(FAILED))
    for place, message in once(found):
        if message.startswith(FAILED):
            yield from failed(place, message)
        elif not place and (problem := from_config(message, config)):
            yield problem
        elif (place or message not in placed) and (told := korean(message)):
            text = told.text
            if text.startswith(NO_LABEL) and told.word.lower() in unmade:
                continue
            if message.startswith((MARKED, STDERR)):
                # MyST-NB도 셀의 차례대로 알린다
                text, remedy = from_stderr((stderr.get(page_of(place)) or [""]).pop(0))
                told = told._replace(remedy=remedy)
            yield Problem(with_line(place, told.word), " ".join(text.split()), told.remedy)


def from_stderr(line):
    """셀이 stderr에 낸 글의 (알림, 고치는 법)."""
    told = tell(TABLES["stderr"], line)
    return f"셀이 stderr에 글을 냈습니다: {told.text}".rstrip(": "), told.remedy


def stderr_line(message):
    """stderr의 글에서 까닭을 말하는 줄: 글꼴에 없는 글자들이나, 들여 쓰지 않은 마지막 줄."""
    if missing := dict.fromkeys(GLYPH.findall(message)):
        letters = ", ".join(f"{chr(int(code))} (U+{int(code):04X})" for code, _ in missing)
        return f"그림의 글꼴({[*missing][0][1]})에 없는 글자입니다: {letters}"
    lines = [line for line in message.split("\n")[1:] if line.strip() and not line.startswith(" ")]
    return re.sub(r"^\S+\.py:\d+: ", "", lines[-1]) if lines else ""


def crash(error):
    """라이브러리가 던진 예외를 고칠 곳으로."""
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, SphinxParallelError):
        text = str(error.args[0])
    text = " ".join(re.sub(r"^[\w.]*PageError: ", "", text).replace(f"{ROOT}/", "").split())
    return from_config(text, (ROOT / "_config.yml").read_text("utf-8")) or from_crash(text)


def named(method):
    """예외에 쪽의 이름을 붙인다. Sphinx는 일꾼이 어느 쪽을 읽고 있었는지 알리지 않는다."""

    def call(*args, **kwargs):
        try:
            return method(*args, **kwargs)
        except PageError:
            raise
        except Exception as error:
            docname = next(arg for arg in args if isinstance(arg, str))
            name = manuscript.find(docname) or f"{docname}.md"
            raise PageError(f"{name}: {type(error).__name__}: {error}") from error

    return call


def collect(handler):
    """Sphinx의 경고가 handler에도 가게 하고, 예외에는 쪽의 이름이 붙게 한다."""
    setup, build = sphinx_logging.setup, Sphinx.build

    def setup_with_handler(app, *streams):
        setup(app, *streams)
        handler.addFilter(sphinx_logging.WarningSuppressor(app))
        logging.getLogger(sphinx_logging.NAMESPACE).addHandler(handler)

    def build_with_names(app, *args):
        app.builder.write_doc = named(app.builder.write_doc)
        build(app, *args)

    sphinx_logging.setup, Sphinx.build = setup_with_handler, build_with_names
    Builder.read_doc = named(Builder.read_doc)
    BuildEnvironment.get_and_resolve_doctree = named(BuildEnvironment.get_and_resolve_doctree)


@contextmanager
def screen_in(log):
    """화면에 나올 글을 파일에 적는다. 일꾼과 커널이 쓰는 것도."""
    log.parent.mkdir(exist_ok=True)
    kept = os.dup(1), os.dup(2)
    with log.open("wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
        try:
            yield
        finally:
            for stream, number, old in zip((sys.stdout, sys.stderr), (1, 2), kept):
                stream.flush()
                os.dup2(old, number)
                os.close(old)


def build(builder, folder, log):
    """jupyter-book build . -W --keep-going -n -q. 실패하면 예외나 0이 아닌 수를 돌려준다."""
    settings = {
        "external_toc_path": str(ROOT / "_toc.yml"),
        "latex_individualpages": False,
        "nitpicky": True,
    }
    with screen_in(log):
        try:
            return build_sphinx(
                ROOT,
                folder,
                doctreedir=folder.parent / state.DOCTREES if builder == "html" else None,
                builder=builder,
                noconfig=True,
                path_config=ROOT / "_config.yml",
                confoverrides=settings,
                freshenv=builder != "html",
                warningiserror=True,
                keep_going=True,
                quiet=True,
            )
        except Exception as error:  # 설정을 읽는 때의 것
            return error


def folder_for(builder, current):
    """만들 폴더. 사이트만 지난번의 것에 이어 만든다."""
    if builder != "html":
        return ROOT / "_build" / builder
    state.begin(current)
    return state.NEXT / state.PAGES


def main(builder, current=None):
    """current는 사이트를 만들기 앞의 state.now()."""
    warnings.simplefilter("ignore")
    gc.set_threshold(100_000)  # 나무의 마디가 많아, 쓰레기를 찾는 데 시간의 십분의 일이 든다
    log = ROOT / f"_build/{builder}.log"
    title = "책을 만들지 않았습니다."
    wrong, noticed = check()
    if wrong:
        show(title, wrong + noticed, log)
        return 1
    handler = Warnings()
    collect(handler)
    result = build(builder, folder_for(builder, current), log)
    said = log.read_text("utf-8", "replace")
    for notice in dict.fromkeys(re.findall(r"^알림: .*(?:\n  .*)*", said, re.M)):
        print(notice, flush=True)
    found = [*problems(handler.found), *noticed]
    of_config = any(problem.place.startswith("_config.yml") for problem in found)
    if isinstance(result, BaseException) and not of_config:
        found.append(crash(result))
    if result and not found:
        found = [Problem("", "까닭을 알 수 없습니다", "기록의 끝을 보세요")]
    if found:
        show(title, found, log, said)
        return 1
    if builder == "html":
        state.keep(current, kept.data["files"], kept.data.get("lacks", []))
        print(
            "읽은 쪽 {}개, 쓴 쪽 {}개.".format(
                *(len(kept.data[key]) for key in ("read", "written"))
            )
        )
    print(f"만들었습니다: {MADE[builder]}")
    if builder == "html":
        print(TO_OPEN)
    return 0
