"""한국어로 찾기: 절마다, 용어마다 한 줄씩 모은 색인을 만들고, 찾는 창을 쪽마다 넣는다. 찾는 일은 브라우저가 한다.

Sphinx의 검색은 조사와 어미를 떼지 못하여 40개 물음 가운데 10개에서 아무것도 찾지 못했고, Pagefind는 6개였다.
순위는 MiniSearch가 매기고, 한국어는 static/korean.js가, 찾는 일은 static/finder.js가, 화면은 static/search.js가 맡는다.
같은 말은 용어집의 글에서 읽는다.
"""

import json
import re
import unicodedata
from collections import defaultdict
from hashlib import sha256
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

from machine.maths.words import said

HERE = Path(__file__).parent
# 찾는 창을 처음 열 때 색인과 함께 받는 스크립트
ON_DEMAND = [
    HERE / "minisearch/minisearch.js",
    HERE / "static/korean.js",
    HERE / "static/finder.js",
]
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
ERROR = re.compile(
    r"^\w+Error\b.*(?:\n(?!\w+Error\b)[a-z].*)*", re.M
)  # 출력에 찍힌 오류의 글. 여러 줄에 걸치기도 한다
ENGLISH = re.compile(r"\(([A-Za-z][^()가-힣]*)\)")  # …하는 일(backward pass, backpropagation).
SAME = re.compile(
    r"(?:^|\. )(?:[^.]*에서는 )?([^.]+?)이?라고(?:도| 띄어 쓰기도)? [합씁]니다"
)  # 기울기 또는 변화도라고도 합니다.

ADDRESS = re.compile(r'(_static/(?:search-index\.json|minisearch\.js|korean\.js|finder\.js))[^"]*"')


def titled(node):
    return isinstance(node, nodes.section) and isinstance(
        node.next_node(), nodes.title
    )  # 연습문제 속의 section에는 제목이 없다


def plain(node):
    """찾을 글: 안쪽 절, 접어 둔 셀, 긴 수식을 뺀다. 출력에서는 그림의 설명만 고른다."""
    if (
        isinstance(node, SKIP)
        or titled(node)
        or (isinstance(node, nodes.Element) and HIDDEN & set(node["classes"]))
    ):
        return ""
    if isinstance(node, nodes.Element) and "cell_output" in node["classes"]:
        return " ".join(map(plain, node.findall(nodes.caption)))
    if isinstance(node, (nodes.math, nodes.math_block)):
        return node.astext() if len(node.astext()) < 25 and "\\" not in node.astext() else "…"
    if isinstance(node, nodes.Text):
        return node.astext()
    text = "".join(map(plain, node.children))
    return text if isinstance(node, (nodes.Inline, nodes.inline)) else f" {text} "


def clean(*parts):
    return " ".join(unicodedata.normalize("NFC", "".join(map(plain, parts))).split())


def heading(title):
    """제목과 용어. 수식도 글자로 찾고 읽는다."""
    return " ".join(unicodedata.normalize("NFC", said(title)).split())


def keywords(section):
    """그 절에 달린 찾아보기 말({index}). 글에 그대로 나오지 않는 것도 있다."""
    return ", ".join(
        entry[1]
        for node in section
        if isinstance(node, addnodes.index)
        for entry in node["entries"]
    )


def synonyms(text):
    """용어집의 풀이에서 같은 말을 얻는다: 괄호 안의 영어와 '…라고도 합니다'의 앞말."""
    return ", ".join(
        ENGLISH.findall(text)[:1] + [name.replace(" 또는 ", ", ") for name in SAME.findall(text)]
    )


def home(node):
    """그것이 놓인 절."""
    return node if titled(node) or not node.parent else home(node.parent)


def begin(app):
    app.builder.search_pages = {}
    if app.builder.format == "html":
        app.builder.search = False  # Sphinx의 색인은 만들지 않는다


def collect(app, doctree, docname):
    """쪽마다 [쪽의 이름, [[절의 이름표, 제목, 글, 열쇠말, {번호: 이름표}, [오류의 글, …]], …]]. 용어는 이름표가 term-으로 시작한다."""
    number = ".".join(map(str, app.env.toc_secnumbers.get(docname, {}).get("", ())))
    names = {
        name: KINDS[kind].format(".".join(map(str, place)))
        for kind, names in app.env.toc_fignumbers.get(docname, {}).items()
        if kind in KINDS
        for name, place in names.items()
    }
    records, numbers, errors = [], defaultdict(dict), defaultdict(list)
    for node in doctree.findall(nodes.Element):
        numbers[home(node)].update({names[name]: name for name in node["ids"] if name in names})
        if isinstance(node, nodes.literal_block) and "output" in node["classes"]:
            errors[home(node)] += [
                " ".join(error.split()) for error in ERROR.findall(node.astext())
            ]
    for section in doctree.findall(titled):
        anchor, text = section["ids"][0] if records else "", clean(*section[1:])
        records.append(
            [
                anchor,
                heading(section[0]),
                text,
                keywords(section),
                numbers[section],
                errors[section],
            ]
        )
    for item in doctree.findall(nodes.definition_list_item):
        if isinstance(item.parent.parent, addnodes.glossary):
            text = clean(item[-1])
            records += [
                [term["ids"][0], heading(term), text, synonyms(text), {}, []]
                for term in item.findall(nodes.term)
            ]
    if records:
        app.builder.search_pages[app.builder.get_target_uri(docname)] = [
            f"{number} {records[0][1]}".strip(),
            records,
        ]


def finish(app, pages):
    path = Path(app.outdir, "_static/search-index.json")
    old = json.loads(path.read_text("utf-8"))["pages"] if path.is_file() else {}
    urls = map(app.builder.get_target_uri, sorted(app.env.all_docs))
    found = app.builder.search_pages  # 다시 쓰지 않은 쪽은 지난 색인에서
    records = {url: page for url in urls if (page := found.get(url) or old.get(url))}
    korean = json.loads((HERE / "korean.json").read_text("utf-8"))
    index = {"korean": korean, "pages": records}
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, "utf-8")
    # 옛 색인이 브라우저에 남지 않게 내용으로 주소를 짓는다
    scripts = b"".join(script.read_bytes() for script in ON_DEMAND)
    mark = sha256(text.encode() + scripts).hexdigest()[:8]
    for name, html in pages.items():
        pages[name] = ADDRESS.sub(rf'\1?v={mark}"', html)


def add_files(app, config):
    config.html_static_path += [str(HERE / "static"), str(HERE / "minisearch/minisearch.js")]
    config.templates_path.append(str(HERE / "templates"))


def setup(app):
    app.add_css_file("search.css")
    app.add_js_file("search.js", loading_method="defer")
    app.connect("config-inited", add_files)
    app.connect("builder-inited", begin)
    app.connect("doctree-resolved", collect, priority=900)
    app.connect("html-collect-pages", lambda app: [("search", {"title": "검색"}, "search.html")])
