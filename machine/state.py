"""지난번에 다 만든 책과, 그 뒤에 바뀐 것. 아무것도 바뀌지 않았으면 여기서 그치므로 파이썬만 쓴다.

책은 지난번에 다 만든 것(LAST)의 사본(NEXT)에서 만들고, 다 만들어야 그것이 지난번이 된다. 만들지
못했거나 멈춘 것은 버리므로, 다시 만들면 같은 잘못을 다시 알리고, 고치면 고친 쪽만 다시 만든다.
"""

import json
import os
import re
import shutil
import sys
from hashlib import sha256
from pathlib import Path

from machine import dates, git
from machine import files as writes

ROOT = Path(__file__).resolve().parents[1]
HTML, LAST, NEXT = (ROOT / "_build" / name for name in ("html", ".last", ".next"))
# NEXT의 폴더: 고치기 앞의 쪽, 쪽의 나무, 셀의 출력(이름은 MyST-NB가 짓는다), 다 된 사이트
PAGES, DOCTREES, OUTPUTS, SITE = "pages", "doctrees", "jupyter_execute", "html"
RECORD, KEPT = "record", "kept.pickle"
RECORDED = {"files", "read", "surroundings", "commit", "pages", "made", "site", "lacks"}
NOT_THE_BOOK = {"_build", "tests", "bench"}  # 맨 위의 폴더
DATA = "data"  # 쪽의 코드가 읽는 파일을 두는, 원고 옆의 폴더
OF_TOOLS = re.compile(r"\.|__pycache__$|.*[~#]$")  # 숨은 것, 파이썬과 편집기가 남기는 것
# 바뀌었을 때 Sphinx가 무엇을 다시 읽을지 아는 것. 그 밖에는 어느 쪽이 쓰는지 알 때에만 이어 만든다.
SOURCES = (".md", ".ipynb", ".rst", ".bib", "_toc.yml")


def stamp(path):
    return [path.stat().st_mtime_ns, path.stat().st_size]


def files(root, left_out=()):
    """{폴더에 있는 파일: [고친 때, 크기]}. 제 위의 폴더나 없는 것을 가리키는 링크는 뺀다."""
    found, folders = {}, [("", {os.path.realpath(root)})] if root.is_dir() else []
    while folders:
        folder, above = folders.pop()
        for entry in os.scandir(root / folder):
            name = f"{folder}{entry.name}"
            if name in left_out or OF_TOOLS.match(entry.name) or not os.path.exists(entry.path):
                continue
            if entry.is_file():
                found[name] = stamp(entry)
            elif entry.is_dir() and (real := os.path.realpath(entry.path)) not in above:
                folders.append((f"{name}/", {*above, real}))
    return found


def packages():
    """{설치한 패키지와 판: 설치한 때}."""
    folders = [folder for folder in sys.path if folder.endswith("site-packages")]
    entries = [entry for folder in folders for entry in os.scandir(folder)]
    return {
        entry.name: entry.stat().st_mtime_ns
        for entry in entries
        if entry.name.endswith(".dist-info")
    }


def surroundings():
    """파일은 아니지만 쪽을 바꿀 수 있는 것. 저장소의 커밋은 now()에 따로 있다."""
    return {
        "folder": str(ROOT),
        "python": sys.version,
        "packages": packages(),
        "repository": os.environ.get("GITHUB_REPOSITORY", ""),
        "origin": git.origin(ROOT),
        "year": dates.date().year,
    }


def names_read(pages):
    return {name for names in pages.values() for name in names}


def files_read(pages):
    """쪽들이 읽는 파일. files가 세지 않는 것(숨은 폴더, 시험의 폴더, 책 밖)도 있다."""
    names = [
        name for name in names_read(pages) if not name.startswith("_build/")
    ]  # 셀이 그린 것은 뺀다
    return {name: stamp(ROOT / name) for name in names if (ROOT / name).is_file()}


def now():
    """커밋만 바뀌었으면 쪽은 그대로이고, 다 쓴 쪽에 넣는 날(page/history.py)만 바뀐다."""
    return {
        "files": files(ROOT, NOT_THE_BOOK),
        "read": files_read(last().get("pages", {})),
        "surroundings": surroundings(),
        "commit": git.head(ROOT),
    }


def last():
    """지난번의 now(), 쪽마다 읽은 파일 pages, 남겨 둔 파일 made, 사이트의 파일 site, 빠진 것 lacks.

    다 만든 것이 없거나, 옛 기계가 적은 것이거나, 손으로 고쳤거나 상했으면 빈 것.
    """
    try:
        seal, _, text = (LAST / RECORD).read_text("utf-8").partition("\n")
    except (OSError, ValueError):
        return {}
    record = json.loads(text) if seal == digest(text.encode()) else {}
    return record if record.keys() == RECORDED else {}


def digest(data):
    return sha256(data).hexdigest()


def write_record(folder, record):
    """첫 줄은 나머지의 지문이다."""
    text = json.dumps(record)
    writes.write(folder / RECORD, f"{digest(text.encode())}\n{text}".encode())


def is_made(current):
    """그대로이고, 빠지거나 없어진 것이 없는가. 찍은 책을 더해 두었을 수는 있다."""
    old = last()
    is_same = current.items() <= old.items()
    return is_same and not old["lacks"] and old["site"].items() <= files(HTML).items()


def changed(old, new):
    """바뀐 파일의 이름."""
    pairs = [(old[kind], new[kind]) for kind in ("files", "read")]
    return {name for a, b in pairs for name in a | b if a.get(name) != b.get(name)}


def beside(name):
    """data 폴더의 파일이면, 그것을 읽을 수 있는 쪽들의 폴더."""
    folders = name.split("/")[:-1]
    if folders[:1] == ["machine"]:
        return set()
    return {"/".join(folders[:n]) for n, folder in enumerate(folders) if folder == DATA}


def goes_on(old, current):
    """지난번의 것에 이어 만들 수 있는가."""
    if old.get("surroundings") != current["surroundings"] or old.get("made") != made(LAST):
        return False
    read = names_read(old["pages"])
    return all(
        name in read or name.endswith(SOURCES) or beside(name) for name in changed(old, current)
    )


def concerned(old, names):
    """그 파일들이 바뀌면 다시 읽을 쪽들. 아무도 읽지 않은 데이터는 그 옆의 쪽이 읽을 수 있다."""
    unread = names - names_read(old["pages"])
    folders = {folder for name in unread for folder in beside(name)}
    return [
        page
        for page, read in old["pages"].items()
        if names.intersection(read) or page.rpartition("/")[0] in folders
    ]


def made(folder):
    """남겨 둔 파일. 손으로 고쳤거나 상한 것에 이어 만들지 않게 견준다."""
    found = {name: files(folder / name) for name in (PAGES, DOCTREES, OUTPUTS)}
    return found | {KEPT: [digest(path.read_bytes()) for path in folder.glob(KEPT)]}


def begin(current):
    """만들 폴더를 마련한다. 이어 만들 수 있으면 지난번의 것을 옮기고, 바뀐 쪽의 것만 지운다."""
    shutil.rmtree(NEXT, ignore_errors=True)
    old = last()
    if not goes_on(old, current):
        NEXT.mkdir(parents=True)
        return
    shutil.copytree(LAST, NEXT)
    for page in concerned(old, changed(old, current)):  # 나무가 없으면 Sphinx가 다시 읽는다
        (NEXT / DOCTREES / f"{page}.doctree").unlink(missing_ok=True)
        (NEXT / OUTPUTS / f"{page}.glue.json").unlink(missing_ok=True)


def keep(current, pages, lacks):
    """다 만들었다. 멈추더라도 지난번의 것이나 새것 하나만 남는 차례로 옮긴다.

    lacks는 받지 못하여 빠진 것. 빠진 것이 있으면 바뀐 것이 없어도 다시 만들며 받아 본다.
    """
    record = current | {
        "pages": pages,
        "lacks": lacks,
        "read": files_read(pages),
        "made": made(NEXT),
        "site": files(NEXT / SITE),
    }
    write_record(NEXT, record)
    shutil.rmtree(HTML, ignore_errors=True)
    (NEXT / SITE).rename(HTML)
    shutil.rmtree(LAST, ignore_errors=True)
    NEXT.rename(LAST)


def note_site():
    """다 만든 사이트의 쪽을 더 고쳤다(찍은 책의 링크)."""
    if record := last():
        now = files(HTML)
        record["site"] = {name: now[name] for name in record["site"] if name in now}
        write_record(LAST, record)
