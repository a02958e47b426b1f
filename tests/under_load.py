"""바쁜 컴퓨터에서 책을 여러 번 만들어 모두 같은지 본다.

    make steady [BUILDS=10] [LOADS=4] [CACHED=1] [TARGETS=html]

만들 때마다 캐시를 비워 코드를 다시 실행하고, 실행한 노트북의 출력과 쪽과 PDF의 글을 견준다.
시간을 재는 셀(outputs.py의 TIMED)은 숫자를 가리고 견주며 그 그림은 견주지 않는다. 실행한 날도
가린다. CACHED=1이면 캐시를 비우지 않고, 만든 파일을 가리는 것 없이 견준다.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from bs4 import BeautifulSoup

import book as source_book
from book import ROOT, WITH_CELLS, copy_book, executed, make, pdf_texts
from outputs import TIMED, squeeze, text_output

BUSY = """import os
parent = os.getppid()
while os.getppid() == parent:  # 부모가 죽으면 끝난다
    for _ in range(10**6): pass
"""
DAY = re.compile(r"\d+년 \d+월 \d+일에")  # 절의 끝에 적는 실행한 날
ADDRESS = re.compile(r"0x[0-9A-Fa-f]+")


@contextmanager
def load(count):
    loops = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def is_timed(page, code):
    return any(page == timed and part in code for timed, part in TIMED)


def masked(text):
    return re.sub(r"\s*\d+", "#", text)


def notebook_outputs():
    """{(쪽, 셀, 출력, 종류): 글이나 그림}"""
    found = {}
    for page in WITH_CELLS:
        for n, cell in enumerate(executed(page).cells):
            timed = is_timed(page, cell.source)
            for m, out in enumerate(cell.get("outputs", [])):
                for kind, data in out.get("data", {out.get("name"): out.get("text")}).items():
                    text = ADDRESS.sub("0x…", str(data))
                    if not (timed and kind.startswith("image/")):
                        found[page, n, m, kind] = masked(text) if timed else text
    return found


def page_texts(html):
    found = {}
    for path in sorted(html.rglob("*.html")):
        page, soup = (
            path.relative_to(html).with_suffix("").as_posix(),
            BeautifulSoup(path.read_text("utf-8"), "html.parser"),
        )
        for cell in soup.select(".cell"):
            if is_timed(page, cell.get_text()):
                for pre in cell.select(".cell_output pre"):
                    pre.string = masked(pre.get_text())
        found[page] = ADDRESS.sub("0x…", DAY.sub("…", soup.get_text()))
    return found


def printed_texts(path):
    """쪽마다의 글. 시간을 잰 줄은 가린다."""
    timed = {
        squeeze(masked(line))
        for page, _ in TIMED
        for cell in executed(page).cells
        if is_timed(page, cell.source)
        for line in text_output(cell).splitlines()
    }
    found = {}
    for number, page in enumerate(pdf_texts(path), 1):
        lines = [squeeze(DAY.sub("…", line)) for line in page.splitlines()]
        found[f"PDF {number}쪽"] = "".join(
            masked(line) if masked(line) in timed else line for line in lines
        )
    return found


def results(folder, cached):
    build = folder / "_build"
    if cached:
        files = [*build.glob("html/**/*"), build / "book.pdf", build / "book.epub"]
        return {
            path.relative_to(build).as_posix(): path.read_bytes()
            for path in files
            if path.is_file()
        }
    pdf = build / "book.pdf"
    return (
        notebook_outputs()
        | page_texts(build / "html")
        | (printed_texts(pdf) if pdf.exists() else {})
    )


def build(folder, cached):
    shutil.rmtree(folder / "_build/.last", ignore_errors=True)  # 늘 처음부터 만든다
    if not cached:
        shutil.rmtree(folder / "_build/.jupyter_cache", ignore_errors=True)
    status, screen = make(folder, *os.environ["TARGETS"].split())
    if status:
        sys.exit(f"책을 만들지 못했습니다.\n{screen[-3000:]}")


def compare(number, first, again):
    """다른 것이 있는가. 처음 몇 개는 무엇이 다른지 보인다."""
    names = [name for name in first | again if first.get(name) != again.get(name)]
    print(f"{number}번째: 견준 것 {len(again)}, 다른 것 {len(names)} {names[:8]}", flush=True)
    for name in names[:2]:
        if not isinstance(first.get(name), bytes):
            print(f"--- {name}\n{first.get(name)}\n+++\n{again.get(name)}", flush=True)
    return bool(names)


def main(builds, loads, cached):
    with tempfile.TemporaryDirectory() as temp, load(loads):
        names = {path.name for path in ROOT.iterdir()} - {
            ".git",
            ".venv",
            "_build",
            "fonts",
            "tests",
        }
        folder = copy_book(Path(temp) / "book", names)
        source_book.ROOT = folder  # executed()가 이 사본의 캐시를 읽는다
        build(folder, False)
        first, different = results(folder, cached), 0
        for number in range(2, builds + 1):
            build(folder, cached)
            different += compare(number, first, results(folder, cached))
    sys.exit(f"{different}번 다르게 만들어졌습니다." if different else 0)


if __name__ == "__main__":
    main(int(os.environ["BUILDS"]), int(os.environ["LOADS"]), bool(os.environ["CACHED"]))
