"""공개한 사이트에 더할 것: 대표 주소, sitemap.xml, 링크를 나눌 때 보이는 카드, 찍은 책의 링크 자리.

모두 book_repository의 주소에서 나오고, 주소를 모르면 하나도 없다. sitemap.xml과 카드는 패키지가
만들고, PDF와 EPUB의 링크는 찍은 뒤에 site/book_files.py가 넣는다.
"""

import re
from dataclasses import replace
from html import escape
from pathlib import Path

from fontTools.ttLib import TTFont

from machine import mark
from machine.maths.words import within
from machine.page.appearance import describe
from machine.page.launch_links import NOTEBOOK_BAR, nav
from machine.settings import ROOT
from machine.settings.conventions import SANS, folder, font, is_section, printed
from machine.settings.repository import published

FILES = {printed(): "PDF로 읽기", "book.epub": "EPUB으로 읽기"}
START = re.compile('<p><span class="start">.*?</p>')
TITLE = re.compile(f"</h1>(?:\n{re.escape(NOTEBOOK_BAR)}.*?</nav>)?")
BLANK = Path(__file__).with_name("blank.png")  # 표식이 없으면 패키지는 제 것을 그린다
ALONE = "이 장만 PDF로 읽기"
PLACES = ALL, OF_BOOK, OF_CHAPTER = "책 파일", "이 책의 파일", "이 장의 파일"


def configure(app, config):
    from matplotlib import font_manager  # 공개하지 않은 책에서는 불러오지 않는다
    from sphinxext import opengraph

    home = published(config).home
    config.html_baseurl = config.ogp_site_url = home
    config.ogp_site_name = config.html_title
    config.ogp_enable_meta_description = False  # appearance가 적는다
    # 패키지는 글의 조각 사이를 모두 띄운다: "심파이 로"
    opengraph.get_description = lambda doctree, *_: describe(doctree)
    opengraph.make_tag = make_tag  # 패키지는 <와 &를 그대로 둔다
    picture = mark.PICTURE if mark.exists() else BLANK
    icon = picture.relative_to(ROOT).as_posix()  # 카드의 이름이 여기에서 나온다
    config.ogp_social_cards = {"font": SANS, "image_mini": icon}
    opengraph.create_social_card = in_letters(opengraph.create_social_card, font(SANS))
    fonts = font_manager.fontManager
    for bold in ("", "Bold"):
        fonts.addfont(font(SANS, bold))
    # 이 글꼴의 굵기는 600이라 적혀 있어, 굵은 글(700)을 그릴 때마다 맷플롯립이 알린다
    fonts.ttflist[-1] = replace(fonts.ttflist[-1], weight=700)
    config.sitemap_url_scheme = "{link}"
    config.sitemap_locales = [None]


def make_tag(name, text, kind="property"):
    return f'<meta {kind}="{escape(name)}" content="{escape(text)}">'


def in_letters(draw, font):
    """카드의 글꼴에 있는 글자로만 적는다: eˣ는 e^x로."""
    letters = TTFont(font).getBestCmap()

    def create(options, site, title, text, *others, **named):
        title, text = within(title, letters), within(text, letters)
        return draw(options, site, title, text, *others, **named)

    return create


def add_places(app, page, template, context, doctree):
    """쪽마다 차례의 아래에. 첫 쪽에는 책의 것을, 장의 첫 쪽에는 장의 것을 제목 아래에도."""
    if app.builder.name == "html":
        context["furo_navigation_tree"] += nav(ALL, [])
        if page == app.config.root_doc:
            add_below_title(context, nav(OF_BOOK, []))
        elif folder(page) and not is_section(page):
            add_below_title(context, nav(OF_CHAPTER, []))


def files_of(page, place):
    """그 자리에서 링크할 {파일: 글}."""
    chapter = {printed(folder(page)): ALONE} if folder(page) else {}
    return {ALL: FILES | chapter, OF_BOOK: FILES, OF_CHAPTER: chapter}[place]


def add_below_title(context, html):
    """첫 쪽에서는 시작하는 단추의 뒤에. 노트북을 여는 단추가 있으면 그 뒤에."""
    place = START if START.search(context["body"]) else TITLE
    context["body"] = place.sub(lambda found: f"{found[0]}\n{html}", context["body"], count=1)


def list_pages(app, exc):
    """sphinx-sitemap은 이번에 쓴 쪽만 적는다."""
    if not exc and app.builder.name == "html":
        while not app.sitemap_links.empty():
            app.sitemap_links.get()
        for docname in sorted(app.env.found_docs):
            app.sitemap_links.put((app.builder.get_target_uri(docname), None))


def setup(app):
    if published(app.config).home:
        app.setup_extension("sphinx_sitemap")
        app.setup_extension("sphinxext.opengraph")
        app.connect("config-inited", configure)
        # furo가 차례를 그린 다음
        app.connect("html-page-context", add_places, priority=900)
        app.connect("build-finished", list_pages, priority=400)  # sphinx-sitemap이 쓰기 앞
