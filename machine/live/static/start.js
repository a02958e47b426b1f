{
  const button = document.querySelector(".run-here");
  if (button && location.protocol === "file:") {
    button.outerHTML = button.nextSibling.textContent;
  }
  const line = document.createElement("output");
  button?.addEventListener("click", async () => {
    try {
      (await import(new URL(button.dataset.program, location.href))).begin(button);
    } catch {
      button.after(line);
      line.textContent = "받지 못했습니다. 쪽을 새로 고치세요.";
    }
  });
  button?.removeAttribute("disabled");
}
