// 출력한 글을 터미널에 보일 꼴로: \r과 \b는 커서를 옮기고, 진행 막대는 끝 모습만 남는다.
// 쪽의 출력을 그렇게 적는 machine/run/execute.py의 as_in_terminal과 같다.

// 글자 하나와 그 앞의 색
// deno-lint-ignore no-control-regex
const PIECE = /(?:\x1b\[[\d;]*[A-JL-Za-z])*(?:\x1b\[[\d;]*K|.)|./gsu;

function lastState(line) {
  // deno-lint-ignore no-control-regex
  if (!/[\r\x08]/.test(line)) return line;
  const cells = [];
  let at = 0;
  for (const [piece] of line.matchAll(PIECE)) {
    if (piece.endsWith("\r")) at = 0;
    else if (piece.endsWith("\b")) at = Math.max(at - 1, 0);
    else if (piece.endsWith("K") && piece.includes("\x1b")) cells.length = at; // 커서 뒤를 지운다
    else cells[at++] = piece;
  }
  return cells.join("");
}

export function asInTerminal(text) {
  return text.split("\n").map(lastState).join("\n");
}
