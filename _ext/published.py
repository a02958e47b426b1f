"""공개한 사이트에 더할 것: 대표 주소, sitemap.xml, robots.txt, 링크를 나눌 때 보이는 카드, 404.html, PDF와 EPUB의 링크.

모두 book_repository의 주소에서 나오고, 주소를 모르면 하나도 없다. sitemap.xml과 카드는 패키지가 만든다.
sphinx-notfound-page는 쪽을 쓰기 전에 주소를 바꾸므로 bundle이 그 쪽의 CSS와 스크립트를 찾지 못한다.
"""

import re
from html import escape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from appearance import STATIC, describe
from launch_links import nav
from fontTools.ttLib import TTFont
from maths.words import within
from repository import published

# 값이 늘 주소인 속성. data-*는 값이 사이트의 파일이나 첫 폴더이면 주소이다.
ADDRESSES = {"href", "src", "action", "formaction", "poster", "data"}
ATTRIBUTE = re.compile(r'(?<=\s)([\w-]+)="(?!#|/|[a-z]+:)([^"]*)"')
FILES = {"book.pdf": "PDF로 읽기", "book.epub": "EPUB으로 읽기"}
LOST = (
    "<h1>쪽을 찾을 수 없습니다</h1><p>주소가 바뀌었거나 잘못되었습니다. 차례나 검색에서 찾아보세요.</p>"
    '<p><a href="index.html">책의 첫 쪽으로 가기</a></p>'
)


def configure(app, config):
    from matplotlib import font_manager  # 공개하지 않은 책에서는 불러오지 않는다
    from sphinxext import opengraph

    home = published(config).home
    config.html_baseurl = config.ogp_site_url = home
    config.ogp_site_name = config.html_title
    config.ogp_enable_meta_description = False  # appearance가 적는다
    opengraph.get_description = lambda doctree, *_: describe(
        doctree
    )  # 패키지는 글의 조각 사이를 모두 띄운다: "심파이 로"
    opengraph.make_tag = make_tag  # 패키지는 <와 &를 그대로 둔다
    config.ogp_social_cards = {"font": "NanumBarunGothic", "image_mini": str(STATIC / "icon.png")}
    opengraph.create_social_card = in_letters(
        opengraph.create_social_card, Path(app.srcdir, "fonts/NanumBarunGothic.ttf")
    )
    for font in Path(app.srcdir, "fonts").glob("NanumBarunGothic*.ttf"):
        font_manager.fontManager.addfont(font)
    config.sitemap_url_scheme = "{link}"
    config.sitemap_locales = [None]
    config.sitemap_excludes = ["404.html", "search.html", "genindex.html", "comments.html"]


def make_tag(name, text, kind="property"):
    return f'<meta {kind}="{escape(name)}" content="{escape(text)}">'


def in_letters(draw, font):
    """카드의 글꼴에 있는 글자로만 적는다: eˣ는 e^x로."""
    letters = TTFont(font).getBestCmap()

    def create(options, site, title, description, *others, **named):
        return draw(
            options, site, within(title, letters), within(description, letters), *others, **named
        )

    return create


def add_files(app, page, template, context, doctree):
    """첫 쪽과, 쪽마다 차례의 아래에."""
    if app.builder.name == "html":
        links = [(text, context["pathto"](file, 1), "") for file, text in FILES.items()]
        context["furo_navigation_tree"] += nav("책 파일", links)
        if page == app.config.root_doc:
            context["body"] = context["body"].replace(
                "</h1>", "</h1>\n" + nav("이 책의 파일", links), 1
            )


def lost_page(app):
    if app.builder.name == "html":
        yield "404", {"title": "쪽을 찾을 수 없습니다", "body": LOST}, "page.html"


def from_the_root(html, site, root):
    """404.html은 어느 깊이의 주소에서나 열리므로 그 주소들이 사이트의 첫 폴더(root)에서 시작하게 한다."""

    def absolute(match):
        name, value = match.groups()
        file = site / unquote(re.sub("[?#].*", "", value))
        is_address = (
            name in ADDRESSES or name.startswith("data-") and (value == "./" or file.is_file())
        )
        return f'{name}="{root}{value.removeprefix("./")}"' if is_address else match[0]

    return ATTRIBUTE.sub(absolute, html)


def finish(app, exc):
    if not exc and app.builder.name == "html":
        lost, home = Path(app.outdir, "404.html"), app.config.html_baseurl
        text = from_the_root(lost.read_text("utf-8"), Path(app.outdir), urlsplit(home).path)
        lost.write_text(
            re.sub('<link rel="canonical"[^>]*>', '<meta name="robots" content="noindex">', text),
            "utf-8",
        )
        Path(app.outdir, "robots.txt").write_text(
            f"User-agent: *\nAllow: /\nSitemap: {home}sitemap.xml\n", "utf-8"
        )


def setup(app):
    app.setup_extension("repository")
    if published(app.config).home:
        app.setup_extension("sphinx_sitemap")
        app.setup_extension("sphinxext.opengraph")
        app.connect("config-inited", configure)
        app.connect("html-page-context", add_files, priority=900)
        app.connect("html-collect-pages", lost_page)
        app.connect("build-finished", finish, priority=940)  # bundle의 뒤, offline의 앞
    return {"parallel_read_safe": True, "parallel_write_safe": True}
