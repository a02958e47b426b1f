"""잘못 하나만 심어도 알리고 멈추는지의 시험: 다른 시험이 한 책에 모아 심는 잘못을 하나씩 심는다.

빌드가 백 번이 넘으므로 한 주에 한 번 한다: make test T="-m alone"
"""

import shutil

import pytest

import test_build
import test_complete
import test_epub
import test_execution
import test_formulas
import test_markup
import test_messages
import test_print
from book import ROOT, listed, make, need_pango
from tiny import add_pictures, add_samples, tiny_book

pytestmark = pytest.mark.alone

IN_A_PAGE = [  # (원고의 글, 알리는 말)
    *test_markup.FAULTS.items(),
    *((text, said) for text, (_, said) in (test_messages.ONE | test_messages.TWO).items()),
    *((f"식 ${tex}$", said) for tex, said in test_formulas.BAD.items() if said),
    *((text, remedy) for text, _, remedy in test_execution.ALTERNATIVES),
]


@pytest.fixture
def book(tmp_path):
    book = tiny_book(tmp_path / "book")
    shutil.copy(ROOT / "tests/fig6-1.png", book / "dot.png")
    add_pictures(book)
    return book


def write(book, text):
    """첫 절에 글을 더한다."""
    page = book / "chapters/chap6/6-1-one.md"
    page.write_text(f"{page.read_text('utf-8')}\n{text}\n", "utf-8")


@pytest.mark.parametrize("text, said", IN_A_PAGE)
def test_fault_in_a_page(book, text, said):
    write(book, text)
    status, screen = make(book, "html")
    told = [line for line in listed(book) if "6-1-one.md" in line and said in line]
    assert status != 0 and told, screen


@pytest.mark.parametrize("text, said", test_build.NOT_IN_NOTEBOOKS.items())
def test_fault_in_a_notebook(book, text, said):
    write(book, text)
    status, screen = make(book, "notebooks")
    assert status != 0 and said in screen, screen


@pytest.mark.parametrize("header, code, said", test_messages.ALONE.values())
def test_fault_in_the_execution(book, header, code, said):
    name, _, words = said.partition(".md")
    page = f"{header}# 절\n\n글\n\n```{{code-cell}} ipython3\n{code}\n```\n"
    (book / f"chapters/chap6/{name}.md").write_text(page, "utf-8")
    toc = (book / "_toc.yml").read_text("utf-8")
    line = f"    - file: chapters/chap6/{name}\n"
    (book / "_toc.yml").write_text(
        toc.replace("- caption: 부록", line + "- caption: 부록"), "utf-8"
    )
    status, screen = make(book, "html")
    assert status != 0 and words in screen, screen


@pytest.mark.parametrize("old, new", test_complete.IDLE.items())
def test_idle_setting(book, old, new):
    config = book / "_config.yml"
    config.write_text(config.read_text("utf-8").replace(old, new[0]), "utf-8")
    status, screen = make(book, "html")
    assert status != 0 and [said for said in new[1:] if said not in screen] == [], screen


@pytest.mark.parametrize("fault, said", (test_print.FAULTS | test_print.LATE_FAULTS).items())
def test_fault_in_print(book, fault, said):
    need_pango()
    add_samples(book)
    assert make(book, "html")[0] == 0
    status, screen = test_print.spoil(book, fault)
    assert status != 0 and said in screen, screen


@pytest.mark.parametrize("fault, said", test_epub.FAULTS.items())
def test_fault_in_the_epub(book, fault, said):
    assert make(book, "html")[0] == 0
    status, screen = test_epub.spoil(book, fault)
    assert status != 0 and f"chapters/chap6/6-1-one: {said}" in screen, screen
