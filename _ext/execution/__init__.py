"""쪽의 코드를 실행하는 자리: 동시에, _build/ 안에서, 핀·글꼴·커널 설정이 같을 때만 옛 결과를 쓴다.

jupyter-book에는 -j가 없고, jupyter-cache는 코드가 같으면 버전이 바뀌어도 옛 출력을 준다.
"""

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from jupyter_cache import get_cache
from myst_nb.core.execute import cache as myst_nb_cache
from sphinx.util import logging

from . import run

log = logging.getLogger(__name__)
PROFILE = Path(__file__).with_name("ipython_kernel_config.py")


def cache_folder(root):
    """실행한 노트북이 들어 있는 폴더. 이름이 파이썬, 핀, 글꼴, 커널 설정, 실행하는 방법으로 정해진다."""
    key = hashlib.sha256(sys.version.encode())
    for file in (
        root / "requirements.lock",
        PROFILE,
        Path(run.__file__),
        *sorted(root.glob("fonts/*.ttf")),
    ):
        key.update(file.read_bytes())
    return root / "_build/.jupyter_cache" / key.hexdigest()[:12]


def execute(notebook, *args, **options):
    """글꼴 목록이 낡았으면 실행하기 전에 만든다. 커널이 만들면 그 알림이 stderr에 나온다."""
    import matplotlib.font_manager  # noqa: F401  실행할 쪽이 없으면 불러오지 않는다

    return run.execute(notebook, *args, **options)


def run_inside_build(root):
    """커널의 설정과 임시 폴더를 _build/ 안에 둔다. 쪽이 쓰는 파일(imgs/)도 그 임시 폴더에 생긴다. 커널은 환경을 물려받는다."""
    profile, temp = root / "_build/ipython/profile_default", root / "_build/tmp"
    profile.mkdir(parents=True, exist_ok=True)
    temp.mkdir(exist_ok=True)
    shutil.copy(PROFILE, profile)
    os.environ |= run.ENVIRONMENT | {"IPYTHONDIR": str(profile.parent)}
    tempfile.tempdir = str(temp)


def configure(app, config):
    run_inside_build(Path(app.srcdir))
    config.nb_execution_in_temp = True
    config.nb_execution_cache_path = str(cache_folder(Path(app.srcdir)))


def share(app):
    cache = get_cache(app.config.nb_execution_cache_path)  # 일꾼들이 한꺼번에 만들면 부딪친다
    app.cached = {record.pk for record in cache.list_cache_records()}
    if extension := app.extensions.get(
        "sphinx_multitoc_numbering"
    ):  # 병렬로 읽어도 되는지 스스로 밝히지 않는다
        extension.parallel_read_safe = True
    app.parallel = os.cpu_count()


def deal_out(app, env, docnames):
    """Sphinx는 이웃한 쪽들을 한 일꾼에게 준다. 실행할 쪽이 몰리지 않게 한 장씩 돌린다."""
    docnames[:] = [
        doc for worker in range(app.parallel) for doc in docnames[worker :: app.parallel]
    ]


def forget_stderr(app, exc):
    """stderr가 나온 실행은 보이고 잊는다. 컴퓨터의 사정이었다면 다음 빌드에서 다시 실행하여 벗어난다."""
    cache = get_cache(app.config.nb_execution_cache_path)
    for record in cache.list_cache_records():
        cells = cache.get_cache_bundle(record.pk).nb.cells if record.pk not in app.cached else []
        if words := [
            out["text"]
            for cell in cells
            for out in cell.get("outputs", [])
            if out.get("name") == "stderr"
        ]:
            log.warning(
                "stderr에 나온 글:\n%s", "".join(words), location=app.env.path2doc(record.uri)
            )
            cache.remove_cache(record.pk)


def setup(app):
    assert myst_nb_cache.single_nb_execution  # 이름이 바뀌면 조용히 옛 방법으로 실행한다
    myst_nb_cache.single_nb_execution = execute
    app.connect("config-inited", configure)
    app.connect("builder-inited", share)
    app.connect("env-before-read-docs", deal_out)
    app.connect("build-finished", forget_stderr)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
