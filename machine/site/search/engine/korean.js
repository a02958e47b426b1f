// 한국어의 낱말을 다룬다: 낱자, 조사와 어미, 붙여 쓴 말. 화면도 색인도 모른다.
// 그래서 브라우저가 없어도 돈다.
"use strict";
globalThis.Korean = (() => {
  // ---- 낱자

  const INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
  // 겹모음과 겹받침도 푼다. 그래야 줄여(ㅈㅜㄹㅇㅣㅓ)는 줄이(ㅈㅜㄹㅇㅣ)로, 미분(ㅁㅣㅂㅜㄴ)은
  // 쓰다 만 밉(ㅁㅣㅂ)으로 시작한다.
  const VOWELS =
    "ㅏ ㅏㅣ ㅑ ㅑㅣ ㅓ ㅓㅣ ㅣㅓ ㅣㅓㅣ ㅗ ㅗㅏ ㅗㅏㅣ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅓㅣ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ"
      .split(" ");
  const FINALS = [
    " ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ", // 빈칸 앞은 받침이 없는 것
    "ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ",
  ].join(" ").split(" ");
  const SYLLABLES_PER_VOWEL = FINALS.length;
  const SYLLABLES_PER_INITIAL = VOWELS.length * FINALS.length;
  const FIRST_SYLLABLE = "가".charCodeAt(0);
  const FIRST_VOWEL = "ㅏ".charCodeAt(0);

  /** 음절 하나의 [첫소리, 모음, 받침]. */
  function lettersOf(syllable) {
    const code = syllable.charCodeAt(0) - FIRST_SYLLABLE;
    return [
      INITIALS[Math.floor(code / SYLLABLES_PER_INITIAL)],
      VOWELS[Math.floor(code / SYLLABLES_PER_VOWEL) % VOWELS.length],
      FINALS[code % SYLLABLES_PER_VOWEL],
    ];
  }

  /** 음절을 첫소리로 바꾼다: 역전파 -> ㅇㅈㅍ. */
  function initials(text) {
    return text.replace(/[가-힣]/g, (syllable) => lettersOf(syllable)[0]);
  }

  /** 음절을 낱자로 푼다: 값 -> ㄱㅏㅂㅅ. */
  function jamo(text) {
    return text
      .replace(/[ㅏ-ㅣ]/g, (vowel) => VOWELS[vowel.charCodeAt(0) - FIRST_VOWEL])
      .replace(/[가-힣]/g, (syllable) => lettersOf(syllable).join(""));
  }

  // ---- 한글로 바꾸지 않고 친 글

  const KEYS = "ㅁㅠㅊㅇㄷㄹㅎㅗㅑㅓㅏㅣㅡㅜㅐㅔㅂㄱㄴㅅㅕㅍㅈㅌㅛㅋ"; // a부터 z까지
  const SHIFTED = { Q: "ㅃ", W: "ㅉ", E: "ㄸ", R: "ㄲ", T: "ㅆ", O: "ㅒ", P: "ㅖ" };
  const TYPED_VOWEL = "ㅗ[ㅏㅐㅣ]|ㅜ[ㅓㅔㅣ]|ㅡㅣ|[ㅏ-ㅣ]";
  const TYPED_FINAL = "ㄱㅅ|ㄴ[ㅈㅎ]|ㄹ[ㄱㅁㅂㅅㅌㅍㅎ]|ㅂㅅ|[ㄱ-ㄷㄹ-ㅂㅅ-ㅈㅊ-ㅎ]";
  // 뒤에 모음이 오는 자음은 받침이 아니라 다음 음절의 첫소리이다.
  const TYPED_SYLLABLE = new RegExp(
    `([ㄱ-ㅎ])(${TYPED_VOWEL})((?:${TYPED_FINAL})(?![ㅏ-ㅣ]))?`,
    "g",
  );

  function letterOn(key) {
    return SHIFTED[key] || KEYS[key.toLowerCase().charCodeAt(0) - "a".charCodeAt(0)];
  }

  function compose(_, initial, vowel, final = "") {
    return String.fromCharCode(
      FIRST_SYLLABLE +
        INITIALS.indexOf(initial) * SYLLABLES_PER_INITIAL +
        VOWELS.indexOf(jamo(vowel)) * SYLLABLES_PER_VOWEL +
        FINALS.indexOf(final),
    );
  }

  /** 영어 자판으로 친 글을 한글로 읽는다: alqns -> 미분. */
  function typed(text) {
    return text.replace(/[a-z]/gi, letterOn).replace(TYPED_SYLLABLE, compose);
  }

  // ---- 색인에 넣는 말: 낱자로 푼 낱말 그대로이거나, 다음 두 표가 붙는다

  const VERB = "~"; // 용언의 줄기
  const INITIAL = "!"; // 초성

  function initialsTerm(word) {
    return INITIAL + initials(word);
  }

  /** 곱 -> 곱하다의 줄기. */
  function hadaTerm(noun) {
    return VERB + jamo(noun) + jamo("하");
  }

  function isVerbTerm(term) {
    return term.startsWith(VERB);
  }

  // ---- 낱말

  const EAST = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー";
  // 한글, 한자, 그리스 글자와 첨자는 그것대로 나눈다. 나머지 글자는 이름이 된다: Poincaré, x_0
  const LETTER = `(?![가-힣ㄱ-ㅎㅏ-ㅣ${EAST}\\p{Script=Greek}\\p{Lm}])[\\p{L}_]\\p{M}*`;
  const NAME = `${LETTER}(?:${LETTER}|[0-9])*`;
  const TOKEN = new RegExp(
    [
      "[가-힣ㄱ-ㅎㅏ-ㅣ]+",
      `[${EAST}]+`, // 微分
      "[\\p{Script=Greek}\\p{Lm}⁰¹²³⁴-⁹₀-₉∂∇∑∏∫∞√∆]\\p{M}*", // λ, e의 ˣ. 붙어 있어도 하나씩이다
      `${NAME}(?:\\.${NAME})*`, // torch.autograd
      "\\d+-\\d+(?![-.\\d])", // 그림 9-4
      "\\d+(?:\\.\\d+)*", // 식 9.10
    ].join("|"),
    "gu",
  );
  const LONGEST = 20; // 이보다 긴 말은 도막을 내지 않는다. 도막의 수는 길이의 제곱이다
  const MATHS = /[\u{1D400}-\u{1D7FF}]/gu; // 𝜆. 책의 글에서는 records.py가 바꾼다
  const HAS_HANGUL = /[가-힣ㄱ-ㅎㅏ-ㅣ]/;
  const IS_EAST = new RegExp(`[${EAST}]`, "u");
  // 부호를 떼어도 영어의 글자가 되지 않는 것
  const PLAIN = {
    ß: "ss",
    æ: "ae",
    œ: "oe",
    ø: "o",
    ł: "l",
    đ: "d",
    ħ: "h",
    ı: "i",
    ς: "σ",
    "∆": "δ",
  };
  // 활용할 때 바뀌거나 덧붙는 것: 나누어지다의 어지, 만들다의 ㄹ, 어렵다의 ㅂ과 우, 따르다의 ㅡ
  const CHANGING_STEM = /(.{3})(ㅇ?[ㅏㅓ]ㅈㅣ|ㄹ|ㅂ|ㅇㅜ|ㅡ)$/;

  /** 부호와 꼴이 달라도 같은 글자로 본다: Poincaré -> poincare, ϕ -> φ, ˣ -> x. */
  function fold(word) {
    if (HAS_HANGUL.test(word)) return word;
    return word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
      .replace(/[^a-z]/g, (letter) => PLAIN[letter] || letter);
  }

  function isEast(word) {
    return IS_EAST.test(word);
  }

  /** 준 꼴을 편다. 어미는 모두 편 꼴로 적혀 있다. */
  function expand(word) {
    return word
      .replace(/하여|해/g, "하어")
      .replace(/했/g, "하었")
      .replace(/돼/g, "되어")
      .replace(/됐/g, "되었");
  }

  /** 둘로 나누는 길 모두: 역전파 -> [역, 전파], [역전, 파]. */
  function halves(word) {
    const pairs = [];
    for (let i = 1; i < word.length; i++) pairs.push([word.slice(0, i), word.slice(i)]);
    return pairs;
  }

  function remember(compute) {
    const answers = new Map();
    return (question) => {
      if (!answers.has(question)) answers.set(question, compute(question));
      return answers.get(question);
    };
  }

  /** 글을 낱말로 나누고 조사와 어미를 알아보는 것. lists는 korean.json의 내용이다. */
  function createReader(lists) {
    const particles = new Set(lists.particles.split(" "));
    const asking = new Set(lists.asking.split(" "));
    const endings = lists.endings.split(" ").map(jamo).sort((a, b) => b.length - a.length);
    // 명사에 붙는 용언의 꼴 모두: 미분+하는, 미분+되고
    const verbForms = new Set(
      ["하", "되", "시키"].map(jamo).flatMap((stem) => [stem, ...endings.map((end) => stem + end)]),
    );

    /** 코드의 이름이나 글자에 붙은 조사는 낱말이 아니다: backward로, λ를. */
    function isAfterName(text, match) {
      return isParticle(match[0]) && /[\p{L}\p{N}_∂∇]/u.test(text[match.index - 1] || "");
    }

    /** 글의 낱말들: [{ word, index, size }, …]. index와 size는 글에서의 자리이다. */
    function matches(text) {
      return [...text.matchAll(TOKEN)].filter((match) => !isAfterName(text, match))
        .map(({ 0: found, index }) => ({ word: fold(found), index, size: found.length }));
    }

    function tokens(text) {
      const plain = text.normalize("NFC").replace(MATHS, (letter) => letter.normalize("NFKD"));
      return matches(plain).map(({ word }) => word);
    }

    function isParticle(tail) {
      return particles.has(tail);
    }

    const longestForm = Math.max(...[...verbForms].map(({ length }) => length));
    const isForm = remember((tail) => verbForms.has(jamo(expand(tail))));

    /** 한 음절은 낱자가 둘은 된다. 긴 글의 뒤를 하나하나 풀어 보지 않는다. */
    function isVerbal(tail) {
      return 2 * tail.length <= longestForm && isForm(tail);
    }

    function isTail(tail) {
      return isParticle(tail) || isVerbal(tail);
    }

    function isQuestion(word) {
      return asking.has(word) || /(나요|가요|까요?)$/.test(word);
    }

    /** 띄어 쓰지 않은 꼴. */
    function compact(text) {
      return tokens(text).join("");
    }

    return { endings, matches, tokens, compact, isParticle, isVerbal, isTail, isQuestion };
  }

  /**
   * 책의 글에서 배운다: {앞말: 뒤에 붙은 조사와 어미의 가짓수}. 사전이 없으므로 이것으로 낱말을
   * 알아본다. 홀로는 쓰이지 않은 앞말은 음수로 적는다. 책을 만들 때 한 번 배운다.
   */
  function learn(lists, text) {
    const { tokens, isTail } = createReader(lists);
    const unsure = new Set(lists.unsure.split(" "));
    const distinct = [...new Set(text.split(/\s+/))].join("\n"); // 같은 말은 한 번만 읽는다
    const words = new Set(tokens(distinct));
    const tails = new Map();
    for (const [stem, tail] of [...words].flatMap(halves)) {
      if (!isTail(tail) || unsure.has(tail)) continue;
      if (!tails.has(stem)) tails.set(stem, new Set());
      tails.get(stem).add(tail);
    }
    const counts = [...tails].map(([stem, { size }]) => [stem, words.has(stem) ? size : -size]);
    return Object.fromEntries(counts);
  }

  /**
   * 낱말을 가르는 것. learned는 책에서 배운(learn) 것이다.
   * 가른 것을 기억해 두므로, 글은 먼저 읽고(meet) 가른다.
   */
  function createAnalyser(lists, learned) {
    const reader = createReader(lists);
    const { endings, matches, tokens, isParticle, isVerbal, isTail } = reader;
    const counts = new Map(Object.entries(learned));
    const words = new Set(); // 읽은 글의 낱말

    function meet(text) {
      for (const word of tokens(text)) words.add(word);
    }

    function tailCount(stem) {
      return Math.abs(counts.get(stem) || 0);
    }

    /** 여러 가지가 뒤에 붙거나, 하나가 붙고 홀로도 쓰인 말. */
    function isKnown(word) {
      const isAlone = counts.get(word) > 0;
      return word.length > 1 && (isAlone || tailCount(word) > 1);
    }

    function isInBook(word) {
      return counts.has(word) || words.has(word);
    }

    function canCut(word, stem, tail) {
      if (!isTail(tail)) return false;
      if (stem.length === 1) { // 한 글자에서는 조사만 뗀다
        return isParticle(tail) && tailCount(word) === 0 && tailCount(stem) > 1;
      }
      return tailCount(stem) > tailCount(word) || (isInBook(stem) && !isInBook(word));
    }

    /** 낱말을 [앞말, 조사나 어미]로: 미분에서는 -> [미분, 에서는]. */
    const cut = remember((word) =>
      halves(word).find(([stem, tail]) => canCut(word, stem, tail)) || [word, ""]
    );

    /** 용언의 줄기: 줄여 -> ~ㅈㅜㄹㅇㅣ. 용언이 아니면 "". */
    const verb = remember((word) => {
      const letters = jamo(expand(word));
      const ending = endings.find((end) =>
        letters.endsWith(end) && letters.length > end.length + 2
      );
      if (!ending) return "";
      return VERB + letters.slice(0, -ending.length).replace(CHANGING_STEM, "$1");
    });

    /** 붙여 쓴 말 속의 말: 편미분계수 -> 편미분, 계수, 미분, … */
    const parts = remember((word) => {
      if (word.length > LONGEST) return [];
      const inner = halves(word).filter((pair) => pair.some(isKnown)).flat();
      const long = inner.filter((part) => part.length > 1);
      return [...new Set(long.flatMap((part) => [part, ...parts(part)]))];
    });

    /** 조사와 어미를 뗀 낱말들. */
    function stems(text) {
      return tokens(text).map((word) => cut(word)[0]);
    }

    // ---- 글을 색인에 넣을 말로. weak는 낱말의 일부에서 나와 덜 미더운 말이다

    function found(term, from, size, weak) {
      return { term, from, to: from + size, weak };
    }

    /** 코드의 이름과 수, 글자. 점과 밑줄로 나뉜 도막도 넣는다. size는 글에 적힌 길이이다. */
    function nameTerms(word, size) {
      const whole = found(jamo(word), 0, size, false);
      if (!/[._]/.test(word)) return [whole];
      const inner = [...word.matchAll(/[^._]+/g)];
      return [whole, ...inner.map(({ 0: part, index }) => found(part, index, part.length, true))];
    }

    /** 한자는 어디에서 시작하든 찾도록 뒤의 도막을 모두 넣는다: 微積分 -> 微積分, 積分, 分. */
    function eastTerms(word, size) {
      return word.split("").map((_, at) =>
        found(word.slice(at, at + LONGEST), at, size - at, at > 0)
      );
    }

    /** 한 글자인 말은 다음 말과 붙여서도 넣는다: 두 번 -> 두번. */
    function pairTerms(word, rest) {
      const pair = word.length === 1 && rest.match(/^. [가-힣]+/)?.[0];
      if (!pair) return [];
      return [found(jamo(word + cut(pair.slice(2))[0]), 0, pair.length, true)];
    }

    function partTerms(part, stem, verbal) {
      const weak = part !== stem;
      const from = stem.indexOf(part);
      const size = part.length;
      const out = [found(jamo(part), from, size, weak)];
      if (size > 1) out.push(found(initialsTerm(part), from, size, true));
      // 편미분하는 -> 미분하다
      if (verbal && stem.endsWith(part)) out.push(found(hadaTerm(part), from, size, weak));
      return out;
    }

    /** 조사와 어미를 뗀 낱말. */
    function stemTerms(word) {
      const [stem, tail] = cut(word);
      const verbal = isVerbal(tail);
      const out = partTerms(stem, stem, verbal);
      if (!verbal && verb(word)) out.push(found(verb(word), 0, stem.length, false));
      return out;
    }

    function koreanTerms(word, rest) {
      const [stem, tail] = cut(word);
      const inner = parts(stem).flatMap((part) => partTerms(part, stem, isVerbal(tail)));
      return [...pairTerms(word, rest), ...stemTerms(word), ...inner];
    }

    /** 낱말의 말들. rest는 그 낱말에서 시작하는 글이고, 없으면 낱말의 도막은 보지 않는다. */
    function termsOf({ word, size }, rest) {
      if (isEast(word)) return eastTerms(word, size);
      if (!/[가-힣]/.test(word)) return nameTerms(word, size);
      return rest ? koreanTerms(word, rest) : stemTerms(word);
    }

    /** 물음의 낱말 하나로 찾을 말들. */
    function wordTerms(word) {
      const terms = termsOf({ word, size: word.length }).filter(({ weak }) => !weak);
      return terms.map(({ term }) => term);
    }

    /** 글의 말들: [{term, from, to, weak}, …]. from과 to는 글에서의 자리이다. */
    const analyse = remember((text) =>
      matches(text).flatMap((match) =>
        termsOf(match, text.slice(match.index)).map((token) => ({
          ...token,
          from: match.index + token.from,
          to: match.index + token.to,
        }))
      )
    );

    return { ...reader, meet, stems, cut, verb, parts, analyse, wordTerms, isKnown };
  }

  return {
    LONGEST,
    isEast,
    jamo,
    initials,
    typed,
    halves,
    initialsTerm,
    hadaTerm,
    isVerbTerm,
    createReader,
    learn,
    createAnalyser,
  };
})();
