"""MyST-NB가 원고를 이 방의 것으로 읽게 한다. 코드 셀이 있으면 머리글이 없어도 노트북으로 읽는다.

MyST-NB는 머리글에 jupytext가 있는 .md만 노트북으로 보고, 셀에 붙인 그림과 꼴을 적지 않은 raw 셀은
버린다. 읽는 방법을 바꾸는 설정(nb_custom_formats)은 모든 .md를 노트북으로 읽는다.
"""

import hashlib
from os.path import relpath
from pathlib import Path

from docutils import nodes
from myst_nb import sphinx_ as myst_nb
from myst_nb.core.execute import NotebookClientBase
from myst_nb.core.read import NbReader
from myst_nb.core.render import NbElementRenderer
from sphinx.util import logging

from machine import files, manuscript
from machine.manuscript.attachments import pictures
from machine.settings import ROOT

log = logging.getLogger(__name__)
# jupyter-cache가 원고를 스스로 읽을 때의 이름. 실행은 이미 읽은 것으로 한다
PLUGIN = {"type": "plugin", "name": "myst_nb_md"}
HTML = {"text/html", "html"}
AS_WRITTEN = {"": "none", "text/plain": "none", "text/x-python": "python", "python": "python"}
NOT_SHOWN = "raw 셀의 꼴(%s)은 이 책에 나오지 않습니다. 마크다운 셀로 바꾸거나 지웁니다"


def reader(path, md_config, nb_config, text):
    """원고를 읽는 것. 코드 셀도 raw 셀도 없는 .md는 None이며, 글로 읽는다."""
    path = Path(path)
    is_text = path.suffix != ".ipynb"
    if is_text and manuscript.CELL not in text and manuscript.RAW_CELL not in text:
        return None
    notebook = manuscript.read(path, text, md_config)
    if is_text and {cell.cell_type for cell in notebook.cells} <= {"markdown"}:
        return None
    put_attachments(notebook, Path(nb_config.output_folder, "attachments"))
    return NbReader(lambda text: notebook, md_config, PLUGIN)


def put_attachments(notebook, folder):
    """셀에 붙인 그림을 파일로 두고, 글에서 그 파일을 부르게 한다."""
    for cell in notebook.cells:
        for picture in [*pictures(cell)]:
            uri = f"/{relpath(write(folder, picture), ROOT)}"
            for written in picture.written:
                cell.source = cell.source.replace(written, uri)
        cell.pop("attachments", None)


def write(folder, picture):
    """이름이 같아도 내용이 다르면 다른 폴더에 둔다."""
    path = folder / hashlib.sha256(picture.data).hexdigest()[:12] / picture.file
    files.write(path, picture.data)
    return path


def raw_cell(self, text, metadata, index, line):
    """raw 셀. HTML은 그대로, 꼴을 적지 않은 것은 주피터에서처럼 글자 그대로 보인다."""
    kind = metadata.get("format") or metadata.get("raw_mimetype") or ""
    if kind in HTML:
        shown = nodes.raw("", text, format="html")
    elif kind in AS_WRITTEN:
        shown = nodes.literal_block(text, text, language=AS_WRITTEN[kind])
    else:
        log.warning(NOT_SHOWN, kind, location=(self.renderer.sphinx_env.docname, line))
        return []
    return [nodes.container("", shown, nb_element="cell_raw", cell_index=index)]


def client(create):
    """코드가 없는 노트북은 실행하지 않는다."""

    def create_client(notebook, source, config, logger, read_fmt=None):
        if "kernelspec" in notebook.metadata:
            return create(notebook, source, config, logger, read_fmt)
        return NotebookClientBase(notebook, Path(source), config, logger)

    return create_client


def note_cells(app, doctree):
    """셀이 있는 쪽에는 노트북이 있다."""
    boxes = doctree.findall(nodes.container)
    has_cells = any(box.get("nb_element") == "cell_code" for box in boxes)
    app.env.metadata[app.env.docname][manuscript.HAS_CELLS] = has_cells


def jupyter_anchor(title):
    """주피터가 제목에 붙이는 이름표. 대소문자와 부호를 그대로 둔다."""
    return title.strip().replace(" ", "-")


def read_jupyter_anchors(app, config):
    """[글](#제목의-낱말)을 읽는다."""
    config.myst_heading_anchors = 6
    config.myst_heading_slug_func = f"{__name__}.{jupyter_anchor.__name__}"


def setup(app):
    app.connect("config-inited", read_jupyter_anchors)
    myst_nb.create_nb_reader = reader
    myst_nb.create_client = client(myst_nb.create_client)
    NbElementRenderer.render_raw_cell = raw_cell
    app.connect("doctree-read", note_cells)
