"""글로 남은 문법을 찾는다. 글자 그대로 쓰려는 것(\\*\\*, `코드`)은 마크다운의 토큰에서 이미 갈려 있다."""

import re

from docutils import nodes
from markdown_it.token import Token
from sphinx import addnodes
from sphinx.util import logging

log = logging.getLogger(__name__)
OTHER = "\ufffc"  # 글이 아닌 것(코드, 수식, 링크의 끝)의 자리
PARENTHESES = dict(zip("()[]", "\ue000\ue001\ue002\ue003"))  # 역슬래시를 붙인 괄호
LITERAL = "글자 그대로 쓰려면 앞에 \\를 붙이거나 `코드`로 씁니다"
TEXT = {  # {글로 남은 꼴: 고치는 법}
    r"\*\*+|(?<![\w*])\*(?=[\w\"'“‘(\[])[^*\n]*[^\s*]\*|(?<![\w*])\*(?=[^\s*])[^*\n]*\s\*(?!\*)": f"별표의 짝이 맞는지, 별표 안쪽에 빈칸이 없는지 봅니다. {LITERAL}",
    r"(?<!_)__(?!_)|(?<![\w_])_(?=\w)[^_\n]*[^\s_]_(?=[가-힣])": f"밑줄 대신 별표로 씁니다: *강조*를, **굵게**는. {LITERAL}",
    r"~~+": f"물결표의 짝이 맞는지 봅니다. {LITERAL}",
    r"\$+": f"수식의 $가 짝이 맞는지 보고, 표에서는 수식의 |를 \\vert로 적습니다. {LITERAL}",
    r"\{\{|\}\}|\{%|%\}": f"바꿔 쓰기의 중괄호를 {{{{ 이름 }}}}처럼 한 줄에서 닫습니다. {LITERAL}",
    r":::+": "상자의 :::은 줄의 처음에 홀로 씁니다",
    r"\{[A-Za-z][\w:.+-]*\}|:[a-z][\w:-]*:(?=\ufffc)|^\.\. [\w-]+::": f"역할은 {{이름}}`글`로, 상자는 :::{{이름}}으로 씁니다. {LITERAL}",
    r"\{[.#][\w-]+.*?\}": "클래스와 이름표는 [글]{.클래스}, (이름표)=으로만 답니다",
    r"\[\^": "이 이름의 각주 풀이가 쪽에 없거나 ]로 닫지 않았습니다. [^이름]: 풀이를 적습니다",
    r"^\[!\w+\]": "상자는 :::{note}로 씁니다",
    r"\[@[\w-]+": "문헌은 {cite:p}`이름`으로 인용합니다",
    r"\]\(|\[[^\]\d][^\]\n]*\]\[[^\]\n]+\]|\[[^\]\n]+\] \((?:https?:|\.{0,2}/|#)": "링크는 [글](주소)로 쓰고, 빈칸이 있는 주소는 <…>로 감쌉니다",
    r"^\([^()\s]+\)=|(?<=\s)\([^()\s]+\)=$": "이름표 (이름)=은 가리킬 것의 바로 윗줄에 홀로 쓰고, 그 위를 한 줄 비웁니다",
    r"`+": "코드의 `가 짝이 맞는지 봅니다. 글자 그대로 쓰려면 앞에 \\를 붙입니다",
    r"\\[A-Za-z]+|\ue000[^\ue001\n]*[\^_=\\][^\ue001\n]*\ue001|\ue002[^\ue003]*[\^_=\\][^\ue003]*\ue003": f"수식은 $…$나 $$…$$로 감쌉니다. {LITERAL}",
    r"^:[^\W\d][\w -]*:(?=\s|$)": "상자의 설정(:이름: 값)은 상자를 연 바로 아랫줄부터 빈 줄 없이 적습니다",
    r"^: ": "뜻풀이(: 글)는 용어의 바로 아랫줄에 씁니다",
    r"^#{1,6}(?=[^\s#\d])": "제목의 # 뒤를 한 칸 띕니다",
    r"^\|\s.*|^\|?(?:\s*:?-{3,}:?\s*\|)+": "표의 둘째 줄이 | --- |인지, 머리와 칸 수가 같은지, 표의 위가 한 줄 비었는지 봅니다",
    r"<!--": "주석은 <!-- … -->로 닫습니다",
    r"https?://\S+": "링크가 되게 <주소>나 [글](주소)로 씁니다",
}
SHOWN = {"math", "code", "raw", "kbd"}  # 적은 글자를 그대로 보이거나 수식으로 읽는 역할
INDEX_KIND = re.compile(r"(single|pair|triple|see|seealso):[^<]*$")
BRACES = re.compile(r"\{[^{}]*\}")
UNPARSED = re.compile(
    r"\*\*|\$[^$]+\$|\{\{.*?\}\}|\{[a-z][\w:-]*\}`|~~|(?<!\\)\\[A-Za-z]+"
)  # 마크다운이 아닌 글에서 볼 것
FENCE = re.compile(r"[\s>]*(`{3,}|~{3,}|:{3,})\s*$")
CODED = re.compile(r"(?:`{3,}|:{3,})\{", re.M)


def leftover(found, remedy, line, around=None):
    return Token(
        "leftover", "", 0, content=found, meta={"remedy": remedy, "line": line}, map=around
    )


def excerpt(text, start=0):
    """찾은 것과 그 뒤의 글."""
    return re.sub(f"[{OTHER}\ue000-\ue003]", "…", text[start : start + 20].split("\n")[0]).strip()


def pieces(inline):
    """토큰마다 글로 남을 것만 원고에 적힌 대로. 역슬래시를 붙인 글자와 글이 아닌 것은 딴 글자로 바꾼다."""
    linked = 0
    for token in inline.children:
        linked += (token.type == "link_open") - (token.type == "link_close")
        if token.type == "text":
            yield token.content.replace("://", OTHER) if linked else token.content
        elif token.type == "text_special":
            unknown = (
                token.content.startswith("\\") and len(token.content) > 1
            )  # \b처럼 풀리지 않은 것
            yield token.content if unknown else PARENTHESES.get(token.content, OTHER)
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"
        else:
            yield OTHER + "\n" * token.content.count("\n")


def in_text(text):
    """(몇째 줄, 찾은 글, 고치는 법)"""
    for pattern, remedy in TEXT.items():
        for match in re.finditer(pattern, text, re.M):
            yield text.count("\n", 0, match.start()), excerpt(text, match.start()), remedy


def outside_braces(tex):
    """중괄호 속의 한글은 \\text{…}나 \\colorbox{…}{…}의 글이다."""
    while (shorter := BRACES.sub("", tex)) != tex:
        tex = shorter
    return tex


def in_token(token):
    """수식과 역할의 속."""
    if token.type == "math_inline" and (
        match := re.search("[가-힣]", outside_braces(token.content))
    ):
        yield (
            f"${token.content}$",
            "수식 속의 글은 \\text{…}로 감쌉니다. 수식이 아니면 $ 앞에 \\를 붙입니다",
        )
    if (
        token.type == "myst_role"
        and token.meta["name"] not in SHOWN
        and (match := UNPARSED.search(token.content))
    ):
        yield (
            excerpt(token.content, match.start()),
            "역할 속에서는 마크다운을 풀지 않습니다. 수식은 eˣ처럼 글자로 적습니다",
        )
    if (
        token.type == "myst_role"
        and token.meta["name"] == "index"
        and INDEX_KIND.match(token.content)
    ):
        yield (
            excerpt(token.content, 0),
            "글줄 속에서는 {index}`글 <single: 종류; 하위>`처럼 꺾쇠 안에 적습니다",
        )
    if token.type == "image" and {child.type for child in token.children or ()} & {
        "math_inline",
        "code_inline",
        "myst_role",
    }:
        yield "![…]", "그림의 대체 글에는 수식과 코드를 쓸 수 없습니다. 말로 적습니다"


def find_in_text(state):
    opened = None
    for token in state.tokens:
        if token.type == "inline" and token.children:
            raw = [*pieces(token)]
            found = {}
            for line, text, remedy in in_text("".join(raw)):
                found.setdefault((line, remedy), text)
            for n, child in enumerate(token.children):
                found |= {
                    ("".join(raw[:n]).count("\n"), remedy): text for text, remedy in in_token(child)
                }
            if opened == "list_item" and re.match(r"\[[ xX]?\]", raw[0]):
                found[0, "할 일은 - [ ] 글, 한 일은 - [x] 글처럼 띄어 씁니다"] = excerpt(raw[0])
            early = int(state.inlineMode)  # 상자의 제목에서 MyST가 세는 줄은 하나 많다
            token.children += [
                leftover(text, remedy, line - early) for (line, remedy), text in found.items()
            ]
        if token.type != "paragraph_open":
            opened = token.type.removesuffix("_open")


def find_in_blocks(state):
    """닫지 않은 상자와 코드, 이름이 없는 상자, 코드가 되어 버린 상자."""
    lines, tokens = state.src.split("\n"), []
    for token in state.tokens:
        tokens.append(token)
        if token.type == "footnote_reference_open":
            vars(state.md.options["document"]).setdefault("written_footnotes", {})[
                token.meta["label"]
            ] = token
        for remedy in wrong_block(token, lines):
            first = lines[token.map[0]].strip()
            tokens.append(leftover(first, remedy, 0, [*token.map]))
    state.tokens[:] = tokens


def wrong_block(token, lines):
    name = (token.info.split() or [""])[0]
    if token.type in ("fence", "colon_fence"):
        closed = FENCE.match(lines[token.map[1] - 1]) if token.map[1] - token.map[0] > 1 else None
        if not (closed and closed[1].startswith(token.markup)) and (name or token.type == "fence"):
            yield f"닫는 {token.markup}이 없습니다. 상자 속에 상자가 있으면 바깥의 {token.markup[0]}이 안쪽보다 많아야 합니다"
        if token.type == "colon_fence" and not name:
            yield "짝이 없는 :::입니다. 상자 속에 상자가 있으면 바깥을 ::::로 열고 닫습니다"
        elif (token.type == "colon_fence" or name.startswith("{")) and not re.fullmatch(
            r"\{[^{}]+\}", name
        ):
            yield f"상자의 이름은 {token.markup}{{이름}}처럼 중괄호로 감쌉니다"
    elif token.type == "code_block" and CODED.match(token.content):
        yield "네 칸 넘게 들여 쓴 줄은 코드가 됩니다. 들여쓰기를 줄입니다"


def check_footnotes(app, doctree):
    """MyST는 부르는 곳이 없는 각주를 말없이 버린다."""
    called = {name for note in doctree.findall(nodes.footnote) for name in note["names"]}
    for label, token in vars(doctree).pop("written_footnotes", {}).items():
        if nodes.fully_normalize_name(label) not in called and label not in called:
            log.warning(
                "부르는 곳이 없는 각주입니다: [^%s]. 글에 [^%s]을 적거나 각주를 지웁니다",
                label,
                label,
                location=(app.env.docname, token.map and token.map[0]),
            )


def place(docname, node):
    """쪽과 줄. 줄을 모르는 요소이면 그것이 든 요소의 줄."""
    while node and not node.line:
        node = node.parent
    return docname, node and node.line


def check_unparsed(app, doctree, docname):
    """마크다운을 풀지 않는 글: 그림의 대체 글, 찾아보기의 말, 참고문헌."""
    if app.builder.format != "html":
        return
    for image in doctree.findall(nodes.image):
        if found := UNPARSED.search(image.get("alt", "")):
            log.warning(
                "대체 글에 글로 남은 문법입니다: %s. 대체 글은 마크다운을 풀지 않으므로 말로 적습니다",
                excerpt(image["alt"], found.start()),
                location=place(docname, image),
            )
    for index in doctree.findall(addnodes.index):
        for found in (
            found for _, text, *_ in index["entries"] for found in [UNPARSED.search(text)] if found
        ):
            log.warning(
                "찾아보기의 말에 글로 남은 문법입니다: %s. 수식은 eˣ처럼 글자로 적습니다",
                found.string,
                location=place(docname, index),
            )
    for reference in doctree.findall(
        nodes.literal
    ):  # Sphinx는 번호로 부를 수 없는 것의 이름표를 말없이 그대로 둔다
        if "std-numref" in reference["classes"]:
            log.warning(
                "번호가 없는 것을 {numref}로 부릅니다: %s. {ref}로 부르거나 번호가 있는 것을 가리킵니다",
                reference.astext(),
                location=place(docname, reference),
            )
    for citation in doctree.findall(nodes.citation):
        text = "".join(
            text for text in citation.findall(nodes.Text) if not isinstance(text.parent, nodes.math)
        )
        if found := UNPARSED.search(text):
            log.warning(
                "참고문헌에 글로 남은 문법입니다: %s. references.bib에서는 수식을 글자로 적습니다",
                excerpt(text, found.start()),
                location=docname,
            )
