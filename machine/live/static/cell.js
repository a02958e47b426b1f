// 쪽의 셀 하나: 코드, 단추, 결과. 실행하는 차례는 notebook.js가 안다.
import { Code } from "./code.js";
import { button, make } from "./elements.js";
import { Results } from "./results.js";

const OLD = "아래 결과는 코드가 바뀌기 전의 것입니다. 다시 실행해 주세요.";
const NOT_KEPT = "이 브라우저에 저장할 수 없어, 쪽을 닫으면 고친 코드가 사라집니다.";
const BOOK_CHANGED = "전에 고친 코드가 남아 있는데, 그 뒤에 책의 코드가 바뀌었습니다. ";
const WHY = { // 셀의 종류: [실행되지 않는다는 말, 노트북에서 할 수 있는 것]
  "": [
    "이 셀은 브라우저에서 실행되지 않아 책의 출력을 그대로 둡니다",
    "노트북에서는 실행할 수 있습니다.",
  ],
  starter: ["이 문제는 브라우저에서 풀 수 없습니다", "노트북에서는 풀고 확인할 수 있습니다."],
  answer: ["이 풀이는 브라우저에서 실행되지 않습니다", "노트북에서는 실행할 수 있습니다."],
};
const STATES = { waiting: "준비가 끝나고 차례가 되면 실행합니다.", running: "실행하는 중입니다." };

export class Cell {
  /** info는 셀 파일의 한 줄, box는 그 div.cell. 쪽에 보이지 않는 셀에는 box가 없다. */
  constructor({ source, ...info }, box, number) {
    Object.assign(this, info, { box });
    this.original = source; // 책의 코드. 고친 것은 text이다
    this.name = box ? `${number}번째 셀` : "보이지 않는 셀";
    this.canRun = info.needs.length === 0;
    this.state = ""; // "waiting", "running"
    this.isKept = true;
  }

  get text() {
    return this.code?.source ?? this.original;
  }

  get isEdited() {
    return this.text !== this.original;
  }

  /** 실행을 마치고 말할 것. */
  get said() {
    return `${this.name}을 실행했습니다.`;
  }

  get canRestore() {
    return Boolean(this.isEdited || this.results?.isShown);
  }

  /** 단추를 달고 코드를 고칠 수 있게 한다. means는 결과를 적을 때 쓰는 것(results.js). */
  attach(notebook, means) {
    const place = this.box.querySelector(".cell_input");
    this.code = new Code(place.querySelector("pre"), {
      source: this.original,
      name: `${this.name}의 코드`,
      changed: () => notebook.changed(this),
      run: () => notebook.run(this),
    });
    this.results = new Results(this.box, means);
    this.editButton = button("live-edit", "고치기", () => this.code.open());
    this.addButtons(notebook, "실행", "▶ ");
    this.bar.append(this.code.help);
    place.after(this.bar);
    this.show(false);
  }

  /** 코드 아래의 단추들. 실행 단추의 이름은 셀마다 다르다. */
  addButtons(notebook, name, mark) {
    const runAndLeave = () => {
      this.runButton.focus(); // 고치던 것을 닫는다
      notebook.run(this);
    };
    this.runButton = button("live-run", name, runAndLeave);
    this.runButton.prepend(make("span", { ariaHidden: "true" }, mark));
    this.undoButton = button("live-undo", "되돌리기", () => {
      notebook.restore(this);
      this.runButton.focus();
    });
    this.undoButton.title = "책의 코드와 출력으로 되돌리기";
    this.stopButton = button("live-stop", "중지", () => {
      notebook.stop();
      this.runButton.focus();
    });
    this.note = make("p", { className: "live-note" });
    const buttons = [this.runButton, this.editButton, this.undoButton, this.stopButton];
    this.bar = make("div", { className: "live-bar" }, ...buttons.filter(Boolean), this.note);
    // 누르는 동안 고치던 코드가 닫히면 단추가 손가락 아래에서 옮겨진다
    this.bar.addEventListener("mousedown", (event) => event.preventDefault());
    this.bar.role = "group";
    this.bar.ariaLabel = this.name;
  }

  // ---- 보인다

  setState(state) {
    this.state = state;
    this.box?.classList.toggle("live-running", state === "running");
    this.show(this.isOld);
  }

  /** isChanged는 보이는 결과가 나온 뒤에 위의 코드가 바뀌었는지. */
  show(isChanged) {
    if (!this.bar) return;
    const hasResult = this.results.isShown || this.results.isPrinted;
    this.isOld = isChanged && hasResult;
    this.box.classList.toggle("live-old", this.isOld);
    this.runButton.ariaDisabled = String(this.state !== "");
    this.stopButton.hidden = !this.state;
    this.undoButton.hidden = Boolean(this.state) || !this.canRestore;
    this.note.replaceChildren(...this.notes());
  }

  notes() {
    if (this.state) return [STATES[this.state]];
    const notes = [];
    if (this.failed) notes.push(...this.blame(this.failed));
    else if (this.isOld) notes.push(OLD);
    if (!this.isKept) notes.push(NOT_KEPT);
    return notes.flatMap((note) => [note, " "]);
  }

  blame(cell) {
    const said = `앞의 ${cell.name}에서 오류가 나서 이 셀은 실행하지 않았습니다.`;
    return cell.box ? [said, button("live-go", "그 셀로 가기", () => cell.focus())] : [said];
  }

  focus() {
    for (let box = this.bar; box; box = box.parentElement.closest("details")) box.open = true;
    this.runButton.focus();
    this.box.scrollIntoView({ block: "nearest" });
  }

  restore() {
    this.isRestored = true;
    this.code?.set(this.original);
    this.results.restore();
  }

  /** 고친 뒤에 책의 코드가 바뀌었으면 그것을 넣을지 버릴지 고르게 한다. */
  offer(use, drop) {
    const line = make("p", { className: "live-offer" }, BOOK_CHANGED);
    const choice = (text, choose) =>
      button("", text, () => {
        line.remove();
        choose();
        this.runButton.focus();
      });
    line.append(choice("내가 고친 코드 쓰기", use), " ", choice("책의 코드 쓰기", drop));
    this.bar.after(line);
  }
}

/** 브라우저에서 실행할 수 없는 셀에 까닭과 갈 곳을 적는다. */
export function explain({ box, needs, kind }, names, links) {
  const packages = needs.map((name) => names[name] ?? name).join(", ");
  const [cannot, can] = WHY[kind];
  const why = `${cannot}(필요한 패키지: ${packages}). ${can}`;
  const line = make("p", { className: "live-why" }, why);
  for (const { href, download, textContent } of links) {
    const link = make("a", { href }, textContent);
    if (download !== undefined) link.setAttribute("download", download);
    line.append(" ", link);
  }
  box.querySelector(".cell_input").after(line);
}
