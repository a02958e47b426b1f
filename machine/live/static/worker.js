// 독자의 코드를 실행하는 일꾼: 쪽과 다른 스레드에서, 이 사이트의 밖에 닿을 수 없는 정책 아래에서 파이썬을 돌린다.
// 독자의 코드는 from js import …로 이 파일의 전역에 닿는다. 파이썬이 뜨기 전에 위험한 것을 없애고 쓸 것은 잡아 둔다.

const HOME = "/book"; // 독자의 코드가 일하는 폴더
const MODULES = {
  "kernel.py": "live_kernel",
  "figures.py": "live_figures",
  "pretty.py": "live_pretty",
};
const MOST_MEMORY = 1 << 30;
const MOST_LINES = 1000; // 한 번의 실행이 낼 수 있는 것
const MOST_BYTES = 100_000;
const MOST_LATEX = 20_000; // 이보다 긴 식은 조판하지 않고 글자로 보인다
const MOST_FIGURES = 20;
const MOST_PICTURE = 10_000_000;
const OFTEN = 50; // 밀리초. 줄이 끝나지 않은 글은 이보다 자주 보내지 않는다

const TOO_LONG = `출력이 ${MOST_LINES.toLocaleString()}줄이나 ${
  MOST_BYTES / 1000
} kB를 넘어 나머지는 잘랐습니다.`;
const TOO_MANY_FIGURES = `그림이 ${MOST_FIGURES}개나 ${
  MOST_PICTURE / 1e6
} MB를 넘어 나머지는 뺐습니다.`;
const NO_POLICY =
  "코드를 안전하게 실행할 준비가 되지 않아 실행하지 않았습니다. 쪽을 새로 고친 다음 여기서 실행을 다시 눌러 주세요.";
const NOT_RECEIVED =
  "파이썬이나 이 쪽의 데이터를 내려받지 못했습니다. 인터넷 연결을 확인하고 다시 실행해 주세요.";
const DIED = "파이썬이 갑자기 멈추어 다시 시작합니다. 코드를 살펴보고 다시 실행해 주세요.";
const EXITED = "코드에서 파이썬을 종료하여 다시 시작합니다. 이어서 실행할 수 있습니다.";
const TOO_DEEP =
  "함수를 너무 깊이 불러 파이썬이 멈추었습니다. 다시 시작하는 동안 멈추는 조건을 살펴보고 다시 실행해 주세요.";

// 일꾼의 전역에서 파이썬이 쓰는 것. 나머지는 앞으로 생길 것까지 없앤다: caches, indexedDB, postMessage 따위.
// WebSocket, Worker 같은 생성자는 남지만 정책이 막는다.
const KEPT = new Set(
  ("addEventListener removeEventListener dispatchEvent atob btoa clearInterval clearTimeout " +
    "close crypto fetch importScripts location navigator performance queueMicrotask self " +
    "setInterval setTimeout structuredClone").split(" "),
);

const post = self.postMessage.bind(self);
const now = performance.now.bind(performance);
const receive = self.fetch.bind(self);

// ---- 가두기

/** 서버나 서비스 워커가 정책을 함께 보냈는지. 보내지 않았으면 코드를 만들고 다른 주소에서 받을 수 있다. */
async function isConfined() {
  const ways = [() => new Function(""), () => receive("data:,")];
  const results = await Promise.allSettled(ways.map(async (way) => await way()));
  return results.every(({ status }) => status === "rejected");
}

function remove(name, from) {
  for (let owner = from; owner; owner = Object.getPrototypeOf(owner)) delete owner[name];
}

/** 글과 수는 두고, 적어 둔 것이 아닌 함수와 물건을 없앤다. */
function removeAllBut(kept, from) {
  for (const name in from) {
    if (!kept.has(name) && Object(from[name]) === from[name]) remove(name, from);
  }
}

/** 저장한 쪽처럼 사이트의 상태에 닿는 길을 없앤다. */
function removeState() {
  removeAllBut(KEPT, self);
  removeAllBut(new Set(), navigator);
  for (const name of ["BroadcastChannel", "Notification"]) remove(name, self);
}

/** 파이썬의 메모리를 제한한다. 넘으면 파이썬의 MemoryError가 된다. */
function limitMemory() {
  const most = MOST_MEMORY / 65536;
  WebAssembly.Memory = class extends WebAssembly.Memory {
    constructor(options) {
      super({ ...options, maximum: Math.min(options.maximum ?? most, most) });
    }
  };
}

// ---- 켜기

const sum = (sizes) => sizes.reduce((all, size) => all + size, 0);

/** 받을 파일의 압축하여 보낼 때의 크기: { 주소: 바이트 } */
function sizesOf(settings, runtime, files) {
  const own = Object.entries(settings.files).map(([name, size]) => [runtime + name, size]);
  return Object.fromEntries([...own, ...Object.values(files).map(({ url, size }) => [url, size])]);
}

/**
 * 실행 환경의 파일을 받는 동안 받은 바이트를 알린다. total은 모두의 크기이다.
 * import로 받는 스크립트와 쪽이 이미 받은 것은 받은 것으로 친다. 받지 못하면 lose를 부른다.
 */
function countBytes(sizes, total, lose) {
  const counted = Object.entries(sizes).filter(([url]) => !/\.m?js$/.test(url));
  let received = total - sum(counted.map(([, size]) => size));
  const add = (size) => {
    received += size;
    const step = received < total ? "download" : "start";
    post({ kind: "progress", step, received, total });
  };
  const counting = async (address, options) => {
    const response = await receive(address, options);
    const url = new URL(address, location).href;
    const size = sizes[url];
    if (!response.ok) throw new Error(`${response.status} ${url}`);
    if (size) count(response.clone(), size, add).catch(lose);
    return response;
  };
  self.fetch = (...request) => {
    const response = counting(...request);
    response.catch(lose);
    return response;
  };
}

/** 브라우저는 압축을 푼 것을 주므로 적힌 크기까지만 센다. */
async function count(response, size, add) {
  const reader = response.body.getReader(); // 사파리에는 for await가 없다
  let left = size;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const bytes = Math.min(part.value.length, left);
    left -= bytes;
    if (bytes) add(bytes);
  }
  if (left) add(left);
}

async function bytesOf(address) {
  const response = await fetch(address);
  return new Uint8Array(await response.arrayBuffer());
}

/** 독자의 폴더에 넣을 글꼴과, 파이썬이 찾는 곳에 넣을 kernel.py 따위를 받는다. */
function receiveFiles(settings, runtime) {
  const fonts = Object.keys(settings.files).filter((name) => name.startsWith("fonts/"));
  const places = (sitePackages) => [
    ...fonts.map((name) => `${HOME}/${name}`),
    ...Object.values(MODULES).map((name) => `${sitePackages}/${name}.py`),
  ];
  const modules = Object.keys(MODULES).map((name) => new URL(name, import.meta.url));
  const addresses = [...fonts.map((name) => runtime + name), ...modules];
  return { places, received: Promise.all(addresses.map(bytesOf)) };
}

let giveData; // 쪽의 코드가 읽는 파일을 책의 것 그대로 넣는다

function put(FS, path, content) {
  FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
  FS.writeFile(path, content);
}

async function start({ settings, runtime, files }) {
  removeState();
  limitMemory();
  const sizes = sizesOf(settings, runtime, files);
  const total = settings.bytes + sum(Object.values(files).map(({ size }) => size));
  const lost = new Promise((_, lose) => countBytes(sizes, total, lose));
  const { places, received } = receiveFiles(settings, runtime);
  const data = Promise.all(Object.values(files).map(({ url }) => bytesOf(url)));
  const { loadPyodide } = await import(`${runtime}pyodide.mjs`);
  const packages = Object.keys(settings.packages);
  const loading = loadPyodide({
    indexURL: runtime,
    packages,
    stderr() {}, // 켜는 동안과 죽을 때의 글. 켠 뒤에는 connect가 받는다
    env: {
      HOME,
      PYTHONHASHSEED: "0", // 집합의 차례를 늘 같게
      MPLBACKEND: "module://live_figures",
    },
    async fsInit(FS, { sitePackages }) {
      const [own, contents] = await Promise.all([received, data]);
      places(sitePackages).forEach((path, i) => put(FS, path, own[i]));
      giveData = () =>
        Object.keys(files).forEach((name, i) => put(FS, `${HOME}/${name}`, contents[i]));
      giveData();
    },
  });
  const python = await Promise.race([loading, lost]); // 받지 못하면 loadPyodide는 끝나지 않거나 그냥 켜진다
  const missing = packages.filter((name) => !python.loadedPackages[name]); // 다른 것을 받았다
  if (missing.length) throw new Error(missing.join());
  self.fetch = receive;
  return python;
}

// ---- 실행하기

/** 실행 한 번에서 나온 것을 쪽에 보낸다. 넘치는 것은 여기서 끊어 쪽이 느려지지 않게 한다. */
class Outputs {
  #left = { lines: MOST_LINES, bytes: MOST_BYTES, figures: MOST_FIGURES, picture: MOST_PICTURE };
  #decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  #encoder = new TextEncoder();
  #said = new Set();
  #stream = "stdout";
  #text = "";
  #sent = now();

  constructor(id, draws) {
    this.id = id;
    this.draws = draws;
  }

  write(stream, bytes) {
    if (!this.draws) return;
    const kept = this.#fitting(bytes);
    if (stream !== this.#stream) this.flush();
    this.#stream = stream;
    this.#text += this.#decoders[stream].decode(kept, { stream: true });
    if (this.#text.endsWith("\n") || now() - this.#sent > OFTEN) this.flush();
    if (kept.length < bytes.length) this.#cut(TOO_LONG);
  }

  flush() {
    if (this.#text) this.#send({ kind: "text", stream: this.#stream, text: this.#text });
    this.#text = "";
    this.#sent = now();
  }

  value(plain, latex) {
    const bytes = this.#encoder.encode(plain);
    const kept = this.#fitting(bytes);
    const isCut = kept.length < bytes.length;
    const output = { kind: "value", plain: new TextDecoder().decode(kept) };
    if (latex && latex.length <= MOST_LATEX && !isCut) output.latex = latex;
    if (output.plain || !isCut) this.#send(output);
    if (isCut) this.#cut(TOO_LONG);
  }

  figure(form, picture, texts) {
    this.#left.figures -= 1;
    this.#left.picture -= picture.length;
    if (this.#left.figures < 0 || this.#left.picture < 0) this.#cut(TOO_MANY_FIGURES);
    else this.#send({ kind: "figure", [form]: picture, texts });
  }

  failed(name, message, number, text, said) {
    this.error = { kind: "error", name, message: message.slice(0, MOST_BYTES) };
    if (number) this.error.line = { number, text };
    if (said) this.error.said = said;
    if (this.draws) this.#send(this.error);
  }

  #fitting(bytes) {
    let end = 0;
    const most = Math.min(bytes.length, this.#left.bytes);
    while (end < most && this.#left.lines > 0) {
      if (bytes[end] === 10) this.#left.lines -= 1;
      end += 1;
    }
    this.#left.bytes -= end;
    return bytes.subarray(0, end);
  }

  #cut(said) {
    if (this.#said.has(said)) return;
    this.#said.add(said);
    this.#send({ kind: "cut", said });
  }

  #send(output) {
    if (output.kind !== "text") this.flush();
    post({ kind: "output", id: this.id, output });
  }
}

let kernel;
let outputs;

function reasonOf({ name, message }) {
  if (name.startsWith("Exit")) return EXITED;
  return /stack|recursion/.test(message) ? TOO_DEEP : DIED;
}

/** 파이썬을 다시 쓸 수 없게 되었다. 쪽이 이 일꾼을 끝내고 새로 켠다. */
function die(error) {
  post({ kind: "died", said: reasonOf(error) });
}

function connect(python) {
  for (const [stream, set] of [["stdout", "setStdout"], ["stderr", "setStderr"]]) {
    python[set]({
      write(bytes) {
        outputs?.write(stream, bytes);
        return bytes.length;
      },
    });
  }
  python._api.fatal_error = (error) => { // 원래 것은 콘솔과 stderr에 파이썬의 속을 적는다
    die(error);
    throw error;
  };
  kernel = python.pyimport("live_kernel");
  for (const type of ["error", "unhandledrejection"]) { // 독자의 코드가 낸 것이지 쪽의 오류가 아니다
    self.addEventListener(type, (event) => event.preventDefault());
  }
}

async function run({ id, source, draws, fresh }) {
  outputs = new Outputs(id, draws);
  if (fresh) {
    kernel.forget();
    giveData(); // 앞의 셀이 고쳤을 수 있다
  }
  await kernel.run(source, draws, outputs);
  outputs.flush();
  post({ kind: "done", id, error: outputs.error });
  outputs = undefined;
}

async function begin(settings) {
  if (!await isConfined()) return post({ kind: "refused", said: NO_POLICY });
  try {
    connect(await start(settings));
    post({ kind: "ready" });
  } catch (error) {
    console.warn(error);
    return post({ kind: "refused", said: NOT_RECEIVED });
  }
  kernel.warm_up();
}

let last = Promise.resolve();
self.addEventListener("message", ({ data }) => {
  last = last.then(() => data.source === undefined ? begin(data) : run(data)).catch(die);
});

// 쪽은 이 자물쇠가 풀리는 것을 보고 일꾼이 끝난 것을 안다. 얼마나 기다릴지 정하지 않아도 된다.
navigator.locks.request(self.name, () => {
  post({ kind: "held" });
  return new Promise(() => {});
});
