"""이 책을 여러 장짜리 책으로 늘린다: python bench/scale.py 폴더 장의_수

6장을 7장, 8장, …으로 옮겨 장이 많은 책에서 드는 시간과 크기를 잰다(measure.py). 이름표와 번호를
바꾸므로 그대로 만들어진다. 코드가 하는 일은 같으므로 다시 실행하지 않고 6장의 출력을 쓴다.
"""

import re
import shutil
import sys
from pathlib import Path

import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.read import read_myst_markdown_notebook

BOOK = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(BOOK), str(BOOK / "tests")]
from book import copy_whole_book  # noqa: E402
from machine.run import cache_folder  # noqa: E402

FIRST = 6  # 옮길 장
IN_PART = 5  # 차례에서 한 부에 두는 장의 수
CHAPTER_FOLDERS = ("chapters", "notebooks", "imgs")  # 장마다 폴더가 있는 곳
TEXTS = (".md", ".ipynb")
LABELS = re.compile(
    r"^\((\S+)\)=$"  # 절과 물음
    r"|^ *:?(?:name|label): (\S+)$"  # 그림, 표, 연습문제
    r"|^\$\$ \((\S+)\)$",  # 식
    re.M,
)
# 글과 파일의 이름에 적힌 장 번호: 6.1절, 식 (6.5), 그림 6-1, 6장, chap6, fig6-1, 6-1-sympy
NUMBERS = re.compile(
    rf"(?<![\d.]){FIRST}(?=\.\d+절)|(?<=식 \(){FIRST}(?=\.\d)|(?<=그림 ){FIRST}(?=-\d)"
    rf"|(?<![\d.]){FIRST}(?=장)|(?<=chap){FIRST}\b|(?<=fig){FIRST}(?=-\d)|\b{FIRST}(?=-\d-[a-z])"
)


def labels(text):
    """글에서 붙인 이름표들."""
    return {next(filter(None, match.groups())) for match in LABELS.finditer(text)}


def renamed(label, number):
    """fig-6-1은 fig-7-1, 번호가 없는 sec-sympy는 sec-sympy-7."""
    new, count = re.subn(rf"(?<=-|p){FIRST}(?=-|$)", str(number), label, count=1)
    return new if count else f"{label}-{number}"


class Renumbering:
    """6장의 글을 다른 장의 글로 바꾼다. names는 6장의 이름표들."""

    def __init__(self, names, number):
        self.number = str(number)
        self.new = {name: renamed(name, number) for name in names}
        longest_first = sorted(names, key=len, reverse=True)
        names = "|".join(map(re.escape, longest_first))
        self.old = re.compile(rf"(?<![\w/-])(?:{names})(?![\w/-])")

    def __call__(self, text):
        text = self.old.sub(lambda match: self.new[match[0]], text)
        return NUMBERS.sub(self.number, text)


def copy_chapter(book, renumber):
    """장의 폴더들을 새 번호로 옮긴다."""
    for top in CHAPTER_FOLDERS:
        old = book / top / f"chap{FIRST}"
        for path in filter(Path.is_file, old.rglob("*")):
            new = book / renumber(path.relative_to(book).as_posix())
            new.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix in TEXTS:
                new.write_text(renumber(path.read_text("utf-8")), "utf-8")
            else:
                shutil.copy2(path, new)


def copy_outputs(book, renumber):
    """6장의 셀을 실행한 출력을 새 장의 것으로도 캐시에 둔다. 캐시에 없는 쪽은 빌드가 실행한다."""
    cache = get_cache(cache_folder(book))
    for path in sorted(book.glob(f"chapters/chap{FIRST}/*.md")):
        text = path.read_text("utf-8")
        old, new = map(read_myst_markdown_notebook, (text, renumber(text)))
        try:
            record, executed = cache.merge_match_into_notebook(old)
        except KeyError:
            continue
        for cell, done in zip(new.cells, executed.cells):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = done.outputs, done.execution_count
        new.metadata = executed.metadata
        data = cache.get_cache_record(record).data
        uri = str(book / renumber(path.relative_to(book).as_posix()))
        cache.cache_notebook_bundle(CacheBundleIn(new, uri, data=data), overwrite=True)


def add_to_contents(book, renumberings):
    """차례에 장들을 더한다. 장이 많으면 부도 나눈다."""
    path = book / "_toc.yml"
    contents = yaml.safe_load(path.read_text("utf-8"))
    first_part, *others = contents["parts"]
    (chapter,) = first_part["chapters"]
    text = yaml.safe_dump(chapter, allow_unicode=True)
    chapters = [chapter, *(yaml.safe_load(renumber(text)) for renumber in renumberings)]
    parts = []
    for start in range(0, len(chapters), IN_PART):
        caption = first_part["caption"] + (f" {len(parts) + 1}" if parts else "")
        some = chapters[start : start + IN_PART]
        parts.append(first_part | {"caption": caption, "chapters": some})
    contents["parts"] = parts + others
    path.write_text(yaml.safe_dump(contents, allow_unicode=True, sort_keys=False), "utf-8")


def make_book(folder, chapters):
    """장이 chapters개인 책을 새 폴더에 만든다."""
    book = copy_whole_book(Path(folder).absolute())
    pages = (book / f"chapters/chap{FIRST}").glob("*.md")
    names = set().union(*(labels(page.read_text("utf-8")) for page in pages))
    renumberings = [Renumbering(names, FIRST + n) for n in range(1, chapters)]
    for renumber in renumberings:
        copy_chapter(book, renumber)
        copy_outputs(book, renumber)
    if renumberings:
        add_to_contents(book, renumberings)
    return book


if __name__ == "__main__":
    make_book(sys.argv[1], int(sys.argv[2]))
