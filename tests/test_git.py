"""깃에서 읽는 것의 시험: 단추가 가리킬 저장소(origin)와 절의 글이 바뀐 날.

작은 저장소를 지어 본다. 만든 책에 들어갔는지는 test_site.py가 본다.
"""

import os
import subprocess
from datetime import date
from types import SimpleNamespace

import pytest

from book import ROOT
from machine import git, state
from machine.page import history, launch_links
from machine.settings import repository

SECRET = "s3cret"
OURS = "Some-Owner/their.book"
ORIGINS = {
    f"https://github.com/{OURS}": OURS,
    f"https://github.com/{OURS}.git/": OURS,
    f"https://{SECRET}@GitHub.COM/{OURS}.git": OURS,
    f"https://me%40home:{SECRET}@www.github.com:443/{OURS}/": OURS,
    f"https://me@home.example:{SECRET}@github.com/{OURS}": OURS,
    f"http://github.com/{OURS}": OURS,
    f"git://github.com/{OURS}.git": OURS,
    f"git@github.com:{OURS}.git": OURS,
    f"org-12345@github.com:{OURS}": OURS,
    f"github.com:/{OURS}.git": OURS,
    f"ssh://git@github.com/{OURS}.git": OURS,
    f"ssh://git@github.com:22/{OURS}": OURS,
    f"ssh://git@ssh.github.com:443/{OURS}.git": OURS,
    f"gh:{OURS}": OURS,  # insteadOf로 줄여 적은 것
    "git@github.com:owner_shortcode/-._": "owner_shortcode/-._",
    "": "",
    "/srv/github.com/owner/book": "",
    "file:///srv/github.com/owner/book": "",
    "../owner/book": "",
    "https://gitlab.com/owner/book.git": "",
    "git@gitlab.com:owner/book.git": "",
    "https://gist.github.com/owner/0123456789abcdef": "",
    "https://github.com/owner": "",
    "https://github.com/owner/book/wiki": "",
    f"https://github.com/owner/book?token={SECRET}": "",
    "https://github.com@example.com/owner/book": "",
    "https://github.com.example.com/owner/book": "",
    "https://notgithub.com/owner/book": "",
    "https://example.com/github.com/owner/book": "",
    "git@github.com-work:owner/book.git": "",
}


MINE = """[user]
name = a
email = a@b
[init]
defaultBranch = main
[protocol "file"]
allow = always
[url "https://github.com/"]
insteadOf = gh:
"""
ODD = """[log]
showSignature = true
showRoot = false
date = iso
diffMerges = first-parent
[diff]
renames = false
relative = false
[format]
pretty = oneline
[color]
ui = always
"""


@pytest.fixture(scope="module", autouse=True)
def settings(tmp_path_factory):
    """깃의 설정. 시험하는 사람의 것과, 깃의 훅이 물려준 저장소에 매이지 않는다."""
    folder = tmp_path_factory.mktemp("git")
    (folder / "mine").write_text(MINE, "utf-8")
    (folder / "odd").write_text(MINE + ODD, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("GIT_")]:
            patch.delenv(name)
        patch.setenv("GIT_CONFIG_GLOBAL", str(folder / "mine"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        yield folder


def run(folder, *command, **env):
    done = subprocess.run(
        ["git", *command], cwd=folder, check=True, capture_output=True, env=os.environ | env
    )
    return done.stdout.decode().strip()


def start(folder, origin=""):
    folder.mkdir(parents=True, exist_ok=True)
    run(folder, "init", "-q")
    if origin:
        run(folder, "remote", "add", "origin", origin)
    return folder


# ---- origin


@pytest.mark.parametrize("address, slug", ORIGINS.items())
def test_buttons_take_the_repository_of_origin(tmp_path, address, slug):
    assert git.origin(start(tmp_path, address)) == slug


def test_origin_is_of_the_folder_itself(tmp_path, monkeypatch):
    """남의 저장소 속에 둔 책은 그 저장소의 것이 아니다. worktree와 서브모듈은 제 것이다."""
    book, outer = start(tmp_path / "book", f"gh:{OURS}"), start(tmp_path / "outer", "gh:a/b")
    run(book, "commit", "-q", "--allow-empty", "-m", "a")
    run(book, "worktree", "add", "-q", tmp_path / "beside")
    (tmp_path / "link").symlink_to(book)
    (outer / "copied").mkdir()
    run(outer, "submodule", "add", "-q", book, "inside")
    names = ("beside", "link", "outer", "outer/copied", "outer/inside")
    assert [git.origin(tmp_path / name) for name in names] == [OURS, OURS, "a/b", "", ""]
    run(outer / "inside", "remote", "set-url", "origin", "gh:a/inside")
    assert git.origin(outer / "inside") == "a/inside"
    monkeypatch.setenv("PATH", str(tmp_path))  # 깃이 없는 컴퓨터
    assert git.origin(book) == git.head(book) == ""


def app(config):
    env = SimpleNamespace(doc2path=lambda page, _: f"{page}.md")
    builder = SimpleNamespace(name="html")
    return SimpleNamespace(builder=builder, config=config, env=env, srcdir=ROOT)


def test_origin_gives_buttons_only(tmp_path, monkeypatch, capsys):
    """사이트의 주소, 대표 주소, 댓글, 커밋하는 노트북은 적어 둔 저장소에서만 나온다."""
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    address = f"https://a:{SECRET}@github.com/{OURS}"
    book = start(tmp_path, address)
    monkeypatch.setattr(repository, "origin", lambda: git.origin(book))
    monkeypatch.setattr(launch_links.manuscript, "has_cells", lambda env, page: False)
    config, context = SimpleNamespace(book_repository={"branch": "가지"}), {"title": "", "body": ""}
    launch_links.notice(app(config))
    launch_links.add_links(app(config), "one", "", context, "나무")
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and OURS in said and "가지" in said and "slug가 없어" in said
    assert f'"https://github.com/{OURS}/blob/%EA%B0%80%EC%A7%80/one.md"' in context["body"]
    assert f'"https://github.com/{OURS}/issues/new?' in context["body"]
    assert SECRET not in said + context["body"]
    for known in (repository.published(config), repository.repository(config)):
        assert (known.slug, known.home) == ("", "")
    config.book_repository["slug"] = "owner/book"
    assert repository.linked(config).slug == "owner/book"
    monkeypatch.setenv("GITHUB_REPOSITORY", "someone/else")
    assert repository.linked(config).slug == "someone/else"
    launch_links.notice(app(config))
    assert not capsys.readouterr().out


def test_another_origin_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(state, "ROOT", start(tmp_path))
    before = state.surroundings()
    run(tmp_path, "remote", "add", "origin", f"https://a:{SECRET}@github.com/a/b")
    after = state.surroundings()
    run(tmp_path, "remote", "set-url", "origin", "gh:a/c")
    assert before != after != state.surroundings() and SECRET not in str(after)


# ---- 글이 바뀐 날

PURE = ("가 나.md", '나 "가".md')  # 이름만 바꾼 쪽의 앞뒤 이름
DAYS = {PURE[1]: 1, "b.md": 2, "c2.md": 5, "d.md": 6, "e.md": 3, "f.md": 9, "g.md": 14}
NEVER = "never.md"


def commit(folder, day, *command, **texts):
    """그날의 커밋. texts는 {쪽: 글}이고 글이 없으면 지운다. 만든 커밋을 돌려준다."""
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text) if text else (folder / f"{name}.md").unlink()
    run(folder, "add", "-A")
    command = command or ("commit", "-q", "--allow-empty", "-m", str(day))
    run(folder, *command, GIT_COMMITTER_DATE=f"2026-01-{day:02} 23:30 +0900")
    return run(folder, "rev-parse", "HEAD")


def all_different(letter):
    return "".join(f"{letter}{n}\n" for n in range(9))


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    """쪽마다 다른 까닭으로 바뀐 저장소와, 건너뛰라고 적은 커밋들."""
    folder = start(tmp_path_factory.mktemp("past"))
    old = PURE[0].removesuffix(".md")
    commit(folder, 1, **{old: "A"}, **{name: all_different(name) for name in "bcdeg"})
    commit(folder, 2, b="B")
    alike = commit(folder, 3, **{old: "A\n"}, b="B\n")
    (folder / PURE[0]).rename(folder / PURE[1])
    commit(folder, 4)
    (folder / "c.md").rename(folder / "c2.md")
    commit(folder, 5, c2=all_different("c") + "C")
    run(folder, "branch", "side")
    commit(folder, 7, g=all_different("g") + "main")
    run(folder, "checkout", "-q", "side")
    commit(folder, 6, d="D")
    commit(folder, 8, g="side" + all_different("g"))
    run(folder, "checkout", "-q", "main")
    made = commit(folder, 9, f="F")
    commit(folder, 10, e="")
    commit(folder, 11, e="E")
    run(folder, "checkout", "-q", "-b", "slow")
    commit(folder, 3, e="시계가 느린 컴퓨터에서 고친 글")
    run(folder, "checkout", "-q", "main")
    commit(folder, 12)
    commit(folder, 13, "merge", "-q", "--no-edit", "slow")
    commit(folder, 14, "merge", "-q", "--no-edit", "side")
    listed = f"# 까닭\n\n{alike.upper()}  # 꼴\r\n{made}\n{'0' * 40}\n{alike[:7]}\n"
    (folder / history.SKIPPED).write_bytes(listed.encode())
    commit(folder, 15)
    (folder / "b.md").write_text("커밋하지 않은 글")
    (folder / NEVER).write_text("커밋하지 않은 쪽")
    return folder


def test_day_of_the_last_change_of_the_text(past, settings, monkeypatch, capsys):
    """꼴만 고친 커밋과 이름만 바꾼 커밋은 건너뛰고, 누구의 깃으로 읽어도 같다."""
    monkeypatch.setattr(history, "ROOT", past)
    warned = []
    monkeypatch.setattr(history.log, "warning", lambda said, *a, location: warned.append(location))
    expected = {name: date(2026, 1, day) for name, day in DAYS.items()}
    assert history.read([*DAYS, NEVER]) == expected
    lost, never = history.NOT_FOUND.format(history.SKIPPED, "0" * 40), history.NOT_COMMITTED
    assert capsys.readouterr().out == f"{lost}\n{never.format(NEVER)}\n"
    assert warned == [f"{history.SKIPPED}:6"]
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings / "odd"))
    assert history.read([*DAYS, NEVER]) == expected


def test_days_of_a_book_in_a_folder_of_a_repository(tmp_path):
    folder = start(tmp_path / "outer")
    (folder / "book").mkdir()
    commit(folder, 1, **{"book/a": "A", "a": "A"})
    commit(folder, 2, a="B")
    found = history.last_changes(["a.md"], history.commits(folder / "book"), set())
    assert found == {"a.md": date(2026, 1, 1)}


def test_days_are_left_out_when_the_past_is_not_there(past, tmp_path, monkeypatch, capsys):
    """받은 묶음, 아직 커밋이 없는 저장소, 얕은 복제."""
    bare, new, shallow = (tmp_path / name for name in ("bare", "new", "shallow"))
    bare.mkdir()
    start(new)
    run(tmp_path, "clone", "-q", "--depth", "1", past.as_uri(), shallow)
    for folder, said in ((bare, history.NO_GIT), (new, history.NO_GIT), (shallow, history.SHALLOW)):
        monkeypatch.setattr(history, "ROOT", folder)
        assert (history.read([*DAYS]), capsys.readouterr().out) == ({}, f"{said}\n")
        assert git.head(folder) == ""
    run(shallow, "fetch", "-q", "--unshallow")
    assert git.head(shallow) == git.head(past) and history.read([*DAYS]).keys() == DAYS.keys()


def test_line_stands_in_its_place(past, monkeypatch, capsys):
    monkeypatch.setattr(history, "ROOT", past)
    monkeypatch.setattr(history.log, "warning", lambda *said, **more: None)
    config = SimpleNamespace(book_repository={"slug": "owner/book", "branch": "가지"})
    pages = {f"{name}.html": f"글{history.PLACE}" for name in ("b", "never")} | {"x.html": "글"}
    history.finish(app(config), pages)
    assert pages == {
        "b.html": '글<p class="history">이 절의 글은 <time datetime="2026-01-02">2026년 1월 2일'
        "</time>에 마지막으로 바뀌었습니다. "
        '<a href="https://github.com/owner/book/commits/%EA%B0%80%EC%A7%80/b.md">바뀐 내용</a></p>',
        "never.html": "글",
        "x.html": "글",
    }
