"""기계가 쪽에 박는 스크립트. 보안 정책(site/policy.py)은 글자까지 같은 것만 허락한다."""

import json

import quickjs

OWN = set()


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
