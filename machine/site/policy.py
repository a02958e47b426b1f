"""쪽이 제 사이트의 파일만 쓰도록 Content-Security-Policy를 적고, 그 정책이 막을 요소가 있으면 빌드를 멈춘다.

GitHub Pages에서는 HTTP 머리를 정할 수 없어 meta로 적는다. Sphinx의 쪽에 이것을 적는 패키지는 없다.
KaTeX과 브라우저의 SVG는 style 속성을 쓰므로 그것은 허락한다. 더 있어야 하는 요소에는 data-policy="frame-src https://예"처럼
지시어와 주소를 적고, 그 쪽에만 허락한다. 쪽에 박힌 스크립트는 기계가 넣은 것(own)과 data-policy="script-src"를 적은 것만
해시로 허락한다.
"""

import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import furo
from docutils import nodes
from sphinx.util import logging

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
DIRECTIVES = {
    *POLICY,
    "frame-src",
    "media-src",
    "object-src",
    "child-src",
    "script-src-elem",
    "script-src-attr",
    "style-src-elem",
    "style-src-attr",
}
NOT_LOADED = {"base-uri", "form-action"}  # default-src에서 물려받지 않는다

# 지시어마다, 주소를 부르는 요소와 속성. 요소가 *이면 어느 요소든.
LOADS = {
    "img-src": "img/src img/srcset input/src */background image/href image/xlink:href use/href use/xlink:href video/poster",
    "media-src": "video/src audio/src track/src",
    "script-src": "script/src",
    "frame-src": "iframe/src frame/src",
    "object-src": "embed/src object/data",
    "form-action": "form/action */formaction",
    "connect-src": "a/ping",
}
LOADED_BY = {place: directive for directive, places in LOADS.items() for place in places.split()}
LINKS = {
    "stylesheet": "style-src",
    "icon": "img-src",
    "apple-touch-icon": "img-src",
    "manifest": "manifest-src",
    "modulepreload": "script-src",
    "preload": "default-src",
    "prefetch": "default-src",
    "preconnect": "default-src",
    "dns-prefetch": "default-src",
}
# 앞선 빌드가 적은 정책은 charset의 바로 뒤에 있다.
WRITTEN = re.compile(
    r'(<meta charset="utf-8"\s*/?>)(?:<meta http-equiv="Content-Security-Policy"[^>]*>)?'
)
STYLE_URL = re.compile(r"""(@import[^;]*?|@font-face[^}]*?)?((?:https?:)?//[^\s'")]+)""", re.I)
STYLE_REST = re.compile(r"/\*.*?\*/|@namespace[^;]*;|data:[^'\")]*", re.S | re.I)
RUNS = re.compile(r"[\s\x00-\x1f]*(javascript|vbscript)\s*:", re.I)

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
        return source == "'self'"
    if source == f"{scheme}:" or not address.netloc:
        return source == f"{scheme}:"
    wanted = urlsplit(source if "//" in source else f"//{source}")
    any_host = wanted.netloc.startswith("*.") and address.netloc.endswith(wanted.netloc[1:])
    same_host = any_host or address.netloc == wanted.netloc
    same_path = (
        address.path.startswith(wanted.path)
        if wanted.path.endswith("/")
        else wanted.path in ("", address.path)
    )
    return source == "*" or same_host and same_path and wanted.scheme in ("", scheme)


def addresses(name, value):
    """속성에 적힌 주소들. srcset에는 여럿을 적는다."""
    return [
        part.split()[0]
        for part in (re.split(r",\s+", value) if name == "srcset" else [value])
        if part.strip()
    ]


class Page(HTMLParser):
    """쪽에서 정책이 볼 것을 모은다. `wants`는 (지시어, 주소, 요소, 찾을 글), `faults`는 (요소, 고칠 말, 찾을 글)."""

    def __init__(self, html):
        super().__init__()
        self.asked, self.wants, self.faults, self.scripts, self.handlers = [], [], [], [], []
        self.script = self.style = self.media = None
        self.feed(html)
        self.close()

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_starttag(self, tag, attrs):
        attrs, text = {name: value or "" for name, value in attrs}, self.get_starttag_text()
        if "data-policy" in attrs:
            self.asked.append((attrs["data-policy"], text))
        if tag in ("video", "audio", "picture"):
            self.media = "img-src" if tag == "picture" else "media-src"
        for name, value in attrs.items():
            self.attribute(tag, name, value, text)
        if tag == "source":
            self.wants += [
                (self.media or "media-src", url, "<source>", text)
                for name in ("src", "srcset")
                for url in addresses(name, attrs.get(name, ""))
            ]
        if tag == "link":
            for kind in attrs.get("rel", "").lower().split():
                if kind in LINKS:
                    self.wants.append(
                        (LINKS[kind], attrs.get("href", ""), f'<link rel="{kind}">', text)
                    )
        if tag == "base" or tag == "meta" and "http-equiv" in attrs:
            self.faults.append((f"<{tag}>", "지우세요. 쪽의 주소와 정책은 책이 정합니다", text))
        if tag == "script" and "src" not in attrs:
            self.script = ["", "script-src" in attrs.get("data-policy", ""), text]
        self.style = text if tag == "style" else None

    def attribute(self, tag, name, value, text):
        if re.match(r"on[a-z]", name):
            self.handlers.append((f"<{tag} {name}>", value, text))
        elif RUNS.match(value) and name in (
            "href",
            "xlink:href",
            "src",
            "action",
            "formaction",
            "data",
        ):
            self.faults.append((f'<{tag} {name}="javascript:">', REMEDY["script-src"], text))
        elif directive := LOADED_BY.get(f"{tag}/{name}") or LOADED_BY.get(f"*/{name}"):
            self.wants += [
                (directive, url, f"<{tag} {name}>", text) for url in addresses(name, value)
            ]
        elif name == "style":
            self.css(value, f"<{tag} style>", text)
        elif name == "srcdoc":
            inner = Page(value)
            for kind in ("asked", "wants", "faults", "scripts", "handlers"):
                getattr(self, kind).extend((*found[:-1], text) for found in getattr(inner, kind))

    def handle_data(self, data):
        if self.script:
            self.script[0] += data
        elif self.style:
            self.css(data, "<style>", self.style)

    def handle_endtag(self, tag):
        if self.script:
            self.scripts.append(tuple(self.script))
        self.script = self.style = None
        if tag in ("video", "audio", "picture"):
            self.media = None

    def css(self, text, what, found):
        for rule, url in STYLE_URL.findall(STYLE_REST.sub("", text)):
            self.wants.append(
                (
                    {"@i": "style-src", "@f": "font-src"}.get(rule[:2].lower(), "img-src"),
                    url,
                    what,
                    found,
                )
            )


def policy_of(page):
    """그 쪽의 정책과, data-policy에 잘못 적은 것."""
    rules, wrong = {name: [*sources] for name, sources in POLICY.items()}, []
    for asked, text in page.asked:
        for name, *sources in filter(None, (part.split() for part in asked.split(";"))):
            if name in DIRECTIVES:
                rules.setdefault(name, []).extend(sources)
            else:
                said = f"모르는 지시어입니다: {name}. frame-src, img-src, media-src처럼 적으세요"
                wrong.append((f'data-policy="{asked}"', said, text))
    rules["script-src"][1:1] = dict.fromkeys(
        hashed(code) for code, declared, _ in page.scripts if declared or code in OWN | OF_THEME
    )
    return rules, wrong


def sources(rules, directive):
    return rules.get(directive, [] if directive in NOT_LOADED else rules["default-src"])


def blocked(page, rules):
    """정책이 막을 것: (요소, 고칠 말, 찾을 글)."""
    for directive, url, what, text in page.wants:
        if not any(matches(source, url) for source in sources(rules, directive)):
            way_out = f'꼭 써야 하면 그 쪽의 HTML 요소에 data-policy="{directive} {origin(url)}"를 적으세요'
            yield f"{what} {url[:60]}", f"{REMEDY.get(directive, '지우세요')}. {way_out}", text
    for code, _, text in page.scripts:
        if hashed(code) not in rules["script-src"]:
            yield (
                "<script>",
                REMEDY["script-src"]
                + '. 꼭 써야 하면 <script data-policy="script-src">로 적으세요',
                text,
            )
    for what, code, text in page.handlers:
        if not {"'unsafe-hashes'", hashed(code)} <= {*rules["script-src"]}:
            yield what, REMEDY["script-src"] + ". 접고 펼치는 것은 {dropdown}으로 됩니다", text


def origin(url):
    address = urlsplit(url)
    return (
        f"{address.scheme or 'https'}://{address.netloc}"
        if address.netloc
        else f"{address.scheme}:"
        if address.scheme
        else "'self'"
    )


def remember(app, doctree, docname):
    """쪽의 HTML이 나온 원고의 줄: [(글, 줄, 셀의 출력인가)]."""
    if app.builder.name != "html":
        return
    for node in doctree.findall(
        lambda node: isinstance(node, (nodes.raw, nodes.image, nodes.reference))
    ):
        cell = next((box for box in ancestors(node) if box.get("nb_element") == "cell_code"), None)
        line = next((box.line for box in [cell or node, *ancestors(node)] if box.line), None)
        text = (
            node.astext()
            if isinstance(node, nodes.raw)
            else node.get("uri") or node.get("refuri") or ""
        )
        if text.strip():
            app.html_lines.setdefault(docname, []).append((text, line, bool(cell)))


def report(app, docname, faults):
    """막힐 것을 쪽과 줄로 알린다. 출력 하나에서 나온 것은 한 줄로 모으고, 모든 쪽에 있는 것은 한 번만 알린다."""
    outputs = {}
    for what, remedy, text in dict.fromkeys(faults):
        address = re.search(r'(?:src|href)="([^"]*)"', text)
        line, is_output = next(
            (
                (line, is_output)
                for known, line, is_output in app.html_lines.get(docname, ())
                if text in known or address and address[1] == escape(known, quote=False)
            ),
            (None, False),
        )
        if is_output:
            outputs.setdefault(line, []).append(re.sub(r"(?<=>) .*", "", what))
        elif line or (what, text) not in app.html_said:
            app.html_said.add((what, text))
            log.warning(
                "보안 정책에 맞지 않습니다: %s. %s.", what, remedy, location=(docname, line)
            )
    for line, found in outputs.items():
        names = ", ".join(dict.fromkeys(found))
        log.warning(
            "셀의 출력이 보안 정책에 맞지 않습니다: %s. %s.",
            names,
            OUTPUT_REMEDY,
            location=(docname, line),
        )


def finish(app, pages):
    for name, html in pages.items():
        text = WRITTEN.sub(r"\1", html, count=1)
        page = Page(text)
        rules, wrong = policy_of(page)
        report(app, name.removesuffix(".html"), [*wrong, *page.faults, *blocked(page, rules)])
        policy = "; ".join(
            " ".join([name, *dict.fromkeys(allowed)]) for name, allowed in rules.items()
        )
        content = escape(policy, quote=False).replace('"', "&quot;")
        meta = f'<meta http-equiv="Content-Security-Policy" content="{content}">'
        pages[name] = WRITTEN.sub(lambda charset: charset[0] + meta, text, count=1)


def setup(app):
    app.html_lines, app.html_said = {}, set()
    app.connect("doctree-resolved", remember, priority=950)
