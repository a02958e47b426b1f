"""수식의 글꼴마다 쓰인 글자. 어느 글꼴로 그리는지는 KaTeX의 CSS에서 읽는다.

넉넉히 고른다: 글꼴을 부르는 클래스의 속에 있는 글자는 모두 그 글꼴에 담는다. 따로 부르지 않은
글자는 Main으로 그린다.
"""

import re
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import tinycss2
from bs4 import BeautifulSoup, SoupStrainer

from machine import kept

CSS = Path(__file__).with_name("katex") / "katex.min.css"
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
FAMILY = re.compile(r'font-family:"?KaTeX_(\w+)')
BASE, ITALIC = "Main", "Math"  # 거의 모든 글자를 그리는 글꼴
STYLES = {"Bold": "font-weight:700", "Italic": "font-style:italic"}


@lru_cache(1)
def callers():
    """{글꼴(SansSerif)이나 모양(Bold): 그것을 부르는 클래스들}."""
    found = defaultdict(set)
    for rule in tinycss2.parse_stylesheet(CSS.read_text("utf-8"), True, True):
        if rule.type != "qualified-rule":
            continue
        body = tinycss2.serialize(rule.content)
        classes = set(CLASS.findall(tinycss2.serialize(rule.prelude))) - {"katex"}
        names = [*FAMILY.findall(body), *(name for name, word in STYLES.items() if word in body)]
        for name in names:
            found[name] |= classes
    return found


def called(text):
    """글을 그릴 수 있는 글꼴과 모양의 이름들."""
    own, *above = [set(element.get("class", ())) for element in text.parents]
    classes = own.union(*above)
    names = {name for name, wanted in callers().items() if wanted & classes}
    return names - {BASE} if own & callers()[ITALIC] else names | {BASE}


@kept.by_text
def letters_by_face(page):
    """쪽의 {글꼴과 모양의 이름들: 글자들}. 근호와 화살표의 그림(svg)에는 글자가 없다."""
    drawn = BeautifulSoup(page, "html.parser", parse_only=SoupStrainer(class_="katex-html"))
    found = defaultdict(set)
    for text in drawn.find_all(string=True):
        found[frozenset(called(text))].update(text)
    return dict(found)


def letters_in_face(name, pages):
    """글꼴의 파일(KaTeX_Math-BoldItalic)에 담을 글자들. pages는 letters_by_face의 것들."""
    family, style = name.removeprefix("KaTeX_").split("-")
    wanted = {family, *(word for word in STYLES if word in style)}
    return {
        letter
        for page in pages
        for names, text in page.items()
        if wanted <= names
        for letter in text
    }
