"""더 나아가기(6.5절부터)에서 만든 함수의 시험.

무작위로 고른 점과 식에서 심파이, 파이토치와 견준다.
"""

from operator import matmul
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
TORCH = SimpleNamespace(exp=torch.exp, log=torch.log, tanh=torch.tanh, relu=torch.relu)
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
    lambda lib, a, b: (lib.wide + a).reshape(3, 2).T,
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


def evaluate(lib, steps, leaves):
    values = list(leaves)
    for operation, i, j in steps:
        values.append(
            lib.tanh(operation(lib, values[-1 - i % len(values)], values[-1 - j % len(values)]))
        )  # 값이 커지지 않게
    return sum((value.sum() for value in values[len(leaves) :]), 0 * leaves[0].sum())


def by_engine(steps, arrays):
    leaves = [engine.Variable(a) for a in arrays]
    output = evaluate(
        SimpleNamespace(wide=WIDE, **{name: getattr(engine, name) for name in vars(TORCH)}),
        steps,
        leaves,
    )
    output.backward()
    return output, leaves


def by_torch(steps, arrays):
    leaves = [torch.tensor(a, requires_grad=True) for a in arrays]
    return evaluate(SimpleNamespace(wide=torch.tensor(WIDE), **vars(TORCH)), steps, leaves), leaves


@settings(max_examples=400)
@given(graphs(OPERATIONS))
def test_engine_agrees_with_pytorch_on_random_graphs(graph):
    leaf_shapes, steps, seed = graph
    arrays = [np.random.default_rng(seed).normal(size=shape) for shape in leaf_shapes]
    output, leaves = by_engine(steps, arrays)
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


@settings(max_examples=200)
@given(graphs(SMOOTH))
def test_engine_agrees_with_differences_to_second_order(graph):
    """무작위 방향 u로 움직여, 값의 차분을 그래디언트와 견준다.

    그래디언트의 차분은 파이토치의 헤세 행렬과 u의 곱과 견준다.
    """
    leaf_shapes, steps, seed = graph
    rng = np.random.default_rng(seed)
    arrays, u = ([rng.normal(size=shape) for shape in leaf_shapes] for _ in range(2))

    def at(t):
        output, leaves = by_engine(steps, [a + t * d for a, d in zip(arrays, u)])
        return output.data, [
            np.zeros(leaf.shape) if leaf.grad is None else leaf.grad for leaf in leaves
        ]

    def dot(gradients):
        return sum(np.sum(g * d) for g, d in zip(gradients, u))

    h = 1e-4
    (right, grad_right), (left, grad_left), (_, grad) = at(h / 2), at(-h / 2), at(0)
    assert np.isclose((right - left) / h, dot(grad), rtol=1e-4, atol=1e-5)
    expected, tensors = by_torch(steps, arrays)
    first = torch.autograd.grad(expected, tensors, create_graph=True, materialize_grads=True)
    slope = sum((g * torch.tensor(d)).sum() for g, d in zip(first, u))
    second = (
        torch.autograd.grad(slope, tensors, materialize_grads=True)
        if slope.requires_grad
        else [torch.zeros_like(t) for t in tensors]
    )
    for a, b, c in zip(grad_right, grad_left, second):
        assert np.allclose((a - b) / h, c, rtol=1e-3, atol=1e-4)


def test_engine_takes_numbers_and_arrays_on_both_sides():
    x = engine.Variable([[1.0, 2.0], [3.0, 4.0]])
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
        (-x, -x.data),
        (x.T, x.data.T),
        (x.sum(axis=(0, 1)), 10),
        (np.float64(2) * x, 2 * x.data),
    ]:
        assert isinstance(result, engine.Variable) and np.allclose(result.data, expected)
    single = engine.Variable(np.float32(2))
    (single * 2 + 1).backward()
    assert single.grad.dtype == "float32" and single.grad == 2


@pytest.mark.parametrize(
    "f, g, arrays",
    [
        *(
            (
                lambda x, axes=axes: x.transpose(*axes),
                lambda x, order=order: x.permute(order),
                [(2, 3, 4)],
            )
            for axes, order in [
                ((1, 2, 0), (1, 2, 0)),
                ((-1, 0, 1), (2, 0, 1)),
                (((2, 0, 1),), (2, 0, 1)),
            ]
        ),
        (pow, pow, [(2, 3), (3,)]),
        (lambda x: x.sum(axis=(0, -1)), lambda x: x.sum(axis=(0, -1)), [(2, 3, 4)]),
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
    ],
)
def test_engine_moves_axes_and_multiplies_stacks(f, g, arrays):
    rng = np.random.default_rng(0)
    arrays = [rng.uniform(0.5, 2, shape) for shape in arrays]
    variables, tensors = (
        [engine.Variable(a) for a in arrays],
        [torch.tensor(a, requires_grad=True) for a in arrays],
    )
    output, expected = f(*variables), g(*tensors)
    upstream = rng.normal(size=output.shape)
    output.backward(upstream)
    expected.backward(torch.tensor(upstream))
    assert np.allclose(output.data, expected.detach())
    assert all(
        v.grad.shape == v.shape and np.allclose(v.grad, t.grad) for v, t in zip(variables, tensors)
    )


def test_engine_survives_a_deep_graph():
    a, total = engine.Variable(1.0), engine.Variable(0.0)
    for _ in range(100_000):
        total = total + a
    total.backward()
    assert a.grad == 100_000


@pytest.mark.parametrize(
    "wrong, kind, message",
    [
        (lambda: engine.Variable([1, 2]), TypeError, "int64"),
        (lambda: engine.Variable("1"), TypeError, "소수"),
        (lambda: engine.Variable(None), TypeError, "소수"),
        (lambda: engine.Variable([1.0, 2.0]).backward(), ValueError, "(2,)"),
        (lambda: engine.Variable(1.0).backward([1.0, 2.0]), ValueError, "(2,)"),
        (lambda: engine.Variable([1.0, 2.0]) + np.ones(3), ValueError, "(2,), (3,)"),
        (lambda: engine.Variable([1.0, 2.0]) @ [1.0, 2.0, 3.0], ValueError, "(2,), (3,)"),
        (lambda: np.ones((2, 3)) @ engine.Variable(np.ones((2, 3))), ValueError, "(2, 3), (2, 3)"),
        (lambda: engine.Variable(np.ones(4)).reshape(3), ValueError, "(4,)"),
    ],
)
def test_engine_says_what_is_wrong(wrong, kind, message):
    with pytest.raises(kind) as error:
        wrong()
    assert message in str(error.value) and any("가" <= char <= "힣" for char in str(error.value))


@given(st.floats(0.3, 3), st.floats(0.3, 3))
def test_dual_numbers_agree_with_pytorch(x, y):
    def f(lib, x, y):
        return lib.log(x * y + 1) * x**3 + lib.exp(y * x**-1)

    Dual = engine.Dual
    inputs = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (x, y)]
    first = torch.autograd.grad(f(torch, *inputs), inputs, create_graph=True)
    assert np.allclose(
        [f(np, Dual(x, 1.0), Dual(y)).derivative, f(np, Dual(x), Dual(y, 1.0)).derivative],
        [g.item() for g in first],
        rtol=1e-12,
    )
    second = torch.autograd.grad(first[0], inputs[0])[0].item()
    assert np.isclose(f(np, Dual(Dual(x, 1.0), 1.0), y).derivative.derivative, second, rtol=1e-10)
