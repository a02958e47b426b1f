"""미리 보기: 원고를 저장할 때마다 make html로 다시 만들어 보인다. python -m machine serve

쪽은 독자가 받을 그대로이다. 보안 정책이 쪽에 끼운 스크립트를 막으므로, 쪽을 담은 틀(preview.html)이
새로 고친다. 쪽을 저장하는 sw.js만 주지 않는다. 저장한 쪽이 새로 만든 것과 섞인다.
"""

import re
import socket
import subprocess
import sys
from errno import EADDRINUSE

import uvicorn
from sphinx_autobuild.filter import IgnoreFilter
from sphinx_autobuild.server import RebuildServer
from starlette.applications import Starlette
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from machine import state
from machine.site.policy import WORKER_POLICY

HOST, PORT = "127.0.0.1", "8000"
FRAME = state.ROOT / "machine/preview.html"
IGNORED = [state.ROOT / name for name in state.NOT_THE_BOOK]
HIDDEN = rf"^{re.escape(str(state.ROOT))}/(.*/)?\."
NOT_A_PORT = "PORT에는 1024와 65535 사이의 수를 적습니다(예: make serve PORT=8001). 적힌 것: {}"
TAKEN = "포트 {}번은 다른 프로그램이 쓰고 있습니다. make serve PORT={}처럼 다른 번호를 적으세요."


def make(changed_paths=()):
    """기계가 바뀌어도 새 기계로 만들도록 다른 프로세스에서 만든다."""
    subprocess.run(["make", "--no-print-directory", "html"], cwd=state.ROOT)


def frame(request):
    return FileResponse(FRAME)


def no_worker(request):
    return Response(status_code=404)


class Site(StaticFiles):
    def file_response(self, full_path, *rest):
        """독자의 코드를 실행하는 워커에는 sw.js처럼 제 정책을 붙인다."""
        response = super().file_response(full_path, *rest)
        if "/_static/live/" in str(full_path) and str(full_path).endswith("/worker.js"):
            response.headers["Content-Security-Policy"] = WORKER_POLICY
        return response


def listening(port):
    """쪽을 줄 소켓. 책을 만들기 전에 연다."""
    if not (re.fullmatch("[0-9]{4,5}", port) and 1024 <= int(port) <= 65535):
        sys.exit(NOT_A_PORT.format(port))
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, int(port)))
        listener.listen()
    except OSError as error:
        if error.errno != EADDRINUSE:
            raise
        sys.exit(TAKEN.format(port, int(port) % 65535 + 1))
    return listener


def main(port=PORT):
    listener = listening(port)
    make()
    watcher = RebuildServer([state.ROOT], IgnoreFilter(IGNORED, [HIDDEN]), change_callback=make)
    app = Starlette(
        routes=[
            Route("/", frame),
            Route("/sw.js", no_worker),
            WebSocketRoute("/made", watcher),
            Mount("/", Site(directory=state.HTML, html=True, check_dir=False)),
        ],
        lifespan=watcher.lifespan,
    )
    print(f"미리 보기: http://{HOST}:{port} (멈추려면 Ctrl+C)", flush=True)
    try:
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run([listener])
    except KeyboardInterrupt:
        return 0
    return 0
