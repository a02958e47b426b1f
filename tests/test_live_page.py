"""쪽에서 셀을 실행하고 고치는 것: 파이썬은 한 번만 켜고 시험들이 함께 쓴다."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

import audit
from book import HTML, need

SECTION = "chapters/chap6/6-2-numerical.html"
DEFINES, PRINTS, PRINTS_NEXT, DRAWS = 1, 2, 4, 6  # 그 쪽의 셀들
EXERCISE = "ex-6-backward"
# 고친 코드를 둔 것: [{at, original, text}]
KEPT = """() => Object.entries(localStorage)
  .flatMap(([name, value]) => name.startsWith('live ') ? JSON.parse(value) : [])"""


@pytest.fixture(scope="module")
def live(site):
    """'여기서 실행'을 누르고 파이썬이 켜진 쪽."""
    need(
        "run-here" in (HTML / SECTION).read_text("utf-8"),
        "쪽에 여기서 실행 단추가 없습니다: PYODIDE에 실행기가 있는 곳을 적고 make html을 하세요",
    )
    page = audit.new_page(site.browser, site.server, service_workers="allow", color_scheme="light")
    page.goto(site.url + SECTION)
    page.locator(".run-here").press("Enter")
    status = page.locator(".live-panel [role=status]")
    expect(status).to_have_text(re.compile("준비되었습니다"), timeout=120_000)
    yield SimpleNamespace(page=page, errors=page.errors)
    assert page.errors == [] and page.foreign == []
    page.context.close()


def opened_again(page):
    """같은 쪽을 연 다른 탭. 셀에 단추가 달릴 때까지만 기다린다."""
    other = page.context.new_page()
    other.goto(page.url)
    other.locator(".run-here").press("Enter")
    expect(cell_at(other, PRINTS).locator(".live-run")).to_be_visible(timeout=60_000)
    return other


@pytest.fixture
def page(live):
    """모두 되돌린 쪽."""
    yield live.page
    live.page.evaluate("document.activeElement.blur()")
    live.page.locator(".live-restore-all").evaluate("button => button.hidden || button.click()")


def cell_at(page, number):
    return page.locator("article div.cell").nth(number)


def run(page, number):
    cell = cell_at(page, number)
    cell.locator(".live-run").press("Enter")
    finished(cell)
    return cell


def finished(cell):
    expect(cell.locator(".live-run")).to_have_attribute("aria-disabled", "false", timeout=60_000)


def output(cell):
    return cell.locator(".cell_output .highlight").inner_text()


def write(page, number, text, keys=()):
    """코드를 모두 지우고 글을 친 다음 글쇠들을 누른다."""
    cell = cell_at(page, number)
    cell.locator(".live-edit").press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    for key in keys:
        page.keyboard.press(key)
    return cell


def code(cell):
    return cell.locator(".live-area").input_value()


def shown(cell):
    return cell.locator(".live-code").text_content().rstrip("\n")


def test_a_cell_gives_what_the_page_prints_and_the_printed_output_comes_back(page):
    cell = cell_at(page, PRINTS)
    printed, html = output(cell), cell.locator(".cell_output").inner_html()
    run(page, PRINTS)
    assert output(cell) == printed
    expect(cell.locator(".live-from")).to_contain_text("여기서 실행한 결과 (파이썬 3.")
    cell.locator(".live-undo").press("Enter")
    assert cell.locator(".cell_output").inner_html() == html


def test_a_cell_without_output_gets_a_place_for_it(page):
    cell = run(page, DEFINES)
    expect(cell.locator(".cell_output")).to_contain_text("출력 없음")
    cell.locator(".live-undo").press("Enter")
    assert cell.locator(".cell_output").count() == 0


def test_a_redrawn_figure_keeps_its_caption_and_says_so(page):
    cell = cell_at(page, DRAWS)
    image = cell.locator("figure img")
    printed = cell.locator("figure").inner_html()
    caption = cell.locator("figcaption").inner_text()
    run(page, DRAWS)
    assert image.get_attribute("src").startswith("data:image/svg+xml,")
    assert image.get_attribute("alt").startswith("다시 그린 그림. 그림 속의 글: ")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    assert cell.locator("figcaption").inner_text() == caption
    cell.locator(".live-undo").press("Enter")
    assert cell.locator("figure").inner_html() == printed


def test_an_edit_above_makes_results_old_until_they_are_run(page):
    run(page, PRINTS_NEXT)
    cell = cell_at(page, PRINTS)
    cell.locator("pre").first.click(position={"x": 30, "y": 20})
    source = code(cell)
    cell.locator(".live-area").press("Control+a")
    page.keyboard.insert_text(source.replace("0.5", "0.25"))
    for number in (PRINTS, PRINTS_NEXT, DRAWS):
        expect(cell_at(page, number).locator(".live-note")).to_contain_text("다시 실행해 주세요")
    expect(cell_at(page, DEFINES).locator(".live-note")).to_be_empty()
    page.keyboard.press("Shift+Enter")
    expect(cell.locator(".live-from")).to_be_visible()
    finished(cell)
    values = [float(value) for value in output(cell).split()]
    assert values == pytest.approx([3.61, 2.99], abs=0.02)
    expect(cell.locator(".live-note")).to_be_empty()
    run(page, PRINTS_NEXT)
    expect(cell_at(page, PRINTS_NEXT).locator(".live-note")).to_be_empty()
    cell.locator(".live-undo").press("Enter")
    expect(cell_at(page, PRINTS_NEXT).locator(".live-note")).to_contain_text("다시 실행해 주세요")
    expect(cell_at(page, DRAWS).locator(".live-note")).to_be_empty()


def test_an_error_says_its_type_message_and_the_readers_line(page):
    write(page, PRINTS, "x = 1\nprint(x)\nprint(unknown)", ["Shift+Enter"])
    cell = cell_at(page, PRINTS)
    error = cell.locator(".live-error")
    expect(error).to_contain_text("NameError name 'unknown' is not defined")
    expect(error).to_contain_text("3번째 줄: print(unknown)")
    assert "/" not in error.inner_text()
    finished(cell)
    assert output(cell) == "1\n"
    blamed = run(page, PRINTS_NEXT)
    expect(blamed.locator(".live-note")).to_contain_text("앞의 3번째 셀에서 오류가 나서")
    blamed.get_by_role("button", name="그 셀로 가기").press("Enter")
    assert cell.evaluate("cell => cell.contains(document.activeElement)")


def answer(page, text):
    """답을 쓰고 확인을 누른다. 확인이 한 말을 돌려준다."""
    box = page.locator(f"#{EXERCISE}")
    box.locator(".tag_starter .live-edit").press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    return checked(page)


def checked(page):
    check = page.locator(f"#{EXERCISE} .live-check")
    check.locator(".live-run").press("Enter")
    finished(check)
    return check.locator(".stream").inner_text().strip()


def test_an_answer_is_checked(page):
    check = page.locator(f"#{EXERCISE} .live-check")
    assert checked(page).startswith("✗ backward_diff가 아무것도 돌려주지 않습니다.")
    head = "def backward_diff(f, x, h):\n    return "
    assert answer(page, f"{head}(f(x + h) - f(x))/h").startswith("✗ 뒤쪽이 아니라 앞쪽 점")
    assert "live-passed" not in check.get_attribute("class")
    assert answer(page, f"{head}(g(x) - f(x - h))/h") == "✗ NameError: name 'g' is not defined"
    link = check.locator(".stream a")
    expect(link).to_have_text("NameError")
    assert link.get_attribute("href").endswith("6-8-deceive.html#tbl-6-messages")
    assert answer(page, f"{head}(f(x) - f(x - h))/h") == "✓ 맞습니다."
    assert "live-passed" in check.get_attribute("class")
    assert EXERCISE in page.evaluate("localStorage.getItem('progress /book/')")
    expect(page.locator(".live-panel [role=status]")).to_have_text("✓ 맞습니다.")
    page.locator(f"#{EXERCISE} .tag_starter .live-undo").press("Enter")
    assert check.locator(".cell_output").count() == 0


def test_an_answer_does_not_reach_the_solution(page):
    """독자의 답이 틀려도 책의 풀이는 책의 것으로 실행된다."""
    answer(page, "numer_deriv = backward_diff = None")
    solution = page.locator(f"#{EXERCISE} + details .tag_answer")
    solution.locator(".live-run").evaluate("button => button.click()")
    finished(solution)
    assert solution.locator(".live-error").count() == 0


@pytest.mark.live
def test_stop_and_run_again(page):
    cell = write(page, PRINTS, "while True:\n    pass", ["Shift+Enter"])
    cell_at(page, PRINTS_NEXT).locator(".live-run").press("Enter")
    expect(cell.locator(".live-note")).to_have_text("실행하는 중입니다.")
    cell.locator(".live-stop").press("Enter")
    expect(cell.locator(".live-stop")).to_be_hidden()
    expect(cell_at(page, PRINTS_NEXT).locator(".live-stop")).to_be_hidden()
    cell.locator(".live-undo").press("Enter")
    printed = output(cell)
    run(page, PRINTS)
    expect(cell.locator(".live-from")).to_be_visible()
    assert output(cell) == printed


def test_a_stopped_cell_says_where_it_was_cut(page):
    cell = write(page, PRINTS, "print('하나')\nwhile True: pass", ["Shift+Enter"])
    expect(cell.locator(".stream")).to_have_text("하나")
    cell.locator(".live-stop").press("Enter")
    expect(cell.locator(".live-cut")).to_have_text("중지하여 여기까지만 실행했습니다.")
    expect(cell.locator(".live-from")).to_be_visible()


def test_cells_in_any_order_give_what_the_page_prints(page):
    """뒤의 셀이 만든 이름은 앞의 셀에 보이지 않는다."""
    write(page, PRINTS_NEXT, "np = numer_deriv = f = 3", ["Shift+Enter"])
    finished(cell_at(page, PRINTS_NEXT))
    cell = cell_at(page, PRINTS)
    printed = output(cell)
    assert output(run(page, PRINTS)) == printed


def test_what_an_undone_cell_made_is_gone(page):
    cell = cell_at(page, PRINTS)
    printed = output(cell)
    write(page, PRINTS, "print = 3", ["Shift+Enter"])
    finished(cell)
    cell.locator(".live-undo").press("Enter")
    assert output(run(page, PRINTS)) == printed


def test_undoing_an_earlier_cell_does_not_disturb_a_run(page):
    slow = "import time\ntime.sleep(1)\n" + shown(cell_at(page, PRINTS))
    earlier = write(page, PRINTS, slow)
    cell = cell_at(page, PRINTS_NEXT)
    printed = output(cell)
    cell.locator(".live-run").press("Enter")
    expect(cell.locator(".live-note")).to_have_text("실행하는 중입니다.")
    earlier.locator(".live-undo").press("Enter")
    finished(cell)
    assert output(cell) == printed and cell.locator(".live-from").count() == 1


def test_undone_code_can_be_brought_back(page):
    cell = write(page, PRINTS, "print('되살린다')")
    page.locator(".live-restore-all").press("Enter")
    assert "되살린다" not in shown(cell)
    page.locator(".live-bring-back").press("Enter")
    assert shown(cell) == "print('되살린다')" and kept(page) == ["print('되살린다')"]
    expect(page.locator(".live-bring-back")).to_be_hidden()


@pytest.mark.live
def test_restoring_while_a_cell_runs_leaves_the_printed_output(page):
    cell = cell_at(page, PRINTS)
    html = cell.locator(".cell_output").inner_html()
    write(page, PRINTS, "print(1)\nwhile True: pass", ["Shift+Enter"])
    expect(cell.locator(".stream")).to_have_text("1")
    page.locator(".live-restore-all").press("Enter")
    run(page, PRINTS_NEXT)
    assert cell.locator(".cell_output").inner_html() == html


def test_printed_text_ends_as_in_a_terminal(page):
    cell = write(page, PRINTS, r"print('0%\r50%\r\x1b[31m100%\x1b[0m', end='')", ["Shift+Enter"])
    expect(cell.locator(".stream")).to_have_text("100%")


def test_a_storm_of_clicks_runs_each_cell_once(page):
    page.evaluate("""() => {
      const buttons = [...document.querySelectorAll('.live-run')].slice(0, 5);
      for (let i = 0; i < 20; i++) buttons.forEach(button => button.click());
    }""")
    for button in page.locator(".live-run").all():
        expect(button).to_have_attribute("aria-disabled", "false", timeout=60_000)
    assert page.locator(".live-from").count() == 5
    assert page.locator(".live-error").count() == 0


def test_keyboard_goes_in_and_out_of_the_code(page):
    cell = cell_at(page, PRINTS)
    button = cell.locator(".live-run")
    page.locator(".run-here").press("Enter")  # 켜져 있으면 실행할 첫 셀로 간다
    expect(cell_at(page, DEFINES).locator(".live-run")).to_be_focused()
    for _ in range(40):
        if button.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    area = cell.locator(".live-area")
    expect(area).to_be_focused()
    assert area.evaluate(
        "area => document.getElementById(area.getAttribute('aria-describedby')).textContent"
    )
    before = code(cell)
    page.keyboard.press("Tab")
    assert code(cell) == f"{before}    "
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(area).to_be_hidden()
    page.keyboard.press("Tab")  # 베끼기 단추의 다음
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    finished(cell)
    expect(cell.locator(".live-from")).to_be_visible()


def test_typing_indents_pairs_and_can_be_undone(page):
    cell = write(page, PRINTS, "")
    page.keyboard.type("for i in range(3):")
    page.keyboard.press("Enter")
    page.keyboard.type('print("가", [i])')
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    page.keyboard.type("if (")
    page.keyboard.press("Backspace")
    assert code(cell) == 'for i in range(3):\n    print("가", [i])\nif '
    for _ in range(3):
        page.keyboard.press("Control+z")
    assert code(cell) != 'for i in range(3):\n    print("가", [i])\nif '
    for _ in range(3):
        page.keyboard.press("Control+Shift+z")
    assert code(cell) == 'for i in range(3):\n    print("가", [i])\nif '
    for _ in range(60):
        page.keyboard.press("Control+z")
    assert code(cell) == cell.locator(".live-area").evaluate("area => area.defaultValue") or code(
        cell
    ).startswith("f = lambda")
    page.keyboard.press("Control+a")
    page.keyboard.press("Tab")
    assert all(line.startswith("    ") for line in code(cell).split("\n") if line)
    page.keyboard.press("Shift+Tab")
    assert code(cell) == shown(cell) and code(cell).startswith("f = lambda")


def test_korean_is_composed(page):
    cell = write(page, PRINTS, "# ")
    devtools = page.context.new_cdp_session(page)
    for text in ("ㅎ", "하", "한", "한ㄱ", "한그", "한글"):
        devtools.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": 2, "selectionEnd": 2}
        )
        assert shown(cell) == f"# {text}"
    devtools.send("Input.insertText", {"text": "한글"})
    page.keyboard.type("(값")
    assert code(cell) == shown(cell) == "# 한글(값)"


def test_the_caret_stands_on_the_shown_letters(page):
    """겹친 두 글의 크기가 같고, 긴 줄에서는 함께 밀린다."""
    cell = write(
        page, PRINTS, "# 한글 abc (가나다라마바사) = '값' + f(x)\nreturn None  # 끝" + "은" * 90
    )
    code, area = cell.locator(".live-code"), cell.locator(".live-area")
    assert code.bounding_box() == area.bounding_box()
    assert area.evaluate("area => [area.scrollLeft, area.scrollWidth - area.clientWidth]") == [0, 0]
    scrolled = "pre => new Promise(done => setTimeout(() => done(pre.scrollLeft), 100))"
    pre = cell.locator("pre").first
    page.keyboard.press("Home")
    page.keyboard.press("End")
    assert pre.evaluate(scrolled) > 100
    page.keyboard.press("Home")
    assert pre.evaluate(scrolled) < 20


@pytest.mark.live
def test_python_that_dies_is_told_and_started_again(page):
    cell = write(page, PRINTS, "import os\nos._exit(1)", ["Shift+Enter"])
    expect(cell.locator(".live-error")).to_contain_text("코드에서 파이썬을 종료하여")
    cell.locator(".live-undo").press("Enter")
    run(page, PRINTS)
    expect(cell.locator(".live-from")).to_be_visible()
    expect(page.locator(".live-panel progress")).to_be_hidden()


def kept(page):
    return [edit["text"] for edit in page.evaluate(KEPT)]


def test_edits_stay_until_they_are_thrown_away(page):
    write(page, PRINTS, "print('남는다')")
    cell_at(page, DRAWS).locator(".live-edit").press("Enter")
    assert kept(page) == ["print('남는다')"]
    other = opened_again(page)
    assert shown(cell_at(other, PRINTS)) == "print('남는다')"
    write(other, PRINTS_NEXT, "print('다른 탭')")
    page.wait_for_function(f"() => ({KEPT})().length === 2")  # 다른 탭이 적은 것은 조금 뒤에 보인다
    write(page, PRINTS, "print('더 고친다')")
    assert sorted(kept(page)) == ["print('다른 탭')", "print('더 고친다')"]
    cell_at(other, PRINTS_NEXT).locator(".live-undo").press("Enter")
    page.wait_for_function(f"() => ({KEPT})().length === 1")
    assert kept(page) == ["print('더 고친다')"]
    page.locator(".live-restore-all").press("Enter")
    assert kept(page) == []
    other.close()


def test_an_edit_of_older_code_is_offered(page):
    key = "live " + page.evaluate("location.pathname").removesuffix(".html")
    edit = {"at": PRINTS, "original": "옛 코드", "text": "print('예전')"}
    page.evaluate("([key, edit]) => localStorage.setItem(key, JSON.stringify([edit]))", [key, edit])
    other = opened_again(page)
    cell = cell_at(other, PRINTS)
    expect(cell.locator(".live-offer")).to_contain_text("책의 코드가 바뀌었습니다")
    assert "예전" not in shown(cell)
    cell.get_by_role("button", name="내가 고친 코드 쓰기").press("Enter")
    assert shown(cell) == "print('예전')"
    assert [edit["original"] == "옛 코드" for edit in other.evaluate(KEPT)] == [False]
    cell.locator(".live-undo").press("Enter")
    assert kept(other) == []
    other.close()


NO_ROOM = """() => {
  window.setItem = Storage.prototype.setItem;
  Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); };
}"""


def test_edits_that_cannot_be_kept_are_told(page):
    page.evaluate(NO_ROOM)
    cell = write(page, PRINTS, "x = 1")
    expect(cell.locator(".live-note")).to_contain_text("쪽을 닫으면 고친 코드가 사라집니다")
    cell.locator(".live-undo").press("Enter")
    page.evaluate("() => { Storage.prototype.setItem = window.setItem; }")


def open_everything(page):
    """고치는 셀, 결과, 오류, 옛 표시가 함께 보이게 한다."""
    run(page, PRINTS)
    checked(page)
    write(page, PRINTS_NEXT, "print(" + "1234567890 + " * 12 + "없음)", ["Shift+Enter"])
    finished(cell_at(page, PRINTS_NEXT))
    write(page, DEFINES, "x = 1")
    page.evaluate(audit.OPEN)
    page.evaluate("() => new Promise(done => setTimeout(done, 100))")


def test_axe_in_both_themes_and_no_overflow(page):
    open_everything(page)
    for dark in (False, True):
        if dark:
            audit.choose_dark(page)
            cell_at(page, DEFINES).locator(".live-edit").press("Enter")
        page.evaluate(audit.STILL)
        axe_parts = ["div.cell", ".live-check", ".live-panel"]
        audit.axe_start(page, {"include": [[part] for part in axe_parts]})
        assert audit.axe_found(page) == []
    assert {name: found for name, found in audit.overflow(page).items() if found} == {}
    page.set_viewport_size(audit.DESKTOP)
    page.evaluate("localStorage.setItem('theme', 'light'); document.body.dataset.theme = 'light'")


def test_a_phone_shows_large_code_and_keys_above_the_keyboard(page):
    devtools = page.context.new_cdp_session(page)
    page.set_viewport_size(audit.PHONE)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    cell = write(page, PRINTS, "x = 1")
    size = cell.locator(".live-area").evaluate(
        "area => parseFloat(getComputedStyle(area).fontSize)"
    )
    keys = page.locator(".live-keys")
    for letter in "[_)*":
        keys.get_by_text(letter, exact=True).click()
    row, width = keys.bounding_box(), page.evaluate("document.documentElement.clientWidth")
    assert (
        row["y"] + row["height"] == page.viewport_size["height"] and row["width"] >= width - 16
    )  # 막대의 자리
    written = code(cell)
    page.evaluate("document.activeElement.blur()")
    expect(keys).to_be_hidden()
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    page.set_viewport_size(audit.DESKTOP)
    assert size >= 16 and written == "x = 1[_)*]"


def test_nothing_of_it_is_printed(page):
    run(page, PRINTS)
    page.emulate_media(media="print")
    for part in (".live-bar", ".live-panel", ".live-area"):
        assert not any(one.is_visible() for one in page.locator(part).all())
    page.emulate_media(media="screen")
