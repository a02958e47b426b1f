"""종이에 찍을 코드와 수식의 준비: 긴 줄을 꺾고, 쪽이 나뉠 곳을 정하고, 수식의 자리를 맞춘다."""

import re
from html import escape
from unicodedata import east_asian_width

from bs4 import BeautifulSoup, Tag

COLUMNS = 96  # 코드 한 줄에 들어가는 글자 수. 한글은 두 자로 센다
INLINE = {"a", "abbr", "cite", "code", "em", "kbd", "span", "strong"}
WRAP = '<br/><span class="wrap"></span>'


def parse(html):
    return BeautifulSoup(html, "html.parser")


def together(lines):
    return '<span class="{}">{}\n</span>'.format(
        "together" if len(lines) <= 16 else "lines", "\n".join(lines)
    )


def fold(pre):
    """넘치는 줄은 표시를 달아 꺾고, 쪽은 되도록 빈 줄에서 나뉘게 줄을 묶는다."""
    columns = COLUMNS - 6 * len(
        pre.find_parents(class_=["admonition", "sd-card"]) + pre.find_parents("li")
    )
    width = lambda text: sum(1 + (east_asian_width(char) in "WF") for char in text)
    column = 0
    for text in list(pre.find_all(string=True)):
        pieces = []
        for word in re.findall(r"\n|[^\n ]+ *| +", text):
            if word == "\n":
                column = 0
            elif column > 2 and column + width(word.rstrip()) > columns:
                pieces.append(WRAP)
                column = 2
            for char in word:
                if column + width(char) > columns and char not in " \n":  # 한 줄보다 긴 낱말
                    pieces.append(WRAP)
                    column = 2
                column += width(char) if char != "\n" else 0
                pieces.append(escape(char, quote=False))
        text.replace_with(
            *parse(f"<pre>{''.join(pieces)}</pre>").pre.contents
        )  # <pre> 밖에서는 들여쓰기가 없어진다
    groups = [[]]
    for line in pre.decode_contents().rstrip("\n").split("\n"):
        groups[-1].append(line)
        if not parse(line).get_text().strip() and len(groups[-1]) > 3:
            groups.append([])
    if len(groups) > 1 and len(groups[-1]) < 3:
        tail = groups.pop()
        groups[-1] += tail
    pre.replace_with(parse(f"<pre>{''.join(map(together, groups))}</pre>"))


def break_codes(art):
    """글줄 속의 긴 코드가 나뉠 수 있게 한다. 그대로 두면 그 앞의 빈칸이 벌어진다."""
    for code in art.select("code"):
        long = len(code.get_text()) > 16 and not code.find_parent("pre")
        for text in code.find_all(string=True) if long else ():
            text.replace_with(parse(re.sub(r"(?<=[\w\])][._=(,])(?=\w)", "<wbr/>", escape(text))))


def part_spaces(art):
    """링크 따위의 앞에서 글이 빈칸으로 끝나고 그 빈칸만 줄에 넘치면, WeasyPrint은 첫 낱말에서 줄을 바꾼다. 빈칸을 따로 뗀다."""
    for text in art.find_all(string=re.compile(r"\S\s+$")):
        after = text.next_sibling
        if (
            not isinstance(after, Tag)
            or after.name not in INLINE
            or text.find_parent(["pre", "svg"])
        ):
            continue
        space = parse("<span> </span>")
        if is_mark(after):  # 빈칸과 낱말 사이에 있으면 거기서 줄을 바꾸지 못한다
            while is_mark(after.next_sibling):
                after = after.next_sibling
            after.insert_after(space)
            text.replace_with(text.rstrip())
        else:
            text.replace_with(text.rstrip(), space)


def is_mark(x):
    """글 속의 빈 이름표."""
    return isinstance(x, Tag) and "target" in x.get("class", ()) and not x.contents


def plain_tex(tex):
    """수식의 대체 글: 짜임새를 정하는 명령을 뺀 TeX."""
    return " ".join(re.sub(r"\\(begin|end){(equation\*?|split)}|\\displaystyle", "", tex).split())


def filled(rule):
    """\\rule의 두 테두리 대신 바탕. 테두리로 그리면 둘이 만나는 빗금이 드러나고, 너비가 0이어도 가는 선이 남는다."""
    background = "" if "0em" in rule.groups() else ";background:currentColor"
    return f"width:{rule[1]};height:{rule[2]}{background}"


def formula_tex(x):
    """수식의 대체 글. 수식이 아니면 None."""
    if x.name == "math":
        return x.get("alttext", "")
    if "katex" not in x.get("class", ()):
        return None
    tex = x.select_one("annotation")
    return x.get("aria-label") or plain_tex(tex.get_text() if tex else x.get_text())


def formulas(art):
    """수식에 TeX을 대체 글로 달고, WeasyPrint이 다르게 그리는 것을 같은 모양의 다른 것으로 바꾼다."""
    for x in art.select(".katex"):
        x["aria-label"] = formula_tex(x)
    for x in art.select(".katex-mathml"):
        x.extract()
    for rule in art.select(".katex .katex-rule"):
        rule["style"] = re.sub(
            "border-right-width:([^;]+);border-top-width:([^;]+)", filled, rule["style"]
        )
    for line in art.select(".katex svg path"):  # \cancel의 선(line)에만 stroke를 쓴다
        line["stroke"] = "none"
