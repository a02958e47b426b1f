// 결과의 수식을 쪽의 수식과 같은 모양으로 그린다
import { watchWidth } from "./scroll.js";
import "./katex.min.js"; // 옛 스크립트라 내보내지 않고 globalThis.katex를 둔다

const MOST_LETTERS = 10_000; // 더 긴 식은 그리는 동안 쪽이 멈춘다
// 짧은 식으로 끝없이 긴 식을 만드는 명령
const DEFINES = new RegExp(
  String.raw`\\([egx]?def|let|futurelet|(re)?newcommand|providecommand|tag)(?![a-zA-Z@])` +
    String.raw`|\\[a-zA-Z]*@`,
);
const OPTIONS = {
  displayMode: true,
  colorIsTextColor: true, // 쪽의 수식처럼
  strict: "ignore",
  trust: () => {
    throw new Error("링크나 그림이 든 식은 그리지 않는다");
  },
  maxSize: 20,
  maxExpand: 1000,
};

function addStyles() {
  const href = new URL("katex.css", import.meta.url).href;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
}

/** 식을 싸는 기호를 뺀 TeX. 심파이는 $\displaystyle …$로 적는다. */
function inner(latex) {
  const text = latex.trim();
  const found = /^(\$\$?|\\\[|\\\()([^]*?)(\$\$?|\\\]|\\\))$/.exec(text);
  return found ? found[2] : text;
}

function draw(tex, place) {
  try { // Sphinx는 쪽의 식을 이렇게 싼다. 스스로 환경인 식은 쌀 수 없다
    const wrapped = `\\begin{equation*}\\begin{split}${tex}\\end{split}\\end{equation*}`;
    katex.render(wrapped, place, OPTIONS);
  } catch {
    katex.render(tex, place, OPTIONS);
  }
}

/** 옆으로 밀리는 상자에 식을 그린다. 그릴 수 없으면 상자를 그대로 두고 거짓을 돌려준다. */
export function typeset(scroller, latex) {
  if (latex.length > MOST_LETTERS || DEFINES.test(latex)) return false;
  const place = document.createElement("div");
  try {
    draw(inner(latex), place);
  } catch {
    return false;
  }
  scroller.replaceChildren(...place.childNodes);
  scroller.classList.add("live-math");
  watchWidth(scroller);
  return true;
}

addStyles();
