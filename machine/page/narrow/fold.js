// 바로 앞의 코드를 접는다. 쪽을 읽는 동안 접으므로 글이 밀리지 않는다
{
  const script = document.currentScript;
  const code = script.previousElementSibling;
  if (innerWidth <= 736) { // 46em. matchMedia는 쪽을 읽다 말고 모양을 계산하게 한다
    const box = document.createElement("details");
    const count = code.textContent.trim().split("\n").length;
    box.className = "admonition hide above-input narrow";
    box.innerHTML = `<summary><p class="collapsed admonition-title">코드 펼치기(${count}줄)</p>` +
      '<p class="expanded admonition-title">코드 접기</p></summary>';
    code.before(box);
    box.append(code);
  }
  script.remove();
}
