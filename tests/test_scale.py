"""장이 많은 책의 시험: 번호와 폴더의 이름, 그리고 장을 옮겨 책을 늘리는 일(bench/scale.py)."""

import sys

import pytest

from machine.settings.conventions import chapter, is_section
from outputs import ROOT

sys.path.insert(0, str(ROOT / "bench"))
import scale  # noqa: E402

PAGES = [path.read_text("utf-8") for path in ROOT.glob(f"chapters/chap{scale.FIRST}/*.md")]


@pytest.mark.parametrize(
    ("page", "number"),
    [
        ("chapters/chap0/index", 0),
        ("chapters/chap10/10-3-late", 10),
        ("chapters/appendix-a/a-1-proof", "A"),
        ("chapters/appendix-B/index", "B"),
        ("chapters/appendix/proof", None),
        ("chapters/more/chap7/page", None),
        ("glossary", None),
    ],
)
def test_numbers_come_from_folders(page, number):
    assert chapter(page) == number
    assert is_section(page) == (number is not None and not page.endswith("index"))


def test_a_copied_chapter_has_only_its_own_names_and_numbers():
    names = set().union(*map(scale.labels, PAGES))
    renumber = scale.Renumbering(names, 12)
    assert len(names) > 80 and len(set(renumber.new.values()) - names) == len(names)
    for text in PAGES:
        copied = renumber(text)
        assert scale.labels(copied) == {renumber.new[name] for name in scale.labels(text)}
        assert not renumber.old.search(copied) and not scale.NUMBERS.search(copied)
