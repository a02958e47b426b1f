"""종이책. 브라우저에서 찍는 쪽에도 그 print.css를 쓴다.

테마와 Sphinx에는 종이 모양을 정하는 설정이 없다. 종이책 자체는 make pdf가 make.py로 찍는다.
"""

from pathlib import Path

from docutils import nodes

from machine.settings.conventions import setting

from .classes import finish as finish


def mark_sheet(app, doctree, docname):
    """종이 한 장에 찍을 쪽."""
    if docname in setting("book_one_sheet"):
        next(doctree.findall(nodes.section))["classes"].append("one-sheet")


def setup(app):
    app.config.html_static_path.append(str(Path(__file__).with_name("print.css")))
    app.add_css_file("print.css", media="print", priority=950)
    app.connect("doctree-resolved", mark_sheet)
