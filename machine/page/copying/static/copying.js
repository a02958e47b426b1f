// 고른 글을 수식은 LaTeX으로 베끼고, 코드마다 베끼는 단추를 단다.
// 문단과 수식의 단추(point.js)와 인용(cite.js)은 독자가 글을 가리키거나 누르면 받는다.
globalThis.copying = (() => {
  const article = document.querySelector("article");
  const status = document.createElement("output");
  status.className = "copied";
  article.append(status);

  // ---- 베끼고 알린다

  /** http로 연 쪽에는 navigator.clipboard가 없다. */
  function writeOld(text) {
    const area = Object.assign(document.createElement("textarea"), { value: text });
    const focused = document.activeElement;
    article.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    focused.focus();
    if (!done) throw new Error("복사하지 못했다");
  }

  let timer;
  function say(text) {
    status.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => status.textContent = "", 4000);
  }

  /** what은 "코드를"처럼 조사까지. */
  async function copy(text, what) {
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(text);
      else writeOld(text);
      say(`${what} 복사했습니다.`);
    } catch {
      say("복사하지 못했습니다. 브라우저가 클립보드를 막았는지 보세요.");
    }
  }

  // ---- 수식

  const PARTS = { align: "aligned", gather: "gathered", alignat: "alignedat", split: "aligned" };
  const ENVIRONMENT = /^\\begin\{(\w+)\*?\}([^]*)\\end\{\1\*?\}$/;
  const INNER = /\\begin\{(\w+\*?)\}(?:(?!\\begin)[^])*?\\end\{\1\}/g;

  /** 안쪽의 환경 밖에서 줄을 나누거나 칸을 맞추는가. */
  function hasRows(tex) {
    const outer = tex.replace(INNER, "");
    return outer === tex ? /&|\\\\/.test(tex.replaceAll("\\&", "")) : hasRows(outer);
  }

  /** 홀로 서는 환경은 $$ 사이에 두지 못한다. Sphinx가 씌운 것은 벗기고, 저자의 것은 바꾼다. */
  function bare(tex) {
    const [all, name, body] = ENVIRONMENT.exec(tex.trim()) ?? [tex.trim()];
    if (name === "equation" || name === "split" && !hasRows(body)) return bare(body);
    if (name === "align" && body.startsWith("\\!")) return body.slice(2).trim(); // Sphinx가 씌운 것
    if (!PARTS[name]) return all;
    return `\\begin{${PARTS[name]}}${body}\\end{${PARTS[name]}}`;
  }

  function texOf(formula) {
    return bare(formula.querySelector("annotation").textContent);
  }

  function isDisplay(formula) {
    return Boolean(formula.closest(".katex-display"));
  }

  /** Markdown과 LaTeX이 함께 받는 꼴. 번호는 $$ 사이의 \tag를 LaTeX이 받지 않으므로 글로 적는다. */
  function latexOf(formula, number = "") {
    const tex = texOf(formula);
    if (!isDisplay(formula)) return /(^|[^\\])\$/.test(tex) ? `\\(${tex}\\)` : `$${tex}$`;
    return `$$\n${tex}${number && ` \\qquad ${number}`}\n$$`;
  }

  // ---- 고른 글

  function formulaAt(node) {
    const place = node.nodeType === 1 ? node : node.parentElement;
    return place.closest(".katex-display") ?? place.closest(".katex");
  }

  /** 수식에서 시작하거나 끝나면 그 수식을 모두 고른 것으로 친다. */
  function whole(range) {
    const start = formulaAt(range.startContainer);
    const end = formulaAt(range.endContainer);
    if (start) range.setStartBefore(start);
    if (end) range.setEndAfter(end);
    return range;
  }

  function write(formula) {
    const number = formula.closest(".math")?.querySelector(".eqno");
    const tex = latexOf(formula, number?.firstChild.textContent);
    if (!isDisplay(formula)) return formula.replaceWith(tex);
    number?.remove();
    const line = Object.assign(document.createElement("p"), { textContent: tex });
    line.style.whiteSpace = "pre-wrap";
    formula.closest(".katex-display").replaceWith(line);
  }

  /** 화면에 잠깐 두어 브라우저가 글로 옮기게 한다. 접은 글과 고를 수 없는 글은 들지 않는다. */
  function flavours(fragment) {
    const box = document.createElement("div");
    box.className = "copying";
    box.append(fragment);
    box.querySelectorAll(".katex").forEach(write);
    article.append(box);
    for (const part of box.querySelectorAll("*")) {
      const style = getComputedStyle(part);
      if ((style.userSelect ?? style.webkitUserSelect) === "none") part.remove();
    }
    for (const link of box.querySelectorAll("a[href]")) link.setAttribute("href", link.href);
    for (const image of box.querySelectorAll("img[src]")) image.setAttribute("src", image.src);
    const made = { "text/plain": box.innerText, "text/html": box.innerHTML };
    box.remove();
    return made;
  }

  /** 수식이 없으면 브라우저가 하던 대로 둔다. */
  function copySelection(event) {
    const selection = getSelection();
    const isTyping = event.target.closest?.("textarea, input");
    if (isTyping || selection.isCollapsed || selection.rangeCount !== 1) return;
    const fragment = whole(selection.getRangeAt(0).cloneRange()).cloneContents();
    if (!fragment.querySelector(".katex")) return;
    for (const [kind, text] of Object.entries(flavours(fragment))) {
      event.clipboardData.setData(kind, text);
    }
    event.preventDefault();
  }
  document.addEventListener("copy", copySelection);

  // ---- 코드

  const NOT_CODE = ".linenos, .gp, textarea, pre:has(.gp) .go"; // 줄 번호, >>>와 $, 그 아래의 출력

  function codeOf(pre) {
    const code = pre.cloneNode(true);
    for (const part of code.querySelectorAll(NOT_CODE)) part.remove();
    return code.textContent.replace(/\n+$/, "");
  }

  for (const pre of document.querySelectorAll("div.highlight pre")) {
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "copybtn",
      title: "복사",
      ariaLabel: "코드 복사",
    });
    button.addEventListener("click", () => copy(codeOf(pre), "코드를"));
    pre.after(button);
  }

  // ---- 나중에 받을 것

  const SOON = 200; // 밀리초. 링크를 누르러 지나가는 동안에는 받지 않는다
  const received = new AbortController();
  let waiting;

  /** 누른 것(event)은 받은 뒤에 point.js가 마저 한다. */
  function receive(event) {
    received.abort();
    clearTimeout(waiting);
    copying.first = event;
    for (const later of document.querySelectorAll("meta[name=later]")) carriedBy(later.content);
  }

  function until(kind, listener) {
    article.addEventListener(kind, listener, { signal: received.signal });
  }

  until("pointermove", () => waiting ??= setTimeout(receive, SOON));
  until("focusin", ({ target }) => target.matches(".headerlink") && receive());
  until("click", (event) => {
    clearTimeout(waiting);
    waiting = undefined;
    if (!event.target.closest("a:not(.headerlink)")) receive(event);
  });

  return { article, copy, latexOf, texOf };
})();
