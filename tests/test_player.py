"""계산 그래프를 한 걸음씩 보이는 그림의 시험. 셈은 브라우저 없이 quickjs에서 파이토치와 견준다."""

import ast
import contextlib
import io
import json
import math
import operator
import random
import re
from collections import Counter

import numpy as np
import pytest
import quickjs
import torch
from playwright.sync_api import expect

import audit
from book import written
from outputs import ROOT

MOVING = ROOT / "chapters/chap6/moving"
FUNCTIONS = ["log", "exp", "sin", "cos", "tanh", "sqrt", "relu"]
BINARY = ["+", "-", "*", "/", "**"]
PYTHON = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
PLAY = """(text, point, isEarly) => {
    try {
        const tape = moving.tape.record(text, point);
        const steps = moving.tape.play(tape, isEarly);
        const passes = steps.flatMap(({ passes = [] }) =>
            passes.filter(({ sum }) => sum !== undefined));
        return {
            value: tape.output.value,
            ops: tape.nodes.map(({ op }) => op),
            zero: tape.nodes.some(({ op, inputs }) => op === "relu" && inputs[0].value === 0),
            grads: Object.fromEntries(passes.map(({ input, sum }) => [input.name, sum])),
            passes: passes.slice(1).map(({ gradient }) => gradient),
            told: steps.map((step) => moving.tape.tell(step, true)),
        };
    } catch (error) {
        if (!error.token) throw error;
        return { error: moving.formula.explain(text, error) };
    }
}"""


@pytest.fixture(scope="module")
def play():
    context = quickjs.Context()
    context.eval("globalThis.moving = {}")
    for name in ["formula.js", "tape.js"]:
        context.eval((MOVING / name).read_text("utf-8"))

    def run(text, x=2.0, y=3.0, early=False):
        values = json.dumps([text, {"x": x, "y": y}, early])
        return json.loads(context.eval(f"JSON.stringify(({PLAY})(...{values}))"))

    return run


# ---- 식과 그 값: 파이토치


def expression(draw, names, depth):
    """깊이가 depth인 식. 괄호를 다 쓰지 않으므로 묶는 차례는 파이썬의 문법이 정한다."""
    if depth == 0:
        return draw.choice([*names, *names, "2", "0.5", "3", "0", "1.5e0"])
    inner, other = (expression(draw, names, draw.randint(0, depth - 1)) for _ in range(2))
    deep = expression(draw, names, depth - 1)
    if draw.random() < 0.4:
        return f"{draw.choice(FUNCTIONS)}({deep})"
    left, right = draw.sample([deep, draw.choice([inner, other])], 2)
    left, right = (
        draw.choice(["{}", "({})", "({})", "-{}"]).format(part) for part in (left, right)
    )
    return f"{left} {draw.choice(BINARY)} {right}"


def formula(draw, x):
    """한 줄에서 세 줄. 앞의 줄에서 정한 이름은 모두 쓰고, 가끔 0에서 relu를 쓴다."""
    lines, names = [], ["x", "y"]
    for name in draw.sample(["p", "q", "안쪽"], draw.randint(0, 2)):
        used = [expression(draw, names, draw.randint(1, 2)), *names[-1:]]
        lines.append(f"{name} = {draw.choice(['{} * {}', '{} + {}']).format(*used)}")
        names.append(name)
    last = expression(draw, names, draw.randint(2, 6) - bool(lines))
    last = draw.choice([last, last, f"{last} + y*relu(x - {x!r})"])
    return "\n".join([*lines, f"{last} + {names[-1]}" if lines else last])


def by_torch(text, point):
    """이름들, 중간의 모든 값, 출력. 파이썬이 읽은 대로 파이토치로 계산한다."""

    def number(value):
        return torch.tensor(float(value), dtype=torch.float64)

    names = {name: number(value).requires_grad_() for name, value in point.items()}
    met = [*names.values()]

    def value(node):
        match node:
            case ast.Name(id=name):
                return names[name]
            case ast.Constant(value=constant):
                return number(constant)
            case ast.UnaryOp(operand=inner):
                result = -value(inner)
            case ast.BinOp(left=left, op=op, right=right):
                result = PYTHON[type(op)](value(left), value(right))
            case ast.Call(func=ast.Name(id=name), args=[inner]):
                result = getattr(torch, name)(value(inner))
        met.append(result)
        return result

    for line in ast.parse(text).body:
        result = value(line.value)
        if isinstance(line, ast.Assign):
            names[line.targets[0].id] = result
    return names, met, result


def differentiated(met, result):
    """중간의 값마다 그 값에 대한 미분계수. 이어지지 않은 것은 뺀다."""
    variables = [value for value in met if value.requires_grad]
    grads = torch.autograd.grad(result, variables, allow_unused=True)
    return {id(v): g.item() for v, g in zip(variables, grads) if g is not None}


def test_numbers_are_those_of_pytorch(play):
    """식 200개의 값과 미분계수가 같다. 서로 지우고 남은 1e-13은 보지 않는다.

    하나라도 유한하지 않은 식은 어디가 왜 그런지 말한다."""
    draw = random.Random(36)
    operations, why, zeros, played = set(), set(), 0, 0
    while played < 200:
        near = draw.choice([-2.0, -1.0, 0.0, 1.0, 2.0])
        point = {"x": draw.choice([near, draw.uniform(-3, 3)]), "y": draw.uniform(0, 3)}
        text = formula(draw, point["x"])
        names, met, result = by_torch(text, point)
        found = play(text, **point)
        if not result.requires_grad or "개까지 그립니다" in found.get("error", ""):
            continue
        grads = differentiated(met, result)
        if not all(map(math.isfinite, [*map(torch.Tensor.item, met), *grads.values()])):
            why.add(re.search(r": (.+?)[(.]", found["error"])[1])
            continue
        assert "error" not in found, (text, point, found)
        played += 1
        zeros += found["zero"]
        operations.update(found["ops"])
        seen = {None: found["value"], **found["grads"]}
        right = {n: grads[id(v)] for n, v in names.items() if n in seen and id(v) in grads}
        for name, number in {None: result.item(), **right}.items():
            assert seen[name] == pytest.approx(number, rel=1e-10, abs=1e-13), (text, point, name)
    assert len(operations) == len(FUNCTIONS) + len(BINARY)
    assert zeros > 20 and len(why) >= 6, why


# ---- 바른 차례와 재귀: 쪽의 파이썬


@pytest.fixture(scope="module")
def engine():
    """6.6절의 엔진. passes에는 pull_back이 넘긴 미분계수가 차례로 쌓인다."""
    cells = re.findall(
        r"```{code-cell} ipython3\n(.*?)```", written("chapters/chap6/6-6-engine"), re.S
    )
    first = next(cell for cell in cells if "class Variable" in cell)
    names = {"np": np, "passes": []}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(first[first.index("class Variable") :], names)
        exec(next(cell for cell in cells if "def too_early" in cell), names)
    pull_back = names["pull_back"]

    def kept(node, d):
        for x, g in pull_back(node, d):
            names["passes"].append(float(g))
            yield x, g

    names["pull_back"] = kept
    return names


def test_steps_are_those_of_the_page(play, engine):
    """나누어 쓰는 노드가 많은 식에서, 재귀도 바른 차례도 넘기는 미분계수가 하나하나 같다."""
    draw = random.Random(6)
    for _ in range(50):
        names, lines = ["x", "y"], []
        for name in "pqrs":
            left, right = draw.choices(names[-3:], k=2)
            lines.append(f"{name} = {draw.choice(['', '2*'])}{left} {draw.choice('+*')} {right}")
            names.append(name)
        lines.append("z = s*log(y) + x + p*q*r")
        point = {"x": draw.uniform(0.5, 2), "y": draw.uniform(1.5, 2)}
        variables = {name: engine["Variable"](value) for name, value in point.items()}
        exec("\n".join(lines), {"log": engine["log"]}, variables)
        for early in (True, False):
            engine["passes"].clear()
            grads = {variables["z"]: 1.0}
            if early:
                engine["too_early"](variables["z"], grads)
            else:
                grads = dict(engine["walk"](variables["z"], 1.0))
            found = play("\n".join(lines), **point, early=early)
            assert found["passes"] == pytest.approx(engine["passes"], rel=1e-12)
            right = {name: float(grads[v]) for name, v in variables.items() if v in grads}
            assert {n: found["grads"][n] for n in right} == pytest.approx(right, rel=1e-12)


def test_steps_in_words(play):
    """6.4절의 글과 같은 수를, 무엇에 무엇을 곱해 어디에 더하는지와 함께 말한다."""
    lines = "a = x*x\nb = 2*x\nc = a + b\nd = log(y)\nz = c*d"
    found = play(lines, 3, 4)
    assert found["told"] == [
        "순전파: 곱셈 a = x × x = 3 × 3 = 9입니다.",
        "순전파: 곱셈 b = 2 × x = 2 × 3 = 6입니다.",
        "순전파: 덧셈 c = a + b = 9 + 6 = 15입니다.",
        "순전파: 함수 d = ln(y) = ln(4) = 1.386입니다.",
        "순전파: 곱셈 z = c × d = 15 × 1.386 = 20.79입니다.",
        "역전파: dz = 1에서 시작합니다.",
        "역전파: 곱셈 z = c × d(국소 규칙 d, c). 곱해 더합니다. "
        "dc에 dz × d = 1 × 1.386 = 1.386, dd에 dz × c = 1 × 15 = 15.",
        "역전파: 함수 d = ln(y)(국소 규칙 1/y). 곱해 더합니다. dy에 dd × 1/y = 15 × 0.25 = 3.75.",
        "역전파: 덧셈 c = a + b(국소 규칙 1, 1). 곱해 더합니다. "
        "da에 dc × 1 = 1.386 × 1 = 1.386, db에 dc × 1 = 1.386 × 1 = 1.386.",
        "역전파: 곱셈 b = 2 × x(국소 규칙 x, 2). 곱해 더합니다. "
        "dx에 db × 2 = 1.386 × 2 = 2.773. 상수에 대한 것은 버립니다.",
        "역전파: 곱셈 a = x × x(국소 규칙 x, x). 곱해 더합니다. "
        "dx에 da × x = 1.386 × 3 = 4.159(모두 6.931), "
        "dx에 da × x = 1.386 × 3 = 4.159(모두 11.09).",
    ]
    assert play("(x*x + 2*x)*log(y)", 3, 4) == found  # 이름이 없으면 6.4절의 이름을 붙인다
    assert play("p = x*x; p*p")["grads"]["x"] == 32
    early = play("p = x*x\np*p", early=True)
    assert early["grads"]["x"] == 48
    assert early["passes"] == [4, 8, 8, 4, 16, 16]


WRONG = {
    "": "1번째 줄의 끝: 여기에 수나 이름이",
    "x*x + q": "1번째 줄 7번째 글자 ‘q’: 쓸 수 있는 이름은 x, y, log, exp, sin, cos",
    "p = x*x\nP*p": "2번째 줄 1번째 글자 ‘P’: 쓸 수 있는 이름은 x, y, p",
    "relu(x, y)": "1번째 줄 7번째 글자 ‘,’: 여기서 식이 끊깁니다",
    "abs(x)": "‘abs’: 쓸 수 있는 이름은 x, y, log",
    "x^2": "2번째 글자 ‘^’: 여기서 식이 끊깁니다. 괄호의 짝을 보고, 곱은 2*x, 거듭제곱은 x**2처럼",
    "(x + y": "1번째 줄의 끝: 여기서 식이 끊깁니다",
    "p = x*(x + 1\np*y": "1번째 줄의 끝: 여기서 식이 끊깁니다",
    "log(x": "1번째 줄의 끝: 여기서 식이 끊깁니다",
    "x + y)": "6번째 글자 ‘)’: 여기서 식이 끊깁니다",
    "x + ": "1번째 줄의 끝: 여기에 수나 이름이",
    "x * / y": "5번째 글자 ‘/’: 여기에 수나 이름이",
    "x*()": "4번째 글자 ‘)’: 여기에 수나 이름이",
    "2x": "2번째 글자 ‘x’: 여기서 식이 끊깁니다",
    "x(y + 1)": "2번째 글자 ‘(’: 여기서 식이 끊깁니다",
    "log x": "5번째 글자 ‘x’: 여기서 식이 끊깁니다",
    "x = 3": "‘x’: = 앞에는 새 이름",
    "log = x*x": "‘log’: = 앞에는 새 이름",
    "2 = x": "‘2’: = 앞에는 새 이름",
    "p = x = 2": "7번째 글자 ‘=’: 여기서 식이 끊깁니다",
    "p = x*x\np = y*y\np": "2번째 줄 1번째 글자 ‘p’: = 앞에는 새 이름",
    "p = x*x\nq = x*y\np*x": "2번째 줄 6번째 글자 ‘*’: 이 값이 뒤에서 쓰이지",
    "x*x\ny*y": "1번째 줄 2번째 글자 ‘*’: 이 값이 뒤에서",
    "2 + 3": "1번째 줄의 끝: x나 y로 하는 연산이 없습니다",
    "+".join("x" * 27): "52번째 글자 ‘+’: 연산을 25개까지 그립니다",
    "y*log(x - 2)": "3번째 글자 ‘log’: 로그의 입력은 양수여야 합니다(입력: 0)",
    "log(0)*x": "1번째 글자 ‘log’: 로그의 입력",
    "sqrt(1 - y)": "1번째 글자 ‘sqrt’: 음수의 제곱근은 없습니다(입력: −2)",
    "x/(y - 3)": "2번째 글자 ‘/’: 0으로 나눌 수 없습니다(입력: 2, 0)",
    "(y - 3)**-1": "8번째 글자 ‘**’: 값이 유한하지 않습니다(입력: 0, −1)",
    "(-x)**0.5": "‘**’: 음수의 지수는 정수여야 합니다(입력: −2, 0.5)",
    "exp(x*1000)": "‘exp’: 값이 유한하지 않습니다(입력: 2000)",
    "sqrt(x - 2)": "‘sqrt’: 미분계수가 유한하지 않습니다",
    "(0 - x)**y": "‘**’: 미분계수가 유한하지 않습니다",
}


def test_errors_are_told_at_their_place(play):
    """틀린 식마다 줄, 글자, 까닭을 말한다. 파이썬처럼 읽는 식은 다 읽는다."""
    for text, told in WRONG.items():
        assert told in play(text).get("error", ""), text
    assert play("x − 2×y*3 / 4")["value"] == 2 - 2 * 3 * 3 / 4
    assert play("p = -x**2;\n\n q = p*2**-1**2 ; p+-q*+y")["value"] == -4 - (-4 * 0.5) * 3
    assert (
        "재귀가 300걸음을" in play("p=x+x;q=p+p;r=q+q;s=r+r;t=s+s;u=t+t;u+u+u", early=True)["error"]
    )


# ---- 쪽에서

MOVED = """figure => {
  figure.querySelector('.moving').dispatchEvent(new KeyboardEvent('keydown', {key: 'End'}));
  return document.getAnimations().length; }"""
STEPPED = """figure => {
  const canvas = figure.querySelector('.moving svg').parentElement;
  const view = canvas.getBoundingClientRect();
  const svg = figure.querySelector('.moving svg'), scale = svg.getBoundingClientRect().width
    / svg.viewBox.baseVal.width;
  const now = svg.querySelector('circle.now')?.getBoundingClientRect();
  return {
    told: figure.querySelector('[role=status]').textContent,
    caption: figure.querySelector('figcaption').getBoundingClientRect().top,
    least: Math.min(...[...svg.querySelectorAll('text')]
      .map(text => scale * parseFloat(getComputedStyle(text).fontSize))),
    isInView: !now || (now.left >= view.left && now.right <= view.right
      && now.top >= view.top && now.bottom <= view.bottom),
    wide: document.documentElement.scrollWidth - innerWidth,
  }; }"""


@pytest.fixture
def opened(site):
    """그 쪽의 그림을 연 것. 주소에 상태가 없으면 자판으로 연다."""
    pages = []

    def open_figure(name, label, state="", **options):
        page = audit.new_page(site.browser, site.server, **options)
        pages.append(page)
        page.goto(f"{site.url}chapters/chap6/{name}.html#{label}{state}")
        figure = page.locator(f"#{label}")
        if not state:
            figure.locator(".move:enabled").press("Enter")
        figure.locator(".moving svg").wait_for()
        return page, figure

    yield open_figure
    for page in pages:
        assert page.errors == []
        page.context.close()


def test_player_by_keyboard_on_a_phone(site, opened):
    """자판만으로 열고, 걷고, 식을 적고, 재귀의 48을 보고, 주소로 다시 연다. 밀리는 것이 없다."""
    page, figure = opened(
        "6-6-engine",
        "fig-6-tape",
        size=audit.PHONE,
        reduced_motion="reduce",
        storage_state=site.dark,
    )
    first = figure.evaluate(STEPPED)
    assert first["told"] == "0/11 시작합니다."
    page.keyboard.press("Home")
    for step in range(1, 12):
        page.keyboard.press("ArrowRight")
        seen = figure.evaluate(STEPPED)
        assert seen["told"].startswith(f"{step}/11 ")
        assert seen["caption"] == first["caption"]
        assert seen["least"] >= 12 and seen["isInView"] and seen["wide"] <= 0, seen
    assert "모두 2.773" in seen["told"]
    page.keyboard.press("ArrowLeft")
    assert figure.evaluate(STEPPED)["told"].startswith("10/11 역전파: 곱셈 b = 2 × x(")
    page.keyboard.press("Home")
    assert figure.evaluate(STEPPED)["told"] == first["told"]
    assert page.evaluate("document.getAnimations().length") == 0
    audit.axe_start(page, "#fig-6-tape")

    page.keyboard.press("Tab")
    formula = figure.get_by_label("식")
    expect(formula).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("p = x*x\np*q")
    expect(formula).to_have_attribute("aria-invalid", "true")
    expect(formula).to_have_accessible_description(re.compile("^2번째 줄 3번째 글자 ‘q’: "))
    page.keyboard.press("Backspace")
    page.keyboard.type("p")
    expect(formula).to_have_attribute("aria-invalid", "false")
    page.keyboard.press("ArrowRight")  # 글에서는 글을 옮겨 다닌다
    assert figure.evaluate(STEPPED)["told"] == "0/5 시작합니다."
    figure.get_by_label("x", exact=True).fill("2")
    figure.get_by_label("재귀").press("Space")
    figure.get_by_role("button", name="끝까지").press("Enter")
    assert "(모두 48)" in figure.evaluate(STEPPED)["told"]
    assert audit.axe_found(page) == []
    page.reload()
    figure.locator(".moving svg").wait_for()
    assert "(모두 48)" in figure.evaluate(STEPPED)["told"]
    figure.get_by_label("바른 차례").press("Space")
    page.keyboard.press("End")
    figure.get_by_role("button", name="끝까지").press("Enter")
    assert "(모두 32)" in figure.evaluate(STEPPED)["told"]


def test_player_draws_the_figure_of_6_4(opened):
    """그림 6-6의 글이 모두 있고, 입력을 바꾸면 쪽의 출력과 같다."""
    page, figure = opened("6-4-autodiff", "fig-6-graph", "?x=3&y=4&step=11")
    drawn = {
        **{"x=3": 3, "2": 2, "y=4": 1, "a=9": 1, "b=6": 1, "c=15": 1, "d=1.386": 1, "z=20.79": 1},
        **{"dx+=4.159": 2, "dx+=2.773": 1, "dx=11.09": 1, "_=4.159": 1, "dy=3.75": 1},
        **{"da=1.386": 1, "db=1.386": 1, "dc=1.386": 1, "dd=15": 1, "dz=1": 1},
    }
    texts = figure.locator(".moving text").all_text_contents()
    assert drawn.items() <= Counter(texts).items()
    audit.axe_start(page, "#fig-6-graph")
    assert figure.evaluate(MOVED)
    figure.get_by_role("button", name="(1, 2)").click()
    texts = figure.locator(".moving text").all_text_contents()
    assert {"z=2.079", "dx=2.773", "dy=1.5"} <= {*texts}
    figure.get_by_label("y", exact=True).fill("-1")
    wrong = figure.get_by_label("y", exact=True)
    expect(wrong).to_have_accessible_description("로그의 입력은 양수여야 합니다(입력: −1).")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    assert audit.axe_found(page) == []
