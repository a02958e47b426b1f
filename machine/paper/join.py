"""책의 모형에 있는 쪽들을 차례대로 이어 종이책 한 권의 HTML로 만든다."""

import os
from html import escape
from importlib.metadata import version
from itertools import takewhile
from pathlib import Path
from platform import python_version
from posixpath import basename
from urllib.parse import quote, unquote

import numpy as np
from PIL import Image

from machine import mark
from machine.book.elements import added, classes, element
from machine.book.figure import in_book_fonts, with_letters, words
from machine.book.fonts import css, fonts
from machine.book.left_out import MOVED, NOT_IN_PRINT, mark_sentences
from machine.book.letters import page_texts, unknown_letters
from machine.book.model import HTML, INDEX, Model, slug
from machine.book.whole import compare, pieces
from machine.maths.words import said_in_page, within
from machine.paper.cells import Cells
from machine.paper.footnotes import call_notes, hide_blocks
from machine.paper.index import drop_elsewhere, entries, index_line
from machine.paper.listing import break_codes, fold, formulas, keep_last_letters, part_spaces
from machine.paper.notes import LINE, drawn, heading, move_answers, see
from machine.paper.tables import keep_words
from machine.problems import width
from machine.settings import ROOT
from machine.settings.conventions import folder, letters, setting

WORK = ROOT / "_build/print"
TEMPLATES = Path(__file__).parent / "templates"


def prepare(pages):
    """뺄 것을 빼기 앞에 할 일. 첫 쪽의 제목은 책의 제목이어서 표지에 있다."""
    preface = next(iter(pages))
    title = preface.article.h1
    printed = element("span", {"data-left-out": ""}, *title.contents)
    title.extend([printed, added("span", {}, "머리말")])
    preface.written = pieces([(preface.doc, preface.article)])
    prepare_chapter(pages)


def prepare_chapter(pages):
    for page in pages:
        page.screen = mark_sentences(page.article)
        if page.screen:
            page.written = pieces([(page.doc, page.article)])
        call_notes(page.article)


def appendix(name, title, contents):
    """쪽에는 없고 종이책에만 있는 장."""
    h1 = heading("h1", f"{name}--top", title, title, [title])
    section = element("section", {}, h1, *contents)
    return element("article", {"id": name, "class": "level1", "data-doc": title}, section)


def in_eight_bits(file, copy):
    """WeasyPrint이 찍을 수 있는 그림. 한 점이 16비트인 회색 그림은 8비트로 줄인다."""
    with Image.open(file) as picture:
        if not picture.mode.startswith("I"):
            return file
        Image.fromarray((np.asarray(picture) // 256).astype("uint8")).save(copy)
    return copy


def shows_address(a):
    """링크의 글에서 주소를 읽을 수 있는가."""
    address, text = unquote(a["href"]), a.get_text().removeprefix("doi:")
    return address.rstrip("/") in text or "/" in text and address.endswith(text)


def print_address(a):
    """책 밖의 주소를 종이에서도 보이게 각주로 적는다. 각주 속에서는 괄호에 적는다."""
    address = element("a", {"href": a["href"]}, a["href"])
    if a.find_parent(class_="fn"):
        a.insert_after(added("span", {}, "(", address, ")"))
    else:
        a.insert_after(added("span", {"class": "fn"}, address))


def point(page):
    """이름표에는 쪽의 이름을 붙이고, 링크는 이은 책의 안을 가리키게 한다."""
    for x in page.article.find_all(id=True):
        x["id"] = f"{slug(page.doc)}--{x['id']}"
    for a, doc, label in page.links:
        a["href"] = f"#{slug(doc)}--{label}" if label else f"#{slug(doc)}"
    for a in page.outside:
        if not shows_address(a):
            print_address(a)


def set_levels(art, depth):
    """제목의 층을 책의 것으로."""
    for level in range(5, 0, -1):
        for h in art.find_all(f"h{level}"):
            h.name = f"h{level + depth - 1}"


def keep_targets(art):
    """셀의 앞에 놓인 색인의 자리를 그 코드의 머리로 옮긴다. 앞 쪽의 끝에 홀로 남지 않게."""
    for target in reversed(art.select("span.target:empty")):
        if is_cell(after := target.find_next_sibling()):
            (after.select_one("pre > .together") or after).insert(0, target)


def is_cell(x):
    return x is not None and "cell" in x.get("class", [])


def keep_short_openings(art):
    """제목 뒤의 한 줄짜리 문단은 뒤따르는 것과 떼지 않는다. 쪽의 끝에 제목과 한 줄만 남지 않게."""
    for p in art.select("h1 + p, h2 + p, h3 + p, .solution > section > p:first-child"):
        if width(p.get_text()) <= LINE:
            p["style"] = "break-after: avoid"


def name_titles(doc, art):
    """이름표를 제목에 단다. 절의 상자는 제목의 앞 쪽에서 시작할 수 있다.

    제목의 앞에 놓인 이름표는 제목에 넣는다. 제목으로 시작하는 쪽이라야 머리글이 그 절을 알린다.
    """
    for n, h in enumerate(art.select("h1, h2, h3, h4")):
        for target in takewhile(is_empty_span, list(h.previous_siblings)):
            h.insert(0, target)
        h["id"] = h.parent.attrs.pop("id", f"{slug(doc)}--heading-{n}")


def is_empty_span(x):
    return x.name == "span" and not x.contents


def take_solutions(doc, art):
    """뒤로 옮길 풀이들. 그 자리에는 어디로 갔는지 적는다."""
    for n, x in enumerate(art.select(".admonition.solution")):
        x["id"] = x.get("id") or f"{slug(doc)}--solution-{n}"
        x["data-doc"] = doc  # 뒤로 옮겨도 어느 쪽의 것인지 알린다
        take_hints(x)
        tell_place(x, see(["풀이는 "], x["id"], "에 있습니다."))
        yield x.extract()


def exercise_before(solution):
    """풀이의 바로 앞에 있는 문제. 없으면 None."""
    before = solution.find_previous_sibling()
    return before if "exercise" in classes(before) else None


def take_hints(solution):
    """문제의 힌트는 풀이의 머리로 옮긴다. 종이에서는 접을 수 없다."""
    if exercise := exercise_before(solution):
        hints = [hint.extract() for hint in exercise.select(".hint")]
        solution.select_one(".admonition-title").insert_after(*hints)


def tell_place(solution, note):
    """풀이가 있는 쪽을 바로 앞에 있는 문제의 제목에, 그런 문제가 없으면 풀이가 있던 곳에 적는다."""
    if exercise := exercise_before(solution):
        note.name = "span"
        exercise.select_one(".admonition-title").append(note)
    else:
        solution.insert_before(note)


def cover_mark():
    """표지의 표식. 꾸미는 것이므로 그림이 아니라 바탕으로 둔다."""
    address = os.path.relpath(mark.FILE, WORK)
    return f'<div class="mark" style="background-image: url({address})"></div>' * mark.exists()


class Book:
    """이은 책이나 고른 장. `problems`에는 종이에 옮기지 못한 것이 쪽 이름과 함께 쌓인다."""

    def __init__(self, chapter=""):
        self.chapter = chapter
        first = prepare_chapter if chapter else prepare
        self.model = Model(NOT_IN_PRINT, MOVED, first, chapter)
        self.problems, self.fonts = self.model.problems, fonts()
        self.letters = {ord(letter) for letter in letters()}
        self.answers, self.solutions = [], []
        pages = [page for doc, page in self.model.pages.items() if doc != INDEX]
        self.screen = [f"{page.doc}: {text}" for page in pages for text in page.screen]
        self.cells = Cells(pages)
        self.articles = [self.article(page) for page in pages]
        self.add_appendices()
        point(self.model.pages[INDEX])
        drop_elsewhere(self.model.pages[INDEX].article)
        self.problems += self.lost_in_index()
        self.index = entries(self.model.pages[INDEX].article)
        if self.index:  # 쪽수를 안 뒤에 채운다
            self.articles.append(appendix(INDEX, "색인", []))
        written = {piece: text for page in pages for piece, text in page.written.items()}
        joined = pieces([(art["data-doc"], art) for art in self.articles])
        self.problems += compare(written, joined, "종이책")
        title = escape(self.model.about["title"])
        self.name = f"{escape(self.titles()[0]['data-said'])} — {title}" if chapter else title
        self.drop_unused_names()

    def add_appendices(self):
        """본문(번호가 있거나 장에 든 쪽)의 뒤에 스스로 확인의 답과 연습문제 풀이를 둔다."""
        main = [
            n
            for n, art in enumerate(self.articles)
            if art.select_one(".section-number") or folder(art["data-doc"])
        ]
        after = max(main, default=0) + 1
        if self.solutions:
            self.articles.insert(after, appendix("solutions", "연습문제 풀이", self.solutions))
        if self.answers:
            self.articles.insert(after, appendix("answers", "스스로 확인의 답", self.answers))

    def article(self, page):
        """쪽의 본문을 종이에 맞게 고친다. 뒤의 일은 앞의 일이 고친 것을 받는다."""
        doc, art, depth = page.doc, page.article, page.depth
        number = art.select_one(".section-number")
        self.say_titles(art)
        formulas(art)
        self.problems += self.lost(doc, art)
        point(page)
        self.cells.shorten(page)
        for pre in art.find_all("pre"):
            fold(pre)
        for ol in art.select("ol[start]"):  # WeasyPrint은 속성에서 읽지 않는다
            ol["style"] = f"counter-reset: list-item {int(ol['start']) - 1}"
        keep_words(art)
        break_codes(art)
        part_spaces(art)
        keep_last_letters(art)
        self.answers += move_answers(doc, art)
        for x in art.select("details, summary"):
            x.name = "div"
        set_levels(art, depth)
        if number and depth == 1:
            self.name_chapter(art.h1, number)
        name_titles(doc, art)
        self.place_images(page)
        hide_blocks(art)
        keep_targets(art)
        keep_short_openings(art)
        self.solutions += take_solutions(doc, art)
        art.attrs = {"id": slug(doc), "class": "level1" if depth == 1 else "", "data-doc": doc}
        return art

    def name_chapter(self, h1, number):
        """제목 앞의 번호 6은 "6장", A는 "부록 A"로 적는다."""
        plain = number.get_text().strip()
        title = h1["data-said"].removeprefix(plain).lstrip()
        number.string = plain
        if plain.isdigit():
            number.append(added("span", {}, "장 "))
            self.say(h1, f"{plain}장 {title}")
        else:
            number.insert(0, added("span", {}, "부록 "))
            number.append(added("span", {}, " "))
            self.say(h1, f"부록 {plain} {title}")

    def say_titles(self, art):
        for h in art.select(".rubric"):  # 출력과 상자 속의 제목은 책의 차례에 들지 않는다
            h.name = "p"
        for h in art.select("h1, h2, h3"):
            self.say(h, said_in_page(h))
        for solution in art.select(".solution"):
            title = solution.select_one(".admonition-title")
            self.say(title, said_in_page(title))
        for a in art.select("a[href]:has(.katex)"):
            a["aria-label"] = said_in_page(a)

    def say(self, h, text):
        """책갈피와 쪽의 머리글에 적을 제목. 수식을 그릴 수 없고, 머리글은 책의 글꼴로 찍는다."""
        h["data-said"], h["data-head"] = text, within(text, self.letters)

    def lost(self, doc, art):
        """종이에 옮기지 못하고 조용히 사라질 것을 알린다."""
        for x in art.select(".math"):
            if not x.select_one(".katex"):
                yield f"{doc}: 수식이 조판되지 않았습니다: {x.get_text()}"
        yield from unknown_letters(doc, page_texts(art))

    def lost_in_index(self):
        """색인에만 나오는 말의 글자. 그 말을 적은 쪽을 알린다."""
        for a, doc, _ in self.model.pages[INDEX].links:
            item = a.find_parent("li")
            yield from unknown_letters(doc, [(item.get_text(), "")] if item else [])

    def place_images(self, page):
        for n, (img, name) in enumerate(page.images):
            if name.lower().endswith(".svg"):
                img["src"] = f"{slug(page.doc)}-{n}.svg"
                svg = in_book_fonts((HTML / name).read_text("utf-8"))
                self.problems += unknown_letters(page.doc, [(words(svg), basename(name))])
                (WORK / img["src"]).write_text(with_letters(svg, self.fonts), "utf-8")
            elif name:
                file = in_eight_bits(HTML / name, WORK / f"{slug(page.doc)}-{n}.png")
                img["src"] = quote(os.path.relpath(file, WORK))

    def drop_unused_names(self):
        """아무도 부르지 않는 이름표와, 두 번 적힌 것의 뒤의 것을 지운다."""
        sources = [*self.articles, *sum(self.index.values(), [])]
        called = {a["href"][1:] for source in sources for a in source.select('a[href^="#"]')}
        kept = called | {h["id"] for h in self.titles()}
        found = {art["id"] for art in self.articles}
        for x in [x for art in self.articles for x in art.find_all(id=True)]:
            if x["id"] in kept - found:
                found.add(x["id"])
            else:
                del x["id"]  # furo는 표와 식을 싸면서 id를 두 번 적는다

    def index_html(self, page_of, start):
        """쪽수를 적은 색인."""
        contents = []
        for first, items in self.index.items():
            lines = [index_line(item, page_of) for item in items]
            contents += [element("h2", {}, first), element("ul", {}, *lines)]
        style = f"<style>@page :first {{ counter-reset: page {start} }}</style>"
        return self.html(style, str(appendix(INDEX, "색인", contents)))

    def let_go(self):
        """html을 얻은 뒤에는 쓰지 않는, 메모리를 많이 차지하는 것."""
        self.articles, self.answers, self.solutions, self.cells = [], [], [], None
        self.model.pages.clear()

    def contents(self):
        """제목 세 층의 차례. 책갈피와 같다."""
        lines = "".join(
            f'<li class="{h.name}"><a href="#{h["id"]}" aria-label="{escape(h["data-said"])}">'
            f"{drawn(h).decode_contents()}</a></li>"
            for h in self.titles()
        )
        title = '<p class="toc-title">차례</p>'
        return f'<nav class="toc" role="doc-toc">{title}<ul>{lines}</ul></nav>'

    def titles(self):
        return [h for art in self.articles for h in art.select("h1, h2, h3")]

    def cover(self):
        """표지. 장만 찍으면 차례의 앞에 두는 몇 줄이다."""
        names = setting("book_packages")
        packages = [f"{name} {version(name).split('+')[0]}" for name in names]
        versions = ", ".join([f"파이썬 {python_version()}", *packages])
        template = TEMPLATES / ("chapter.html" if self.chapter else "cover.html")
        site = self.model.published.home
        whole = f' 책 전체는 <a href="{site}">{site}</a>에 있습니다.' if site else ""
        name, colon, rest = self.model.about["title"].partition(":")
        subtitle = f'<p class="subtitle">{escape(rest.strip())}</p>' * bool(colon)
        parts = {"name": escape(name), "subtitle": subtitle, "mark": cover_mark()}
        return self.model.filled(template, versions=versions, whole=whole, **parts)

    def html(self, head="", body=None):
        faces = "\n".join(css(self.fonts.values(), WORK))
        parts = {"faces": faces, "head": head, "body": body or self.body(), "name": self.name}
        return self.model.filled(TEMPLATES / "book.html", **parts)

    def body(self):
        """표지부터. 머리말은 차례의 앞에 있고, 장만 찍으면 없다."""
        articles = [*map(str, self.articles)]
        preface = [] if self.chapter else [articles.pop(0)]
        return "".join((self.cover(), *preface, self.contents(), *articles))
