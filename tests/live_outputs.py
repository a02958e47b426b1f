"""쪽에서 실행할 수 있는 셀을 브라우저에서 모두 실행하여 쪽에 적힌 출력과 견준다: make test-live

절마다 파이썬을 새로 켜고 셀을 차례로 실행한다. 글, 수식, 오류는 같아야 하고, 그림은 글자가 같고
모습이 TOLERANCE보다 다르지 않아야 한다.
"""

import base64
import html
import io
import re
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from urllib.parse import unquote

import numpy as np
from PIL import Image, ImageFilter

import audit
import live
from book import HTML, WITH_CELLS, read_page
from machine.live import runtime
from machine.tree.exercises import PASSED

TICKS = "맷플롯립 3.8은 로그 눈금을 쪽의 3.11과 다른 값에 둔다"
INTEGERS = "브라우저의 파이썬은 32비트여서 넘파이의 정수가 int64가 아니라 int32이다"
WARNINGS = "웹어셈블리에는 부동소수점 예외가 없어 넘파이가 경고하지 않는다"
# 쪽과 다르게 나오는 셀: (쪽, 코드의 한 부분, 까닭)
DIFFERENT = [
    ("chapters/chap6/6-1-sympy", "with warnings.catch_warnings(record=True)", WARNINGS),
    ("chapters/chap6/6-5-errors", "# 그림을 그리는 코드: 간격과 오차", TICKS),
    ("chapters/chap6/6-6-engine", "for wrong in [lambda: Variable(", INTEGERS),
]
TOLERANCE = 20  # 두 그림의 색(0에서 255)은 가장 다른 곳에서도 이만큼만 다르다
SHIFT, BLUR = 4, 2  # 화소. 맷플롯립의 판이 달라 이름표의 자리가 조금 다르다
DRAW = """async svg => {
  const image = new Image();
  image.src = 'data:image/svg+xml,' + encodeURIComponent(svg);
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
}"""


# ---- 쪽에 적힌 것


def printed(cell):
    """쪽의 셀에 적힌 출력: [(종류, 글이나 SVG)]"""
    box = cell.select_one(".cell_output")
    return [] if box is None else [kind_of(part) for part in outputs_of(box)]


def outputs_of(box):
    return box.select(".output.stream, .output.text_plain, .output.math, .output.traceback, img")


def kind_of(part):
    if part.name == "img":
        return "figure", (HTML / "_images" / unquote(part["src"]).split("/")[-1]).read_text("utf-8")
    if "math" in part["class"]:
        tex = part.select_one('annotation[encoding="application/x-tex"]').get_text()
        return "latex", re.fullmatch(
            r"(?s)\\begin\{equation\*\}\n\\begin\{split\}(.*)\\end\{split\}.*", tex
        )[1]
    kind = next(name for name in ("stream", "text_plain", "traceback") if name in part["class"])
    return kind, part.get_text().strip("\n")


# ---- 브라우저에서 나온 것


def produced(outputs):
    """셀을 실행한 출력을 쪽에 적힌 것과 같은 꼴로."""
    for is_text, together in groupby(outputs, lambda output: output["kind"] == "text"):
        together = list(together)
        if is_text:
            yield "stream", "".join(output["text"] for output in together).strip("\n")
        else:
            yield from map(same_kind, together)


def same_kind(output):
    if output["kind"] == "figure":
        return "figure", output["svg"]
    if output["kind"] == "error":
        return "traceback", f"{output['name']}: {output['message']}"
    if latex := output.get("latex"):
        return "latex", latex.strip("$")
    return output["kind"].replace("value", "text_plain"), output.get("plain") or output.get("said")


# ---- 견주기


def difference(page, expected, found):
    """출력 하나가 다른 까닭. 같으면 None."""
    if expected[0] != found[0]:
        return f"{expected[0]} 대신 {found[0]}: {found[1][:200]}"
    if expected[0] == "figure":
        return different_figure(page, expected[1], found[1])
    if expected[0] == "traceback":
        return None if expected[1].endswith(found[1]) else f"{expected[1]!r}\n대신 {found[1]!r}"
    return None if expected[1] == found[1] else f"{expected[1]!r}\n대신 {found[1]!r}"


def different_figure(page, expected, found):
    if letters(expected) != letters(found):
        return f"그림의 글자 {letters(expected)}\n대신 {letters(found)}"
    far = farthest(*(picture(page, svg) for svg in (expected, found)))
    return None if far < TOLERANCE else f"그림의 색이 {far:.0f} 다릅니다"


def letters(svg):
    return [html.unescape(text) for text in re.findall(r"(?s)<!-- (.*?) -->", svg)]


def picture(page, svg):
    return Image.open(io.BytesIO(base64.b64decode(page.evaluate(DRAW, svg)))).convert("RGB")


def farthest(model, drawn):
    """가장 다른 곳의 차이. SHIFT 화소까지 밀린 것과 획의 가장자리가 다른 것은 같다고 본다."""
    width, height = (max(sizes) + 2 * SHIFT for sizes in zip(model.size, drawn.size))
    pictures = []
    for image in (model, drawn):
        page = Image.new("RGB", (width, height), "white")
        page.paste(image, (SHIFT, SHIFT))
        pictures.append(page.filter(ImageFilter.GaussianBlur(BLUR)))
    return max(unmatched(*pictures), unmatched(*reversed(pictures)))


def unmatched(first, second):
    """first의 색이 second의 가까운 곳의 색들을 벗어나는 가장 큰 차이."""
    size = 2 * SHIFT + 1
    least, most = (
        second.filter(kind(size)) for kind in (ImageFilter.MinFilter, ImageFilter.MaxFilter)
    )
    values, low, high = (np.asarray(image, float) for image in (first, least, most))
    return max((low - values).max(), (values - high).max())


def known(section, source):
    """다르기로 한 까닭. 없으면 None."""
    return next((why for name, part, why in DIFFERENT if section == name and part in source), None)


def compare(page, section):
    """절의 셀을 차례로 실행하고 (다른 것, 실행한 셀의 수)를 돌려준다."""
    site = read_page(f"{section}.html")
    live.start_again(page, live.written(site)["files"])
    boxes, found, count = site.select("div.cell"), [], 0
    checks = {}
    for cell in live.cells(site):
        if cell["needs"]:
            continue
        count += 1
        result = live.run(page, cell["source"])
        if cell["kind"] == "check":
            checks[cell["part"].removesuffix(" starter")] = cell["source"]
        elif cell["kind"] == "answer":
            found += unpassed(section, cell, live.run(page, checks[cell["part"]]))
        if cell["at"] is not None:
            # 연습문제에 적은 셀은 쪽과 함께 실행하지 않아 쪽에 출력이 없다
            expected = (
                [*produced(result["outputs"])] if cell["kind"] else printed(boxes[cell["at"]])
            )
            reasons = wrong(page, cell, expected, result)
            found += judged(section, cell, reasons)
    return found, count


def unpassed(section, cell, result):
    """책의 풀이가 확인을 통과하지 못했으면 알린다."""
    said = [text for _, text in produced(result["outputs"])]
    return [] if said == [PASSED] else [f"{section} {cell['part']}의 풀이: {said}"]


def wrong(page, cell, expected, result):
    """셀의 출력이 쪽의 것과 다른 까닭들."""
    outputs = list(produced(result["outputs"]))
    reasons = [difference(page, *pair) for pair in zip(expected, outputs)]
    if len(outputs) != len(expected):
        reasons += [f"출력이 {len(expected)}개가 아니라 {len(outputs)}개입니다: {outputs}"[:500]]
    if not (result["ok"] or cell["raises"]):
        reasons += [f"실행하지 못했습니다: {result.get('error') or result.get('said')}"]
    return [reason for reason in reasons if reason]


def judged(section, cell, reasons):
    """알릴 것. 다르기로 한 셀이 같아졌으면 목록에서 빼야 하므로 그것도 알린다."""
    where = f"{section} {cell['at']}번째 셀 {cell['source'].splitlines()[0][:40]!r}"
    if why := known(section, cell["source"]):
        return [] if reasons else [f"{where}\n다르다고 적었으나 같습니다: {why}"]
    return [f"{where}\n{reason}" for reason in reasons]


def prepared_again():
    """받은 것을 다시 고쳐도 같은 바이트인가. 다르면 사이트를 올릴 때마다 독자가 다시 받는다."""
    made = runtime.ready()
    with tempfile.TemporaryDirectory() as folder:
        received = runtime.CACHE
        runtime.CACHE = Path(folder, "pyodide")
        shutil.copytree(received, runtime.CACHE, ignore=shutil.ignore_patterns("prepared-*"))
        again = runtime.prepared()
    return [] if again == replace(made, folder=again.folder) else ["다시 고친 실행기가 다릅니다."]


def main():
    if not live.LIVE.exists():
        print("쪽에서 실행할 파이썬이 없습니다. PYODIDE에 받을 곳을 적고 make html을 하세요.")
        return True
    wrongs, total, start = prepared_again(), 0, time.time()
    with live.serve() as server, audit.chromium() as browser:
        page = audit.new_page(browser, server)
        live.begin(page, server)
        for section in sys.argv[1:] or WITH_CELLS:
            found, count = compare(page, section)
            print(f"{section}: 셀 {count}개, 다른 것 {len(found)}개", flush=True)
            wrongs, total = wrongs + found, total + count
        wrongs += page.errors
    print(*wrongs, f"셀 {total}개를 {time.time() - start:.0f}초에 실행했습니다.", sep="\n\n")
    return bool(wrongs)


if __name__ == "__main__":
    sys.exit(main())
