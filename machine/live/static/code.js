// 쪽에 있는 코드를 그 자리에서 고친다. 색을 입힌 글(pre) 위에, 글자가 보이지 않는 textarea를 겹친다.
//
// CodeMirror 6도 되지만 이것으로 넉넉하다. 한글 입력기, 되돌리기, 고르기, 화면 읽기 프로그램과
// 휴대전화의 자판은 브라우저의 textarea가 가장 잘하고, 패키지와 묶은 파일을 지키지 않아도 된다.
// 고칠 때만 겹치므로, 읽을 때에는 색, 설명으로 가는 링크, 베끼기 단추가 그대로이다.
import { hideKeys, showKeys } from "./keys.js";
import { paint } from "./paint.js";
import { watchWidth } from "./scroll.js";
import { erased, indented, newLine, outdented, typed } from "./typing.js";

const HELP = "Tab은 들여쓰기, Esc 다음의 Tab은 나가기, Shift+Enter는 실행입니다.";
const HANGUL = /[ㄱ-ㆎ가-힣]/;

let count = 0;

function make(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

/** 화면의 그 점에 있는 글자가 몇 번째인지. */
function offsetAt(code, { clientX, clientY }) {
  const range = document.createRange();
  range.selectNodeContents(code);
  const position = document.caretPositionFromPoint?.(clientX, clientY);
  const found = document.caretRangeFromPoint?.(clientX, clientY);
  const node = position?.offsetNode ?? found?.startContainer;
  if (!code.contains(node)) return range.toString().length;
  range.setEnd(node, position?.offset ?? found.startOffset);
  return range.toString().length;
}

/** 한글이 있는 조각의 말(lang)을 적는다. 고치는 동안에는 겹친 두 글의 글꼴이 같도록 적지 않는다. */
function withKorean(pieces) {
  for (const piece of pieces.children) {
    if (HANGUL.test(piece.textContent)) piece.lang = "ko";
  }
  return pieces;
}

export class Code {
  /** name은 화면 읽기 프로그램이 읽을 이름. 고치면 changed(), Shift+Enter를 누르면 run()을 부른다. */
  constructor(pre, { source, name, changed, run }) {
    this.original = source;
    this.source = source;
    this.changed = changed;
    this.run = run;
    this.pre = pre;
    this.shown = make("span", { className: "live-code" });
    this.shown.append(...pre.childNodes);
    this.printed = [...this.shown.childNodes];
    this.help = make("p", {
      className: "live-help",
      id: `live-help-${++count}`,
      textContent: HELP,
    });
    this.area = this.textarea(name);
    pre.append(this.shown, this.area);
    pre.classList.add("live-editable");
    pre.addEventListener("click", (event) => this.clicked(event));
  }

  textarea(name) {
    const area = make("textarea", {
      className: "live-area",
      lang: this.pre.lang,
      value: this.source,
      hidden: true,
      spellcheck: false,
      wrap: "off",
      rows: 1,
      ariaLabel: name,
    });
    for (const name of ["autocapitalize", "autocomplete", "autocorrect"]) {
      area.setAttribute(name, "off");
    }
    area.setAttribute("aria-describedby", this.help.id);
    area.addEventListener("keydown", (event) => this.pressed(event));
    area.addEventListener("beforeinput", (event) => this.before(event));
    area.addEventListener("input", () => this.edited());
    area.addEventListener("blur", () => this.close());
    return area;
  }

  get isEdited() {
    return this.source !== this.original;
  }

  // ---- 열고 닫는다

  clicked(event) {
    if (event.target.closest("a, textarea") || !getSelection().isCollapsed) return;
    this.open(offsetAt(this.shown, event));
  }

  open(at = this.source.length) {
    this.area.hidden = false;
    this.pre.classList.add("live-open");
    this.draw();
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(at, at);
    this.leaves = false;
    showKeys(this);
  }

  /** 되돌리기(Ctrl+Z)를 잊지 않게 지우지 않고 감춘다. 다른 창에 다녀올 때에는 그대로 둔다. */
  close() {
    if (document.activeElement === this.area) return;
    hideKeys();
    this.area.hidden = true;
    this.pre.classList.remove("live-open");
    this.draw();
  }

  // ---- 바뀐다

  edited() {
    this.source = this.area.value;
    this.draw();
    this.changed();
  }

  set(source) {
    this.source = source;
    this.area.value = source;
    this.draw();
  }

  /** 고치지 않은 코드는 쪽에 있던 그대로 보인다. */
  draw() {
    const isOpen = !this.area.hidden;
    if (isOpen) this.shown.replaceChildren(this.painted());
    else if (this.isEdited) this.shown.replaceChildren(withKorean(this.painted()));
    else this.shown.replaceChildren(...this.printed);
    if (!isOpen) watchWidth(this.pre); // 줄이 길어졌을 수 있다
  }

  /** pre의 마지막 줄바꿈은 보이지 않으므로 하나 더 적는다. */
  painted() {
    return paint(`${this.source}\n`);
  }

  // ---- 친다

  pressed(event) {
    const { key, isComposing } = event;
    this.runs = event.shiftKey || event.ctrlKey || event.metaKey;
    if (isComposing) return;
    if (key === "Enter" && this.runs) {
      event.preventDefault();
      this.run();
    } else if (key === "Tab" && !this.leaves) {
      event.preventDefault();
      this.apply(event.shiftKey ? outdented : indented);
    }
    if (key !== "Shift") this.leaves = key === "Escape";
  }

  /** 자판 위의 글자(keys.js)를 친 것처럼 넣는다. */
  insert(letter) {
    const plain = (_, from, to) => ({ from, to, text: letter, select: [from + 1, from + 1] });
    this.apply((...place) => typed(...place, letter) ?? plain(...place));
  }

  before(event) {
    const rule = this.rule(event);
    if (rule && this.apply(rule)) event.preventDefault();
  }

  rule({ inputType, data, isComposing }) {
    if (isComposing || this.isApplying) return undefined;
    if (inputType === "insertText" && data?.length === 1) {
      return (...place) => typed(...place, data);
    }
    if (inputType === "deleteContentBackward") return erased;
    if (inputType !== "insertLineBreak") return undefined;
    if (!this.runs) return newLine;
    this.run(); // 한글을 짓던 중에 누른 Shift+Enter
    return (_, start) => ({ from: start, to: start, text: "", select: [start, start] });
  }

  /** 브라우저가 되돌릴 수 있게 execCommand로 바꾼다. 다른 길로 바꾸면 Ctrl+Z가 듣지 않는다. */
  apply(rule) {
    const { value, selectionStart, selectionEnd } = this.area;
    const change = rule(value, selectionStart, selectionEnd);
    if (!change) return false;
    const { from, to, text, select } = change;
    this.isApplying = true;
    if (text !== value.slice(from, to)) {
      this.area.setSelectionRange(from, to);
      const done = document.execCommand(text ? "insertText" : "delete", false, text);
      if (!done) this.area.setRangeText(text, from, to, "end");
    }
    this.area.setSelectionRange(...select);
    this.isApplying = false;
    if (this.source !== this.area.value) this.edited();
    return true;
  }
}
