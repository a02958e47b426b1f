"""마크다운의 시험: 조사 앞의 굵은 글씨, 글로 남은 문법을 알리는 말, 글자로 적은 수식."""

import random
import re
from types import SimpleNamespace

import pytest
from docutils import nodes
from fontTools.ttLib import TTFont
from markdown_it import MarkdownIt
from markdown_it.rules_inline import emphasis, strikethrough
from mdit_py_plugins.dollarmath import dollarmath_plugin

from book import ROOT, listed, make
from machine.maths.words import say, within
from machine.tree.anchors import NameByWords
from machine.tree.markup.hangul import beside_hangul
from tiny import tiny_book

PLAIN, OURS = [
    MarkdownIt("commonmark").enable("strikethrough").use(dollarmath_plugin) for _ in range(2)
]
OURS.inline.ruler.at("emphasis", beside_hangul(emphasis.tokenize))
OURS.inline.ruler.at("strikethrough", beside_hangul(strikethrough.tokenize))


@pytest.mark.parametrize(
    "text, bold",
    [
        ("**경사 하강법(gradient descent)**은", "경사 하강법(gradient descent)"),
        ("이것은**“가”**를", "“가”"),
        ("**`a`**는", "a"),
        ("**$x$**는", "x"),
        ("**10%**를", "10%"),
        ("**‘가’**와 **[나]**를", "‘가’|[나]"),
        ("**(가) 나**다", "(가) 나"),
        ("값**(가)**이", "(가)"),
        ("**學(학)**은", "學(학)"),
        ("가**나(다)**라**마(바)**사", "나(다)|마(바)"),
        ("**가**(나)**다**라", "가|다"),
        ("__가(나)__는", ""),
        ("x**(2)과 y", ""),
        ("**가(나)**f", ""),
        ("**가 **는", ""),
        ("** 가(나)**는", ""),
    ],
)
def test_bold_before_a_particle(text, bold):
    found = re.findall(
        "<strong>(.*?)</strong>", re.sub("</?(?:code|eq|span)[^>]*>", "", OURS.renderInline(text))
    )
    assert "|".join(found) == bold
    assert "*" not in "".join(found)


@pytest.mark.parametrize(
    "mark, tag", [("*", "em"), ("**", "strong"), ("~~", "s"), ("***", "em><strong")]
)
def test_every_mark_before_a_particle(mark, tag):
    assert OURS.renderInline(f"{mark}가(나){mark}는").startswith(f"<{tag}>가(나)</")


def test_text_without_hangul_beside_marks_is_read_as_before():
    letters = random.Random(6)
    for _ in range(5000):
        text = "".join(letters.choices(["*", "**", "~~", "_", "(", ")", "a", " ", ".", "é"], k=9))
        assert OURS.renderInline(text) == PLAIN.renderInline(text)
        spaced = text.replace("a", " 가 ")
        assert OURS.renderInline(spaced) == PLAIN.renderInline(spaced)


@pytest.mark.parametrize(
    "tex, words",
    [
        ("e^x", "eˣ"),
        (r"\frac{df}{dx}", "df/dx"),
        (r"\sqrt{x^2+1}", "√(x²+1)"),
        ("x_1", "x₁"),
        (r"\nabla f", "∇f"),
        ("f'(x)", "f′(x)"),
        (r"\frac{f(x+h)-f(x)}{h}", "(f(x+h)−f(x))/h"),
        (r"\lim_{h\to 0} f(h)", "lim h→0 f(h)"),
        (r"\sum_{i=1}^n x_i", "∑ᵢ₌₁ⁿxᵢ"),
        (r"\theta_{t+1}=\theta_t-\eta g", "θₜ₊₁=θₜ−ηg"),
        (r"\mathbb{R}^n", "ℝⁿ"),
        (r"\hat{y}", "ŷ"),
        (r"\binom{n}{k}", "(n, k)"),
        (r"\begin{bmatrix}1&2\\3&4\end{bmatrix}", "[1, 2; 3, 4]"),
        (r"2\log_2 n", "2 log₂ n"),
        (r"\sqrt[3]{x}", "∛x"),
        (r"\sqrt[2]{x}", "√x"),
        ("A^{-1}", "A⁻¹"),
        (r"\left(\frac12\right)^2", "(1/2)²"),
        ("e^{-x^2}", "e^(−x²)"),
        (r"a \neq b", "a≠b"),
        (r"\int_0^1 x\,dx", "∫₀¹x dx"),
        (r"\nosuch{x}", "nosuch x"),
    ],
)
def test_formulas_are_said_in_letters(tex, words):
    assert say(tex) == words


def test_letters_that_the_font_lacks_are_spelled():
    letters = TTFont(ROOT / "fonts/NanumBarunGothic.ttf").getBestCmap()
    assert [within(text, letters) for text in ("eˣ와 x²", "aᵢⱼ", "ŷ", "ℝⁿ")] == [
        "e^x와 x²",
        "a_(ij)",
        "y",
        "Rⁿ",
    ]


FAULTS = {  # 원고의 줄마다: 알리는 말
    "**굵은 글 **은 닫히지 않습니다.": "별표의 짝",
    "**값(value)**f는 영어 앞입니다.": "별표의 짝",
    "한 *기울임(i)*f도.": "별표의 짝",
    "__밑줄(under)__은 남습니다.": "밑줄 대신 별표",
    "이제 _강조_를 합니다.": "밑줄 대신 별표",
    "~~지운 글 ~~은.": "물결표의 짝",
    "홀로 남은 $y입니다.": "수식의 $",
    "값은 $5이고 또 $7입니다.": "수식이 아니면 $",
    "**굵게 $$x$$**": "제목, 표, 강조",
    "홀로 남은 $와\n\\begin{align}\nx\n\\end{align}": "수식의 $",
    "이름은 {{ book입니다.": "바꿔 쓰기의 중괄호",
    "이름은 {{ no_such }}입니다.": "no_such",
    "- []빈칸": "할 일은",
    "- [x]붙여 쓴 것": "할 일은",
    "글 가운데 ::: 남은 것.": "상자의 :::",
    "그림 {numref} `fig-6-1`": "역할은",
    "그림 :numref:`fig-6-1`": "역할은",
    ".. note:: 글": "역할은",
    "글 {.이름} {.cls} 뒤": "클래스와 이름표",
    "없는 각주[^none]입니다.": "각주 풀이가",
    "[^unused]: 부르지 않은 각주": "부르는 곳이 없는",
    "[글](빈칸 있는 주소)입니다.": "링크는",
    "주소는 https://example.com 입니다.": "링크가 되게",
    "뒤에 남은 (sec-x)=": "이름표 (이름)=",
    "닫지 않은 `코드입니다.": "코드의 `",
    "수식은 \\alpha와": "수식은 $…$",
    "수식은 \\(x^2\\)입니다.": "수식은 $…$",
    ":name: 값": "상자의 설정",
    "##제목": "제목의 #",
    "문헌은 [@key]입니다.": "문헌은",
    "용어는 {term}`**미분**`입니다.": "역할 속",
    "|a|b|\n|---|": "표의 둘째",
    "| 가 | 나 |\n| 1 | 2 |": "표의 둘째",
    ":::note\n글\n:::": "상자의 이름",
    "```{note\n글\n```": "상자의 이름",
    "    :::{note}\n    글": "들여 쓴 줄",
    "| 표의 **칸 ** |\n|---|": "별표의 짝",
    "```{index} single: $e^x$\n```": "찾아보기의 말",
    ":::{tip} 상자의 **제목 **은\n글\n:::": "별표의 짝",
    "![그림은 $x$입니다](../../dot.png)": "대체 글",
    "- 항목 속의\n  둘째 줄 **글 **은": "별표의 짝",
    "> 인용한 **글 **은": "별표의 짝",
    "> [!NOTE]\n> 글": "상자는",
    "## 소제목의 **글 **은": "별표의 짝",
    "글[^닫지 않은 각주": "닫지 않았습니다",
    "*기울임 (a) *입니다.": "별표의 짝",
    ":필드: 값": "상자의 설정",
    "{index}`single: 홑말; 속홑` 글": "꺾쇠 안에",
    "(no-number)=\n## 번호 없는 제목\n\n{numref}`글 %s <no-number>`": "번호가 없는 것",
    "글 <b>닫지 않은 글": "닫지 않은 <b>",
    "</section>": "여는 태그가 없는 </section>",
}
BOXES = ":::{exercise} 문제\n:label: ex-7\n글\n\n:::{tip}\n속의 상자\n:::\n\n1. 물음\n:::\n"
OUTPUT = (
    "```{code-cell} ipython3\nfrom IPython.display import Markdown\n"
    'Markdown("출력의 **글 **은")\n```\n'
)


def test_markup_left_as_text_stops_the_build(tmp_path):
    """문법마다 쪽과 줄과 고치는 법을 알린다."""
    book = tiny_book(tmp_path / "book")
    (book / "dot.png").write_bytes((ROOT / "tests/fig6-1.png").read_bytes())
    path = book / "chapters/chap6/6-1-one.md"
    text = path.read_text("utf-8") + "\n" + "\n\n".join(FAULTS) + "\n\n" + BOXES + "\n"
    path.write_text(text, "utf-8")
    with (book / "chapters/chap6/6-2-two.md").open("a", encoding="utf-8") as file:
        file.write("\n" + OUTPUT + "\n```{tip}\n닫지 않은 상자\n")
    status, screen = make(book, "html")
    assert status != 0
    told = "\n".join(listed(book))

    def said(file, line):
        return "\n".join(re.findall(rf"{file}\.md:{line}: .*", told))

    def line(part):
        return text[: text.index(f"\n{part}\n")].count("\n") + 2

    missing = {
        fault
        for fault, remedy in FAULTS.items()
        if not any(remedy in said("6-1-one", line(fault) + n) for n in range(fault.count("\n") + 1))
    }
    assert missing == set(), told
    assert "닫는 :::이 없습니다" in said("6-1-one", line(":::{tip}\n속의 상자")), screen
    assert "짝이 없는 :::입니다" in said("6-1-one", line("1. 물음\n:::") + 1), screen
    assert re.search(
        r"6-2-two\.md:1[5-7]: 셀의 출력에 남은 문법이 있습니다: '\*\*글 \*\*은'", told
    ), told
    assert "닫는 ```이 없습니다" in told, told


def test_anchors_are_words_that_differ():
    """번호만 낱말로 바꾸고, 겹치면 번호를 붙이며, {term}과 제목의 링크가 그것을 안다."""
    std = SimpleNamespace(data={"objects": {("term", "전방 차분"): ("a", "term-0")}, "terms": {}})
    env = SimpleNamespace(docname="a", get_domain=lambda _: std)
    document = nodes.document(SimpleNamespace(env=env, language_code="en"), None)
    titles = ["오차", "오차", "1.5가 아닌 오차", "x의 오차", "…"]
    names = ["id1", "id2", "id3", "x", "id4"]
    for title, name in zip(titles, names):
        document += nodes.section("", nodes.title(text=title), ids=[name])
    document += nodes.term(text="전방 차분", ids=["term-0"])
    document += nodes.term(text="QR 분해", ids=["term-QR"])
    document.ids, document.nameids = dict.fromkeys(names), {"오차": "id1"}
    NameByWords(document).apply()
    assert [node["ids"][0] for node in document] == [
        *("오차", "오차-2", "sec-1-5가-아닌-오차", "x", "id4"),
        *("term-전방-차분", "term-QR-분해"),
    ]
    assert document.nameids == {"오차": "오차"}
    assert std.data["objects"] == {("term", "전방 차분"): ("a", "term-전방-차분")}
