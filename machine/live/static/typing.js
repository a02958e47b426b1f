// 코드를 칠 때의 규칙: 들여쓰기, 괄호와 따옴표의 짝. 화면은 모른다.
// 모두 (글, 고른 처음, 고른 끝)을 받아 { from, to, text, select }를 준다. 바꿀 것이 없으면 undefined.

const WIDTH = 4;
const PAIRS = { "(": ")", "[": "]", "{": "}", '"': '"', "'": "'" };
const CLOSERS = new Set(Object.values(PAIRS));
const LEAVES_BLOCK = /^\s*(?:return|pass|break|continue|raise)\b/;

const lineStart = (value, at) => value.lastIndexOf("\n", at - 1) + 1;

/** 여는 것을 치면 닫는 것도 넣는다. 닫는 것을 치면 이미 있는 것을 지나간다. */
export function typed(value, start, end, text) {
  const next = value[end] ?? "";
  if (start === end && CLOSERS.has(text) && next === text) {
    return { from: start, to: start, text: "", select: [start + 1, start + 1] };
  }
  const closer = PAIRS[text];
  if (!closer) return undefined;
  if (start !== end) {
    const inside = value.slice(start, end);
    return { from: start, to: end, text: text + inside + closer, select: [start + 1, end + 1] };
  }
  const isQuote = text === closer;
  const touchesWord = isQuote && /[\p{L}\p{N}_"']/u.test(value[start - 1] ?? "");
  if (touchesWord || !/^[\s)\]},:]?$/.test(next)) return undefined;
  return { from: start, to: start, text: text + closer, select: [start + 1, start + 1] };
}

/** 앞줄만큼 들여 쓰고, 블록이 시작되면 더, 끝나면 덜 들여 쓴다. */
export function newLine(value, start, end) {
  const line = value.slice(lineStart(value, start), start);
  const code = line.replace(/#.*$/, "").trimEnd();
  let width = line.match(/^ */)[0].length;
  if (/[:([{]$/.test(code)) width += WIDTH;
  else if (LEAVES_BLOCK.test(code)) width = Math.max(0, width - WIDTH);
  const text = "\n" + " ".repeat(width);
  return { from: start, to: end, text, select: [start + text.length, start + text.length] };
}

/** 빈 짝은 함께, 줄 앞의 빈칸은 한 단계씩 지운다. */
export function erased(value, start, end) {
  if (start !== end || start === 0) return undefined;
  const [before, after] = [value[start - 1], value[start]];
  if (PAIRS[before] && PAIRS[before] === after) {
    return { from: start - 1, to: start + 1, text: "", select: [start - 1, start - 1] };
  }
  const indent = value.slice(lineStart(value, start), start);
  if (!/^ {2,}$/.test(indent)) return undefined;
  const from = start - ((indent.length - 1) % WIDTH + 1);
  return { from, to: start, text: "", select: [from, from] };
}

/** Tab: 다음 칸까지 빈칸을 넣는다. 여러 줄을 골랐으면 줄마다 들여 쓴다. */
export function indented(value, start, end) {
  if (!value.slice(start, end).includes("\n")) {
    const text = " ".repeat(WIDTH - (start - lineStart(value, start)) % WIDTH);
    return { from: start, to: end, text, select: [start + text.length, start + text.length] };
  }
  return eachLine(value, start, end, (line) => line && " ".repeat(WIDTH) + line);
}

/** Shift+Tab: 줄마다 덜 들여 쓴다. */
export function outdented(value, start, end) {
  return eachLine(value, start, end, (line) => line.replace(/^ {1,4}/, ""));
}

function eachLine(value, start, end, change) {
  const from = lineStart(value, start);
  const lines = value.slice(from, end).split("\n");
  const changed = lines.map(change);
  const text = changed.join("\n");
  const first = Math.max(from, start + changed[0].length - lines[0].length);
  return { from, to: end, text, select: [first, from + text.length] };
}
