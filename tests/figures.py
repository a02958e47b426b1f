"""빌드가 그린 그림의 글자와 선을 브라우저로 잰다.

    python tests/figures.py 사이트의_폴더 [쪽.html …]

그림마다 서로 겹친 글자, 그림 밖으로 나간 글자, 휴대전화에서 작은 글자, 색만 다른 선을 적는다.
글자의 자리는 글자를 그린 선에서 얻으므로 그림의 코드를 다시 실행하지 않는다.
"""

import sys
from contextlib import ExitStack
from itertools import combinations
from pathlib import Path

import audit

# CSS 화소. 사파리가 글자를 줄이는 바닥이며, 한글의 획은 이보다 작으면 뭉친다
SMALLEST = 9
# 인쇄된 책의 코드가 글자의 크기를 정한 그림
PRINTED = {"fig-6-1"}
# 맷플롯립의 SVG를 읽는다. 글자는 100배로 그린 선이고 글은 주석에 있으며, 축의 눈금과 격자는
# 축의 묶음 안에 있어 그래프의 선과 섞이지 않는다. 자리와 크기는 쪽에 보이는 CSS 화소이다
READ = r"""async image => {
  const reply = await fetch(image.src), shown = image.clientWidth;
  const drawn = new DOMParser().parseFromString(await reply.text(), 'image/svg+xml');
  const svg = document.importNode(drawn.documentElement, true);
  if (svg.localName != 'svg') return null;
  const [left, top, width, height] = svg.getAttribute('viewBox').split(/[\s,]+/).map(Number);
  const scale = shown / width, texts = [];
  document.body.append(svg);
  const origin = svg.getCTM().inverse();
  for (const text of svg.querySelectorAll('g[id^="text_"]')) {
    let words = '';
    for (const node of text.childNodes) {
      if (node.nodeType == Node.COMMENT_NODE) words = node.data.trim();
      if (node.localName != 'g' || !node.hasAttribute('transform')) continue;
      const {x, y, width, height} = node.getBBox();
      const turn = origin.multiply(node.getCTM());
      if (!width) continue;
      const corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]
        .map(corner => new DOMPoint(...corner).matrixTransform(turn))
        .map(at => [(at.x - left) * scale, (at.y - top) * scale]);
      texts.push({words, id: text.id, size: Math.hypot(turn.c, turn.d) * 100 * scale, corners});
    }
  }
  const marker = line => {
    const name = line.querySelector('use')?.getAttribute('xlink:href').slice(1);
    return name && svg.querySelector(`[id="${name}"]`).getAttribute('d');
  };
  const graphs = [...svg.querySelectorAll('g[id^="axes_"]')].map(axes =>
    [...axes.querySelectorAll(':scope > g[id^="line2d_"]')].flatMap(line => {
      const style = line.querySelector(':scope > path')?.style;
      if (!style) return [];  // 점만 찍었다
      const look = [style.strokeDasharray, style.strokeWidth, marker(line)].join('; ');
      return [{colour: style.stroke, look}];
    }));
  svg.remove();
  return {width: shown, height: height * scale, texts, graphs};
}"""


def sides(corners):
    (x, y), (a, b), _, (c, d) = corners
    return [(a - x, b - y), (c - x, d - y)]


def overlap(one, other, least=0.5):
    """기울어진 두 상자가 어느 쪽에서 보아도 least 화소보다 겹치는지."""
    for x, y in sides(one) + sides(other):
        length = (x * x + y * y) ** 0.5
        spans = [[(a * x + b * y) / length for a, b in box] for box in (one, other)]
        if min(map(max, spans)) - max(map(min, spans)) <= least:
            return False
    return True


def leaves(figure, text, most=0.5):
    return any(
        not (-most <= x <= figure["width"] + most and -most <= y <= figure["height"] + most)
        for x, y in text["corners"]
    )


def faults(figure, smallest=SMALLEST):
    """그림 하나에서 걸린 것들."""
    texts = figure["texts"]
    found = [
        f"겹침: {one['words']} / {other['words']}"
        for one, other in combinations(texts, 2)
        if one["id"] != other["id"] and overlap(one["corners"], other["corners"])
    ]
    found += [f"나감: {text['words']}" for text in texts if leaves(figure, text)]
    small = {text["words"]: text["size"] for text in texts if text["size"] < smallest}
    found += [f"작음: {words} {size:.1f}px" for words, size in small.items()]
    for lines in figure["graphs"]:
        colours = {}
        for line in lines:
            colours.setdefault(line["look"], set()).add(line["colour"])
        found += [f"색만 다름: {', '.join(sorted(c))}" for c in colours.values() if len(c) > 1]
    return found


def drawn(page):
    """쪽에 보이는 그림들: {이름표: 글자와 선}"""
    figures = {}
    for n, image in enumerate(page.locator("figure img, .cell_output img").all(), 1):
        name = image.evaluate("image => image.closest('figure')?.id") or f"{n}번째"
        figures[name] = image.evaluate(READ)
    return {name: figure for name, figure in figures.items() if figure}


def wrong(page):
    """쪽의 그림에서 걸린 것: {이름표: […]}"""
    return {
        name: found
        for name, figure in drawn(page).items()
        if (found := faults(figure, 0 if name in PRINTED else SMALLEST))
    }


def main(folder, *names):
    folder = Path(folder)
    names = names or sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.html"))
    with ExitStack() as stack:
        server = stack.enter_context(audit.serve(folder))
        page = audit.new_page(stack.enter_context(audit.chromium()), server, audit.PHONE)
        for name in names:
            page.goto(server.url + name)
            for label, found in wrong(page).items():
                print(name, label, *found, sep="\n  ")


if __name__ == "__main__":
    main(*sys.argv[1:])
