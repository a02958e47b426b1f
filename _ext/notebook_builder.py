"""절 쪽을 출력 없는 노트북으로 옮기는 빌더(notebook): chapters/chap6/x.md → _build/notebook/chap6/x.ipynb.

참조와 번호가 다 풀린 문서를 sphinx-markdown-builder로 옮기고, 코드 셀은 원고에서 가져온다. 그 패키지에 없는 것만
여기 있다: 셀로 나누기, 번호 붙은 식·그림·표·연습문제, 알림 상자, 그림 넣기. sphinx-tojupyter는 식 번호가 틀리고
그림 제목을 잃으며, jupytext는 MyST 문법을 그대로 남긴다.
"""
import base64
import hashlib
import mimetypes
import re
from pathlib import Path

import nbformat
from docutils import nodes
from myst_nb.core.read import read_myst_markdown_notebook
from sphinx.locale import admonitionlabels
from sphinx.util import logging
from sphinx_markdown_builder.builder import MarkdownBuilder
from sphinx_markdown_builder.contexts import IndentContext, SubContext, SubContextParams
from sphinx_markdown_builder.translator import MarkdownTranslator, pushing_context

log = logging.getLogger(__name__)
CELL = "\x00"                                           # 코드 셀이 있던 자리
HIDDEN = {"hide-input", "hide-cell"}
BOXES = ("note", "tip", "warning", "important", "seealso", "caution", "hint", "attention",
         "exercise_node", "exercise_enumerable_node", "solution_node")


class Translator(MarkdownTranslator):
    def number(self, node, kind):
        """"그림 6-1" 같은 이름. 번호가 없으면 빈 글."""
        numbers = self.builder.env.toc_fignumbers.get(self.builder.current_doc_name, {}).get(kind, {})
        found = [".".join(map(str, numbers[i])) for i in node["ids"] if i in numbers]
        return self.config.numfig_format[kind] % found[0] if found else ""

    def markdown(self, node):
        self._push_context(SubContext())
        for child in node.children:
            child.walkabout(self)
        return self._ctx_queue.pop().make().strip()

    def add_caption(self, node, kind, title):
        self.add(f"**{self.number(node, kind)}** {self.markdown(title)}", 2, 2)

    def visit_container(self, node):
        if node.get("nb_element") == "cell_code":
            self.add(CELL, 2, 2)
            for figure in node.findall(nodes.figure):
                self.add_caption(figure, "figure", next(figure.findall(nodes.caption)))
            raise nodes.SkipNode

    def visit_caption(self, node):
        self.add_caption(node.parent, "figure", node)
        raise nodes.SkipNode

    @pushing_context
    def visit_table(self, node):
        for title in list(node.findall(nodes.title)):
            self.add_caption(node, "table", title)
            node.remove(title)
        super().visit_table(node)

    @pushing_context
    def visit_title(self, node):
        super().visit_title(node)
        if node.parent.parent is self.document and (number := self.builder.sec_numbers.get("")):
            self.add(".".join(map(str, number)) + " ")

    def visit_math_block(self, node):
        tex = re.sub(r"\\(begin|end)\{(align|gather)\*?\}", r"\\\1{\2ed}", node.astext().strip())
        if not node.get("nowrap") and r"\\" in tex:
            tex = f"\\begin{{aligned}}\n{tex}\n\\end{{aligned}}"
        if node.get("number"):
            numbers = self.builder.env.toc_fignumbers[self.builder.current_doc_name]["displaymath"]
            tex += "\n\\tag{%s}" % ".".join(map(str, numbers[node["ids"][0]]))
        self.add(f"$$\n{tex}\n$$", 2, 2)
        raise nodes.SkipNode

    @pushing_context
    def visit_reference(self, node):                    # 책 안의 참조는 글만 남긴다
        super().visit_reference(node) if "://" in node.get("refuri", "") else self._push_context(SubContext())

    visit_number_reference = visit_reference

    def visit_target(self, node):
        pass

    def visit_image(self, node):
        path = Path(self.builder.srcdir, node["candidates"].get("image/png", node["uri"]))
        data = base64.b64encode(path.read_bytes()).decode()
        self.add(f"![{node.get('alt', '')}](data:{mimetypes.guess_type(path.name)[0]};base64,{data})", 2, 2)
        raise nodes.SkipNode

    @pushing_context
    def visit_admonition(self, node):
        """알림 상자는 인용문이 된다. 안에 코드 셀이 있으면 거기서 끊기므로 인용하지 않는다."""
        head = self.number(node, "exercise") if "exercise" in node.tagname else ""
        for title in list(node.findall(nodes.title))[:1]:
            head += " " + self.markdown(title)
            title.parent.remove(title)
        has_cell = any(child.get("nb_element") == "cell_code" for child in node.findall(nodes.container))
        room = SubContextParams(2, 2)
        self._push_context(SubContext(room) if has_cell else IndentContext("> ", empty=True, params=room))
        self.add(f"**{head.strip() or admonitionlabels[node.tagname]}**", 0, 2)

    def visit_citation(self, node):
        self.add(f"- [{node.next_node(nodes.label).astext()}] {self.markdown(node.next_node(nodes.paragraph))}", 1, 1)
        raise nodes.SkipNode


for box in BOXES:
    setattr(Translator, f"visit_{box}", Translator.visit_admonition)


class NotebookBuilder(MarkdownBuilder):
    name = format = "notebook"
    default_translator_class = Translator
    epilog = ""

    def get_outdated_docs(self):
        return self.env.found_docs

    def write_doc(self, docname, doctree):
        if "kernelspec" not in self.env.metadata.get(docname, {}):
            return
        self.current_doc_name, self.sec_numbers = docname, self.env.toc_secnumbers.get(docname, {})
        translator = self.create_translator(doctree, self)
        doctree.walkabout(translator)
        texts = translator.astext().split(CELL)
        source = read_myst_markdown_notebook(Path(self.env.doc2path(docname)).read_text("utf-8"))
        code = [cell for cell in source.cells if cell.cell_type == "code"]
        if len(texts) != len(code) + 1:
            log.warning("노트북의 코드 셀 수가 원고와 다릅니다", location=docname)
        path = Path(self.outdir, docname.removeprefix("chapters/") + ".ipynb")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(nbformat.writes(notebook(texts, code)) + "\n", "utf-8")

    def finish(self):
        pass


def notebook(texts, code):
    """글과 코드 셀을 번갈아 놓는다. 셀의 id는 내용으로 정하므로 다시 만들어도 같다."""
    cells, seen = [], {}

    def add(new_cell, text, **metadata):
        seen[text] = seen.get(text, 0) + 1
        cell_id = hashlib.sha256(f"{text}{seen[text]}".encode()).hexdigest()[:12]
        cells.append(new_cell(text, id=cell_id, metadata=metadata))

    for text, cell in zip(texts, [None, *code]):
        if cell:
            source, tags = cell.source, cell.metadata.get("tags", [])
            if HIDDEN & set(tags):                      # 접은 셀: JupyterLab은 source_hidden, Colab은 form
                add(nbformat.v4.new_code_cell, re.sub(r"\A#\s*", "#@title ", source), tags=tags,
                    jupyter={"source_hidden": True}, cellView="form")
            else:
                add(nbformat.v4.new_code_cell, source, tags=tags)
        if text.strip():
            add(nbformat.v4.new_markdown_cell, text.strip())
    return nbformat.v4.new_notebook(cells=cells, metadata={
        "colab": {"provenance": []}, "language_info": {"name": "python"},
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})


def allow_outputs(app, config):
    """MyST-NB는 모르는 빌더에서 출력마다 경고한다. 출력은 어차피 노트북에 넣지 않는다."""
    kinds = ("text/plain", "text/latex", "image/svg+xml")
    config.nb_mime_priority_overrides = [*config.nb_mime_priority_overrides, *((NotebookBuilder.name, kind, 1) for kind in kinds)]


def setup(app):
    app.setup_extension("sphinx_markdown_builder")
    app.connect("config-inited", allow_outputs)
    app.add_builder(NotebookBuilder)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
