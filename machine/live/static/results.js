// 셀의 출력. 독자의 결과는 글이나 그림으로만 넣는다(HTML로 읽지 않는다).
// 책의 출력은 지우지 않고 두었다가 되돌린다.
import { make } from "./elements.js";
import { watchWidth } from "./scroll.js";
import { asInTerminal } from "./terminal.js";

const RESULT = "여기서 실행한 결과";
const NO_OUTPUT = "여기서 실행한 결과, 출력 없음";
const SVG_SIZE = /<svg[^>]*? width="([\d.]+)pt" height="([\d.]+)pt"/;
// deno-lint-ignore no-control-regex
const MOVES = /[\r\x08\x1b]/; // 커서를 옮기거나 색을 바꾸는 글자
// deno-lint-ignore no-control-regex
const COLORS = /\x1b\[[\d;]*m/g;
const IMAGE = ["src", "alt", "width", "height", "loading"]; // 그림에서 바꾸는 속성

function textBox(kind, text) {
  const pre = make("pre", { textContent: text });
  const box = make("div", { className: "highlight" }, pre);
  return make("div", { className: `output ${kind} highlight-myst-ansi notranslate` }, box);
}

const address = ({ svg, png }) =>
  svg ? `data:image/svg+xml,${encodeURIComponent(svg)}` : `data:image/png;base64,${png}`;

/** 눈금의 수는 읽어 주지 않는다. */
function altOf({ texts }) {
  const words = texts.filter((text) => /\p{L}/u.test(text)).map((text) => text.replaceAll("$", ""));
  const said = words.length ? ` 그림 속의 글: ${[...new Set(words)].join(", ")}.` : "";
  return `다시 그린 그림.${said}`;
}

function attributesOf(figure) {
  const [, width, height] = figure.svg?.match(SVG_SIZE) ?? [];
  const pixels = (pt) => pt && Math.round(Number(pt) * 4 / 3);
  const alt = altOf(figure);
  return { src: address(figure), alt, width: pixels(width), height: pixels(height) };
}

function setAttributes(image, values) {
  for (const name of IMAGE) {
    if (values[name]) image.setAttribute(name, values[name]);
    else image.removeAttribute(name);
  }
}

/** 오류의 이름. 풀어 둔 표가 있으면 그리로 가는 링크가 된다. */
function errorName(name, href) {
  const strong = make("strong", { textContent: name });
  return href
    ? make("a", { href, target: "_blank", title: "자주 만나는 오류의 표" }, strong)
    : strong;
}

function errorBox({ name, message, line, said }, href) {
  const box = make("div", { className: "output live-error" });
  if (name) box.append(make("p", {}, errorName(name, href), ` ${message}`));
  if (line) box.append(make("p", {}, `${line.number}번째 줄: `, make("code", {}, line.text)));
  if (said) box.append(make("p", { textContent: said }));
  return box;
}

export class Results {
  /**
   * box는 div.cell. typeset(요소, LaTeX, 글)은 수식을 그리고, 그릴 수 없으면 글로 적는다.
   * errors는 오류를 풀어 둔 표의 주소(없으면 빈 글).
   */
  constructor(box, { typeset, errors }) {
    this.box = box;
    this.typeset = typeset;
    this.errors = errors;
    this.place = [...box.children].find((child) => child.matches(".cell_output"));
    this.isNew = !this.place;
    this.place ||= make("div", { className: "cell_output docutils container" });
    this.printed = [...this.place.childNodes];
    this.images = [...this.place.querySelectorAll("img")].map((image) => {
      const values = IMAGE.map((name) => [name, image.getAttribute(name)]);
      return { image, values: Object.fromEntries(values) };
    });
    this.isShown = false;
  }

  /** 독자의 결과에 찍힌 글. */
  get texts() {
    return [...this.place.querySelectorAll(".stream pre")].map((pre) => pre.textContent).join("");
  }

  /** 책의 출력이 있는가. */
  get isPrinted() {
    return this.printed.some((node) => node.textContent.trim() || node.querySelector?.("img"));
  }

  // ---- 독자의 결과

  begin() {
    this.isShown = true;
    this.drawn = 0;
    this.place.classList.add("live-result");
    this.place.replaceChildren();
    if (this.isNew) this.box.append(this.place);
  }

  add(output) {
    if (output.kind === "figure") this.addFigure(output);
    else if (output.kind === "text") this.addText(output);
    else this.place.append(this.boxOf(output));
  }

  boxOf(output) {
    if (output.kind === "error") return errorBox(output, this.errors);
    if (output.kind === "cut") {
      return make("p", { className: "live-cut", textContent: output.said });
    }
    return output.latex ? this.formula(output) : textBox("text_plain", output.plain);
  }

  /** 이어 찍은 글은 한 상자에 잇는다. */
  addText({ stream, text }) {
    const kind = stream === "stderr" ? "stderr" : "stream";
    const isNext = this.place.lastElementChild?.matches(`.${kind}`);
    if (!isNext) this.place.append(textBox(kind, ""));
    this.written = isNext ? this.written + text : text;
    const pre = this.place.lastElementChild.querySelector("pre");
    if (MOVES.test(this.written)) pre.textContent = asInTerminal(this.written).replace(COLORS, "");
    else pre.append(text);
  }

  /** 찍은 글의 오류 이름을 링크로 바꾼다. */
  linkError(name) {
    const pre = [...this.place.querySelectorAll(".stream pre")].at(-1);
    const at = pre.textContent.lastIndexOf(`${name}: `);
    const [before, after] = [pre.textContent.slice(0, at), pre.textContent.slice(at + name.length)];
    pre.replaceChildren(before, errorName(name, this.errors), after);
  }

  formula({ plain, latex }) {
    const box = make("div", { className: "output text_latex" });
    this.typeset(box, latex, plain);
    return make("div", { className: "math-wrapper output text_latex" }, box);
  }

  /** 책의 그림이 있으면 그 자리의 그림만 바꾼다. 캡션과 번호, 크게 보는 단추가 그대로 남는다. */
  addFigure(figure) {
    const printed = this.images[this.drawn++];
    const image = printed?.image ?? make("img");
    setAttributes(image, attributesOf(figure));
    this.place.append(
      printed ? this.outermost(image) : make("div", { className: "output" }, image),
    );
  }

  outermost(image) {
    return this.printed.find((node) => node.contains(image));
  }

  /** 여기서 나온 것임을 버전과 함께 적는다. */
  end(versions) {
    const what = this.place.childNodes.length ? RESULT : NO_OUTPUT;
    this.place.append(make("p", { className: "live-from" }, `${what} (${versions})`));
    this.place.querySelectorAll("pre").forEach(watchWidth);
    this.box.dispatchEvent(new Event("added", { bubbles: true })); // 그림을 크게 보는 단추(book.js)
  }

  // ---- 책의 출력

  restore() {
    for (const { image, values } of this.images) setAttributes(image, values);
    this.place.replaceChildren(...this.printed);
    this.place.classList.remove("live-result");
    if (this.isNew) this.place.remove();
    this.isShown = false;
  }
}
