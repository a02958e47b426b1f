"""이어 만드는 일의 시험: 무엇을 고치든 처음부터 만든 것과 같고, 잘못은 고칠 때까지 잘못이다."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from socket import socket
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from websockets.sync.client import connect

from book import listed, make
from edits import (
    EDITS,
    add,
    add_picture,
    built,
    change,
    different,
    page_added,
    page_deleted,
    sections,
    sentence,
    stale,
)
from machine import state
from tiny import ODD, add_samples, tiny_book

READS = """```{code-cell} ipython3
from pathlib import Path
print(''.join(path.read_text() for path in sorted(Path('data').glob('*나.txt'))))
```"""
FAULTS = {  # 알리는 말: 그 말이 나오게 고치기(첫 절, 둘째 절)
    "nosuchrole": lambda one, two: add(one, "{nosuchrole}`x`"),
    "no-such-label": lambda one, two: add(one, "{numref}`no-such-label`"),
    "nosuchtex": lambda one, two: add(one, r"$\nosuchtex$"),
    "sec-6-one": lambda one, two: add(two, "(sec-6-one)=\n## 이름표가 겹치는 제목"),
    "sec-6-two": lambda one, two: change(two, r"^\(sec-6-two\)=", "(sec-6-other)="),
}


def make_first(folder, add_more):
    """한 번 다 만든 책."""
    book = tiny_book(folder)
    add_more(book)
    for n, page in enumerate(sections(book), 100):
        page_added(book, page, n)
    add_picture(book, sections(book)[0], 0)
    read, written = built(book)
    assert read == written
    return book


def put_back(book, kept):
    """고쳐 볼 책. 시험이 끝나면 되돌린다. 자리를 옮기면 처음부터 만들게 된다."""
    shutil.copytree(book, kept, symlinks=True)
    yield book
    shutil.rmtree(book)
    kept.rename(book)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return make_first(tmp_path_factory.mktemp("small") / ODD, add_more)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """책에 쓸 수 있는 요소가 한 번씩 있는 책."""
    return make_first(tmp_path_factory.mktemp("full") / "book", add_samples)


@pytest.fixture
def book(small, tmp_path):
    yield from put_back(small, tmp_path / "kept")


@pytest.fixture
def full_book(full, tmp_path):
    yield from put_back(full, tmp_path / "kept")


def add_more(book):
    """문헌의 목록과, 데이터를 읽는 절."""
    add(book / "references.md", "```{bibliography}\n```")
    (book / "chapters/chap6/data").mkdir()
    for name in ("가 나.txt", "unread.txt"):
        (book / "chapters/chap6/data" / name).write_text("1", "utf-8")
    add(sections(book)[1], READS)


def all_faults(book):
    one, two = sections(book)[:2]
    for fault in FAULTS.values():
        fault(one, two)


def told(book):
    """잘못마다 그것을 알린 줄이 있는가."""
    assert make(book, "html")[0] != 0
    return [name for name in FAULTS if any(name in line for line in listed(book))]


def interrupt(book):
    """다 읽고 쪽을 쓰기 시작한 빌드를 끝낸다."""
    command, quiet = ["make", "html"], subprocess.DEVNULL
    build = subprocess.Popen(command, cwd=book, stdout=quiet, stderr=quiet, start_new_session=True)
    last, now = (book / f"_build/{name}/doctrees/environment.pickle" for name in (".last", ".next"))
    while not now.exists() or now.stat().st_mtime_ns == last.stat().st_mtime_ns:
        assert build.poll() is None
        time.sleep(0.01)
    os.killpg(build.pid, signal.SIGKILL)
    build.wait()


def test_a_day_of_edits(book, tmp_path):
    """고치고, 틀리고, 멈추고, 한꺼번에 고쳐도 처음부터 만든 것과 같다."""
    one, two = sections(book)
    sources = {page: page.read_text("utf-8") for page in (one, two)}
    assert "바뀐 것이 없습니다" in make(book, "html")[1]
    before = shutil.copytree(book / "_build/html", tmp_path / "before")
    sentence(book, one, 1)
    assert built(book) == (1, 1)
    changed = different(before, book / "_build/html")
    in_pages = [name for name in changed if not name.startswith("_static/search/")]
    preview = "_static/previews/pages/chapters/chap6/6-1-one.js"  # 고친 것은 절의 첫 문단이다
    assert sorted(in_pages) == [preview, "chapters/chap6/6-1-one.html", "sw.js"]

    all_faults(book)
    assert told(book) == [*FAULTS]
    sentence(book, one.with_name("index.md"), 2)
    assert told(book) == [*FAULTS]
    for page, text in sources.items():
        page.write_text(text, "utf-8")
    assert built(book) == (3, 3)

    for n, edit in enumerate(EDITS, 3):
        edit(book, sections(book)[n % 2], n)
    interrupt(book)
    commit(book)
    read, written = built(book)
    assert read < written
    page = sections(book)[0].relative_to(book).with_suffix(".html")
    assert 'datetime="2026-03-02"' in (book / "_build/html" / page).read_text("utf-8")
    assert stale(book, tmp_path / "fresh") == []


def executions(book):
    """실행하여 캐시에 둔 것의 이름과 때."""
    found = (book / "_build/.jupyter_cache").glob("*/executed/*/base.ipynb")
    return {(path, path.stat().st_mtime_ns) for path in found}


def change_unread_data(book):
    (book / "chapters/chap6/data/unread.txt").write_text("9", "utf-8")


def replace_data(book):
    add_data(book)
    delete_data(book)


def test_data_executes_only_the_pages_that_read_it(book):
    shown = book / "_build/html/chapters/chap6/6-2-two.html"
    for alter, executed, text in (
        (change_unread_data, 0, "1"),
        (change_data, 1, "22"),
        (replace_data, 1, "3"),
    ):
        before = executions(book)
        alter(book)
        built(book)
        assert len(executions(book) - before) == executed
        assert f"<span></span>{text}\n" in shown.read_text("utf-8")


def fetched(url, wait=60):
    """그 주소의 글. 아직 답하지 않으면 기다린다."""
    for _ in range(wait * 10):
        try:
            with urlopen(url) as answer:
                return answer.read()
        except HTTPError as error:
            return error.code
        except URLError:
            time.sleep(0.1)
    raise TimeoutError(url)


def test_preview_shows_what_a_reader_gets(book):
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    page, url = "chapters/chap6/6-1-one.html", f"http://127.0.0.1:{port}"
    server = subprocess.Popen(["make", "serve", f"PORT={port}"], cwd=book, start_new_session=True)
    try:
        first = fetched(f"{url}/{page}")
        assert first == (book / "_build/html" / page).read_bytes()
        assert b"<iframe" in fetched(url) and fetched(f"{url}/sw.js") == 404
        with connect(f"ws://127.0.0.1:{port}/made") as made:
            sentence(book, sections(book)[0], 1)
            made.recv(timeout=60)
        again = fetched(f"{url}/{page}")
        assert again == (book / "_build/html" / page).read_bytes() != first
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def test_a_port_that_cannot_be_used_is_said_before_building(book):
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for wrong, said in ((port, "다른 프로그램이 쓰고"), ("팔천", "사이의 수"), ("1 2", "1 2")):
            status, screen = make(book, "serve", f"PORT={wrong}")
            assert status != 0 and said in screen and "바뀐 것이 없습니다" not in screen, screen


def test_two_makes_take_turns(book):
    """앞의 것이 죽으면 자물쇠가 풀린다."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    options |= {"cwd": book, "start_new_session": True}
    command = [sys.executable, "machine/alone.py", "sh", "-c", "echo 잠갔습니다; sleep 60"]
    first = subprocess.Popen(command, **options)
    assert first.stdout.readline() == "잠갔습니다\n"
    second = subprocess.Popen(["make", "--no-print-directory", "html"], **options)
    try:
        assert "다른 make가 이 책을 만들고 있어" in second.stdout.readline()
        assert second.poll() is None
        os.killpg(first.pid, signal.SIGKILL)
        assert "바뀐 것이 없습니다." in second.stdout.read() and second.wait() == 0
    finally:
        for process in (first, second):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def commit(book):
    """원고만 담은 커밋. 시험하는 사람의 깃의 설정과 훅에 매이지 않는다."""
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    environment |= {"GIT_COMMITTER_DATE": "2026-03-02 12:00 +0900", "GIT_CONFIG_GLOBAL": os.devnull}
    me = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "chapters"], [*me, "commit", "-q", "-m", "a"]):
        subprocess.run(["git", *command], cwd=book, env=environment, check=True)


# 바꾸는 것: 이어 만들 수 있는가
def rewrite(book):
    sentence(book, sections(book)[0], 1)


def delete(book):
    page_deleted(book, sections(book)[0], 1)


def make_older(book):
    os.utime(sections(book)[0], (0, 0))


def replace_picture(book):
    (book / "dot-0.png").write_bytes(b"")


def configure(book):
    add(book / "_config.yml", "# 더한 줄")


def change_machine(book):
    add(book / "machine/site/bundle.py", "# 더한 줄")


def change_font(book):
    fonts = (book / "fonts").resolve()
    (book / "fonts").unlink()
    shutil.copytree(fonts, book / "fonts")
    (book / "fonts/OFL.txt").touch()


def change_data(book):
    (book / "chapters/chap6/data/가 나.txt").write_text("22", "utf-8")


def delete_data(book):
    (book / "chapters/chap6/data/가 나.txt").unlink()


def add_data(book):
    (book / "chapters/chap6/data/또 나.txt").write_text("3", "utf-8")


def add_unknown_file(book):
    (book / "data.csv").write_text("1,2\n", "utf-8")


def change_nothing(book):
    pass


CHANGES = {
    rewrite: True,
    commit: True,
    delete: True,
    make_older: True,
    replace_picture: True,
    configure: False,
    change_machine: False,
    change_font: False,
    change_data: True,
    delete_data: True,
    add_data: True,
    add_unknown_file: False,
}


@pytest.fixture
def at(book, monkeypatch):
    """이 프로세스의 state가 작은 책을 보게 한다."""
    monkeypatch.setattr(state, "ROOT", book)
    monkeypatch.setattr(state, "HTML", book / "_build/html")
    monkeypatch.setattr(state, "LAST", book / "_build/.last")
    monkeypatch.setattr(state, "surroundings", lambda: state.last()["surroundings"])
    assert state.is_made(state.now())
    return book


@pytest.mark.parametrize("alter, goes_on", CHANGES.items())
def test_every_change_is_noticed(at, alter, goes_on):
    alter(at)
    assert not state.is_made(state.now())
    assert state.goes_on(state.last(), state.now()) is goes_on


def test_a_lost_or_edited_site_is_noticed(at):
    page = at / "_build/html/index.html"
    page.write_text(page.read_text("utf-8") + "\n", "utf-8")
    assert not state.is_made(state.now())
    state.note_site()  # make link가 고친 것이다
    assert state.is_made(state.now())
    page.unlink()
    assert not state.is_made(state.now())


@pytest.mark.parametrize("name", ["doctrees/index.doctree", "kept.pickle"])
def test_damaged_leftovers_are_not_used(at, name):
    (at / "_build/.last" / name).write_bytes(b"")
    assert state.is_made(state.now()) and not state.goes_on(state.last(), state.now())


def test_damage_that_leaves_time_and_size_is_noticed(at):
    path = at / "_build/.last/kept.pickle"
    before = path.stat()
    path.write_bytes(b"x" * before.st_size)
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))
    assert not state.goes_on(state.last(), state.now())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pages": 3}'])
def test_a_damaged_record_is_forgotten(at, text):
    path = at / "_build/.last/record"
    seal = path.read_text("utf-8").split("\n")[0]
    for data in (text, f"{seal}\n{text}"):
        path.write_text(data, "utf-8")
        assert state.last() == {}


def test_a_closed_screen_does_not_stop_a_build(book):
    """make html | head -1"""
    (book / "index.md").write_text("# 다시 쓴 책\n\n[](/chapters/chap6/index)\n", "utf-8")
    command = [book / ".venv/bin/python", "-m", "machine", "html"]
    run = subprocess.Popen(command, cwd=book, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    run.stdout.close()
    assert (run.stderr.read(), run.wait()) == (b"", 0)
    assert "다시 쓴 책" in (book / "_build/html/index.html").read_text("utf-8")


@pytest.mark.parametrize("name", ["html.log", ".lock"])
def test_a_folder_in_the_place_of_a_file_is_said(book, name):
    path = book / "_build" / name
    path.unlink()
    path.mkdir()
    (book / "index.md").touch()
    status, screen = make(book, "html")
    assert status and "Traceback" not in screen and name in screen


@pytest.mark.parametrize(
    "name, value", {"GITHUB_REPOSITORY": "a/b", "SOURCE_DATE_EPOCH": "0"}.items()
)
def test_what_is_not_a_file_is_noticed(monkeypatch, name, value):
    before = state.surroundings()
    monkeypatch.setenv(name, value)
    assert state.surroundings() != before


def test_a_package_is_noticed(monkeypatch, tmp_path):
    monkeypatch.setattr("sys.path", [str(tmp_path / "site-packages")])
    (tmp_path / "site-packages/one-1.0.dist-info").mkdir(parents=True)
    before = state.surroundings()
    (tmp_path / "site-packages/one-1.0.dist-info").rename(
        tmp_path / "site-packages/one-2.dist-info"
    )
    assert state.surroundings() != before


@pytest.mark.alone
@pytest.mark.parametrize("edit", EDITS)
def test_one_edit(full_book, tmp_path, edit):
    edit(full_book, sections(full_book)[0], 1)
    read, written = built(full_book)
    assert (read, written) == (1, 1) or written >= 8
    assert stale(full_book, tmp_path / "fresh") == []


@pytest.mark.alone
@pytest.mark.parametrize("seed", range(3))
def test_random_edits(full_book, tmp_path, seed):
    chosen = random.Random(seed)
    for n in range(1, 13):
        chosen.choice(EDITS)(full_book, chosen.choice(sections(full_book)), n)
        built(full_book)
        assert stale(full_book, tmp_path / f"fresh-{n}") == []


@pytest.mark.alone
@pytest.mark.parametrize("name", FAULTS)
def test_one_fault(full_book, name):
    one, two, samples = sections(full_book)
    sources = {page: page.read_text("utf-8") for page in (one, two)}
    FAULTS[name](one, two)
    for n in range(2):
        assert make(full_book, "html")[0] != 0 and any(name in line for line in listed(full_book))
        sentence(full_book, samples, n)
    for page, text in sources.items():
        page.write_text(text, "utf-8")
    read, written = built(full_book)
    assert read == written <= 3


@pytest.mark.alone
def test_notebooks_do_not_disturb(full_book, tmp_path):
    assert make(full_book, "notebooks")[0] == 0
    read, _ = built(full_book)  # 내려받는 단추가 생긴다
    assert read == 0
    assert make(full_book, "notebooks")[0] == 0
    assert "바뀐 것이 없습니다." in make(full_book, "html")[1]
    sentence(full_book, sections(full_book)[0], 1)
    assert make(full_book, "notebooks")[0] == 0
    assert built(full_book) == (1, 1)
    assert stale(full_book, tmp_path / "fresh") == []


EQUATION = "$$\nx = 1\n$$ (eq-moved)"


def root_title(book, one, two):
    change(book / "index.md", "^# .*", "# 바꾼 책의 제목")


def equation_added(book, one, two):
    add(two, EQUATION)


def equation_moved_to_an_earlier_page(book, one, two):
    change(two, re.escape(EQUATION), "")
    add(one, EQUATION)


def hidden_file_included(book, one, two):
    (book / ".snippets").mkdir()
    (book / ".snippets/one.txt").write_text("끼워 넣은 글입니다.\n", "utf-8")
    add(one, "```{include} ../../.snippets/one.txt\n```")


def hidden_file_changed(book, one, two):
    (book / ".snippets/one.txt").write_text("바꾼 글입니다.\n", "utf-8")


def site_damaged(book, one, two):
    (book / "_build/html/chapters/chap6/6-2-two.html").unlink()


@pytest.mark.alone
def test_what_other_edits_leave(book, tmp_path):
    """처음부터 만든 것과 달랐던 것들."""
    one, two = sections(book)[:2]
    for n, edit in enumerate(
        (
            root_title,
            equation_added,
            equation_moved_to_an_earlier_page,
            hidden_file_included,
            hidden_file_changed,
            site_damaged,
        )
    ):
        edit(book, one, two)
        built(book)
        assert stale(book, tmp_path / f"fresh-{n}") == [], edit.__name__
    assert "바뀐 것이 없습니다." in make(book, "html")[1]
