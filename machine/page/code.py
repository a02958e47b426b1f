"""코드에 색을 입힌다. 색과 함께 말(lang)과 링크도 조각마다 한 번에 적는다.

Pygments의 것은 조각에 색만 달고, 바탕글과 색이 같은 것에도 단다. 쪽의 요소 셋 가운데 하나이다.
"""

import re
from html import escape
from itertools import chain, groupby
from operator import itemgetter

from pygments.formatters import HtmlFormatter
from pygments.token import Comment, Generic, Text
from sphinx.highlighting import PygmentsBridge

from machine.tree.languages import HANGUL

PLAIN = {"", "n", "p", "w"}  # 바탕글과 색이 같은 것: 이름, 문장 부호, 빈칸
LINE = re.compile(r"\n|[^\n]+")


def lines_of(tokens):
    """(종류, 글)의 줄마다. 줄을 바꾸는 글자는 어느 색도 아니다."""
    line = []
    for kind, value in tokens:
        for text in LINE.findall(value):
            if text != "\n":
                line.append((kind, text))
                continue
            yield [*line, (Text, text)]
            line = []
    if line:
        yield [*line, (Text, "\n")]


def with_outputs(lines):
    """명령의 앞에 기호(>>>, $)를 적은 코드에서 그 기호가 없는 줄은 모두 출력이다."""
    lines = list(lines)
    has_prompt = [any(kind in Generic.Prompt for kind, _ in line) for line in lines]
    for line, is_command in zip(lines, has_prompt):
        is_output = any(has_prompt) and not is_command
        yield [(Generic.Output, text) for _, text in line] if is_output else line


class CodeFormatter(HtmlFormatter):
    """블록의 highlight_args에서 html_lang(코드의 말)과 links({주석: 그 주석의 HTML})를 받는다."""

    def __init__(self, **options):
        super().__init__(**options)
        self.lang, self.links = options.get("html_lang"), options.get("links", {})

    def wrap(self, source):
        """빈 span이 없으면 브라우저가 첫 빈 줄을 버린다."""
        yield 0, f'<pre lang="{self.lang}"><span></span>' if self.lang else "<pre><span></span>"
        yield from source
        yield 0, "</pre>"

    def _format_lines(self, tokens):
        """색이 같은 글을 이어 적는다. 번호나 강조로 감쌀 줄은 줄마다 끊는다."""
        lines = with_outputs(lines_of(tokens))
        if not (self.linenos or self.hl_lines):
            lines = [chain.from_iterable(lines)]
        for line in lines:
            runs = groupby(line, itemgetter(0))
            yield 1, "".join(self.coloured(kind, "".join(t for _, t in run)) for kind, run in runs)

    def coloured(self, kind, text):
        html = self.links.get(text) if kind in Comment else None
        html = html or escape(text, quote=False)
        if self.lang and HANGUL.search(text):
            html = f'<span lang="ko">{html}</span>'
        names = self._get_css_classes(kind)
        return html if names in PLAIN else f'<span class="{names}">{html}</span>'


def setup(app):
    PygmentsBridge.html_formatter = CodeFormatter
