"""make html이 쓴 쪽들을 _toc.yml의 차례대로 이어 종이책 한 권의 HTML로 만든다."""

import os
import re
import sys
from datetime import datetime, timezone
from html import escape
from importlib.metadata import version
from itertools import takewhile
from pathlib import Path
from platform import python_version
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import yaml
from fontTools.ttLib import TTFont, TTLibError
from sphinx_external_toc.parsing import parse_toc_yaml

from machine.book.figure import drawing, fonts
from machine.book.listing import break_codes, fold, formulas, parse, part_spaces
from machine.book.paper import (
    HTML,
    MOVED,
    NOT_IN_PRINT,
    added,
    leave_out,
    page,
    refused,
    widen_float,
)
from machine.book.whole import compare, pieces, squeezed
from machine.maths.words import said_in_page, within
from machine.paper.footnotes import call_notes, hide_blocks
from machine.settings import ROOT
from machine.tree.alternatives import lacks_text

WORK = ROOT / "_build/print"
SHEETS = (
    HTML / "_static/katex/katex.min.css",
    HTML / "_static/pygments.css",
    Path(__file__).with_name("print.css"),
)
FONTS = [
    ROOT / f"fonts/{name}{bold}.ttf"
    for name in ("NanumBarunGothic", "NanumGothicCoding", "NanumMyeongjo")
    for bold in ("", "Bold")
]
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"


def slug(doc):
    return re.sub(r"\W+", "-", doc)


def letters(font):
    try:
        return TTFont(font).getBestCmap()
    except (OSError, TTLibError):
        sys.exit(
            f"글꼴이 없거나 깨졌습니다: {font.relative_to(ROOT)}. git checkout fonts로 되살리세요."
        )


def docs():
    """(문서, 제목의 깊이)를 _toc.yml의 차례대로. 첫 쪽은 머리말이 된다."""
    toc = parse_toc_yaml(ROOT / "_toc.yml", encoding="utf-8")

    def below(doc, depth):
        for tree in toc[doc].subtrees:
            for child in tree.items:
                yield child, depth
                yield from below(child, depth + 1)

    root = str(toc.root.docname)
    return [(root, 1), *below(root, 1)]


def chapter(name, title, body):
    """쪽에는 없고 종이책에만 있는 장."""
    h1 = f'<h1 id="{name}--top" data-added data-said="{title}" data-head="{title}">{title}</h1>'
    return parse(
        f'<article id="{name}" class="level1" data-doc="{title}"><section>{h1}{body}</section></article>'
    ).article


def drawn(h):
    """차례에 적을 제목: 수식은 그리고, 각주와 링크는 뺀다."""
    copy = parse(str(h)).find(h.name)
    for x in copy.select(".fn, .fn-again"):
        x.extract()
    for x in copy.find_all(["a", "span"]):
        x.attrs.pop("id", None)
        if x.name == "a":
            x.unwrap()
    return copy.decode_contents()


def place(doc, text):
    """그 글이 있는 원고의 줄. 원고에 그대로 없으면(셀의 출력) 쪽만."""
    source = ROOT / f"{doc}.md"
    lines = source.read_text("utf-8").split("\n") if source.is_file() else []
    return next((f"{doc}.md:{n}" for n, line in enumerate(lines, 1) if text in line), doc)


def elsewhere(text, target):
    return added(f'<p class="same">{text}(<a class="page" href="#{target}"></a>).</p>')


def name_preface(title):
    """첫 쪽의 제목은 책의 제목이어서 표지에 있다."""
    printed = parse("<span data-left-out></span>").span
    printed.extend(list(title.contents))
    title.extend([printed, added("<span>머리말</span>")])


def index_line(item, page_of):
    """색인의 한 줄과 그 아랫줄들. 한 쪽을 두 번 적지 않고, 쪽 없이 다른 말을 가리키기만 하면 화살표로 잇는다."""
    links, below = item.find_all("a", recursive=False), item.select(":scope > ul > li")
    for x in item.find_all("ul", recursive=False):
        x.extract()
    name = (links[0] if links else item).get_text().strip()
    if not links and len(below) == 1 and not below[0].a:
        return (
            f"<li>{escape(name)} → {escape(below[0].get_text().strip().removesuffix(' 참조'))}</li>"
        )
    pages = {}
    for a in links:  # 굵은 것(main)이 앞에 있다
        pages.setdefault(
            page_of[a["href"][1:]],
            f'<a href="{a["href"]}">{{}}</a>'
            if not a.strong
            else f'<a href="{a["href"]}"><strong>{{}}</strong></a>',
        )
    numbers = ", ".join(pages[n].format(n) for n in sorted(pages))
    lines = "".join(index_line(x, page_of) for x in below)
    return f"<li>{escape(name)} {numbers}{lines and f'<ul>{lines}</ul>'}</li>"


class Book:
    """이은 책. `problems`에는 종이에 옮기지 못한 것이 쪽 이름과 함께 쌓인다."""

    def __init__(self):
        self.problems, self.answers, self.solutions, self.cells_of = [], [], [], {}
        self.written, self.codes = {}, ""  # 쪽들에 적힌 글, 지금까지 찍은 코드
        config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
        self.title, self.author = config["title"], config["author"]
        self.letters, self.fonts = set().union(*map(letters, FONTS)), fonts(FONTS)
        self.articles = [self.article(doc, depth) for doc, depth in docs()]
        last = max(
            (n for n, art in enumerate(self.articles) if art.select_one(".section-number")),
            default=0,
        )
        for name, title, moved in (
            ("solutions", "연습문제 풀이", self.solutions),
            ("answers", "스스로 확인의 답", self.answers),
        ):
            if moved:
                self.articles.insert(last + 1, chapter(name, title, "".join(map(str, moved))))
        self.index = self.index_items()
        if self.index:
            self.articles.append(chapter("genindex", "색인", ""))
        self.figures = [figure for art in self.articles for figure in art.find_all("figure")]
        for n, figure in enumerate(self.figures):
            figure["data-figure"] = n
        self.problems += compare(self.written, self.joined(), "종이책")
        self.check_links()

    def joined(self):
        """이은 책의 글: {조각: 글}. 한 조각이 두 곳에 있으면 두 번 적힌다."""
        found = {}
        for art in self.articles:
            for piece, text in pieces(art, art["data-doc"]).items():
                found[piece] = found.get(piece, "") + text
        return found

    def article(self, doc, depth):
        """한 쪽의 <article>에서 화면에만 쓰는 것을 걷고, 이름표에 쪽 이름을 붙이고, 각주를 부른 자리로 옮긴다."""
        art = page(doc, NOT_IN_PRINT, MOVED)
        if not self.written:
            name_preface(art.h1)
        self.written |= pieces(art, doc)
        call_notes(art)
        for name in leave_out(art):
            for a in art.select(f'a[href="#{name}"]'):
                a.unwrap()  # 종이에 없는 것을 부르는 글
        self.problems += refused(doc, art, "PDF에 찍을")
        for h in art.select(".rubric"):  # 출력과 상자 속의 제목은 책의 차례에 들지 않는다
            h.name = "p"
        for h in art.select("h1, h2, h3"):
            self.say(h, said_in_page(h))
        for a in art.select("a[href]:has(.katex)"):
            a["aria-label"] = said_in_page(a)
        formulas(art)
        self.check(doc, art)
        for x in art.find_all(id=True):
            x["id"] = f"{slug(doc)}--{x['id']}"
        for a in art.find_all("a", href=True):
            self.link(doc, a)
        number = art.select_one(".section-number")
        self.cells(doc, art, f"{number.get_text().strip()}절" if number else "앞 절")
        for pre in art.find_all("pre"):
            fold(pre)
        for ol in art.select("ol[start]"):  # WeasyPrint은 속성에서 읽지 않는다
            ol["style"] = f"counter-reset: list-item {int(ol['start']) - 1}"
        break_codes(art)
        part_spaces(art)
        for n, quiz in enumerate(art.select('section[id*="--quiz-"]')):
            self.quiz(doc, quiz, f"{slug(doc)}--answers-{n}", art.h1)
        for x in art.select("details, summary"):
            x.name = "div"
        for level in range(5, 0, -1):
            for h in art.find_all(f"h{level}"):
                h.name = f"h{level + depth - 1}"
        if number and depth == 1:
            number.string = number.get_text().strip()
            number.append(added("<span>장 </span>"))
            self.say(art.h1, art.h1["data-said"].replace(" ", "장 ", 1))
        for n, h in enumerate(
            art.select("h1, h2, h3, h4")
        ):  # 절의 상자는 제목의 앞 쪽에서 시작할 수 있다
            h["id"] = h.parent.attrs.pop("id", f"{slug(doc)}--heading-{n}")
        for n, img in enumerate(art.find_all("img", src=True)):
            self.image(doc, img, f"{slug(doc)}-{n}.svg")
        hide_blocks(art)
        for n, x in enumerate(art.select(".admonition.solution")):
            x["id"], x["data-doc"] = (
                x.get("id") or f"{slug(doc)}--solution-{n}",
                doc,
            )  # 뒤로 옮겨도 어느 쪽의 것인지 알린다
            x.insert_before(
                added(
                    f'<p class="same">풀이는 <a class="page" href="#{x["id"]}"></a>에 있습니다.</p>'
                )
            )
            self.solutions.append(x.extract())
        art.attrs = {"id": slug(doc), "class": "level1" if depth == 1 else "", "data-doc": doc}
        return art

    def say(self, h, text):
        """책갈피와 쪽의 머리글에 적을 제목. 거기에는 수식을 그릴 수 없고, 머리글은 책의 글꼴로 찍는다."""
        h["data-said"], h["data-head"] = text, within(text, self.letters)

    def check(self, doc, art):
        """종이에 옮기지 못하고 조용히 사라질 것을 찾는다."""
        self.problems += [
            f"{doc}: 수식이 조판되지 않았습니다: {x.get_text()}"
            for x in art.select(".math")
            if not x.select_one(".katex")
        ]
        for x in art.select(".katex"):
            x["class"] = "katex"
        text = "".join(text for text in art.strings if not text.find_parent(class_="katex"))
        self.problems += [
            f"{place(doc, char)}: 책의 글꼴에 없는 글자입니다: {char} (U+{ord(char):04X})"
            for char in sorted(set(text) - {"\n", "\t"})
            if ord(char) not in self.letters
        ]

    def link(self, doc, a):
        """책 안의 링크는 이은 책 안을 가리키게 하고, 밖의 주소는 종이에서도 보이게 각주로 적는다."""
        href, text = a["href"], a.get_text().removeprefix("doi:")
        if re.match(r"[a-z]+:", href):
            if not (
                unquote(href).rstrip("/") in text or "/" in text and unquote(href).endswith(text)
            ):
                address = f'<a href="{escape(href)}">{escape(href)}</a>'
                a.insert_after(
                    added(
                        f"<span>({address})</span>"
                        if a.find_parent(class_="fn")
                        else f'<span class="fn">{address}</span>'
                    )
                )
            return
        file, _, label = href.partition("#")
        path = normpath(join(dirname(doc), unquote(file))) if file else f"{doc}.html"
        if path.endswith(".html"):
            a["href"] = f"#{slug(path.removesuffix('.html'))}" + (f"--{label}" if label else "")
        elif (HTML / path).is_file():  # 그림을 크게 보거나 파일을 내려받는 링크
            a.unwrap()
        else:
            self.problems.append(f"{doc}: 링크가 가리키는 파일이 없습니다: {path}")

    def cells(self, doc, art, section):
        """준비 셀과, 앞 절에서 만든 함수를 다시 적은 셀은 앞의 것과 같으면 그곳만 알린다."""
        for n, cell in enumerate(art.select(".cell")):
            name = cell["id"] = cell.get("id") or f"{slug(doc)}--cell-{n}"
            code = cell.get_text().strip()
            again = re.match(r"# (\S+절)에서 만든 함수: (.+)", code)
            functions = again[2].split(", ") if again else []
            setup = self.cells_of.get(code) if "tag_setup" in cell["class"] else None
            if cell.select_one(".cell_output"):
                pass
            elif setup:
                self.instead(cell, f"준비 셀은 {setup[1]}의 것과 같습니다", setup[0])
            elif functions and self.printed(code) and all(f in self.cells_of for f in functions):
                codes = ", ".join(f"<code>{f}</code>" for f in functions)
                self.instead(
                    cell, f"{codes}의 코드는 {again[1]}에 있습니다", self.cells_of[functions[0]][0]
                )
            if cell.parent:
                for f in [code, *re.findall(r"^(?:def|class) (\w+)", code, re.M)]:
                    self.cells_of[f] = name, section
                self.codes += squeezed(code)
            if code.count("\n") > 12:  # 이보다 길면 코드와 출력 사이에서 쪽을 나눌 수 있다
                cell["class"].append("long")

    def printed(self, code):
        """첫 줄의 설명 말고는 모두 앞에서 찍은 코드인가."""
        return all(squeezed(part) in self.codes for part in re.split(r"\n(?=\S)", code)[1:])

    def instead(self, cell, text, target):
        note = elsewhere(text, target)
        for x in [cell, *cell.find_all(id=True)]:  # 이 셀을 부르는 링크는 이 알림으로 온다
            note.p.append(parse(f'<span id="{x["id"]}"></span>'))
        cell.replace_with(note)
        del self.written[cell["data-piece"]]  # 같은 코드가 target에 있다

    def quiz(self, doc, quiz, name, h1):
        """스스로 확인의 답은 펼치지 않으면 보이지 않는다. 고를 것은 목록으로 남기고 답은 부록으로 옮긴다."""
        said, head = escape(h1["data-said"]), escape(h1["data-head"])
        self.answers.append(
            f'<h2 id="{name}" data-added data-said="{said}" data-head="{head}">{drawn(h1)}</h2>'
        )
        for question in quiz.select(":scope > p:has(> strong)"):
            until = takewhile(
                lambda x: not (x.name == "p" and x.strong), question.find_next_siblings()
            )
            choices = [x for x in until if x.select_one(".sd-card-body[data-piece]")]
            if choices:
                titles = parse('<ol class="choices"></ol>').ol
                choices[0].insert_before(titles)
                for x in choices:
                    item = (x.select_one(".sd-summary-text") or x.summary).extract()
                    item.name = "li"
                    item.attrs = {"id": x["id"]} if x.get("id") else {}
                    titles.append(item)
                answers = [x.extract().select_one(".sd-card-body") for x in choices]
                for answer in answers:
                    answer.name = "li"
                moved = f"<p data-added>{question.strong}</p><ol>{''.join(map(str, answers))}</ol>"
                self.answers.append(
                    f'<div data-doc="{doc}">{moved}</div>'
                )  # 뒤로 옮겨도 어느 쪽의 것인지 알린다
        quiz.append(
            added(f'<p class="same">답은 <a class="page" href="#{name}"></a>에 있습니다.</p>')
        )

    def image(self, doc, img, name):
        widen_float(img)
        file = HTML / normpath(join(dirname(doc), unquote(img["src"])))
        if lacks_text(img.get("alt"), img["src"]):
            self.problems.append(f"{doc}: 그림에 대체 글(alt)이 없습니다: {file.name[-60:]}")
        if img["src"].startswith("data:"):
            return
        if re.match(r"(https?:)?//", img["src"]):
            self.problems.append(
                f"{doc}: 책 밖에 있는 그림은 싣지 못합니다. 내려받아 imgs/에 둡니다: {img['src']}"
            )
        elif not file.is_file():
            self.problems.append(f"{doc}: 그림 파일이 없습니다: {file.name}")
        elif file.suffix == ".svg":
            img["src"] = name
            (WORK / name).write_text(drawing(file.read_text("utf-8"), self.fonts), "utf-8")
        else:
            img["src"] = os.path.relpath(file, WORK)

    def check_links(self):
        """책에 없는 곳을 가리키는 링크를 찾고, 아무도 부르지 않는 이름표를 지운다."""
        sources = [*self.articles, *(item for items in self.index.values() for item in items)]
        called = {
            a["href"][1:]: source.get("data-doc", "색인")
            for source in sources
            for a in source.select('a[href^="#"]')
        }
        kept = {h["id"] for art in self.articles for h in art.select("h1, h2, h3")}
        found = {art["id"] for art in self.articles}
        for art in self.articles:
            for x in art.find_all(id=True):
                if x["id"] in found or x["id"] not in called.keys() | kept:
                    del x["id"]  # furo는 표와 식을 싸면서 id를 두 번 적는다
                else:
                    found.add(x["id"])
        self.problems += [
            f"{doc}: 책에 없는 곳을 가리킵니다: {name}"
            for name, doc in called.items()
            if name not in found
        ]

    def float_figure(self, n, space, heights):
        """다음 쪽으로 밀린 그림의 앞을 뒤따르는 문단들로 메운다. space는 빈 높이, heights는 문단들의 높이."""
        figure = self.figures[n]
        output = figure.find_parent(class_="cell_output")
        block = (
            output
            if output and len(output.find_all("figure")) == 1 and not output.find("pre")
            else figure
        )
        top = figure.find_parent(class_="cell") or block
        after = top
        for height in heights:
            p = after.find_next_sibling()
            next_one = p and p.find_next_sibling()
            if (
                not p
                or p.name != "p"
                or height > space
                or next_one
                and "math-wrapper" in next_one.get("class", ())
            ):
                break
            after, space = p, space - height
        if after is not top:
            after.insert_after(block.extract())
        return after is not top

    def index_items(self):
        """genindex.html의 항목을 첫소리로 모은다. 용어 쪽에만 있는 말은 그 쪽이 이미 가나다순이므로 뺀다."""
        items = {}
        for item in parse((HTML / "genindex.html").read_text("utf-8")).select(
            "table.indextable td > ul > li"
        ):
            for a in item.find_all("a"):
                self.link("genindex", a)
            links = item.find_all("a")
            if not links or any("--term-" not in a["href"] for a in links):
                first = item.get_text().strip()[0]
                hangul = "가" <= first <= "힣"
                items.setdefault(
                    INITIALS[(ord(first) - ord("가")) // 588] if hangul else first.upper(), []
                ).append(item)
        return dict(sorted(items.items(), key=lambda pair: (pair[0] not in INITIALS, pair[0])))

    def index_html(self, page_of, start):
        """쪽수를 적은 색인."""
        body = "".join(
            f"<h2>{first}</h2><ul>{''.join(index_line(item, page_of) for item in items)}</ul>"
            for first, items in self.index.items()
        )
        return self.html(
            f"<style>@page :first {{ counter-reset: page {start} }}</style>",
            str(chapter("genindex", "색인", body)),
        )

    def contents(self):
        """제목 세 층의 차례. 책갈피와 같다."""
        lines = [
            f'<li class="{h.name}"><a href="#{h["id"]}" aria-label="{escape(h["data-said"])}">{drawn(h)}</a></li>'
            for art in self.articles
            for h in art.select("h1, h2, h3")
        ]
        return f'<nav class="toc" role="doc-toc"><p class="toc-title">차례</p><ul>{"".join(lines)}</ul></nav>'

    def cover(self, date):
        pins = (ROOT / "requirements.txt").read_text("utf-8").split("\n\n")[0]
        versions = [
            f"파이썬 {python_version()}",
            *(
                f"{name} {version(name).split('+')[0]}"
                for name in re.findall(r"^(\w+)==", pins, re.M)
            ),
        ]
        return (
            f'<div class="cover"><p class="title">{escape(self.title)}</p><p class="author">{escape(self.author)}</p>'
            f'<p class="date">{date:%Y}년 {date.month}월 {date.day}일</p>'
            f'<p class="versions">{", ".join(versions)}에서 실행한 결과를 실었습니다.</p></div>'
        )

    def html(self, head="", body=None):
        date = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", 0)), timezone.utc)
        faces = "".join(
            f"@font-face {{ font-family: {path.stem.removesuffix('Bold')}; src: url({os.path.relpath(path, WORK)});"
            f" font-weight: {'bold' if path.stem.endswith('Bold') else 'normal'} }}\n"
            for path in FONTS
        )
        sheets = "".join(
            f'<link rel="stylesheet" href="{os.path.relpath(sheet, WORK)}">' for sheet in SHEETS
        )
        if body is None:
            preface, *rest = map(str, self.articles)
            body = "".join((self.cover(date), preface, self.contents(), *rest))
        return (
            f'<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>{escape(self.title)}</title>'
            f'<meta name="author" content="{escape(self.author)}"><meta name="dcterms.created" content="{date:%Y-%m-%dT%H:%M:%SZ}">'
            f'<style>{faces}</style>{sheets}{head}</head><body class="book">{body}</body></html>'
        )
