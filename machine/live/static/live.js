// '여기서 실행'을 누른 다음의 일: 파일을 받고, 셀마다 단추를 달고, 파이썬을 시작한다.
import { Cell, explain } from "./cell.js";
import { Check } from "./check.js";
import { Edits, matched } from "./edits.js";
import { Notebook } from "./notebook.js";
import { Panel } from "./panel.js";
import { keepForOffline, policyReady } from "./ready.js";
import { Session } from "./session.js";
import { typeset } from "./typeset.js";

const HERE = new URL(".", import.meta.url);
const GO = "실행할 셀로 가기"; // 켜진 다음의 단추
const NOT_RECEIVED = "실행에 쓸 파일을 받지 못했습니다. 인터넷 연결을 확인하고 다시 실행해 주세요.";

let panel;
let notebook; // 한 쪽에 하나
let isKept; // 인터넷이 끊겨도 실행되게 저장하기를 부탁했는지
let beginning; // 켜는 중. 여러 번 눌러도 한 번만

async function read(address) {
  const response = await fetch(address).catch(() => undefined);
  if (!response?.ok) throw new Error(NOT_RECEIVED);
  return response.json();
}

function addStyles() {
  return new Promise((onload, onerror) => {
    const link = document.createElement("link");
    document.head.append(Object.assign(link, {
      rel: "stylesheet",
      href: new URL("live.css", HERE),
      onload,
      onerror,
    }));
  }).catch(() => {
    throw new Error(NOT_RECEIVED);
  });
}

/** 쪽의 코드가 읽는 파일: { 이름: { url, size } } */
function located(files) {
  const entries = Object.entries(files);
  return Object.fromEntries(
    entries.map(([name, { url, size }]) => [name, { url: new URL(url, HERE).href, size }]),
  );
}

function cellsOf(infos) {
  const boxes = document.querySelectorAll("article div.cell");
  const cells = [];
  let number = 0;
  for (const info of infos) {
    const box = info.at === null ? undefined : boxes[info.at];
    const isCheck = info.kind === "check"; // 답을 쓰는 셀의 바로 뒤에 온다
    cells.push(isCheck ? new Check(info, cells.at(-1)) : new Cell(info, box, box && ++number));
  }
  return cells;
}

/** 결과에 적을 버전들: 책에서 부르는 이름이 있는 것. */
function said(versions, names) {
  const known = Object.entries({ python: "파이썬", ...names }).filter(([name]) => versions[name]);
  return known.map(([name, called]) => `${called} ${versions[name]}`).join(", ");
}

/** 실행할 수 있는 셀에는 단추를, 없는 셀에는 까닭을 단다. */
function attach({ names = {}, errors }) {
  const means = { typeset, errors: errors && new URL(`../../../${errors}`, HERE).href };
  const links = document.querySelectorAll("h1 + nav.launch a");
  for (const cell of notebook.cells.filter(({ box }) => box)) {
    if (cell.canRun) cell.attach(notebook, means);
    else if (cell.kind !== "check") explain(cell, names, links);
  }
  const edits = notebook.edits.read();
  notebook.bringBack(matched(edits, notebook.cells.filter(({ code }) => code)));
}

async function open(button) {
  const [settings, { cells, files }] = await Promise.all([
    read(new URL("settings.json", HERE)),
    read(new URL(button.dataset.cells, HERE)),
    addStyles(),
    policyReady(new URL("worker.js", HERE)),
  ]);
  const names = settings.names ?? {};
  const onProgress = (progress) => panel.received(progress);
  const session = new Session({ program: HERE, settings, files: located(files), onProgress });
  const start = async () => {
    const versions = await session.start();
    isKept ||= keepForOffline().then(() => true, () => false);
    button.textContent = GO;
    return said(versions, names);
  };
  notebook = new Notebook({ cells: cellsOf(cells), session, start, panel, edits: new Edits() });
  attach(settings);
}

async function openAndPrepare(button) {
  panel ||= new Panel({
    stop: () => notebook.stop(),
    restoreAll: () => notebook.restoreAll(),
    bringBack: () => notebook.bringBackDropped(),
  });
  panel.say("실행할 준비를 합니다.");
  try {
    if (!notebook) await open(button);
    await notebook.prepare();
  } catch (error) {
    panel.fail(error);
  }
}

/** 이미 켜져 있으면 실행할 첫 셀로 간다. 켜지 못했으면 다시 켜 본다. */
export function begin(button) {
  button.parentElement.querySelector(":scope > output")?.remove(); // 앞서 받지 못했다고 적은 것
  if (notebook?.isStarted) return notebook.focusFirst();
  beginning ||= openAndPrepare(button).finally(() => beginning = undefined);
  return beginning;
}
