"""절의 끝에서 펼치는 인용: 한국어 참고문헌과 BibTeX. 읽은 날은 브라우저가 적는다(static/cite.js).

제목은 _config.yml에서, 저자와 판과 해는 CITATION.cff에서 얻는다. 그 파일이 없으면 저자는
_config.yml의 것, 해는 마지막 커밋의 것이고 판은 적지 않는다. 그래서 같은 커밋에서는 글이 같다.
"""

import re
from html import escape

import yaml

from machine import dates
from machine.settings import ROOT
from machine.settings.conventions import config_file, top
from machine.settings.repository import published
from machine.tree.nodes import numbered_title

BOX = """<details class="cite">
<summary>이 절 인용하기</summary>
<p>{korean}</p>
<pre>{bibtex}</pre>
</details>"""
HANGUL = re.compile("[가-힣]")
LATEX = {letter: f"\\{letter}" for letter in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def cited():
    """CITATION.cff에 적힌 것. 없으면 빈 것."""
    file = ROOT / "CITATION.cff"
    return yaml.safe_load(file.read_text("utf-8")) if file.is_file() else {}


def parts(author):
    """(성, 이름). 모임이나 나누지 않은 이름은 (이름, 빈 글)."""
    return author.get("name") or author.get("family-names", ""), author.get("given-names", "")


def spoken(author):
    family, given = parts(author)
    together = HANGUL.search(family) or not given
    return f"{family}{given}" if together else f"{given} {family}"


def in_bibtex(author):
    """쉼표로 성과 이름을 가른다. 나누지 않은 이름은 한 덩어리로 묶는다."""
    family, given = map(in_latex, parts(author))
    return f"{family}, {given}" if given else f"{{{family}}}"


def in_latex(text):
    return "".join(LATEX.get(letter, letter) for letter in text)


def key(docname):
    name = docname.removeprefix(f"{top()}/").lower()
    return re.sub("[^a-z0-9]+", "-", name).strip("-") or "section"


def box(app, docname):
    book, config = cited(), config_file()
    authors = book.get("authors") or [{"name": str(config.get("author", ""))}]
    title, name = numbered_title(app.env, docname), str(config.get("title", ""))
    year, version = str(book.get("date-released") or dates.date())[:4], str(book.get("version", ""))
    url = published(app.config).page(docname)
    korean = f"{', '.join(map(spoken, authors))}({year}), 「{title}」, 『{name}』"
    korean += f" {version}판." if version else "."
    fields = {
        "author": " and ".join(map(in_bibtex, authors)),
        "title": in_latex(title),
        "booktitle": in_latex(name),
        "edition": in_latex(version),
        "year": year,
        "url": url,
    }
    lines = [f"  {field} = {{{value}}}" for field, value in fields.items() if value]
    bibtex = ",\n".join([f"@incollection{{{key(docname)}", *lines]) + "\n}"
    texts = {"korean": f"{korean} {url}".strip(), "bibtex": bibtex}
    return BOX.format(**{name: escape(text) for name, text in texts.items()})
