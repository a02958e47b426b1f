"""대체 글이 없는 그림에서 빌드를 멈춘다. docutils가 대신 적는 파일의 이름은 듣는 사람에게 소용없다.

빈칸뿐인 것과 파일의 이름을 그대로 적은 것도 없는 것이다. 종이책과 전자책도 만든 쪽을
이것(lacks_text)으로 살핀다.
"""

import re
from pathlib import Path
from posixpath import basename
from urllib.parse import unquote

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.util import logging

from machine import manuscript
from machine.tree.nodes import ancestors, is_output, raw_html, with_line

log = logging.getLogger(__name__)
SAID = "그림에 대체 글(alt)이 없습니다: %s. %s"
DRAWN = "셀이 그린 그림"
# 새 그림을 그리는 줄. plt.close로 닫는 셀은 그림을 내지 않는다
DRAWS = re.compile(
    r"^(?:[\w, ]+ = )?plt\.(?:show|subplots|figure|plot|scatter|hist|bar|imshow)\(", re.M
)
UNSEEN = {"remove-output", "remove_output", "remove-cell", "remove_cell"}
CELL = (
    "셀의 맨 앞에 있는 --- 사이에 mystnb: {image: {alt: 그림에 보이는 것}}을 적어 주세요. "
    ":tags:로 적은 셀이면 그 밑에 :mystnb: {…}로 적습니다."
)
NOTEBOOK_CELL = (
    "셀의 메타데이터(주피터랩의 오른쪽 톱니바퀴)에 "
    '"mystnb": {"image": {"alt": "그림에 보이는 것"}}을 적어 주세요.'
)
BRACKETS = "![그림에 보이는 것](…)처럼 대괄호 안에 적어 주세요."
OPTION = (
    "{figure}나 {image}의 다음 줄에는 :alt: 그림에 보이는 것, "
    '<img>에는 alt="그림에 보이는 것"이라고 적어 주세요.'
)
HTML = '<img alt="그림에 보이는 것" …>이라고 적어 주세요.'


# 주피터에 그림을 붙이면 ![image.png](attachment:…)라고 적힌다
FILE_NAME = re.compile(r"[^\s]+\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?)", re.I)


def lacks_text(alt, file):
    alt = (alt or "").strip()
    is_name = FILE_NAME.fullmatch(alt) or basename(unquote(alt)) == basename(unquote(file))
    return not alt or bool(is_name)


def place(app, docname, node, file):
    """(쪽, 줄). 줄을 모르는 {image}와 <img>이면, 그 앞의 것들 뒤에서 파일의 이름을 찾는다."""
    known = with_line(node)
    if not isinstance(known, nodes.section):
        return docname, known.line
    block = next(inner for inner in (node, *ancestors(node)) if inner.parent is known)
    before = known.children[: known.index(block)]
    start = max(
        (inner.line or 0 for child in before for inner in child.findall(nodes.Element)), default=0
    )
    for number, line in manuscript.lines(Path(app.env.doc2path(docname))):
        if number > start and re.search("{image}|<img", line) and file in line:
            return docname, number
    return docname, start


def told(image, source):
    """(그림의 이름, 고칠 말)"""
    name = basename(image["uri"])
    if is_output(image):
        return DRAWN, NOTEBOOK_CELL if source.endswith(".ipynb") else CELL
    in_brackets = "alt" in image and not isinstance(image.parent, nodes.figure)
    return name, BRACKETS if in_brackets else OPTION


def draws_untold(cell):
    """실행하지 못했지만 그림을 그릴 코드 셀이고, 대체 글이 없는가."""
    is_executed = cell.get("nb_element") == "cell_code" and "cell_index" in cell
    if not is_executed or any(cell.findall(nodes.image)):
        return False
    metadata = cell["cell_metadata"]
    source = next((code.astext() for code in cell.findall(nodes.literal_block)), "")
    if "plt.close(" in source or UNSEEN & {*metadata.get("tags", [])}:
        return False
    image = (metadata.get("mystnb") or {}).get("image") or {}
    return bool(DRAWS.search(source)) and lacks_text(image.get("alt"), "")


def stopped(app, docname):
    """실행하다 멈춘 쪽인가. 뒤의 셀이 그릴 것도 함께 알려 한 번에 고치게 한다."""
    from myst_nb.sphinx_ import NbMetadataCollector  # 느리다. 책을 찍을 때에는 쓰지 않는다

    ran = NbMetadataCollector.get_exec_data(app.env, docname)
    return bool(ran) and not ran["succeeded"]


def check(app, doctree, docname):
    cells = doctree.findall(nodes.container) if stopped(app, docname) else ()
    for cell in filter(draws_untold, cells):
        source = app.env.doc2path(docname)
        words = NOTEBOOK_CELL if source.endswith(".ipynb") else CELL
        log.warning(SAID, DRAWN, words, location=(docname, cell.line))
    for image in doctree.findall(nodes.image):
        if lacks_text(image.get("alt"), image["uri"]):
            where = place(app, docname, image, basename(image["uri"]))
            log.warning(SAID, *told(image, app.env.doc2path(docname)), location=where)
    for raw in raw_html(doctree):
        if is_output(raw) and "<script" in raw.astext():
            continue  # 움직이는 그림. 보안 정책이 정지 그림으로 바꾸라고 알린다
        for img in BeautifulSoup(raw.astext(), "html.parser").find_all("img"):
            src = img.get("src", "")
            if lacks_text(img.get("alt"), src):
                where = place(app, docname, raw, src)
                log.warning(SAID, src[:40] or "<img>", HTML, location=where)


def setup(app):
    app.connect("doctree-resolved", check)
