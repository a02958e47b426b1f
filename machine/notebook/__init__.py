"""셀이 있는 쪽을 출력 없는 노트북으로 옮기는 빌더: chapters/chap9/x.md → notebooks/chap9/x.ipynb.

참조와 번호가 다 풀린 문서를 markdown.py가 글로 옮기고 코드 셀은 원고에서 가져온다. README의 표도.
_build/notebook에 쓰고, 바뀐 것만 make notebooks가 옮긴다.
sphinx-tojupyter는 식 번호가 틀리고 그림 제목을 잃으며, jupytext는 MyST 문법을 그대로 남긴다.
"""

import hashlib
import re
from collections import Counter
from pathlib import Path
from posixpath import dirname, relpath

import nbformat
from docutils import nodes
from sphinx.util import logging
from sphinx_markdown_builder.builder import MarkdownBuilder

from machine import manuscript
from machine.settings.conventions import notebook, setting
from machine.settings.repository import repository
from machine.tree.exercises import Check
from machine.tree.nodes import numbered_title, reading_order, section_number

from . import data
from .markdown import CELL, Translator, escaped

log = logging.getLogger(__name__)
INTRO = (
    "> 『{title}』의 {place}이며, 원고 `{source}`를 옮긴 노트북입니다.{page}\n>\n"
    "> 코랩 단추로 열면 고친 내용이 저절로 저장되지 않습니다. 남기려면 메뉴에서 "
    "**파일 → 드라이브에 사본 저장**을 고릅니다. "
    "Binder에서는 창을 닫기 전에 노트북을 내려받습니다.{packages}"
)
TAKEN = "다른 쪽의 노트북과 이름이 같습니다: %s. 한쪽의 파일 이름을 바꿉니다"
INSTALL = " 내 컴퓨터에서 실행하려면 {} 먼저 설치합니다."
PAGE = " 출력은 [책의 이 쪽]({})에서 볼 수 있습니다."
TABLE = re.compile(r"(<!-- 절의 표:.*? -->\n).*?(<!-- 끝 -->)", re.S)
NO_TABLE = "README.md에 절의 표를 넣을 자리(<!-- 절의 표: … -->와 <!-- 끝 -->)가 없습니다"
READ_HEAD = "| 쪽 | 책 | 코랩 | Binder |\n|---|---|---|---|"
DRAFT_HEAD = "| 쪽 | 원고 | 노트북 |\n|---|---|---|"
DRAFT_NOTE = (
    "\n코랩과 Binder에서 바로 여는 단추는 책을 공개한 뒤에 생깁니다. "
    "그때까지는 노트북을 내려받은 뒤 [코랩](https://colab.research.google.com)에서 "
    "**파일 → 노트북 업로드**를 고르면 됩니다."
)
COLAB = "![코랩에서 열기](https://colab.research.google.com/assets/colab-badge.svg)"
BINDER = "![Binder에서 열기](https://mybinder.org/badge_logo.svg)"
METADATA = {
    "colab": {"provenance": []},
    "language_info": {"name": "python"},
    "kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"},
}


class NotebookBuilder(MarkdownBuilder):
    name = format = "notebook"
    default_translator_class = Translator
    epilog = ""

    def get_outdated_docs(self):
        return self.env.found_docs

    def has_cells(self, docname):
        return manuscript.has_cells(self.env, docname)

    def get_relative_uri(self, from_, to, typ=None):
        """책의 다른 쪽. 사이트의 주소를 모르면 그 쪽의 노트북, 노트북이 없는 쪽이면 빈 문자열."""
        beside = relpath(notebook(to), dirname(notebook(from_))) if self.has_cells(to) else ""
        return repository(self.config).page(to) or beside

    def write_doc(self, docname, doctree):
        if not self.has_cells(docname):
            return
        self.current_doc_name = docname
        self.number_citations(docname, doctree)
        translator = self.create_translator(doctree, self)
        doctree.walkabout(translator)
        texts = translator.astext().split(CELL)
        code = self.kept_cells(docname, translator.kept)
        texts[0] = self.introduce(docname, texts[0])
        texts[-1] += self.cited(docname, translator)
        path = Path(self.outdir, notebook(docname))
        if path.exists():  # chapters/index와 index: make notebooks는 빈 폴더에서 시작한다
            log.warning(TAKEN, notebook(docname), location=docname)
        path.parent.mkdir(parents=True, exist_ok=True)
        notebook_file = make_notebook(texts, code, translator.folds)
        notebook_file.cells[1:1] = data.cells(self.env, docname)  # 첫 셀은 소개하는 글이다
        data.copy(self.env, docname, path.parent)
        path.write_text(nbformat.writes(notebook_file) + "\n", "utf-8")

    def kept_cells(self, docname, kept):
        """쪽에 있는 셀의 노드 kept에 원고의 글을 담은 셀들."""
        source = manuscript.read(Path(self.env.doc2path(docname)))
        places = {node["cell_index"] for node in kept if "cell_index" in node}
        for n, start in enumerate(manuscript.starts(source)):
            if source.cells[n].cell_type != "markdown" and n not in places:
                log.warning("노트북의 코드 셀 수가 원고와 다릅니다", location=(docname, start))
        return [
            source.cells[node["cell_index"]] if "cell_index" in node else written(node)
            for node in kept
        ]

    def introduce(self, docname, text):
        """첫 셀의 제목 아래에 무슨 노트북인지 적는다."""
        title, _, rest = text.partition("\n")
        url, packages = repository(self.config).page(docname), setting("book_packages")
        intro = INTRO.format(
            title=self.config.html_title,
            place=self.place(docname),
            source=self.env.doc2path(docname, False),
            page=PAGE.format(url) if url else "",
            packages=INSTALL.format(with_particle(packages)) if packages else "",
        )
        return f"{title}\n\n{intro}\n{rest}"

    def place(self, docname):
        """ "9.1절". 절이 아닌 쪽이면 그 제목."""
        number = section_number(self.env, docname)
        if "." in number:
            return self.config.numfig_format["section"] % number
        return f"「{escaped(self.env.titles[docname].astext())}」 쪽"

    def citations(self, docname):
        """이 쪽에서 인용한 참고문헌들."""
        domain = self.env.domains.get("cite")
        if domain is None:  # 문헌을 인용하지 않는 책이다
            return []
        refs = [ref for ref in domain.citation_refs if ref.docname == docname]
        keys = {key for ref in refs for key, *_ in ref.targets}
        return [citation for citation in domain.citations if citation.key in keys]

    def number_citations(self, docname, doctree):
        """인용의 번호를 이 노트북의 목록에서의 차례로. 책의 번호는 다른 장의 문헌이 늘면 밀린다."""
        places = enumerate(self.citations(docname), 1)
        numbers = {citation.citation_id: (citation, str(n)) for n, citation in places}
        for cited in doctree.findall(nodes.inline):
            links = cited.findall(nodes.reference) if "bibtex-citation" in cited["classes"] else ()
            for link in links:
                name = link.get("refid") or link.get("refuri", "").rpartition("#")[2]
                citation, number = numbers.get(name, (None, ""))
                if citation and link.astext() == citation.formatted_entry.label:
                    link[:] = [nodes.Text(number)]

    def cited(self, docname, translator):
        """이 쪽에서 인용한 참고문헌의 목록."""
        lines = []
        for number, citation in enumerate(self.citations(docname), 1):
            paragraph = self.env.domains["cite"].backend.paragraph(citation.formatted_entry)
            lines.append(f"- [{number}] {translator.markdown(paragraph)}")
        return "\n\n**참고문헌**\n\n" + "\n".join(lines) if lines else ""

    def finish(self):
        readme = Path(self.srcdir, "README.md")
        if not readme.is_file():
            return
        text = readme.read_text("utf-8")
        if not TABLE.search(text):
            log.warning(NO_TABLE)
        text = TABLE.sub(lambda place: f"{place[1]}\n{self.table()}\n{place[2]}", text)
        Path(self.outdir, "README.md").write_text(text, "utf-8")

    def table(self):
        """쪽마다 읽고 실행하는 곳의 표."""
        rows = map(self.row, filter(self.has_cells, reading_order(self.env)))
        if repository(self.config).slug:
            return "\n".join([READ_HEAD, *rows]) + "\n"
        return "\n".join([DRAFT_HEAD, *rows, DRAFT_NOTE]) + "\n"

    def row(self, doc):
        repo = repository(self.config)
        name = escaped(numbered_title(self.env, doc)).replace("|", r"\|")
        if repo.slug:
            open_in = f"[{COLAB}]({repo.colab(doc)}) | [{BINDER}]({repo.binder(doc)})"
            return f"| {name} | [읽기]({repo.page(doc)}) | {open_in} |"
        source = self.env.doc2path(doc, False)
        return f"| {name} | [원고]({source}) | [노트북]({notebook(doc)}) |"


def with_particle(packages):
    """이름들 뒤의 을, 를. 마지막 것의 우리말 이름에 받침이 있으면 을이다."""
    names, korean = ", ".join(packages), [*packages.values()][-1]
    return names + ("을" if (ord(korean[-1]) - ord("가")) % 28 else "를")


def make_notebook(texts, code, folds):
    """글과, 코드 셀이나 raw 셀을 번갈아 놓는다. 셀의 id는 내용으로 정하므로 다시 만들어도 같다."""
    cells, seen = [], Counter()
    for text, cell, fold in zip(texts, [None, *code], ["", *folds]):
        if cell:
            cells.append(code_cell(cell, fold) if cell.cell_type == "code" else raw_cell(cell))
        if text.strip():
            cells.append(nbformat.v4.new_markdown_cell(text.strip()))
    for cell in cells:
        seen[cell.source] += 1
        cell.id = hashlib.sha256(f"{cell.source}{seen[cell.source]}".encode()).hexdigest()[:12]
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def written(node):
    """연습문제에 적은 셀. 확인의 코드는 접는다."""
    is_check = isinstance(node, Check)
    metadata = {"tags": ["hide-input"]} if is_check else {}
    source = node["code"] if is_check else node["source"]
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def code_cell(cell, fold):
    """접은 셀은 JupyterLab(jupyter)과 코랩(cellView)에서도 접힌다. fold는 접은 상자의 제목."""
    source, tags, hidden = cell.source, cell.metadata.get("tags", []), {}
    metadata = {"tags": tags} if tags else {}
    if fold or {"hide-input", "hide-cell"} & set(tags):
        metadata["cellView"] = "form"
        hidden["source_hidden"] = True
        if fold and not source.startswith("%%"):
            source = f"#@title {fold}\n{source}"
        else:
            source = re.sub(r"\A#\s*", "#@title ", source)
    is_asked = "code_prompt_show" in (cell.metadata.get("mystnb") or {})  # 짐작한 뒤에 실행한다
    if "hide-cell" in tags or ("hide-output" in tags and not is_asked):
        hidden["outputs_hidden"] = True
    if hidden:
        metadata["jupyter"] = hidden
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def raw_cell(cell):
    kind = manuscript.raw_kind(cell)
    return nbformat.v4.new_raw_cell(cell.source, metadata={"raw_mimetype": kind} if kind else {})


def allow_outputs(app, config):
    """MyST-NB는 모르는 빌더에서 출력마다 경고한다. 노트북에는 {glue}로 붙인 것만 넣는다."""
    kinds = "image/svg+xml image/png image/jpeg text/html text/markdown text/latex text/plain"
    ours = [(NotebookBuilder.name, kind, n) for n, kind in enumerate(kinds.split())]
    config.nb_mime_priority_overrides = [*config.nb_mime_priority_overrides, *ours]


def setup(app):
    app.setup_extension("sphinx_markdown_builder")
    app.connect("config-inited", allow_outputs)
    app.add_builder(NotebookBuilder)
