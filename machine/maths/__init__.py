"""수식을 책을 만들 때 KaTeX로 그린다. 읽는 사람은 CSS와 글꼴만 받는다.

KaTeX는 quickjs-ng 안에서 돌므로 Node가 없어도 된다. sphinxcontrib-katex는 Node(207 MB)가 있어야
하고, TeX 오류를 지나치며, CSS를 CDN에서 받는다.

KaTeX가 오류를 내지 않고 넘어가지만 쪽, 종이, 전자책, 노트북 가운데 하나라도 틀리게 되는 것도 오류로
알린다(faults).
"""

import json
import re
import shutil
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import quickjs
import tinycss2.color4
from docutils import nodes
from fontTools.ttLib import TTFont
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number, wrap_displaymath

from machine.maths.faces import letters_by_face, letters_in_face
from machine.maths.letters import subset_font
from machine.settings.conventions import letters as book_letters

log = logging.getLogger(__name__)
KATEX = Path(__file__).with_name("katex")
NUMBERING = re.compile(r"(\\(?:begin|end)\{(?:align|alignat|equation|gather))\}")
GROUP = r"\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"  # 안에 중괄호가 두 겹까지 있는 {…}
WIDE = 30  # 나뉘지 않는 조각이 이보다 긴 글줄 속의 식은 줄보다 넓을 수 있다. 글자 수
DEPTH = 10  # 매크로 속의 매크로를 푸는 깊이
SWITCHED_OFF = "수식을 그릴 maths를 book_without에 적었습니다. 수식을 지우거나 maths를 다시 켜세요"
REFUSED = "refused"  # 믿지 않는 명령을 KaTeX가 그리는 색. 없는 색이라 다른 것과 섞이지 않는다
LABELS = r"Undefined control sequence: \\(label|ref|eqref|nonumber|notag)\b"
TAGS = (
    "\\tag로는 $$ 사이의 식 하나에 번호 하나만 줍니다(예: \\tag{7.4}). "
    "저절로 붙게 하려면 \\tag를 지우고 식을 닫는 $$ 뒤에 (이름)을 쓰세요."
)
REMEDIES = {
    r"Multiple \\tag|\\tag works only": TAGS,
    LABELS: (
        "번호와 이름표는 KaTeX가 아니라 책이 붙입니다. "
        "식을 닫는 $$ 뒤에 (이름)을 쓰고 {eq}`이름`으로 부르세요."
    ),
    r"Undefined control sequence: \\(mbox|makebox|vbox|textsc|textsl)\b": (
        "KaTeX에 없는 명령입니다. 수식 속의 글은 \\text{글}로 쓰세요."
    ),
    "Undefined control sequence": (
        "KaTeX에 없는 명령입니다. 책의 매크로는 _config.yml의 book_macros에 두세요."
    ),
    "Unexpected end of input|Expected 'EOF'": (
        "괄호의 짝을 맞추세요. $…$ 안에는 $를 다시 쓸 수 없으므로 \\(…\\)로 씁니다."
    ),
    "No such environment": "align, gather, split, cases, matrix 같은 KaTeX의 환경으로 바꾸세요.",
}
# MathJax를 쓰는 노트북에서처럼 \\color{색}{식}은 그 식만 물들인다. NumPy와 SymPy의 출력도 그렇다.
DRAW = """function draw(json) {
  const [tex, displayMode, errorColor] = JSON.parse(json), missing = [];
  const strict = (code, message) => {
    if (code == 'symbolNotInFont') missing.push(message.match(/'(.+?)'/u)[1]);
    return 'ignore';
  };
  const options = {displayMode, strict, errorColor, colorIsTextColor: true};
  return JSON.stringify([katex.renderToString(tex, options), missing]);
}"""


@lru_cache(1)
def katex():
    js = quickjs.Context()
    js.eval((KATEX / "katex.min.js").read_text("utf-8"))
    js.eval(DRAW)
    return js


@lru_cache(None)
def draw(tex, display):
    """(HTML, 잘못의 목록)"""
    argument = json.dumps(json.dumps([tex, display, REFUSED]))
    try:
        html, missing = json.loads(katex().eval(f"draw({argument})"))
    except quickjs.JSException as error:
        said = str(error).split("\n")[0]
        return "", [explained(said.removeprefix("ParseError: KaTeX parse error: "))]
    return html, [*faults(tex, html, set(missing))]


def explained(said):
    for kind, remedy in REMEDIES.items():
        if re.search(kind, said):
            return f"{re.sub(' at (position|end of input).*', '', said)}. {remedy}"
    return said


def faults(tex, html, missing):
    """KaTeX가 오류를 내지 않고 넘어가는 잘못."""
    for command in re.findall(f'mathcolor="{REFUSED}"><mtext>([^<]+)', html):
        yield f"쓸 수 없는 명령입니다: {command}. 링크와 그림은 수식 밖에 Markdown으로 쓰세요."
    if r"\tag" in tex:
        yield TAGS
    elif "eqn-num" in html:
        yield "KaTeX가 매기는 번호는 책의 번호와 다릅니다. align*처럼 별표가 붙은 환경을 쓰세요."
    if re.search(r"\\color\s*\{[^{}]*\}\s*[^\s{]", tex):
        yield (
            "\\color 뒤의 어디까지 물들지가 LaTeX과 노트북에서 다릅니다. "
            "\\textcolor{색}{식}으로 쓰세요."
        )
    colors = set(re.findall(r'[";](?:background-|border-)?color:([^;"]+)', html))
    for color in sorted(colors - {REFUSED}):
        if not tinycss2.color4.parse_color(color):
            yield f"없는 색입니다: {color}. red나 #1f3a5f처럼 CSS의 색을 쓰세요."
    drawn, in_other_fonts = letters_drawn(html)
    missing |= drawn - katex_letters()
    missing |= in_other_fonts - katex_letters() - book_letters()
    if missing:
        told = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in sorted(missing))
        yield f"수식의 글꼴에 없는 글자입니다: {told}. 수식 밖에 쓰거나 다른 기호로 바꾸세요."


def letters_drawn(html):
    """수식 하나에 쓰인 글자: (KaTeX의 글꼴로 그린 것, 다른 글꼴로 그린 것)."""
    drawn, in_other_fonts = set(), set()
    for tag in ElementTree.fromstring(html).find(".//*[@class='katex-html']").iter():
        letters = drawn if "_fallback" not in tag.get("class", "") else in_other_fonts
        letters.update(tag.text or "", *(child.tail or "" for child in tag))
    return drawn, in_other_fonts


@lru_cache(None)
def letters_in(font):
    return set(map(chr, TTFont(font).getBestCmap()))


@lru_cache(1)
def katex_letters():
    """\u200b는 KaTeX가 줄의 높이를 잡는 데 쓴다."""
    return {"\n", "\u200b"}.union(*map(letters_in, (KATEX / "fonts").glob("*.woff2")))


class Macros(SphinxTransform):
    """_config.yml의 book_macros를 풀어 적는다. 쪽, 대체 글, 노트북이 모두 같은 TeX을 받는다."""

    default_priority = 100

    def apply(self):
        for kind in (nodes.math, nodes.math_block):
            for node in self.document.findall(kind):
                node[:] = [nodes.Text(expanded(node.astext(), self.config.book_macros))]


def expanded(tex, macros):
    """매크로를 풀어 적은 TeX. 인자 #1, #2, …는 뒤따르는 중괄호에서 읽는다."""
    for _ in range(DEPTH):
        for name, body in macros.items():
            arguments = GROUP * max(map(int, re.findall("#([1-9])", body)), default=0)
            call = rf"([_^]\s*)?{re.escape(name)}(?![A-Za-z]){arguments}"
            tex = re.sub(call, partial(filled, body), tex)
    return tex


def filled(body, call):
    """인자를 채운 매크로. 첨자에서는 한 덩어리가 되어야 한다."""
    script, *arguments = call.groups()
    text = re.sub("#([1-9])", lambda number: arguments[int(number[1]) - 1], body)
    return f"{script}{{{text}}}" if script else text


def render(self, node, tex, display=False):
    html, told = draw(tex, display)
    for fault in told:
        log.warning("수식 오류: %s", fault, location=node)
    return html or f"<code>{self.encode(tex)}</code>"


def longest_piece(drawn):
    """글줄 속의 식에서 줄이 바뀌지 않는 조각 가운데 긴 것의 글자 수."""
    pieces = [x for x in drawn.iter() if x.get("class") == "katex-base"]
    return max((len("".join(piece.itertext())) for piece in pieces), default=0)


def visit_inline(self, node):
    html = render(self, node, node.astext())
    is_wide = longest_piece(ElementTree.fromstring(html)) > WIDE
    kind = "math wide" if is_wide else "math"
    self.body.append(f'<span class="{kind}">{html}</span>')
    raise nodes.SkipNode


def tex_of_block(node):
    """따로 놓은 식에서 KaTeX에 줄 TeX. 번호는 KaTeX가 아니라 Sphinx가 매긴다."""
    tex = node.astext()
    if not node.get("no-wrap", node["nowrap"]):
        tex = wrap_displaymath(tex, None, False)
    return NUMBERING.sub(r"\1*}", tex)


def visit_block(self, node):
    tex = tex_of_block(node)
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(f'<div class="math-scroll">{render(self, node, tex, display=True)}</div>')
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "이 식의 주소")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def finish(app, pages):
    """KaTeX의 CSS와, 이 책에서 그 글꼴로 그린 글자만 담은 글꼴."""
    out = Path(app.outdir, "_static/katex")
    drawn = [letters_by_face(html) for html in pages.values()]
    every = "".join(sorted(set().union(*(text for page in drawn for text in page.values()))))
    (out / "fonts").mkdir(parents=True, exist_ok=True)
    shutil.copy(KATEX / "katex.min.css", out)
    for path in (KATEX / "fonts").glob("*.woff2"):
        # 빈칸이 없으면 종이에서 KaTeX의 보이지 않는 글자(U+200B)가 다른 글꼴로 간다
        # 글자가 하나도 없는 글꼴을 브라우저는 상한 것으로 본다
        text = "".join(sorted(letters_in_face(path.stem, drawn))) or every
        made = subset_font(path, " " + text, Path(app.srcdir, "_build/.katex_fonts"))
        shutil.copy(made, out / "fonts" / path.name)


def refuse(writer, node):
    log.warning(SWITCHED_OFF, location=node)
    raise nodes.SkipNode


def without(app):
    """Sphinx는 다른 사이트의 MathJax를 부르고, 그것이 막히면 TeX이 그대로 보인다."""
    app.add_html_math_renderer("none", (refuse, None), (refuse, None))


def setup(app):
    app.add_config_value("book_macros", {}, "env", types=[dict])
    app.add_transform(Macros)
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_block, None))
    app.add_css_file("katex/katex.min.css")
    import_module("machine.maths.titles").setup(app)
