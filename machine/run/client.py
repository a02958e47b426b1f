"""쪽의 코드와 그 코드가 읽는 데이터가 모두 같을 때에만 캐시의 결과를 쓴다.

jupyter-cache의 열쇠는 코드뿐이다. 무엇을 읽는지는 실행해 보아야 알므로, 코드마다 읽은 이름을 적어
두고(reads/), 다음에는 그 이름의 파일까지 견준다.
"""

import json

from jupyter_cache import get_cache
from myst_nb.core.execute.cache import NotebookClientCache

from machine.run import data


class PageClient(NotebookClientCache):
    def start_client(self):
        notes = self.notes()
        names = {*read(notes), *data.mentioned(self.notebook, data.given(self.path.parent))}
        data.mark(self.notebook, data.now(self.path.parent, names))
        super().start_client()  # 실행하면 읽은 것을 다시 적는다(execute.py)
        found = data.unmark(self.notebook)
        if found:
            self.notebook.metadata.setdefault("language_info", {})[data.KEY] = found
        if {*found} - {*read(notes)}:
            notes.parent.mkdir(exist_ok=True)
            notes.write_text(json.dumps(sorted(found)), "utf-8")

    def notes(self):
        """이 코드가 읽은 이름을 적어 둔 곳."""
        cache = get_cache(self.nb_config.execution_cache_path)
        _, code = cache.create_hashed_notebook(self.notebook)
        return cache.path / f"reads/{code}.json"


def read(notes):
    return json.loads(notes.read_text("utf-8")) if notes.is_file() else []
