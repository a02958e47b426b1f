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
FONT_LIST = Path(SITE, "matplotlib/fontlist.json")
# 불러올 수는 있지만 브라우저의 파이썬에서는 일하지 않는다
NOT_WORKING = {"socket", "threading"}


def write(name, data):
    path = MADE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def read(name, package):
    with zipfile.ZipFile(RAW / name) as archive:
        return wheels.kept(archive, package)


def install(files):
    """이 Pyodide에 푼다. 남긴 것만으로 일하는지도 이것으로 안다."""
    for name, data in files.items():
        path = Path(SITE, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    importlib.invalidate_caches()


def used_at_start():
    """처음에 불리는 .py 파일."""
    importlib.import_module("start")
    paths = {getattr(module, "__file__", None) or "" for module in sys.modules.values()}
    return {path for path in paths if path.endswith(".py")}


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


def pack(file, files, official):
    """묶어서 적고, 그 패키지가 pyodide-lock.json에 적힐 것을 돌려준다."""
    name = f"{file['package']}-{file['version']}.tar.bz2"
    data = wheels.packed(files)
    write(name, data)
    return official[file["package"]] | {
        "version": file["version"],
        "file_name": name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "depends": [],  # 모두 함께 받는다
    }


def main(font):
    lock = json.loads(Path("/runtime/lock.json").read_text("utf-8"))
    wanted = [file for file in lock["files"] if "package" in file]
    packages = {file["package"]: read(file["name"], file["package"]) for file in wanted}
    # 맷플롯립은 글꼴 목록이 없거나 판이 다르면 시작할 때마다 만든다. 휠에 든 것은 판이 다르다
    del packages["matplotlib"]["matplotlib/fontlist.json"]
    for files in packages.values():
        install(files)
    used = used_at_start()
    packages["matplotlib"]["matplotlib/fontlist.json"] = FONT_LIST.read_bytes()

    for name in CORE:
        write(name, (RAW / name).read_bytes())
    library = read("python_stdlib.zip", "python")
    write("python_stdlib.zip", wheels.zipped(wheels.with_compiled(library, STDLIB, used)))
    official = json.loads((RAW / "pyodide-lock.json").read_text("utf-8"))
    official["packages"] = {
        file["package"]: pack(
            file,
            wheels.with_compiled(packages[file["package"]], SITE, used),
            official["packages"],
        )
        for file in wanted
    }
    write("pyodide-lock.json", json.dumps(official, indent=1).encode())

    from subset import subset  # fontTools는 이제 있다

    write(f"fonts/{font}", subset(f"/fonts/{font}"))
    write("fonts/OFL.txt", Path("/fonts/OFL.txt").read_bytes())
    facts = {"python": sys.version.split()[0], "modules": modules()}
    write("facts.json", json.dumps(facts).encode())
