"""영어 구절과 코드에 lang="en"을 달아, 화면을 읽어 주는 프로그램이 한국어 발음으로 읽지 않게 한다.

lang을 다는 Sphinx의 확장은 없다. docutils는 클래스 language-en을 lang 속성으로 적는다.
"""

import re

from docutils import nodes

from machine.tree.nodes import ancestors

HANGUL = "[가-힣ㄱ-ㅣ]"
WORD = r"[A-Za-z][A-Za-z0-9_'’-]*"
ENGLISH = re.compile(
    rf"(?<=\(){WORD}(?:[ ,–]+{WORD})*(?=\))|{WORD}(?:,? {WORD})+"
)  # 괄호 안의 말, 두 낱말 이상
CODE = re.compile(
    r'<(pre|code class="docutils literal notranslate")>(.*?)</(?:pre|code)>', re.DOTALL
)
RUN = re.compile(rf"(?<=>)[^<>]*?{HANGUL}[^<>]*(?=<)")


def mark_words(app, doctree, docname):
    if app.builder.format != "html":
        return
    for citation in doctree.findall(nodes.citation):
        if not re.search(HANGUL, citation.astext()):
            citation["classes"].append("language-en")
    for text in [text for text in doctree.findall(nodes.Text) if ENGLISH.search(text)]:
        if any(
            isinstance(
                above,
                (nodes.FixedTextElement, nodes.literal, nodes.math, nodes.raw, nodes.citation),
            )
            for above in ancestors(text)
        ):
            continue
        parts, end = [], 0
        for match in ENGLISH.finditer(text):
            parts += [
                nodes.Text(text[end : match.start()]),
                nodes.inline("", match[0], classes=["language-en"]),
            ]
            end = match.end()
        at = text.parent.index(text)
        text.parent[at : at + 1] = [
            part for part in [*parts, nodes.Text(text[end:])] if part.astext()
        ]


def mark_code(app, page, template, context, doctree):
    """코드는 영어, 그 안의 한글(주석, 출력)은 한국어."""

    def mark(match):
        tag, code = match[1], match[2]
        if tag != "pre" and re.search(HANGUL, code):
            return match[0]
        korean = RUN.sub(lambda run: f'<span lang="ko">{run[0]}</span>', f">{code}<")[1:-1]
        return f'<{tag} lang="en">{korean}</{tag.split()[0]}>'

    if app.builder.format == "html" and "body" in context:
        context["body"] = CODE.sub(mark, context["body"])


def setup(app):
    app.connect("doctree-resolved", mark_words, priority=950)
    app.connect("html-page-context", mark_code)
