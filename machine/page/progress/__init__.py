"""독자가 한 일과 읽던 곳을 이 브라우저에 적어 두고 보인다: 읽은 절, 답한 물음, 맞힌 문제.

서버도 계정도 없으므로 쪽의 스크립트만 있다. 책의 주소로 가르며, 저장소를 막은 브라우저에서는 쪽을
떠날 때까지만 남는다(appearance/early.js).
"""

from pathlib import Path

HERE = Path(__file__).parent


def setup(app):
    app.config.html_static_path += [str(HERE / name) for name in ("progress.js", "progress.css")]
    app.add_css_file("progress.css")
    app.add_js_file("progress.js", loading_method="defer")
