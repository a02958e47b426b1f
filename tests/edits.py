"""원고를 고치는 열두 가지와, 이어 만든 사이트를 처음부터 만든 것과 견주는 함수."""

import re
import shutil
from filecmp import dircmp

from book import ROOT, make
from tiny import share_caches

PICTURE = "\n```{{figure}} /dot-{}.png\n:alt: 점 하나\n더한 그림 {}\n```\n"


def change(path, pattern, new, count=1):
    """pattern이 있는 곳을 바꾼다. 없으면 잘못 고른 쪽이다."""
    text, found = re.subn(pattern, new, path.read_text("utf-8"), count=count, flags=re.M)
    assert found, (path, pattern)
    path.write_text(text, "utf-8")


def add(page, text):
    page.write_text(f"{page.read_text('utf-8')}\n{text}\n", "utf-8")


def sentence(book, page, n):
    """그 아래의 모든 것의 줄이 밀린다."""
    change(page, r"^(# .*\n)", rf"\1\n더 적은 문장 {n}입니다.\n")


def title(book, page, n):
    change(page, "^# .*", f"# 바꾼 제목 {n}")


def number(book, page, n):
    change(page, r"^(# .*\n)", rf"\1\n$$\nx = {n}\n$$ (eq-new-{n})\n")


def caption(book, page, n):
    add(page, f":::{{table}} 더한 표 {n}\n:name: tbl-new-{n}\n\n| x |\n|---|\n| {n} |\n:::")
    change(page, r"더한 표 .*", f"바꾼 표 {n}")


def label(book, page, n):
    """쪽의 이름표와 그것을 부르는 곳을 모두 바꾼다."""
    old = re.search(r"^\((sec-[\w-]+)\)=", page.read_text("utf-8"), re.M)[1]
    for path in [*book.glob("*.md"), *book.glob("chapters/**/*.md")]:
        text, count = re.subn(rf"(?<![\w-]){old}(?![\w-])", f"sec-new-{n}", path.read_text("utf-8"))
        if count:
            path.write_text(text, "utf-8")


def term(book, page, n):
    glossary = next(path for path in book.glob("*.md") if "{glossary}" in path.read_text("utf-8"))
    change(glossary, r"^(:+\{glossary\}\n)", rf"\1더한 용어 {n}\n  더한 용어의 뜻.\n\n")
    add(page, f"{{term}}`더한 용어 {n}`을 봅니다.")


def citation(book, page, n):
    keys = re.findall(r"^@\w+\{(\w+)", (book / "references.bib").read_text("utf-8"), re.M)
    add(page, f"{{cite}}`{keys[n % len(keys)]}`을 봅니다.")


def index_word(book, page, n):
    add(page, f"```{{index}} single: 찾을 말 {n}\n```\n\n찾을 말 {n}입니다.")


def line_of(book, page):
    return f"    - file: {page.relative_to(book).with_suffix('').as_posix()}\n"


def page_added(book, page, n):
    new = page.with_name(f"new-{n}.md")
    new.write_text(f"(sec-added-{n})=\n# 더한 쪽 {n}\n\n더한 쪽의 글입니다.\n", "utf-8")
    line = line_of(book, page)
    change(book / "_toc.yml", f"^{line}", line + line_of(book, new))


def page_deleted(book, page, n):
    """앞서 더한 쪽을 없앤다. 없으면 더한다."""
    added = sorted(book.glob("chapters/**/new-*.md"))
    if not added:
        return page_added(book, page, n)
    change(book / "_toc.yml", f"^{line_of(book, added[0])}", "")
    return added[0].unlink()


def pages_swapped(book, page, n):
    """그 쪽과 다음 쪽의 차례를 바꾼다. 마지막 쪽이면 앞 쪽과 바꾼다."""
    line, other = line_of(book, page), r"(    - file: .*\n)"
    toc = (book / "_toc.yml").read_text("utf-8")
    after = re.search(f"^{line}{other}", toc, re.M)
    pattern, new = (f"^{line}{other}", rf"\1{line}") if after else (f"^{other}{line}", rf"{line}\1")
    change(book / "_toc.yml", pattern, new)


def add_picture(book, page, n):
    shutil.copy(ROOT / "tests/fig6-1.png", book / f"dot-{n}.png")
    add(page, PICTURE.format(n, n).strip())


def picture_dropped(book, page, n):
    """앞서 더한 그림을 쓰지 않는다. 없으면 더한다."""
    for path in sorted(book.glob("chapters/**/*.md")):
        text, count = re.subn(
            r"\n```\{figure\} /dot-\d+\.png\n(.*\n)*?```\n", "", path.read_text("utf-8"), count=1
        )
        if count:
            return path.write_text(text, "utf-8")
    return add_picture(book, page, n)


EDITS = (
    sentence,
    title,
    number,
    caption,
    label,
    term,
    citation,
    index_word,
    page_added,
    page_deleted,
    pages_swapped,
    picture_dropped,
)


def sections(book):
    """절의 원고. 더한 쪽과 장의 첫 쪽은 뺀다."""
    pages = sorted(book.glob("chapters/**/*.md"))
    return [page for page in pages if page.stem != "index" and not page.stem.startswith("new-")]


def counts(screen):
    """(읽은 쪽의 수, 쓴 쪽의 수)."""
    return tuple(map(int, re.search(r"읽은 쪽 (\d+)개, 쓴 쪽 (\d+)개", screen).groups()))


def built(book):
    """이어 만들고 (읽은 쪽의 수, 쓴 쪽의 수)를 돌려준다."""
    status, screen = make(book, "html")
    assert status == 0, screen
    return counts(screen)


def different(one, two):
    """두 폴더에서 서로 다른 파일."""
    compared = dircmp(one, two, ignore=[])
    found = compared.left_only + compared.right_only + compared.funny_files
    found += [name for name in compared.common_files if differs(one / name, two / name)]
    for name in compared.common_dirs:
        found += [f"{name}/{inner}" for inner in different(one / name, two / name)]
    return found


def differs(one, two):
    return one.read_bytes() != two.read_bytes()


def stale(book, folder):
    """같은 원고로 처음부터 만든 사이트와 다른 파일."""
    shutil.copytree(book, folder, symlinks=True, ignore=shutil.ignore_patterns("_build"))
    share_caches(folder)
    built(folder)
    return different(book / "_build/html", folder / "_build/html")
