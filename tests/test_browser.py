"""브라우저로 하는 시험: 무게, 접근성, 자판, 화면 색.

재는 함수는 audit.py에 있다.
"""

import io
import re
import subprocess
import sys
from base64 import b64encode

import pytest
from matplotlib.figure import Figure
from playwright.sync_api import expect

import audit
import figures
from book import HTML, PAGES, need, of_chap6, pdf_texts

SECTION = "chapters/chap6/6-2-numerical.html"
LONG = "chapters/chap6/6-5-errors.html"


@pytest.fixture
def open_page(site):
    """쪽을 열고, 시험이 끝나면 닫는다."""
    pages = []

    def opened(name, size=audit.DESKTOP, **options):
        pages.append(audit.new_page(site.browser, site.server, size, **options))
        pages[-1].goto(site.url + name)
        return pages[-1]

    yield opened
    for page in pages:
        page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_policy_is_strict(name):
    """보안 정책이 쪽의 무엇보다 먼저 온다.

    이 사이트의 것만 허락하고, 끼워 넣은 코드는 해시로만 허락한다.
    """
    html = (HTML / name).read_text("utf-8")
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)"', html, re.I)
    assert policy
    assert not re.search(r"<(script|style|link|img)\b", html[: policy.start()])
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy[1].split(";") if rule.strip())
    assert rules["default-src"] in ("'self'", "'none'")
    strict = (
        policy[1].replace(" https://giscus.app", "") if name == "comments.html" else policy[1]
    )  # 댓글을 켠 책에만 있다
    assert "http" not in strict and "*" not in strict
    assert not re.search("unsafe", rules.get("script-src", rules["default-src"]))


def test_policy_is_enforced(open_page):
    page = open_page("index.html")
    page.evaluate("""() => { const code = document.createElement('script');
      code.textContent = 'window.slipped = true';
      document.head.append(code); new Image().src = 'https://example.com/a.png'; }""")
    page.wait_for_timeout(100)
    assert not page.evaluate("window.slipped")
    assert [error for error in page.errors if "CSP" in error and "inline" in error]
    assert [error for error in page.errors if "CSP" in error and "example.com" in error]


# --- 첫 쪽

FIRST_SCREEN = ["h1 .mark", "h1 + p", ".start a", ".ways", ".front img", "figcaption"]


@pytest.mark.parametrize("width, height", [(1300, 800), (375, 667)])
def test_front_page_opens_with_what_it_is_and_where_to_start(open_page, width, height):
    page = open_page("index.html", {"width": width, "height": height})
    boxes = [page.locator(selector).first.bounding_box() for selector in FIRST_SCREEN]
    assert all(box["width"] > 8 and box["height"] > 8 for box in boxes)
    assert max(box["y"] + box["height"] for box in boxes) <= height
    page.click(".start a")
    assert page.locator("article p.minutes").count() == 1  # 절이 열렸다


def test_a_book_opened_as_a_file_does_not_speak_of_running_in_the_page(site):
    page = audit.new_page(site.browser, site.server)
    page.goto((HTML / "index.html").as_uri())
    assert page.locator(".if-run:visible, .if-offline:visible").count() == 0
    assert page.locator(".if-progress:visible").count() == 1
    page.context.close()


# --- 자판

BASE = """() => {
  document.documentElement.style.scrollBehavior = 'auto';
  const look = box => {
    const s = getComputedStyle(box), border = [s.borderColor, s.borderWidth];
    return [s.boxShadow, ...border, s.backgroundColor, s.textDecorationLine].join();
  };
  const tiny = box => getComputedStyle(box).opacity < .1 | box.offsetWidth <= 1;
  const proxy = box => box.labels?.length && tiny(box) ? box.labels[0] : box;
  const words = box => (box.ariaLabel || box.textContent).trim().slice(0, 25);
  window.name_of = box => `<${box.localName} ${box.id || box.className}> ${words(box)}`;
  window.boxes = [...document.querySelectorAll('a[href], button, input, summary, [tabindex="0"]')]
    .filter(box => box.tabIndex >= 0 && !box.disabled && box.type != 'hidden')
    .filter(box => box.checkVisibility({visibilityProperty: true}) && !box.closest('[inert]'));
  window.looks = new Map(boxes.map(box => [box, look(proxy(box))]));
  window.step = () => {
    const box = document.activeElement;
    if (box == document.body) return null;
    document.getAnimations().forEach(
      move => move.effect.getTiming().iterations == Infinity || move.finish());
    const shown = proxy(box), style = getComputedStyle(shown), faults = [];
    const rects = [...shown.getClientRects()], seen = rects.some(r => {
      const x = (Math.max(r.left, 0) + Math.min(r.right, innerWidth)) / 2;
      const y = (Math.max(r.top, 0) + Math.min(r.bottom, innerHeight)) / 2;
      const top = document.elementFromPoint(x, y);
      return r.width > 1 && r.height > 1 && top && (shown.contains(top) || top.contains(shown)); });
    if (!seen || style.opacity < .1) faults.push('보이지 않음');
    const outline = style.outlineStyle != 'none' && parseFloat(style.outlineWidth) > 0
      && !/^rgba.*, 0\\)$/.test(style.outlineColor);
    if (!outline && looks.get(box) == look(shown)) faults.push('초점 표시가 없음');
    const wide = box.scrollWidth > box.clientWidth + 1
      && ['auto', 'scroll'].includes(style.overflowX) && box.localName != 'input';
    const kind = box.className || box.localName;
    return {index: boxes.indexOf(box), name: name_of(box), faults, wide, kind};
  };
}"""


def walk(page):
    """탭 글쇠로 쪽을 끝까지 걷는다. (차례로 닿은 것, 잘못)을 돌려준다."""
    page.evaluate(BASE)
    names, faults, reached, kinds = [], [], set(), set()
    for _ in range(page.evaluate("boxes.length") + 200):
        page.keyboard.press("Tab")
        here = page.evaluate("step()")
        if not here or here["index"] in reached:
            break
        reached |= {here["index"]} - {-1}
        names.append(here["name"])
        faults += [f"{fault}: {here['name']}" for fault in here["faults"]]
        if here["wide"] and here["kind"] not in kinds:
            kinds.add(here["kind"])
            for _ in range(3):
                page.keyboard.press("ArrowRight")
            for _ in range(20):  # wait_for_function은 eval을 쓰는데 쪽의 정책이 막는다
                if page.evaluate("document.activeElement.scrollLeft > 0"):
                    break
                page.wait_for_timeout(50)
            else:
                faults.append(f"자판으로 밀 수 없음: {here['name']}")
    else:
        faults.append(f"빠져나오지 못함: {names[-1]}")
    missed = page.evaluate(
        "reached => boxes.filter((_, i) => !reached.includes(i)).map(name_of)", sorted(reached)
    )
    return names, faults + [f"닿지 않음: {name}" for name in missed]


@pytest.mark.parametrize(
    "name, size", [("index.html", audit.PHONE), (SECTION, audit.DESKTOP), (LONG, audit.PHONE)]
)
def test_keyboard_reaches_everything(open_page, name, size):
    page = open_page(name, size)
    page.evaluate(audit.OPEN)
    names, faults = walk(page)
    assert "본문으로 건너뛰기" in names[0]
    assert faults == []


def test_skip_link_leads_to_the_text(open_page):
    page = open_page(SECTION)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('[role=main], main')")


MENU_LINK = ".sidebar-tree a[href$='glossary.html']"


@pytest.mark.parametrize("theme", ["밝게", "어둡게"])
def test_phone_menu(site, open_page, theme):
    """자판으로 열고, 안으로 들어가고, 닫는다. 열린 동안 axe에 걸리거나 잘린 것이 없다."""
    page = open_page(
        SECTION, audit.PHONE, **({"storage_state": site.dark} if theme == "어둡게" else {})
    )
    from playwright.sync_api import expect

    opener = (
        page.get_by_role("button", name="책 차례")
        .or_(page.get_by_role("checkbox", name="책 차례"))
        .first
    )
    opener.focus(timeout=2000)
    page.keyboard.press("Space")
    expect(page.locator(MENU_LINK)).to_be_in_viewport()
    expect(page.locator(".sidebar-tree [aria-current=page]")).to_be_focused()
    page.evaluate(f"() => {{ ({audit.FEWER})(); {audit.STILL} }}")
    audit.axe_start(page)
    assert audit.axe_found(page) == []
    assert {size: found for size, found in audit.overflow(page).items() if found} == {}
    page.set_viewport_size(audit.PHONE)
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("!!document.activeElement.closest('.sidebar-drawer')"):
            break
    else:
        pytest.fail("탭을 여섯 번 눌러도 열린 차례에 들어가지 못합니다")
    page.keyboard.press("Escape")
    expect(page.locator(MENU_LINK)).not_to_be_in_viewport()


def test_local_contents_by_keyboard(open_page):
    """열면 첫 절이나 지금 읽는 절의 이름에 초점이 가고, 고르면 닫히고, 밖으로 나가도 닫힌다."""
    page = open_page(SECTION, audit.PHONE)
    opener, links = (
        page.get_by_role("button", name="이 쪽의 차례").locator("visible=true"),
        page.locator(".toc-drawer li li a"),
    )
    opener.press("Enter")
    expect(links.first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(links.first).not_to_be_in_viewport()
    assert "#" in page.url
    expect(links.nth(1)).to_have_attribute("aria-current", "location")
    page.locator("article h2").nth(5).evaluate("title => title.scrollIntoView()")
    expect(page.locator(".toc-drawer [aria-current]")).to_have_text(links.nth(5).text_content())
    opener.press("Enter")
    expect(links.nth(5)).to_be_focused()
    expect(links.nth(5)).to_be_in_viewport()
    page.evaluate(audit.STILL)
    assert {size: found for size, found in audit.overflow(page).items() if found} == {}
    page.set_viewport_size(audit.PHONE)
    page.keyboard.press("Escape")
    expect(links.first).not_to_be_in_viewport()
    expect(opener).to_be_focused()


def test_address_of_a_folded_answer_unfolds_it(open_page):
    page = open_page(SECTION)
    name = page.locator("details.solution").first.get_attribute("id")
    page.goto(page.url + "#" + name)
    assert page.locator("details.solution").first.evaluate("box => box.open")


@pytest.mark.parametrize("theme, size", [("밝게", audit.PHONE), ("어둡게", audit.WIDE)])
def test_search_dialog(site, open_page, theme, size):
    """단추로 열면 글을 넣을 수 있고, 찾아 주고, Esc로 닫으면 초점이 단추로 돌아온다."""
    from playwright.sync_api import expect

    page = open_page(SECTION, size, **({"storage_state": site.dark} if theme == "어둡게" else {}))
    opener = page.get_by_role("button", name="검색").locator("visible=true").first
    opener.click(timeout=2000)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.type("리처드슨")
    result = dialog.get_by_role("option").first
    expect(result).to_be_visible()
    page.evaluate(f"() => {{ ({audit.FEWER})(); {audit.STILL} }}")
    audit.axe_start(page)
    assert audit.axe_found(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    page.keyboard.type("리처드슨")
    result.click()
    page.wait_for_url(re.compile("6-5-errors|glossary"))


def test_a_result_is_not_lost_while_it_is_pressed(open_page):
    """누르는 사이에 다시 찾아도 결과가 그대로이면 링크도 그대로이다."""
    page = open_page(SECTION, audit.WIDE)
    page.keyboard.press("/")
    page.keyboard.type("리처드슨")
    dialog = page.get_by_role("dialog")
    from playwright.sync_api import expect

    expect(dialog.get_by_role("status")).to_have_text(re.compile(r"^결과 \d+개$"))
    dialog.get_by_role("option").first.hover()
    page.keyboard.type(" ")
    page.mouse.down()
    page.wait_for_timeout(300)  # 80밀리초 뒤에 다시 찾는다
    page.mouse.up()
    page.wait_for_url(re.compile("6-5-errors|glossary"))


MOVING = """() => [...document.querySelectorAll('*')].flatMap(
  box => [null, '::before', '::after'].filter(part => {
  const style = getComputedStyle(box, part);
  const lasts = text => Math.max(...text.split(',').map(parseFloat)) > .01;
  const moves = /all|transform|left|right|top|bottom|width|height|margin|translate|rotate/;
  return style.scrollBehavior == 'smooth'
    || (style.animationName != 'none' && lasts(style.animationDuration))
    || (moves.test(style.transitionProperty) && lasts(style.transitionDuration));
}).map(part => `${box.localName}.${box.className.baseVal ?? box.className}${part ?? ''}`))"""


def test_reduced_motion_is_respected(open_page):
    page = open_page(SECTION, reduced_motion="reduce")
    page.evaluate("document.querySelectorAll('details').forEach(box => box.open = true)")
    assert sorted({*page.evaluate(MOVING)}) == []


def test_figures_can_be_enlarged_by_keyboard(open_page):
    page = open_page(SECTION, audit.PHONE)
    opener, dialog = (
        page.get_by_role("button", name="그림 크게 보기").first,
        page.get_by_role("dialog", name="크게 본 그림"),
    )
    opener.focus()
    page.keyboard.press("Enter")
    picture, small = dialog.get_by_role("img"), page.locator("figure img").first
    assert picture.get_attribute("alt") == small.get_attribute("alt")
    assert picture.bounding_box()["width"] > 2 * small.bounding_box()["width"]
    page.keyboard.press("Escape")
    assert not dialog.count() and opener.evaluate("button => button == document.activeElement")


@pytest.mark.parametrize(
    "name", [name for name in of_chap6(PAGES) if "<figure" in (HTML / name).read_text("utf-8")]
)
def test_words_and_lines_of_figures_are_told_apart(open_page, name):
    assert figures.wrong(open_page(name, audit.PHONE)) == {}


def test_a_badly_drawn_figure_is_found(open_page):
    """겹친 글자, 나간 글자, 작은 글자, 색만 다른 선이 하나씩 있고, 비스듬히 나란한 글은 괜찮다."""
    figure, svg = Figure((5, 4)), io.BytesIO()
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], "-", [0, 1], [1, 0], "-", [0, 1], [0.5, 0.5], "--", color="C0")
    axes.lines[1].set_color("C1")
    for x, word, size, turn in (
        (0.1, "under", 12, 0),
        (0.13, "over", 12, 0),
        (0.4, "tiny", 6, 0),
        (0.6, "long and slanted", 12, 45),
        (0.7, "slanted and long", 12, 45),
        (1.05, "outside", 12, 0),
    ):
        axes.text(x, 0.7, word, size=size, rotation=turn, rotation_mode="anchor")
    figure.savefig(svg, format="svg")
    page = open_page("404.html")
    page.evaluate(
        """svg => {
          document.body.innerHTML = `<figure id="bad">
            <img src="data:image/svg+xml;base64,${svg}" style="width: 328px"></figure>`;
          return document.images[0].decode();
        }""",
        b64encode(svg.getvalue()).decode(),
    )
    assert figures.wrong(page) == {
        "bad": [
            "겹침: under / over",
            "나감: outside",
            "작음: tiny 5.5px",
            "색만 다름: rgb(255, 127, 14), rgb(31, 119, 180)",
        ]
    }


def test_paper_has_the_answers_and_not_the_folded_code(open_page, tmp_path):
    korean = sys.platform != "linux" or subprocess.check_output(["fc-list", ":lang=ko"])
    need(
        korean,
        "한국어 글꼴이 없어 찍은 쪽에서 한글을 읽을 수 없습니다: "
        "sudo apt-get install fonts-noto-cjk로 설치하세요",
    )
    page = open_page(SECTION, color_scheme="dark")
    page.pdf(path=tmp_path / "page.pdf")
    text = "".join(pdf_texts(tmp_path / "page.pdf"))
    assert (
        text.count("맞습니다") >= 5
        and "풀이: 연습문제 6-6" in text
        and "준비 셀" not in text.replace("먼저 준비 셀", "")
        and "'bool' object" in text  # 짐작해 볼 출력
    )
    assert page.locator("article details[open]").count() == 0


# --- 미리 보기

LINKED = "article a.reference.internal[href*='#']"
# 링크마다 눌러, 상자가 링크가 놓인 줄을 덮거나 화면을 나가거나 이름표가 겹치면 적는다.
# 줄은 글자로 잰다. 수식에서 나뉘지 않는 것은 글자 하나로 친다.
COVERED = """async selector => {
  document.documentElement.style.scrollBehavior = 'auto';
  const faults = [], urls = [];
  const lineOf = link => {
    let block = link;
    while (getComputedStyle(block).display.startsWith('inline')) block = block.parentElement;
    const own = [...link.getClientRects()], range = document.createRange(), boxes = new Map();
    const walk = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const text = walk.currentNode;
      if (text.parentElement.closest('.katex-mathml, .link-preview')) continue;
      const key = text.parentElement.closest('.katex-base') ?? text;
      range.selectNodeContents(text);
      const rects = [...range.getClientRects()].filter(rect => rect.width);
      boxes.set(key, [...boxes.get(key) ?? [], ...rects]);
    }
    const beside = [...boxes].flatMap(([key, rects]) => {
      const parts = key.nodeType == 1 && rects.length ? [{
        top: Math.min(...rects.map(rect => rect.top)),
        bottom: Math.max(...rects.map(rect => rect.bottom))}] : rects;
      return parts.filter(({top, bottom}) =>
        own.some(mine => top < mine.bottom - 2 && bottom > mine.top + 2));
    });
    return [...own, ...beside];
  };
  for (const link of document.querySelectorAll(selector)) {
    if (!link.checkVisibility()) continue;
    link.scrollIntoView({block: 'center'});
    link.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true, pointerType: 'touch'}));
    link.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true, detail: 1}));
    for (let n = 0; n < 100 && !link.ariaExpanded; n++) await new Promise(requestAnimationFrame);
    const preview = document.querySelector('.link-preview:popover-open');
    const {top, bottom, left, right} = preview.getBoundingClientRect();
    const ids = [...document.querySelectorAll('[id]')].map(({id}) => id);
    const name = link.textContent + ' ' + link.getAttribute('href');
    if (preview.ariaLabel != link.textContent.trim() + ' 미리 보기') faults.push(`다름: ${name}`);
    if (lineOf(link).some(line => line.top < bottom && line.bottom > top))
      faults.push(`줄을 덮음: ${name}`);
    if (top < 0 || left < 0 || bottom > innerHeight || right > document.body.clientWidth)
      faults.push(`화면을 나감: ${name}`);
    if (bottom - top < 40) faults.push(`볼 수 없음: ${name}`);
    if (ids.length > new Set(ids).size) faults.push(`이름표가 겹침: ${name}`);
    urls.push(...[...preview.querySelectorAll('a, img')].map(part => part.href ?? part.src));
  }
  return [faults, urls.map(url => decodeURI(url).replace(/[?#].*/, ''))];
}"""


@pytest.mark.parametrize("name, size", [(LONG, audit.PHONE), ("cheatsheet.html", audit.DESKTOP)])
def test_previews_leave_the_line_of_the_link(site, open_page, name, size):
    page = open_page(name, size)
    faults, urls = page.evaluate(COVERED, LINKED)
    assert faults == [] and page.errors == []
    inside = [url.removeprefix(site.url) for url in urls if url.startswith(site.server.origin)]
    assert inside and not [url for url in inside if not (HTML / url).is_file()]


def test_preview_by_mouse_and_keyboard(open_page):
    """올려 두면 보이고, 상자로 옮겨 가도 그대로이다. 자판으로는 그 속으로 들어가고 Esc로 닫는다."""
    page = open_page(SECTION)
    link = page.locator(f"{LINKED}[href*='#equation']").first
    preview = page.locator(".link-preview")
    link.scroll_into_view_if_needed()
    link.hover()
    page.mouse.move(5, 5)  # 지나가기만 했다
    page.wait_for_timeout(450)
    expect(preview).to_be_hidden()
    link.hover()
    expect(preview).to_be_visible()
    target = page.locator(f"[id='{link.get_attribute('href')[1:]}']")
    formula = target.locator(".katex").element_handle()
    assert preview.locator(".katex").evaluate("(one, two) => one.isEqualNode(two)", formula)
    audit.axe_start(page, {"include": [[".link-preview"], ["[aria-expanded]"]]})
    assert audit.axe_found(page) == []
    preview.hover()
    page.wait_for_timeout(350)
    expect(preview).to_be_visible()
    page.emulate_media(media="print")
    expect(preview).to_be_hidden()
    page.emulate_media(media="screen")
    page.mouse.move(5, 5)
    expect(preview).to_be_hidden()
    page.keyboard.press("Tab")  # 이제부터 자판으로 한다
    link.focus()
    expect(preview).to_be_visible()
    page.keyboard.press("Tab")
    way = preview.get_by_role("link", name="그 자리로 가기")
    expect(way).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(link).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    expect(preview).to_be_hidden()
    page.keyboard.press("Enter")
    assert page.url.endswith(link.get_attribute("href"))
    assert page.errors == []


def test_preview_by_touch(site, open_page):
    """처음 누르면 보이고, 밖을 누르면 닫히며, 다시 누르거나 상자의 링크를 누르면 그 자리로 간다."""
    page = open_page(SECTION, audit.PHONE, has_touch=True, storage_state=site.dark)
    link = page.locator(f"{LINKED}[href*='glossary']").first
    preview = page.locator(".link-preview")
    page.wait_for_load_state("networkidle")
    site.server.sent.clear()
    link.tap()
    expect(preview).to_be_visible()
    received = [sent.path for sent in site.server.sent if not sent.path.endswith(".svg")]
    assert len(received) == 2 and received[1] == "_static/previews/pages/glossary.js"
    assert page.url.endswith(SECTION)
    audit.axe_start(page, {"include": [[".link-preview"], ["[aria-expanded]"]]})
    assert audit.axe_found(page) == []
    page.locator("h1").tap()
    expect(preview).to_be_hidden()
    link.tap()
    preview.get_by_role("link", name="그 자리로 가기").tap()
    page.wait_for_url("**/glossary.html#*")
    page.go_back()
    link.tap()
    expect(preview).to_be_visible()
    link.tap()
    page.wait_for_url("**/glossary.html#*")
    page.go_back()
    page.route("**/previews/pages/*", lambda route: route.abort())
    link.tap()  # 받지 못하면 링크이다
    page.wait_for_url("**/glossary.html#*")


@pytest.mark.parametrize("script", [True, False])
def test_long_code_is_folded_on_a_narrow_screen_only(open_page, script):
    """접힌 코드는 자판으로 펼치고, 종이에는 펼쳐 찍는다. 스크립트를 끄면 접지 않는다."""
    page = open_page(SECTION, audit.PHONE, java_script_enabled=script)
    code = page.locator(".tag_fold-narrow pre")
    expect(code).to_be_visible(visible=not script)
    if not script:
        return
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(code).to_be_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(code).to_be_hidden()
    page.get_by_text(re.compile(r"^코드 펼치기\(\d+줄\)$")).locator("xpath=..").press("Enter")
    expect(code).to_be_visible()
    assert sum(shift["value"] for shift in page.evaluate("shifts")) < 0.01
    page.set_viewport_size(audit.DESKTOP)
    page.reload()
    expect(code).to_be_visible()
    assert page.locator("details.narrow").count() == 0 and page.errors == []


# --- 화면 색

FRAMES = f"""window.frames_seen = [];
const look = () => {{
  if (document.body) frames_seen.push(({audit.BACKGROUND})());
  if (frames_seen.length < 60) requestAnimationFrame(look);
}};
requestAnimationFrame(look);"""


def test_what_a_reader_did_is_counted_and_can_be_forgotten(open_page):
    page = open_page(SECTION)
    for choice in page.locator("section[id^=quiz-] p:has(strong) + details > summary").all()[:2]:
        choice.click()
        choice.click()
    page.locator(".exercise").first.evaluate(
        "box => box.dispatchEvent(new Event('passed', { bubbles: true }))"
    )
    link = page.locator(".sidebar-tree .current-page > a")
    expect(link).to_have_text("6.2 수치미분물음 2개, 문제 1개")
    for heading in page.locator("article h2").all():
        heading.scroll_into_view_if_needed()
        page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(link).to_have_text("6.2 수치미분읽음, 물음 2개, 문제 1개")
    heading = page.locator("article h2").nth(2)
    heading.evaluate("title => title.scrollIntoView({ behavior: 'instant' })")
    here = heading.text_content().strip("¶ \n")
    done, offer = page.locator(".progress-list"), page.locator(".place")
    page.wait_for_timeout(2200)  # 머물러야 읽던 곳이다
    page.goto(page.url.replace("6-2-numerical", "index"))
    expect(done.locator("li")).to_have_text(
        f"6.2 수치미분: 읽음, 물음 2개, 문제 1개, 읽던 곳 {here}"
    )
    expect(offer.locator("p")).to_have_text(f"지난번에 읽던 곳: 6.2 수치미분, {here}")
    assert page.evaluate("scrollY") == 0 and page.evaluate("shifts") == []
    audit.axe_start(page, {"include": [[".progress-list"], [".sidebar-tree"], [".place"]]})
    assert audit.axe_found(page) == []
    offer.get_by_role("link").press("Enter")
    expect(heading).to_be_in_viewport()
    expect(offer).to_have_count(0)  # 이름표를 달고 왔다
    page.goto(page.url.split("#")[0])
    expect(offer.locator("p")).to_have_text(f"지난번에 읽던 곳: {here}")
    page.set_viewport_size(audit.PHONE)
    page.evaluate(audit.STILL)
    assert page.evaluate(audit.CLIPPED) == []
    offer.get_by_role("button").press("Enter")
    expect(offer).to_have_count(0)
    page.goto(page.url.replace("6-2-numerical", "index"))
    expect(done.locator("li")).to_have_text("6.2 수치미분: 읽음, 물음 2개, 문제 1개")
    done.get_by_role("button").press("Enter")
    expect(page.locator(".progress, .progress-list, .place")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).length") == 0 and page.errors == []


def test_theme_stays_without_a_flash(site, open_page):
    """고른 색이 다음 쪽의 첫 장면부터 보인다. 스크립트 파일이 늦게 와도 그렇다."""
    page = open_page("index.html", color_scheme="light")
    audit.choose_dark(page)
    dark = page.evaluate(audit.BACKGROUND)
    page.context.add_init_script(FRAMES)
    page.route(
        re.compile(r"\.js(\?|$)"), lambda route: (page.wait_for_timeout(200), route.continue_())
    )
    page.goto(site.url + SECTION)
    while page.evaluate("frames_seen.length") < 10:
        page.wait_for_timeout(20)
    assert {*page.evaluate("frames_seen")} == {dark}


# --- 내려받은 폴더


def test_book_opens_as_files(site):
    page = audit.watch(
        site.browser.new_context(viewport=audit.DESKTOP, color_scheme="light").new_page(), "file://"
    )
    page.goto((HTML / "index.html").as_uri(), wait_until="networkidle")
    page.goto((HTML / SECTION).as_uri())
    audit.read(page)
    audit.choose_dark(page)
    page.locator("section[id^=quiz-] summary").first.click()
    assert page.locator("section[id^=quiz-] details[open]").count() == 1
    page.locator(f"{LINKED}[href*='glossary']").first.hover()
    expect(page.locator(".link-preview dt")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".link-preview dt")).to_be_hidden()
    assert (page.errors, page.foreign) == ([], [])
    page.context.close()


# --- 표

# 일꾼마다 시험을 모으므로, 나무를 짓지 않고 글에서 찾는다
TEXTS = {name: (HTML / name).read_text("utf-8") for name in PAGES}
WITH_TABLES = [name for name in PAGES if "<caption" in TEXTS[name]]
PARAGRAPH_IN_CELL = re.compile(r"<td\b(?:(?!</td>).)*?<p\b", re.S)
OFF_SCREEN = """() => [...document.querySelectorAll('article caption')].filter(caption => {
  caption.parentElement.style.minWidth = '900px';
  const range = document.createRange(), wrapper = caption.closest('.table-wrapper');
  range.selectNodeContents(caption);
  return [0, 300].some(left => {
    wrapper.scrollLeft = left;
    const {left: start, right: end} = range.getBoundingClientRect();
    return start < 0 || end > innerWidth;
  });
}).map(caption => caption.textContent)"""
BROKEN = """() => {
  const broken = [], range = document.createRange();
  for (const row of document.querySelectorAll('article tbody tr'))
    row.lastElementChild.append(' 다른 칸을 미는 긴 글'.repeat(20));
  for (const cell of document.querySelectorAll('article :is(td, th)')) {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      if (text.parentElement.closest('.katex')) continue;
      for (const found of text.data.matchAll(/[\\p{L}\\p{N}_.]{2,}/gu)) {
        range.setStart(text, found.index);
        range.setEnd(text, found.index + found[0].length);
        const tops = [...range.getClientRects()].map(box => Math.round(box.top));
        if (new Set(tops).size > 1) broken.push(found[0]);
      }
    }
  }
  return broken;
}"""
PAPER = {"width": 590, "height": 926}  # 종이의 본문(156 × 245 mm)


@pytest.mark.parametrize("name", WITH_TABLES)
def test_captions_of_wide_tables_stay_on_a_phone_screen(open_page, name):
    assert open_page(name, audit.PHONE).evaluate(OFF_SCREEN) == []


@pytest.mark.parametrize("name", [x for x in PAGES if PARAGRAPH_IN_CELL.search(TEXTS[x])])
def test_printed_columns_do_not_break_words(open_page, name):
    page = open_page(name, PAPER)
    page.emulate_media(media="print")
    assert page.evaluate(BROKEN) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
