"""원고의 머리글(맨 앞의 --- 사이)."""

import re

# 닫지 않았으면 괄호에 맞은 글이 없다
HEAD = re.compile(r"---[ \t]*\r?\n(?=\S)(?:(.*?)^(?:---|\.\.\.)[ \t]*$)?", re.S | re.M)


def without(head, text):
    """머리글을 비운 글. 줄은 밀리지 않는다."""
    return "\n" * head[0].count("\n") + text[head.end() :]
