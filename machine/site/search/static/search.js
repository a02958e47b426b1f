// 이 책에서 찾기. 색인과 순위는 MiniSearch가 맡고, 여기서는 한국어를 다룬다: 조사와 어미, 띄어쓰기, 초성, 쓰다 만 글자, 같은 말.
"use strict";
(() => {
  // ---- 낱자: 겹모음과 겹받침도 풀어서, 줄여(ㅈㅜㄹㅇㅣㅓ)는 줄이(ㅈㅜㄹㅇㅣ)로, 미분(ㅁㅣㅂㅜㄴ)은 밉(ㅁㅣㅂ)으로 시작한다
  const CHO = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ", KEYS = "ㅁㅠㅊㅇㄷㄹㅎㅗㅑㅓㅏㅣㅡㅜㅐㅔㅂㄱㄴㅅㅕㅍㅈㅌㅛㅋ", SHIFT = "QㅃWㅉEㄸRㄲTㅆOㅒPㅖ";
  const BLOCK = /([ㄱ-ㅎ])(ㅗ[ㅏㅐㅣ]|ㅜ[ㅓㅔㅣ]|ㅡㅣ|[ㅏ-ㅣ])((?:ㄱㅅ|ㄴ[ㅈㅎ]|ㄹ[ㄱㅁㅂㅅㅌㅍㅎ]|ㅂㅅ|[ㄱ-ㄷㄹ-ㅂㅅ-ㅈㅊ-ㅎ])(?![ㅏ-ㅣ]))?/g;
  const JUNG = "ㅏ ㅏㅣ ㅑ ㅑㅣ ㅓ ㅓㅣ ㅣㅓ ㅣㅓㅣ ㅗ ㅗㅏ ㅗㅏㅣ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅓㅣ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ".split(" ");
  const JONG = " ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ".split(" ");
  const TOKEN = /[가-힣ㄱ-ㅎㅏ-ㅣ]+|[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*|\d+-\d+(?![-.\d])|\d+(?:\.\d+)*/g;
  const NUMBER = /(그림|표|식|연습|문제)[ (]*(\d+)(?:[-–.](\d+))?|(\d+)[-–.](\d+)\)?번? *(그림|표|식|연습|문제)/;      // 6-14번 문제
  const numbered = ([, kind, a, b, c, d, after]) => (kind || after || "").replace("연습", "문제") + [a || c, b || d];
  const matches = (s) => [...s.matchAll(TOKEN)].filter((m) => !josa.has(m[0]) || !/[a-z0-9_]/.test(s[m.index - 1] || ""));   // backward로
  const tokens = (s) => matches(s.normalize("NFC").toLowerCase()).map((m) => m[0]);
  const compact = (s) => tokens(s).join(""), bare = (s) => tokens(s).map((word) => cut(word)[0]), stems = (s) => bare(s).join("");
  const code = (ch) => ch.charCodeAt(0) - 0xac00, initials = (s) => s.replace(/[가-힣]/g, (ch) => CHO[Math.floor(code(ch) / 588)]);
  const jamo = (s) => s.replace(/[ㅏ-ㅣ]/g, (ch) => JUNG[ch.charCodeAt(0) - 0x314f])
    .replace(/[가-힣]/g, (ch) => initials(ch) + JUNG[Math.floor(code(ch) / 28) % 21] + JONG[code(ch) % 28]);
  const typed = (s) => s.replace(/[a-z]/gi, (ch) => SHIFT.split(ch)[1]?.[0] || KEYS[ch.toLowerCase().charCodeAt(0) - 97])   // alqns
    .replace(BLOCK, (_, a, b, c = "") => String.fromCharCode(0xac00 + CHO.indexOf(a) * 588 + JUNG.indexOf(jamo(b)) * 28 + JONG.indexOf(c)));
  // ---- 낱말: 책에서 앞말마다 그 뒤에 붙은 것들을 모으고, 여러 가지가 붙은 앞말을 낱말로 본다
  let josa, unsure, asks, ends, hada, engine;
  const tails = new Map(), terms = new Set(), same = new Map(), titles = new Map(), places = new Map(), records = [];
  const memo = (f, done = new Map()) => (x) => (done.has(x) ? done : done.set(x, f(x))).get(x);
  const open = (s) => s.replace(/하여|해/g, "하어").replace(/했/g, "하었").replace(/돼/g, "되어").replace(/됐/g, "되었");
  const isVerbal = memo((tail) => hada.has(jamo(open(tail)))), isTail = (tail) => josa.has(tail) || isVerbal(tail);     // 미분+하는
  const halves = (s) => Array.from(s, (_, i) => [s.slice(0, i), s.slice(i)]).slice(1);
  const particles = (s) => (tails.get(s)?.size || 0) - !!tails.get(s)?.has(""), known = (s) => s.length > 1 && tails.get(s)?.size > 1;
  const learn = (text) => tokens(text).forEach((word) => [...halves(word), [word, ""]].forEach(([stem, tail]) => {
    if (!tail || (isTail(tail) && !unsure.has(tail))) tails.set(stem, (tails.get(stem) || new Set()).add(tail));
  }));
  const cut = memo((word) => halves(word).find(([stem, tail]) => isTail(tail) && (stem.length > 1          // 미분에서는 -> [미분, 에서는]
    ? particles(stem) > particles(word) || (tails.has(stem) && !tails.has(word))
    : josa.has(tail) && !particles(word) && particles(stem) > 1)) || [word, ""]);
  const verb = memo((word, j = jamo(open(word)), end = ends.find((x) => j.endsWith(x) && j.length - x.length > 2)) =>     // 줄여 -> ㅈㅜㄹㅇㅣ
    end && "~" + j.slice(0, -end.length).replace(/(.{3})(ㅇ?[ㅏㅓ]ㅈㅣ|ㄹ|ㅂ|ㅇㅜ|ㅡ)$/, "$1"));
  const parts = memo((s) => [...new Set(halves(s).filter((pair) => pair.some(known)).flat()                // 편미분계수 -> 편미분, 계수, …
    .filter((x) => x.length > 1).flatMap((x) => [x, ...parts(x)]))]);
  /** 글의 낱말들: [색인에 넣을 말, 시작, 끝, 낱말의 일부인가]. ~는 용언의 줄기, !는 초성이다. */
  const analyse = memo((text) => {
    const out = [];
    for (const { 0: word, index: at } of matches(text.toLowerCase())) {
      const add = (term, weak = false, from = 0, size = word.length) => term && out.push([term, at + from, at + from + size, weak]);
      if (!/[가-힣]/.test(word)) add(jamo(word));
      if (/[._]/.test(word)) for (const { 0: part, index } of word.matchAll(/[a-z0-9]+/g)) add(part, true, index, part.length);
      if (!/[가-힣]/.test(word)) continue;
      const [stem, tail] = cut(word), verbal = isVerbal(tail), [pair] = (word.length < 2 && text.slice(at).match(/^. [가-힣]+/)) || [];
      add(pair && jamo(word + cut(pair.slice(2))[0]), true, 0, pair?.length);                                      // 두 번 -> 두번
      add(!verbal && verb(word), false, 0, stem.length);
      for (const s of [stem, ...parts(stem)]) {
        add(jamo(s), s !== stem, stem.indexOf(s), s.length);
        add(s.length > 1 && "!" + initials(s), true, stem.indexOf(s), s.length);
        add(verbal && stem.endsWith(s) && "~" + jamo(s) + "ㅎㅏ", s !== stem, stem.indexOf(s), s.length);     // 편미분하는 -> 미분하다
      }
    }
    return out;
  });
  const tokenize = (text, field) => {
    const weak = /^weak/.test(field), whole = field === "title" && tokens(text).every((word) => !cut(word)[1]) ? compact(text) : "";
    return [...(whole ? [jamo(whole), "!" + initials(whole)] : []), ...analyse(text).filter((x) => x[3] === weak).map(([term]) => term)];
  };
  const build = ({ pages, korean }) => {
    [josa, unsure, asks] = [korean.particles, korean.unsure, korean.asking].map((words) => new Set(words.split(" ")));
    ends = korean.endings.split(" ").map(jamo).sort((a, b) => b.length - a.length);
    hada = new Set(["하", "되", "시키"].map(jamo).flatMap((v) => ["", ...ends].map((end) => v + end)));
    for (const [url, [page, sections]] of Object.entries(pages)) for (const [name, title, text, keys, numbers, errors] of sections) {
      for (const [label, id] of Object.entries(numbers)) places.set(numbered(label.match(NUMBER)), [records.length, label, url + "#" + id]);
      records.push({ id: records.length, url: url + (name && "#" + name), page: name && page, title: name ? title : page, text, errors,
        keys: [keys, ...Object.keys(numbers)].filter(Boolean).join(", "), error: errors.join("\n") });
      titles.set(title, 1 + (titles.get(title) || 0));
      const group = name.startsWith("term-") ? [title, ...keys.split(", ")] : [];                  // 용어와 같은 말
      for (const word of group) same.set(compact(word), group.filter((other) => other !== word));
      learn([title, compact(title), text, keys, ...errors, ...group.map(compact)].join("\n"));
    }
    for (const hit of records) Object.assign(hit, { body: stems(hit.text), head: stems(hit.title.replace(/^[\d.]+ /, "")) });
    const boost = { title: 3, "weak title": 1.5, keys: 2, text: 1, "weak text": 0.5, error: 0.5, page: 0.4 };
    engine = new MiniSearch({ fields: Object.keys(boost), extractField: (record, field) => record[field.replace("weak ", "")], tokenize,
      processTerm: (term) => terms.add(term) && term, searchOptions: { boost, tokenize: (term) => [term], processTerm: (term) => term } });
    engine.addAll(records);
  };
  // ---- 물음을 MiniSearch의 물음으로
  const any = (queries, factor = 1, options) => ({ combineWith: "OR", queries, boostTerm: () => factor, ...options });
  const all = (queries) => ({ combineWith: "AND", queries }), has = (s) => s.length > 1 && terms.has(jamo(s));
  const cost = (pieces) => pieces.reduce((sum, s) => sum + (known(s) ? 1 : 3), 0);
  const splits = (s) => halves(s).flatMap(([a, b]) => (has(a) ? [...(has(b) ? [[b]] : []), ...splits(b)].map((rest) => [a, ...rest]) : []));
  const split = (s) => splits(s).sort((a, b) => cost(a) - cost(b))[0];                                // 계산그래프 -> 계산, 그래프
  /** 낱말 하나를 찾는 물음들. 책에 없는 말이면 쓰다 만 말, 잘못 쓴 말, 속에 든 말의 차례로 어림한다. */
  const unit = (word, last, strict) => {
    if (/^[ㄱ-ㅎ]+$/.test(word)) return [any(["!" + word], 1, { prefix: word.length > 2 })];
    const [stem, tail] = cut(word), exact = analyse(word).filter((token) => !token[3]).map(([term]) => term);
    if (word.length < 2) exact.push("~" + jamo(word) + "ㅎㅏ");                  // 곱 -> 곱하다
    const found = exact.filter((term) => terms.has(term)), verbs = isVerbal(tail) ? found.filter((term) => term[0] === "~") : [];
    if (verbs.length && engine.search(any(verbs)).length > 2) return verbs;      // 미분하는: 흔하면 용언만
    const queries = found.map((term) => any([term]));
    if (last && stem.length > 1 && queries.length) queries.push(any([jamo(stem)], terms.has(jamo(stem)) ? 0.3 : 1, { prefix: true }));
    const forms = [...new Set([stem, word, ...halves(word).filter((pair) => josa.has(pair[1])).map((pair) => pair[0])])];
    const pieces = /[a-z]/.test(word) ? /[._]/.test(word) && !queries.length && word.split(/[._]/) : forms.map(split).find(Boolean);
    if (pieces) queries.push(all(pieces.map((piece) => any([jamo(piece)], 0.7))));
    if (queries.length || strict) return queries;
    const near = [[2, { prefix: true }], [5, { fuzzy: 1 }], [9, { fuzzy: 2 }]].flatMap(([least, options]) =>
      forms.map(jamo).filter((j) => j.length >= least).map((j) => any([j], 1, options)));
    const inner = !/[가-힣]/.test(word) ? [] : halves(stem + " ").flatMap(([s]) => halves(" " + s).map((pair) => pair[1])).filter(has);
    const guesses = [...near, ...inner.sort((a, b) => b.length - a.length).map((s) => any([jamo(s)]))];
    return guesses.filter((guess) => engine.search(guess).length).slice(0, 1);
  };
  const begun = (s) => [...same.keys()].filter((x) => /^[a-z]{4}/.test(s) && !has(s) && x.startsWith(s)).flatMap((x) => same.get(x));
  const search = (query) => {
    const words = tokens(query), own = bare(query), tally = new Map();
    let phrase = "", step;
    for (let i = 0; i < words.length; i += step) {
      const [size, joined, others] = [3, 2, 1].map((n) => {                       // 전진 차분 -> 전방 차분, 수치 미분 -> 수치미분
        const head = words.slice(i, i + n - 1).join(""), end = words[i + n - 1] || "", whole = head + cut(end)[0];
        return [n, whole, [...(head && has(whole) ? [whole] : []), ...(same.get(head + end) || same.get(whole) || begun(whole))]];
      }).find(([n, , found]) => n === 1 || (i + n <= words.length && found.length));
      [step, phrase] = [size, phrase + joined];
      const each = words.slice(i, i + size).map((word, k) => unit(word, i + k === words.length - 1, others.length));
      const ways = others.map((other) => all(tokens(other).map((w) => any(unit(w, false, true), other === joined ? 1 : 0.5))));
      if (each.every((queries) => queries.length)) ways.push(all(each.map((queries) => any(queries))));
      const found = ways.length ? engine.search(any(ways)) : [], weight = asks.has(words[i]) || /(나요|가요|까요?)$/.test(words[i]) ? 0 : 1;
      for (const { id, score, terms: matched } of found) {                        // 드문 말이 더 무겁다
        const { score: sum = 0, count = 0, terms: others = [] } = tally.get(id) || {}, rare = score / Math.log(2 + found.length);
        tally.set(id, { ...records[id], score: sum + rare, count: count + weight, terms: [...others, ...matched] });
      }
    }
    const hits = [...tally.values()], most = Math.max(...hits.map((hit) => hit.count));
    for (const hit of hits) {
      const said = hit.errors.map(bare).map((line) => own.filter((word) => line.includes(word)).length), told = Math.max(0, ...said);
      if (told > 2 && told > own.length * 0.6) Object.assign(hit, { text: hit.errors[said.indexOf(told)], count: most + told });  // 오류를 옮겼다
      const near = (hit.head.includes(phrase) ? (hit.url.includes("#") ? 1.5 : 2) : 1) * (hit.body.includes(phrase) ? 1.5 : 1);
      const common = titles.get(hit.title) > 2 && !own.some((word) => hit.head.includes(word));                 // 연습문제는 쪽마다 있다
      hit.score *= (hit.head === phrase ? 4 : phrase.length > 1 ? near : 1) * (common ? 0.2 : titles.get(hit.title) > 1 ? 0.7 : 1);
    }
    const enough = most < 2 || hits.filter((hit) => hit.count === most).length > 2 ? most : most - 1;
    const [id, label, url] = places.get(numbered(query.match(NUMBER) || [])) || [];
    if (label) hits.unshift({ terms: [], ...records[id], ...tally.get(id), url, title: `${label} · ${records[id].title}`, count: 1e9 });
    return hits.filter((hit) => hit.count >= enough && (hit.id !== id || hit.url === url))
      .sort((a, b) => b.count - a.count || b.score - a.score || a.id - b.id);
  };
  // ---- 화면
  const dialog = document.getElementById("search"), input = dialog.querySelector("input"), [, status, list, option] = dialog.children;
  let help = status.textContent, active = -1, loading, timer, shown;
  const make = (name, rest) => Object.assign(document.createElement(name), rest);
  const script = (src) => new Promise((onload, onerror) => document.head.append(make("script", { src, onload, onerror })));
  const load = () => Promise.all([fetch(dialog.dataset.index).then((answer) => answer.json()), script(dialog.dataset.engine)])
    .then(([index]) => build(index)).catch((reason) => { loading = null; throw reason; });
  const retry = (query) => (/^[가-힣 ]+$/.test(query) ? search(query) : []);
  dialog.ask = (query) => (loading ||= load()).then(() => search(query)).then((hits) => (hits.length ? hits : retry(typed(query))));
  /** 맞는 곳을 <mark>로 감싼 조각들. 긴 글은 맞는 말이 가장 여럿 모인 데를 100자쯤 잘라 보인다. */
  const marked = (text, hit, width) => {
    const spans = analyse(text).filter(([term]) => hit.terms.includes(term)).sort((a, b) => a[1] - b[1] || b[2] - a[2]);
    const near = ([, from]) => new Set(spans.filter(([, at, end]) => at >= from && end < from + width - 30).map(([term]) => term)).size;
    const best = spans.reduce((a, b) => (near(b) > near(a) ? b : a), spans[0]);
    let at = best && best[1] + 70 > width ? text.indexOf(" ", best[1] - 30) + 1 : 0;
    const out = [at ? "… " : ""], stop = Math.min(text.length, at + width);
    for (const [, from, end] of spans) if (from >= at && end <= stop)
      out.push(text.slice(at, from), make("mark", { textContent: text.slice(from, at = end) }));
    return [...out, text.slice(at, stop), stop < text.length ? " …" : ""];
  };
  const select = (i) => {
    [...list.children].forEach((link, k) => link.setAttribute("aria-selected", k === i));
    input.setAttribute("aria-activedescendant", list.children[active = i]?.id || "");
    list.children[i]?.scrollIntoView({ block: "nearest" });
  };
  const show = async (query = input.value.trim()) => {
    let hits = [], message = "검색은 책의 웹 사이트에서만 됩니다. 파일로 연 책에서는 색인과 차례를 보세요.";
    if (location.protocol !== "file:") try {
      hits = await dialog.ask(query);
      message = hits.length ? `결과 ${hits.length}개` : query ? `‘${query}’에 맞는 곳이 없습니다. 낱말을 줄이거나 바꾸어 보세요.` : help;
    } catch { message = "검색에 쓸 자료를 불러오지 못했습니다. 인터넷 연결을 확인하고 다시 해 보세요."; }
    if (query !== input.value.trim()) return;                                   // 기다리는 사이에 더 썼다
    [shown, status.textContent] = [query, message];
    list.replaceChildren(...hits.slice(0, 50).map((hit, i) => {
      const link = option.content.firstElementChild.cloneNode(true), text = marked(hit.text, hit, 110);
      const content = [marked(hit.title, hit, 110), [hit.page], text.length > 3 ? text : marked(hit.keys || hit.text, hit, 110)];
      content.forEach((nodes, k) => link.children[k].append(...nodes));
      return Object.assign(link, { id: "search-option-" + i, href: dialog.dataset.root + hit.url });
    }));
    input.setAttribute("aria-expanded", hits.length > 0);
    select(-1);
  };
  const start = (event) => { event?.preventDefault?.(); if (!dialog.open) dialog.showModal(); input.select(); show(); };
  const choose = async () => { if (shown !== input.value.trim()) await show(); (list.children[active] || list.children[0])?.click(); };
  document.addEventListener("submit", (event) => { if (event.target.matches(".search-open")) start(event); });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (!typing && !event.altKey && (event.ctrlKey || event.metaKey ? event.code === "KeyK" : event.key === "/")) start(event);
  });
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 80); });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], count = list.children.length, button = event.target.matches("button, a");
    if (event.isComposing || event.keyCode === 229 || !(step || event.key === "Escape" || (event.key === "Enter" && !button))) return;
    event.preventDefault();
    if (step) { input.focus(); select(count ? (active + step + (active < 0 && step < 0) + count) % count : -1); }
    else event.key === "Enter" ? choose() : dialog.close();
  });
  list.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey) return;                                 // 새 탭에서 열 때는 그대로 둔다
    document.getElementById("__navigation").checked = false; dialog.close();     // 휴대전화에서 펼친 차례도
  });
  if (document.getElementById("search-page") && (input.value = new URLSearchParams(location.search).get("q") || "")) start();
})();
