"""검색의 시험: 만든 책을 브라우저로 열어 실제로 찾아 본다. 책은 하위 폴더에 둔다."""

import functools
import re
from collections import Counter
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import pytest
import yaml

import audit
from book import FIRST, HTML, IN_THREE, ROOT, hits_in_chap6, messages, need_chromium, search_files

QUERIES, PLACES = yaml.safe_load_all((ROOT / "tests/search/queries.yml").read_text("utf-8"))
TERMS = re.findall(r"^([^\s:(#].*)\n  \S", (ROOT / "glossary.md").read_text("utf-8"), re.M)
PAGE = "chapters/chap6/6-2-numerical.html"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; font-src 'self'"
)
OPTIONS = "#search-list [role=option]"
TEXTS = "**/_static/search/text-*"  # 장마다 본문
STATUS = "document.querySelector('#search-status').textContent"


@pytest.fixture(scope="module")
def site():
    with audit.serve(HTML) as server:
        yield server.url


@pytest.fixture(scope="module")
def browser():
    need_chromium()
    with audit.chromium() as browser:
        yield browser


@pytest.fixture
def page(browser):
    """새 창. 오류가 하나라도 나면 실패한다."""
    context = browser.new_context(service_workers="block")
    tab, errors = context.new_page(), []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    context.close()
    assert errors == []


def ask(page, query):
    """물음을 치고 답을 기다린다."""
    if not page.locator("#search[open]").count():
        page.keyboard.press("/")
    page.evaluate(f"() => {{ {STATUS} = ''; }}")  # 앞서 물은 것의 답을 이 물음의 답으로 보지 않는다
    page.fill("#search-input", query)
    page.wait_for_function(f"() => /^(결과 \\d+개$|‘)/.test({STATUS})")  # 본문까지 찾았다
    page.wait_for_timeout(150)
    return page.locator(OPTIONS)


@pytest.fixture(scope="module")
def ask_all(browser, site):
    """화면이 쓰는 함수에 물음을 한꺼번에 묻는다: 물음마다 [[주소, 제목], …]."""
    tab = browser.new_page(service_workers="block")
    tab.goto(site + PAGE)
    yield functools.partial(
        tab.evaluate,
        """async (queries) => {
      const answers = [];
      const search = document.getElementById("search");
      for (const query of queries)
        answers.push((await search.ask(query)).map((hit) => [hit.url, hit.title]));
      return answers;
    }""",
    )
    tab.close()


def test_queries_find_their_pages(ask_all):
    answers = ask_all(list(QUERIES))
    first = top = 0
    missed = Counter()
    for (query, (kind, expected)), hits in zip(QUERIES.items(), answers):
        found = [
            "chap6" if url == "chapters/chap6/index.html" else PurePosixPath(url.split("#")[0]).stem
            for url, _ in hits_in_chap6(hits)[:3]
        ]
        first += found[:1] != [] and found[0] in expected
        top += bool(set(found) & set(expected))
        if not set(found) & set(expected):
            missed[kind] += 1
            print(f"{query}({kind}): {hits[:3]}")
    print(f"첫째 {first / len(QUERIES):.3f}, 셋 안 {top / len(QUERIES):.3f}, 물음 {len(QUERIES)}개")
    assert not missed["독자의 물음"]  # 첫 판을 읽은 이가 찾았으나 나오지 않던 것
    assert first / len(QUERIES) >= FIRST and top / len(QUERIES) >= IN_THREE, missed


def words_of_the_book():
    """제목, 열쇠말, 번호, 오류와 본문의 말들."""
    search = search_files()
    for url, (_, sections) in search.head["pages"].items():
        for (_, title, keys, numbers, _), (text, errors) in zip(sections, search.texts[url]):
            yield from (title, title.replace(" ", ""), f"{title}에서는", *numbers, *errors)
            yield from keys.split(", ")
            yield from text.split()[::20]


def test_list_is_that_of_one_whole_index(browser, site):
    """나누어 받아 찾은 것은, 책 전체를 한꺼번에 배워 만든 색인에서 찾은 것과 차례까지 같다."""
    search = search_files()
    tab = browser.new_page(service_workers="block")
    tab.goto(site + PAGE)
    queries = [*QUERIES, *PLACES, *list(dict.fromkeys(words_of_the_book()))[::20]]
    answers = tab.evaluate(
        """async ([queries, head, texts]) => {
      const search = document.getElementById("search");
      const answer = (hits) => hits.map((hit) => [hit.url, hit.title, hit.text, hit.score]);
      await search.ask("");
      const whole = await Finder.ofBook(head, Finder.learn(head, texts), texts, () => {});
      const answers = [];
      for (const query of queries)
        answers.push([answer(await search.ask(query)), answer(whole.ask(query))]);
      return answers;
    }""",
        [queries, search.head, search.texts],
    )
    tab.close()
    assert len(queries) > 180 and sum(len(here) > 0 for here, _ in answers) > 180
    assert [query for query, (here, whole) in zip(queries, answers) if here != whole] == []


def test_every_term_is_found_with_and_without_particles(ask_all):
    assert len(TERMS) > 40
    queries = [
        form
        for term in TERMS
        for form in (
            term,
            term.replace(" ", ""),
            term + "의",
            term + "에서는",
            term.replace(" ", "") + "만",
        )
    ]
    for query, hits in zip(queries, ask_all(queries)):
        term = TERMS[queries.index(query) // 5]
        assert any(
            url.startswith("glossary.html#term-") and title == term for url, title in hits[:3]
        ), (query, hits[:3])


def test_queries_find_their_sections(ask_all):
    for (query, (kind, place, within)), hits in zip(PLACES.items(), ask_all(list(PLACES))):
        found = [
            (PurePosixPath(url.split("#")[0]).stem, name)
            for url, title in hits_in_chap6(hits)
            for name in (url.partition("#")[2], title)
        ]
        assert tuple(place.split("#")) in found[: 2 * within] if place else not found, (
            kind,
            query,
            hits[:3],
        )


def test_messages_lead_to_the_table_of_messages(ask_all):
    """오류가 난 사람은 메시지의 첫머리를 친다."""
    queries = [" ".join(text.split("…")[0].split()[:5]) for text in messages()]
    missed = {
        query: hits[:5]
        for query, hits in zip(queries, ask_all(queries))
        if not any(url.startswith("chapters/chap6/6-8-deceive.html#") for url, _ in hits[:5])
    }
    assert len(queries) >= 12 and missed == {}


def test_numbers_lead_to_anchors_that_exist(page, site):
    page.goto(site + PAGE)
    ask(page, "식 (6.10)")
    chosen = page.locator(OPTIONS).first
    assert chosen.inner_text().startswith("식 (6.10) · ")
    anchor = chosen.get_attribute("href").partition("#")[2]
    page.keyboard.press("Enter")
    page.wait_for_url("**#" + anchor)
    assert page.locator(f"[id='{anchor}']").count() == 1


@pytest.mark.parametrize(
    "query, term",
    [
        ("gradient", "편미분계수와 그래디언트: 가장 빨리 커지는 방향"),
        ("변화도", "편미분계수와 그래디언트: 가장 빨리 커지는 방향"),
        ("backprop", "덧셈과 로그, 식 (6.5)의 미분"),
        ("이원수를", "이중수로 만든 순방향 모드"),
        ("전진차분을", "극한에서 차분으로"),
        ("중심 차분", "극한에서 차분으로"),
        ("오차역전파", "역전파"),
        ("ㅇㅈㅍ", "역전파"),
        ("역젼파", "역전파"),
        ("그래디어", "그래디언트"),
    ],
)
def test_other_names_initials_typos(ask_all, query, term):
    assert term in [title for _, title in ask_all([query])[0][:3]]


def test_keyboard_from_opening_to_the_section(page, site):
    page.goto(site + "index.html")
    options = ask(page, "절단오차를")
    box = page.locator("#search-input")
    assert box.get_attribute("type") == "search" and box.get_attribute("aria-expanded") == "true"
    assert re.fullmatch(r"결과 \d+개", page.inner_text("#search-status"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#" + box.get_attribute("aria-activedescendant"))
    assert (
        chosen.get_attribute("aria-selected") == "true"
        and chosen.inner_text() == options.nth(1).inner_text()
    )
    target = chosen.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url("**/" + quote(target.removeprefix("./"), safe="/#"))
    anchor = target.partition("#")[2]
    assert anchor and page.locator(f"[id='{anchor}']").is_visible()


def test_keys_work_wherever_the_focus_is(page, site):
    page.goto(site + PAGE)
    second = ask(page, "미분").nth(1)
    page.keyboard.press("Tab")  # 글칸 다음은 굴러가는 목록이나 닫기 단추다
    assert page.evaluate("document.querySelector('#search').contains(document.activeElement)")
    page.locator("#search-list").evaluate("list => { list.tabIndex = 0; list.focus(); }")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == "search-input"  # 고른 것을 읽어 주는 곳
    page.locator("#search-list").evaluate("list => list.focus()")
    page.keyboard.press("ArrowDown")
    assert second.get_attribute("aria-selected") == "true"
    page.locator("#search button").focus()
    page.keyboard.press("Enter")
    assert not page.locator("#search[open]").count() and page.url.endswith(PAGE)
    target = ask(page, "절단 오차").first.get_attribute("href")
    page.locator("#search-list").evaluate("list => list.focus()")
    page.keyboard.press("Enter")
    page.wait_for_url("**/" + quote(target.removeprefix("./").removeprefix("../../"), safe="/#"))


def test_escape_returns_focus_and_korean_input_is_left_alone(page, site):
    page.goto(site + PAGE)
    opener = page.get_by_role("button", name="검색").first
    opener.click()
    assert ask(page, "텐서").count()
    page.evaluate("""() => document.querySelector("#search-input").dispatchEvent(
        new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true}))""")
    assert page.url.endswith(PAGE) and page.locator("#search[open]").count()
    page.keyboard.press("Escape")
    assert not page.locator("#search[open]").count() and opener.evaluate(
        "node => node === document.activeElement"
    )
    page.keyboard.press("Control+k")
    assert page.locator("#search[open]").count()
    page.keyboard.type("/")  # 글칸에서는 그냥 글자다
    assert page.input_value("#search-input").endswith("/")


@pytest.mark.parametrize(
    "query, mark",
    [
        ("중앙차분을", "중앙"),
        ("requires_grad", "requires_grad"),
        ("ㅌㅇㅍ", "테이프"),
        ("gradient", "그래디언트"),
        ("Only Tensors of floating point", "floating"),
    ],
)
def test_matches_are_marked_in_the_excerpts(page, site, query, mark):
    page.goto(site + PAGE)
    ask(page, query)
    marks = page.eval_on_selector_all(
        OPTIONS,
        """options => options.slice(0, 5).map(
          (option) => [...option.querySelectorAll('mark')].map((mark) => mark.textContent))""",
    )
    assert marks and all(marks) and any(mark in words for words in marks), marks


def test_no_match_says_so(page, site):
    page.goto(site + PAGE)
    assert ask(page, "뷁쀍").count() == 0
    assert page.inner_text("#search-status").startswith("‘뷁쀍’에 맞는 곳이 없습니다")


def test_nothing_is_fetched_before_opening(page, site):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site + PAGE)
    page.wait_for_load_state("networkidle")
    assert not [
        url
        for url in asked
        if re.search("_static/search/|searchindex|searchtools|language_data", url)
    ]
    ask(page, "미분")
    found = [url for url in asked if "_static/search/" in url]
    assert len(found) == 4 + len(search_files().files["texts"])
    assert re.search(r"/index\.js\?\d+$", found[0])
    assert all(re.search(r"-[0-9a-f]{8}\.js$", url) for url in found[1:])


def add_policy(route):
    answer = route.fetch()
    route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": CSP})


def test_works_under_a_strict_policy(browser, site):
    page = browser.new_page(
        service_workers="block"
    )  # 다른 확장의 스크립트가 막히는 것은 여기서 보지 않는다
    page.route("**/*", add_policy)
    page.goto(site + PAGE)
    assert ask(page, "역전파").count()
    page.close()


def test_old_address_still_works(page, browser, site):
    page.goto(site + "search.html?q=%EC%97%AD%EC%A0%84%ED%8C%8C")
    page.wait_for_selector(OPTIONS)
    assert (
        page.input_value("#search-input") == "역전파"
        and "역전파" in page.locator(OPTIONS).first.inner_text()
    )
    plain = browser.new_context(java_script_enabled=False)
    tab = plain.new_page()
    tab.goto(site + PAGE)
    tab.get_by_role("button", name="검색").first.click()
    assert "search.html" in tab.url and "자바스크립트를 켜야 합니다" in tab.inner_text("article")
    plain.close()


@pytest.fixture
def folder(tmp_path):
    """이름이 까다로운 폴더에 둔 사이트."""
    place = tmp_path / "[2026] 수학's 100% #1"
    place.symlink_to(HTML)
    return place


def test_opened_as_a_file_it_is_searched(page, folder):
    blocked = []
    page.on("console", lambda said: blocked.append(said.text) if said.type == "error" else None)
    page.goto((folder / PAGE).as_uri())
    target = ask(page, "절단 오차").first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url("**/" + quote(target.removeprefix("../../"), safe="/#"))
    page.goto((folder / "search.html").as_uri() + "?q=ㅇㅈㅍ")
    page.wait_for_selector(OPTIONS)
    assert blocked == []


def test_opened_as_a_file_its_notebook_is_downloaded(page, folder):
    page.goto((folder / PAGE).as_uri())
    with page.expect_download() as download:
        page.get_by_role("link", name="노트북 내려받기").click()
    made = download.value
    assert made.suggested_filename == "6-2-numerical.ipynb"
    notebook = HTML / "notebooks/chap6" / made.suggested_filename
    assert Path(made.path()).read_bytes() == notebook.read_bytes()


def test_says_when_it_cannot_be_loaded_and_recovers(page, site):
    page.route("**/_static/search/*", lambda route: route.abort())
    page.goto(site + PAGE)
    page.keyboard.press("/")
    page.wait_for_selector("#search[open]")
    page.wait_for_function(f"() => {STATUS}.includes('불러오지 못했습니다')")
    page.unroute("**/_static/search/*")
    assert ask(page, "미분").count()


def titles_of(page):
    return page.eval_on_selector_all(f"{OPTIONS} b", "all => all.map((b) => b.textContent)")


def hold_texts(page):
    """본문의 요청을 붙잡아 둔다. 놓아 줄(release) 목록을 돌려준다."""
    held = []
    page.route(TEXTS, lambda route: held.append(route))
    return held


def open_and_type(page, site, query):
    page.goto(site + PAGE)
    page.keyboard.press("/")
    page.fill("#search-input", query)


def release(page, held):
    for route in held:
        route.continue_()
    page.unroute(TEXTS)


def test_titles_are_listed_while_the_texts_are_on_their_way(page, site):
    held = hold_texts(page)
    open_and_type(page, site, "절단 오차")
    page.wait_for_function(f"() => /^결과 \\d+개 · 본문을 찾는 중입니다\\.$/.test({STATUS})")
    assert page.locator("#search-status[role=status]").is_visible()
    before = titles_of(page)
    assert "절단 오차" in before
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#search [aria-selected=true]").get_attribute("href")
    release(page, held)
    page.wait_for_function(f"() => /^결과 \\d+개$/.test({STATUS})")
    assert len(titles_of(page)) > len(before)
    assert page.locator("#search [aria-selected=true]").get_attribute("href") == chosen


def test_what_is_only_in_the_texts_is_waited_for(page, site):
    """제목에 없는 말은 아직 없다고 하지 않고, Enter는 본문을 기다린다."""
    held = hold_texts(page)
    open_and_type(page, site, "사잇각")
    page.wait_for_function(f"() => {STATUS} === '본문을 찾는 중입니다.'")
    page.keyboard.press("Enter")
    release(page, held)
    page.wait_for_url("**/6-2-numerical.html#*")


def test_texts_that_do_not_come_are_asked_for_again(page, site):
    """받은 데까지는 찾고, 나머지는 연결되었을 때 저절로 다시 받는다."""
    texts = (HTML / "_static/search").glob("text-*")
    (chapter,) = [path.name for path in texts if PAGE in path.read_text("utf-8")]
    page.route(f"**/{chapter}", lambda route: route.fulfill(status=404))
    page.goto(site + PAGE)
    page.keyboard.press("/")
    not_all = f"() => /^결과 \\d+개 · 본문을 불러오지 못한 쪽은/.test({STATUS})"
    page.fill("#search-input", "절단 오차")
    page.wait_for_function(not_all)
    assert "절단 오차" in titles_of(page)
    page.context.set_offline(True)
    page.fill("#search-input", "고등학생과")  # 첫 쪽의 본문에만 있다
    page.locator(OPTIONS, has_text="고등학생과").wait_for()
    page.wait_for_function(not_all)
    page.unroute(f"**/{chapter}")
    page.fill("#search-input", "사잇각")  # 6장의 본문에만 있다
    page.context.set_offline(False)
    page.wait_for_function(f"() => /^결과 \\d+개$/.test({STATUS})")


def test_new_edition_is_never_searched_in_the_old_list(page, site):
    """파일의 목록은 언제나 서버에서 받는다."""

    def address():
        page.goto(site + PAGE)
        with page.expect_response("**/_static/search/index.js*") as response:
            page.keyboard.press("/")
        assert not response.value.from_service_worker
        return response.value.url

    assert address() != address()  # 브라우저에 남은 것은 주소가 같을 때에만 쓴다


@pytest.mark.parametrize("width", [320, 375])
def test_phone_has_its_own_button(browser, site, width):
    context = browser.new_context(
        service_workers="block", viewport={"width": width, "height": 640}, has_touch=True
    )
    page = context.new_page()
    page.goto(site + PAGE)
    button = page.locator(".mobile-header").get_by_role("button", name="검색")
    assert min(button.bounding_box()[side] for side in ("width", "height")) >= 44
    button.click()
    assert ask(page, "수치미분의 오차").count()
    heights = page.eval_on_selector_all(
        "#search a, #search button, #search input",
        "all => all.map((x) => x.getBoundingClientRect().height)",
    )
    assert min(heights) >= 44 and page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("(d => d.scrollWidth <= d.clientWidth)(document.querySelector('#search'))")
    context.close()
