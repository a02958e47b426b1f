// 계산 그래프를 한 걸음씩 보인다. 선 위는 순전파의 값, 선 아래는 역전파의 미분계수이다.
(() => {
  const { html, button, choice, path, dot, text } = moving;
  const { operations, record, play, tell: told, show, isVariable } = moving.tape;
  const [ROW, PASSING, RADIUS] = [58, 22, 17];
  // 선이 휘는 곳, 글을 적는 곳, 동그라미의 앞
  const [BEND, TEXT, NECK] = [40, 74, 12];
  const COLUMN = RADIUS + BEND + TEXT + NECK + RADIUS;
  const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

  // ---- 자리
  /** 노드와, 열을 건너는 선이 지나는 자리들. sources는 왼쪽 열, near는 양쪽 열의 이어진 자리이다. */
  function place(output) {
    const layers = [];
    const reach = (node, column) => {
      const layer = layers[column] ??= new Map();
      if (layer.has(node)) return layer.get(node);
      // 상수는 쓰는 연산의 왼쪽에 둔다
      const isOwn = column === node.depth || !isVariable(node);
      const from = isOwn ? node.inputs ?? [] : [node];
      const sources = from.map((input) => reach(input, column - 1));
      const height = isOwn ? ROW * Math.max(sources.length, 1) : PASSING;
      const [x, y] = [60 + column * COLUMN, layer.size * ROW];
      const spot = { node, isOwn, sources, near: [...sources], height, x, y };
      for (const source of sources) source.near.push(spot);
      layer.set(node, spot);
      return spot;
    };
    reach(output, output.depth);
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

  /** 노드에서 나와 이 자리까지, 휘어서 글을 적을 곳을 지나 y까지. */
  function reaching(spot, y) {
    const middle = spot.x + RADIUS + BEND / 2;
    const from = spot.isOwn
      ? `${spot.x + RADIUS},${spot.y}`
      : `${reaching(spot.sources[0], spot.y)}H${spot.x + RADIUS}`;
    return `${from}C${middle},${spot.y},${middle},${y},${middle + BEND / 2},${y}h${TEXT}`;
  }

  /** 노드로 들어가는 선들. 덧셈과 곱셈에서는 위에서 온 것이 위로 들어간다. */
  function edgesInto({ node, sources, x, y }) {
    const order = [...sources.keys()];
    if (["+", "*"].includes(node.op)) order.sort((a, b) => sources[a].y - sources[b].y);
    return order.map((index, rank) => {
      const row = y + (rank - (order.length - 1) / 2) * ROW;
      const d = `${reaching(sources[index], row)}L${x},${y}`;
      return { node, index, input: node.inputs[index], x: x - RADIUS - NECK - TEXT / 2, y: row, d };
    });
  }

  // ---- 그린다
  const named = (name, value) => name ? `${name}=${show(value)}` : show(value);

  /** 걸은 걸음들까지의 그래프. */
  function draw({ nodes, output }, spots, steps) {
    const now = steps.at(-1);
    const passes = steps.flatMap(({ passes = [] }) => passes);
    const inputs = nodes.flatMap(({ inputs }) => inputs);
    const isShared = (node) => inputs.indexOf(node) !== inputs.lastIndexOf(node);
    const isKnown = (node) => !node.op || steps.some((step) => step.node === node);
    const look = (isNow, node) => `${isNow ? "now" : ""} ${isKnown(node) ? "" : "waits"}`;

    const drawEdge = ({ node, index, input, x, y, d }) => {
      const isThis = (pass) => pass.node === node && pass.index === index;
      const isNow = now?.passes ? now.passes.some(isThis) : now?.node === node;
      const pass = passes.findLast(isThis);
      const way = pass ? -1 : 1;
      const arrow = `M${x + 31 * way},${y - 5}l${6 * way},5l${-6 * way},5`;
      const name = isVariable(input) ? `d${input.name}${isShared(input) ? "+" : ""}` : "_";
      const isPassed = isFinite(pass?.gradient);
      const local = isNow && isPassed && pass.local !== undefined ? `× ${show(pass.local)}` : "";
      return path([d + arrow], look(isNow, input)) +
        text(x, y - 6, isKnown(input) ? named(input.name, input.value) : "", "value") +
        text(x, y + 17, isPassed ? named(name, pass.gradient) : "", "gradient") +
        text(x, y + 32, local);
    };
    const drawNode = ({ node, x, y }) => {
      const sum = passes.findLast(({ input }) => input === node)?.sum;
      const total = isShared(node) && sum !== undefined ? named(`d${node.name}`, sum) : "";
      const circle = node.op ? dot([x, y], look(now?.node === node, node), RADIUS) : "";
      const sign = operations[node.op]?.sign ?? node.name ?? show(node.value);
      return circle + text(x, y + 4.5, sign) + text(x, y + RADIUS + 15, total, "gradient total");
    };

    const own = spots.filter(({ isOwn }) => isOwn);
    const { x, y } = own.find(({ node }) => node === output);
    const right = x + RADIUS + TEXT;
    const out = { node: output, input: output, x: right - TEXT / 2, y, d: `${x},${y}H${right}` };
    const top = Math.min(...spots.map(({ y, height }) => y - height / 2)) - 4;
    const bottom = Math.max(...spots.map(({ y, height }) => y + height / 2)) + 8;
    const width = right + 8;
    const marks = [...own.flatMap(edgesInto), out].map(drawEdge).concat(own.map(drawNode));
    return `<svg viewBox="0 ${top} ${width} ${bottom - top}" style="width: ${width}px"
      class="${now?.passes ? "back" : ""}">${marks.join("")}</svg>`;
  }

  // ---- 다룬다
  const MOVES = { 처음: -Infinity, 이전: -1, 다음: 1, 끝까지: Infinity };
  const KEYS = ["Home", "ArrowLeft", "ArrowRight", "End"];

  /** 입력을 고치고 걸음을 옮기는 그림. 예가 여럿이면 식과 차례도 고친다. */
  const player = (point, ...examples) => ({ box, wanted, tell }) => {
    const isFree = examples.length > 1;
    const state = { x: point[0], y: point[1], step: 0, formula: examples[0], ...wanted };
    if (!isFree) state.formula = examples[0];
    const look = { className: "graph", tabIndex: 0, role: "group", ariaLabel: "계산 그래프" };
    const canvas = html("div", look);
    const wrong = html("p", { id: "wrong-formula" });
    let [tape, steps, spots] = [];
    const move = (by) => {
      if (wrong.textContent) return;
      state.step = Math.min(Math.max((Math.round(state.step) || 0) + by, 0), steps.length);
      const done = steps.slice(0, state.step);
      const now = done.at(-1);
      canvas.innerHTML = draw(tape, spots, done);
      const { x, y } = spots.find(({ isOwn, node }) => isOwn && node === now?.node) ?? spots[0];
      canvas.scrollTo(x - 40 - canvas.clientWidth / 2, y - 100);
      tell(state, `${state.step}/${steps.length} ${now ? told(now) : "시작합니다."}`);
    };
    /** 식과 입력에서 걸음들을 만든다. 틀리면 까닭을 준다. */
    const prepare = () => {
      if (isNaN(state.x + state.y)) return "x와 y에 수를 적습니다.";
      try {
        tape = record(state.formula, { x: state.x, y: state.y });
        steps = play(tape, state.order === "재귀");
        spots = place(tape.output);
      } catch (error) {
        if (!error.token) throw error;
        return isFree ? moving.formula.explain(state.formula, error) : `${error.message}.`;
      }
    };
    const change = () => {
      if (formula.value !== state.formula) state.step = 0;
      Object.assign(state, { x: x.valueAsNumber, y: y.valueAsNumber, formula: formula.value });
      const fault = prepare();
      wrong.textContent = fault;
      for (const field of isFree ? [formula] : [x, y]) field.ariaInvalid = Boolean(fault);
      move(0);
    };
    const field = (kind, key, look) => {
      const element = html(kind, { ...look, value: state[key], oninput: change });
      element.setAttribute("aria-describedby", wrong.id);
      return element;
    };
    const [x, y] = ["x", "y"].map((key) => field("input", key, { type: "number", step: "any" }));
    const formula = field("textarea", "formula", { rows: 3 });
    const offer = (text, ...pairs) =>
      button(text, () => {
        for (const [field, value] of pairs) field.value = value;
        change();
      });
    const points = [[3, 4], [1, 2]].map(([a, b]) => offer(`(${a}, ${b})`, [x, a], [y, b]));
    const labels = [html("label", {}, "x", x), html("label", {}, "y", y)];
    const inputs = html("fieldset", {}, ...labels, ...points);
    const offers = examples.map((example) => offer(example, [formula, example], [x, 2]));
    const order = choice("역전파", ["바른 차례", "재귀"], state, "order", change);
    const choices = [html("label", {}, "식", formula), wrong, ...offers, order, inputs];
    const buttons = Object.keys(MOVES).map((name) => button(name, () => move(MOVES[name])));
    box.append(...isFree ? choices : [inputs, wrong], canvas, ...buttons);
    box.parentElement.onkeydown = (event) => {
      const button = buttons[KEYS.indexOf(event.key)];
      if (!button || event.target.matches("input, textarea")) return;
      event.preventDefault();
      button.click();
    };
    change();
  };

  const lines = "a = x*x\nb = 2*x\nc = a + b\nd = log(y)\nz = c*d";
  moving.pictures["fig-6-graph"] = player([3, 4], lines);
  const examples = ["(x*x + 2*x)*log(y)", "p = x*x\np*p", "relu(x*y - 3)/y"];
  moving.pictures["fig-6-tape"] = player([1, 2], ...examples);
})();
