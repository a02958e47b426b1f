"""제목의 수식과 각주: 쪽과 종이에서는 그리고, 책 차례·브라우저의 제목·앞뒤 링크에서는 글자로 적는다.

Sphinx는 그린 수식에서 태그만 걷어 e^x를 exe^xex로 적고, 제목을 부르는 {ref}에는 TeX과 각주의 번호를 그대로 둔다.
"""

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util.nodes import clean_astext

from machine.maths.words import said


def start(app):
    """글자로 적은 제목에서 그릴 제목을 얻는 표."""
    if not hasattr(app.env, "drawn_titles"):
        app.env.drawn_titles = {}


def merge(app, env, docnames, other):
    env.drawn_titles |= other.drawn_titles


def name_page(app, doctree):
    """이 쪽의 오른쪽 차례는 소제목의 수식을 그리므로, 책 차례에도 나오는 첫 줄만 바꾼다."""
    doc = app.env.docname
    first = next(app.env.tocs[doc].findall(addnodes.compact_paragraph), nodes.title())
    for title in (app.env.titles[doc], app.env.longtitles[doc], first):
        for math in list(title.findall(nodes.math)):
            math.parent.replace(math, nodes.Text(said(math)))


def name_labels(app, doctree):
    """이름표로 부를 때 보일 제목."""
    labels = app.env.get_domain("std").labels
    titles = {
        name: title
        for node in doctree.findall(named)
        for name in node["ids"]
        for title in node
        if isinstance(title, (nodes.title, nodes.caption)) and any(title.findall(drawn))
    }
    for label, (doc, name, _) in labels.items():
        if doc == app.env.docname and name in titles:
            text = said(titles[name])
            labels[label] = (doc, name, text)
            for known in (
                text,
                clean_astext(titles[name]),
            ):  # MyST는 [](#이름)에 TeX을 그대로 적는다
                app.env.drawn_titles[known] = titles[name].deepcopy()


class NameTerms(SphinxTransform):
    """용어의 수식을 색인에 적을 때와 {term}으로 부를 때에는 글자로."""

    default_priority = 700  # Sphinx가 색인의 말을 모으기 전

    def apply(self):
        for term in [
            term for term in self.document.findall(nodes.term) if any(term.findall(nodes.math))
        ]:
            text = said(term)
            for index in term.findall(addnodes.index):
                index["entries"] = [(kind, text, *rest) for kind, _, *rest in index["entries"]]
            self.env.get_domain("std").note_object("term", text, term["ids"][0], term)


def named(node):
    return isinstance(node, (nodes.section, nodes.figure, nodes.table))


def drawn(node):
    return isinstance(node, (nodes.math, nodes.footnote_reference))


def draw_labels(app, doctree, docname):
    """제목을 부른 링크의 글도 그린다. 풀이의 제목은 sphinx-exercise가 이제야 짓는다."""
    boxes = [
        box[0]
        for box in doctree.findall(nodes.Admonition)
        if box.children and isinstance(box[0], nodes.title)
    ]
    titles = app.env.drawn_titles | {
        title.astext(): title for title in boxes if any(title.findall(drawn))
    }
    texts = [text for link in doctree.findall(nodes.reference) for text in link.findall(nodes.Text)]
    for text in filter(titles.__contains__, texts):
        title = titles[text].deepcopy()
        for inner in [*title.findall(nodes.reference), *title.findall(nodes.footnote_reference)]:
            inner.parent.replace(
                inner, inner.children if isinstance(inner, nodes.reference) else []
            )
        text.parent.replace(text, title.children)


def number_exercises(app, doctree, docname):
    """MyST는 [](#ex-6-1)에 번호 없이 "연습문제"와 제목을 붙여 적는다."""
    numbers = app.env.toc_fignumbers.get(docname, {}).get("exercise", {})
    for link in doctree.findall(nodes.reference):
        unnamed = (
            link.get("id_link")
            and isinstance(link[0], nodes.inline)
            and "std-ref" in link[0]["classes"]
        )
        if unnamed and link.get("refid") in numbers:
            number = ".".join(map(str, numbers[link["refid"]]))
            link[0].children = [nodes.Text(app.config.numfig_format["exercise"] % number)]


def setup(app):
    app.add_transform(NameTerms)
    app.connect("builder-inited", start)
    app.connect("env-merge-info", merge)
    app.connect("doctree-read", name_page, priority=600)  # Sphinx가 쪽의 차례를 모은 다음
    app.connect("doctree-read", name_labels, priority=600)
    app.connect("doctree-resolved", draw_labels, priority=100)
    app.connect("doctree-resolved", number_exercises, priority=100)
