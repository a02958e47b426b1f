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
document.documentElement.classList.remove("no-js");
new MutationObserver((_, observer) => {
  if (document.body) {
    document.body.dataset.theme = localStorage.getItem("theme") || "auto";
    observer.disconnect();
  }
}).observe(document.documentElement, { childList: true });
