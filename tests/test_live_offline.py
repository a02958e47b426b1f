"""쪽에서 코드를 실행하는 데 쓰는 것의 저장과, 그 워커의 보안 정책.

받는 것과 저장하는 것을 하나하나 세는 시험은 Pyodide 대신 작은 파일을 둔 사이트에서 한다.
"""

import shutil
import threading
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import uvicorn
from playwright.sync_api import Error, expect

import audit
from book import HTML, PAGES, need
from machine import preview
from machine.site import offline
from test_offline import SAVE_DATA, until

READY = offline.HERE.parents[1] / "live/static/ready.js"
SECTION, OTHER = "chapters/chap6/6-2-numerical.html", "glossary.html"
# 정책이 막을 것을 하나씩 해 보고, runtime을 받아 그 크기를 알리는 워커
WORKER = """
const elsewhere = new URL(location).searchParams.get("elsewhere");
const blocked = async (what) => { try { await what(); return false; } catch { return true; } };
const said = (target, url) => new Promise((resolve, reject) => {
  target.onopen = target.onload = target.onmessage = resolve;
  target.onerror = reject;
});
const tries = {
  eval: () => new Function("return 1")(),
  fetch: () => fetch(elsewhere, { mode: "no-cors" }),
  xhr: () => {
    const request = new XMLHttpRequest();
    request.open("GET", elsewhere);
    request.send();
    return said(request);
  },
  socket: () => said(new WebSocket(elsewhere.replace("http", "ws"))),
  events: () => said(new EventSource(elsewhere)),
  import: () => import(elsewhere),
  data: () => import("data:text/javascript,"),
  nested: () => said(new Worker("data:text/javascript,postMessage(1)")),
  own: () => said(new Worker(location.href, { type: "module" })),
};
const found = {};
for (const [name, what] of Object.entries(tries)) found[name] = await blocked(what);
const runtime = await fetch("../runtime-1/big.wasm");
await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
postMessage({ blocked: found, size: (await runtime.arrayBuffer()).byteLength });
"""
# 단추가 하는 일: 준비하고, 워커를 시작하고, 나머지를 저장한다
RUN = """async ([live, program, elsewhere]) => {
  const { policyReady, keepForOffline } = await import(live + "ready.js");
  const url = `${live}${program}/worker.js`;
  await policyReady(url);
  const worker = new Worker(`${url}?elsewhere=${elsewhere}`, { type: "module" });
  const said = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => reject(new Error("워커가 시작하지 못했습니다"));
  });
  await keepForOffline().catch(() => {});
  return said;
}"""
KEPT = """async () => {
  const { scope } = await navigator.serviceWorker.ready;
  const cache = await caches.open(`live-${scope}`);
  return (await cache.keys()).map(({ url }) => url.replace(scope + "_static/live/", ""));
}"""


RUNTIME = "runtime-1/big.wasm"
FILES = {
    "ready.js": READY.read_text("utf-8"),
    "{program}/worker.js": WORKER,
    "{program}/font.woff2": "처음 연 쪽은 부르지 않는 글꼴",
    "cells/{program}.json": "[]",
    RUNTIME: "runtime" * 100_000,
}


def with_live(folder, program):
    """실행하는 데 쓰는 것이 program 폴더에 있는 사이트."""
    shutil.copytree(HTML, folder, ignore=shutil.ignore_patterns("live"))
    for name, text in FILES.items():
        path = folder / "_static/live" / name.format(program=program)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    pages = {name: (folder / name).read_text("utf-8") for name in PAGES}
    offline.finish(SimpleNamespace(outdir=folder), pages)
    return folder


def live_files(folder):
    live = folder / "_static/live"
    return {path.relative_to(live).as_posix() for path in live.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    return with_live(tmp_path_factory.mktemp("first") / "site", "one")


@pytest.fixture(scope="module")
def elsewhere():
    """독자의 코드가 닿지 못할 다른 출처."""
    with audit.serve(HTML) as server:
        yield server


def open_early(site, server, script=SAVE_DATA):
    """처음 온 독자의 쪽. 서비스 워커가 움직이기를 기다리지 않는다."""
    page = audit.new_page(site.browser, server, service_workers="allow")
    page.add_init_script(script)
    page.goto(server.url + SECTION, wait_until="commit")
    return page


def run(page, server, elsewhere, program="one", runtime=FILES[RUNTIME]):
    found = page.evaluate(RUN, [f"{server.url}_static/live/", program, elsewhere.url])
    assert found["size"] == len(runtime.encode())
    assert all(found["blocked"].values()), found
    assert elsewhere.sent == []


def kept(page):
    return {*page.evaluate(KEPT)}


def asked(server):
    """서버가 보낸, 실행하는 데 쓰는 것."""
    live = "_static/live/"
    return [sent.path.removeprefix(live) for sent in server.sent if sent.path.startswith(live)]


def run_first_cell(page, address):
    page.goto(address, wait_until="commit")
    expect(page.locator(".run-here")).to_be_enabled()
    page.locator(".run-here").press("Enter")
    page.locator(".live-run:visible").first.press("Enter")
    expect(page.locator(".live-result .live-from")).to_be_visible(timeout=120_000)
    assert page.errors == [] and page.foreign == []


@pytest.mark.live
def test_book_runs_without_the_server(site):
    """책의 쪽에서: 일찍 눌러도 모두 저장되고, 서버가 끝난 뒤 다른 쪽에서도 실행된다."""
    live = [name for name in PAGES if "run-here" in (HTML / name).read_text("utf-8")]
    need(live, "여기서 실행 단추가 없습니다: PYODIDE에 실행기가 있는 곳을 적고 make html을 하세요")
    with audit.serve(HTML) as server:
        page = audit.new_page(site.browser, server, service_workers="allow")
        run_first_cell(page, server.url + live[0])
        until(page, f"async () => (await ({KEPT})()).length == {len(live_files(HTML))}")
        assert len({*asked(server)}) == len(asked(server))  # 두 번 받은 것이 없다
        page.goto(server.url + live[-1])
        audit.wait_for_worker(page)
    run_first_cell(page, server.url + live[-1])
    page.context.close()


def test_early_run_is_guarded_and_kept(site, first, elsewhere):
    with audit.serve(first) as server:
        page = open_early(site, server)
        assert asked(server) == []
        run(page, server, elsewhere)
        assert kept(page) == live_files(first)
        page.context.new_cdp_session(page).send("Page.reload", {"ignoreCache": True})
        page.wait_for_function("!navigator.serviceWorker.controller")  # 새로 고침을 세게 한 쪽
        server.sent.clear()
        run(page, server, elsewhere)
        assert RUNTIME not in asked(server)
        page.goto(server.url + OTHER)
        audit.wait_for_worker(page)
    for name in (SECTION, OTHER):
        page.goto(server.url + name)
        run(page, server, elsewhere)
    page.context.close()


def test_new_edition_fetches_only_what_changed(site, first, elsewhere, tmp_path):
    second = with_live(tmp_path / "site", "two")
    with audit.serve(first) as server:
        page = open_early(site, server)
        run(page, server, elsewhere)
        server.folder = second
        server.sent.clear()
        page.goto(server.url + OTHER)
        until(page, f"async () => (await ({KEPT})()).includes('cells/two.json')")
        until(page, f"async () => !(await ({KEPT})()).includes('cells/one.json')")
        assert kept(page) == live_files(second)
        assert RUNTIME not in asked(server)
        with pytest.raises(Error, match="책이 바뀌었습니다"):  # 오래전에 쪽을 열어 둔 독자
            run(page, server, elsewhere, "old")
        run(page, server, elsewhere, "two")
    page.context.close()


def test_kept_files_can_be_forgotten(site, first, elsewhere):
    with audit.serve(first) as server:
        page = open_early(site, server)
        forget = page.get_by_role("button", name="저장한 것 지우기")
        assert forget.is_hidden()
        run(page, server, elsewhere)
        page.reload()
        audit.wait_for_worker(page)
        forget.click()
        expect(page.locator(".offline [role=status]")).to_have_text("저장한 것을 지웠습니다.")
        assert kept(page) == set()
        server.sent.clear()
        run(page, server, elsewhere)
    page.context.close()


def test_other_bytes_are_not_kept(site, first, elsewhere, tmp_path):
    """다 오지 않았거나 서버가 다른 것을 보냈을 때."""
    other = shutil.copytree(first, tmp_path / "site")
    (other / "_static/live" / RUNTIME).write_text("다른 것")
    with audit.serve(other) as server:
        page = open_early(site, server)
        run(page, server, elsewhere, runtime="다른 것")
        assert kept(page) == live_files(first) - {RUNTIME}
    page.context.close()


def test_run_goes_on_without_room(site, first, elsewhere):
    with audit.serve(first) as server:
        page = open_early(site, server)
        quota = {"origin": server.origin, "quotaSize": 100_000}
        page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)
        run(page, server, elsewhere)
        assert RUNTIME not in kept(page)
        run(page, server, elsewhere)
    page.context.close()


@contextmanager
def previewed(folder):
    """make serve가 보내는 것과 같은 사이트의 주소."""
    config = uvicorn.Config(preview.Site(directory=folder, html=True), port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    server.should_exit = True
    thread.join()


def test_preview_guards_without_a_service_worker(site, first, elsewhere):
    with previewed(first) as url:
        page = audit.new_page(site.browser, SimpleNamespace(origin=url))
        page.goto(url + OTHER)
        for _ in range(2):  # 두 번째에는 브라우저가 받아 둔 것을 쓴다
            run(page, SimpleNamespace(url=url), elsewhere)
        page.context.close()


REFUSALS = {
    "": "인터넷 연결을 확인하고",  # sw.js가 없는 사이트
    "Object.defineProperty(window, 'isSecureContext', {value: false})": "https로 시작하는",
    "delete Navigator.prototype.serviceWorker": "서비스 워커를 쓰지 못하게",
    "navigator.serviceWorker.register = async () => {}": "서비스 워커를 쓰지 못하게",
}


def test_says_why_it_does_not_run(site, first, elsewhere, tmp_path):
    without = shutil.copytree(first, tmp_path / "site")
    (without / "sw.js").unlink()
    with audit.serve(without) as server:
        for script, said in REFUSALS.items():
            page = open_early(site, server, script)
            with pytest.raises(Error, match=said):
                run(page, server, elsewhere)
            page.context.close()
