// 쪽을 다 받고 그린 뒤에 책의 나머지를 저장한다: sw.js
addEventListener("load", () => (window.requestIdleCallback || setTimeout)(() => {
  if (navigator.serviceWorker && location.protocol.startsWith("http"))
    navigator.serviceWorker.register(document.documentElement.dataset.content_root + "sw.js").catch(() => {});
}));
