"""쪽에서 실행하는 파이썬(machine/live)을 시험하는 데 두루 쓰는 것.

쪽의 단추 대신 session.js를 바로 부른다. 서버가 미리 보기처럼 일꾼의 정책을 보낸다.
"""

import json
from contextlib import contextmanager, suppress

import audit
from book import HTML
from machine.site.policy import WORKER_POLICY

LIVE = HTML / "_static/live"
DATA = "data/가 나.svg"  # 파이썬의 폴더에 넣는 파일
BEGIN = """async ([program, name]) => {
  program = new URL(program, location.href).href;
  const { Session } = await import(`${program}session.js`);
  const settings = await (await fetch(`${program}settings.json`)).json();
  const onState = state => states.push(state), onProgress = step => progress.push(step);
  Object.assign(window, { states: [], progress: [] });
  const files = { [name]: { url: new URL("_static/mark.svg", location.href).href, size: 1 } };
  window.session = new Session({ program, settings, files, onState, onProgress });
  window.run = async (source, options = {}) => {
    const outputs = [];
    const onOutput = output => outputs.push(output);
    return { ...await session.run(source, { ...options, onOutput }), outputs };
  };
  return session.start().catch(({ reason }) => reason);
}"""


AGAIN = """([program, files]) => {
  const base = new URL(program, location.href);
  for (const file of Object.values(files)) file.url = new URL(file.url, base).href;
  session.files = files;
  session.stop();
}"""


class Handler(audit.Handler):
    def handle(self):
        with suppress(ConnectionError):  # 멈춘 일꾼이 받다 만 것
            super().handle()

    def end_headers(self):
        if self.path.endswith("/worker.js"):
            self.send_header("Content-Security-Policy", WORKER_POLICY)
        super().end_headers()


@contextmanager
def serve():
    with audit.serve(HTML) as server:
        server.RequestHandlerClass = Handler
        yield server


def program():
    """session.js가 있는 폴더의, 사이트에서 본 주소."""
    (found,) = LIVE.glob("*/session.js")
    return f"{found.parent.relative_to(HTML).as_posix()}/"


def cells(page):
    """쪽의 단추가 받는 셀들. 실행할 셀이 없는 쪽은 빈 목록."""
    return written(page)["cells"]


def written(page):
    """쪽의 단추가 받는 것: 셀들(cells)과 데이터(files)."""
    listed = page.select_one("[data-cells]")
    path = listed and LIVE / "program" / listed["data-cells"]
    return json.loads(path.resolve().read_text("utf-8")) if path else {"cells": [], "files": {}}


def start_again(page, files):
    """파이썬을 새로 켜고 그 데이터를 넣는다."""
    page.evaluate(AGAIN, [program(), files])


def begin(page, server):
    """쪽을 열고 파이썬을 켠다. 판들이나 켜지 못한 까닭을 돌려준다."""
    page.goto(server.url + "index.html")
    return page.evaluate(BEGIN, [program(), DATA])


def run(page, source, **options):
    return page.evaluate("([source, options]) => run(source, options)", [source, options])
