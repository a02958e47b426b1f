"""절의 끝에 글이 마지막으로 바뀐 날과, 저장소에서 그 절을 바꾼 커밋들의 링크를 적는다.

커밋한 것만 보므로 같은 커밋에서는 언제 만들어도 같다. 날은 쪽의 자리(PLACE)에 나중에 넣는다. 커밋만
바뀌었을 때 쪽을 다시 쓰지 않는다. 건너뛸 커밋은 git blame과 GitHub도 읽는 목록(SKIPPED)에 적는다.
sphinx-last-updated-by-git은 다시 읽은 쪽의 날만 고치고, 이름을 바꾼 파일과 그 목록을 모른다.
"""

import re
from datetime import date
from html import escape

from sphinx.util import logging

from machine import dates, git
from machine.page.launch_links import at_end
from machine.settings import ROOT
from machine.settings.conventions import is_section
from machine.settings.repository import linked

log = logging.getLogger(__name__)
SKIPPED = ".git-blame-ignore-revs"
PLACE = '<p class="history"></p>'
CHANGED = "이 절의 글은 {}에 마지막으로 바뀌었습니다."
LINK = ' <a href="{}">바뀐 내용</a>'
NO_GIT = "알림: 깃의 커밋이 없어 절의 글이 바뀐 날을 적지 않았습니다."
SHALLOW = (
    "알림: 앞의 커밋을 받지 않은 저장소(shallow)여서 절의 글이 바뀐 날을 적지 않았습니다. "
    "적으려면 git fetch --unshallow를 실행하세요."
)
NOT_COMMITTED = "알림: 커밋한 적이 없어 글이 바뀐 날을 적지 않은 절: {}"
NOT_A_COMMIT = "커밋의 해시를 줄이지 않고 적습니다: %s. 고쳐서 커밋하세요"
NOT_FOUND = "알림: {}에 적은 커밋이 이 저장소에 없습니다: {}. 해시를 고치거나 그 줄을 지우세요."
# 사람마다 다른 깃의 설정에 따르지 않는다. -c: 합친 커밋에서는 그 커밋에서 새로 고친 것만
LOG = ["log", "-z", "--date-order", "--root", "-c", "--name-status", "-M100%", "--relative"]
LOG += ["--no-show-signature", "--date=short", "--format=%x01%H %cd"]


def commits(folder):
    """마지막 커밋부터 (해시, 날, [(한 일, 앞의 이름, 이름)])."""
    for text in git.ask(folder, *LOG).split("\x01")[1:]:
        head, _, rest = text.partition("\0")
        fields = rest.lstrip("\0\n").split("\0")
        yield *head.split(), [*files(filter(None, fields))]


def files(fields):
    """이름만 바꾼 것(R100)에는 앞의 이름도 있다."""
    for done in fields:
        name = next(fields)
        yield (done, name, next(fields)) if done == "R100" else (done, name, name)


def skipped(folder):
    """(건너뛸 커밋들, 해시가 아닌 {줄의 번호: 글}). 커밋한 목록을 읽는다."""
    lines = git.ask(folder, "show", f"HEAD:{SKIPPED}").splitlines()
    written = {n: line.partition("#")[0].strip() for n, line in enumerate(lines, 1)}
    is_hash = re.compile("[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|").fullmatch
    hashes = {text.lower() for text in written.values() if text}
    return hashes, {n: text for n, text in written.items() if not is_hash(text)}


def last_changes(names, commits, skipped):
    """{원고: 글이 마지막으로 바뀐 날}. 커밋한 적이 없는 원고는 없다."""
    now, days = {name: name for name in names}, {}  # {그때의 이름: 지금의 이름}
    for commit, day, rows in commits:
        older = {}
        for done, old, name in rows:
            if name not in now:
                continue
            if done == "R100":
                older[old] = now.pop(name)
            elif done == "A" or commit not in skipped:
                days[now.pop(name)] = date.fromisoformat(day)
        now |= older
    return days


def read(names):
    """원고들의 last_changes. 알 수 없거나 빠진 것은 알린다."""
    if not git.head(ROOT):
        is_shallow = git.ask(ROOT, "rev-parse", "--is-shallow-repository") == "true"
        print(SHALLOW if is_shallow else NO_GIT)
        return {}
    hashes, wrong = skipped(ROOT)
    for line, text in wrong.items():
        log.warning(NOT_A_COMMIT, text, location=f"{SKIPPED}:{line}")
    past = [*commits(ROOT)]
    if lost := hashes - {commit for commit, *_ in past} - {*wrong.values()}:
        print(NOT_FOUND.format(SKIPPED, ", ".join(sorted(lost))))
    days = last_changes(names, past, hashes)
    if lacking := sorted({*names} - days.keys()):
        print(NOT_COMMITTED.format(", ".join(lacking)))
    return days


def line(day, url):
    when = f'<time datetime="{day}">{dates.korean(day)}</time>'
    return PLACE.replace("><", f">{CHANGED.format(when)}{url and LINK.format(escape(url))}<")


def add_place(app, page, template, context, doctree):
    if app.builder.name == "html" and doctree is not None and is_section(page):
        context["body"] = at_end(context["body"], PLACE)


def finish(app, pages):
    sources = {
        page: app.env.doc2path(page.removesuffix(".html"), False)
        for page, html in pages.items()
        if PLACE in html
    }
    days, repo = read(sources.values()) if sources else {}, linked(app.config)
    for page, source in sources.items():
        url = repo.slug and repo.changes(source)
        text = line(days[source], url) if source in days else ""
        pages[page] = pages[page].replace(PLACE, text)


def setup(app):
    app.connect("html-page-context", add_place)
