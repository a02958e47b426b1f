// 셀을 실행하는 차례. 어느 셀을 먼저 실행해도 위의 셀들을 차례로 실행한 것과 같은 결과가 나오게 한다.
const SLOW = 1000; // 밀리초. 이보다 오래 걸리면 실행하는 중이라고 말한다
const READY = "준비되었습니다. 코드 아래의 ▶ 실행을 누르거나, 코드를 눌러 고쳐 보세요.";
const CUT = "중지하여 여기까지만 실행했습니다.";
const STOPPED = "멈추었습니다. 파이썬을 다시 시작합니다. 몇 초 걸립니다.";

export class Notebook {
  /** start()는 파이썬을 시작하고 결과에 적을 버전들의 글을 준다. */
  constructor({ cells, session, start, panel, edits }) {
    Object.assign(this, { cells, session, start, panel, edits });
    this.queue = Promise.resolve();
    this.turn = 0; // 멈추면 하나 는다. 앞서 하던 일은 그것을 보고 그만둔다
    this.dropped = []; // 되돌려 버린 코드 [{ cell, text }]
    for (const cell of cells) cell.shown = this.printedContext(cell);
  }

  /** 먼저 실행할 셀: 앞에 있는 본문의 셀과, 같은 문제의 셀. */
  earlier(cell) {
    const before = this.cells.slice(0, this.cells.indexOf(cell));
    return before.filter(({ canRun, part }) => canRun && (part === "main" || part === cell.part));
  }

  /** 그 셀의 결과를 정하는 코드 모두. 결과가 나온 뒤에 이것이 바뀌면 그 결과는 옛것이다. */
  context(cell) {
    return JSON.stringify([...this.earlier(cell), cell].map(({ text }) => text));
  }

  printedContext(cell) {
    return JSON.stringify([...this.earlier(cell), cell].map(({ original }) => original));
  }

  mark() {
    for (const cell of this.cells) cell.show(cell.shown !== this.context(cell));
    this.panel.canBringBack = this.dropped.length > 0;
    this.panel.canRestore = this.cells.some((cell) => cell.canRestore);
  }

  /** 준비 셀의 다음, 접지 않은 첫 셀로 간다. */
  focusFirst() {
    this.cells.find(({ setup, bar }) => !setup && bar?.checkVisibility()).focus();
  }

  // ---- 실행한다

  /** 여러 번 눌러도 한 번만, 누른 차례대로 실행한다. */
  run(cell) {
    if (cell.state) {
      cell.runsAgain = cell.state === "running" && cell.text !== cell.sent;
      return;
    }
    cell.setState("waiting");
    this.inTurn(async (turn) => {
      await this.runWithEarlier(cell, turn);
      if (turn !== this.turn) return;
      cell.setState("");
      if (cell.runsAgain) this.run(cell); // 실행하는 동안 고쳐서 또 눌렀다
    });
  }

  /** 시작하고 준비 셀을 미리 실행하여, 처음 누른 셀이 곧 나오게 한다. */
  async prepare() {
    const setup = this.cells.filter(({ setup }) => setup);
    const isReady = await this.inTurn((turn) => this.runQuietly(setup, turn));
    if (isReady) this.panel.ready(READY);
  }

  /** 앞의 일이 끝나면 파이썬을 켜고 한다. 멈추었거나 켜지 못하면 거짓. */
  inTurn(work) {
    const { turn } = this;
    this.queue = this.queue.then(async () => {
      if (turn !== this.turn) return false;
      try {
        this.versions = await this.start();
        this.isStarted = true;
        if (turn !== this.turn) return false;
        this.panel.isBusy = true;
        await work(turn);
      } catch (error) {
        if (turn === this.turn) this.giveUp(error);
      }
      if (turn === this.turn) this.panel.isBusy = false;
      return turn === this.turn;
    });
    return this.queue;
  }

  /** 켜지 못했다. 기다리던 것은 다시 누르게 한다. */
  giveUp(error) {
    this.drop();
    this.panel.fail(error);
  }

  async runWithEarlier(cell, turn) {
    const slow = setTimeout(() => this.panel.say(`${cell.name}을 실행하는 중입니다.`), SLOW);
    cell.setState("running");
    this.forgetLater(cell);
    const failed = await this.runQuietly(this.earlier(cell), turn);
    if (turn === this.turn) await (failed ? this.tellFailed(cell, failed) : this.show(cell, turn));
    clearTimeout(slow);
    if (this.hasDied) this.prepare();
  }

  /** 실행할 셀보다 뒤의 셀이나 다른 문제의 풀이가 만든 이름이 남아 있으면, 모두 버리고 처음부터 한다. */
  forgetLater(cell) {
    const due = [...this.earlier(cell), cell];
    const first = due.find((it) => it.ran !== this.context(it)) ?? cell;
    const before = due.slice(0, due.indexOf(first) + 1);
    if (this.cells.some((it) => it.isTouched && !before.includes(it))) this.forgetRuns();
  }

  /** 파이썬에 보낸다. */
  async send(cell, options) {
    const fresh = this.isStale;
    this.isStale = false;
    cell.isTouched = true;
    cell.sent = cell.text;
    const answer = await this.session.run(cell.text, { fresh, ...options });
    this.hasDied = Boolean(answer.died);
    if (this.hasDied) this.forgetRuns();
    return answer;
  }

  /** 아직 실행하지 않은 것을 그리지 않고 실행한다. 오류가 나면 그 셀을 돌려준다. */
  async runQuietly(cells, turn) {
    for (const cell of cells) {
      const context = this.context(cell);
      if (cell.ran === context) continue;
      if (turn !== this.turn) return undefined;
      const answer = await this.send(cell, { draws: false });
      if (turn !== this.turn) return undefined;
      if (answer.died || !(answer.ok || cell.raises)) {
        this.showError(cell, answer, context);
        return cell;
      }
      cell.ran = context;
    }
    return undefined;
  }

  async show(cell, turn) {
    const context = this.context(cell);
    let count = 0;
    cell.isRestored = false;
    const onOutput = (output) => {
      if (turn !== this.turn) return;
      if (count++ === 0) cell.results.begin();
      cell.results.add(output);
    };
    const answer = await this.send(cell, { draws: true, onOutput });
    if (answer.stopped) return this.finishStopped(cell, context, count);
    if (turn !== this.turn) return;
    if (answer.died) onOutput({ kind: "error", said: answer.said });
    if (count === 0) cell.results.begin();
    this.finish(cell, answer, context);
    cell.finished?.();
    this.panel.say(
      answer.ok ? cell.said : `${cell.name}에서 오류가 났습니다.`,
    );
  }

  finishStopped(cell, context, count) {
    if (cell.isRestored) return;
    if (count === 0) cell.results.begin();
    cell.results.add({ kind: "cut", said: CUT });
    cell.results.end(this.versions);
    cell.shown = context;
    this.mark();
  }

  showError(cell, answer, context) {
    if (!cell.box) return;
    cell.results.begin();
    cell.results.add(answer.error ?? { kind: "error", said: answer.said });
    this.finish(cell, answer, context);
  }

  finish(cell, answer, context) {
    cell.results.end(this.versions);
    cell.ran = !answer.died && (answer.ok || cell.raises) ? context : undefined;
    cell.shown = context;
    cell.failed = undefined;
    if (answer.ok) this.forgive(cell);
    this.mark();
  }

  /** 그 셀 탓에 실행하지 않았다고 적은 것을 지운다. */
  forgive(cell) {
    for (const other of this.cells.filter(({ failed }) => failed === cell)) {
      other.failed = undefined;
    }
  }

  tellFailed(cell, failed) {
    cell.failed = failed;
    this.mark();
    this.panel.say(`앞의 ${failed.name}에서 오류가 나서 ${cell.name}은(는) 실행하지 않았습니다.`);
  }

  // ---- 멈춘다

  /** 켜는 중이면 마저 켜고, 기다리던 실행만 그만둔다. */
  stop() {
    this.drop();
    if (this.isStarted) {
      this.session.stop();
      this.panel.say(STOPPED);
    }
    this.prepare();
  }

  /** 하던 것과 기다리던 것을 그만둔다. */
  drop() {
    this.turn += 1;
    this.forgetRuns();
    for (const cell of this.cells) cell.setState("");
    this.panel.isBusy = false;
  }

  /** 실행한 셀이 하나도 없는 것으로 한다. 다음에 실행할 때 파이썬도 앞의 이름을 버린다. */
  forgetRuns() {
    this.isStale = true;
    for (const cell of this.cells) {
      cell.ran = undefined;
      cell.isTouched = false;
    }
  }

  // ---- 고치고 되돌린다

  changed(cell) {
    this.dropped = this.dropped.filter((one) => one.cell !== cell); // 새로 고친 것을 덮지 않게
    this.keep(cell);
    this.mark();
  }

  keep(cell) {
    cell.failed = undefined;
    this.forgive(cell);
    cell.isKept = this.edits.keep(cell);
  }

  /** 코드를 넣는다. */
  put(cell, text) {
    cell.code.set(text);
    this.changed(cell);
  }

  /** 고친 코드를 실행한 것도 없던 일이 되게, 하던 실행이 끝나면 그 코드가 만든 이름도 버린다. */
  restore(...chosen) {
    const cells = [...new Set(chosen.flatMap((cell) => cell.check ? [cell, cell.check] : [cell]))];
    const edited = cells.filter(({ isEdited }) => isEdited);
    this.dropped = edited.map((cell) => ({ cell, text: cell.text }));
    for (const cell of cells) {
      cell.restore();
      cell.shown = this.printedContext(cell);
      this.keep(cell);
    }
    this.queue = this.queue.then(() => this.forgetRuns());
    this.mark();
  }

  bringBackDropped() {
    for (const { cell, text } of this.dropped) this.put(cell, text);
    this.panel.say("되돌린 코드를 다시 넣었습니다.");
  }

  restoreAll() {
    if (this.cells.some(({ state }) => state)) this.stop();
    this.restore(...this.cells.filter(({ canRestore }) => canRestore));
    this.panel.say("이 쪽의 코드와 출력을 모두 책의 것으로 되돌렸습니다.");
  }

  /** 앞서 고친 코드를 다시 넣는다. 책의 코드가 바뀐 것은 독자가 고르게 한다. */
  bringBack(matches) {
    for (const { edit, cell, isChanged } of matches) {
      const drop = () => this.edits.forget(edit);
      const use = () => {
        drop();
        this.put(cell, edit.text);
      };
      if (isChanged) cell.offer(use, drop);
      else use();
    }
  }
}
