"""더 나아가기(6.5절부터)에서 만든 함수의 시험.

무작위로 고른 점과 식에서 심파이, 파이토치와 견준다.
"""

import math
import re
from itertools import product
from operator import add, matmul
from types import SimpleNamespace

import numpy as np
import pytest
import sympy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from book import definitions

EPS = np.finfo(float).eps
settings.register_profile("book", deadline=None, derandomize=True, database=None)
settings.load_profile("book")


numer_deriv = definitions("chapters/chap6/6-5-errors")["numer_deriv"]
X = sympy.symbols("x:2")
EXPRESSIONS = [
    (X[0] ** 2 + 2 * X[0]) * sympy.log(X[1]),
    X[0] ** 3 * X[1] ** 2,
    sympy.exp(X[0] - X[1]),
    sympy.sin(X[0] * X[1]),
    X[0] / X[1],
    sympy.sqrt(X[0] ** 2 + X[1] ** 2),
    sympy.tanh(X[0]) + X[1] ** -2,
    X[0] ** X[1],
    sympy.cos(X[0]) * sympy.log(1 + X[1] ** 2),
]
FUNCTIONS = [
    [
        sympy.lambdify([X], e)
        for e in (
            f,
            *(f.diff(x) for x in X),
            *(f.diff(x, 2) for x in X),
            *(f.diff(x, 3) for x in X),
        )
    ]
    for f in EXPRESSIONS
]
positive = st.floats(0.3, 3)


@pytest.mark.parametrize("method", ["center", "forward"])
@given(st.sampled_from(FUNCTIONS), st.tuples(positive, positive), st.floats(-5, -2))
def test_numer_deriv_errs_as_the_theory_says(method, functions, point, exponent):
    """절단 오차의 맨 앞 항(구간에서 가장 큰 것)에 반올림 오차 몇 ε|f|/h를 더한 것을 넘지 않는다."""
    f, true, second, third = functions[0], functions[1:3], functions[3:5], functions[5:7]
    h = 10**exponent
    grad = numer_deriv(f, point, h=h, method=method)
    for i in range(2):
        steps = h * np.array([0, 0.5, 1]) if method == "forward" else h * np.array([-0.5, 0, 0.5])
        near = [np.array(point) + step * np.eye(2)[i] for step in steps]
        if method == "forward":
            truncation = h / 2 * max(abs(second[i](x)) for x in near)
        else:
            truncation = h**2 / 24 * max(abs(third[i](x)) for x in near)
        assert abs(grad[i] - true[i](point)) <= 1.1 * truncation + 8 * EPS * (1 + abs(f(point))) / h


def test_numer_deriv_takes_every_kind_of_real():
    for x in (
        2,
        2.0,
        np.float64(2),
        np.float32(2),
        np.int64(2),
        np.array(2),
        np.array(2, dtype="uint8"),
    ):
        value = numer_deriv(np.log, x)
        assert type(value) is float and value == pytest.approx(0.5, abs=1e-7)
    for d in (0, 1, 5):
        grad = numer_deriv(lambda x: np.sum(x**2), np.arange(d))
        assert (
            grad.shape == (d,) and grad.dtype == "float64" and np.allclose(grad, 2 * np.arange(d))
        )
    assert np.allclose(numer_deriv(lambda x: x[0] * x[1], [2, 3]), [3, 2])
    assert numer_deriv(lambda x: 3 * x, 1e6) == pytest.approx(3, rel=1e-6)


def test_numer_deriv_takes_integers_of_every_size():
    """작은 정수형에서도 넘치지 않는다. 64비트보다 큰 정수는 아래에서 거절한다."""
    assert np.allclose(numer_deriv(lambda x: x[0] ** 2 * x[1], np.array([1, 2], "int8")), [4, 1])
    big = numer_deriv(lambda x: x[0] ** 2 * x[1], np.array([100, 100], "int8"))
    assert np.allclose(big, [20_000, 10_000])
    assert numer_deriv(lambda x: x**3, 2) == pytest.approx(12, abs=1e-6)
    assert numer_deriv(lambda x: x**2, 10**19, h=10**10) == pytest.approx(2e19)
    assert numer_deriv(lambda x: x**2, 1e30, h=1e20) == pytest.approx(2e30)


def test_numer_deriv_never_changes_its_argument():
    def greedy(x):
        value = np.sum(x**2)
        x[:] = 0  # 받은 어레이를 망치는 함수
        return value

    x = np.array([1.0, 2.0, 3.0])
    assert np.allclose(numer_deriv(greedy, x), 2 * x) and np.array_equal(x, [1, 2, 3])


@pytest.mark.parametrize(
    "wrong, kind, message",
    [
        ({"method": "centre"}, ValueError, "method"),
        ({"method": None}, ValueError, "method"),
        *(({"h": h}, ValueError, "h") for h in (0, -1e-3, np.nan, np.inf, [0.1, 0.2])),
        ({"h": 1e-20}, ValueError, "h가 너무 작거나 커서"),
        ({"x": [1.7e308, 1], "h": 1e308}, ValueError, "h가 너무 작거나 커서"),
        *(({"h": h}, TypeError, "h=") for h in ("0.1", None, 1j)),
        *(({"x": x}, ValueError, "NaN이나 무한대") for x in ([1, np.nan], [np.inf, 1])),
        *(
            ({"x": x}, TypeError, "x=")
            for x in ("1", [1, "2"], None, [1, 1j], [[1], [1, 2]], [True, False], sympy.Symbol("x"))
        ),
        ({"x": 10**30, "h": 10**20}, TypeError, "int(64비트까지)"),
        ({"x": [1, 10**30]}, TypeError, "int(64비트까지)"),
        ({"x": [[1.0, 2.0]]}, ValueError, r"(1, 2)"),
        ({"x": np.zeros((2, 2))}, ValueError, r"(2, 2)"),
        ({"f": lambda x: x}, ValueError, "수 하나"),
        ({"f": lambda x: np.nan}, ValueError, "f([1.0005 2.    ])"),
        ({"f": lambda x: "1"}, TypeError, "f([1"),
        ({"f": lambda x: np.sign(x[0]), "x": [0], "h": 1e-320}, ValueError, "미분계수"),
    ],
)
def test_numer_deriv_says_what_is_wrong(wrong, kind, message):
    with pytest.raises(kind) as error:
        numer_deriv(**({"f": lambda x: x[0] * x[1], "x": [1, 2]} | wrong))
    assert message in str(error.value) and any("가" <= char <= "힣" for char in str(error.value))


engine = SimpleNamespace(**definitions("chapters/chap6/6-6-engine"))
Variable = engine.Variable
TORCH = SimpleNamespace(exp=torch.exp, log=torch.log, tanh=torch.tanh, relu=torch.relu)
ENGINE = SimpleNamespace(**{name: getattr(engine, name) for name in vars(TORCH)})
WIDE = np.zeros((2, 3))
SMOOTH = [
    lambda lib, a, b: a + b,
    lambda lib, a, b: a - b,
    lambda lib, a, b: a * b,
    lambda lib, a, b: a / (1 + b * b),
    lambda lib, a, b: (1 + a * a) ** b,
    lambda lib, a, b: -a,
    lambda lib, a, b: a**3,
    lambda lib, a, b: (1 + a**2) ** -0.5,
    lambda lib, a, b: 2 - a / 4,
    lambda lib, a, b: 1 / (2 + a * a),
    lambda lib, a, b: 0.5**a,
    lambda lib, a, b: lib.exp(-a * a),
    lambda lib, a, b: lib.log(1 + a * a),
    lambda lib, a, b: lib.tanh(a + b),
    lambda lib, a, b: a.sum(),
    lambda lib, a, b: (a + lib.wide).sum(axis=0),
    lambda lib, a, b: (a + lib.wide).sum(axis=1, keepdims=True),
    lambda lib, a, b: ((a + lib.wide) @ (b + lib.wide).T).sum(),
    lambda lib, a, b: (lib.wide + a).reshape((3, 2)).T,
    lambda lib, a, b: (
        lib.wide.T @ (a * lib.wide[:, 0] if a.shape == () else a.sum() * lib.wide[:, 0]) + b
    ),
]
OPERATIONS = [*SMOOTH, lambda lib, a, b: lib.relu(a - b)]
shapes = st.sampled_from([(), (3,), (1, 3), (2, 1), (2, 3)])


def graphs(operations):
    """무작위 식: 잎의 모양, 연산과 그 입력이 될 앞 값 둘의 번호, 값을 정할 씨앗."""
    step = st.tuples(st.sampled_from(operations), st.integers(0, 99), st.integers(0, 99))
    return st.tuples(
        st.lists(shapes, min_size=1, max_size=3),
        st.lists(step, min_size=1, max_size=8),
        st.integers(0, 2**31),
    )


def evaluate(lib, wide, steps, leaves):
    lib = SimpleNamespace(wide=wide, **vars(lib))
    values = list(leaves)
    for operation, i, j in steps:
        values.append(
            lib.tanh(operation(lib, values[-1 - i % len(values)], values[-1 - j % len(values)]))
        )  # 값이 커지지 않게
    return sum((value.sum() for value in values[len(leaves) :]), 0 * leaves[0].sum())


def by_engine(steps, arrays):
    leaves = [Variable(a) for a in arrays]
    return evaluate(ENGINE, WIDE, steps, leaves), leaves


def by_torch(steps, arrays):
    leaves = [torch.tensor(a, requires_grad=True) for a in arrays]
    return evaluate(TORCH, torch.tensor(WIDE), steps, leaves), leaves


@settings(max_examples=400)
@given(graphs(OPERATIONS))
def test_engine_agrees_with_pytorch_on_random_graphs(graph):
    leaf_shapes, steps, seed = graph
    arrays = [np.random.default_rng(seed).normal(size=shape) for shape in leaf_shapes]
    output, leaves = by_engine(steps, arrays)
    output.backward()
    expected, tensors = by_torch(steps, arrays)
    expected.backward(retain_graph=True)
    assert np.allclose(output.data, expected.item(), rtol=1e-12)
    for leaf, tensor in zip(leaves, tensors):
        assert (leaf.grad is None) == (tensor.grad is None)
        if leaf.grad is not None:
            assert type(leaf.grad) is np.ndarray and leaf.grad.shape == leaf.shape
            assert np.allclose(leaf.grad, tensor.grad, rtol=1e-10, atol=1e-12)
    output.backward()  # 두 번째에는 꼭 두 배가 된다
    assert all(
        leaf.grad is None or np.allclose(leaf.grad, 2 * tensor.grad, rtol=1e-10, atol=1e-12)
        for leaf, tensor in zip(leaves, tensors)
    )


def engine_slopes(output, leaves):
    """기록하며 구한 미분계수. 쓰지 않은 잎에는 0."""
    used = {*engine.tape(output)}
    found = iter(engine.grad(output, [x for x in leaves if x in used], create_graph=True))
    return [next(found) if x in used else 0 * x for x in leaves]


def torch_slopes(output, leaves):
    if not output.requires_grad:
        return [torch.zeros_like(x) for x in leaves]
    return torch.autograd.grad(output, leaves, create_graph=True, materialize_grads=True)


@settings(max_examples=200)
@given(graphs(SMOOTH))
def test_engine_agrees_with_differences_to_second_order(graph):
    """무작위 방향 u로 움직여, 값의 차분을 그래디언트와, 그래디언트의 차분을 Hu와 견준다."""
    leaf_shapes, steps, seed = graph
    rng = np.random.default_rng(seed)
    arrays, u = ([rng.normal(size=shape) for shape in leaf_shapes] for _ in range(2))

    def at(t):
        output, leaves = by_engine(steps, [a + t * d for a, d in zip(arrays, u)])
        return output, leaves, engine_slopes(output, leaves)

    h = 1e-4
    (right, _, after), (left, _, before), (_, leaves, here) = at(h / 2), at(-h / 2), at(0)
    slope = sum((g * d).sum() for g, d in zip(here, u))
    assert np.isclose((right.data - left.data) / h, slope.data, rtol=1e-4, atol=1e-5)
    for a, b, c in zip(after, before, engine_slopes(slope, leaves)):
        assert np.allclose((a.data - b.data) / h, c.data, rtol=1e-3, atol=1e-4)


def derivatives_in_directions(lib, slopes, graph, order, as_constant):
    """미분한 것과 무작위 방향의 내적을 다시 미분하기를 되풀이한 마지막 그래디언트."""
    leaf_shapes, steps, seed = graph
    rng = np.random.default_rng(seed)
    output, leaves = lib(steps, [rng.normal(size=shape) for shape in leaf_shapes])
    for _ in range(order - 1):
        output = sum(
            (g * as_constant(rng.normal(size=g.shape))).sum() for g in slopes(output, leaves)
        )
    return slopes(output, leaves)


@pytest.mark.parametrize("order, examples", [(2, 200), (3, 60)])
def test_derivatives_of_derivatives_agree_with_pytorch(order, examples):
    @settings(max_examples=examples)
    @given(graphs(SMOOTH))
    def check(graph):
        ours = derivatives_in_directions(by_engine, engine_slopes, graph, order, np.array)
        theirs = derivatives_in_directions(by_torch, torch_slopes, graph, order, torch.tensor)
        for a, b in zip(ours, theirs):
            assert isinstance(a, Variable) and a.shape == b.shape
            assert np.allclose(a.data, b.detach(), rtol=1e-8, atol=1e-9)

    check()


NESTED = [
    lambda lib, x, y: (x**2 + 2 * x) * lib.log(y),
    lambda lib, x, y: x**y,
    lambda lib, x, y: lib.tanh(x * y) / (1 + y**2),
    lambda lib, x, y: lib.exp(-x / y) * y**-2,
]


@pytest.mark.parametrize("f", NESTED)
def test_nested_grad_gives_every_third_derivative_of_sympy(f):
    expression = f(sympy, *X)
    true = {
        order: sympy.lambdify([X], expression.diff(*(X[i] for i in order)))
        for order in product(range(2), repeat=3)
    }

    @settings(max_examples=30)
    @given(st.tuples(positive, positive))
    def check(point):
        inputs = [Variable(v) for v in point]
        for order in true:
            ours = f(engine, *inputs)
            for i in order:
                (ours,) = engine.grad(ours, [inputs[i]], create_graph=True)
            assert np.isclose(ours.data, true[order](point), rtol=1e-9, atol=1e-12), order

    check()


def test_grad_returns_variables_and_leaves_grad_alone():
    x, y = Variable([1.0, 2.0]), Variable(3.0)
    x.grad = kept = np.array([7.0, 8.0])
    p = x * y
    z = (p * p).sum()
    for create_graph in (False, True):
        found = engine.grad(z, [y, x, p, z], create_graph=create_graph)
        assert [type(g) for g in found] == [Variable] * 4
        for g, true in zip(found, [30, [18, 36], [6, 12], 1]):
            assert g.shape == np.shape(true) and np.array_equal(g.data, true)
        assert x.grad is kept and np.array_equal(kept, [7, 8])
        assert y.grad is p.grad is z.grad is None
    with pytest.raises(ValueError, match="쓰지 않은"):
        engine.grad(z, [x, Variable(1.0)])
    with pytest.raises(ValueError, match=re.escape("(2,)")):
        engine.grad(p, [x])


def test_what_is_handed_to_the_rules_decides_whether_they_are_recorded():
    """기록하지 않을 때에는 결과를 담을 Variable 말고는 하나도 만들지 않는다."""
    x, W = Variable([1.0, 2.0]), Variable([[1.0, 2.0], [3.0, 4.0]])
    y = (engine.tanh(x @ W.T) ** 2 / (2 + W)).reshape((4,)) - engine.log(1 + engine.exp(-W)).sum()
    z = (y * engine.relu(y)).sum()
    before = Variable.count
    for g in engine.grad(z, [x, W]):
        assert g.inputs == () and engine.tape(g) == [g]
    assert Variable.count == before + 2
    z.backward()
    assert Variable.count == before + 2
    for g in engine.grad(z, [x, W], create_graph=True):
        assert {x, W} <= {*engine.tape(g)}


def test_grad_is_always_an_array():
    for data in (2.0, [1.0, 2.0], np.zeros((0, 3)), np.float32(2), np.float32([1, 2])):
        x = Variable(data)
        for times in (1, 2):
            (x * 1.0).sum().backward()
            assert type(x.grad) is np.ndarray and x.grad.dtype == x.data.dtype
            assert x.grad.shape == x.shape and np.all(x.grad == times)


def test_engine_takes_numbers_and_arrays_on_both_sides():
    x = Variable([[1.0, 2.0], [3.0, 4.0]])
    a = np.array([[2.0, 1.0], [0.5, 3.0]])
    for result, expected in [
        (2 + x, 2 + x.data),
        (2 - x, 2 - x.data),
        (x - 2, x.data - 2),
        (2 * x, 2 * x.data),
        (2 / x, 2 / x.data),
        (x / 2, x.data / 2),
        (2**x, 2**x.data),
        (x**2, x.data**2),
        (a + x, a + x.data),
        (a - x, a - x.data),
        (a / x, a / x.data),
        (a @ x, a @ x.data),
        (x @ a, x.data @ a),
        (x @ a[0], x.data @ a[0]),
        (a[0] @ x, a[0] @ x.data),
        (a.tolist() @ x, a @ x.data),
        (a.tolist() - x, a - x.data),
        (-x, -x.data),
        (x.T, x.data.T),
        (x.sum(axis=(0, 1)), 10),
        (np.float64(2) * x, 2 * x.data),
        (np.float64(2) ** x, 2**x.data),
        (np.int64(2) / x, 2 / x.data),
        (sum([x, x]), 2 * x.data),
    ]:
        assert isinstance(result, Variable) and np.allclose(result.data, expected)
    single = Variable(np.float32(2))
    (single * 2 + 1).backward()
    assert single.grad.dtype == "float32" and single.grad == 2


def test_functions_take_plain_arrays_too():
    a = np.array([[0.5, 1.0], [2.0, 3.0]])
    for ours, expected in [
        (engine.exp(a), np.exp(a)),
        (engine.log(a), np.log(a)),
        (engine.tanh(a), np.tanh(a)),
        (engine.relu(a - 1), np.maximum(a - 1, 0)),
        (engine.sum_(a, 0), a.sum(0)),
        (engine.reshape(a, (4, 1)), a.reshape(4, 1)),
        (engine.transpose(a), a.T),
        (engine.matmul(a, a[0]), a @ a[0]),
        (engine.exp(1), np.e),
    ]:
        assert not isinstance(ours, Variable) and np.allclose(ours, expected)


@pytest.mark.parametrize(
    "f, g, arrays",
    [
        *(
            (
                lambda x, axes=axes: x.transpose(axes),
                lambda x, order=order: x.permute(order),
                [(2, 3, 4)],
            )
            for axes, order in [((1, 2, 0), (1, 2, 0)), ((-1, 0, 1), (2, 0, 1)), (None, (2, 1, 0))]
        ),
        (pow, pow, [(2, 3), (3,)]),
        (lambda x: x.sum(axis=(0, -1)), lambda x: x.sum(axis=(0, -1)), [(2, 3, 4)]),
        *(
            (
                lambda x, shape=shape: x.reshape(shape),
                lambda x, shape=shape: x.reshape(shape),
                [(2, 6)],
            )
            for shape in [(3, 4), (-1,), (2, 1, -1), (12, 1)]
        ),
        *(
            (matmul, matmul, pair)
            for pair in [
                [(2, 3), (3, 4)],
                [(3,), (3, 4)],
                [(2, 3), (3,)],
                [(3,), (3,)],
                [(5, 2, 3), (3, 4)],
                [(1, 2, 3), (4, 3, 2)],
                [(5, 2, 3), (3,)],
                [(3,), (5, 3, 2)],
            ]
        ),
        *((add, add, pair) for pair in [[(0, 3), (1, 1)], [(1,), (0,)], [(), (2, 0)]]),
        *((matmul, matmul, pair) for pair in [[(2, 0), (0, 3)], [(0, 2), (2, 3)], [(0,), (0,)]]),
        (lambda x: x.sum(axis=0), lambda x: x.sum(axis=0), [(0, 3)]),
        (lambda x: x.reshape((3, 0)).T, lambda x: x.reshape((3, 0)).T, [(0, 2)]),
    ],
)
def test_engine_moves_axes_and_multiplies_stacks_and_takes_empty_ones(f, g, arrays):
    rng = np.random.default_rng(0)
    arrays = [rng.uniform(0.5, 2, shape) for shape in arrays]
    variables, tensors = (
        [Variable(a) for a in arrays],
        [torch.tensor(a, requires_grad=True) for a in arrays],
    )
    output, expected = f(*variables), g(*tensors)
    upstream = rng.normal(size=output.shape)
    output.backward(upstream)
    expected.backward(torch.tensor(upstream))
    assert output.shape == expected.shape and np.allclose(output.data, expected.detach())
    assert all(
        v.grad.shape == v.shape and np.allclose(v.grad, t.grad) for v, t in zip(variables, tensors)
    )


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int16", "int64", "float32"])
def test_constants_and_upstream_of_every_type(dtype):
    """정수와 참거짓은 소수로 바꾸어 계산한 것과 같다. 넘치거나 거칠어지지 않는다."""
    a, upstream = np.array([[[0, 1], [1, 100]], [[1, 0], [100, 1]]]).astype(dtype)
    x0 = np.array([[0.5, 1.0], [2.0, 1.5]])
    for f in [
        lambda x, a: a - x - x - x,
        lambda x, a: x * a * a,
        lambda x, a: a / x,
        lambda x, a: x**a,
        lambda x, a: a**x,
    ]:
        for part in (np.s_[:, :], np.s_[1, 1]):  # 어레이에서도, 수 하나에서도
            x, t = Variable(x0[part]), torch.tensor(x0[part], requires_grad=True)
            z, expected = f(x, a[part]), f(t, torch.tensor(a[part].astype("float64")))
            z.backward(upstream[part])
            expected.backward(torch.tensor(upstream[part].astype("float64")))
            assert np.allclose(z.data, expected.detach(), rtol=1e-12)
            assert np.allclose(x.grad, t.grad, rtol=1e-6 if dtype == "float32" else 1e-12)


@pytest.mark.parametrize("n", [0, 1, 2, 3, np.arange(4), np.arange(4.0)])
def test_powers_and_relu_at_zero(n):
    """xⁿ의 값, 도함수, 이계도함수. n = 0에서 파이토치의 이계도함수는 nan이지만 참값은 0이다."""
    x = Variable(np.zeros(4))
    z = x**n + engine.relu(x)
    for order in range(3):
        assert np.array_equal(
            z.data, np.where(np.equal(n, order), math.factorial(order), np.zeros(4))
        )
        (z,) = engine_slopes(z.sum(), [x])


@pytest.mark.parametrize("x", [0.5, 2.0])
def test_second_derivatives_of_a_power_at_the_exponent_zero(x):
    """지수도 Variable이면 0에서도 지수로 미분한다."""
    base, n = Variable(x), Variable(0.0)
    by_base, by_n = engine.grad(base**n, [base, n], create_graph=True)
    assert engine.grad(by_base, [n])[0].data == pytest.approx(1 / x, rel=1e-14)
    assert engine.grad(by_n, [base])[0].data == pytest.approx(1 / x, rel=1e-14)


def test_walk_takes_its_own_copy_of_the_upstream():
    x, upstream = Variable([1.0, 2.0]), np.ones(2)
    grads = dict(engine.walk(x + 1.0, upstream))
    upstream[:] = 9
    assert np.array_equal(grads[x], [1, 1])
    assert np.array_equal(dict(engine.walk(x + x, np.array([True, True])))[x], [2, 2])


def test_a_buffer_used_again_is_not_the_old_one():
    buffer = np.zeros(2)
    w, total = Variable([1.0, 1.0]), 0
    for row in ([1.0, 2.0], [3.0, 4.0]):
        buffer[:] = row
        total = total + (w * buffer).sum()
    total.backward()
    assert np.array_equal(total.data, 10) and np.array_equal(w.grad, [4, 6])


CONSTANTS = {  # 상수로 줄 것과, 나중에 그것을 바꾸는 일
    "list": lambda: (rows := [[1.0, 2.0], [3.0, 4.0]], lambda: rows[0].__setitem__(0, 9.0)),
    "array": lambda: (a := np.array([[1.0, 2.0], [3.0, 4.0]]), lambda: a.fill(9)),
    "view": lambda: ((a := np.array([[1.0, 3.0], [2.0, 4.0]])).T, lambda: a.fill(9)),
    "slice": lambda: ((a := np.arange(1.0, 5.0).repeat(2))[::2].reshape(2, 2), lambda: a.fill(9)),
    "broadcast": lambda: (np.broadcast_to(a := np.array([1.0, 2.0]), (2, 2)), lambda: a.fill(9)),
    "column": lambda: ((a := np.array([1.0, 2.0]))[:, None], lambda: a.fill(9)),
    "zero-d": lambda: (a := np.array(2.0), lambda: a.fill(9)),
    "integers": lambda: (a := np.array([[1, 2], [3, 4]]), lambda: a.fill(9)),
    "memory": lambda: (memoryview(a := np.array([[1.0, 2.0], [3.0, 4.0]])), lambda: a.fill(9)),
}
USES = [
    lambda x, c: x * c,
    lambda x, c: c / x,
    lambda x, c: x / c,
    lambda x, c: x**c,
    lambda x, c: c**x,
    lambda x, c: c @ x if np.ndim(c) == 2 == np.shape(c)[1] else x - c,
    lambda x, c: x @ c if np.shape(c) == (2, 2) else c - x,
]


@pytest.mark.parametrize("kind", CONSTANTS)
@pytest.mark.parametrize("f", USES)
def test_what_changes_later_does_not_change_the_record(kind, f):
    """상수, 잎에 준 어레이, 상류 미분계수를 나중에 바꾸어도 처음의 값으로 두 번까지 미분한다."""

    def all_derivatives(meddle):
        constant, change = CONSTANTS[kind]()
        data, upstream = np.array([[1.5, 2.0], [0.5, 1.0]]), np.ones((2, 2))
        x = Variable(data)
        z = f(x, constant) * 1.0
        if meddle:
            change(), data.fill(9)
        (first,) = engine.grad((z * z).sum(), [x], create_graph=True)
        z.backward(upstream)
        grad = x.grad.copy()
        if meddle:
            upstream.fill(9), x.grad.fill(9)
        (second,) = engine.grad((first * first).sum(), [x])
        x.grad = None
        z.backward(np.ones((2, 2)))
        return [z.data, grad, x.grad, first.data, second.data]

    for clean, meddled in zip(all_derivatives(False), all_derivatives(True)):
        assert np.array_equal(clean, meddled)


def change_by_rebinding(v):
    v.data = v.data + 1


def change_in_place(v):
    v.data += 1


@pytest.mark.parametrize(
    "change",
    [
        change_by_rebinding,
        change_in_place,
        lambda v: v.data.__setitem__(..., 9),
        lambda v: v.data.fill(9),
        lambda v: v.data.sort(),
        lambda v: np.add(v.data, 1, out=v.data),
        lambda v: np.copyto(v.data, 9),
        lambda v: v.data[:1].__setitem__(0, 9),
        lambda v: v.data.reshape((-1,)).__setitem__(0, 9),
        lambda v: np.put(v.data, 0, 9),
    ],
)
def test_recorded_values_cannot_be_changed(change):
    x = Variable([2.0, 1.0])
    row = x.reshape((1, 2))
    p = row * row
    z = p.sum()
    for v in (x, row, row.T, p, z):
        with pytest.raises((AttributeError, ValueError)):
            change(v if v is not z else z.reshape((1,)))
    z.backward()
    assert np.array_equal(x.data, [2, 1]) and np.array_equal(x.grad, [4, 2])
    with pytest.raises((AttributeError, ValueError)):
        change(engine.grad(z, [x])[0])


def test_a_grad_that_the_reader_changed_is_added_to_and_nothing_else():
    x, y = Variable([1.0, 2.0]), Variable([3.0, 4.0])
    z = (x + y).sum()
    z.backward()
    kept = x.grad
    x.grad *= 10
    z.backward()
    assert np.array_equal(x.grad, [11, 11]) and np.array_equal(y.grad, [2, 2])
    assert np.array_equal(kept, [10, 10])  # 전에 받아 둔 어레이는 그대로이다
    x.grad = None
    z.backward()
    assert np.array_equal(x.grad, [1, 1]) and np.array_equal(y.grad, [3, 3])


V, S = Variable([1.0, 2.0, 4.0]), Variable(2.0)


@pytest.mark.parametrize(
    "call, right",
    [
        *((lambda f=f: f(V), f(V.data)) for f in (np.log, np.mean, np.median, np.average, np.sum)),
        *((lambda f=f: f(V), f(V.data)) for f in (np.max, np.std, np.prod, np.sort, np.cumsum)),
        *((lambda f=f: f(V), f(V.data)) for f in (np.sign, np.size, np.argmax, np.transpose, len)),
        *((lambda f=f: f(V), f(V.data)) for f in (list, np.ravel, np.copy, np.gradient, sum, max)),
        *((lambda f=f: f(V, V), f(V.data, V.data)) for f in (np.dot, np.inner, np.outer, np.vdot)),
        *((lambda f=f: f(V, V), f(V.data, V.data)) for f in (np.matmul, np.maximum, np.equal)),
        *(
            (lambda f=f: f([V, V]), f([V.data, V.data]))
            for f in (np.array, np.stack, np.concatenate)
        ),
        *((lambda f=f: f(S), f(2.0)) for f in (math.log, math.sqrt, float, int, bool, round, abs)),
        (lambda: bool(Variable(0.0)), False),
        (lambda: S == 2.0, True),
        (lambda: S != 2.0, False),
        (lambda: S < 3, True),
        (lambda: V[1], 2.0),
        (lambda: np.where([True, False, True], V, 0.0), [1, 0, 4]),
        (lambda: np.full(2, S), [2, 2]),
        (lambda: np.array([S, 1.0]).sum(), 3),
        (lambda: np.array([S, S]) @ np.array([1.0, 2.0]), 6),
        (lambda: np.tensordot(V, V, 1), 21),
        (lambda: np.interp(1.5, [1, 2, 3], V), 1.5),
        (lambda: np.polyval([1.0, 2.0], V), [3, 4, 6]),
        (lambda: math.fsum([S, S]), 4),
        (lambda: V // 2, [0, 1, 2]),
        (lambda: V % 2, [1, 0, 0]),
        (lambda: V + [S, S, S], [3, 4, 6]),
        (lambda: Variable(S), 2),
        (lambda: V * 10**30, V.data * 1e30),
        (lambda: S ** np.array([True, False]), [2, 1]),
        (lambda: f"{S:.1f}", None),
        (lambda: V * 1j, None),
        (lambda: V + "a", None),
        (lambda: V + None, None),
        (lambda: V + [1, [2]], None),
        (lambda: S * 10**400, None),
        (lambda: engine.grad(3.0, [S]), None),
        (lambda: engine.grad(np.float64(3), [S]), None),
        (lambda: engine.grad(S * S, S), None),
    ],
)
def test_what_the_engine_does_not_know_is_refused_or_right(call, right):
    """조용히 틀리는 것은 없다. right가 None인 것은 꼭 거절한다."""
    try:
        result = call()
    except (TypeError, ValueError, AttributeError, IndexError, OverflowError):
        return
    values = [engine.data_of(v) for v in np.ravel(engine.data_of(result))]
    assert right is not None and np.allclose(np.array(values, float), np.ravel(right))


@pytest.mark.parametrize(
    "f",
    [math.log, float, bool, np.mean, np.array, np.dot, lambda *x: x[0] == 2, lambda *x: x[0] < 2],
)
def test_a_value_does_not_slip_out_of_the_record(f):
    """np.log는 넘파이가 거절하고, 나머지는 엔진이 한국어로 거절한다."""
    with pytest.raises(TypeError, match="ufunc"):
        np.log(S)
    with pytest.raises(TypeError, match="Variable.*data에 있습니다"):
        f(*[S] * (1 + (f is np.dot)))


def test_engine_survives_a_deep_and_a_wide_graph():
    a, total = Variable(1.0), Variable(0.0)
    for _ in range(100_000):
        total = total + a
    total.backward()
    assert a.grad == 100_000
    leaves = [Variable(float(n)) for n in range(100_000)]
    sum(leaves).backward()
    assert all(leaf.grad == 1 for leaf in leaves)


def test_a_record_of_a_record_survives_too():
    """x를 n번 곱하여 두 번 미분한 값은 n(n − 1)xⁿ⁻²이다."""
    n, x, z = 20_000, Variable(1.0), 1.0
    for _ in range(n):
        z = z * x
    (first,) = engine.grad(z, [x], create_graph=True)
    (second,) = engine.grad(first, [x])
    assert first.data == n and second.data == n * (n - 1)


@pytest.mark.parametrize(
    "wrong, kind, message",
    [
        (lambda: Variable([1, 2]), TypeError, "int64"),
        (lambda: Variable(True), TypeError, "bool"),
        (lambda: Variable("1"), TypeError, "소수"),
        (lambda: Variable(None), TypeError, "소수"),
        (lambda: Variable([1.0, 2.0]).backward(), ValueError, "(2,)"),
        (lambda: Variable(1.0).backward([1.0, 2.0]), ValueError, "(2,)"),
        (lambda: Variable([1.0, 2.0]) + np.ones(3), ValueError, "(2,), (3,)"),
        (lambda: Variable([1.0, 2.0]) @ [1.0, 2.0, 3.0], ValueError, "(1, 2), (3, 1)"),
        (lambda: np.ones((2, 3)) @ Variable(np.ones((2, 3))), ValueError, "(2, 3), (2, 3)"),
        (lambda: Variable(1.0) @ Variable(1.0), ValueError, "(), ()"),
        (lambda: Variable(np.ones(4)).reshape(3), ValueError, "(4,)"),
        (lambda: Variable(np.ones(4)).sum(axis=1), ValueError, "(4,)"),
        (lambda: Variable(np.ones(4)).transpose((0, 1)), ValueError, "(4,)"),
        (lambda: engine.grad(Variable(1.0), [Variable(1.0)]), ValueError, "쓰지 않은"),
        (lambda: engine.grad(Variable([1.0]), []), ValueError, "(1,)"),
    ],
)
def test_engine_says_what_is_wrong(wrong, kind, message):
    with pytest.raises(kind) as error:
        wrong()
    assert message in str(error.value) and any("가" <= char <= "힣" for char in str(error.value))


Dual = engine.Dual


@given(st.floats(0.3, 3), st.floats(0.3, 3))
def test_dual_numbers_agree_with_pytorch(x, y):
    def f(lib, x, y):
        return lib.log(x * y + 1) * x**3 + lib.exp(y * x**-1)

    inputs = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (x, y)]
    first = torch.autograd.grad(f(torch, *inputs), inputs, create_graph=True)
    assert np.allclose(
        [f(np, Dual(x, 1.0), Dual(y)).derivative, f(np, Dual(x), Dual(y, 1.0)).derivative],
        [g.item() for g in first],
        rtol=1e-12,
    )
    second = torch.autograd.grad(first[0], inputs, create_graph=True)
    assert np.isclose(f(np, Dual(Dual(x, 1.0), 1.0), y).derivative.derivative, second[0].item())
    third = torch.autograd.grad(second[0], inputs)
    partial = engine.derivative
    nested = [  # 층이 다르면 어느 변수로 몇 번 미분해도 섞이지 않는다
        partial(lambda a: f(np, a, y), x),
        partial(lambda b: partial(lambda a: f(np, a, b), x, 1), y),
        partial(lambda c: partial(lambda b: partial(lambda a: f(np, a, y), b, 2), c, 1), x),
        partial(lambda c: partial(lambda b: partial(lambda a: f(np, a, c), b, 2), x, 1), y),
    ]
    expected = [first[0], second[1], third[0], third[1]]
    assert np.allclose(nested, [g.item() for g in expected], rtol=1e-10)


def test_dual_numbers_of_different_levels_are_not_confused():
    """d/dx[x·d/dy(x + y)] = 1. 층이 하나면 2가 된다."""
    partial = engine.derivative

    def nested(inner, outer):
        return partial(lambda x: x * partial(lambda y: x + y, 1.0, level=inner), 1.0, level=outer)

    assert nested(2, 1) == nested(1, 0) == 1
    assert nested(1, 2) == nested(0, 1) == 1  # 층의 차례를 거꾸로 매겨도
    assert partial(lambda x: 3.0, 1.0) == partial(lambda x: np.float64(3), 1.0) == 0
    assert partial(lambda x: partial(lambda y: x * x, 1.0, 2), 1.0, 1) == 0
    assert partial(lambda x: x * partial(lambda y: 5.0, x, 2) + x, 1.0, 1) == 1


def test_dual_numbers_beside_arrays_and_refused():
    Dual, derivative = engine.Dual, engine.derivative
    row = np.array([1.0, 2.0])
    assert np.array_equal(derivative(lambda x: row * x + row, 1.0), row)
    assert np.array_equal(derivative(lambda x: row, 1.0), [0, 0])
    for wrong in (lambda: Dual(1.0) == 1, lambda: bool(Dual(1.0)), lambda: Dual(1.0) < 1):
        with pytest.raises(TypeError):
            wrong()
    with pytest.raises(TypeError):  # 여럿을 돌려주는 함수는 0이 아니라 오류이다
        derivative(lambda x: (x, x), 1.0)
