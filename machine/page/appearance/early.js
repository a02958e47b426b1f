try {
  localStorage.length;
} catch {
  const kept = new Map();
  const memory = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, String(value)),
    removeItem: (key) => kept.delete(key),
  };
  Object.defineProperty(window, "localStorage", { value: memory });
}
// furo는 화면 색을 theme이라는 이름으로 둔다. 같은 사이트에 놓인 다른 책의 것과 섞이지 않게 폴더를 붙인다
for (const name of ["getItem", "setItem"]) {
  const method = Storage.prototype[name];
  const folder = new URL(document.documentElement.dataset.content_root, location.href).pathname;
  Storage.prototype[name] = function (key, ...rest) {
    return method.call(this, key === "theme" ? `theme ${folder}` : key, ...rest);
  };
}
document.documentElement.classList.remove("no-js");
new MutationObserver((_, observer) => {
  if (document.body) {
    document.body.dataset.theme = localStorage.getItem("theme") || "auto";
    observer.disconnect();
  }
}).observe(document.documentElement, { childList: true });
