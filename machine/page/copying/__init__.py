"""베끼기: 고른 수식은 LaTeX으로, 코드는 출력과 기호 없이, 문단과 그림과 식은 주소로, 절은 인용으로.

쪽에는 copying.js만 있고, 나머지는 독자가 글을 가리키거나 누른 뒤에 받는다.
KaTeX의 copy-tex는 고른 글의 문단을 모두 잇고 접은 글까지 베끼며, Sphinx가 식을 싸는 환경을 남겨
LaTeX에서 오류가 난다. sphinx-copybutton은 clipboard.js까지 쪽마다 5 kB를 받고, 화면 읽기 프로그램에
알리지 않으며, 무엇이 출력인지 모른다.
"""

from pathlib import Path

from machine.page.copying import citation
from machine.page.scripts import digest
from machine.settings.conventions import is_section

STATIC = Path(__file__).with_name("static")


def later(context, name):
    """나중에 받을 스크립트. 내용이 바뀌면 주소도 바뀐다. 이것을 보고 offline이 파일을 저장한다."""
    version = digest((STATIC / name).read_bytes())
    return f'<meta name="later" content="{context["pathto"](f"_static/{name}", 1)}?v={version}">'


def add(app, page, template, context, doctree):
    if app.builder.name != "html" or doctree is None:
        return
    context["metatags"] += later(context, "point.js")
    if is_section(page):
        context["metatags"] += later(context, "cite.js")
        context["body"] = context["body"].rstrip() + citation.box(app, page) + "\n"


def setup(app):
    app.config.html_static_path.append(str(STATIC))
    app.add_css_file("copying.css")
    app.add_js_file("copying.js", loading_method="defer")
    app.connect("html-page-context", add)
