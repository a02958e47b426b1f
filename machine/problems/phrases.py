"""자주 만나는 알림을 한국어로 옮기고 고치는 법을 붙인다. 책의 확장이 한국어로 알리는 것에는 고치는 법만 붙인다."""

import re
from difflib import get_close_matches

from machine.problems import Problem, with_line
from machine.settings import ROOT

DIRECTIVES = (
    "admonition bibliography code-block code-cell danger dropdown exercise exercise-end exercise-start figure glossary "
    "hint image important index literalinclude math note raw solution solution-end solution-start tab-item tab-set table "
    "tip warning"
).split()
ROLES = "cite:p cite:t code doc download eq index kbd math numref ref sub sup term".split()
THEOREMS = (
    "algorithm axiom conjecture corollary criterion definition example lemma observation proof property proposition "
    "remark theorem"
).split()


def directive(name):
    if name.removeprefix("prf:") in THEOREMS:
        return "정리와 증명의 상자는 :::{admonition} 정리처럼 적으세요"
    return spelling(name, DIRECTIVES)


def spelling(name, known):
    near = get_close_matches(name, known, 1)
    return (
        f"{near[0]}을(를) 잘못 적었다면 고치세요"
        if near
        else "이름을 확인하세요. 쓸 수 있는 것은 tests/samples.md에 있습니다"
    )


LABEL = "철자를 고치거나, 가리킬 곳 위에 ({})=를 적으세요. 식은 {{eq}}로 부릅니다"
# (알림, 우리말, 고치는 법). {}에는 알림의 괄호에 맞은 글이 들어간다. 우리말이 None이면 다른 알림과 겹치므로 버린다.
LIBRARY = [
    (r"Unknown directive type:? ['\"](.+?)['\"]", "모르는 지시어입니다: {}", directive),
    (
        r"Unknown interpreted text role \"(.+?)\"",
        "모르는 역할입니다: {}",
        lambda name: spelling(name, ROLES),
    ),
    (
        r"No (?:directive|role) entry for|알 수 없는 지시문 또는 역할 이름|unknown directive or role name",
        None,
        "",
    ),  # 위와 같은 것
    (
        r"'myst' cross-reference target not found: '(.+?\.\w+(?:#.*)?)'",
        "없는 파일을 가리킵니다: {}",
        "파일 이름과 폴더를 확인하세요",
    ),
    (
        r"(?:undefined label: '?|'myst' cross-reference target not found: ')(.*?)'?(?: \[|$)",
        "없는 이름표를 가리킵니다: {}",
        LABEL,
    ),
    (r"'myst' reference target not found: '?(.*?)'?$", "없는 이름표를 가리킵니다: {}", LABEL),
    (
        r"equation not found: (\S+)",
        "없는 식을 가리킵니다: {}",
        "철자를 고치거나, 식의 끝을 $$ ({})로 적으세요",
    ),
    (
        r"Failed to create a cross reference\. (?:Any number is not assigned|A title or caption not found): '?([\w-]+)",
        "번호나 제목이 없는 것을 가리킵니다: {}",
        "그림·표·연습문제나 절을 가리키거나, 글이 있는 링크 [글](#{})로 적으세요",
    ),
    (r"unknown document: '?(.+?)'?$", "없는 쪽을 가리킵니다: {}", "파일 이름을 확인하세요"),
    (
        r"could not find bibtex key \"?(.+?)\"?$",
        "없는 문헌을 인용합니다: {}",
        "references.bib에 적으세요",
    ),
    (r"image file not readable: (.+)", "그림 파일이 없습니다: {}", "파일 이름과 폴더를 확인하세요"),
    (
        r"download file not readable: (.+)",
        "내려받을 파일이 없습니다: {}",
        "파일 이름과 폴더를 확인하세요",
    ),
    (
        r"[Dd]uplicate label (?:of equation )?\"?([\w-]+?)\"?, other instance in (\S+)",
        "이름표가 겹칩니다: {} (다른 곳: {})",
        "한쪽의 이름을 바꾸세요",
    ),
    (
        r"Duplicate explicit target name: \"(.+?)\"",
        "이름표가 겹칩니다: {}",
        "한쪽의 이름을 바꾸세요",
    ),
    (r"Duplicate ID: \"equation-", None, ""),
    (
        r"duplicate term description of (.+?), other instance in (\S+)",
        "용어를 두 번 풀이했습니다: {} (다른 곳: {})",
        "한쪽을 지우세요",
    ),
    (
        r"(?:Duplicate|Multiple) footnote.*?'(.+?)'",
        "각주의 이름이 겹칩니다: {}",
        "한쪽의 이름을 바꾸세요",
    ),
    (
        r"No footnote definitions? found for label: '(.+?)'",
        "정의하지 않은 각주를 부릅니다: {}",
        "[^{}]: 뒤에 각주의 글을 적으세요",
    ),
    (
        r"Footnote \[(.+?)\] is not referenced",
        "아무도 부르지 않는 각주입니다: {}",
        "글에서 [^{}]로 부르거나 지우세요",
    ),
    (
        r"Non-consecutive header level increase; (H\d) to (H\d)",
        "제목의 단계를 건너뜁니다: {}에서 {}로",
        "#의 수를 하나씩 늘리세요",
    ),
    (
        r"Document headings start at (H\d), not (H1)",
        "쪽의 첫 제목이 {}입니다",
        "첫 제목은 #을 하나만 적으세요",
    ),
    (
        r"term not in glossary: '?(.+?)'?$",
        "용어집에 없는 용어입니다: {}",
        "glossary.md에 적거나 철자를 고치세요",
    ),
    (
        r"Pygments lexer name '?(.+?)'? is not known",
        "모르는 코드의 언어입니다: {}",
        "python, text처럼 적으세요",
    ),
    (
        r"Lexing literal_block .*? as \"(.+?)\" resulted in an error at token: (.+?)\.",
        "코드를 {}(으)로 읽을 수 없습니다. 막힌 글자: {}",
        "언어를 text로 적으세요",
    ),
    (
        r"Found an unexpected `code-cell`",
        "코드 셀이 상자 안에 있거나, 쪽에 머리글이 없습니다",
        "코드 셀은 상자와 목록의 밖에 두세요(문제와 풀이는 exercise-start와 solution-start). 머리글은 다른 절의 것과 같게 적습니다",
    ),
    (
        r"(?:Malformed YAML|Malformed metadata|.*topmatter).*",
        "머리글(--- 사이)을 읽을 수 없습니다",
        "들여쓰기와 쌍점 뒤의 빈칸을 확인하세요",
    ),
    (
        r"'(.+?)': (?:Invalid|Unknown) option (?:keys|value)[^:]*: (?:\[(.*?)\]|(.+))",
        "{}에 쓸 수 없는 옵션입니다: {}",
        "옵션의 이름을 확인하세요",
    ),
    (
        r"Directive '(.+?)': (\d) argument\(s\) required",
        "{}의 이름 뒤에 적을 것이 빠졌습니다",
        "제목이나 파일, 이름표를 {{{}}} 뒤에 적으세요",
    ),
    (
        r"Content block expected for the \"(.+?)\" directive",
        "{} 상자가 비었습니다",
        "내용을 적거나 지우세요",
    ),
    (
        r"Error .*?\"(.+?)\" directive:\s+(.+?)(?:[.,\n]|$)",
        "{} 상자의 내용을 읽을 수 없습니다: {}",
        "표와 목록의 꼴을 tests/samples.md와 견주어 보세요",
    ),
    (
        r"All children of a '(.+?)' should be '(.+?)'",
        "{} 안에는 {}만 둘 수 있습니다",
        "그 밖의 글은 밖으로 옮기세요",
    ),
    (
        r"toctree directive not expected",
        "쪽에는 toctree를 쓰지 않습니다",
        "차례는 _toc.yml에 적으세요",
    ),
    (
        r"stderr was found in the cell outputs of cell \d+",
        "셀이 stderr에 글을 냈습니다",
        "경고가 나오지 않게 고치세요",
    ),
    (
        r"No mime type available in priority list for output",
        "셀의 출력을 보일 방법이 없습니다",
        "글이나 그림으로 찍으세요",
    ),
    (
        r"Substitution error: ?UndefinedError: '(.+?)' is undefined",
        "바꿔 쓸 글을 정하지 않은 이름입니다: {}",
        "쪽의 머리글에 myst: {{substitutions: {{{}: 글}}}}처럼 적거나, 글자 그대로 쓰려면 {{{{ 앞에 \\를 붙이세요",
    ),
    (
        r"Substitution error: ?TemplateSyntaxError: (.+)",
        "바꿔 쓰기의 중괄호를 읽을 수 없습니다: {}",
        "{{{{ 이름 }}}}처럼 적거나, 글자 그대로 쓰려면 {{{{ 앞에 \\를 붙이세요",
    ),
    (
        r"Too many autonumbered footnote references",
        "각주 속에서만 부르는 각주가 있습니다",
        "그 각주를 본문에서 먼저 부르거나 풀이를 합치세요",
    ),
    (r"Notebook exception traceback saved in", None, ""),
    (
        r"toctree contains reference to (?:nonexisting|non-existing|excluded) document '?(.+?)'?$",
        "차례가 없는 쪽을 가리킵니다: {}",
        "_toc.yml을 확인하세요",
    ),
    (
        r"document isn't included in any toctree",
        "차례에 없는 쪽입니다",
        "_toc.yml에 한 줄을 더하세요",
    ),
    (
        r"'numbered' toctree|numbered toctree",
        "차례의 번호를 두 번 매겼습니다",
        "_toc.yml의 numbered를 한 곳에만 적으세요",
    ),
    (
        r"Include file '(.+?)' not found|Directive \"include\": file not found: '(.+?)'",
        "불러올 파일이 없습니다: {}",
        "파일 이름과 폴더를 확인하세요",
    ),
    (
        r"Failed to load \w+ at ['\"](?:.*/)?([^/'\"]+)['\"]",
        "파일을 읽을 수 없습니다: {}",
        "파일 이름과 폴더를 확인하세요",
    ),
    (r"broken link: (\S+) \((.*)\)", "열리지 않는 링크입니다: {} ({})", "주소를 고치세요"),
]
# _config.yml에서 온 것. 첫 괄호의 글로 줄을 찾는다
CONFIG = [
    (
        r"unknown config value '(.+?)' in override",
        "모르는 이름입니다: {}",
        "철자를 고치거나 지우세요",
    ),
    (r"invalid number '(.+?)' for config value", "수를 적어야 합니다: {}", "수로 고치세요"),
    (r"could not open bibtex file (.+?)\.?$", "문헌 파일이 없습니다: {}", "파일 이름을 확인하세요"),
    (
        r"myst(?:-nb)? configuration invalid: .*?\(got '?([^')]+)'?\)",
        "쓸 수 없는 값입니다: {}",
        "철자를 고치세요",
    ),
    (
        r"myst(?:-nb)? configuration invalid: .*?\{'(.+?)'",
        "쓸 수 없는 값입니다: {}",
        "철자를 고치세요",
    ),
    (
        r"Could not import extension ([\w.]+)",
        "확장을 불러올 수 없습니다: {}",
        "철자를 고치거나, 그 패키지를 requirements.txt에 적으세요",
    ),
    (r"no theme named '(.+?)'", "없는 테마입니다: {}", "html_theme: furo를 적으세요"),
]
# 책의 확장과 make pdf, make epub이 알리는 것
OURS = [
    (r"stderr에 나온 글", "경고가 나오지 않게 고치세요"),
    (r"수식 오류: [^.]*$", "KaTeX이 읽는 TeX으로 고치세요"),
    (r"책의 글꼴에 없는 글자", "다른 글자로 바꾸거나 수식($…$)으로 적으세요"),
    (r"대체 글\(alt\)이 없습니다: \S*$", "그림에 보이는 것을 ![여기]나 :alt:에 적으세요"),
    (r"책에 옮길 수 없는 요소", "글, 그림, 표나 링크로 바꾸세요"),
    (r"그림 파일이 없습니다|링크가 가리키는 파일이 없습니다", "파일 이름과 폴더를 확인하세요"),
    (r"책에 없는 곳을 가리킵니다", "링크의 #뒤를 가리킬 곳의 이름표와 같게 하세요"),
    (r"넘치는 표", "열이나 칸의 글을 줄이세요"),
    (r"넘치는 그림", "그림의 너비를 줄이세요(:width: 100%)"),
    (r"넘치는 식", "aligned로 줄을 나누세요"),
    (r"넘치는 글", "긴 낱말과 줄을 나눠 적으세요"),
    (r"노트북으로 옮길 수 없는 요소", "tests/samples.md에 있는 요소로 바꾸세요"),
    (
        r"노트북의 코드 셀 수가 원고와 다릅니다",
        "셀을 지우는 꼬리표(remove-cell 따위)를 쓰지 마세요",
    ),
    (r"절로 붙는 번호와 겹칩니다", r"\tag를 지우고 식의 끝을 $$ (이름표)로 적으세요"),
]


def korean(message):
    """(우리말, 고치는 법, 원고에 적혀 있을 글). 버릴 알림이면 None."""
    for pattern, text, remedy in LIBRARY:
        if match := re.match(pattern, message):
            given = [group for group in match.groups() if group is not None]
            told = remedy(*given) if callable(remedy) else remedy.format(*given)
            return text and (text.format(*given), told, given[0] if given else "")
    said = message if re.search("[가-힣]", message) else f"라이브러리의 경고입니다: {message}"
    return said, next((remedy for pattern, remedy in OURS if re.search(pattern, message)), ""), ""


def from_config(message, config):
    """_config.yml에서 온 알림이면 그 줄의 고칠 곳. 아니면 None."""
    for pattern, text, remedy in CONFIG:
        if match := re.search(pattern, message):
            line = next((n for n, line in enumerate(config.split("\n"), 1) if match[1] in line), 1)
            return Problem(f"_config.yml:{line}", text.format(match[1]), remedy)


def as_problem(message):
    """ "쪽: 무엇" 꼴의 글을 고칠 곳으로."""
    place, text = re.fullmatch(r"(?:([^:']+(?::\d+)?): )?(.*)", message, re.S).groups()
    said, remedy, _ = korean(text) or (text, "", "")
    page, word = (
        f"{place}.md",
        re.search(r"(\S*?)>?\s*$", text)[1],
    )  # <video>는 <video …>로 적혀 있다
    found = with_line(page, word) if (ROOT / page).is_file() else page
    return Problem(found if found != page else place or "", said, remedy)
