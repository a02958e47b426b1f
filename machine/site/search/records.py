"""문서의 나무에서 찾을 것을 모은다: 절과 용어마다 한 줄(Record)."""

import re
import unicodedata
from collections import defaultdict
from functools import cache
from typing import NamedTuple

from docutils import nodes
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, String
from pygments.util import ClassNotFound
from sphinx import addnodes

from machine.maths.words import said, said_math
from machine.tree.nodes import numbers
from machine.tree.theorems import NAMES

SKIP = (
    nodes.comment,
    nodes.image,
    nodes.raw,
    nodes.system_message,
    nodes.footnote_reference,
    addnodes.glossary,
    addnodes.index,
    addnodes.toctree,
)
HIDDEN = {"tag_hide-input", "cell-mark", "minutes", "versions"}
KINDS = {"figure": "그림 {}", "table": "표 {}", "displaymath": "식 ({})", "exercise": "연습문제 {}"}
# 출력에 찍힌 오류의 글. 여러 줄에 걸치기도 한다
ERROR = re.compile(r"^\w+Error\b.*(?:\n(?!\w+Error\b)[a-z].*)*", re.M)
# …하는 일(backward pass, backpropagation).
ENGLISH = re.compile(r"\(([A-Za-z][^()가-힣]*)\)")
# 기울기 또는 변화도라고도 합니다.
SAME = re.compile(r"(?:^|\. )(?:[^.]*에서는 )?([^.]+?)이?라고(?:도| 띄어 쓰기도)? [합씁]니다")
# torch.autograd. 한두 글자의 이름(x, np)은 거의 모든 절에 있어 가리지 못한다
CODE_NAME = re.compile(r"\b(?!\d)\w{3,}(?:\.\w+)*|\b(?!\d)\w+(?:\.\w+)+", re.A)
# 코드에서 부르거나 정하거나(log(…)) 이름으로 준 것(h=…). 값을 담은 변수는 거의 그 셀에서만 쓴다
USED = re.compile(rf"(?:{CODE_NAME.pattern})(?=\(|=[^\s=])|(?<=class )\w+", re.A)
IMPORTED = re.compile(r"^\s*(?:from \S+ )?import (.+)", re.M)
IMPORTED_AS = re.compile(r"(?<![\w.])(\w+)[\w.]*\s*(?:,|$)")  # numpy as np, sympy의 np와 sympy
MATH_LETTER = re.compile("[\U0001d400-\U0001d7ff]")  # 다른 곳에서 붙여 온 𝜆
# 코드가 아니라 오류의 글: object is not callable
SENTENCE = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+")


class Record(NamedTuple):
    anchor: str  # 이름표. 용어는 term-으로 시작하고, 쪽의 첫 절은 비어 있다
    title: str
    text: str
    keys: str = ""  # 찾아보기 말이나 같은 말
    numbers: dict = {}  # {"그림 9-1"처럼 부르는 번호: 이름표}
    errors: list = []  # 출력에 찍힌 오류의 글
    code_names: list = []  # 코드에 쓴 이름. 처음 나온 차례로


def titled(node):
    """제목이 있는 절. 연습문제 속의 section에는 제목이 없다."""
    return isinstance(node, nodes.section) and isinstance(node.next_node(), nodes.title)


def left_out(node):
    """그 절의 글로 보지 않는 것: 안쪽 절과 접어 둔 셀도 그렇다."""
    return isinstance(node, SKIP) or titled(node) or HIDDEN & set(node["classes"])


def plain(node, say=said_math):
    """찾을 글. 수식도 글자로 적는다. 출력에서는 그림의 설명만 고른다."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if left_out(node):
        return ""
    if "cell_output" in node["classes"]:
        return " ".join(plain(caption, say) for caption in node.findall(nodes.caption))
    if isinstance(node, (nodes.math, nodes.math_block)):
        math = say(node)
        return math if isinstance(node, nodes.math) else f" {math} "
    text = "".join(plain(child, say) for child in node.children)
    return text if isinstance(node, nodes.Inline) else f" {text} "


@cache
def lexer(language):
    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return get_lexer_by_name("text")


def code_of(block):
    """코드. 문자열과 주석에 든 것은 이름이 아니다."""
    tokens = lexer(block.get("language", "text")).get_tokens(block.astext())
    return "".join(" " if kind in String or kind in Comment else text for kind, text in tokens)


def packages(doctree):
    """쪽의 코드가 패키지를 부르는 이름: np, torch."""
    code = "\n".join(map(code_of, doctree.findall(nodes.literal_block)))
    return {name for line in IMPORTED.findall(code) for name in IMPORTED_AS.findall(line)}


def code_names(node):
    """찾을 글에 든 코드의 이름들."""
    if isinstance(node, nodes.Text) or left_out(node) or "cell_output" in node["classes"]:
        return []
    if isinstance(node, nodes.literal):
        return [] if SENTENCE.search(node.astext()) else CODE_NAME.findall(node.astext())
    if isinstance(node, nodes.literal_block):
        return USED.findall(code_of(node))
    return [name for child in node.children for name in code_names(child)]


def own_names(names, packages):
    """변수의 이름은 뗀다: loss.backward는 backward, np.log는 그대로."""
    for name in names:
        head, _, rest = name.partition(".")
        yield name if head in packages else (rest or name).rpartition(".")[2]


def tidy(text):
    text = MATH_LETTER.sub(lambda letter: unicodedata.normalize("NFKD", letter[0]), text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def heading(title):
    """제목과 용어. 수식도 글자로 찾고 읽는다."""
    return tidy(said(title))


def keywords(section):
    """그 절에 달린 찾아보기 말({index}). 글에 그대로 나오지 않는 것도 있다."""
    indexes = [node for node in section if isinstance(node, addnodes.index)]
    return ", ".join(entry[1] for node in indexes for entry in node["entries"])


def synonyms(text):
    """용어집의 풀이에서 같은 말을 얻는다: 괄호 안의 영어와 '…라고도 합니다'의 앞말."""
    same = [name.replace(" 또는 ", ", ") for name in SAME.findall(text)]
    return ", ".join(ENGLISH.findall(text)[:1] + same)


def home(node):
    """그것이 놓인 절."""
    return node if titled(node) or not node.parent else home(node.parent)


def theorems(config):
    """정리, 정의 따위의 {종류: 부르는 번호의 꼴}."""
    return {
        kind: config.numfig_format.get(kind, name).replace("%s", "{}")
        for kind, name in NAMES.items()
    }


def places(env, docname):
    """{이름표: "그림 9-1"처럼 부르는 번호}"""
    return {
        name: form.format(number)
        for kind, form in (KINDS | theorems(env.config)).items()
        for name, number in numbers(env, docname, kind).items()
    }


def sections(doctree, names):
    """절마다 한 줄."""
    numbered, errors = defaultdict(dict), defaultdict(list)
    for node in doctree.findall(nodes.Element):
        numbered[home(node)].update({names[name]: name for name in node["ids"] if name in names})
        if isinstance(node, nodes.literal_block) and "output" in node["classes"]:
            errors[home(node)] += map(tidy, ERROR.findall(node.astext()))
    known = packages(doctree)
    for n, section in enumerate(doctree.findall(titled)):
        content = section[1:]
        code = own_names((name for node in content for name in code_names(node)), known)
        yield Record(
            anchor=section["ids"][0] if n else "",
            title=heading(section[0]),
            text=tidy("".join(map(plain, content))),
            keys=keywords(section),
            numbers=numbered[section],
            errors=errors[section],
            code_names=list(dict.fromkeys(name for name in code if len(name) > 2)),
        )


def terms(doctree):
    """용어마다 한 줄."""
    for item in doctree.findall(nodes.definition_list_item):
        if isinstance(item.parent.parent, addnodes.glossary):
            text = tidy(plain(item[-1]))
            same = synonyms(tidy(plain(item[-1], lambda math: "…")))  # g(x)는 영어가 아니다
            for term in item.findall(nodes.term):
                yield Record(term["ids"][0], heading(term), text, same)


def records(env, doctree, docname):
    """쪽의 절들과 용어들."""
    return [*sections(doctree, places(env, docname)), *terms(doctree)]
