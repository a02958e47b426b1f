"""책에 쓰인 글자만 담은 글꼴. 크기가 절반이 안 된다."""

import logging
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from machine import files

logging.getLogger("fontTools").setLevel("ERROR")  # 글꼴마다 한 일과 옛 날짜를 늘어놓는다


def subset_font(path, text, folder):
    """그 글자만 담은 글꼴의 파일. 만든 것은 folder에 두고 다음 빌드에서도 쓴다."""
    key = sha256(path.read_bytes() + text.encode() + version("fonttools").encode())
    key.update(Path(__file__).read_bytes())  # 줄이는 방법
    made = folder / f"{key.hexdigest()[:16]}.woff2"
    if not is_whole(made):
        save_subset(path, text, made)
    return made


def is_whole(made):
    """WOFF2의 머리에 적힌 크기의 파일인가. 전원이 나가면 빈 파일이 남기도 한다."""
    data = made.read_bytes() if made.is_file() else b""
    return data[:4] == b"wOF2" and int.from_bytes(data[8:12], "big") == len(data)


def save_subset(path, text, made):
    from fontTools import subset  # 만들어 둔 것을 쓰는 빌드에서는 불러오지 않는다

    options = subset.Options(flavor="woff2", layout_features=["*"], hinting=False)
    font, subsetter = subset.load_font(path, options), subset.Subsetter(options)
    subsetter.populate(text=text)
    subsetter.subset(font)
    with files.writing(made) as half:
        subset.save_font(font, half, options)
