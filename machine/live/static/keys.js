// 손가락으로 고칠 때 자판 위에 놓는 글자들. 휴대전화의 자판에서는 두세 번 눌러야 나오는 것이다.
// 한 쪽에 하나를 두고, 지금 고치는 코드에 넣는다.
import { button, make } from "./elements.js";

const LETTERS = ["(", ")", "[", "]", "_", "*", ":", "="];
const NAMES = {
  "(": "여는 괄호",
  ")": "닫는 괄호",
  "[": "여는 대괄호",
  "]": "닫는 대괄호",
  "_": "밑줄",
  "*": "별표",
  ":": "쌍점",
  "=": "등호",
};
const isTouch = matchMedia("(pointer: coarse)");

let row;
let code; // 지금 고치는 코드

/** 자판이 가리지 않는 곳. 자판이 떠도 fixed의 기준은 그대로이므로 보이는 화면에 맞춘다. */
function place() {
  const { offsetTop, height } = visualViewport;
  row.style.top = `${offsetTop + height - row.offsetHeight}px`;
}

function makeRow() {
  const keys = LETTERS.map((letter) => {
    const key = button("", letter, () => code.insert(letter));
    key.ariaLabel = NAMES[letter];
    key.tabIndex = -1; // 자판이 있으면 필요 없다
    return key;
  });
  row = make(
    "div",
    { className: "live-keys", role: "toolbar", ariaLabel: "자주 쓰는 글자" },
    ...keys,
  );
  row.addEventListener("mousedown", (event) => event.preventDefault()); // 고치던 것이 닫히지 않게
  document.querySelector("article").append(row);
  for (const name of ["resize", "scroll"]) visualViewport.addEventListener(name, place);
}

export function showKeys(opened) {
  if (!isTouch.matches) return;
  if (!row) makeRow();
  code = opened;
  row.hidden = false;
  place();
}

export function hideKeys() {
  if (row) row.hidden = true;
}
