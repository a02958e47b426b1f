{
  const buttons = document.querySelectorAll(".move");
  const begin = () => {
    watch.disconnect();
    document.head.append(
      Object.assign(document.createElement("script"), { src: buttons[0].dataset.frame }),
    );
  };
  const watch = new IntersectionObserver(
    (entries) => entries.some(({ isIntersecting }) => isIntersecting) && begin(),
    { rootMargin: "100%" },
  );
  buttons.forEach((button) => watch.observe(button));
  if (location.hash.includes("?")) begin();
}
