"""움직이는 그림. 값은 파이썬과 견주고, 여닫기와 모양은 브라우저에서 본다.

계산 그래프를 오가는 그림의 값은 test_player.py에 있다.
"""

import gzip
import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
import quickjs
import torch
import yaml
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import expect

import audit
from book import HTML, definitions, need_made, pdf_texts, read_page
from machine.page import moving
from machine.page.scripts import to_send
from machine.run import lines
from outputs import ROOT

FOLDER = ROOT / "chapters/chap6/moving"
PICTURES = yaml.safe_load((FOLDER / "pictures.yml").read_text("utf-8"))
PLACES = {  # 그림마다 쪽
    label: page
    for page in sorted((HTML / "chapters/chap6").glob("*.html"))
    for label in PICTURES
    if f'id="{label}"' in page.read_text("utf-8")
}


def script(name):
    """브라우저 없이 읽은, 그림의 계산."""
    context = quickjs.Context()
    context.eval("var moving = { pictures: {} };\n" + (FOLDER / name).read_text("utf-8"))
    return lambda code, *values: json.loads(
        context.eval(f"JSON.stringify(({code})({', '.join(map(json.dumps, values))}))")
    )


def lines_of(label):
    """그 그림의 파일에 든, 쪽의 파이썬이 그린 선들."""
    text = (HTML / f"_static/moving/{label}.js").read_text("utf-8")
    return json.loads(re.match(rf'moving\.lines\["{label}"\] = (.*);\n', text)[1])


# --- 값


def test_secant_has_the_slopes_of_the_page():
    run, page = script("secant.js"), definitions("chapters/chap6/6-2-numerical")
    f = lambda x: (x**2 + 2 * x) * np.log(x)  # noqa: E731
    assert run("(h) => slope('전방', h)", 0.5) == 4.257383635135726  # 인쇄된 책의 값
    for h in np.logspace(-2.8, -0.2, 30):
        for method, name in (("전방", "forward"), ("중앙", "center")):
            ours = run(f"(h) => slope('{method}', h)", h)
            assert ours == pytest.approx(page["numer_deriv"](f, 1.0, h, name), rel=1e-9)
    [still] = lines_of("fig-6-secants")
    assert run("(xs) => xs.map(f)", still["lines"][0]["x"]) == pytest.approx(
        still["lines"][0]["y"], abs=1e-4
    )


@pytest.mark.parametrize("kind, axes", [("float64", 0), ("float32", 1)])
def test_vcurve_has_the_points_that_the_page_measured(kind, axes):
    run, lines = script("vcurve.js"), lines_of("fig-6-vcurve")[axes]["lines"]
    g, dtype = lambda y: 3 * np.log(y), np.dtype(kind).type
    h = np.logspace(-14 if kind == "float64" else -6, 0, 400).astype(dtype)
    for method, at, left, right in [("전방", 0, 0 * h, h), ("중앙", 3, -h / 2, h / 2)]:
        measured, theory = lines[at : at + 2]
        error = abs((g(2 + right) - g(2 + left)) / h - dtype(1.5))
        assert measured["x"] == pytest.approx(h, rel=1e-5)
        assert measured["y"] == pytest.approx(error, rel=1e-4, abs=1e-12)
        parts = run(
            f"(kind, hs) => hs.map((h) => truncations['{method}'](h) + roundoff(kind, h))",
            *(kind, theory["x"]),
        )
        assert parts == pytest.approx(theory["y"], rel=1e-4)


def test_descent_walks_as_pytorch_does():
    run = script("descent.js")
    xs, ys = torch.tensor([0.0, 1, 2, 3]).double(), torch.tensor([2.0, 1, 2, 5]).double()
    for rate, start in [(0.2, [-1.0, 3.0]), (0.25, [-1.0, 3.0]), (0.03, [2.5, -0.5])]:
        point, ours = torch.tensor(start, dtype=torch.float64, requires_grad=True), start
        for _ in range(40):
            loss = torch.mean((point[0] * xs + point[1] - ys) ** 2)
            assert run("loss", ours) == pytest.approx(loss.item(), rel=1e-9)
            [slope] = torch.autograd.grad(loss, point)
            point = (point - rate * slope).detach().requires_grad_()
            ours = run("step", ours, rate)
            assert ours == pytest.approx(point.tolist(), rel=1e-9)
    path = lines_of("fig-6-descent")[0]["lines"][0]  # 쪽이 0.2로 걸은 길
    assert [path["x"][1], path["y"][1]] == pytest.approx(run("step", [-1, 3], 0.2), rel=1e-5)


# --- 쪽과 책


def test_values_lie_in_one_order():
    """갓 실행한 노트북과 캐시에서 온 노트북에서 같은 글이 나온다."""
    output = new_output("display_data", metadata={"lines": [{"y": [2], "x": [1]}]})
    cell = new_code_cell(metadata={"mystnb": {"figure": {"name": "fig-a"}}}, outputs=[output])
    drawn = lines.drawn(new_notebook(cells=[cell]))
    assert json.dumps(drawn) == '{"fig-a": [{"x": [1], "y": [2]}]}'


def test_a_faulty_list_is_told(tmp_path, monkeypatch):
    (tmp_path / "moving").mkdir()
    (tmp_path / "moving/good.js").write_text("moving.pictures['fig-a'] = () => {};\n")
    (tmp_path / "moving/wrong.js").write_text("const = 1;")
    (tmp_path / moving.LIST).write_text(
        "fig-a: good.js\nfig-b: [good.js, none.js]\nfig-c: [wrong.js]\n"
        "fig-d: [good.js]\nfig-e: [good.js]\nfig_f: [f.js]\n"
    )
    (tmp_path / "moving/f.js").write_text('moving.pictures["fig_f"] = () => "그린다";\n')
    told = []
    monkeypatch.setattr(moving.log, "warning", lambda text, *values: told.append(text % values))
    env = SimpleNamespace(
        found_docs={"page"},
        doc2path=lambda docname: tmp_path / f"{docname}.md",
        metadata={
            "page": {
                "language_info": {"lines": dict.fromkeys(["fig-b", "fig-c", "fig-e", "fig_f"], [])}
            }
        },
    )
    pages = {"page.html": '<figure id="fig-f"><img></figure></body>'}
    moving.finish(SimpleNamespace(env=env, srcdir=tmp_path, outdir=tmp_path), pages)
    assert pages["page.html"].count("<button") == pages["page.html"].count("<script>") == 1
    context = quickjs.Context()
    context.eval("var moving = { pictures: {}, lines: {} };")
    context.eval((tmp_path / "_static/moving/fig-f.js").read_text("utf-8"))
    assert context.eval("moving.pictures['fig-f']()") == "그린다"
    (tmp_path / moving.LIST).write_text("[fig-a")
    moving.pictures_in(tmp_path, "broken.yml")
    for said in [
        "fig-a: good.js",
        "스크립트 none.js이(가) 없습니다",
        "wrong.js: 자바스크립트의 문법이 틀려",
        "그림 fig-d을(를) 이 폴더의 어느 쪽도 그리지 않습니다",
        "broken.yml: {그림의 이름표: [스크립트, …]}로 적으세요",
        'moving.pictures["fig-e"]에 그릴 함수를 넣지 않습니다',
    ]:
        assert len([text for text in told if said in text]) == 1, (said, told)
    assert len(told) == 6


def test_size():
    """움직이는 그림 모두에 드는 스크립트."""
    files = {FOLDER / name for names in PICTURES.values() for name in names}
    files |= {*(ROOT / "machine/page/moving").glob("*.js")}
    text = "".join(path.read_text("utf-8") for path in sorted(files))
    assert len(text.splitlines()) <= 800
    assert len(gzip.compress(to_send(text).encode(), 9)) <= 12_000


def test_books_have_the_still_figures_only():
    assert PLACES.keys() == PICTURES.keys()
    assert not [text for text in pdf_texts(need_made("book.pdf")) if "움직여 보기" in text]
    for name in PLACES.values():
        page = read_page(name.relative_to(HTML).as_posix())
        assert all(button.find_previous_sibling("img") for button in page.select("button.move"))


# --- 브라우저

SHIFTS = """window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) shifted += entry.value;
}).observe({ type: 'layout-shift' });"""
SMALL = """(frame) => [...frame.querySelectorAll('button, label, input[type=range]')]
  .filter((box) => box.checkVisibility() && Math.min(box.offsetWidth, box.offsetHeight) < 24)
  .map((box) => box.textContent)"""
# axe는 쪽을 모두 훑는다. 그림을 담은 것만 남긴다
ALONE = """(figure) => document.querySelectorAll('body *').forEach((box) =>
  box.contains(figure) || figure.contains(box) || box.remove())"""
TINY = """(frame) => [...frame.querySelectorAll('text')]
  .filter((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a < 11)
  .map((text) => text.textContent)"""


@pytest.fixture
def open_picture(site):
    """쪽을 열고 그 그림의 단추까지 간다. 시험이 끝나면 닫는다."""
    pages = []

    def opened(label, size=audit.PHONE, more="", **options):
        page = audit.new_page(site.browser, site.server, size, **options)
        pages.append(page)
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(f"{site.url}{PLACES[label].relative_to(HTML).as_posix()}{more}")
        return page, page.locator(f"#{label}")

    yield opened
    for page in pages:
        assert page.errors == []
        page.context.close()


@pytest.mark.parametrize("label", PICTURES)
def test_moves_by_keyboard_alone(open_picture, site, label):
    page, figure = open_picture(label, storage_state=site.dark, reduced_motion="reduce")
    page.evaluate("document.fonts.ready")
    assert not [url for url in page.asked if "_static/moving" in url]  # 아직 멀리 있다
    figure.scroll_into_view_if_needed()
    start = figure.locator(".move:enabled")
    start.focus()
    page.keyboard.press("Enter")
    frame = figure.locator(".moving")
    said = frame.get_by_role("status")
    expect(said).not_to_be_empty()
    expect(figure.locator("img")).to_be_hidden()
    assert frame.evaluate(SMALL) == [] and frame.evaluate(TINY) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    before = said.text_content()
    first = frame.locator("input[type=range], button:enabled, input:not([type])").first
    if first.get_attribute("type") == "range":
        first.focus()
    key = "PageDown" if first.get_attribute("type") == "range" else "ArrowRight"
    at_first = page.evaluate("scrollY")
    page.evaluate(SHIFTS)
    page.keyboard.press(key)  # 열면 초점이 그림에 있다
    expect(said).not_to_have_text(before)
    assert page.evaluate("location.hash").startswith(f"#{label}?")
    assert page.evaluate("[shifted, scrollY]") == [0, at_first]
    after, address = said.text_content(), page.evaluate("location.hash")

    figure.evaluate(ALONE)
    for _ in range(2):  # 어둡게, 밝게
        audit.axe_start(page, {"include": [[f"#{label}"]]})
        assert audit.axe_found(page) == []
        page.evaluate("document.body.dataset.theme = 'light'")
    page.emulate_media(media="print")
    expect(figure.locator("img")).to_be_visible()
    expect(frame).to_be_hidden()
    page.emulate_media(media="screen")
    frame.get_by_text("정지 그림 보기").press("Enter")
    expect(figure.locator("img")).to_be_visible()
    expect(start).to_be_focused()

    page, figure = open_picture(label, more=address)  # 그 주소를 받은 사람
    expect(figure.get_by_role("status")).to_have_text(after)
    expect(figure).to_be_in_viewport()


def test_run_diverges_and_stops(open_picture):
    page, figure = open_picture(
        "fig-6-descent", more="#fig-6-descent?w=-1&b=3&rate=0.25", reduced_motion="reduce"
    )
    figure.get_by_text("달리기").click()
    expect(figure.get_by_role("status")).to_contain_text(
        "40걸음 뒤의 손실이 커졌습니다", timeout=60_000
    )
    expect(figure.get_by_text("달리기")).to_be_visible()
    handle = figure.locator(".handle")
    handle.hover()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.down()
    page.mouse.move(x + 40, y + 20)
    page.mouse.up()
    assert "w=-1&" not in page.evaluate("location.hash")
    page.evaluate("location.hash = '#fig-6-descent?w=2&b=1&rate=0.1'")  # 열린 쪽에서 받은 주소
    expect(figure.get_by_label("출발점 w")).to_have_attribute("aria-valuetext", "2")
    expect(figure.get_by_role("status")).to_contain_text("학습률 0.1, 0걸음")
    expect(page.locator(".moving")).to_have_count(1)


def test_without_scripts_there_is_no_button(open_picture):
    page, figure = open_picture("fig-6-secants", java_script_enabled=False)
    expect(figure.locator("img")).to_be_visible()
    expect(figure.locator(".move")).to_be_hidden()
