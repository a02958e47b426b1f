"""쪽의 코드와 그 코드가 읽는 데이터가 모두 같을 때에만 캐시의 결과를 쓴다.

jupyter-cache의 열쇠는 코드뿐이다. 무엇을 읽는지는 실행해 보아야 알므로, 코드마다 읽은 이름을 적어
두고(reads/), 다음에는 그 이름의 파일까지 견준다.
"""

import json

from jupyter_cache import get_cache
from myst_nb.core.execute.cache import NotebookClientCache
from myst_nb.core.execute.direct import NotebookClientDirect
from myst_nb.core.execute.inline import NotebookClientInline

from machine import files
from machine.run import data, lines


def notes(cache, notebook):
    """이 코드가 읽은 이름을 적어 둔 곳."""
    _, code = cache.create_hashed_notebook(notebook)
    return cache.path / f"reads/{code}.json"


def read(path):
    """적어 둔 이름들. 없거나 상했으면 빈 것이고, 그러면 다시 실행하여 다시 적는다."""
    try:
        names = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return names if is_list else []


def mark(cache, notebook, folder):
    """folder에 있는 쪽이 읽을 데이터를 캐시의 열쇠에 더한다."""
    names = {*read(notes(cache, notebook)), *data.mentioned(notebook, data.given(folder))}
    data.mark(notebook, data.now(folder, names))


def settle(notebook):
    """읽은 것과 그린 것을 쪽에 남긴다."""
    found, drawn = data.unmark(notebook), lines.drawn(notebook)
    for key, value in ((data.KEY, found), (lines.KEY, drawn)):
        if value:
            notebook.metadata.setdefault("language_info", {})[key] = value
    return found


class CachedClient(NotebookClientCache):
    def start_client(self):
        cache = get_cache(self.nb_config.execution_cache_path)
        noted = notes(cache, self.notebook)
        mark(cache, self.notebook, self.path.parent)
        super().start_client()  # 실행하면 읽은 것을 다시 적는다(execute.py)
        found = settle(self.notebook)
        if {*found} - {*read(noted)}:
            files.write(noted, json.dumps(sorted(found)).encode())


class DirectClient(NotebookClientDirect):
    """머리글에 execution_mode: force를 적은 쪽."""

    def start_client(self):
        super().start_client()
        settle(self.notebook)


class InlineClient(NotebookClientInline):
    """머리글에 execution_mode: inline을 적은 쪽. 데이터를 읽지 못한다."""

    def start_client(self):
        self._nb_config = self.nb_config.copy(execution_in_temp=True)
        super().start_client()


CLIENTS = {
    "NotebookClientCache": CachedClient,
    "NotebookClientDirect": DirectClient,
    "NotebookClientInline": InlineClient,
}
