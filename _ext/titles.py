"""제목의 수식과 각주: 쪽에서는 그리고, 차례·브라우저의 제목·앞뒤 링크·제목을 부르는 링크에서는 글자로 적는다.

Sphinx는 그린 수식에서 태그만 걷어 e^x를 exe^xex로 적고, 이름표의 글에는 TeX과 각주의 번호를 그대로 둔다.
"""
from docutils import nodes
from maths.words import said
from sphinx import addnodes
from sphinx.util import logging

log = logging.getLogger(__name__)


def flatten(node):
    """수식을 글자로 바꾼다."""
    for math in list(node.findall(nodes.math)):
        math.parent.replace(math, nodes.Text(said(math)))


def name_page(app, doctree):
    """이 쪽의 오른쪽 차례는 소제목의 수식을 그리므로, 책 차례에 나오는 첫 줄만 바꾼다."""
    doc = app.env.docname
    for title in (app.env.titles[doc], app.env.longtitles[doc], *app.env.tocs[doc].findall(addnodes.compact_paragraph)):
        flatten(title)
        if isinstance(title, addnodes.compact_paragraph):
            break


def named(node):
    return isinstance(node, (nodes.section, nodes.figure, nodes.table))


def drawn(node):
    return isinstance(node, (nodes.math, nodes.footnote_reference))


def name_labels(app, doctree):
    """{ref}로 부를 때 보일 제목."""
    labels = app.env.get_domain("std").labels
    titles = {name: title for node in doctree.findall(named) for title in node if isinstance(title, (nodes.title, nodes.caption))
              for name in node["ids"] if any(title.findall(drawn))}
    for label, (doc, name, _) in labels.items():
        if doc == app.env.docname and name in titles:
            labels[label] = (doc, name, said(titles[name]))


def setup(app):
    app.connect("doctree-read", name_page, priority=600)        # Sphinx가 쪽의 차례를 모은 다음
    app.connect("doctree-read", name_labels, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
