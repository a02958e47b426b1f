// 쪽을 다 받은 뒤에 책의 나머지를 저장한다: sw.js
addEventListener("load", () => {
  if (navigator.serviceWorker && location.protocol.startsWith("http"))
    navigator.serviceWorker.register(document.documentElement.dataset.content_root + "sw.js").catch(() => {});
});
