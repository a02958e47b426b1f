// 계산 그래프를 한 걸음씩 보인다. 선 위는 순전파의 값, 선 아래는 역전파의 미분계수이다.
(() => {
  const { html, svg, button, choice, isCalm } = moving;
  const { operations, record, play, tell, show, isVariable } = moving.tape;
  const [ROW, PASSING, RADIUS] = [58, 22, 17];
  const [BEND, TEXT, NECK] = [40, 74, 12]; // 선이 휘는 곳, 글을 적는 곳, 동그라미의 앞
  const COLUMN = RADIUS + BEND + TEXT + NECK + RADIUS;
  const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

  // ---- 자리

  /** 노드와, 열을 건너는 선이 지나는 자리들. sources는 왼쪽 열, near는 양쪽 열의 이어진 자리이다. */
  function place({ nodes, output }) {
    const columns = new Map();
    const columnOf = (node) => columns.get(node) ?? 0;
    for (const node of nodes) columns.set(node, 1 + Math.max(...node.inputs.map(columnOf)));
    const layers = [];
    const reach = (node, column) => {
      const layer = layers[column] ??= new Map();
      if (layer.has(node)) return layer.get(node);
      const isOwn = column === columnOf(node) || !isVariable(node); // 상수는 쓰는 연산의 왼쪽에 둔다
      const from = isOwn ? node.inputs ?? [] : [node];
      const sources = from.map((input) => reach(input, column - 1));
      const height = isOwn ? ROW * Math.max(sources.length, 1) : PASSING;
      const [x, y] = [60 + column * COLUMN, layer.size * ROW];
      const spot = { node, isOwn, sources, near: [...sources], height, x, y };
      for (const source of sources) source.near.push(spot);
      layer.set(node, spot);
      return spot;
    };
    reach(output, columnOf(output));
    const rows = layers.map((layer) => [...layer.values()]);
    for (let round = 0; round < 8; round++) rows.forEach(spread);
    return rows.flat();
  }

  /** 한 열을 이어진 자리들 가까이에, 겹치지 않게 놓는다. */
  function spread(spots) {
    const wishes = spots.map((spot) => ({ spot, y: mean(spot.near.map(({ y }) => y)) }));
    let bottom = -Infinity;
    for (const { spot, y } of wishes.sort((a, b) => a.y - b.y)) {
      spot.y = Math.max(y, bottom + spot.height / 2);
      bottom = spot.y + spot.height / 2;
    }
    const shift = mean(wishes.map(({ spot, y }) => y - spot.y));
    for (const spot of spots) spot.y += shift;
  }

  /** from에서 휘어 가서, 글을 적을 자리를 지난다. */
  function bend(from, y) {
    const middle = from.x + RADIUS + BEND / 2;
    return `C${middle},${from.y},${middle},${y},${middle + BEND / 2},${y}h${TEXT}`;
  }

  /** 노드에서 나와 이 자리까지. */
  function through(spot) {
    if (spot.isOwn) return `M${spot.x + RADIUS},${spot.y}`;
    const [from] = spot.sources;
    return `${through(from)}${bend(from, spot.y)}H${spot.x + RADIUS}`;
  }

  /** 노드로 들어가는 선들. 덧셈과 곱셈에서는 위에서 온 것이 위로 들어간다. */
  function edgesInto({ node, sources, x, y }) {
    const order = [...sources.keys()];
    if (["add", "mul"].includes(node.op)) order.sort((a, b) => sources[a].y - sources[b].y);
    return order.map((index, rank) => {
      const lift = rank - (order.length - 1) / 2;
      const row = y + lift * ROW;
      const neck = `L${x - RADIUS * (1 - lift ** 2)},${y + lift * RADIUS * 1.3}`;
      const d = through(sources[index]) + bend(sources[index], row) + neck;
      return { node, index, input: node.inputs[index], x: x - RADIUS - NECK - TEXT / 2, y: row, d };
    });
  }

  // ---- 그린다

  const write = (x, y, text, look = "") => svg("text", { x, y, class: look }, text);
  const told = (name, value) => name ? `${name}=${show(value)}` : show(value);

  /** 걸은 걸음들에서: 선마다 마지막에 넘긴 것, 노드마다 더한 것, 나누어 쓰는지, 꾸밀 이름. */
  function stateAt({ nodes }, steps) {
    const now = steps.at(-1);
    const passes = steps.flatMap(({ passes = [] }) => passes);
    const inputs = nodes.flatMap(({ inputs }) => inputs);
    const isKnown = (node) => !node.op || steps.some((step) => step.node === node);
    return {
      now,
      direction: now?.passes ? "back" : "",
      isKnown,
      isNow: ({ node, index }) =>
        now?.node === node && (now.passes?.some((pass) => pass.index === index) ?? true),
      look: (isNow, node) => `${isNow ? "now" : ""} ${isKnown(node) ? "" : "waits"}`,
      passOf: ({ node, index }) => passes.findLast((p) => p.node === node && p.index === index),
      sumOf: (node) => passes.findLast(({ input }) => input === node)?.sum,
      isShared: (node) => inputs.indexOf(node) !== inputs.lastIndexOf(node),
    };
  }

  function drawEdge(edge, state) {
    const { input, index, x, y, d } = edge;
    const pass = state.passOf(edge);
    const isNow = state.isNow(edge);
    const look = state.look(isNow, input);
    const way = pass ? -1 : 1; // 흐르는 쪽
    const arrow = `M${x + way * (TEXT / 2 - 6)},${y - 5}l${6 * way},5l${-6 * way},5`;
    const path = svg("path", { d: d + arrow, class: look });
    if (isNow && !isCalm) {
      const length = path.getTotalLength();
      path.animate({ strokeDasharray: [length, length], strokeDashoffset: [way * length, 0] }, 400);
    }
    const name = isVariable(input) ? `d${input.name}${state.isShared(input) ? "+" : ""}` : "_";
    const value = state.isKnown(input) ? told(input.name, input.value) : "";
    const gradient = isFinite(pass?.gradient) ? told(name, pass.gradient) : "";
    const local = isNow && pass && index !== undefined ? `× ${show(pass.local)}` : "";
    return [
      path,
      write(x, y - 6, value, `value ${look}`),
      write(x, y + 17, gradient, `gradient ${look}`),
      write(x, y + 32, local),
    ];
  }

  function drawNode({ node, x, y }, state) {
    const sum = state.isShared(node) ? state.sumOf(node) : undefined;
    const total = sum === undefined ? "" : told(`d${node.name}`, sum);
    const sign = node.op ? operations[node.op].sign : node.name ?? show(node.value);
    const look = node.op ? state.look(state.now?.node === node, node) : "none";
    return [
      svg("circle", { cx: x, cy: y, r: RADIUS, class: look }),
      write(x, y + 4.5, sign),
      write(x, y + RADIUS + 15, total, "gradient now"),
    ];
  }

  function draw({ output }, spots, state) {
    const own = spots.filter(({ isOwn }) => isOwn);
    const { x, y } = own.find(({ node }) => node === output);
    const d = `M${x + RADIUS},${y}h${TEXT}`;
    const out = { node: output, input: output, x: x + RADIUS + TEXT / 2, y, d };
    const edges = own.filter(({ node }) => node.op).flatMap(edgesInto);
    const top = Math.min(...spots.map(({ y, height }) => y - height / 2)) - 4;
    const bottom = Math.max(...spots.map(({ y, height }) => y + height / 2)) + 8;
    const width = out.x + TEXT / 2 + 8;
    const style = `width: ${width}px`;
    const look = { viewBox: `0 ${top} ${width} ${bottom - top}`, style, class: state.direction };
    const lines = [...edges, out].flatMap((edge) => drawEdge(edge, state));
    return svg("svg", look, ...lines, ...own.flatMap((spot) => drawNode(spot, state)));
  }

  // ---- 다룬다

  const WIDE = [-1e9, 1e9];
  const ORDERS = ["바른 차례", "재귀(너무 일찍)"];
  const MOVES = { 처음: -Infinity, 이전: -1, 다음: 1, 끝까지: Infinity };
  const KEYS = ["Home", "ArrowLeft", "ArrowRight", "End"];

  /** 입력을 고치고 걸음을 옮기는 그림. 예가 있으면 식과 차례도 고친다. */
  const player = ({ formula, point, examples }) => ({ box, wanted, remember, say }) => {
    const state = {
      x: wanted("x", WIDE) ?? point[0],
      y: wanted("y", WIDE) ?? point[1],
      step: Math.round(wanted("step", WIDE) ?? 0),
    };
    if (examples) state.formula = wanted("formula") ?? formula;
    if (examples) state.early = wanted("early", [0, 1]) ?? 0;
    const canvas = html("div", {
      className: "graph",
      tabIndex: 0,
      role: "group",
      ariaLabel: "계산 그래프",
    });
    const wrong = html("p", { id: "wrong-formula" });
    const [x, y] = ["number", "number"].map((type) => html("input", { type, step: "any" }));
    const fields = { x, y, formula: html("textarea", { rows: 3, maxLength: 500 }) };
    let [tape, steps, spots] = [];
    const move = (by) => {
      if (!tape) return;
      state.step = Math.min(Math.max(state.step + by, 0), steps.length);
      const done = steps.slice(0, state.step);
      const now = done.at(-1);
      const { x, y } = spots.find(({ isOwn, node }) => isOwn && node === now?.node) ?? spots[0];
      const left = x - 40 - canvas.clientWidth / 2;
      canvas.replaceChildren(draw(tape, spots, stateAt(tape, done)));
      canvas.scrollTo({ left, top: y - 100, behavior: isCalm ? "auto" : "smooth" });
      const first = `연산 ${tape.nodes.length}개를 차례로 실행한 다음 거슬러 갑니다.`;
      say(now ? `${state.step}/${steps.length} ${tell(now)}` : first);
      remember(state);
    };
    const refuse = (message) => {
      if (message) tape = undefined;
      wrong.textContent = message;
      for (const field of examples ? [fields.formula] : [x, y]) field.ariaInvalid = message !== "";
      canvas.style.opacity = message ? 0.3 : 1;
    };
    const change = (wish) => {
      Object.assign(state, wish, wish.formula && { step: 0 });
      if (isNaN(state.x + state.y)) return refuse("x와 y에 수를 적습니다.");
      const written = state.formula ?? formula;
      try {
        tape = record(written, { x: state.x, y: state.y });
        steps = play(tape, state.early);
        spots = place(tape);
      } catch (error) {
        if (!error.token) throw error;
        return refuse(examples ? moving.formula.explain(written, error) : `${error.message}.`);
      }
      const longest = Math.max(...steps.map((step) => tell(step).length));
      // 글의 길이가 달라도 아래가 밀리지 않는다
      box.nextSibling.style.minHeight = `${1.8 * Math.ceil(10 * longest / box.clientWidth)}em`;
      refuse("");
      move(0);
    };
    for (const name in fields) {
      const field = fields[name];
      field.value = state[name] ?? "";
      field.setAttribute("aria-describedby", wrong.id);
      field.oninput = () => change({ [name]: field.valueAsNumber ?? field.value });
    }
    const offer = (text, values) =>
      button(text, () => {
        for (const name in values) fields[name].value = values[name];
        change(values);
      });
    if (examples) {
      const choose = (order) => change({ early: ORDERS.indexOf(order) });
      const offers = examples.map((formula) => offer(formula, { formula }));
      const order = choice("역전파", ORDERS, ORDERS[state.early], choose);
      box.append(html("label", {}, "식", fields.formula), wrong, ...offers, order);
    }
    const labels = [html("label", {}, "x", x), html("label", {}, "y", y)];
    const points = [[3, 4], [1, 2]].map(([x, y]) => offer(`(${x}, ${y})`, { x, y }));
    const buttons = Object.keys(MOVES).map((name) => button(name, () => move(MOVES[name])));
    box.append(html("fieldset", {}, ...labels, ...points), canvas, ...buttons);
    if (!examples) canvas.before(wrong);
    box.parentElement.onkeydown = (event) => {
      const button = buttons[KEYS.indexOf(event.key)];
      if (!button || event.target.matches("input, textarea")) return;
      event.preventDefault();
      button.click();
    };
    change({});
  };

  moving.pictures["fig-6-graph"] = player({
    formula: "a = x*x\nb = 2*x\nc = a + b\nd = log(y)\nz = c*d",
    point: [3, 4],
  });
  moving.pictures["fig-6-tape"] = player({
    formula: "(x*x + 2*x)*log(y)",
    point: [1, 2],
    examples: ["(x*x + 2*x)*log(y)", "p = x*x\np*p", "relu(x*y - 3)/y", "exp(-x**2)*sin(x + y)"],
  });
})();
