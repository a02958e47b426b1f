"""시험에 쓰는 작은 책: 기계는 그대로이고 쪽만 몇 개이다."""

import re
import shutil
import tempfile
import unicodedata
from pathlib import Path

import numpy as np
from PIL import Image

from book import ROOT, copy_book

ODD = "[2026] 수학's $책 100% #1 (가)+&:"  # 책의 폴더는 무엇이든 이름으로 가질 수 있다
HEADER = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {name: python3, display_name: Python 3, language: python}
---
"""
N = 1 + max(
    int(folder.name.removeprefix("chap")) for folder in ROOT.glob("chapters/chap*")
)  # 새 장: 지금은 7
PAGE = (
    HEADER
    + """(sec-N-one)=
# 첫째 절

{numref}`fig-N-1`, {numref}`tbl-N-1`, {numref}`ex-N-1`, 식 {eq}`eq-N-one`,
{numref}`sec-N-two`을 봅니다.

$$
y = x^2
$$ (eq-N-one)

```{code-cell} ipython3
---
mystnb:
  figure: {name: fig-N-1, caption: 곧은 선}
  image: {alt: 왼쪽 아래에서 오른쪽 위로 가는 곧은 선}
---
import matplotlib.pyplot as plt
plt.plot([0, 1])
plt.show()
```

:::{table} 값
:name: tbl-N-1

| x | y |
|---|---|
| 1 | 1 |
:::

:::{exercise}
:label: ex-N-1
$x=2$이면 $y$는 얼마입니까?
:::

:::{exercise}
:label: ex-N-2
$x=3$이면 $y$는 얼마입니까?
:::
"""
)
SECOND = (
    HEADER
    + """(sec-N-two)=
# 둘째 절

{numref}`sec-N-one`의 {numref}`fig-N-1`과 식 {eq}`eq-N-one`을 다시 봅니다.

```{code-cell} ipython3
print(6 * 7)
```
"""
)
NUMBERS = [f"그림 {N}-1", f"표 {N}-1", f"연습문제 {N}-1", f"식 ({N}.1)", f"{N}.2절"]
INDEX = (
    "(chap{n})=\n# 미분 다음\n\n```{tableofcontents}\n```\n\n## 이 장의 내용\n\n두 절이 있습니다.\n"
)


def add_chapter(book, number, toc):
    folder = book / f"chapters/chap{number}"
    folder.mkdir(parents=True)
    (folder / "index.md").write_text(INDEX.replace("{n}", str(number)), "utf-8")
    (folder / f"{number}-1-one.md").write_text(PAGE.replace("N-", f"{number}-"), "utf-8")
    (folder / f"{number}-2-two.md").write_text(SECOND.replace("N-", f"{number}-"), "utf-8")
    lines = (
        f"  - file: chapters/chap{number}/index\n    sections:\n"
        f"    - file: chapters/chap{number}/{number}-1-one\n"
        f"    - file: chapters/chap{number}/{number}-2-two\n"
    )
    (book / "_toc.yml").write_text(
        toc.replace("- caption: 부록", lines + "- caption: 부록"), "utf-8"
    )


def set_slug(book, line):
    """_config.yml에서 slug의 줄을 바꾼다."""
    config = book / "_config.yml"
    text, count = re.subn(r'slug: ".*?"', line, config.read_text("utf-8"))
    assert count == 1
    config.write_text(text, "utf-8")


# giscus.app이 알려 주는 꼴의 값
IDS = {"repo_id": "R_kgDOGiscus", "category": "댓글", "category_id": "DIC_kwDOGiscus4AAB"}


def set_comments(book, ids):
    """_config.yml에서 댓글의 설정을 바꾼다."""
    config = book / "_config.yml"
    text, count = re.subn(
        r"(book_comments:.*\n)(?: +\w+: \".*?\"\n)+",
        lambda match: match[1] + "".join(f"      {key}: {value}\n" for key, value in ids.items()),
        config.read_text("utf-8"),
    )
    assert count == 1
    config.write_text(text, "utf-8")


CACHE = tempfile.TemporaryDirectory()  # 시험하는 프로세스마다 하나. 나란히 쓰지 않는다


def share_caches(book):
    """같은 셀은 한 번만 실행하고, 같은 글꼴은 한 번만 자른다."""
    (book / "_build").mkdir()
    for name in (".jupyter_cache", ".katex_fonts"):
        shared = Path(CACHE.name, name)
        shared.mkdir(exist_ok=True)
        (book / "_build" / name).symlink_to(shared)


def tiny_book(folder):
    """기계는 그대로이고 쪽만 둘인 작은 책."""
    book = copy_book(folder)
    (book / "index.md").write_text("# 작은 책\n\n{numref}`sec-6-one`을 봅니다.\n", "utf-8")
    add_chapter(
        book,
        6,
        "format: jb-book\nroot: index\nparts:\n- caption: 본문\n  numbered: 2\n  chapters:\n"
        "- caption: 부록\n  chapters:\n  - file: references\n",
    )
    share_caches(book)
    (book / ".github").mkdir()  # 점으로 시작하는 폴더의 글은 책이 아니다
    (book / ".github/template.md").write_text("# 이슈\n", "utf-8")
    (book / "references.md").write_text(
        "(glossary)=\n# 용어\n\n:::{glossary}\n미분\n  기울기를 구하는 일.\n:::\n", "utf-8"
    )
    return book


WORDS_IN_SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 20" host="그린 프로그램">
<style>.big { font: bold 9px Arial }</style>
<text class="big" x="1" y="9">그림의 글</text><text x="1" y="19" vector-effect="none">words</text>
</svg>"""


def bomb(depth):
    """한 단계마다 열 번씩 부르는 그림."""
    groups = "".join(
        f'<g id="a{n}">{f"""<use href="#a{n - 1}"/>""" * 10}</g>' for n in range(1, depth)
    )
    defs = f'<defs><path id="a0" d="M0 0H1"/>{groups}</defs><use href="#a{depth - 1}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{defs}</svg>'


def add_pictures(book):
    """종류와 이름이 갖가지인 그림들. 풀어 쓴 한글(NFD)은 macOS에서 지은 이름이다."""
    dot = Image.open(ROOT / "tests/fig6-1.png").convert("RGB").resize((60, 40))
    folder = book / "pictures"
    folder.mkdir(exist_ok=True)
    for name in ("50% #1 (가).JPG", "빈 칸.webp", "a.PNG", "b.jpeg", "c.gif", "d.tiff", "e.bmp"):
        dot.save(folder / name)
    gray = np.asarray(dot.convert("L").resize((200, 3000)))
    Image.fromarray(gray.astype("uint16") * 257).save(folder / "tall.png")  # 한 점이 16비트
    dot.save(folder / unicodedata.normalize("NFD", "풀어쓴.png"))
    (folder / "글.svg").write_text(WORDS_IN_SVG, "utf-8")
    (folder / "script.svg").write_text(WORDS_IN_SVG.replace("</svg>", "<script/></svg>"), "utf-8")
    link = '<a href="java&#9;script:x()"/></svg>'
    (folder / "link.svg").write_text(WORDS_IN_SVG.replace("</svg>", link), "utf-8")
    (folder / "box.svg").write_text(WORDS_IN_SVG.replace("0 0 90 20", "0 0 90"), "utf-8")
    along = WORDS_IN_SVG.replace("그림의 글", '<textPath href="#길">굽은 글</textPath>')
    (folder / "along.svg").write_text(along, "utf-8")
    (folder / "bomb.svg").write_text(bomb(8), "utf-8")
    entity = '<!DOCTYPE svg [<!ENTITY a SYSTEM "a">]>' + WORDS_IN_SVG.replace("그림의 글", "&a;")
    (folder / "entity.svg").write_text(entity, "utf-8")
    (folder / "half.png").write_bytes((folder / "a.PNG").read_bytes()[:-40])
    for name in ("값 #1.csv", unicodedata.normalize("NFD", "풀어쓴.csv")):
        (folder / name).write_text("x,y\n1,2\n", "utf-8")


def add_samples(book):
    """tests/samples.md에는 책에 쓸 수 있는 요소가 한 번씩 있다."""
    shutil.copy(ROOT / "tests/fig6-1.png", book / "dot.png")
    add_pictures(book)
    shutil.copy(ROOT / "tests/samples.md", book / "chapters/chap6/6-3-samples.md")
    with (book / "references.md").open("a", encoding="utf-8") as file:
        file.write("\n```{bibliography}\n```\n")
    toc = (
        (book / "_toc.yml")
        .read_text("utf-8")
        .replace("chap6/6-2-two\n", "chap6/6-2-two\n    - file: chapters/chap6/6-3-samples\n")
    )
    (book / "_toc.yml").write_text(toc, "utf-8")
