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

  /** 미는 막대. write는 값을 글로 적는다. */
  const slider = (name, { write, ...range }, onInput) => {
    const input = html("input", { type: "range", ...range });
    const output = html("output", {});
    const show = () => {
      output.textContent = input.ariaValueText = write(Number(input.value));
    };
    input.addEventListener("input", () => {
      show();
      onInput(Number(input.value));
    });
    show();
    return html("label", {}, html("span", {}, name), input, output);
  };

  /** 여럿 가운데 하나. options는 { 값: 이름 }. */
  const choice = (title, options, chosen, onChoose) => {
    const name = crypto.randomUUID?.() ?? title;
    const labels = Object.entries(options).map(([value, text]) => {
      const radio = html("input", { type: "radio", name, value, checked: value === chosen });
      radio.addEventListener("change", () => onChoose(value));
      return html("label", {}, radio, text);
    });
    return html("fieldset", {}, html("legend", {}, title), ...labels);
  };

  /** 줄마다 첫 칸이 이름인 표. fill로 줄들을 바꾼다. */
  const table = (...heads) => {
    const body = html("tbody", {});
    const row = ([first, ...rest]) =>
      html(
        "tr",
        {},
        html("th", { scope: "row" }, ...[first].flat()),
        ...rest.map((text) => html("td", {}, text)),
      );
    const fill = (rows) => body.replaceChildren(...rows.map(row));
    const head = heads.map((text) => html("th", { scope: "col" }, text));
    return { element: html("table", {}, html("thead", {}, html("tr", {}, ...head)), body), fill };
  };

  // ---- 좌표

  const path = (places, look) =>
    svg("path", { d: `M${places.join("L")}`, fill: "none", stroke: "currentColor", ...look });

  const scale = ({ ends, log }, [start, end]) => {
    const measure = log ? Math.log10 : Number;
    const [from, to] = ends.map(measure);
    return (value) => start + (measure(value) - from) / (to - from) * (end - start);
  };

  /**
   * 눈금이 있는 좌표. x와 y는 { name, ends: [왼쪽이나 아래, 그 반대쪽], ticks: { 글: 값 }, log }.
   * place([x, y])는 값의 자리이고 line은 값들을 잇는다. 그린 것은 inside에 넣는다.
   */
  const plot = ({ width, height, x, y, label }) => {
    const [left, top, right, bottom] = [46, 22, width - 10, height - 36];
    const [X, Y] = [scale(x, [left, right]), scale(y, [bottom, top])];
    const box = { x: left, y: top, width: right - left, height: bottom - top };
    const write = (text, x, y, anchor) => svg("text", { x, y, "text-anchor": anchor }, text);
    const place = (point) => [X(point[0]), Y(point[1])];
    const line = (points, look) => path(points.map(place), look);
    const inside = svg("svg", { ...box, viewBox: Object.values(box).join(" ") });
    const element = svg(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
      svg("rect", { ...box, class: "frame" }),
      ...Object.entries(x.ticks).map(([text, at]) => write(text, X(at), bottom + 16, "middle")),
      ...Object.entries(y.ticks).map(([text, at]) => write(text, left - 6, Y(at) + 4, "end")),
      write(x.name, (left + right) / 2, height - 4, "middle"),
      write(y.name, left, top - 8, "middle"),
      inside,
    );
    return { element, inside, place, line };
  };

  /** 수를 짧게. 지수는 위첨자로 적는다. */
  const short = (value, digits = 3) => {
    const [number, power] = value.toPrecision(digits).split("e");
    const raised = (letter) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(letter)] ?? "";
    const text = number.replace("-", "−");
    return power ? `${text}×10${[...power].map(raised).join("")}` : text;
  };

  // ---- 여닫는다

  /** 주소의 #이름표?값=… 에서 그 그림의 값. 적지 않았거나 range를 벗어난 수이면 없다. */
  const textOf = (id, key) => {
    const [name, query] = location.hash.slice(1).split("?");
    return (name === id && new URLSearchParams(query).get(key)) || undefined;
  };
  const numberOf = (id, key, [least, most]) => {
    const value = Number(textOf(id, key) ?? NaN);
    return value >= least && value <= most ? value : undefined;
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
    const number = figure.querySelector(".caption-number")?.textContent ?? "그림";
    const box = html("div", {});
    const status = html("p", { role: "status" });
    const close = button("정지 그림 보기", () => {
      frame.remove();
      figure.classList.remove("moves");
      history.replaceState(null, "", `#${id}`);
      start.focus();
    });
    const frame = html(
      "div",
      { className: "moving", tabIndex: -1, role: "group" },
      box,
      status,
      close,
    );
    frame.ariaLabel = `움직이는 ${number.trim()}`;
    figure.classList.add("moves");
    start.after(frame);
    frame.focus({ preventScroll: true });
    moving.pictures[id]({
      box,
      width: box.clientWidth,
      lines: moving.lines[id],
      wanted: (key, range) => range ? numberOf(id, key, range) : textOf(id, key),
      remember: (state) => history.replaceState(null, "", `#${id}?${new URLSearchParams(state)}`),
      say: (text) => status.textContent = text,
    });
  };

  const openAsked = () => {
    const start = starts.find((start) =>
      location.hash.startsWith(`#${start.closest("figure").id}?`)
    );
    if (!start) return;
    start.closest("figure").scrollIntoView();
    if (start.checkVisibility()) open(start);
  };

  const starts = [...document.querySelectorAll(".move")];
  const style = new Promise((onload, onerror) => {
    const href = starts[0].dataset.style;
    document.head.append(html("link", { rel: "stylesheet", href, onload, onerror }));
  });
  style.catch(() => {}); // 누를 때 알린다
  for (const start of starts) {
    start.addEventListener("click", () => open(start));
    start.disabled = false;
  }
  addEventListener("hashchange", openAsked);
  queueMicrotask(openAsked); // moving이 생긴 뒤에
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const tools = { html, svg, button, slider, choice, table, path, plot, short };
  return { pictures: {}, lines: {}, isCalm, ...tools };
})();
