"""책의 화면을 한국어로: 번역 목록에 빠진 말은 ko.po로 채우고, 나머지는 다 만든 파일에서 바꾼다.

Sphinx의 locale_dirs는 .mo를 원고 옆에 만들고 sphinx-exercise의 말을 바꾸지 못한다. furo는 몇몇
글을 HTML에 박아 두었다. 그 글이 바뀌어 찾을 수 없으면 빌드가 실패한다.
"""

from gettext import GNUTranslations
from pathlib import Path

from babel.messages.pofile import read_po
from sphinx.domains.changeset import versionlabels
from sphinx.locale import translators
from sphinx.roles import MenuSelection
from sphinx.util import logging

log = logging.getLogger(__name__)
HIDDEN_CELL = '<summary aria-label="Toggle hidden content">'  # 접은 셀이 있는 책에만 있다
# search를 뺀 책에만 있다
STOCK_SEARCH = "Please activate JavaScript to enable the search functionality."
FIXED = {  # {쪽에 박힌 글: 한국어}
    'aria-label="Toggle site navigation sidebar"': 'aria-label="책 차례 여닫기"',
    'aria-label="Toggle table of contents sidebar"': 'aria-label="이 쪽의 차례 여닫기"',
    "Toggle Light / Dark / Auto color theme": "화면 색 바꾸기: 밝게, 어둡게, 시스템 설정",
    HIDDEN_CELL: "<summary>",  # 보이는 글이 곧 이름이다
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="책 차례">',
    '<aside class="toc-drawer': '<aside aria-label="이 쪽의 차례" class="toc-drawer',
    'aria-label="Toggle navigation of ': 'aria-label="펼치기: ',
    "<title>Contents</title>": "<title>이 쪽의 차례</title>",
    "<title>Menu</title>": "<title>책 차례</title>",
    "<title>Expand</title>": "<title>펼치기</title>",
    "<title>Light mode</title>": "<title>밝게</title>",
    "<title>Dark mode</title>": "<title>어둡게</title>",
    "<title>Auto light/dark, in light mode</title>": "<title>시스템 설정(밝게)</title>",
    "<title>Auto light/dark, in dark mode</title>": "<title>시스템 설정(어둡게)</title>",
    "@pradyunsg</a>'s": "@pradyunsg</a>의",
    STOCK_SEARCH: "검색하려면 자바스크립트를 켜세요.",
}


def fill_catalogue(app, config):
    with Path(__file__).with_name("ko.po").open("rb") as file:
        words = {message.id: message.string for message in read_po(file) if message.id}
    for (namespace, _), translator in translators.items():
        if namespace == "general" and isinstance(translator, GNUTranslations):
            translator._catalog.update(words)
    for name, label in versionlabels.items():  # 확장을 읽을 때 이미 정해져 있다
        versionlabels[name] = words.get(label, label)


def finish(app, pages):
    missing = set(FIXED) - {HIDDEN_CELL, STOCK_SEARCH}
    for name, html in pages.items():
        for english, korean in FIXED.items():
            if english in html:
                missing.discard(english)
            html = html.replace(english, korean)
        pages[name] = html
    for english in missing:
        log.warning("machine/site/korean: 바꿀 글이 없습니다(패키지가 바뀌었나요?): %s", english)


def setup(app):
    MenuSelection.BULLET_CHARACTER = "→"  # ‣는 나눔글꼴에 없다
    app.connect("config-inited", fill_catalogue)
