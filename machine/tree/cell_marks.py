"""꼬리표를 단 셀의 앞에 짧은 글을 적는다. 꼬리표와 글은 _config.yml의 book_cell_marks에 있다.

셀의 앞에 한 줄로 두므로 코드는 그대로이고, 쪽, 종이책, 전자책, 노트북에 모두 나온다. MyST-NB는
꼬리표를 쪽의 클래스로만 옮겨, 그것을 보는 CSS가 없는 노트북에는 보이지 않는다.
"""

from difflib import get_close_matches

from docutils import nodes
from sphinx.util import logging

log = logging.getLogger(__name__)
FORM = "{꼬리표: 글}로 적습니다(예: {printed: 책의 코드})"
ALIKE = 0.8  # prnted는 printed를 잘못 적은 것으로 친다


def checked(value):
    """바르게 적은 {꼬리표: 글}. 틀린 것은 알린다(빌드가 실패한다)."""
    if not isinstance(value, dict):
        log.warning("_config.yml의 book_cell_marks: %s: %s", FORM, value)
        return {}
    texts = {str(tag): str(text or "").strip() for tag, text in value.items()}
    for tag in [tag for tag, text in texts.items() if not text]:
        log.warning("_config.yml의 book_cell_marks: %s의 글이 없습니다. %s", tag, FORM)
    return {tag: text for tag, text in texts.items() if text}


def warn_of_misspelt(tags, cell, marks):
    for tag in set(tags) - set(marks):
        for near in get_close_matches(tag, marks, 1, ALIKE):
            said = "셀의 앞에 글을 적지 않는 꼬리표입니다: %s(%s?)"
            log.warning(said, tag, near, location=cell)


def mark_cells(app, doctree):
    marks = app.config.book_cell_marks
    for cell in list(doctree.findall(nodes.container)):
        if cell.get("nb_element") == "cell_code":
            tags = cell["cell_metadata"].get("tags", ())
            warn_of_misspelt(tags, cell, marks)
            if texts := [text for tag, text in marks.items() if tag in tags]:
                mark = nodes.strong("", ", ".join(texts))
                line = nodes.paragraph("", "", mark, classes=["cell-mark"])
                cell.parent.insert(cell.parent.index(cell), line)


def check(app, config):
    config.book_cell_marks = checked(config.book_cell_marks)


def setup(app):
    app.connect("config-inited", check)
    app.connect("doctree-read", mark_cells)
