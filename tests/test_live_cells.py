"""쪽에서 실행하기의 시험: 실행할 수 있는 셀을 가리는 일, 쪽에 두는 단추, 셀을 적은 파일."""

import json
import re
import subprocess
import sys
from contextlib import ExitStack
from gzip import compress
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

import audit
from book import HTML, WITH_CELLS, code_cells, need, need_chromium, read_page
from edits import built, change, different, stale
from machine.live import button
from machine.live.needs import needs
from machine.live.runtime.fetching import Unavailable
from machine.run.data import laid_out
from outputs import ROOT
from tiny import HEADER, tiny_book

# ---- 이름을 좇는다. T는 브라우저에 없는 패키지를 부르는 셀이다

IMPORTABLE = {"numpy", "itertools"}
T = "import torch"
# 셀들: 마지막 셀을 실행할 수 있는가
RUN = {
    ("import numpy as np", "np.pi"): True,
    ("import numpy.linalg as la, torch.nn as nn",): False,
    ("from torch.nn import Linear",): False,
    ("def f():\n    import torch\n    return 1",): True,
    ("def f():\n    import torch\n    return 1", "f()"): False,
    ("def f():\n    import torch\n    return 1\n[f() for _ in (1, 2)]",): False,
    ("import importlib\nimportlib.import_module('torch.nn')",): False,
    ("try:\n    import torch\nexcept ImportError:\n    torch = None",): False,
    # 만든 이름
    (T, "x = torch.ones(2)", "x"): False,
    (T, "x = torch.ones(2)", "x = 1", "x"): True,
    (T, "x = torch.ones(2)", "x += 1"): False,
    (T, "x = torch.ones(2)", "x = x + 1"): False,
    (T, "x = torch.ones(2)", "x: int = 3\nx"): True,
    (T, "a, (b, *c) = torch.ones(3)", "c"): False,
    (T, "a, (b, *c) = torch.ones(3)", "[c for c in (1, 2)]"): True,
    (T, "a, (b, *c) = torch.ones(3)", "[d for d in c]"): False,
    (T, "x = torch.ones(2)", "{k: v for k, v in zip('ab', x)}"): False,
    (T, "(y := torch.ones(2))", "y"): False,
    (T, "[z := torch.ones(2) for _ in (1,)]", "z"): False,
    (T, "for i in torch.ones(2): pass", "i"): False,
    (T, "with torch.no_grad() as g: pass", "g"): False,
    (T, "x = torch.ones(2)", "del x"): False,
    (T, "x = torch.ones(2)", "x = 1\ndel x\nx = 2\nx"): True,
    (T, "x = torch.ones(2)", "if True:\n    x = 1\nx"): False,
    (T, "x = torch.ones(2)", "if True:\n    x = 1\nelse:\n    x = 2\nx"): True,
    (T, "x = torch.ones(2)", "for _ in (1, 2):\n    x = 1\nx"): True,
    (T, "x = torch.ones(2)", "try:\n    1/0\nexcept ZeroDivisionError as x:\n    print(x)"): True,
    (T, "x = torch.ones(2)", "match 1:\n    case x:\n        print(x)"): True,
    (T, "x = torch.ones(2)", "f'{x}'"): False,
    (T, "x = torch.ones(2)", "'torch x'"): True,
    # 함수와 클래스
    (T, "x = torch.ones(2)", "def f(x):\n    return x\nf(1)"): True,
    (T, "x = torch.ones(2)", "def f(a=x): pass"): False,
    (T, "def f(a: torch.Tensor): pass"): False,
    (T, "def f():\n    return torch.ones(2)"): True,
    (T, "def f():\n    return torch.ones(2)", "f()"): False,
    (T, "f = lambda: torch.ones(2)"): True,
    (T, "f = lambda: torch.ones(2)", "list(map(f, 'ab'))"): False,
    (T, "list(map(lambda _: torch.ones(2), 'ab'))"): False,
    (T, "def f():\n    return torch.ones(2)", "def g():\n    return f()", "g()"): False,
    (T, "def f():\n    def g():\n        return torch.ones(2)\n    return g()", "f()"): False,
    ("def g():\n    return h()", "k = [g]", T + "\ndef h(): pass", "k[0]()"): False,
    ("def g():\n    return h()", "def h(): return 1", T + "\nx = 1", "g()"): True,
    (T, "class A:\n    def m(self):\n        return torch.ones(2)"): True,
    (T, "class A:\n    def m(self):\n        return torch.ones(2)", "a = A()"): False,
    (T, "class A:\n    x = torch.ones(2)"): False,
    (T, "class A(torch.nn.Module): pass"): False,
    (T, "class A:\n    x = 1", "x = 2\nx"): True,
    (T, "x = torch.ones(2)", "class A:\n    x = 1\n    y = x"): True,
    (T, "class A: pass", "A.m = lambda self: torch.ones(2)", "A"): False,
    (T, "@torch.no_grad()\ndef f(): pass"): False,
    (T, "def f(n):\n    return f(n - 1) if n else 1\nf(3)"): True,
    # 속을 바꾼다
    ("d = {}", T, "d['x'] = torch.ones(2)", "d"): False,
    ("d = {}", T, "d['x'] = torch.ones(2)", "d = {}\nd"): True,
    ("r = []", T, "r.append(torch.ones(2))", "print(r)"): False,
    ("class A: pass", "a = A()", T, "a.b.c = torch.ones(2)", "a"): False,
    ("class A: pass", T, "setattr(A, 'x', torch.ones(2))", "A()"): False,
    ("import numpy as np", T, "np.random.seed(0)\ntorch.ones(2)", "np.zeros(2)"): True,
    ("x = [1]", T, "print(torch.tensor(x), x[0], len(x))", "x"): True,
    ("n = 0\ndef f():\n    global n\n    n = 1", T, "torch.ones(f())", "n"): False,
    ("n = 0\ndef f():\n    global n\n    n = 1", T, "torch.ones(2)", "n"): True,
    # 이름을 알 수 없는 것
    ("from torch import *", "ones(2)"): False,
    ("from torch import *", "len('ab')"): True,
    ("from numpy import *", "ones(2)"): True,
    (T, "exec('y = torch.ones(2)')", "y"): False,
    (T, "x = torch.ones(2)", "exec('x = 1')\nx"): True,
    (T, "x = torch.ones(2)", "eval('x')"): False,
    (T, "x = torch.ones(2)", "name = 'x'", "eval(name)"): False,
    (T, "globals()['x'] = torch.ones(2)", "x"): False,
    ("eval(input())",): True,
    # 파이썬이 아닌 것
    ("%matplotlib inline\nimport numpy",): True,
    ("%matplotlib notebook",): False,
    ("%%time\na = 1", "a"): False,
    ("%%bash\necho 1", "1"): True,
    ("!ls",): False,
    ("files = !ls", "files"): False,
    ("await task",): False,
    ("display(1)",): False,
    ("def display(x): print(x)", "display(1)"): True,
    ("from IPython.display import Markdown",): False,
    ("1 +",): False,
    ("",): True,
}


@pytest.mark.parametrize("cells, runs", RUN.items())
def test_what_a_cell_needs(cells, runs):
    found = needs([(cell, "main") for cell in cells], IMPORTABLE)
    assert (found[-1] == []) is runs, found


def test_exercises_do_not_reach_each_other():
    cells = [
        ("x = 1", "main"),
        ("import torch\nx = torch.ones(2)", "ex-1"),
        ("x", "ex-1"),
        ("x", "ex-2"),
        ("x", "main"),
    ]
    assert needs(cells, IMPORTABLE) == [[], ["torch"], ["torch"], [], []]


def test_every_package_is_named():
    cells = [("import torch\nimport yaml", "main"), ("import pandas\nyaml", "main")]
    assert needs(cells, IMPORTABLE)[-1] == ["pandas", "torch", "yaml"]


# ---- 별난 셀이 있는 작은 책

ODD = (
    HEADER
    + """(sec-6-odd)=
# 별난 셀

```{code-cell} ipython3
:tags: [setup, hide-input]
import itertools
```

```{code-cell} ipython3
x = 1 # ---- [1]
y = "<a & b>" if x < 2 else '' # ---- [2]


```

- `[1]` 하나
- `[2]` 둘

```{code-cell} ipython3
:tags: [remove-cell]
hidden = 1
```

```{code-cell} ipython3
:tags: [remove-input]
print(hidden)
```

```{code-cell} ipython3
:tags: [remove-output]
print("안 보인다")
```

```{code-cell} ipython3
:tags: [hide-cell]
print("접은 셀")
```

```{code-cell} ipython3
:tags: [hide-output]
print("접은 출력")
```

```{code-cell} ipython3
:tags: [raises-exception]
1/0
```

```{code-cell} ipython3
:tags: [skip-execution]
never = 1
```

```{code-cell} ipython3
import yaml
from myst_nb import glue
glue("six", 6)
```

값은 {glue:}`six`입니다.

```{code-cell} ipython3
%%time
z = 1
```

```{code-cell} ipython3
yaml.safe_load("1")
```

:::{exercise-start}
:label: ex-6-odd
:::
```{code-cell} ipython3
given = 1
assert open('data/가 나.csv').read() == "1,2\\n"
```
:::{exercise-end}
:::

:::{solution-start} ex-6-odd
:class: dropdown
:::
```{code-cell} ipython3
answer = given + 1
```
```{code-cell} ipython3
:tags: [remove-cell]
secret = 1
```
```{code-cell} ipython3
assert answer == 2
```
:::{solution-end}
:::

```{code-cell} ipython3
print(x)
```
"""
)
# (셀의 앞머리, 쪽에 코드가 있는가, 있어야 하는 패키지, 묶음, setup과 raises)
CELLS = [
    ("import itertools", True, [], "main", (True, False)),
    ("x = 1", True, [], "main", (False, False)),
    ("hidden", False, [], "main", (False, False)),
    ("print(hidden)", False, [], "main", (False, False)),
    ('print("안', True, [], "main", (False, False)),
    ('print("접은 셀', True, [], "main", (False, False)),
    ('print("접은 출력', True, [], "main", (False, False)),
    ("1/0", True, [], "main", (False, True)),
    ("import yaml", True, ["myst_nb", "yaml"], "main", (False, False)),
    ("%%time", True, ["IPython"], "main", (False, False)),
    ("yaml.", True, ["myst_nb", "yaml"], "main", (False, False)),
    ("given", True, [], "ex-6-odd", (False, False)),
    ("answer", True, [], "ex-6-odd", (False, False)),
    ("secret", False, [], "ex-6-odd", (False, False)),
    ("assert", True, [], "ex-6-odd", (False, False)),
    ("print(x)", True, [], "main", (False, False)),
]


def without(book):
    """_config.yml에 book_without: [live]를 적는다."""
    change(book / "_config.yml", "^  config:\n", "  config:\n    book_without: [live]\n")


def odd_book(folder):
    book = tiny_book(folder)
    (book / "chapters/chap6/6-3-odd.md").write_text(ODD, "utf-8")
    (book / "chapters/chap6/data").mkdir()
    for name in ("가 나.csv", "unread.csv"):
        (book / "chapters/chap6/data" / name).write_text("1,2\n", "utf-8")
    (book / "chapters/chap6/6-4-none.md").write_text(
        HEADER + "# 실행되지 않는 쪽\n\n```{code-cell}\nimport yaml\n```\n", "utf-8"
    )
    lines = "".join(f"    - file: chapters/chap6/{name}\n" for name in ("6-3-odd", "6-4-none"))
    change(book / "_toc.yml", "(chap6/6-2-two\n)", r"\1" + lines)
    return book


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    book = odd_book(tmp_path_factory.mktemp("odd") / "book")
    built(book)
    need(live_files(book), "실행기를 받지 못했습니다: PYODIDE에 받을 곳을 적으세요")
    return book


def live_files(book):
    return [*(book / "_build/html/_static/live").glob("*")]


def page(book, name):
    return (book / f"_build/html/chapters/chap6/{name}.html").read_text("utf-8")


def written(html, site):
    """단추가 가리키는 파일에 적힌 셀들과 데이터."""
    name = re.search(r'data-cells="\.\./(cells/\w+\.json)"', html)[1]
    return json.loads((site / "_static/live" / name).read_text("utf-8"))


def cells_of(html, site):
    return written(html, site)["cells"]


def shown_code(html):
    """쪽의 div.cell마다 코드. 없으면 None."""
    boxes = BeautifulSoup(html, "html.parser").select("article div.cell")
    codes = [box.select_one(".cell_input pre") for box in boxes]
    return [code and code.get_text().rstrip("\n") for code in codes]


def test_odd_cells_are_described(odd):
    cells = cells_of(page(odd, "6-3-odd"), odd / "_build/html")
    assert [
        (
            start,
            cell["at"] is not None,
            cell["needs"],
            cell["part"],
            (cell["setup"], cell["raises"]),
        )
        for cell, (start, *_) in zip(cells, CELLS, strict=True)
        if cell["source"].startswith(start)
    ] == CELLS


def test_the_site_has_the_data_that_the_page_reads(odd):
    site = odd / "_build/html"
    files = written(page(odd, "6-3-odd"), site)["files"]
    assert {name: file["size"] for name, file in files.items()} == {"data/가 나.csv": 4}
    for file in files.values():
        assert (site / "_static/live/program" / file["url"]).resolve().read_text() == "1,2\n"
    assert written(page(odd, "6-1-one"), site)["files"] == {}


def test_odd_cells_are_where_they_say(odd):
    html = page(odd, "6-3-odd")
    codes = shown_code(html)
    for cell in cells_of(html, odd / "_build/html"):
        if cell["at"] is not None:
            assert codes[cell["at"]] == cell["source"].rstrip("\n")


def test_only_pages_that_can_run_have_the_button(odd):
    assert "run-here" in page(odd, "6-1-one") and "run-here" not in page(odd, "index")
    none = page(odd, "6-4-none")
    assert "run-here" not in none and "필요한 패키지: yaml" in none
    assert not any(
        "실행기" in line or "run-here" in line for line in page(odd, "index").split("\n")
    )


@pytest.mark.live
def test_an_edited_cell_changes_only_its_page(odd, tmp_path):
    before = odd / "_build/html"
    kept = tmp_path / "before"
    subprocess.run(["cp", "-r", before, kept], check=True)
    old, other = (re.search(r"cells/\w+", page(odd, n))[0] for n in ("6-3-odd", "6-1-one"))
    change(odd / "chapters/chap6/6-3-odd.md", "^given = 1", "given = 1 + 0")
    assert built(odd) == (1, 1)
    new = re.search(r"cells/\w+", page(odd, "6-3-odd"))[0]
    changed = {name for name in different(kept, before) if not name.startswith("_static/search/")}
    assert new != old and other in page(odd, "6-1-one")
    assert changed == {
        "chapters/chap6/6-3-odd.html",
        "sw.js",
        *(f"_static/live/{name}.json" for name in (old, new)),
    }
    assert stale(odd, tmp_path / "fresh") == []


@pytest.mark.live
def test_without_the_feature_nothing_is_left(odd, tmp_path):
    """쪽에서 단추를 빼면 이 기능을 끈 책과 같으므로, 종이책과 전자책과 노트북도 같다."""
    off = odd_book(tmp_path / "off")
    name = "chapters/chap6/6-3-odd.md"
    (off / name).write_text((odd / name).read_text("utf-8"), "utf-8")  # 앞의 시험이 고쳤다
    without(off)
    built(off)
    assert not live_files(off)
    one, two = (book / "_build/html" for book in (odd, off))
    names = {path.relative_to(two).as_posix() for path in two.rglob("*.html")}
    for name in names - {"offline.html"}:  # 저장하는 것을 적은 쪽. 종이책과 전자책에는 없다
        on, without_live = (
            BeautifulSoup((site / name).read_text("utf-8"), "html.parser") for site in (one, two)
        )
        for part in on.select("nav.launch > :is(.run-here, noscript, small)"):
            part.extract()
        for bar in on.select("nav.launch:empty"):
            bar.extract()
        texts = [re.sub(r"\?v=\w+", "", str(soup)) for soup in (on, without_live)]
        assert re.sub(r"\n\s*\n", "\n", texts[0]) == re.sub(r"\n\s*\n", "\n", texts[1]), name
        assert "run-here" not in texts[1]
    assert waiting(one)[1] == waiting(two)[1] and waiting(two)[0] == ("", "")


def test_a_book_without_the_runtime_says_so(monkeypatch, capsys):
    """공개하지 않는 책은 단추 없이 만들고, 공개하는 책은 알린다(빌드가 실패한다)."""

    def fail():
        raise Unavailable("받지 못했습니다")

    said = []
    monkeypatch.setattr(button.runtime, "prepared", fail)
    monkeypatch.setattr(button.log, "warning", lambda text, why: said.append(text % why))
    for name in ("CI", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    draft, public = (SimpleNamespace(book_repository=it) for it in ({}, {"slug": "owner/book"}))
    assert button.ready(draft) is None and not said
    assert capsys.readouterr().out.startswith("알림: '여기서 실행' 단추를 넣지 않았습니다")
    assert button.ready(public) is None and len(said) == 1
    monkeypatch.setenv("CI", "true")
    assert button.ready(draft) is None and len(said) == 2


# ---- 만든 책


def html_of(name):
    return (HTML / f"{name}.html").read_text("utf-8")


def need_live():
    need((HTML / "_static/live").is_dir(), "실행기를 받지 못했습니다: PYODIDE에 받을 곳을 적으세요")


def live_pages():
    need_live()
    return [name for name in WITH_CELLS if "run-here" in html_of(name)]


def test_cells_of_the_book_are_where_they_say():
    for name in live_pages():
        html = html_of(name)
        cells, codes = cells_of(html, HTML), shown_code(html)
        executed = [cell["source"] for cell in cells if not cell["kind"]]
        assert executed == [cell.source for cell in code_cells(name)]
        for cell in cells:
            if cell["kind"] != "check":
                assert codes[cell["at"]] == cell["source"].rstrip("\n")


def test_cells_run_where_there_is_no_torch(monkeypatch):
    """다른 길로 살핀다: torch가 없는 파이썬에서 실행해 본 것과 같은가."""
    cells = {name: cells_of(html_of(name), HTML) for name in live_pages()}
    monkeypatch.setattr("tempfile.tempdir", str(ROOT / "_build"))  # 책의 글꼴을 찾는 곳
    with ExitStack() as stack:
        places = [stack.enter_context(laid_out((ROOT / name).parent)).folder for name in cells]
        run = subprocess.run(
            [sys.executable, ROOT / "tests/without_torch.py"],
            input=json.dumps(dict(zip(map(str, places), cells.values()))),
            capture_output=True,
            text=True,
            check=True,
        )
    fails = dict(zip(cells, json.loads(run.stdout).values()))
    different = {
        (name, cell["part"])
        for name in cells
        for cell, why in zip(cells[name], fails[name], strict=True)
        if cell["kind"] in ("", "answer") and bool(why) != bool(cell["needs"])
    }
    assert different == set()
    assert sum(not cell["needs"] for page in cells.values() for cell in page) >= 100


def zipped(text):
    return len(compress(text.encode()))


def parted(text, pattern):
    """(pattern인 곳들, 나머지)."""
    return "".join(re.findall(pattern, text, re.S)), re.sub(pattern, "", text, flags=re.S)


START = r"try \{\n[^\n]*\n[^\n]*\.run-here.*?\n\} catch \(error\) \{ reportError\(error\); \}\n"
RULES = r"(?:nav\.launch|\.no-js) (?:\.run-here|:is\(small, output\))\{[^}]*\}"
PARTS = r'<button class="run-here".*?</noscript>|<small>이 쪽의 코드는.*?</small>'


def waiting(site):
    """묶은 파일에서 단추를 기다리는 것(스크립트, CSS)과 나머지(스크립트, CSS)."""
    return tuple(zip(*map(parted, bundles(site), (START, RULES))))


def bundles(site):
    return [(site / f"_static/bundle.{kind}").read_text("utf-8") for kind in ("js", "css")]


def test_a_page_grows_by_half_a_kilobyte():
    """누르기 전에 받는 것: 단추와 start.js와 start.css."""
    need_live()
    (script, styles), others = waiting(HTML)
    assert (ROOT / "machine/live/static/start.js").read_text("utf-8") in script
    assert styles.count("{") == 3
    grown = sum(map(zipped, bundles(HTML))) - sum(map(zipped, others))
    for name in WITH_CELLS:
        parts, rest = parted(html_of(name), PARTS)
        assert parts and grown + zipped(html_of(name)) - zipped(rest) <= 400, name


def test_nothing_of_the_click_is_in_the_bundles():
    need_live()
    script = (HTML / "_static/bundle.js").read_text("utf-8")
    for path in (ROOT / "machine/live/static").glob("*.js"):
        assert (path.read_text("utf-8") in script) is (path.name == "start.js"), path.name


@pytest.fixture(scope="module")
def browser():
    need_chromium()
    with audit.chromium() as browser:
        yield browser


def first_live_page():
    return f"{live_pages()[0]}.html"


def test_nothing_is_asked_for_before_the_click(browser):
    with audit.serve(HTML) as server:
        page = audit.new_page(browser, server)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(server.url + first_live_page())
        page.wait_for_load_state("networkidle")
        assert page.locator(".run-here").is_visible()
        assert not [url for url in asked if "/_static/live/" in url]
        page.context.close()


def test_without_javascript_a_line_says_what_to_do(browser):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((HTML / first_live_page()).as_uri())
    assert page.locator(".run-here").is_hidden()
    assert page.locator("nav.launch noscript").is_visible()
    page.context.close()


def test_a_page_opened_as_a_file_says_what_to_do(browser):
    page = browser.new_page()
    page.goto((HTML / first_live_page()).as_uri())
    assert page.locator(".run-here").count() == 0
    assert "사이트에서" in page.locator("nav.launch").inner_text()
    page.close()


def test_pages_read_alike_in_the_books():
    """종이책과 전자책은 단추가 있는 자리를 옮기지 않는다."""
    for name in live_pages():
        soup = read_page(f"{name}.html")
        assert all(button.find_parent("nav", "launch") for button in soup.select(".run-here"))
