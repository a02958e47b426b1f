"""차례에 적은 쪽마다 장의 번호를 알 수 있는지 살핀다. 번호는 폴더의 이름에서 나온다.

그런 폴더의 밖에 둔 쪽에는 Sphinx가 차례의 순서대로 1, 1.1을 매긴다.
"""

import re
from typing import NamedTuple

from sphinx_external_toc.api import FileItem

from machine.settings.conventions import NUMBERING, chapter, setting, top

UNKNOWN = "폴더의 이름에서 장의 번호를 알 수 없습니다: {}"
RENAME = (
    "폴더의 이름을 {chapter}처럼 고치고 차례에도 그렇게 적으세요. "
    f"부록이면 {{appendix}}처럼 짓고, 번호 없는 쪽이면 머리글에 {NUMBERING}: false를 적으세요"
)
OUTSIDE = "장의 폴더 밖에 있어 번호를 매길 수 없습니다: {}"
MOVE = (
    "{chapter}/처럼 장의 폴더에 두세요. "
    f"번호 없는 쪽이면 머리글에 {NUMBERING}: false를 적거나 numbered가 없는 묶음으로 옮기세요"
)
ALIKE = "번호가 같은 폴더가 있습니다: {}, {}"
TWO_FIRST = "{}에 첫 쪽이 둘입니다: {}, {}"
WITHIN = "다른 장의 쪽 아래에 있습니다: {}"


class Entry(NamedTuple):
    """차례의 한 줄. numbered는 번호를 매기는 묶음에 있는가이다."""

    doc: str
    above: str = ""
    numbered: bool = False


def entries(toc, entry):
    """그 쪽과 그 아래의 쪽들을 차례대로."""
    yield entry
    for tree in toc[entry.doc].subtrees:
        numbered = entry.numbered or bool(tree.numbered)
        for child in tree.items:
            if isinstance(child, FileItem):
                yield from entries(toc, Entry(str(child), entry.doc, numbered))


def own_folder(doc):
    """장들을 담은 폴더에 있으면 그 쪽의 폴더: chapters/chap7/x이면 chapters/chap7. 아니면 빈 글."""
    parts, depth = doc.split("/"), 1 + setting("book_chapters").count("/")
    return "/".join(parts[:depth]) if parts[0] == top() and len(parts) > depth else ""


def names(folder=""):
    """고치는 법에 적을 폴더의 이름들. 이름에 수가 있으면 그 수의 장."""
    number = re.search(r"\d+", folder.rpartition("/")[2])
    return {
        "chapter": setting("book_chapters").format(int(number[0]) if number else 7),
        "appendix": f"{top()}/{setting('book_appendices').format('a')}",
    }


def check(toc, unnumbered):
    """(쪽, 무엇이 잘못되었는지, 고치는 법)들. unnumbered(쪽)은 번호를 매기지 않는 쪽인가이다."""
    free, said, first = set(), set(), {}
    for doc, above, numbered in entries(toc, Entry(str(toc.root.docname))):
        folder, own = own_folder(doc), chapter(doc)
        if unnumbered(doc) or above in free:
            free.add(doc)
        elif own is None and folder:
            if folder not in said:
                yield doc, UNKNOWN.format(folder), RENAME.format(**names(folder))
            said.add(folder)
        elif own is None and numbered:
            yield doc, OUTSIDE.format(doc), MOVE.format(**names())
        elif own is not None and chapter(above) is None:
            yield from alone(doc, folder, first.setdefault(own, doc))
        elif own != chapter(above):
            yield doc, WITHIN.format(doc), "들여쓰기를 윗줄과 견주어 보세요"


def alone(doc, folder, first):
    """장의 첫 쪽은 하나이다. 아니면 번호가 같은 쪽이 둘이 된다."""
    if own_folder(first) != folder:
        remedy = "한쪽 폴더의 이름을 다른 번호로 고치세요"
        yield doc, ALIKE.format(own_folder(first), folder), remedy
    elif first != doc:
        remedy = "절이면 첫 쪽의 sections: 아래로 들여 적으세요"
        yield doc, TWO_FIRST.format(folder, first, doc), remedy
