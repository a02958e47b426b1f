// 독자가 한 일: 읽은 절, 답한 물음, 맞힌 문제. 이 브라우저에만 두고, 차례와 장의 쪽에 개수로 보인다.
{
  const { pathname: folder } = new URL(
    document.documentElement.dataset.content_root,
    location.href,
  );
  const KEY = `progress ${folder}`; // 같은 사이트에 놓인 다른 책의 것과 섞이지 않게
  const KINDS = { read: "읽음", questions: "물음", exercises: "문제" };
  const WHERE = "이 브라우저에만 적어 둔 것입니다. 고친 코드는 그 쪽의 되돌리기로 지웁니다.";

  /** 쪽의 이름. 주소의 끝은 서버마다 다르게 적을 수 있다. */
  const nameOf = ({ href }) => {
    const { pathname } = new URL(href);
    return pathname.slice(folder.length).replace(/(^|\/)$/, "$1index").replace(/\.html$/, "");
  };
  const here = nameOf(location);

  // ---- 두고 읽는다: { 쪽: { read: [""], questions: ["물음 1."], exercises: ["ex-…"] } }

  const isPage = (page) => Object.keys(KINDS).every((kind) => Array.isArray(page?.[kind]));
  const readAll = () => {
    try {
      const pages = Object.entries(JSON.parse(localStorage.getItem(KEY)) ?? {});
      return Object.fromEntries(pages.filter(([, page]) => isPage(page)));
    } catch {
      return {}; // 다른 것이 적혀 있다
    }
  };
  const write = (pages) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(pages));
    } catch {
      // 자리가 없다. 적지 않아도 읽는 데에는 지장이 없다
    }
  };
  const note = (kind, name) => {
    const pages = readAll(); // 다른 탭이 적은 것을 지우지 않게 다시 읽는다
    const page = pages[here] ??= { read: [], questions: [], exercises: [] };
    if (page[kind].includes(name)) return;
    page[kind].push(name);
    write(pages);
    show();
  };

  // ---- 보인다

  const make = (name, properties, ...inside) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...inside);
    return element;
  };
  const said = ({ read, questions, exercises }) =>
    [
      read.length && KINDS.read,
      questions.length && `${KINDS.questions} ${questions.length}개`,
      exercises.length && `${KINDS.exercises} ${exercises.length}개`,
    ].filter(Boolean).join(", ");

  const links = [...document.querySelectorAll(".sidebar-tree a.reference.internal")];
  const isChapter = document.querySelector(".sidebar-tree .current-page.has-children");
  const forget = () => {
    localStorage.removeItem(KEY);
    show();
    const title = document.querySelector("h1"); // 누른 단추가 사라진다
    title.tabIndex = -1;
    title.focus();
  };

  /** 장의 쪽의 끝에 두는, 그 장에서 한 일. */
  const listOf = (rows) => {
    const items = rows.map(([link, text]) =>
      make("li", {}, make("a", { href: link.href }, link.dataset.title), `: ${text}`)
    );
    const button = make("button", { type: "button", onclick: forget }, "한 것을 모두 잊기");
    const list = make("ul", {}, ...items);
    return make(
      "section",
      { className: "progress-list", ariaLabel: "내가 한 것" },
      make("p", {}, `내가 한 것. ${WHERE}`),
      list,
      button,
    );
  };

  const show = () => {
    const pages = readAll();
    const rows = [];
    document.querySelectorAll(".progress, .progress-list").forEach((old) => old.remove());
    for (const link of links) {
      link.dataset.title ??= link.textContent;
      const page = pages[nameOf(link)];
      if (!page) continue;
      link.append(make("small", { className: "progress" }, said(page)));
      rows.push([link, said(page)]);
    }
    if (isChapter && rows.length) document.querySelector("article").append(listOf(rows));
  };

  // ---- 적는다

  /** 절의 제목을 모두 지나왔으면 읽은 것이다. 링크로 뒤로 건너뛴 것은 읽은 것이 아니다. */
  const watchReading = () => {
    const left = new Set(document.querySelectorAll("article h2"));
    const watch = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) left.delete(target);
      }
      if (left.size) return;
      watch.disconnect();
      note("read", "");
    });
    left.forEach((heading) => watch.observe(heading));
  };

  /** 물음마다 고를 것은 접은 상자이고, 하나라도 펼치면 답한 것이다. */
  const questionOf = (details) => {
    let before = details.previousElementSibling;
    while (before?.matches("details")) before = before.previousElementSibling;
    return before?.querySelector("strong")?.textContent;
  };
  document.addEventListener("click", ({ target }) => {
    const details = target.closest('section[id^="quiz-"] > details > summary')?.parentElement;
    const question = details && questionOf(details);
    if (question) note("questions", question);
  });
  document.addEventListener("passed", ({ target }) => note("exercises", target.id));

  if (document.querySelector("article p.minutes")) watchReading(); // 절에만 있다
  addEventListener("storage", ({ key }) => {
    if (key === KEY || key === null) show();
  });
  addEventListener("pageshow", show);
}
