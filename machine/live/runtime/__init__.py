"""쪽에서 파이썬을 실행하는 데 드는 것(Pyodide와 패키지). 글꼴처럼 책이 쓰지만 커밋하지 않는다.

lock.json에 적힌 파일을 받아(fetching.py) 브라우저가 빨리 시작하게 고쳐(preparing/) 가상 환경의
pyodide/에 둔다. 그 뒤로는 인터넷 없이 그것을 쓴다.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from machine.live.runtime import fetching
from machine.live.runtime.fetching import LOCK
from machine.settings import conventions

HERE = Path(__file__).resolve().parent  # Deno는 링크가 가리키는 곳의 허락을 묻는다
PREPARING = HERE / "preparing"
CACHE = Path(sys.prefix).resolve() / "pyodide"
FACTS = "facts.json"


class NotPrepared(Exception):
    """받은 것을 고치지 못했다. 글은 그 까닭이다."""


@dataclass(frozen=True)
class Runtime:
    """고쳐 둔 실행기.

    Parameters
    ----------
    folder : Path
        쪽이 부를 파일이 모두 든 폴더. Pyodide의 indexURL이 된다.
    digest : str
        그 파일들의 지문. 사이트에 놓는 주소에 적는다.
    files : dict
        {파일: 서버가 보낼 바이트의 수}.
    packages : dict
        {패키지: 판}.
    python : str
        파이썬의 판.
    modules : frozenset
        셀이 불러올 수 있는 모듈.
    """

    folder: Path
    digest: str
    files: dict
    packages: dict
    python: str
    modules: frozenset

    @property
    def transferred(self):
        return sum(self.files.values())


def font():
    return conventions.font(conventions.SANS)


def digest_of(files):
    """{이름: 파일}의 이름과 내용으로 정해지는 지문."""
    key = sha256()
    for name, path in sorted(files.items()):
        key.update(f"{name} {sha256(path.read_bytes()).hexdigest()}\n".encode())
    return key.hexdigest()[:12]


def files_in(folder):
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path for path in paths}


def place():
    """고친 것을 둘 곳. 이름은 받을 것, 고치는 법, 글꼴로 정해진다."""
    sources = [LOCK, *PREPARING.glob("*.py"), *PREPARING.glob("*.js"), font()]
    return CACHE / f"prepared-{digest_of({path.name: path for path in sources})}"


def raw():
    """받은 것을 둘 곳."""
    return CACHE / f"raw-{digest_of({LOCK.name: LOCK})}"


def ready():
    """고쳐 둔 것. 아직 없으면 None."""
    folder = place()
    try:
        facts = json.loads((folder / FACTS).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return Runtime(folder / "site", **facts | {"modules": frozenset(facts["modules"])})


def run_prepare(received, made):
    """Pyodide 안에서 고친다. 받은 것이 이 컴퓨터에 할 수 있는 일은 made에 쓰는 것뿐이다."""
    from deno import find_deno_bin

    letters = font().resolve()
    readable = ",".join(map(str, (received, made, HERE, letters.parent)))
    command = [find_deno_bin(), "run", "--quiet", "--no-prompt", "--no-remote", "--no-npm"]
    command += ["--no-config", "--no-lock", "--unstable-detect-cjs"]
    command += [f"--allow-read={readable}", f"--allow-write={made}"]
    command += [PREPARING / "prepare.js", received, letters, made]
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"DENO_DIR": cache, "NO_COLOR": "1"}
        run = subprocess.run(command, env=environment, capture_output=True, text=True)
    if run.returncode:
        said = " ".join((run.stdout + run.stderr).split())
        raise NotPrepared(f"쪽에서 실행할 파이썬을 마련하지 못했습니다. {said}")


def facts_of(site, found):
    from machine.site.offline import transferred

    paths = files_in(site)
    entries = [file for file in fetching.files() if file.package]
    return found | {
        "digest": digest_of(paths),
        "files": {name: transferred(name, path.read_bytes()) for name, path in paths.items()},
        "packages": {file.package: file.version for file in entries},
    }


def prepare(folder):
    """folder를 만든다. 도중에 멈추거나 두 빌드가 함께 만들어도 반쪽이 남지 않는다."""
    fetching.fetch(raw())
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="making-") as making:
        site = Path(making, "made/site")
        site.mkdir(parents=True)
        run_prepare(raw(), site)
        found = json.loads((site / FACTS).read_text("utf-8"))
        (site / FACTS).unlink()
        facts = facts_of(site, found)
        (site.parent / FACTS).write_text(json.dumps(facts, ensure_ascii=False), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        try:
            site.parent.rename(folder)
        except OSError:  # 다른 빌드가 먼저 만들었다
            if not ready():
                raise


def is_whole(runtime):
    return runtime.digest == digest_of(files_in(runtime.folder))


def prepared():
    """고쳐 둔 것. 없거나 상했으면 받아서 고친다.

    받을 수 없으면 Unavailable, 받은 파일이 틀렸으면 Wrong, 고칠 수 없으면 NotPrepared.
    """
    runtime = ready()
    if not (runtime and is_whole(runtime)):
        prepare(place())
    return ready()
