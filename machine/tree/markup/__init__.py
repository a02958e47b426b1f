"""책의 마크다운: 조사 앞의 굵은 글씨, 할 일 목록, 취소선을 읽고, 글로 남은 문법을 쪽과 줄로 알린다.

MyST에는 파서에 플러그인을 더하는 설정이 없어, 쪽과 셀의 출력을 읽는 파서가 만들어질 때 끼운다.
"""

import re
from functools import wraps

from docutils import nodes
from markdown_it.rules_inline import emphasis, strikethrough
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_block
from myst_nb import sphinx_ as notebooks
from myst_nb.core import render as outputs
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers import sphinx_ as pages
from sphinx.util import logging

from . import balance, formulas, leftovers
from .hangul import beside_hangul

log = logging.getLogger(__name__)
# 책의 글꼴에 다 있는 글자와, 소리 내어 읽을 말
BOXES = {False: ("□", "할 일"), True: ("■", "한 일")}
LEFTOVER = "%s 남은 문법이 있습니다: '%s'. %s"
CELL = "line of the cell whose output is read"
WITHOUT = "markup을 book_without에 적어 문법이 글로 남습니다. 지우거나 markup을 다시 켜세요: '%s'"
LEFT_WITHOUT = re.compile(r"\*\*|^\[[ xX]\] ")
QUOTES = {'"': "“”", "'": "‘’"}
OPENINGS = {"strong_open", "em_open", "s_open"}
CLOSINGS = {"strong_close", "em_close", "s_close"}


class task(nodes.inline):
    """할 일 목록의 네모. MyST의 input은 종이와 전자책에 둘 수 없다."""


class struck(nodes.inline):
    """취소선을 그은 글. docutils에는 없고, MyST는 HTML에서만 된다고 쓸 때마다 경고한다."""


def plugin(md):
    md.inline.ruler.at("emphasis", beside_hangul(emphasis.tokenize))
    md.inline.ruler.at("strikethrough", beside_hangul(strikethrough.tokenize))
    md.core.ruler.after("block", "fences", leftovers.find_in_blocks)
    if "amsmath" in md.get_all_rules()["block"]:
        options = {"alt": ["paragraph", "reference", "blockquote", "list", "footnote_def"]}
        md.block.ruler.at("amsmath", formulas.outside_dollars(amsmath_block), options)
    md.core.ruler.after("inline", "formulas", formulas.stand)
    md.core.ruler.before("text_join", "leftovers", leftovers.find_in_text)
    md.core.ruler.before("leftovers", "tasks", find_tasks)
    md.core.ruler.after("text_join", "quotes", turn_quotes)
    md.core.ruler.after("text_join", "alternatives", read_alternatives)
    for rule in (render_s, render_task, render_leftover):
        md.add_render_rule(rule.__name__, rule, "docutils")


def find_tasks(state):
    """항목의 처음에 있는 [ ]와 [x]. MyST의 tasklist는 MyST-NB가 쪽을 셀로 나눌 때 멈춘다."""
    for item, paragraph, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:]):
        if (item.type, paragraph.type) != ("list_item_open", "paragraph_open"):
            continue
        box = re.match(r"\[([ xX])\](?=\s)", inline.content)
        if box and inline.children[0].content.startswith(box[0]):
            inline.children[0].content = inline.children[0].content.removeprefix(box[0])
            inline.children.insert(0, Token("task", "", 0, meta={"done": box[1] != " "}))
            item.attrJoin("class", "task-item")


def read_alternatives(state):
    """MyST는 ![대체 글](그림)에서 역슬래시를 붙인 글자와 줄바꿈을 말없이 버린다."""
    inner = [token for inline in state.tokens for token in inline.children or ()]
    for image in inner:
        for token in image.children or ():  # 속이 있는 것은 그림뿐이다
            if token.type in ("text_special", "softbreak"):
                token.type, token.content = "text", token.content or " "


def turn_quotes(state):
    """강조의 안에 붙은 곧은 따옴표를 안쪽으로 굽힌다. docutils는 글자에 붙은 것을 다 닫는다."""
    for inline in state.tokens:
        tokens = inline.children or []
        for one, two in zip(tokens, tokens[1:]):
            if one.type in OPENINGS and two.type == "text" and two.content[:1] in QUOTES:
                two.content = QUOTES[two.content[0]][0] + two.content[1:]
            if one.type == "text" and two.type in CLOSINGS and one.content[-1:] in QUOTES:
                one.content = one.content[:-1] + QUOTES[one.content[-1]][1]


def render_task(renderer, token):
    letter, _ = BOXES[token.meta["done"]]
    renderer.current_node.append(task("", letter, done=token.meta["done"]))


def render_s(renderer, token):
    with renderer.current_node_context(struck(), append=True):
        renderer.render_children(token)


def render_leftover(renderer, token):
    """쪽의 글이면 그 줄을, 셀의 출력이면 셀의 줄을 알린다."""
    place, line = token, renderer.md_env.get(CELL)
    while not place.map and place.parent:
        place = place.parent
    where = "셀의 출력에" if line else "글에"
    if place.map and not line:
        line = place.map[0] + token.meta["line"]
    location = (renderer.sphinx_env.docname, line)
    log.warning(LEFTOVER, where, token.content, token.meta["remedy"], location=location)


def visit_task(writer, node):
    label = BOXES[node["done"]][1]
    box = f'<span class="task" role="img" aria-label="{label}">{node.astext()}</span>'
    writer.body.append(box)
    raise nodes.SkipNode


def visit_struck(writer, node):
    writer.body.append("<s>")


def depart_struck(writer, node):
    writer.body.append("</s>")


def with_plugin(create):
    @wraps(create)
    def create_md_parser(config, renderer):
        return create(config.copy(dmath_double_inline=True), renderer).use(plugin)

    return create_md_parser


def name_equation(renderer):
    """이름표 없는 \\begin{align}의 이름. MyST는 만들 때마다 다른 이름을 붙인다."""
    env = renderer.sphinx_env
    return f"{env.docname.replace('/', '-')}-{env.new_serialno('equation')}"


def in_output(render):
    """셀의 출력을 읽는 동안 그 셀의 줄을 적어 둔다."""

    @wraps(render)
    def render_markdown(self, data, **options):
        self.renderer.md_env[CELL] = data.line
        try:
            return render(self, data, **options)
        finally:
            del self.renderer.md_env[CELL]

    return render_markdown


def tell_left(app, doctree):
    for text in doctree.findall(nodes.Text):
        as_written = isinstance(text.parent, (nodes.FixedTextElement, nodes.literal, nodes.math))
        if LEFT_WITHOUT.search(text) and not as_written:
            log.warning(WITHOUT, text.astext()[:20], location=text.parent)


def without(app):
    """MyST만으로는 조사 앞의 굵은 글씨와 할 일 목록을 읽지 못한다."""
    app.connect("doctree-read", tell_left)


def setup(app):
    output = outputs.NbElementRenderer
    output._render_markdown_base = in_output(output._render_markdown_base)
    SphinxRenderer._random_label = name_equation
    for module in (pages, notebooks, outputs):
        module.create_md_parser = with_plugin(module.create_md_parser)
    app.add_node(task, html=(visit_task, None))
    app.add_node(struck, html=(visit_struck, depart_struck))
    app.connect("doctree-read", leftovers.check_footnotes)
    app.connect("doctree-read", balance.check)
    app.connect("doctree-resolved", leftovers.check_unparsed)
