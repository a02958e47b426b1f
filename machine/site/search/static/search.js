// 찾는 창. 찾는 일은 finder.js가 하고, 그것은 창을 처음 열 때 받는다.
(() => {
  "use strict";
  const NOT_HERE = "검색은 책의 웹 사이트에서만 됩니다. 파일로 연 책에서는 색인과 차례를 보세요.";
  const NOT_LOADED = "검색에 쓸 자료를 불러오지 못했습니다. 인터넷 연결을 확인하고 다시 해 보세요.";
  const MOST_SHOWN = 50;
  const EXCERPT_WIDTH = 110;

  const dialog = document.getElementById("search");
  const input = dialog.querySelector("input");
  const [, status, list, template] = dialog.children;
  const help = status.textContent;
  let active = -1; // 고른 결과
  let shown; // 결과가 보이는 물음
  let loading; // 찾는 것을 받는 중이거나 받았다
  let finder;
  let timer;

  function make(name, properties) {
    return Object.assign(document.createElement(name), properties);
  }

  // ---- 찾는 것을 받는다

  function runScript(src) {
    return new Promise((onload, onerror) => {
      document.head.append(make("script", { src, onload, onerror }));
    });
  }

  async function fetchFinder() {
    const { index, engine, korean, finder: code } = dialog.dataset;
    const [answer] = await Promise.all([
      fetch(index).then((response) => response.json()),
      ...[engine, korean, code].map(runScript),
    ]);
    finder = createFinder(answer);
  }

  /** 받지 못하면 다음에 다시 받는다. */
  function load() {
    loading ||= fetchFinder().catch((reason) => {
      loading = null;
      throw reason;
    });
    return loading;
  }

  dialog.ask = async (query) => {
    await load();
    return finder.ask(query);
  };

  // ---- 결과를 보인다

  function isMatch([, matches]) {
    return matches;
  }

  function draw(pieces) {
    return pieces.map(([text, matches]) => matches ? make("mark", { textContent: text }) : text);
  }

  function toOption(hit, i) {
    const link = template.content.firstElementChild.cloneNode(true);
    const excerpt = (text) => finder.excerpt(text, hit.terms, EXCERPT_WIDTH);
    const text = excerpt(hit.text);
    // 글에 맞는 데가 없으면 맞은 것은 열쇠말이다
    const below = text.some(isMatch) ? text : excerpt(hit.keys || hit.text);
    const [title, page, body] = link.children;
    title.append(...draw(excerpt(hit.title)));
    page.append(hit.page);
    body.append(...draw(below));
    return Object.assign(link, { id: `search-option-${i}`, href: dialog.dataset.root + hit.url });
  }

  function select(i) {
    active = i;
    [...list.children].forEach((link, k) => link.setAttribute("aria-selected", k === i));
    input.setAttribute("aria-activedescendant", list.children[i]?.id || "");
    list.children[i]?.scrollIntoView({ block: "nearest" });
  }

  function messageFor(query, hits) {
    if (hits.length) return `결과 ${hits.length}개`;
    if (!query) return help;
    return `‘${query}’에 맞는 곳이 없습니다. 낱말을 줄이거나 바꾸어 보세요.`;
  }

  /** [맞는 곳들, 알릴 말]. */
  async function answer(query) {
    if (location.protocol === "file:") return [[], NOT_HERE];
    try {
      const hits = await dialog.ask(query);
      return [hits, messageFor(query, hits)];
    } catch {
      return [[], NOT_LOADED];
    }
  }

  async function show() {
    const query = input.value.trim();
    const [hits, message] = await answer(query);
    if (query !== input.value.trim()) return; // 기다리는 사이에 더 썼다
    shown = query;
    status.textContent = message;
    list.replaceChildren(...hits.slice(0, MOST_SHOWN).map(toOption));
    input.setAttribute("aria-expanded", hits.length > 0);
    select(-1);
  }

  // ---- 창을 여닫고 고른다

  function openDialog() {
    if (!dialog.open) dialog.showModal();
    input.select();
    show();
  }

  function move(step) {
    const count = list.children.length;
    const from = active < 0 && step < 0 ? 0 : active; // 고른 것이 없을 때 위로 가면 마지막이다
    input.focus();
    select(count ? (from + step + count) % count : -1);
  }

  async function choose() {
    if (shown !== input.value.trim()) await show();
    (list.children[active] || list.children[0])?.click();
  }

  /** 단추와 링크에서 친 Enter는 그것을 누른다. */
  function actionOf({ key, target }) {
    if (key === "Enter" && target.matches("button, a")) return undefined;
    return {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Enter: choose,
      Escape: () => dialog.close(),
    }[key];
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".search-open")) return;
    event.preventDefault();
    openDialog();
  });
  document.addEventListener("keydown", (event) => {
    const field = "input:not([type=checkbox]), textarea, select, [contenteditable]";
    if (event.target.closest?.(field) || event.altKey) return;
    const isShortcut = event.ctrlKey || event.metaKey ? event.code === "KeyK" : event.key === "/";
    if (!isShortcut) return;
    event.preventDefault();
    openDialog();
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 80);
  });
  dialog.addEventListener("keydown", (event) => {
    const isComposing = event.isComposing || event.keyCode === 229; // 한글을 쓰는 중이다
    const action = isComposing ? undefined : actionOf(event);
    if (!action) return;
    event.preventDefault();
    action();
  });
  list.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey) return; // 새 탭에서 열 때는 그대로 둔다
    document.getElementById("__navigation").checked = false; // 휴대전화에서 펼친 차례도 닫는다
    dialog.close();
  });

  if (document.getElementById("search-page")) {
    input.value = new URLSearchParams(location.search).get("q") || "";
    if (input.value) openDialog();
  }
})();
