"""독자가 처음에 흔히 하는 일. 이때 불리는 파일만 컴파일한다. Pyodide 안에서 실행한다."""

import io

import matplotlib
import sympy
from mpl_toolkits import mplot3d  # noqa: F401

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

figure = plt.figure()
axes = figure.add_subplot(projection="3d")
axes.plot([0, 1], [0, 1], [0, 1], label="$x^2$")
axes.legend()
plt.subplots()[0].text(0, 0, r"$\frac{1}{2}$")
for form in ("svg", "png"):
    figure.savefig(io.BytesIO(), format=form)
plt.close("all")

x = sympy.Symbol("x")
sympy.lambdify(x, sympy.sin(x), "numpy")(1.0)
sympy.latex(sympy.integrate(x * sympy.exp(x), x) + sympy.diff(sympy.log(x)))
sympy.limit(sympy.sin(x) / x, x, 0)
sympy.series(sympy.sin(x))
sympy.solve(x**2 - 1)
sympy.Matrix([[x, 1], [1, 0]]).inv()
