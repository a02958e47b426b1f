// 책에서 찾는다: 색인을 만들고, 물음에 맞는 곳을 골라 차례를 매긴다. 화면은 모른다.
// 색인과 점수는 MiniSearch가, 한국어는 korean.js가 맡는다.
// 색인에 넣을 것은 쪽마다 [쪽의 이름, [[이름표, 제목, 열쇠말, {번호: 이름표}, 코드의 이름들], …]]과
// 그 절들의 본문 [[글, [오류의 글, …]], …]으로 나뉘어 온다.
"use strict";
globalThis.Finder = (() => {
  const BOOST = {
    title: 3,
    "weak title": 1.5,
    keys: 2,
    text: 1,
    "weak text": 0.5,
    error: 0.5,
    page: 0.4,
  };
  // 무엇을 물어도 곧 답하도록 하는 일의 수를 묶어 둔다. 물음은 MOST_ASKED자까지만 보므로 낱말들의 길이를
  // 더해도 그만큼이다. 낱말을 나누는 일은 많아야 길이 × LONGEST번이고, 색인에서 찾는 일은 낱말마다 몇 번이며,
  // 색인을 두루 훑는 어림은 낱말 MOST_GUESSED개에서만 한다.
  const MOST_ASKED = 200;
  const MOST_GUESSED = 6;
  // 뒤의 것은 정리 따위의 이름이다(tree/theorems.py의 NAMES)
  const KIND =
    "(그림|표|식|연습|문제|정리|보조정리|따름정리|명제|정의|공리|가정|추측|판정법|성질|관찰|참고|예|표기|알고리즘)";
  // 그림 9-4, 식 (9.10), 9-14번 문제, 부록의 표 A-1, 지은이가 준 그림 9-4a와 식 (9.4.1)
  const REST = "(\\d+(?:[-–.]\\d+)*(?:[a-z](?![a-z]))?)";
  const NUMBER = new RegExp(
    `${KIND}[ (]*(\\d+|[a-z](?=[-–.]\\d))(?:[-–.]${REST})?` +
      `|(?<![a-z])(\\d+|[a-z])[-–.]${REST}\\)?번? *${KIND}`,
    "i",
  );

  /** 번호를 부르는 글의 열쇠. 번호가 없으면 "". */
  function numberKey(text) {
    const match = text.match(NUMBER);
    if (!match) return "";
    const [, before, chapter, number, chapterFirst, numberFirst, after] = match;
    const kind = (before || after).replace("연습", "문제");
    const rest = (number || numberFirst || "").replace(/[–.]/g, "-");
    return `${kind} ${chapter || chapterFirst}-${rest}`.toLowerCase();
  }

  /** MiniSearch의 물음: 가운데 하나라도 맞으면 된다. factor가 없으면 이것을 담은 물음의 것을 따른다. */
  function any(queries, factor, options = {}) {
    const weight = factor ? { boostTerm: () => factor } : {};
    return { combineWith: "OR", queries, ...weight, ...options };
  }

  /** MiniSearch의 물음: 모두 맞아야 한다. */
  function all(queries) {
    return { combineWith: "AND", queries };
  }

  /** 이름표. #은 제목의 낱말을 붙임표로 이은 것이다(pieces.py의 place). */
  function anchorOf(place, title) {
    const words = title.normalize().replace(/[^\p{L}\p{N}]+/gu, "-");
    return place.replace("#", words.replace(/^-|-$/g, ""));
  }

  /** 용어와 같은 뜻의 말들. 용어가 아니면 없다. */
  function namesOf([anchor, title, keys]) {
    return anchor.startsWith("term-") ? [title, ...keys.split(", ")] : [];
  }

  /** 절이나 용어에서 읽을 글. 제목은 붙여 쓴 꼴로도 읽는다. */
  function lessons({ compact }, section, text, errors) {
    const [, title, keys] = section;
    const joined = [title, ...namesOf(section)].map(compact);
    return [title, text, keys, ...errors, ...joined].join("\n");
  }

  /** 책 전체에서 조사와 어미를 배운다. 책을 만들 때 한 번 배운다. */
  function learn({ lists, pages }, texts) {
    const reader = Korean.createReader(lists);
    const learnt = Object.entries(pages).flatMap(([url, [, sections]]) =>
      sections.map((section, i) => lessons(reader, section, ...texts[url][i]))
    );
    return Korean.learn(lists, learnt.join("\n"));
  }

  /** 찾는 것. 책의 쪽들을 차례로 더하고(add) 묻는다(ask). */
  function createFinder(lists, learned) {
    const { LONGEST, isEast, jamo, typed, halves, initialsTerm, hadaTerm, isVerbTerm } = Korean;
    const korean = Korean.createAnalyser(lists, learned);
    const { tokens, compact, stems, cut, analyse } = korean;

    const records = []; // 찾을 곳: 절과 용어마다 하나
    const titles = new Map(); // 제목마다, 그 제목이 몇 번 나오는가
    const synonyms = new Map(); // 용어와 글자마다, 같은 뜻의 말들
    const places = new Map(); // 그림, 표, 식, 문제의 번호마다, 그것이 있는 곳
    const terms = new Set(); // 색인에 든 말
    let guessesLeft; // 이 물음에서 더 어림할 낱말의 수

    // ---- 색인

    function addSynonyms(names) {
      for (const name of names) {
        const known = synonyms.get(compact(name)) || [];
        synonyms.set(compact(name), [...known, ...names.filter((other) => other !== name)]);
      }
    }

    function toRecord(url, page, [place, title, keys, numbers], text, errors) {
      const anchor = anchorOf(place, title);
      return {
        id: records.length,
        url: anchor ? `${url}#${anchor}` : url,
        page: anchor ? page : "",
        title: anchor ? title : page,
        text,
        errors,
        keys: [keys, ...Object.keys(numbers)].filter(Boolean).join(", "),
        error: errors.join("\n"),
        body: stems(text).join(""),
        head: stems(title).join(""),
      };
    }

    function addPlaces(url, id, numbers) {
      for (const [label, target] of Object.entries(numbers)) {
        const key = numberKey(label); // 지은이가 (★)처럼 준 번호에는 없다
        if (key) places.set(key, { id, label, url: `${url}#${target}` });
      }
    }

    function addSection(url, page, section, [text, errors]) {
      const [, title, , numbers] = section;
      korean.meet(lessons(korean, section, text, errors));
      const record = toRecord(url, page, section, text, errors);
      records.push(record);
      titles.set(title, 1 + (titles.get(title) || 0));
      addPlaces(url, record.id, numbers);
      addSynonyms(namesOf(section));
      engine.add(record);
    }

    /** 쪽 하나를 더한다. 본문이 아직 없으면 코드의 이름들에서 찾는다. */
    function add(url, [page, sections], texts) {
      sections.forEach((section, i) => {
        const [, , , , codeNames] = section;
        addSection(url, page, section, texts ? texts[i] : [codeNames, []]);
      });
    }

    /** 띄어 쓴 제목은 붙여 쓴 꼴로도 찾는다. 조사가 든 제목은 붙여 쓰지 않는다. */
    function wholeTitle(title) {
      const plain = tokens(title).every((word) => cut(word)[1] === "");
      const whole = plain ? compact(title) : "";
      return whole ? [jamo(whole), initialsTerm(whole)] : [];
    }

    function tokenize(text, field) {
      const weak = field.startsWith("weak");
      const wanted = analyse(text).filter((token) => token.weak === weak);
      return [...(field === "title" ? wholeTitle(text) : []), ...wanted.map(({ term }) => term)];
    }

    function processTerm(term) {
      terms.add(term);
      return term;
    }

    function createEngine() {
      return new MiniSearch({
        fields: Object.keys(BOOST),
        extractField: (record, field) => record[field.replace("weak ", "")],
        tokenize,
        processTerm,
        // 물음은 이미 색인의 말로 되어 있다
        searchOptions: { boost: BOOST, tokenize: (term) => [term], processTerm: (term) => term },
      });
    }

    const engine = createEngine();
    for (const names of lists.letters.split(", ")) addSynonyms(names.split(" "));

    // ---- 낱말 하나를 찾는 물음들

    function isIndexed(word) {
      return word.length > 1 && terms.has(jamo(word));
    }

    /** 낱말의 자리마다, 거기서 시작하여 색인에 있는 말의 끝들: 계산그래프 -> [[2], [], [5], [], []]. */
    function endsIn(word) {
      const letters = word.split("").map(jamo);
      return letters.map((begin, at) => {
        const ends = [];
        let term = begin;
        for (let end = at + 2; end <= Math.min(word.length, at + LONGEST); end++) {
          term += letters[end - 1];
          if (terms.has(term)) ends.push(end);
        }
        return ends;
      });
    }

    function cost(piece) {
      return korean.isKnown(piece) ? 1 : 3;
    }

    /**
     * 붙여 쓴 말을 가장 싸게 나눈다: 계산그래프 -> 계산, 그래프. 나눌 수 없으면 undefined.
     * 뒤에서부터, 뒤를 나눈 답으로 앞을 나누므로 길이만큼만 한다. ends는 endsIn의 답이다.
     */
    function split(word, ends) {
      const size = word.length;
      const ways = { [size]: { cost: 0 } }; // 자리마다, 거기부터 끝까지를 나눈 것: 첫 도막과 그 나머지(next)
      for (let at = size - 2; at >= 0; at--) {
        const whole = at > 0 && ends[at].includes(size) ? [size] : [];
        for (const end of [...whole, ...ends[at].filter((end) => end < size)]) {
          if (!ways[end]) continue;
          const piece = word.slice(at, end);
          const total = cost(piece) + ways[end].cost;
          if (ways[at]?.cost <= total) continue;
          ways[at] = { cost: total, piece, next: ways[end] };
        }
      }
      const pieces = new Set();
      for (let way = ways[0]; way?.piece; way = way.next) pieces.add(way.piece);
      return pieces.size ? [...pieces] : undefined;
    }

    /** 그 낱말의 앞말일 수 있는 것들. */
    function possibleStems(word) {
      const pairs = halves(word).filter(([, tail]) => korean.isParticle(tail));
      return [...new Set([cut(word)[0], word, ...pairs.map(([stem]) => stem)])];
    }

    function exactTerms(word) {
      const strong = korean.wordTerms(word);
      if (word.length === 1) strong.push(hadaTerm(word));
      return strong.filter((term) => terms.has(term));
    }

    /** 이름의 도막이나, 붙여 쓴 말을 나눈 것. 나눌 것이 없으면 undefined. */
    function piecesOf(word, found) {
      if (!found && /^[^\d].*[._]/.test(word)) return word.split(/[._]+/).filter(Boolean);
      if (!/[가-힣]/.test(word)) return undefined;
      const ends = endsIn(word);
      return possibleStems(word).map((stem) => split(stem, ends)).find(Boolean);
    }

    /** 속에 든 말 가운데 가장 긴 것. 길이가 같으면 앞에 있는 것이다. */
    function longestIn(word) {
      if (!/[가-힣]/.test(word) && !isEast(word)) return [];
      const parts = endsIn(word).flatMap((ends, at) => ends.map((end) => word.slice(at, end)));
      return parts.sort((a, b) => b.length - a.length).slice(0, 1);
    }

    /** 책에 없는 말을 어림한다. 쓰다 만 말, 잘못 쓴 말, 속에 든 말의 차례로 처음 맞는 것 하나. */
    function guesses(word) {
      const forms = possibleStems(word).map(jamo);
      const near = (least, options) =>
        forms.filter((form) => form.length >= least && form.length <= 3 * LONGEST)
          .map((form) => any([form], undefined, options));
      const tries = [
        ...near(2, { prefix: true }),
        ...near(5, { fuzzy: 1 }),
        ...near(9, { fuzzy: 2 }),
        ...longestIn(cut(word)[0]).map((part) => any([jamo(part)])),
      ];
      guessesLeft -= 1;
      const first = tries.find((guess) => engine.search(guess).length);
      return first ? [first] : [];
    }

    /** 한자는 낱말의 속에서도 찾는다. 색인에는 뒤의 도막이 모두 있다. */
    function eastQueries(word, strict) {
      const query = any([word.slice(0, LONGEST)], undefined, { prefix: true });
      const isFound = strict || !guessesLeft || engine.search(query).length;
      return isFound ? [query] : guesses(word);
    }

    /**
     * last이면 물음의 마지막이어서 쓰다 만 말일 수 있다.
     * strict이면 그 말을 찾을 다른 길이 있으므로 어림하지 않는다.
     */
    function wordQueries(word, last, strict) {
      if (/^[ㄱ-ㅎ]+$/.test(word)) {
        return [any([initialsTerm(word)], undefined, { prefix: word.length > 2 })];
      }
      if (isEast(word)) return eastQueries(word, strict);
      const [stem, tail] = cut(word);
      const letters = jamo(stem);
      const exact = exactTerms(word);
      const verbs = korean.isVerbal(tail) ? exact.filter(isVerbTerm) : [];
      // 미분하는: 용언이 흔하면 용언만 찾는다
      if (verbs.length && engine.search(any(verbs)).length > 2) return verbs;
      const queries = exact.map((term) => any([term]));
      if (last && stem.length > 1 && exact.length) {
        queries.push(any([letters], terms.has(letters) && 0.3, { prefix: true }));
      }
      const inner = piecesOf(word, exact.length > 0);
      if (inner) queries.push(all(inner.map((piece) => any([jamo(piece)], 0.7))));
      return queries.length || strict || !guessesLeft ? queries : guesses(word);
    }

    // ---- 물음 전체

    /** 영어로 쓰다 만 용어와 같은 뜻의 말들: backprop -> 역전파. */
    function begunSynonyms(word) {
      if (!/^[a-z]{4}/.test(word) || isIndexed(word)) return [];
      return [...synonyms.keys()].filter((name) => name.startsWith(word))
        .flatMap((name) => synonyms.get(name));
    }

    /** 이어진 낱말들을 한 말로 본다. joined는 이은 꼴, others는 대신 찾을 말들이다. */
    function join(words) {
      const head = words.slice(0, -1).join("");
      const end = words.at(-1);
      const joined = head + cut(end)[0];
      const forms = [end, ...possibleStems(end)].map((form) => head + form);
      const others = forms.map((form) => synonyms.get(form)).find(Boolean) ||
        begunSynonyms(joined);
      const written = head && isIndexed(joined) ? [joined] : []; // 찾아 보기 -> 찾아보기
      return { words, joined, others: [...written, ...others] };
    }

    /** 물음을 말로 나눈다. 셋이나 둘을 이어 책에 있는 말이 되면 한 말이다: 전진 차분. */
    function phrases(words) {
      if (!words.length) return [];
      const sizes = [3, 2].filter((size) => size <= words.length);
      const candidates = sizes.map((size) => join(words.slice(0, size)));
      const first = candidates.find(({ others }) => others.length) || join(words.slice(0, 1));
      return [first, ...phrases(words.slice(first.words.length))];
    }

    function lookUp({ words, joined, others }, isLast) {
      const strict = others.length > 0;
      const factor = /^[a-z가-힣]/.test(joined) ? 1 : 0.5; // λ를 물었으면 lambda보다 λ가 앞선다
      const ways = others.map((other) =>
        all(tokens(other).map((word) => any(wordQueries(word, false, true), factor)))
      );
      const each = words.map((word, i) =>
        wordQueries(word, isLast && i === words.length - 1, strict)
      );
      if (each.every((queries) => queries.length)) {
        ways.push(all(each.map((queries) => any(queries))));
      }
      return ways.length ? engine.search(any(ways)) : [];
    }

    /** 말마다 찾아 곳마다 모은다. 드문 말이 더 무겁다. 거듭한 말은 한 번만 찾는다. */
    function gather(parts) {
      const tally = new Map();
      guessesLeft = MOST_GUESSED;
      const last = parts.at(-1)?.joined;
      for (const part of new Map(parts.map((part) => [part.joined, part])).values()) {
        const found = lookUp(part, part.joined === last);
        const weight = korean.isQuestion(part.words[0]) ? 0 : 1;
        for (const { id, score, terms: matched } of found) {
          const hit = tally.get(id) || { ...records[id], score: 0, count: 0, terms: [] };
          hit.score += score / Math.log(2 + found.length);
          hit.count += weight;
          hit.terms.push(...matched);
          tally.set(id, hit);
        }
      }
      return tally;
    }

    // ---- 차례

    /** 오류의 글을 옮겨 물었으면 그 오류가 찍힌 곳을 앞세운다. */
    function promoteQuoted(hit, asked, most) {
      const shared = hit.errors.map(stems)
        .map((line) => asked.filter((word) => line.includes(word)).length);
      const best = Math.max(0, ...shared);
      if (best <= 2 || best <= asked.length * 0.6) return;
      hit.text = hit.errors[shared.indexOf(best)];
      hit.count = most + best;
    }

    /** 물음이 그대로 제목이나 글에 있으면 무겁다. */
    function closeness({ head, body, url }, phrase) {
      if (head === phrase) return 4;
      if (phrase.length < 2) return 1;
      const inPage = url.includes("#") ? 1.5 : 2;
      return (head.includes(phrase) ? inPage : 1) * (body.includes(phrase) ? 1.5 : 1);
    }

    /** 연습문제처럼 여러 쪽에 있는 제목은 가볍다. */
    function rarity({ title, head }, asked) {
      const count = titles.get(title);
      const wanted = asked.some((word) => head.includes(word));
      if (count > 2 && !wanted) return 0.2;
      return count > 1 ? 0.7 : 1;
    }

    /** 모든 말이 맞은 곳이 적으면 하나 모자란 곳도 보인다. */
    function leastCount(hits, most) {
      const full = hits.filter((hit) => hit.count === most).length;
      return most < 2 || full > 2 ? most : most - 1;
    }

    function byRank(a, b) {
      return b.count - a.count || b.score - a.score || a.id - b.id;
    }

    function search(query) {
      const parts = phrases(tokens(query));
      const phrase = parts.map(({ joined }) => joined).join("");
      const asked = stems(query);
      const tally = gather(parts);
      const hits = [...tally.values()];
      const most = Math.max(...hits.map((hit) => hit.count));
      for (const hit of hits) {
        promoteQuoted(hit, asked, most);
        hit.score *= closeness(hit, phrase) * rarity(hit, asked);
      }
      const least = leastCount(hits, most);
      const enough = hits.filter((hit) => hit.count >= least).sort(byRank);
      const place = places.get(numberKey(query));
      return place ? withPlace(place, tally, enough) : enough;
    }

    /** 번호를 물었으면 그것이 있는 곳이 처음이다. */
    function withPlace({ id, label, url }, tally, hits) {
      const record = records[id];
      const first = {
        terms: [],
        ...record,
        ...tally.get(id),
        url,
        title: `${label} · ${record.title}`,
      };
      return [first, ...hits.filter((hit) => hit.id !== id || hit.url === url)];
    }

    /** 맞는 곳들. 없으면 한글로 바꾸지 않고 친 것인지 본다. 긴 물음은 처음만 본다. */
    function ask(asked) {
      const query = asked.slice(0, MOST_ASKED);
      const hits = search(query);
      if (hits.length) return hits;
      const reading = typed(query);
      return reading !== query && /^[가-힣 ]+$/.test(reading) ? search(reading) : [];
    }

    // ---- 보일 글

    /** 자리(spans)마다, 거기서 시작한 창에 든 서로 다른 말의 수. 창을 밀며 들고 나는 것만 센다. */
    function crowds(spans, width) {
      const inside = new Map();
      let end = 0;
      return spans.map(({ from, term }) => {
        for (; end < spans.length && spans[end].from < from + width; end++) {
          inside.set(spans[end].term, 1 + (inside.get(spans[end].term) || 0));
        }
        const count = inside.size;
        if (inside.get(term) > 1) inside.set(term, inside.get(term) - 1);
        else inside.delete(term);
        return count;
      });
    }

    /** 맞는 말이 가장 여럿 모인 데에서 자르기 시작할 자리. */
    function startOf(text, spans, width) {
      const counts = crowds(spans, width - 40); // 창의 끝에서 잘릴 말은 세지 않는다
      const densest = spans[counts.indexOf(Math.max(...counts))];
      const isFar = densest && densest.from + 70 > width;
      return isFar ? text.indexOf(" ", densest.from - 30) + 1 : 0;
    }

    /** 글을 width자로 자르고 맞는 말(wanted)을 가른다: [[도막, 맞는 말인가], …]. */
    function excerpt(text, wanted, width) {
      const matched = new Set(wanted);
      const spans = analyse(text).filter(({ term }) => matched.has(term))
        .sort((a, b) => a.from - b.from || b.to - a.to);
      const start = startOf(text, spans, width);
      const stop = Math.min(text.length, start + width);
      const out = [[start ? "… " : "", false]];
      let at = start;
      for (const { from, to } of spans) {
        if (from < at || to > stop) continue;
        out.push([text.slice(at, from), false], [text.slice(from, to), true]);
        at = to;
      }
      return [...out, [text.slice(at, stop), false], [stop < text.length ? " …" : "", false]];
    }

    return { add, ask, excerpt };
  }

  /** 본문을 받기 전에, 제목, 용어, 번호, 코드의 이름에서 찾는 것. */
  function ofHead({ lists, learned, pages }) {
    const finder = createFinder(lists, learned);
    for (const [url, page] of Object.entries(pages)) finder.add(url, page);
    return finder;
  }

  /** 본문까지 찾는 것. 책이 길면 오래 걸리므로 쪽마다 쉬어(rest) 화면이 멈추지 않게 한다. */
  async function ofBook({ lists, pages }, learned, texts, rest) {
    const finder = createFinder(lists, learned);
    for (const [url, page] of Object.entries(pages)) {
      finder.add(url, page, texts[url]);
      await rest();
    }
    return finder;
  }

  return { learn, ofHead, ofBook };
})();
