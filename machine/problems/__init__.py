"""책을 만들지 못한 까닭을 한 화면에 보인다: 어디에서, 무엇이, 어떻게 고치는지.

나머지는 _build의 기록에 둔다. 책을 만드는 build.py와 종이책, 전자책의 make.py가 show()로 보인다.
"""

import re
import sys
from dataclasses import dataclass, replace
from unicodedata import east_asian_width

from machine import manuscript
from machine.settings import ROOT

COLUMNS = 80
LINES = 18  # 24줄에서 첫 줄과 마지막 줄, make가 덧붙이는 줄, 프롬프트를 뺀 것
LONGEST = 4 * COLUMNS  # 하나가 화면을 다 차지하지 않게
SHOWN = 5  # 같은 말의 줄을 늘어놓는 수


@dataclass(frozen=True)
class Problem:
    """고칠 곳 하나.

    Parameters
    ----------
    place : str
        쪽:줄. 줄을 모르면 쪽만, 쪽도 모르면 빈 문자열.
    text : str
        무엇이 잘못되었는가.
    remedy : str
        고치는 법. 무엇이 잘못되었는지만 말해도 고칠 수 있으면 빈 문자열.
    """

    place: str
    text: str
    remedy: str = ""

    def __str__(self):
        place = self.place and f"{self.place}: "
        remedy = self.remedy and f" → {self.remedy}"
        return f"{place}{self.text}{remedy}"

    @property
    def order(self):
        """쪽과 줄의 차례. 9-10은 9-9의 뒤이다."""
        return [
            (part.isdigit(), int(part) if part.isdigit() else part)
            for part in re.findall(r"\d+|\D+", self.place)
        ]


def lines_with(text, pattern):
    """무늬가 있는 줄의 번호들."""
    return [n for n, line in enumerate(text.split("\n"), 1) if re.search(pattern, line)]


def with_line(place, word):
    """그 글이 있는 줄. 문단의 첫 줄만 알면 그 문단에서, 줄을 모르면 쪽에서 찾는다.

    sphinx-exercise는 쪽의 이름도 틀리게 알리므로, 없는 쪽이면 모든 쪽에서 찾는다.
    """
    if len(word) < 3:
        return place
    if ":" in place:
        return in_paragraph(place, word)
    pages = [ROOT / place]
    if not pages[0].is_file():
        pages = sorted(path for path in manuscript.every() if path.suffix == ".md")
    for page in pages:
        for line, text in manuscript.lines(page):
            if word.split("/")[-1] in text:
                return manuscript.place(page.relative_to(ROOT).as_posix(), line)
    return place


def in_paragraph(place, word):
    """문단에서 그 글이 있는 줄."""
    page, _, first = place.partition(":")
    if first.isdigit() and (ROOT / page).is_file():
        for line, text in manuscript.lines(ROOT / page)[int(first) - 1 :]:
            if word.split("/")[-1].lower() in text.lower():
                return f"{page}:{line}"
            if not text.strip():
                break
    return place


def width(text):
    return sum(1 + (east_asian_width(char) in "WF") for char in text)


def cut(text, columns):
    if width(text) <= columns:
        return text
    while width(text) > columns - 2:
        text = text[:-1]
    return f"{text} …"


def together(problems):
    """한 쪽의 같은 말을 하나로: ([고칠 곳], "쪽:3, 9, 20"의 고칠 곳)."""
    same = {}
    for problem in problems:
        page, _, line = problem.place.partition(":")
        same.setdefault((page, problem.text, problem.remedy), []).append(line)
    for (page, text, remedy), lines in same.items():
        more = f" 외 {len(lines) - SHOWN}곳" * (len(lines) > SHOWN)
        place = f"{page}:{', '.join(lines[:SHOWN])}{more}" if all(lines) else page
        yield len(lines), Problem(place, text, remedy)


def show(title, problems, log, details=""):
    """화면에는 처음 몇 개를, 기록에는 모두를 적는다. details는 기록에만 적는다."""
    problems = sorted(dict.fromkeys(problems), key=lambda problem: problem.order)
    lines = [str(problem) for problem in problems]
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("\n".join([title, *lines, "", details]), "utf-8")
    shown, unseen, left = [], len(problems), LINES
    for count, problem in together(problems):
        spare = LONGEST - width(str(problem)) + width(problem.text)
        line = str(replace(problem, text=cut(problem.text, max(spare, COLUMNS))))
        left -= -(-width(line) // COLUMNS)
        if left < 0:
            break
        shown.append(line)
        unseen -= count
    print(f"{title} 고칠 곳 {len(lines)}개:", *shown, sep="\n", file=sys.stderr)
    if unseen:
        print(f"… 그 밖에 {unseen}개.", end=" ", file=sys.stderr)
    print(f"모두 적은 곳: {log.relative_to(ROOT)}", file=sys.stderr)
