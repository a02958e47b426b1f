"""만들어진 사이트의 시험: 링크와 이름표, 저장소의 링크, 화면의 영어, 그림의 대체 글."""

import gzip
import re
from copy import copy
from functools import cache
from hashlib import sha256
from itertools import chain
from posixpath import dirname, join, normpath
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from book import CONFIG, HTML, PAGES, ROOT, WITH_CELLS, need_made, of_chap6, read_page
from machine import git, manuscript
from machine.page import history
from machine.page.carried import carried
from machine.settings import repository
from machine.settings.conventions import is_section

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


# 쪽의 원고. 색인처럼 원고가 없는 쪽은 뺀다
SOURCES = {name: manuscript.find(name.removesuffix(".html")) for name in PAGES}
SOURCES = {name: path.relative_to(ROOT).as_posix() for name, path in SOURCES.items() if path}
CONFIGURED = SimpleNamespace(book_repository=CONFIG["sphinx"]["config"]["book_repository"])


def test_site_links_to_the_repository_it_knows():
    """적어 둔 저장소나 깃의 origin. 대표 주소와 사이트맵은 적어 두었을 때에만 있다."""
    repo = repository.linked(CONFIGURED)
    is_published = bool(repository.published(CONFIGURED).home)
    for name, source in SOURCES.items():
        page = read_page(name)
        links = [a["href"] for a in page.select('nav[aria-label="이 쪽"] a')]
        assert links[:1] == [repo.source(source)] * bool(repo.slug), "make html을 실행하세요"
        bar = page.select_one("h1 + nav.launch:has([download])")
        opened = [a["href"] for a in bar.select("a:not([download])")] if bar else []
        assert len(opened) == (2 if bar and repo.slug else 0)
        assert all(f"/{repo.slug}/" in url for url in opened)
        assert bool(page.select('link[rel="canonical"]')) == is_published
    assert (HTML / "sitemap.xml").is_file() == is_published


def last_change(source):
    """깃이 그 파일을 좇아 찾은, 글을 바꾼 마지막 커밋의 날. 커밋한 적이 없으면 빈 글."""
    listed = git.ask(ROOT, "show", f"HEAD:{history.SKIPPED}")
    follow = ["--follow", "-c", "-M100%", "--diff-filter=r", "--name-only", "--date=short"]
    log = git.ask(ROOT, "log", *follow, "--format=%x01%H %cd", "--", source)
    for entry in log.split("\x01")[1:]:
        (commit, day), names = entry.split("\n")[0].split(), entry.split("\n")[1:]
        if any(names) and commit not in listed:  # 합치기만 한 커밋에는 파일이 없다
            return day
    return ""


def test_sections_tell_when_their_text_last_changed():
    """커밋을 다 받지 않았으면 그 줄이 없고, 빌드가 그렇게 말했다."""
    repo, said = repository.linked(CONFIGURED), (ROOT / "_build/html.log").read_text("utf-8")
    is_known = bool(git.head(ROOT))
    assert is_known != (history.SHALLOW in said or history.NO_GIT in said), "make html을 실행하세요"
    for name in PAGES:
        lines, source = read_page(name).select("article > p.history"), SOURCES.get(name)
        day = is_known and is_section(name.removesuffix(".html")) and last_change(source)
        assert [line.time["datetime"] for line in lines] == [day] * bool(day)
        links = [a["href"] for line in lines for a in line("a")]
        assert links == [repo.changes(source) for _ in lines if repo.slug]
        ends = read_page(name).select('article > :is(p.history, nav[aria-label="이 쪽"])')
        assert all(end.previous_sibling.name for end in ends), (
            "빼면 종이책과 전자책에 빈 줄이 남습니다"
        )


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique(name):
    assert sorted(ids(name)) == sorted(set(ids(name)))


# --- 미리 보기

LINKS = "article a.reference.internal, article a.footnote-reference"
HEADING = re.compile("h[1-6]")
# {가리키는 것: 고르는 법}
KINDS = {
    "용어": "dt",
    "식": "div.math",
    "그림": "figure",
    "표": "table",
    "연습문제": "div.exercise",
    "절": "section:has(> h1, > h2)",
    "문헌": "div.citation",
}


@cache
def targets():
    """링크가 가리키는 것 모두: {(쪽, 이름표): 요소}."""
    found = {}
    for name in PAGES:
        for link in read_page(name).select(LINKS):
            path, mark, label = link["href"].partition("#")
            page = normpath(join(dirname(name), unquote(path))) if path else name
            if mark:
                found[page, label] = read_page(page).find(id=unquote(label))
    return found


def shown(target):
    """가리키는 것에서 미리 보기에 나와야 할 요소들."""
    if target.name == "dt":
        return [target, target.find_next_sibling("dd")]
    if target.name == "section":
        prose = (p for p in target.find_all("p", recursive=False) if not p.get("class"))
        return [target.find(HEADING, recursive=False), next(prose, "")]
    return [target]


def contents(part):
    """글과, 그림과 링크에 적힌 주소. 그 자리에서만 쓰는 것(주소의 표시, 답의 틀, 힌트)은 뺀다."""
    if isinstance(part, str):
        return [*part.split()]
    if {"headerlink", "tag_starter", "hint", "move"} & {*part.get("class", ())}:
        return []
    url = part.get("src") or part.get("href")
    return [url, *chain.from_iterable(map(contents, part.children))]


@pytest.mark.parametrize("page", sorted({page for page, _ in targets()}))
def test_every_preview_equals_its_target(page):
    path = HTML / f"_static/previews/pages/{page.removesuffix('.html')}.js"
    previews = carried(path.read_text("utf-8"))
    wanted = {label: target for (name, label), target in targets().items() if name == page}
    assert previews.keys() == wanted.keys()
    for label, html in previews.items():
        preview = BeautifulSoup(html, "html.parser")
        expected = [*chain.from_iterable(map(contents, shown(wanted[label])))]
        assert [*filter(None, contents(preview))] == [*filter(None, expected)], label
        assert not preview.select("[id], script, button, h1, h2, h3, h4"), label


def test_every_kind_has_a_preview():
    found = {
        kind for kind in KINDS for target in targets().values() if target.css.match(KINDS[kind])
    }
    assert found == {*KINDS}


def test_previews_are_light():
    """쪽에 있는 것은 1 kB, 처음 보일 때에 받는 것까지 4 kB를 넘지 않는다."""
    (box,) = HTML.glob("_static/previews/box-*.js")
    start = HTML / "_static/link_previews.js"
    sizes = [len(gzip.compress(file.read_bytes())) for file in (start, box)]
    assert sizes[0] <= 1024 and sum(sizes) <= 4000
    assert box.name in (HTML / "_static/bundle.js").read_text("utf-8")


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
    drawing = BeautifulSoup(figure.read_text("utf-8"), "html.parser")
    letters = drawing.select('g[id^="text_"] g[transform]')  # 글 상자의 바탕은 뺀다
    colours = {
        colour
        for letter in letters
        for colour in re.findall(r"fill: (#[0-9a-f]{6})", letter.get("style", ""))
    } | {"#000000"}
    for text in drawing("text"):  # 손으로 그린 그림
        colours.add(
            next(x["fill"] for x in (text, *text.parents) if x.get("fill", "none") != "none")
        )
    assert letters or drawing("text")
    for colour in colours:
        rgb = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        for ink, paper in ((rgb, (1, 1, 1)), (in_the_dark(rgb), in_the_dark((1, 1, 1)))):
            low, high = sorted((luminance(*ink), luminance(*paper)))
            assert (high + 0.05) / (low + 0.05) >= 4.5, colour
