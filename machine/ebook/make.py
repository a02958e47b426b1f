"""책의 모형을 전자책 _build/book.epub(EPUB 3)으로 묶는다. 실행도 번호 매기기도 다시 하지 않는다.

Sphinx의 epub 빌더로 만들면 차례에 첫 쪽만 있고 epubcheck이 잘못을 850개 찾는다: XHTML에 맞지 않는
쪽, KaTeX과 맷플롯립이 쓴 것. 그것을 모두 고치면 남는 일은 목록을 적고 압축하는 것뿐이다. 그 일을
하는 EbookLib은 AGPL이고 같은 바이트로 쓰지 않는다. 접은 답과 풀이는 details 그대로 둔다. 접지
못하는 단말기는 펼쳐서 보이므로 잃는 글이 없다.
"""

import gc
import re
from base64 import b64decode
from hashlib import sha256
from html import escape
from io import BytesIO
from pathlib import Path
from posixpath import dirname, relpath
from urllib.parse import quote, unquote
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import yaml
from PIL import Image

from machine import files
from machine.book.left_out import NOT_IN_EPUB
from machine.book.letters import page_texts, unknown_letters
from machine.book.model import HTML, INDEX, Model, slug
from machine.book.whole import compare, pieces
from machine.ebook import contents, cover
from machine.ebook.article import bind, prepare, read_back, unmark
from machine.ebook.drawing import drawing
from machine.ebook.letters import embed
from machine.maths.words import said_in_page
from machine.problems import show
from machine.problems.phrases import as_problem
from machine.settings import ROOT
from machine.settings.conventions import setting
from machine.tree.picture_types import SVG, media_type

OUT = ROOT / "_build/book.epub"
ROOM = Path(__file__).parent
TABLE = yaml.safe_load((ROOM / "epub.yml").read_text("utf-8"))
TYPES = TABLE["types"]
EARLIEST, LATEST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)  # ZIP에 적을 수 있는 때


class Epub:
    """묶을 파일 `files`와, 옮기지 못한 것을 쪽 이름과 함께 모은 `problems`."""

    def __init__(self):
        self.model = Model(NOT_IN_EPUB, (), prepare)
        self.problems, self.files = self.model.problems, {}
        title, author = self.model.about["title"], self.model.about["author"]
        # 책마다 다르고 다시 만들어도 같은 이름. 사이트를 공개하지 않았으면 제목에서 얻는다
        self.identifier = f"urn:uuid:{uuid5(NAMESPACE_URL, self.model.site or title)}"
        self.contents, self.landmarks = [], {"toc": ("차례", "nav.xhtml")}
        alt = escape(setting("book_cover").get("alt", ""))
        self.files["cover.xhtml"] = self.filled("cover.xhtml", alt=alt)
        try:
            self.files["cover.png"] = cover.draw(title, author)
        except (TypeError, ValueError) as error:
            self.problems.append(f"_config.yml의 book_cover: {error}")
        self.files["nav.xhtml"] = ""  # 읽는 차례에서는 표지 다음이고, 쪽의 제목을 안 뒤에 쓴다
        for page in self.model.pages.values():
            self.add_page(page)
        self.add_xhtml("nav.xhtml", "차례", contents.nav(self.contents, self.landmarks))
        self.files["toc.ncx"] = self.filled("toc.ncx", points=contents.points(self.contents))
        self.files["epub.css"] = (ROOM / "epub.css").read_text("utf-8")
        if not self.problems:
            embed(self.files)

    def filled(self, template, **values):
        file = ROOM / f"templates/{template}"
        return self.model.filled(file, identifier=self.identifier, **values)

    def add_xhtml(self, name, title, body):
        up = "../" * name.count("/")
        self.files[name] = self.filled("page.xhtml", title=escape(title), up=up, body=body)

    def add_page(self, page):
        doc, art, name = page.doc, page.article, f"{page.doc.replace(' ', '_')}.xhtml"
        for a, *_ in page.links:
            file, sign, label = a["href"].partition("#")
            if file.endswith(".html"):  # EPUB에 담는 파일의 이름에는 빈칸을 둘 수 없다
                file = file.removesuffix(".html").replace("%20", "_") + ".xhtml"
            a["href"] = file + sign + label
        self.problems += unknown_letters(doc, page_texts(art))
        bind(art)
        self.problems += compare(page.written, pieces([(doc, art)]), "전자책")
        for img, file in page.images:
            self.add_image(page, img, file)
        unmark(art)
        title = self.list_titles(page, name)
        self.add_xhtml(name, title, art.decode_contents())
        if not self.problems:
            self.problems += read_back(doc, art, self.files[name])

    def list_titles(self, page, name):
        """차례와 길잡이에 쪽의 제목들을 적고, 쪽의 제목을 돌려준다."""
        art, title = page.article, said_in_page(page.article.h1)
        name = quote(name)
        self.contents.append((page.depth, title, name))
        for h in art.select("section[id] > h2") if page.doc != INDEX else ():
            self.contents.append((page.depth + 1, said_in_page(h), f"{name}#{h.parent['id']}"))
        if art.select_one(".section-number"):
            self.landmarks.setdefault("bodymatter", ("본문", name))
        for kind, mark in TABLE["landmarks"].items():
            if art.select_one(mark):
                self.landmarks[kind] = title, name
        return title

    def add_image(self, page, img, name):
        name, data = packed((HTML / name).read_bytes() if name else unpacked(img["src"]))
        if not name:
            self.problems.append(f"{page.doc}: EPUB에 담을 수 없는 그림입니다: {img['src'][:40]}")
        self.files[name] = data
        img["src"] = relpath(name, dirname(page.doc))
        img.attrs = {key: img[key] for key in ("src", "alt", "class", "style") if key in img.attrs}
        if "width" in img.get("style", ""):  # 좁은 화면에서 줄어도 찌그러지지 않게
            img["style"] = re.sub(r"height:[^;]*;?", "", img["style"]).strip()

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
        description = escape(said_in_page(preface.p))
        parts = {"description": description, "manifest": manifest, "spine": spine}
        return self.filled("book.opf", **parts)

    def write(self, path):
        members = {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": self.filled("container.xml"),
            "book.opf": self.package(),
            **self.files,
        }
        date = min(max(self.model.date.timetuple()[:6], EARLIEST), LATEST)
        with files.writing(path) as half, ZipFile(half, "w") as book:
            for name, data in members.items():
                info = ZipInfo(name, date)
                info.compress_type = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED
                book.writestr(info, data)


def unpacked(source):
    """주소에 담긴 그림(data:)의 속."""
    head, _, data = source.partition(",")
    return b64decode(data) if head.endswith("base64") else unquote(data).encode()


def packed(data):
    """(전자책에서의 이름, 속). 모르는 그림이면 빈 이름. 빈칸이 있는 이름은 epubcheck이 알린다."""
    kind = media_type(data)
    if kind == SVG:
        data = drawing(data.decode()).encode()
    elif kind == "image/webp":
        kind, data = "image/png", as_png(data)
    ending = {kind: ending for ending, kind in TYPES.items()}.get(kind)
    return ending and f"_images/{sha256(data).hexdigest()[:12]}{ending}", data


def as_png(data):
    """EPUB 3.2까지는 WebP를 담지 못한다. 움직이면 첫 장면만 담는다."""
    out = BytesIO()
    Image.open(BytesIO(data)).convert("RGBA").save(out, "PNG")
    return out.getvalue()


def properties(name, data):
    found = {"nav.xhtml": "nav", "cover.png": "cover-image"}.get(name)
    found = found or "<math" in str(data) and "mathml"
    return f' properties="{found}"' if found else ""


def main():
    gc.disable()  # 쪽들의 나무는 끝까지 쓴다. 치울 것을 찾아 거듭 훑으면 쪽이 늘수록 오래 걸린다
    for path in (OUT, HTML / OUT.name):
        path.unlink(missing_ok=True)
    epub, log = Epub(), ROOT / "_build/book.epub.log"
    if epub.problems:
        show("EPUB을 만들지 않았습니다.", map(as_problem, epub.problems), log)
        return 1
    epub.write(OUT)
    files.copy(OUT, HTML / OUT.name)
    print(f"{OUT.relative_to(ROOT)}: {OUT.stat().st_size / 1000:.0f} kB")
    return 0
