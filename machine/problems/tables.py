"""알림의 표(.yml)를 읽고, 알림에 맞는 줄을 찾는다. 표를 적는 법은 phrases.yml의 첫머리에 있다."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

import yaml


class Told(NamedTuple):
    """우리말로 옮긴 알림. word는 원고에 적혀 있을 글."""

    text: str
    remedy: str = ""
    word: str = ""
    place: str = ""


@dataclass(frozen=True)
class Row:
    """표의 한 줄."""

    pattern: str
    text: str | None = None
    remedy: str = ""
    place: str = ""
    known: tuple = ()

    def tell(self, message):
        """알림을 옮긴 것. 이 줄의 것이 아니면 None."""
        if match := re.search(self.pattern, message):
            return self.fill(message, match.groups(""))
        return None

    def fill(self, message, words):
        word = words[0] if words else ""
        text = message if self.text is None else self.text.format(*words)
        if near := get_close_matches(word, self.known, 1, 0.7):
            remedy = f"{near[0]}을(를) 잘못 적었다면 고치세요"
        else:
            remedy = self.remedy.format(*words)
        return Told(text, remedy, word, self.place.format(*words))


def checked(file, row):
    """표의 한 줄을 읽는다. {}가 괄호보다 많은 것도 책을 만들기 전에 알린다."""
    try:
        read = Row(**row)
        read.fill("", [""] * re.compile(read.pattern).groups)
    except Exception as error:
        raise ValueError(f"{file.name}의 줄이 틀렸습니다: {row}: {error}") from error
    return read


def load(file):
    """{표의 이름: 줄들}."""
    tables = yaml.safe_load(file.read_text("utf-8"))
    return {name: [checked(file, row) for row in rows] for name, rows in tables.items()}


def tell(table, message):
    """표에서 처음 맞는 줄이 옮긴 알림. 없으면 None."""
    return next(filter(None, (row.tell(message) for row in table)), None)
