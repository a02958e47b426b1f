"""짝이 맞지 않는 HTML을 쪽과 줄로 알린다.

닫지 않은 태그를 브라우저는 쪽의 끝까지 이어진 것으로 보고, 종이책과 전자책은 그 자리에서 닫는다.
남는 닫는 태그는 쪽을 그 자리에서 끝낸다.
"""

from html.parser import HTMLParser

from bs4.builder import HTMLTreeBuilder
from sphinx.util import logging

from machine.tree.nodes import is_output, raw_html, with_line

log = logging.getLogger(__name__)
VOID = HTMLTreeBuilder.DEFAULT_EMPTY_ELEMENT_TAGS
WRONG = "HTML의 태그가 맞지 않습니다: %s. 여는 태그와 닫는 태그의 짝을 맞춥니다"


class Tags(HTMLParser):
    """열린 태그와 그것을 적은 노드. 짝이 없는 것은 `faults`에 모은다."""

    def __init__(self):
        super().__init__()
        self.opened, self.faults, self.node = [], [], None

    def read(self, node):
        self.node = node
        self.feed(node.astext())

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.opened.append((tag, self.node))

    def handle_startendtag(self, tag, attrs):
        """<path/>처럼 스스로 닫은 것."""

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if tag not in [name for name, _ in self.opened]:
            self.faults.append((f"여는 태그가 없는 </{tag}>", self.node))
            return
        while (last := self.opened.pop())[0] != tag:
            self.unclosed(*last)

    def unclosed(self, tag, node):
        self.faults.append((f"닫지 않은 <{tag}>", node))

    def finish(self):
        self.close()
        for tag, node in self.opened:
            self.unclosed(tag, node)
        return self.faults


def check(app, doctree):
    """글 속의 HTML은 쪽 전체에서, 셀의 출력은 그 출력 안에서 짝을 맞춘다."""
    page, faults = Tags(), []
    for node in raw_html(doctree):
        if is_output(node):
            output = Tags()
            output.read(node)
            faults += output.finish()
        else:
            page.read(node)
    for what, node in [*page.finish(), *faults]:
        log.warning(WRONG, what, location=(app.env.docname, with_line(node).line))
