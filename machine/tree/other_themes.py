"""Jupyter Book의 테마에서 쓰던 지시어를 이 책의 것으로 읽는다."""

from docutils.parsers.rst.directives.body import Sidebar
from docutils.parsers.rst.directives.parts import Contents


class PageContents(Contents):
    """{contents}: 쪽의 차례. 사이트의 오른쪽과 책의 차례에 저절로 있으므로 두지 않는다."""

    def run(self):
        return []


def setup(app):
    app.add_directive("contents", PageContents, override=True)
    app.add_directive("margin", Sidebar)  # {margin}: 여백의 글
