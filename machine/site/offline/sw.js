// 저장한 쪽을 연결이 끊겨도 보이고, 쪽(offline.js)이 부탁하는 것을 저장한다
const PARTS = ["core", "routing", "strategies", "precaching"];
importScripts(...PARTS.map((name) => `_static/workbox/workbox-${name}.prod.js`));
const { core, routing, strategies, precaching } = workbox;

// 책의 모든 파일: [{ url, integrity, size, of }]. 책을 만들 때 적는다
const files = FILES;
const LOST = "offline.html"; // 저장하지 않은 쪽 대신 보이는 쪽
const HOME = registration.scope;
const WHOLE = `whole-${HOME}`; // 이 이름의 캐시가 있으면 책 전체를 저장하기로 한 것이다

// 내용이 목록과 다른 것은 integrity 때문에 저장되지 않으므로, 다른 판의 쪽과 CSS가 섞이지 않는다
const edition = new precaching.PrecacheController();
edition.addToCacheList(files.map((file) => ({ ...file, revision: file.integrity })));
const openCache = () => caches.open(edition.strategy.cacheName);

self.skipWaiting();
core.clientsClaim();
precaching.cleanupOutdatedCaches();

const withoutQuery = (url) => url.replace(/[?#].*/, "");
const pageOf = (url) => withoutQuery(url).replace(/\/$/, "/index.html");
const keyOf = (url) => edition.getCacheKeyForURL(url) || edition.getCacheKeyForURL(pageOf(url));

// ---- 저장한다

/** 아직 없으면 저장한다. 브라우저가 받아 둔 것이 있으면 쓰고, 그것이 옛것이면 서버에서 다시 받는다. */
async function keep(event, url) {
  const cacheKey = keyOf(url);
  if (!cacheKey) return; // 책의 파일이 아니다
  const integrity = edition.getIntegrityForCacheKey(cacheKey);
  const params = { cacheKey, integrity };
  const get = (cache) => {
    const request = new Request(url, { cache, integrity });
    return Promise.all(edition.strategy.handleAll({ event, request, params }));
  };
  await get("default").catch(() => get("reload"));
}

/** 연 쪽은 그 쪽이 받은 것과 아직 보이지 않아 받지 않은 그림을 저장한 다음에 저장한다. */
async function keepOpened(event) {
  const { page, received, savesData } = event.data;
  const path = pageOf(page).slice(HOME.length);
  const own = savesData ? [] : files.filter(({ of }) => of === path);
  for (const url of [...received, ...own.map(({ url }) => url), page]) await keep(event, url);
}

/** 옛 판에서 저장한 것을 이 판에서도 저장할 것. 바뀐 것만 받게 된다. */
async function filesToRenew() {
  if (await caches.has(WHOLE)) return files;
  const requests = await (await openCache()).keys();
  const kept = requests.map(({ url }) => withoutQuery(url).slice(HOME.length));
  const isKept = ({ url }) => url === LOST || kept.includes(withoutQuery(url));
  const isNew = ({ of }) =>
    !navigator.connection?.saveData && kept.some((url) => url.startsWith(of));
  return files.filter((file) => isKept(file) || isNew(file));
}

async function install(event) {
  for (const { url } of await filesToRenew()) await keep(event, url);
}

addEventListener("install", (event) => event.waitUntil(install(event)));
addEventListener("activate", (event) => edition.activate(event));

// ---- 보인다

// 쪽과 검색의 목록은 언제나 서버에 물어 새것을 받는다. 받지 못하거나 5초 안에 오지 않으면 저장한 것을 보인다
const saved = {
  requestWillFetch: ({ request }) =>
    new Request(request.url, { cache: "no-cache", redirect: "manual" }),
  cacheWillUpdate: () => null,
  cachedResponseWillBeUsed: ({ request }) => edition.matchPrecache(pageOf(request.url)),
};
const lost = {
  handlerDidError: async ({ request }) => {
    const page = encodeURIComponent(request.url.slice(HOME.length));
    const canBeShown = await edition.matchPrecache(LOST);
    return canBeShown && Response.redirect(`${HOME}${LOST}?page=${page}`);
  },
};
const newest = (...plugins) =>
  new strategies.NetworkFirst({ networkTimeoutSeconds: 5, plugins: [saved, ...plugins] });
routing.registerRoute(({ request }) => request.mode === "navigate", newest(lost));
routing.registerRoute(({ url }) => url.href === `${HOME}_static/search/index.json`, newest());

// 나머지는 내용이 바뀌면 주소도 바뀌므로 저장한 것을 쓴다
routing.registerRoute(new precaching.PrecacheRoute(edition));

// ---- 쪽의 부탁에 답한다

async function list() {
  const requests = await (await openCache()).keys();
  const kept = new Set(requests.map(({ url }) => url));
  const marked = files.map((file) => ({ ...file, isKept: kept.has(keyOf(file.url)) }));
  return { files: marked, isWhole: await caches.has(WHOLE) };
}

/** 여러 쪽이 쓰는 것과 LOST는 남긴다. 없으면 저장하지 않은 쪽도 알릴 수 없다. */
async function forget() {
  const cache = await openCache();
  const own = files.filter(({ url, of }) => of && url !== LOST);
  await Promise.all([caches.delete(WHOLE), ...own.map(({ url }) => cache.delete(keyOf(url)))]);
}

const answers = {
  list,
  forget,
  whole: () => caches.open(WHOLE).then(() => true),
  keep: (event) => keep(event, event.data.url),
  opened: keepOpened,
};

async function answer(event) {
  const [port] = event.ports;
  try {
    port.postMessage({ said: await answers[event.data.type](event) });
  } catch (error) {
    port.postMessage({ error: error.name });
  }
}

addEventListener("message", (event) => {
  if (Object.hasOwn(answers, event.data.type)) event.waitUntil(answer(event));
});
