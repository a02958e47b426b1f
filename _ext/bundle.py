"""쪽마다 CSS와 자바스크립트를 파일 하나씩만 받게 하고, 쓰지 않는 CSS 규칙과 스크립트를 뺀다.

furo와 확장들은 쪽마다 파일을 20개 넘게 붙이는데, 그 가운데 쓰는 것은 절반이 되지 않는다. PyPI에는 Sphinx의 쪽을
묶는 패키지가 없고, PurgeCSS와 번들러는 Node가 있어야 한다. CSS는 WeasyPrint와 함께 깔린 tinycss2로 읽는다.
스크립트 하나가 멈추어도 나머지는 돈다. 문법이 틀린 것은 모두를 멈추므로 묶기 전에 quickjs로 읽어 본다.
"""

import json
import posixpath
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import quickjs
import tinycss2
from policy import own
from sphinx.util import logging

log = logging.getLogger(__name__)
# 앞의 셋은 Sphinx의 검색이 쓰고, 마지막 것은 고른 탭을 기억한다.
UNUSED = {"doctools.js", "sphinx_highlight.js", "translations.js", "design-tabs.js"}
# 코드의 이름, 문장 부호, 빈칸. 바탕글과 색이 같은데 쪽의 요소 셋 가운데 하나이다.
PLAIN = re.compile(r'<span class="[npw]">([^<]*)</span>')
# 거의 모든 수식에 쓰는 글꼴. 따로 받으면 늦게 와서 글이 밀리므로 CSS에 담고, 글을 배치하기 전에 읽게 한다.
FIRST = {
    "KaTeX_Main-Regular.woff2": "1em KaTeX_Main",
    "KaTeX_Math-Italic.woff2": "italic 1em KaTeX_Math",
}
READ = own("".join(f'document.fonts.load("{font}");' for font in FIRST.values()))
# 값만 적은 파일. 그 이름을 다른 스크립트가 쓰므로 블록에 가두지 않는다.
SHARED = "documentation_options.js"
STYLE = re.compile(r'\s*<link[^>]*? rel="stylesheet"[^>]*? href="(?P<url>[^":]+)"[^>]*>')
SCRIPT = re.compile(r'\s*<script[^>]*? src="(?P<url>[^":]+)"></script>')


def drop_unused(app, page, template, context, doctree):
    if page != "search" or not app.builder.search:  # Sphinx의 검색 쪽은 모두 쓴다
        context["script_files"] = [
            file
            for file in context["script_files"]
            if urlsplit(str(getattr(file, "filename", file))).path.split("/")[-1] not in UNUSED
        ]
    if app.builder.name == "html" and "body" in context:
        context["body"] = PLAIN.sub(r"\1", context["body"])


def digest(data):
    return sha256(data).hexdigest()[:8]


def addressed(sheet, root):
    """url()이 묶은 파일의 자리에서 맞고, 가리키는 파일이 바뀌면 주소도 바뀌게 한다. 먼저 쓰는 글꼴은 CSS에 담는다."""

    def address(match):
        path = (sheet.parent / urlsplit(match[2]).path).resolve()
        if not path.is_file():
            return match[0]
        if path.name in FIRST:
            return f"url(data:font/woff2;base64,{b64encode(path.read_bytes()).decode()})"
        return f"url({posixpath.relpath(path, root / '_static')}?v={digest(path.read_bytes())})"

    return re.sub(
        r"""url\((['"]?)(?!data:|#|https?:)([^)'"]+)\1\)""", address, sheet.read_text("utf-8")
    )


def used_rules(rules, words):
    """words에 없는 클래스나 id를 부르는 선택자를 뺀다. :is(…) 같은 괄호 안은 보지 않는다."""
    for rule in rules:
        if rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inner = "".join(used_rules(tinycss2.parse_rule_list(rule.content, True, True), words))
            if inner:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}"
        elif rule.type == "qualified-rule":
            selectors = [
                tinycss2.serialize(tokens).strip()
                for tokens in separate(rule.prelude)
                if names(tokens) <= words
            ]
            if selectors:
                yield f"{','.join(selectors)}{{{tinycss2.serialize(rule.content).strip()}}}"
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
    return {
        after.value
        for before, after in zip(tokens, tokens[1:])
        if before == "." and after.type == "ident"
    } | {token.value for token in tokens if token.type == "hash"}


def without_idle_fonts(css):
    """남은 규칙이 부르지 않는 글꼴은 뺀다."""
    rules = re.sub(r"@font-face\{[^}]*\}", "", css)
    return re.sub(
        r"@font-face\{[^}]*?font-family:\s*['\"]?([\w ]+)[^}]*\}",
        lambda face: face[0] if face[1] in rules else "",
        css,
    )


def independent(script):
    """멈추면 콘솔에 알리고 다음 스크립트로 넘어간다. 문법이 틀린 것은 빌드를 멈추고 뺀다."""
    code = script.read_text("utf-8")
    try:
        quickjs.Context().eval(f"new Function({json.dumps(code)})")
    except quickjs.JSException as error:
        log.warning(
            "자바스크립트의 문법이 틀려 읽을 수 없습니다: %s: %s",
            script.name,
            str(error).split("\n")[0],
        )
        return ""
    return (
        f"{code};\n"
        if script.name == SHARED
        else f"try {{\n{code}\n}} catch (error) {{ reportError(error); }}\n"
    )


def combine(app, exc):
    if exc or app.builder.name != "html":
        return
    root = Path(app.outdir)
    pages = {path: path.read_text("utf-8") for path in root.rglob("*.html")}
    scripts = [
        path.read_text("utf-8")
        for path in (root / "_static").rglob("*.js")
        if path.name not in UNUSED
    ]
    words = set(re.findall(r"[\w-]+", "".join([*pages.values(), *scripts])))
    for kind, pattern in (("js", SCRIPT), ("css", STYLE)):
        calls = {
            path: {file(root, path, m): m for m in pattern.finditer(text)}
            for path, text in pages.items()
        }
        bundle = root / f"_static/bundle.{kind}"
        calls = {
            path: called for path, called in calls.items() if bundle not in called
        }  # 앞선 빌드가 이미 묶은 쪽은 그대로 둔다
        if not calls:
            continue
        shared = [
            path
            for path in next(iter(calls.values()))
            if all(path in called for called in calls.values())
        ]
        if kind == "js":
            out = "".join(map(independent, shared))
        else:
            sheets = (
                (addressed(path, root), "print" in next(iter(calls.values()))[path][0])
                for path in shared
            )
            css = "".join(
                f"@media print {{{sheet}}}" if is_print else sheet for sheet, is_print in sheets
            )
            out = without_idle_fonts(
                "".join(used_rules(tinycss2.parse_stylesheet(css, True, True), words))
            )
        bundle.write_text(out, "utf-8")
        for path, called in calls.items():
            url = f"{'../' * len(path.relative_to(root).parent.parts)}_static/{bundle.name}?v={digest(out.encode())}"
            for name in shared[1:]:
                pages[path] = pages[path].replace(called[name][0], "", 1)
            tag = (
                f'<link rel="stylesheet" href="{url}">{READ}'
                if kind == "css"
                else f'<script defer src="{url}"></script>'
            )
            pages[path] = pages[path].replace(called[shared[0]][0], f"\n{tag}", 1)
    for path, text in pages.items():
        path.write_text(text, "utf-8")


def file(root, page, match):
    return root / posixpath.normpath(
        posixpath.join(page.relative_to(root).parent.as_posix(), urlsplit(match["url"]).path)
    )


def setup(app):
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("build-finished", combine, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
