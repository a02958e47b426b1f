"""종이책. 브라우저에서 찍는 쪽에도 그 print.css를 쓴다.

테마와 Sphinx에는 종이 모양을 정하는 설정이 없다. 종이책 자체는 make pdf가 make.py로 찍는다.
"""

from pathlib import Path

from .classes import finish as finish


def add_style(app, config):
    config.html_static_path.append(str(Path(__file__).with_name("print.css")))


def setup(app):
    app.connect("config-inited", add_style)
    app.add_css_file("print.css", media="print", priority=950)
