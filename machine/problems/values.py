"""_config.yml에 적은 값의 종류(values.yml)를 만들기 전에 살핀다.

Jupyter Book의 검사는 알리기만 하고, Sphinx의 것은 그 값을 이미 쓰고 난 뒤라 영어의 예외로 멈춘다.
"""

import re
from datetime import date
from pathlib import Path

import yaml

NAMES = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text("utf-8"))
# 비워 두면 적지 않은 것과 같은 이름
MAY_BE_EMPTY = {"title", "author", "copyright", "logo", "parse", "execute", "html", "latex"}
QUOTE = '수나 날짜로 읽히는 글은 "3.10"처럼 따옴표로 감쌉니다'


def is_text(value):
    return isinstance(value, str)


def is_texts(value):
    return isinstance(value, list) and all(map(is_text, value))


def is_pairs(value):
    return isinstance(value, dict)


def are_named(value, fits=is_text):
    return is_pairs(value) and all(map(is_text, value)) and all(map(fits, value.values()))


def is_pattern(value):
    try:
        return is_text(value) and bool(re.compile(value))
    except re.error:
        return False


def has_place(value):
    """numfig_format의 글."""
    return is_text(value) and bool(re.search(r"%s|\{n", value))


def leaves(value):
    """짝과 목록 속의 값들."""
    if isinstance(value, (dict, list)):
        inside = value.values() if isinstance(value, dict) else value
        return [leaf for one in inside for leaf in leaves(one)]
    return [value]


def as_written(value):
    """글로 바꾸어도 적힌 그대로인 것뿐인가: 3.10은 3.1이 된다."""
    return not any(isinstance(leaf, (float, date, bool)) for leaf in leaves(value))


# {종류: (그 종류인가, 고치는 법)}
KINDS = {
    "글": (is_text, QUOTE),
    "글의 목록": (is_texts, f"[글, 글]처럼 적으세요. {QUOTE}"),
    "목록": (lambda value: isinstance(value, list), "[값, 값]처럼 적으세요"),
    "정규식의 목록": (
        lambda value: isinstance(value, list) and all(map(is_pattern, value)),
        "['https://doi\\.org/']처럼 적으세요",
    ),
    "이름과 값의 짝": (is_pairs, "'이름: 값'을 아래에 들여 적으세요"),
    "이름과 글의 짝": (are_named, f"{{이름: 글}}처럼 적으세요. {QUOTE}"),
    "바꿔 쓸 글의 짝": (
        lambda value: is_pairs(value) and as_written(value),
        f"{{이름: 글}}처럼 적으세요. {QUOTE}",
    ),
    "번호가 들어갈 자리가 있는 글의 짝": (
        lambda value: are_named(value, has_place),
        '{section: "%s절"}처럼 적으세요',
    ),
    "정수": (lambda value: type(value) is int, "600처럼 정수만 적으세요"),
    "참이나 거짓": (lambda value: isinstance(value, bool), "true나 false를 적으세요"),
}


def at(config, name):
    """(적었는가, 그 값)."""
    for part in name.split("."):
        if not isinstance(config, dict) or part not in config:
            return False, None
        config = config[part]
    return True, config


def wrong(config):
    """종류가 틀린 (이름, 무엇이 잘못되었는지, 고치는 법)들."""
    for kind, names in NAMES.items():
        fits, remedy = KINDS[kind]
        for name in names:
            is_written, value = at(config, name)
            if value is None and (not is_written or name in MAY_BE_EMPTY):
                continue
            if value is None:
                yield name, f"{name}의 값이 비었습니다", "값을 적거나 그 줄을 지우세요"
            elif not fits(value):
                yield name, f"{name}에 적을 것은 {kind}입니다(적힌 것: {str(value)[:60]})", remedy
