"""정리, 정의, 예, 증명 따위의 상자. 문법과 노드는 sphinx-proof의 것이고, 여기서 우리말로 고친다.

번호는 그림처럼 종류마다 센다(정리 7-1, 정의 7-1). 다 풀린 나무에서는 제목이 있는 보통의 상자로
바꾸어, 사이트, 종이책, 전자책, 노트북이 모두 다른 상자처럼 옮긴다.

sphinx-proof는 증명에 Proof.를 적고, 쪽을 나란히 읽으면 멈추고, 이름표를 {numref}와 [](#이름표)에
알리지 않으며, 이름표 없는 상자가 두 쪽에 있으면 이름표가 겹친다고 알리고, 같은 id를 여러 번 쓴다.
"""

from typing import NamedTuple

from docutils import nodes
from docutils.nodes import fully_normalize_name
from sphinx import addnodes
from sphinx.roles import XRefRole
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.nodes import make_refnode
from sphinx_proof.directive import ElementDirective
from sphinx_proof.domain import ProofDomain
from sphinx_proof.nodes import NODE_TYPES, unenumerable_node

from machine.maths.words import said
from machine.tree.markup.leftovers import NUMBERLESS
from machine.tree.nodes import number_of

log = logging.getLogger(__name__)
# 책마다 _config.yml의 numfig_format에서 바꿀 수 있다: {example: "보기 %s"}
NAMES = {
    "theorem": "정리",
    "lemma": "보조정리",
    "corollary": "따름정리",
    "proposition": "명제",
    "definition": "정의",
    "axiom": "공리",
    "assumption": "가정",
    "conjecture": "추측",
    "criterion": "판정법",
    "property": "성질",
    "observation": "관찰",
    "remark": "참고",
    "example": "예",
    "notation": "표기",
    "algorithm": "알고리즘",
}
PROOF = "증명."
TWICE = "duplicate label %s, other instance in %s"  # Sphinx의 말이며 problems가 옮긴다
BOXES = (*NODE_TYPES.values(), unenumerable_node)


class Entry(NamedTuple):
    """이름표가 있는 상자."""

    docname: str
    id: str
    kind: str
    title: str


class Theorem(ElementDirective):
    """정리와 그 밖의 상자. sphinx-proof의 옵션을 받는다: label, nonumber, class."""

    def run(self):
        self.assert_has_content()
        kind = self.name.removeprefix("prf:")
        box = unenumerable_node() if "nonumber" in self.options else NODE_TYPES[kind]()
        self.set_source_info(box)
        texts, messages = self.state.inline_text("".join(self.arguments), self.lineno)
        box += nodes.title("", "", *texts)
        self.state.nested_parse(self.content, self.content_offset, box)
        box["classes"] = ["proof", kind, *self.options.get("class", [])]
        box["kind"] = kind
        label = fully_normalize_name(self.options.get("label", ""))
        above = self.state_machine.node[-1:]  # 상자 바로 위의 (이름표)=
        if label and not any(label in node.get("names", []) for node in above):
            self.options["name"] = label
            self.add_name(box)
        else:  # 번호는 id가 있어야 붙는다
            box["ids"] = [f"{kind}-{self.env.new_serialno(kind)}"]
            self.state.document.ids[box["ids"][0]] = box
        return [box, *messages]


class Proof(ElementDirective):
    """증명. 번호와 이름표가 없다."""

    optional_arguments = 0
    option_spec = {"class": ElementDirective.option_spec["class"]}

    def run(self):
        self.assert_has_content()
        box = nodes.admonition("", nodes.title("", PROOF))
        self.set_source_info(box)
        box["classes"] = ["proof", "proof-text", *self.options.get("class", [])]
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


class NoteLabels(SphinxTransform):
    """상자의 이름표를 적어 둔다. 상자 위에 적은 (이름표)=도 그 상자의 것이다."""

    default_priority = 870  # MyST가 [](#이름표)를 푸는 때(879)보다 앞

    def apply(self):
        labels = self.env.get_domain("prf").data["labels"]
        for box in self.document.findall(lambda node: isinstance(node, BOXES)):
            entry = Entry(self.env.docname, box["ids"][0], box["kind"], said(box[0]))
            labels |= dict.fromkeys(box["names"], entry)
        for link in list(self.document.findall(nodes.reference)):
            if link.get("id_link") and not link.children:
                self.call_by_number(link, labels)

    def call_by_number(self, link, labels):
        """같은 쪽에 있으면 MyST는 제목만 적고 번호를 빼므로, 다른 쪽의 것처럼 부른다."""
        label = link["refuri"].removeprefix("#")
        if label in labels:
            to = {"refdomain": "std", "reftype": "ref", "reftarget": label}
            about = {"refdoc": self.env.docname, "refexplicit": False}
            link.replace_self(addnodes.pending_xref("", nodes.inline(), **to, **about))


class Theorems(ProofDomain):
    roles = {"ref": XRefRole()}
    directives = dict.fromkeys(NODE_TYPES, Theorem) | {"proof": Proof}
    indices = ()
    initial_data = {"labels": {}}  # {이름표: Entry}

    def clear_doc(self, docname):
        labels = self.data["labels"].items()
        self.data["labels"] = {name: entry for name, entry in labels if entry.docname != docname}

    def merge_domaindata(self, docnames, other):
        """나란히 읽은 쪽의 것을 합친다. Sphinx는 합치면서 겹치는 이름표를 알리지 않는다."""
        labels = self.data["labels"]
        for name, entry in other["labels"].items():
            if entry.docname in docnames:
                if name in labels:
                    there = self.env.doc2path(labels[name].docname, False)
                    log.warning(TWICE, name, there, location=entry.docname)
                labels[name] = entry

    def resolve_xref(self, env, fromdocname, builder, typ, target, node, contnode):
        entry = self.data["labels"].get(fully_normalize_name(target))
        if not entry:
            return None  # 없는 이름표라고 Sphinx가 알린다
        text = contnode.astext() if node["refexplicit"] else called(env, entry)
        to = nodes.inline("", text, classes=["std", "std-numref"])
        return make_refnode(builder, fromdocname, entry.docname, entry.id, to)

    def resolve_any_xref(self, env, fromdocname, builder, target, node, contnode):
        return []  # 이름표는 std에도 있다


def name_of(config, kind, number=""):
    """ "정리 7-1". 번호가 없으면 "정리"."""
    return (config.numfig_format[kind] % number).strip()


def number_in(env, entry):
    return number_of(env, entry.docname, entry.kind, [entry.id])


def called(env, entry):
    """{prf:ref}가 적을 글: 번호가 있으면 그 번호, 없으면 제목이나 종류."""
    number = number_in(env, entry)
    return (not number and entry.title) or name_of(env.config, entry.kind, number)


def name_labels(app, env):
    """{ref}와 [](#이름표)로 부를 때 보일 글: 정리 7-1 (평균값 정리)."""
    labels = env.get_domain("std").labels
    for label, entry in env.get_domain("prf").data["labels"].items():
        title = f" ({entry.title})" if entry.title else ""
        text = f"{name_of(env.config, entry.kind, number_in(env, entry))}{title}"
        labels[label] = entry.docname, entry.id, text
    return []


def numberless(app, env, node, contnode):
    """번호 없는 상자를 {numref}로 부르면, Sphinx는 이름표가 없다고 알린다."""
    label = node.get("reftarget")
    if node.get("reftype") != "numref" or label not in env.get_domain("prf").data["labels"]:
        return None
    log.warning(NUMBERLESS, label, location=node)
    return contnode


def dress(app, doctree, docname):
    """제목에 이름과 번호를 적은 보통의 상자로 바꾼다."""
    for box in list(doctree.findall(lambda node: isinstance(node, BOXES))):
        number = number_of(app.env, docname, box["kind"], box["ids"])
        label = nodes.inline("", name_of(app.config, box["kind"], number))
        label["classes"] = ["caption-number"]
        title = nodes.title("", "", label)
        if box[0].children:
            title += [nodes.Text(" ("), *box[0].children, nodes.Text(")")]
        plain = nodes.admonition("", title, *box[1:], **box.non_default_attributes())
        plain.source, plain.line = box.source, box.line
        box.replace_self(plain)


def name_in_korean(app, config):
    config.numfig_format = {k: f"{name} %s" for k, name in NAMES.items()} | config.numfig_format


def setup(app):
    app.setup_extension("sphinx_proof")
    app.add_transform(NoteLabels)
    app.add_domain(Theorems, override=True)
    # 모양은 책의 것이다
    app.registry.css_files[:] = [css for css in app.registry.css_files if css[0] != "proof.css"]
    app.connect("config-inited", name_in_korean, priority=400)  # sphinx-proof의 영어보다 먼저
    app.connect("env-get-updated", name_labels, priority=900)  # 번호를 다 고친 뒤
    app.connect("missing-reference", numberless)
    app.connect("doctree-resolved", dress, priority=400)
