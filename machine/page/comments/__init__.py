"""절의 끝에 댓글(giscus)을 단다. book_comments를 적은 책에만 있고, 펼칠 때에만 giscus.app을 부른다.

sphinx-comments는 giscus를 모르고, 쪽을 열자마자 다른 사이트의 스크립트를 부른다. meta로 적은 보안
정책은 쪽을 연 뒤에 풀 수 없으므로, giscus.app을 허락하는 쪽(comments.html)을 iframe으로 부른다.
"""

import re
from html import escape
from pathlib import Path
from urllib.parse import quote

from sphinx.util import logging

from machine.page.scripts import own
from machine.settings.conventions import is_section
from machine.settings.repository import published, read, repository
from machine.tree.nodes import numbered_title, reading_order

log = logging.getLogger(__name__)
HERE = Path(__file__).parent
# 옛 id는 MD로 시작한다
IDS = {"repo_id": r"(R_|MDEwOl)[\w=-]+", "category": ".+", "category_id": r"(DIC_|MDE4Ok)[\w=-]+"}
WRONG_ID = "%s가 없거나 틀렸습니다. https://giscus.app이 알려 주는 값을 그대로 적습니다: %s"

OPEN = own(
    'document.querySelector(".comments > summary").addEventListener("click", '
    "function () { this.after(this.nextElementSibling.content); }, { once: true });"
)
BOX = f"""<details class="comments" data-policy="frame-src 'self'">
<summary>댓글 <small>펼치면 giscus.app에서 불러옵니다. 쓰려면 GitHub 계정이 있어야 합니다.</small>\
</summary>
<template><iframe title="이 쪽의 댓글" src="%s"></iframe></template>
</details>
{OPEN}
"""
POLICY = "; ".join(f"{kind}-src https://giscus.app" for kind in ("script", "style", "frame"))
PAGE = """<section data-policy="{policy}">
<h1>댓글</h1>
<noscript><p>댓글을 보려면 자바스크립트를 켜야 합니다.</p></noscript>
<p role="status">어느 쪽의 댓글인지 알 수 없습니다. 쪽을 고르면 그 쪽의 끝에 댓글이 있습니다.</p>
<nav class="launch" aria-label="쪽">{links}</nav>
<div class="giscus" {settings} data-mapping="specific" data-strict="1" data-lang="ko"></div>
</section>
{script}
"""


def check(app, config):
    """틀리거나 빠진 것은 알리고(빌드가 실패한다) 적지 않은 것으로 친다."""
    given, wrong = read(config.book_comments, IDS)
    for key, form in IDS.items():
        if given and not re.fullmatch(form, given.get(key, "")):
            wrong.append(WRONG_ID % (key, given.get(key, "(비어 있음)")))
    if given and not published(config).slug:
        wrong.append("book_repository에도 slug를 적어야 합니다")
    for message in wrong:
        log.warning("_config.yml의 book_comments: %s", message)
    written = repository(config).slug
    borrowed = written and written != published(config).slug  # 포크의 Actions: 남의 값이다
    config.book_comments = {} if wrong or borrowed else given
    if config.book_comments:
        config.html_static_path.append(str(HERE / "comments.css"))
        app.add_css_file("comments.css")


def add_box(app, page, template, context, doctree):
    if app.builder.name == "html" and app.config.book_comments and doctree and is_section(page):
        context["body"] += BOX % f"{context['pathto']('comments')}?page={quote(page)}"


def add_page(app):
    """댓글 쪽. 색인과 검색에는 들지 않는다."""
    if app.builder.name != "html" or not app.config.book_comments:
        return
    sections = filter(is_section, reading_order(app.env))
    settings = {"repo": published(app.config).slug, **app.config.book_comments}
    body = PAGE.format(
        policy=POLICY,
        links="".join(link(app, doc) for doc in sections),
        settings=" ".join(
            f'data-{key.replace("_", "-")}="{escape(value)}"' for key, value in settings.items()
        ),
        script=own((HERE / "comments.js").read_text("utf-8")),
    )
    metatags = '<meta name="robots" content="noindex">'
    yield "comments", {"title": "댓글", "body": body, "metatags": metatags}, "page.html"


def link(app, docname):
    url, name = app.builder.get_target_uri(docname), escape(numbered_title(app.env, docname))
    return f'<a data-page="{escape(docname)}" href="{url}">{name}</a>'


def setup(app):
    app.connect("config-inited", check)
    app.connect("html-collect-pages", add_page)
    app.connect("html-page-context", add_box)
