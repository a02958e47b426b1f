// 저장한 쪽을 연결이 끊겨도 보이고, 쪽(offline.js)이 부탁하는 것을 저장한다
const PARTS = ["core", "routing", "strategies", "precaching"];
importScripts(...PARTS.map((name) => `_static/workbox/workbox-${name}.prod.js`));
const { core, routing, strategies, precaching } = workbox;

// 책의 모든 파일: [{ url, integrity, size, of }]. 책을 만들 때 적는다
const files = FILES;
// 쪽에서 코드를 실행하는 데 쓰는 파일: { 주소: 바이트의 수 }. 내용이 바뀌면 주소도 바뀐다
const live = LIVE_FILES;
const WORKER_POLICY = POLICY;
const LOST = "offline.html"; // 저장하지 않은 쪽 대신 보이는 쪽
const HOME = registration.scope;
const WHOLE = `whole-${HOME}`; // 이 이름의 캐시가 있으면 책 전체를 저장하기로 한 것이다
const LIVE = `live-${HOME}`; // live의 파일을 저장하는 캐시

// 내용이 목록과 다른 것은 integrity 때문에 저장되지 않으므로, 다른 판의 쪽과 CSS가 섞이지 않는다
const edition = new precaching.PrecacheController();
edition.addToCacheList(files.map((file) => ({ ...file, revision: file.integrity })));
const openCache = () => caches.open(edition.strategy.cacheName);

self.skipWaiting();
core.clientsClaim();
// precaching.cleanupOutdatedCaches()는 부르지 않는다. 이 책의 아래 폴더에 놓인 다른 책의 것까지 지운다

// ---- 같은 쪽을 부르는 여러 주소: .html이 없거나, 끝에 /나 ?…가 있거나, 한글을 달리 적은 것

const withoutQuery = (url) => url.replace(/[?#].*/, "");

/** 책 안에서의 이름. 주소에 적은 글자로 바꾼다. */
function nameOf(url) {
  const path = withoutQuery(url).slice(HOME.length);
  try {
    return decodeURIComponent(path).normalize();
  } catch {
    return path; // 100%
  }
}

// 이름마다 주소. ?v=…가 붙은 것은 판마다 다르므로 그 주소로만 부른다
const addresses = new Map(
  files.filter(({ url }) => !url.includes("?")).map(({ url }) => [nameOf(HOME + url), HOME + url]),
);

/** 그 주소로 부른 파일의 본디 주소. 책의 파일이 아니면 없다. */
function addressOf(url) {
  if (!url.startsWith(HOME)) return undefined;
  const name = nameOf(url).replace(/\/$/, "");
  const names = [name, `${name}.html`, name ? `${name}/index.html` : "index.html"];
  return names.map((name) => addresses.get(name)).find(Boolean);
}

const keyOf = (url) => edition.getCacheKeyForURL(url) || edition.getCacheKeyForURL(addressOf(url));

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
  const path = addressOf(page)?.slice(HOME.length);
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
  await renewLive(event).catch(() => {}); // 책을 읽는 데에는 쓰지 않는다
}

addEventListener("install", (event) => event.waitUntil(install(event)));
addEventListener("activate", (event) => edition.activate(event));
addEventListener("activate", (event) => event.waitUntil(dropOldLive()));

// ---- 쪽에서 코드를 실행하는 데 쓰는 것을 저장한다

const bytesOf = (url) => live[url.slice(HOME.length)];

/** 목록에 있고 다 받은 것만 저장한다. 다른 것을 잘못 보내는 서버와 끊긴 연결이 있다. */
async function onlyWhole({ request, response }) {
  const isWhole = response.ok && (await response.clone().blob()).size === bytesOf(request.url);
  return isWhole ? response : null;
}

/** 워커는 쪽에 적은 정책을 따르지 않으므로 그 스크립트에 따로 붙인다. */
function withPolicy({ request, response }) {
  if (!withoutQuery(request.url).endsWith("/worker.js")) return response;
  const headers = new Headers(response.headers);
  headers.set("Content-Security-Policy", WORKER_POLICY);
  return new Response(response.body, { status: response.status, headers });
}

const liveFirstKept = new strategies.CacheFirst({
  cacheName: LIVE,
  matchOptions: { ignoreVary: true },
  fetchOptions: { redirect: "error" }, // 워커의 정책은 다른 곳으로 돌리는 것을 여기서는 막지 못한다
  plugins: [{ cacheWillUpdate: onlyWhole, handlerWillRespond: withPolicy }],
});
routing.registerRoute(({ url }) => url.href.startsWith(`${HOME}_static/live/`), liveFirstKept);

const keptLive = async () => await caches.has(LIVE) ? (await caches.open(LIVE)).keys() : [];

const DATA = "_static/live/data/";
const MOST_DATA = 1_000_000; // 이보다 큰 데이터는 그것을 읽는 쪽에서 실행할 때에만 저장한다
const toKeep = Object.keys(live)
  .filter((address) => !address.startsWith(DATA) || live[address] <= MOST_DATA);

/** 아직 없는 것을 저장한다. 다른 쪽의 셀과 글꼴처럼 연 쪽이 부르지 않은 것이다. */
async function keepLive(event, addresses = toKeep) {
  for (const address of addresses) {
    const request = new Request(HOME + address);
    await Promise.all(liveFirstKept.handleAll({ event, request }));
  }
}

/** 실행해 본 독자는 새 판의 것도 저장한다. 큰 것(runtime-…)은 독자가 다시 누를 때에만 받는다. */
async function renewLive(event) {
  if (navigator.connection?.saveData || !(await keptLive()).length) return;
  await keepLive(event, toKeep.filter((address) => !address.includes("/runtime-")));
}

async function dropOldLive() {
  const old = (await keptLive()).filter(({ url }) => bytesOf(url) === undefined);
  const cache = old.length && await caches.open(LIVE);
  await Promise.all(old.map((request) => cache.delete(request)));
}

// ---- 보인다

// 쪽, 쪽에서 오린 미리 보기, 검색의 목록은 언제나 서버에 물어 새것을 받는다. 받지 못하거나 5초 안에 오지 않으면 저장한 것을 보인다
const saved = {
  requestWillFetch: ({ request }) =>
    new Request(request.url, { cache: "no-cache", redirect: request.redirect }),
  cacheWillUpdate: () => null,
  cachedResponseWillBeUsed: ({ request }) => savedFor(request.url),
};

/** 다른 폴더의 주소로 부른 쪽은 본디 주소로 보낸다. 그대로 보이면 쪽에 적은 주소들이 어긋난다. */
async function savedFor(url) {
  const address = addressOf(url);
  const response = address && await edition.matchPrecache(address);
  const folderOf = (url) => new URL(".", withoutQuery(url)).href;
  if (!response || folderOf(url) === folderOf(address)) return response;
  return Response.redirect(address + new URL(url).search);
}

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
const ALWAYS_ASKED = [`${HOME}_static/search/index.js`, `${HOME}_static/previews/pages/`];
routing.registerRoute(
  ({ url }) => ALWAYS_ASKED.some((start) => url.href.startsWith(start)),
  newest(),
);

// 나머지는 내용이 바뀌면 주소도 바뀌므로 저장한 것을 쓴다
const urlManipulation = ({ url }) =>
  [addressOf(url.href)].filter(Boolean).map((own) => new URL(own));
routing.registerRoute(new precaching.PrecacheRoute(edition, { urlManipulation }));

// ---- 쪽의 부탁에 답한다

async function list() {
  const requests = await (await openCache()).keys();
  const kept = new Set(requests.map(({ url }) => url));
  const marked = files.map((file) => ({ ...file, isKept: kept.has(keyOf(file.url)) }));
  const keepsLive = (await keptLive()).length > 0;
  return { files: marked, isWhole: await caches.has(WHOLE), keepsLive };
}

/** 여러 쪽이 쓰는 것과 LOST는 남긴다. 없으면 저장하지 않은 쪽도 알릴 수 없다. */
async function forget() {
  const cache = await openCache();
  const own = files.filter(({ url, of }) => of && url !== LOST);
  const whole = [WHOLE, LIVE].map((name) => caches.delete(name));
  await Promise.all([...whole, ...own.map(({ url }) => cache.delete(keyOf(url)))]);
}

const answers = {
  list,
  forget,
  whole: () => caches.open(WHOLE).then(() => true),
  keep: (event) => keep(event, event.data.url),
  opened: keepOpened,
  claim: () => clients.claim(), // 새로 고침을 세게 한 쪽은 이렇게 불러야 이 워커를 거친다
  live: (event) => keepLive(event),
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
