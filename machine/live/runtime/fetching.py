"""lock.json에 적힌 파일을 받는다. 크기와 sha256이 적힌 것과 다른 파일은 쓰지 않는다."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.request import urlopen

from machine.files import write
from machine.state import ROOT

LOCK = Path(__file__).with_name("lock.json")
TIMEOUT = 10  # 초. 연결되지 않는 곳에서 책을 만들 때 오래 기다리지 않는다


class Unavailable(Exception):
    """받을 수 없다. 글은 그 까닭이다."""


class Wrong(Exception):
    """받은 파일이 lock.json에 적힌 것이 아니다."""


@dataclass(frozen=True)
class File:
    """받을 파일 하나.

    Parameters
    ----------
    origin : str
        "pyodide"이면 source()에서 받는다. "pip"이면 그 폴더에 없을 때 pip으로 받는다.
    package, version : str
        패키지의 이름과 판. Pyodide 자신의 파일이면 빈 문자열.
    """

    name: str
    size: int
    sha256: str
    origin: str
    package: str = ""
    version: str = ""

    def check(self, data):
        if len(data) != self.size or sha256(data).hexdigest() != self.sha256:
            raise Wrong(
                f"{self.name}: 받은 파일이 {LOCK.relative_to(ROOT)}에 적힌 것과 다릅니다"
                f"(받은 것 {len(data):,}바이트, 적힌 것 {self.size:,}바이트, sha256이 다름). "
                "받을 곳(PYODIDE)을 살피세요."
            )
        return data


def lock():
    return json.loads(LOCK.read_text("utf-8"))


def files():
    return [File(**entry) for entry in lock()["files"]]


def source():
    """받을 곳: 주소나 폴더."""
    default = lock()["source"].format(version=lock()["version"])
    return os.environ.get("PYODIDE") or default


def from_folder(folder, file):
    path = ROOT / folder / file.name
    return path.read_bytes() if path.is_file() else None


def from_address(address, file):
    try:
        with urlopen(f"{address.rstrip('/')}/{file.name}", timeout=TIMEOUT) as response:
            return response.read()
    except (OSError, ValueError) as error:  # 연결되지 않거나, 없거나, 주소가 아니다
        raise Unavailable(f"{address}에서 {file.name} 파일을 받지 못했습니다({error})") from error


def from_pip(file):
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    with tempfile.TemporaryDirectory() as folder:
        options = ["--quiet", "--retries=0", f"--timeout={TIMEOUT}", f"--dest={folder}"]
        subprocess.run([*pip, *options, f"{file.package}=={file.version}"], capture_output=True)
        return from_folder(folder, file)


def received(file):
    """파일의 내용. Pyodide의 사이트에는 이름만 같은 휠이 있어, pip의 것은 거기서 받지 않는다."""
    where = source()
    is_address = "://" in where
    data = None if is_address else from_folder(where, file)
    if data is None and file.origin == "pip":
        data, where = from_pip(file), "pip"
    elif is_address:
        data = from_address(where, file)
    if data is None:
        raise Unavailable(f"{where}에서 {file.name} 파일을 받지 못했습니다")
    return data


def is_right(file, path):
    try:
        file.check(path.read_bytes())
    except (OSError, Wrong):
        return False
    return True


def fetch(folder):
    """lock.json의 파일이 모두 바르게 folder에 있게 한다."""
    for file in files():
        path = folder / file.name
        if not is_right(file, path):
            write(path, file.check(received(file)))
