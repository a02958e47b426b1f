"""전자책의 시험.

make epub이 묶은 책을 epubcheck과 make html이 쓴 쪽에 견주고, 작은 책을 잘못 묶어 본다.
"""

import io
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from copy import copy
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
import yaml
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from PIL import Image

from book import CONFIG, ROOT, bind, make, need, need_made, of_chap6, read_page, search_files
from machine.book.letters import page_texts, unknown_letters
from machine.ebook import cover
from outputs import EXPECTED, holds, lines, squeeze
from tiny import ODD, add_samples, tiny_book

OPF, DC = "{http://www.idpf.org/2007/opf}", "{http://purl.org/dc/elements/1.1/}"
SCREEN_ONLY = "nav.launch, p.history, a.headerlink, summary, math"
OF_SITE = "details.comments, details.cite, .move, .front, .mark, [class^='if-'], [class*=' if-']"


def unpack(path):
    book = ZipFile(path)
    return {name: book.read(name) for name in book.namelist()}


def check(path):
    """epubcheck. 데비안의 명령은 jar이고, binfmt가 없는 컨테이너에서는 그대로 실행되지 않는다."""
    command = shutil.which("epubcheck")
    need(command, "epubcheck이 없습니다: sudo apt-get install epubcheck")
    jar = Path(command).read_bytes().startswith(b"PK")
    run = subprocess.run(
        [*(["java", "-jar"] if jar else []), command, "--failonwarnings", path],
        capture_output=True,
        text=True,
        env={**os.environ, "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1"},
    )  # 짧게 도는 자바는 덜 다듬어야 빠르다
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture(scope="module")
def epub():
    return unpack(need_made("book.epub"))


@pytest.fixture(scope="module")
def pages(epub):
    """읽는 차례대로 {이름: 쪽}."""
    package = ET.fromstring(epub["book.opf"])
    names = {item.get("id"): item.get("href") for item in package.iter(f"{OPF}item")}
    return {
        name: BeautifulSoup(epub[name], "html.parser")
        for item in package.iter(f"{OPF}itemref")
        for name in [names[item.get("idref")]]
    }


def test_epubcheck_finds_nothing(epub):
    check(ROOT / "_build/book.epub")


def test_reading_order_is_the_contents(pages):
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    listed = [
        toc["root"],
        *(
            entry["file"]
            for part in toc["parts"]
            for chapter in part["chapters"]
            for entry in [chapter, *chapter.get("sections", [])]
        ),
    ]
    order = ["cover.xhtml", "nav.xhtml", *(f"{doc}.xhtml" for doc in listed), "genindex.xhtml"]
    assert list(pages) == order
    links = pages["nav.xhtml"].select('nav[epub\\:type="toc"] a')
    assert [a["href"] for a in links if "#" not in a["href"]] == order[2:]
    for a in links:
        name, _, anchor = a["href"].partition("#")
        assert (
            a.get_text()
            == (pages[name].find(id=anchor).h2 if anchor else pages[name].h1).get_text()
        )
    assert "6.2 수치미분" in [a.get_text() for a in links]
    assert {"toc", "bodymatter", "glossary", "bibliography", "index"} == {
        a["epub:type"] for a in pages["nav.xhtml"].select('nav[epub\\:type="landmarks"] a')
    }


def test_cover_has_letters_of_every_book_font(recwarn):
    cover.draw("푸앵카레(Poincaré)와 ℝ: 微分", "Erdős")
    assert [str(warning.message) for warning in recwarn] == []


def test_metadata_and_cover(epub, pages):
    package = ET.fromstring(epub["book.opf"])
    assert [package.find(f".//{DC}{name}").text for name in ("title", "creator", "language")] == [
        CONFIG["title"],
        CONFIG["author"],
        "ko",
    ]
    (file,) = [
        item.get("href")
        for item in package.iter(f"{OPF}item")
        if item.get("properties") == "cover-image"
    ]
    cover = Image.open(io.BytesIO(epub[file]))
    assert cover.size == (1600, 2400) and len(epub[file]) < 200_000
    assert len(cover.convert("RGB").getcolors(1 << 24)) > 8  # 빈 종이가 아니다
    assert CONFIG["title"] in pages["cover.xhtml"].img["alt"]


def text(soup):
    for x in soup.select(SCREEN_ONLY):
        x.extract()
    return " ".join(soup.get_text().split())


def test_everything_in_the_pages_is_in_the_book(pages):
    """글, 수식, 그림, 표, 접은 답과 풀이가 빠짐없이 있고, 영어에는 언어가 적혀 있다."""
    for name, bound in list(pages.items())[2:]:
        html = copy(read_page(name.replace(".xhtml", ".html")).find("article"))
        for x in html.select(OF_SITE):
            x.extract()
        formulas = [x.extract() for x in html.find_all(class_="katex")]
        assert (
            len(bound.find_all("math", alttext=re.compile(r"\S")))
            == len(bound.find_all("math"))
            == len(formulas)
        )
        for kind in (
            "details",
            "summary",
            "img",
            "li",
            "dt",
            "figure",
            "table.docutils",
            ".exercise",
            ".solution",
            ".versions",
            '[lang="en"]',
        ):
            assert len(bound.select(kind)) == len(html.select(kind)), (name, kind)
        for kind in ("pre", ".section-number", ".caption-number", ".eqno"):
            assert [squeeze(x.get_text()) for x in bound.select(kind)] == [
                squeeze(x.get_text()).rstrip("¶") for x in html.select(kind)
            ], name
        assert bound.html["lang"] == "ko" and all(
            x["lang"] == x["xml:lang"] for x in bound.find_all(lang=True)
        )
        least = 20 if of_chap6([name]) else 0
        assert all(len(re.findall("[가-힣]", img["alt"])) >= least for img in bound.select("img"))
        assert all(img["alt"].strip() for img in bound.select("img"))
        assert text(bound.body) == text(html), name


def test_listed_outputs_are_in_the_book(pages):
    for page, outputs in EXPECTED.items():
        found = iter([lines(x.get_text()) for x in pages[f"{page}.xhtml"].select(".cell_output")])
        for output in outputs:
            assert any(holds(part, lines(output)) for part in found), (
                f"{page}에 없거나 줄이나 차례가 다릅니다:\n{output}"
            )


def test_nothing_outside_the_book_is_used(epub):
    for name, data in epub.items():
        if not name.endswith((".png", ".jpg", ".ttf")):
            source = data.decode("utf-8")
            assert not re.search(
                r'<script|<button|<input|<iframe|\son\w+="|src="(?:[a-z]+:|/)|href="(?:/|file:)|url\((?!#|fonts/)|@import',
                source,
            ), name
            assert str(ROOT) not in source and "/site-packages/" not in source, name


FAULTS = {
    '<img alt="없는 것" src="../../_images/none.svg"/>': "그림 파일이 없습니다: _images/none.svg",
    '<img src="../../dot.png"/>': "그림에 대체 글(alt)이 없습니다: dot.png",
    '<a href="#nowhere">가</a>': "책에 없는 곳을 가리킵니다: chapters/chap6/6-1-one#nowhere",
    "<p>😀</p>": "책의 글꼴에 없는 글자입니다: 😀 (U+1F600)",
    '<a href="../../none.zip">가</a>': "링크가 가리키는 파일이 없습니다: none.zip",
}


LETTERS = r"""
푸앵카레(Poincaré)의 微分은 ℝ, a − b ≤ 1, ✓, **Čech 微分 ℝ ✓**이고 `λ = "é 微 ≤"`와
$\mathbb{R}$, $\mathbf{x}$, $\mathcal{L}$, $\mathfrak{H}$, $\boldsymbol{\beta}$, $\mathbf{가1}$,
$\text{가 é}$입니다.
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """요소를 한 번씩 쓴 작은 책."""
    book = tiny_book(tmp_path_factory.mktemp("epub") / ODD)
    add_samples(book)
    folder, toc = book / "chapters/chap6", book / "_toc.yml"
    (folder / "6-2-two.md").rename(folder / "6-2 둘째 쪽 50%.md")  # 이름에 빈칸과 부호가 있는 쪽
    toc.write_text(toc.read_text("utf-8").replace("6-2-two", "6-2 둘째 쪽 50%"), "utf-8")
    with (folder / "6-1-one.md").open("a", encoding="utf-8") as file:
        file.write(LETTERS)
    status, screen = make(book, "epub")
    assert status == 0, screen
    return book


def test_every_element_is_bound(tiny):
    check(tiny / "_build/book.epub")
    page = squeeze(
        BeautifulSoup(
            unpack(tiny / "_build/book.epub")["chapters/chap6/6-3-samples.xhtml"], "html.parser"
        ).get_text()
    )
    for part in (
        "경사 하강법(gradient descent)은, “따옴표”를, 이것은“붙은 것”이고",
        "□ 할 일(todo)은 ■ 한 일",
        "2**3, $5, ~~, `a`, {x}, :::, [^x]입니다",
        "하나 첫째 둘 둘째",
        "코드의 제목",
        "접은 도움말",
        "풀이: 연습문제 6-4 먼저 생각합니다.",
        "[1] (1,2,3) 각주에서도 식 (6.2)를",
        "풀이: 연습문제 6-3 (어려운 문제)를 부릅니다",
        "식 뒤의 글입니다[1].print",
        "각주의 항목",
        "카드의 이름 카드의 속",
        "정리 6-1 (평균값 정리",
        "증명. 정리 6-1은 보조정리 6-1에서 나옵니다.",
        "정의 (번호 없는 것)",
    ):
        assert squeeze(part) in page, part


def test_old_elements_are_bound_as_they_are_drawn(tiny):
    """전자책에 없는 요소(center, font)는 같은 모양의 것으로 옮긴다."""
    page = BeautifulSoup(
        unpack(tiny / "_build/book.epub")["chapters/chap6/6-3-samples.xhtml"], "html.parser"
    )
    whole, inside = page.select("[style*='text-align: center']:not(table *)")
    assert (whole.name, inside.name) == ("div", "span")
    assert whole.select_one("[style*='color: navy']").get_text() == "남색 글"


def test_links_to_titles_as_jupyter_writes_them(tiny):
    html = (tiny / "_build/html/chapters/chap6/6-3-samples.html").read_text("utf-8")
    for page in (html, unpack(tiny / "_build/book.epub")["chapters/chap6/6-3-samples.xhtml"]):
        page = BeautifulSoup(page, "html.parser")
        link = next(a for a in page.select("p > a") if a.get_text() == "링크")
        title = page.find(id=unquote(link["href"]).partition("#")[2]).find(re.compile("^h[1-6]$"))
        assert "정리와 그림" in title.get_text()


def test_every_letter_is_in_an_embedded_font(epub, tiny):
    """굵기마다, 글은 글의, 코드는 코드의 글꼴들에 있다. 수식은 모양을 적은 글자와 글만 본다."""
    for book in (epub, unpack(tiny / "_build/book.epub")):
        css = book["epub.css"].decode()
        files = re.findall(r"font-family: (\w+); font-weight: (\w+); src: url\((\S+)\)", css)
        cmaps = {
            (name, weight): TTFont(io.BytesIO(book[file])).getBestCmap()
            for name, weight, file in files
        }
        chains = dict(re.findall(r"^([^@{]+) \{ font-family: (.+) \}$", css, re.M))
        known = {
            selector: [
                {char for name in names.split(", ") for char in cmaps.get((name, weight), ())}
                for weight in ("normal", "bold")[: 1 if selectors == ".letter" else 2]
            ]
            for selectors, names in chains.items()
            for selector in selectors.split(", ")
        }
        for name in [name for name in book if name.endswith(".xhtml")]:
            for text in BeautifulSoup(book[name], "html.parser").body.strings:
                inside = [x.name for x in text.parents]
                code = {"pre", "code", "kbd", "samp"} & {*inside}
                use = code.pop() if code else "body"
                if "math" in inside and inside[0] != "mtext":
                    if text.parent.get("class") != ["letter"]:
                        continue
                    use = ".letter"
                for cmap in known[use]:
                    assert {ord(char) for char in text if char not in "\n\t"} <= cmap, (name, text)
        for file in [file for *_, file in files]:
            assert "Nanum" not in TTFont(io.BytesIO(book[file]))["name"].getDebugName(6), file


def test_styled_letters_of_formulas_are_letters(tiny):
    """새 브라우저는 mathvariant를 보지 않는다. 모양이 있는 글자가 없는 한글에만 남는다."""
    page = unpack(tiny / "_build/book.epub")["chapters/chap6/6-1-one.xhtml"]
    page = BeautifulSoup(page, "html.parser")
    letters = [x.get_text() for x in page.select("math .letter")]
    assert letters == [*"ℝ𝐱ℒℌ𝜷𝟏"]
    assert {x.get_text() for x in page.select("math [mathvariant]:not([mathvariant=normal])")} == {
        "가"
    }


def test_titles_are_said_where_formulas_cannot_be_drawn(tiny):
    """쪽에서는 그리고, 차례와 검색과 브라우저의 제목에서는 글자로 적는다."""
    book, page = unpack(tiny / "_build/book.epub"), "chapters/chap6/6-3-samples"
    said = "제목 eˣ와 grad, 굵은(bold) 글"
    assert all(f">{said}<" in book[name].decode("utf-8") for name in ("nav.xhtml", "toc.ncx"))
    html = BeautifulSoup((tiny / f"_build/html/{page}.html").read_text("utf-8"), "html.parser")
    _, sections = search_files(tiny / "_build/html").head["pages"][f"{page}.html"]
    assert said in [title for _, title, *_ in sections]
    for soup in (html, BeautifulSoup(book[f"{page}.xhtml"], "html.parser")):
        boxes = [box for box in soup.select("summary") if re.search("meaning|제곱", box.get_text())]
        assert (
            len(boxes) == 3
            and all(box.select("math") for box in boxes)
            and boxes[0].select("code, strong")
        )
        assert (
            soup.select_one('a[href="#sec-titled"] math')
            and soup.select_one("s")
            and soup.select_one("strong > code")
        )
        assert not soup.select('input[type="checkbox"][class^="task"]')
    assert [x["aria-label"] for x in html.select("article .task")] == ["할 일", "한 일"]
    assert (
        len(html.select(".cell_output strong")) == 2
        and len(html.select(".cell_output table .katex, .cell_output strong .katex")) == 2
    )


def test_same_bytes_and_nothing_executed(tiny):
    first = (tiny / "_build/book.epub").read_bytes()
    status, screen = make(tiny, "epub")
    assert status == 0 and "_build/html/index.html" not in screen
    assert (
        (tiny / "_build/book.epub").read_bytes()
        == (tiny / "_build/html/book.epub").read_bytes()
        == first
    )


def spoil(book, *faults):
    """만든 쪽을 고쳐서 묶어 본다."""
    page = book / "_build/html/chapters/chap6/6-1-one.html"
    html = page.read_text("utf-8").replace("</h1>", "</h1>" + "".join(faults), 1)
    page.write_text(html, "utf-8")
    return bind(book, "epub")


def test_faults_stop_the_book(tiny):
    """만든 쪽을, 그다음에는 원고를 망가뜨린다."""
    status, screen = spoil(tiny, *FAULTS)
    assert status != 0 and not (tiny / "_build/book.epub").exists()
    assert [
        said for said in FAULTS.values() if f"chapters/chap6/6-1-one: {said}" not in screen
    ] == [], screen
    with (tiny / "index.md").open("a", encoding="utf-8") as file:
        file.write("{numref}`no-such-label`\n")
    status, screen = make(tiny, "epub")
    assert status != 0 and "no-such-label" in screen and not (tiny / "_build/book.epub").exists()


def test_letters_that_xml_cannot_hold_are_named():
    page = BeautifulSoup("<pre>앞\x07뒤</pre>", "html.parser")
    assert "U+0007" in "".join(unknown_letters("index", page_texts(page)))
