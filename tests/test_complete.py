"""빠진 것이 없는지의 시험.

종이책과 전자책에서 일부러 하나씩 빼 보고, 틀린 설정과, 아무 일도 하지 않는 설정과 클래스를 적어
본다.
"""

import re
import shutil
import subprocess

import pytest

from book import make, need_pango
from machine.book.whole import differences
from tiny import HEADER, add_samples, set_comments, set_slug, tiny_book

# 잇는 도중에 각주, 셀, 수식, 그림, 답을 하나씩 지우고 글을 하나 뒤바꾼다
SPOIL = """
import sys
import {module} as step
real = step.{name}
def spoil(*args, **kwargs):
    made = real(*args, **kwargs)
    art = args[0] if hasattr(args[0], "select") else made
    for selector in {selectors}:
        for x in art.select(selector)[:1]:
            x.extract()
    for x in art.select(".topic > p:not(.topic-title)"):
        x.parent.insert(0, x.extract())
    return made
step.{name} = spoil
from machine.{room}.make import main
sys.exit(main())
"""
ROOMS = {"pdf": "paper", "epub": "ebook"}
SELECTORS = {
    "pdf": [
        ".fn",
        '.cell:-soup-contains("문제 안의 셀")',
        "#chapters-chap6-6-3-samples--sec-samples .katex",
        ".cell_output figure img",
        ".choices ~ p",
        "td.text-right",
    ],
    "epub": [
        "aside.footnote",
        '.cell:-soup-contains("문제 안의 셀")',
        "#sec-samples .katex",
        ".cell_output figure img",
        "td.text-right",
    ],
}
NAMED = {
    "pdf": [
        "각주에서도식(6.2)를",
        'print("문제안의셀")',
        "⟦수식",
        "⟦그림 ../../_images/",
        "0.5",
        "주제의속",
    ],
    "epub": [
        "각주에서도식",
        'print("문제안의셀")',
        "⟦수식",
        "⟦그림 ../../_images/",
        "0.5",
        "주제의속",
    ],
}
# 나눈 쪽에서: 이은 책에는 있으나 상자가 되지 않은 것
HIDE = """
import sys
from machine.paper.join import Book
from machine.paper.make import main
real = Book.html
css = '''<style>.topic p, .fn pre, .fn main, figure.align-right img {display: none !important}
.line-block {display: flex; flex-direction: column-reverse}</style></head>'''
Book.html = lambda *args: real(*args).replace("</head>", css)
sys.exit(main())
"""
IDLE = {
    "html:\n": (
        "html:\n  comments: {hypothesis: true}\n  announcement: 알림\n",
        "html.comments: 이 책에서는 아무 일도",
        "html.announcement: 이 책",
    ),
    "execute:\n": (
        "execute:\n  cache: here\n",
        "execute.cache: 이 책에서는 아무 일도 하지 않습니다",
    ),
    "latex:\n": (
        "launch_buttons: {colab_url: https://c}\nhtlm: {a: 1}\nlatex:\n",
        "launch_buttons: 이 책에서는",
        "htlm: 모르는 이름입니다",
    ),
    "    language: ko\n": (
        "    language: ko\n    mathjax3_config: {tex: {macros: {RR: x}}}\n    html_titel: x\n"
        "    prf_realtyp_to_countertyp: {lemma: theorem}\n",
        "mathjax3_config: 이 책에서는",
        "prf_realtyp_to_countertyp: 이 책에서는",
        "모르는 이름입니다: html_titel",
    ),
    "    book_cell_marks: {": (
        '    book_cell_marks: {other: "", ',
        "book_cell_marks: other의 글이 없습니다",
    ),
    "only_build_toc_files: true": ("only_build_toc_files: false", "only_build_toc_files: False: "),
}
WRONG = ["book_repository: slug는 소유자/저장소 꼴이어야", "book_comments: repo_id가 없거나"]
CLASSES = (
    HEADER
    + """(sec-6-two)=
# 둘째 절

:::{note}
:class: margin my-own-class
글
:::

[차례]{.contents}

```{code-cell} ipython3
:tags: [full-width, my-own-tag, prnted, fold-narow]
from IPython.display import HTML
HTML('<p><button>누르기</button><video></video></p><img alt="점 하나">')
```

```{code-cell} ipython3
:tags: [fold-narrow, hide-input]
print(1)
```
"""
)
OUTPUT = {
    "pdf": "6-2-two: 책에 옮길 수 없는 요소입니다: <button> 외 2개.",
    "epub": "6-2-two: 책에 옮길 수 없는 요소입니다: <button> 외 2개.",
}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    need_pango()
    book = tiny_book(tmp_path_factory.mktemp("complete") / "book")
    add_samples(book)
    status, screen = make(book, "html")
    assert status == 0, screen
    return book


def run(book, script):
    return subprocess.run(
        [book / ".venv/bin/python", "-c", script],
        cwd=book,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"SOURCE_DATE_EPOCH": "1767225600", "PATH": "/usr/bin:/bin"},
    )


@pytest.mark.parametrize(
    "kind, module, name",
    [
        ("pdf", "machine.paper.listing", "part_spaces"),
        ("epub", "machine.book.left_out", "leave_out"),
    ],
)
def test_what_is_lost_on_the_way_is_named(book, kind, module, name):
    script = SPOIL.format(module=module, name=name, selectors=SELECTORS[kind], room=ROOMS[kind])
    done = run(book, script)
    assert done.returncode != 0, done.stdout
    lines = [
        line for line in done.stdout.splitlines() if re.search(r"6-3-samples(\.md:\d+)?: ", line)
    ]
    assert [lost for lost in NAMED[kind] if not any(lost in line for line in lines)] == [], (
        done.stdout
    )


def test_what_is_not_on_a_page_is_named(book):
    done = run(book, HIDE)
    assert done.returncode != 0, done.stdout
    said = [
        f"6-3-samples(\\.md:\\d+)?: {words}"
        for words in (
            "나눈 쪽에 빠진 글입니다: 주제의속",
            "나눈 쪽에 빠진 글입니다: print",
            r"쪽에 놓이지 않은 y = x\^2 \+ 1",
            "쪽에 놓이지 않은 점 하나",
        )
    ]
    assert [
        words
        for words in [*said, "나눈 쪽에서 차례가 바뀐 글입니다: 줄둘"]
        if not re.search(words, done.stdout)
    ] == [], done.stdout


def test_differences_are_found_one_by_one():
    text = "가나다라마바사아자차카타파하" * 3 + "0123456789ABCDEF"
    assert list(differences(text, text)) == []
    assert list(differences(text, text.replace("0123", ""))) == [("0123", "")]
    assert list(differences(text, text + "더")) == [("", "더")]
    assert list(differences(text + "끝", text)) == [("끝", "")]
    assert list(differences("앞" + text, text.replace("89A", ""))) == [("앞", ""), ("89A", "")]


def test_wrong_and_idle_settings_and_classes_stop_the_build(book):
    config, page = book / "_config.yml", book / "chapters/chap6/6-2-two.md"
    text = config.read_text("utf-8")
    for old, (new, *_) in IDLE.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    config.write_text(text, "utf-8")
    set_slug(book, 'slug: "a/b.git"')
    set_comments(book, {"repo_id": "wrong"})
    page.write_text(CLASSES, "utf-8")
    status, screen = make(book, "html")
    told = (
        (book / "_build/html.log").read_text("utf-8").split("\n\n")[0]
    )  # 화면에 다 들어가지 않는다
    said = [
        *(words for _, *all_words in IDLE.values() for words in all_words),
        "꼬리표입니다: margin",
        "꼬리표입니다: full-width",
        "클래스입니다: contents",
        "꼬리표입니다: prnted(printed?)",
        "꼬리표입니다: fold-narow(fold-narrow?)",
        "꼬리표 fold-narrow로 접을 코드가 없습니다",
        *WRONG,
    ]
    assert status != 0 and [words for words in said if words not in told] == [], told
    assert "my-own" not in told and told.count("html_titel") == 1, told
    assert (
        f"_config.yml:{text.splitlines().index('  cache: here') + 1}: _config.yml의 execute.cache"
        in told
    )
    shutil.rmtree(book / "_build/html")  # 다 만들지 못하여 버릴 것을 찍어 본다
    (book / "_build/.next/html").rename(book / "_build/html")
    for kind, words in OUTPUT.items():
        script = f"import sys; from machine.{ROOMS[kind]}.make import main; sys.exit(main())"
        done = run(book, script)
        assert done.returncode != 0 and words in done.stdout and "Traceback" not in done.stdout, (
            done.stdout
        )
