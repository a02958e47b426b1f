"""시험을 일꾼들에게 나누는 차례와, 시험이 끝나면 커널도 모두 끝나 있는지."""

import gc
from types import SimpleNamespace

import psutil
import pytest

import audit
from book import HTML, need_chromium
from outputs import ROOT

gc.set_threshold(100_000, 50, 100)  # 쪽과 종이의 나무가 커서 자주 살피면 느리다

# 한 파일의 시험은 함께 쓰는 것이 있어 한 일꾼이 이어서 한다. 오래 걸리는 파일부터 나누어 준다.
LONGEST_FIRST = [
    "test_features",
    "test_formulas",
    "test_print",
    "test_measures",
    "test_build",
    "test_epub",
    "test_fork",
    "test_colab",
    "test_offline",
    "test_binder",
    "test_search",
    "test_edits",
    "test_moving",
    "test_messages",
    "test_browser",
    "test_copying",
    "test_complete",
    "test_wall",
    "test_comments",
    "test_chapter",
    "test_pdf",
    "test_execution",
    "test_publish",
]


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: (LONGEST_FIRST + [item.path.stem]).index(item.path.stem))


def kernels(*folders):
    """이 폴더들 안에서 도는 커널. 부모가 먼저 끝난 것도 찾는다."""
    found = []
    for process in psutil.process_iter():
        try:
            if "ipykernel_launcher" in process.cmdline() and process.cwd().startswith(folders):
                found.append(f"{process.pid} {process.cwd()}")
        except psutil.Error:  # 그사이에 끝났거나 남의 것이다
            pass
    return found


@pytest.fixture(scope="session", autouse=True)
def no_kernel_is_left(tmp_path_factory):
    """커널 하나가 300 MB쯤 쓴다. 일꾼마다 임시 폴더가 달라 다른 일꾼의 커널은 보지 않는다."""
    yield
    left = kernels(str(ROOT), str(tmp_path_factory.getbasetemp()))
    assert not left, f"시험이 끝났는데 커널이 남았습니다: {left}"


@pytest.fixture(scope="module")
def site():
    need_chromium()
    with audit.serve(HTML) as server, audit.chromium() as browser:
        yield SimpleNamespace(
            server=server, browser=browser, url=server.url, dark=audit.dark_state(browser, server)
        )
