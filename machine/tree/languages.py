"""영어 구절과 코드에 lang="en"을 달아, 화면을 읽어 주는 프로그램이 한국어 발음으로 읽지 않게 한다.

lang을 다는 Sphinx의 확장은 없다. docutils는 클래스 language-en을 lang 속성으로 적는다.
"""

import re

from docutils import nodes
from sphinx import addnodes

from machine.tree.nodes import ancestors, is_coloured

HANGUL = re.compile("[가-힣ㄱ-ㅣ]")
WORD = r"[A-Za-z][A-Za-z0-9_'’-]*"
# 괄호 안의 말, 두 낱말 이상. 낱말의 속에서도 찾으면 아주 긴 낱말에서 끝나지 않는다
PHRASE = re.compile(rf"((?<=\(){WORD}(?:[ ,–]+{WORD})*(?=\))|(?<![A-Za-z]){WORD}(?:,? {WORD})+)")
# 한글이 없으면 통째로 영어인 것
WHOLE = (nodes.citation, nodes.literal, nodes.literal_block, addnodes.productionlist)
NOT_PROSE = (nodes.citation, nodes.literal, nodes.FixedTextElement, nodes.math, nodes.raw)


def mark(app, doctree, docname):
    if app.builder.format != "html":
        return
    for node in doctree.findall(nodes.Element):
        if is_coloured(node):  # 그 안의 한글(주석, 출력)은 page/code.py가 가린다
            node.setdefault("highlight_args", {})["html_lang"] = "en"
        elif isinstance(node, WHOLE) and not node["classes"] and not has_hangul(node):
            node["classes"].append("language-en")
        elif isinstance(node, nodes.raw) and not has_hangul(node):
            node[:] = [nodes.Text(node.astext().replace("<pre>", '<pre lang="en">'))]
    for text in [text for text in doctree.findall(nodes.Text) if PHRASE.search(text)]:
        if not any(isinstance(above, NOT_PROSE) for above in ancestors(text)):
            text.parent.replace(text, list(marked(text)))


def has_hangul(node):
    return HANGUL.search(node.astext())


def marked(text):
    """글과 영어 구절이 번갈아 나온다."""
    for n, part in enumerate(PHRASE.split(text)):
        if n % 2:
            yield nodes.inline("", part, classes=["language-en"])
        elif part:
            yield nodes.Text(part)


def setup(app):
    app.connect("doctree-resolved", mark)
