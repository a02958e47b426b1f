"""한국어로 찾기: 절마다, 용어마다 한 줄씩 모은 색인을 만들고, 찾는 창을 쪽마다 넣는다.

찾는 일은 브라우저가 한다. 순위는 MiniSearch가 매기고, 한국어는 static/korean.js가, 찾는 일은
static/finder.js가, 화면은 static/search.js가 맡는다. 같은 말은 용어집의 글에서 읽는다.
Sphinx의 검색은 조사와 어미를 떼지 못하여 40개 물음 가운데 10개에서 아무것도 찾지 못했고,
Pagefind는 6개였다.
"""

import json
import re
import unicodedata
from collections import defaultdict
from hashlib import sha256
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

from machine import kept
from machine.maths.words import said
from machine.tree.nodes import numbers, section_number

HERE = Path(__file__).parent
# 찾는 창을 처음 열 때 색인과 함께 받는 스크립트
ENGINE = HERE / "minisearch/minisearch.js"
ON_DEMAND = [ENGINE, HERE / "static/korean.js", HERE / "static/finder.js"]
SKIP = (
    nodes.comment,
    nodes.image,
    nodes.raw,
    nodes.system_message,
    nodes.footnote_reference,
    addnodes.glossary,
    addnodes.index,
    addnodes.toctree,
)
HIDDEN = {"tag_hide-input", "versions"}
KINDS = {"figure": "그림 {}", "table": "표 {}", "displaymath": "식 ({})", "exercise": "연습문제 {}"}
# 출력에 찍힌 오류의 글. 여러 줄에 걸치기도 한다
ERROR = re.compile(r"^\w+Error\b.*(?:\n(?!\w+Error\b)[a-z].*)*", re.M)
# …하는 일(backward pass, backpropagation).
ENGLISH = re.compile(r"\(([A-Za-z][^()가-힣]*)\)")
# 기울기 또는 변화도라고도 합니다.
SAME = re.compile(r"(?:^|\. )(?:[^.]*에서는 )?([^.]+?)이?라고(?:도| 띄어 쓰기도)? [합씁]니다")
ADDRESS = re.compile(r'(_static/(?:search-index\.json|minisearch\.js|korean\.js|finder\.js))[^"]*"')


def titled(node):
    """제목이 있는 절. 연습문제 속의 section에는 제목이 없다."""
    return isinstance(node, nodes.section) and isinstance(node.next_node(), nodes.title)


def plain(node):
    """찾을 글: 안쪽 절, 접어 둔 셀, 긴 수식을 뺀다. 출력에서는 그림의 설명만 고른다."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, SKIP) or titled(node) or HIDDEN & set(node["classes"]):
        return ""
    if "cell_output" in node["classes"]:
        return " ".join(map(plain, node.findall(nodes.caption)))
    if isinstance(node, (nodes.math, nodes.math_block)):
        return node.astext() if len(node.astext()) < 25 and "\\" not in node.astext() else "…"
    text = "".join(map(plain, node.children))
    return text if isinstance(node, nodes.Inline) else f" {text} "


def tidy(text):
    return " ".join(unicodedata.normalize("NFC", text).split())


def heading(title):
    """제목과 용어. 수식도 글자로 찾고 읽는다."""
    return tidy(said(title))


def keywords(section):
    """그 절에 달린 찾아보기 말({index}). 글에 그대로 나오지 않는 것도 있다."""
    indexes = [node for node in section if isinstance(node, addnodes.index)]
    return ", ".join(entry[1] for node in indexes for entry in node["entries"])


def synonyms(text):
    """용어집의 풀이에서 같은 말을 얻는다: 괄호 안의 영어와 '…라고도 합니다'의 앞말."""
    same = [name.replace(" 또는 ", ", ") for name in SAME.findall(text)]
    return ", ".join(ENGLISH.findall(text)[:1] + same)


def home(node):
    """그것이 놓인 절."""
    return node if titled(node) or not node.parent else home(node.parent)


def begin(app):
    if app.builder.format == "html":
        app.builder.search = False  # Sphinx의 색인은 만들지 않는다


def places(app, docname):
    """{이름표: "그림 9-1"처럼 부르는 번호}"""
    return {
        name: form.format(number)
        for kind, form in KINDS.items()
        for name, number in numbers(app.env, docname, kind).items()
    }


def sections(doctree, names):
    """절마다 [이름표, 제목, 글, 열쇠말, {번호: 이름표}, [오류의 글, …]]."""
    numbered, errors = defaultdict(dict), defaultdict(list)
    for node in doctree.findall(nodes.Element):
        numbered[home(node)].update({names[name]: name for name in node["ids"] if name in names})
        if isinstance(node, nodes.literal_block) and "output" in node["classes"]:
            errors[home(node)] += map(tidy, ERROR.findall(node.astext()))
    for n, section in enumerate(doctree.findall(titled)):
        anchor = section["ids"][0] if n else ""
        title, text = heading(section[0]), tidy("".join(map(plain, section[1:])))
        yield [anchor, title, text, keywords(section), numbered[section], errors[section]]


def terms(doctree):
    """용어마다 절과 같은 꼴로. 이름표가 term-으로 시작한다."""
    for item in doctree.findall(nodes.definition_list_item):
        if isinstance(item.parent.parent, addnodes.glossary):
            text = tidy(plain(item[-1]))
            for term in item.findall(nodes.term):
                yield [term["ids"][0], heading(term), text, synonyms(text), {}, []]


def collect(app, doctree, docname):
    """쪽마다 [번호와 제목, [절, …, 용어, …]]."""
    records = [*sections(doctree, places(app, docname)), *terms(doctree)]
    if records:
        name = f"{section_number(app.env, docname)} {records[0][1]}".strip()
        kept.data.setdefault("search", {})[docname] = [name, records]


def finish(app, pages):
    path, found = Path(app.outdir, "_static/search-index.json"), kept.data.get("search", {})
    docs = [docname for docname in sorted(app.env.all_docs) if docname in found]
    records = {app.builder.get_target_uri(docname): found[docname] for docname in docs}
    korean = json.loads((HERE / "korean.json").read_text("utf-8"))
    index = {"korean": korean, "pages": records}
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, "utf-8")
    # 옛 색인이 브라우저에 남지 않게 내용으로 주소를 짓는다
    scripts = b"".join(script.read_bytes() for script in ON_DEMAND)
    mark = sha256(text.encode() + scripts).hexdigest()[:8]
    for name, html in pages.items():
        pages[name] = ADDRESS.sub(rf'\1?v={mark}"', html)


def setup(app):
    app.config.html_static_path += [str(HERE / "static"), str(ENGINE)]
    app.config.templates_path.append(str(HERE / "templates"))
    app.add_css_file("search.css")
    app.add_js_file("search.js", loading_method="defer")
    app.connect("builder-inited", begin)
    app.connect("doctree-resolved", collect, priority=900)  # dropdowns가 상자를 접은 뒤
    app.connect("html-collect-pages", lambda app: [("search", {"title": "검색"}, "search.html")])
