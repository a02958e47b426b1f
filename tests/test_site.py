"""만들어진 사이트의 시험: 링크와 이름표, 화면의 영어, 그림의 대체 글, 굵은 글씨의 별표."""
import re
from hashlib import sha256
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from book import HTML, ROOT, SECTIONS

PAGES = {p.relative_to(HTML).as_posix(): BeautifulSoup(p.read_text("utf-8"), "html.parser") for p in HTML.rglob("*.html")}
IDS = {name: {x["id"] for x in soup.find_all(id=True)} for name, soup in PAGES.items()}
NAMES = {"Sphinx", "Furo", "@pradyunsg"}                # 영어로 두는 이름


@pytest.mark.parametrize("name", PAGES)
def test_links_and_anchors_resolve(name):
    for tag in PAGES[name].find_all(["a", "link", "script", "img"]):
        url = tag.get("href") or tag.get("src")
        if not url or re.match(r"[a-z]+:|//", url):
            continue
        path, _, anchor = unquote(url.split("?")[0]).partition("#")
        target = normpath(join(dirname(name), path)) if path else name
        assert (HTML / target).is_file(), url
        assert not anchor or anchor in IDS[target], url


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique(name):
    ids = [x["id"] for x in PAGES[name].find_all(id=True)]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("name", PAGES)
def test_interface_is_korean(name):
    """본문 밖의 글과, 어디에 있든 이름표 구실을 하는 속성에는 한글이 있다."""
    assert PAGES[name].html["lang"] == "ko"
    soup = BeautifulSoup(str(PAGES[name]), "html.parser")
    for link in soup.select("a.reference"):             # title이 참고문헌의 글이다
        del link["title"]
    words = [tag[attribute] for tag in soup.find_all(True) for attribute in ("title", "aria-label", "placeholder", "alt")
             if tag.get(attribute)]
    for tag in soup.select("script, style, code"):
        tag.extract()
    words += [tag.get_text() for tag in soup.select("summary, button, .admonition-title")]
    for tag in soup.select("article"):
        tag.extract()
    words += soup.get_text("\n").split("\n")
    english = {w.strip() for w in words if re.search(r"[A-Za-z]{2}", w) and not re.search(r"[가-힣]", w)}
    assert english - NAMES == set()


@pytest.mark.parametrize("folder", sorted(path.parent for path in ROOT.glob("_ext/*/*/SHA256SUMS")), ids=lambda folder: folder.name)
def test_borrowed_files_are_unmodified(folder):
    sums = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text().splitlines())
    files = {p.relative_to(folder).as_posix(): sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}
    assert {name: files[name] for name in sums} == sums
    assert set(files) - set(sums) == {"README.md", "SHA256SUMS"}


def test_scripts_speak_korean():
    assert "'copy_to_clipboard': '클립보드에 복사'" in (HTML / "_static/copybutton.js").read_text("utf-8")
    assert '"Search Results": "\\uac80\\uc0c9 \\uacb0\\uacfc"' in (HTML / "_static/translations.js").read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_one_search_field(name):
    assert len(PAGES[name].select('input[name="q"]')) == 1


@pytest.mark.parametrize("page", SECTIONS)
def test_images_have_korean_alternative_text(page):
    for image in PAGES[page + ".html"].select("article img"):
        assert len(re.findall(r"[가-힣]", image.get("alt", ""))) >= 20
        assert image["src"].endswith(".svg")


@pytest.mark.parametrize("name", PAGES)
def test_no_markup_is_left_in_the_text(name):
    article = PAGES[name].find("article")
    for tag in article.select("pre, code, .katex"):
        tag.extract()
    assert not re.search(r"\*\*|\{[a-z:]+\}|:::|\$|\[\^|\\begin|```", article.get_text())
