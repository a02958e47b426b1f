// 가리키거나 누른 문단에 ¶(주소 베끼기)를, 누른 수식에 LaTeX을 베끼는 단추를 보인다.
// 자판으로는 제목의 ¶에서 ↑ ↓로 문단을, ← →로 그 속의 수식을 옮겨 다닌다.
//
// 문단의 주소에는 이름표 대신 글의 조각(#:~:text=)을 적는다. 쪽이 무거워지지 않고, 글이 바뀌어 찾지
// 못하면 그 절로 간다.
(() => {
  const { article, copy, latexOf, texOf } = copying;
  const TEXTS = "p, li, dt, div.math, .live-math"; // 마지막 것은 독자가 실행한 결과의 식
  const OUTSIDE = "nav, summary, details.cite, .cell-mark, .toctree-wrapper, p[class^=live]";
  const KINDS = { FIGURE: "그림", TABLE: "표", DIV: "식" };
  const HEADLINK = ":is(h1, h2, h3, h4, h5, h6) > a.headerlink";
  const FEWEST = 3; // 주소에 적을 낱말
  const NEAR = 8; // 식을 벗어나 눌러도 되는 픽셀
  const HEIGHT = 34; // 단추의 높이와 식과의 틈

  // ---- 문단

  /** 주소를 줄 문단, 그림, 표, 식. 제목에는 쪽에 적힌 ¶가 있다. */
  function blockOf(place) {
    const block = place.closest("figure, table") ?? place.closest(TEXTS);
    if (!block || !article.contains(block) || block.closest(OUTSIDE)) return undefined;
    if (!sectionOf(block)) return undefined; // 절의 밖에 덧붙인 것
    return block.querySelector(":scope > p") ?? block;
  }

  function blocks() {
    const all = [...article.querySelectorAll(`figure, table, ${TEXTS}`)];
    return all.filter((block) => blockOf(block) === block && block.checkVisibility());
  }

  function formulasIn(block) {
    return [...block.querySelectorAll(".katex")];
  }

  function sectionOf(block) {
    return block.closest(`section:has(> ${HEADLINK})`);
  }

  // ---- 주소

  const tidy = (text) => text.replace(/\s+/g, " ");

  /** 수식이나 안쪽의 것에서 끊기지 않는 글들. 끊긴 자리에 붙은 낱말은 브라우저가 찾지 못하므로 뺀다. */
  function runs(block) {
    const copied = block.cloneNode(true);
    for (const part of copied.querySelectorAll("button, .headerlink")) part.remove();
    for (const part of copied.querySelectorAll(".katex, ul, ol, pre, img")) part.replaceWith("\0");
    const pieces = tidy(copied.textContent).split("\0");
    const last = pieces.length - 1;
    return pieces.map((piece, n) => {
      const start = n === 0 ? piece : piece.replace(/^\S+/, "");
      return (n === last ? start : start.replace(/\S+$/, "")).trim();
    });
  }

  function textBefore(block) {
    const range = document.createRange();
    range.setStart(document.body, 0);
    range.setEndBefore(block);
    return tidy(range.toString()).toLowerCase();
  }

  /** 쪽에서 이 문단에 처음 나오는, 앞에서부터의 낱말들. 없으면 빈 글. */
  function firstWords(run, before) {
    const words = run.split(" ");
    for (let count = FEWEST; count < words.length + FEWEST; count++) {
      const text = words.slice(0, count).join(" ");
      if (text && !before.includes(text.toLowerCase())) return text;
    }
    return "";
  }

  const encode = (text) =>
    encodeURIComponent(text).replace(
      /[-!'()*~]/g,
      (letter) => `%${letter.charCodeAt().toString(16)}`,
    );

  function textOf(block) {
    const before = textBefore(block);
    const found = runs(block).map((run) => firstWords(run, before)).find(Boolean);
    return found ? `:~:text=${encode(found)}` : "";
  }

  /** 찾을 글이 없거나 앞에 나온 글과 같으면 바로 앞의 문단으로 간다. */
  function findable(block) {
    const all = blocks();
    let at = all.indexOf(block);
    while (at >= 0 && !textOf(all[at])) at--;
    return at < 0 ? "" : textOf(all[at]);
  }

  function hashOf(block) {
    if (block.id && !block.matches("p, li")) return encodeURIComponent(block.id); // 문단의 것은 색인의 자리다
    return encodeURIComponent(sectionOf(block).id) + findable(block);
  }

  /** 공개한 책이면 어디에서 읽든 공개한 주소. */
  function copyAddress(hash) {
    const page = document.querySelector("link[rel=canonical]")?.href ?? location.href.split("#")[0];
    return copy(`${page}#${hash}`, "주소를");
  }

  // ---- 단추 둘

  function button(className, textContent) {
    const made = document.createElement("button");
    return Object.assign(made, { type: "button", className, textContent, popover: "manual" });
  }

  const link = button("copy-link", "¶");
  const tex = button("copy-tex", "LaTeX 복사");
  let formula; // tex가 베낄 수식

  const headerHeight = () => document.querySelector(".mobile-header")?.offsetHeight ?? 0;

  /** 문단에 넣어 탭 글쇠의 차례를 지키고, 잘리지 않게 맨 위에 띄운다. */
  function show(tool, block, left, top) {
    block.append(tool);
    tool.showPopover?.();
    const rightmost = document.documentElement.clientWidth - tool.offsetWidth;
    tool.style.left = `${Math.max(Math.min(left, rightmost), 0) + scrollX}px`;
    tool.style.top = `${Math.max(top, headerHeight()) + scrollY}px`;
  }

  function pointAt(block) {
    if (link.parentElement === block) return;
    const { left } = article.getBoundingClientRect();
    link.ariaLabel = `이 ${KINDS[block.tagName] ?? "문단"}의 주소 복사`;
    link.title = `${link.ariaLabel} (↑ ↓ 다른 문단, → 수식)`;
    show(link, block, left - 28, block.getBoundingClientRect().top);
  }

  function pointAtFormula(found, block) {
    formula = found;
    tex.ariaLabel = `LaTeX 복사: ${texOf(found)}`;
    const { left, top, bottom } = found.getBoundingClientRect();
    const above = top - HEIGHT;
    show(tex, block, left, above > headerHeight() ? above : bottom + NEAR);
  }

  function hide() {
    link.remove();
    tex.remove();
  }

  link.addEventListener("click", () => copyAddress(hashOf(link.parentElement)));
  tex.addEventListener("click", () => copy(latexOf(formula), "수식을"));

  // ---- 가리키고 누른다

  const isSelecting = () => !getSelection().isCollapsed;
  const isFocused = () => [link, tex].some((tool) => tool.matches(":focus-visible"));

  article.addEventListener("pointerover", ({ target, pointerType }) => {
    const block = pointerType !== "touch" && !isSelecting() && !isFocused() && blockOf(target);
    if (block) pointAt(block);
  });

  /** 손가락은 식보다 굵으므로 조금 벗어나도 누른 것으로 친다. */
  function formulaNear(block, { clientX: x, clientY: y }) {
    const isNear = (formula) => {
      const { left, right, top, bottom } = formula.getBoundingClientRect();
      return x > left - NEAR && x < right + NEAR && y > top - NEAR && y < bottom + NEAR;
    };
    return formulasIn(block).find(isNear);
  }

  function clicked(event) {
    const { target } = event;
    if (target === link || target === tex || isSelecting()) return;
    if (target.matches("a.headerlink")) copyAddress(target.hash.slice(1));
    hide();
    const block = article.contains(target) && blockOf(target);
    if (!block || target.closest("a, button, label")) return;
    pointAt(block);
    const found = target.closest(".katex") ?? formulaNear(block, event);
    if (found) pointAtFormula(found, block);
  }
  document.addEventListener("click", clicked);

  // 맨 위에 띄운 것이 휴대전화의 머리띠를 지나가지 않게 한다
  addEventListener("scroll", () => isFocused() || headerHeight() && hide(), { passive: true });

  // ---- 자판

  function focusOn(tool) {
    tool.focus({ preventScroll: true });
  }

  function bringIntoView(block) {
    const { top, bottom } = block.getBoundingClientRect();
    const above = headerHeight() + NEAR;
    if (top < above || bottom > innerHeight) scrollBy({ top: top - above, behavior: "instant" });
  }

  /** 제목의 ¶와 문단을 차례로. */
  function move(step, from) {
    const heads = [...article.querySelectorAll(HEADLINK)];
    const stops = [...heads, ...blocks()].sort((one, other) =>
      one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1
    );
    const next = stops[stops.indexOf(from) + step];
    if (!next) return;
    hide();
    bringIntoView(next);
    if (heads.includes(next)) return focusOn(next);
    pointAt(next);
    focusOn(link);
  }

  function moveInside(step, block) {
    const all = formulasIn(block);
    const at = document.activeElement === tex ? all.indexOf(formula) + step : step - 1;
    if (at < 0) {
      tex.remove();
      focusOn(link);
    } else if (all[at]) {
      pointAtFormula(all[at], block);
      focusOn(tex);
    }
  }

  function leave(block) {
    hide();
    focusOn(sectionOf(block).querySelector(HEADLINK));
  }

  article.addEventListener("keydown", (event) => {
    const { target, key } = event;
    const isHead = target.matches("a.headerlink");
    if (!isHead && !isFocused()) return;
    const block = isHead ? target : target.parentElement;
    const doing = {
      ArrowDown: () => move(1, block),
      ArrowUp: () => move(-1, block),
      ArrowRight: () => isHead || moveInside(1, block),
      ArrowLeft: () => isHead || moveInside(-1, block),
      Escape: () => isHead || leave(block),
    }[key];
    if (!doing) return;
    event.preventDefault();
    doing();
  });

  if (copying.first) clicked(copying.first);
})();
