"""절 쪽을 출력 없는 노트북으로 옮기는 빌더(notebook): chapters/chap6/x.md → _build/notebook/chap6/x.ipynb.

참조와 번호가 다 풀린 문서를 markdown.py가 글로 옮기고, 코드 셀은 원고에서 가져온다. README의 절 표도 함께 만든다.
sphinx-tojupyter는 식 번호가 틀리고 그림 제목을 잃으며, jupytext는 MyST 문법을 그대로 남긴다.
"""

import hashlib
import re
from pathlib import Path
from posixpath import dirname, relpath

import nbformat
from myst_nb.core.read import read_myst_markdown_notebook
from sphinx.util import logging
from sphinx_markdown_builder.builder import MarkdownBuilder

from machine.settings.repository import notebook, repository

from .markdown import CELL, Translator, escaped

log = logging.getLogger(__name__)
INTRO = """> 『{title}』의 {section}이며, 원고 `{source}`를 옮긴 노트북입니다.{page}
>
> 코랩 단추로 열면 고친 내용이 저절로 저장되지 않습니다. 남기려면 메뉴에서 **파일 → 드라이브에 사본 저장**을 고릅니다. Binder에서는 창을 닫기 전에 노트북을 내려받습니다. 내 컴퓨터에서 실행하려면 numpy, sympy, matplotlib, torch를 먼저 설치합니다."""
PAGE = " 출력은 [책의 이 절]({})에서 볼 수 있습니다."
TABLE = re.compile(r"(<!-- 절의 표:.*? -->\n).*?(<!-- 끝 -->)", re.S)
BADGE = "[![{}](https://{})]({})"


class NotebookBuilder(MarkdownBuilder):
    name = format = "notebook"
    default_translator_class = Translator
    epilog = ""

    def get_outdated_docs(self):
        return self.env.found_docs

    def is_section(self, docname):
        return "kernelspec" in self.env.metadata.get(docname, {})

    def get_relative_uri(self, from_, to, typ=None):
        """책의 다른 쪽. 사이트의 주소를 모르면 그 절의 노트북, 노트북이 없는 쪽이면 빈 문자열."""
        beside = relpath(notebook(to), dirname(notebook(from_))) if self.is_section(to) else ""
        return repository(self.config).page(to) or beside

    def section_number(self, docname):
        return ".".join(map(str, self.env.toc_secnumbers.get(docname, {}).get("") or ()))

    def write_doc(self, docname, doctree):
        if not self.is_section(docname):
            return
        self.current_doc_name = docname
        translator = self.create_translator(doctree, self)
        doctree.walkabout(translator)
        texts = translator.astext().split(CELL)
        source = read_myst_markdown_notebook(Path(self.env.doc2path(docname)).read_text("utf-8"))
        code = [cell for cell in source.cells if cell.cell_type == "code"]
        if len(texts) != len(code) + 1:
            log.warning("노트북의 코드 셀 수가 원고와 다릅니다", location=docname)
        texts[0] = self.introduce(docname, texts[0])
        texts[-1] += self.cited(docname, translator)
        path = Path(self.outdir, notebook(docname).removeprefix("notebooks/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            nbformat.writes(make_notebook(texts, code, translator.folds)) + "\n", "utf-8"
        )

    def introduce(self, docname, text):
        """첫 셀의 제목 아래에 무슨 노트북인지 적는다."""
        title, _, rest = text.partition("\n")
        url = repository(self.config).page(docname)
        intro = INTRO.format(
            title=self.config.html_title,
            section=self.config.numfig_format["section"] % self.section_number(docname),
            source=self.env.doc2path(docname, False),
            page=PAGE.format(url) if url else "",
        )
        return f"{title}\n\n{intro}\n{rest}"

    def cited(self, docname, translator):
        """이 절에서 인용한 참고문헌의 목록."""
        domain = self.env.get_domain("cite")
        keys = {
            key for ref in domain.citation_refs if ref.docname == docname for key, *_ in ref.targets
        }
        entries = [
            citation.formatted_entry for citation in domain.citations if citation.key in keys
        ]
        lines = [
            f"- [{entry.label}] {translator.markdown(domain.backend.paragraph(entry))}"
            for entry in entries
        ]
        return "\n\n**이 절의 참고문헌**\n\n" + "\n".join(lines) if lines else ""

    def finish(self):
        readme = Path(self.srcdir, "README.md")
        if readme.is_file():
            text = readme.read_text("utf-8")
            if not TABLE.search(text):
                log.warning(
                    "README.md에 절의 표를 넣을 자리(<!-- 절의 표: … -->와 <!-- 끝 -->)가 없습니다"
                )
            Path(self.outdir, "README.md").write_text(
                TABLE.sub(lambda m: f"{m[1]}\n{self.table()}\n{m[2]}", text), "utf-8"
            )

    def table(self):
        repo = repository(self.config)
        rows = [
            "| 절 | 책 | 코랩 | Binder |" if repo.slug else "| 절 | 원고 | 노트북 |",
            "|---|---|---|---|" if repo.slug else "|---|---|---|",
        ]
        sections = filter(self.is_section, self.env.found_docs)
        for doc in sorted(
            sections, key=lambda doc: [int(n) for n in self.section_number(doc).split(".")]
        ):
            title = escaped(self.env.titles[doc].astext()).replace("|", r"\|")
            cells = [f"{self.section_number(doc)} {title}"]
            if repo.slug:
                cells += [
                    f"[읽기]({repo.page(doc)})",
                    BADGE.format(
                        "코랩에서 열기",
                        "colab.research.google.com/assets/colab-badge.svg",
                        repo.colab(doc),
                    ),
                    BADGE.format(
                        "Binder에서 열기", "mybinder.org/badge_logo.svg", repo.binder(doc)
                    ),
                ]
            else:
                cells += [f"[원고]({self.env.doc2path(doc, False)})", f"[노트북]({notebook(doc)})"]
            rows.append(f"| {' | '.join(cells)} |")
        if not repo.slug:
            rows.append(
                "\n코랩과 Binder에서 바로 여는 단추는 책을 공개한 뒤에 생깁니다. 그때까지는 노트북을 내려받은 뒤 "
                "[코랩](https://colab.research.google.com)에서 **파일 → 노트북 업로드**를 고르면 됩니다."
            )
        return "\n".join(rows) + "\n"


def make_notebook(texts, code, folds):
    """글과 코드 셀을 번갈아 놓는다. 셀의 id는 내용으로 정하므로 다시 만들어도 같다."""
    cells, seen = [], {}

    def add(new_cell, text, **metadata):
        seen[text] = seen.get(text, 0) + 1
        cell_id = hashlib.sha256(f"{text}{seen[text]}".encode()).hexdigest()[:12]
        cells.append(new_cell(text, id=cell_id, metadata=metadata))

    for text, cell, fold in zip(texts, [None, *code], ["", *folds]):
        if cell:
            source, metadata = (
                cell.source,
                {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {},
            )
            tags = set(metadata.get("tags", ()))
            if fold or tags & {
                "hide-input",
                "hide-cell",
            }:  # 접은 셀: JupyterLab은 source_hidden, 코랩은 form
                source = (
                    f"#@title {fold}\n{source}"
                    if fold and not source.startswith("%%")
                    else re.sub(r"\A#\s*", "#@title ", source)
                )
                metadata |= {"jupyter": {"source_hidden": True}, "cellView": "form"}
            if tags & {"hide-output", "hide-cell"}:
                metadata["jupyter"] = metadata.get("jupyter", {}) | {"outputs_hidden": True}
            add(nbformat.v4.new_code_cell, source, **metadata)
        if text.strip():
            add(nbformat.v4.new_markdown_cell, text.strip())
    return nbformat.v4.new_notebook(
        cells=cells,
        metadata={
            "colab": {"provenance": []},
            "language_info": {"name": "python"},
            "kernelspec": {
                "name": "python3",
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
            },
        },
    )


def allow_outputs(app, config):
    """MyST-NB는 모르는 빌더에서 출력마다 경고한다. 출력은 어차피 노트북에 넣지 않는다."""
    kinds = ("text/plain", "text/latex", "image/svg+xml")
    config.nb_mime_priority_overrides = [
        *config.nb_mime_priority_overrides,
        *((NotebookBuilder.name, kind, 1) for kind in kinds),
    ]


def setup(app):
    app.setup_extension("sphinx_markdown_builder")
    app.connect("config-inited", allow_outputs)
    app.add_builder(NotebookBuilder)
