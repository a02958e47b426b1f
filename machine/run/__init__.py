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

import nbformat
import sqlalchemy
from jupyter_cache import get_cache
from jupyter_cache.cache.db import NbCacheRecord
from myst_nb.core import execute as myst_nb_execute
from sphinx.util import logging

from machine.run import client, data, execute

log = logging.getLogger(__name__)
# 커널의 설정과, 그것이 부르는 것
PROFILE = [
    Path(__file__).with_name(name)
    for name in ("ipython_kernel_config.py", "kernel_reads.py", "kernel_lines.py")
]


def pins(lock):
    """자물쇠에 적힌 패키지들. 주석과 줄의 차례는 실행한 결과를 바꾸지 않는다."""
    lines = [line.partition("#")[0].strip() for line in lock.read_text("utf-8").splitlines()]
    return sorted(filter(None, lines))


def cache_folder(root):
    """실행한 노트북이 든 폴더. 이름이 파이썬, 핀, 글꼴, 커널 설정, 실행하는 방법으로 정해진다."""
    key, fonts = hashlib.sha256(sys.version.encode()), sorted(root.glob("fonts/*.ttf"))
    key.update("\n".join(pins(root / "requirements.lock")).encode())
    ours = [*PROFILE, *(Path(module.__file__) for module in (execute, client, data))]
    for file in (*ours, *fonts):
        key.update(file.read_bytes())
    return root / "_build/.jupyter_cache" / key.hexdigest()[:12]


def run_inside_build(root):
    """커널의 설정과, 쪽이 쓰는 파일(imgs/)도 생기는 임시 폴더를 _build/ 안에 둔다."""
    profile, temp = root / "_build/ipython/profile_default", root / "_build/tmp"
    profile.mkdir(parents=True, exist_ok=True)
    temp.mkdir(exist_ok=True)
    for file in PROFILE:
        shutil.copy(file, profile)
    get_temp_dir()  # 일꾼들의 소켓은 경로가 길면 열리지 않는다. 깊은 폴더로 옮기기 전에 정한다
    # 커널은 환경을 물려받는다
    os.environ |= execute.ENVIRONMENT | {"IPYTHONDIR": str(profile.parent)}
    tempfile.tempdir = str(temp)


def configure(app, config):
    run_inside_build(Path(app.srcdir))
    config.nb_execution_in_temp = False  # execute.py가 만든다
    config.nb_execution_cache_path = str(cache_folder(Path(app.srcdir)))


def share(app):
    mend_cache(Path(app.config.nb_execution_cache_path))
    cache = get_cache(app.config.nb_execution_cache_path)  # 일꾼들이 한꺼번에 만들면 부딪친다
    app.cached = {record.pk for record in cache.list_cache_records()}
    # Jupyter Book이 켜는 이 확장은 병렬로 읽어도 되는지 밝히지 않는다
    if extension := app.extensions.get("sphinx_multitoc_numbering"):
        extension.parallel_read_safe = True
    app.parallel = os.cpu_count()


def mend_cache(folder):
    """상한 결과를 버려 다시 실행하게 한다. jupyter-cache는 그것을 만날 때마다 멈춘다."""
    if not folder.is_dir():
        return
    records = records_in(folder)
    if records is None:
        shutil.rmtree(folder)
        print("알림: 실행한 결과의 목록이 상하여 버리고, 모든 쪽을 다시 실행합니다.")
        return
    cache = get_cache(folder)
    damaged = [record.pk for record in records if not is_whole(cache, record.hashkey)]
    if damaged:
        NbCacheRecord.remove_records(damaged, cache.db)
        print(f"알림: 실행한 결과 {len(damaged)}개가 상하여 버리고, 그 쪽을 다시 실행합니다.")


def records_in(folder):
    """적어 둔 결과들. 읽을 수 없으면 None."""
    try:
        cache = get_cache(folder)
        with cache.db.connect() as connection:
            said = connection.execute(sqlalchemy.text("PRAGMA quick_check")).scalar()
        return cache.list_cache_records() if said == "ok" else None
    except (sqlalchemy.exc.SQLAlchemyError, RuntimeError, ValueError):
        return None


def is_whole(cache, name):
    """노트북의 지문이 목록에 적힌 것과 같은가."""
    try:
        notebook = nbformat.read(cache.path / "executed" / name / "base.ipynb", nbformat.NO_CONVERT)
        return cache.create_hashed_notebook(notebook)[1] == name
    except (OSError, ValueError, AttributeError, nbformat.ValidationError):
        return False  # 없거나, 끊겼거나, 노트북이 아니다


def deal_out(app, env, docnames):
    """Sphinx는 이웃한 쪽들을 한 일꾼에게 준다. 실행할 쪽이 몰리지 않게 한 장씩 돌린다."""
    shares = [docnames[worker :: app.parallel] for worker in range(app.parallel)]
    docnames[:] = chain.from_iterable(shares)


def note_data(app, doctree):
    """쪽이 읽는 데이터가 바뀌면 그 쪽을 다시 읽는다."""
    for path in data.read_by(app.env, app.env.docname).values():
        app.env.note_dependency(path.relative_to(app.srcdir).as_posix())


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
    print(
        "알림: run을 꺼서 바쁜 컴퓨터에서는 출력이 달라질 수 있고, 원고 옆의 data를 읽지 못하며, "
        "실행한 날을 적지 않습니다."
    )
    app.connect("config-inited", in_temp)


def setup(app):
    # 이름이 바뀌면 조용히 옛 방법으로 실행하게 되므로 먼저 살핀다
    for module in (myst_nb_execute.cache, myst_nb_execute.direct):
        assert module.single_nb_execution
        module.single_nb_execution = execute.execute
    for name, ours in client.CLIENTS.items():
        assert hasattr(myst_nb_execute, name)
        setattr(myst_nb_execute, name, ours)
    app.connect("config-inited", configure)
    app.connect("doctree-read", note_data)
    app.connect("builder-inited", share)
    app.connect("env-before-read-docs", deal_out)
    app.connect("build-finished", forget_stderr)
