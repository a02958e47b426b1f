"""w-live-runtime이 오기 앞에 쓰는 것. 손대지 않은 Pyodide의 폴더를 그대로 쓴다."""

import os
import sys
from gzip import compress
from pathlib import Path
from types import SimpleNamespace

PACKAGES = {"numpy": "2.0.2", "sympy": "1.14.0", "matplotlib": "3.8.4", "networkx": "3.4.2"}
COMPRESSED = {".js", ".json", ".mjs", ".wasm"}


def importable():
    return {*sys.stdlib_module_names, *PACKAGES, "mpl_toolkits", "mpmath"}


def ready():
    folder = Path(os.environ.get("PYODIDE", ""))
    if not (folder / "pyodide.mjs").is_file():
        return None
    files = {path.name: path for path in sorted(folder.iterdir()) if path.suffix != ".md"}
    sizes = {
        name: len(compress(path.read_bytes(), 1))
        if path.suffix in COMPRESSED
        else path.stat().st_size
        for name, path in files.items()
    }
    return SimpleNamespace(
        folder=folder, digest="standin", files=sizes, packages=PACKAGES, python="3.12.7"
    )
