"""쪽마다 CSS와 자바스크립트를 파일 하나씩만 받게 하고, 쓰지 않는 CSS 규칙과 스크립트를 뺀다.

furo와 확장들은 쪽마다 파일을 20개 넘게 붙이는데, 그 가운데 쓰는 것은 절반이 되지 않는다. PyPI에는
Sphinx의 쪽을 묶는 패키지가 없고, PurgeCSS와 번들러는 Node가 있어야 한다. CSS는 WeasyPrint와 함께
깔린 tinycss2로 읽는다. 스크립트 하나가 멈추어도 나머지는 돈다. 문법이 틀린 것은 모두를 멈추므로
묶기 전에 quickjs로 읽어 본다.
"""

import posixpath
import re
from base64 import b64encode
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import tinycss2
from sphinx.util import logging

from machine import kept
from machine.page.scripts import digest, fault, own

log = logging.getLogger(__name__)
# 앞의 셋은 Sphinx의 검색이 쓰고, 마지막 것은 고른 탭을 기억한다.
UNUSED = {"doctools.js", "sphinx_highlight.js", "translations.js", "design-tabs.js"}
# 거의 모든 수식에 쓰는 글꼴. 따로 받으면 늦게 와서 글이 밀리므로 CSS에 담고, 글보다 먼저 읽게 한다.
FIRST = {
    "KaTeX_Main-Regular.woff2": "1em KaTeX_Main",
    "KaTeX_Math-Italic.woff2": "italic 1em KaTeX_Math",
}
READ = own("".join(f'document.fonts.load("{font}");' for font in FIRST.values()))
# 값만 적은 파일. 그 이름을 다른 스크립트가 쓰므로 블록에 가두지 않는다.
SHARED = "documentation_options.js"
UNREADABLE = "자바스크립트의 문법이 틀려 읽을 수 없습니다: %s: %s"
WORD = re.compile(r"[\w-]+")
URL = re.compile(r"""url\((['"]?)(?!data:|#|https?:)([^)'"]+)\1\)""")
FONT = re.compile(r"@font-face\{[^}]*?font-family:\s*['\"]?([\w ]+)[^}]*\}")
STYLE = re.compile(r'\s*<link[^>]*? rel="stylesheet"[^>]*? href="(?P<url>[^":]+)"[^>]*>')
SCRIPT = re.compile(r'\s*<script[^>]*? src="(?P<url>[^":]+)"></script>')

SCRIPT_TAG = '<script defer src="{}"></script>'
STYLE_TAG = f'<link rel="stylesheet" href="{{}}">{READ}'


def drop_unused(app, page, template, context, doctree):
    if page != "search" or not app.builder.search:  # Sphinx의 검색 쪽은 모두 쓴다
        context["script_files"] = [
            file
            for file in context["script_files"]
            if urlsplit(str(getattr(file, "filename", file))).path.split("/")[-1] not in UNUSED
        ]


def addressed(sheet, root):
    """url()이 묶은 파일의 자리에서 맞고, 가리키는 파일이 바뀌면 주소도 바뀌게 한다."""

    def address(match):
        path = (sheet.parent / urlsplit(match[2]).path).resolve()
        if not path.is_file():
            return match[0]
        if path.name in FIRST:
            return f"url(data:font/woff2;base64,{b64encode(path.read_bytes()).decode()})"
        return f"url({posixpath.relpath(path, root / '_static')}?v={digest(path.read_bytes())})"

    return URL.sub(address, sheet.read_text("utf-8"))


def used_rules(rules, words):
    """words에 없는 클래스나 id를 부르는 선택자를 뺀다. :is(…) 같은 괄호 안은 보지 않는다."""
    for rule in rules:
        if rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inner = "".join(used_rules(tinycss2.parse_rule_list(rule.content, True, True), words))
            if inner:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}"
        elif rule.type == "qualified-rule":
            used = [tokens for tokens in separate(rule.prelude) if names(tokens) <= words]
            if used:
                selectors = ",".join(tinycss2.serialize(tokens).strip() for tokens in used)
                yield f"{selectors}{{{tinycss2.serialize(rule.content).strip()}}}"
        elif rule.type == "at-rule":
            yield rule.serialize()


def separate(prelude):
    parts = [[]]
    for token in prelude:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def names(tokens):
    """선택자가 부르는 클래스와 id."""
    ids = {token.value for token in tokens if token.type == "hash"}
    pairs = zip(tokens, tokens[1:])
    return ids | {name.value for dot, name in pairs if dot == "." and name.type == "ident"}


def without_idle_fonts(css):
    """남은 규칙이 부르지 않는 글꼴은 뺀다."""
    rules = FONT.sub("", css)
    return FONT.sub(lambda font: font[0] if font[1] in rules else "", css)


def independent(script):
    """멈추면 콘솔에 알리고 다음 스크립트로 넘어간다. 문법이 틀린 것은 빌드를 멈추고 뺀다."""
    code = script.read_text("utf-8")
    if why := fault(code):
        log.warning(UNREADABLE, script.name, why)
        return ""
    if script.name == SHARED:
        return f"{code};\n"
    return f"try {{\n{code}\n}} catch (error) {{ reportError(error); }}\n"


def called(name, html, pattern):
    """쪽이 부르는 {파일: 부르는 태그}."""
    calls = {}
    for tag in pattern.finditer(html):
        file = posixpath.join(posixpath.dirname(name), urlsplit(tag["url"]).path)
        calls[posixpath.normpath(file)] = tag[0]
    return calls


def joined_scripts(root, calls):
    return "".join(independent(root / file) for file in calls)


def joined_styles(root, calls, texts):
    css = ""
    for file, tag in calls.items():
        sheet = addressed(root / file, root)
        css += f"@media print {{{sheet}}}" if 'media="print"' in tag else sheet
    called = "\n".join(sorted(set(WORD.findall(css))))
    used = set().union(*(called_in(text, called) for text in texts))
    return purged(css, "\n".join(sorted(used)))


@kept.by_text
def called_in(text, words):
    """글에 나오는 words."""
    return {*words.split("\n")}.intersection(WORD.findall(text))


@kept.by_text
def purged(css, words):
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return without_idle_fonts("".join(used_rules(rules, {*words.split("\n")})))


def put_together(root, pages, bundle, pattern, join, tag):
    """모든 쪽이 부르는 파일들을 bundle 하나로 잇고, 그것들을 부르던 첫 자리에서 bundle을 부른다."""
    calls = {}
    for name, html in pages.items():
        files = called(name, html, pattern)
        if files:  # 다른 쪽으로 보내기만 하는 쪽에는 없다
            calls[name] = files
    if not calls:
        return
    first, *others = calls.values()
    shared = {file: tag for file, tag in first.items() if all(file in files for files in others)}
    content = join(root, shared)
    (root / bundle).write_text(content, "utf-8")
    for name, files in calls.items():
        address = f"{'../' * name.count('/')}{bundle}?v={digest(content.encode())}"
        start, *rest = (files[file] for file in shared)
        for old in rest:
            pages[name] = pages[name].replace(old, "", 1)
        pages[name] = pages[name].replace(start, "\n" + tag.format(address), 1)


def finish(app, pages):
    root = Path(app.outdir)
    scripts = [file for file in (root / "_static").rglob("*.js") if file.name not in UNUSED]
    texts = [*pages.values(), *(file.read_text("utf-8") for file in scripts)]
    put_together(root, pages, "_static/bundle.js", SCRIPT, joined_scripts, SCRIPT_TAG)
    join = partial(joined_styles, texts=texts)
    put_together(root, pages, "_static/bundle.css", STYLE, join, STYLE_TAG)


def setup(app):
    # furo와 확장들이 스크립트를 더한 다음
    app.connect("html-page-context", drop_unused, priority=900)
