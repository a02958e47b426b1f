"""책에 옮기지 않는 것과 자리를 옮기는 것. 표는 left_out.yml이고, whole.py가 같은 표로 견준다."""

import re
from itertools import pairwise
from pathlib import Path

import yaml
from bs4 import NavigableString

from machine.book.elements import element
from machine.settings.conventions import DRAWING, QUIZ

TEXT = Path(__file__).with_suffix(".yml").read_text("utf-8")
TABLE = yaml.safe_load(TEXT.replace("{drawing}", DRAWING).replace("{quiz}", QUIZ))
NOT_IN_PRINT = TABLE["not_in_books"] | TABLE["not_in_print"]
NOT_IN_EPUB = TABLE["not_in_books"] | TABLE["not_in_epub"]
MOVED = TABLE["moved"]
SCREEN = re.compile("|".join(TABLE["sentences_not_in_print"]))
SENTENCE_END = re.compile(r"[.?!][)\]’”\"']*\s+")
# 견주려고 적는 속성. data-added는 elements.added가 적는다
MARKS = {"data-left-out", "data-piece", "data-image", "data-added"}


def mark(art, doc, left_out, moved):
    """뺄 것에는 data-left-out, 옮길 것에는 data-piece를 적는다."""
    for x in art.select(", ".join(left_out)):
        x["data-left-out"] = ""
    for selector in moved:
        for n, x in enumerate(art.select(selector)):
            x["data-piece"] = f"{doc}::{selector} {n}"


def mark_sentences(art):
    """화면에서만 맞는 문장에 data-left-out을 적고 그 문장들을 돌려준다."""
    return [told(sentence) for p in art.select("p") for sentence in mark_in(p)]


def mark_in(p):
    """문단이나 항목이 그런 문장뿐이면 그것을 통째로 뺀다."""
    if p.find_parent(attrs={"data-left-out": True}) or not SCREEN.search(told(p)):
        return []
    sentences = sentences_of(p)
    out = [sentence for sentence in sentences if SCREEN.search(told(sentence))]
    if all(sentence in out or not told(sentence) for sentence in sentences):
        alone = p.parent.name == "li" and len(p.parent.find_all(True, recursive=False)) == 1
        (p.parent if alone else p)["data-left-out"] = ""
    else:
        for sentence in out:
            mark = element("span", {"data-left-out": ""})
            sentence[0].insert_before(mark)
            mark.extend(sentence)
    return out


def sentences_of(p):
    """문단을 문장마다 나눈 것: [[글이나 요소, …], …]"""
    ends = [found.end() for found in SENTENCE_END.finditer(p.get_text())]
    sentences, start = [[]], 0
    for child in list(p.children):
        length = len(child.get_text())
        cuts = [end - start for end in ends if start < end <= start + length]
        start += length
        parts = [child]
        if cuts and type(child) is NavigableString:
            parts = [NavigableString(child[i:j]) for i, j in pairwise([0, *cuts, length])]
            child.replace_with(*parts)
        sentences[-1].append(parts[0])
        sentences += [[part] for part in parts[1:]]
    return sentences


def told(sentence):
    """문장의 글. 굵은 글씨는 **로 적는다."""
    texts = [f"**{x.get_text()}**" if x.name == "strong" else x.get_text() for x in sentence]
    return "".join(texts).strip()


def leave_out(art):
    """뺄 것을 빼고, 그 속에 있던 이름표를 돌려준다."""
    out = art.select("[data-left-out]")
    for x in out:
        place = x.parent
        x.extract()
        if place.name in ("ul", "ol") and not place.find("li"):
            place.extract()
    return {inner["id"] for x in out for inner in [x, *x.find_all(True)] if inner.get("id")}
