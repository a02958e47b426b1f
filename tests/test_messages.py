"""책이 하는 말의 시험.

만들지 못한 까닭이 한 화면에 있는지, 브라우저가 막을 것을 미리 알리는지, 스크립트 하나의 잘못이
퍼지지 않는지 본다.
"""

import re
import shutil
from base64 import b64encode
from functools import partial
from html import unescape
from unicodedata import east_asian_width

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

import audit
from book import ROOT, listed, make, need_chromium
from machine import manuscript, problems
from machine.page.scripts import own
from machine.problems import Problem, cells, sources, tables
from machine.settings import conventions
from machine.site import bundle, policy
from tiny import HEADER, add_pictures, set_slug, tiny_book


def exercise(name, starter="...", answer="2", more=""):
    """답 name이 2인 연습문제."""
    return f""":::::{{exercise}}
:label: ex-{name}

```{{starter}}
{name} = {starter}
```

```{{check}}
assert {name} is not ..., '비어 있습니다'
assert {name} == 2, f'{{{name}}}입니다'
```

{more}
:::::

:::::{{solution}} ex-{name}
```{{answer}}
{name} = {answer}
```
:::::"""


# 한 책에 심는 잘못들: {원고의 글: [그 줄에 있는 낱말, 알리는 말]}. 하나하나가 고칠 곳이 되고,
# 고칠 곳이 하나라도 있으면 빌드가 실패한다. 저마다 홀로도 알리는지는 test_alone.py가 본다.
ONE = {
    "```{code-cell} ipython3\n:tags: [hide-input]\nzero = 0\n\n1/zero\n```": [
        "1/zero",
        "셀을 실행하다 멈추었습니다: ZeroDivisionError: division by zero",
    ],
    "{numref}`no-such-label`": ["no-such-label", "없는 이름표를 가리킵니다: no-such-label"],
    "{eq}`no-such-equation`": ["no-such-equation", "없는 식을 가리킵니다: no-such-equation"],
    "{cite:p}`no-such-paper`": [
        "no-such-paper",
        "없는 문헌을 인용합니다: no-such-paper → references.bib",
    ],
    "![없는 그림](no-such-image.png)": [
        "no-such-image",
        "그림 파일이 없습니다: no-such-image.png",
    ],
    r"$\frac{1}{$": [r"\frac{1}{$", "수식 오류: Unexpected"],
    ":::{nonsense}\n글\n:::": ["nonsense", "모르는 지시어입니다: nonsense"],
    ":::{theorem}\n글\n:::": ["theorem", "모르는 지시어입니다: theorem → 정리와 증명의 상자에는"],
    ":::{prf:lema} 이름\n글\n:::": ["prf:lema", "모르는 지시어입니다: prf:lema → prf:lemma을(를)"],
    ":::{prf:theorem}\n:label thm-tight\n글\n:::": [
        "{prf:theorem}\n:label thm-tight",
        "prf:theorem의 옵션을 읽을 수 없습니다 → 옵션은",
    ],
    "{prf:ref}`no-such-theorem`": ["no-such-theorem", "없는 이름표를 가리킵니다: no-such-theorem"],
    ":::{prf:remark}\n:label: no-number\n:nonumber:\n글\n:::\n\n{numref}`no-number`": [
        "{numref}`no-number`",
        "번호가 없는 것을 {numref}로 부릅니다: no-number",
    ],
    "![점 하나가 있다](<../../pictures/없는 그림.png>)": [
        "없는 그림.png",
        "그림 파일이 없습니다: ../../pictures/없는 그림.png",
    ],
    "```{image} ../../pictures/A.png\n:alt: 점 하나가 있다\n```": [
        "{image} ../../pictures/A.png",
        "파일 이름의 대소문자가 다릅니다: 글에는 ../../pictures/A.png, 파일은 a.PNG",
    ],
    "![점 하나가 있다](../../pictures/d.tiff)": ["d.tiff", "pictures/d.tiff (모르는 종류 .tiff)"],
    "![점 하나가 있다](../../pictures/e.bmp)": ["e.bmp", "pictures/e.bmp (모르는 종류 .bmp)"],
    "![점 하나가 있다](../../pictures/half.png)": ["half.png", "pictures/half.png (깨진 파일)"],
    "![점 하나가 있다](../../pictures/script.svg)": ["script.svg", "script.svg (<script>)"],
    "![점 하나가 있다](../../pictures/link.svg)": ["link.svg", "link.svg (<a href>)"],
    "![점 하나가 있다](../../pictures/box.svg)": [
        "box.svg",
        "box.svg (viewBox를 읽을 수 없는 SVG)",
    ],
    "![굽은 글이 있다](../../pictures/along.svg)": [
        "along.svg",
        "along.svg (종이에 찍지 못하는 <textPath>)",
    ],
    "![거듭 부르는 점들이 있다](../../pictures/bomb.svg)": [
        "bomb.svg",
        "bomb.svg (그릴 요소가 46,913,572개인 SVG)",
    ],
    "![다른 글을 부르는 그림](../../pictures/entity.svg)": [
        "entity.svg",
        "entity.svg (풀 수 없는 <!ENTITY>가 있는 SVG)",
    ],
    '<p><img src="../../pictures/a.PNG" alt="점 하나가 있다"></p>': [
        "<p><img",
        "HTML로 적은 <img>의 파일은 책에 담기지 않습니다: ../../pictures/a.PNG",
    ],
    "{download}`글 <없는 값.csv>`": ["없는 값.csv", "내려받을 파일이 없습니다: 없는 값.csv"],
    "[글](<../../pictures/값 #1.CSV>)": [
        "값 #1.CSV",
        "파일 이름의 대소문자가 다릅니다: 글에는 ../../pictures/값 #1.CSV, 파일은 값 #1.csv",
    ],
    "{nonrole}`글`": ["nonrole", "모르는 역할입니다: nonrole"],
    "[앞의 글]{.if-pdf} [뒤의 글]{.if-epub}": ["[앞의 글]", "단추를 말하는 글만 여럿 있습니다"],
    "[글]{.if-epup}": ["if-epup", "모르는 단추의 이름입니다: if-epup(if-epub?)"],
    "[글](#nowhere)": ["#nowhere", "없는 이름표를 가리킵니다: nowhere"],
    "#### 넷째 단계": ["####", "제목의 단계를 건너뜁니다: H1에서 H4로"],
    "```python\nx = $\n```": ["```python", "코드를 python(으)로 읽을 수 없습니다"],
    ":::{note}\n```{code-cell} ipython3\n1\n```\n:::": [
        "```{code-cell} ipython3\n1\n",
        "코드 셀이 상자 안에 있거나",
    ],
    "{term}`없는말`": ["없는말", "용어집에 없는 용어입니다: 없는말"],
    ":::{solution} ex-nothing\n풀이\n:::": [
        "{solution} ex-nothing",
        "없는 이름표를 가리킵니다: ex-nothing",
    ],
    "{doc}`no-such-page`": ["no-such-page", "없는 쪽을 가리킵니다"],
}
TWO = {
    exercise("right", answer="3"): [
        "```{answer}\nright",
        "확인이 맞는 답을 틀렸다고 합니다: ✗ 3입니다",
    ],
    exercise("passes", more="```{wrong} 부호\npasses = 2.0\n```"): [
        "```{wrong} 부호\npasses",
        "확인이 틀린 답을 맞다고 합니다. check에",
    ],
    exercise("unsaid", more="```{wrong} 부호\nunsaid = -2\n```"): [
        "```{wrong} 부호\nunsaid",
        '틀린 답의 알림에 "부호"이(가) 없습니다. 나온 알림: ✗ -2입니다',
    ],
    exercise("shared", more="```{wrong} 입니다\nshared = 3\n```\n```{wrong} 4\nshared = 4\n```"): [
        "```{wrong} 입니다\nshared",
        '"입니다"은(는) 다른 답의 알림에도 나옵니다',
    ],
    exercise("begun", starter="2"): ["```{starter}\nbegun", "확인이 답의 틀을 맞다고 합니다"],
    exercise("ends", more="```{right}\nimport os; os._exit(3)\n```"): [
        "```{right}\nimport os",
        "확인이 맞는 답을 틀렸다고 합니다: 끝나지 않거나 죽었습니다(3)",
    ],
    ":::{exercise}\n:label: ex-half\n```{starter}\nhalf = ...\n```\n:::": [
        ":::{exercise}\n:label: ex-half",
        "확인할 연습문제(ex-half)에 없거나 여럿인 것이 있습니다: check, answer",
    ],
    exercise("unnamed", more="```{wrong}\nunnamed = 3\n```"): [
        "```{wrong}\nunnamed",
        "wrong에는 알림에 나올 말을 적으세요",
    ],
    "```{starter}\nlost = ...\n```": [
        "```{starter}\nlost",
        "{starter}는 연습문제(exercise) 안에 적습니다",
    ],
    "```{code-cell} ipython3\nimport matplotlib.pyplot as plt\n"
    "plt.title('한글')\nplt.show()\n```": [
        "import matplotlib",
        "셀이 stderr에 글을 냈습니다: 그림의 글꼴(DejaVu Sans)에 없는 글자입니다: "
        "한 (U+D55C), 글 (U+AE00) → ",
    ],
    "![책 밖의 그림이 한 장 보인다](https://example.com/a.png)": [
        "a.png",
        "<img src> https://example.com/a.png",
    ],
    '<iframe src="https://example.com/frame" title="틀"></iframe>': [
        "<iframe",
        "<iframe src> https://example.com/frame. 틀 대신",
    ],
    '<script>alert("쪽의 스크립트")</script>': [
        "<script>",
        '<script>. 스크립트 없이 보이게 하세요. 꼭 써야 하면 <script data-policy="script-src">',
    ],
    '글 <b onclick="x()">굵게</b>': ["onclick", "<b onclick>"],
    '<a id="here"></a><a href="#here">여기</a> <a href="#없는-곳">저기</a>': [
        '<a id="here"',
        "HTML의 링크가 이 쪽에 없는 곳을 가리킵니다: #없는-곳. HTML 대신",
    ],
    "<table><tr><td>\n값 $x^2$</td><td><code>$y$</code></td></tr></table>": [
        "<table>",
        "HTML 속에 글로 남은 문법입니다: $x^2$. HTML의 속에서는",
    ],
    '<a href="javascript:alert(1)">누르기</a>': ["javascript", '<a href="javascript:">'],
    '<p data-policy="frame-sauce https://example.com">글</p>': [
        "frame-sauce",
        "모르는 지시어입니다: frame-sauce",
    ],
    "```{code-cell} ipython3\nfrom matplotlib.animation import FuncAnimation\n"
    "from IPython.display import HTML\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()\n"
    "still = FuncAnimation(fig, lambda i: [], frames=1)\nplt.close(fig)\n"
    "HTML(still.to_jshtml())\n```": [
        "```{code-cell} ipython3\nfrom matplotlib.animation",
        "셀의 출력이 보안 정책에 맞지 않습니다: <link",
    ],
    "```{code-cell} ipython3\nimport IPython\n"
    "IPython.display.HTML('<button onclick=\"x()\">누르기</button>')\n```": [
        "```{code-cell} ipython3\nimport IPython",
        "보안 정책에 맞지 않습니다: <button onclick>. 움직이는 그림은",
    ],
}

# 한 쪽에서 실행은 한 번만 실패하므로, 따로 쪽을 둔다: {쪽: (머리글, 코드, 알리는 말)}
ALONE = {
    "6-3-module": (
        HEADER,
        "import no_such_module\n```\n\n{numref}`fig-unmade`, {glue}`unmade`\n\n"
        "```{code-cell} ipython3\n---\nmystnb: {figure: {name: fig-unmade, caption: 선}}\n---\n"
        "import another_module\nplt.show()",
        "6-3-module.md:11: 셀을 실행하다 멈추었습니다: "
        "ModuleNotFoundError: No module named 'no_such_module'",
    ),
    "6-4-dead": (
        HEADER,
        "import os\nos._exit(1)",
        "6-4-dead.md:11: 셀을 실행하다 멈추었습니다: 실행하던 파이썬이 죽었습니다",
    ),
    "6-6-outside": (
        HEADER,
        "import os\nopen(os.environ['IPYTHONDIR'] + '/../../_config.yml')",
        "6-6-outside.md:12: 셀을 실행하다 멈추었습니다: FileNotFoundError: [Errno 2] "
        "원고 옆의 data 폴더에 없는 파일",
    ),
}

# 번호를 잘못 준 쪽과, 앞 절의 코드를 잘못 다시 적은 쪽: {쪽: (원고, {그 줄에 있는 글: 알리는 말})}
DOT = ":::{figure} dot.png\n:name: %s\n:alt: 흰 바탕에 곧은 선이 있다.\n점\n:::\n"
AGAIN = "```{code-cell} ipython3\n# %s\ndef doubled(x):\n    return 2 * x\n```\n"
TRIPLED = "```{code-cell} ipython3\ndef tripled(x):\n    return 3 * x\n```\n"
FIRST_LINES = [
    "6.9절에서 만든 함수: doubled",
    "6.99절에서 만든 함수: doubled",
    "6.10절에서 만든 함수: doubled",
    "6.1절에서 만든 함수: doubled",
    "6.9절에서 만든 함수: doubled, tripled",
    "6.9절에서 만든 함수 : doubled",
    "6.9절에서 만든 함수를 씁니다",
    "6.9절에서 만든 함수: doubled\n# 6.98절에서 만든 함수: doubled",
]
PROMPTED = AGAIN.replace(
    "# %s\ndef doubled(x)",
    ':tags: [hide-input]\n:mystnb:\n:  code_prompt_show: "6.1절에서 만든 함수 펼치기: doubled"\n\n'
    "# 6.9절에서 만든 함수: doubled\ndef doubled(y)",
).replace("* x", "* y")
NUMBERED_WRONG = {
    "6-6-given": (
        HEADER.removesuffix("---\n")
        + "numbers:\n  fig-nowhere: 6-9\n  sec-given: 6-8\n  fig-given-1: 그림 6-7\n"
        + "  fig-given-2: 6-10\n  eq-given: 6.10\n---\n(sec-given)=\n# 준 번호\n\n"
        + "\n".join(DOT % f"fig-given-{n}" for n in (1, 2, 3))
        + "\n$$\na \\tag{6.1}\n$$\n\n$$\nb \\tag{6.20}\n$$ (eq-given)\n"
        + "\n$$\ne \\tag{1}\n$$\n\n$$\nf \\tag{1}\n$$\n"
        + "\n$$\n\\tag{6.2} c \\tag{6.3}\n$$\n\n$$\nd \\tag*{(6.4)}\n$$\n",
        {
            "fig-nowhere:": "이 쪽에 없는 이름표에 번호를 주었습니다: fig-nowhere → 철자를",
            "sec-given:": "번호를 줄 수 없는 것에 번호를 주었습니다: sec-given → 제목이 있는",
            "fig-given-1:": "번호로 쓸 수 없는 글입니다: 그림 6-7 → 7-4나 7.4처럼",
            "eq-given:": r"번호를 \tag와 머리글의 numbers에 두 번 주었습니다: eq-given → 한쪽만",
            "$$\na \\tag{6.1}": "번호가 겹칩니다: 6.1 (다른 곳: chapters/chap6/6-1-one.md:",
            "$$\nf \\tag{1}": "번호가 겹칩니다: 1 (다른 곳: chapters/chap6/6-6-given.md:",
            "$$\n\\tag{6.2}": "수식 오류: Multiple \\tag. \\tag로는 $$ 사이의 식 하나에 번호",
            "$$\nd \\tag": r"수식 오류: \tag로는 $$ 사이의 식 하나에 번호 하나만",
        },
    ),
    "6-7-double": (
        HEADER.removesuffix("---\n") + "numbers: {tbl-double: 6-1}\n---\n# 겹친 번호\n\n"
        ":::{list-table} 표\n:name: tbl-double\n* - 가\n:::\n\n$$\na \\tag{1}\n$$\n",
        {"numbers:": "번호가 겹칩니다: 6-1 (다른 곳: chapters/chap6/6-1-one.md:"},
    ),
    "6-8-pairs": (
        HEADER.removesuffix("---\n") + "numbers: 6-1\n---\n# 짝이 아닌 것\n",
        {"": "머리글의 numbers가 이름표와 번호의 짝이 아닙니다 → numbers: {fig-name: 7-4}처럼"},
    ),
    "6-9-origin": (HEADER + "# 본디 코드\n\n" + AGAIN % "두 배" + "\n" + TRIPLED, {}),
    "6-10-again": (
        HEADER
        + "# 다시 적은 코드\n\n"
        + "\n".join([*(AGAIN % first for first in FIRST_LINES), PROMPTED]),
        {
            "6.99절": "없는 절의 코드를 다시 적었다고 합니다: 6.99절 → 그 함수를 만든 절의",
            "# 6.9절에서 만든 함수: doubled\ndef doubled(y)": "절이 다릅니다: 6.1절, 6.9절 → 절의",
            "6.98절": "없는 절의 코드를 다시 적었다고 합니다: 6.98절",
            "6.10절": "앞에 있는 절이 아닌 곳의 코드를 다시 적었다고 합니다: 6.10절 → 그 함수를",
            "6.1절": "6.1절에서 만들지 않은 이름입니다: doubled → 이름이나 절의",
            "6.9절에서 만든 함수: doubled, t": "이름이 이 셀에 없습니다: tripled → 코드를",
            "6.9절에서 만든 함수 :": "다시 적었다는 줄을 읽을 수 없습니다: # 6.9절에서 만든 함수 :",
        },
    ),
}
# 노트북으로 쓴 쪽의 셀: [(종류, 글, {줄: 알리는 말})]
NOTE = "chapters/chap6/6-5-note.ipynb"
NOTE_CELLS = [
    (new_markdown_cell, "# 공책\n\n{numref}`not-here`", {3: "없는 이름표를 가리킵니다: not-here"}),
    (new_code_cell, "", {}),
    (
        new_markdown_cell,
        "글\n\n**여는 별표\n\n![image.png](attachment:b.png)\n\n# 둘째 제목\n\n"
        r"주피터의 식 \\(x\\)" + "\n\n[빈 링크]()",
        {
            3: "글에 남은 문법이 있습니다: '**여는 별표'",
            5: "그림에 대체 글(alt)이 없습니다",
            7: "한 쪽에 제목(#)이 둘입니다: 둘째 제목",
            9: "글에 남은 문법이 있습니다: '…(x…)'. 수식은 $…$나 $$…$$로",
            11: "주소가 빈 링크입니다 → ",
        },
    ),
    (
        new_code_cell,
        "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()",
        {1: "대체 글(alt)이 없습니다: 셀이 그린 그림. 셀의 메타데이터(주피터랩의"},
    ),
    (
        partial(new_raw_cell, metadata={"format": "text/latex"}),
        "글",
        {1: "raw 셀의 꼴(text/latex)은"},
    ),
    (new_code_cell, "none = None\n\nnone + 1", {3: "셀을 실행하다 멈추었습니다: TypeError"}),
]
NOTE_SAID = [
    (f"{n}번째 셀 {line}번째 줄", said)
    for n, (_, _, faults) in enumerate(NOTE_CELLS, 1)
    for line, said in faults.items()
]


PICTURE = ROOT / "tests/fig6-1.png"


def line_of(text, word):
    return text[: text.index(word)].count("\n") + 1


def height(screen):
    """80칸 화면에서 차지하는 줄 수."""
    return sum(
        max(1, -(-sum(1 + (east_asian_width(c) in "WF") for c in line) // 80))
        for line in screen.rstrip("\n").split("\n")
    )


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """잘못을 모두 심은 책: (화면, 기록, {쪽: 글})."""
    book = tiny_book(tmp_path_factory.mktemp("faulty") / "book")
    add_pictures(book)
    texts = {}
    for name, faults in (("6-1-one", ONE), ("6-2-two", TWO)):
        path = book / f"chapters/chap6/{name}.md"
        texts[name] = path.read_text("utf-8") + "\n" + "\n\n".join(faults) + "\n"
        path.write_text(texts[name], "utf-8")
    toc = (book / "_toc.yml").read_text("utf-8")
    for name, (header, code, _) in ALONE.items():
        (book / f"chapters/chap6/{name}.md").write_text(
            f"{header}# 절\n\n글\n\n```{{code-cell}} ipython3\n{code}\n```\n", "utf-8"
        )
        toc = toc.replace("- caption: 부록", f"    - file: chapters/chap6/{name}\n- caption: 부록")
    shutil.copy(ROOT / "tests/fig6-1.png", book / "chapters/chap6/dot.png")
    for name, (text, _) in NUMBERED_WRONG.items():
        (book / f"chapters/chap6/{name}.md").write_text(text, "utf-8")
        toc = toc.replace("- caption: 부록", f"    - file: chapters/chap6/{name}\n- caption: 부록")
    for page in (NOTE.removesuffix(".ipynb"), "chapters/chap6/6-8-bare"):
        toc = toc.replace("- caption: 부록", f"    - file: {page}\n- caption: 부록")
    cells = [make_cell(text) for make_cell, text, _ in NOTE_CELLS]
    cells[2].attachments = {"b.png": {"image/png": b64encode(PICTURE.read_bytes()).decode()}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells), book / NOTE)
    (book / "_toc.yml").write_text(toc, "utf-8")
    (book / "chapters/chap6/6-8-bare.md").write_text("제목이 없는 글\n", "utf-8")
    (book / "chapters/chap6/6-9-alone.md").write_text("# 차례에 없는 쪽\n", "utf-8")
    for name in ("README.md", "chapters/chap6/data/README.md", "chapters/chap6/data/notes.md"):
        (book / name).parent.mkdir(exist_ok=True)
        (book / name).write_text("# 쪽이 아닌 글\n", "utf-8")
    (book / "mark.svg").write_text("<svg/>", "utf-8")  # 그림이 없는 표식
    screens = []
    for _ in range(2):
        status, screen = make(book, "html")
        assert status != 0
        screens.append(screen)
    return book, screens, texts


def test_what_stops_a_build_is_said_on_one_screen(faulty):
    """고치지 않고 다시 만들어도 같은 말을 하며 실패한다."""
    book, (first, second), texts = faulty
    assert first == second and height(first[first.index("책을 만들지 않았습니다") :]) <= 24 - 1
    assert (
        f"6-1-one.md:{line_of(texts['6-1-one'], '1/zero')}: 셀을 실행하다" in first
        and "Traceback" not in first
    )
    assert re.search(r"… 그 밖에 \d+개\. 모두 적은 곳: _build/html\.log", first)
    assert (
        "여는 단추를 넣지 않은 쪽: chapters/chap6/6-1-one" in first and "make notebooks를" in first
    )


def test_every_fault_is_listed_once_with_page_line_and_remedy(faulty):
    book, _, texts = faulty
    lines = [
        line for line in listed(book) if "대체 글(alt)" not in line or NOTE in line
    ]  # 다른 쪽의 그림을 그리는 셀들에 없는 것은 다른 시험이 본다
    missing = []
    for name, faults in (("6-1-one", ONE), ("6-2-two", TWO)):
        for word, said in faults.values():
            place = f"chapters/chap6/{name}.md:{line_of(texts[name], word)}"
            found = [line for line in lines if said in line]
            if (
                len(found) != 1
                or not re.match(rf"{re.escape(place[:-1])}\d: ", found[0])
                or len(found[0]) > 400
            ):
                missing.append((place, said, found))
    assert missing == []
    assert [
        said
        for *_, said in ALONE.values()
        if not any(f"chapters/chap6/{said}" in line for line in lines)
    ] == []
    assert [
        line for line in lines if "6-9-alone.md: 차례에 없는 쪽입니다 → _toc.yml" in line
    ] and "README" not in "".join(lines)
    for name, (text, faults) in NUMBERED_WRONG.items():
        for word, said in faults.items():
            line = f":{line_of(text, word)}" if word else ""
            place = f"chapters/chap6/{name}.md{line}: "
            assert len([x for x in lines if x.startswith(place) and said in x]) == 1, (place, said)
    numbered = sum(len(faults) for _, faults in NUMBERED_WRONG.values())
    assert [line for line in lines if "6-8-bare.md: 제목이 없는 쪽입니다" in line]
    assert [line for line in lines if "imgs/mark.png이 없거나" in line and "make imgs로" in line]
    count = len(ONE) + len(TWO) + len(ALONE) + len(NOTE_SAID) + numbered + 4
    assert len(lines) == count, "\n".join(lines)


def test_what_a_stopped_page_did_not_reach_is_told_with_it(faulty):
    """뒤의 셀이 부를 패키지와 그릴 그림은 알리고, 그 셀이 만들었을 것을 없다고 하지 않는다."""
    book, _, _ = faulty
    page = "chapters/chap6/6-3-module.md"
    told = [line.removeprefix(page) for line in listed(book) if line.startswith(page)]
    stopped, figure, package = told
    assert stopped.startswith(":11: 셀을 실행하다 멈추었습니다: ModuleNotFoundError")
    assert figure.startswith(":16: 그림에 대체 글(alt)이 없습니다: 셀이 그린 그림")
    assert package.startswith(":20: 셀을 실행할 수 없습니다: ModuleNotFoundError: No module named")
    assert "binder/requirements.txt" in package and "another_module" in package


def test_the_same_fault_of_a_page_is_shown_once_with_its_lines():
    faults = [Problem("a.md:3", "가"), Problem("a.md:9", "가"), Problem("b.md", "가")]
    shown = [(count, str(problem)) for count, problem in problems.together(faults)]
    assert shown == [(2, "a.md:3, 9: 가"), (1, "b.md: 가")]


def test_a_fault_of_a_notebook_is_told_by_cell_and_line(faulty):
    book, _, _ = faulty
    lines = [line for line in listed(book) if line.startswith(NOTE)]
    assert [
        (place, said)
        for place, said in NOTE_SAID
        if not any(line.startswith(f"{NOTE}:{place}: ") and said in line for line in lines)
    ] == [], "\n".join(lines)


TRACEBACK = """Executing notebook failed: CellExecutionError
------------------
n = 1 / (2 - n)
------------------

---------------------------------------------------------------------------
ZeroDivisionError                         Traceback (most recent call last)
Cell In[{cell}], line 1
ZeroDivisionError: division by zero
---------------------------------------------------------------------------
Mine                                      Traceback (most recent call last)
Mine: 첫 줄
second
"""


@pytest.mark.parametrize("cell", [2, 4])
def test_a_failing_cell_is_told_from_one_with_the_same_code(tmp_path, cell):
    codes = ["n = 0", "n = 1 / (2 - n)", "n += 1", "n = 1 / (2 - n)"]
    page = tmp_path / "page.md"
    page.write_text(
        HEADER.split("\n")[0]
        + "\nkernelspec: {name: python3}\n---\n"
        + "".join(f"```{{code-cell}} ipython3\n{code}\n```\n\n" for code in codes),
        "utf-8",
    )
    line = [n for n, text in enumerate(page.read_text("utf-8").split("\n"), 1) if text == codes[1]][
        cell // 4
    ]
    problem = cells.failed_cell(str(page), TRACEBACK.replace("{cell}", str(cell)))
    assert (
        problem.place == f"{page}:{line}"
        and problem.text == "셀을 실행하다 멈추었습니다: Mine: 첫 줄 (코드: n = 1 / (2 - n))"
    )


TOC = (
    "format: jb-book\nroot: index\nparts:\n- caption: 본문\n  chapters:\n"
    "  - file: chapters/a\n  - file: chapters/b\n"
)
NUMBERED = f"{TOC}- caption: 장\n  numbered: 2\n  chapters:\n  - file: chapters/chap7/index\n"
CHAPTER = {"chapters/chap7/index.md": "# 장\n", "chapters/chap7/x.md": "# 절\n"}
MACHINE = """sphinx:
  local_extensions: {machine: .}
  config:
    extensions:
    - myst_nb
    - machine
"""
CONFIG = f"title: 책\nexclude_patterns: [draft.md]\n{MACHINE}"
UNSEEN = nbformat.writes(
    new_notebook(cells=[new_markdown_cell("# 가"), new_code_cell("1\n'\u2029'")])
)
SOURCES = {
    "들여쓰기": (
        {"_toc.yml": TOC.replace("  - file: chapters/b", " - file: chapters/b")},
        "_toc.yml:7: YAML로 읽을 수 없습니다",
    ),
    "탭": (
        {"_toc.yml": TOC.replace("  - file: chapters/b", "\t- file: chapters/b")},
        "_toc.yml:7: 탭으로",
    ),
    "root": (
        {"_toc.yml": TOC.replace("root: index\n", "")},
        "_toc.yml:1: 차례를 읽을 수 없습니다: root가 없습니다",
    ),
    "없는 파일": (
        {"_toc.yml": TOC + "  - file: chapters/c\n"},
        "_toc.yml:8: 파일이 없습니다: chapters/c",
    ),
    "두 번": (
        {"_toc.yml": TOC + "  - file: chapters/a\n"},
        "_toc.yml:8: 차례를 읽을 수 없습니다: 같은 쪽을 두 번",
    ),
    "한 단계 밖": (
        {"_toc.yml": TOC + "  sections:\n  - file: chapters/c\n"},
        "_toc.yml:4: 이 묶음에 쓸 수 없는 이름입니다: sections",
    ),
    "같은 이름": (
        {"_config.yml": "title: 책\nlogo: a.png\ntitle: 다른 책\n"},
        "_config.yml:3: 같은 이름을 두 번",
    ),
    "차례의 부호": ({"_toc.yml": TOC.encode("cp949")}, "_toc.yml:4: UTF-8로"),
    "설정": (
        {"_config.yml": "title: 책\nsphinx:\n  config:\n   a: 1\n    b: 2\n"},
        "_config.yml:5: YAML로",
    ),
    "쪽의 부호": (
        {"chapters/a.md": "# 제목\n\n한글 글\n".encode("cp949")},
        "chapters/a.md:1: UTF-8로",
    ),
    **{
        f"보이지 않는 글자 {ord(char):04X}": (
            {"chapters/a.md": f"# 가\n\n글\n\n```text\n앞{char}뒤\n```\n"},
            f"chapters/a.md:6: 보이지 않는 글자가 있습니다: U+{ord(char):04X}",
        )
        for char in "\0\x07\x1b\x85\u2028\u202e\u2066"
    },
    "노트북의 보이지 않는 글자": (
        {"_toc.yml": TOC + "  - file: chapters/c\n", "chapters/c.ipynb": UNSEEN},
        "chapters/c.ipynb:2번째 셀 2번째 줄: 보이지 않는 글자가 있습니다: U+2029",
    ),
    **{
        f"차례의 이름 {name}": (
            {"_toc.yml": f"{TOC}  - file: {name}\n"},
            f"_toc.yml:8: 차례를 읽을 수 없습니다: 쪽의 이름으로 쓸 수 없습니다: {name}",
        )
        for name in ("/etc/hosts", "../x", "./chapters/c", "chapters//c")
    },
    "차례의 glob": (
        {"_toc.yml": TOC + "  - glob: chapters/*\n"},
        "_toc.yml:8: 차례를 읽을 수 없습니다: glob은 쓰지 않습니다: chapters/*",
    ),
    "차례의 주소": ({"_toc.yml": TOC + "  - url: https://example.org\n    title: 누리집\n"}, ""),
    "저를 담은 별칭": (
        {"chapters/a.md": "---\nx: &x\n  y: *x\n---\n# 가\n"},
        "chapters/a.md:2: YAML로 읽을 수 없습니다: 저를 담은 별칭",
    ),
    "글인 머리글": (
        {"chapters/a.md": "---\n글입니다.\n---\n# 가\n"},
        "chapters/a.md:2: 머리글이 이름과 값의 짝이 아닙니다",
    ),
    "머리글": ({"chapters/a.md": "---\nx: [1\ny: 2\n---\n# 제목\n"}, "chapters/a.md:3: YAML로"),
    "닫지 않은 머리글": (
        {"chapters/a.md": "---\nx: 1\n# 제목\n"},
        "chapters/a.md:1: 머리글의 끝에",
    ),
    "번호의 값": (
        {"chapters/a.md": "---\nx: 1\nnumbering: 없음\n---\n# 가\n"},
        "chapters/a.md:3: numbering에는 false",
    ),
    **{
        f"폴더 {name}": (
            {
                "_toc.yml": TOC + f"  - file: chapters/{name}/index\n",
                f"chapters/{name}/index.md": "# 장\n",
            },
            f"_toc.yml:8: 폴더의 이름에서 장의 번호를 알 수 없습니다: chapters/{name} "
            f"→ 폴더의 이름을 chapters/chap{number}처럼 고치고",
        )
        for name, number in {
            **{"chapter7": 7, "12-matrix": 12, "chap-7": 7, "Chap7": 7, "제8장": 8},
            **{"chap7b": 7, "행렬": 7, "appendix-bb": 7, "Appendix-a": 7},
        }.items()
    },
    "장의 밖": (
        {"_toc.yml": TOC.replace("  chapters:", "  numbered: true\n  chapters:", 1)}
        | {"chapters/b.md": "---\nnumbering: false\n---\n# 나\n"},
        "_toc.yml:7: 장의 폴더 밖에 있어 번호를 매길 수 없습니다: chapters/a → chapters/chap7/처럼",
    ),
    "번호가 같은 폴더": (
        CHAPTER
        | {
            "_toc.yml": f"{NUMBERED}    sections:\n    - file: chapters/chap7/x\n"
            "  - file: chapters/chap07/x\n",
            "chapters/chap07/x.md": "# 장\n",
        },
        "_toc.yml:14: 번호가 같은 폴더가 있습니다: chapters/chap7, chapters/chap07",
    ),
    "첫 쪽이 둘": (
        CHAPTER | {"_toc.yml": f"{NUMBERED}  - file: chapters/chap7/x\n"},
        "_toc.yml:12: chapters/chap7에 첫 쪽이 둘입니다",
    ),
    "다른 장의 아래": (
        {
            "_toc.yml": NUMBERED.replace(
                "chap7/index", "chap8/y\n    sections:\n    - file: chapters/chap7/x"
            )
        }
        | {"chapters/chap8/y.md": "# 장\n", "chapters/chap7/x.md": "# 절\n"},
        "_toc.yml:13: 다른 장의 쪽 아래에 있습니다: chapters/chap7/x",
    ),
    "번호 없는 쪽의 폴더": (
        {
            "_toc.yml": f"{TOC}  - file: chapters/notes/x\n    sections:\n"
            "    - file: chapters/notes/y\n  - file: chapters/appendix-b/x\n",
            "chapters/notes/x.md": "---\nnumbering: false\n---\n# 글\n",
            "chapters/notes/y.md": "# 글\n",
            "chapters/appendix-b/x.md": "# 부록\n",
        },
        "",
    ),
    "다른 폴더에 있는 차례에 없는 쪽": (
        {"_toc.yml": f"{TOC}  - file: more/x\n", "more/x.md": "# 글\n", "more/deep/y.md": "# 글\n"},
        "more/deep/y.md: 차례에 없는 쪽입니다",
    ),
    **{
        f"설정의 값 {line}": (
            {"_config.yml": f"title: 책\nexclude_patterns: [draft.md]\n{old}{MACHINE}{new}"},
            f"_config.yml:{place}: {said}",
        )
        for old, new, place, line, said in (
            ("copyright: 2026\n", "", 3, "2026", "copyright에 적을 것은 글입니다(적힌 것: 2026)"),
            ("html: []\n", "", 3, "[]", "html에 적을 것은 이름과 값의 짝입니다"),
            ("execute: {timeout: 1.5}\n", "", 3, "1.5", "execute.timeout에 적을 것은 정수입니다"),
            ("bibtex_bibfiles:\n", "", 3, "없음", "bibtex_bibfiles의 값이 비었습니다"),
            ("", "    book_chapters: 3\n", 9, "3", "sphinx.config.book_chapters에"),
            ("", "    numfig_format: {figure: 그림}\n", 9, "그림", "sphinx.config.numfig_format"),
            ("", "    myst_substitutions: {v: 3.10}\n", 9, "3.10", "sphinx.config.myst_subst"),
            ("", "    linkcheck_ignore: ['(']\n", 9, "(", "sphinx.config.linkcheck_ignore에"),
        )
    },
    "설정의 목록 속": (
        {"_config.yml": CONFIG.replace("[draft.md]", "[draft.md, 3]")},
        "_config.yml:2: exclude_patterns에 적을 것은 글의 목록입니다",
    ),
    "빈 설정": ({"_config.yml": f"author:\nhtml:\n{CONFIG}"}, ""),
    "머리글의 날짜": ({"chapters/a.md": "---\ndate: 2026-11-29\n3: x\n---\n# 가\n"}, ""),
    "머리글의 바꿔 쓸 수": (
        {"chapters/a.md": "---\nx: 1\nmyst: {substitutions: {v: 3.10}}\n---\n# 가\n"},
        "chapters/a.md:3: 바꿔 쓸 글이 적힌 대로 나오지 않습니다: {'v': 3.1}",
    ),
    "머리글의 집합": (
        {"chapters/a.md": "---\nx: !!set {a}\n---\n# 가\n"},
        "chapters/a.md: 머리글에 글과 수가 아닌 것",
    ),
    "머리글의 mystnb": (
        {"chapters/a.md": "---\nx: 1\nmystnb: 3\n---\n# 가\n"},
        "chapters/a.md:3: mystnb가 이름과 값의 짝이 아닙니다",
    ),
    "차례에 없는 쪽": ({"chapters/c.md": "# 제목\n"}, "chapters/c.md: 차례에 없는 쪽입니다"),
    "옳은 책": (
        {
            "README.md": "# 책\n",
            "draft.md": "# 초고\n",
            "chapters/part.md": "글\n",
            "chapters/a.md": "# 제목\n\n```{include} part.md\n```\n",
        },
        "",
    ),
}


@pytest.mark.parametrize("case", SOURCES)
def test_unreadable_sources_are_named_before_building(tmp_path, monkeypatch, case):
    files, said = SOURCES[case]
    for name, text in {
        "_toc.yml": TOC,
        "_config.yml": CONFIG,
        "index.md": "# 책\n",
        "chapters/a.md": "# 가\n",
        "chapters/b.md": "# 나\n",
        **files,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    for module in (sources, conventions, manuscript):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    listed = [str(problem) for problems in sources.check() for problem in problems]
    assert len(listed) == bool(said) and said in "".join(listed), listed


OLD = """sphinx:
  local_extensions: {chapter_numbers: _ext}   # _ext/를 파이썬 경로에 넣는다
  config:
    extensions:
    - myst_nb
    - settings
    - chapter_numbers
    - offline
    - book_pdf
"""
WRITE = "sphinx.local_extensions에 {machine: .}을"
FORKS = {
    "옛 줄 모두": (
        OLD,
        "_config.yml:2: machine 하나로 모인 옛 확장입니다: "
        "chapter_numbers, settings, offline 외 1개 "
        f"→ 그 줄을 모두 지우고 {WRITE}, sphinx.config.extensions의 끝에 - machine을 적으세요",
    ),
    "한 줄만 남은 것": (
        MACHINE + "    - offline\n",
        "_config.yml:7: machine 하나로 모인 옛 확장입니다: offline → 그 줄을 모두 지우세요",
    ),
    "옛 경로만 남은 것": (
        MACHINE.replace("{machine: .}", "{chapter_numbers: ./_ext/}"),
        "_config.yml:2: machine 하나로 모인 옛 확장입니다: chapter_numbers "
        f"→ 그 줄을 모두 지우고 {WRITE} 적으세요",
    ),
    "기계가 없는 것": (
        MACHINE.replace("    - machine\n", ""),
        "_config.yml:4: 책을 만드는 기계(machine)를 켜지 않았습니다 "
        "→ sphinx.config.extensions의 끝에 - machine을 적으세요",
    ),
    "아무것도 없는 것": (
        "title: 책\n",
        "_config.yml:1: 책을 만드는 기계(machine)를 켜지 않았습니다 "
        f"→ {WRITE}, sphinx.config.extensions의 끝에 - machine을 적으세요",
    ),
    "이름이 같은 포크의 확장": (
        MACHINE.replace("{machine: .}", "{machine: ., search: mine}") + "    - search\n",
        None,
    ),
    "종류가 틀린 값": (
        "sphinx: {local_extensions: true, config: {extensions: machine}}\n",
        "_config.yml:1: 책을 만드는 기계(machine)를 켜지 않았습니다 "
        f"→ {WRITE}, sphinx.config.extensions의 끝에 - machine을 적으세요",
    ),
}


@pytest.mark.parametrize("case", FORKS)
def test_a_fork_is_told_what_to_write_instead_of_its_old_extensions(case):
    text, said = FORKS[case]
    told = [str(problem) for problem in sources.check_machine(yaml.safe_load(text), text)]
    assert told == ([said] if said else [])


def test_a_build_of_a_fork_stops_at_its_old_extensions(tmp_path):
    """옛 _ext/가 남아 있어 옛 확장을 불러올 수 있어도."""
    book = tiny_book(tmp_path / "book")
    (book / "_ext").mkdir()
    (book / "_ext/offline.py").write_text("def setup(app):\n    pass\n", "utf-8")
    config = book / "_config.yml"
    text = config.read_text("utf-8").replace("{machine: .}", "{machine: ., offline: _ext}")
    config.write_text(f"{text}    - offline\n", "utf-8")
    status, screen = make(book, "html")
    place = f"_config.yml:{line_of(text, 'offline: _ext')}"
    assert status != 0 and screen.count("→") == 1, screen
    assert f"{place}: machine 하나로 모인 옛 확장입니다: offline → 그 줄을 모두 지우세요" in screen


@pytest.mark.parametrize(
    "row, said",
    [
        ("{pattern: '(', text: 글}", "missing )"),
        ("{pattern: '(a)', text: '{} {}'}", "Replacement index 1"),
        ("{pattern: a, text: 글, remedy: '글 {'}", "Single '{'"),
        ("{pattern: a, txet: 글}", "txet"),
        ("{text: 글}", "pattern"),
        ("{pattern: a, remedy: {글: 글}}", "format"),
    ],
)
def test_a_malformed_row_is_named(tmp_path, row, said):
    """알림의 표는 읽을 때에 살핀다."""
    file = tmp_path / "table.yml"
    file.write_text(f"page:\n- {{pattern: 옳은 줄}}\n- {row}\n", "utf-8")
    with pytest.raises(ValueError, match=r"table\.yml의 줄이 틀렸습니다: {.*") as error:
        tables.load(file)
    assert said in str(error.value) and "옳은 줄" not in str(error.value)


def test_a_broken_contents_stops_make_in_a_few_lines(tmp_path):
    book = tiny_book(tmp_path / "book")
    with (book / "_toc.yml").open("a", encoding="utf-8") as file:
        file.write(" - file: stray\n")
    status, screen = make(book, "html")
    assert (
        status != 0 and "_toc.yml:14: YAML로 읽을 수 없습니다" in screen and height(screen) < 8
    ), screen


# --- 보안 정책

BLOCKED = {
    '<style>@import "//e.com/a.css";</style>': "style-src",
    '<p style="background: url(https://e.com/a.png)">': "img-src",
    "<style>@font-face { src: url('https://e.com/f.woff') }</style>": "font-src",
    '<object data="https://e.com/a.pdf">': "object-src",
    '<audio><source src="https://e.com/a.mp3"></audio>': "media-src",
    '<picture><source srcset="https://e.com/1.png 1x"></picture>': "img-src",
    '<form action="https://e.com">': "form-action",
    '<link rel="stylesheet" href="https://e.com/a.css">': "style-src",
    '<script src="https://e.com/a.js"></script>': "script-src",
    "<svg/onload=alert(1)>": "onload",
    '<base href="/">': "<base>",
    '<meta http-equiv="refresh" content="0">': "<meta>",
    "<iframe srcdoc='<script>x</script>'></iframe>": "<script>",
    "<a href=' JavaScript:x()'>": "javascript:",
}
ALLOWED = [
    '<img src="a.png"><img src="data:image/png;base64,AA==">',
    '<a href="https://e.com">글</a><link rel="canonical" href="https://e.com">',
    '<p style="background: url(data:image/svg+xml,http://www.w3.org)">',
    '<iframe data-policy="frame-src https://e.com" src="https://e.com/a">',
    '<script data-policy="script-src">declared()</script>',
    own("machine()"),
]


def faults_of(html):
    page = policy.Page(html)
    rules, wrong = policy.policy_of(page)
    return [*wrong, *page.faults, *policy.blocked(page, rules)], rules


@pytest.mark.parametrize("html", [*BLOCKED, *ALLOWED])
def test_policy_blocks_what_is_not_of_this_site(html):
    faults, rules = faults_of(html)
    assert len(faults) == (html in BLOCKED)
    if faults:
        what, remedy, _ = faults[0]
        assert BLOCKED[html] in what + remedy
    assert not any("sha256" in source for source in rules["script-src"]) or html in ALLOWED[-2:]


def test_script_with_broken_syntax_is_named(tmp_path, caplog):
    path = tmp_path / "broken.js"
    path.write_text("} const x = {;", "utf-8")
    assert bundle.independent(path) == "" and "broken.js" in caplog.text


# --- 스크립트와 404.html

FIRST = (
    'A "quoted" & <b>bold</b> <script data-policy="script-src">'
    "window.declared = true</script> a < b."
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """공개한 작은 책. 책의 스크립트 하나가 처음부터 멈춘다."""
    need_chromium()
    book = tiny_book(tmp_path_factory.mktemp("site") / "book")
    set_slug(book, 'slug: "owner/book"')
    (book / "index.md").write_text(
        f'# 따옴표 "q"와 <괄호> & 책\n\n{FIRST}\n\n```{{dropdown}} 접은 글\n(inside)=\n\n글\n```\n',
        "utf-8",
    )
    script = book / "machine/page/appearance/static/book.js"
    script.write_text("throw new Error('planted');\n" + script.read_text("utf-8"), "utf-8")
    status, screen = make(book, "html")
    assert status == 0, screen
    with audit.serve(book / "_build/html") as server, audit.chromium() as browser:
        server.browser = browser
        yield server


def found(page):
    """검색 단추를 누르고 찾은 첫 결과의 주소."""
    page.get_by_role("button", name="검색").locator("visible=true").first.click(timeout=3000)
    page.keyboard.type("기울기")
    option = page.get_by_role("option").first
    option.wait_for(timeout=5000)
    option.click()
    page.wait_for_url(re.compile("references"))
    return page.url


def test_search_works_on_a_lost_page_and_beside_a_broken_script(site):
    page = audit.new_page(site.browser, site)
    lost = (site.folder / "404.html").read_text("utf-8")
    page.route(
        "**/a/b/c/none",
        lambda route: route.fulfill(status=404, content_type="text/html", body=lost),
    )
    page.goto(site.url + "a/b/c/none")
    assert found(page).startswith(site.url + "references.html")
    assert (
        {"planted"}
        <= {*page.errors}
        <= {
            "planted",
            "Failed to load resource: the server responded with a status of 404 (Not Found)",
        }
    )
    assert not re.search(
        r'\s(?:href|src|action|data-[\w-]+)="(?!/|#|https:)[^"]*(?:/|\.(?:html|js|json|css))', lost
    )
    page.context.close()


def test_declared_script_runs_and_metadata_is_escaped(site):
    page = audit.new_page(site.browser, site)
    page.goto(site.url + "index.html")
    assert page.evaluate("window.declared")
    html = (site.folder / "index.html").read_text("utf-8")
    values = re.findall(
        '<meta (?:property|name)="(?:og:title|og:description|description|og:image:alt)" '
        'content="([^"]*)"',
        html,
    )
    assert len(values) == 4 and not any(
        re.search("[<>]|&(?!amp;|lt;|gt;|quot;|#)", value) for value in values
    )
    assert "declared" in unescape("".join(values)) and "<script" not in unescape("".join(values))
    page.context.close()


@pytest.mark.parametrize("hash", ["#100%", "#%E0%A4%A"])
def test_an_address_that_cannot_be_decoded_changes_nothing(site, hash):
    page = audit.new_page(site.browser, site)
    page.route(
        "**/bundle.js*",
        lambda route: route.fulfill(
            body=(site.folder / "_static/bundle.js")
            .read_text("utf-8")
            .replace("throw new Error('planted');", ""),
            content_type="text/javascript",
        ),
    )
    page.goto(site.url + "index.html" + hash)
    assert page.errors == []
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("article details[open]").count() == 1
    found(page)
    page.context.close()


def test_reader_may_deny_the_storage(site):
    page = audit.new_page(site.browser, site)
    page.add_init_script(
        """Object.defineProperty(window, "localStorage", { configurable: true,
          get() { throw new DOMException("denied", "SecurityError"); } })"""
    )
    page.goto(site.url + "index.html")
    audit.choose_dark(page)
    assert "undefined" not in page.locator("button.theme-toggle:visible").first.get_attribute(
        "aria-label"
    ) and {*page.errors} == {"planted"}
    page.context.close()
