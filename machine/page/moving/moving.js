// 움직이는 그림의 틀. 장의 스크립트는 moving.pictures[이름표]에, 무대를 받아 그리는 함수를 넣는다.
globalThis.moving = (() => {
  // ---- 요소

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
  const slider = (name, { write, ...range }, onInput) => {
    const input = html("input", { type: "range", ...range });
    const told = html("span", {});
    const set = (value) => {
      input.value = value;
      told.textContent = input.ariaValueText = write(Number(input.value));
    };
    input.addEventListener("input", () => {
      set(input.value);
      onInput(Number(input.value));
    });
    set(range.value);
    return Object.assign(html("label", {}, html("span", {}, name), input, told), { set });
  };

  /** 여럿 가운데 하나. */
  const choice = (name, options, chosen, onChoose) => {
    const radio = (text) => {
      const checked = text === chosen;
      const onchange = () => onChoose(text);
      return html("label", {}, html("input", { type: "radio", name, checked, onchange }), text);
    };
    return html("fieldset", {}, html("legend", {}, name), ...options.map(radio));
  };

  /** 표를 채운다. 첫 줄과 첫 칸은 이름이다. */
  const fill = (table, rows) => {
    const cells = (row, y) =>
      row.map((cell, x) => html(x && y ? "td" : "th", {}, ...[cell].flat()));
    table.replaceChildren(...rows.map((row, y) => html("tr", {}, ...cells(row, y))));
  };

  /** 수를 파이썬처럼 짧게: 0.25, 1.6e-10. */
  const short = (value, digits) => {
    const isPlain = value === 0 || Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6;
    return isPlain ? value.toPrecision(digits) : value.toExponential(digits - 1);
  };

  // ---- 좌표

  const path = (places, look) =>
    svg("path", { d: `M${places.join("L")}`, fill: "none", stroke: "currentColor", ...look });
  const dot = ([cx, cy], look) => svg("circle", { cx, cy, r: 4.5, ...look });
  /** 이름 앞에 두는, 선의 보기. */
  const sample = (look) => svg("svg", { viewBox: "0 0 30 8" }, path(["0,4", "30,4"], look));

  /**
   * 눈금이 있는 좌표. x와 y는 { name, ends: [왼쪽이나 아래, 그 반대쪽], ticks: { 글: 값 }, log }.
   * place([x, y])는 값의 자리, line은 값을 이은 선, valueAt은 누른 자리의 값이다.
   */
  const plot = ({ width, height, x, y, label }) => {
    const [left, top, right, bottom] = [46, 22, width - 10, height - 36];
    const axis = ({ ends, log }, start, end) => {
      const [from, to] = log ? ends.map(Math.log10) : ends;
      const pixel = (value) =>
        start + ((log ? Math.log10(value) : value) - from) / (to - from) * (end - start);
      return { pixel, value: (pixel) => from + (pixel - start) / (end - start) * (to - from) };
    };
    const [X, Y] = [axis(x, left, right), axis(y, bottom, top)];
    const box = { x: left, y: top, width: right - left, height: bottom - top };
    const write = (text, x, y, anchor = "middle") =>
      svg("text", { x, y, "text-anchor": anchor }, text);
    const inside = svg("svg", { ...box, viewBox: Object.values(box).join(" ") });
    const element = svg(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
      svg("rect", { ...box, class: "frame" }),
      ...Object.entries(x.ticks).map(([text, at]) => write(text, X.pixel(at), bottom + 16)),
      ...Object.entries(y.ticks).map(([text, at]) => write(text, left - 6, Y.pixel(at) + 4, "end")),
      write(x.name, (left + right) / 2, height - 4),
      write(y.name, left, top - 8),
      inside,
    );
    const place = (point) => [X.pixel(point[0]), Y.pixel(point[1])];
    const line = (points, look) => path(points.map(place), look);
    const valueAt = ({ clientX, clientY }) => {
      const at = new DOMPoint(clientX, clientY).matrixTransform(inside.getScreenCTM().inverse());
      return [X.value(at.x), Y.value(at.y)];
    };
    return { element, inside, place, line, valueAt };
  };

  // ---- 여닫는다. 주소의 #이름표?값=…에 상태를 둔다

  /** 주소에 적힌 값. 적지 않았거나, 수인데 range를 벗어났으면 없다. */
  const wantedIn = (id) => (key, range) => {
    const [name, query] = location.hash.slice(1).split("?");
    const text = name === id ? new URLSearchParams(query).get(key) : null;
    if (text === null || !range) return text ?? undefined;
    return text && Number(text) >= range[0] && Number(text) <= range[1] ? Number(text) : undefined;
  };

  const open = async (start) => {
    const figure = start.closest("figure");
    const { id } = figure;
    try {
      await style;
      if (!moving.lines[id]) await carriedBy(start.dataset.picture);
    } catch {
      start.after(html("small", { role: "status" }, " 받지 못했습니다. 쪽을 새로 고치세요."));
      return;
    }
    const [box, status] = [html("div", {}), html("p", { role: "status" })];
    const ariaLabel = `움직이는 ${figure.querySelector(".caption-number")?.textContent ?? "그림"}`;
    const frame = html(
      "div",
      { className: "moving", tabIndex: -1, role: "group", ariaLabel },
      box,
      status,
    );
    frame.append(button("정지 그림 보기", () => {
      frame.remove();
      figure.classList.remove("moves");
      history.replaceState(null, "", `#${id}`);
      start.focus();
    }));
    figure.classList.add("moves");
    start.after(frame);
    frame.focus({ preventScroll: true });
    moving.pictures[id]({
      box,
      width: box.clientWidth,
      lines: moving.lines[id],
      wanted: wantedIn(id),
      remember: (state) => history.replaceState(null, "", `#${id}?${new URLSearchParams(state)}`),
      say: (text) => status.textContent = text,
    });
  };

  const starts = [...document.querySelectorAll(".move")];
  const style = new Promise((onload, onerror) => {
    const href = starts[0].dataset.style;
    document.head.append(html("link", { rel: "stylesheet", href, onload, onerror }));
  });
  style.catch(() => {}); // 누를 때 알린다
  for (const start of starts) {
    start.onclick = () => open(start);
    start.disabled = false;
  }
  const openAsked = () => {
    const id = location.hash.slice(1).split("?", 1)[0];
    const start = starts.find((start) => start.closest("figure").id === id);
    if (!start || !location.hash.includes("?")) return;
    start.closest("figure").scrollIntoView();
    if (start.checkVisibility()) open(start);
  };
  addEventListener("hashchange", openAsked);
  queueMicrotask(openAsked); // moving이 생긴 뒤에
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const tools = { html, svg, button, slider, choice, fill, short, path, dot, sample, plot, isCalm };
  return { pictures: {}, lines: {}, ...tools };
})();
