"""검색의 시험, 브라우저 없이: 한국어를 다루는 korean.js와 찾는 finder.js를 quickjs에서 돌린다.

화면과 함께 하는 시험은 test_search.py에 있다.
"""

import gzip
import json
import re
from pathlib import PurePosixPath
from random import Random

import pytest
import quickjs
import yaml
from docutils import nodes

from book import CHAPTERS, FIRST, HTML, IN_THREE, ROOT, hits_in_chap6, search_files
from machine.page.carried import carried
from machine.site.search import pieces
from machine.site.search.records import Record, plain
from machine.tree.anchors import slug

LISTS = (ROOT / "machine/site/search/korean.json").read_text("utf-8")
QUERIES, PLACES = yaml.safe_load_all((ROOT / "tests/search/queries.yml").read_text("utf-8"))
# 배울 글. 미분, 오차, 값의 뒤에는 여러 가지가 붙는다.
TAUGHT = """미분 미분을 미분은 미분하는 미분하면 수치미분은 수치미분을 편미분을 편미분하는
오차 오차가 오차는 계수 계수를 값 값이 값을 간격을 줄여 봅니다 간격이 줄면
사과 사과를 결과 결과를 계수미분을 가지다 가지고 가지며 backward로"""


def loaded(code, engine=None):
    """스크립트를 읽은 quickjs의 함수 run(식): 식의 값을 돌려준다. code의 약속은 다 지킨 뒤이다."""
    context = quickjs.Context()
    context.eval(engine or pieces.engine())
    context.eval(code)
    while context.execute_pending_job():
        pass

    def run(expression, *values):
        call = f"JSON.stringify((({expression}))(...{json.dumps(values)}))"
        return json.loads(context.eval(call))

    return run


@pytest.fixture(scope="module")
def korean():
    """TAUGHT를 배운 것의 함수를 부른다: korean("cut", "미분을")."""
    run = loaded(f"""
        const lists = {LISTS}, text = {json.dumps(TAUGHT)};
        const korean = Korean.createAnalyser(lists, Korean.learn(lists, text));
        korean.meet(text);
    """)
    return lambda name, *values: run(f"{{ ...Korean, ...korean }}.{name}", *values)


def finder_of(search):
    """찾는 창처럼, 받은 파일들로 만든 것. first는 본문을 받기 전에 찾는 것이다."""
    return loaded(
        f"""
        const head = {json.dumps(search.head)}, first = Finder.ofHead(head);
        const texts = {json.dumps(search.texts)}, learned = {json.dumps(search.learned)};
        let finder;
        Finder.ofBook(head, learned, texts, () => {{}}).then((whole) => {{ finder = whole; }});
        """,
        search.engine,
    )


@pytest.fixture(scope="module")
def finder():
    """만든 책에서 찾는다."""
    return finder_of(search_files())


@pytest.fixture(scope="module")
def ask(finder):
    """물음의 답: [[주소, 제목], …]."""
    return lambda query: finder("(q) => finder.ask(q).map((hit) => [hit.url, hit.title])", query)


# --- 낱자


@pytest.mark.parametrize(
    "word, letters",
    [
        ("값", "ㄱㅏㅂㅅ"),
        ("줄여", "ㅈㅜㄹㅇㅣㅓ"),
        ("왜", "ㅇㅗㅏㅣ"),
        ("ㅘ", "ㅗㅏ"),
        ("ㅁㅂ", "ㅁㅂ"),
        ("grad를", "gradㄹㅡㄹ"),
        ("가힣", "ㄱㅏㅎㅣㅎ"),
    ],
)
def test_syllables_are_spelled_out(korean, word, letters):
    assert korean("jamo", word) == letters


@pytest.mark.parametrize("whole, begun", [("줄여", "줄이"), ("미분", "밉"), ("값", "갑")])
def test_half_typed_word_begins_the_whole(korean, whole, begun):
    assert korean("jamo", whole).startswith(korean("jamo", begun))


def test_initials(korean):
    assert korean("initials", "역전파 3번") == "ㅇㅈㅍ 3ㅂ"


@pytest.mark.parametrize(
    "keys, text",
    [
        ("alqns", "미분"),
        ("dizhqldks", "야코비안"),
        ("rkqtdl", "값이"),
        ("Rkcl", "까치"),
        ("dhkswjs dkstms", "완전 안슨"),
        ("rmfoeldjsxm", "그래디언트"),
        ("gkrtmq", "학습"),
        ("ㅁㅣㅂㅜㄴ", "미분"),
        ("미분", "미분"),
    ],
)
def test_korean_typed_on_the_english_keyboard(korean, keys, text):
    assert korean("typed", keys) == text


# --- 낱말


@pytest.mark.parametrize(
    "text, tokens",
    [
        ("torch.autograd의 x_0를", ["torch.autograd", "x_0"]),
        ("Backward로", ["backward"]),
        ("그림 6-4와 6.10", ["그림", "6-4", "6.10"]),
        ("2026-01-02", ["2026", "01-02"]),
        ("λ를 微分과 함께, Poincaré의 ∂L", ["λ", "微分", "함께", "poincare", "∂", "l"]),
        ("eˣ, x₁, Δθ, aᵢⱼ", ["e", "x", "x", "1", "δ", "θ", "a", "i", "j"]),
        ("ϕ, ϵ, 𝜆, ℝ, ∆, Weierstraß", ["φ", "ε", "λ", "r", "δ", "weierstrass"]),
        ("e^x, (미분)!", ["e", "x", "미분"]),
        ("\u1106\u1175\u1107\u116e\u11ab", ["미분"]),  # 맥의 파일 이름처럼 풀린 글
    ],
)
def test_tokens(korean, text, tokens):
    assert korean("tokens", text) == tokens


@pytest.mark.parametrize(
    "word, halves",
    [
        ("미분을", ["미분", "을"]),
        ("미분에서는", ["미분", "에서는"]),
        ("미분했습니다", ["미분", "했습니다"]),
        ("미분하여도", ["미분", "하여도"]),
        ("값이", ["값", "이"]),
        ("사과", ["사과", ""]),  # 사+과가 아니다
        ("결과를", ["결과", "를"]),
        ("처음에는", ["처음에는", ""]),  # 책에 없는 말은 그대로 둔다
    ],
)
def test_particles_and_endings_are_cut(korean, word, halves):
    assert korean("cut", word) == halves


@pytest.mark.parametrize("word, known", [("미분", True), ("가지", False), ("그래프", False)])
def test_words_are_known_by_what_follows_them(korean, word, known):
    """가지+고처럼 어미일 수도 있는 것은 세지 않는다."""
    assert korean("isKnown", word) is known


@pytest.mark.parametrize(
    "forms",
    [
        ["줄여", "줄이면", "줄입니다", "줄인", "줄였다", "줄일수록"],
        ["떼어", "떼면", "뗀다"],
        ["고쳐", "고치는", "고친"],
        ["나누고", "나누어져서", "나누어집니다"],
        ["어렵다", "어려운", "어려워서"],
        ["따르면", "따라", "따릅니다"],
    ],
)
def test_forms_of_a_verb_share_a_stem(korean, forms):
    stems = {korean("verb", form) for form in forms}
    assert len(stems) == 1 and stems.pop().startswith("~"), stems


def test_noun_is_no_verb(korean):
    assert korean("verb", "그래프") == ""


def test_words_inside_a_word(korean):
    assert {"편미분", "계수", "미분"} <= set(korean("parts", "편미분계수"))
    assert korean("parts", "그래프") == []


def marked(korean, text):
    """색인에 들어갈 말마다, 그것이 나온 글."""
    return {
        term["term"]: (text[term["from"] : term["to"]], term["weak"])
        for term in korean("analyse", text)
    }


def test_terms_keep_their_places(korean):
    text = "그래서 편미분하는 X_tensor.grad와 두 번"
    terms = marked(korean, text)
    assert terms[korean("jamo", "편미분")] == ("편미분", False)
    assert terms[korean("hadaTerm", "편미분")] == ("편미분", False)
    assert terms[korean("hadaTerm", "미분")] == ("미분", True)
    assert terms[korean("initialsTerm", "미분")] == ("미분", True)
    assert terms["x_tensor.grad"] == ("X_tensor.grad", False)
    assert terms["grad"] == ("grad", True)
    assert terms[korean("jamo", "두번")] == ("두 번", True)


def test_only_the_end_of_a_compound_takes_the_verb(korean):
    terms = marked(korean, "계수미분하는")
    assert {korean("hadaTerm", "미분"), korean("jamo", "계수")} <= set(terms)
    assert korean("hadaTerm", "계수") not in terms


@pytest.mark.parametrize("word, asks", [("왜", True), ("나오나요", True), ("미분", False)])
def test_questions(korean, word, asks):
    assert korean("isQuestion", word) is asks


# --- 찾기: 작은 책에서

ERROR = "ShapeError: cannot add values of shape two and three"
NUMBERS = {"그림 1-1": "fig", "연습문제 1-2": "ex"}
SMALL = {
    "one/a.html": [
        "1 첫째 쪽",
        [
            Record("", "첫째 쪽", "오차 이야기를 합니다. 오차를 재고 오차를 줄입니다."),
            Record("diff", "차분", "전방 차분을 씁니다. 간격을 줄여 갑니다.", errors=[ERROR]),
            Record("mean", "오차", "평균을 냅니다.", numbers=NUMBERS),
            Record("sum", "오차의 모음과 오차의 합", "오차를 더합니다."),
            Record("add", "덧셈", "cannot add values 하고 shape two three 라고 합니다."),
        ],
    ],
    "two/b.html": [
        "2 둘째 쪽",
        [
            Record("", "둘째 쪽", "수치미분을 배웁니다. 수치미분은 쉽습니다."),
            *(Record("ex", "연습문제", "적분을 하십시오.") for _ in range(3)),
            Record("int", "넓이", "적분을 하십시오. quad(f)", code_names=["scipy.quad"]),
            Record("why", "까닭", "기울기를 봅니다."),
            Record("move", "움직임", "변화가 크고 변화를 봅니다."),
            Record("term-2", "기울기", "가파른 정도입니다.", "gradient, 변화도"),
            Record("term-1", "전방 차분", "앞을 봅니다.", "forward difference, 전진 차분"),
        ],
    ],
}


@pytest.fixture(scope="module")
def small_finder(tmp_path_factory):
    html = tmp_path_factory.mktemp("small")
    pieces.write(html / "_static/search", SMALL)
    return finder_of(search_files(html))


@pytest.fixture(scope="module")
def small(small_finder):
    """작은 책에서 찾은 곳들의 주소."""
    return lambda query: [hit["url"] for hit in small_finder("(q) => finder.ask(q)", query)]


@pytest.mark.parametrize(
    "query, urls",
    [
        # 제목 그대로, 제목의 일부, 글
        ("오차", ["one/a.html#mean", "one/a.html#sum", "one/a.html"]),
        ("적분", ["two/b.html#int", *["two/b.html#ex"] * 3]),  # 흔한 제목은 뒤로
        ("전진차분을", ["two/b.html#term-1", "one/a.html#diff"]),  # 같은 말
        ("전진 차분", ["two/b.html#term-1", "one/a.html#diff"]),
        ("forw", ["two/b.html#term-1", "one/a.html#diff"]),
        ("수치 미분", ["two/b.html"]),  # 띄어쓰기
        ("줄인 간격", ["one/a.html#diff", "one/a.html"]),
        ("ㅍㄱ", ["one/a.html#mean"]),
        ("둘쨰", ["two/b.html"]),
        ("그림 1-1", ["one/a.html#fig"]),
        ("1-2번 연습", ["one/a.html#ex"]),
        ("왜 평균", ["one/a.html#mean"]),
        ("vudrbs", ["one/a.html#mean"]),
    ],
)
def test_small_book_is_searched(small, query, urls):
    assert small(query)[: len(urls)] == urls


def test_another_name_that_looks_like_a_particle(small):
    assert "two/b.html#why" in small("변화도")


def test_quoted_error_comes_first(small):
    assert small("cannot add values shape")[0] == "one/a.html#diff"


def test_other_chapters_and_appendices(tmp_path):
    """점수가 같으면 책의 차례대로 보이고, 부록의 번호도 번호이다."""
    sentence = "상자를 봅니다."
    pages = {
        "chap9/b.html": ["9.1 처음", [Record("", "처음", sentence, "", {"식 (9.1)": "eq-9"})]],
        "chap10/c.html": ["10.3 끝", [Record("", "끝", sentence, "", {"그림 10-12": "fig-10"})]],
        "appendix-a/a.html": ["A.1 표들", [Record("", "표들", "", "", {"그림 A-1": "fig-a"})]],
    }
    pieces.write(tmp_path / "_static/search", pages)
    run = finder_of(search_files(tmp_path))

    def urls(query):
        return [hit["url"] for hit in run("(q) => finder.ask(q)", query)]

    assert urls("상자") == ["chap9/b.html", "chap10/c.html"]
    assert urls("그림 10-12")[0] == "chap10/c.html#fig-10"
    assert urls("그림 a-1")[0] == urls("A-1번 그림")[0] == "appendix-a/a.html#fig-a"
    assert urls("표들") == ["appendix-a/a.html"]


# --- 찾기: 한자, 그리스 글자, 부호가 붙은 글자, 수식

NAMED = """
    α 알파 alpha, β 베타 beta, γ 감마 gamma, δ 델타 delta, ε 엡실론 epsilon, ζ 제타 zeta,
    η 에타 eta, θ 세타 theta, ι 요타 iota, κ 카파 kappa, λ 람다 lambda, μ 뮤 mu, ν 뉴 nu, ξ 크시 xi,
    ο 오미크론 omicron, π 파이 pi, ρ 로 rho, σ 시그마 sigma, τ 타우 tau, υ 입실론 upsilon,
    φ 파이 phi, χ 카이 chi, ψ 프사이 psi, ω 오메가 omega, ∂ 라운드 partial, ∇ 나블라 nabla"""
GREEK = [names.split() for names in NAMED.split(",")]
LETTERS = {
    **{f"{letter}.html": f"식에 {letter}가 있습니다." for letter, _, _ in GREEK},
    **{f"{english}.html": f"코드에 np.{english}가 있습니다." for _, _, english in GREEK},
    "hanja.html": "미분(微分)과 적분(積分)을 함께 배우는 數値微積分法",
    "names.html": "Poincaré와 Erdős, Weierstraß가 보였습니다.",
}


@pytest.fixture(scope="module")
def by_letters(tmp_path_factory):
    """글자마다 한 쪽인 책에서 찾은 쪽들."""
    html = tmp_path_factory.mktemp("letters")
    pages = {url: ["쪽", [Record("", "쪽", text)]] for url, text in LETTERS.items()}
    pieces.write(html / "_static/search", pages)
    run = finder_of(search_files(html))
    return lambda queries: run(
        "(queries) => queries.map((query) => finder.ask(query).map((hit) => hit.url))", queries
    )


def test_greek_letters_are_found_by_letter_and_by_name(by_letters):
    assert len(GREEK) == 26
    forms = {
        form: f"{letter}.html"
        for letter, *names in GREEK
        for word in (letter, *names)
        for form in (word, word.upper(), word.title(), f"{word}는", f"{word}의 값", f"\\{word}")
    }
    forms |= {"ϕ": "φ.html", "ϵ": "ε.html", "\\varphi": "φ.html", "\\varepsilon": "ε.html"}
    forms |= {"ς": "σ.html", "µ": "μ.html", "파이": "π.html"}
    found = by_letters([*forms])
    assert [word for (word, url), urls in zip(forms.items(), found) if url not in urls] == []
    for letter, _, english in GREEK:
        assert by_letters([letter]) == [[f"{letter}.html", f"{english}.html"]]  # 글자가 먼저다


@pytest.mark.parametrize(
    "query, url",
    [
        *(
            (query, "hanja.html")
            for query in (
                "微分",
                "積分",
                "積",
                "微分을",
                "數値微積分法",
                "數値",
                "値微",
                "积分X微積分",
            )
        ),
        *(
            (query, "names.html")
            for query in ("Poincare", "poincaré", "POINCARÉ의", "Erdos", "erdös", "Weierstrass")
        ),
    ],
)
def test_hanja_and_accented_names_are_found(by_letters, query, url):
    assert by_letters([query])[0][:1] == [url]


@pytest.mark.parametrize(
    "tex, words",
    [
        (r"\ln x + \log_2 \lambda", {"ln", "log", "λ"}),
        (r"\lim_{h\to 0}\frac{\sin h}{h}", {"lim", "sin"}),
        (
            r"f(x) = \begin{cases} 1 & \text{짝수이면} \\ 0 & \text{아니면} \end{cases}",
            {"짝수이면"},
        ),
        (r"\operatorname{argmax}_\theta \nabla_\theta J", {"argmax", "θ", "∇", "j"}),
        (r"\begin{align} a &= \varepsilon \\ b &= \mathbb{R} \end{align}", {"ε", "r", "a", "b"}),
    ],
)
def test_words_in_formulas_are_read(korean, tex, words):
    """글 속의 수식과 따로 놓은 식에서."""
    formulas = [nodes.math_block("", tex, nowrap="align" in tex)]
    formulas += [] if "align" in tex else [nodes.math("", tex)]
    for formula in formulas:
        terms = {token["term"] for token in korean("analyse", plain(formula))}
        assert {korean("jamo", word) for word in words} <= terms


# --- 찾기: 무엇을 물어도 곧 답한다

COUNT = """(most) => {
  const kinds = [
    [Map, "get has set"],
    [Set, "has add"],
    [String, "slice replace endsWith startsWith includes"],
    [Array, "push"],
  ];
  const count = ([{ prototype }, names]) => names.split(" ").forEach((name) => {
    const method = prototype[name];
    prototype[name] = function (...values) {
      steps += 1;
      if (steps > most) throw new Error("너무 많은 일을 합니다");
      return method.apply(this, values);
    };
  });
  globalThis.steps = 0;
  kinds.forEach(count);
  return true;
}"""
ANSWER = """(query) => {
  steps = 0;
  for (const { text, terms } of finder.ask(query).slice(0, 50)) finder.excerpt(text, terms, 110);
  return steps;
}"""


def hostile_queries():
    """200자가 되게 늘인 말들."""
    random = Random(34)
    book = re.sub(r"\s+", " ", (ROOT / "chapters/chap6/6-6-engine.md").read_text("utf-8"))
    words = re.findall("[가-힣]{2,6}", book)

    def many(make, between=" "):
        return between.join(make() for _ in range(200))

    def syllable():
        return chr(random.randrange(ord("가"), ord("힣") + 1))

    def of_book(pattern):
        found = re.findall(pattern, book)
        return many(lambda: random.choice(found))

    for word in (
        "가",
        "자동미분",
        "미분하고",
        "은는이가를",
        "ㄱ",
        "ㅁㅣㅂㅜㄴ",
        "微分",
        "λμ",
        "é",
        "😀",
    ):
        yield word * 200
    for word in (
        "alqns",
        "a_",
        "a.",
        "1-",
        "__init__ ",
        "e\u0301",
        "미분λ微x",
        "torch.",
        "그림 6-",
    ):
        yield word * 200
    for between in ("", " "):
        yield many(lambda: syllable() + syllable(), between)
        yield many(lambda: random.choice(words)[:-1] + syllable(), between)
        yield many(lambda: random.choice(words), between)
        yield many(lambda: chr(ord("가") + 28 * random.randrange(399)), between)
    yield of_book("[a-z]{3,}")
    yield of_book("[가-힣]+|[a-z_.]+|[^\\s]")
    yield from (book[at : at + 300].replace(" ", "") for at in (3000, 9000))
    yield from (book[at:] for at in (5000, 11000))


def test_work_is_bounded_whatever_is_asked():
    """때가 아니라 하는 일을 센다. 긴 물음은 처음 200자만 본다."""
    run = finder_of(search_files())
    assert run(COUNT, 100_000)
    queries = [query[:400] for query in hostile_queries()]
    steps = [run(ANSWER, query) for query in queries]
    assert len(queries) > 30 and min(map(len, queries)) >= 200 and max(steps) > 10_000
    answer = "(query) => { steps = 0; return finder.ask(query).map((hit) => hit.url); }"
    assert all(run(answer, query) == run(answer, query[:200]) for query in queries[-4:])


# --- 찾기: 본문을 받기 전에


def test_small_book_is_searched_before_its_texts(small_finder):
    def first(query):
        return [hit["url"] for hit in small_finder("(q) => first.ask(q)", query)]

    assert first("오차")[:2] == ["one/a.html#mean", "one/a.html#sum"]
    assert first("전진차분을")[0] == first("forw")[0] == "two/b.html#term-1"
    assert first("그림 1-1") == ["one/a.html#fig"]
    assert first("scipy.quad") == first("quad") == ["two/b.html#int"]
    assert first("평균") == []


@pytest.fixture(scope="module")
def first(finder):
    """본문을 받기 전에 찾은 곳들의 주소."""
    return lambda queries: finder(
        "(queries) => queries.map((query) => first.ask(query).map((hit) => hit.url))", queries
    )


def sections():
    """만든 책의 절과 용어: (주소, 제목, 번호, 코드의 이름들)."""
    for url, (_, rows) in search_files().head["pages"].items():
        for place, title, _, numbers, names in rows:
            anchor = place.replace("#", slug(title))
            address = f"{url}#{anchor}" if anchor else url
            yield address, title, {label: f"{url}#{numbers[label]}" for label in numbers}, names


def test_titles_terms_numbers_and_code_names_are_found_before_the_texts(first):
    wanted = []
    for address, title, numbers, names in sections():
        wanted += [] if re.search(r"\d", title) else [(title, address)]  # 번호는 그 자리가 먼저다
        wanted += numbers.items()
        wanted += [(name, address) for name in filter(None, names.split(", "))]
    assert len(wanted) > 600
    found = first([query for query, _ in wanted])
    missed = [query for (query, address), urls in zip(wanted, found) if address not in urls]
    assert missed == []


def test_numbers_lead_before_the_texts(first):
    numbers = {label: url for _, _, found, _ in sections() for label, url in found.items()}
    found = first(list(numbers))
    assert len(numbers) > 40
    assert [urls[0] for urls in found] == list(numbers.values())


def test_titles_are_cut_alike_before_and_after_the_texts(finder):
    """조사와 어미는 책을 만들 때 배우므로, 제목의 말은 본문을 받기 전에도 같은 말이다."""
    titles = list({title for _, title, _, _ in sections()})
    same = """(titles) => {
      const analysers = [head.learned, learned].map((it) => Korean.createAnalyser(head.lists, it));
      const [before, after] = analysers.map((korean) => {
        titles.forEach(korean.meet);
        return titles.map((title) => JSON.stringify(korean.analyse(title)));
      });
      return titles.filter((_, i) => before[i] !== after[i]);
    }"""
    assert len(titles) > 100 and finder(same, titles) == []


@pytest.mark.parametrize("kind, most", [("engine", 17_000), ("head", 9_500 * CHAPTERS)])
def test_little_is_loaded_before_the_texts(kind, most):
    """열 장이면 engine 하나와 head 열 배쯤이다. 같은 말이 거듭되므로 head는 열 배보다 적다."""
    folder = HTML / "_static/search"
    data = (folder / search_files().files[kind]).read_bytes()
    assert len(gzip.compress(data, 6)) < most


def test_pieces_follow_their_chapters(tmp_path):
    def names(pages):
        pieces.write(tmp_path, pages)
        return carried((tmp_path / pieces.INDEX).read_text("utf-8"))

    def with_sentence(text):
        name, (record, *others) = SMALL["two/b.html"]
        changed = record._replace(text=f"{record.text} {text}")
        return SMALL | {"two/b.html": [name, [changed, *others]]}

    before = names(SMALL)
    files = {path.name for path in tmp_path.iterdir()}
    assert files == {pieces.INDEX, *before.pop("texts"), *before.values()}
    before = names(SMALL)
    after = names(with_sentence("수치미분은 쉽습니다."))  # 아는 말뿐이다
    assert after["texts"][0] == before["texts"][0] and after["texts"][1] != before["texts"][1]
    assert {kind for kind in before if after[kind] != before[kind]} == {"texts"}
    after = names(with_sentence("분수를 분수의 분수는"))
    assert {kind for kind in before if after[kind] != before[kind]} == {"texts", "learned"}


# --- 찾기: 만든 책에서

TERMS = re.findall(r"^([^\s:(#].*)\n  \S", (ROOT / "glossary.md").read_text("utf-8"), re.M)


@pytest.mark.parametrize("term", TERMS)
def test_every_term_is_found_with_and_without_particles(ask, term):
    joined = term.replace(" ", "")
    for query in (term, joined, f"{term}의", f"{term}에서는", f"{joined}만"):
        hits = ask(query)[:3]
        found = [title for url, title in hits if url.startswith("glossary.html#term-")]
        assert term in found, (query, hits)


def page_of(url):
    path = PurePosixPath(url.split("#")[0])
    return path.parent.name if path.name == "index.html" and path.parent.name else path.stem


def test_queries_find_their_pages(ask):
    first = top = 0
    missed = []
    for query, (_, expected) in QUERIES.items():
        found = [page_of(url) for url, _ in hits_in_chap6(ask(query))[:3]]
        first += found[0] in expected if found else False
        top += bool(set(found) & set(expected))
        missed += [] if set(found) & set(expected) else [query]
    assert first / len(QUERIES) >= FIRST and top / len(QUERIES) >= IN_THREE, missed


@pytest.mark.parametrize("query", PLACES)
def test_queries_find_their_sections(ask, query):
    _, place, within = PLACES[query]
    hits = hits_in_chap6(ask(query))
    if not place:
        assert hits == []
        return
    page, name = place.split("#")
    near = [title for url, title in hits[:within] if page_of(url) == page]
    near += [url.partition("#")[2] for url, _ in hits[:within] if page_of(url) == page]
    assert name in near, hits[:3]


def test_answers_are_ranked(finder):
    hits = finder("(q) => finder.ask(q)", "중앙 차분의 오차")
    ranks = [(hit["count"], hit["score"]) for hit in hits]
    assert len(hits) > 5 and ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize("query", ["", "  ", "?!", "뷁쀍"])
def test_nothing_is_found(ask, query):
    assert ask(query) == []


# --- 보일 글

EXCERPT = "(text, terms, width) => finder.excerpt(text, terms, width)"


def test_excerpt_is_the_text_with_marks(finder):
    pieces = finder(EXCERPT, "미분을 합니다", [finder("Korean.jamo", "미분")], 110)
    assert [text for text, match in pieces if match] == ["미분"]
    assert "".join(text for text, _ in pieces) == "미분을 합니다"


def test_long_excerpt_shows_where_most_terms_meet(finder):
    terms = [finder("Korean.jamo", word) for word in ("미분", "역전파")]
    text = "미분 " + "가나다 " * 60 + "미분과 역전파 " + "라마바 " * 60
    pieces = finder(EXCERPT, text, terms, 110)
    assert [text for text, match in pieces if match] == ["미분", "역전파"]
    shown = "".join(text for text, _ in pieces)
    assert re.fullmatch(r"… .{100,110} …", shown)


def test_excerpt_without_a_match_is_the_beginning(finder):
    assert finder(EXCERPT, "가" * 200, ["ㅁㅣㅂㅜㄴ"], 110) == [
        ["", False],
        ["가" * 110, False],
        [" …", False],
    ]
