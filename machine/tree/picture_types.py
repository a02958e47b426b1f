"""그림의 종류를 이름이 아니라 속에서 안다. 전자책을 묶을 때에는 이것만 읽어 들인다."""

from io import BytesIO

from PIL import Image

from machine.tree import drawings

SVG = "image/svg+xml"
# Pillow가 아는 이름마다. MPO는 휴대전화가 찍은 JPEG이다
TYPES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}


def media_type(data):
    """모르거나 깨졌으면 빈 글."""
    try:
        with Image.open(BytesIO(data)) as picture:
            picture.load()
            return TYPES.get(picture.format, "")
    except Exception:  # 깨진 파일마다 다른 예외를 던진다
        return SVG if drawings.drawing(data) is not None else ""
