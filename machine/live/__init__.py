"""절의 단추 "여기서 실행". 누르면 브라우저에서 파이썬(Pyodide)이 돌아 코드 셀을 고치고 실행한다.

쪽에는 단추와 그것을 누를 때까지 기다리는 스크립트(start.js)만 있다. 나머지는 누른 뒤에 받으며, 모두
_static/live/의 주소에 내용의 지문이 있는 파일이다. 누르는 것은 live.js의 begin이 받는다. 파일로 연
쪽에서는 브라우저가 워커를 막으므로 단추가 noscript의 글로 바뀐다. sphinx-thebe는 Binder의 서버를
쓰고, jupyterlite-sphinx는 쪽 대신 JupyterLab을 연다.
"""

import json
import os
import shutil
from math import ceil
from pathlib import Path

from IPython.lib import pretty

from machine import kept
from machine.live import cells, runtime, typesetting
from machine.live.runtime.fetching import Unavailable
from machine.page.launch_links import nav
from machine.settings.conventions import setting
from machine.site.bundle import digest
from machine.site.offline import transferred

STATIC = Path(__file__).with_name("static")
BEFORE_THE_CLICK = ("start.js", "start.css")
PLACE = "_static/live"
NAME = "이 절의 노트북"

BUTTON = (
    '<button type="button" class="run-here" data-program="{up}{program}/live.js" '
    'data-cells="{cells}">여기서 실행 <small>처음 한 번 약 {megabytes} MB</small></button>'
    "<noscript><small>웹에서 자바스크립트를 켜고 열거나 노트북에서 실행하세요.</small></noscript>"
)
CANNOT = "<small>이 절의 코드는 브라우저에서 실행되지 않습니다(필요한 패키지: {}).</small>"


def note_cells(app, doctree, docname):
    """쪽을 쓸 때마다. 이번에 쓰지 않는 쪽의 것은 지난번에 적은 것이 남아 있다."""
    if app.builder.name == "html":
        kept.data.setdefault("live", {})[docname] = cells.read(app.env, doctree, docname)


def missing(found):
    """펼쳐 둔 셀에 있어야 하지만 브라우저에 없는 패키지를 부르는 이름들."""
    names = dict.fromkeys(name for cell in found if not cell.folded for name in cell.needs)
    return [setting("book_packages").get(name, name) for name in names]


def below_title(html, part):
    """노트북을 여는 단추들의 앞에. 그 단추들이 없으면 제목 아래에 홀로."""
    bar, alone = (f"</h1>\n{nav(NAME, [])}".removesuffix("</nav>"), nav(NAME, []))
    if bar in html:
        return html.replace(bar, bar + part, 1)
    return html.replace("</h1>", "</h1>\n" + alone.replace("></nav>", f">{part}</nav>"), 1)


def finish(app, pages):
    noted = kept.data.get("live", {})
    found = {name: noted[doc] for name in pages if noted.get(doc := name.removesuffix(".html"))}
    made = (
        ready() if any(cell.runs_unfolded() for page in found.values() for cell in page) else None
    )
    if not made:
        return
    found = {name: cells.judged(page, made.modules) for name, page in found.items()}
    put_buttons(Path(app.outdir), pages, found, made)


def put_buttons(root, pages, found, made):
    """누른 뒤에 받을 것은 단추가 하나라도 있을 때에만 적는다."""
    runs = [name for name, page in found.items() if any(cell.runs_unfolded() for cell in page)]
    program, size = write_program(root, made) if runs else ("", 0)
    for name, page in found.items():
        if name in runs:
            button = BUTTON.format(
                up="../" * name.count("/"),
                program=program,
                cells=write_cells(root, page),
                megabytes=ceil(size / 1e6),
            )
            pages[name] = below_title(pages[name], button)
        elif names := missing(page):
            pages[name] = below_title(pages[name], CANNOT.format(", ".join(names)))


def ready():
    try:
        return runtime.prepared()
    except Unavailable as why:
        print(f"알림: 쪽에서 실행하는 단추를 넣지 않았습니다. {why}")
        return None


def write_cells(root, found):
    """쪽의 셀들을 적은 파일의, live.js에서 본 주소."""
    listed = [{name: getattr(cell, name) for name in cells.WRITTEN} for cell in found]
    data = json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode()
    name = f"cells/{digest(data)}.json"
    write(root / PLACE / name, data)
    return f"../{name}"


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def program_files():
    """{이름: 내용}"""
    paths = [path for path in STATIC.rglob("*") if path.is_file()]
    own = {path.relative_to(STATIC).as_posix(): path.read_bytes() for path in paths}
    for name in BEFORE_THE_CLICK:
        del own[name]
    printer = {"pretty.py": Path(pretty.__file__).read_bytes()}  # 쪽의 값을 적은 것과 같은 것
    return own | typesetting.files() | printer


def write_program(root, made):
    """누른 뒤에 받을 것들을 적고, 그 폴더의 주소와 모두 받을 때의 바이트를 돌려준다."""
    files = program_files()
    own = f"runtime-{made.digest}"
    size = made.transferred + sum(transferred(*file) for file in files.items())
    settings = {
        "runtime": own,
        "bytes": size,
        "files": made.files,
        "packages": made.packages,
        "python": made.python,
        "names": setting("book_packages"),
    }
    files["settings.json"] = json.dumps(settings, ensure_ascii=False).encode()
    folder = digest(b"".join(name.encode() + data for name, data in sorted(files.items())))
    for name, data in files.items():
        write(root / PLACE / folder / name, data)
    shutil.copytree(made.folder, root / PLACE / own, copy_function=link)
    return f"{PLACE}/{folder}", size


def link(source, target):
    """20 MB를 빌드마다 베끼지 않게 한다. 다른 디스크에 있으면 베낀다."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def setup(app):
    app.add_css_file("start.css")
    app.add_js_file("start.js", loading_method="defer")
    app.config.html_static_path += [str(STATIC / name) for name in BEFORE_THE_CLICK]
    app.connect("doctree-resolved", note_cells, priority=100)  # 접은 풀이가 나무에서 풀리기 앞
