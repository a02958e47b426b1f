"""Sphinx, docutils, MyST-NB, 테마가 뜻을 주는 클래스 가운데 종이책, 전자책, 노트북이 모르는 것을 쪽과 함께 알린다.

뜻이 있는 클래스란 사이트의 CSS가 부르는 클래스와, Jupyter Book의 테마에만 있는 클래스이다. 저자가 지은 이름은 보지 않는다.
"""

import re
from fnmatch import fnmatchcase
from pathlib import Path

from sphinx.util import logging

log = logging.getLogger(__name__)
OURS = {
    "print.css",
    "book.css",
    "search.css",
    "comments.css",
    "pygments.css",
    "katex.min.css",
    "bundle.css",
}

# 종이책(print.css)과 전자책(epub.css), 노트북(markdown.py)에 같은 뜻으로 옮긴다
HANDLED = """
admonition admonition-title attention caution danger error hint important note seealso tip warning topic topic-title
sidebar sidebar-title rubric epigraph highlights pull-quote attribution compound centered hlist line-block field-list option-list
align-left align-right align-center align-default text-left text-right text-center arabic loweralpha upperalpha lowerroman upperroman
caption caption-number caption-text code-block-caption figure legend eqno math math-wrapper math-scroll katex-display
footnote footnote-reference fn-backref brackets citation glossary guilabel menuselection kbd literal literal-block literal-block-wrapper
pre code highlight linenos hll versionmodified versionadded versionchanged deprecated versionremoved stderr
cell cell_input cell_output hide collapsed expanded above-input below-input above-output output stream traceback
exercise solution table-wrapper only-dark only-light toctree-wrapper headerlink visually-hidden callout launch versions
indextable genindex-jumpbox genindex-section
sd-card sd-card-body sd-card-header sd-card-footer sd-card-title sd-card-text sd-card-img* sd-cards-carousel
sd-dropdown sd-summary-* sd-tab-* sd-badge sd-btn sd-btn-* sd-stretched-link sd-hide-link-text sd-octicon sd-material-icons
sd-text-left sd-text-right sd-text-center sd-text-justify sd-font-weight-bold
"""
# 화면의 크기, 빈칸, 색, 움직임만 정하여 종이책, 전자책, 노트북에서는 뜻이 없다
MEANINGLESS = """
body container docutils document section content reference external internal xref std-term simple classifier download field-name first
o-tooltip--left translated untranslated text_* tag_output_scroll tag_scroll-input tag_scroll-output config_scroll_outputs
sd-sphinx-override sd-container* sd-row* sd-col* sd-g-* sd-gx-* sd-gy-* sd-card-cols-* sd-card-hover sd-d-* sd-flex-* sd-align-* sd-justify-*
sd-m*-* sd-p*-* sd-w-* sd-h-* sd-width-* sd-height-* sd-shadow* sd-rounded* sd-border* sd-outline-* sd-bg-* sd-text-* sd-fs-* sd-font-*
-Color* sd-animate-* sd-opacity-* sd-avatar* sd-overflow-* sd-position-* sd-float-* sd-order-*
"""
# 이 책의 사이트에서도 아무 일도 하지 않는다: {클래스: 대신 할 일}
BOX = "글은 ```{note} 같은 상자에 적습니다"
FOLD = "접으려면 hide-input, hide-output, hide-cell 꼬리표나 상자의 dropdown 클래스를 씁니다"
IDLE = {
    "margin": BOX,
    "tag_margin": BOX,
    "popout": BOX,
    "tag_popout": BOX,
    "full-width": BOX,
    "tag_full-width": BOX,
    "column-*": BOX,
    "tag_fullwidth": BOX,
    "toggle": FOLD,
    "toggle-shown": FOLD,
    "tag_toggle*": FOLD,
    "tag_hide_*": FOLD,
    "tag_thebe*": "코드를 쪽에서 실행할 수는 없습니다",
}


def known(name, patterns):
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def selectors(css):
    """CSS의 선택자에 나오는 클래스."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    return set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", re.sub(r"\{[^{}]*\}", "{}", css)))


def vocabulary(static):
    """사이트의 CSS가 뜻을 주는 클래스. 코드의 색과 수식의 짜임새는 그 속의 일이다."""
    names = {path: selectors(path.read_text("utf-8")) for path in static.rglob("*.css")}
    inner = set().union(
        *(found for path, found in names.items() if path.name in ("pygments.css", "katex.min.css"))
    )
    return set().union(*(found for path, found in names.items() if path.name not in OURS)) - inner


def used(html):
    """본문의 {클래스: 그것을 적은 요소}."""
    article = html[html.find("<article") : html.find("</article>")]
    return {
        name: found[0]
        for found in re.finditer(r'<\w+[^>]*?\sclass="([^"]*)"[^>]*>', article)
        for name in found[1].split()
    }


def check(app, pages):
    meant = vocabulary(Path(app.outdir, "_static"))
    unknown = {name for name in meant if not known(name, [*HANDLED.split(), *MEANINGLESS.split()])}
    for doc in app.env.found_docs:
        for name, element in used(pages[f"{doc}.html"]).items():
            advice = next(
                (advice for pattern, advice in IDLE.items() if fnmatchcase(name, pattern)), ""
            )
            if advice:
                log.warning(
                    "이 책에서는 아무 일도 하지 않는 클래스나 꼬리표입니다: %s. %s",
                    name.removeprefix("tag_"),
                    advice,
                    location=doc,
                )
            elif name in unknown:
                log.warning(
                    "종이책과 전자책이 모르는 클래스입니다: %s (%s). 쓰지 않거나, print.css와 epub.css에 모양을 적고 "
                    "machine/paper/classes.py에 더합니다.",
                    name,
                    element[:100],
                    location=doc,
                )
