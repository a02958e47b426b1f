"""전자책의 차례: nav.xhtml과, EPUB 2까지만 아는 단말기가 읽는 toc.ncx."""

from html import escape
from itertools import takewhile

LIST = "<ol>{}</ol>", '<li><a href="{href}">{title}</a>{below}</li>'
POINTS = (
    "{}",
    '<navPoint id="n{number}"><navLabel><text>{title}</text></navLabel>'
    '<content src="{href}"/>{below}</navPoint>',
)


def nav(entries, landmarks):
    """entries는 (깊이, 제목, 주소)의 줄, landmarks는 {갈래: (제목, 주소)}."""
    marks = "".join(
        f'<li><a epub:type="{kind}" href="{href}">{escape(title)}</a></li>'
        for kind, (title, href) in landmarks.items()
    )
    return (
        f'<nav epub:type="toc"><h1>차례</h1>{nested(numbered(entries), *LIST)}</nav>'
        f'<nav epub:type="landmarks" hidden=""><h1>길잡이</h1><ol>{marks}</ol></nav>'
    )


def points(entries):
    return nested(numbered(entries), *POINTS)


def numbered(entries):
    """(뒤에서 센 차례, 깊이, 제목, 주소)의 줄."""
    return [(len(entries) - n, *entry) for n, entry in enumerate(entries)]


def deeper(entries, depth):
    return list(takewhile(lambda entry: entry[1] > depth, entries))


def nested(entries, group, item):
    """깊이에 따라 겹친 목록."""
    items = []
    while entries:
        (number, depth, title, href), *rest = entries
        inner = deeper(rest, depth)
        below = nested(inner, group, item)
        items.append(item.format(title=escape(title), href=href, number=number, below=below))
        entries = rest[len(inner) :]
    return group.format("".join(items)) if items else ""
