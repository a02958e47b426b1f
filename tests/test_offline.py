"""서비스 워커의 시험: 저절로 저장하는 것, 책 전체를 저장하고 지우는 단추, 새 판."""

import re
import shutil
import unicodedata
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

import audit
from book import CHAPTERS, HTML, PAGES, copy_book, make
from machine.site import offline

SECTION = "chapters/chap6/6-2-numerical.html"
CHAPTER = [page for page in PAGES if page.startswith("chapters/chap6/")]
FIRST = ["chapters/chap6/index.html", "chapters/chap6/warm-up.html"]
IN_ORDER = FIRST + [page for page in CHAPTER if page not in FIRST]
OUTSIDE = sorted({*PAGES} - {*CHAPTER, "offline.html"})
ITSELF = re.compile(r"sw\.js|_static/workbox/.*|offline\.html")  # 서비스 워커가 늘 받는 것
SAVE_DATA = "Object.defineProperty(NetworkInformation.prototype, 'saveData', { get: () => true });"
KEPT = """async () => {
  const home = (await navigator.serviceWorker.ready).scope;
  const name = (await caches.keys()).find(name => name.includes('precache'));
  const requests = await (await caches.open(name)).keys();
  return requests.map(({url}) => decodeURI(url.replace(home, '').replace(/[?].*/, '')));
}"""
KEPT_TEXT = f"""async () => {{
  const isSection = ({{url}}) => url.includes('{SECTION}');
  const texts = [];
  for (const name of await caches.keys()) {{
    const cache = await caches.open(name);
    for (const key of (await cache.keys()).filter(isSection))
      texts.push(await (await cache.match(key))?.text());
  }}
  return texts.length == 1 && texts[0];
}}"""
WATCH_PROGRESS = """() => {
  window.seen = [];
  const bar = document.querySelector('.offline progress');
  new MutationObserver(() => bar.hidden || seen.push(bar.value / bar.max))
    .observe(bar, {attributes: true});
}"""


def visit(site, server, name, script=""):
    """처음 온 독자의 쪽. 저절로 저장하는 일이 끝날 때까지 기다린다."""
    page = audit.new_page(site.browser, server, service_workers="allow")
    page.add_init_script(script)
    page.goto(server.url + name)
    audit.wait_for_worker(page)
    return page


def until(page, condition):
    """브라우저에서 그렇게 될 때까지 기다린다. wait_for_function은 약속(Promise)을 참으로 친다."""
    for _ in range(300):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"기다려도 되지 않았습니다: {condition}")


def kept(page):
    """저장한 파일들. 주소에서 ? 뒤는 뺀 것."""
    return {*page.evaluate(KEPT)}


def sent_by_worker(server):
    """쪽이 아니라 서비스 워커가 받은 것 가운데 그 자신의 것을 뺀 {파일: 바이트}."""
    found = [sent for sent in server.sent if sent.sender.endswith("sw.js")]
    return {sent.path: sent.bytes for sent in found if not ITSELF.fullmatch(sent.path)}


def listed(page):
    """offline.html의 목록에 있는 쪽의 주소."""
    return page.eval_on_selector_all("#kept a", "links => links.map(link => link.href)")


def save_whole_book(page):
    page.locator(".offline .save").press("Enter")
    status = page.locator(".offline [role=status]")
    expect(status).to_contain_text("책 전체를 저장했습니다", timeout=60_000)


def assert_lost(page, address, title):
    """저장하지 않은 쪽을 연 것을 알리고, 지금 열 수 있는 쪽으로 이어진다."""
    page.goto(address)
    assert f"‘{title}’ 쪽은 이 브라우저에 저장되어 있지 않습니다" in page.inner_text("article")
    assert page.get_by_role("link", name="다시 열기").evaluate("link => link.href") == address


def assert_can_search(page, word):
    page.keyboard.press("/")
    page.keyboard.type(word)
    expect(page.get_by_role("dialog").get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")


# 쪽을 부르는 다른 주소와, 그 쪽이 열리는 주소. 서버가 아는 것은 연결이 끊겨도 연다
OTHER_ADDRESSES = {
    "chapters/chap6/6-2-numerical": "chapters/chap6/6-2-numerical",
    "chapters/chap6/6-2-numerical/": SECTION,
    "chapters/chap6/6-2-numerical?utm_source=a#b": "chapters/chap6/6-2-numerical?utm_source=a#b",
    "chapters/chap6/6%2D2%2dnumerical.html?q=100%": "chapters/chap6/6%2D2%2dnumerical.html?q=100%",
    "chapters/chap6/6-2-numerical.html/?a=1#h": f"{SECTION}?a=1#h",
    "chapters/chap6": "chapters/chap6/index.html",
    "chapters/chap6/": "chapters/chap6/",
    "chapters/chap6/?a=1": "chapters/chap6/?a=1",
    "chapters/chap6/index": "chapters/chap6/index",
    f"{SECTION}#100%": f"{SECTION}#100%",
}


def unexpected(errors):
    """다른 장의 본문은 그 장을 읽을 때 저장하므로, 연결 없이 찾을 때에는 받지 못한다."""
    if CHAPTERS == 1:
        return errors
    failed = r"net::ERR_FAILED http://\S+/_static/search/text-\w+\.js|.*: net::ERR_FAILED"
    return [error for error in errors if not re.fullmatch(failed, error)]


def test_first_visit_keeps_its_chapter(site):
    with audit.serve(HTML) as server:
        page = visit(site, server, SECTION)
        background = sent_by_worker(server)
        assert {name for name in background if name.endswith(".html")} == {*CHAPTER} - {SECTION}
        assert sum(background.values()) <= 800_000
        assert kept(page) >= {*CHAPTER, "offline.html"}
    page.errors.clear()
    for name in (SECTION, *CHAPTER[:2]):
        page.goto(server.url + name)
        assert page.title() in (HTML / name).read_text("utf-8")
        audit.read(page)
    assert_can_search(page, "리처드슨")
    page.locator("article a[href*='glossary.html#']").first.hover()
    expect(page.locator(".link-preview dt")).to_be_visible()
    for address, opened in OTHER_ADDRESSES.items():
        page.goto("about:blank")
        page.goto(server.url + address)
        assert page.url == server.url + opened and "저장한 쪽" not in page.title()
        assert page.evaluate("getComputedStyle(document.querySelector('article')).lineHeight") != (
            "normal"
        )
    assert_lost(page, server.url + "glossary.html", "용어")
    assert listed(page) == [server.url + name for name in IN_ORDER]
    page.locator("#kept a").last.click()
    page.wait_for_url(server.url + IN_ORDER[-1])
    assert unexpected(page.errors) == []
    page.context.close()


KOREAN = "chapters/chap6/한글 쪽(1).html"
KOREAN_ADDRESSES = [
    KOREAN,
    KOREAN.removesuffix(".html"),
    quote(KOREAN),
    quote(KOREAN).lower(),
    quote(unicodedata.normalize("NFD", KOREAN)),  # 맥의 파일 이름에서 베낀 것
]


@pytest.fixture
def two_books(tmp_path):
    """이름이 한글인 쪽이 있는 책과, 그 아래 폴더(other/)에 놓인 다른 책."""
    book = shutil.copytree(HTML, tmp_path / "site")
    shutil.copy(book / SECTION, book / KOREAN)
    pages = {name: (book / name).read_text("utf-8") for name in [*PAGES, KOREAN]}
    offline.finish(SimpleNamespace(outdir=book), pages)
    (book / "other").symlink_to(HTML)
    return book


def test_two_books_of_one_site_share_nothing(site, two_books):
    with audit.serve(two_books) as server:
        page = visit(site, server, f"other/{SECTION}")
        audit.choose_dark(page)
        page.goto(server.url + quote(KOREAN))
        audit.wait_for_worker(page)
        assert page.evaluate("document.body.dataset.theme") == "auto"
        assert len(page.evaluate("caches.keys()")) == 2
    for address in KOREAN_ADDRESSES:
        page.goto(server.url + address)
        assert "저장한 쪽" not in page.title()
    page.goto(server.url + f"other/{SECTION}")
    assert "수치미분" in page.title()
    assert page.evaluate("document.body.dataset.theme") == "dark"
    stored = page.evaluate("Object.keys(localStorage)")
    assert all("/" in key for key in stored), stored  # 이름에 책의 폴더가 든다
    assert page.evaluate("indexedDB.databases()") == []
    assert page.evaluate("[document.cookie, ...Object.keys(sessionStorage)]") == [""]
    page.context.close()


def test_data_saver_keeps_only_what_was_opened(site):
    with audit.serve(HTML) as server:
        page = visit(site, server, SECTION, SAVE_DATA)
        assert sent_by_worker(server) == {}
        page.goto(server.url + "glossary.html")
        page.goto(server.url + SECTION)  # 쪽을 열자마자 떠나도 저장한다
        until(page, f"async () => (await ({KEPT})()).includes('glossary.html')")
        pages = {name for name in kept(page) if name.endswith(".html")}
        assert pages == {SECTION, "glossary.html", "offline.html"}
    page.goto(server.url + "glossary.html")
    assert "용어" in page.title()
    page.goto(server.url + SECTION)
    assert (
        page.evaluate("getComputedStyle(document.querySelector('article')).lineHeight") != "normal"
    )
    assert_lost(page, server.url + CHAPTER[0], "6.1 심파이를 사용한 미분")
    page.context.close()


def test_whole_book_can_be_saved_and_forgotten(site):
    with audit.serve(HTML) as server:
        page = visit(site, server, "index.html")
        said = re.search(r"\((.*) MB\)", page.inner_text(".offline .save"))[1]
        page.evaluate(WATCH_PROGRESS)
        server.sent.clear()
        save_whole_book(page)
        sent = sum(sent_by_worker(server).values()) / 1e6
        assert float(said) == pytest.approx(sent, rel=0.02, abs=0.006)
        seen = page.evaluate("seen")
        assert len({*seen}) > 10 and seen == sorted(seen)
        assert kept(page) >= {*PAGES}
        assert page.evaluate("document.activeElement.textContent") == "저장한 것 지우기"
    page.errors.clear()
    for name in ["", *OUTSIDE, SECTION]:
        page.goto(server.url + name)
        assert page.title() in (HTML / (name or "index.html")).read_text("utf-8")
        audit.read(page)
    audit.choose_dark(page)
    audit.axe_start(page, ".offline")
    assert audit.axe_found(page) == []
    answer = page.locator("section[id^=quiz-] details").first
    answer.locator("summary").click()
    expect(answer.get_by_text(re.compile("맞습니다|아닙니다")).first).to_be_visible()
    assert_can_search(page, "리처드슨")
    assert page.errors == []
    page.goto(server.url + "offline.html")
    audit.wait_for_worker(page)
    in_list = listed(page)
    assert len({*in_list}) == len(in_list)
    assert page.inner_text(".offline a") == f"저장한 쪽 {len(in_list)}개 (책 전체)"
    page.get_by_role("button", name="저장한 것 지우기").click()
    expect(page.locator(".offline [role=status]")).to_have_text("저장한 것을 지웠습니다.")
    assert kept(page).intersection(PAGES) == {"offline.html"}
    assert page.evaluate("document.activeElement.className") == "save"
    assert_lost(page, server.url + SECTION, "6.2 수치미분")
    page.context.close()


def replace(site, name, old, new):
    path = site / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_edit_of_a_page_is_all_that_is_fetched_again(site, tmp_path):
    edition = shutil.copytree(HTML, tmp_path / "site")
    replace(edition, SECTION, "수치미분", "새 판의 미분")
    pages = {name: (edition / name).read_text("utf-8") for name in PAGES}
    offline.finish(SimpleNamespace(outdir=edition), pages)
    with audit.serve(HTML) as server:
        page = visit(site, server, SECTION)
        page.goto(server.url + "index.html")
        audit.wait_for_worker(page)
        server.folder = edition
        server.sent.clear()
        page.goto(server.url + "index.html")
        until(page, f"async () => (await ({KEPT_TEXT})() || '').includes('새 판의 미분')")
        audit.wait_for_worker(page)
        assert {sent.path for sent in server.sent} == {"index.html", "sw.js", SECTION}
    page.goto(server.url + SECTION)
    assert "새 판의 미분" in page.inner_text("article")
    audit.read(page)
    page.context.close()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [(SECTION, "수치미분", "새 판의 미분"), ("_static/bundle.css", "{", "{--edition:second;")],
    ids=["page", "css"],
)
def test_page_of_two_editions_is_not_kept(site, tmp_path, name, old, new):
    """새 판을 올리는 사이에 온 독자의 쪽은 저장하지 않는다. 옛 글과 새 CSS가 섞일 수 있다."""
    between = shutil.copytree(HTML, tmp_path / "site")
    replace(between, name, old, new)
    with audit.serve(between) as server:
        page = visit(site, server, SECTION)
        assert SECTION not in kept(page)
    assert_lost(page, server.url + SECTION, "6.2 수치미분")
    page.context.close()


@pytest.fixture(scope="module")
def second_edition(tmp_path_factory):
    """글과 모양이 다른 새 판. 첫 쪽의 이름만 같다."""
    book = copy_book(tmp_path_factory.mktemp("edition") / "book")
    (book / "_toc.yml").write_text(
        "{format: jb-book, root: index, chapters: [{file: one, sections: [{file: two}]}]}", "utf-8"
    )
    for name in ("index", "one", "two"):
        (book / f"{name}.md").write_text("# 새 판\n\n둘째 판의 글입니다.\n", "utf-8")
    with (book / "machine/page/appearance/static/book.css").open("a") as css:
        css.write("\nbody { --edition: second; }\n")
    status, printed = make(book, "html")
    assert status == 0, printed
    return book / "_build/html"


EDITION = "getComputedStyle(document.body).getPropertyValue('--edition')"


def test_new_edition_replaces_the_old(site, second_edition):
    with audit.serve(HTML) as server:
        page = visit(site, server, "index.html")
        server.folder = second_edition
        page.goto(server.url + "index.html")
        assert "둘째 판의 글입니다." in page.inner_text("article")
        assert page.evaluate(EDITION) == "second"
        assert page.goto(server.url + SECTION).status == 404
        page.goto(server.url + "index.html")
        until(page, f"async () => !(await ({KEPT})()).includes('glossary.html')")
        audit.wait_for_worker(page)
    page.goto(server.url + "index.html")
    assert "둘째 판의 글입니다." in page.inner_text("article")
    assert page.evaluate(EDITION) == "second"
    page.context.close()
