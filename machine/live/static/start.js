// "여기서 실행"을 누르면 그때 실행하는 프로그램(live.js)을 받아 시작한다
{
  const button = document.querySelector(".run-here");
  const tell = (text) => {
    const line = document.createElement("small");
    button.after(Object.assign(line, { role: "alert", textContent: text }));
  };
  if (button && location.protocol === "file:") {
    tell("파일로 연 쪽에서는 실행할 수 없습니다. 웹에서 열거나 노트북에서 실행하세요.");
    button.remove();
  }
  button?.addEventListener("click", async () => {
    try {
      const { begin } = await import(new URL(button.dataset.program, location.href));
      await begin(button);
    } catch (error) {
      reportError(error);
      tell("시작하지 못했습니다. 인터넷 연결을 확인하고 쪽을 새로 고치세요.");
    }
  });
}
