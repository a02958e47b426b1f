"""다 쓴 쪽을 고치는 일. 쪽마다 한 번 읽고, 일들이 차례로 고치고, 바뀐 것만 한 번 쓴다."""

from pathlib import Path


def setup(app, features):
    steps = [feature.finish for feature in features if hasattr(feature, "finish")]
    app.connect("build-finished", lambda app, exc: exc or finish(app, steps), priority=900)


def finish(app, steps):
    """steps는 (app, {쪽의 주소: HTML})를 받아 HTML을 바꾼다."""
    if app.builder.name != "html":
        return
    root = Path(app.outdir)
    written = {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in sorted(root.rglob("*.html"))
    }
    pages = dict(written)
    for step in steps:
        step(app, pages)
    for name, html in pages.items():
        if html != written[name]:
            (root / name).write_text(html, "utf-8")
