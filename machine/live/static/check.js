// 연습문제의 확인: 독자의 답을 실행한 뒤에 실행하여, 맞았는지와 무엇이 다른지 말한다.
// 코드는 보이지 않고 단추만 있다. 답의 셀은 앞의 셀이므로 notebook.js가 먼저 실행한다.
import { Cell } from "./cell.js";
import { make } from "./elements.js";
import { Results } from "./results.js";

const PASSED = "✓";

export class Check extends Cell {
  /** answer는 답을 쓰는 셀. */
  constructor(info, answer) {
    super(info, make("div", { className: "cell live-check" }), "");
    this.name = "확인";
    this.answer = answer;
  }

  attach(notebook, typeset) {
    this.answer.box.after(this.box);
    this.results = new Results(this.box, typeset);
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

  show(isChanged) {
    super.show(isChanged);
    this.box.classList.toggle("live-passed", Boolean(this.results?.isShown) && this.hasPassed);
  }
}
