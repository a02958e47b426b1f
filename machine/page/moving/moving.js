// 움직이는 그림의 틀. 장의 스크립트는 moving.pictures[이름표]에, 무대를 받아 그리는 함수를 넣는다.
globalThis.moving = (() => {
  const html = (name, properties, ...inside) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...inside);
    return element;
  };
  const svg = (name, attributes, ...inside) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    element.append(...inside);
    return element;
  };
  const button = (text, onclick) => html("button", { type: "button", onclick }, text);
  /** 미는 막대. write는 값을 글로 적고, set은 값을 바꾼다. */
  const slider = (name, { write, ...range }, onChange) => {
    const [input, told] = [html("input", { type: "range", ...range }), html("span", {})];
    const set = (value) => {
      input.value = value;
      told.textContent = input.ariaValueText = write(Number(input.value));
    };
    input.oninput = () => {
      set(input.value);
      onChange(Number(input.value));
    };
    set(range.value);
    return Object.assign(html("label", {}, html("span", {}, name), input, told), { set });
  };
  /** 여럿 가운데 하나. */
  const choice = (name, options, chosen, onChoose) => {
    const radio = (text) => {
      const [checked, onchange] = [text === chosen, () => onChoose(text)];
      return html("label", {}, html("input", { type: "radio", name, checked, onchange }), text);
    };
    return html("fieldset", {}, html("legend", {}, name), ...options.map(radio));
  };
  /** 표를 채운다. 첫 줄과 첫 칸은 이름이다. */
  const fill = (table, rows) => {
    const cell = (y) => (inside, x) => html(x && y ? "td" : "th", {}, ...[inside].flat());
    table.replaceChildren(...rows.map((row, y) => html("tr", {}, ...row.map(cell(y)))));
  };
  /** 수를 파이썬처럼 짧게: 0.25, 1.6e-10. */
  const short = (value, digits) => {
    const isPlain = value === 0 || Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6;
    return isPlain ? value.toPrecision(digits) : value.toExponential(digits - 1);
  };

  const path = (places, look) =>
    svg("path", { d: `M${places.join("L")}`, fill: "none", stroke: "currentColor", ...look });
  const dot = ([cx, cy], look) => svg("circle", { cx, cy, r: 4.5, ...look });
  /** 이름 앞에 두는, 선의 보기. */
  const sample = (look) => svg("svg", { viewBox: "0 0 30 8" }, path(["0,4", "30,4"], look));
  /** 값과 화면의 자리를 오가는 축. */
  const axis = ({ ends, log }, start, end) => {
    const measure = log ? Math.log10 : Number;
    const [from, to] = ends.map(measure);
    const at = (value) => start + (measure(value) - from) / (to - from) * (end - start);
    return { at, value: (at) => from + (at - start) / (end - start) * (to - from) };
  };
  /**
   * 눈금이 있는 좌표. x와 y는 { name, ends: [왼쪽이나 아래, 그 반대쪽], ticks: { 글: 값 }, log }.
   * place([x, y])는 값의 자리, line은 값을 이은 선, valueAt은 누른 자리의 값이다.
   */
  const plot = (width, height, x, y, label) => {
    const [left, top, right, bottom] = [46, 22, width - 10, height - 36];
    const [X, Y] = [axis(x, left, right), axis(y, bottom, top)];
    const write = (text, x, y, style = "") => svg("text", { x, y, style }, text);
    const texts = [write(x.name, (left + right) / 2, height - 4), write(y.name, left, top - 8)];
    for (const text in x.ticks) texts.push(write(text, X.at(x.ticks[text]), bottom + 16));
    for (const text in y.ticks) {
      texts.push(write(text, left - 6, Y.at(y.ticks[text]) + 4, "text-anchor: end"));
    }
    const box = { x: left, y: top, width: right - left, height: bottom - top };
    const inside = svg("svg", { ...box, viewBox: Object.values(box).join(" ") });
    const look = { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label };
    const element = svg("svg", look, svg("rect", { ...box, class: "frame" }), ...texts, inside);
    const place = (point) => [X.at(point[0]), Y.at(point[1])];
    const line = (points, look) => path(points.map(place), look);
    const valueAt = ({ clientX, clientY }) => {
      const at = new DOMPoint(clientX, clientY).matrixTransform(inside.getScreenCTM().inverse());
      return [X.value(at.x), Y.value(at.y)];
    };
    return { element, inside, place, line, valueAt };
  };

  // ---- 여닫는다. 주소의 #이름표?값=…에 상태를 둔다
  const asked = () => location.hash.slice(1).split("?");
  const replace = (address) => history.replaceState(null, "", address);
  /** 주소에 적힌 값. 적지 않았거나, 수인데 range를 벗어났으면 없다. */
  const wantedIn = (id) => (key, range) => {
    const [name, query] = asked();
    const text = new URLSearchParams(name === id ? query : "").get(key) || undefined;
    if (!range) return text;
    return Number(text) >= range[0] && Number(text) <= range[1] ? Number(text) : undefined;
  };
  const open = async (start) => {
    const figure = start.closest("figure");
    const { id } = figure;
    const [box, status] = [html("div", {}), html("p", { role: "status" })];
    try {
      await Promise.all([style, moving.lines[id] ?? carriedBy(start.dataset.picture)]);
    } catch {
      status.textContent = "받지 못했습니다. 쪽을 새로 고치세요.";
      return start.after(status);
    }
    const close = button("정지 그림 보기", () => {
      frame.remove();
      figure.classList.remove("moves");
      replace(`#${id}`);
      start.focus();
    });
    const frame = html("div", { className: "moving", tabIndex: -1, role: "group" });
    frame.ariaLabel = `움직이는 ${figure.querySelector(".caption-number")?.textContent ?? "그림"}`;
    frame.append(box, status, close);
    figure.classList.add("moves");
    start.after(frame);
    frame.focus({ preventScroll: true });
    const remember = (state) => replace(`#${id}?${new URLSearchParams(state)}`);
    const say = (text) => status.textContent = text;
    const stage = { box, width: box.clientWidth, lines: moving.lines[id], wanted: wantedIn(id) };
    moving.pictures[id]({ ...stage, remember, say });
  };

  const starts = [...document.querySelectorAll(".move")];
  const style = new Promise((onload, onerror) => {
    const link = html("link", { rel: "stylesheet", onload, onerror });
    document.head.append(Object.assign(link, { href: starts[0].dataset.style }));
  });
  const openAsked = () => {
    const [id, query] = asked();
    const start = starts.find((start) => query && start.closest("figure").id === id);
    start?.closest("figure").scrollIntoView();
    if (start?.checkVisibility()) open(start);
  };
  for (const start of starts) Object.assign(start, { disabled: false, onclick: () => open(start) });
  addEventListener("hashchange", openAsked);
  queueMicrotask(openAsked); // moving이 생긴 뒤에
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const tools = { html, svg, button, slider, choice, fill, short, path, dot, sample, plot, isCalm };
  return { pictures: {}, lines: {}, ...tools };
})();
