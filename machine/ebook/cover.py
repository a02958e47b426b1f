"""표지의 그림: 곡선 위의 한 점에서 뻗은 할선들이 접선에 가까워진다. 대체 글은 cover.xhtml에."""

import io

import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from PIL import Image

from machine.book.fonts import FONTS, Font

PAPER, LINE, ACCENT = "#14243d", "#ffffff", "#f2b84b"
SLOPE = 3  # x=1에서 f의 접선의 기울기


def f(x):
    """그림 6-1의 함수."""
    return (x**2 + 2 * x) * np.log(x)


def draw(title, author):
    """1600×2400의 PNG."""
    fonts = {path.stem: Font(path).path for path in FONTS if path.stem.startswith("NanumMyeongjo")}

    def words(x, y, text, size, font="NanumMyeongjo", **options):
        font = FontProperties(fname=fonts[font], size=size)
        fig.text(x, y, text, fontproperties=font, color=LINE, **options)

    fig = Figure(figsize=(8, 12), dpi=200, facecolor=PAPER)
    title, _, subtitle = title.partition(":")
    words(0.1, 0.83, title, 62, "NanumMyeongjoBold")
    words(0.1, 0.765, subtitle.strip(), 26)
    words(0.9, 0.06, author, 20, ha="right")

    ax = fig.add_axes((0, 0, 1, 1), xlim=(0.25, 2.15), ylim=(-3.7, 9.4))
    ax.axis("off")
    x = np.linspace(0.05, 2.3, 300)
    for n, h in enumerate((1.02, 0.78, 0.55, 0.33, 0.14)):
        secant = f(1 + h) / h
        look = {"color": ACCENT, "lw": 2.2, "alpha": 1 - 0.13 * n, "zorder": 1}
        ax.plot([-1, 3], [-2 * secant, 2 * secant], **look)
        ax.plot(1 + h, f(1 + h), "o", color=ACCENT, ms=12, zorder=3)
    ax.plot([-1, 3], [-2 * SLOPE, 2 * SLOPE], "--", color=LINE, lw=2.5, zorder=2)
    ax.plot(x, f(x), color=LINE, lw=5, zorder=2)
    ax.plot(1, 0, "o", color=LINE, ms=20, zorder=4)

    drawn, small = io.BytesIO(), io.BytesIO()
    fig.savefig(drawn, format="png")
    Image.open(drawn).convert("RGB").quantize(64).save(small, "PNG", optimize=True)
    return small.getvalue()
