// 적은 식을 파이썬의 차례로 읽으며 연산마다 operate를 부른다. 연산자 오버로딩이 하는 일이다.
(() => {
  const TOKEN = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[\p{L}_][\p{L}\p{Nd}_]*|\*\*|\n|\S/giu;
  const NAME = /^[\p{L}_]/u;
  const FUNCTIONS = ["log", "exp", "sin", "cos", "tanh", "sqrt", "relu"];
  const UNARY = 3; // 단항 -는 곱셈보다 먼저, 거듭제곱보다 나중이다
  const MINUS = { value: -1 };
  // 연산, 앞서는 정도, 오른쪽에서 읽을 것이 앞서는 정도
  const BINARY = {
    "+": ["add", 1, 2],
    "-": ["sub", 1, 2],
    "*": ["mul", 2, 3],
    "/": ["div", 2, 3],
    "**": ["power", 4, UNARY],
  };

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

  function tokenize(text) {
    const plain = text.replaceAll("−", "-").replaceAll("×", "*");
    const tokens = [...plain.matchAll(TOKEN)].map(({ 0: text, index }) => ({ text, start: index }));
    return [...tokens, { text: "", start: text.length }];
  }

  class Formula {
    constructor(text, inputs, operate) {
      this.tokens = tokenize(text);
      this.names = new Map(inputs.map((node) => [node.name, node]));
      this.used = new Set();
      this.operate = operate;
    }

    take(...texts) {
      return texts.includes(this.tokens[0].text) ? this.tokens.shift() : undefined;
    }

    expect(...texts) {
      const told = "여기서 식이 끊깁니다. 괄호의 짝을 보고, 곱은 2*x, 거듭제곱은 x**2처럼 적습니다";
      return this.take(...texts) ?? fail(told, this.tokens[0]);
    }

    /** 마지막 줄의 노드. */
    read() {
      const lines = [];
      while (this.tokens.length > 1) {
        if (!this.take("\n", ";")) lines.push(this.line());
      }
      const last = lines.pop() ?? fail("식이 비어 있습니다", this.tokens[0]);
      const idle = lines.find(({ name }) => !this.used.has(name));
      if (idle) fail("이 줄의 값이 뒤에서 쓰이지 않습니다", idle.token);
      return last.node;
    }

    line() {
      const [token, { text }] = this.tokens;
      const name = text === "=" ? this.tokens.splice(0, 2)[0].text : undefined;
      const isOld = this.names.has(name) || FUNCTIONS.includes(name);
      if (name && (isOld || !NAME.test(name))) fail("= 앞에는 새 이름을 하나 적습니다", token);
      const node = this.expression();
      this.expect("\n", ";", "");
      if (name) this.names.set(name, Object.assign(node, { name: node.name ?? name }));
      return { token, name, node };
    }

    expression(level = 1) {
      let left = this.operand();
      while (BINARY[this.tokens[0].text]?.[1] >= level) {
        const token = this.tokens.shift();
        const [op, , right] = BINARY[token.text];
        left = this.operate(op, [left, this.expression(right)], token);
      }
      return left;
    }

    /** 이항 연산자의 한쪽. 엔진에서처럼 -x는 x에 -1을 곱한 것이다. */
    operand() {
      const token = this.tokens[0];
      if (this.take("+")) return this.expression(UNARY);
      if (this.take("-")) return this.operate("mul", [this.expression(UNARY), MINUS], token);
      if (this.take("(")) return this.closed();
      if (NAME.test(token.text)) return this.named(this.tokens.shift());
      if (!/\d/.test(token.text)) fail("여기에 수나 이름이 있어야 합니다", token);
      return { value: Number(this.tokens.shift().text) };
    }

    closed() {
      const node = this.expression();
      this.expect(")");
      return node;
    }

    named(token) {
      if (FUNCTIONS.includes(token.text)) {
        if (!this.take("(")) fail(`${token.text}(x)처럼 괄호를 씁니다`, token);
        return this.operate(token.text, [this.closed()], token);
      }
      const known = [...this.names.keys(), ...FUNCTIONS].join(", ");
      this.used.add(token.text);
      return this.names.get(token.text) ?? fail(`쓸 수 있는 이름은 ${known}입니다`, token);
    }
  }

  moving.formula = { Formula, fail, explain };
})();
