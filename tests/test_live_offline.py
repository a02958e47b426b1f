"""쪽에서 코드를 실행하는 데 쓰는 것의 저장과, 그 워커의 보안 정책."""

import json
import shutil
from types import SimpleNamespace

import pytest
from playwright.sync_api import Error

import audit
from book import HTML, PAGES
from machine.site import offline
from test_offline import save_whole_book, until

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
RUN = """async ([program, elsewhere]) => {
  const { policyReady, keepForOffline } = await import(program + "ready.js");
  const url = program + "worker.js";
  await policyReady(url);
  const worker = new Worker(`${url}?elsewhere=${elsewhere}`, { type: "module" });
  const said = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => reject(new Error("워커가 시작하지 못했습니다"));
  });
  await keepForOffline();
  return said;
}"""
KEPT = """async () => {
  const { scope } = await navigator.serviceWorker.ready;
  const cache = await caches.open(`live-${scope}`);
  return (await cache.keys()).map(({ url }) => url.replace(scope + "_static/live/", ""));
}"""


def with_live(folder, program, files=()):
    """실행하는 데 쓰는 것을 대신하는 작은 파일들이 든 사이트."""
    shutil.rmtree(folder / "_static/live", ignore_errors=True)
    texts = {
        f"{program}/ready.js": READY.read_text("utf-8"),
        f"{program}/worker.js": WORKER,
        "runtime-1/big.wasm": "runtime" * 100_000,
        "cells/one.json": "[]",
        **dict(files),
    }
    for name, text in texts.items():
        path = folder / "_static/live" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    pages = {name: (folder / name).read_text("utf-8") for name in PAGES}
    offline.finish(SimpleNamespace(outdir=folder), pages)
    return folder


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    return with_live(shutil.copytree(HTML, tmp_path_factory.mktemp("first") / "site"), "one")
