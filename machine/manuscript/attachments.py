"""셀에 붙인 그림(attachment). 주피터에서 글에 그림을 붙여 넣으면 노트북 안에 담긴다."""

import mimetypes
import re
from base64 import b64decode
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote


class Picture(NamedTuple):
    """그림 하나. written은 글에서 그것을 부르는 말들, data는 그릴 수 없으면 빈 것."""

    written: list
    file: str
    data: bytes


def pictures(cell):
    """글에서 부르는 그림들. 긴 이름이 먼저다: a.png는 a.png-2의 앞부분이다."""
    found = cell.get("attachments") or {}
    for name in sorted(found, key=len, reverse=True):
        written = [f"attachment:{form}" for form in dict.fromkeys((name, quote(name)))]
        if any(form in cell.source for form in written):
            kind, data = content(found[name])
            stem = re.sub(r"[^\w-]", "-", Path(name).stem, flags=re.ASCII)
            yield Picture(written, f"{stem}{suffix(kind)}", data)


def content(bundle):
    """(종류, 내용)"""
    for kind, text in bundle.items() if isinstance(bundle, dict) else ():
        text = "".join(text)
        if kind.startswith("image/"):
            return kind, text.encode() if text.lstrip().startswith("<") else decoded(text)
    return "", b""


def decoded(text):
    try:
        return b64decode(text)
    except ValueError:
        return b""


def suffix(kind):
    return mimetypes.guess_extension(kind) or f".{kind.rpartition('/')[2]}"
