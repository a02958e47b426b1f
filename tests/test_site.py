"""만들어진 사이트의 시험: 링크와 이름표, 화면의 영어, 그림의 대체 글."""

import re
from copy import copy
from functools import cache
from hashlib import sha256
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from book import HTML, PAGES, ROOT, WITH_CELLS, need_made, of_chap6, read_page

NAMES = {"Sphinx", "Furo", "@pradyunsg"}  # 영어로 두는 이름


@cache
def ids(name):
    return [x["id"] for x in read_page(name).find_all(id=True)]


@pytest.mark.parametrize("name", PAGES)
def test_links_and_anchors_resolve(name):
    for tag in read_page(name).find_all(["a", "link", "script", "img"]):
        url = tag.get("href") or tag.get("src")
        if not url or re.match(r"[a-z]+:|/", url):
            continue
        path, _, anchor = unquote(url.split("?")[0]).partition("#")
        target = normpath(join(dirname(name), path)) if path else name
        if target.endswith(".pdf"):
            need_made(target)
        assert (HTML / target).is_file(), url
        assert not anchor or anchor in ids(target), url


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique(name):
    assert sorted(ids(name)) == sorted(set(ids(name)))


@pytest.mark.parametrize("name", PAGES)
def test_interface_is_korean(name):
    """본문 밖의 글과, 어디에 있든 이름표 구실을 하는 속성에는 한글이 있다."""
    soup = copy(read_page(name))
    assert soup.html["lang"] == "ko"
    for link in soup.select("a.reference"):  # title이 참고문헌의 글이다
        del link["title"]
    words = [
        tag[attribute]
        for tag in soup.find_all(True)
        for attribute in ("title", "aria-label", "placeholder", "alt")
        if tag.get(attribute)
    ]
    for tag in soup.select("script, style, code"):
        tag.extract()
    words += [tag.get_text() for tag in soup.select("summary, button, .admonition-title")]
    for tag in soup.select("article"):
        tag.extract()
    words += soup.get_text("\n").split("\n")
    english = {
        w.strip() for w in words if re.search(r"[A-Za-z]{2}", w) and not re.search(r"[가-힣]", w)
    }
    assert english - NAMES == set()


@pytest.mark.parametrize(
    "folder",
    sorted(path.parent for path in ROOT.glob("machine/**/SHA256SUMS")),
    ids=lambda folder: folder.name,
)
def test_borrowed_files_are_unmodified(folder):
    sums = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text().splitlines())
    files = {
        p.relative_to(folder).as_posix(): sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file()
    }
    assert {name: files[name] for name in sums} == sums
    assert set(files) - set(sums) == {"README.md", "SHA256SUMS"}


@pytest.mark.parametrize("name", PAGES)
def test_one_search_field(name):
    assert len(read_page(name).select('input[name="q"]')) == 1


@pytest.mark.parametrize("section", of_chap6(WITH_CELLS))
def test_images_have_korean_alternative_text(section):
    for image in read_page(f"{section}.html").select("article img"):
        assert len(re.findall(r"[가-힣]", image.get("alt", ""))) >= 20
        assert image["src"].endswith(".svg")


@pytest.mark.parametrize("section", WITH_CELLS)
def test_language_of_code_and_english(section):
    """코드와 영어 구절은 영어, 그 안의 한글은 한국어로 읽힌다."""
    article = read_page(f"{section}.html").find("article")

    def language(text):
        return next(x["lang"] for x in text.parents if x.get("lang"))

    for text in (text for pre in article.select("pre") for text in pre.strings if text.strip()):
        assert language(text) == ("ko" if re.search("[가-힣]", text) else "en"), text
    terms = [
        x.next_sibling for x in article.select("strong") if re.match(r"\(", str(x.next_sibling))
    ]
    spans = [
        x.find_next("span", lang="en")
        for x in article.select("strong")
        if str(x.next_sibling).startswith("(")
    ]
    assert len(terms) == len(spans) and all(span.previous_sibling.endswith("(") for span in spans)


def luminance(red, green, blue):
    return sum(
        part * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
        for part, c in zip((0.2126, 0.7152, 0.0722), (red, green, blue))
    )


def in_the_dark(colour):
    """book.css의 filter: invert(.9) hue-rotate(180deg)."""
    red, green, blue = (0.9 - 0.8 * c for c in colour)
    grey = 0.426 * red + 1.43 * green + 0.144 * blue
    return [min(max(value, 0), 1) for value in (grey - red, grey - green, grey - blue)]


@pytest.mark.filterwarnings("ignore::bs4.XMLParsedAsHTMLWarning")
@pytest.mark.parametrize(
    "figure", sorted((HTML / "_images").glob("*.svg")), ids=lambda path: path.stem[:8]
)
def test_letters_in_figures_have_contrast(figure):
    """글자의 색은 흰 바탕에서도, 어둡게 뒤집은 바탕에서도 4.5:1을 넘는다."""
    letters = BeautifulSoup(figure.read_text("utf-8"), "html.parser").select(
        'g[id^="text_"] g[transform]'
    )  # 글 상자의 바탕은 뺀다
    colours = {
        colour
        for letter in letters
        for colour in re.findall(r"fill: (#[0-9a-f]{6})", letter.get("style", ""))
    } | {"#000000"}
    assert letters
    for colour in colours:
        rgb = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        for ink, paper in ((rgb, (1, 1, 1)), (in_the_dark(rgb), in_the_dark((1, 1, 1)))):
            low, high = sorted((luminance(*ink), luminance(*paper)))
            assert (high + 0.05) / (low + 0.05) >= 4.5, colour
