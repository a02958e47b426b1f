"""책의 모형: _toc.yml의 차례대로 놓인 쪽들과 그 속의 이름표, 링크, 그림, 그리고 고칠 곳.

make html이 쓴 쪽을 한 번씩 읽는다. 종이책(paper)과 전자책(ebook)은 이 모형을 저마다의 꼴로 바꾼다.
"""

import re
import sys
from dataclasses import dataclass, field
from html import escape
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import yaml
from bs4 import Tag
from sphinx_external_toc.api import FileItem
from sphinx_external_toc.parsing import parse_toc_yaml

from machine import dates
from machine.book.elements import parse, refused, restyle, widen_float
from machine.book.left_out import leave_out, mark
from machine.book.letters import unknown_letters
from machine.book.whole import pieces
from machine.settings import ROOT
from machine.settings.conventions import folder, written
from machine.settings.repository import Repository, checked, running
from machine.tree.alternatives import lacks_text

HTML = ROOT / "_build/html"
SUFFIX = re.compile(r"\.(?:md|ipynb|rst)$")  # 차례에는 파일의 이름을 적어도 된다
INDEX = "genindex"  # 차례에는 없고 Sphinx가 만드는 색인


@dataclass
class Page:
    """쪽 하나. 본문 `article`은 종이책과 전자책이 고쳐 간다."""

    doc: str
    depth: int  # 제목의 깊이
    article: Tag
    written: dict  # {조각: 글}. 고치기 앞의 글로, 책을 다 만든 뒤에 견준다
    ids: set = field(default_factory=set)  # 본문에 있는 이름표
    left: set = field(default_factory=set)  # 뺀 것에 있던 이름표
    screen: list = field(default_factory=list)  # 화면에서만 맞아서 뺀 문장
    links: list = field(default_factory=list)  # 책 안을 가리키는 (a, 쪽의 이름, 이름표)
    outside: list = field(default_factory=list)  # 책 밖을 가리키는 a
    images: list = field(default_factory=list)  # (img, HTML 폴더의 파일). data:이면 파일이 빈 글

    def path(self, address):
        """이 쪽에 적힌 주소의 파일: HTML 폴더에서의 이름."""
        return normpath(join(dirname(self.doc), unquote(address)))


class Model:
    """책 한 권, 또는 그 책의 한 장(chapter).

    left_out과 moved는 left_out.py의 표이고, prepare는 뺄 것을 빼기 앞에 할 일이다.
    """

    def __init__(self, left_out, moved, prepare, chapter=""):
        config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
        self.about = {name: str(config.get(name, "")) for name in ("title", "author", "copyright")}
        given, wrong = checked(written().get("book_repository"))
        self.site = Repository(**given).home
        self.published = running(Repository(**given))
        self.problems = [f"_config.yml의 book_repository: {message}" for message in wrong]
        self.date = dates.date()
        about = [(text, "") for text in self.about.values()]
        self.problems += unknown_letters("_config.yml", about)
        whole = dict(documents())
        docs = {doc: depth for doc, depth in whole.items() if chapter in ("", folder(doc))}
        self.elsewhere = whole.keys() - docs.keys()  # 고른 장에 없는 쪽
        docs[INDEX] = 1
        self.pages = {doc: read(doc, depth, left_out, moved) for doc, depth in docs.items()}
        prepare(self.pages.values())
        for page in self.pages.values():
            page.left = leave_out(page.article)
            page.ids = {x["id"] for x in page.article.find_all(id=True)}
        for page in self.pages.values():
            self.problems += [f"{page.doc}: {message}" for message in self.settle(page)]

    def filled(self, template, **values):
        """책의 이름과 날짜를 채운 글."""
        about = {name: escape(text) for name, text in self.about.items()}
        return template.read_text("utf-8").format(**about | {"date": self.date} | values)

    def settle(self, page):
        """쪽의 링크와 그림을 가려 적고, 고칠 곳을 알린다."""
        yield from refused(page.article)
        for a in page.article.find_all("a", href=True):
            yield from self.link(page, a)
        for img in page.article.find_all("img", src=True):
            yield from image(page, img)

    def link(self, page, a):
        """책에 싣지 않은 것을 가리키는 링크는 글만 남기고, 다른 장은 사이트의 주소로 가리킨다."""
        if re.match(r"[a-z]+:", a["href"]):
            page.outside.append(a)
            return
        file, _, label = a["href"].partition("#")
        path, label = page.path(file) if file else f"{page.doc}.html", unquote(label)
        doc = path.removesuffix(".html")
        target = self.pages.get(doc)
        if doc in self.elsewhere and page.doc == INDEX:
            a["data-elsewhere"] = ""
        elif doc in self.elsewhere and self.published.home:
            a["href"] = self.published.page(doc) + (f"#{label}" if label else "")
        elif not target and not (HTML / path).is_file():
            yield f"링크가 가리키는 파일이 없습니다: {path}"
        elif not target or label in target.left - target.ids:
            a.unwrap()
        elif label and label not in target.ids:
            yield f"책에 없는 곳을 가리킵니다: {target.doc}#{label}"
        else:
            page.links.append((a, target.doc, label))


def image(page, img):
    widen_float(img)
    source = img["src"]
    local = not re.match(r"data:|(https?:)?//", source)
    name = page.path(source) if local else source.partition(",")[0]
    if lacks_text(img.get("alt"), source):
        yield f"그림에 대체 글(alt)이 없습니다: {name}"
    if source.startswith("data:"):
        page.images.append((img, ""))
    elif not local:
        yield f"책 밖에 있는 그림은 싣지 못합니다. 내려받아 imgs/에 둡니다: {source}"
    elif (HTML / name).is_file():
        page.images.append((img, name))
    else:
        yield f"그림 파일이 없습니다: {name}"


def read(doc, depth, left_out, moved):
    """make html이 쓴 쪽을 읽고, 견줄 것을 적어 둔다."""
    file = HTML / f"{doc}.html"
    article = parse(file.read_text("utf-8")).find("article") if file.is_file() else None
    if not article:
        sys.exit(f"쪽을 읽을 수 없습니다: {file.relative_to(ROOT)}. make html로 다시 만드세요.")
    mark(article, doc, left_out, moved)
    restyle(article)
    for img in article.find_all("img", src=True):
        img["data-image"] = img["src"][-120:]  # 파일의 이름은 옮기면서 바뀔 수 있다
    return Page(doc, depth, article, pieces([(doc, article)]))


def documents():
    """책의 (문서, 제목의 깊이) 모두."""
    toc = parse_toc_yaml(ROOT / "_toc.yml", encoding="utf-8")
    return [*contents(toc, str(toc.root.docname))]


def chapters():
    """장의 폴더들을 차례대로."""
    return [*dict.fromkeys(filter(None, (folder(doc) for doc, _ in documents())))]


def contents(toc, doc, depth=0):
    """doc과 그 아래의 (문서, 제목의 깊이)를 _toc.yml의 차례대로. 첫 쪽은 머리말이 된다."""
    yield SUFFIX.sub("", doc), max(depth, 1)
    for child in [child for tree in toc[doc].subtrees for child in tree.items]:
        if isinstance(child, FileItem):  # url:은 사이트의 메뉴이다
            yield from contents(toc, child, depth + 1)


def slug(doc):
    return re.sub(r"\W+", "-", doc)
