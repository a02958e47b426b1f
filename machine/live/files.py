"""누른 뒤에 받을 파일들을 사이트에 적는다. 모두 주소에 내용의 지문이 있다.

_static/live/ 아래의 <지문>/에는 스크립트와 CSS와 설정이, runtime-<지문>/에는 실행기가, cells/에는
쪽마다의 셀들이, data/에는 쪽의 코드가 읽는 파일이 있다. bundle이 일을 다 한 뒤에 적으므로, 묶는
파일에도 남길 CSS를 고르는 데에도 끼지 않는다.
"""

import json
import shutil
from hashlib import sha256
from pathlib import Path

from IPython.lib import pretty

from machine.files import write
from machine.live import typesetting
from machine.page.carried import to_json
from machine.settings.conventions import setting
from machine.site.bundle import digest
from machine.site.offline import transferred

STATIC = Path(__file__).with_name("static")
BEFORE_THE_CLICK = ("start.js", "start.css")
PLACE = "_static/live"
WRITTEN = (
    "at",
    "source",
    "needs",
    "part",
    "setup",
    "raises",
    "kind",
)  # 셀마다 쪽의 스크립트가 읽는 것


def write_cells(root, cells, files):
    """쪽의 셀들과 그것이 읽는 파일들(write_data)을 적은 파일의, live.js에서 본 주소."""
    listed = [{name: getattr(cell, name) for name in WRITTEN} for cell in cells]
    page = {"cells": listed, "files": files}
    data = to_json(page).encode()
    name = f"cells/{digest(data)}.json"
    write(root / PLACE / name, data)
    return f"../{name}"


def write_data(root, found):
    """{쪽에서 부르는 이름: {주소, 바이트}}. 주소에 이름이 없어 서버가 .gz로 보지 않는다."""
    files = {}
    for name, path in found.items():
        data = path.read_bytes()
        place = f"data/{sha256(data).hexdigest()[:16]}"
        write(root / PLACE / place, data)
        files[name] = {"url": f"../{place}", "size": len(data)}
    return files


def write_program(root, runtime, errors):
    """live.js의 주소와, 모두 받을 때의 바이트. errors는 오류를 풀어 둔 표의 주소."""
    files = program_files()
    size = runtime.transferred + sum(transferred(*file) for file in files.items())
    place = f"runtime-{runtime.digest}"
    settings = {
        "runtime": place,
        "bytes": size,
        "files": runtime.files,
        "packages": runtime.packages,
        "python": runtime.python,
        "names": setting("book_packages"),
        "errors": errors,
    }
    files["settings.json"] = json.dumps(settings, ensure_ascii=False).encode()
    folder = digest(b"".join(name.encode() + data for name, data in sorted(files.items())))
    for name, data in files.items():
        write(root / PLACE / folder / name, data)
    # 링크로 두면 사이트의 파일을 고칠 때 받아 둔 것도 바뀐다
    shutil.copytree(runtime.folder, root / PLACE / place, copy_function=shutil.copyfile)
    return f"{PLACE}/{folder}/live.js", size


def program_files():
    """{이름: 내용}"""
    paths = [path for path in STATIC.rglob("*") if path.is_file()]
    own = {path.relative_to(STATIC).as_posix(): path.read_bytes() for path in paths}
    for name in BEFORE_THE_CLICK:
        del own[name]
    printer = {"pretty.py": Path(pretty.__file__).read_bytes()}  # 쪽의 값을 적은 것과 같은 것
    return own | typesetting.files() | printer
