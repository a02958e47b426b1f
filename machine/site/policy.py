"""쪽이 제 사이트의 파일만 쓰도록 보안 정책을 적고, 그 정책이 막을 요소가 있으면 빌드를 멈춘다.

정책은 Content-Security-Policy이다. GitHub Pages에서는 HTTP 머리를 정할 수 없어 meta로 적는다.
Sphinx의 쪽에 이것을 적는 패키지는 없다. KaTeX과 브라우저의 SVG는 style 속성을 쓰므로 허락한다.
더 있어야 하는 요소에는 data-policy="frame-src https://예"처럼 지시어와 주소를 적고, 그 쪽에만
허락한다. 쪽에 박힌 스크립트는 기계가 넣은 것(own)과 data-policy="script-src"를 적은 것만 해시로
허락한다.
"""

import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import furo
from docutils import nodes
from sphinx.util import logging

from machine import kept
from machine.page.scripts import OWN
from machine.tree.nodes import ancestors

log = logging.getLogger(__name__)
SELF, NONE = "'self'", "'none'"
POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF, "'unsafe-inline'"],
    "img-src": [SELF, "data:"],
    "font-src": [SELF, "data:"],
    "connect-src": [SELF],
    "worker-src": [SELF],
    "manifest-src": [SELF],
    "base-uri": [NONE],
    "form-action": [SELF],
}
# 독자의 코드를 실행하는 워커(machine/live)의 정책. 워커는 쪽의 정책을 물려받지 않으므로, 스크립트를
# 보내는 서비스 워커(site/offline/sw.js)와 미리 보기(preview.py)가 HTTP 머리로 붙인다
WORKER_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; "
    "worker-src 'none'"
)
DIRECTIVES = {*POLICY, "frame-src", "media-src", "object-src", "child-src"} | {
    f"{kind}-src-{place}" for kind in ("script", "style") for place in ("elem", "attr")
}
NOT_LOADED = {"base-uri", "form-action"}  # default-src에서 물려받지 않는다

# 지시어마다, 주소를 부르는 요소/속성이나 요소=rel의 값. 요소가 *이면 어느 요소든.
LOADS = {
    "img-src": "img/src img/srcset input/src */background image/href image/xlink:href use/href "
    "use/xlink:href video/poster link=icon link=apple-touch-icon",
    "media-src": "video/src audio/src track/src",
    "script-src": "script/src link=modulepreload",
    "style-src": "link=stylesheet",
    "frame-src": "iframe/src frame/src",
    "object-src": "embed/src object/data",
    "form-action": "form/action */formaction",
    "connect-src": "a/ping",
    "manifest-src": "link=manifest",
    "default-src": "link=preload link=prefetch link=preconnect link=dns-prefetch",
}
LOADED_BY = {place: directive for directive, places in LOADS.items() for place in places.split()}
VERSION = re.compile(r"\?v=\w+")  # 파일이 바뀌면 바뀌는 주소의 끝
CHARSET = re.compile(r'<meta charset="utf-8"\s*/?>')  # 정책을 그 뒤에 적는다
STYLE_URL = re.compile(r"""(@import[^;]*?|@font-face[^}]*?)?((?:https?:)?//[^\s'")]+)""", re.I)
STYLE_REST = re.compile(r"/\*.*?\*/|@namespace[^;]*;|data:[^'\")]*", re.S | re.I)
RUNS = re.compile(r"[\s\x00-\x1f]*(javascript|vbscript)\s*:", re.I)
RUN_BY = {"href", "xlink:href", "src", "action", "formaction", "data"}
MEDIA = {"video": "media-src", "audio": "media-src", "picture": "img-src"}

REMEDY = {
    "img-src": "그림을 받아 원고 옆에 두고 그 파일을 쓰세요",
    "style-src": "style 속성이나 책의 CSS로 바꾸세요",
    "font-src": "책의 글꼴을 쓰세요",
    "script-src": "스크립트 없이 보이게 하세요",
    "frame-src": "틀 대신 그 주소로 가는 링크를 두세요",
    "media-src": "정지 그림이나 그 주소로 가는 링크로 바꾸세요",
    "object-src": "그림이나 그 주소로 가는 링크로 바꾸세요",
    "form-action": "그 주소로 가는 링크로 바꾸세요",
}
OUTPUT_REMEDY = (
    "움직이는 그림은 몇 장면을, 대화형 그림은 정지 그림을 그리고, 영상과 틀은 글에 링크로 적으세요"
)

# Sphinx의 doctools.js에서 정책이 막을 것
EVALUATED = re.compile(r'new Function\(\s*"n",[^)]*\)`\s*\)')
# 쪽에 박힌 스크립트 가운데 테마의 것
THEME = Path(furo.__file__).parent / "theme/furo/base.html"
OF_THEME = set(re.findall(r"<script>(.*?)</script>", THEME.read_text("utf-8"), re.S))


def hashed(code):
    return f"'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'"


def matches(source, url):
    """정책에 적은 출처가 그 주소를 허락하는가."""
    address = urlsplit(url)
    scheme = address.scheme or ("https" if address.netloc else "")
    if not scheme:
        return source == SELF
    if source == f"{scheme}:" or not address.netloc:
        return source == f"{scheme}:"
    wanted = urlsplit(source if "//" in source else f"//{source}")
    any_host = wanted.netloc.startswith("*.") and address.netloc.endswith(wanted.netloc[1:])
    same_host = any_host or address.netloc == wanted.netloc
    same_path = wanted.path in ("", address.path)
    if wanted.path.endswith("/"):
        same_path = address.path.startswith(wanted.path)
    return source == "*" or same_host and same_path and wanted.scheme in ("", scheme)


def origin(url):
    """정책에 적을 출처."""
    address = urlsplit(url)
    if address.netloc:
        return f"{address.scheme or 'https'}://{address.netloc}"
    return f"{address.scheme}:" if address.scheme else SELF


def addresses(name, value):
    """속성에 적힌 주소들. srcset에는 여럿을 적는다."""
    parts = re.split(r",\s+", value) if name == "srcset" else [value]
    return [part.split()[0] for part in parts if part.strip()]


class Want(NamedTuple):
    """쪽이 부르는 주소. what은 부르는 요소, text는 원고의 줄을 찾을 글."""

    directive: str
    url: str
    what: str
    text: str


class Code(NamedTuple):
    """쪽에 박힌 스크립트(declared는 data-policy에 적은 것)나 속성에 적힌 스크립트."""

    code: str
    what: str
    text: str
    declared: bool = False


class Fault(NamedTuple):
    """고칠 요소와 고칠 말."""

    what: str
    remedy: str
    text: str


class Page(HTMLParser):
    """쪽에서 정책이 볼 것을 모은다. srcdoc 속의 쪽이면 outer는 그것을 적은 태그."""

    def __init__(self, html, outer=""):
        super().__init__()
        self.outer, self.media, self.open = outer, "media-src", None
        self.asked, self.wants, self.faults, self.scripts, self.handlers = [], [], [], [], []
        self.feed(html)
        self.close()

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_starttag(self, tag, attrs):
        attrs = {name: value or "" for name, value in attrs}
        self.text = self.outer or self.get_starttag_text()
        self.media = MEDIA.get(tag, self.media)
        if "data-policy" in attrs:
            self.asked.append((attrs["data-policy"], self.text))
        for name, value in attrs.items():
            self.attribute(tag, name, value)
        for kind in attrs.get("rel", "").lower().split():
            if directive := LOADED_BY.get(f"{tag}={kind}"):
                self.want(directive, attrs.get("href", ""), f'<link rel="{kind}">')
        if tag == "base" or tag == "meta" and "http-equiv" in attrs:
            self.fault(f"<{tag}>", "지우세요. 쪽의 주소와 정책은 책이 정합니다")
        if tag == "script" and "src" not in attrs:
            declared = "script-src" in attrs.get("data-policy", "")
            self.open = Code("", "<script>", self.text, declared)
        elif not isinstance(self.open, Code):
            self.open = "style" if tag == "style" else None

    def want(self, directive, url, what):
        self.wants.append(Want(directive, url, what, self.text))

    def fault(self, what, remedy):
        self.faults.append(Fault(what, remedy, self.text))

    def attribute(self, tag, name, value):
        if re.match(r"on[a-z]", name):
            self.handlers.append(Code(value, f"<{tag} {name}>", self.text))
        elif RUNS.match(value) and name in RUN_BY:
            self.fault(f'<{tag} {name}="javascript:">', REMEDY["script-src"])
        elif tag == "source" and name in ("src", "srcset"):
            for url in addresses(name, value):
                self.want(self.media, url, "<source>")
        elif directive := LOADED_BY.get(f"{tag}/{name}") or LOADED_BY.get(f"*/{name}"):
            for url in addresses(name, value):
                self.want(directive, url, f"<{tag} {name}>")
        elif name == "style":
            self.css(value, f"<{tag} style>")
        elif name == "srcdoc":
            inner = Page(value, self.text)
            for kind in ("asked", "wants", "faults", "scripts", "handlers"):
                getattr(self, kind).extend(getattr(inner, kind))

    def handle_data(self, data):
        if isinstance(self.open, Code):
            self.open = self.open._replace(code=self.open.code + data)
        elif self.open:
            self.css(data, "<style>")

    def handle_endtag(self, tag):
        if isinstance(self.open, Code):
            self.scripts.append(self.open)
        self.open = None
        if tag in MEDIA:
            self.media = "media-src"

    def css(self, text, what):
        for rule, url in STYLE_URL.findall(STYLE_REST.sub("", text)):
            directive = {"@i": "style-src", "@f": "font-src"}.get(rule[:2].lower(), "img-src")
            self.want(directive, url, what)


def policy_of(page):
    """그 쪽의 정책과, data-policy에 잘못 적은 것."""
    rules, wrong = {name: [*sources] for name, sources in POLICY.items()}, []
    for asked, text in page.asked:
        for name, *sources in filter(None, (part.split() for part in asked.split(";"))):
            if name in DIRECTIVES:
                rules.setdefault(name, []).extend(sources)
            else:
                said = f"모르는 지시어입니다: {name}. frame-src, img-src, media-src처럼 적으세요"
                wrong.append(Fault(f'data-policy="{asked}"', said, text))
    known = OWN | OF_THEME
    codes = [script.code for script in page.scripts if script.declared or script.code in known]
    rules["script-src"][1:1] = dict.fromkeys(map(hashed, codes))
    return rules, wrong


def sources(rules, directive):
    return rules.get(directive, [] if directive in NOT_LOADED else rules["default-src"])


def blocked(page, rules):
    """정책이 막을 것들."""
    for directive, url, what, text in page.wants:
        if not any(matches(source, url) for source in sources(rules, directive)):
            asked = f'data-policy="{directive} {origin(url)}"'
            remedy = REMEDY.get(directive, "지우세요")
            remedy = f"{remedy}. 꼭 써야 하면 그 쪽의 HTML 요소에 {asked}를 적으세요"
            yield Fault(f"{what} {url[:60]}", remedy, text)
    allowed, remedy = {*rules["script-src"]}, REMEDY["script-src"]
    for code, what, text, _ in page.scripts:
        if hashed(code) not in allowed:
            way_out = '꼭 써야 하면 <script data-policy="script-src">로 적으세요'
            yield Fault(what, f"{remedy}. {way_out}", text)
    for code, what, text, _ in page.handlers:
        if not {"'unsafe-hashes'", hashed(code)} <= allowed:
            yield Fault(what, f"{remedy}. 접고 펼치는 것은 {{dropdown}}으로 됩니다", text)


def remember(app, doctree, docname):
    """쪽의 HTML이 나온 원고의 줄: [(글, 줄, 셀의 출력인가)]."""
    if app.builder.name != "html":
        return
    kinds = (nodes.raw, nodes.image, nodes.reference)
    for node in doctree.findall(lambda node: isinstance(node, kinds)):
        text = node.get("uri") or node.get("refuri") or ""
        if isinstance(node, nodes.raw):
            text = node.astext()
        boxes = [*ancestors(node)]
        cell = next((box for box in boxes if box.get("nb_element") == "cell_code"), None)
        line = next((box.line for box in [cell or node, *boxes] if box.line), None)
        if text.strip():
            app.html_lines.setdefault(docname, []).append((text, line, bool(cell)))


def written_at(lines, text):
    """그 요소를 적은 원고의 (줄, 셀의 출력인가)."""
    address = re.search(r'(?:src|href)="([^"]*)"', text)
    for known, line, is_output in lines:
        if text in known or address and address[1] == escape(known, quote=False):
            return line, is_output
    return None, False


def report(app, docname, faults):
    """막힐 것을 쪽과 줄로 알린다.

    출력 하나에서 나온 것은 한 줄로 모으고, 모든 쪽에 있는 것은 한 번만 알린다.
    """
    outputs = {}
    for what, remedy, text in dict.fromkeys(faults):
        line, is_output = written_at(app.html_lines.get(docname, ()), text)
        if is_output:
            outputs.setdefault(line, []).append(re.sub(r"(?<=>) .*", "", what))
        elif line or (what, text) not in app.html_said:
            app.html_said.add((what, text))
            said = "보안 정책에 맞지 않습니다: %s. %s."
            log.warning(said, what, remedy, location=(docname, line))
    for line, found in outputs.items():
        said, names = (
            "셀의 출력이 보안 정책에 맞지 않습니다: %s. %s.",
            ", ".join(dict.fromkeys(found)),
        )
        log.warning(said, names, OUTPUT_REMEDY, location=(docname, line))


def meta(rules):
    """정책을 적은 태그."""
    policy = "; ".join(" ".join([name, *dict.fromkeys(rules[name])]) for name in rules)
    content = escape(policy, quote=False).replace('"', "&quot;")
    return f'<meta http-equiv="Content-Security-Policy" content="{content}">'


def without_eval(script):
    """Sphinx의 doctools.js는 복수형을 eval로 읽어 정책에 막힌다. 한국어에는 복수형이 없다."""
    code = script.read_text("utf-8")
    if not EVALUATED.search(code):
        log.warning("machine/site/policy.py: %s의 eval을 찾지 못했습니다", script.name)
    script.write_text(EVALUATED.sub("() => 0", code), "utf-8")


@kept.by_text
def judged(html):
    """(정책을 적은 태그, 고칠 것들)."""
    page = Page(html)
    rules, wrong = policy_of(page)
    return meta(rules), [*wrong, *page.faults, *blocked(page, rules)]


def finish(app, pages):
    if any("doctools.js" in html for html in pages.values()):
        without_eval(Path(app.outdir, "_static/doctools.js"))
    for name, html in pages.items():
        if charset := CHARSET.search(html):  # 다른 쪽으로 보내기만 하는 쪽에는 없다
            tag, faults = judged(VERSION.sub("", html))
            report(app, name.removesuffix(".html"), faults)
            pages[name] = html[: charset.end()] + tag + html[charset.end() :]


def setup(app):
    app.html_lines, app.html_said = {}, set()
    app.connect("doctree-resolved", remember, priority=950)
