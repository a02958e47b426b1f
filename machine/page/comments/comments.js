// 댓글 쪽: 주소의 ?page=에 적힌 절의 댓글을 giscus에서 불러온다.
// 절의 끝에서 펼친 상자에 들기도 하고, 로그인하면 giscus가 이 쪽을 홀로 연다.
{
  const GISCUS = "https://giscus.app";
  const FAILED = "댓글을 불러오지 못했습니다. " +
    "인터넷 연결이나 광고를 막는 프로그램을 확인하고 쪽을 새로 고치세요.";
  const root = document.documentElement;
  const box = document.querySelector(".giscus");
  const links = box.previousElementSibling;
  const state = links.previousElementSibling;
  const name = new URLSearchParams(location.search).get("page");
  const link = [...links.children].find((a) => a.dataset.page === name);
  const theme = () => {
    const themes = { light: "light", dark: "dark" };
    return themes[document.body.dataset.theme] || "preferred_color_scheme";
  };
  const fail = () => {
    state.textContent = FAILED;
  };

  root.classList.toggle("framed", self !== top);
  if (frameElement) {
    const fit = () => {
      frameElement.style.height = `${root.offsetHeight}px`;
    };
    new ResizeObserver(fit).observe(root);
  }
  // 다른 창이나 이 쪽을 담은 쪽에서 화면 색을 바꾸면 따른다
  addEventListener("storage", () => {
    document.body.dataset.theme = localStorage.getItem("theme") || "auto";
  });

  const load = () => {
    document.title = `댓글: ${link.textContent}`;
    link.prepend("돌아가기: ");
    links.replaceChildren(link);
    state.textContent = "댓글을 불러옵니다.";
    const backlink = { name: "giscus:backlink", content: link.href };
    document.head.append(Object.assign(document.createElement("meta"), backlink));
    const script = document.createElement("script");
    Object.assign(script, { src: `${GISCUS}/client.js`, onerror: fail });
    Object.assign(script.dataset, box.dataset, { term: name, theme: theme() });
    const late = setTimeout(fail, 15000);
    const sendTheme = () => {
      if (state.textContent) return;
      const message = { giscus: { setConfig: { theme: theme() } } };
      box.firstChild.contentWindow.postMessage(message, GISCUS);
    };
    // giscus의 첫 소식이 와야 다 된 것이다
    addEventListener("message", ({ origin }) => {
      if (origin !== GISCUS || !state.textContent) return;
      clearTimeout(late);
      state.textContent = "";
      sendTheme();
    });
    new MutationObserver(sendTheme).observe(document.body, { attributeFilter: ["data-theme"] });
    box.after(script);
  };
  // 주소의 글은 견주기만 한다. 아는 절이 아니면 절의 목록을 그대로 둔다
  if (link) load();
}
