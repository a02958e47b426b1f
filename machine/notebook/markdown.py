"""풀린 문서를 노트북에서 읽을 마크다운으로.

sphinx-markdown-builder에 없거나 코랩·JupyterLab·VS Code에 맞지 않는 것만 있다.
"""

import base64
import re
from html import escape
from itertools import chain, groupby
from pathlib import Path
from string import punctuation
from urllib.parse import quote

from docutils import nodes
from sphinx.locale import admonitionlabels
from sphinx.util import logging
from sphinx_markdown_builder.contexts import SubContext, TableContext, WrappedContext
from sphinx_markdown_builder.translator import MarkdownTranslator, pushing_context

from machine.maths.words import said
from machine.settings.repository import repository
from machine.tree.exercises import Check
from machine.tree.markup.hangul import is_mark
from machine.tree.nodes import number_of, section_number
from machine.tree.picture_types import SVG, media_type

log = logging.getLogger(__name__)
RULES = {"text-left": ":---", "text-right": "---:", "text-center": ":---:"}
CELL = "\x00"  # 코드 셀이나 raw 셀이 있던 자리
KEPT = ("cell_code", "cell_raw")
MARKUP = re.compile(
    r"""[\\*`~<$] | \](?=[(:]) | &(?=\#?\w+;)        # 글에 그대로 적으면 마크다운이 되는 글자
    | \{(?=[a-z:]+\}) | :(?=::) | \[(?=\^)
    | (?<![^\W_])_ | _(?![^\W_]) | ^[-+>\#] | (?:(?<=^\d)|(?<=^\d\d))[.)](?=\s)""",
    re.M | re.X,
)
# 노트북의 마크다운에서도 그대로 쓰는 HTML. 속성은 남기고, 다른 파일을 부르는 것은 옮기지 않는다
HTML_TAGS = {
    *("a", "b", "blockquote", "center", "code", "dd", "del", "div", "dl", "dt", "em", "font", "hr"),
    *("i", "kbd", "li", "mark", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup"),
    *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"),
}
NOT_ALONE = re.compile(
    r"""\s(?:href|src|srcset)\s*=(?!\s*["']?(?:https?:|mailto:)) | \son\w+\s*=""", re.I | re.X
)
COMMENT = re.compile(r"(?<!\\)%.*")  # TeX의 주석: 한 줄로 이으면 뒤의 식까지 지운다
UNKNOWN = "노트북으로 옮길 수 없는 요소입니다: %s"
LETTER = "가"  # 글이 아닌 것이 옆에 있으면 글자로 친다
HTML = {
    nodes.math: "$%s$",
    nodes.strong: "<strong>%s</strong>",
    nodes.emphasis: "<em>%s</em>",
    nodes.literal: "<code>%s</code>",
    nodes.footnote_reference: "<sup>%s)</sup>",
}
BOXES = (
    *admonitionlabels,
    "admonition",
    "topic",
    "sidebar",
    "exercise_node",
    "exercise_enumerable_node",
    "solution_node",
)


def escaped(text):
    return MARKUP.sub(r"\\\g<0>", text)


def ticks(code, least):
    """코드를 두를 백틱. 코드 안에 있는 것보다 길다."""
    return "`" * max(least, 1 + max(map(len, re.findall("`+", code)), default=0))


def html(node):
    """마크다운을 풀지 않는 <summary> 안에 적을 글. 수식은 그대로 둔다."""
    if isinstance(node, nodes.Text):
        return escape(node.astext(), quote=False)
    form = next((form for kind, form in HTML.items() if isinstance(node, kind)), "%s")
    return form % "".join(map(html, node.children))


def beside(node, step):
    """글에서 node의 바로 앞(-1)이나 뒤(1)에 오는 글자. 문단의 끝이면 빈칸."""
    around = node.parent.children
    place = around.index(node) + step
    if not 0 <= place < len(around):
        return beside(node.parent, step) if isinstance(node.parent, nodes.Inline) else " "
    text = around[place].astext() if isinstance(around[place], nodes.Text) else LETTER
    return (text or LETTER)[-1 if step < 0 else 0]


def bold(text):
    """줄의 처음에 오는 굵은 글. 속에 강조가 있으면 별표가 엉킨다."""
    return f"<strong>{text}</strong>" if "*" in text else f"**{text}**"


def is_portable(code):
    """노트북의 마크다운에 그대로 둘 수 있는 HTML인가."""
    tags = re.findall(r"</?([a-z][\w-]*)", code.lower())
    return bool(tags) and {*tags} <= HTML_TAGS and not NOT_ALONE.search(code)


def is_cell(node):
    """노트북의 셀이 될 것인가."""
    is_kept = isinstance(node, nodes.container) and node.get("nb_element") in KEPT
    return is_kept or isinstance(node, Check)


def prompt_of(cell):
    """출력을 펼치는 말. 적지 않았으면 None."""
    return (cell["cell_metadata"].get("mystnb") or {}).get("code_prompt_show")


class Table(TableContext):
    """칸의 글을 그대로 두는 표. tabulate는 1.49893749를 수로 읽어 1.49894로 줄인다."""

    def __init__(self):
        super().__init__()
        self.sides = {}  # {열: text-right}

    def make(self):
        head, *body = map(self.make_row, [*self.headers, *self.body])
        rules = [RULES.get(self.sides.get(column), "---") for column in range(len(head))]
        return "\n".join(f"| {' | '.join(row)} |" for row in (head, rules, *body))

    def align(self, entry):
        """칸의 글을 붙이는 쪽. 마크다운에서는 한 열의 칸이 모두 같으므로 처음 나온 것을 따른다."""
        side = next((name for name in entry["classes"] if name in RULES), None)
        self.sides.setdefault(len(self.active_output[-1]) - 1, side)


class Translator(MarkdownTranslator):
    def __init__(self, document, builder):
        super().__init__(document, builder)
        self.kept = []  # 노트북의 셀이 될 노드
        self.folds = []  # 그 셀마다: 접은 상자 안에 있으면 그 상자의 제목
        self.fold = ""
        self.quotes = 0

    def number(self, node, kind, form=None):
        """ "그림 9-1" 같은 이름. 번호가 없으면 빈 문자열."""
        number = number_of(self.builder.env, self.builder.current_doc_name, kind, node["ids"])
        return (form or self.config.numfig_format[kind]) % number if number else ""

    def markdown(self, *children):
        self._push_context(SubContext())
        for child in children:
            child.walkabout(self)
        return self._ctx_queue.pop().make().strip()

    def inside(self, node):
        return self.markdown(*node.children)

    def whole(self, text, before=0, after=0):
        """노드를 이 글로 옮기고 속은 더 보지 않는다. before와 after는 앞뒤에서 바꿀 줄의 수."""
        self.add(text, before, after)
        raise nodes.SkipNode

    def quote(self, head, *children):
        self.quotes += 1
        text = "\n\n".join(filter(None, [head and bold(head), *map(self.markdown, children)]))
        self.quotes -= 1
        self.add("\n".join(f"> {line}" if line else ">" for line in text.split("\n")), 2, 2)

    def details(self, title, *children):
        text = "\n\n".join(map(self.markdown, children))
        self.add(f"<details>\n<summary>{title}</summary>\n\n{text}\n\n</details>", 2, 2)

    def box(self, head, children, folded=""):
        """상자는 인용문, 접은 상자는 <details>가 된다. 코드 셀에서 나뉘고 셀은 folded를 받는다."""
        inner = [
            child.children if isinstance(child, nodes.section) else [child] for child in children
        ]
        for is_code, group in groupby(chain.from_iterable(inner), is_cell):
            parts = list(group)
            if is_code:
                if head and not folded:
                    self.quote(head)
                self.cells(parts, folded)
            elif folded:
                self.details(head, *parts)
            else:
                self.quote(head, *parts)
            if not folded:
                head = ""  # 제목은 한 번만
        raise nodes.SkipNode

    def cells(self, cells, fold):
        outer, self.fold = self.fold, fold
        for cell in cells:
            cell.walkabout(self)
        self.fold = outer

    def caption(self, node, kind, title):
        self.add(f"**{self.number(node, kind)}** {self.inside(title)}", 2, 2)

    def in_table(self):
        return any(isinstance(context, TableContext) for context in self._ctx_queue)

    def visit_Text(self, node):
        text = escaped(node.astext())
        self.add(text.replace("|", r"\|") if self.in_table() else text)

    def visit_math(self, node):
        tex = COMMENT.sub("", node.astext()).replace("\n", " ")
        if self.in_table():  # |가 칸을 나눈다
            tex = tex.replace(r"\|", r"\Vert{}").replace("|", r"\vert{}")
        self.whole(f"${tex}$")

    def visit_literal(self, node):
        code, around = node.astext(), ticks(node.astext(), 1)
        if len(around) > 1:
            code = f" {code} "
        if self.in_table():
            code = code.replace("|", r"\|")
        self.whole(f"{around}{code}{around}")

    def visit_literal_block(self, node):
        code, language = node.astext(), node.get("language", "")
        fence = ticks(code, 3)
        name = "" if language in ("default", "none") else language
        self.whole(f"{fence}{name}\n{code}\n{fence}", 1, 2)

    visit_doctest_block = visit_literal_block

    def mark(self, node, around, tag):
        """굵은 글씨 따위. 코랩과 JupyterLab이 강조로 보지 않는, 문장 부호와 글자 사이는 HTML로."""
        text = self.inside(node)
        sides = [(beside(node, -1), text[:1]), (beside(node, 1), text[-1:])]
        plain = all(
            not is_mark(inside) or outside.isspace() or outside in punctuation
            for outside, inside in sides
        )
        self.whole(f"{around}{text}{around}" if around and plain else f"<{tag}>{text}</{tag}>")

    def visit_strong(self, node):
        self.mark(node, "**", "strong")

    def visit_emphasis(self, node):
        self.mark(node, "*", "em")

    def visit_struck(self, node):
        self.mark(node, "", "s")  # ~~는 물결표로 적은 범위와 헷갈린다

    def visit_task(self, node):
        self.whole(node.astext())

    def visit_superscript(self, node):
        self.whole(f"<sup>{self.inside(node)}</sup>")

    def visit_enumerated_list(self, node):
        if node.get("enumtype", "arabic") != "arabic":
            log.warning("노트북의 번호는 1, 2, 3만 됩니다: %s", node["enumtype"], location=node)
        self._start_list(node.get("start", 1) - 1)

    def visit_math_block(self, node):
        tex = COMMENT.sub("", node.astext()).strip()
        tex = re.sub(r"\\(begin|end)\{(align|gather)\*?\}", r"\\\1{\2ed}", tex)
        tex = re.sub(r"\\(?:begin|end)\{equation\*?\}", "", tex).strip()  # $$ 안에는 둘 수 없다
        if r"\tag" in tex:
            log.warning(r"노트북에서는 \tag가 절로 붙는 번호와 겹칩니다", location=node)
        tex = re.sub(r"\n\s*\n", r" \\\\\n", tex)  # Sphinx처럼 빈 줄에서 줄을 바꾼다
        if not node.get("nowrap") and r"\\" in tex:
            tex = f"\\begin{{aligned}}\n{tex}\n\\end{{aligned}}"
        if tag := self.number(node, "displaymath", "\\tag{%s}"):
            tex += f"\n{tag}"
        block = f"$$\n{tex}\n$$"
        if self.quotes:  # 인용문의 >가 식에 끼어들지 않게
            block = block.replace("\n", " ")
        self.whole(block, 2, 2)

    def visit_container(self, node):
        kind = node.get("design_component")
        if is_cell(node):
            self.cell(node)
        elif kind == "dropdown" and node["has_title"]:
            self.box(html(node[0]).strip(), node[1:], said(node[0]))
        elif kind == "dropdown":
            self.box("펼치기", node.children, "펼치기")
        elif kind == "tab-item":
            self.box(self.inside(node[0]), node[1].children)

    def cell(self, node):
        if node.get("hide_mode") == "output" and (asked := prompt_of(node)):
            self.add(f"**{escaped(asked)}**", 2, 2)  # 노트북에는 아직 출력이 없다
        self.add(CELL, 2, 2)
        self.kept.append(node)
        self.folds.append(self.fold)
        for figure in node.findall(nodes.figure):
            self.caption(figure, "figure", next(figure.findall(nodes.caption)))
        if alt := node.get("cell_metadata", {}).get("mystnb", {}).get("image", {}).get("alt"):
            self.details("그림에 보이는 것", nodes.Text(alt))
        raise nodes.SkipNode

    def visit_Check(self, node):
        self.cell(node)

    def visit_caption(self, node):
        kind = "figure" if isinstance(node.parent, nodes.figure) else "code-block"
        self.caption(node.parent, kind, node)
        raise nodes.SkipNode

    @pushing_context
    def visit_table(self, node):
        for title in list(node.findall(nodes.title)):
            self.caption(node, "table", title)
            node.remove(title)
        self._push_context(Table())
        self.ensure_eol(2)

    def visit_entry(self, node):
        super().visit_entry(node)
        self.table_ctx.align(node)

    @pushing_context
    def visit_title(self, node):
        super().visit_title(node)
        number = section_number(self.builder.env, self.builder.current_doc_name)
        if number and node.parent.parent is self.document:
            self.add(f"{number} ")

    @pushing_context
    def visit_reference(self, node):
        """책 밖은 링크로, 책의 다른 쪽은 그 쪽이나 노트북의 링크로, 이 쪽 안은 글로 남긴다."""
        url, name = node.get("refuri", ""), self.builder.current_doc_name
        here = self.builder.get_relative_uri(name, name)
        if ("://" in url or ".ipynb" in url) and url.partition("#")[0] != here:
            url = re.sub(r"\.ipynb#.*", ".ipynb", url).replace("(", "%28").replace(")", "%29")
            node["refuri"], node["internal"] = url, False
            super().visit_reference(node)
        else:
            self._push_context(SubContext())

    visit_number_reference = visit_reference

    @pushing_context
    def visit_download_reference(self, node):
        """내려받을 파일은 사이트에 있다. 사이트를 모르면 글만 남긴다."""
        home = repository(self.config).home
        if home and "filename" in node:
            address = f"{home}_downloads/{quote(node['filename'])}"
            self._push_context(WrappedContext("[", f"]({address})"))
        else:
            self._push_context(SubContext())

    def visit_image(self, node):
        uri, alt, kind = node["uri"], node.get("alt", ""), ""
        if "://" not in uri:
            data = Path(self.builder.srcdir, node["candidates"].get("image/png", uri)).read_bytes()
            kind, code = media_type(data), base64.b64encode(data).decode()
            uri = f"data:{kind};base64,{code}"
        space = 0 if isinstance(node.parent, nodes.TextElement) else 2
        if kind == SVG:  # markdown-it(VS Code)은 ![](data:image/svg+xml…)을 글로 남긴다
            self.whole(f'<img src="{uri}" alt="{escape(alt)}">', space, space)
        brackets = re.sub(r"[\[\]]", r"\\\g<0>", alt)
        self.whole(f"![{brackets}]({uri})", space, space)

    def visit_admonition(self, node):
        rest = [child for child in node.children if not isinstance(child, nodes.title)]
        if "dropdown" in node["classes"]:
            self.box(self.head(node, html), rest, self.head(node, said))
        else:
            self.box(self.head(node, self.inside), rest)

    def head(self, box, write):
        """상자의 번호와, write로 적은 제목."""
        titles = [write(child).strip() for child in box.children if isinstance(child, nodes.title)]
        words = [self.number(box, "exercise"), *titles]
        return " ".join(filter(None, words)) or admonitionlabels[box.tagname]

    def visit_block_quote(self, node):
        self.quote("", *node.children)
        raise nodes.SkipNode

    def visit_definition_list(self, node):
        self._start_list("-")

    depart_definition_list = MarkdownTranslator._end_list
    visit_definition_list_item = MarkdownTranslator._start_list_item
    depart_definition_list_item = MarkdownTranslator._end_list_item

    def visit_term(self, node):
        self.whole(bold(self.inside(node)), 1, 2)

    def visit_footnote_reference(self, node):
        self.whole(f"<sup>{node.astext()})</sup>")

    def visit_footnote(self, node):
        self.whole(f"<sup>{node[0].astext()})</sup> {self.markdown(*node[1:])}", 2, 2)

    def visit_comment(self, node):
        raise nodes.SkipNode

    def visit_raw(self, node):
        code = node.astext().strip() if node["format"] == "html" else ""
        if code.startswith("<br"):
            self.add("<br/>")  # 글에서 줄을 바꾼 곳
        elif is_portable(code):
            around = 0 if isinstance(node.parent, nodes.TextElement) else 2
            self.add(code, around, around)
        elif code and not code.startswith("<!--"):
            what = f"{node.tagname} {code.splitlines()[0][:60]}"
            log.warning(UNKNOWN, what, location=node)
        raise nodes.SkipNode

    def unknown_visit(self, node):
        log.warning(UNKNOWN, node.tagname, location=node)
        raise nodes.SkipNode

    visit_versionmodified = unknown_visit  # 라이브러리는 영어 제목을 붙인다

    def pass_through(self, node):
        """속의 글만 적는다."""

    visit_target = visit_definition = pass_through
    visit_hlist = visit_hlistcol = visit_legend = visit_PassthroughTextElement = pass_through
    depart_hlist = depart_hlistcol = depart_legend = depart_PassthroughTextElement = pass_through

    def visit_attribution(self, node):
        self.whole(f"— {self.inside(node)}", 2, 2)

    def visit_centered(self, node):
        self.whole(f"**{self.inside(node)}**", 2, 2)

    def visit_abbreviation(self, node):
        explanation = f"({escaped(node['explanation'])})" if node.get("explanation") else ""
        self.whole(self.inside(node) + explanation)

    def visit_option_list(self, node):
        lines = [f"- `{item[0].astext()}` {self.inside(item[1])}" for item in node]
        self.whole("\n".join(lines), 2, 2)


for name in BOXES:
    setattr(Translator, f"visit_{name}", Translator.visit_admonition)
