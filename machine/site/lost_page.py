"""없는 주소에서 열리는 404.html과 robots.txt. 공개한 책에만 있다.

sphinx-notfound-page는 쪽을 쓰기 전에 주소를 바꾸므로 bundle이 그 쪽의 CSS와 스크립트를 찾지 못한다.
"""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from machine.settings.repository import published

# 값이 늘 주소인 속성. data-*는 값이 사이트의 파일이나 첫 폴더이면 주소이다.
ADDRESSES = {"href", "src", "action", "formaction", "poster", "data"}
ATTRIBUTE = re.compile(r'(?<=\s)([\w-]+)="(?!#|/|[a-z]+:)([^"]*)"')
LOST = (
    "<h1>쪽을 찾을 수 없습니다</h1>"
    "<p>주소가 바뀌었거나 잘못되었습니다. 차례나 검색에서 찾아보세요.</p>"
    '<p><a href="index.html">책의 첫 쪽으로 가기</a></p>'
)


def lost_page(app):
    if app.builder.name == "html":
        yield "404", {"title": "쪽을 찾을 수 없습니다", "body": LOST}, "page.html"


def from_the_root(html, site, root):
    """404.html은 어느 깊이의 주소에서나 열리므로 그 주소들이 첫 폴더(root)에서 시작하게 한다."""

    def absolute(match):
        name, value = match.groups()
        file = site / unquote(re.sub("[?#].*", "", value))
        in_data = name.startswith("data-") and (value == "./" or file.is_file())
        if name in ADDRESSES or in_data:
            return f'{name}="{root}{value.removeprefix("./")}"'
        return match[0]

    return ATTRIBUTE.sub(absolute, html)


def finish(app, pages):
    if home := published(app.config).home:
        html = from_the_root(pages["404.html"], Path(app.outdir), urlsplit(home).path)
        noindex = '<meta name="robots" content="noindex">'
        pages["404.html"] = re.sub('<link rel="canonical"[^>]*>', noindex, html)
        robots = f"User-agent: *\nAllow: /\nSitemap: {home}sitemap.xml\n"
        Path(app.outdir, "robots.txt").write_text(robots, "utf-8")


def setup(app):
    if published(app.config).home:
        app.connect("html-collect-pages", lost_page)
