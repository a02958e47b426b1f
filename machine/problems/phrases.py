"""자주 만나는 알림을 표(phrases.yml)로 한국어로 옮기고 고치는 법을 붙인다.

책의 확장이 한국어로 알리는 것에는 고치는 법만 붙인다.
"""

import re
from pathlib import Path

from machine import manuscript
from machine.problems import Problem, lines_with, with_line
from machine.problems.tables import Told, load, tell
from machine.settings import ROOT

TABLES = load(Path(__file__).with_name("phrases.yml"))


def korean(message):
    """옮긴 알림. 다른 알림과 겹쳐 버릴 것이면 None."""
    if told := tell(TABLES["page"], message):
        return told if told.text else None
    if re.search("[가-힣]", message):
        return Told(message)
    return Told(f"라이브러리의 경고입니다: {message}")


def from_config(message, config):
    """_config.yml에서 온 알림이면 그 줄의 고칠 곳. 아니면 None."""
    told = tell(TABLES["config"], message)
    if not told:
        return None
    line, *_ = lines_with(config, re.escape(told.word)) or [1]
    return Problem(f"_config.yml:{line}", told.text, told.remedy)


def from_crash(message):
    """책을 만들다 멈춘 예외의 글을 고칠 곳으로."""
    told = tell(TABLES["crash"], message)
    return Problem(told.place, told.text, told.remedy)


def as_problem(message):
    """ "쪽: 무엇" 꼴의 글을 고칠 곳으로."""
    at = r":\d+(?:번째 셀 \d+번째 줄)?"
    place, text = re.fullmatch(rf"(?:([^:']+(?:{at})?): )?(.*)", message, re.S).groups("")
    told, source = korean(text) or Told(text), manuscript.find(place) if place else None
    if source and source.suffix in manuscript.SUFFIXES:
        page = source.relative_to(ROOT).as_posix()
        word = re.search(r"(\S*?)>?\s*$", text)[1]  # <video>는 <video …>로 적혀 있다
        found = with_line(page, word)
        place = place if found == page else found
    return Problem(place, told.text, told.remedy)
