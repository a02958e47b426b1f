"""더 나아가기(6.5절부터)에서 만든 함수의 시험: 무작위로 고른 점과 식에서 심파이, 파이토치와 견준다."""
import ast

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from book import code_cells

EPS = np.finfo(float).eps
settings.register_profile("book", deadline=None, derandomize=True, database=None)
settings.load_profile("book")


def definitions(page):
    """그 쪽의 import와 함수, 클래스. 같은 이름이 여럿이면 뒤의 것이 남는다."""
    scope = {}
    for cell in code_cells(page):
        body = [node for node in ast.parse(cell.source).body
                if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef))]
        exec(compile(ast.Module(body, []), page, "exec"), scope)
    return scope


numer_deriv = definitions("chapters/chap6/6-5-errors")["numer_deriv"]
X = sympy.symbols("x:2")
EXPRESSIONS = [(X[0]**2 + 2*X[0])*sympy.log(X[1]), X[0]**3*X[1]**2, sympy.exp(X[0] - X[1]), sympy.sin(X[0]*X[1]),
               X[0]/X[1], sympy.sqrt(X[0]**2 + X[1]**2), sympy.tanh(X[0]) + X[1]**-2, X[0]**X[1], sympy.cos(X[0])*sympy.log(1 + X[1]**2)]
FUNCTIONS = [[sympy.lambdify([X], e) for e in (f, *(f.diff(x) for x in X), *(f.diff(x, 2) for x in X), *(f.diff(x, 3) for x in X))]
             for f in EXPRESSIONS]
positive = st.floats(0.3, 3)


@pytest.mark.parametrize("method", ["center", "forward"])
@given(st.sampled_from(FUNCTIONS), st.tuples(positive, positive), st.floats(-5, -2))
def test_numer_deriv_errs_as_the_theory_says(method, functions, point, exponent):
    """절단 오차의 맨 앞 항(구간에서 가장 큰 것)에 반올림 오차 몇 ε|f|/h를 더한 것을 넘지 않는다."""
    f, true, second, third = functions[0], functions[1:3], functions[3:5], functions[5:7]
    h = 10**exponent
    grad = numer_deriv(f, point, h=h, method=method)
    for i in range(2):
        steps = h*np.array([0, 0.5, 1]) if method == "forward" else h*np.array([-0.5, 0, 0.5])
        near = [np.array(point) + step*np.eye(2)[i] for step in steps]
        if method == "forward":
            truncation = h/2 * max(abs(second[i](x)) for x in near)
        else:
            truncation = h**2/24 * max(abs(third[i](x)) for x in near)
        assert abs(grad[i] - true[i](point)) <= 1.1*truncation + 8*EPS*(1 + abs(f(point)))/h


def test_numer_deriv_takes_every_kind_of_real():
    for x in (2, 2.0, np.float64(2), np.float32(2), np.int64(2), np.array(2), np.array(2, dtype="uint8")):
        value = numer_deriv(np.log, x)
        assert type(value) is float and value == pytest.approx(0.5, abs=1e-7)
    for d in (0, 1, 5):
        grad = numer_deriv(lambda x: np.sum(x**2), np.arange(d))
        assert grad.shape == (d,) and grad.dtype == "float64" and np.allclose(grad, 2*np.arange(d))
    assert np.allclose(numer_deriv(lambda x: x[0]*x[1], [2, 3]), [3, 2])
    assert numer_deriv(lambda x: 3*x, 1e6) == pytest.approx(3, rel=1e-6)


def test_numer_deriv_never_changes_its_argument():
    def greedy(x):
        value = np.sum(x**2)
        x[:] = 0                        # 받은 어레이를 망치는 함수
        return value

    x = np.array([1.0, 2.0, 3.0])
    assert np.allclose(numer_deriv(greedy, x), 2*x) and np.array_equal(x, [1, 2, 3])


@pytest.mark.parametrize("wrong, kind, message", [
    ({"method": "centre"}, ValueError, "method"), ({"method": None}, ValueError, "method"),
    *(({"h": h}, ValueError, "h") for h in (0, -1e-3, np.nan, np.inf, [0.1, 0.2])),
    ({"h": 1e-20}, ValueError, "h가 너무 작아"), *(({"h": h}, TypeError, "h=") for h in ("0.1", None, 1j)),
    *(({"x": x}, ValueError, "NaN이나 무한대") for x in ([1, np.nan], [np.inf, 1])),
    *(({"x": x}, TypeError, "x=") for x in ("1", [1, "2"], None, [1, 1j], [[1], [1, 2]], [True, False], sympy.Symbol("x"))),
    ({"x": [[1.0, 2.0]]}, ValueError, r"(1, 2)"), ({"x": np.zeros((2, 2))}, ValueError, r"(2, 2)"),
    ({"f": lambda x: x}, ValueError, "수 하나"), ({"f": lambda x: np.nan}, ValueError, "f(x)"), ({"f": lambda x: "1"}, TypeError, "f(x)"),
])
def test_numer_deriv_says_what_is_wrong(wrong, kind, message):
    with pytest.raises(kind) as error:
        numer_deriv(**({"f": lambda x: x[0]*x[1], "x": [1, 2]} | wrong))
    assert message in str(error.value) and any("가" <= char <= "힣" for char in str(error.value))
