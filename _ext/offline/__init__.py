"""책을 한 번 열면 나머지 쪽도 저장하여, 연결이 끊겨도 읽게 한다. 저장하는 일은 Workbox가 한다.

workbox-build와 workbox-cli는 Node가 있어야 한다. 파일의 목록만 여기서 만들고, 브라우저에서 도는 부분은 그대로 쓴다.
"""

import json
import re
import shutil
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join, normpath

HERE = Path(__file__).parent
URL = re.compile(
    r"""(?:="|url\()([^"():]*_(?:static|images)/[^"()]+?)["\)]|url\(((?!data:)[^)]+)\)"""
)


def files(root):
    """쪽과, 쪽과 CSS가 부르는 파일: {주소: 내용이 바뀌면 바뀌는 글}. 주소에 ?v=가 있으면 그것으로 된다."""
    found = {}
    for path in [*root.rglob("*.html"), *root.glob("_static/bundle.css")]:
        name, data = path.relative_to(root).as_posix(), path.read_bytes()
        if path.suffix == ".html":
            found[name] = sha256(data).hexdigest()[:8]
        for match in URL.finditer(data.decode("utf-8")):
            file, _, query = (match[1] or match[2]).partition("?")
            target = normpath(join(dirname(name), file))
            if (root / target).is_file():
                found[f"{target}?{query}" if query else target] = (
                    None if query else sha256((root / target).read_bytes()).hexdigest()[:8]
                )
    return [{"url": url, "revision": revision} for url, revision in sorted(found.items())]


def write(app, exc):
    if not exc and app.builder.name == "html":
        root = Path(app.outdir)
        shutil.copytree(
            HERE / "workbox",
            root / "_static/workbox",
            ignore=shutil.ignore_patterns("*SUMS", "*.md"),
            dirs_exist_ok=True,
        )
        code = (
            (HERE / "sw.js")
            .read_text("utf-8")
            .replace("FILES)", json.dumps(files(root), separators=(",", ":")) + ")")
        )
        (root / "sw.js").write_text(code, "utf-8")


def setup(app):
    app.add_js_file("offline.js", loading_method="defer")
    app.connect(
        "config-inited",
        lambda app, config: config.html_static_path.append(str(HERE / "offline.js")),
    )
    app.connect("build-finished", write, priority=960)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
