"""대체 글이 없는 그림에서 빌드를 멈춘다. docutils는 대신 파일의 이름을 적어, 듣는 사람에게 그것을 읽어 준다.

빈칸뿐인 것과 파일의 이름을 그대로 적은 것도 없는 것이다. 종이책과 전자책도 만든 쪽을 이것(lacks_text)으로 살핀다.
"""

import re
from pathlib import Path
from posixpath import basename
from urllib.parse import unquote

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.util import logging

from machine.tree.nodes import is_output

log = logging.getLogger(__name__)
SAID = "그림에 대체 글(alt)이 없습니다: %s. %s"
CELL = "셀의 맨 앞에 있는 --- 사이에 mystnb: {image: {alt: 그림에 보이는 것}}을 적어 주세요."
BRACKETS = "![그림에 보이는 것](…)처럼 대괄호 안에 적어 주세요."
OPTION = '{figure}나 {image}의 다음 줄에는 :alt: 그림에 보이는 것, <img>에는 alt="그림에 보이는 것"이라고 적어 주세요.'
HTML = '<img alt="그림에 보이는 것" …>이라고 적어 주세요.'


def lacks_text(alt, file):
    alt = (alt or "").strip()
    return not alt or basename(unquote(alt)) == basename(unquote(file))


def place(app, docname, node, file):
    """(쪽, 줄). 그림에 줄 번호가 없으면 그것을 담은 셀이나 문단의 것, {image}와 <img>이면 앞의 문단 뒤에서 파일 이름이 나오는 줄."""
    while not node.line and not isinstance(node.parent, nodes.section):
        node = node.parent
    if node.line:
        return docname, node.line
    before = node.parent.children[: node.parent.index(node)]
    start = max(
        (inner.line for child in before for inner in child.findall(nodes.Element) if inner.line),
        default=0,
    )
    text = Path(app.env.doc2path(docname)).read_text("utf-8").splitlines()
    return docname, next(
        (
            n
            for n, line in enumerate(text[start:], start + 1)
            if re.search("{image}|<img", line) and file in line
        ),
        start,
    )


def remedy(image):
    return BRACKETS if "alt" in image and not isinstance(image.parent, nodes.figure) else OPTION


def check(app, doctree, docname):
    for image in doctree.findall(nodes.image):
        if lacks_text(image.get("alt"), image["uri"]):
            name = basename(image["uri"])
            told = ("셀이 그린 그림", CELL) if is_output(image) else (name, remedy(image))
            log.warning(SAID, *told, location=place(app, docname, image, name))
    for raw in doctree.findall(nodes.raw):
        if "html" in raw.get("format", "").split():
            for img in BeautifulSoup(raw.astext(), "html.parser").find_all("img"):
                src = img.get("src", "")
                if lacks_text(img.get("alt"), src):
                    log.warning(
                        SAID, src[:40] or "<img>", HTML, location=place(app, docname, raw, src)
                    )


def setup(app):
    app.connect("doctree-resolved", check)
