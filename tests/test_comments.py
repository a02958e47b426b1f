"""댓글의 시험: 댓글을 켠 작은 책을 브라우저로 연다. giscus.app은 흉내가 답한다."""

import re
from types import SimpleNamespace

import pytest

import audit
from book import CONFIG, HTML, make, need_chromium, pdf_texts
from machine.page import comments
from tiny import IDS, set_comments, set_slug, tiny_book

PAGE = "chapters/chap6/6-1-one"
CLIENT = """{
const given = document.currentScript.dataset, frame = document.createElement('iframe');
const backlink = document.querySelector('meta[name="giscus:backlink"]').content;
window.given = { ...given, backlink };
const src = 'https://giscus.app/ko/widget';
Object.assign(frame, { className: 'giscus-frame', title: '댓글', src });
document.querySelector('.giscus').replaceChildren(frame);
const link = { rel: 'stylesheet', href: 'https://giscus.app/default.css' };
document.head.prepend(Object.assign(document.createElement('link'), link));
addEventListener('message', ({ data }) => {
  frame.style.height = `${data.giscus.resizeHeight}px`;
});
}"""
WIDGET = """<!doctype html><html lang="ko"><title>댓글</title><script>window.told = [];
addEventListener('message', ({ data }) => told.push(data.giscus.setConfig.theme));
parent.postMessage({ giscus: { resizeHeight: 900 } }, '*');</script>"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """댓글을 켜고 만든 작은 책."""
    folder = tiny_book(tmp_path_factory.mktemp("comments") / "book")
    set_comments(folder, IDS)
    set_slug(folder, 'slug: "hong/book"')
    status, screen = make(folder, "html")
    assert status == 0, screen
    return folder / "_build/html"


@pytest.fixture(scope="module")
def site(book):
    need_chromium()
    with audit.serve(book) as server, audit.chromium() as browser:
        yield SimpleNamespace(server=server, browser=browser, url=server.url)


@pytest.fixture
def open_page(site):
    pages = []

    def answer(route):
        name = route.request.url.partition("?")[0].removeprefix("https://giscus.app/")
        body, kind = {
            "client.js": (CLIENT, "text/javascript"),
            "default.css": (".giscus-frame { width: 100%; border: 0; }", "text/css"),
            "ko/widget": (WIDGET, "text/html"),
        }[name]
        route.fulfill(body=body, content_type=kind + "; charset=utf-8")

    def opened(name, size=audit.DESKTOP, blocked="^$", **options):
        page = audit.new_page(
            site.browser, site.server, size, **{"color_scheme": "light", **options}
        )
        page.context.route(
            "https://giscus.app/**",
            lambda route: route.abort() if re.search(blocked, route.request.url) else answer(route),
        )
        page.goto(site.url + name)
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.context.close()


def frame(page, url):
    """그 주소의 쪽이 든 iframe."""
    for _ in range(100):
        if found := [frame for frame in page.frames if url in frame.url]:
            found[0].wait_for_load_state()
            return found[0]
        page.wait_for_timeout(50)
    raise AssertionError(f"iframe이 없습니다: {url}")


def wait_until(page, done):
    for _ in range(100):
        if done():
            return True
        page.wait_for_timeout(50)
    return False


def open_box(page):
    """상자를 펼친다. (댓글 쪽, giscus)."""
    page.locator("details.comments > summary").press("Enter")
    return frame(page, "comments.html"), frame(page, "giscus.app/ko/widget")


def policy(path):
    return dict(
        rule.strip().partition(" ")[::2]
        for rule in re.search(
            r'Content-Security-Policy" content="([^"]+)"', path.read_text("utf-8")
        )[1].split(";")
    )


def test_nothing_is_asked_of_others_until_the_reader_opens(open_page, tmp_path):
    page = open_page(PAGE + ".html")
    page.evaluate(audit.SCROLL)
    page.pdf(path=tmp_path / "page.pdf")  # 인쇄하느라 접은 것을 펼쳐도 부르지 않는다
    page.evaluate(audit.OPEN)
    page.wait_for_timeout(300)
    assert page.foreign == [] and len(page.frames) == 1
    text = "".join(pdf_texts(tmp_path / "page.pdf"))
    assert "첫째 절" in text and "GitHub 계정" not in text


def test_opening_loads_giscus_with_its_settings(site, open_page):
    page = open_page(PAGE + ".html", audit.PHONE)
    inner, giscus = open_box(page)
    assert {url.split("/")[2] for url in page.foreign} == {"giscus.app"} and page.errors == []
    assert inner.evaluate("given") == {
        "repo": "hong/book",
        "repoId": IDS["repo_id"],
        "category": IDS["category"],
        "categoryId": IDS["category_id"],
        "mapping": "specific",
        "term": PAGE,
        "strict": "1",
        "lang": "ko",
        "theme": "preferred_color_scheme",
        "backlink": f"{site.url}{PAGE}.html",
    }
    box = page.locator("details.comments iframe")
    assert wait_until(page, lambda: box.bounding_box()["height"] >= 900), (
        "안의 글만큼 길어지지 않습니다"
    )
    assert box.get_attribute("title") == "이 쪽의 댓글"
    assert (
        inner.evaluate("document.documentElement.scrollWidth <= innerWidth")
        and page.evaluate("document.documentElement.scrollWidth") <= 375
    )
    assert (
        inner.locator("a:visible, button:visible").count() == 0
        and inner.inner_text("article").strip() == "댓글"
    )


def test_only_the_comments_page_may_call_giscus(book):
    pages = {path.relative_to(book).as_posix(): policy(path) for path in book.rglob("*.html")}
    assert {name for name, rules in pages.items() if "giscus" in str(rules)} == {"comments.html"}
    assert {name for name, rules in pages.items() if "frame-src" in rules} == {
        "comments.html",
        PAGE + ".html",
        "chapters/chap6/6-2-two.html",
    }
    assert (
        pages[PAGE + ".html"]["frame-src"] == "'self'"
        and pages["comments.html"]["frame-src"] == "https://giscus.app"
    )
    searched = [*book.glob("_static/search/[!e]*.js")]  # 찾는 스크립트(engine)만 빼고
    assert len(searched) > 3
    assert all(
        "comments" not in file.read_text("utf-8") for file in (*searched, book / "sitemap.xml")
    )


def test_colours_follow_the_book(open_page):
    page = open_page(PAGE + ".html")
    inner, giscus = open_box(page)
    light = inner.evaluate(audit.BACKGROUND)
    page.emulate_media(color_scheme="dark")  # giscus는 preferred_color_scheme으로 스스로 따른다
    assert inner.evaluate(audit.BACKGROUND) == page.evaluate(audit.BACKGROUND) != light
    page.emulate_media(color_scheme="light")
    audit.choose_dark(page)
    assert wait_until(page, lambda: giscus.evaluate("told.at(-1)") == "dark")
    assert inner.evaluate(audit.BACKGROUND) == page.evaluate(audit.BACKGROUND) != light
    again = open_page(PAGE + ".html", storage_state=page.context.storage_state())
    assert open_box(again)[0].evaluate("given.theme") == "dark" and again.errors + page.errors == []


def test_comments_page_stands_alone_after_signing_in(site, open_page):
    page = open_page(f"comments.html?page={PAGE}&giscus=token", audit.PHONE)
    frame(page, "giscus.app/ko/widget")
    assert page.errors == [] and page.evaluate("given.term") == PAGE
    back = page.locator("article nav a")
    assert back.inner_text() == "돌아가기: 6.1 첫째 절" and page.title() == "댓글: 6.1 첫째 절"
    back.click()
    assert page.url == f"{site.url}{PAGE}.html"


def test_unknown_page_is_refused(site, open_page):
    page = open_page("comments.html")
    for query in (
        "",
        "?page=glossary",
        "?page=javascript:alert(1)",
        f"?page=//example.com/{PAGE}",
        f"?page=../{PAGE}",
    ):
        page.goto(f"{site.url}comments.html{query}")
        assert page.inner_text("article [role=status]").startswith(
            "어느 쪽의 댓글인지 알 수 없습니다"
        )
        assert page.eval_on_selector_all("article a", "links => links.map(a => a.href)") == [
            f"{site.url}chapters/chap6/{name}.html" for name in ("6-1-one", "6-2-two")
        ]
    assert page.foreign == []


@pytest.mark.parametrize("blocked", ["client.js", "widget"])
def test_blocked_giscus_is_said_in_korean(open_page, blocked):
    page = open_page(PAGE + ".html", blocked=blocked)
    page.clock.install()
    page.locator("details.comments > summary").click()
    inner = frame(page, "comments.html")
    page.wait_for_timeout(200)
    if blocked == "widget":  # 캐시에 남은 client.js는 오지만 댓글은 오지 않는다
        page.clock.fast_forward(15000)
    assert wait_until(page, lambda: "댓글을 불러오지 못했습니다" in inner.inner_text("article"))
    page.keyboard.press("/")
    assert page.locator("#search[open]").count()


@pytest.mark.parametrize("theme, size", [("light", audit.WIDE), ("dark", audit.PHONE)])
def test_axe_finds_nothing(open_page, theme, size):
    page = open_page(PAGE + ".html", size, color_scheme=theme)
    inner, _ = open_box(page)
    alone = open_page("comments.html", size, color_scheme=theme)
    for place in (page, inner, alone):
        audit.axe_start(place)
        assert audit.axe_found(place) == []


def test_without_scripts_there_is_no_box(open_page):
    page = open_page(PAGE + ".html", java_script_enabled=False)
    assert not page.locator("details.comments").is_visible() and page.inner_text("h1")


def test_no_trace_unless_configured():
    """이 책에서 댓글을 켰으면 절마다 있고, 켜지 않았으면 아무 데도 없다."""
    on = any(CONFIG["sphinx"]["config"].get("book_comments", {}).values())
    found = [
        path
        for path in HTML.rglob("*")
        if path.suffix in (".html", ".css", ".js")
        and re.search('giscus|data-policy|class="comments', path.read_text("utf-8"))
    ]
    assert bool(found) == on, found


@pytest.mark.parametrize(
    "ids, slug, said",
    [
        (IDS | {"repo_id": ""}, "hong/book", "repo_id가 없거나 틀렸습니다"),
        (IDS | {"category_id": IDS["repo_id"]}, "hong/book", "category_id가 없거나 틀렸습니다"),
        (IDS | {"repo": "hong/book"}, "hong/book", "모르는 이름입니다: repo"),
        ("giscus", "hong/book", "모르는 이름입니다: giscus"),
        (IDS, "", "slug를 적어야 합니다"),
    ],
)
def test_wrong_configuration_is_refused(monkeypatch, ids, slug, said):
    """이 말이 빌드를 멈추는 것은 test_complete.py가 본다."""
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    warnings, config = (
        [],
        SimpleNamespace(book_comments=ids, book_repository={"slug": slug}, html_static_path=[]),
    )
    monkeypatch.setattr(comments.log, "warning", lambda text, *parts: warnings.append(text % parts))
    comments.check(None, config)
    assert said in warnings[0] and config.book_comments == {}


def test_ids_of_another_repository_are_not_used(monkeypatch):
    """남의 값이 남은 포크를 GitHub Actions에서 만들면 댓글이 없다."""
    monkeypatch.setenv("GITHUB_REPOSITORY", "someone/else")
    config = SimpleNamespace(book_comments=IDS, book_repository={"slug": "hong/book"})
    comments.check(None, config)
    assert config.book_comments == {}
