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
    """줄을 모르면 그 글이 있는 줄.

    sphinx-exercise는 쪽의 이름도 틀리게 알리므로, 없는 쪽이면 모든 쪽에서 찾는다.
    """
    if ":" in place or len(word) < 3:
        return place
    pages = [ROOT / place]
    if not pages[0].is_file():
        pages = sorted(path for path in manuscript.every() if path.suffix == ".md")
    for page in pages:
        for line, text in manuscript.lines(page):
            if word.split("/")[-1] in text:
                return manuscript.place(page.relative_to(ROOT).as_posix(), line)
    return place


def width(text):
    return sum(1 + (east_asian_width(char) in "WF") for char in text)


def cut(text, columns):
    if width(text) <= columns:
        return text
    while width(text) > columns - 2:
        text = text[:-1]
    return f"{text} …"


def gathered(problems):
    """(고칠 곳, 몇 개인가)들. 한 쪽에서 되풀이된 같은 알림은 첫째만 남긴다."""
    alike = {}
    for problem in problems:
        page = problem.place.partition(":")[0]
        alike.setdefault((page, problem.text, problem.remedy), []).append(problem)
    for (_, text, _), (first, *more) in alike.items():
        again = f" (이 쪽에 {len(more)}개 더)" if more else ""
        yield replace(first, text=f"{text}{again}"), 1 + len(more)


def show(title, problems, log, details=""):
    """화면에는 처음 몇 개를, 기록에는 모두를 적는다. details는 기록에만 적는다."""
    problems = sorted(dict.fromkeys(problems), key=lambda problem: problem.order)
    lines = [str(problem) for problem in problems]
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("\n".join([title, *lines, "", details]), "utf-8")
    shown, told, left = [], 0, LINES
    for problem, count in gathered(problems):
        spare = LONGEST - width(str(problem)) + width(problem.text)
        line = str(replace(problem, text=cut(problem.text, max(spare, COLUMNS))))
        left -= -(-width(line) // COLUMNS)
        if left < 0:
            break
        shown.append(line)
        told += count
    print(f"{title} 고칠 곳 {len(lines)}개:", *shown, sep="\n", file=sys.stderr)
    if told < len(lines):
        print(f"… 그 밖에 {len(lines) - told}개.", end=" ", file=sys.stderr)
    print(f"모두 적은 곳: {log.relative_to(ROOT)}", file=sys.stderr)
