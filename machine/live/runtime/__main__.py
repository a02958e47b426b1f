"""lock.json을 다시 만든다: python -m machine.live.runtime 0.28.0 [sympy==1.15.0 …]

패키지는 지금 적힌 그대로이고 판만 바뀐다. Pyodide의 것은 그 Pyodide에 든 판이 되고, pip의 것은
적은 판이 된다. 적지 않으면 그대로이다. 받을 곳은 책을 만들 때처럼 PYODIDE로 고른다.
"""

import json
import os
import sys
from hashlib import sha256

from machine.live.runtime import fetching
from machine.live.runtime.fetching import LOCK, File


def measured(name, origin, **package):
    """lock.json에 적을 것과 내용. 크기와 sha256을 아직 모르므로 견주지 않고 받는다."""
    data = fetching.received(File(name, 0, "", origin, **package))
    size, digest = len(data), sha256(data).hexdigest()
    return {"name": name, "size": size, "sha256": digest, "origin": origin} | package, data


def renewed(file, official, chosen):
    """패키지 하나에 적을 것."""
    if file.origin == "pip":
        version = chosen.get(file.package, file.version)
        name = f"{file.package}-{version}-py3-none-any.whl"
    else:
        version = official[file.package]["version"]
        name = official[file.package]["file_name"]
    entry, _ = measured(name, file.origin, package=file.package, version=version)
    return entry


def main(version, *chosen):
    lock = fetching.lock()
    os.environ.setdefault("PYODIDE", lock["source"].format(version=version))
    core = [measured(file.name, file.origin) for file in fetching.files() if not file.package]
    found = {entry["name"]: data for entry, data in core}
    official = json.loads(found["pyodide-lock.json"])["packages"]
    versions = dict(spec.split("==") for spec in chosen)
    packages = [renewed(file, official, versions) for file in fetching.files() if file.package]
    lock |= {"version": version, "files": [*(entry for entry, _ in core), *packages]}
    LOCK.write_text(json.dumps(lock, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
