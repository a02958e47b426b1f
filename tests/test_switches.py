"""기계의 한 부분을 끈 책의 시험."""

import pytest

from book import LOCAL_EXTENSIONS, make
from tiny import tiny_book


# 이 시험은 기계가 패키지 하나가 되면 짝지어 끄는 여덟 번의 빌드로 바뀐다(이슈 29의 1).
@pytest.mark.parametrize("extension", LOCAL_EXTENSIONS)
def test_the_book_builds_without_an_extension(tmp_path, extension):
    tiny = tiny_book(tmp_path / "book")
    config = tiny / "_config.yml"
    text = config.read_text("utf-8")
    assert text.count(f"    - {extension}\n") == 1
    config.write_text(text.replace(f"    - {extension}\n", ""), "utf-8")
    status, screen = make(tiny, "html")
    assert status == 0, screen
