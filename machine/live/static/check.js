// 연습문제의 확인: 독자의 답을 실행한 뒤에 실행하여, 맞았는지와 무엇이 다른지 말한다.
// 코드는 보이지 않고 단추만 있다. 답의 셀은 앞의 셀이므로 notebook.js가 먼저 실행한다.
import { Cell } from "./cell.js";
import { make } from "./elements.js";
import { Results } from "./results.js";

const PASSED = "✓";
const ERROR = /^✗ (\w+): /;

export class Check extends Cell {
  /** answer는 답을 쓰는 셀. */
  constructor(info, answer) {
    super(info, make("div", { className: "live-check" }), "");
    this.name = "확인";
    this.answer = answer;
    answer.check = this;
  }

  attach(notebook, means) {
    this.answer.box.after(this.box);
    this.results = new Results(this.box, means);
    this.addButtons(notebook, "확인", "✓ ");
    this.bar.ariaLabel = `${this.answer.name}의 확인`;
    this.box.append(this.bar);
    this.show(false);
  }

  get verdict() {
    return this.results.texts.trimEnd().split("\n").at(-1);
  }

  get hasPassed() {
    return this.verdict.startsWith(PASSED);
  }

  get said() {
    return this.verdict;
  }

  /** 맞았으면 알린다(progress.js). 답에서 난 오류이면 그 이름을 표로 가는 링크로 적는다. */
  finished() {
    if (this.hasPassed) {
      this.answer.box.closest(".exercise").dispatchEvent(new Event("passed", { bubbles: true }));
    }
    const [, name] = this.verdict.match(ERROR) ?? [];
    if (name) this.results.linkError(name);
  }

  show(isChanged) {
    super.show(isChanged);
    if (this.undoButton) this.undoButton.hidden = true; // 답을 되돌리면 함께 되돌려진다
    this.box.classList.toggle("live-passed", Boolean(this.results?.isShown) && this.hasPassed);
  }
}
