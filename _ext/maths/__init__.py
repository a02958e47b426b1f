"""수식을 책을 만들 때 KaTeX로 그린다. 읽는 사람은 CSS와 글꼴만 받는다.

KaTeX는 quickjs-ng 안에서 돌므로 Node가 없어도 된다. sphinxcontrib-katex는 Node(207 MB)가 있어야 하고,
TeX 오류를 지나치며, CSS를 CDN에서 받는다.
"""
import json
import re
import shutil
from functools import lru_cache
from html import unescape
from pathlib import Path

import quickjs
from docutils import nodes
from fontTools import subset
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number, wrap_displaymath

log = logging.getLogger(__name__)
subset.log.setLevel("WARNING")                          # 글꼴마다 한 일을 늘어놓는다
KATEX = Path(__file__).with_name("katex")
NUMBERING = re.compile(r"(\\(?:begin|end)\{(?:align|alignat|equation|gather))\}")


@lru_cache(1)
def katex():
    js = quickjs.Context()
    js.eval((KATEX / "katex.min.js").read_text("utf-8"))
    js.eval("""function draw(json) {
      const [tex, displayMode] = JSON.parse(json);
      return JSON.stringify(katex.renderToString(tex, {displayMode, strict: 'ignore'}));
    }""")
    return js


@lru_cache(None)
def draw(tex, display):
    return json.loads(katex().eval(f"draw({json.dumps(json.dumps([tex, display]))})"))


def render(self, node, tex, display=False):
    try:
        return draw(tex, display)
    except quickjs.JSException as error:
        log.warning("수식 오류: %s", str(error).split("\n")[0], location=node)
        return f"<code>{self.encode(tex)}</code>"


def visit_inline(self, node):
    self.body.append(f'<span class="math">{render(self, node, node.astext())}</span>')
    raise nodes.SkipNode


def visit_block(self, node):
    tex = node.astext() if node.get("no-wrap", node["nowrap"]) else wrap_displaymath(node.astext(), None, False)
    tex = NUMBERING.sub(r"\1*}", tex)                   # 번호는 KaTeX가 아니라 Sphinx가 매긴다
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(f'<div class="math-scroll">{render(self, node, tex, display=True)}</div>')
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "이 식의 주소")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def letters(root):
    """조판한 수식에 쓰인 글자. 수식이 든 줄의 나머지 글도 섞이지만 모자라지는 않는다."""
    lines = (line for path in root.rglob("*.html") for line in re.findall('class="katex-html".*', path.read_text("utf-8")))
    return unescape("".join(re.sub("<[^>]+>", "", line) for line in lines))


def copy(app, exc):
    """KaTeX의 CSS와, 이 책에 쓰인 글자만 담은 글꼴. 글꼴의 크기가 절반이 안 된다."""
    if exc or app.builder.format != "html":
        return
    out, text = Path(app.outdir, "_static/katex"), letters(Path(app.outdir))
    (out / "fonts").mkdir(parents=True, exist_ok=True)
    shutil.copy(KATEX / "katex.min.css", out)
    for path in (KATEX / "fonts").glob("*.woff2"):
        options = subset.Options(flavor="woff2", layout_features=["*"], hinting=False)
        font, subsetter = subset.load_font(path, options), subset.Subsetter(options)
        subsetter.populate(text=text)
        subsetter.subset(font)
        subset.save_font(font, out / "fonts" / path.name, options)


def setup(app):
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_block, None))
    app.add_css_file("katex/katex.min.css")
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
