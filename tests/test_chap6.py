"""6장과 장 밖의 쪽의 시험: 이 책의 글과 코드가 지키는 규칙. 새 장에는 새 장의 시험을 둔다.

책의 출력, 준비 셀, 되풀이한 함수, 그림 6-1, numer_deriv의 잘못, 장 번호.
"""

import ast
import io
import re
from base64 import b64decode
from copy import copy
from difflib import unified_diff
from importlib.metadata import version
from itertools import takewhile
from platform import python_version

import numpy as np
import pytest
from bs4 import BeautifulSoup
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageFilter
from pypdf import PdfReader

from book import (
    CHAPTERS,
    CONFIG,
    HTML,
    ROOT,
    SECTIONS,
    WITH_CELLS,
    attaches,
    code_cells,
    executed,
    messages,
    of_chap6,
    pdf_texts,
    python,
    read_page,
    source,
    written,
)
from outputs import EXPECTED, assert_printed, lines, squeeze, text_output

SECTIONS, WITH_CELLS = of_chap6(SECTIONS), of_chap6(WITH_CELLS)
SOURCES = [*ROOT.glob("*.md"), *ROOT.glob("chapters/chap6/*.md")]


def test_front_page_has_a_line_for_every_section():
    """장의 쪽에 적은 그대로이다. 몸풀기에는 장의 쪽에 줄이 없다."""
    front = read_page("index.html").select(".front li")
    of_chapter = {li.get_text() for li in read_page("chapters/chap6/index.html").select("li")}
    files = [li.a["href"].split("#")[0].removesuffix(".html") for li in front]
    assert sorted(files) == sorted(WITH_CELLS)
    assert files[0] == "chapters/chap6/warm-up" and len(front[0].get_text()) > 20
    assert {li.get_text() for li in front[1:]} <= of_chapter


@pytest.mark.parametrize("page", EXPECTED)
def test_printed_outputs_appear_in_order(page):
    assert_printed(page, executed(page))


def test_every_page_of_the_listing_is_checked():
    assert {"6-1-sympy", "6-2-numerical", "6-3-pytorch", "6-4-autodiff"} == {
        page.split("/")[-1] for page in of_chap6(EXPECTED)
    }


@pytest.mark.parametrize("page", WITH_CELLS)
def test_setup_cell_is_the_same_everywhere(page):
    first, model = code_cells(page)[0], code_cells(SECTIONS[0])[0]
    assert first.source == model.source
    assert first.metadata["tags"] == ["setup", "hide-input"]


def of_the_text(page):
    """물음과 연습문제 앞의 코드 셀."""
    cells = takewhile(lambda cell: "(quiz-" not in cell.source, source(page).cells)
    return [cell for cell in cells if cell.cell_type == "code"]


def definitions_in(*cells):
    """셀들을 차례로 실행하고 남는 함수와 클래스: {이름: 나무}."""
    return {
        node.name: ast.dump(node)
        for cell in cells
        for node in ast.parse(python(cell.source)).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }


def attached_in(*cells):
    trees = (ast.parse(python(cell.source)).body for cell in cells)
    return [ast.dump(node) for body in trees for node in body if attaches(node)]


def section_of(cell):
    """접은 셀이 되풀이하는 절. 아니면 None."""
    if "hide-input" not in cell.metadata.get("tags", []) or cell.source.startswith(
        "# 그림을 그리는 코드"
    ):
        return None
    number = re.match(r"# (\d+)\.(\d+)절에서 만든 함수", cell.source)
    assert number, "접은 셀은 '# 6.2절에서 만든 함수'로 시작합니다"
    return next(p for p in SECTIONS if p.split("/")[-1].startswith("-".join(number.groups()) + "-"))


@pytest.mark.parametrize("page", WITH_CELLS)
def test_repeated_functions_are_the_same(page):
    for cell in code_cells(page)[1:]:
        if origin := section_of(cell):
            defined = definitions_in(*of_the_text(origin))
            for name, tree in definitions_in(cell).items():
                assert tree == defined[name], name
            if attached := attached_in(cell):
                assert attached == attached_in(*of_the_text(origin))


GROWN = {"Variable", "operate", "unbroadcast", "matmul", "grad"}  # 엔진의 다섯 셀을 알아보는 이름


def engine_cells():
    cells = of_the_text("chapters/chap6/6-6-engine")
    return [cell for cell in cells if GROWN & {*definitions_in(cell)}]


def test_the_engine_grows_in_five_cells_of_120_lines():
    """다섯 셀 밖에서는 엔진의 함수를 다시 정의하거나 메서드를 붙이지 않는다."""
    cells = engine_cells()
    assert [sorted(GROWN & {*definitions_in(cell)}) for cell in cells] == [
        ["Variable", "operate"],
        ["operate"],
        ["unbroadcast"],
        ["matmul"],
        ["grad"],
    ]
    others = [cell for cell in of_the_text("chapters/chap6/6-6-engine") if cell not in cells]
    assert not {*definitions_in(*cells)} & {*definitions_in(*others)} and not attached_in(*others)
    code = [line for cell in cells for line in cell.source.split("\n") if line.strip()]
    assert len(code) <= 120


@pytest.mark.parametrize("page", ["chapters/chap6/6-7-methods", "chapters/chap6/6-8-deceive"])
def test_the_finished_engine_is_repeated_whole(page):
    cells = [cell for cell in code_cells(page)[1:] if section_of(cell)]
    (cell,) = [cell for cell in cells if "Variable" in definitions_in(cell)]
    assert definitions_in(cell) == definitions_in(*engine_cells())
    assert attached_in(cell) == attached_in(*engine_cells())


def printed_by(cell):
    """셀이 찍은 글과 낸 오류."""
    errors = [out["evalue"] for out in cell.get("outputs", []) if out.output_type == "error"]
    return squeeze(text_output(cell) + "".join(errors))


def test_the_table_of_messages_holds_what_cells_have_printed():
    printed = [printed_by(cell) for page in SECTIONS for cell in executed(page).cells]
    patterns = {
        text: ".{1,300}?".join(map(re.escape, squeeze(text).split("…"))) for text in messages()
    }
    assert len(patterns) >= 12 and min(map(len, map(squeeze, patterns))) >= 8
    assert [
        text
        for text, pattern in patterns.items()
        if not any(re.search(pattern.removesuffix(".{1,300}?"), out) for out in printed)
    ] == []


def difference(image, model):
    """두 그림의 밝기 차이의 제곱평균제곱근. 해상도가 달라도 되게 조금 흐려서 견준다."""

    def grey(im):
        im = im.convert("RGBA")
        im = (
            Image.alpha_composite(Image.new("RGBA", im.size, "white"), im)
            .convert("L")
            .resize(model.size, Image.Resampling.BOX)
        )
        return np.asarray(im.filter(ImageFilter.GaussianBlur(2)), float)

    return np.sqrt(np.mean((grey(image) - grey(model)) ** 2))


def fig_6_1():
    """빌드가 그린 그림 6-1: (SVG 글, PNG 그림)."""
    outputs = [
        out.get("data", {})
        for cell in executed("chapters/chap6/6-2-numerical").cells
        for out in cell.get("outputs", [])
    ]
    data = next(data for data in outputs if "image/svg+xml" in data)
    return data["image/svg+xml"], Image.open(io.BytesIO(b64decode(data["image/png"])))


def test_figure_6_1_is_the_printed_one():
    """tests/fig6-1.png는 인쇄된 책의 코드를 그대로 실행하여 그린 것이다."""
    model = Image.open(ROOT / "tests/fig6-1.png")
    saved = Image.open(ROOT / "imgs/chap6/fig6-1.png")
    assert difference(fig_6_1()[1], model) < 1.5  # 할선이 가늘어지기만 해도 2를 넘는다
    assert difference(saved, model) < 1.5, "make imgs를 실행하세요"
    assert saved.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_figure_6_1_titles_are_drawn_with_nanum():
    svg, nanum = fig_6_1()[0], FT2Font(ROOT / "fonts/NanumBarunGothic.ttf")
    for letter in "전방차분중앙":
        assert f'"NanumBarunGothic-{nanum.get_char_index(ord(letter)):x}"' in svg
    pdf = PdfReader(ROOT / "imgs/chap6/fig6-1.pdf").pages[0]
    (text,) = pdf_texts(ROOT / "imgs/chap6/fig6-1.pdf")
    assert "전방 차분" in text and "중앙 차분" in text
    assert any(
        "NanumBarunGothic" in font.get_object()["/BaseFont"]
        for font in pdf["/Resources"]["/Font"].values()
    )


def numer_deriv(*changes):
    """6.2절의 numer_deriv. changes는 (옛 글, 새 글)이며, 반드시 한 번 나와야 한다."""
    code = next(
        cell.source
        for cell in code_cells("chapters/chap6/6-2-numerical")
        if "def numer_deriv" in cell.source
    )
    for old, new in changes:
        assert code.count(old) == 1
        code = code.replace(old, new)
    scope = {"np": np}
    exec(code, scope)
    return scope["numer_deriv"]


def test_numer_deriv_keeps_its_printed_faults():
    """되살린 코드를 아무도 몰래 고치지 않게 한다. 고친 함수는 6.5절에서 따로 만든다."""
    restore = ("        grad[i] = ", "        x_[i] = original_value\n        grad[i] = ")
    double = ("astype('float32')", "astype('float64')")

    def f_xy(x):
        return (x[0] ** 2 + 2 * x[0]) * np.log(x[1])

    point = np.array([1, 2])
    for changes, value, tolerance in (
        ((), 1.49893749, 3e-4),
        ((restore,), 1.49989116, 3e-4),
        ((double,), 1.49900016, 1e-8),
        ((restore, double), 1.50000003, 1e-8),
    ):
        assert numer_deriv(*changes)(f_xy, point)[1] == pytest.approx(value, abs=tolerance)
    assert abs(numer_deriv()(f_xy, point)[1] - 1.5) > 8e-4  # 느슨한 비교로도 틀린 것이 드러난다

    def f(x):
        return (x**2 + 2 * x) * np.log(x)

    assert numer_deriv()(f, 1, method="centre") == numer_deriv()(f, 1, method="center")
    with pytest.raises(TypeError):
        numer_deriv()(f, np.float64(1))


@pytest.mark.parametrize("page", SECTIONS)
def test_chapter_number_is_the_same_everywhere(page):
    """장 번호나 부록의 글자는 폴더, 파일 이름, 이름표, 그림 이름, 본문에서 같아야 한다."""
    _, folder, name = page.split("/")
    number = number_in(folder)
    text = written(page)
    assert name.split("-")[0] == number
    assert f"({folder})=" in (ROOT / f"chapters/{folder}/index.md").read_text("utf-8")
    assert set(re.findall(r"savefig\(.imgs/([\w-]+)/|name: (?:fig|tbl)-(\w+?)-", text)) <= {
        (folder, ""),
        ("", number),
    }
    chapters = {number_in(path.parent.name).upper() for path in ROOT.glob("chapters/*/index.md")}
    assert (
        set(
            re.findall(r"(\d+|[A-Z])\.\d+절", text)
            + re.findall(r"(?:그림|표|연습문제) (\d+|[A-Z])-", text)
            + re.findall(r"식 \((\d+|[A-Z])\.", text)
        )
        <= chapters
    )


def number_in(folder):
    return re.sub("^(chap|appendix-)", "", folder)


def test_labels_are_unique_in_the_book():
    """쪽이 다르면 Sphinx가 겹친 이름표를 알리지 않고 하나를 고른다."""
    labels = [
        "".join(groups)
        for path in SOURCES
        for groups in re.findall(
            r"^\(([\w-]+)\)=|^\$\$ \(([\w-]+)\)|(?:^ *:?|\{)(?:name|label): (?!python3)([\w-]+)",
            path.read_text("utf-8"),
            re.M,
        )
    ]
    assert len(labels) > 10 and sorted(labels) == sorted(set(labels))


def html(name):
    return read_page(f"{name}.html").article


@pytest.mark.parametrize("page", WITH_CELLS)
def test_versions_are_those_of_the_execution(page):
    """쪽의 끝에 실행한 날과 버전이 있고, 노트북에는 없다. 버전은 시험하는 이 환경의 것과 같다."""
    record, line = (
        executed(page).metadata["language_info"],
        html(page).select_one("p.versions").get_text(),
    )
    year, month, day = map(int, record["executed"].split("-"))
    names = {"numpy": "넘파이", "sympy": "심파이", "matplotlib": "맷플롯립"} | (
        {"torch": "파이토치"} if "import torch" in str(source(page)) else {}
    )
    versions = [
        f"파이썬 {python_version()}",
        *(f"{korean} {version(name).split('+')[0]}" for name, korean in names.items()),
    ]
    assert re.fullmatch(
        rf"위의 코드는 {year}년 {month}월 {day}일에 "
        rf"{re.escape(', '.join(versions))}으?로 실행했습니다.",
        line,
    )
    assert "실행했습니다." not in (
        ROOT / f"notebooks/{page.removeprefix('chapters/')}.ipynb"
    ).read_text("utf-8")


def printed_code():
    """{절: 인쇄된 책의 코드의 줄들}"""
    parts = re.split(r"^==== (.+)\n", (ROOT / "tests/listing.txt").read_text("utf-8"), flags=re.M)
    return {page: lines(code) for page, code in zip(parts[1::2], parts[2::2])}


MARK = CONFIG["sphinx"]["config"]["book_cell_marks"]["printed"]
# 쪽에서 덧붙이거나(+) 뺀(-) 줄. 절마다 홀로 실행되어야 하고, 그림은 늘 저장한다
CHANGED = {
    "chapters/chap6/6-2-numerical": [
        "+ f = lambda x : (x**2 + 2*x)*np.log(x)",
        "- if file_print == True :",
        '+ Path("imgs/chap6").mkdir(parents=True, exist_ok=True)',
    ],
    "chapters/chap6/6-4-autodiff": [
        "+ # 순전파: 연산마다 값과 캐시를 얻는다",
        "+ # 역전파: 순전파의 반대 차례로 미분 함수를 부른다",
        "+ import torch",
    ],
}


@pytest.mark.parametrize("page", WITH_CELLS)
def test_the_mark_is_on_the_printed_code_and_nowhere_else(page):
    """꼬리표 printed를 단 셀들의 줄은 인쇄된 책의 것과 차례까지 같고, 쪽에는 셀마다 글이 있다."""
    marked = [cell for cell in code_cells(page) if "printed" in cell.metadata.get("tags", ())]
    code = [line for line in lines("\n".join(cell.source for cell in marked)) if line]
    head_and_changes = unified_diff(printed_code().get(page, []), code, n=0, lineterm="")
    changed = [line for line in head_and_changes if line[0] in "+-"][2:]
    assert changed == [line[0] + squeeze(line[1:]) for line in CHANGED.get(page, [])]
    words = html(page).select("p.cell-mark")
    assert [word.get_text() for word in words] == [MARK] * len(marked)
    assert all("tag_printed" in word.find_next_sibling()["class"] for word in words)


def minutes_to_read(page):
    """원고의 글에서 따로 센 시간: 접지 않은 글은 1분에 200자, 접지 않은 코드는 1분에 8줄."""
    text = written(page).split("---\n", 2)[-1]
    text = re.split(r"^\((?:quiz|ex)-", text, flags=re.M)[0]
    cell = re.compile(
        r"^```\{code-cell\} ipython3\n(---\n.*?^---\n|(?::[^\n]*\n)*)(.*?)^```", re.M | re.S
    )
    cells = cell.findall(text)
    shown = [body for head, body in cells if not re.search("hide-(input|cell)|remove", head)]
    code = re.findall(r"^.*\S", "\n".join(shown), re.M)
    captions = [re.findall(r"caption:(.*?)^  image:", head, re.M | re.S) for head, _ in cells]
    not_read = (
        cell.pattern,
        r"^(:{3,}|`{3,})\{(?:dropdown|index|exercise)\}.*?^\1$",
        r"^(:{3,})\{\w+\}[^\n]*\n:class: dropdown\n.*?^\1$",
        r"^\$\$.*?^\$\$|\\begin.*?\\end|\$[^$]+\$",
    )
    for pattern in not_read:
        text = re.sub(pattern, "", text, flags=re.M | re.S)
    return len(re.findall("[가-힣]", text + str(captions))) / 200 + len(code) / 8


@pytest.mark.parametrize("page", WITH_CELLS)
def test_minutes_at_the_head_are_those_of_the_source(page):
    line = html(page).h1.find_next("p")
    told = re.fullmatch(
        r"읽는 데 (\d+)분쯤 걸립니다(?:\(물음과 연습문제는 빼고\))?\.", line.get_text()
    )
    assert line["class"] == ["minutes"] and abs(int(told[1]) - minutes_to_read(page)) < 0.75
    assert ("물음" in line.get_text()) == bool(html(page).select('[id^="quiz-"]'))
    notebook = (ROOT / f"notebooks/{page.removeprefix('chapters/')}.ipynb").read_text("utf-8")
    assert line.get_text() in notebook, "make notebooks를 실행하세요"


def test_callouts_lead_to_each_other():
    """numer_deriv의 [1]–[8]은 설명으로, 설명은 코드로, 글 속의 번호는 설명으로 간다."""
    page = html("chapters/chap6/6-2-numerical")
    links = page.select("a.callout")
    code, items = (
        [a for a in links if a.find_parent("pre")],
        [a for a in links if a.find_parent("li")],
    )
    assert (
        [a.get_text() for a in code]
        == [a.get_text() for a in items]
        == [f"[{n}]" for n in range(1, 9)]
    )
    for one, other in zip(code, items):
        assert (one["href"], other["href"]) == (f"#{other['id']}", f"#{one['id']}")
    assert {a["href"] for a in links} <= {f"#{a['id']}" for a in [*code, *items]} and len(
        links
    ) > 16
    assert (
        html("chapters/chap6/6-4-autodiff").select("a.callout") == []
    )  # 되풀이한 함수에는 설명이 없다


@pytest.mark.parametrize("page", SECTIONS)
def test_quiz_has_one_right_answer_and_a_reason_for_each_wrong_one(page):
    aim = html(page).find("strong", string="이 절을 마치면")
    aims = aim.find_next("ul").find_all("li")
    assert len(aims) >= 3
    quiz = html(page).select_one('section[id^="quiz-"]')
    questions = [
        p
        for p in quiz.find_all("p", recursive=False)
        if p.find_next_sibling() and p.find_next_sibling().name == "details"
    ]
    assert len(questions) >= 5 and len(questions) >= len(aims)
    for n, question in enumerate(questions, 1):
        assert question.get_text().startswith(f"물음 {n}.")
        answers = []
        for choice in question.find_next_siblings():
            if choice.name != "details":
                break
            answers.append(choice.select_one(".sd-card-body").get_text().strip())
        assert len(answers) >= 3
        assert sorted(a.split()[0] for a in answers) == sorted(
            ["맞습니다."] + ["아닙니다."] * (len(answers) - 1)
        )
        assert all(len(a) > 25 for a in answers), answers


def fenced(kind, text):
    """상자에 적은 블록들의 (이름 뒤에 적은 말, 코드)."""
    return re.findall(rf"^```\{{{kind}\}} *(.*)\n((?:.*\n)*?)^```$", text, re.M)


def exercises_in(page):
    """{연습문제의 이름표: (문제의 글, 풀이의 글)}."""
    text = written(page)
    asked = dict(
        re.findall(r"^(?::+)\{exercise\} .+\n:label: ([\w-]+)\n((?:.*\n)*?):{5}$", text, re.M)
    )
    solved = dict(
        re.findall(
            r"^:+\{solution(?:-start)?\} ([\w-]+)\n((?:.*\n)*?)(?::{5}|:+\{solution-end\})$",
            text,
            re.M,
        )
    )
    assert len(asked) >= 4 and list(asked) == list(solved)
    return {label: (asked[label], solved[label]) for label in asked}


@pytest.mark.parametrize("page", SECTIONS)
def test_every_exercise_is_checked(page):
    """틀과 확인과 풀이가 있고, 확인은 다르게 쓴 맞는 답과 틀린 답을 둘 이상 가린다."""
    for label, (asked, solved) in exercises_in(page).items():
        counts = [len(fenced(kind, asked)) for kind in ("starter", "check", "right", "wrong")]
        assert counts[:2] == [1, 1] and min(counts[2:]) >= 2, (label, counts)
        ((_, check),) = fenced("check", asked)
        asserts = [node for node in ast.walk(ast.parse(check)) if isinstance(node, ast.Assert)]
        assert len(asserts) >= 3 and all(node.msg for node in asserts), label
        assert not any(isinstance(node.test, ast.Constant) for node in asserts), label
        ((_, answer),) = fenced("answer", solved)
        messages = [text_of(node.msg) for node in asserts]
        lines = [line.strip() for line in answer.splitlines() if len(line.strip()) > 12]
        assert not [line for line in lines for text in messages if line in text], label


def text_of(message):
    """알림에 글자 그대로 적힌 글."""
    texts = [node.value for node in ast.walk(message) if isinstance(node, ast.Constant)]
    return " ".join(map(str, texts))


def test_hints_lead_to_the_hard_exercises():
    titles = [
        re.findall(r"^:+\{admonition\} (힌트: .+)\n:class: dropdown hint$", asked, re.M)
        for page in SECTIONS
        for asked, _ in exercises_in(page).values()
    ]
    assert sum(len(found) >= 2 for found in titles) >= 10
    assert all(len({*found}) == len(found) for found in titles)


def test_outputs_worth_guessing_are_folded():
    for page in SECTIONS:
        folded = [
            cell.metadata["mystnb"]["code_prompt_show"]
            for cell in code_cells(page)
            if "hide-output" in cell.metadata.get("tags", ())
        ]
        asked = [said for said in folded if said.startswith("먼저 짐작해 봅시다")]
        notebook = (ROOT / "notebooks" / f"{page.removeprefix('chapters/')}.ipynb").read_text(
            "utf-8"
        )
        assert len(asked) >= 2 and all(f"**{said}**" in notebook for said in asked), page


TERMS = """
미분 미분계수 도함수 편미분 편미분계수 편도함수 그래디언트 기호미분 수치미분 자동미분
전방_차분 중앙_차분 절단_오차 반올림_오차 유효숫자_손실 상쇄 기계_엡실론 연쇄법칙
계산_그래프 순전파 역전파 상류_미분계수 국소_미분계수 캐시 텐서 리프_텐서 순방향_모드
역방향_모드 이중수 벡터-야코비안_곱 테이프 위상_정렬 복소_스텝_미분 리처드슨_외삽
"""
WORDS = [dt.get_text().strip("¶ \n") for dt in html("glossary").select("dl.glossary dt")]


def test_glossary_has_the_terms_of_the_book_in_order():
    assert {term.replace("_", " ") for term in TERMS.split()} <= set(WORDS) and len(WORDS) >= 45
    assert sorted(WORDS) == WORDS
    for dd in html("glossary").select("dl.glossary dd"):
        text = dd.get_text().strip()
        assert text.endswith(".") and re.search(r"\([A-Za-z]", text), text


def test_addresses_are_words():
    """번호로 지은 주소는 앞에 용어나 절이 하나 늘면 다른 곳을 가리킨다."""
    terms = html("glossary").select("dl.glossary dt")
    assert [term["id"] for term in terms] == [f"term-{word.replace(' ', '-')}" for word in WORDS]
    sections = [box["id"] for page in SECTIONS for box in html(page).select("section:has(> h2)")]
    assert len(sections) > 50 and not [name for name in sections if re.fullmatch(r"id\d+", name)]


def test_terms_of_the_sections_are_in_the_index():
    """인쇄한 찾아보기에는 `{index}`로 적은 말만 실린다."""
    text = "\n".join(map(written, WITH_CELLS))
    entries = {
        entry.strip()
        for line in re.findall(r"^```\{index\} (.+)", text, re.M)
        for entry in line.split(",")
    }
    assert set(re.findall(r"\{term\}`([^`]+)`", text)) <= entries


@pytest.mark.parametrize(
    "page",
    [
        "index",
        "cheatsheet",
        "chapters/chap6/index",
        *WITH_CELLS,
    ],
)
def test_terms_lead_to_the_glossary_at_first_use(page):
    """제목, 코드, 수식, 그림과 표의 제목, 누를 것 안의 글은 세지 않는다."""
    longest_first = re.compile("|".join(map(re.escape, sorted(WORDS, key=len, reverse=True))))
    seen, unlinked = set(), []
    for text in html(page).find_all(string=True):
        if text.find_parent(
            ["h1", "h2", "h3", "summary", "caption", "figcaption", "code", "pre", "nav"]
        ) or text.find_parent(
            class_=[
                "math",
                "admonition-title",
                "std-ref",
                "std-numref",
                "versions",
                "toctree-wrapper",
            ]
        ):
            continue
        for term in set(longest_first.findall(text)) - seen:
            seen.add(term)
            if not text.find_parent("span", class_="std-term"):
                unlinked.append(f"{term}: {text[:60]}")
    assert unlinked == []


FORBIDDEN = [
    "수치 미분",
    "자동 미분",
    "기호 미분",
    "편 미분",
    "미분 계수",
    "연쇄 법칙",
    "전방차분",
    "중앙차분",
    "계산그래프",
    "전진 차분",
    "중심 차분",
    "역 전파",
    "순 전파",
    "그라디언트",
    "넘파이 배열",
    "에 의해",
    "되어지",
]


@pytest.mark.parametrize("page", ["index", "cheatsheet", "references", *WITH_CELLS])
def test_terms_are_written_one_way(page):
    article = copy(html(page))
    for code in article.select("pre, code, .math, nav"):
        code.extract()
    text = re.sub(r"\s+", " ", article.get_text())
    assert [word for word in [*FORBIDDEN, "!"] if word in text] == []


@pytest.mark.parametrize("page", ["index", "cheatsheet", *WITH_CELLS])
def test_particles_follow_the_sound_of_numbers(page):
    """그림 6-6을, 식 (6.5)를, 3으로: 번호는 절이 늘면 저절로 바뀌므로 조사가 어긋나기 쉽다."""
    article = copy(html(page))
    for math in article.select(".math"):
        math.extract()
    wrong = r"[013678]\)?(를|는|와|가)\b|[2459]\)?(을|은|과)\b|[036]\)?로\b|[1245789]\)?으로\b"
    text = article.get_text()
    assert [text[m.start() - 15 : m.end()] for m in re.finditer(wrong, text)] == []


@pytest.mark.parametrize("page", WITH_CELLS)
def test_figures_are_numbered_and_told(page):
    for figure in html(page).select("figure"):
        assert re.match(r"그림 \d+-\d+", figure.figcaption.get_text().strip())
        assert (
            len(re.findall("[가-힣]", figure.img["alt"])) >= 20
            and figure.img["alt"] not in figure.figcaption.get_text()
        )
    assert len(html(page).select(".cell_output img")) == len(html(page).select("figure img"))


def test_every_reference_is_cited():
    """근거로 들지 않은 책은 목록에 두지 않는다. 없는 책을 인용하면 빌드가 멈춘다."""
    text = "\n".join(path.read_text("utf-8") for path in SOURCES)
    cited = {
        key.strip()
        for keys in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text)
        for key in keys.split(",")
    }
    bib = (ROOT / "references.bib").read_text("utf-8")
    known = set(re.findall(r"^@\w+\{([\w-]+),", bib, re.M))
    assert cited == known or CHAPTERS > 1 and cited < known  # 다른 장의 문헌도 여기 적는다


def test_sections_follow_their_file_numbers():
    """파일 이름의 6-2는 만들어진 쪽의 6.2와 같다."""
    for page in SECTIONS:
        number = ".".join(page.split("/")[-1].split("-")[:2])
        assert f'<span class="section-number">{number} </span>' in (
            HTML / f"{page}.html"
        ).read_text("utf-8")
    for page in {*WITH_CELLS} - {*SECTIONS}:
        assert not html(page).select(".section-number"), page


def test_equation_6_5_comes_by_counting():
    page = (HTML / "chapters/chap6/6-2-numerical.html").read_text("utf-8")
    numbers = re.findall(r'id="equation-([\w-]+)".*?<span class="eqno">\(([\d.]+)\)', page, re.S)
    assert numbers == [
        ("eq-limit", "6.1"),
        ("eq-forward", "6.2"),
        ("eq-central", "6.3"),
        ("eq-gradient", "6.4"),
        ("eq-f-xy", "6.5"),
    ]
    assert r"\tag" not in written("chapters/chap6/6-2-numerical")


@pytest.mark.parametrize("page", WITH_CELLS)
def test_every_cell_and_heading_has_its_text(page):
    """셀 바로 앞에는 글이 있고, 제목 뒤에는 글이 온다.

    셀이 잇따르는 것은 출력을 함께 보는 두 셀뿐이다.
    """
    cells = source(page).cells
    for before, cell in zip(cells, cells[1:]):
        if cell.cell_type == "code" and before.cell_type == "markdown":
            assert not before.source.rstrip().split("\n")[-1].startswith("#"), cell.source[:80]
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert re.findall(r"^#+ .*\n+(?=#)", text, re.M) == []
    assert len(re.findall(r"^# ", text, re.M)) == 1


def test_the_picture_of_the_front_page_is_the_function_of_the_chapter():
    """손으로 그린 secants.svg: 점은 곡선 위에 있고, 적은 기울기는 그 점까지의 할선의 것이다."""
    drawing = BeautifulSoup((ROOT / "secants.svg").read_text("utf-8"), "html.parser")
    f = lambda x: (x**2 + 2 * x) * np.log(x)  # noqa: E731
    *ends, start = [(float(dot["cx"]), float(dot["cy"])) for dot in drawing("circle")]
    spacings = [1, 0.5, 0.2]
    pixels = (ends[0][0] - start[0]) / spacings[0]  # 가로로 1마다
    scale = (start[1] - ends[0][1]) / f(2)  # 세로로 1마다
    for (x, y), h in zip(ends, spacings, strict=True):
        assert [x - start[0], start[1] - y] == pytest.approx(
            [h * pixels, f(1 + h) * scale], abs=0.2
        )
    slopes = [f"{f(1 + h) / h:.2f}" for h in spacings]
    assert [text.string for text in drawing("text")] == [*slopes, "3"]
