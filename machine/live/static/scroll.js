// 옆으로 밀 만큼 넓은 상자는 자판으로도 밀 수 있게 한다. 처음부터 쪽에 있던 상자는 book.js가 한다.
const watch = new ResizeObserver((changes) => {
  for (const { target: box } of changes) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
});

/** 상자의 너비나, 다시 불렀을 때에는 속의 너비를 본다. */
export const watchWidth = (box) => watch.observe(box);
