"""Pyodide 안에서 실행한다: 받은 것(/raw)을 고쳐 /made에 적는다. 폴더는 prepare.js가 붙인다."""

import hashlib
import importlib
import json
import sys
import zipfile
from pathlib import Path

import wheels

RAW, MADE = Path("/raw"), Path("/made")
SITE = next(path for path in sys.path if path.endswith("site-packages"))
STDLIB = next(path for path in sys.path if path.endswith(".zip"))
CORE = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm")
# 불러올 수는 있지만 브라우저의 파이썬에서는 일하지 않는다
NOT_WORKING = {"multiprocessing", "socket", "threading"}


def write(name, data):
    path = MADE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def install(files):
    """이 Pyodide에도 풀어, 아래에서 불러 본다."""
    for name, data in files.items():
        path = Path(SITE, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    importlib.invalidate_caches()


def font_list():
    """맷플롯립이 시작할 때 만들지 않게 지금 만든다. 휠에 든 것은 판이 달라 쓰지 않는다."""
    path = Path(SITE, "matplotlib/fontlist.json")
    path.unlink(missing_ok=True)
    importlib.import_module("matplotlib.font_manager")
    return {"matplotlib/fontlist.json": path.read_bytes()}


def packages(lock, official):
    """휠을 고쳐 적고, 새 pyodide-lock.json에 적을 것을 돌려준다."""
    entries = [entry for entry in lock["files"] if "package" in entry]
    names = {entry["package"] for entry in entries}
    slim = {}
    for entry in entries:
        with zipfile.ZipFile(RAW / entry["name"]) as archive:
            slim[entry["package"]] = wheels.slimmed(archive, entry["package"], SITE)
        install(slim[entry["package"]])
    slim["matplotlib"] |= font_list()
    locked = {}
    for entry in entries:
        name = entry["package"]
        data = wheels.packed(slim[name])
        write(entry["name"], data)
        old = official["packages"][name]
        locked[name] = old | {
            "version": entry["version"],
            "file_name": entry["name"],
            "sha256": hashlib.sha256(data).hexdigest(),
            "depends": [other for other in old["depends"] if other in names],
        }
    return locked


def works(module):
    try:
        importlib.import_module(module)
    except BaseException:
        return False
    return True


def modules():
    """불러올 수 있는 것. 파이썬에서 떼어 놓은 것(ssl)과 브라우저에 없는 것(tkinter)은 뺀다."""
    found = {path.name.partition(".")[0] for path in Path(SITE).iterdir()}
    named = {name for name in found | {*sys.stdlib_module_names} if name.isidentifier()}
    quiet = {"antigravity", "this"}  # 부르면 글을 찍는다
    return sorted(name for name in named - NOT_WORKING if name in quiet or works(name))


def main(font):
    lock = json.loads(Path("/runtime/lock.json").read_text("utf-8"))
    official = json.loads((RAW / "pyodide-lock.json").read_text("utf-8"))
    for name in CORE:
        write(name, (RAW / name).read_bytes())
    with zipfile.ZipFile(RAW / "python_stdlib.zip") as archive:
        write("python_stdlib.zip", wheels.packed(wheels.slimmed(archive, "python", STDLIB)))
    official["packages"] = packages(lock, official)
    write("pyodide-lock.json", json.dumps(official, indent=1).encode())
    import subset

    write(f"fonts/{font}", subset.subset(f"/fonts/{font}"))
    write("fonts/OFL.txt", Path("/fonts/OFL.txt").read_bytes())
    write(
        "facts.json", json.dumps({"python": sys.version.split()[0], "modules": modules()}).encode()
    )
