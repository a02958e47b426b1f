"""쪽에서 실행하는 파이썬의 시험: 결과, 오류, 한계, 가두기. 파이썬은 한 번 켜서 함께 쓴다."""

import random
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace

import pytest

import audit
import live
from book import need, need_chromium
from machine.run.execute import as_in_terminal
from test_offline import until


@pytest.fixture(scope="module")
def browser():
    need_chromium()
    need(live.LIVE.exists(), "쪽에서 실행할 파이썬이 없습니다: PYODIDE=폴더 make html로 만듭니다")
    with audit.chromium() as found:
        yield found


@pytest.fixture(scope="module")
def server():
    with live.serve() as found:
        yield found


@pytest.fixture(scope="module")
def python(browser, server):
    """파이썬을 켠 쪽."""
    page = audit.new_page(browser, server)
    assert "python" in live.begin(page, server)
    yield page
    assert page.errors == [] and page.foreign == []


def shown(result):
    """출력을 짧게: 글은 이어서, 값은 글로, 수식은 ($…$)로, 그림은 글자의 목록으로."""
    found = []
    for output in result["outputs"]:
        if output["kind"] == "text":
            text = found.pop() if found and isinstance(found[-1], str) else ""
            found.append(text + output["text"])
        elif output["kind"] == "figure":
            found.append(output["texts"])
        else:
            found.append((output.get("latex") or output.get("plain") or output.get("said"),))
    return found


AXES = "import matplotlib.pyplot as plt\nax = plt.figure(figsize=(2, 1)).add_subplot(title='AB')\n"
AXES += "ax.set(xticks=[], yticks=[])\n"
# 셀: 나오는 것
RESULTS = {
    "1 + 1": [("2",)],
    "1 + 1;": [],
    "None": [],
    "'가'": [("'가'",)],
    "print('a'); import sys; print('b', file=sys.stderr); print('c')": ["a\nb\nc\n"],
    "{i: 'x'*10 for i in range(9)}": [
        ("{" + ",\n ".join(f"{i}: '{'x' * 10}'" for i in range(9)) + "}",)
    ],
    "{3, 1, 2}, len": [("({1, 2, 3}, <function len(obj, /)>)",)],
    "import numpy as np\nnp.arange(3.)": [("array([0., 1., 2.])",)],
    "import sympy\nx = sympy.Symbol('x')\nx**2": [("$\\displaystyle x^{2}$",)],
    "display(x, 3)\n[x]": [("$\\displaystyle x$",), ("3",), ("[x]",)],
    "import asyncio\nawait asyncio.sleep(0)\nprint('뒤')\n5": ["뒤\n", ("5",)],
    AXES + "print('앞')": ["앞\n", ["AB"]],
    AXES + "plt.show()\nprint('뒤')": [["AB"], "뒤\n"],
    AXES + "ax.figure": [["AB"], ["AB"]],
    "plt.figure();": [("<Figure size 640x480 with 0 Axes>",)],
    "class A: pass\nA": [("__main__.A",)],
    "import inspect, pickle\nfrom dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n"
    "def f(): return 1\n[pickle.loads(pickle.dumps(P(1))), inspect.getsource(f)]": [
        ("[P(x=1), 'def f(): return 1\\n']",)
    ],
    "from pathlib import Path\n(Path.cwd() / 'fonts/NanumBarunGothic.ttf').is_file()": [("True",)],
    "print('\\ud800')\n'\\ud800'": ["\\ud800\n", ("'\\ud800'",)],
    AXES + "ax.set_title('가나다');": [
        "그림의 글꼴에 없는 글자가 있습니다. 한글은 한글 글꼴을 지정해야 보입니다.\n",
        ["가나다"],
    ],
    "import warnings\nwarnings.warn('조심')": ["2번째 줄: UserWarning: 조심\n"],
}


@pytest.mark.parametrize("source", RESULTS)
def test_a_cell_shows_what_jupyter_shows(python, source):
    result = live.run(python, source)
    assert result["ok"] and shown(result) == RESULTS[source]


def test_earlier_cells_are_run_without_showing(python):
    assert live.run(python, AXES + "quiet = 1\nprint(1)\nplt.show()\n2", draws=False) == {
        "ok": True,
        "outputs": [],
    }
    assert shown(live.run(python, "quiet")) == [("1",)]


def test_data_is_where_the_page_reads_it(python):
    """고쳐 써도, 처음부터 다시 실행하면 책의 것이다."""
    start = f"print(open({live.DATA!r}).read()[:4])"
    assert shown(live.run(python, start)) == ["<svg\n"]
    live.run(python, f"print('고친 것', file=open({live.DATA!r}, 'w'))")
    assert shown(live.run(python, start)) == ["고친 것\n"[:4] + "\n"]
    assert shown(live.run(python, start, fresh=True)) == ["<svg\n"]


MEMORY, THREAD = "메모리 1 GB를 넘", "스레드를 만들 수 없"
# 셀: (오류의 이름, 글, 독자의 줄, 덧붙인 말)
ERRORS = {
    "x = 1\n1 / 0": ("ZeroDivisionError", "division by zero", (2, "1 / 0"), None),
    "def g():\n    return h()\ndef h():\n    return [][1]\ng()": (
        "IndexError",
        "list index out of range",
        (4, "return [][1]"),
        None,
    ),
    "import numpy as np\nnp.ones(2) @ np.ones(3)": (
        "ValueError",
        "matmul",
        (2, "np.ones(2)"),
        None,
    ),
    "for i in range(3)\n    pass": ("SyntaxError", "expected ':'", (1, "for i in range(3)"), None),
    "x = 1\neval('1+')": ("SyntaxError", "invalid syntax", (2, "eval('1+')"), None),
    "from numpy import nothing": ("ImportError", "from 'numpy' (numpy/__init__.py)", (1, ""), None),
    "import pandas": ("ModuleNotFoundError", "No module named 'pandas'", (1, ""), "없는 패키지"),
    "try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise KeyError('나')": (
        "KeyError",
        "'나'",
        (4, "raise KeyError('나')"),
        "앞서 난 오류: ZeroDivisionError: division by zero",
    ),
    "class E(Exception):\n    def __str__(self): 1 / 0\nraise E": (
        "E",
        "<exception str() failed>",
        (3, "raise E"),
        None,
    ),
    AXES + "ax.set_title('$\\\\frac{$')\n1 / 0": ("ZeroDivisionError", "", (5, "1 / 0"), None),
    "%matplotlib widget": ("SyntaxError", "", (1, "%matplotlib widget"), "%나 !로 시작하는"),
    "input('이름')": (
        "StdinNotImplementedError",
        "입력받을 수 없습니다",
        (1, "input('이름')"),
        None,
    ),
    "import sys\nsys.exit(3)": ("SystemExit", "3", (2, "sys.exit(3)"), "이 셀만 끝냈습니다"),
    "quit()": ("SystemExit", "", (1, "quit()"), "이 셀만 끝냈습니다"),
    "def f(): return f()\nf()": ("RecursionError", "", (1, ""), "너무 깊이 불렀습니다"),
    "np.ones(2*10**9//8)": ("MemoryError", "Unable to allocate 1.86 GiB", (1, "np.ones"), MEMORY),
    "np.ones(2**28)": ("ValueError", "array is too big", (1, "np.ones"), MEMORY),
    "x = []\nwhile True: x.append(bytes(10**8))": ("MemoryError", "", (2, "while"), MEMORY),
    "import threading\nthreading.Thread(target=print).start()": (
        "RuntimeError",
        "",
        (2, ""),
        THREAD,
    ),
    "import subprocess\nsubprocess.run(['ls'])": (
        "OSError",
        "",
        (2, ""),
        "다른 프로그램을 실행할 수",
    ),
}


@pytest.mark.parametrize("source", ERRORS)
def test_an_error_points_at_the_readers_line(python, source):
    name, words, (number, text), said = ERRORS[source]
    result = live.run(python, source)
    error = result["error"]
    assert not result["ok"] and result["outputs"][-1] == error
    assert error["name"] == name and words in error["message"]
    assert error["line"]["number"] == number and error["line"]["text"].startswith(text)
    assert said in error["said"] if said else "said" not in error
    assert "/lib/" not in str(result)
    assert shown(live.run(python, "del x; 'x' in dir()" if "x = []" in source else "1")) in (
        [("False",)],
        [("1",)],
    )  # 남은 그림이 없고 다음 셀이 돈다


TOO_LONG, TOO_MANY = "출력이 1,000줄이나 100 kB를 넘어", "그림이 20개나 10 MB를 넘어"
STORMS = {  # 셀: (끊은 까닭, 나온 줄, 글자, 그림)의 가장 많은 수
    "for i in range(100_000): print(i)": (TOO_LONG, 1000, 10_000, 0),
    "for i in range(300_000): print('.', end='')": (TOO_LONG, 1, 100_000, 0),
    "'가' * 10**6": (TOO_LONG, 1, 33_400, 0),
    "list(range(1001))": (TOO_LONG, 1001, 10_000, 0),
    "for i in range(22):\n    plt.figure(figsize=(1, 1)).add_subplot()": (TOO_MANY, 3, 999, 20),
}


@pytest.mark.parametrize("source", STORMS)
def test_a_storm_of_output_is_cut_in_the_worker(python, source):
    result = live.run(python, source)
    why, lines, letters, figures = STORMS[source]
    kinds = [output["kind"] for output in result["outputs"]]
    text = "".join(o.get("text", "") + o.get("plain", "") for o in result["outputs"])
    assert result["ok"] and kinds.count("cut") == 1 and why in str(result["outputs"])
    assert text.count("\n") <= lines and len(text) <= letters and len(kinds) < 1100
    assert kinds.count("figure") == figures


def test_many_points_become_a_picture(python):
    outputs = live.run(python, "plt.scatter(*np.random.rand(2, 40_000));")["outputs"]
    assert [list(output) for output in outputs] == [["kind", "png", "texts"]]


def test_what_a_cell_replaces_does_not_stop_the_next(python):
    for source in ("print = 3", "import sys\nsys.stdout = sys.stderr = None", "sys.stdout.close()"):
        live.run(python, source)
    assert shown(live.run(python, "del print\nprint('보임')")) == ["보임\n"]
    assert live.run(python, "globals().clear()")["ok"]
    assert shown(live.run(python, "class A: pass\nprint(1)")) == ["1\n"]


def test_a_fresh_run_has_no_earlier_names(python):
    live.run(python, "x = 1\nimport builtins\nbuiltins.len = print = 3")
    assert live.run(python, "x", fresh=True)["error"]["name"] == "NameError"
    assert shown(live.run(python, "print(len('가'))")) == ["1\n"]


def test_a_storm_of_clicks_runs_in_order(python):
    found = python.evaluate("""() => Promise.all(
      Array.from({length: 200}, (_, i) => run(`print(${i})`)))""")
    assert [shown(result) for result in found] == [[f"{i}\n"] for i in range(200)]


# ---- 가두기


@pytest.fixture
def elsewhere():
    """다른 곳의 서버. 받은 요청을 적는다."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            received.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Type", "text/javascript")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_OPTIONS = do_HEAD = do_GET

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}", received=received)
    server.shutdown()
    server.server_close()


REACH = """
import asyncio, js
from pyodide.ffi import to_js
def xhr(sync):
    request = js.XMLHttpRequest.new()
    request.open('GET', '{url}/xhr', not sync)
    request.send()
async def get():
    await js.fetch('{url}/fetch')
async def package():
    import pyodide_js
    await pyodide_js.loadPackage('{url}/x-1-py3-none-any.whl', checkIntegrity=False)
async def url():
    from pyodide.http import pyfetch
    await pyfetch('{url}/pyfetch', method='POST', mode='no-cors')
def code(text):
    return lambda: (js.eval(text), js.Function.new(text)())
def urllib():
    import urllib.request
    urllib.request.urlopen('{url}/urllib', timeout=1)
def options():
    return to_js({{'type': 'module'}}, dict_converter=js.Object.fromEntries)
def worker(address):
    return lambda: js.Worker.new(address, options())
blob = js.URL.createObjectURL(js.Blob.new(to_js(["fetch('{url}/blob')"])))
ways = {{
    'fetch': get, 'pyfetch': url, 'package': package, 'urllib': urllib,
    'xhr': lambda: xhr(False), 'sync xhr': lambda: xhr(True),
    'socket': lambda: js.WebSocket.new('{socket}/socket'),
    'events': lambda: js.EventSource.new('{url}/events'),
    'import': code("import('{url}/import.js')"),
    'timeout': lambda: js.setTimeout("fetch('{url}/t')"),
    'scripts': lambda: js.importScripts('{url}/scripts.js'),
    'worker': worker('{url}/worker.js'), 'own worker': worker(js.location.href),
    'blob worker': worker(blob), 'data worker': worker("data:text/javascript,fetch('{url}/data')"),
    'beacon': lambda: js.navigator.sendBeacon('{url}/beacon'),
    'transport': lambda: js.WebTransport.new('{url}/transport'),
}}
for name, way in ways.items():
    try:
        result = way()
        if asyncio.iscoroutine(result):
            await result
    except BaseException as error:
        print('>', name.replace(' ', '-'), type(error).__name__)
    else:
        print('>', name.replace(' ', '-'), '했음')
await asyncio.sleep(.5)
"""


# 오류를 나중에나 글로 알린다
LATER = {"xhr", "socket", "events", "timeout", "transport", "package"}
LATER |= {"worker", "own-worker", "blob-worker", "data-worker"}


def test_the_readers_code_reaches_no_other_place(browser, python, elsewhere):
    """하지 못하거나, 했더라도 요청이 가지 않는다."""
    browser.new_page().evaluate("url => fetch(url)", elsewhere.url)
    assert elsewhere.received == ["/"]  # 가두지 않으면 간다
    code = REACH.format(url=elsewhere.url, socket=elsewhere.url.replace("http", "ws"))
    lines = shown(live.run(python, code))[0].splitlines()
    ways = dict(line.split()[1:] for line in lines if line.startswith(">"))
    assert elsewhere.received == ["/"] and len(ways) == 17
    assert {name for name, end in ways.items() if end == "했음"} <= LATER, ways
    assert all(address.startswith(elsewhere.url) for address in python.foreign)
    assert all(said.startswith(f"csp {elsewhere.url}") for said in python.errors)
    python.foreign, python.errors = [], []  # 막힌 것


def test_the_readers_code_cannot_reach_what_the_site_saved(python):
    for name in ("caches", "indexedDB", "postMessage", "BroadcastChannel", "Notification"):
        error = live.run(python, f"from js import {name}")["error"]
        assert error["name"] == "ImportError"
    left = shown(live.run(python, "import js\nprint(*dir(js.self), *dir(js.navigator))"))[0]
    for name in [
        "caches",
        "indexedDB",
        "storage",
        "storageBuckets",
        "locks",
        "serviceWorker",
        "cookieStore",
    ]:
        assert name not in left.split()
    assert "webkitRequestFileSystem" not in left


# ---- 켜기, 멈추기, 죽기


@pytest.fixture
def fresh(browser, server):
    return audit.new_page(browser, server)


def test_without_its_policy_the_worker_runs_nothing(browser):
    with audit.serve(audit.ROOT / "_build/html") as bare:
        page = audit.new_page(browser, bare)
        assert "안전하게 실행할 준비가" in live.begin(page, bare)
        assert not [file for file in bare.sent if "/runtime-" in file.path]


@pytest.mark.parametrize(
    "lost",
    [
        "worker.js",
        "pyodide.mjs",
        "pyodide.asm.wasm",
        "kernel.py",
        "mark.svg",  # 데이터
        pytest.param("sympy-*.tar.*", marks=pytest.mark.live),
    ],
)
def test_what_cannot_be_received_is_said(fresh, server, lost):
    fresh.route(f"**/{lost}", lambda route: route.abort())
    reason = live.begin(fresh, server)
    assert ("시작하지 못했습니다" if lost == "worker.js" else "내려받지 못했습니다") in reason
    assert live.run(fresh, "1")["said"] == reason  # 기다리는 실행도 까닭을 듣는다


@pytest.mark.live
def test_a_damaged_package_is_not_used(fresh, server):
    fresh.route("**/six-*", lambda route: route.fulfill(body="다른 것"))
    assert "내려받지 못했습니다" in live.begin(fresh, server)


FORGED = """
const held = new Promise(resolve => navigator.locks.request(self.name, () => {
  postMessage({kind: 'held'});
  resolve();
  return new Promise(() => {});
}));
const outputs = id => [
  null, 3, 'x', {}, {kind: 'toString'}, {kind: 'html', html: '<b>'}, {kind: 'text', text: 'x'},
  {kind: 'text', stream: 'stdout', text: {}}, {kind: 'value', plain: 1},
  {kind: 'figure', svg: 'x'}, {kind: 'figure', svg: ['x'], texts: []}, {kind: 'error', name: 'E'},
  {kind: 'value', plain: 'x', latex: 'y', html: '<b>'}, {kind: 'cut', said: '끊음'},
  {kind: 'error', name: 'E', message: 'm', line: {number: '<b>', text: 'x'}}];
const messages = id => [
  null, 3, {}, {kind: 'ready'}, {kind: 'held'}, {kind: 'refused', said: 'x'},
  {kind: 'done', id: id + 1}, {kind: 'progress', received: '<b>'},
  {kind: 'output', id: id + 1, output: {kind: 'cut', said: '다른 실행'}},
  ...outputs(id).map(output => ({kind: 'output', id, output}))];
onmessage = ({data: {id, source}}) => {
  // 잡기 전에 지어 낸 held가 먼저 가면 죽은 것으로 안다
  if (source === undefined) return held.then(() => postMessage({kind: 'ready'}));
  if (source === 'close') return close();
  messages(id).forEach(message => postMessage(message));
  postMessage({kind: 'done', id, error: source === 'fail' ? {kind: 'error', name: 3} : undefined});
};
"""


def test_forged_messages_are_only_text(fresh, server):
    """일꾼이 지어 낸 소식 가운데 꼴이 맞는 글만 받는다. 스스로 닫힌 일꾼은 새로 켠다."""
    fresh.route(
        "**/worker.js", lambda route: route.fulfill(body=FORGED, content_type="text/javascript")
    )
    live.begin(fresh, server)
    assert live.run(fresh, "1") == {
        "ok": True,
        "outputs": [
            {"kind": "value", "plain": "x", "latex": "y"},
            {"kind": "cut", "said": "끊음"},
            {"kind": "error", "name": "E", "message": "m"},
        ],
    }
    assert live.run(fresh, "fail")["ok"] is False
    assert live.run(fresh, "close")["died"] and live.run(fresh, "1")["ok"]
    assert fresh.evaluate("states.filter(state => state === 'starting').length") == 2
    assert fresh.evaluate("progress") == []


def test_stopping_while_it_downloads(fresh, server):
    fresh.route("**/numpy-*", lambda route: None)  # 답하지 않는다
    fresh.goto(server.url)
    given = [live.program(), live.DATA]
    fresh.evaluate(f"given => {{ window.begun = ({live.BEGIN})(given) }}", given)
    until(fresh, "() => window.progress?.length > 5")
    fresh.evaluate("window.waiting = run('1'), session.stop()")
    assert fresh.evaluate("waiting") == {"ok": False, "stopped": True, "outputs": []}
    assert fresh.evaluate("begun") == "실행을 멈추었습니다."
    assert fresh.evaluate("states") == ["starting", "starting"]


DEATHS = {
    "import os\nos._exit(3)": "코드에서 파이썬을 종료하여",
    "a = []\nfor _ in range(10**6): a = [a]\nrepr(a)": "너무 깊이 불러",
}


@pytest.mark.live
def test_an_endless_loop_is_stopped_and_what_kills_python_is_said(python):
    """죽은 뒤에도 쪽은 그대로이고, 새로 켜지면 다음 실행이 된다."""
    python.evaluate("window.results = ['while True: pass', '1'].map(source => run(source)), 0")
    until(python, "() => states.at(-1) === 'running'")
    python.evaluate("session.stop()")
    assert [result["stopped"] for result in python.evaluate("Promise.all(results)")] == [True, True]
    for source, said in DEATHS.items():
        result = live.run(python, source)
        assert result["died"] and said in result["said"] and result["outputs"] == []
    python.evaluate("states.length = 0")
    live.run(python, "import js\njs.close()")  # 말없이 스스로 닫힌다
    until(python, "() => states.includes('starting')")
    assert shown(live.run(python, "'js' in dir(), 1 + 1")) == [("(False, 2)",)]


def test_text_ends_as_in_a_terminal(fresh, server):
    """쪽을 만들 때와 같게: machine/run/execute.py"""
    letters = ["가", "a", " ", "\n", "\r", "\b", "\x1b[K", "\x1b[31m", "\x1b[0m", "\x1b["]
    choose = random.Random(0)
    texts = ["".join(choose.choices(letters, k=12)) for _ in range(500)]
    fresh.goto(server.url)
    code = """async ([program, texts]) => {
      const { asInTerminal } = await import(new URL(`${program}terminal.js`, location.href).href);
      return texts.map(asInTerminal); }"""
    assert fresh.evaluate(code, [live.program(), texts]) == [as_in_terminal(text) for text in texts]
