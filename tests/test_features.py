"""기계의 일(FEATURES)을 끄는 시험: 무엇을 끄든 남은 쪽은 바르고, 바를 수 없으면 빌드가 멈춘다."""

import re
from collections import Counter
from itertools import combinations
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

import audit
from book import listed, make, need_chromium
from machine import FEATURES, NEEDED
from machine.page.carried import carried
from machine.site import button_words
from tiny import IDS, add_samples, set_comments, set_slug, tiny_book

NAMES = [feature.rpartition(".")[2] for feature in FEATURES if feature not in NEEDED]
PUBLISHED = "slug"  # 끄고 켤 것 가운데 하나로, 공개한 책과 아닌 책을 섞는다
WRITTEN = {"chapters/chap6/6-3-samples.html": ["**", "$5"]}  # 글자 그대로 쓴 것
LINKS = "article :is(a.reference.internal[href*='#'], a.footnote-reference)"
PREVIEWS = "_static/previews"
RAW = re.compile(r"\\[a-z]{2,}|\*\*|\{\w+\}`|\$\S")


def pairwise(names):
    """여덟 책에서 끌 것들. 어느 둘도 둘 다 켜고, 하나씩 켜고, 둘 다 끈 책이 모두 있다.

    첫 책에서는 모두 켜고, 나머지 일곱 책 가운데 저마다 다른 네 책에서 끈다(Kleitman–Spencer).
    """
    off = [set() for _ in range(8)]
    for name, books in zip(names, combinations(range(1, 8), 4), strict=False):
        for number in books:
            off[number].add(name)
    return off


PAIRWISE = pairwise([PUBLISHED, *NAMES])


def build(folder, off, text=""):
    """off를 끄고 만든 작은 책: (책, 끝난 상태, 화면)."""
    book = tiny_book(folder)
    add_samples(book)
    set_slug(book, 'slug: ""' if PUBLISHED in off else 'slug: "owner/book"')
    if PUBLISHED not in off:
        set_comments(book, IDS)
    path = book / "_config.yml"
    text = path.read_text("utf-8")
    assert text.count("\n  config:\n") == 1
    line = f"    book_without: {sorted(set(off) - {PUBLISHED})}\n"
    path.write_text(text.replace("\n  config:\n", f"\n  config:\n{line}"), "utf-8")
    return book, *make(book, "html")


def raw_markup(html):
    """코드와 수식 밖에 글로 남은 문법."""
    article = BeautifulSoup(html, "html.parser").find("article")
    for part in article.select("code, pre, .katex, script, [class*=task]"):
        part.extract()
    return RAW.findall(article.get_text())


def dead_links(folder, name, html):
    soup = BeautifulSoup(html, "html.parser")
    urls = [tag.get("href") or tag.get("src") for tag in soup.select("a, link, script, img")]
    inside = [unquote(url.split("?")[0].split("#")[0]) for url in urls if url]
    inside = [url for url in inside if url and not re.match("[a-z]+:|/", url)]
    files = [normpath(join(dirname(name), url)) for url in inside]
    return [file for file in files if not (folder / file).is_file()]


def without_preview(folder, name, html):
    """미리 보기가 없는 링크. 미리 보기를 끈 책에서는 보지 않는다."""
    missing = []
    for link in BeautifulSoup(html, "html.parser").select(LINKS):
        path, _, label = link["href"].partition("#")
        page = normpath(join(dirname(name), unquote(path))) if path else name
        script = folder / f"{PREVIEWS}/pages/{page.removesuffix('.html')}.js"
        if not script.is_file() or label not in carried(script.read_text("utf-8")):
            missing.append(link["href"])
    return missing if (folder / PREVIEWS).is_dir() else []


def repeated_ids(html):
    ids = [tag["id"] for tag in BeautifulSoup(html, "html.parser").find_all(id=True)]
    return sorted(name for name, count in Counter(ids).items() if count > 1)


def faults(folder, name, page):
    """쪽에서 틀린 것."""
    html = (folder / name).read_text("utf-8")
    left = raw_markup(html)
    return {
        "오류": page.errors,
        "다른 사이트": page.foreign,
        "글로 남은 문법": left if left != WRITTEN.get(name, []) else [],
        "없는 파일": dead_links(folder, name, html),
        "겹치는 이름표": repeated_ids(html),
        "미리 보기": without_preview(folder, name, html),
    }


# 나중에 받는 그림도 다 받는다. 받는 동안 다음 쪽을 열면 끊긴 것이 오류로 남는다
ALL_PICTURES = """() => Promise.all([...document.images].map((image) => {
  image.loading = "eager";
  return image.decode().catch(() => {});
}))"""


@pytest.fixture(scope="module")
def browser():
    need_chromium()
    with audit.chromium() as browser:
        yield browser


# 단추를 말하는 글의 {이름: 그 단추의 글}
LABELS = {
    "run": "여기서 실행",
    "notebook": "노트북 내려받기",
    "colab": "코랩에서 열기",
    "binder": "Binder에서 열기",
    "source": "원고 보기",
    "report": "문제 알리기",
    "comments": "댓글",
    "offline": "저장한 것 지우기",
    "pdf": "PDF로 읽기",
    "epub": "EPUB으로 읽기",
}
BUTTONS = """() => [...document.querySelectorAll("a, button, summary")].map((x) => x.textContent)"""
SHOWN = """() => [...document.querySelectorAll("[class*='if-']")]
  .filter((x) => x.checkVisibility())
  .map((x) => x.className.match(/if-([a-z]+)/)[1])"""


def right_words(off, labels):
    """단추들의 글이 labels일 때 보여야 할 글의 이름들."""
    named = {name for name, label in LABELS.items() if any(x.startswith(label) for x in labels)}
    named |= {"progress"} - set(off)
    return {*LABELS, "progress"} if "button_words" in off else named


def assert_right(book, browser, off):
    """만든 쪽을 모두 브라우저로 연다. 단추를 말하는 글은 그 단추가 있을 때에만 보인다."""
    labels, words = [], set()
    folder = book / "_build/html"
    with audit.serve(folder) as server:
        page = audit.new_page(browser, server)
        page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        for path in sorted(folder.rglob("*.html")):
            name = path.relative_to(folder).as_posix()
            page.goto(server.url + name)
            page.evaluate("document.fonts.ready")
            page.evaluate(ALL_PICTURES)
            found = faults(folder, name, page)
            assert not any(found.values()), (name, found)
            labels += page.evaluate(BUTTONS)
            words |= set(page.evaluate(SHOWN))
        page.context.close()
    assert words == right_words(off, labels)


WORDS = ("run-here", "<b>여기서 실행</b>을 한 번")  # 단추, offline.html의 말


def assert_right_without(off, folder, browser):
    book, status, screen = build(folder, off)
    assert status == 0, screen
    assert_right(book, browser, off)
    runs = {"live", "offline"}.isdisjoint(off)  # 오프라인의 서비스 워커가 코드를 가둔다
    said = [*(book / "_build/html").glob("chapters/*/*.html"), book / "_build/html/offline.html"]
    texts = [path.read_text("utf-8") for path in said if path.is_file()]
    assert [any(word in text for text in texts) for word in WORDS] == [runs, runs]
    assert any((book / "_build/html/_static").glob("live/*")) is runs
    assert (book / "_build/html" / PREVIEWS).is_dir() is ("link_previews" not in off)
    assert not any("mark.png" in text for text in texts)  # 작은 책에는 표식이 없다


def test_words_of_every_button_are_tried():
    assert {*LABELS, "progress"} == set(button_words.NAMES)


def test_every_pair_meets_in_four_ways():
    for one, two in combinations([PUBLISHED, *NAMES], 2):
        assert len({(one in off, two in off) for off in PAIRWISE}) == 4, (one, two)


@pytest.mark.parametrize("off", PAIRWISE, ids=range(8))
def test_the_book_is_right_without(off, tmp_path, browser):
    assert_right_without(off, tmp_path / "book", browser)


ONE_OR_TWO = [off for count in (1, 2) for off in combinations([PUBLISHED, *NAMES], count)]


@pytest.mark.alone
@pytest.mark.parametrize("off", ONE_OR_TWO, ids="-".join)
def test_the_book_is_right_without_one_or_two(off, tmp_path, browser):
    assert_right_without(off, tmp_path / "book", browser)


@pytest.mark.parametrize(
    "name, said",
    [
        ("maths", "수식을 그릴 maths를"),
        ("markup", "문법이 글로 남습니다"),
        ("pictures", "그림과 파일을 살피지 않습니다"),
        ("polcy", "모르는 이름입니다: polcy(policy?)"),
    ],
)
def test_what_cannot_go_stops_the_build(name, said, tmp_path):
    book, status, screen = build(tmp_path / "book", [name])
    assert status != 0 and any(said in line for line in listed(book)), screen
