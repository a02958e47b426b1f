"""책마다 다른 것과 책이 지키는 약속. 책마다 다른 것은 _config.yml의 book_…에 적는다."""

import re
import sys
from functools import cache

import yaml
from fontTools.ttLib import TTFont, TTLibError
from sphinx.util import logging

from machine.settings import ROOT

log = logging.getLogger(__name__)

# {이름: 적지 않았을 때의 값}
SETTINGS = {
    "book_chapters": "chapters/chap{}",  # 장의 폴더. {}에는 장의 번호가 온다
    "book_appendices": "appendix-{}",  # 장들 옆에 둔 부록의 폴더. {}에는 a, b, …가 온다
    "book_packages": {},  # 쪽에서 쓰는 패키지: {이름: 절의 끝에 적을 이름}
    "book_cell_marks": {},  # 셀의 앞에 적을 글: {셀의 꼬리표: 글}
    "book_one_sheet": [],  # 종이 한 장에 작은 글씨로 찍을 쪽
    "book_error_table": "",  # 쪽에서 실행하다 난 오류의 이름을 링크할 표의 이름표
    "book_cover": {},  # 전자책의 표지에 그릴 곡선(ebook/cover.py): {curve, at, x, y, alt}
}
NOTEBOOKS = "notebooks"  # 노트북을 두는 폴더
# fonts/에 있는 글꼴. 굵은 것은 뒤에 Bold가 붙는다
SANS, MONO, SERIF = "NanumBarunGothic", "NanumGothicCoding", "NanumMyeongjo"
# 나눔글꼴에 없거나 두 칸을 차지하는 글자(é, λ)는 이 글꼴로 찍는다
LATIN = {SANS: "BookSans", MONO: "BookMono", SERIF: "BookSerif"}
HANJA, SYMBOLS = "BookHanja", "BookSymbols"
# 글자를 찾는 차례. 앞의 글꼴에 없는 글자는 뒤의 글꼴로 찍는다
FONTS = {
    SERIF: [SERIF, LATIN[SERIF], HANJA, SYMBOLS, SANS],
    SANS: [SANS, LATIN[SANS], HANJA, SYMBOLS],
    MONO: [MONO, LATIN[MONO], SANS, HANJA, SYMBOLS],
}
# 앞 절의 코드를 다시 적은 셀의 첫 줄. 종이에는 그 코드가 있는 쪽만 알린다
AGAIN = re.compile(r"# (\S+절)에서 만든 함수: (.+)")
QUIZ, EXERCISES = "quiz-", "ex-"  # 물음과 연습문제를 모은 절의 이름표는 이렇게 시작한다
NUMBERING = "numbering"  # 쪽의 머리글에서 여기에 false를 적으면 번호를 매기지 않는다
DRAWING = "# 그림을 그리는 코드"  # 배울 코드가 아닌 셀의 첫 줄. 종이에는 그림만 찍는다
# 제어 문자, 줄을 나누는 것, 글의 방향을 바꾸는 것: 화면의 글이 원고나 실행한 코드와 달라진다
UNSEEN = re.compile(
    "[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)


@cache
def config_file():
    return yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))


def written():
    """_config.yml에 적힌 sphinx.config."""
    return (config_file().get("sphinx") or {}).get("config") or {}


def setting(name):
    return written().get(name) or SETTINGS[name]


def font(name, bold=""):
    return ROOT / f"fonts/{name}{bold}.ttf"


def opened(path):
    try:
        return TTFont(path)
    except (OSError, TTLibError):
        name = path.relative_to(ROOT)
        sys.exit(f"글꼴이 없거나 깨졌습니다: {name}. git checkout fonts로 되살리세요.")


@cache
def codes(name, bold=""):
    """글꼴에 있는 글자."""
    file = opened(font(name, bold))
    file.setGlyphOrder([])  # 글리프의 이름은 쓰지 않으며, 읽으면 느리다
    return frozenset(file.getBestCmap())


@cache
def letters():
    """본문, 제목, 코드 가운데 어디에 적어도 책의 글꼴로 찍히는 글자."""
    found = [set().union(*map(codes, names)) for names in FONTS.values()]
    return frozenset(x for x in map(chr, set.intersection(*found)) if not UNSEEN.match(x))


def unknown(text):
    """책의 글꼴에 없어 종이에 찍지 못할 글자들."""
    return sorted(set(text) - letters() - {"\n", "\t"})


def top():
    """장들을 담은 폴더: chapters."""
    return setting("book_chapters").split("/")[0]


def name_in_folder(docname, folders, form):
    """쪽이 든 폴더의 이름에서 {}의 자리에 온 것. 그런 폴더의 밖이면 빈 글."""
    before, _, after = map(re.escape, folders.partition("{}"))
    match = re.match(rf"{before}({form}){after}/", docname)
    return match[1] if match else ""


def chapter(docname):
    """쪽이 든 장의 번호나 부록의 글자: 7, "A". 그 폴더들의 밖이면 None."""
    appendices = f"{top()}/{setting('book_appendices')}"
    number = name_in_folder(docname, setting("book_chapters"), r"\d+")
    letter = name_in_folder(docname, appendices, "[A-Za-z]")
    return int(number) if number else letter.upper() or None


def folder(docname):
    """쪽이 든 장의 폴더: chapters/chap7/x이면 chap7. 장의 폴더 밖이면 None."""
    if chapter(docname) is None:
        return None
    return docname.split("/")[setting("book_chapters").count("/")]


def printed(chapter=""):
    """찍은 책의 이름. 장을 고르면 그 장만 찍은 것의 이름."""
    return f"book-{chapter}.pdf" if chapter else "book.pdf"


def is_section(docname):
    return chapter(docname) is not None and not docname.endswith("/index")


def notebook(docname):
    """쪽의 노트북이 놓인 곳: chapters/chap7/x이면 notebooks/chap7/x.ipynb."""
    return f"{NOTEBOOKS}/{docname.removeprefix(f'{top()}/')}.ipynb"


def in_chapters(pattern):
    """장들의 폴더에 있는 파일."""
    return sorted((ROOT / top()).glob(pattern))


def setup(app):
    for name, default in SETTINGS.items():
        app.add_config_value(name, default, "env")
    for name in ("book_chapters", "book_appendices"):
        if app.config[name].count("{}") != 1:
            said = f"번호가 올 자리 {{}}가 하나 있어야 합니다(예: {SETTINGS[name]})"
            log.warning("_config.yml의 %s: %s", name, said)
