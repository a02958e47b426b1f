"""책의 표식 mark.svg. 첫 쪽의 제목, favicon, 홈 화면, 카드, 두 표지의 것이 모두 여기에서 나온다.

없어도 된다. SVG를 쓰지 못하는 곳의 imgs/mark.png은 make imgs가 그린다. 그 속에 어느 mark.svg를
그린 것인지 적어 두므로, 고치고 다시 그리지 않으면 빌드가 알린다.
"""

import io
from hashlib import sha256

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from machine import files
from machine.state import ROOT

FILE, PICTURE = ROOT / "mark.svg", ROOT / "imgs/mark.png"
SIZE = 512  # 그림의 너비. 홈 화면(180)과 전자책의 표지에서 흐리지 않다
DRAWN_FROM = "source"
SHEET = """<style>@page {{ size: {0}px {0}px; margin: 0 }} body {{ margin: 0 }}
img {{ display: block; width: {0}px; height: {0}px; object-fit: contain }}</style><img src="{1}">"""
STALE = "표식의 그림 imgs/mark.png이 없거나 mark.svg와 다릅니다. make imgs로 다시 그리세요"


def exists():
    return FILE.is_file()


def fingerprint():
    return sha256(FILE.read_bytes()).hexdigest()


def is_drawn():
    """지금의 mark.svg를 그린 그림이 있는가."""
    if not PICTURE.is_file():
        return False
    with Image.open(PICTURE) as picture:
        return picture.info.get(DRAWN_FROM) == fingerprint()


def draw():
    """바탕이 비치는 정사각형 PNG."""
    import pypdfium2  # make imgs에서만 쓴다
    from weasyprint import HTML

    pdf = HTML(string=SHEET.format(SIZE, FILE.name), base_url=str(FILE)).write_pdf()
    page = pypdfium2.PdfDocument(pdf)[0]
    scale = SIZE / page.get_width()
    picture = page.render(scale=scale, fill_color=(0, 0, 0, 0), maybe_alpha=True).to_pil()
    about, drawn = PngInfo(), io.BytesIO()
    about.add_text(DRAWN_FROM, fingerprint())
    picture.quantize(64, Image.Quantize.FASTOCTREE).save(drawn, "PNG", optimize=True, pnginfo=about)
    files.write(PICTURE, drawn.getvalue())
