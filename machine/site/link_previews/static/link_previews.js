// 본문의 링크에 처음 닿으면 미리 보기를 보이는 스크립트(box.js)를 받는다.
if (HTMLElement.prototype.showPopover) { // 옛 브라우저에서는 링크일 뿐이다
  const BOX = "box.js";
  const LINKS =
    "article :is(a.footnote-reference, a.reference.internal[href*='#']):not(.link-preview *)";
  let loading;
  let isReady = false;
  let isTouch = false; // 마지막으로 누른 것이 손가락이다

  /** 미리 보기가 있는 링크. */
  globalThis.previewedAt = (target) => target.closest?.(LINKS);

  const { content_root: root } = document.documentElement.dataset;
  const succeed = () => isReady = true;
  const fail = () => loading = undefined; // 다음에 다시 받는다
  const load = () => loading ||= carriedBy(`${root}_static/previews/${BOX}`).then(succeed, fail);

  /** 받는 동안에 놓친 것을 다시 알린다. */
  const begin = async (event) => {
    const link = previewedAt(event.target);
    if (isReady || !link || event.pointerType === "touch") return;
    await load();
    if (isReady && link.matches(":hover, :focus")) {
      link.dispatchEvent(new event.constructor(event.type, event));
    }
  };
  document.addEventListener("pointerover", begin);
  document.addEventListener("focusin", begin);

  /** 손가락으로 처음 누르면 보이고, 다시 누르면 간다. 자판으로 누른 것은 detail이 0이다. */
  document.addEventListener("pointerdown", ({ pointerType }) => isTouch = pointerType === "touch");
  document.addEventListener("click", async (event) => {
    const link = previewedAt(event.target);
    if (!link || !isTouch || !event.detail || link.ariaExpanded) return;
    event.preventDefault();
    await Promise.race([load(), new Promise((resolve) => setTimeout(resolve, 3000))]);
    const isIgnored = link.dispatchEvent(new Event("tap", { bubbles: true, cancelable: true }));
    if (isIgnored) location.assign(link.href);
  });
}
