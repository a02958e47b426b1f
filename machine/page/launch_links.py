"""셀이 있는 쪽에 노트북을 여는 단추(코랩, Binder, 내려받기), 쪽마다 원고와 잘못을 알리는 곳의 링크.

저장소를 적지 않은 책에서는 깃의 origin을 가리키고, 그것도 없으면 내려받기만 있다.
sphinx-book-theme의 단추는 노트북이 아니라 .md를 연다.
"""

import shutil
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup

from machine import manuscript
from machine.page.carried import carrying
from machine.settings.conventions import NOTEBOOKS, notebook
from machine.settings.repository import linked, published

DOWNLOAD = Path(__file__).with_name("download.js")
NOTEBOOKS_NAME = "이 쪽의 노트북"
NO_NOTEBOOK = "알림: 노트북이 없어 여는 단추를 넣지 않은 쪽: {}. make notebooks를 실행하세요."
NO_SLUG = "알림: _config.yml의 book_repository에 slug가 없어 코랩과 Binder 단추를 넣지 않았습니다."
FROM_ORIGIN = (
    "알림: _config.yml의 book_repository에 slug가 없어 단추와 링크는 깃의 origin에서 읽은 {}의 "
    "{} 브랜치를 가리킵니다."
)


def notice(app):
    if app.builder.name == "html" and not published(app.config).slug:
        repo = linked(app.config)
        print(FROM_ORIGIN.format(repo.slug, repo.branch) if repo.slug else NO_SLUG)


def add_links(app, page, template, context, doctree):
    if app.builder.name != "html" or doctree is None:
        return
    repo = linked(app.config)
    openers = []
    if repo.slug:
        source = repo.source(app.env.doc2path(page, False))
        report = repo.report(BeautifulSoup(context["title"], "html.parser").get_text())
        here = nav("이 쪽", [("원고 보기", source), ("문제 알리기", report)])
        context["body"] = at_end(context["body"], here)
        openers = [("코랩에서 열기", repo.colab(page)), ("Binder에서 열기", repo.binder(page))]
    if manuscript.has_cells(app.env, page) and Path(app.srcdir, notebook(page)).is_file():
        download = ("노트북 내려받기", context["pathto"](notebook(page), 1), " download")
        buttons = nav(NOTEBOOKS_NAME, [*openers, download])
        context["body"] = context["body"].replace("</h1>", "</h1>\n" + buttons, 1)


def at_end(body, part):
    """줄을 바꾸지 않고 잇는다. 책에서 빼면 처음부터 없던 것과 바이트까지 같다."""
    return body.rstrip() + part


def nav(name, links):
    """links는 (글, 주소) 또는 (글, 주소, 더 적을 속성)."""
    buttons = "".join(
        f'<a href="{escape(url)}"{"".join(more)}>{text}</a>' for text, url, *more in links
    )
    return f'<nav class="launch" aria-label="{name}">{buttons}</nav>'


# 다른 단추를 그 옆에 둘 곳을 찾는다
NOTEBOOK_BAR = nav(NOTEBOOKS_NAME, []).removesuffix("</nav>")


def tell_lacking(env):
    """셀이 있으나 노트북을 아직 만들지 않은 쪽."""
    pages = [doc for doc in sorted(env.found_docs) if manuscript.has_cells(env, doc)]
    lacking = [doc for doc in pages if not Path(env.srcdir, notebook(doc)).is_file()]
    if lacking:
        more = f" 외 {len(lacking) - 3}개" if len(lacking) > 3 else ""
        print(NO_NOTEBOOK.format(", ".join(lacking[:3]) + more))


def finish(app, pages):
    tell_lacking(app.env)
    for path in Path(app.srcdir, NOTEBOOKS).rglob("*.ipynb"):
        target = Path(app.outdir, path.relative_to(app.srcdir))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
        script = carrying(path.read_text("utf-8"))
        target.with_name(f"{path.name}.js").write_text(script, "utf-8")


def setup(app):
    app.config.html_static_path.append(str(DOWNLOAD))
    app.add_js_file(DOWNLOAD.name, loading_method="defer")
    app.connect("builder-inited", notice)
    app.connect("html-page-context", add_links)
