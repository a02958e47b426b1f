"""글로 남은 문법을 찾는다. 글자 그대로 쓰려는 것(\\*\\*, `코드`)은 토큰에서 이미 갈려 있다."""

import re
from pathlib import Path

import yaml
from bs4 import BeautifulSoup, element
from docutils import nodes
from markdown_it.token import Token
from sphinx import addnodes
from sphinx.util import logging

from machine.tree.nodes import is_output, raw_html, with_line

from .formulas import DOUBLE

log = logging.getLogger(__name__)
OTHER = "\ufffc"  # 글이 아닌 것(코드, 수식, 링크의 끝)의 자리
# 역슬래시를 붙인 괄호와 역슬래시
ESCAPED = dict(zip("()[]\\", "\ue000\ue001\ue002\ue003\ue004"))
LITERAL = "글자 그대로 쓰려면 앞에 \\를 붙이거나 `코드`로 씁니다"
ROWS = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text("utf-8"))
TEXT = {row["pattern"]: row["remedy"].replace("{literal}", LITERAL) for row in ROWS}
TASK = "할 일은 - [ ] 글, 한 일은 - [x] 글처럼 띄어 씁니다"
IN_FORMULA = "수식 속의 글은 \\text{…}로 감쌉니다. 수식이 아니면 $ 앞에 \\를 붙입니다"
NOT_ALONE = "따로 세우는 식 $$…$$는 제목, 표, 강조 속에 둘 수 없습니다. $…$로 적습니다"
IN_ROLE = "역할 속에서는 마크다운을 풀지 않습니다. 수식은 eˣ처럼 글자로 적습니다"
IN_INDEX = "글줄 속에서는 {index}`글 <single: 종류; 하위>`처럼 꺾쇠 안에 적습니다"
IN_ALTERNATIVE = "그림의 대체 글에는 수식과 코드를 쓸 수 없습니다. 말로 적습니다"
UNCLOSED = "닫는 {0}이 없습니다. 상자 속에 상자가 있으면 바깥의 {1}이 안쪽보다 많아야 합니다"
UNOPENED = "짝이 없는 :::입니다. 상자 속에 상자가 있으면 바깥을 ::::로 열고 닫습니다"
UNBRACED = "상자의 이름은 {}{{이름}}처럼 중괄호로 감쌉니다"
INDENTED = "네 칸 넘게 들여 쓴 줄은 코드가 됩니다. 들여쓰기를 줄입니다"
UNCALLED = "부르는 곳이 없는 각주입니다: [^%s]. 글에 [^%s]을 적거나 각주를 지웁니다"
NUMBERLESS = (
    "번호가 없는 것을 {numref}로 부릅니다: %s. {ref}로 부르거나 번호가 있는 것을 가리킵니다"
)
NOT_IN_ALTERNATIVE = (
    "대체 글에 글로 남은 문법입니다: %s. 대체 글은 마크다운을 풀지 않으므로 말로 적습니다"
)
NOT_IN_INDEX = "찾아보기의 말에 글로 남은 문법입니다: %s. 수식은 eˣ처럼 글자로 적습니다"
NOT_IN_HTML = (
    "HTML 속에 글로 남은 문법입니다: %s. HTML의 속에서는 마크다운과 수식을 풀지 않습니다. "
    "여는 태그의 아래와 닫는 태그의 위를 한 줄씩 비우거나, HTML 대신 마크다운으로 적습니다"
)
NOT_IN_CITATION = "참고문헌에 글로 남은 문법입니다: %s. references.bib에서는 수식을 글자로 적습니다"
AS_WRITTEN = ["code", "pre", "kbd", "samp", "svg", "math", "textarea"]  # 글을 그대로 보이는 HTML
MATH = {"math_inline", DOUBLE}
SHOWN = {"math", "code", "raw", "kbd"}  # 적은 글자를 그대로 보이거나 수식으로 읽는 역할
INDEX_KIND = re.compile(r"(single|pair|triple|see|seealso):[^<]*$")
BRACES = re.compile(r"\{[^{}]*\}")
# 마크다운이 아닌 글에서 볼 것
UNPARSED = re.compile(r"\*\*|\$[^$]+\$|\{\{.*?\}\}|\{[a-z][\w:-]*\}`|~~|(?<!\\)\\[A-Za-z]+")
FENCE = re.compile(r"[\s>]*(`{3,}|~{3,}|:{3,})\s*$")
CODED = re.compile(r"(?:`{3,}|:{3,})\{", re.M)


def leftover(found, remedy, line, around=None):
    meta = {"remedy": remedy, "line": line}
    return Token("leftover", "", 0, content=found, meta=meta, map=around)


def excerpt(text, start=0):
    """찾은 것과 그 뒤의 글."""
    return re.sub(f"[{OTHER}\ue000-\ue004]", "…", text[start : start + 20].split("\n")[0]).strip()


def pieces(inline):
    """토큰마다 글로 남을 것만 원고에 적힌 대로. 역슬래시를 붙였거나 글이 아닌 것은 딴 글자이다."""
    linked = 0
    for token in inline.children:
        text = token.content
        linked += (token.type == "link_open") - (token.type == "link_close")
        if token.type == "text":
            yield text.replace("://", OTHER) if linked else text
        elif token.type == "text_special":
            unknown = text.startswith("\\") and len(text) > 1  # \b처럼 풀리지 않은 것
            yield text if unknown else ESCAPED.get(text, OTHER)
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"
        else:
            yield OTHER + "\n" * text.count("\n")


def in_text(text):
    """(몇째 줄, 고치는 법, 찾은 글)"""
    for pattern, remedy in TEXT.items():
        for match in re.finditer(pattern, text, re.M):
            yield text.count("\n", 0, match.start()), remedy, excerpt(text, match.start())


def outside_braces(tex):
    """중괄호 속의 한글은 \\text{…}나 \\colorbox{…}{…}의 글이다."""
    while (shorter := BRACES.sub("", tex)) != tex:
        tex = shorter
    return tex


def in_token(token):
    """수식과 역할과 대체 글의 속: (고치는 법, 찾은 글)"""
    if token.type in MATH and re.search("[가-힣]", outside_braces(token.content)):
        yield IN_FORMULA, f"${token.content}$"
    elif token.type == DOUBLE:
        yield NOT_ALONE, excerpt(f"$${token.content}$$")
    if token.type == "myst_role":
        name, found = token.meta["name"], UNPARSED.search(token.content)
        if found and name not in SHOWN:
            yield IN_ROLE, excerpt(token.content, found.start())
        if name == "index" and INDEX_KIND.match(token.content):
            yield IN_INDEX, excerpt(token.content)
    inner = {child.type for child in token.children or ()}
    if token.type == "image" and inner & {*MATH, "code_inline", "myst_role"}:
        yield IN_ALTERNATIVE, "![…]"


def in_inline(inline, in_item):
    """{(몇째 줄, 고치는 법): 찾은 글}"""
    raw, found, line = [*pieces(inline)], {}, 0
    for place, remedy, text in in_text("".join(raw)):
        found.setdefault((place, remedy), text)
    for child, piece in zip(inline.children, raw):
        found |= {(line, remedy): text for remedy, text in in_token(child)}
        line += piece.count("\n")
    if in_item and re.match(r"\[[ xX]?\]", raw[0]):
        found[0, TASK] = excerpt(raw[0])
    return found


def find_in_text(state):
    early = int(state.inlineMode)  # 상자의 제목에서 MyST가 세는 줄은 하나 많다
    opened = None
    for token in state.tokens:
        if token.type == "inline" and token.children:
            found = in_inline(token, opened == "list_item_open")
            for (line, remedy), text in found.items():
                token.children.append(leftover(text, remedy, line - early))
        if token.type != "paragraph_open":
            opened = token.type


def find_in_blocks(state):
    """닫지 않은 상자와 코드, 이름이 없는 상자, 코드가 되어 버린 상자."""
    lines, tokens = state.src.split("\n"), []
    for token in state.tokens:
        tokens.append(token)
        if token.type == "footnote_reference_open":
            written = vars(state.md.options["document"]).setdefault("written_footnotes", {})
            written[token.meta["label"]] = token
        for remedy in wrong_block(token, lines):
            first = lines[token.map[0]].strip()
            tokens.append(leftover(first, remedy, 0, [*token.map]))
    state.tokens[:] = tokens


def wrong_block(token, lines):
    if token.type in ("fence", "colon_fence"):
        yield from wrong_fence(token, lines)
    elif token.type == "code_block" and CODED.match(token.content):
        yield INDENTED


def wrong_fence(token, lines):
    name = (token.info.split() or [""])[0]
    is_box = token.type == "colon_fence"
    first, end = token.map
    closed = FENCE.match(lines[end - 1]) if end - first > 1 else None
    if not (closed and closed[1].startswith(token.markup)) and (name or not is_box):
        yield UNCLOSED.format(token.markup, token.markup[0])
    if is_box and not name:
        yield UNOPENED
    elif (is_box or name.startswith("{")) and not re.fullmatch(r"\{[^{}]+\}", name):
        yield UNBRACED.format(token.markup)


def check_footnotes(app, doctree):
    """MyST는 부르는 곳이 없는 각주를 말없이 버린다."""
    called = {name for note in doctree.findall(nodes.footnote) for name in note["names"]}
    for label, token in vars(doctree).pop("written_footnotes", {}).items():
        if not {nodes.fully_normalize_name(label), label} & called:
            line = token.map and token.map[0]
            log.warning(UNCALLED, label, label, location=(app.env.docname, line))


def unparsed(doctree):
    """마크다운을 풀지 않는 글(대체 글, 찾아보기의 말, 문헌, HTML)에 남은 문법: (노드, 알림, 글)"""
    for image in doctree.findall(nodes.image):
        if found := UNPARSED.search(image.get("alt", "")):
            yield image, NOT_IN_ALTERNATIVE, excerpt(found.string, found.start())
    for index in doctree.findall(addnodes.index):
        for _, text, *_ in index["entries"]:
            if UNPARSED.search(text):
                yield index, NOT_IN_INDEX, text
    for citation in doctree.findall(nodes.citation):
        texts = citation.findall(nodes.Text)
        text = "".join(text for text in texts if not isinstance(text.parent, nodes.math))
        if found := UNPARSED.search(text):
            yield citation, NOT_IN_CITATION, excerpt(text, found.start())
    for html in raw_html(doctree):
        for text in () if is_output(html) else texts_of(html.astext()):
            if found := UNPARSED.search(text):
                yield html, NOT_IN_HTML, excerpt(text, found.start())


def texts_of(html):
    """HTML에서 독자가 읽는 글. 글자를 그대로 보이려는 것과 주석, 스크립트는 아니다."""
    for text in BeautifulSoup(html, "html.parser").find_all(string=True):
        if type(text) is element.NavigableString and not text.find_parent(AS_WRITTEN):
            yield text


def check_unparsed(app, doctree, docname):
    if app.builder.format != "html":
        return
    for node, message, text in unparsed(doctree):
        # 참고문헌의 줄은 쪽의 줄이 아니다
        line = None if isinstance(node, nodes.citation) else with_line(node).line
        log.warning(message, text, location=(docname, line))
    for reference in doctree.findall(nodes.literal):
        if "std-numref" in reference["classes"]:  # Sphinx는 그 이름표를 말없이 그대로 둔다
            line = with_line(reference).line
            log.warning(NUMBERLESS, reference.astext(), location=(docname, line))
