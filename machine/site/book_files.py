"""찍은 책(PDF, EPUB)의 링크를 쪽에 넣는다: python -m machine link. make pdf와 epub의 끝에 한다.

사이트에는 지금의 쪽으로 찍은 책만 있고, 쪽에는 사이트에 있는 책의 링크만 있다. 쪽이 바뀌면 make
html이 사이트를 새로 지으면서 책과 링크가 함께 없어지고, 다시 찍으면 다시 생긴다.
"""

import re

from machine import files, state
from machine.page.launch_links import nav
from machine.page.published import PLACES, files_of
from machine.site import offline
from machine.site.button_words import FILES, found, shown

PLACE = re.compile(rf'<nav class="launch" aria-label="({"|".join(PLACES)})">.*?</nav>')
TOP = re.compile(r'<html\b[^>]* data-content_root="([^"]*)"')


def linked(root, name, html):
    """사이트 root에 있는 책들의 링크를 넣은 쪽."""

    def fill(place):
        top, page = TOP.search(html)[1].removeprefix("./"), name.removesuffix(".html")
        there = [
            (text, f"{top}{file}")
            for file, text in files_of(page, place[1]).items()
            if (root / file).is_file()
        ]
        return nav(place[1], there)

    return PLACE.sub(fill, html)


def link(root):
    paths = sorted(root.rglob("*.html"))
    old = {path.relative_to(root).as_posix(): path.read_bytes().decode() for path in paths}
    new = {name: linked(root, name, html) for name, html in old.items()}
    there = found(new.values())
    new = {name: shown(html, FILES, there) for name, html in new.items()}
    changed = [name for name in new if new[name] != old[name]]
    if changed and (root / offline.WORKER).is_file():
        offline.write_worker(root, new)  # 목록에 쪽의 지문이 있다
    for name in changed:
        files.write(root / name, new[name].encode())


def main():
    link(state.HTML)
    state.note_site()
    return 0
