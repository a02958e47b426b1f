"""코랩에서 여는 노트북의 시험: 코랩의 버전으로 빈 폴더에서 홀로 실행되는지."""

import pytest

from book import NOTEBOOKS
from notebooks import FIGURES, fonts_used, name, page, run
from outputs import assert_printed, stderr


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebook_runs_alone(tmp_path_factory, path):
    notebook, _ = run(path, "colab", "colab", tmp_path_factory.getbasetemp())
    assert stderr(notebook) == []
    assert_printed(page(path), notebook)


def test_figure_titles_are_korean(tmp_path_factory):
    """글꼴에 없는 글자를 그리면 맷플롯립이 stderr로 알린다."""
    notebook, here = run(FIGURES, "colab", "colab", tmp_path_factory.getbasetemp())
    assert stderr(notebook) == [] and "NanumBarunGothic" in fonts_used(here)
