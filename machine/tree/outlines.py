"""쪽의 뼈대: 이름표가 있는 것, 제목, 절과 차례만 남긴 문서의 나무.

Sphinx는 번호를 매길 때마다 모든 쪽을, {numref}를 풀 때마다 그것이 가리키는 쪽을 통째로 읽는다.
번호에 드는 것은 뼈대에 다 있으므로 그때에는 뼈대를 준다.
"""

from functools import wraps
from itertools import chain

from docutils import nodes
from sphinx import addnodes
from sphinx.domains.std import StandardDomain
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.util.nodes import clean_astext

from machine.tree.nodes import apart

# 이름표가 없어도 번호에 드는 것. 제목이 없는 그림에는 번호가 없고, 코드의 번호는 코드를 담은 상자에
# 붙는다.
KEPT = (nodes.section, addnodes.toctree, nodes.literal_block)
TITLES = (nodes.title, nodes.caption)


def bare(node, *children):
    """쪽에서 떼어 낸 노드. 본디 것에는 쪽이 통째로 매달려 있다."""
    copy = node.copy()
    copy.document, copy.rawsource = None, ""
    copy.extend(children)
    return copy


def branches(node):
    """그 노드의 뼈대. 남기지 않을 노드이면 그 안의 것들."""
    if isinstance(node, TITLES):
        return [bare(node, nodes.Text(clean_astext(node)))]
    elements = [child for child in node.children if isinstance(child, nodes.Element)]
    inside = list(chain.from_iterable(map(branches, elements)))
    return [bare(node, *inside)] if node["ids"] or isinstance(node, KEPT) else inside


def outline(doctree):
    tree = nodes.Element("", *chain.from_iterable(map(branches, doctree.children)))
    shown = {name: node for node in tree.findall(nodes.Element) for name in node["ids"]}
    tree.ids = {name: shown.get(name) or bare(node) for name, node in doctree.ids.items()}
    return tree


def note(app, doctree):
    app.env.outlines[app.env.docname] = outline(doctree)
    for exercise in getattr(app.env, "sphinx_exercise_registry", {}).values():
        if exercise["docname"] == app.env.docname:  # 부르는 쪽에는 제목만 나온다
            exercise["node"] = bare(exercise["node"], apart(exercise["node"][0]))


def forget(app, env, docname):
    env.outlines.pop(docname, None)
    getattr(env, "sphinx_exercise_gated_registry", {}).pop(docname, None)


def merge(app, env, docnames, other):
    env.outlines |= {docname: other.outlines[docname] for docname in docnames}


def begin(app):
    if not hasattr(app.env, "outlines"):
        app.env.outlines = {}


def given_outlines(method):
    @wraps(method)
    def call(self, env, *args):
        env.get_doctree = env.outlines.__getitem__
        try:
            return method(self, env, *args)
        finally:
            del env.get_doctree

    return call


def setup(app):
    for owner, name in (
        (TocTreeCollector, "assign_section_numbers"),
        (TocTreeCollector, "assign_figure_numbers"),
        (StandardDomain, "_resolve_numref_xref"),
    ):
        setattr(owner, name, given_outlines(getattr(owner, name)))
    app.connect("builder-inited", begin)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("doctree-read", note, priority=999)  # 다른 일들이 나무를 다 고친 뒤
