"""맷플롯립의 뒷단(MPLBACKEND=module://live_figures): 그림을 쪽의 것처럼 SVG로 낸다.

크기와 여백은 쪽을 만드는 커널의 matplotlib_inline과 같다. 글자는 윤곽선이어서 글꼴이 없어도 보인다.
"""

import base64
import html
import io
import re

import live_kernel
import matplotlib
from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from pyodide.ffi import to_js

MOST_SVG = 2_000_000  # 점이 아주 많은 그림은 PNG로 낸다
OURS = {"svg.hashsalt": "book", "svg.fonttype": "path"}  # 늘 같은 바이트
DRAWN_TEXT = re.compile(r"<!-- (.*?) -->", re.DOTALL)

matplotlib.rcParams["pdf.fonttype"] = 42  # PDF로 저장해도 한글이 글자로 남는다


def is_drawn(value):
    return isinstance(value, Figure) and bool(value.axes or value.lines)


def draw(figure):
    if not live_kernel.draws:
        return
    svg = printed(figure, "svg").decode("utf-8")
    texts = to_js([html.unescape(text) for text in DRAWN_TEXT.findall(svg)])
    if len(svg) <= MOST_SVG:
        live_kernel.outputs.figure("svg", svg, texts)
    else:
        png = base64.b64encode(printed(figure, "png")).decode("ascii")
        live_kernel.outputs.figure("png", png, texts)


def printed(figure, form):
    file = io.BytesIO()
    with matplotlib.rc_context(OURS):
        figure.canvas.print_figure(
            file,
            format=form,
            dpi=figure.dpi,
            facecolor=figure.get_facecolor(),
            edgecolor=figure.get_edgecolor(),
            bbox_inches="tight",
        )
    return file.getvalue()


def draw_all():
    """열린 그림을 모두 보이고 닫는다."""
    try:
        for manager in Gcf.get_all_fig_managers():
            live_kernel.display(manager.canvas.figure)
    finally:
        Gcf.destroy_all()


class FigureManager(FigureManagerBase):
    def show(self):
        live_kernel.display(self.canvas.figure)

    @classmethod
    def pyplot_show(cls, *, block=None):
        draw_all()


class FigureCanvas(FigureCanvasAgg):
    manager_class = FigureManager
