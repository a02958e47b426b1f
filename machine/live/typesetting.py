"""쪽에서 실행한 결과의 수식을 그릴 KaTeX. 독자가 실행할 때에만 받는다.

쪽의 수식은 책에 쓰인 글자만 담은 글꼴과 쓰이는 규칙만 남은 CSS로 보인다(maths, site/bundle.py).
독자가 낸 결과에는 다른 글자도 나오므로 모두 담은 것을 따로 둔다. 쪽의 것과 섞이지 않게 규칙은
결과(SCOPE) 안에서만 듣고 글꼴의 이름은 다르다.
"""

import re

import tinycss2

from machine.maths import KATEX
from machine.site.bundle import separate

SCOPE = ".live-math"  # typeset.js가 결과의 수식에 붙이는 클래스
FAMILY = "KaTeX_"
OWN_FAMILY = "LiveKaTeX_"
FONT = re.compile(r"url\(fonts/KaTeX_([\w-]+\.woff2)\)")
SIZE = re.compile(r"font:normal ([\d.]+em) ([^;}]+)")


def font_face(rule):
    """글꼴 하나. woff2만 쓴다."""
    css = rule.serialize().replace(FAMILY, OWN_FAMILY, 1)
    found = FONT.search(css)
    source = f'src:url({font_file(found[1])}) format("woff2")'
    return re.sub(r"src:[^;}]*", source, css)


def font_file(name):
    return f"katex-{name}"


def scoped(prelude):
    return [f"{SCOPE} {tinycss2.serialize(tokens).strip()}" for tokens in separate(prelude)]


def rules_of(rule):
    """결과 안에서만 듣는 규칙. 글자의 크기는 쪽이 정한 것이 있으면 그것을 따른다."""
    selectors = ",".join(scoped(rule.prelude))
    body = tinycss2.serialize(rule.content).replace(FAMILY, OWN_FAMILY)
    if size := SIZE.search(body):
        yield f":where({selectors}){{font-size:{size[1]}}}"
        body = SIZE.sub(r"font-family:\2;font-style:normal;font-weight:400", body)
    yield f"{selectors}{{{body}}}"


def css():
    rules = tinycss2.parse_stylesheet((KATEX / "katex.min.css").read_text("utf-8"), True, True)
    for rule in rules:
        if rule.type == "at-rule":
            yield font_face(rule)
        elif tinycss2.serialize(rule.prelude) != "body":  # 식의 번호는 세지 않는다
            yield from rules_of(rule)


def files():
    """{이름: 내용}"""
    fonts = (KATEX / "fonts").glob("KaTeX_*.woff2")
    return {
        "katex.min.js": (KATEX / "katex.min.js").read_bytes(),
        "katex.css": "".join(css()).encode(),
        "katex-LICENSE.txt": (KATEX / "LICENSE").read_bytes(),
        **{font_file(path.name.removeprefix(FAMILY)): path.read_bytes() for path in sorted(fonts)},
    }
