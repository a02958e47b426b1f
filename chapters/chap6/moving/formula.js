// 적은 식을 파이썬의 차례로 읽으며 연산마다 operate를 부른다. 연산자 오버로딩이 하는 일이다.
(() => {
  const TOKEN = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[\p{L}_][\p{L}\p{Nd}_]*|\*\*|\n|\S/giu;
  const NAME = /^[\p{L}_]/u;
  const FUNCTIONS = ["log", "exp", "sin", "cos", "tanh", "sqrt", "relu"];
  const MINUS = { value: -1 };
  // 단항 -는 곱셈보다 먼저, 거듭제곱보다 나중이다
  const UNARY = 3;
  // 앞서는 정도와, 오른쪽에서 읽을 것이 앞서는 정도
  const BINARY = {
    "+": [1, 2],
    "-": [1, 2],
    "*": [2, 3],
    "/": [2, 3],
    "**": [4, UNARY],
  };
  const CUT = "여기서 식이 끊깁니다. 괄호의 짝을 보고, 곱은 2*x, 거듭제곱은 x**2처럼 적습니다";

  /** 식의 그 자리에서 멈춘다. */
  function fail(message, token) {
    throw Object.assign(new Error(message), { token });
  }

  /** 어디가 왜 틀렸는지. */
  function explain(text, { message, token }) {
    const lines = text.slice(0, token.start).split("\n");
    const piece = token.text.trim();
    const place = piece ? ` ${lines.at(-1).length + 1}번째 글자 ‘${piece}’` : "의 끝";
    return `${lines.length}번째 줄${place}: ${message}.`;
  }

  /** 마지막 줄의 노드. */
  function read(text, inputs, operate) {
    const plain = text.replaceAll("−", "-").replaceAll("×", "*");
    const tokens = [...plain.matchAll(TOKEN)].map(({ 0: text, index }) => ({ text, start: index }));
    tokens.push({ text: "", start: text.length });
    const names = new Map(inputs.map((node) => [node.name, node]));
    const take = (...texts) => texts.includes(tokens[0].text) ? tokens.shift() : undefined;
    const expect = (...texts) => take(...texts) ?? fail(CUT, tokens[0]);

    function line() {
      const [token, { text }] = tokens;
      const name = text === "=" ? tokens.splice(0, 2)[0].text : undefined;
      const isOld = names.has(name) || FUNCTIONS.includes(name);
      if (name && (isOld || !NAME.test(name))) fail("= 앞에는 새 이름을 하나 적습니다", token);
      const node = expression();
      expect("\n", ";", "");
      if (name) names.set(name, Object.assign(node, { name: node.name ?? name }));
      return node;
    }

    function expression(level = 1) {
      let left = operand();
      while (BINARY[tokens[0].text]?.[0] >= level) {
        const token = tokens.shift();
        const [, right] = BINARY[token.text];
        left = operate(token.text, [left, expression(right)], token);
      }
      return left;
    }

    /** 이항 연산자의 한쪽. 엔진에서처럼 -x는 x에 -1을 곱한 것이다. */
    function operand() {
      const token = tokens[0];
      if (take("+")) return expression(UNARY);
      if (take("-")) return operate("*", [expression(UNARY), MINUS], token);
      const isCall = take(...FUNCTIONS);
      if (isCall ? expect("(") : take("(")) {
        const node = expression();
        expect(")");
        return isCall ? operate(token.text, [node], token) : node;
      }
      if (take(...names.keys())) return names.get(token.text);
      const known = [...names.keys(), ...FUNCTIONS].join(", ");
      if (NAME.test(token.text)) fail(`쓸 수 있는 이름은 ${known}입니다`, token);
      if (!/\d/.test(token.text)) fail("여기에 수나 이름이 있어야 합니다", token);
      return { value: Number(tokens.shift().text) };
    }

    let last;
    while (tokens.length > 1) last = take("\n", ";") ? last : line();
    return last ?? expression();
  }

  moving.formula = { read, fail, explain };
})();
