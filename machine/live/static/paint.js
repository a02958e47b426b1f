// 고친 파이썬 코드에 쪽의 코드와 같은 색을 입힌다. 클래스는 쪽을 만들 때 쓴 Pygments의 것이다.

const words = (text) => new Set(text.trim().split(/\s+/));
const KEYWORDS = words(`and as assert async await break class continue def del elif else except
  finally for from global if import in is lambda nonlocal not or pass raise return try while with
  yield`);
const CONSTANTS = words("True False None");
const WORD_OPERATORS = words("and in is not or");
const BUILTINS = words(`abs all any bool bytes callable chr complex dict dir divmod enumerate eval
  exec filter float format frozenset getattr globals hasattr hash help hex id input int isinstance
  issubclass iter len list locals map max min next object open ord pow print property range repr
  reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip`);
const SELF = words("self cls");

const STRING = String.raw`(?:[rbfu]{1,2})?(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)` +
  String.raw`|"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?)`;
const NUMBER = String.raw`0[xob][\da-f_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[-+]?\d+)?j?`;
const TOKEN = new RegExp(
  `(?<c1>#.*)|(?<string>${STRING})|(?<number>${NUMBER})` +
    String.raw`|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<o>[-+*/%@&|^~<>=!.:]+)|[^]`,
  "giu",
);

function classOfWord(word, before) {
  if (before === "def") return "nf";
  if (before === "class") return "nc";
  if (WORD_OPERATORS.has(word)) return "ow";
  if (word === "import" || word === "from") return "kn";
  if (KEYWORDS.has(word)) return "k";
  if (CONSTANTS.has(word)) return "kc";
  if (BUILTINS.has(word)) return "nb";
  if (SELF.has(word)) return "bp";
  return /^[A-Z]\w*(?:Error|Exception|Warning)$/.test(word) ? "ne" : "";
}

function classOf({ c1, string, number, word, o }, before) {
  if (c1) return "c1";
  if (string) return string.endsWith("'") ? "s1" : "s2";
  if (number) return /^\d+$/.test(number) ? "mi" : "mf";
  if (word) return classOfWord(word, before);
  return o && o !== ":" ? "o" : "";
}

/** 색을 입힌 조각들. */
export function paint(source) {
  const pieces = document.createDocumentFragment();
  let before = ""; // 바로 앞의 낱말
  for (const { 0: text, groups } of source.matchAll(TOKEN)) {
    const name = classOf(groups, before);
    const piece = name && Object.assign(document.createElement("span"), { className: name });
    if (piece) piece.textContent = text;
    pieces.append(piece || text);
    if (text.trim()) before = groups.word;
  }
  pieces.normalize();
  return pieces;
}
