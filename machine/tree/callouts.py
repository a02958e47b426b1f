"""코드의 번호 `# ---- [1]`과 그 아래 설명의 `[1]`이 서로를 가리키게 한다.

노트북에서는 글로만 남는다. 강조한 코드 안에 링크를 넣는 패키지가 없다. Sphinx의 code-block은 줄을
강조하기만 하고, sphinx-codeautolink는 API 문서로 가는 링크만 단다.
"""

import re

from docutils import nodes
from pygments.token import Comment

from machine.tree.nodes import is_coloured

COMMENT = "# ---- "
NUMBER = re.compile(r"\[\d+\]")


class callout(nodes.literal):
    """번호의 링크. 찾을 글과 노트북에서는 코드인 글이다."""


def visit_callout(writer, node):
    writer.body.append(node["html"])
    raise nodes.SkipNode


def link(number, to, label, name=""):
    name = f' id="{name}"' if name else ""
    return f'<a class="callout"{name} href="#{to}" aria-label="{number} {label}">{number}</a>'


def numbers_in(code, highlighter):
    """주석의 번호. 글자열 속의 것을 가리려고 색을 입힐 때의 lexer로 읽는다."""
    if COMMENT not in code.rawsource:
        return []
    lexer = highlighter.get_lexer(code.rawsource, code.get("language", "default"), force=True)
    comments = [text for kind, text in lexer.get_tokens(code.rawsource) if kind in Comment]
    return [text.removeprefix(COMMENT) for text in comments if text.startswith(COMMENT)]


def opens_item(literal):
    paragraph = literal.parent
    return (
        isinstance(paragraph, nodes.paragraph)
        and isinstance(paragraph.parent, nodes.list_item)
        and paragraph.parent[0] is paragraph
        and paragraph[0] is literal
    )


def find_places(doctree, highlighter):
    """코드와 설명은 {(묶음, 번호): 처음 나오는 노드}, 글은 [(노드, (묶음, 번호)), …].

    [1]이 있는 코드부터 새 묶음이다. 한 코드에 두 번 적은 번호는 어느 것인지 알 수 없어 뺀다.
    """
    group, codes, items, texts = 0, {}, {}, []
    for node in doctree.findall(nodes.TextElement):
        if is_coloured(node):
            numbers = numbers_in(node, highlighter)
            group += "[1]" in numbers
            for number in numbers:
                if numbers.count(number) == 1:
                    codes.setdefault((group, number), node)
        elif isinstance(node, nodes.literal) and NUMBER.fullmatch(node.astext()):
            place = group, node.astext()
            texts.append((node, place))
            if opens_item(node):
                items.setdefault(place, node)
    return codes, items, texts


def link_callouts(app, doctree, docname):
    if app.builder.format != "html":
        return
    codes, items, texts = find_places(doctree, app.builder.highlighter)
    for literal, place in texts:
        if place in codes and place in items:
            html = link_both(literal, place, codes[place], items[place])
            literal.parent.replace(literal, callout("", literal.astext(), html=html))


def link_both(literal, place, block, item):
    """글의 링크를 돌려준다. 설명이면 코드에서 그리로 오는 링크도 코드에 단다."""
    group, number = place
    in_code, in_item = (f"{kind}-{group}-{number[1:-1]}" for kind in ("code", "callout"))
    if literal is not item:
        return link(number, in_item, "설명으로")
    links = block.setdefault("highlight_args", {}).setdefault("links", {})
    links[COMMENT + number] = COMMENT + link(number, in_item, "설명으로", in_code)
    return link(number, in_code, "코드로", in_item)


def setup(app):
    app.add_node(callout, html=(visit_callout, None))
    app.connect("doctree-resolved", link_callouts)
