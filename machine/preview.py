"""미리 보기: 원고를 저장할 때마다 make html로 다시 만들어 보인다. python -m machine serve

쪽은 독자가 받을 그대로이다. 보안 정책이 쪽에 끼운 스크립트를 막으므로, 쪽을 담은 틀(preview.html)이
새로 고친다. 쪽을 저장하는 sw.js만 주지 않는다. 저장한 쪽이 새로 만든 것과 섞인다.
"""

import os
import subprocess

import uvicorn
from sphinx_autobuild.filter import IgnoreFilter
from sphinx_autobuild.server import RebuildServer
from starlette.applications import Starlette
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from machine import state
from machine.site.policy import WORKER_POLICY

HOST, PORT = "127.0.0.1", int(os.environ.get("PORT", 8000))
FRAME = state.ROOT / "machine/preview.html"
IGNORED = [state.ROOT / name for name in state.NOT_THE_BOOK]
HIDDEN = rf"^{state.ROOT}/(.*/)?\."


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


def main():
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
    print(f"미리 보기: http://{HOST}:{PORT} (멈추려면 Ctrl+C)", flush=True)
    try:
        uvicorn.run(app, host=HOST, port=PORT, log_level="warning")
    except KeyboardInterrupt:
        return 0
    return 0
