// 결과의 수식을 쪽의 수식과 같은 모양으로 그린다
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
  trust: false, // 링크와 그림을 넣지 않는다
  errorColor: "inherit",
  maxSize: 20,
  maxExpand: 1000,
};

function addStyles() {
  const href = new URL("katex.css", import.meta.url).href;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
}

/** 옆으로 밀 만큼 넓은 식은 자판으로도 밀 수 있게 한다. */
const wide = new ResizeObserver((changes) => {
  for (const { target: box } of changes) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
});

/** 식을 싸는 기호를 뺀 TeX. 심파이는 $\displaystyle …$로 적는다. */
function inner(latex) {
  const text = latex.trim();
  const found = /^(\$\$?|\\\[|\\\()([^]*?)(\$\$?|\\\]|\\\))$/.exec(text);
  return found ? found[2] : text;
}

const div = (className) => Object.assign(document.createElement("div"), { className });

function draw(tex) {
  const scroll = div("math-scroll");
  try { // Sphinx는 쪽의 식을 이렇게 싼다. 스스로 환경인 식은 쌀 수 없다
    katex.render(
      String.raw`\begin{equation*}\begin{split}${tex}\end{split}\end{equation*}`,
      scroll,
      OPTIONS,
    );
  } catch {
    katex.render(tex, scroll, OPTIONS);
  }
  return scroll;
}

/** element에 식을 그린다. 그릴 수 없으면 plain을 글로 적는다. 그렸는지를 돌려준다. */
export function typeset(element, latex, plain = latex) {
  try {
    if (latex.length > MOST_LETTERS || DEFINES.test(latex)) throw new RangeError("너무 긴 식");
    const scroll = draw(inner(latex));
    const box = div("math live-math");
    box.append(scroll);
    element.replaceChildren(box);
    wide.observe(scroll);
    return true;
  } catch {
    element.textContent = plain;
    return false;
  }
}

addStyles();
