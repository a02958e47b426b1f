"""종이책. 브라우저에서 찍는 쪽에도 그 print.css를 쓴다.

테마와 Sphinx에는 종이 모양을 정하는 설정이 없다. 종이책 자체는 make pdf가 make.py로 찍는다.
"""

import warnings
from pathlib import Path

from docutils import nodes

from machine.settings.conventions import setting

from .classes import finish as finish

# 컴퓨터에 글꼴이 없으면 WeasyPrint이 불러올 때 하는 말. 종이책은 컴퓨터의 글꼴을 쓰지 않는다
warnings.filterwarnings("ignore", "No fonts configured|FontConfig cannot load")


def mark_sheet(app, doctree, docname):
    """종이 한 장에 찍을 쪽."""
    if docname in setting("book_one_sheet"):
        next(doctree.findall(nodes.section))["classes"].append("one-sheet")


def setup(app):
    app.config.html_static_path.append(str(Path(__file__).with_name("print.css")))
    app.add_css_file("print.css", media="print", priority=950)
    app.connect("doctree-resolved", mark_sheet)
