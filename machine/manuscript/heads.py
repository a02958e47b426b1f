"""원고의 머리글(맨 앞의 --- 사이)."""

import json
import re

import yaml

# 닫지 않았으면 괄호에 맞은 글이 없다
HEAD = re.compile(r"---[ \t]*\r?\n(?=\S)(?:(.*?)^(?:---|\.\.\.)[ \t]*$)?", re.S | re.M)


def without(head, text):
    """머리글을 비운 글. 줄은 밀리지 않는다."""
    return "\n" * head[0].count("\n") + text[head.end() :]


def read(text):
    """머리글의 값. 노트북(JSON)에 담을 수 있게 날짜는 글로 바꾸고, MyST-NB가 적을 것은 뺀다."""
    value = json.loads(json.dumps(yaml.safe_load(text), default=str))
    if isinstance(value, dict):
        value.pop("source_map", None)
    return value
