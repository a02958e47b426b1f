"""수식을 책을 만들 때 KaTeX로 그린다. 읽는 사람은 CSS와 글꼴만 받는다.

KaTeX는 quickjs-ng 안에서 돌므로 Node가 없어도 된다. sphinxcontrib-katex는 Node(207 MB)가 있어야 하고,
TeX 오류를 지나치며, CSS를 CDN에서 받는다.
"""
import json
import re
import shutil
from functools import lru_cache
from pathlib import Path

import quickjs
from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number, wrap_displaymath

log = logging.getLogger(__name__)
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


def copy(app, exc):
    if not exc and app.builder.format == "html":
        out = Path(app.outdir, "_static/katex")
        shutil.copytree(KATEX / "fonts", out / "fonts", dirs_exist_ok=True)
        shutil.copy(KATEX / "katex.min.css", out)


def setup(app):
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_block, None))
    app.add_css_file("katex/katex.min.css")
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
