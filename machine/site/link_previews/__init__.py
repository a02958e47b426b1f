"""미리 보기: 본문의 링크가 가리키는 용어, 식, 그림, 표, 문제, 절, 문헌, 각주를 그 자리에서 보인다.

보일 것은 다 고친 쪽에서 오려(pieces.py), 가리키는 쪽마다 스크립트 하나에 둔다(page/carried.py).
브라우저는 보이는 스크립트(box.js)와 그 쪽의 것을 처음 보일 때에 받는다. 스크립트가 없으면 링크는
링크이다. sphinx-tippy는 다른 사이트의 스크립트를 쓰고 같은 조각을 쪽마다 되풀이하여 적으며,
sphinx-hoverxref는 더 고치지 않는다.
"""

import re
from collections import defaultdict
from html import unescape
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from machine import kept
from machine.files import write
from machine.page.carried import carrying
from machine.page.scripts import digest, to_send
from machine.site.link_previews.pieces import pieces

HERE = Path(__file__).parent
FOLDER = "_static/previews"
BOX = '= "box.js";'  # 쪽의 스크립트에서 box.js의 이름을 적을 자리
ARTICLE = re.compile("<article.*</article>", re.S)
# 미리 보기가 있는 링크. static/link_previews.js의 LINKS와 같은 것을 고른다
LINK = re.compile(r'<a [^>]*?class="(?:[^"]* )?(?:footnote-reference|reference internal)[ "][^>]*>')
HREF = re.compile(r' href="([^"#]*)#([^"]+)"')


@kept.by_text
def links_in(html):
    """쪽의 링크가 가리키는 [(쪽의 주소, 이름표)]. 이름표는 적힌 그대로이다."""
    article = ARTICLE.search(html)
    tags = LINK.findall(article[0]) if article else []
    return sorted({pair for tag in tags for pair in HREF.findall(unescape(tag))})


def links(pages):
    """책 안을 가리키는 링크들의 (링크가 있는 쪽, 가리키는 쪽, 이름표)."""
    for name, html in pages.items():
        for address, label in links_in(html):
            target = normpath(join(dirname(name), unquote(address))) if address else name
            if target in pages:
                yield name, target, label


def file_of(page):
    """그 쪽에서 오린 것을 둔 스크립트."""
    return f"{FOLDER}/pages/{page.removesuffix('.html')}.js"


def finish(app, pages):
    write_script(Path(app.outdir))
    write_pieces(Path(app.outdir), pages)


def write_script(root):
    """box.js의 이름에 내용의 해시를 넣어, 새 판의 쪽이 옛것을 쓰지 않게 한다."""
    code = to_send((HERE / "box.js").read_text("utf-8")).encode()
    name = f"box-{digest(code)}.js"
    start = root / "_static/link_previews.js"
    write(root / FOLDER / name, code)
    write(start, to_send(start.read_text("utf-8")).replace(BOX, f'= "{name}";').encode())


def write_pieces(root, pages):
    labels = defaultdict(set)
    for _, target, label in links(pages):
        labels[target].add(label)
    for page, wanted in labels.items():
        found = pieces(pages[page], "\n".join(sorted(wanted)))
        write(root / file_of(page), carrying(found).encode())


def setup(app):
    app.config.html_static_path.append(str(HERE / "static"))
    app.add_css_file("link_previews.css")
    app.add_js_file("link_previews.js", loading_method="defer")
