"""한국어로 찾기: 절마다, 용어마다 한 줄씩 모으고(records.py), 파일로 나누고(pieces.py), 찾는 창을
쪽마다 넣는다.

찾는 일은 브라우저가 한다. 순위는 MiniSearch가 매기고, 한국어는 engine/korean.js가, 찾는 일은
engine/finder.js가, 화면은 static/search.js가 맡는다. 같은 말은 용어집의 글에서 읽는다.
Sphinx의 검색은 조사와 어미를 떼지 못하여 40개 물음 가운데 10개에서 아무것도 찾지 못했고,
Pagefind는 6개였다.
"""

from pathlib import Path

from machine import kept
from machine.site.search import pieces
from machine.site.search.records import records
from machine.tree.nodes import reading_order, section_number

HERE = Path(__file__).parent


def begin(app):
    if app.builder.format == "html":
        app.builder.search = False  # Sphinx의 색인은 만들지 않는다


def collect(app, doctree, docname):
    """쪽마다 [번호와 제목, [Record, …]]."""
    searched = kept.data.setdefault("search", {})
    searched.pop(docname, None)
    if found := records(app.env, doctree, docname):
        name = f"{section_number(app.env, docname)} {found[0].title}".strip()
        searched[docname] = [name, found]


def finish(app, pages):
    found = kept.data.get("search", {})
    docs = [docname for docname in reading_order(app.env) if docname in found]
    by_address = {app.builder.get_target_uri(docname): found[docname] for docname in docs}
    pieces.write(Path(app.outdir, "_static/search"), by_address)


def setup(app):
    app.config.html_static_path.append(str(HERE / "static"))
    app.config.templates_path.append(str(HERE / "templates"))
    app.add_css_file("search.css")
    app.add_js_file("search.js", loading_method="defer")
    app.connect("builder-inited", begin)
    app.connect("doctree-resolved", collect, priority=900)  # dropdowns가 상자를 접은 뒤
    app.connect("html-collect-pages", lambda app: [("search", {"title": "검색"}, "search.html")])
