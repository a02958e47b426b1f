"""6.6절의 엔진을 micrograd, HIPS autograd, 파이토치와 같은 식에서 견준다: make bench

식은 길이 n인 어레이로 w = (w*v + 1)**-0.5를 20번 되풀이하고 더한 것이다. 표의 두 수는
- 연산 하나에 든 시간: (값과 그래디언트를 함께 구한 시간) / (어레이 연산의 수)
- 비율: (값과 그래디언트를 함께 구한 시간) / (넘파이, 파이토치의 텐서, 파이썬의 수로 기록하지 않고
  값만 구한 시간)
이고, 시간은 되풀이한 것 가운데 가장 짧은 것이다.
"""

import sys
import time
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import autograd
import autograd.numpy as anp
import numpy as np
import torch
from micrograd.engine import Value

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
from book import definitions  # noqa: E402

STEPS, OPERATIONS = 20, 3 * 20 + 1
Variable = definitions("chapters/chap6/6-6-engine")["Variable"]


def chain(w):
    v = w
    for _ in range(STEPS):
        w = (w * v + 1) ** -0.5
    return w


def by_engine(x):
    v = Variable(x)
    chain(v).sum().backward()
    return v.grad


by_autograd = autograd.grad(lambda v: anp.sum(chain(v)))


def by_torch(x):
    v = torch.tensor(x, requires_grad=True)
    return torch.autograd.grad(chain(v).sum(), v)[0].numpy()


def by_micrograd(x):
    values = [Value(float(a)) for a in x]
    sum(map(chain, values), Value(0.0)).backward()
    return [v.grad for v in values]


TOOLS = {
    "엔진": (by_engine, lambda x: chain(x).sum()),
    "autograd": (by_autograd, lambda x: chain(x).sum()),
    "torch": (by_torch, lambda x: chain(torch.tensor(x)).sum()),
    "micrograd": (by_micrograd, lambda x: sum(map(chain, x.tolist()))),
}


def seconds(task, x, total=0.5):
    task(x)
    best, begin = np.inf, time.perf_counter()
    while time.perf_counter() - begin < total:
        start = time.perf_counter()
        task(x)
        best = min(best, time.perf_counter() - start)
    return best


sys.setrecursionlimit(10**6)  # micrograd는 그래프를 재귀로 따라간다
torch.set_num_threads(1)
print(
    f"파이썬 {python_version()}, "
    + ", ".join(f"{name} {version(name)}" for name in ("numpy", "autograd", "micrograd", "torch"))
)
print(f"{'n':>7}" + "".join(f"{name:>18}" for name in TOOLS))
for n in (10, 100, 1000, 10_000, 100_000):
    x = np.random.default_rng(0).uniform(0, 2, n)
    row, expected = f"{n:7}", by_torch(x)
    for name, (gradient, value) in TOOLS.items():
        if name == "micrograd" and n > 100:  # 수 하나씩 계산하므로 오래 걸린다
            row += f"{'-':>18}"
            continue
        assert np.allclose(gradient(x), expected)
        time_gradient, time_value = seconds(gradient, x), seconds(value, x)
        row += f"{time_gradient / OPERATIONS * 1e6:9.1f} µs {time_gradient / time_value:5.1f}"
    print(row)
