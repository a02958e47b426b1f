// 쪽을 다 받고 그린 뒤에 책의 나머지를 저장한다: sw.js
addEventListener("load", () => {
  const whenIdle = globalThis.requestIdleCallback || setTimeout;
  whenIdle(() => {
    if (!navigator.serviceWorker || !location.protocol.startsWith("http")) return;
    const root = document.documentElement.dataset.content_root;
    navigator.serviceWorker.register(`${root}sw.js`).catch(() => {});
  });
});
