"""책에 옮기지 않는 것과 자리를 옮기는 것. 표는 left_out.yml이고, whole.py가 같은 표로 견준다."""

from pathlib import Path

import yaml

from machine.settings.conventions import DRAWING, QUIZ

TEXT = Path(__file__).with_suffix(".yml").read_text("utf-8")
TABLE = yaml.safe_load(TEXT.replace("{drawing}", DRAWING).replace("{quiz}", QUIZ))
NOT_IN_PRINT = TABLE["not_in_books"] | TABLE["not_in_print"]
NOT_IN_EPUB = TABLE["not_in_books"] | TABLE["not_in_epub"]
MOVED = TABLE["moved"]
# 견주려고 적는 속성. data-added는 elements.added가 적는다
MARKS = {"data-left-out", "data-piece", "data-image", "data-added"}


def mark(art, doc, left_out, moved):
    """뺄 것에는 data-left-out, 옮길 것에는 data-piece를 적는다."""
    for selector in left_out:
        for x in art.select(selector):
            x["data-left-out"] = ""
    for selector in moved:
        for n, x in enumerate(art.select(selector)):
            x["data-piece"] = f"{doc}::{selector} {n}"


def leave_out(art):
    """뺄 것을 빼고, 그 속에 있던 이름표를 돌려준다."""
    out = art.select("[data-left-out]")
    for x in out:
        x.extract()
    return {inner["id"] for x in out for inner in [x, *x.find_all(True)] if inner.get("id")}
