"""KaTeX이 쓴 MathML을 EPUB이 허락하는 것으로 고친다.

KaTeX은 \\mathrel, \\overset 따위에서 글자만 담는 요소(mo, mi, …) 속에 다른 요소를 넣고, 첨자가
함수의 이름뿐이면(\\lambda_{\\max}) 자리가 정해진 요소에 하나를 더 넣고, 아무 색 이름이나 적는다.
글자의 모양은 mathvariant로 적는데, 새 브라우저(MathML Core)는 그것을 보지 않아 ℝ이 R이 된다.
"""

import unicodedata

from tinycss2.color4 import parse_color

from machine.book.elements import plain_tex

TOKENS = ["mi", "mn", "mo", "mtext"]
SCRIPTS = {"mover", "munder", "munderover", "msub", "msup", "msubsup"}
APPLY = "\u2061"  # 함수를 적용한다는 보이지 않는 기호
REFUSED = {"mtable": ["columnspacing", "width"], "mtd": ["width"], "mi": ["separator"]}
STYLES = "bold", "italic", "script", "fraktur", "double-struck", "sans-serif", "monospace"
LETTER = "letter"  # 모양이 있는 글자의 클래스. 글꼴은 책의 것이다(letters.py)
SPACE = 0.2778  # em. 관계 기호의 앞뒤. KaTeX이 mo에 따로 적지 않은 것


def formula(katex):
    """그린 수식(.katex)에서 꺼낸 <math>."""
    math = katex.math
    tex = math.annotation.extract().get_text()  # 두면 MathML을 모르는 단말기가 식을 두 번 보인다
    math["alttext"] = plain_tex(tex)
    math.semantics.unwrap()
    for name, attributes in REFUSED.items():
        for x in math.find_all(name):
            x.attrs = {key: value for key, value in x.attrs.items() if key not in attributes}
    for x in math.find_all(True):
        for key in {"mathcolor", "mathbackground"} & x.attrs.keys():
            x[key] = hexadecimal(x[key])
    for mark in math.find_all("mo", string=APPLY):
        if mark.parent.name in SCRIPTS | {"mfrac", "mroot"}:
            mark.extract()
    for token in math.find_all(TOKENS):
        if token.parent and token.find(True):
            only_text(token)
    for token in math.find_all(["mi", "mn", "mo"], mathvariant=True, string=True):
        style_letters(token)
    return math


def styles(name):
    """모양의 이름에 든 것: bold-script이면 bold와 script."""
    name = name.lower().replace("black-letter", "fraktur")
    return frozenset(style for style in STYLES if style in name)


# {(모양, 보통 글자): 그 모양의 글자}. 이름과 본디 글자는 유니코드에 있다
STYLED = {
    (styles(unicodedata.name(char, "")), unicodedata.normalize("NFKC", char)): char
    for char in map(chr, (*range(0x2102, 0x2150), *range(0x1D400, 0x1D800)))
} | {(styles("italic"), "h"): "ℎ"}


def style_letters(token):
    """모양을 적은 글자를 그 모양의 글자로 바꾼다. 한글처럼 그런 글자가 없으면 그대로 둔다."""
    style = styles(token["mathvariant"])
    letters = [STYLED.get((style, char)) for char in token.string]
    if style and all(letters):
        token.string = "".join(letters)
        token["class"] = LETTER
        del token["mathvariant"]


def hexadecimal(color):
    """EPUB은 CSS의 색 이름 가운데 열여섯만 안다."""
    red, green, blue = (round(255 * value) for value in parse_color(color).coordinates)
    return f"#{red:02x}{green:02x}{blue:02x}"


def only_text(token):
    """다른 요소를 담은 요소를, 기호뿐이면 기호 하나로 잇고 그 밖에는 묶음으로 바꾼다."""
    if is_operator(token):
        token.string = token.get_text().replace(APPLY, "")
    elif token.name == "mo" and not is_operator(core(token)) and token.parent.name not in SCRIPTS:
        before, after = space(token, "lspace"), space(token, "rspace")  # 연산자의 앞뒤 빈칸은 둔다
        token.name = "mpadded"
        token.attrs = {"lspace": f"{before:g}em", "width": f"+{before + after:g}em"}
    else:
        token.name, token.attrs = "mrow", {}


def space(token, side):
    return float(token.get(side, f"{SPACE}em").removesuffix("em"))


def is_operator(x):
    """연산자와, mod처럼 똑바로 쓴 글자로만 되었는가."""
    parts = x.find_all(True)
    leaves = [leaf for leaf in [x, *parts] if not leaf.find(True) and leaf.name != "mspace"]
    plain = {part.name for part in parts} <= {"mrow", "mspace", "mi", "mo"}
    return plain and all(map(is_upright, leaves))


def is_upright(x):
    return x.name == "mo" or x.name == "mi" and x.get("mathvariant") == "normal"


def core(x):
    """첨자를 뺀 속. 속이 연산자이면 전체도 연산자처럼 앞뒤에 빈칸을 둔다."""
    inner = x.find_all(True, recursive=False)
    return core(inner[0]) if len(inner) == 1 or x.name in SCRIPTS else x
