"""쪽의 클래스 가운데 종이책, 전자책, 노트북이 모르는 것을 쪽과 함께 알린다.

뜻이 있는 클래스란 사이트의 CSS가 부르는 클래스와, Jupyter Book의 테마에만 있는 클래스이다. 저자가
지은 이름은 보지 않는다.
"""

import re
from fnmatch import fnmatchcase, translate
from pathlib import Path

import yaml
from sphinx.util import logging

from machine import kept

log = logging.getLogger(__name__)
WORDS = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text("utf-8"))
UNKNOWN = (
    "종이책과 전자책이 모르는 클래스입니다: %s (%s). 쓰지 않거나, print.css와 epub.css에 모양을 "
    "적고 machine/paper/classes.yml에 더합니다."
)
HANDLED = WORDS["handled"].split() + WORDS["meaningless"].split()
KNOWN = re.compile("|".join(map(translate, HANDLED)))
SKIPPED = ("pygments.css", "katex.min.css")  # 코드의 색과 수식의 짜임새는 그 속의 일이다


def known(name):
    return KNOWN.match(name)


def advice(name):
    """아무 일도 하지 않는 클래스이면 대신 할 일. 아니면 빈 글."""
    for text, patterns in WORDS["idle"].items():
        if any(fnmatchcase(name, pattern) for pattern in patterns.split()):
            return text
    return ""


def selectors(css):
    """CSS의 선택자에 나오는 클래스."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    return set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", re.sub(r"\{[^{}]*\}", "{}", css)))


def vocabulary(static):
    """사이트의 CSS가 뜻을 주는 클래스."""
    meant, inner = set(), set()
    for path in static.rglob("*.css"):
        found = selectors(path.read_text("utf-8"))
        if path.name in SKIPPED:
            inner |= found
        elif path.name not in WORDS["ours"].split():
            meant |= found
    return meant - inner


@kept.by_text
def used(html):
    """본문의 {클래스: 그것을 적은 요소}."""
    article = html[html.find("<article") : html.find("</article>")]
    return {
        name: found[0][:100]
        for found in re.finditer(r'<\w+[^>]*?\sclass="([^"]*)"[^>]*>', article)
        for name in found[1].split()
    }


def finish(app, pages):
    unknown = {name for name in vocabulary(Path(app.outdir, "_static")) if not known(name)}
    for doc in app.env.found_docs:
        for name, element in used(pages[f"{doc}.html"]).items():
            if instead := advice(name):
                text = f"클래스나 꼬리표입니다: {name.removeprefix('tag_')}. {instead}"
                log.warning("이 책에서는 아무 일도 하지 않는 %s", text, location=doc)
            elif name in unknown:
                log.warning(UNKNOWN, name, element, location=doc)
