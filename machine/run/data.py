"""원고 옆의 data 폴더: 쪽이 실행되는 폴더에 옮겨 두고, 쪽이 그 가운데 무엇을 읽는지 안다.

읽은 것은 세 가지로 안다. 파이썬이 여는 것은 커널이 적고(kernel_reads.py), 다른 프로그램이나 C로
쓴 라이브러리가 읽은 것은 옮겨 둔 파일의 읽은 때가 바뀌며, 코드에 이름이 있는 것은 읽지 않아도
읽은 것으로 친다. 있는지만 보는 것은 앞의 둘에 남지 않는다. 쪽마다 읽을 것을 적어 두게 하는
패키지(DVC, Snakemake)는 저자가 빠뜨린 것을 모른다.
"""

import os
import re
import shutil
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import normalize

from machine import state
from machine.state import DATA

# 출력 없는 노트북에서 캐시의 열쇠가 되는 것은 셀의 코드와 이것뿐이다
PLACE, KEY = "kernelspec", "data"
KERNEL = {"name": "python3", "display_name": "Python 3"}


def composed(name):
    """맥은 한글 이름을 자모로 풀어 적기도 하고, 그렇게 적은 것도 같은 파일로 연다."""
    return normalize("NFC", name)


def given(folder):
    """{쪽에서 부르는 이름: 파일}."""
    names = sorted(state.files(folder / DATA))
    return {composed(f"{DATA}/{name}"): folder / DATA / name for name in names}


def digest(path):
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def children(folder, names):
    """그 폴더에 든 것의 이름들."""
    return sorted({name[len(folder) :].split("/")[0] for name in names if name.startswith(folder)})


def facts(names, every, digests):
    """{이름: 내용의 지문}. 폴더(/로 끝난다)이면 그 속의 이름들, 없는 파일이면 None."""
    return {
        name: children(name, every) if name.endswith("/") else digests.get(name)
        for name in sorted(names)
    }


def now(folder, names):
    """지금 그 이름의 파일들."""
    every = given(folder)
    read = {name: digest(path) for name, path in every.items() if name in names}
    return facts(names, every, read)


def mentioned(notebook, every):
    """코드에 적힌 이름들."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return {
        name
        for name in every
        if re.search(rf"(?<![\w.-]){re.escape(name.split('/')[-1])}(?![\w-])", code)
    }


def mark(notebook, found):
    """읽은 것을 캐시의 열쇠에 더한다."""
    if found:
        notebook.metadata.setdefault(PLACE, dict(KERNEL))[KEY] = found


def unmark(notebook):
    """더한 것을 떼어 준다."""
    found = notebook.metadata.get(PLACE, {}).pop(KEY, {})
    if found and notebook.metadata[PLACE] == KERNEL:
        del notebook.metadata[PLACE]
    return found


class Place:
    """쪽이 실행되는 폴더 folder와, 그리 옮겨 둔 파일들의 지문 digests."""

    def __init__(self, source, temp):
        self.folder, self.report = Path(temp, "page"), Path(temp, "read")
        self.folder.mkdir()
        self.digests = {name: self.copy(name, path) for name, path in given(source).items()}
        self.copies = [*self.folder.rglob("*")]
        for path in self.copies:
            os.utime(path, ns=(0, path.stat().st_mtime_ns))
        self.report.touch()

    def copy(self, name, path):
        """원고 옆의 것은 쪽이 고치지 못한다."""
        copied = self.folder / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copied)
        return digest(copied)

    def read(self):
        """쪽이 읽거나 늘어놓은 것의 이름들."""
        noted = self.report.read_bytes().decode("utf-8", "surrogateescape").split("\0")
        touched = [path for path in self.copies if path.exists() and path.stat().st_atime_ns]
        names = {path.relative_to(self.folder).as_posix() + "/" * path.is_dir() for path in touched}
        names |= {self.as_folder(name) for name in noted}
        return {composed(name) for name in names if name.startswith(f"{DATA}/")}

    def as_folder(self, name):
        return f"{name}/" if (self.folder / name).is_dir() else name

    def mark(self, notebook):
        """앞서 같은 코드가 읽은 것까지 더한다."""
        names = {*unmark(notebook), *self.read(), *mentioned(notebook, self.digests)}
        mark(notebook, facts(names, self.digests, self.digests))


@contextmanager
def laid_out(source):
    """쪽 하나를 실행할 임시 폴더."""
    with TemporaryDirectory() as temp:
        yield Place(Path(source), temp)


def read_by(env, docname):
    """쪽이 읽는 파일들: {쪽에서 부르는 이름: 파일}. 늘어놓은 폴더는 어디에서나 같아 보이게 한다."""
    found = env.metadata[docname].get("language_info", {}).get(KEY, {})
    folders = tuple(name for name in found if name.endswith("/"))
    every = given(Path(env.doc2path(docname)).parent)
    return {name: path for name, path in every.items() if name in found or name.startswith(folders)}
