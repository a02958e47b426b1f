"""브라우저에서 찍는 쪽에도 종이책의 print.css를 쓴다. 테마와 Sphinx에는 종이 모양을 정하는 설정이 없다.

종이책 자체는 make pdf가 __main__.py를 실행하여 찍는다.
"""

from pathlib import Path

from .classes import check


def setup(app):
    app.connect(
        "config-inited",
        lambda app, config: config.html_static_path.append(
            str(Path(__file__).with_name("print.css"))
        ),
    )
    app.add_css_file("print.css", media="print", priority=950)
    app.connect("build-finished", check, priority=850)  # bundle이 CSS를 추리기 전
    return {"parallel_read_safe": True, "parallel_write_safe": True}
