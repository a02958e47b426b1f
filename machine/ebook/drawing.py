"""그림(SVG)을 EPUB이 허락하는 SVG 1.1로. 그림을 그린 프로그램은 그 밖의 것도 적는다."""

import xml.etree.ElementTree as ET
from pathlib import Path

import yaml

from machine.book.figure import SVG, read

TABLE = yaml.safe_load(Path(__file__).with_name("epub.yml").read_text("utf-8"))["drawing"]
KNOWN, STYLES = set(TABLE["attributes"].split()), set(TABLE["styles"].split())


def drawing(svg):
    root = read(svg)
    for path in root.iter(f"{SVG}path"):  # 맷플롯립이 그린 빈칸에는 d가 없다
        path.set("d", path.get("d", ""))
    for node in root.iter():
        for name in [name for name in node.attrib if not allowed(node, name)]:
            value = node.attrib.pop(name)
            if name in STYLES:
                node.set("style", f"{node.get('style', '')}; {name}: {value}".lstrip("; "))
    return ET.tostring(root, "unicode")


def allowed(node, name):
    """다른 이름 공간의 것과 data-…, aria-…는 무엇이든 된다."""
    if node.tag == f"{SVG}style":
        return name in ("type", "media", "title", "id")
    return name.startswith(("{", "data-", "aria-")) or name in KNOWN
