"""실행한 결과의 시험: 시각과 상관없는 출력, 그려진 그대로의 그림, 대체 글, 색인의 자리."""
import re
import sys
import xml.etree.ElementTree as ET

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook, new_output

from book import HTML, ROOT, SECTIONS, code_cells, make, source
from outputs import TIMED, assert_printed, holds, lines
from test_build import HEADER, tiny_book

sys.path += [str(ROOT / "_ext"), str(ROOT / "_ext/book_pdf")]
import execution.run as runner      # noqa: E402
from alternatives import lacks_text     # noqa: E402
from figure import drawing, fonts   # noqa: E402
from join import FONTS              # noqa: E402


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


@given(st.text("가a \n\r\b", max_size=20), st.text("가a \n\r\b", max_size=9), st.lists(st.integers(0, 99)), st.lists(st.integers(0, 99)),
       st.lists(st.integers(0, 1)))
def test_where_a_stream_is_cut_does_not_show(text, errors, places, others, order):
    whole = [*cut(text, []), *cut(errors, [], "stderr"), PICTURE, *cut(text, [])]
    pieces = [*mixed(cut(text, places), cut(errors, others, "stderr"), order), PICTURE, *cut(text, others)]
    assert runner.join_streams(pieces) == runner.join_streams(whole)


@pytest.mark.parametrize("written, shown", [
    ("0 1 2", "0 1 2"), ("a\r\nb\n\n", "a\nb\n\n"), ("\r10%\r20%", "20%"), ("10%\r", "10%"), ("abc\b\bx", "axc"), ("가나\rx\n끝", "x나\n끝"),
    ("긴 줄\r\x1b[K짧게", "짧게"), ("\x1b[31m1%\x1b[0m\r\x1b[32m2%\x1b[0m", "\x1b[32m2%\x1b[0m"), ("\x1b[31m빨강\x1b[0m", "\x1b[31m빨강\x1b[0m")])
def test_a_line_ends_as_in_a_terminal(written, shown):
    assert runner.as_in_terminal(written) == shown


def test_nothing_moves_across_a_picture():
    outputs = runner.join_streams([stream("경고\n", "stderr"), stream("앞 "), stream("앞\n"), PICTURE, stream("뒤\n"), stream("\r")])
    assert [out.get("text", "그림") for out in outputs] == ["앞 앞\n", "경고\n", "그림", "뒤\n"]


def test_a_false_line_break_is_seen():
    notebook = new_notebook(cells=[new_code_cell(outputs=[stream(text)])
                                   for text in ("dx=3, dy=2\n", "forward pass f(x) = 2.079442\nbackward pass dx = 2.772589, dy = 1.500000\n",
                                                "array([2.7726, 1.4989])", "(tensor([5.5452]), tensor([3.]))")])
    assert_printed("chapters/chap6/6-4-autodiff", notebook)
    notebook.cells[1].outputs[0].text = notebook.cells[1].outputs[0].text.replace("dx = ", "dx =\n")
    with pytest.raises(AssertionError, match="backward pass"):
        assert_printed("chapters/chap6/6-4-autodiff", notebook)
    assert holds(lines("a b\nc"), lines("a  b\n\nc".replace("\n\n", "\n"))) and not holds(lines("a\nb"), lines("ab"))


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
        with pytest.raises(RuntimeError):
            dies(error, 9)
        assert len(tries) == count


CELLS = {
    "import time\nfor i in range(3):\n    print(i, end=' ', flush=True)\n    time.sleep(.3)": ["0 1 2 "],
    "for name in ('앞', '뒤'):\n    print(name)\n    display(name)\n    time.sleep(.25)\nprint('끝')": ["앞\n", "'앞'", "뒤\n", "'뒤'", "끝\n"],
    "import sys\nsys.stderr.write('w')\nsys.stderr.flush()\nprint('a', end='')\n_ = sys.stderr.write('w')": ["a", "ww"],
    "for i in range(3):\n    print(f'\\r{i}0%', end='', flush=True)\n    time.sleep(.25)": ["20%"],
    "for i in range(5000): print(i, flush=True)": ["".join(f"{i}\n" for i in range(5000))],
    "import os\nprint({'가', '나', '다'}, os.environ['OMP_NUM_THREADS'])": [re.compile(r"\{.*\} 1\n")],
}


def run_cells(codes, folder, timeout):
    notebook = new_notebook(cells=[new_code_cell(code) for code in codes], metadata={"kernelspec": {"name": "python3", "display_name": ""}})
    return runner.execute(notebook, str(folder), timeout, allow_errors=False)


def test_cells_that_print_slowly_and_one_that_never_ends(tmp_path, monkeypatch):
    """실제로 실행한다."""
    from execution import run_inside_build
    for name in (*runner.ENVIRONMENT, "IPYTHONDIR"):
        monkeypatch.setenv(name, "")                    # 시험이 끝나면 되돌린다
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
        assert len(texts) == len(expected) and all(a == b if isinstance(b, str) else b.fullmatch(a) for a, b in zip(texts, expected)), texts


def test_timed_cells_are_in_the_book():
    """목록의 셀은 시각을 읽는 함수를 부르거나, 그것으로 잰 것(results, ratios)을 그린다."""
    for page, part in TIMED:
        cell, = [cell.source for cell in code_cells(page) if part in cell.source]
        assert re.search(r"\bseconds\(|perf_counter|in enumerate\(results\.|np\.array\(ratios\)", cell)
    for page in SECTIONS:
        for cell in code_cells(page):
            if re.search(r"\b(time|perf_counter|seconds|timeit)\(", cell.source):
                assert any(page == timed and part in cell.source for timed, part in TIMED), cell.source
