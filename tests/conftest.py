"""시험이 끝나면 커널도 모두 끝나 있어야 한다. 하나가 300 MB쯤 쓴다."""

import psutil
import pytest

from outputs import ROOT


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
    yield
    left = kernels(str(ROOT), str(tmp_path_factory.getbasetemp()))
    assert not left, f"시험이 끝났는데 커널이 남았습니다: {left}"
