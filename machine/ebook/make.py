"""책의 모형을 전자책 _build/book.epub(EPUB 3)으로 묶는다. 실행도 번호 매기기도 다시 하지 않는다.

Sphinx의 epub 빌더로 만들면 차례에 첫 쪽만 있고 epubcheck이 잘못을 850개 찾는다: XHTML에 맞지 않는 쪽, KaTeX과
맷플롯립이 쓴 것. 그것을 모두 고치면 남는 일은 목록을 적고 압축하는 것뿐이다. 그 일을 하는 EbookLib은 AGPL이고 같은
바이트로 쓰지 않는다. 접은 답과 풀이는 details 그대로 둔다. 접지 못하는 단말기는 펼쳐서 보이므로 잃는 글이 없다.
"""

import re
import shutil
from base64 import b64decode
from hashlib import sha256
from html import escape
from pathlib import Path
from posixpath import dirname, relpath
from urllib.parse import quote, unquote
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from machine.book.figure import without_doctype
from machine.book.left_out import NOT_IN_EPUB
from machine.book.model import HTML, INDEX, Model, slug
from machine.book.whole import compare, pieces
from machine.ebook import contents, cover
from machine.ebook.article import bind, prepare, read_back, unmark
from machine.maths.words import said_in_page
from machine.problems import show
from machine.problems.phrases import as_problem
from machine.settings import ROOT

OUT = ROOT / "_build/book.epub"
ROOM = Path(__file__).parent
MARKS = {"glossary": "dl.glossary", "bibliography": ".citation-list", "index": ".genindex-section"}
TYPES = {
    ".xhtml": "application/xhtml+xml",
    ".ncx": "application/x-dtbncx+xml",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".gif": "image/gif",
}


def filled(template, **values):
    return (ROOM / f"templates/{template}").read_text("utf-8").format(**values)


def xhtml(title, body, name, attributes=""):
    up = "../" * name.count("/")
    return filled("page.xhtml", title=escape(title), up=up, body=body, attributes=attributes)


class Epub:
    """묶을 파일 `files`와, 옮기지 못한 것을 쪽 이름과 함께 모은 `problems`."""

    def __init__(self):
        self.model = Model(NOT_IN_EPUB, (), prepare)
        self.problems, self.files = self.model.problems, {}
        self.contents, self.landmarks = [], {"toc": ("차례", "nav.xhtml")}
        self.add_cover()
        self.files["nav.xhtml"] = ""  # 읽는 차례에서는 표지 다음이고, 쪽의 제목을 안 뒤에 쓴다
        for page in self.model.pages.values():
            self.add_page(page)
        body = contents.nav(self.contents, self.landmarks)
        self.files["nav.xhtml"] = xhtml("차례", body, "nav.xhtml")
        self.files["toc.ncx"] = filled(
            "toc.ncx",
            identifier=self.identifier(),
            title=escape(self.model.title),
            points=contents.points(self.contents),
        )
        self.files["epub.css"] = (ROOM / "epub.css").read_text("utf-8")

    def add_cover(self):
        title, author = self.model.title, self.model.author
        body = f'<img src="cover.png" alt="{escape(f"{title}. {author}. {cover.ALT}")}"/>'
        attributes = ' epub:type="cover" class="cover"'
        self.files["cover.xhtml"] = xhtml("표지", body, "cover.xhtml", attributes)
        self.files["cover.png"] = cover.draw(title, author)

    def add_page(self, page):
        doc, art, name = page.doc, page.article, f"{page.doc}.xhtml"
        for a, *_ in page.links:
            file, sign, label = a["href"].partition("#")
            a["href"] = re.sub(r"\.html$", ".xhtml", file) + sign + label
        bind(art)
        self.problems += compare(page.written, pieces(art, doc), "전자책")
        for img, file in page.images:
            self.add_image(page, img, file)
        unmark(art)
        title = self.list_titles(page, name)
        self.files[name] = xhtml(title, art.decode_contents(), name)
        if not self.problems:
            self.problems += read_back(doc, art, self.files[name])

    def list_titles(self, page, name):
        """차례와 길잡이에 쪽의 제목들을 적고, 쪽의 제목을 돌려준다."""
        art, title = page.article, said_in_page(page.article.h1)
        self.contents.append((page.depth, title, name))
        for h in art.select("section[id] > h2") if page.doc != INDEX else ():
            self.contents.append((page.depth + 1, said_in_page(h), f"{name}#{h.parent['id']}"))
        if art.select_one(".section-number"):
            self.landmarks.setdefault("bodymatter", ("본문", name))
        for kind, mark in MARKS.items():
            if art.select_one(mark):
                self.landmarks[kind] = title, name
        return title

    def add_image(self, page, img, name):
        data = (HTML / name).read_bytes() if name else b""
        if not name:
            name, data = self.unpacked(img["src"])
            img["src"] = relpath(name, dirname(page.doc))
        self.files[name] = without_doctype(data.decode()) if name.endswith(".svg") else data
        img.attrs = {key: img[key] for key in ("src", "alt", "class", "style") if key in img.attrs}
        if "width" in img.get("style", ""):  # 좁은 화면에서 줄어도 찌그러지지 않게
            img["style"] = re.sub(r"height:[^;]*;?", "", img["style"]).strip()

    def unpacked(self, source):
        """주소에 담긴 그림(data:)의 파일 이름과 속."""
        head, _, data = source.partition(",")
        kinds = {kind: ending for ending, kind in TYPES.items()}
        ending = kinds.get(head.removeprefix("data:").split(";")[0], "")
        if not ending:
            self.problems.append(f"EPUB에 담을 수 없는 그림입니다: {head}")
        data = b64decode(data) if head.endswith("base64") else unquote(data).encode()
        return f"_images/{sha256(data).hexdigest()[:12]}{ending}", data

    def identifier(self):
        """책마다 다르고 다시 만들어도 같은 이름.

        사이트의 주소에서, 공개하지 않았으면 제목에서 얻는다.
        """
        return f"urn:uuid:{uuid5(NAMESPACE_URL, self.model.site or self.model.title)}"

    def package(self):
        """묶은 파일의 목록."""
        manifest = "\n".join(
            f'<item id="{slug(name)}" href="{quote(name)}"'
            f' media-type="{TYPES[Path(name).suffix]}"{properties(name, data)}/>'
            for name, data in self.files.items()
        )
        spine = "\n".join(
            f'<itemref idref="{slug(name)}"/>' for name in self.files if name.endswith(".xhtml")
        )
        preface = next(iter(self.model.pages.values())).article
        return filled(
            "book.opf",
            identifier=self.identifier(),
            title=escape(self.model.title),
            author=escape(self.model.author),
            copyright=escape(self.model.copyright),
            description=escape(said_in_page(preface.p)),
            date=self.model.date,
            manifest=manifest,
            spine=spine,
        )

    def write(self, path):
        members = {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": filled("container.xml"),
            "book.opf": self.package(),
            **self.files,
        }
        with ZipFile(path, "w") as book:
            for name, data in members.items():
                info = ZipInfo(name, self.model.date.timetuple()[:6])
                info.compress_type = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED
                book.writestr(info, data)


def properties(name, data):
    kinds = {
        "nav": name == "nav.xhtml",
        "cover-image": name == "cover.png",
        "mathml": "<math" in str(data),
    }
    found = " ".join(kind for kind, true in kinds.items() if true)
    return f' properties="{found}"' if found else ""


def main():
    for path in (OUT, HTML / OUT.name):
        path.unlink(missing_ok=True)
    epub = Epub()
    if epub.problems:
        problems = [*map(as_problem, epub.problems)]
        show("EPUB을 만들지 않았습니다.", problems, ROOT / "_build/book.epub.log")
        return 1
    epub.write(OUT)
    shutil.copy(OUT, HTML)
    print(f"{OUT.relative_to(ROOT)}: {OUT.stat().st_size / 1000:.0f} kB")
    return 0
