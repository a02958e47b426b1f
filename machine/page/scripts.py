"""기계가 쪽에 박는 스크립트와, 독자가 받을 스크립트의 글.

박는 것은 보안 정책(site/policy.py)이 글자까지 같은 것만 허락한다.
"""

import json
import re
from hashlib import sha256

import quickjs

OWN = set()
NOT_SENT = re.compile(r"^[ \t]*(?:/\*(?:(?!\*/).)*\*/[ \t]*\n|//[^\n]*\n)?", re.M | re.S)


def own(code):
    """허락할 스크립트로 적고, 쪽에 박을 HTML을 돌려준다."""
    OWN.add(code)
    return f"<script>{code}</script>"


def fault(code):
    """문법이 틀렸으면 그 까닭. 실행하지는 않는다."""
    try:
        quickjs.Context().eval(f"new Function({json.dumps(code)})")
    except quickjs.JSException as error:
        return str(error).split("\n")[0]
    return None


def digest(data):
    """내용이 바뀌면 바뀌는, 주소에 적을 글."""
    return sha256(data).hexdigest()[:8]


def to_send(code):
    """무게의 절반인 주석과 들여 쓴 빈칸은 보내지 않는다."""
    return NOT_SENT.sub("", code)
