{
  const button = document.querySelector(".run-here");
  if (button && location.protocol === "file:") {
    button.outerHTML =
      "<small>파일로 연 책에서는 실행되지 않습니다. 사이트에서 열거나 노트북에서 실행하세요.</small>";
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
