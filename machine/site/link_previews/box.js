// 링크가 가리키는 것을 그 자리에서 보인다. 마우스를 올려 두거나 자판의 초점을 두면, 손가락으로 처음 누르면
// (static/link_previews.js의 tap) 보인다. 보일 것은 책을 만들 때 쪽마다 오려 두었고, 처음 보일 때에 받는다.
(() => {
  "use strict";
  const OPEN = 400; // 보이기까지 기다리는 밀리초. 지나가기만 한 링크는 보이지 않는다
  const CLOSE = 300; // 링크에서 상자로 옮겨 갈 수 있게 기다리는 밀리초
  const PATIENCE = 3000; // 이보다 늦게 오는 것은 기다리지 않는다
  const GAP = 4; // 링크가 놓인 줄과 상자의 사이
  const SIDE = 8; // 화면의 끝과 상자의 사이

  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const received = {}; // {스크립트의 주소: {이름표: HTML}}
  const box = make("section", { id: "link-preview", className: "link-preview", popover: "manual" });
  const text = make("div");
  const way = make("a", { textContent: "그 자리로 가기" });
  box.append(text, way);
  let link; // 미리 보기가 보이는 링크
  let under; // 마우스가 놓인 링크나 상자
  let timer;

  function make(name, properties) {
    return Object.assign(document.createElement(name), properties);
  }

  /** 앞서 기다리던 것은 그만둔다. */
  function wait(action, time) {
    clearTimeout(timer);
    timer = setTimeout(action, time);
  }

  // ---- 받는다

  /** 링크가 가리키는 쪽의 스크립트. 주소의 끝은 서버마다 다르게 적을 수 있다. */
  function scriptOf({ pathname }) {
    const page = pathname.slice(root.pathname.length).replace(/(^|\/)$/, "$1index");
    return `${root.href}_static/previews/pages/${page.replace(/\.html$/, "")}.js`;
  }

  async function htmlOf(link) {
    const script = scriptOf(link);
    received[script] ??= await carriedBy(script);
    return received[script]?.[link.getAttribute("href").split("#")[1]];
  }

  /** 오린 것에 적힌 주소는 그 쪽에서 본 것이다. */
  function contentOf(html, page) {
    const template = make("template", { innerHTML: html });
    for (const part of template.content.querySelectorAll("a[href], img[src]")) {
      const name = part.localName === "a" ? "href" : "src";
      part.setAttribute(name, new URL(part.getAttribute(name), page));
    }
    return template.content;
  }

  // ---- 보이고 감춘다

  /** 링크가 놓인 줄의 위와 아래. 같은 줄의 높은 수식과 그림까지 든다. */
  function linesOf(link) {
    const own = link.getBoundingClientRect();
    let block = link.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    const tall = [...block.querySelectorAll(".katex-base, img")]
      .map((part) => part.getBoundingClientRect())
      .filter((part) => part.top < own.bottom && part.bottom > own.top);
    const lines = [own, ...tall];
    return {
      top: Math.min(...lines.map((line) => line.top)) - GAP,
      bottom: Math.max(...lines.map((line) => line.bottom)) + GAP,
    };
  }

  /** 줄의 아래에, 자리가 모자라면 위와 아래 가운데 넓은 쪽에 놓는다. */
  function place() {
    const { top, bottom } = linesOf(link);
    const below = document.documentElement.clientHeight - bottom;
    const { width } = document.documentElement.getBoundingClientRect(); // 스크롤 막대의 자리는 뺀 것
    box.style.maxHeight = "";
    const isBelow = box.offsetHeight <= below - SIDE || below >= top;
    const room = (isBelow ? below : top) - SIDE;
    if (box.offsetHeight > room) box.style.maxHeight = `${room}px`;
    const { left } = link.getClientRects()[0];
    const most = width - SIDE - box.offsetWidth;
    box.style.left = `${scrollX + Math.max(SIDE, Math.min(left, most))}px`;
    box.style.top = `${scrollY + (isBelow ? bottom : top - box.offsetHeight)}px`;
    const slides = text.scrollHeight > text.clientHeight || text.scrollWidth > text.clientWidth;
    if (slides) text.tabIndex = 0; // 자판으로도 민다
    else text.removeAttribute("tabindex");
  }

  /** 받지 못했거나 보일 것이 없으면 otherwise를 한다. */
  async function show(next, otherwise) {
    const mine = timer;
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
    const html = await Promise.race([htmlOf(next), late]).catch(() => {});
    if (timer !== mine) return; // 기다리는 사이에 다른 것을 하게 되었다
    if (!html) {
      otherwise?.();
      return;
    }
    hide();
    link = next;
    link.removeAttribute("title"); // 브라우저의 풍선말이 겹친다
    link.ariaExpanded = true;
    link.setAttribute("aria-controls", box.id);
    box.ariaLabel = `${link.textContent.trim()} 미리 보기`;
    text.replaceChildren(contentOf(html, link.href));
    way.href = link.href;
    document.querySelector("article").append(box);
    box.showPopover();
    text.scrollTo(0, 0);
    place();
  }

  function hide() {
    clearTimeout(timer);
    timer = undefined;
    box.remove();
    link?.removeAttribute("aria-expanded");
    link?.removeAttribute("aria-controls");
    link = undefined;
  }

  /** 자판의 초점이 있는 동안은 마우스가 떠나도 둔다. */
  function leave() {
    if (!link?.matches(":focus-visible") && !box.contains(document.activeElement)) hide();
  }

  // ---- 마우스와 손가락

  document.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "touch") return;
    const now = box.contains(target) ? box : previewedAt(target);
    if (now === under) return;
    under = now;
    if (!now) wait(leave, CLOSE);
    else if (now === box || now === link) clearTimeout(timer);
    else wait(() => show(now), OPEN);
  });

  document.addEventListener("tap", (event) => {
    event.preventDefault();
    wait(() => show(event.target, () => location.assign(event.target.href)), 0);
  });

  document.addEventListener("pointerdown", ({ target }) => {
    if (link && !box.contains(target) && previewedAt(target) !== link) hide();
  });

  /** 링크를 따라간다. 손가락으로 처음 누른 것은 따라가지 않는다. */
  document.addEventListener("click", ({ target, defaultPrevented }) => {
    if (!defaultPrevented && target.closest?.("a")) hide();
  });

  // ---- 자판

  document.addEventListener("focusin", ({ target, relatedTarget }) => {
    const next = previewedAt(target);
    const isBack = box.contains(relatedTarget);
    if (next && !isBack && next.matches(":focus-visible")) wait(() => show(next), OPEN);
  });

  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    const isOurs = box.contains(target) || previewedAt(target);
    if (isOurs && !box.contains(relatedTarget) && relatedTarget !== link) hide();
  });

  /** 초점은 링크에서 상자로, 상자의 끝에서 링크의 다음으로 간다. */
  function tab(event) {
    const stops = [...box.querySelectorAll("[tabindex='0'], a[href], summary")]
      .filter((stop) => stop.checkVisibility());
    if (event.target === link && !event.shiftKey) {
      event.preventDefault();
      stops[0].focus();
    } else if (event.target === stops.at(event.shiftKey ? 0 : -1)) {
      link.focus();
      if (event.shiftKey) event.preventDefault();
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (box.contains(event.target)) link.focus();
      hide();
    } else if (event.key === "Tab" && link) {
      tab(event);
    }
  });

  box.addEventListener("load", () => link && place(), true); // 그림이 왔다
  addEventListener("resize", () => link && place());
})();
