// 찾는 창. 찾는 일은 finder.js가 하고, 그것은 창을 처음 열 때 받는다.
// 제목, 용어, 번호, 코드의 이름을 받으면 찾기 시작하고, 본문을 마저 받으면 다시 찾아 보인다.
(() => {
  "use strict";
  const AGAIN = "인터넷 연결을 확인하고 다시 해 보세요.";
  const NOT_LOADED = `검색에 쓸 자료를 불러오지 못했습니다. ${AGAIN}`;
  const LOADING = "본문을 찾는 중입니다.";
  const NOT_ALL =
    `본문을 불러오지 못한 쪽은 제목, 용어, 번호, 코드의 이름에서만 찾습니다. ${AGAIN}`;
  const MOST_SHOWN = 50;
  const EXCERPT_WIDTH = 110;

  const dialog = document.getElementById("search");
  const input = dialog.querySelector("input");
  const [, status, list, template] = dialog.children;
  const help = status.textContent;
  const place = `${dialog.dataset.root}_static/search/`;
  let active = -1; // 고른 결과
  let shown; // 결과가 보이는 물음
  const texts = new Map(); // 받은 본문. 이름은 파일의 이름이다
  let finder; // 찾는 것. 처음에는 본문 없이 찾는다
  let loading; // 책을 받는 중이거나 받았다
  let failed = false; // 받다가 실패했다
  let complete = false; // 본문까지 받았다
  let timer;

  function make(name, properties) {
    return Object.assign(document.createElement(name), properties);
  }

  // ---- 찾는 것을 받는다

  async function read(name) {
    const value = await carriedBy(place + name);
    if (!value) throw new Error(name); // 서버가 다른 것을 보냈다
    return value;
  }

  function rest() {
    return new Promise((resolve) => setTimeout(resolve));
  }

  async function receive(name) {
    if (!texts.has(name)) texts.set(name, await read(name));
  }

  /** 받은 데까지의 본문에서도 찾는다. 새로 받은 것이 없으면 그대로 둔다. */
  async function findInTexts(head, files) {
    const before = texts.size;
    const arrivals = Promise.allSettled(files.texts.map(receive));
    const [learned, answers] = await Promise.all([read(files.learned), arrivals]);
    if (texts.size > before) {
      const received = Object.assign({}, ...files.texts.map((name) => texts.get(name)));
      finder = await Finder.ofBook(head, learned, received, rest);
    }
    complete = answers.every((answer) => answer.status === "fulfilled");
    if (!complete) throw new Error("받지 못한 본문이 있습니다");
  }

  /** 제목과 용어를 먼저 받아 찾고, 본문까지 받으면 다시 찾는다. */
  async function fetchBook() {
    // 나머지는 내용이 바뀌면 이름도 바뀌므로, 이것만 늘 새로 받으면 옛 책에서 찾지 않는다
    const files = await read(`index.js?${Date.now()}`);
    const [head] = await Promise.all([read(files.head), carriedBy(place + files.engine)]);
    finder ||= Finder.ofHead(head);
    update();
    await findInTexts(head, files);
  }

  /** 받지 못하면 다음에 다시 받는다. 그때까지 받은 것으로는 찾는다. */
  function load() {
    failed = false;
    loading ||= fetchBook().catch(() => {
      failed = true;
      loading = undefined;
    }).then(update);
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

  function marked(pieces) {
    return pieces.map(([text, matches]) => matches ? make("mark", { textContent: text }) : text);
  }

  function toOption(hit, i) {
    const link = template.content.firstElementChild.cloneNode(true);
    const excerpt = (text) => finder.excerpt(text, hit.terms, EXCERPT_WIDTH);
    const text = excerpt(hit.text);
    // 글에 맞는 데가 없으면 맞은 것은 열쇠말이다
    const below = text.some(isMatch) ? text : excerpt(hit.keys || hit.text);
    const [title, page, body] = link.children;
    title.append(...marked(excerpt(hit.title)));
    page.append(hit.page);
    body.append(...marked(below));
    return Object.assign(link, { id: `search-option-${i}`, href: dialog.dataset.root + hit.url });
  }

  function select(i) {
    active = i;
    [...list.children].forEach((link, k) => link.setAttribute("aria-selected", k === i));
    input.setAttribute("aria-activedescendant", list.children[i]?.id || "");
    list.children[i]?.scrollIntoView({ block: "nearest" });
  }

  function stateMessage() {
    if (failed) return finder ? NOT_ALL : NOT_LOADED;
    return complete ? "" : LOADING;
  }

  function resultMessage(query, count) {
    if (count) return `결과 ${count}개`;
    return complete ? `‘${query}’에 맞는 곳이 없습니다. 낱말을 줄이거나 바꾸어 보세요.` : "";
  }

  function messageFor(query, count) {
    if (!query && !failed) return help;
    return [query && resultMessage(query, count), stateMessage()].filter(Boolean).join(" · ");
  }

  /** 옛 목록에는 고른 표시가 있어 마디째로는 견주지 못한다. */
  function isListed(options) {
    const contentOf = (link) => link.getAttribute("href") + link.innerHTML;
    return options.map(contentOf).join() === [...list.children].map(contentOf).join();
  }

  /** 지금 찾을 수 있는 데까지 찾아 보인다. */
  function update() {
    const query = input.value.trim();
    const hits = finder ? finder.ask(query) : [];
    // 본문까지 받아 목록이 바뀌어도 고른 것은 그대로 둔다
    const chosen = query === shown ? list.children[active]?.href : "";
    shown = query;
    status.textContent = messageFor(query, hits.length);
    const options = hits.slice(0, MOST_SHOWN).map(toOption);
    if (!isListed(options)) list.replaceChildren(...options); // 누르는 사이에 바뀌면 눌리지 않는다
    input.setAttribute("aria-expanded", hits.length > 0);
    select([...list.children].findIndex((link) => link.href === chosen));
  }

  function show() {
    clearTimeout(timer);
    active = -1;
    load();
    update();
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
    const query = input.value.trim();
    if (shown !== query) show();
    if (!list.children.length) await load();
    if (shown !== query || !dialog.open) return; // 기다리는 사이에 더 썼거나 닫았다
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
  addEventListener("online", () => {
    if (dialog.open && failed) show();
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
