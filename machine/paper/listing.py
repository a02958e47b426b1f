"""종이에 찍을 코드와 수식의 준비: 긴 줄을 꺾고, 쪽이 나뉠 곳을 정하고, 수식의 자리를 맞춘다."""

import re

from bs4 import NavigableString, Tag

from machine.book.elements import classes, cut, element, formula_tex
from machine.problems import width

COLUMNS = 96  # 코드 한 줄에 들어가는 글자 수. 한글은 두 자로 센다
INDENT = 2  # 꺾은 줄의 앞에 놓는 표시의 너비
INLINE = {"a", "abbr", "cite", "code", "em", "kbd", "span", "strong"}
BREAKABLE = re.compile(r"(?<=[\w\])][._=(,])(?=\w)")


def fold(pre):
    """넘치는 줄은 표시를 달아 꺾고, 쪽은 되도록 빈 줄에서 나뉘게 줄을 묶는다."""
    boxes = pre.find_parents(class_=["admonition", "sd-card"]) + pre.find_parents("li")
    columns, column = COLUMNS - 6 * len(boxes), 0
    for text in pre.find_all(string=True):
        parts, column = folded(text, column, columns)
        if len(parts) > 1:
            replace(text, parts, lambda: [element("br"), element("span", {"class": "wrap"})])
    for last in pre.contents[-1:]:
        if isinstance(last, NavigableString):
            last.replace_with(last.rstrip("\n"))
    groups = grouped(pre.get_text().split("\n"))
    pre.append("\n")
    ends = {sum(groups[:n]) for n in range(1, len(groups))}
    parts = [part.contents for part in cut(pre, ends)]
    pre.clear()
    pre.attrs = {}
    for size, part in zip(groups, parts):
        pre.append(element("span", {"class": "together" if size <= 16 else "lines"}, *part))


def folded(text, column, columns):
    """column번째 칸에서 쓰기 시작한 글을 꺾을 곳마다 나눈 것들과, 다 쓴 다음의 칸."""
    parts = [""]
    for word in re.findall(r"\n|[^\n ]+ *| +", text):
        if word == "\n":
            column = 0
        elif column > INDENT and column + width(word.rstrip()) > columns:
            parts.append("")
            column = INDENT
        for char in word:
            if char not in " \n" and column + width(char) > columns:  # 한 줄보다 긴 낱말
                parts.append("")
                column = INDENT
            parts[-1] += char
            column += 0 if char == "\n" else width(char)
    return parts, column


def grouped(lines):
    """한데 묶을 줄의 수들. 넷째 줄부터는 빈 줄에서 나누고, 꼬리가 두 줄 아래이면 앞에 붙인다."""
    sizes = [0]
    for line in lines:
        sizes[-1] += 1
        if not line.strip() and sizes[-1] > 3:
            sizes.append(0)
    if len(sizes) > 1 and sizes[-1] < 3:
        tail = sizes.pop()
        sizes[-1] += tail
    return sizes


def replace(text, parts, between):
    """글을 나눈 것들로 바꾸고 사이마다 between이 지은 것을 넣는다."""
    first, *rest = parts
    text.replace_with(first, *(new for part in rest for new in [*between(), part]))


def break_codes(art):
    """글줄 속의 긴 코드가 나뉠 수 있게 한다. 그대로 두면 그 앞의 빈칸이 벌어진다."""
    for code in art.select("code"):
        if len(code.get_text()) > 16 and not code.find_parent("pre"):
            for text in code.find_all(string=True):
                replace(text, BREAKABLE.split(text), lambda: [element("wbr")])


def part_spaces(art):
    """링크 따위의 앞에 있는 빈칸을 뗀다. 그 빈칸만 줄에 넘치면 WeasyPrint은 첫 낱말에서 꺾는다."""
    for text in art.find_all(string=re.compile(r"\S\s+$")):
        after = text.next_sibling
        inline = isinstance(after, Tag) and after.name in INLINE
        if not inline or text.find_parent(["pre", "svg"]):
            continue
        space = element("span", {}, " ")
        if is_mark(after):  # 빈칸과 낱말 사이에 있으면 거기서 줄을 바꾸지 못한다
            while is_mark(after.next_sibling):
                after = after.next_sibling
            after.insert_after(space)
            text.replace_with(text.rstrip())
        else:
            text.replace_with(text.rstrip(), space)


def is_mark(x):
    """글 속의 빈 이름표."""
    return "target" in classes(x) and not x.contents


def filled(rule):
    """\\rule의 두 테두리 대신 바탕. 테두리로는 빗금이 드러나고, 너비가 0이어도 가는 선이 남는다."""
    background = "" if "0em" in rule.groups() else ";background:currentColor"
    return f"width:{rule[1]};height:{rule[2]}{background}"


def formulas(art):
    """수식에 TeX을 대체 글로 달고, WeasyPrint이 다르게 그리는 것을 모양이 같은 것으로 바꾼다."""
    for x in art.select(".katex"):
        x["aria-label"] = formula_tex(x)
        x["class"] = ["katex"]
    for x in art.select(".katex-mathml"):
        x.extract()
    for rule in art.select(".katex .katex-rule"):
        rule["style"] = re.sub(
            "border-right-width:([^;]+);border-top-width:([^;]+)", filled, rule["style"]
        )
    for line in art.select(".katex svg path"):  # \cancel의 선(line)에만 stroke를 쓴다
        line["stroke"] = "none"
