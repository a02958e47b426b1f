"""책의 표식의 시험: mark.svg 하나에서 나온 것이 첫 쪽, 아이콘, 두 표지에 있다."""

import io
from zipfile import ZipFile

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from book import HTML, PAGES, need_made, need_pango, read_page
from machine import mark

COLOURS = [(0x1F, 0x3A, 0x5F), (0xF2, 0xB8, 0x4B)]  # mark.svg에 적은 바탕과 접선의 색


def parts(picture):
    """표식의 두 색이 그림에서 차지하는 몫."""
    pixels = np.asarray(picture.convert("RGB")).astype(int)
    return [(abs(pixels - colour).max(axis=2) < 12).mean() for colour in COLOURS]


def test_the_picture_is_drawn_from_the_mark(tmp_path, monkeypatch):
    need_pango()
    assert mark.is_drawn(), "make imgs를 실행하세요"
    written = np.asarray(Image.open(mark.PICTURE).convert("RGBA")).astype(int)
    monkeypatch.setattr(mark, "PICTURE", tmp_path / "mark.png")
    assert not mark.is_drawn()
    mark.draw()
    drawn = np.asarray(Image.open(mark.PICTURE).convert("RGBA")).astype(int)
    assert mark.is_drawn() and abs(drawn - written).mean() < 1


def test_another_mark_is_told_from_the_one_drawn(tmp_path, monkeypatch):
    changed = tmp_path / "mark.svg"
    changed.write_text(mark.FILE.read_text("utf-8").replace("#f2b84b", "#f2b84c"), "utf-8")
    monkeypatch.setattr(mark, "FILE", changed)
    assert mark.exists() and not mark.is_drawn()


@pytest.mark.parametrize("name", PAGES)
def test_pages_have_the_icons(name):
    page, root = read_page(name), "/" if name == "404.html" else read_page(name).html
    root = root if root == "/" else root["data-content_root"].removeprefix("./")
    icons = [
        page.select_one(f'link[rel~="{kind}"]')["href"] for kind in ("icon", "apple-touch-icon")
    ]
    assert [icon.removeprefix(root) for icon in icons] == ["_static/mark.svg", "_static/mark.png"]
    assert len(page.select("h1 img.mark")) == (name == "index.html")


def test_files_of_the_icons_are_there():
    for path in (mark.FILE, mark.PICTURE):
        assert (HTML / "_static" / path.name).read_bytes() == path.read_bytes()


def test_both_covers_have_the_mark():
    pdf = pypdfium2.PdfDocument(need_made("book.pdf"))
    paper = parts(pdf[0].render(scale=1).to_pil())
    assert paper[0] > 0.005 and paper[1] > 0.0002, paper
    with ZipFile(need_made("book.epub")) as book:
        cover = Image.open(io.BytesIO(book.read("cover.png")))
        assert 'class="mark"' not in book.read("index.xhtml").decode("utf-8")
    width, height = cover.size
    corner = parts(cover.crop((0, 0, width // 2, height // 8)))
    assert corner[0] > 0.05 and corner[1] > 0.002, corner
