"""글의 목소리를 센다: 이음말, 독자에게 하는 물음, 짧은 문장의 이어짐, 자주 쓰는 끝말.

쓰는 법: .venv/bin/python tests/voice.py chapters/chap6/6-1-sympy.md
AGAINST=커밋이면 그때의 글과 나란히 보인다. 본문만 센다. 코드, 식, 표, 접은 글,
물음과 연습문제는 뺀다.
"""

import os
import re
import subprocess
import sys
from itertools import groupby
from pathlib import Path

CONNECTIVES = (
    *("그래서", "그러므로", "따라서", "그러니", "그러면", "왜냐하면", "곧", "결국", "이처럼"),
    *("그런데", "하지만", "그러나", "그렇지만", "그래도", "그렇다고", "다만", "대신", "오히려"),
    *("한편", "반면", "반대로", "거꾸로", "그리고", "또한", "게다가", "더구나", "그러자", "예컨대"),
)
JOINED = re.compile(  # 한 문장 안에서 까닭, 조건, 맞섬을 잇는 꼴
    r"(?:므로|지만|는데|니까|느라|려고|려면|때문에|[아어여해려쳐져라]서|[으하]면)[ ,]"
)
LEFT_OUT = [
    r"\A---\n.*?\n---\n",
    r"^\(quiz-.*\Z",
    r"^(?P<fence>`{3,}|:{3,})\{(?:code-cell|index|table|dropdown|figure|math)\b.*?^(?P=fence)\s*$",
    r"^\\begin\{align\*?\}.*?^\\end\{align\*?\}",
    r"^\$\$.*?^\$\$.*?$",
    r"^(?:#|\||\([\w-]+\)=|:{3}|`{3})[^\n]*$",
]
SHORT = 22  # 음절


def paragraphs(text):
    for pattern in LEFT_OUT:
        text = re.sub(pattern, "\n", text, flags=re.S | re.M)
    return [" ".join(p.split()) for p in re.split(r"\n\s*\n|\n(?=- )", text) if syllables(p)]


def sentences(text):
    for paragraph in paragraphs(text.replace("예를 들어", "예컨대")):
        yield from filter(syllables, re.split(r"(?<=[다요까오자][.?])\s+", paragraph))


def syllables(text):
    return len(re.findall("[가-힣]", text))


def words(sentence):
    return [word.strip("-*,") for word in sentence.split() if word.strip("-*,")]


def longest_run(flags):
    return max((len(list(run)) for flag, run in groupby(flags) if flag), default=0)


def measure(text):
    said = list(sentences(text))
    opening = [words(sentence)[0] in CONNECTIVES for sentence in said]
    connected = [any(word in CONNECTIVES for word in words(sentence)) for sentence in said]
    joined = [bool(JOINED.search(sentence)) for sentence in said]

    def share(flags):
        return f"{100 * sum(flags) / len(said):.1f} %"

    def against(old, new):
        return f"{text.count(old)}:{text.count(new)}"

    return {
        "문장": len(said),
        "이음말이 있는 문장": share(connected),
        "이음말이나 잇는 꼴이 있는 문장": share(map(max, connected, joined)),
        "이음말로 시작하는 잇단 문장": longest_run(opening),
        f"{SHORT}음절이 안 되는 잇단 문장": longest_run(syllables(s) < SHORT for s in said),
        "물음": sum(sentence.endswith("?") for sentence in said),
        "것입니다": share("것입니다" in sentence for sentence in said),
        "때문입니다": share("때문입니다" in sentence for sentence in said),
        "까닭:이유": against("까닭", "이유"),
        "차례:순서": against("차례", "순서"),
        "견주:비교": against("견주", "비교"),
    }


def written(page, commit):
    """쪽의 글. 커밋을 고르면 그때의 글이며, 그때 없던 쪽이면 빈 글."""
    if not commit:
        return Path(page).read_text("utf-8")
    shown = subprocess.run(["git", "show", f"{commit}:{page}"], capture_output=True, text=True)
    return shown.stdout


if __name__ == "__main__":
    for page in sys.argv[1:]:
        now, before = (written(page, commit) for commit in (None, os.environ.get("AGAINST")))
        old = measure(before) if os.environ.get("AGAINST") and before else {}
        print(page)
        for name, value in measure(now).items():
            print(f"  {name}: {old[name]} → {value}" if old else f"  {name}: {value}")
