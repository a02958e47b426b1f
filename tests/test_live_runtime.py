"""쪽에서 실행할 것을 받고 고치는 일의 시험. 받을 곳은 이미 받아 둔 폴더이다."""

import json
import re
import subprocess
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from fontTools.ttLib import TTFont

from book import make, need
from machine.live import runtime
from machine.live.runtime import fetching
from machine.live.runtime.fetching import Unavailable, Wrong
from tiny import tiny_book

SAID = "'여기서 실행' 단추를 넣지 않았습니다"
SMALL = "six-1.16.0-py2.py3-none-any.whl"


@pytest.fixture(scope="module")
def received():
    """lock.json의 파일이 모두 든 폴더."""
    folder = runtime.raw()
    need(folder.is_dir(), "쪽에서 실행할 것을 받지 않았습니다: make html로 받습니다")
    return folder


@pytest.fixture
def source(received, tmp_path, monkeypatch):
    """받을 곳. 파일을 바꾸거나 지울 수 있다."""
    folder = tmp_path / "source"
    folder.mkdir()
    for file in fetching.files():
        (folder / file.name).symlink_to(received / file.name)
    monkeypatch.setenv("PYODIDE", str(folder))
    return folder


def replace(path, data):
    path.unlink()
    path.write_bytes(data)


def same_size(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    return bytes(data)


@pytest.mark.parametrize("name", ["pyodide.asm.wasm", "python_stdlib.zip", SMALL])
@pytest.mark.parametrize(
    "damaged", [same_size, lambda path: path.read_bytes()[:-1], lambda path: b"<html>404</html>"]
)
def test_other_bytes_are_refused(source, tmp_path, name, damaged):
    replace(source / name, damaged(source / name))
    with pytest.raises(Wrong, match=f"{re.escape(name)}: .*다릅니다.*PYODIDE"):
        fetching.fetch(tmp_path / "raw")
    assert not (tmp_path / "raw" / name).exists()


def test_what_is_missing_is_named(source, tmp_path):
    (source / "python_stdlib.zip").unlink()
    with pytest.raises(Unavailable, match="python_stdlib.zip"):
        fetching.fetch(tmp_path / "raw")


def test_a_damaged_copy_is_received_again(source, received, tmp_path):
    fetching.fetch(tmp_path / "raw")
    (tmp_path / "raw" / SMALL).write_bytes(b"")
    fetching.fetch(tmp_path / "raw")
    for file in fetching.files():
        assert (tmp_path / "raw" / file.name).read_bytes() == (received / file.name).read_bytes()


@pytest.fixture
def address(source):
    """같은 것을 보내는 서버의 주소. audit.serve는 늘 압축하여 보낸다."""
    handler = partial(SimpleHTTPRequestHandler, directory=source)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_an_address_gives_the_same(address, source, monkeypatch):
    file = next(file for file in fetching.files() if file.name == "pyodide.mjs")
    monkeypatch.setenv("PYODIDE", address)
    assert file.check(fetching.received(file))
    (source / file.name).unlink()
    with pytest.raises(Unavailable, match="404"):
        fetching.received(file)
    monkeypatch.setenv("PYODIDE", "http://127.0.0.1:9/")  # 듣는 이가 없다
    with pytest.raises(Unavailable, match="pyodide.mjs 파일을 받지 못했습니다"):
        fetching.received(file)


@pytest.fixture(scope="module")
def prepared():
    made = runtime.ready()
    need(made, "쪽에서 실행할 것이 없습니다: make html로 만듭니다")
    return made


def test_what_is_prepared_is_what_its_list_says(prepared):
    lock = json.loads((prepared.folder / "pyodide-lock.json").read_text("utf-8"))
    for entry in lock["packages"].values():
        path = prepared.folder / entry["file_name"]
        assert runtime.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
    assert {*prepared.files} == {*runtime.files_in(prepared.folder)}
    assert prepared.transferred <= 20e6
    assert {"numpy", "sympy", "matplotlib", "networkx"} <= prepared.modules
    assert prepared.modules.isdisjoint({"torch", "ssl", "tkinter", "socket", "threading"})


def test_the_font_has_another_name_and_its_letters(prepared):
    """Nanum은 예약된 이름이다(fonts/OFL.txt)."""
    font = TTFont(prepared.folder / "fonts" / runtime.font().name)
    of_owner = (0, 8, 9, 11, 12)  # 저작권과 만든 사람
    names = [str(name) for name in font["name"].names if name.nameID not in of_owner]
    assert names and not any(re.search("nanum|나눔", name, re.I) for name in names)
    assert {*map(ord, "가힝뷁미분값αΣ∂×")} - font.getBestCmap().keys() == {ord("뷁")}


def without_runtime(folder):
    """lock.json이 달라 아직 고친 것이 없는 작은 책."""
    book = tiny_book(folder)
    lock = book / "machine/live/runtime/lock.json"
    lock.write_text(lock.read_text("utf-8") + "\n", "utf-8")
    return book


@pytest.mark.live
def test_what_could_not_be_received_is_tried_again(prepared, tmp_path):
    book = without_runtime(tmp_path / "book")
    nowhere = {"PYODIDE": str(tmp_path / "nowhere"), "CI": ""}
    status, screen = make(book, "html", **nowhere)
    assert status == 0 and SAID in screen and "nowhere" in screen
    assert not (book / "_build/html/_static/live").exists()
    received = place_of(book)
    received.symlink_to(prepared.folder.parent)
    try:
        status, screen = make(book, "html", **nowhere)
        assert status == 0 and "쓴 쪽 0개" in screen and SAID not in screen
        assert (book / "_build/html/_static/live").is_dir()
        assert "바뀐 것이 없습니다" in make(book, "html", **nowhere)[1]
    finally:
        received.unlink()


def place_of(book):
    """그 책이 고친 것을 둘 폴더."""
    code = "from machine.live import runtime; print(runtime.place())"
    run = subprocess.run(
        [book / ".venv/bin/python", "-c", code],
        cwd=book,
        text=True,
        capture_output=True,
        check=True,
    )
    return Path(run.stdout.strip())
