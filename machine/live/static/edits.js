// 고친 코드를 이 브라우저에 둔다. 쪽마다 [{ at, original, text }] 하나이고, 고치지 않은 셀은 두지 않는다.
// 다른 탭이 고친 다른 셀을 지우지 않도록, 적기 전에 다시 읽는다.

/** 책은 사이트의 폴더로, 쪽은 주소로 가른다. 주소의 끝은 서버마다 다르게 적을 수 있다. */
function keyOfPage() {
  return `live ${location.pathname.replace(/\/$/, "/index").replace(/\.html$/, "")}`;
}

export class Edits {
  constructor() {
    this.key = keyOfPage();
  }

  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      return Array.isArray(kept) ? kept.filter(isEdit) : [];
    } catch {
      return []; // 저장소를 막았거나, 다른 것이 적혀 있다
    }
  }

  /** 두지 못하면(자리가 없거나 막혔으면) 거짓. 막은 브라우저에서는 쪽을 떠날 때까지만 남는다(early.js). */
  write(list) {
    try {
      if (list.length) localStorage.setItem(this.key, JSON.stringify(list));
      else localStorage.removeItem(this.key);
      return localStorage instanceof Storage;
    } catch {
      return false;
    }
  }

  keep({ at, original, text }) {
    const others = this.read().filter((edit) => !isOf(edit, at, original));
    return this.write(text === original ? others : [...others, { at, original, text }]);
  }

  forget({ at, original }) {
    return this.write(this.read().filter((edit) => !isOf(edit, at, original)));
  }
}

function isEdit(edit) {
  return Number.isInteger(edit?.at) && typeof edit.original === "string" &&
    typeof edit.text === "string";
}

function isOf(edit, at, original) {
  return edit.at === at && edit.original === original;
}

/**
 * 둔 것을 지금의 셀들에 나눈다: [{ edit, cell, isChanged }].
 * 책이 바뀌어 자리가 옮겨졌으면 코드가 같은 셀에, 코드가 바뀌었으면 그 자리의 셀에 주고 isChanged라고 한다.
 */
export function matched(edits, cells) {
  const free = new Set(cells);
  const take = (test) => {
    const cell = [...free].find(test);
    free.delete(cell);
    return cell;
  };
  const places = new Map();
  for (const edit of edits) {
    places.set(edit, take((cell) => isOf(edit, cell.at, cell.original)));
  }
  for (const edit of edits.filter((edit) => !places.get(edit))) {
    places.set(edit, take((cell) => cell.original === edit.original));
  }
  return edits.map((edit) => ({
    edit,
    isChanged: !places.get(edit),
    cell: places.get(edit) ?? cells.findLast((cell) => cell.at <= edit.at) ?? cells[0],
  }));
}
