"""연결이 끊겨도 읽게 한다: 연 쪽과 그 장은 저절로, 책 전체는 단추를 눌러 브라우저에 저장한다.

저장하는 일은 Workbox가 한다. workbox-build와 workbox-cli는 Node가 있어야 하므로 파일의 목록은
여기서 만든다. 목록은 sw.js에만 적으므로, 한 문장을 고치면 독자도 그 쪽과 sw.js만 다시 받는다.
"""

import gzip
import json
import re
import shutil
from base64 import b64encode
from collections import defaultdict
from hashlib import sha256
from itertools import chain
from pathlib import Path
from posixpath import commonprefix, dirname, join, normpath
from urllib.parse import quote, unquote

from machine.files import write
from machine.page.carried import carried
from machine.site import link_previews
from machine.site.policy import WORKER_POLICY

HERE = Path(__file__).parent
WORKER = "sw.js"
URL = re.compile(
    r'(?:="|url\()([^"():]*_(?:static|images|downloads)/[^"()]+?)["\)]|url\(((?!data:)[^)]+)\)'
)
# GitHub Pages가 gzip으로 압축하여 보내는 것
COMPRESSED = {".html", ".css", ".js", ".mjs", ".json", ".svg", ".txt", ".wasm", ".xml"}
# 검색이 스스로 부르는 파일들의 폴더. text-…는 한 장의 본문({쪽의 주소: 글})이다
SEARCH = "_static/search"
# 내려받을 파일은 쪽을 읽는 데 쓰지 않으므로, 쪽을 열 때가 아니라 그 장을 저장할 때에 맨 뒤에 둔다
DOWNLOADS = "_downloads/"
# 쪽에서 코드를 실행하는 데 쓰는 것(machine/live). 독자가 실행할 때에 저장한다
LIVE = "_static/live/"
# 이렇게 시작하는 파일은 책 전체를 저장할 때에도 저장하지 않는다
NOT_KEPT = ("404.html", LIVE)

# 차례의 아래에 두는 상자. 서비스 워커가 움직이면 offline.js가 보인다
BOX = """
<div class="offline" role="group" aria-label="오프라인에서 읽기" hidden>
<a href="{page}"></a>
<button type="button" class="save"></button>
<progress aria-label="책 전체를 저장하는 중" hidden></progress>
<button type="button" class="forget" hidden>저장한 것 지우기</button>
<p role="status"></p>
</div>
"""
# 저장하지 않은 쪽을 연결 없이 열었을 때에도 이 쪽이 나온다
PAGE = """<h1>저장한 쪽</h1>
<div class="admonition" id="not-kept" hidden>
<p class="admonition-title">저장하지 않은 쪽입니다</p>
<p><b></b> 연결이 끊긴 동안에는 열 수 없습니다. 연결되면 <a>다시 열기</a>를 누르세요.</p>
</div>
<p>한 번 연 쪽과 그 장의 나머지 쪽은 브라우저에 저절로 저장되어 인터넷이 끊겨도 열립니다.
데이터 절약 모드에서는 연 쪽만 저장됩니다.
모든 쪽을 저장하려면 차례 아래의 <b>책 전체를 저장</b>을 누르세요.</p>
<!-- live -->
<h2>연결이 끊겨도 열리는 쪽</h2>
<p id="none-kept">저장한 쪽이 없습니다. 파일로 연 책은 저장되지 않습니다.</p>
<ul id="kept"></ul>
"""
# 쪽에서 코드를 실행하는 사이트(machine/live)에서 PLACE에 적는 것
PLACE = "<!-- live -->"
LIVE_NOTE = """<p><b>여기서 실행</b>을 한 번 누르면 코드를 실행하는 데 쓰는 파일도
저장됩니다. 그 뒤로는 인터넷이 끊겨도 저장한 쪽의 코드를 실행할 수 있습니다. 코드가 읽는
데이터 가운데 1 MB가 넘는 것은 그 쪽에서 실행할 때에 저장됩니다. 이 파일은
<b>책 전체를 저장</b>을 눌러도 저장되지 않고, <b>저장한 것 지우기</b>를 누르면 함께
지워집니다.</p>"""


def urls(text):
    """쪽이나 CSS에 적힌, 이 사이트의 파일일 수 있는 주소들."""
    return [in_page or in_css for in_page, in_css in URL.findall(text)]


def called(root, name, text, sheets):
    """글이 부르는 주소들. 글이 부르는 CSS가 부르는 것까지. sheets에는 읽은 CSS의 것을 적어 둔다."""
    found = set()
    for url in urls(text):
        file, _, query = url.partition("?")
        file = normpath(join(dirname(name), unquote(file)))
        if file.startswith(NOT_KEPT) or not (root / file).is_file():
            continue
        found.add(f"{quote(file)}?{query}" if query else quote(file))
        if file.endswith(".css"):
            if file not in sheets:
                sheets[file] = called(root, file, (root / file).read_text("utf-8"), sheets)
            found |= sheets[file]
    return found


def place_of(pages):
    """그 쪽들을 모두 담은 가장 안쪽의 폴더. 쪽이 하나이면 그 쪽."""
    if len(pages) == 1:
        return pages[0]
    start = commonprefix(pages)
    return start[: start.rfind("/") + 1]


def transferred(address, data):
    """서버가 보낼 바이트의 수."""
    name = address.partition("?")[0]
    return len(gzip.compress(data)) if Path(name).suffix in COMPRESSED else len(data)


def entry(address, data, of):
    """목록의 한 줄. of는 그 파일을 쓰는 쪽이나, 그 파일을 쓰는 쪽들의 폴더."""
    digest = b64encode(sha256(data).digest()).decode()
    size = transferred(address, data)
    return {"url": address, "integrity": f"sha256-{digest}", "size": size, "of": of}


def files_of_search(root):
    """(주소, 내용, of). 본문은 그 장을 읽을 때에, 나머지는 어느 장을 읽을 때에나 쓴다."""
    for path in sorted((root / SEARCH).glob("*")):
        data = path.read_bytes()
        is_text = path.name.startswith("text-")
        pages = [*carried(data.decode())] if is_text else []
        yield f"{SEARCH}/{path.name}", data, place_of(pages)


def files_of_previews(root, pages):
    """(주소, 내용, of). 오린 것은 그것을 가리키는 쪽에서, box.js는 어느 쪽에서나 쓴다."""
    users = defaultdict(set)
    for name, target, _ in link_previews.links(pages):
        users[link_previews.file_of(target)].add(quote(name))
    for path in sorted((root / link_previews.FOLDER).rglob("*.js")):
        name = path.relative_to(root).as_posix()
        yield quote(name), path.read_bytes(), place_of(sorted(users[name] or {""}))


def files(root, pages):
    """저장할 파일의 목록. 쪽이 부르는 것은 쪽보다 앞에 있어, 차례로 저장하면 쪽이 늘 온전하다."""
    sheets, calls, users, listed = {}, {}, defaultdict(list), {}
    for name, html in sorted(pages.items()):
        if not name.startswith(NOT_KEPT):
            calls[name] = sorted(called(root, name, html, sheets))
    for name, addresses in calls.items():
        for address in addresses:
            users[address].append(quote(name))
    for name, addresses in calls.items():
        for address in addresses:
            if address not in listed:
                data = (root / unquote(address.partition("?")[0])).read_bytes()
                of = place_of(users[address])
                if address.startswith(DOWNLOADS):
                    of = of[: of.rfind("/") + 1]
                listed[address] = entry(address, data, of)
        listed[name] = entry(quote(name), pages[name].encode(), quote(name))
    others = chain(files_of_search(root), files_of_previews(root, pages))
    found = [*listed.values(), *(entry(*found) for found in others)]
    return sorted(found, key=lambda file: file["url"].startswith(DOWNLOADS))


def live_files(root):
    """{주소: 바이트의 수}"""
    found = sorted(path for path in (root / LIVE).rglob("*") if path.is_file())
    return {quote(path.relative_to(root).as_posix()): path.stat().st_size for path in found}


def finish(app, pages):
    root = Path(app.outdir)
    no_notes = shutil.ignore_patterns("*SUMS", "*.md")
    shutil.copytree(HERE / "workbox", root / "_static/workbox", ignore=no_notes, dirs_exist_ok=True)
    if live_files(root):
        pages["offline.html"] = pages["offline.html"].replace(PLACE, LIVE_NOTE)
    write_worker(root, pages)


def write_worker(root, pages):
    code = (HERE / WORKER).read_text("utf-8")
    listed, live = files(root, pages), live_files(root)
    values = {"FILES": listed, "LIVE_FILES": live, "POLICY": WORKER_POLICY}
    for name, value in values.items():
        code = code.replace(f"= {name};", f"= {json.dumps(value, separators=(',', ':'))};")
    write(root / WORKER, code.encode())


def add_page(app):
    if app.builder.name == "html":
        yield "offline", {"title": "저장한 쪽", "body": PAGE}, "page.html"


def add_box(app, page, template, context, doctree):
    if app.builder.name == "html":
        context["furo_navigation_tree"] += BOX.format(page=context["pathto"]("offline"))


def setup(app):
    app.add_css_file("offline.css")
    app.add_js_file("offline.js", loading_method="defer")
    app.config.html_static_path += [str(HERE / "offline.css"), str(HERE / "offline.js")]
    app.connect("html-collect-pages", add_page)
    # furo가 차례를 그리고 published가 그 아래에 책의 파일을 적은 다음
    app.connect("html-page-context", add_box, priority=910)
