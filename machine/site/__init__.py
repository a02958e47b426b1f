"""다 쓴 쪽을 고쳐 사이트를 짓는다. 쓴 쪽은 다음 빌드를 위해 그대로 둔다."""

import re
import shutil
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from machine import kept, state
from machine.site import writing

CALLED = re.compile(r"_(?:images|downloads)/([^\"?#)\s]+)")


@kept.by_text
def called(html):
    """쪽이 부르는 그림과 내려받을 파일."""
    return {unquote(unescape(name)) for name in CALLED.findall(html)}


def copy_files(root, site, pages):
    """어느 쪽도 부르지 않는 그림과 내려받을 파일은 옮기지 않는다. 쪽은 다 고친 뒤에 쓴다.

    .buildinfo는 책의 폴더에 따라 다르고 Sphinx만 읽는다.
    """
    wanted = set().union(*map(called, pages.values()))

    def left_out(folder, names):
        above = Path(folder).relative_to(root).parts
        if above[:1] not in (("_images",), ("_downloads",)):
            return {name for name in names if name.endswith(".html") or name == ".buildinfo"}
        inside = {name for name in names if Path(folder, name).is_file()}
        return {name for name in inside if "/".join([*above[1:], name]) not in wanted}

    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(root, site, ignore=left_out)


def finish(app, steps):
    """steps는 (app, {쪽의 주소: HTML})를 받아 HTML을 바꾼다. 그때 app.outdir은 새 사이트이다."""
    if app.builder.name != "html":
        return
    root, site = Path(app.outdir), Path(app.outdir).parent / state.SITE
    pages = {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in sorted(root.rglob("*.html"))
    }
    copy_files(root, site, pages)
    app.outdir = site
    for step in steps:
        step(app, pages)
    for name, html in pages.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(html, "utf-8")
    kept.save(root.parent)


def setup(app, features):
    steps = [feature.finish for feature in features if hasattr(feature, "finish")]
    writing.setup(app)
    app.connect("build-finished", lambda app, exc: exc or finish(app, steps), priority=900)
