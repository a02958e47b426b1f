"""제목의 수식과 각주: 쪽과 종이에서는 그리고, 차례·브라우저의 제목·앞뒤 링크에서는 글자로 적는다.

Sphinx는 그린 수식에서 태그만 걷어 e^x를 exe^xex로 적고, 제목을 부르는 {ref}에는 TeX과 각주의 번호를
그대로 둔다.
"""

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util.nodes import clean_astext

from machine.maths.words import said
from machine.tree.nodes import apart, numbers, unlink


def drawn(node):
    return isinstance(node, (nodes.math, nodes.footnote_reference))


def drawn_titles(doctree, *kinds):
    """kinds의 제목 가운데, 수식이나 각주가 들어 글자로 적으면 달라지는 것."""
    for title in doctree.findall(lambda node: isinstance(node, (nodes.title, nodes.caption))):
        if isinstance(title.parent, kinds) and any(title.findall(drawn)):
            yield title


def name_page(app, doctree):
    """이 쪽의 오른쪽 차례는 소제목의 수식을 그리므로, 책 차례에도 나오는 첫 줄만 바꾼다."""
    doc = app.env.docname
    first = next(app.env.tocs[doc].findall(addnodes.compact_paragraph), nodes.title())
    for title in (app.env.titles[doc], app.env.longtitles[doc], first):
        for math in list(title.findall(nodes.math)):
            math.parent.replace(math, nodes.Text(said(math)))


def name_labels(app, doctree):
    """이름표로 부를 때 보일 제목을 글자로 적고, 그 글에서 그릴 제목을 얻는 표를 쪽에 남긴다."""
    labels, titles, said_as = app.env.get_domain("std").labels, {}, {}
    for title in drawn_titles(doctree, nodes.section, nodes.figure, nodes.table):
        titles |= dict.fromkeys(title.parent["ids"], title)
    for label, (doc, name, _) in labels.items():
        if doc == app.env.docname and name in titles:
            title = titles[name]
            labels[label] = (doc, name, said(title))
            # MyST는 [](#이름)에 TeX을 그대로 적는다
            said_as |= dict.fromkeys((said(title), clean_astext(title)), apart(title))
    app.env.metadata[app.env.docname]["drawn_titles"] = said_as


class NameTerms(SphinxTransform):
    """용어의 수식을 색인에 적을 때와 {term}으로 부를 때에는 글자로."""

    default_priority = 700  # Sphinx가 색인의 말을 모으기 전

    def apply(self):
        for term in list(self.document.findall(nodes.term)):
            if any(term.findall(nodes.math)):
                text = said(term)
                for index in term.findall(addnodes.index):
                    index["entries"] = [(kind, text, *rest) for kind, _, *rest in index["entries"]]
                self.env.get_domain("std").note_object("term", text, term["ids"][0], term)


def draw_labels(app, doctree, docname):
    """제목을 부른 링크의 글도 그린다. 풀이의 제목은 sphinx-exercise가 이제야 짓는다."""
    titles = {}
    for metadata in app.env.metadata.values():
        titles |= metadata.get("drawn_titles", {})
    titles |= {title.astext(): title for title in drawn_titles(doctree, nodes.Admonition)}
    for link in list(doctree.findall(nodes.reference)):
        for text in list(link.findall(nodes.Text)):
            if text in titles:
                title = titles[text].deepcopy()
                unlink(title)
                for note in list(title.findall(nodes.footnote_reference)):
                    note.parent.remove(note)
                text.parent.replace(text, title.children)


def number_exercises(app, doctree, docname):
    """MyST는 [](#ex-9-1)에 번호 없이 "연습문제"와 제목을 붙여 적는다."""
    known = numbers(app.env, docname, "exercise")
    for link in doctree.findall(nodes.reference):
        if link.get("id_link") and link.get("refid") in known:
            text = link[0]
            if isinstance(text, nodes.inline) and "std-ref" in text["classes"]:
                name = app.config.numfig_format["exercise"] % known[link["refid"]]
                text.children = [nodes.Text(name)]


def setup(app):
    app.add_transform(NameTerms)
    app.connect("doctree-read", name_page)
    app.connect("doctree-read", name_labels)
    app.connect("doctree-resolved", draw_labels)
    app.connect("doctree-resolved", number_exercises)
