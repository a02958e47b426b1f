"""make html이 쓴 쪽들을 묶어 전자책 _build/book.epub(EPUB 3)을 만든다. 실행도 번호 매기기도 다시 하지 않는다.

Sphinx의 epub 빌더로 만들면 차례에 첫 쪽만 있고 epubcheck이 잘못을 850개 찾는다: XHTML에 맞지 않는 쪽, KaTeX과 맷플롯립이 쓴
것. 그것을 모두 고치면 남는 일은 목록을 적고 압축하는 것뿐이다. 그 일을 하는 EbookLib은 AGPL이고 같은 바이트로 쓰지 않는다.
접은 답과 풀이는 details 그대로 둔다. 접지 못하는 단말기는 펼쳐서 보이므로 잃는 글이 없다.
"""

import os
import re
import shutil
from base64 import b64decode
from datetime import datetime, timezone
from hashlib import sha256
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath, relpath
from urllib.parse import quote, unquote
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import yaml

from machine.book.paper import HTML, widen_float
from machine.ebook import cover
from machine.ebook.article import article, drawing, read_back, unmark
from machine.maths.words import said_in_page
from machine.paper.join import docs, slug
from machine.problems import show
from machine.problems.phrases import as_problem
from machine.settings import ROOT
from machine.settings.repository import Repository
from machine.tree.alternatives import lacks_text

OUT = ROOT / "_build/book.epub"
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
PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="ko" xml:lang="ko">
<head><title>{title}</title><link rel="stylesheet" href="{up}epub.css"/></head>
<body{attributes}>{body}</body>
</html>
"""
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="identifier" xml:lang="ko">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="identifier">{identifier}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:creator>{author}</dc:creator>
<dc:publisher>{author}</dc:publisher>
<dc:language>ko</dc:language>
<dc:rights>© {copyright} {author}</dc:rights>
<dc:description>{description}</dc:description>
<dc:date>{date:%Y-%m-%d}</dc:date>
<meta property="dcterms:modified">{date:%Y-%m-%dT%H:%M:%SZ}</meta>
<meta name="cover" content="cover.png"/>
{access}
</metadata>
<manifest>
{manifest}
</manifest>
<spine toc="toc-ncx" page-progression-direction="ltr">
{spine}
</spine>
</package>
"""
ACCESS = {
    "accessMode": ["textual", "visual"],
    "accessModeSufficient": ["textual"],
    "accessibilityFeature": [
        "alternativeText",
        "MathML",
        "structuralNavigation",
        "tableOfContents",
        "index",
        "readingOrder",
        "displayTransformability",
    ],
    "accessibilityHazard": ["none"],
    "accessibilitySummary": [
        "그림에는 한국어 대체 글이 있고 수식은 MathML입니다. 영어와 코드에는 언어가 적혀 있습니다."
    ],
}
NCX = """<?xml version="1.0" encoding="utf-8"?>
<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1" xml:lang="ko">
<head><meta name="dtb:uid" content="{identifier}"/></head>
<docTitle><text>{title}</text></docTitle>
<navMap>{points}</navMap>
</ncx>
"""


class Epub:
    """묶을 파일 `files`와, 옮기지 못한 것을 쪽 이름과 함께 모은 `problems`."""

    def __init__(self):
        self.config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
        self.files, self.problems, self.links, self.ids = {}, [], [], {}
        self.contents, self.landmarks = [], {"toc": ("차례", "nav.xhtml")}
        pages = {}
        for doc, depth in [*docs(), ("genindex", 1)]:
            art, problems = article(doc)
            pages[doc] = depth, art
            self.problems += problems
        self.docs, self.description = set(pages), said_in_page(next(iter(pages.values()))[1].p)
        self.add_cover()
        self.files["nav.xhtml"] = ""  # 읽는 차례에서는 표지 다음이고, 모든 쪽의 제목을 안 뒤에 쓴다
        for doc, (depth, art) in pages.items():
            self.add_page(doc, depth, art)
        self.problems += [
            f"{doc}: 책에 없는 곳을 가리킵니다: {target}#{label}"
            for doc, target, label in self.links
            if label not in self.ids[target]
        ]
        self.add_contents()
        self.files["epub.css"] = Path(__file__).with_name("epub.css").read_text("utf-8")

    def add_cover(self):
        title, author = self.config["title"], self.config["author"]
        alt = f"{title}. {author}. {cover.ALT}"
        self.files["cover.xhtml"] = xhtml(
            "표지",
            f'<img src="cover.png" alt="{escape(alt)}"/>',
            "cover.xhtml",
            ' epub:type="cover" class="cover"',
        )
        self.files["cover.png"] = cover.draw(title, author, ROOT / "fonts")

    def add_page(self, doc, depth, art):
        name = f"{doc}.xhtml"
        for a in art.find_all("a", href=True):
            self.link(doc, a)
        for img in art.find_all("img", src=True):
            self.image(doc, img)
        unmark(art)
        self.ids[doc] = {x["id"] for x in art.find_all(id=True)}
        title = said_in_page(art.h1)
        self.contents.append((depth, title, name))
        self.contents += [
            (depth + 1, said_in_page(h), f"{name}#{h.parent['id']}")
            for h in art.select("section[id] > h2")
            if doc != "genindex"
        ]
        if art.select_one(".section-number"):
            self.landmarks.setdefault("bodymatter", ("본문", name))
        self.landmarks |= {
            kind: (title, name) for kind, mark in MARKS.items() if art.select_one(mark)
        }
        self.files[name] = xhtml(title, art.decode_contents(), name)
        self.problems += [] if self.problems else read_back(doc, art, self.files[name])

    def link(self, doc, a):
        """책 안의 링크는 전자책의 쪽을 가리키게 한다. 함께 묶지 않은 파일을 가리키면 글만 남긴다."""
        if re.match(r"[a-z]+:", a["href"]):
            return
        file, _, label = a["href"].partition("#")
        target = normpath(join(dirname(doc), unquote(file))) if file else f"{doc}.html"
        if target.removesuffix(".html") in self.docs:
            a["href"] = re.sub(r"\.html$", ".xhtml", file) + a["href"][len(file) :]
            self.links += [(doc, target.removesuffix(".html"), unquote(label))] if label else []
        elif (HTML / target).is_file():
            a.unwrap()
        else:
            self.problems.append(f"{doc}: 링크가 가리키는 파일이 없습니다: {target}")

    def image(self, doc, img):
        inside = img["src"].startswith("data:")
        name = self.unpacked(img) if inside else normpath(join(dirname(doc), unquote(img["src"])))
        widen_float(img)
        img.attrs = {key: img[key] for key in ("src", "alt", "class", "style") if key in img.attrs}
        if "width" in img.get("style", ""):  # 좁은 화면에서 줄어도 찌그러지지 않게
            img["style"] = re.sub(r"height:[^;]*;?", "", img["style"]).strip()
        if lacks_text(img.get("alt"), img["src"]):
            self.problems.append(f"{doc}: 그림에 대체 글(alt)이 없습니다: {name}")
        if inside:
            img["src"] = relpath(name, dirname(doc))
        elif re.match(r"(https?:)?//", img["src"]):
            self.problems.append(
                f"{doc}: 책 밖에 있는 그림은 싣지 못합니다. 내려받아 imgs/에 둡니다: {img['src']}"
            )
        elif (HTML / name).is_file():
            data = (HTML / name).read_bytes()
            self.files[name] = drawing(data.decode("utf-8")) if name.endswith(".svg") else data
        else:
            self.problems.append(f"{doc}: 그림 파일이 없습니다: {name}")

    def unpacked(self, img):
        """주소에 담긴 그림(data:)을 파일로."""
        head, _, data = img["src"].partition(",")
        kind = next(
            (ending for ending, kind in TYPES.items() if head[5:].split(";")[0] == kind), ""
        )
        if not kind:
            self.problems.append(f"EPUB에 담을 수 없는 그림입니다: {head}")
        data = b64decode(data) if head.endswith("base64") else unquote(data).encode()
        name = f"_images/{sha256(data).hexdigest()[:12]}{kind}"
        self.files[name] = drawing(data.decode("utf-8")) if kind == ".svg" else data
        return name

    def add_contents(self):
        """차례(nav.xhtml)와, EPUB 2까지만 아는 단말기가 읽는 차례(toc.ncx)."""
        marks = "".join(
            f'<li><a epub:type="{kind}" href="{name}">{escape(title)}</a></li>'
            for kind, (title, name) in self.landmarks.items()
        )
        lists = nested(
            [*self.contents], "<ol>{}</ol>", '<li><a href="{href}">{title}</a>{below}</li>'
        )
        self.files["nav.xhtml"] = xhtml(
            "차례",
            f'<nav epub:type="toc"><h1>차례</h1>{lists}</nav>'
            f'<nav epub:type="landmarks" hidden=""><h1>길잡이</h1><ol>{marks}</ol></nav>',
            "nav.xhtml",
        )
        points = nested(
            [*self.contents],
            "{}",
            '<navPoint id="n{number}"><navLabel><text>{title}</text></navLabel><content src="{href}"/>{below}</navPoint>',
        )
        self.files["toc.ncx"] = NCX.format(
            identifier=self.identifier(), title=escape(self.config["title"]), points=points
        )

    def identifier(self):
        """책마다 다르고 다시 만들어도 같은 이름: 사이트의 주소에서, 공개하지 않았으면 제목에서 얻는다."""
        site = Repository(**self.config["sphinx"]["config"].get("book_repository", {})).home
        return f"urn:uuid:{uuid5(NAMESPACE_URL, site or self.config['title'])}"

    def package(self, date):
        access = "\n".join(
            f'<meta property="schema:{name}">{value}</meta>'
            for name, values in ACCESS.items()
            for value in values
        )
        manifest = "\n".join(
            f'<item id="{slug(name)}" href="{quote(name)}" media-type="{TYPES[Path(name).suffix]}"{properties(name, data)}/>'
            for name, data in self.files.items()
        )
        spine = "\n".join(
            f'<itemref idref="{slug(name)}"/>' for name in self.files if name.endswith(".xhtml")
        )
        about = {name: escape(str(self.config[name])) for name in ("title", "author", "copyright")}
        return PACKAGE.format(
            identifier=self.identifier(),
            description=escape(self.description),
            date=date,
            access=access,
            manifest=manifest,
            spine=spine,
            **about,
        )

    def write(self, path):
        date = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), timezone.utc)
        members = {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "book.opf": self.package(date),
            **self.files,
        }
        with ZipFile(path, "w") as book:
            for name, data in members.items():
                info = ZipInfo(name, date.timetuple()[:6])
                info.compress_type = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED
                book.writestr(info, data)


def xhtml(title, body, name, attributes=""):
    return PAGE.format(
        title=escape(title), up="../" * name.count("/"), body=body, attributes=attributes
    )


def nested(entries, group, item, depth=1):
    """(깊이, 제목, 주소)의 줄을 겹친 목록으로. entries를 앞에서부터 비운다."""
    out = ""
    while entries and entries[0][0] >= depth:
        number, (_, title, href) = len(entries), entries.pop(0)
        out += item.format(
            title=escape(title),
            href=href,
            number=number,
            below=nested(entries, group, item, depth + 1),
        )
    return group.format(out) if out else ""


def properties(name, data):
    kinds = [
        kind
        for kind, found in {
            "nav": name == "nav.xhtml",
            "cover-image": name == "cover.png",
            "mathml": "<math" in str(data),
        }.items()
        if found
    ]
    return f' properties="{" ".join(kinds)}"' if kinds else ""


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
