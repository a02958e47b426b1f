"""책의 모양: book.css, book.js, 책의 표식(mark.svg가 있으면), 쪽의 설명.

테마의 설정으로 되지 않는 것만 둔다.
"""

import re
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

from machine import mark
from machine.maths.words import said
from machine.page.scripts import own

log = logging.getLogger(__name__)
STATIC = Path(__file__).with_name("static")
FIGURE = re.compile(r'(<img[^>]*? src="[^"]*_images/([^"/]+\.svg)")')
SIZE = re.compile(
    r'<svg[^>]*? width="([\d.]+)(pt|px|)" height="([\d.]+)\2"'
)  # 맷플롯립은 pt로 적는다
# 원고가 없는 쪽
ALONE = {
    "genindex": "책에 나오는 말과 함수를 가나다순으로 찾는 색인입니다.",
    "search": "책의 글, 코드, 오류의 글에서 찾습니다.",
    "offline": "인터넷이 끊겨도 읽을 수 있게 브라우저에 저장한 쪽들입니다.",
}


def size_figures(app, page, template, context, doctree):
    """그림을 받기 전에 자리를 비워 두어 글이 밀리지 않게 하고, 보일 때가 되면 받는다."""
    if app.builder.name != "html" or "body" not in context:
        return
    uris = {name: uri for uri, name in app.builder.images.items()}

    def sized(match):
        uri = uris.get(match[2])
        size = uri and SIZE.search(Path(app.srcdir, uri).read_text("utf-8", "replace"))
        if not size:
            return match[0]
        unit = 4 / 3 if size[2] == "pt" else 1
        width, height = (round(float(side) * unit) for side in (size[1], size[3]))
        lazy = "" if page == app.config.root_doc else ' loading="lazy"'  # 첫 화면에 있다
        return f'{match[1]} width="{width}" height="{height}"{lazy}'

    context["body"] = FIGURE.sub(sized, context["body"])


# furo는 body를 그리기 시작한 뒤에 색을 정하여, 어두운 화면을 고른 독자에게 흰 화면이 잠깐 보일 수
# 있다. no-js도 다 그린 뒤에 지우는데, 그러면 브라우저가 모든 요소의 모양을 다시 계산한다. 저장소를
# 막은 브라우저에서는 읽기만 해도 예외가 나므로, 쪽을 떠날 때까지만 기억하는 것으로 바꾼다.
EARLY = own(Path(__file__).with_name("early.js").read_text("utf-8"))


def describe(doctree):
    """첫 문단에서 160자에 드는 문장들. 읽는 데 걸리는 시간은 쪽의 설명이 아니다."""
    paragraphs = doctree.findall(nodes.paragraph)
    first = next((text for text in paragraphs if "minutes" not in text["classes"]), None)
    text = " ".join(said(first).split()) if first else ""
    sentences = re.match(r".{,160}[.]", text)
    return sentences[0] if sentences else text[:160]


def fill_head(app, page, template, context, doctree):
    """화면 색을 이르게 정하고 첫 문단을 검색 엔진이 보일 쪽의 설명으로 쓴다."""
    if app.builder.name != "html":
        return
    context.setdefault("metatags", "")  # 색인과 검색 쪽에는 아직 없다
    context["metatags"] += EARLY
    if text := describe(doctree) if doctree else ALONE.get(page):
        context["metatags"] += f'<meta name="description" content="{escape(text)}">'


def put_mark(app, page, template, context, doctree):
    """책의 표식: 쪽마다 홈 화면의 그림, 첫 쪽에는 제목 앞에도."""
    if app.builder.name != "html":
        return
    picture, drawing = (
        context["pathto"](f"_static/{path.name}", 1) for path in (mark.PICTURE, mark.FILE)
    )
    context["metatags"] += f'<link rel="apple-touch-icon" href="{picture}">'
    if page == app.config.root_doc:
        img = f'<img class="mark" src="{drawing}" alt="" width="48" height="48">'
        context["body"] = context["body"].replace("<h1>", f"<h1>{img}", 1)


def check_mark(app):
    if app.builder.name == "html" and not mark.is_drawn():
        log.warning(mark.STALE)


def use_mark(app):
    files = filter(Path.is_file, (mark.FILE, mark.PICTURE))
    app.config.html_static_path += map(str, files)
    app.config.html_favicon = str(mark.FILE)
    app.connect("builder-inited", check_mark)
    app.connect("html-page-context", put_mark)


def setup(app):
    app.config.html_static_path.append(str(STATIC))
    app.add_css_file("book.css", priority=900)  # 테마와 확장들의 CSS를 고친다
    app.add_js_file("book.js", loading_method="defer")
    app.connect("html-page-context", size_figures)
    app.connect("html-page-context", fill_head)
    if mark.exists():
        use_mark(app)
