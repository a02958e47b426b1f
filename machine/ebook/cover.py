"""표지: 책의 표식과 이름, 그리고 곡선 위의 한 점에서 뻗은 할선들이 접선에 가까워지는 그림.

곡선은 _config.yml의 book_cover에 적는다. 적지 않은 것과 없는 표식은 그리지 않는다.
"""

import io

import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import FontEntry, FontProperties, fontManager
from PIL import Image

from machine import mark
from machine.book.fonts import Font
from machine.settings.conventions import FONTS, SERIF, font, setting

PAPER, LINE, ACCENT = "#14243d", "#ffffff", "#f2b84b"
WIDTHS = (1.02, 0.78, 0.55, 0.33, 0.14)  # 할선의 너비
SIDES = (0.2, 0.15)  # 곡선을 표지의 밖까지 그리는 너비
STEP = 1e-6  # 접선의 기울기를 구할 차분의 너비


def draw(title, author):
    """1600×2400의 PNG. 곡선을 계산할 수 없으면 ValueError."""
    fig = Figure(figsize=(8, 12), dpi=200, facecolor=PAPER)
    name, _, subtitle = title.partition(":")
    write(fig, 0.1, 0.8, name, 62, "Bold")
    write(fig, 0.1, 0.735, subtitle.strip(), 26)
    write(fig, 0.9, 0.06, author, 20, ha="right")
    if mark.exists():
        put_mark(fig)
    if setting("book_cover"):
        draw_curve(fig, **setting("book_cover"))
    drawn, small = io.BytesIO(), io.BytesIO()
    fig.savefig(drawn, format="png")
    Image.open(drawn).convert("RGB").quantize(64).save(small, "PNG", optimize=True)
    return small.getvalue()


def put_mark(fig):
    ax = fig.add_axes((0.1, 0.89, 0.09, 0.06))
    ax.imshow(np.asarray(Image.open(mark.PICTURE).convert("RGBA")))
    ax.axis("off")


def write(fig, x, y, text, size, bold="", **options):
    families = [f"{name}{bold}" for name in FONTS[SERIF]]
    for family in families:  # 컴퓨터에 깔린 같은 이름의 글꼴보다 앞에
        fontManager.ttflist.insert(0, FontEntry(fname=Font(font(family)).path, name=family))
    properties = FontProperties(family=families, size=size)
    fig.text(x, y, text, fontproperties=properties, color=LINE, **options)


def function(curve):
    """NumPy의 함수와 x로 적은 식."""

    def f(x):
        try:
            return eval(curve, {"__builtins__": {}}, {**vars(np), "x": x})
        except Exception as error:
            raise ValueError(f"curve를 계산할 수 없습니다: {curve}: {error}") from error

    return f


def draw_curve(fig, curve, at, x, y, alt):
    """x와 y는 표지에 보일 범위, at은 접하는 곳. 그림의 대체 글 alt는 cover.xhtml에 적는다."""
    f, ends = function(curve), np.array([at - 2, at + 2])
    ax = fig.add_axes((0, 0, 1, 1), xlim=x, ylim=y)
    ax.axis("off")
    for n, h in enumerate(WIDTHS):
        secant = (f(at + h) - f(at)) / h
        line = f(at) + secant * (ends - at)
        ax.plot(ends, line, color=ACCENT, lw=2.2, alpha=1 - 0.13 * n, zorder=1)
        ax.plot(at + h, f(at + h), "o", color=ACCENT, ms=12, zorder=3)
    slope = (f(at + STEP / 2) - f(at - STEP / 2)) / STEP
    ax.plot(ends, f(at) + slope * (ends - at), "--", color=LINE, lw=2.5, zorder=2)
    xs = np.linspace(x[0] - SIDES[0], x[1] + SIDES[1], 300)
    ax.plot(xs, f(xs), color=LINE, lw=5, zorder=2)
    ax.plot(at, f(at), "o", color=LINE, ms=20, zorder=4)
