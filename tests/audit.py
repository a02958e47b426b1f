"""다 만든 사이트를 브라우저로 잰다.

    python tests/audit.py 사이트의_폴더 [쪽.html …] [--lighthouse]

폴더를 /book/ 같은 하위 폴더에서 gzip으로 압축하여 보내고, 쪽마다 잰 값을 표 한 줄로, 걸린 것을
그 아래에 적는다.
test_browser.py도 같은 함수로 잰다.
"""

import gzip
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
from contextlib import contextmanager, suppress
from functools import lru_cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
LIGHTHOUSE = ROOT / "_build/audit/node_modules/.bin/lighthouse"
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))),
    None,
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP, PHONE = {"width": 1300, "height": 900}, {"width": 375, "height": 667}
WIDE = {"width": 1400, "height": 900}  # 양쪽의 차례가 모두 보인다
TEXT = (
    ".html",
    ".css",
    ".js",
    ".mjs",
    ".json",
    ".svg",
    ".txt",
    ".wasm",
    ".xml",
    ".map",
    ".webmanifest",
)


# --- 서버


@lru_cache(None)
def packed(path, changed):
    return gzip.compress(Path(path).read_bytes())


class Handler(SimpleHTTPRequestHandler):
    """하위 폴더의 파일을 GitHub Pages처럼 압축하고 10분 동안 두어도 된다고 알리며 보낸다."""

    protocol_version = "HTTP/1.1"
    extensions_map = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".webmanifest": "application/manifest+json",
    }

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.server.ended:  # 서버를 닫아도 브라우저는 열어 둔 연결로 물을 수 있다
            self.close_connection = True
            return
        path = unquote(urlsplit(self.path).path)
        file = self.server.folder / path.removeprefix(self.server.path)
        file = file / "index.html" if path.endswith("/") else file
        found = path.startswith(self.server.path) and file.is_file()
        body = (
            b"404"
            if not found
            else packed(file, file.stat().st_mtime_ns)
            if file.suffix in TEXT
            else file.read_bytes()
        )
        self.server.sent.append(
            SimpleNamespace(
                path=path.removeprefix(self.server.path),
                bytes=len(body),
                sender=self.headers.get("Referer", ""),
            )
        )
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(file) if found else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        if found and file.suffix in TEXT:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        with suppress(ConnectionError):
            self.wfile.write(body)


@contextmanager
def serve(folder):
    """폴더를 보내는 서버. url은 주소, sent는 보낸 것이다.

    folder를 바꾸면 같은 주소에서 다른 판을 보낸다.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.folder, server.sent, server.ended = Path(folder), [], False
    server.origin, lost = f"http://127.0.0.1:{server.server_port}/", server.folder / "404.html"
    # 공개한 책의 404.html에는 사이트의 첫 폴더가 적혀 있다
    server.path = (
        re.search('data-content_root="(.*?)"', lost.read_text("utf-8"))[1]
        if lost.exists()
        else "/book/"
    )
    server.url = server.origin.rstrip("/") + server.path
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.ended = True
        server.shutdown()
        server.server_close()


# --- 브라우저

WATCH = """
addEventListener('securitypolicyviolation', e => console.error(
  `CSP ${e.violatedDirective}: ${e.blockedURI} ${e.sample} ${e.sourceFile}:${e.lineNumber}`));
window.shifts = [];
new PerformanceObserver(list => {
  const shown = node => node && (node.nodeType == 1 ? node : node.parentElement).outerHTML;
  for (const {value, sources} of list.getEntries())
    shifts.push({value, nodes: sources.map(({node}) => shown(node)?.slice(0, 60))});
}).observe({type: 'layout-shift', buffered: true});
"""
SCROLL = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight * .8) {
    scrollTo({top: y, behavior: 'instant'}); await frame(); await frame();
  }
  await document.fonts.ready; await frame(); await frame();
  scrollTo({top: 0, behavior: 'instant'}); await frame(); await frame();
}"""
STILL = """document.getAnimations().forEach(move =>
  move.effect.getTiming().iterations == Infinity ? move.cancel() : move.finish())"""
OPEN = f"() => {{ document.querySelectorAll('details').forEach(box => box.open = true); {STILL} }}"
BACKGROUND = """() => [document.documentElement, document.body]
  .map(x => getComputedStyle(x).backgroundColor).join()"""
# 문서나 본문을 담은 상자를 옆으로 밀게 되는지와, 글자가 창 밖에 있거나 밀 수 없는 상자에서 잘렸는지
CLIPPED = """() => {
  const root = document.documentElement, found = [];
  const slides = overflow => ['auto', 'scroll'].includes(overflow);
  for (let box = document.querySelector('article'); box; box = box.parentElement)
    if (box.scrollWidth > box.clientWidth + 1
        && (box == root || slides(getComputedStyle(box).overflowX)))
      found.push(`넘침 <${box.className || box.localName}> ${box.scrollWidth}px`);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange(), parts = 'article, header, footer, aside, dialog[open]';
  const hidden = '.katex-mathml, script, style, [hidden], .skip-to-content, svg';
  const seen = new Map();
  const styles = box => seen.get(box) || seen.set(box, getComputedStyle(box)).get(box);
  while (walk.nextNode()) {
    const text = walk.currentNode, parent = text.parentElement;
    if (!text.data.trim() || !parent.closest(parts) || parent.closest(hidden)) continue;
    if (!parent.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
    range.selectNodeContents(text);
    const rect = range.getBoundingClientRect();
    if (!rect.width) continue;
    let left = -Infinity, right = Infinity, box = parent;
    for (; box != document.body; box = box.parentElement) {
      const style = styles(box), area = box.getBoundingClientRect();
      if (slides(style.overflowX) && !box.querySelector('article')) break;
      if (style.overflowX != 'visible') {
        left = Math.max(left, area.left); right = Math.min(right, area.right);
      }
      const third = rect.height / 3;
      const above = rect.top < area.top - third, below = rect.bottom > area.bottom + third;
      const stays = ['fixed', 'sticky'].includes(style.position);   // 밀어도 따라오지 않는다
      const cuts = (stays || style.overflowY != 'visible') && !slides(style.overflowY);
      if (cuts && (above || below))
        found.push(`세로로 잘림 <${box.className}> ${text.data.trim().slice(0, 30)}`);
    }
    if (box == document.body) {
      left = Math.max(left, 0); right = Math.min(right, root.clientWidth);
    }
    if (rect.left < left - 1 || rect.right > right + 1)
      found.push(`잘림 <${parent.className || parent.localName}> ${text.data.trim().slice(0, 30)}`);
  }
  return [...new Set(found)];
}"""
# 앞의 코드, 링크, 수식에 붙은 글자로 시작하는 줄. 여는 괄호는 뒤의 것에 붙는다
TORN = """() => {
  const range = document.createRange(), inline = box => getComputedStyle(box).display == 'inline';
  const last = box => [...box.getClientRects()].filter(({width}) => width).at(-1);
  const after = box => {
    while (!box.nextSibling && inline(box.parentElement)) box = box.parentElement;
    for (box = box.nextSibling; box?.firstChild && inline(box);) box = box.firstChild;
    return box?.nodeType == 3 && /^[^\\s([{‘“]/.test(box.data) ? box : null;
  };
  const places = [...document.querySelectorAll('article :is(code, a, span.math)')]
    .map(box => [box, after(box)]).filter(([box, text]) => text && box.checkVisibility());
  const torn = places.filter(([box, text]) => {
    range.setStart(text, 0); range.setEnd(text, 1);
    return range.getBoundingClientRect().left < last(box).left + 1;
  });
  const words = box => box.querySelector('annotation')?.textContent ?? box.textContent;
  return {places: places.length,
    torn: torn.map(([box, text]) => `${words(box)} | ${text.data.slice(0, 20)}`)};
}"""
# 수식을 그리는 {글꼴의 파일: 글자들}. 브라우저가 정한 모양에서 읽는다
FACES = """() => {
  const walk = document.createTreeWalker(document, NodeFilter.SHOW_TEXT), faces = {};
  while (walk.nextNode()) {
    const box = walk.currentNode.parentElement;
    if (!box.closest('.katex-html')) continue;
    const {fontFamily, fontWeight, fontStyle} = getComputedStyle(box);
    const family = fontFamily.split(',')[0].replaceAll('"', '');
    const style = (fontWeight > 500 ? 'Bold' : '') + (fontStyle == 'italic' ? 'Italic' : '');
    const name = `${family}-${style || 'Regular'}`;
    faces[name] = (faces[name] ?? '') + walk.currentNode.data;
  }
  return faces;
}"""
# 글에 보이는 것의 색. 좁은 화면에서만 접는 셀은 뺀다
COLOURS = f"""() => {{
  {STILL};
  const shown = [...document.querySelectorAll('article, article *')];
  return shown.filter(x => !x.closest('.tag_fold-narrow')).map(x => {{
    const s = getComputedStyle(x), name = x.className.baseVal ?? x.className;
    const colours = [s.color, s.backgroundColor, s.borderTopColor, s.fill, s.filter];
    return [x.localName, name, ...colours].join(' ');
  }});
}}"""
# axe의 시간은 거의 코드와 수식의 조각을 하나하나 보는 데 든다.
# 글자색과 바탕색이 같은 조각은 하나만 남긴다.
FEWER = """() => {
  const seen = new Set(), clear = /^rgba\\(.*, 0\\)$/;
  const paint = box => box && getComputedStyle(box).backgroundColor;
  const back = box => box && clear.test(paint(box)) ? back(box.parentElement) : paint(box);
  const pieces = document.querySelectorAll('pre span:not(:has(*)), .katex-html');
  const again = [...pieces].filter(piece => {
    const style = getComputedStyle(piece), key = [style.color, style.opacity, back(piece)].join();
    return seen.has(key) || !seen.add(key); });
  for (const piece of again)
    piece.closest('pre') ? piece.replaceWith(piece.textContent) : piece.remove();
}"""


@contextmanager
def chromium(**options):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS, **options)
        try:
            yield browser
        finally:
            browser.close()


def left_behind(request):
    """쪽을 떠나서 그만 받은 아이콘인지. 브라우저는 쪽을 다 읽은 뒤에 아이콘을 찾는다."""
    return request.failure == "net::ERR_ABORTED" and request.url.endswith("/_static/mark.svg")


def watch(page, origin):
    """쪽이 내는 오류와 다른 곳에 하는 요청을 page.errors, page.foreign에 모은다."""
    page.errors, page.foreign = [], []
    page.add_init_script(WATCH)
    page.on("console", lambda message: message.type == "error" and page.errors.append(message.text))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on(
        "requestfailed",
        lambda request: (
            left_behind(request) or page.errors.append(f"{request.failure} {request.url}")
        ),
    )
    page.on(
        "request",
        lambda request: (
            page.foreign.append(request.url)
            if not request.url.startswith((origin, "data:", "blob:"))
            else None
        ),
    )
    return page


def new_page(browser, server, size=DESKTOP, **options):
    """처음 온 독자의 쪽. 서비스 워커는 따로 재므로 막는다."""
    return watch(
        browser.new_context(viewport=size, **{"service_workers": "block", **options}).new_page(),
        server.origin,
    )


def read(page):
    """그림과 글꼴까지 갖추어 보이는지 본다."""
    page.evaluate(SCROLL)
    assert (
        page.evaluate(
            """[...document.images].filter(image => !image.complete || !image.naturalWidth)
              .map(image => image.src)"""
        )
        == []
    )
    assert (
        page.evaluate(
            "[...document.fonts].filter(font => font.status == 'error').map(font => font.family)"
        )
        == []
    )
    assert page.evaluate(
        """!document.querySelector('.katex')
          || [...document.fonts].some(font => font.status == 'loaded')"""
    )


def dark_state(browser, server):
    """단추로 어두운 화면을 고른 독자의 저장소."""
    page = new_page(browser, server, color_scheme="light")
    page.goto(server.url + "index.html")
    choose_dark(page)
    return page.context.storage_state()


def choose_dark(page):
    light = page.evaluate(BACKGROUND)
    button = page.locator("button.theme-toggle:visible").first
    for _ in range(3):
        button.click()
        if page.evaluate(BACKGROUND) != light:
            return
    raise AssertionError("화면 색 단추를 눌러도 어두워지지 않습니다")


def axe_start(page, where="document", only=None):
    """axe를 시작만 한다. 두 쪽을 함께 살피게 하여 시간을 아낀다."""
    from axe_playwright_python.base import AXE_SCRIPT

    page.evaluate("window.axe || " + AXE_SCRIPT)
    options = {"resultTypes": ["violations"]}
    options |= {"runOnly": only} if only else {"rules": {"target-size": {"enabled": True}}}
    page.evaluate(
        """([where, options]) => {
      const place = where == 'document' ? document : where;
      window.found = new Promise(done => setTimeout(() => done(axe.run(place, options)))); }""",
        [where, options],
    )


def axe_found(page):
    """걸린 규칙과 요소: ["규칙: 선택자 (까닭)", …]"""
    return page.evaluate("""async () => (await window.found).violations.flatMap(rule =>
      rule.nodes.map(node => {
      const data = node.any.find(check => check.data?.contrastRatio)?.data;
      const colours = data ? ` (${data.contrastRatio}: ${data.fgColor} / ${data.bgColor})` : '';
      return `${rule.id}: ${node.target.join(' ')}${colours}`; }))""")


def overflow(page):
    """창의 너비마다 넘치거나 잘린 것.

    640은 1280의 화면을 200 %로 키운 것, "글자 200 %"는 브라우저의 글자 크기만 키운 것.
    """
    result, devtools = {}, page.context.new_cdp_session(page)
    for name, width, size in (
        ("1300", 1300, 16),
        ("640", 640, 16),
        ("375", 375, 16),
        ("320", 320, 16),
        ("글자 200 %", 1300, 32),
        ("375, 글자 200 %", 375, 32),
    ):
        devtools.send(
            "Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size * 13 // 16}}
        )
        page.set_viewport_size({"width": width, "height": 667})
        page.evaluate(STILL)
        result[name] = page.evaluate(CLIPPED)
    devtools.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
    return result


def measure(browser, server, name, dark):
    """한 쪽에서 모두 잰다. 밝게는 넓은 화면에서, 어둡게(dark_state)는 휴대전화에서 연다."""
    server.sent.clear()
    light = new_page(browser, server, color_scheme="light")
    light.goto(server.url + name, wait_until="networkidle")
    light.evaluate(SCROLL)
    light.wait_for_load_state("networkidle")
    figures = [sent.bytes for sent in server.sent if sent.path.startswith("_images/")]
    later = ("_images/", "_static/moving/", "/favicon.ico")  # 그림은 그 가까이에 갔을 때 받는다
    others = [sent.bytes for sent in server.sent if not sent.path.startswith(later)]
    phone = new_page(browser, server, PHONE, storage_state=dark)
    phone.goto(server.url + name)
    phone.evaluate(SCROLL)
    shifts = [page.evaluate("shifts") for page in (light, phone)]
    for page in (light, phone):
        page.evaluate(OPEN)
    lines = {"1300": light.evaluate(TORN), "375": phone.evaluate(TORN)}
    faces = light.evaluate(FACES)
    chosen = phone.evaluate(COLOURS)
    light.emulate_media(color_scheme="dark")
    by_system = light.evaluate(COLOURS)
    light.emulate_media(color_scheme="light")
    wide = overflow(light)
    light.set_viewport_size(WIDE)
    for page in (light, phone):
        page.evaluate(f"() => {{ ({FEWER})(); {STILL} }}")
        axe_start(page)
    result = SimpleNamespace(
        bytes=sum(others),
        requests=len(others),
        figure=max(figures, default=0),
        foreign=light.foreign + phone.foreign,
        errors=light.errors + phone.errors,
        axe={"밝게": axe_found(light), "어둡게": axe_found(phone)},
        overflow=wide,
        torn={size: found["torn"] for size, found in lines.items()},
        places=lines["375"]["places"],
        faces=faces,
        shift=max(sum(shift["value"] for shift in view) for view in shifts),
        shifts=[shift for view in shifts for shift in view],
        colours=[f"{one} ≠ {two}" for one, two in zip(chosen, by_system) if one != two],
    )
    light.context.close()
    phone.context.close()
    return result


def wait_for_worker(page):
    """서비스 워커가 저절로 저장하는 일이 끝날 때까지."""
    page.wait_for_selector(".offline[aria-busy=false]", state="attached")


def kept_by_itself(browser, server):
    """처음 온 독자에게 서비스 워커가 저절로 받아 두는 것: (몇 개, 몇 바이트). 없으면 (0, 0)."""
    server.sent.clear()
    page = new_page(browser, server, service_workers="allow")
    page.goto(server.url + "index.html")
    if page.locator(".offline").count():
        wait_for_worker(page)
    page.context.close()
    sizes = [sent.bytes for sent in server.sent if sent.sender.endswith("/sw.js")]
    return len(sizes), sum(sizes)


def lighthouse(url, preset, times=3):
    """라이트하우스를 세 번 돌린 점수의 가운뎃값과, 점수를 깎은 항목."""
    runs = []
    for _ in range(times):
        done = subprocess.run(
            [
                LIGHTHOUSE,
                url,
                "--quiet",
                "--output=json",
                "--only-categories=performance,accessibility,best-practices,seo",
                "--chrome-flags=" + " ".join(["--headless=new", *FLAGS]),
                *(["--preset=desktop"] if preset == "desktop" else []),
            ],
            env={**os.environ, "CHROME_PATH": CHROMIUM},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.exit(f"라이트하우스가 멈췄습니다: {url}\n{done.stderr}")
        runs.append(json.loads(done.stdout))
    scores = [
        round(100 * statistics.median(run["categories"][name]["score"] for run in runs))
        for name in runs[0]["categories"]
    ]
    last, lost = runs[-1], []
    for category in last["categories"].values():
        for ref in category["auditRefs"]:
            audit = last["audits"][ref["id"]]
            if (
                ref["weight"]
                and (audit["score"] or 0) < 0.9
                and audit["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")
            ):
                lost.append(f"{ref['id']} {audit.get('displayValue', '')}".strip())
    return scores, lost


def main(folder, *names):
    CHROMIUM or sys.exit("Chromium이 없습니다. 설치하거나 그 경로를 환경 변수 CHROMIUM에 적으세요.")
    with_lighthouse = "--lighthouse" in names
    folder = Path(folder)
    names = [n for n in names if n != "--lighthouse"] or sorted(
        p.relative_to(folder).as_posix() for p in folder.rglob("*.html")
    )
    width = max(map(len, names))
    with serve(folder) as server, chromium() as browser:
        dark = dark_state(browser, server)
        print(
            f"{'':{width}}     kB  요청  그림kB  다른곳  오류  axe밝게/어둡게"
            "  넘침1300/640/375/320/글자200%/375글자200%  CLS"
        )
        for name in names:
            m = measure(browser, server, name, dark)
            overflows = "/".join(str(len(found)) for found in m.overflow.values())
            print(
                f"{name:{width}} {m.bytes / 1000:6.1f} {m.requests:5} {m.figure / 1000:7.1f}"
                f" {len(m.foreign):7} {len(m.errors):5}"
                f" {len(m.axe['밝게']):8}/{len(m.axe['어둡게']):<6} {overflows:>24} {m.shift:9.4f}"
            )
            notes = [
                *m.foreign,
                *m.errors,
                *(f"{theme} {x}" for theme, xs in m.axe.items() for x in xs),
                *(f"{size}: {x}" for size, xs in m.overflow.items() for x in xs),
                *(
                    f"밀림 {shift['value']:.4f}: {' | '.join(filter(None, shift['nodes']))}"
                    for shift in m.shifts
                    if shift["value"] > 0.001
                ),
                *(f"단추로 고른 어두운 색 {x}" for x in m.colours),
            ]
            print(
                *(
                    line + "\n"
                    for line in sorted({"    " + " ".join(note.split())[:300] for note in notes})
                ),
                sep="",
                end="",
                flush=True,
            )
        count, size = kept_by_itself(browser, server)
        print(f"서비스 워커가 저절로 받는 것: {count}개 {size / 1000:.1f} kB")
        for name in names if with_lighthouse else ():
            for preset in ("mobile", "desktop"):
                scores, lost = lighthouse(server.url + name, preset)
                print(
                    f"{name:{width}} {preset:7} 성능 {scores[0]} 접근성 {scores[1]}"
                    f" 권장 {scores[2]} 검색 {scores[3]}  {', '.join(lost)}",
                    flush=True,
                )


if __name__ == "__main__":
    main(*sys.argv[1:])
