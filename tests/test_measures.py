"""모든 쪽에서 브라우저로 재는 것: 무게, 접근성, 넘침, 화면 색. 재는 함수는 audit.py에 있다."""

import pytest

import audit
from book import HTML, PAGES, ROOT, of_chap6
from machine.maths import letters_in


@pytest.fixture(scope="module", params=PAGES)
def measured(site, request):
    return audit.measure(site.browser, site.server, request.param, site.dark)


def test_everything_comes_from_this_site(measured):
    assert measured.foreign == []


def test_console_is_quiet(measured):
    assert measured.errors == []


def test_page_is_light(measured, request):
    if not of_chap6([request.node.callspec.params["measured"]]):
        return  # 무게는 이 책의 약속이다
    assert measured.bytes <= 110_000
    assert measured.requests <= 9
    assert measured.figure <= 60_000


def test_nothing_moves_while_loading(measured):
    assert measured.shift <= 0.01, measured.shifts


@pytest.mark.parametrize("theme", ["밝게", "어둡게"])
def test_axe_finds_nothing(measured, theme):
    assert measured.axe[theme] == []


def test_nothing_overflows_or_is_cut_off(measured):
    assert {size: found for size, found in measured.overflow.items() if found} == {}


def test_no_line_begins_with_what_belongs_to_the_line_before(measured):
    """조사와 부호는 앞의 코드, 링크, 수식과 같은 줄에 있다."""
    assert measured.torn == {"1300": [], "375": []}


def test_formulas_have_their_letters(measured):
    """브라우저가 고른 글꼴에 그 글자가 있다. 본디 없는 글자는 다른 글꼴로 그린다."""
    lost = {}
    for name, text in measured.faces.items():
        font = f"katex/fonts/{name}.woff2"
        known = letters_in(ROOT / "machine/maths" / font)
        lost[name] = set(text) & known - letters_in(HTML / "_static" / font)
    assert {name: letters for name, letters in lost.items() if letters} == {}


def test_dark_is_the_same_by_button_and_by_system(measured):
    assert sorted({*measured.colours}) == []
