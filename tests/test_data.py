"""원고 옆의 data 폴더의 시험: 어떻게 읽든 읽은 것을 알고, 그 밖의 파일은 읽지 못한다.

쪽에서 실행하는 것은 test_live_worker.py와 test_live_cells.py, 노트북은 test_unnumbered.py,
이어 만드는 것은 test_edits.py에서 본다.
"""

import os
import shutil
from hashlib import sha256
from types import SimpleNamespace

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

import machine.run.execute as runner
from book import ROOT
from machine import state
from machine.run import client, data, run_inside_build

KERNEL = {"name": "python3", "display_name": "Python 3"}
# 셀: (읽은 것, 나오는 글)
READS = {
    "open('data/글 하나.txt').read()": (["data/글 하나.txt"], "'가나다'"),
    "import csv\nwith open('data/sub/표.csv', newline='') as f: print([*csv.reader(f)])": (
        ["data/sub/표.csv"],
        "[['1', '2'], ['3', '4']]\n",
    ),
    "from pathlib import Path\n(Path.cwd() / 'data' / f'{1 + 1}.bin').read_bytes()": (
        ["data/2.bin"],
        "b'2'",
    ),
    "import numpy as np\nprint(np.loadtxt('data/3.txt'), np.genfromtxt('./data/4.txt'))": (
        ["data/3.txt", "data/4.txt"],
        "3.0 4.0\n",
    ),
    "print(np.load('data/어레이.npy')[0], np.fromfile('data/raw.dat', 'u1')[0])": (
        ["data/raw.dat", "data/어레이.npy"],
        "7 53\n",
    ),
    "import matplotlib.pyplot as plt\nprint(plt.imread('data/dot.PNG').ndim)": (
        ["data/dot.PNG"],
        "3\n",
    ),
    "import os\nos.read(os.open('data/fd', os.O_RDONLY), 9)": (["data/fd"], "b'f'"),
    # 파이썬이 열지 않는 것. 읽은 때를 적지 않는 디스크(noatime)에서는 모른다
    "import subprocess\nname = 'by' + '_cat'\n"
    "print(subprocess.run(['cat', f'data/{name}'], capture_output=True, text=True).stdout)": (
        ["data/by_cat"],
        "c\n",
    ),
    "os.path.getsize('data/size.txt')": (["data/size.txt"], "4"),
    # 늘어놓는 것, 없는 것, 스스로 쓴 것
    "import glob\nsorted(glob.glob('data/many/*'))": (
        ["data/many/"],
        "['data/many/a', 'data/many/b']",
    ),
    "try:\n    open('data/없는 것')\nexcept FileNotFoundError:\n    print('없음')": (
        ["data/없는 것"],
        "없음\n",
    ),
    "Path('out.txt').write_text('쓴 것')\nPath('data/many/new').write_text('1')\n"
    "print(Path('out.txt').read_text())": ([], "쓴 것\n"),
}
FILES = {
    "글 하나.txt": "가나다",
    "sub/표.csv": "1,2\n3,4\n",
    "2.bin": "2",
    "3.txt": "3",
    "4.txt": "4",
    "raw.dat": "5",
    "fd": "f",
    "by_cat": "c",
    "size.txt": "1234",
    "many/a": "",
    "many/b": "",
    "unread.csv": "0",
    ".DS_Store": "",
}


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    """데이터가 있는 장의 폴더."""
    folder = tmp_path_factory.mktemp("책") / "chapters/chap 7"
    for name, text in FILES.items():
        (folder / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "data" / name).write_text(text, "utf-8")
    np.save(folder / "data/어레이.npy", [7])
    shutil.copy(ROOT / "tests/fig6-1.png", folder / "data/dot.PNG")
    return folder


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """이 컴퓨터에만 있는 파일들."""
    path = tmp_path_factory.mktemp("outside") / "x.csv"
    path.write_text("1\n")
    os.utime(path, (0, 0))
    return path


def notes_reading(folder):
    """읽은 때를 적는 디스크인가."""
    path = folder / "probe"
    path.write_text("1")
    os.utime(path, ns=(0, path.stat().st_mtime_ns))
    return bool(path.read_text() and path.stat().st_atime_ns)


def text_of(cell):
    (output,) = cell.outputs
    return output.get("text") or output["data"]["text/plain"]


@pytest.fixture(scope="module")
def executed(chapter, outside):
    """셀을 모두 한 번 실행한다. 끝의 셀들은 책 밖의 파일과 책의 다른 파일을 읽는다."""
    root = chapter.parents[1]
    (root / "_build").mkdir()
    (chapter / "beside.csv").write_text("1\n")
    refused = [f"open({str(path)!r}).read()" for path in (outside, chapter / "beside.csv")]
    of_book = str(chapter / "beside.csv")
    refused += [f"open({of_book!r}, 'w')", f"os.remove({of_book!r})"]
    codes = [
        *READS,
        *(f"try:\n    {code}\nexcept Exception as e:\n    print(e)" for code in refused),
    ]
    notebook = new_notebook(
        cells=[new_code_cell(code) for code in codes], metadata={"kernelspec": dict(KERNEL)}
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in (*runner.ENVIRONMENT, "IPYTHONDIR"):
            patch.setenv(name, "")  # 시험이 끝나면 되돌린다
        patch.setattr("tempfile.tempdir", None)
        run_inside_build(root)
        result = runner.execute(notebook, str(chapter), runner.PATIENCE, allow_errors=False)
    assert result.err is None, result.exc_string
    return notebook


def test_pages_read_in_every_way(executed):
    assert [text_of(cell) for cell in executed.cells[: len(READS)]] == [
        text for _, text in READS.values()
    ]


def test_what_was_read_is_known(executed, tmp_path):
    found = data.unmark(executed.copy())
    unknown = set() if notes_reading(tmp_path) else {"data/by_cat"}
    assert {*found} | unknown == {name for names, _ in READS.values() for name in names}
    assert found["data/many/"] == ["a", "b"] and found["data/없는 것"] is None
    assert found["data/3.txt"] == sha256(b"3").hexdigest()


def test_other_files_are_not_there(executed):
    for cell in executed.cells[len(READS) :][:2]:
        assert "원고 옆의 data 폴더에 없는 파일" in text_of(cell)


def test_the_book_is_not_written(chapter, executed):
    for cell in executed.cells[len(READS) :][2:]:
        assert "책의 폴더에는 쓰지 못합니다" in text_of(cell)
    assert (chapter / "beside.csv").read_text() == "1\n"


def test_authors_files_are_as_before(chapter, executed):
    assert {*state.files(chapter / "data")} == {*FILES, "어레이.npy", "dot.PNG"} - {".DS_Store"}


@pytest.mark.parametrize(
    "name, folders",
    {
        "chapters/chap7/data/x.csv": {"chapters/chap7"},
        "data/sub/x.csv": {""},
        "chapters/appendix-a/data/data/x": {"chapters/appendix-a", "chapters/appendix-a/data"},
        "chapters/chap7/data.csv": set(),
        "machine/live/data/x": set(),
    }.items(),
)
def test_data_is_of_the_pages_beside_it(name, folders):
    assert state.beside(name) == folders


def test_names_in_the_code_count_as_read():
    notebook = SimpleNamespace(
        cells=[SimpleNamespace(cell_type="code", source="f('x.csv'); g('데이터/가.csv', \"b\")")]
    )
    every = ["data/x.csv", "data/ax.csv", "data/x.csv.gz", "data/나/가.csv", "data/c"]
    assert data.mentioned(notebook, every) == {"data/x.csv", "data/나/가.csv"}


@pytest.mark.parametrize("text", ["", "[", "null", "[3]"])
def test_damaged_notes_of_what_was_read_are_forgotten(tmp_path, text):
    (tmp_path / "notes.json").write_text(text)
    assert client.read(tmp_path / "notes.json") == []
