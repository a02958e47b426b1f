"""수식을 읽을 수 있는 글자로: $e^x$는 eˣ, \\frac{df}{dx}는 df/dx. 그릴 수 없는 차례, 책갈피에 쓴다.

KaTeX이 만든 MathML을 따라가므로 기호의 표를 따로 두지 않는다. pylatexenc는 위첨자와 아래첨자를
글자로 바꾸지 않는다.
"""

import re
import unicodedata

from bs4 import BeautifulSoup, NavigableString
from docutils import nodes

from . import draw, tex_of_block

RAISED = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ",
    )
)
LOWERED = dict(
    zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ")
)
# 글자의 위에 붙는 부호
ACCENTS = {
    **dict.fromkeys("^ˆ", "\u0302"),
    **dict.fromkeys("ˉ¯‾", "\u0304"),
    **dict.fromkeys("~˜", "\u0303"),
    **dict.fromkeys("⃗→", "\u20d7"),
    **dict(zip("˙¨´`ˇ˘", "\u0307\u0308\u0301\u0300\u030c\u0306")),
}
MATHML = re.compile("<math.*?</math>", re.S)
SPACES = str.maketrans("\u2061\u00a0", "  ", "\u2062\u2063\u2064\u200b")
BRACES = tuple("⏞⏟⏠⏡_‾")
DOUBLE_STRUCK = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ"))
# 괄호로 묶지 않아도 되는 것
ONE = re.compile(r"[^\s+\-−±·×/=<>≤≥→,;()]+(\([^()]*\))?|\([^()]*\)|[−-]?\d+")


def group(node):
    text = words(node).strip()
    return text if ONE.fullmatch(text) else f"({text})"


def script(node, letters, mark):
    """위첨자나 아래첨자. 그 글자가 없으면 ^나 _를 붙인다."""
    text = words(node).strip()
    if re.fullmatch("[′″‴∘°]+", text):
        return text.replace("∘", "°")
    if set(text) <= letters.keys():
        return "".join(map(letters.get, text))
    return mark + group(node)


def scripts(base, low=None, up=None):
    """첨자를 단 것: x₁, log₂ n, lim h→0 f."""
    text, after = words(base).rstrip(), ""
    if low and words(low).strip() in BRACES:
        return text
    if low:
        below = script(low, LOWERED, "_")
        named = len(text) > 1 and text.strip().isalpha()
        text += f" {words(low).strip()}" if named and below.startswith("_(") else below
        after = " " if named else ""
    return text + (script(up, RAISED, "^") if up else "") + after


def accented(base, mark):
    accent = ACCENTS.get(words(mark).strip(), "")
    return re.sub(r"(\w)", rf"\1{accent}", words(base))


def root(base, degree):
    sign = {"2": "√", "3": "∛", "4": "∜"}.get(words(degree), script(degree, RAISED, "") + "√")
    return sign + group(base)


def square_root(first, *others):
    """여러 요소의 근호이면 그것들을 묶은 mrow의, mrow가 없으면 근호 전체의 글."""
    inside = first.parent.mrow or first.parent if others else first
    return "√" + group(inside)


FORMS = {
    "mfrac": lambda top, bottom: f"{group(top)}/{group(bottom)}",
    "msup": lambda base, up: scripts(base, up=up),
    "msub": scripts,
    "msubsup": scripts,
    "munder": scripts,
    "munderover": scripts,
    "mover": accented,
    "msqrt": square_root,
    "mroot": root,
}


def words(node):
    """MathML의 요소를 글로."""
    if isinstance(node, NavigableString):
        return node.translate(SPACES)
    parts = node.find_all(True, recursive=False)
    if node.name == "annotation":
        return ""
    if node.name == "mspace":
        return " "
    if node.name == "mfrac" and node.get("linethickness") == "0px":  # 이항계수
        return ", ".join(map(words, parts))
    if node.name in FORMS:
        return FORMS[node.name](*parts)
    if node.name == "mtable":
        return "; ".join(map(words, parts))
    if node.name == "mtr":
        return ", ".join(words(part).strip() for part in parts)
    text = "".join(map(words, node.children))
    if node.name == "mi" and len(text) > 1:  # log, sin 따위의 이름
        return f" {text}"
    return DOUBLE_STRUCK.get(text, text) if node.get("mathvariant") == "double-struck" else text


def tidy(text):
    text = re.sub(r" (?=[,)\]])|(?<=[(\[=]) |(?<=[a-z]) (?=\()", "", " ".join(text.split()))
    return unicodedata.normalize("NFC", text)


def say(tex, display=False):
    """TeX으로 적은 수식을 글로. KaTeX이 그리지 못하는 것은 명령의 이름만 남긴다."""
    html, _ = draw(tex, display)
    math = MATHML.search(html)  # 나머지는 그린 것이고 몇 배나 길다
    return tidy(
        words(BeautifulSoup(math[0], "html.parser")) if math else re.sub(r"[\\{}$]+", " ", tex)
    )


def said_math(node):
    """글 속의 수식이나 따로 놓은 식을 글로."""
    if isinstance(node, nodes.math):
        return say(node.astext())
    return say(tex_of_block(node), display=True)


def said(node):
    """제목 따위를 글로: 수식은 글자로 바꾸고 각주의 번호와 그림은 뺀다."""
    if isinstance(node, (nodes.footnote_reference, nodes.image, nodes.raw, nodes.system_message)):
        return ""
    if isinstance(node, nodes.math):
        return say(node.astext())
    return node.astext() if isinstance(node, nodes.Text) else "".join(map(said, node.children))


def said_in_page(tag):
    """만든 쪽의 제목을 글로."""
    if isinstance(tag, NavigableString):
        return str(tag)
    classes = tag.get("class", [])
    if tag.name == "math" or "katex" in classes:
        return tidy(words(tag if tag.name == "math" else tag.math))
    if tag.name == "img" or {"headerlink", "footnote-reference", "fn", "fn-again"} & set(classes):
        return ""
    text = "".join(map(said_in_page, tag.children))
    return " ".join(text.split()) if re.fullmatch("h[1-6]", tag.name) else text


def spelled(text, letters, mark, table):
    """letters에 없는 첨자를 풀어 적는다: eˣ는 e^x, aᵢⱼ는 a_(ij)."""
    plain = {small: char for char, small in reversed(table.items())}

    def full(run):
        chars = "".join(map(plain.get, run[0]))
        known = all(ord(char) in letters for char in run[0])
        return run[0] if known else mark + (chars if len(chars) == 1 else f"({chars})")

    return re.sub(f"[{''.join(plain)}]+", full, text)


def within(text, letters):
    """글꼴에 있는 글자 letters만으로 적은 글. ŷ이 없으면 y로 적는다."""
    text = spelled(spelled(text, letters, "^", RAISED), letters, "_", LOWERED)
    parts = (char if ord(char) in letters else unicodedata.normalize("NFKD", char) for char in text)
    return "".join(char for part in parts for char in part if ord(char) in letters)
