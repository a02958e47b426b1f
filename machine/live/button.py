"""쪽의 단추 "여기서 실행"과, 단추가 없는 까닭. 누르면 live.js의 begin이 시작한다.

쪽에는 단추와 그것을 누를 때까지 기다리는 스크립트(start.js)만 있다. 그 스크립트가 오기 전에는 누를
수 없다. 파일로 연 쪽에서는 브라우저가 워커를 막으므로 단추가 그것을 알리는 글로 바뀐다.
"""

import os
from math import ceil
from pathlib import Path

from sphinx.util import logging

from machine import kept
from machine.live import cells, files, runtime
from machine.live.runtime.fetching import Unavailable, Wrong
from machine.page.launch_links import NOTEBOOK_BAR, nav
from machine.run.data import read_by
from machine.settings.conventions import setting
from machine.settings.repository import published

log = logging.getLogger(__name__)
BUTTON = (
    '<button class="run-here" disabled data-program="{program}" data-cells="{cells}">'
    "여기서 실행 <small>(처음 한 번 약 {megabytes} MB)</small></button>"
    "<noscript><small>사이트에서 자바스크립트를 켜거나 노트북에서 실행하세요.</small></noscript>"
)
CANNOT = "<small>이 쪽의 코드는 브라우저에서 실행되지 않습니다(필요한 패키지: {}).</small>"
NOT_GUARDED = (
    "알림: '여기서 실행' 단추를 넣지 않았습니다. book_without에 offline이 있어 코드를 가두는 "
    "정책을 보낼 수 없습니다. 단추를 넣으려면 offline을 빼세요."
)
MUCH = 10_000_000
HEAVY = (
    "알림: {}: 여기서 실행을 누른 독자가 데이터 {:.0f} MB를 내려받습니다. 줄일 수 있는지 보세요."
)
NO_TABLE = "_config.yml의 book_error_table: 없는 이름표입니다: %s. 고치거나 그 줄을 지우세요"
NOT_RECEIVED = "'여기서 실행' 단추를 넣지 않았습니다. %s. 연결되면 make html을 다시 실행하세요."


def note_cells(app, doctree, docname):
    """쪽을 쓸 때마다. 이번에 쓰지 않는 쪽의 것은 지난번에 적은 것이 남아 있다."""
    if app.builder.name == "html":
        kept.data.setdefault("live", {})[docname] = cells.read(app.env, doctree, docname)


def finish(app, pages):
    noted = kept.data.get("live", {})
    found = {name: noted.get(name.removesuffix(".html"), []) for name in pages}
    is_needed = any(map(cells.can_run, found.values())) and is_guarded(app.config)
    made = ready(app.config) if is_needed else None
    kept.data["lacks"] = ["live"] if is_needed and not made else []
    if made:
        judged = {name: cells.judged(page, made.modules) for name, page in found.items()}
        put_buttons(app, pages, judged, made)


def is_guarded(config):
    """워커의 정책(policy.WORKER_POLICY)을 보낼 서비스 워커가 있는가."""
    if "offline" in config.book_without:
        print(NOT_GUARDED)
        return False
    return True


def ready(config):
    """실행기를 받을 수 없으면 단추 없이 만든다. 공개하는 책이면 알린다(빌드가 실패한다).

    틀린 것을 받았으면 언제나 알린다.
    """
    try:
        return runtime.prepared()
    except Unavailable as why:
        if os.environ.get("CI") == "true" or published(config).slug:
            log.warning(NOT_RECEIVED, why)
        else:
            print(f"알림: {NOT_RECEIVED}" % why)
    except (Wrong, runtime.NotPrepared) as why:
        log.warning("%s", why)
    return None


def put_buttons(app, pages, found, made):
    """누른 뒤에 받을 것은 단추가 하나라도 있을 때에만 적는다."""
    root = Path(app.outdir)
    if any(map(cells.can_run, found.values())):
        program, size = files.write_program(root, made, error_table(app))
    for name, page in found.items():
        if cells.can_run(page):
            data, more = data_of(app, name.removesuffix(".html"))
            button = BUTTON.format(
                program="../" * name.count("/") + program,
                cells=files.write_cells(root, page, data),
                megabytes=ceil((size + more) / 1e6),
            )
            pages[name] = below_title(pages[name], button)
        elif names := cells.missing(page):
            korean = [setting("book_packages").get(package, package) for package in names]
            pages[name] = below_title(pages[name], CANNOT.format(", ".join(korean)))


def error_table(app):
    """독자의 오류를 풀어 둔 표의, 사이트에서의 주소. 적지 않은 책이면 빈 글."""
    name = app.config.book_error_table
    labels = app.env.get_domain("std").anonlabels
    if name and name not in labels:
        log.warning(NO_TABLE, name)
    docname, node_id = labels.get(name, ("", ""))[:2]
    return docname and f"{app.builder.get_target_uri(docname)}#{node_id}"


def data_of(app, docname):
    """(쪽의 코드가 읽는 파일들, 그 바이트)."""
    data = files.write_data(Path(app.outdir), read_by(app.env, docname))
    size = sum(file["size"] for file in data.values())
    if size > MUCH:
        print(HEAVY.format(app.env.doc2path(docname, False), size / 1e6))
    return data, size


def below_title(html, part):
    """노트북을 여는 단추들의 앞에. 그 단추들이 없으면 제목 아래에 홀로."""
    bar = f"</h1>\n{NOTEBOOK_BAR}"
    if bar in html:
        return html.replace(bar, bar + part, 1)
    alone = nav("이 쪽의 코드", []).replace("></nav>", f">{part}</nav>")
    return html.replace("</h1>", f"</h1>\n{alone}", 1)


def setup(app):
    app.add_css_file("start.css")
    app.add_js_file("start.js", loading_method="defer")
    app.config.html_static_path += [str(files.STATIC / name) for name in files.BEFORE_THE_CLICK]
    app.connect("doctree-resolved", note_cells, priority=100)  # 접은 풀이가 나무에서 풀리기 앞
