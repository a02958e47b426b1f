"""쪽의 코드와 그 코드가 읽는 데이터가 모두 같을 때에만 캐시의 결과를 쓴다.

jupyter-cache의 열쇠는 코드뿐이다. 무엇을 읽는지는 실행해 보아야 알므로, 코드마다 읽은 이름을 적어
두고(reads/), 다음에는 그 이름의 파일까지 견준다.
"""

import json

from jupyter_cache import get_cache
from myst_nb.core.execute.cache import NotebookClientCache

from machine.run import data


def notes(cache, notebook):
    """이 코드가 읽은 이름을 적어 둔 곳."""
    _, code = cache.create_hashed_notebook(notebook)
    return cache.path / f"reads/{code}.json"


def read(path):
    return json.loads(path.read_text("utf-8")) if path.is_file() else []


def mark(cache, notebook, folder):
    """folder에 있는 쪽이 읽을 데이터를 캐시의 열쇠에 더한다."""
    names = {*read(notes(cache, notebook)), *data.mentioned(notebook, data.given(folder))}
    data.mark(notebook, data.now(folder, names))


class PageClient(NotebookClientCache):
    def start_client(self):
        cache = get_cache(self.nb_config.execution_cache_path)
        noted = notes(cache, self.notebook)
        mark(cache, self.notebook, self.path.parent)
        super().start_client()  # 실행하면 읽은 것을 다시 적는다(execute.py)
        found = data.unmark(self.notebook)
        if found:
            self.notebook.metadata.setdefault("language_info", {})[data.KEY] = found
        if {*found} - {*read(noted)}:
            noted.parent.mkdir(exist_ok=True)
            noted.write_text(json.dumps(sorted(found)), "utf-8")
