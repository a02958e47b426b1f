// 쪽의 아래에 붙는 줄: 내려받기와 시작의 진행, 지금 하는 일, 중지와 모두 되돌리기.
import { button, make } from "./elements.js";

const SELDOM = 5000; // 밀리초. 받은 양은 이보다 자주 읽어 주지 않는다
const STARTING = "파이썬을 시작합니다. 처음에는 몇 초 걸립니다.";
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

export class Panel {
  constructor({ stop, restoreAll, bringBack }) {
    this.progress = make("progress", { ariaLabel: "준비", hidden: true });
    this.amount = make("span", { className: "live-amount", ariaHidden: "true" });
    this.status = make("p", { role: "status" });
    this.stopButton = button("live-stop", "중지", stop);
    this.restoreButton = button("live-restore-all", "모두 되돌리기", restoreAll);
    this.backButton = button("live-bring-back", "되돌린 코드 살리기", bringBack);
    const parts = [this.progress, this.amount, this.status];
    const buttons = [this.stopButton, this.backButton, this.restoreButton];
    const named = { className: "live-panel", ariaLabel: "여기서 실행" };
    this.box = make("section", named, ...parts, ...buttons);
    this.box.tabIndex = -1;
    document.querySelector("article").append(this.box);
    this.isBusy = false;
    this.canRestore = false;
    this.canBringBack = false;
  }

  set isBusy(value) {
    this.show(this.stopButton, value);
  }

  set canRestore(value) {
    this.show(this.restoreButton, value);
  }

  set canBringBack(value) {
    this.show(this.backButton, value);
  }

  /** 누른 단추가 사라져도 초점은 이 줄에 남는다. */
  show(button, isShown) {
    if (!isShown && document.activeElement === button) this.box.focus();
    button.hidden = !isShown;
  }

  say(text) {
    this.status.classList.remove("live-heard");
    if (this.status.textContent !== text) this.status.textContent = text; // 같은 말을 두 번 읽지 않게
  }

  /** 받은 양을 눈으로는 받은 만큼 보고, 귀로는 가끔만 듣는다. */
  received({ step, received, total }) {
    if (step === "start") return this.starting();
    this.progress.hidden = false;
    if (this.wasReady) return; // 받아 둔 것을 다시 읽는다
    this.progress.max = total;
    this.progress.value = received;
    this.amount.textContent = `내려받는 중 ${megabytes(received)} / ${megabytes(total)} MB`;
    this.status.classList.add("live-heard");
    if (this.saidAt > performance.now() - SELDOM) return;
    const amount = this.saidAt
      ? ` 가운데 ${megabytes(received)} MB를 받았습니다.`
      : "를 내려받습니다.";
    this.status.textContent = `${megabytes(total)} MB${amount}`;
    this.saidAt = performance.now();
  }

  /** 얼마나 걸릴지 모르는 동안 */
  starting() {
    this.progress.removeAttribute("value");
    this.amount.textContent = "";
    this.say(STARTING);
  }

  /** 다시 켤 때에는 받아 둔 것을 쓰므로 받은 양을 읽어 주지 않는다. */
  ready(text) {
    this.wasReady = true;
    this.end(text);
  }

  end(text) {
    this.progress.hidden = true;
    this.amount.textContent = "";
    this.say(text);
  }

  /** 까닭과 할 일을 적은 오류를 알린다. */
  fail(error) {
    this.isBusy = false;
    this.end(error.reason ?? error.message ?? String(error));
  }
}
