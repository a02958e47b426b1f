// 연 쪽과 그 장을 저장해 달라고 서비스 워커(sw.js)에 부탁한다. 차례 아래의 상자로 책 전체를 저장하고 지운다
(() => {
  "use strict";
  const MOST_IN_BACKGROUND = 700_000; // 쪽 하나를 열 때 그 장에서 저절로 받을 바이트의 수
  const SAVING = "책 전체를 저장하는 중입니다. 다른 쪽으로 가도 이어서 저장합니다.";
  const SAVED = "책 전체를 저장했습니다. 인터넷이 끊겨도 모든 쪽을 읽고 검색할 수 있습니다.";
  const FORGOTTEN = "저장한 것을 지웠습니다.";
  const NO_ROOM = "브라우저에 저장할 자리가 모자라 멈추었습니다.";
  const NOT_RECEIVED = "다 받지 못하고 멈추었습니다. 다시 연결되면 이어서 저장합니다.";

  const worker = navigator.serviceWorker;
  const box = document.querySelector(".offline");
  const [count, save, progress, forget, status] = box.children;
  const root = new URL(document.documentElement.dataset.content_root, location.href).href;
  const savesData = () => Boolean(navigator.connection?.saveData); // 데이터 절약 모드
  let files = [];
  let isWhole = false;
  let keepsLive = false; // 코드를 실행하는 데 쓰는 것
  let turn = 0; // 새로 시작하면 앞서 하던 일은 그만둔다

  // ---- 서비스 워커에 부탁한다

  function ask(type, more) {
    return new Promise((resolve, reject) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => data.error ? reject(data.error) : resolve(data.said);
      worker.controller.postMessage({ type, ...more }, [port2]);
    });
  }

  async function learn() {
    ({ files, isWhole, keepsLive } = await ask("list"));
    show();
  }

  function keepOpened() {
    const received = performance.getEntriesByType("resource").map(({ name }) => name);
    const page = location.href.replace(/#.*/, "");
    return ask("opened", { page, received, savesData: savesData() });
  }

  /** 글을 넘기다가 받는 그림과 찾다가 받는 것도 저장한다. */
  function keepLater(observed) {
    if (!worker.controller) return;
    for (const { name } of observed.getEntries()) ask("keep", { url: name }).catch(() => {});
  }

  async function keepAll(list, mine) {
    for (const file of list) {
      if (mine !== turn) return;
      await ask("keep", { url: root + file.url });
      file.isKept = true;
      show();
    }
  }

  /** 쪽을 그리는 일에 밀린다. 다른 탭에 가린 쪽은 한가할 때를 알려 주지 않으므로 오래 기다리지는 않는다. */
  function idle() {
    if (!globalThis.requestIdleCallback) return Promise.resolve();
    return new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1000 }));
  }

  // ---- 무엇을 저장할지 고른다

  const size = (list) => list.reduce((sum, file) => sum + file.size, 0);
  const missing = () => files.filter((file) => !file.isKept);
  const folderOf = (path) => path.slice(0, path.lastIndexOf("/") + 1);

  function isOfChapter({ of }) {
    const folder = folderOf(location.href.slice(root.length).replace(/[?#].*/, ""));
    return folderOf(of) === folder || folder.startsWith(of);
  }

  function inBackground() {
    if (savesData()) return [];
    const list = missing().filter(isOfChapter);
    return list.filter((_, i) => size(list.slice(0, i + 1)) <= MOST_IN_BACKGROUND);
  }

  // ---- 보인다

  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1)} MB`;

  const addressOf = ({ href }) => href.replace(/[?#].*/, "").replace(/\/$/, "/index.html");

  function pageLinks() {
    return [...document.querySelectorAll(".sidebar-brand, .sidebar-tree a.reference")];
  }

  /** 차례에 있는 쪽 가운데 저장한 쪽으로 가는 링크. */
  function keptLinks() {
    const kept = new Set(files.filter((file) => file.isKept).map((file) => root + file.url));
    return pageLinks().filter((link) => kept.has(addressOf(link)));
  }

  function show() {
    const left = size(missing());
    count.textContent = `저장한 쪽 ${keptLinks().length}개${left ? "" : " (책 전체)"}`;
    save.textContent = `책 전체를 저장 (${megabytes(left)})`;
    save.hidden = isWhole || !left;
    forget.hidden = !save.hidden && !keepsLive;
    progress.hidden = !isWhole || !left;
    progress.max = size(files);
    progress.value = size(files) - left;
    box.hidden = false;
    listKept();
  }

  // ---- offline.html에서

  /** 차례의 링크를 그대로 베끼면 pageLinks가 다음에 그것까지 찾으므로, 클래스 없는 링크로 적는다. */
  function listKept() {
    const place = document.getElementById("kept");
    if (!place) return;
    const items = keptLinks().map(({ href, textContent }) => {
      const item = document.createElement("li");
      item.append(Object.assign(document.createElement("a"), { href, textContent }));
      return item;
    });
    place.replaceChildren(...items);
    document.getElementById("none-kept").hidden = items.length > 0;
  }

  function tellNotKept() {
    const place = document.getElementById("not-kept");
    const page = new URLSearchParams(location.search).get("page");
    if (!place || page === null) return; // 첫 쪽은 빈 글이다
    const link = place.querySelector("a");
    link.href = root + page;
    const title = pageLinks().find((other) => addressOf(other) === addressOf(link))?.textContent;
    const name = title ? `‘${title.trim()}’` : "열려던";
    place.querySelector("b").textContent = `${name} 쪽은 이 브라우저에 저장되어 있지 않습니다.`;
    place.hidden = false;
  }

  // ---- 일한다

  async function work() {
    turn += 1;
    const mine = turn;
    box.ariaBusy = true;
    const opened = keepOpened().catch(() => {}); // 곧 떠나도 서비스 워커가 마저 저장한다
    await idle();
    try {
      await learn();
      const isSaving = isWhole && missing().length > 0;
      if (isSaving) status.textContent = SAVING;
      await opened;
      await learn();
      await keepAll(isWhole ? missing() : inBackground(), mine);
      if (isSaving && mine === turn) status.textContent = SAVED;
    } catch (error) {
      if (isWhole) status.textContent = error === "QuotaExceededError" ? NO_ROOM : NOT_RECEIVED;
    }
    if (mine === turn) box.ariaBusy = false;
  }

  function begin() {
    if (worker.controller) work();
  }

  async function saveWhole() {
    await ask("whole");
    begin();
    forget.hidden = false;
    forget.focus();
  }

  async function forgetAll() {
    turn += 1;
    await ask("forget");
    await learn();
    box.ariaBusy = false;
    status.textContent = FORGOTTEN;
    save.focus();
  }

  save.addEventListener("click", saveWhole);
  forget.addEventListener("click", forgetAll);
  tellNotKept();
  addEventListener("load", () => {
    if (!worker || !location.protocol.startsWith("http")) return;
    worker.addEventListener("controllerchange", begin);
    addEventListener("online", begin);
    worker.register(`${root}sw.js`).catch(() => {});
    begin();
    new PerformanceObserver(keepLater).observe({ type: "resource" });
  });
})();
