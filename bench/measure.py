"""장이 늘 때 드는 것을 잰다: make bench-scale [ONLY="html pdf"] [CHAPTERS="1 3 10"]

scale.py로 장이 1개, 3개, 10개인 책을 _build/bench에 만들어 재고, 마크다운의 표 하나를 찍는다.
시간은 바쁜 컴퓨터에서도 견줄 수 있게 명령과 그 자식들이 쓴 CPU의 초이다. 밖에서 보이는 것(명령,
만든 파일, 브라우저가 받은 것)만 재므로 책을 만드는 방법이 바뀌어도 그대로 쓴다.
"""

import argparse
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from types import SimpleNamespace
from urllib.parse import urlsplit

import pypdfium2
import yaml
from scale import BOOK, FIRST, make_book  # tests/의 모듈은 scale이 찾게 한다

import audit
from machine.run import cache_folder

WORK = BOOK / "_build/bench"
LOG = WORK / "last.log"  # 마지막으로 실행한 명령이 화면에 낸 글
BY_CALLER = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "GITHUB_REPOSITORY")  # 이 책의 것만 보게 지운다
EDITS = 2  # 같은 것을 고치는 횟수. 가장 적게 든 것을 쓴다
PAGE = f"chapters/chap{FIRST}/{FIRST}-3-pytorch"
MOST_PRINTED = 3  # 이보다 장이 많은 책은 ONLY에 pdf를 적었을 때만 찍는다
STOCK_SETTINGS = ("language", "math_numfig", "numfig_secnum_depth", "numfig_format")
QUERY, HIT = "미분", "#search-list [role=option]"
SLOW = {"offline": False, "latency": 50, "downloadThroughput": 100_000, "uploadThroughput": 100_000}
CACHED = """async () => {
  const urls = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) urls.push(request.url);
  return urls;
}"""


def run(folder, *command):
    """명령이 다 쓴 CPU(초)와, 그 가운데 가장 큰 프로세스의 메모리(MB). 실패하면 모두 그만둔다."""
    environment = {name: text for name, text in os.environ.items() if name not in BY_CALLER}
    with LOG.open("w") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{folder}에서 {' '.join(command)}이 실패했습니다. 까닭은 {LOG}에 있습니다.")
    kilobyte = 1024 if sys.platform == "darwin" else 1  # macOS는 바이트로 센다
    cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / kilobyte / 1024
    return SimpleNamespace(cpu=cpu, memory=memory)


def add_to_line(path, start, text):
    """start로 시작하는 첫 줄의 끝에 글을 더한다."""
    lines = path.read_text("utf-8").split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith(start))
    lines[at] += text
    path.write_text("\n".join(lines), "utf-8")


def after_edits(folder, start, text, *command):
    """쪽의 한 줄에 글을 더하고 다시 만드는 데 든 CPU. 여러 번 하여 가장 적은 것."""
    costs = []
    for _ in range(EDITS):
        add_to_line(folder / f"{PAGE}.md", start, text)
        costs.append(run(folder, *command).cpu)
    return min(costs)


def empty_build(book):
    """만든 것을 지운다. 셀을 실행한 출력만 남긴다."""
    for path in (book / "_build").iterdir():
        if path.name == ".jupyter_cache":
            continue
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


# --- 재는 것. 저마다 {표의 줄: 값}을 돌려준다


def html(book):
    empty_build(book)
    html = ("make", "html")
    return {
        "html: 처음부터 (CPU 초)": run(book, *html).cpu,
        "html: 바뀐 것 없이": run(book, *html).cpu,
        "html: 한 문장": after_edits(book, "이 절에서는", " 새로 쓴 문장입니다.", *html),
        "html: 제목": after_edits(book, "# ", " 더", *html),
    }


def stock(book):
    """같은 원고를 Jupyter Book의 테마로, 기계 없이 만든다."""
    folder = WORK / "stock"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(book, folder, ignore=shutil.ignore_patterns("_build", "machine"), symlinks=True)
    config = yaml.safe_load((book / "_config.yml").read_text("utf-8"))
    settings = {name: config["sphinx"]["config"][name] for name in STOCK_SETTINGS}
    config["execute"] |= {"cache": str(cache_folder(book)), "stderr_output": "show"}
    config["sphinx"] = {"extra_extensions": ["sphinx_exercise"], "config": settings}
    (folder / "_config.yml").write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
    build = (str(BOOK / ".venv/bin/jupyter-book"), "build", "-q", ".")
    return {
        "jupyter-book build: 처음부터": run(folder, *build).cpu,
        "jupyter-book build: 한 문장": after_edits(
            folder, "이 절에서는", " 새로 쓴 문장입니다.", *build
        ),
    }


@contextmanager
def opened(book, **options):
    """책의 한 쪽을 처음 연 브라우저: (서버, 브라우저의 쪽)."""
    run(book, "make", "html")
    with audit.serve(book / "_build/html") as server, audit.chromium() as browser:
        page = audit.new_page(browser, server, **options)
        page.goto(f"{server.url}{PAGE}.html", wait_until="networkidle")
        yield server, page


def settle(page, count, seconds=8):
    """수가 더 늘지 않을 때까지 기다린다."""
    last = None
    while last != (last := count()):
        page.wait_for_timeout(1000 * seconds)


def search(book):
    """느린 연결에서 처음 찾을 때 받는 것(gzip)."""
    with opened(book) as (server, page):
        page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
        server.sent.clear()
        received = []
        page.on("requestfinished", lambda request: received.append(urlsplit(request.url).path))
        page.keyboard.press("/")
        page.fill("#search-input", QUERY)
        page.wait_for_selector(HIT, timeout=300_000)
        before_answer = set(received)
        settle(page, lambda: len(received))
        sizes = {server.path + sent.path: sent.bytes for sent in server.sent}
    return {
        "검색: 첫 답까지 (gzip kB)": sum(sizes[path] for path in before_answer) / 1000,
        "검색: 모두": sum(sizes.values()) / 1000,
    }


def offline(book):
    """한 쪽을 처음 연 브라우저에 저장된 것."""
    with opened(book, service_workers="allow") as (server, page):
        page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        settle(page, lambda: len(page.evaluate(CACHED)))
        cached = page.evaluate(CACHED)
    paths = {urlsplit(url).path.removeprefix(server.path) for url in cached}
    files = [server.folder / path for path in paths]
    raw = sum(file.stat().st_size for file in files)
    sent = sum(map(sent_bytes, files))
    return {
        "오프라인: 저장한 파일": len(files),
        "오프라인: MB": raw / 1e6,
        "오프라인: gzip MB": sent / 1e6,
    }


def sent_bytes(file):
    if file.suffix in audit.TEXT:
        return len(audit.packed(file, file.stat().st_mtime_ns))
    return file.stat().st_size


def epub(book):
    run(book, "make", "html")
    return {"epub (CPU 초)": run(book, "make", "epub").cpu}


def pdf(book):
    run(book, "make", "html")
    used = run(book, "make", "pdf")
    pages = len(pypdfium2.PdfDocument(book / "_build/book.pdf"))
    rows = {
        "pdf: 쪽": pages,
        "pdf: CPU 초": used.cpu,
        "pdf: 쪽마다 CPU 초": used.cpu / pages,
        "pdf: 메모리 MB": used.memory,
    }
    if "$(CHAPTER)" in (book / "Makefile").read_text("utf-8"):
        alone = run(book, "make", "pdf", f"CHAPTER=chap{FIRST}")
        rows |= {"pdf: 한 장만, CPU 초": alone.cpu, "pdf: 한 장만, 메모리 MB": alone.memory}
    return rows


def notebooks(book):
    run(book, "make", "html")
    return {"노트북 (CPU 초)": run(book, "make", "notebooks").cpu}


PARTS = {part.__name__: part for part in (html, stock, search, offline, epub, pdf, notebooks)}


# --- 표


def shown(value):
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.2f}"


def table(columns):
    """{장의 수: {줄: 값}}을 표로. 마지막 칸은 장 하나가 더하는 것."""
    counts = sorted(columns)
    rows = list(dict.fromkeys(row for column in columns.values() for row in column))
    yield "| | " + " | ".join(f"{count}장" for count in counts) + " | 장마다 |"
    yield "|---|" + "---:|" * (len(counts) + 1)
    for row in rows:
        known = [(count, columns[count][row]) for count in counts if row in columns[count]]
        (few, least), (many, most) = known[0], known[-1]
        slope = (most - least) / (many - few) if many > few else None
        values = [columns[count].get(row) for count in counts]
        yield f"| {row} | " + " | ".join(map(shown, [*values, slope])) + " |"


def measured(chapters, only):
    """장이 chapters개인 책에서 잰 것들."""
    book = WORK / str(chapters)
    shutil.rmtree(book, ignore_errors=True)
    make_book(book, chapters)
    rows = {}
    for name in only or PARTS:
        if name == "pdf" and chapters > MOST_PRINTED and not only:
            continue
        found = PARTS[name](book)
        print(f"{chapters}장 {name}: {found}", file=sys.stderr, flush=True)
        rows |= found
    return rows


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--only", nargs="+", choices=PARTS)
    options.add_argument("--chapters", nargs="+", type=int, default=[1, 3, 10])
    chosen = options.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    columns = {count: measured(count, chosen.only) for count in sorted(chosen.chapters)}
    print("\n".join(table(columns)))


if __name__ == "__main__":
    main()
