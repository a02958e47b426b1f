"""책을 한 번 열면 나머지 쪽도 저장하여, 연결이 끊겨도 읽게 한다. 저장하는 일은 Workbox가 한다.

workbox-build와 workbox-cli는 Node가 있어야 한다. 파일의 목록만 여기서 만들고, 브라우저에서 도는
부분은 그대로 쓴다.
"""

import json
import re
import shutil
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join, normpath

HERE = Path(__file__).parent
URL = re.compile(r'(?:="|url\()([^"():]*_(?:static|images)/[^"()]+?)["\)]|url\(((?!data:)[^)]+)\)')


def version(path):
    return sha256(path.read_bytes()).hexdigest()[:8]


def addresses(name, text):
    """글이 부르는 (사이트의 파일, ?의 뒤). name은 글의 주소."""
    for in_page, in_css in URL.findall(text):
        file, _, query = (in_page or in_css).partition("?")
        yield normpath(join(dirname(name), file)), query


def files(root, pages):
    """쪽과, 쪽과 CSS가 부르는 파일의 목록. revision은 내용이 바뀌면 바뀌고, 주소의 ?v=도 그렇다."""
    found = {name: sha256(html.encode()).hexdigest()[:8] for name, html in pages.items()}
    texts = dict(pages)
    while texts:
        name, text = texts.popitem()
        for file, query in addresses(name, text):
            address = f"{file}?{query}" if query else file
            if address in found or not (root / file).is_file():
                continue
            found[address] = None if query else version(root / file)
            if file.endswith(".css"):
                texts[file] = (root / file).read_text("utf-8")
    return [{"url": url, "revision": revision} for url, revision in sorted(found.items())]


def finish(app, pages):
    root = Path(app.outdir)
    no_notes = shutil.ignore_patterns("*SUMS", "*.md")
    shutil.copytree(HERE / "workbox", root / "_static/workbox", ignore=no_notes, dirs_exist_ok=True)
    listed = json.dumps(files(root, pages), separators=(",", ":"))
    code = (HERE / "sw.js").read_text("utf-8").replace("FILES)", f"{listed})")
    (root / "sw.js").write_text(code, "utf-8")


def setup(app):
    app.add_js_file("offline.js", loading_method="defer")
    app.config.html_static_path.append(str(HERE / "offline.js"))
