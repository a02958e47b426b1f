// 식을 계산하며 테이프를 적고, 그것을 거슬러 미분계수를 넘긴다. 6.6절의 엔진과 이름이 같다.
(() => {
  const [MOST_OPERATIONS, MOST_STEPS] = [25, 300];
  // 밑은 0의 -1제곱을, 지수는 0의 로그를 계산하지 않는다.
  const base = ({ x, y }) => y && y * x ** (y - 1);
  const divisor = ({ y, z }) => -z / y;
  const exponent = ({ x, z }) => z * Math.log(x || 1);
  // 연산, 기호, 이름, forward, rules. 규칙은 [글, 결과 z와 입력 x, y에서 국소 미분계수를 구하는 함수]이다.
  const table = [
    ["+", "+", "덧셈", (x, y) => x + y, ["1", () => 1], ["1", () => 1]],
    ["-", "−", "뺄셈", (x, y) => x - y, ["1", () => 1], ["(−1)", () => -1]],
    ["*", "×", "곱셈", (x, y) => x * y, ["y", ({ y }) => y], ["x", ({ x }) => x]],
    ["/", "÷", "나눗셈", (x, y) => x / y, ["1/y", ({ y }) => 1 / y], ["(−z/y)", divisor]],
    ["**", "**", "거듭제곱", (x, y) => x ** y, ["y·x**(y−1)", base], ["z·ln(x)", exponent]],
    ["exp", "exp", "함수", Math.exp, ["z", ({ z }) => z]],
    ["log", "ln", "함수", Math.log, ["1/x", ({ x }) => 1 / x]],
    ["sin", "sin", "함수", Math.sin, ["cos(x)", ({ x }) => Math.cos(x)]],
    ["cos", "cos", "함수", Math.cos, ["(−sin(x))", ({ x }) => -Math.sin(x)]],
    ["tanh", "tanh", "함수", Math.tanh, ["(1−z²)", ({ z }) => 1 - z * z]],
    ["sqrt", "√", "함수", Math.sqrt, ["1/(2·z)", ({ z }) => 1 / (2 * z)]],
    ["relu", "relu", "함수", (x) => Math.max(x, 0), ["(x>0)", ({ x }) => Number(x > 0)]],
  ];
  const operations = Object.fromEntries(
    table.map(([op, sign, noun, forward, ...rules]) => [op, { sign, noun, forward, rules }]),
  );
  // 값이 없는 까닭
  const outside = {
    "/": (_, y) => y === 0 && "0으로 나눌 수 없습니다",
    log: (x) => x <= 0 && "로그의 입력은 양수여야 합니다",
    sqrt: (x) => x < 0 && "음수의 제곱근은 없습니다",
    "**": (x, y) => x < 0 && y % 1 !== 0 && "음수의 지수는 정수여야 합니다",
  };
  const { read, fail } = moving.formula;
  /** 상수는 값뿐이다. */
  const isVariable = ({ inputs }) => inputs !== undefined;

  /** 식을 계산하며 차례로 적은 연산들과 마지막 결과. */
  function record(text, point) {
    const nodes = [];
    const operate = (op, inputs, token) => {
      const values = inputs.map(({ value }) => value);
      const value = operations[op].forward(...values);
      const wrong = outside[op]?.(...values) || (!isFinite(value) && "값이 유한하지 않습니다");
      if (wrong) fail(`${wrong}(입력: ${values.map(show).join(", ")})`, token);
      if (!inputs.some(isVariable)) return { value };
      const depth = 1 + Math.max(...inputs.map(({ depth = 0 }) => depth));
      nodes.push({ op, inputs, value, token, depth });
      if (nodes.length > MOST_OPERATIONS) fail(`연산을 ${MOST_OPERATIONS}개까지 그립니다`, token);
      return nodes.at(-1);
    };
    const variable = ([name, value]) => ({ name, value, inputs: [], depth: 0 });
    const output = read(text, Object.entries(point).map(variable), operate);
    if (nodes.length === 0) fail("x나 y로 하는 연산이 없습니다", { start: text.length, text: "" });
    const used = new Set([output, ...nodes.flatMap(({ inputs }) => inputs)]);
    const idle = nodes.find((node) => !used.has(node));
    if (idle) fail("이 값이 뒤에서 쓰이지 않습니다", idle.token);
    giveNames(nodes, output);
    return { nodes, output };
  }

  /** 이름이 없는 결과에 남은 글자를 차례로 붙인다. */
  function giveNames(nodes, output) {
    const taken = new Set(nodes.flatMap((node) => [node, ...node.inputs]).map(({ name }) => name));
    const free = [..."abcdefghijklmnopqrstuvwαβ"].filter((letter) => !taken.has(letter));
    if (!taken.has("z")) output.name ??= "z";
    for (const node of nodes) node.name ??= free.shift();
  }

  /** 입력 하나에 넘길 미분계수를 구하여 grads에 더한다. 상수에 대한 것은 더하지 않는다. */
  function passOn(node, index, grads) {
    const [x, y] = node.inputs.map(({ value }) => value);
    const input = node.inputs[index];
    const d = grads.get(node);
    const [, rule] = operations[node.op].rules[index];
    const local = rule({ z: node.value, x, y });
    const gradient = d * local;
    const pass = { node, index, input, d, local, gradient };
    if (!isVariable(input)) return pass;
    if (!isFinite(gradient)) fail("미분계수가 유한하지 않습니다", node.token);
    const sum = (grads.get(input) ?? 0) + gradient;
    grads.set(input, sum);
    return { ...pass, sum };
  }

  /** 나중에 실행한 연산부터 거슬러 간다. */
  function backward(nodes, grads) {
    const passes = (node) => node.inputs.map((_, i) => passOn(node, i, grads));
    return [...nodes].reverse().map((node) => ({ kind: "backward", node, passes: passes(node) }));
  }

  /** 하나를 넘기자마자 거기서 이어 가는 재귀. 다 모이지 않은 것을 넘기므로 틀린다. */
  function* tooEarly(node, grads) {
    for (const [index, input] of node.inputs.entries()) {
      if (isVariable(input)) {
        yield { kind: "tooEarly", node, passes: [passOn(node, index, grads)] };
        yield* tooEarly(input, grads);
      }
    }
  }

  /** 순전파와 역전파의 걸음들. */
  function play({ nodes, output }, isEarly) {
    const grads = new Map([[output, 1]]);
    const steps = nodes.map((node) => ({ kind: "forward", node }));
    const passes = [{ node: output, input: output, gradient: 1, sum: 1 }];
    steps.push({ kind: "start", node: output, passes });
    for (const step of isEarly ? tooEarly(output, grads) : backward(nodes, grads)) {
      if (steps.push(step) > MOST_STEPS) fail(`재귀가 ${MOST_STEPS}걸음을 넘습니다`, output.token);
    }
    return steps;
  }

  /** 파이썬의 %.4g처럼 적은 수. */
  function show(value) {
    const size = Math.abs(value);
    const isLong = size >= 1e5 || (size > 0 && size < 1e-4);
    const text = isLong ? value.toExponential(3) : String(Number(value.toPrecision(4)));
    return text.replace(/\.?0*e\+?/, "e").replaceAll("-", "−");
  }

  const label = (node) => node.name ?? show(node.value);

  function written({ op, inputs }, as) {
    const { sign } = operations[op];
    return inputs.length > 1 ? inputs.map(as).join(` ${sign} `) : `${sign}(${as(inputs[0])})`;
  }

  /** 국소 미분계수를 그 연산의 이름들로 적은 것. */
  function ruleOf({ node, index }) {
    const [x, y] = node.inputs.map(label);
    const names = { x, y, z: node.name };
    return operations[node.op].rules[index][0].replace(/\b[xyz]\b/g, (name) => names[name]);
  }

  /** 더하는 것: ‘dx에 da × x = 1.386 × 3 = 4.159(모두 6.931)’. */
  function tellPass(pass) {
    const { node, input, d, local, gradient, sum } = pass;
    const product = `d${node.name} × ${ruleOf(pass)} = ${show(d)} × ${show(local)}`;
    const total = sum === gradient ? "" : `(모두 ${show(sum)})`;
    return `d${label(input)}에 ${product} = ${show(gradient)}${total}`;
  }

  /** 걸음 하나를 말한다. */
  function tell({ kind, node, passes }) {
    if (kind === "start") return `역전파: d${node.name} = 1에서 시작합니다.`;
    const formula = `${operations[node.op].noun} ${node.name} = ${written(node, label)}`;
    if (kind === "forward") {
      const numbers = written(node, ({ value }) => show(value));
      return `순전파: ${formula} = ${numbers} = ${show(node.value)}입니다.`;
    }
    const added = passes.filter(({ sum }) => sum !== undefined).map(tellPass);
    const rules = passes.map(ruleOf).join(", ");
    return `역전파: ${formula}(국소 규칙 ${rules}). 곱해 더합니다. ${added.join(", ")}.` +
      (added.length < passes.length ? " 상수에 대한 것은 버립니다." : "") +
      (kind === "tooEarly" && passes[0].input.op ? " 기다리지 않고 이어 갑니다." : "");
  }

  moving.tape = { operations, record, play, tell, show, isVariable };
})();
