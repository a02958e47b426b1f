"""글줄에 붙여 적은 식을 주피터처럼 따로 세운다: 글 $$식$$ 글, 글줄 바로 아래의 $$, $로 감싼 align.

MyST는 앞뒤에 빈 줄이 있는 $$만 따로 세우고, myst_dmath_double_inline은 그것을 문단 속에 두어 HTML과
전자책의 문법에 맞지 않는다. 글줄을 끊는 \\begin{align}의 앞뒤에 남은 $는 짝을 잃는다.
"""

import re
from functools import wraps

from markdown_it.token import Token

DOUBLE = "math_inline_double"
# 글줄 속에 둘 수 없는 환경
DISPLAYED = re.compile(r"\\begin\{(?:equation|align|alignat|gather|multline|eqnarray)\*?\}")
DOLLARS = re.compile(r"\\.|(`+).*?\1|\$\$?", re.S)
LABEL = re.compile(r"[ \t]*\(([^()\s]+)\)[ \t]*$")
BREAKS = ("softbreak", "hardbreak")


def is_open(text):
    """수식이 닫히지 않은 글인가."""
    opened = ""
    for found in DOLLARS.finditer(text):
        if not opened and found[0].startswith("$"):
            opened = found[0]
        elif opened == found[0]:
            opened = ""
    return bool(opened)


def outside_dollars(amsmath):
    """\\begin{align}을 읽는 규칙 amsmath가 $ 사이에서는 글줄을 끊지 않게 한다."""

    @wraps(amsmath)
    def rule(state, start, end, silent):
        inside = silent and is_open(state.getLines(state.line, start, state.blkIndent, False))
        return not inside and amsmath(state, start, end, silent)

    return rule


def is_displayed(token):
    return token.type == DOUBLE or (
        token.type == "math_inline" and bool(DISPLAYED.match(token.content.strip()))
    )


def stand(state):
    """문단에서 따로 세울 식을 꺼내고, 그 앞뒤의 글을 다른 문단으로 나눈다."""
    made = []
    for token in state.tokens:
        made.append(token)
        if token.type == "paragraph_close" and any(map(is_displayed, made[-2].children)):
            made[-3:] = split(*made[-3:])
    state.tokens[:] = made


def split(opening, inline, closing):
    """나눈 문단들과 식들. 강조나 링크 속의 식은 그대로 두며, leftovers가 알린다."""
    made, words, rest, line = [], [], [*inline.children], inline.map[0]
    while rest:
        child = rest.pop(0)
        end = line + (child.type in BREAKS or child.content.count("\n"))
        if child.level == 0 and is_displayed(child):
            made += paragraph(words, opening, inline, closing)
            made.append(formula(child, rest, opening.level, [line, end + 1]))
            words = []
        else:
            words.append((line, child))
        line = end
    return made + paragraph(words, opening, inline, closing)


def formula(child, rest, level, lines):
    """따로 세운 식. 바로 뒤의 (이름)은 이름표이다."""
    made = Token("math_block", "math", 0, content=child.content, markup="$$", block=True)
    made.level, made.map = level, lines
    last = len(rest) == 1 or rest[1:] and rest[1].type in BREAKS
    if last and rest[0].type == "text" and (named := LABEL.match(rest[0].content)):
        made.type, made.info = "math_block_label", named[1]
        rest.pop(0)
    return made


def paragraph(words, opening, inline, closing):
    """(줄, 토큰)들의 문단. 빈칸과 줄바꿈뿐이면 빈 목록."""
    while words and is_blank(words[0][1]):
        words = words[1:]
    while words and is_blank(words[-1][1]):
        words = words[:-1]
    if not words:
        return []
    tokens = [token for _, token in words]
    for token, strip in ((tokens[0], str.lstrip), (tokens[-1], str.rstrip)):
        if token.type == "text":
            token.content = strip(token.content)
    lines = [words[0][0], words[-1][0] + 1]
    written = "".join(token.content or "\n" for token in tokens)
    part = inline.copy(map=lines, content=written, children=tokens)
    return [opening.copy(map=lines), part, closing.copy()]


def is_blank(token):
    return token.type in BREAKS or (token.type == "text" and not token.content.strip())
