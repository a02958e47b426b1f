"""괄호나 따옴표로 끝나는 굵은 글씨 뒤에 조사가 와도 굵게: **경사 하강법(gradient descent)**은.

CommonMark는 문장 부호와 글자 사이의 별표를 여닫는 것으로 보지 않는다. 한글과 한자, 가나는 띄지 않고
쓰므로 그 옆에서는 빈칸처럼 본다(commonmark-spec #650의 안). mdit-py-cjk-friendly는 괄호 뒤의 한글을
다루지 않는다.
"""

import re
from unicodedata import category

# 한글(음절, 홑낱자, 조합용 낱자), 가나, 한자
UNSPACED = re.compile("[가-힣ㄱ-ㆎᄀ-ᇿꥠ-ꥼힰ-ퟻぁ-ヿ々〆㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]")


def is_mark(char):
    """문장 부호나 기호. 마크다운은 판마다 기호를 달리 보므로 넓게 잡는다."""
    return category(char)[0] in "PS"


def beside_hangul(tokenize):
    """별표와 물결표를 읽는 규칙 tokenize를, 한글에 붙은 것도 여닫을 수 있게 고친 규칙."""

    def rule(state, silent):
        start, known = state.pos, len(state.delimiters)
        if not tokenize(state, silent):
            return False
        before = state.src[start - 1 : start] or " "
        after = state.src[state.pos : state.pos + 1] or " "
        if state.src[start] != "_":  # 밑줄은 낱말 속에서 강조가 아니다: requires_grad
            for delimiter in state.delimiters[known:]:
                delimiter.open |= bool(UNSPACED.match(before)) and is_mark(after)
                delimiter.close |= is_mark(before) and bool(UNSPACED.match(after))
        return True

    return rule
