"""종이에 찍을 코드와 수식의 준비: 긴 줄을 꺾고, 쪽이 나뉠 곳을 정하고, 수식의 자리를 맞춘다."""

import re
from itertools import pairwise

from bs4 import NavigableString, Tag

from machine.book.elements import classes, cut, element, formula_tex
from machine.problems import width

COLUMNS = 96  # 코드 한 줄에 들어가는 글자 수. 한글은 두 자로 센다
LAST = 3  # 문단의 마지막 줄에 남길 글자 수
SHORT = 60  # 이보다 짧은 문단은 한 줄에 든다. 한글은 두 자로 센다
NARROWING = ["li", "blockquote", "dd"]
TAB = 8  # 탭이 서는 칸
INDENT = 2  # 꺾은 줄의 앞에 놓는 표시의 너비
INLINE = {"a", "abbr", "cite", "code", "em", "kbd", "span", "strong"}
FEW = 2  # 쪽의 끝이나 머리에 코드를 이보다 적게 남기지 않는다
CLOSING = re.compile(r"([)\]}]|(else|elif|except|finally)\b)")
BREAKABLE = re.compile(r"(?<=[\w\])][._=(,])(?=\w)")


def fold(pre):
    """넘치는 줄은 표시를 달아 꺾고, 쪽은 되도록 빈 줄에서 나뉘게 줄을 묶는다."""
    boxes = pre.find_parents(class_=["admonition", "sd-card"]) + pre.find_parents(NARROWING)
    columns, column = COLUMNS - 7 * len(boxes), 0
    for text in pre.find_all(string=True):
        parts, column = folded(without_tabs(text, column), column, columns)
        if parts != [text]:
            replace(text, parts, lambda: [element("br"), element("span", {"class": "wrap"})])
    drop_last_lines(pre)
    lines = pre.get_text().split("\n")
    ends = page_ends(lines)
    if pre.find_parent(class_="cell_output"):
        ends = dict.fromkeys(range(FEW + 1, len(lines) - FEW), True)
    pre.append("\n")
    parts = [part.contents for part in cut(pre, ends)]
    pre.clear()
    pre.attrs = {}
    for end, part in zip([0, *ends], parts):
        kind = "together" if ends.get(end, True) else "together loose"
        pre.append(element("span", {"class": kind}, *part))


def without_tabs(text, column):
    """column번째 칸에서 쓰기 시작한 글의 탭을 빈칸으로 바꾼 것."""
    chars = []
    for char in text:
        chars.append(" " * (TAB - column % TAB) if char == "\t" else char)
        column = 0 if char == "\n" else column + width(chars[-1])
    return "".join(chars)


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


def drop_last_lines(pre):
    """끝의 빈 줄을 뺀다. 마지막 줄바꿈은 요소(한글의 lang)의 속에 있을 수 있다."""
    for text in reversed(pre.find_all(string=True)):
        text.replace_with(text.rstrip("\n"))
        if text.strip("\n"):
            break


def page_ends(lines):
    """{쪽이 끝나도 되는 줄: 되도록 거기서 끝낼 곳(빈 줄)인가}.

    머리(def, for)와 그 속, 설명과 그 아래의 줄, 괄호나 else와 그 앞의 줄은 떼지 않는다.
    """
    filled = [n for n, line in enumerate(lines) if line.strip()]
    depths = {n: len(lines[n]) - len(lines[n].lstrip()) for n in filled}
    ends = {}
    for before, n in list(pairwise(filled))[FEW - 1 : len(filled) - FEW]:
        deeper = depths[n] > depths[before]
        named = lines[n - 1].lstrip().startswith(("#", "@"))
        if not deeper and not named and not CLOSING.match(lines[n].lstrip()):
            ends[n] = before < n - 1
    return ends


def replace(text, parts, between):
    """글을 나눈 것들로 바꾸고 사이마다 between이 지은 것을 넣는다."""
    first, *rest = parts
    text.replace_with(first, *(new for part in rest for new in [*between(), part]))


def break_codes(art):
    """글줄 속의 긴 코드가 나뉠 수 있게 한다. 그대로 두면 그 앞의 빈칸이 벌어진다."""
    for code in art.select("code"):
        if len(code.get_text()) > 16 and not code.find_parent(["pre", "td", "th"]):
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


def keep_last_letters(art):
    """문단의 마지막 줄에 한두 글자만 남지 않게 끝의 글자들을 묶는다."""
    for p in art.select("p, dd"):
        tail = last_letters(p) if width(p.get_text()) > SHORT else []
        if tail:
            whole = element("span", {"class": "whole"})
            tail[0].insert_before(whole)
            whole.extend(tail)


def last_letters(p):
    """문단 끝에서 글자가 LAST개가 되는 글과 짧은 요소들. 그만큼 없거나 긴 요소가 있으면 빈 목록."""
    tail, letters = [], 0
    for x in reversed(p.contents):
        text = x.get_text()
        if type(x) is NavigableString:
            found = re.search(rf"(\w\W*){{0,{LAST - letters}}}$", text)
            if found.start():
                last = NavigableString(found[0])
                x.replace_with(text[: found.start()], last)
                return [last, *tail]
        elif x.name not in INLINE or x.find(class_="fn") or len(text) > LAST:
            return []
        tail.insert(0, x)
        letters += len(re.findall(r"\w", text))
        if letters >= LAST:
            return tail
    return []


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
