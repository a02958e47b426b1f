// 움직이는 그림의 틀. 장의 스크립트는 moving.pictures[이름표]에, 무대를 받아 그리는 함수를 넣는다.
globalThis.moving = (() => {
  const html = (name, properties, ...inside) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...inside);
    return element;
  };
  const button = (text, onclick) => html("button", { onclick }, text);
  const short = (value, digits) => String(Number(value.toPrecision(digits)));
  /** 값들 위로 미는 막대. 가장 가까운 값을 state[key]에 둔다. */
  const slider = (name, values, state, key, onChange) => {
    const [input, told] = [html("input", { type: "range", max: values.length - 1 }), html("span")];
    const take = () => {
      state[key] = values[input.value];
      told.textContent = input.ariaValueText = short(state[key], 3);
    };
    input.oninput = () => {
      take();
      onChange();
    };
    const set = (wish) => {
      const distances = values.map((value) => Math.abs(value - wish));
      input.value = distances.indexOf(Math.min(...distances));
      take();
    };
    set(state[key]);
    return Object.assign(html("label", {}, html("span", {}, name), input, told), { set });
  };
  /** 여럿 가운데 하나를 state[key]에 둔다. */
  const choice = (name, options, state, key, onChange) => {
    if (!options.includes(state[key])) state[key] = options[0];
    const radio = (value) => {
      const look = { type: "radio", name, value, checked: value === state[key] };
      return html("label", {}, html("input", look), value);
    };
    const onchange = ({ target }) => {
      state[key] = target.value;
      onChange();
    };
    return html("fieldset", { onchange }, html("legend", {}, name), ...options.map(radio));
  };
  /** 표를 채운다. 첫 줄과 첫 칸은 이름이다. */
  const fill = (table, rows) => {
    const line = (row, y) => `<tr><th>${row.join(y ? "<td>" : "<th>")}`;
    table.innerHTML = rows.map(line).join("");
  };

  // ---- SVG의 글. look은 moving.css의 클래스이다
  const path = (places, look = "") => `<path class="${look}" d="M${places.join("L")}"/>`;
  const dot = ([x, y], look = "", r = 4.5) =>
    `<circle class="${look}" cx="${x}" cy="${y}" r="${r}"/>`;
  const text = (x, y, words, look = "") =>
    `<text class="${look}" x="${x}" y="${y}">${words}</text>`;
  /** 이름 앞에 두는, 선의 보기. */
  const sample = (look) => `<svg viewBox="0 0 30 8">${path(["0,4h30"], look)}</svg>`;
  /** ends의 사이를 start와 end의 사이로 옮긴다. */
  const scale = ({ ends, log }, start, end) => (value) => {
    const [at, from, to] = [value, ...ends].map(log ? Math.log10 : Number);
    return start + (at - from) / (to - from) * (end - start);
  };
  // 눈금이 있는 좌표. x와 y는 { name, ends: [왼쪽이나 아래, 그 반대쪽], ticks: [값, …], log }.
  // place([x, y])는 값의 자리, line은 값을 이은 선, valueAt은 누른 자리의 값이다.
  const plot = (width, height, x, y, label) => {
    const [left, top, right, bottom] = [46, 22, width - 10, height - 36];
    const [X, Y] = [scale(x, left, right), scale(y, bottom, top)];
    const size = `x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"`;
    const view = `${left} ${top} ${right - left} ${bottom - top}`;
    const { firstChild: element } = html("div", {
      innerHTML: `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
        <rect class="frame" ${size}/><svg ${size} viewBox="${view}"></svg>
        ${text((left + right) / 2, height - 4, x.name)}${text(left, top - 8, y.name)}
        ${x.ticks.map((tick) => text(X(tick), bottom + 16, tick))}
        ${y.ticks.map((tick) => text(left - 6, Y(tick) + 4, tick, "tick"))}</svg>`,
    });
    const [frame, inside] = element.children;
    const place = (point) => [X(point[0]), Y(point[1])];
    const line = (points, look) => path(points.map(place), look);
    const valueAt = ({ clientX, clientY }) => {
      const { left, right, top, bottom } = frame.getBoundingClientRect();
      const across = scale({ ends: [left, right] }, ...x.ends);
      return [across(clientX), scale({ ends: [bottom, top] }, ...y.ends)(clientY)];
    };
    return { element, inside, place, line, valueAt };
  };

  // ---- 여닫는다. 주소의 #이름표?값=…에 상태를 둔다
  const replace = (address) => history.replaceState(null, "", address);
  const open = async (start, query) => {
    const figure = start.closest("figure");
    const { id } = figure;
    const [box, status] = [html("div"), html("p", { role: "status" })];
    const close = button("정지 그림 보기", () => {
      frame.remove();
      replace(`#${id}`);
      start.focus();
    });
    const look = { className: "moving", tabIndex: -1, role: "group", ariaLabel: "움직이는 그림" };
    const frame = html("div", look, box, status, close);
    try {
      await Promise.all([style, moving.lines[id] ?? carriedBy(start.dataset.picture)]);
    } catch {
      status.textContent = "받지 못했습니다. 쪽을 새로 고치세요.";
    }
    figure.querySelector(".moving")?.remove();
    start.after(frame);
    frame.focus({ preventScroll: true });
    const wanted = Object.fromEntries(new URLSearchParams(query));
    /** 그림의 상태를 말하고 주소에 적는다. */
    const tell = (state, words) => {
      status.textContent = words;
      if (frame.isConnected) replace(`#${id}?${new URLSearchParams(state)}`);
    };
    moving.pictures[id]?.({ box, width: box.clientWidth, lines: moving.lines[id], wanted, tell });
  };

  const starts = [...document.querySelectorAll(".move")];
  const style = new Promise((onload, onerror) => {
    const link = html("link", { rel: "stylesheet", onload, onerror });
    document.head.append(Object.assign(link, { href: starts[0].dataset.style }));
  });
  const openAsked = () => {
    const [id, query] = location.hash.slice(1).split("?");
    const start = starts.find((start) => query && start.closest("figure").id === id);
    if (!start) return;
    start.closest("figure").scrollIntoView();
    open(start, query);
  };
  for (const start of starts) {
    start.disabled = false;
    start.onclick = () => open(start);
  }
  addEventListener("hashchange", openAsked);
  // moving이 생긴 뒤에
  queueMicrotask(openAsked);
  const tools = { html, button, slider, choice, fill, short, path, dot, text, sample, plot };
  return { pictures: {}, lines: {}, ...tools };
})();
