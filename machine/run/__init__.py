"""쪽의 코드를 실행하는 자리: 동시에, _build/ 안에서, 핀·글꼴·커널 설정이 같을 때만 옛 결과를 쓴다.

jupyter-book에는 -j가 없고, jupyter-cache는 코드가 같으면 버전이 바뀌어도 옛 출력을 준다.
"""

import hashlib
import os
import shutil
import sys
import tempfile
from itertools import chain
from multiprocessing.util import get_temp_dir
from pathlib import Path

from jupyter_cache import get_cache
from myst_nb.core.execute import cache as myst_nb_cache
from sphinx.util import logging

from . import execute

log = logging.getLogger(__name__)
PROFILE = Path(__file__).with_name("ipython_kernel_config.py")


def cache_folder(root):
    """실행한 노트북이 든 폴더. 이름이 파이썬, 핀, 글꼴, 커널 설정, 실행하는 방법으로 정해진다."""
    key, fonts = hashlib.sha256(sys.version.encode()), sorted(root.glob("fonts/*.ttf"))
    for file in (root / "requirements.lock", PROFILE, Path(execute.__file__), *fonts):
        key.update(file.read_bytes())
    return root / "_build/.jupyter_cache" / key.hexdigest()[:12]


def run_inside_build(root):
    """커널의 설정과, 쪽이 쓰는 파일(imgs/)도 생기는 임시 폴더를 _build/ 안에 둔다."""
    profile, temp = root / "_build/ipython/profile_default", root / "_build/tmp"
    profile.mkdir(parents=True, exist_ok=True)
    temp.mkdir(exist_ok=True)
    shutil.copy(PROFILE, profile)
    get_temp_dir()  # 일꾼들의 소켓은 경로가 길면 열리지 않는다. 깊은 폴더로 옮기기 전에 정한다
    # 커널은 환경을 물려받는다
    os.environ |= execute.ENVIRONMENT | {"IPYTHONDIR": str(profile.parent)}
    tempfile.tempdir = str(temp)


def configure(app, config):
    run_inside_build(Path(app.srcdir))
    config.nb_execution_in_temp = True
    config.nb_execution_cache_path = str(cache_folder(Path(app.srcdir)))


def share(app):
    cache = get_cache(app.config.nb_execution_cache_path)  # 일꾼들이 한꺼번에 만들면 부딪친다
    app.cached = {record.pk for record in cache.list_cache_records()}
    # Jupyter Book이 켜는 이 확장은 병렬로 읽어도 되는지 밝히지 않는다
    if extension := app.extensions.get("sphinx_multitoc_numbering"):
        extension.parallel_read_safe = True
    app.parallel = os.cpu_count()


def deal_out(app, env, docnames):
    """Sphinx는 이웃한 쪽들을 한 일꾼에게 준다. 실행할 쪽이 몰리지 않게 한 장씩 돌린다."""
    shares = [docnames[worker :: app.parallel] for worker in range(app.parallel)]
    docnames[:] = chain.from_iterable(shares)


def stderr_of(notebook):
    """셀이 stderr에 낸 글을 차례대로."""
    for cell in notebook.cells:
        outputs = [x for x in cell.get("outputs", ()) if x.get("name") == "stderr"]
        if outputs:
            yield "".join(output["text"] for output in outputs)


def forget_stderr(app, exc):
    """stderr가 나온 실행은 보이고 잊는다. 컴퓨터의 사정이었다면 다음 빌드에서 벗어난다."""
    cache = get_cache(app.config.nb_execution_cache_path)
    for record in cache.list_cache_records():
        if record.pk in app.cached:
            continue
        if told := [*stderr_of(cache.get_cache_bundle(record.pk).nb)]:
            for text in told:
                log.warning("stderr에 나온 글:\n%s", text, location=app.env.path2doc(record.uri))
            cache.remove_cache(record.pk)


def in_temp(app, config):
    config.nb_execution_in_temp = True


def without(app):
    """MyST-NB의 방법으로 실행한다. 쪽이 저장하는 그림이 원고 옆에 생기지 않게만 한다."""
    print("알림: run을 꺼서 바쁜 컴퓨터에서는 출력이 달라질 수 있고, 실행한 날을 적지 않습니다.")
    app.connect("config-inited", in_temp)


def setup(app):
    assert myst_nb_cache.single_nb_execution  # 이름이 바뀌면 조용히 옛 방법으로 실행한다
    myst_nb_cache.single_nb_execution = execute.execute
    app.connect("config-inited", configure)
    app.connect("builder-inited", share)
    app.connect("env-before-read-docs", deal_out)
    app.connect("build-finished", forget_stderr)
