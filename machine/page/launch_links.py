"""절마다 그 절의 노트북을 여는 단추(코랩, Binder, 내려받기)와, 쪽마다 원고를 보고 잘못을 알리는 링크. 저장소를 모르면 내려받기만 있다.

sphinx-book-theme의 단추는 노트북이 아니라 .md를 연다.
"""

import shutil
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup

from machine.settings.repository import notebook, published


def notice(app):
    if app.builder.name == "html" and not published(app.config).slug:
        print(
            "알림: _config.yml의 book_repository에 slug가 없어 코랩과 Binder 단추를 넣지 않았습니다."
        )


def add_links(app, page, template, context, doctree):
    if app.builder.name != "html" or doctree is None:
        return
    repo = published(app.config)
    if repo.slug:
        file, title = (
            app.env.doc2path(page, False),
            BeautifulSoup(context["title"], "html.parser").get_text(),
        )
        context["body"] += nav(
            "이 쪽", [("원고 보기", repo.source(file), ""), ("문제 알리기", repo.report(title), "")]
        )
    if not Path(app.srcdir, notebook(page)).is_file():
        return
    links = (
        [("코랩에서 열기", repo.colab(page), ""), ("Binder에서 열기", repo.binder(page), "")]
        if repo.slug
        else []
    )
    links.append(("노트북 내려받기", context["pathto"](notebook(page), 1), " download"))
    context["body"] = context["body"].replace("</h1>", "</h1>\n" + nav("이 절의 노트북", links), 1)


def nav(name, links):
    buttons = "".join(f'<a href="{escape(url)}"{extra}>{text}</a>' for text, url, extra in links)
    return f'<nav class="launch" aria-label="{name}">{buttons}</nav>'


def copy_notebooks(app, exc):
    if not exc and app.builder.name == "html":
        for path in Path(app.srcdir, "notebooks").glob("chap*/*.ipynb"):
            target = Path(app.outdir, path.relative_to(app.srcdir))
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


def setup(app):
    app.connect("builder-inited", notice)
    app.connect("html-page-context", add_links)
    app.connect("build-finished", copy_notebooks)
