"""글이 부르는 그림과 내려받을 파일을 찾고, 책에 담을 수 없는 그림을 쪽과 줄로 알린다.

Sphinx는 MyST가 %EA로 적은 이름을 풀지 않고, {image}의 이름에서 빈칸을 지우고, 한글을 풀어 쓴
이름(macOS의 NFD)을 다른 이름으로 보고, 대소문자가 다른 파일을 macOS에서만 찾는다.
"""

import os
import re
from functools import wraps
from pathlib import Path, PurePosixPath
from posixpath import basename, dirname, join, normpath
from urllib.parse import quote, unquote

from bs4 import BeautifulSoup
from docutils import nodes
from docutils.parsers.rst.directives.images import Image
from sphinx import addnodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.directives.patches import Figure
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from machine import manuscript
from machine.run.data import composed
from machine.tree import drawings
from machine.tree.alternatives import place
from machine.tree.nodes import is_output, raw_html
from machine.tree.picture_types import SVG, media_type

log = logging.getLogger(__name__)
ENDINGS = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"}
# 책의 파일이 아닌 것. attachment:는 노트북의 셀에 붙인 그림이다
ELSEWHERE = re.compile(r"data:|attachment:|[a-z][a-z+.-]*://|//", re.I)

LOST = "%s이 없습니다: %s"
CASE = (
    "파일 이름의 대소문자가 다릅니다: 글에는 %s, 파일은 %s. 다르면 GitHub에서 열리지 않습니다. "
    "하나로 맞추세요"
)
REFUSED = "책에 담을 수 없는 그림입니다: %s (%s). %s"
CONVERT = "PNG, JPEG, GIF, WebP, SVG 가운데 하나로 바꾸어 저장하세요"
UNREACHED = (
    "HTML로 적은 <img>의 파일은 책에 담기지 않습니다: %s. ![그림에 보이는 것](파일)이나 {figure}로 "
    '적으세요. 셀에서는 IPython.display.Image("파일")로 보이세요'
)
WITHOUT = "pictures를 book_without에 적어 그림과 파일을 살피지 않습니다. pictures를 다시 켜세요"


# --- 파일 찾기


def like(folder, name):
    """폴더에 있는 것의 이름: 똑같은 것, 한글을 다르게 쓴 것, 대소문자가 다른 것의 차례로 찾는다."""
    names = sorted(os.listdir(folder)) if folder.is_dir() else []
    for same in (str, composed, lambda text: composed(text).casefold()):
        for one in names:
            if same(one) == same(name):
                return one
    return None


def walked(root, path):
    """root 아래의 path에 있는 파일. 없으면 None."""
    here = root
    for part in PurePosixPath(path).parts:
        name = part if part == ".." else like(here, part)
        if name is None:
            return None
        here = here / name
    return here if here.is_file() else None


def readings(written):
    """적힌 이름이 가리킬 수 있는 이름들. 주소로 적었으면 %EA를 푼다."""
    return dict.fromkeys([written, unquote(written), unquote(unquote(written))])


def found(root, docname, written):
    """(적힌 이름의 파일, 적힌 대로인가). 없으면 (None, False)."""
    for name in readings(written):
        path = normpath(name.lstrip("/") if name[:1] == "/" else join(dirname(docname), name))
        if file := walked(root, path):
            return file, composed(file.relative_to(root).as_posix()) == composed(path)
    return None, False


# --- 그림의 종류


def fault(file):
    """그 그림을 책에 담을 수 없는 (까닭, 고치는 법). 담을 수 있으면 None."""
    data = file.read_bytes()
    kind, ending = media_type(data), file.suffix.lower()
    if not kind and ending == ".svg" and b"<!ENTITY" in data:
        return drawings.ENTITY
    if not kind:
        return "깨진 파일" if ending in ENDINGS else f"모르는 종류 {ending}", CONVERT
    if (kind == SVG) != (ending == ".svg"):  # 브라우저는 SVG만은 이름으로 안다
        return f"이름은 {ending}, 속은 {kind}", "속에 맞는 이름으로 바꾸세요"
    return drawings.fault(data) if kind == SVG else None


# --- 나무


def addressed(argument):
    """{image}에 적은 파일의 이름을 주소로. docutils는 이름의 빈칸을 지운다."""
    name = argument.strip().replace("\\ ", " ")
    return name if ELSEWHERE.match(name) else quote(name)


class SpacedImage(Image):
    def run(self):
        self.arguments[0] = addressed(self.arguments[0])
        return super().run()


class SpacedFigure(Figure):
    def run(self):
        self.arguments[0] = addressed(self.arguments[0])
        return super().run()


class FindFiles(SphinxTransform):
    """그림과 내려받을 파일의 이름을 찾은 파일의 것으로 바꾼다."""

    default_priority = 400

    def apply(self):
        for image in self.document.findall(nodes.image):
            if not (ELSEWHERE.match(image["uri"]) or image["uri"].endswith(".*")):
                self.find_image(image)
        for link in list(self.document.findall(addnodes.download_reference)):
            if not ELSEWHERE.match(link["reftarget"]):
                link["reftarget"] = self.find(link, link["reftarget"], "내려받을 파일")[0]
        for link in list(self.document.findall(addnodes.pending_xref)):
            if link["reftype"] == "myst" and not link.get("refdomain"):
                self.find_link(link)

    def find(self, node, written, what):
        """(Sphinx가 읽을 이름, 파일). 없으면 알리고 적힌 대로."""
        root, docname = Path(self.app.srcdir), self.env.docname
        file, as_written = found(root, docname, written)
        said = next(reversed(readings(written)))
        where = place(self.app, docname, node, basename(said))
        said = said or "빈 이름"
        if not file:
            log.warning(LOST, what, said, location=where)
            return written, None
        if not as_written:
            log.warning(CASE, said, file.name, location=where)
        return f"/{file.relative_to(root).as_posix()}", file

    def find_image(self, image):
        written = image["uri"]
        image["uri"], file = self.find(image, written, "그림 파일")
        if file and (wrong := fault(file)):
            drawn = is_output(image) and "셀이 그린 그림"
            name = drawn or next(reversed(readings(written)))
            where = place(self.app, self.env.docname, image, basename(name))
            log.warning(REFUSED, name, *wrong, location=where)

    def find_link(self, link):
        """[글](파일): MyST가 찾지 못한 이름이면 내려받는 링크로 바꾼다."""
        target = link["reftarget"]
        if "." not in basename(target):  # 이름표이다
            return
        file, _ = found(Path(self.app.srcdir), self.env.docname, target)
        if file and file.suffix not in manuscript.SUFFIXES:
            name, _ = self.find(link, target, "내려받을 파일")
            download = addnodes.download_reference("", "", *link.children, **link.attributes)
            download["reftarget"] = name
            link.replace_self(download)


def check(app, doctree, docname):
    """Sphinx는 글과 출력에 HTML로 적은 <img>의 파일을 옮기지 않는다."""
    for raw in raw_html(doctree):
        for img in BeautifulSoup(raw.astext(), "html.parser").find_all("img", src=True):
            if not ELSEWHERE.match(img["src"]):
                where = place(app, docname, raw, basename(img["src"]))
                log.warning(UNREACHED, img["src"][:60], location=where)


def with_quoted_links(post_process_images):
    """크기를 정한 그림에 Sphinx가 다는 링크의 주소: 이름의 %와 #을 풀어 적는다."""

    @wraps(post_process_images)
    def call(builder, doctree):
        post_process_images(builder, doctree)
        for image in doctree.findall(nodes.image):
            name, link = builder.images.get(image["uri"]), image.parent
            if name and isinstance(link, nodes.reference) and link.get("internal"):
                link["refuri"] = join(builder.imgpath, quote(name))

    return call


def tell_unfound(app, doctree):
    files = (nodes.image, addnodes.download_reference)
    for node in doctree.findall(lambda node: isinstance(node, files)):
        if not is_output(node):
            log.warning(WITHOUT, location=node)


def without(app):
    app.connect("doctree-read", tell_unfound)


def setup(app):
    html = StandaloneHTMLBuilder
    html.post_process_images = with_quoted_links(html.post_process_images)
    app.add_directive("image", SpacedImage, override=True)
    app.add_directive("figure", SpacedFigure, override=True)
    app.add_transform(FindFiles)
    app.connect("doctree-resolved", check)
