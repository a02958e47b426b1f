// 쪽의 스크립트(carriedBy)가 다 돈 뒤에
addEventListener("DOMContentLoaded", () => {
  const buttons = document.querySelectorAll(".move");
  const begin = () => {
    watch.disconnect();
    const script = document.createElement("script");
    script.src = buttons[0].dataset.frame;
    document.head.append(script);
  };
  const isNear = (entries) => entries.some((entry) => entry.isIntersecting) && begin();
  const watch = new IntersectionObserver(isNear, { rootMargin: "100%" });
  buttons.forEach((button) => watch.observe(button));
  if (location.hash.includes("?")) begin();
});
