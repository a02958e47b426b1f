// 독자가 한 일: 읽은 절, 답한 물음, 맞힌 문제. 이 브라우저에만 두고, 차례와 장의 쪽에 개수로 보인다.
// 읽던 곳도 적어 두었다가, 다시 오면 이어 읽을지 묻는다. 저절로 옮겨 가지는 않는다.
{
  const { pathname: folder } = new URL(
    document.documentElement.dataset.content_root,
    location.href,
  );
  const KEY = `progress ${folder}`; // 같은 사이트에 놓인 다른 책의 것과 섞이지 않게
  const KINDS = { read: "읽음", questions: "물음", exercises: "문제" };
  const STAY = 2000; // 이만큼 머문 곳을 읽던 곳으로 친다. 밀리초
  const WHERE = "이 브라우저에만 적어 둔 것입니다. 고친 코드는 그 쪽의 되돌리기로 지웁니다.";

  /** 쪽의 이름. 주소의 끝은 서버마다 다르게 적을 수 있다. */
  const nameOf = ({ href }) => {
    const { pathname } = new URL(href);
    return pathname.slice(folder.length).replace(/(^|\/)$/, "$1index").replace(/\.html$/, "");
  };
  const here = nameOf(location);
  const isChapter = document.querySelector(".sidebar-tree .current-page.has-children");
  const isSection = document.querySelector("article p.minutes"); // 장의 쪽에도 코드가 있으면 절이다

  // ---- 두고 읽는다: { 쪽: { read: [""], questions: ["물음 1."], exercises: ["ex-…"], place } }
  // place는 읽던 곳 { anchor: "#…", title, at: 때 }. 쪽의 처음이면 anchor와 title이 비어 있다

  const isPage = (page) =>
    Object.keys(KINDS).every((kind) => Array.isArray(page?.[kind])) &&
    (!page.place || typeof page.place.anchor === "string");
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
  const change = (edit) => {
    const pages = readAll(); // 다른 탭이 적은 것을 지우지 않게 다시 읽는다
    edit(pages[here] ??= { read: [], questions: [], exercises: [] });
    write(pages);
    show();
  };
  const note = (kind, name) =>
    change((page) => {
      if (!page[kind].includes(name)) page[kind].push(name);
    });

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
  const addressOf = (link, place) => link.href.split("#")[0] + place.anchor;
  const focusTitle = () => { // 누른 단추가 사라진다
    const title = document.querySelector("h1");
    title.tabIndex = -1;
    title.focus();
  };
  const forget = () => {
    localStorage.removeItem(KEY);
    document.querySelector(".place")?.remove();
    show();
    focusTitle();
  };

  /** 장의 쪽의 끝에 두는, 그 장에서 한 일. */
  const listOf = (rows) => {
    const items = rows.map(([link, text, place]) => {
      const item = make("li", {}, make("a", { href: link.href }, link.dataset.title));
      if (text) item.append(`: ${text}`);
      if (place) {
        item.append(text ? ", " : ": ", "읽던 곳 ");
        item.append(
          place.anchor ? make("a", { href: addressOf(link, place) }, place.title) : "처음",
        );
      }
      return item;
    });
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
      const text = said(page);
      if (text) link.append(make("small", { className: "progress" }, text));
      rows.push([link, text, page.place]);
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

  /** 읽던 곳. 지금의 절은 furo가 차례의 링크로 알린다. 스쳐 간 절은 적지 않는다. */
  const watchPlace = () => {
    let timer;
    const stay = (place) => {
      clearTimeout(timer);
      timer = setTimeout(() => change((page) => page.place = place(page)), STAY);
    };
    addEventListener("gumshoeActivate", ({ detail: { link } }) => {
      document.querySelector(".place")?.remove(); // 읽기 시작했다
      const place = { anchor: link.hash, title: link.textContent };
      stay(() => ({ ...place, at: Date.now() }));
    });
    addEventListener("gumshoeDeactivate", () => clearTimeout(timer));
    stay(({ place }) => ({ anchor: "", title: "", ...place, at: Date.now() })); // 쪽의 처음
  };

  // ---- 이어 읽을지 묻는다

  /** 이 쪽에서 읽던 곳. 첫 쪽과 장의 쪽에서는 마지막에 읽던 쪽의 것. */
  const lastPlace = () => {
    const places = Object.entries(readAll())
      .filter(([page, { place }]) => place && (place.anchor || page !== here))
      .sort(([, one], [, other]) => other.place.at - one.place.at);
    const own = places.find(([page]) => page === here);
    const [name, page] = own ?? (isChapter || here === "index" ? places[0] : undefined) ?? [];
    const link = links.find((link) => nameOf(link) === name);
    return link && { name, link, place: page.place };
  };
  const offer = () => {
    const isNew = performance.getEntriesByType("navigation")[0]?.type === "navigate";
    const found = isNew && !location.hash && lastPlace();
    if (!found) return;
    const { name, link, place } = found;
    const titles = [...document.querySelectorAll(".toc-tree a")];
    const isHere = name === here;
    if (isHere && !titles.some(({ hash }) => hash === place.anchor)) return; // 책이 바뀌었다
    const title = isHere ? [place.title] : [link.dataset.title, place.title];
    const box = make("aside", { className: "place", ariaLabel: "지난번에 읽던 곳" });
    const close = () => {
      const pages = readAll();
      delete pages[name]?.place;
      write(pages);
      box.remove();
      show();
      focusTitle();
    };
    box.append(
      make("p", {}, `지난번에 읽던 곳: ${title.filter(Boolean).join(", ")}`),
      make("a", { href: addressOf(link, place) }, "이어 읽기"),
      make("button", { type: "button", onclick: close }, "닫기"),
    );
    document.querySelector("article").before(box);
  };

  if (isSection) {
    watchReading();
    watchPlace();
  }
  addEventListener("storage", ({ key }) => {
    if (key === KEY || key === null) show();
  });
  addEventListener("pageshow", show);
  if (isSection || isChapter || here === "index") {
    addEventListener("pageshow", offer, { once: true });
  }
}
