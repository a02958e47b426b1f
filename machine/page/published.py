"""공개한 사이트에 더할 것: 대표 주소, sitemap.xml, robots.txt, 링크를 나눌 때 보이는 카드, 404.html, PDF와 EPUB의 링크.

모두 book_repository의 주소에서 나오고, 주소를 모르면 하나도 없다. sitemap.xml과 카드는 패키지가 만든다.
sphinx-notfound-page는 쪽을 쓰기 전에 주소를 바꾸므로 bundle이 그 쪽의 CSS와 스크립트를 찾지 못한다.
"""

from html import escape
from pathlib import Path

from fontTools.ttLib import TTFont
from matplotlib import font_manager
from sphinxext import opengraph

from machine.maths.words import within
from machine.page.appearance import STATIC, describe
from machine.page.launch_links import nav
from machine.settings.repository import published

FILES = {"book.pdf": "PDF로 읽기", "book.epub": "EPUB으로 읽기"}


def configure(app, config):
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


def setup(app):
    if published(app.config).home:
        app.setup_extension("sphinx_sitemap")
        app.setup_extension("sphinxext.opengraph")
        app.connect("config-inited", configure)
        app.connect("html-page-context", add_files, priority=900)
