// 쪽에서 일꾼(worker.js)을 부리는 것: 켜기, 차례로 실행하기, 멈추기, 죽은 것을 알아채고 새로 켜기.
// 일꾼에서는 독자의 코드가 돌아 어떤 소식이든 지어 낼 수 있다. 아는 꼴의 소식만 글과 그림으로 받는다.

const LOST = "파이썬이 갑자기 멈추어 다시 시작합니다. 코드를 살펴보고 다시 실행해 주세요.";
const NOT_STARTED =
  "파이썬을 시작하지 못했습니다. 쪽을 새로 고친 다음 여기서 실행을 다시 눌러 주세요.";
const STOPPED = "실행을 멈추었습니다.";

const isText = (value) => typeof value === "string";
const isMaybeText = (value) => value === undefined || isText(value);
const areTexts = (value) => Array.isArray(value) && value.every(isText);
const isCount = (value) => Number.isInteger(value) && value >= 0;

/** 결과의 꼴마다 쪽에 넘길 것만 골라 담는다. 꼴이 다르면 버린다. */
const OUTPUTS = {
  text: ({ stream, text }) =>
    ["stdout", "stderr"].includes(stream) && isText(text) && { stream, text },
  value: ({ plain, latex }) => isText(plain) && isMaybeText(latex) && { plain, latex },
  figure: ({ svg, png, texts }) =>
    areTexts(texts) && isText(svg ?? png) && (isText(svg) ? { svg, texts } : { png, texts }),
  error: ({ name, message, line, said }) =>
    [name, message].every(isText) && isMaybeText(said) &&
    { name, message, said, line: lineOf(line) },
  cut: ({ said }) => isText(said) && { said },
};

function lineOf(line) {
  return isCount(line?.number) && isText(line.text)
    ? { number: line.number, text: line.text }
    : undefined;
}

function outputOf(output) {
  const kind = output?.kind;
  const kept = Object.hasOwn(OUTPUTS, kind) && OUTPUTS[kind](output);
  if (!kept) return undefined;
  const given = Object.entries({ kind, ...kept }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

/** 밖에서 끝낼 약속. 거절을 기다리는 곳이 없어도 오류로 알리지 않는다. */
function promise() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  made.promise.catch(() => {});
  return made;
}

export class Session {
  #worker;
  #started; // 켜지기를 기다리는 것 {promise, resolve, reject}
  #runs = []; // 기다리는 실행. 첫째가 지금 하는 것이다
  #next = 1;

  /**
   * program은 worker.js가 있는 폴더의 주소, settings는 settings.json을 읽은 것,
   * files는 파이썬의 폴더에 넣을 파일 { 이름: { url, size } }
   */
  constructor({ program, settings, files = {}, onProgress = () => {}, onState = () => {} }) {
    this.program = program;
    this.settings = settings;
    this.files = files;
    this.onProgress = onProgress;
    this.onState = onState;
  }

  /** 켜지면 판들을 준다. 켜지 못하면 {reason}으로 거절한다. */
  start() {
    if (!this.#worker) this.#begin();
    return this.#started.promise;
  }

  /** 차례가 되면 실행한다. fresh이면 앞에서 만든 이름을 버리고. 늘 {ok, error?, stopped?, died?}를 준다. */
  run(source, { draws = true, fresh = false, onOutput = () => {} } = {}) {
    return new Promise((resolve) => {
      this.#runs.push({ id: this.#next++, source, draws, fresh, onOutput, resolve });
      this.start().catch(() => {});
      this.#go();
    });
  }

  /** 하던 것과 기다리던 것을 모두 멈추고 새 일꾼을 켜기 시작한다. */
  stop() {
    this.#drop({ ok: false, stopped: true }, { reason: STOPPED });
    this.start().catch(() => {});
  }

  // ---- 일꾼

  #begin() {
    const name = crypto.randomUUID();
    const worker = new Worker(new URL("worker.js", this.program), { type: "module", name });
    this.#worker = { worker, name, isReady: false, watch: new AbortController() };
    this.#started = promise();
    const mine = this.#worker;
    const receive = (data) => mine === this.#worker && this.#receive(data);
    worker.addEventListener("message", ({ data }) => receive(data));
    // 켜진 뒤의 오류는 독자의 코드가 낸 것이고 일꾼은 살아 있다
    worker.addEventListener("error", () => mine.isReady || receive({ kind: "refused" }));
    const runtime = new URL(`../${this.settings.runtime}/`, this.program).href;
    worker.postMessage({ settings: this.settings, runtime, files: this.files });
    this.onState("starting");
  }

  #receive(data) {
    const { isReady } = this.#worker;
    const kind = data?.kind;
    if (kind === "output") this.#show(data);
    else if (kind === "done") this.#finish(data);
    else if (kind === "died") this.#revive(isText(data.said) ? data.said : LOST);
    else if (kind === "held") this.#watch();
    else if (isReady) return; // 아래는 켜는 동안에만 오는 소식이다
    else if (kind === "progress") this.onProgress(data); // 아직 독자의 코드가 돌지 않았다
    else if (kind === "ready") this.#ready();
    else if (kind === "refused") this.#refuse(data.said ?? NOT_STARTED);
  }

  /** 일꾼이 잡은 자물쇠를 기다린다. 얻었으면 일꾼이 어떻게든 끝난 것이다. */
  #watch() {
    const mine = this.#worker;
    if (mine.isWatched) return;
    mine.isWatched = true;
    const revive = () => mine === this.#worker && this.#revive(LOST); // 끝낸 일꾼의 것이 늦게 올 수 있다
    navigator.locks.request(mine.name, { signal: mine.watch.signal }, revive).catch(() => {});
  }

  #ready() {
    this.#worker.isReady = true;
    this.#started.resolve({ python: this.settings.python, ...this.settings.packages });
    this.onState("ready");
    this.#go();
  }

  #refuse(reason) {
    this.#drop({ ok: false, died: true, said: reason }, { reason });
    this.onState("off");
  }

  /** 죽은 일꾼 대신 새 일꾼을 켠다. 켜지도 못하고 죽으면 다시 켜 보지 않는다. */
  #revive(said) {
    const { isReady } = this.#worker;
    if (!isReady) return this.#refuse(said);
    this.#drop({ ok: false, died: true, said }, { reason: said });
    this.#begin();
  }

  #drop(result, reason) {
    if (!this.#worker) return;
    this.#worker.worker.terminate();
    this.#worker.watch.abort();
    this.#worker = undefined;
    this.#started.reject(reason);
    const dropped = this.#runs;
    this.#runs = [];
    for (const { resolve } of dropped) resolve(result);
  }

  // ---- 실행

  #go() {
    const [run] = this.#runs;
    if (!run || run.isSent || !this.#worker?.isReady) return;
    run.isSent = true;
    const { id, source, draws, fresh } = run;
    this.#worker.worker.postMessage({ id, source, draws, fresh });
    this.onState("running");
  }

  #isCurrent(id) {
    return this.#runs[0]?.isSent && this.#runs[0].id === id;
  }

  #show({ id, output }) {
    const kept = outputOf(output);
    if (kept && this.#isCurrent(id)) this.#runs[0].onOutput(kept);
  }

  #finish({ id, error }) {
    if (!this.#isCurrent(id)) return;
    const { resolve } = this.#runs.shift();
    resolve(error === undefined ? { ok: true } : { ok: false, error: outputOf(error) });
    if (!this.#runs.length) this.onState("ready");
    this.#go();
  }
}
