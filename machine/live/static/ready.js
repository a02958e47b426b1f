// 독자의 코드를 실행할 워커가 제 보안 정책을 갖고 오게 한다. 워커는 쪽에 적은 정책을 따르지 않으므로,
// 서비스 워커(sw.js)나 미리 보기(preview.py)가 그 스크립트에 정책을 붙여 보낸다.

const RELOAD = "쪽을 새로 고친 다음 여기서 실행을 다시 눌러 주세요.";
const SAID = {
  offline: "실행에 쓸 파일을 받지 못했습니다. 인터넷 연결을 확인하고 다시 실행해 주세요.",
  replaced: `이 쪽을 연 뒤에 책이 바뀌었습니다. ${RELOAD}`,
  insecure: "주소가 https로 시작하지 않아, 코드를 안전하게 실행할 수 없습니다. " +
    "https로 시작하는 주소로 책을 열어 주세요.",
  refused: "이 창에서는 브라우저가 서비스 워커를 쓰지 못하게 하여, 코드를 안전하게 실행할 수 " +
    "없습니다. 시크릿 창이면 보통 창에서 열고, 쿠키를 막아 두었으면 이 사이트에서는 허용해 주세요.",
  failed: `코드를 안전하게 실행할 준비를 하지 못했습니다. 인터넷 연결을 확인하고 ${RELOAD}`,
};
const said = (why) => new Error(SAID[why]);

async function comesWithPolicy(url) {
  const response = await fetch(url).catch(() => {
    throw said("offline");
  });
  if (!response.ok) throw said(response.status === 404 ? "replaced" : "offline");
  return response.headers.has("Content-Security-Policy");
}

async function registered(url) {
  if (!isSecureContext) throw said("insecure");
  if (!navigator.serviceWorker) throw said("refused");
  const worker = new URL("../../../sw.js", url);
  const registration = await navigator.serviceWorker.register(worker).catch((error) => {
    throw said(error.name === "SecurityError" ? "refused" : "failed");
  });
  if (!registration) throw said("refused"); // 확장 프로그램이 막은 것이다
  return registration;
}

/** 움직이기 시작했거나 설치하지 못할 때까지 기다린다. */
function settled(worker) {
  return new Promise((resolve) => {
    const look = () => ["activated", "redundant"].includes(worker.state) && resolve();
    worker.addEventListener("statechange", look);
    look();
  });
}

/** 새 판의 서비스 워커가 있으면 그것이 움직이기를 기다린다. 옛 판의 것은 정책을 모를 수 있다. */
async function newest(registration) {
  const coming = () => registration.installing || registration.waiting;
  if (!coming()) await registration.update().catch(() => {});
  if (coming()) await settled(coming());
  if (!registration.active) throw said("failed");
  return registration.active;
}

function ask(worker, type) {
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => data.error ? reject(new Error(data.error)) : resolve();
    worker.postMessage({ type }, [port2]);
  });
}

/** 이 쪽의 요청이 그 서비스 워커를 거치게 한다. 새로 고침을 세게 한 쪽은 부탁해야 한다. */
async function claimed(active) {
  const container = navigator.serviceWorker;
  const changed = new Promise((resolve) => {
    container.addEventListener("controllerchange", resolve, { once: true });
  });
  if (container.controller === active) return;
  await ask(active, "claim").catch(() => {
    throw said("failed");
  });
  if (container.controller !== active) await changed;
}

/** 그 주소의 워커가 정책을 갖고 오게 되면 끝난다. 안 되면 까닭을 적은 Error를 던진다. */
export async function policyReady(url) {
  if (await comesWithPolicy(url)) return;
  await claimed(await newest(await registered(url)));
  if (!await comesWithPolicy(url)) throw said("failed");
}

/** 다른 쪽에서 실행할 때 쓸 것까지 저장하여 인터넷이 끊겨도 실행되게 한다. 시작한 뒤에 부른다. */
export async function keepForOffline() {
  const controller = navigator.serviceWorker?.controller;
  if (controller) await ask(controller, "live");
}
