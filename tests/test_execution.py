"""실행한 결과의 시험: 시각과 상관없는 출력, 그려진 그대로의 그림, 대체 글, 색인의 자리."""

import pickle
import re
import shutil
from html import unescape

import numpy as np
import pypdfium2
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import ImageFilter
from pypdf import PdfReader

import machine.run.execute as runner
from book import HTML, ROOT, WITH_CELLS, code_cells, listed, make, need_pango, read_page
from machine.book.figure import with_letters
from machine.book.fonts import FONTS, fonts
from machine.tree.alternatives import lacks_text
from machine.tree.index_places import specific
from outputs import TIMED, assert_printed, holds, lines, squeeze
from tiny import tiny_book


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


PICTURE = new_output("display_data", {"text/plain": "그림"})


def cut(text, places, name="stdout"):
    ends = [0, *sorted({place % (len(text) + 1) for place in places}), len(text)]
    return [stream(text[a:b], name) for a, b in zip(ends, ends[1:])]


def mixed(first, second, order):
    """두 흐름의 조각을 차례를 지켜 섞는다."""
    queues = [list(first), list(second)]
    for pick in order:
        if queues[pick]:
            yield queues[pick].pop(0)
    yield from queues[0] + queues[1]


@given(
    st.text("가a \n\r\b", max_size=20),
    st.text("가a \n\r\b", max_size=9),
    st.lists(st.integers(0, 99)),
    st.lists(st.integers(0, 99)),
    st.lists(st.integers(0, 1)),
)
def test_where_a_stream_is_cut_does_not_show(text, errors, places, others, order):
    whole = [*cut(text, []), *cut(errors, [], "stderr"), PICTURE, *cut(text, [])]
    pieces = [
        *mixed(cut(text, places), cut(errors, others, "stderr"), order),
        PICTURE,
        *cut(text, others),
    ]
    assert runner.join_streams(pieces) == runner.join_streams(whole)


@pytest.mark.parametrize(
    "written, shown",
    [
        ("0 1 2", "0 1 2"),
        ("a\r\nb\n\n", "a\nb\n\n"),
        ("\r10%\r20%", "20%"),
        ("10%\r", "10%"),
        ("abc\b\bx", "axc"),
        ("가나\rx\n끝", "x나\n끝"),
        ("긴 줄\r\x1b[K짧게", "짧게"),
        ("\x1b[31m1%\x1b[0m\r\x1b[32m2%\x1b[0m", "\x1b[32m2%\x1b[0m"),
        ("\x1b[31m빨강\x1b[0m", "\x1b[31m빨강\x1b[0m"),
    ],
)
def test_a_line_ends_as_in_a_terminal(written, shown):
    assert runner.as_in_terminal(written) == shown


def test_nothing_moves_across_a_picture():
    outputs = runner.join_streams(
        [
            stream("경고\n", "stderr"),
            stream("앞 "),
            stream("앞\n"),
            PICTURE,
            stream("뒤\n"),
            stream("\r"),
        ]
    )
    assert [out.get("text", "그림") for out in outputs] == ["앞 앞\n", "경고\n", "그림", "뒤\n"]


def test_a_false_line_break_is_seen():
    notebook = new_notebook(
        cells=[
            new_code_cell(outputs=[stream(text)])
            for text in (
                "dx=3, dy=2\n",
                "forward pass f(x) = 2.079442\nbackward pass dx = 2.772589, dy = 1.500000\n",
                "array([2.7726, 1.4989])",
                "(tensor([5.5452]), tensor([3.]))",
            )
        ]
    )
    assert_printed("chapters/chap6/6-4-autodiff", notebook)
    notebook.cells[1].outputs[0].text = notebook.cells[1].outputs[0].text.replace("dx = ", "dx =\n")
    with pytest.raises(AssertionError, match="backward pass"):
        assert_printed("chapters/chap6/6-4-autodiff", notebook)
    assert holds(lines("a b\nc"), lines("a  b\n\nc".replace("\n\n", "\n"))) and not holds(
        lines("a\nb"), lines("ab")
    )
    assert squeeze("<f at 0x7f00aa11>") == squeeze("<f at 0x7f00bb22>")
    assert squeeze("10 x2") != squeeze("10 x3") and squeeze("0x10") != squeeze("0x11")


def test_a_kernel_that_dies_at_start_is_started_again(monkeypatch):
    tries = []

    def dies(error, times):
        def single(*args, **options):
            tries.append(options["iopub_timeout"])
            if len(tries) <= times:
                raise error
            return type("Result", (), {"err": None})

        monkeypatch.setattr(runner, "single_nb_execution", single)
        tries.clear()
        return runner.execute(new_notebook(), "", 1)

    dies(RuntimeError("Kernel died before replying to kernel_info"), 2)
    assert tries == [runner.PATIENCE] * 3
    for error, count in ((RuntimeError("Kernel died"), 3), (DeadKernelError("Kernel died"), 1)):
        assert dies(error, 9).err is error and len(tries) == count  # 다른 쪽은 이어서 실행한다


CELLS = {
    "import time\nfor i in range(3):\n    print(i, end=' ', flush=True)\n    time.sleep(.3)": [
        "0 1 2 "
    ],
    "for name in ('앞', '뒤'):\n    print(name)\n    display(name)\n    time.sleep(.25)\n"
    "print('끝')": [
        "앞\n",
        "'앞'",
        "뒤\n",
        "'뒤'",
        "끝\n",
    ],
    "import sys\nsys.stderr.write('w')\nsys.stderr.flush()\n"
    "print('a', end='')\n_ = sys.stderr.write('w')": [
        "a",
        "ww",
    ],
    "for i in range(3):\n    print(f'\\r{i}0%', end='', flush=True)\n    time.sleep(.25)": ["20%"],
    "for i in range(5000): print(i, flush=True)": ["".join(f"{i}\n" for i in range(5000))],
    "import os\nprint({'가', '나', '다'}, os.environ['OMP_NUM_THREADS'])": [
        re.compile(r"\{.*\} 1\n")
    ],
}


def run_cells(codes, folder, timeout):
    notebook = new_notebook(
        cells=[new_code_cell(code) for code in codes],
        metadata={"kernelspec": {"name": "python3", "display_name": ""}},
    )
    return runner.execute(notebook, str(folder), timeout, allow_errors=False)


def test_cells_that_print_slowly_and_one_that_never_ends(tmp_path, monkeypatch):
    """실제로 실행한다."""
    from machine.run import run_inside_build

    for name in (*runner.ENVIRONMENT, "IPYTHONDIR"):
        monkeypatch.setenv(name, "")  # 시험이 끝나면 되돌린다
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "_build").mkdir()
    run_inside_build(tmp_path)
    endless = run_cells(["while True: pass"], tmp_path, 1)
    assert isinstance(endless.err, CellTimeoutError)
    assert "1초 안에 끝나지 않았습니다" in endless.exc_string and "while True" in endless.exc_string
    result = run_cells(CELLS, tmp_path, runner.PATIENCE)
    assert result.err is None
    for cell, expected in zip(result.nb.cells, CELLS.values()):
        texts = [out.get("text") or out["data"]["text/plain"] for out in cell.outputs]
        assert len(texts) == len(expected) and all(
            a == b if isinstance(b, str) else b.fullmatch(a) for a, b in zip(texts, expected)
        ), texts


def test_timed_cells_are_in_the_book():
    """목록의 셀은 시각을 읽는 함수를 부르거나, 그것으로 잰 것(results, ratios)을 그린다."""
    for page, part in TIMED:
        (cell,) = [cell.source for cell in code_cells(page) if part in cell.source]
        assert re.search(
            r"\bseconds\(|perf_counter|in enumerate\(results\.|np\.array\(ratios\)", cell
        )
    for page in WITH_CELLS:
        for cell in code_cells(page):
            if re.search(r"\b(time|perf_counter|seconds|timeit)\(", cell.source):
                assert any(page == timed and part in cell.source for timed, part in TIMED), (
                    cell.source
                )


@pytest.fixture(scope="module")
def book_fonts():
    need_pango()
    return fonts(FONTS)


def draw(folder, title):
    """맷플롯립이 그린 SVG."""
    import matplotlib.font_manager as manager
    from matplotlib.figure import Figure

    barun, bold = (
        manager.FontProperties(fname=ROOT / f"fonts/{name}.ttf")
        for name in ("NanumBarunGothic", "NanumMyeongjoBold")
    )
    fig = Figure(figsize=(5, 3))
    ax = fig.add_subplot(title="")
    ax.plot([0, 1], [0, 1])
    ax.set_title(title, fontproperties=barun, color="C3")
    ax.set_ylabel("세로 & 축 <값>", fontproperties=barun)
    ax.text(0.1, 0.5, "A--B 구간 -- 끝", fontproperties=bold, fontsize=15, rotation=30, alpha=0.5)
    ax.text(0.6, 0.2, "Plain A--B & <x>")
    ax.text(0.6, 0.05, "전방 차분", fontproperties=barun, bbox={"fc": "y"})
    fig.savefig(folder / "figure.svg")
    return (folder / "figure.svg").read_text("utf-8")


def print_drawing(svg, folder):
    """(찍은 그림, 뽑은 글, 글꼴)"""
    from weasyprint import HTML as Document  # Pango가 있어야 불러온다
    from weasyprint.text.fonts import FontConfiguration

    (folder / "print.svg").write_text(svg, "utf-8")
    faces = "".join(
        f"@font-face {{ font-family: {path.stem.removesuffix('Bold')}; src: url({path.as_uri()});"
        f" font-weight: {'bold' if path.stem.endswith('Bold') else 'normal'} }}"
        for path in FONTS
    )
    page = "@page { size: 480px 288px; margin: 0 } body { margin: 0 }"
    image = "img { width: 480px; display: block }"
    Document(
        string=f'<style>{faces}{page}{image}</style><img alt="" src="print.svg">',
        base_url=f"{folder}/",
    ).write_pdf(folder / "print.pdf", font_config=FontConfiguration())
    pdf = PdfReader(folder / "print.pdf").pages[0]
    names = {
        font.get_object()["/BaseFont"].split("+")[1] for font in pdf["/Resources"]["/Font"].values()
    }
    return (
        pypdfium2.PdfDocument(folder / "print.pdf")[0].render(scale=6).to_pil(),
        pdf.extract_text(),
        names,
    )


TITLE = "함수 $f(x)=x^2$의 그래프\n둘째 줄 $\\frac{1}{2}$ h<0 & A--B"


def farthest(picture, model):
    """밝기(0에서 255)의 차이가 가장 큰 곳의 차이.

    획의 가장자리는 조금 달라도 되게 흐려서 견준다.
    """
    grey = [
        np.asarray(im.convert("L").filter(ImageFilter.GaussianBlur(4)), float)
        for im in (picture, model)
    ]
    return np.abs(grey[0] - grey[1]).max()


def test_letters_of_a_figure_are_printed_as_drawn(tmp_path, book_fonts):
    """윤곽선 그대로 찍은 것과 어느 곳에서도 밝기가 5 넘게 다르지 않다.

    제목의 한 글자만 달라도 그보다 다르다.
    """
    svg = draw(tmp_path, TITLE)
    model = print_drawing(svg, tmp_path)[0]
    picture, text, names = print_drawing(with_letters(svg, book_fonts), tmp_path)
    assert farthest(picture, model) < 5, farthest(picture, model)
    assert names == {"NanumBarunGothic", "NanumMyeongjo-Bold"}
    for part in ("함수", "의 그래프", "둘째 줄", "h<0 & A--B", "세로 & 축 <값>", "전방 차분"):
        assert part in text, text
    wrong = with_letters(draw(tmp_path, TITLE.replace("그래프", "그레프")), book_fonts)
    assert farthest(print_drawing(wrong, tmp_path)[0], model) > 5


def test_only_known_letters_become_text(tmp_path, book_fonts):
    """저자의 SVG와, 판이 다른 글꼴로 그린 글자는 그대로 둔다."""
    authors = (
        '<svg xmlns="http://www.w3.org/2000/svg"><!-- 가 & 나 --><metadata>다</metadata>'
        "<text>라</text></svg>"
    )
    assert with_letters(authors, book_fonts) == authors
    svg = draw(tmp_path, "가")
    moved = re.sub(r'(<path id="NanumBarunGothic-\w+" d="M )\d+', r"\g<1>9999", svg)
    assert "전방 차분" in with_letters(svg, book_fonts) and ">세로 &amp;" in with_letters(
        svg, book_fonts
    )
    assert "전" not in with_letters(moved, book_fonts) and "차" not in with_letters(
        moved, book_fonts
    )


@pytest.mark.parametrize(
    "alt, file",
    [
        (None, "a.png"),
        ("", "a.png"),
        (" \n", "a.png"),
        ("a.png", "../a.png"),
        ("../../_images/a.png", "a.png"),
        ("%EA%B0%80.png", "가.png"),
    ],
)
def test_what_counts_as_no_alternative_text(alt, file):
    assert lacks_text(alt, file) and not lacks_text("점 하나", file)


ALTERNATIVES = [  # (원고, 그림의 이름, 고치는 법)
    (":::{figure} ../../dot.png\n제목\n:::", "dot.png", ":alt:"),
    (":::{figure} ../../dot.png\n:alt: dot.png\n\n제목\n:::", "dot.png", ":alt:"),
    ("```{image} ../../dot.png\n```", "dot.png", ":alt:"),
    ("![](../../dot.png)", "dot.png", "![그림에 보이는 것]"),
    ("글 속의 ![ ](../../dot.png) 그림", "dot.png", "![그림에 보이는 것]"),
    ('<img src="../../dot.png">', "dot.png", '<img>에는 alt="'),
    (
        "```{code-cell} ipython3\nimport matplotlib.pyplot as plt\nplt.plot([0, 1])\n"
        "plt.show()\n```",
        "셀이 그린 그림",
        "mystnb: {image: {alt:",
    ),
    (
        "```{code-cell} ipython3\nfrom IPython.display import HTML\n"
        "HTML('<img src=\"../../dot.png\">')\n```",
        "dot.png",
        "<img alt=",
    ),
]
FINE = """
```{code-cell} ipython3
:tags: [remove-output]
plt.plot([1, 0])
plt.show()
```

![점](../../dot.png)
"""


def test_pictures_without_words_and_words_without_a_place(tmp_path):
    """대체 글이 없는 그림은 쪽과 줄과 고치는 법을 알리고 멈춘다.

    색인의 말이 절에 없으면 알리기만 한다.
    """
    book = tiny_book(tmp_path / "book")
    shutil.copy(ROOT / "tests/fig6-1.png", book / "dot.png")
    source = book / "chapters/chap6/6-1-one.md"
    text = (
        source.read_text("utf-8")
        + "\n```{index} 없는 말, 기울기; 곧은 선\n```\n\n{numref}`fig-6-1`의 **곧은 선**\n"
        + FINE
    )
    starts = []
    for markdown, *_ in ALTERNATIVES:
        starts.append(text.count("\n") + 2)
        text += f"\n{markdown}\n"
    source.write_text(text, "utf-8")
    status, screen = make(book, "html")
    said = [line for line in listed(book) if "대체 글(alt)이 없습니다" in line]
    assert status != 0 and len(said) == len(ALTERNATIVES), screen
    for start, (markdown, file, remedy) in zip(starts, ALTERNATIVES):
        lines_of = range(start, start + markdown.count("\n") + 2)
        assert [
            line
            for line in said
            if file in line
            and remedy in line
            and int(line.split("6-1-one.md:")[1].split(":")[0]) in lines_of
        ], (markdown, said)
    noted = screen.split("알림: 색인의 말이")[1]
    assert (
        re.search(r"chapters/chap6/6-1-one\.md:\d+: 없는 말\n", noted)
        and "곧은 선" not in noted.split("\n\n")[0]
    )
    site = book / "_build/.next/html"  # 다 만들지 못하여 버릴 것
    html = BeautifulSoup((site / "chapters/chap6/6-1-one.html").read_text("utf-8"), "html.parser")
    index = BeautifulSoup((site / "genindex.html").read_text("utf-8"), "html.parser")
    entry = index.find("a", string="곧은 선")
    following = html.find(id=entry["href"].split("#")[1]).find_all_next(string=True, limit=2)
    assert "".join(following).startswith("곧은 선")


def test_index_entries_stand_before_their_terms():
    index = read_page("genindex.html")
    missing = {(doc, word) for doc, words in index_missing().items() for _, word in words}
    links = [a for a in index.select("table.indextable a") if "#index-" in a["href"]]
    assert len(links) > 80
    for a in links:
        doc, _, anchor = a["href"].partition(".html#")
        item = (
            a.get_text() if not a.get_text().startswith("[") else a.find_parent("li").a.get_text()
        )
        if (doc, item) not in missing:
            html = (HTML / f"{doc}.html").read_text("utf-8")
            after = html[html.index(f'id="{anchor}"') :].partition(">")[2][:20_000]
            following = squeeze(unescape(re.sub("<[^>]*>", "", after))).casefold()
            word = squeeze(specific(item)).casefold()  # 코드에만 있는 이름이면 그 셀의 앞이다
            assert word in (following if word.isascii() else following[: len(word) + 20]), (
                doc,
                item,
                following[:60],
            )


def index_missing():
    env = pickle.loads((ROOT / "_build/.last/doctrees/environment.pickle").read_bytes())
    return {doc: page.get("index_missing", ()) for doc, page in env.metadata.items()}
