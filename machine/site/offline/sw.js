// 한 번 연 책을 연결이 끊겨도 읽게 한다. FILES는 책을 만들 때 적는다.
const PARTS = ["core", "routing", "strategies", "precaching"];
importScripts(...PARTS.map((name) => `_static/workbox/workbox-${name}.prod.js`));
const { core, routing, strategies, precaching } = workbox;

self.skipWaiting();
core.clientsClaim();
precaching.cleanupOutdatedCaches();

// 쪽은 언제나 서버에 물어 새것을 받는다. 받지 못하거나 5초 안에 오지 않으면 저장한 것을 보인다
const savedPage = (url) =>
  precaching.matchPrecache(url.replace(/[?#].*/, "").replace(/\/$/, "/index.html"));
const pages = new strategies.NetworkFirst({
  networkTimeoutSeconds: 5,
  plugins: [{
    requestWillFetch: ({ request }) =>
      new Request(request.url, { cache: "no-cache", redirect: "manual" }),
    cacheWillUpdate: () => null,
    cachedResponseWillBeUsed: ({ request }) => savedPage(request.url),
  }],
});
routing.registerRoute(({ request }) => request.mode === "navigate", pages);

// 나머지는 내용이 바뀌면 주소도 바뀌므로 저장한 것을 쓴다
precaching.precacheAndRoute(FILES);
