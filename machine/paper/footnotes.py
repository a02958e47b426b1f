"""쪽 끝의 각주를 부른 자리로 옮긴다. 식, 코드, 목록, 표가 든 각주도 그대로 옮긴다."""

import re

from machine.book.elements import BLOCKS, added, classes

BLANK = re.compile(r"^\s+$")


def call_notes(art):
    """처음 부른 곳에는 각주를 두고, 다시 부른 곳에는 그 번호만 적는다."""
    notes = {x["id"]: x for x in art.select("aside.footnote")}
    for a in art.select("a.footnote-reference"):
        name = a["href"].removeprefix("#")
        if name in notes:
            note = notes.pop(name).extract()
            note.name, note["class"] = "span", ["fn"]
            for gap in note.find_all(string=BLANK, recursive=False):
                gap.extract()  # WeasyPrint은 번호 뒤의 빈칸에서 줄을 바꾼다
            a.replace_with(note)
        else:
            a.replace_with(added("a", {"class": "fn-again", "href": f"#{name}"}))
    for x in art.select(".fn, .fn-again"):
        if {"fn", "fn-again"} & {*classes(x.previous_sibling)}:
            x["class"].append("fn-next")  # 낱말에[^1][^2]: 번호를 붙여 쓰면 12로 읽힌다
    for x in art.select("aside.footnote-list"):
        x.unwrap()  # 아무도 부르지 않은 각주는 whole.py가 알린다
    for x in art.select("aside.footnote"):
        x.extract()


def hide_blocks(art):
    """HTML의 p 안에는 p나 pre를 둘 수 없다. span으로 적어 두고 읽은 다음에 되돌린다."""
    for note in art.select(".fn"):
        # WeasyPrint은 각주의 상자 사이에 있는 빈칸에 한 줄을 준다
        for gap in note.find_all(string=BLANK):
            beside = {getattr(x, "name", None) for x in (gap.previous_sibling, gap.next_sibling)}
            if beside & {*BLOCKS} and not gap.find_parent("pre"):
                gap.extract()
        for x in note.find_all(BLOCKS):
            x["data-tag"], x.name = x.name, "span"


def restore_blocks(root):
    for x in root.iter("span"):
        x.tag = x.attrib.pop("data-tag", "span")
