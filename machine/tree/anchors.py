"""용어와 제목의 이름표를 번호(term-3, id5)가 아니라 낱말(term-전방-차분)로 짓는다.

Sphinx와 docutils는 로마자만 남기므로 한글로만 된 것에는 번호를 붙인다. 그 번호는 앞에 하나가 늘면
밀려, 독자가 남긴 주소가 다른 곳을 가리킨다. 이름표를 짓는 설정은 없고(auto_id_prefix는 번호 앞의
글자를 바꿀 뿐이다), MyST의 myst_heading_slug_func는 원고 안의 링크에만 쓰인다.
"""

import re
import unicodedata
from urllib.parse import unquote

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from machine.tree.nodes import raw_html, with_line

log = logging.getLogger(__name__)

IN_HTML = re.compile(r"""\b(id|name|href)\s*=\s*["'](#?)([^"']+)""")
DEAD = (
    "HTML의 링크가 이 쪽에 없는 곳을 가리킵니다: #%s. HTML 대신 [글](#%s)로 적으면 제목을 찾습니다"
)
NUMBERED = re.compile(r"id\d+|term-.*")  # 용어는 로마자가 섞여도 온전한 낱말로 짓는다


class NameByWords(SphinxTransform):
    default_priority = 840  # 색인의 자리를 정하기(845)와 이름표를 모으기(850)보다 앞

    def apply(self):
        renamed = {}
        for node in self.document.findall(nodes.Element):
            if isinstance(node, nodes.term):
                renamed |= self.name(node, "term-" + slug(node.astext()))
            elif isinstance(node, nodes.section) and isinstance(node.next_node(), nodes.title):
                word = slug(node[0].astext())  # 전자책의 이름표는 숫자로 시작하지 못한다
                renamed |= self.name(node, word if word[:1].isalpha() else f"sec-{word}")
        self.tell(renamed)

    def name(self, node, word):
        """번호로 지은 이름표를 바꾼다. 겹치면 -2, -3을 붙이고, 낱말이 없으면 그대로 둔다."""
        renamed = {}
        for n, old in enumerate(node["ids"]):
            if NUMBERED.fullmatch(old) and word not in ("sec-", "term-"):
                self.document.ids.pop(old, None)
                name, count = word, 1
                while name in self.document.ids:
                    name = f"{word}-{(count := count + 1)}"
                self.document.ids[name] = node
                node["ids"][n] = renamed[old] = name
        return renamed

    def tell(self, renamed):
        """제목의 링크, {term}, 색인이 새 이름표를 찾게 한다."""
        known, std = self.document.nameids, self.env.get_domain("std").data
        known |= {name: renamed[old] for name, old in known.items() if old in renamed}
        anchors = getattr(self.document, "myst_slugs", {})
        for name, (line, old, title) in anchors.items():
            anchors[name] = line, renamed.get(old, old), title
        for table in (std["objects"], std["terms"]):
            table |= {
                key: (doc, renamed[old])
                for key, (doc, old) in table.items()
                if doc == self.env.docname and old in renamed
            }
        for node in self.document.findall(addnodes.index):
            node["entries"] = [
                (kind, value, renamed.get(old, old), *rest)
                for kind, value, old, *rest in node["entries"]
            ]


def slug(title):
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", title)).strip("-")


def check_html(app, doctree):
    """HTML로 적은 링크(<a href="#이름">)는 Sphinx가 보지 않는다."""
    written = [
        (node, found) for node in raw_html(doctree) for found in IN_HTML.findall(node.astext())
    ]
    known = {*doctree.ids, *(name for _, (kind, _, name) in written if kind != "href")}
    for node, (kind, here, name) in written:
        if kind == "href" and here and unquote(name) not in known:
            log.warning(DEAD, name, name, location=(app.env.docname, with_line(node).line))


def setup(app):
    app.add_transform(NameByWords)
    app.connect("doctree-read", check_html)
