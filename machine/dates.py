"""책에 적히는 날짜. 같은 원고에서는 언제 만들어도 같은 바이트가 되게 한다.

SOURCE_DATE_EPOCH, 마지막 커밋, 받은 묶음(tarball)에도 있는 CITATION.cff 가운데 처음 있는 것이다.
"""

import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from machine import git

ROOT = Path(__file__).resolve().parents[1]
NAME = "SOURCE_DATE_EPOCH"
LATEST = 253402300799  # 9999년의 마지막 초
NEITHER = 1767225600  # 2026년의 첫 초
WRONG = f"{NAME}에는 1970년부터 센 초를 적습니다(예: {NEITHER}). 적힌 것: "


def given():
    """환경 변수에 적힌 초. 비었으면 적지 않은 것과 같다."""
    text = os.environ.get(NAME, "").strip()
    if text and not (re.fullmatch("[0-9]{1,12}", text) and int(text) <= LATEST):
        sys.exit(WRONG + text)
    return text


def committed():
    """마지막 커밋의 초. 깃이 없거나, 저장소에 든 책이 아니면 빈 글."""
    return git.ask(ROOT, "ls-files", "_config.yml") and git.ask(ROOT, "log", "-1", "--format=%ct")


def cited():
    """CITATION.cff에 적힌 판의 날짜의 초. 없으면 빈 글."""
    file = ROOT / "CITATION.cff"
    text = file.read_text("utf-8") if file.is_file() else ""
    date = re.search(r"^date-released: *['\"]?(\d{4}-\d\d-\d\d)", text, re.M)
    return date and int(datetime.fromisoformat(date[1]).replace(tzinfo=UTC).timestamp())


def seconds():
    return int(given() or committed() or cited() or NEITHER)


def date():
    return datetime.fromtimestamp(seconds(), UTC)


def korean(day):
    return f"{day.year}년 {day.month}월 {day.day}일"
