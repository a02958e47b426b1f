"""사이트의 쪽 가운데 바뀐 것만 쓴다.

쪽은 서로의 제목, 번호, 이름표, 용어, 인용을 보인다. 그것이 지난번과 같으면 다시 읽은 쪽만, 하나라도
다르면 모든 쪽을 쓴다. Sphinx는 그것을 견주지 않아 차례와 앞뒤 링크와 인용의 번호가 낡는다.
"""

import glob
import pickle
import shutil
from hashlib import sha256
from pathlib import Path
from posixpath import basename
from types import SimpleNamespace

from docutils import nodes
from sphinx.application import ENV_PICKLE_FILENAME
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import FilenameUniqDict
from sphinx_external_toc import events

from machine import kept
from machine.settings.conventions import NOTEBOOKS

# 다른 쪽에 나오지 않는 것. 모르는 것은 나오는 것으로 치며, 틀려도 쪽을 더 쓸 뿐이다.
OF_ENVIRONMENT = {
    *("app", "config", "config_status", "config_status_extra", "doctreedir", "domains", "events"),
    *("included", "myst_config", "mystnb_config", "sd_config"),
    *("project", "settings", "titles_old", "all_docs", "dependencies", "images", "dlfiles"),
    *("outlines", "nb_metadata", "nb_new_exec_data", "sphinx_exercise_gated_registry"),
    *("sphinx_exercise_node_order", "_pickled_doctree_cache", "_write_doc_doctree_cache"),
}
OF_METADATA = {
    *("index_missing", "language_info", "myst_slugs", "source_map", "wordcount"),
    *("defined_names", "repeated_code"),
}
OF_DOMAINS = {"entries", "bibdata", "citation_refs"}  # 색인(entries)은 늘 새로 쓴다
LINES = {"line", "lineno"}


def without(values, names):
    return {name: value for name, value in values.items() if name not in names}


def plain(value):
    """견줄 글: 담긴 차례와 컴퓨터의 자리와 원고의 줄에 매이지 않는다."""
    if isinstance(value, nodes.Node):
        return value.pformat()
    if isinstance(value, dict):
        return str(sorted((plain(name), plain(value[name])) for name in value))
    if isinstance(value, (set, frozenset)):
        return str(sorted(map(plain, value)))
    if hasattr(value, "_asdict"):
        return plain(without(value._asdict(), LINES))
    if isinstance(value, (list, tuple)):
        return str(list(map(plain, value)))
    has_text = type(value).__repr__ is not object.__repr__
    return repr(value) if has_text else plain(without(vars(value), LINES))


def shared(env):
    """환경에서 다른 쪽에 나올 수 있는 것."""
    found = without(vars(env), OF_ENVIRONMENT)
    for name, left_out in (("metadata", OF_METADATA), ("domaindata", OF_DOMAINS)):
        found[name] = {owner: without(data, left_out) for owner, data in found[name].items()}
    return found


def shown_elsewhere(env):
    """쪽들이 서로에게서 보일 수 있는 모든 것의 지문."""
    notebooks = sorted(map(str, Path(env.srcdir, NOTEBOOKS).rglob("*.ipynb")))  # 내려받는 단추
    outputs = Path(env.mystnb_config.output_folder).rglob("*.glue.json")
    glued = sorted((str(path), path.read_text("utf-8")) for path in outputs)
    renamed = {path: name for path, (_, name) in env.images.items() if name != basename(path)}
    slugs = [
        (docname, slug, found[1:])  # 맨 앞은 줄의 번호이다
        for docname, metadata in sorted(env.metadata.items())
        for slug, found in sorted(metadata.get("myst_slugs", {}).items())
    ]
    text = plain([shared(env), env.found_docs, notebooks, renamed, slugs, glued])
    return sha256(text.encode()).hexdigest()


class SiteBuilder(StandaloneHTMLBuilder):
    allow_parallel = False  # 코어 둘에서는 나무를 옮겨 주는 값이 더 든다

    def get_outdated_docs(self):
        return []  # 파일의 때로는 알 수 없다

    def write(self, build_docnames, updated_docnames, method="update"):
        """Sphinx는 첫 쪽과, 번호를 다시 매긴 쪽을 늘 쓴다. 여기서는 to_write만 쓴다."""
        Path(self.doctreedir, ENV_PICKLE_FILENAME).write_bytes(self.as_read)
        self.events.emit("write-started", self)
        self.clear()
        self.prepare_writing(set(self.to_write))
        self.copy_assets()
        self._write_serial(self.to_write)

    def clear(self):
        """없어진 쪽과, 원고가 없어 늘 새로 쓰는 쪽(색인, 검색)을 지운다."""
        root, docs = Path(self.outdir), self.env.found_docs
        for path in root.rglob("*.html"):
            name = path.relative_to(root).with_suffix("").as_posix()
            if name not in docs and not name.startswith("_"):
                path.unlink()


def note_pages(app, env, docnames):
    """다시 읽을 쪽의 것을 모두 먼저 지운다. 남아 있으면 뒤의 쪽에서 옮겨 온 이름표가 겹친다."""
    for docname in docnames:
        app.events.emit("env-purge-doc", env, docname)
        env.clear_doc(docname)
    kept.data["read"] = list(docnames)


def end_reading(app, env):
    """번호를 매기기 앞의 것을 남긴다. 번호를 매기는 일은 이미 매긴 것에 다시 하면 달라진다."""
    names = FilenameUniqDict()  # 이름이 같은 그림들의 이름을 읽은 차례와 상관없이 짓는다
    for path in sorted(env.images):
        for docname in env.images[path][0]:
            names.add_file(docname, path)
    env.images = names
    app.builder.as_read = pickle.dumps(env, pickle.HIGHEST_PROTOCOL)
    kept.data["files"] = files_of(env)


def files_of(env):
    """{쪽: 그 쪽이 읽는 파일들}."""
    return {
        docname: sorted({env.doc2path(docname, False), *env.dependencies[docname]})
        for docname in env.found_docs
    }


def choose_pages(app, env):
    shown = shown_elsewhere(env)
    docnames = kept.data["read"] if shown == kept.data.get("shown") else env.found_docs
    app.builder.to_write = sorted(docnames)
    kept.data |= {"shown": shown, "written": app.builder.to_write}
    return [env.config.root_doc]  # 하나도 없으면 Sphinx가 write를 부르지 않는다


def begin(app):
    if app.builder.name == "html":
        kept.load(Path(app.outdir).parent)
        # Sphinx가 쪽에 적는 파일의 지문은 그때 _static에 있는 것에 따라 다르다
        shutil.rmtree(Path(app.outdir, "_static"), ignore_errors=True)
        last = 999  # 다른 일들이 다 한 뒤
        app.connect("env-before-read-docs", note_pages, last)
        app.connect("env-updated", end_reading, last)
        app.connect("env-get-updated", choose_pages, last)


def leave_out_notebooks(app, config):
    """이것이 달라지면 Sphinx가 모든 쪽을 다시 읽는다.

    sphinx-external-toc은 차례에 없는 파일을 만날 때마다 여기에 더한다.
    """
    config.exclude_patterns = [*config.exclude_patterns, NOTEBOOKS]


def search_below(app, config):
    """책의 폴더 이름을 sphinx-external-toc이 무늬로 읽지 않게 한다: [2026] 수학."""
    here = str(app.srcdir)

    def iglob(pattern, recursive):
        return glob.iglob(glob.escape(here) + pattern.removeprefix(here), recursive=recursive)

    events.glob = SimpleNamespace(iglob=iglob)


def sort_left_out(app, config):
    """폴더에서 읽은 차례는 때에 따라 다르다."""
    config.exclude_patterns = sorted(config.exclude_patterns)


def setup(app):
    app.add_builder(SiteBuilder, override=True)
    app.connect("config-inited", leave_out_notebooks, priority=1)
    app.connect("config-inited", search_below, priority=1)
    app.connect("config-inited", sort_left_out, priority=999)
    app.connect("builder-inited", begin, priority=1)  # 확장들이 _static에 쓰기 앞
