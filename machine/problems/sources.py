"""책을 만들기 전에 알 수 있는 것.

읽을 수 없는 _config.yml, _toc.yml, 쪽, 켜지 않은 기계, 그리고 차례에 없는 쪽.
"""

import re
from fnmatch import fnmatch
from pathlib import Path

import yaml
from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

from machine import manuscript
from machine.manuscript import ipynb, kernels
from machine.manuscript.heads import HEAD
from machine.manuscript.ipynb import Broken
from machine.problems import Problem, folders, lines_with, values
from machine.problems.phrases import TABLES
from machine.problems.tables import tell
from machine.settings import ROOT, conventions

CONFIG, TOC = "_config.yml", "_toc.yml"
NOT_PAGES = re.compile(r"[A-Z][A-Z_-]+")  # README, CONTRIBUTING, CHANGELOG, LICENSE
INSTALL = re.compile(r"^[!%].*\b(?:pip3?|conda|mamba|apt|apt-get) (?:-\S+ )*install\b.*", re.M)
REQUIRE = (
    "패키지를 requirements.txt에 적고 make lock을 실행한 뒤 이 줄을 지우세요. "
    "코랩과 Binder에도 있어야 합니다"
)
PART = {"caption", "chapters", "numbered", "hidden", "maxdepth", "reversed", "titlesonly"}
ENDLESS = "YAML로 읽을 수 없습니다: 저를 담은 별칭(&, *)이 있거나 너무 깊습니다"
UNWIND = "별칭을 지우고 값을 그대로 적으세요"


class Unreadable(Exception):
    """더 읽을 수 없다. args는 그 까닭인 고칠 곳들."""


def unreadable(name, line, text, remedy):
    return Unreadable(Problem(f"{name}:{line}", text, remedy))


def read(name):
    data = (ROOT / name).read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        said = "UTF-8로 읽을 수 없는 글자가 있습니다"
        raise unreadable(name, line, said, "편집기에서 UTF-8로 다시 저장하세요") from error
    if text.startswith("\ufeff"):
        said = "맨 앞에 보이지 않는 글자(BOM)가 있습니다"
        raise unreadable(name, 1, said, "편집기에서 BOM 없는 UTF-8로 다시 저장하세요")
    return text.replace("\r\n", "\n")


def check_letters(text, name, first=1):
    """first는 글의 첫 줄."""
    if found := conventions.UNSEEN.search(text):
        said = f"보이지 않는 글자가 있습니다: U+{ord(found[0]):04X}"
        remedy = r"지우세요. 코드의 글에는 '\u202e'처럼 적습니다"
        where = manuscript.place(name, first + text.count("\n", 0, found.start()))
        raise Unreadable(Problem(where, said, remedy))


def parse(name, text, first=1):
    """YAML의 값. first는 YAML이 시작하는 줄."""
    for line in lines_with(text, r"^ *\t"):
        raise unreadable(name, first + line - 1, "탭으로 들여 썼습니다", "빈칸으로 바꾸세요")
    try:
        value = yaml.safe_load(text)
        twice = [*repeated(yaml.compose(text, yaml.SafeLoader))]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = min(mark.line, text.rstrip("\n").count("\n")) if mark else 0
        said = " ".join(str(getattr(error, "problem", error)).split())
        remedy = "들여쓰기, 쌍점 뒤의 빈칸, 따옴표의 짝을 윗줄과 견주어 보세요"
        said = f"YAML로 읽을 수 없습니다: {said}"
        raise unreadable(name, first + line, said, remedy) from error
    except RecursionError as error:
        raise unreadable(name, first, ENDLESS, UNWIND) from error
    said = "같은 이름을 두 번 적어 앞의 것이 없어집니다: {}"
    wrong = [(f"{name}:{first + line - 1}", said.format(key)) for key, line in twice]
    if wrong:
        raise Unreadable(*(Problem(*one, "하나로 합치세요") for one in wrong))
    return value


def children(node):
    """바로 아래의 (이름, 줄, 마디)들. 목록에서는 차례의 수가 이름이다."""
    if isinstance(node, yaml.MappingNode):
        return [(key.value, key.start_mark.line + 1, value) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [(str(n), one.start_mark.line + 1, one) for n, one in enumerate(node.value)]
    return []


def repeated(node):
    """한 자리에 두 번 적은 (이름, 줄)들. PyYAML은 말없이 뒤의 것을 쓴다."""
    seen = []
    for name, line, child in children(node):
        if name in seen and name != "<<":
            yield name, line
        seen.append(name)
        yield from repeated(child)


def node_line(text, path):
    """sphinx/extensions/0처럼 적은 자리의 줄. 없는 자리이면 닿은 데까지의 줄."""
    node = yaml.compose(text)
    found = node.start_mark.line + 1 if node else 1
    for part in filter(None, path.split("/")):  # 라이브러리는 //도 적는다
        inside = {name: (line, child) for name, line, child in children(node)}
        if part not in inside:
            break
        found, node = inside[part]
    return found


def config_file():
    """(설정, 그 글)."""
    text = read(CONFIG)
    value = parse(CONFIG, text)
    if not isinstance(value, dict):
        raise unreadable(CONFIG, 1, "이름과 값의 짝이 아닙니다", "title: 제목처럼 적으세요")
    wrong = [
        Problem(f"{CONFIG}:{node_line(text, name.replace('.', '/'))}", said, remedy)
        for name, said, remedy in values.wrong(value)
    ]
    if wrong:
        raise Unreadable(*wrong)
    return value, text


def contents():
    """(차례, 그 글)."""
    if not (ROOT / TOC).is_file():
        remedy = "책의 맨 위 폴더에서 실행하고 있는지 확인하세요"
        raise Unreadable(Problem(TOC, "차례 파일이 없습니다", remedy))
    text = read(TOC)
    if wrong := [*strange_names(text, parse(TOC, text))]:
        raise Unreadable(*wrong)
    try:
        toc = parse_toc_yaml(ROOT / TOC)
    except MalformedError as error:
        raise Unreadable(malformed(text, str(error))) from error
    except Exception as error:  # 값의 종류가 틀리면 라이브러리가 다른 예외를 던진다
        said = f"차례를 읽을 수 없습니다: {error}"
        raise Unreadable(Problem(TOC, said, "들여쓰기와 이름을 확인하세요")) from error
    if wrong := [*misnamed(toc, text)]:
        raise Unreadable(*wrong)
    return toc, text


def misnamed(toc, text):
    """책의 밖에 있거나, Sphinx가 아는 이름(chapters/chap7/x)으로 적지 않은 쪽과, glob."""
    for pattern in sorted(toc.globs()):
        line = [*lines_with(text, rf"glob:\s*['\"]?{re.escape(pattern)}"), 1][0]
        said = f"차례를 읽을 수 없습니다: glob은 쓰지 않습니다: {pattern}"
        yield Problem(f"{TOC}:{line}", said, "종이책의 차례가 되므로 - file: 쪽을 하나씩 적으세요")
    for doc in toc:
        if doc.startswith("/") or {".", "..", ""} & {*doc.split("/")}:
            place = f"{TOC}:{lines_of(text, doc)[0]}"
            said = f"차례를 읽을 수 없습니다: 쪽의 이름으로 쓸 수 없습니다: {doc}"
            yield Problem(place, said, "chapters/chap7/x처럼 책의 폴더에서부터 적으세요")


def strange_names(text, value):
    """묶음의 모르는 이름들. 라이브러리는 이것을 말없이 버린다."""
    parts = value.get("parts") if isinstance(value, dict) else None
    for n, part in enumerate(parts if isinstance(parts, list) else []):
        for name in part if isinstance(part, dict) else []:
            if name not in PART:
                said = f"이 묶음에 쓸 수 없는 이름입니다: {name}"
                place = f"{TOC}:{node_line(text, f'parts/{n}')}"
                yield Problem(place, said, "들여쓰기와 철자를 확인하세요")


def malformed(text, message):
    """sphinx-external-toc의 말을 우리말과 줄 번호로."""
    message = re.sub(r"^entry validation @ '.*?': ", "", message)
    told = tell(TABLES["contents"], message)
    if twice := re.search(r"used multiple times: '(.*)'", message):
        line = lines_of(text, twice[1])[-1]
    else:
        at = re.search(r" @ '/(.*?)'", message)
        line = node_line(text, at[1] if at else "")
    return Problem(f"{TOC}:{line}", f"차례를 읽을 수 없습니다: {told.text}", told.remedy)


def lines_of(text, doc):
    """차례에서 그 쪽을 적은 줄들."""
    entry = rf"(?:file|root):\s*['\"]?{re.escape(doc)}(?:\.\w+)?['\"]?\s*(?:[,}}#]|$)"
    return lines_with(text, entry) or [1]


def check_page(path):
    """읽을 수 없거나, 머리글이 깨졌거나, 파이썬이 아닌 코드를 실행하려는 쪽을 알린다."""
    name = path.relative_to(ROOT).as_posix()
    text = read(name)
    if path.suffix == ".ipynb":
        check_notebook(name, text)
    elif path.suffix == ".md":
        check_markdown(name, text)
    if " install" in text:
        check_installs(name, path)


def check_installs(name, path):
    """패키지를 설치하는 셀. 실행하면 글쓴이의 컴퓨터가 바뀌고, 출력에 그 컴퓨터의 폴더가 남는다."""
    notebook, lines = manuscript.read(path), manuscript.lines(path)
    for cell, start in zip(notebook.cells, manuscript.starts(notebook)):
        if cell.cell_type == "code" and (found := INSTALL.search(cell.source)):
            line = next(n for n, text in lines if n >= start and INSTALL.match(text))
            said = f"셀이 패키지를 설치합니다: {found[0]}"
            raise Unreadable(Problem(manuscript.place(name, line), said, REQUIRE))


def check_notebook(name, text):
    try:
        notebook, numbers = ipynb.read(text)
    except Broken as error:
        place, said, remedy = error.args
        raise Unreadable(
            Problem(":".join(filter(None, [name, str(place)])), said, remedy)
        ) from error
    check_head(name, notebook.metadata)
    for n, cell in zip(numbers, notebook.cells):
        check_letters(cell.source, name, ipynb.number(n, 1))
    if any(cell.cell_type == "code" for cell in notebook.cells):
        check_language(name, kernels.language(notebook.metadata))


def check_markdown(name, text):
    check_letters(text, name)
    head, value = HEAD.match(text), {}
    if head and head[1] is None:
        raise unreadable(name, 1, "머리글의 끝에 ---가 없습니다", "닫는 ---를 적으세요")
    if head:
        value = parse(name, head[1], 2) or {}
    if not isinstance(value, dict):
        remedy = "다른 절의 머리글을 그대로 적으세요"
        raise unreadable(name, 2, "머리글이 이름과 값의 짝이 아닙니다", remedy)
    check_head(name, value, lambda key: f"{name}:{1 + node_line(head[1], key)}")
    fences = manuscript.code_fences(text)
    if fences:
        check_language(name, kernels.language(value))
    for line, language in fences:
        check_language(f"{name}:{line}", language)


def check_head(name, value, place=lambda key: ""):
    """place는 머리글에서 그 이름을 적은 자리. 노트북에서는 알 수 없다."""
    if not isinstance(value.get(conventions.NUMBERING, False), bool):
        said = f"{conventions.NUMBERING}에는 false나 true만 적습니다"
        remedy = "번호를 매기지 않으려면 false를 적고, 번호를 주려면 numbers에 적으세요"
        raise Unreadable(Problem(place(conventions.NUMBERING) or name, said, remedy))
    if not isinstance(value.get("mystnb", {}), dict):
        remedy = "mystnb: {execution_mode: force}처럼 적으세요"
        raise Unreadable(
            Problem(place("mystnb") or name, "mystnb가 이름과 값의 짝이 아닙니다", remedy)
        )
    for key in ("myst/substitutions", "substitutions"):
        given = inside(value, dict, *key.split("/"))
        if not values.as_written(given):
            said = f"바꿔 쓸 글이 적힌 대로 나오지 않습니다: {given}"
            raise Unreadable(Problem(place(key) or name, said, values.QUOTE))
    if any(isinstance(leaf, (bytes, set)) for leaf in values.leaves(value)):
        said = "머리글에 글과 수가 아닌 것(!!set, !!binary)이 있습니다"
        raise Unreadable(Problem(name, said, "글로 고쳐 적으세요"))
    form = str(inside(value, dict, "jupytext", "text_representation").get("format_name", "myst"))
    if form != "myst":  # 이 꼴에서는 ```python이 코드 셀이다
        said = f"jupytext의 {form} 꼴이어서 코드를 실행할 수 없습니다"
        remedy = f"jupytext --to md:myst {Path(name).name}로 바꾸세요"
        raise Unreadable(Problem(place("jupytext") or name, said, remedy))


def check_language(place, language):
    if not kernels.is_python(language):
        said = f"이 책에서는 파이썬만 실행합니다: {language}"
        remedy = f"파이썬으로 고쳐 쓰거나, 실행하지 않는 코드(```{language.lower()})로 옮기세요"
        raise Unreadable(Problem(place, said, remedy))


def check_machine(config, text):
    """기계를 켜는 두 줄이 없으면 알린다. 옛 포크에는 그 대신 확장이 하나씩 적혀 있다."""
    local = inside(config, dict, "sphinx", "local_extensions")
    extensions = inside(config, list, "sphinx", "config", "extensions")
    missing = []
    if "machine" not in local:
        missing.append("sphinx.local_extensions에 {machine: .}을")
    if "machine" not in extensions:
        missing.append("sphinx.config.extensions의 끝에 - machine을")
    write = f"{', '.join(missing)} 적으세요"
    if old := old_extensions(local, extensions):
        line = min(node_line(text, place) for place in old)
        names = [*dict.fromkeys(old.values())]
        more = f" 외 {len(names) - 3}개" if len(names) > 3 else ""
        said = tell(TABLES["extensions"], names[0]).text
        remedy = f"그 줄을 모두 지우고 {write}" if missing else "그 줄을 모두 지우세요"
        yield Problem(f"{CONFIG}:{line}", f"{said}: {', '.join(names[:3])}{more}", remedy)
    elif "machine" not in extensions:
        line = node_line(text, "sphinx/config/extensions")
        yield Problem(f"{CONFIG}:{line}", "책을 만드는 기계(machine)를 켜지 않았습니다", write)


def old_extensions(local, extensions):
    """{자리: machine에 모이기 전의 확장}. 이름이 같아도 다른 폴더에 둔 것은 포크의 것이다."""
    places = {f"sphinx/local_extensions/{name}": name for name in local}
    places |= {f"sphinx/config/extensions/{n}": name for n, name in enumerate(extensions)}
    theirs = [name for name, folder in local.items() if Path(str(folder)) != Path("_ext")]
    ours = [name for name in places.values() if tell(TABLES["extensions"], str(name))]
    return {place: name for place, name in places.items() if name in ours and name not in theirs}


def inside(value, kind, *names):
    """그 자리의 값. 없거나 종류가 다르면 빈 것."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, kind) else kind()


def left_out(toc, config):
    """폴더에는 있으나 차례에 없는 쪽. 다른 쪽이 불러 넣는 것은 쪽이 아니다."""
    names = [path.relative_to(ROOT) for path in manuscript.every(toc)]
    text = "".join((ROOT / name).read_text("utf-8", "replace") for name in names)
    included = re.findall(r"\{include\}\s+(?:\S*/)?([\w.-]+)", text)
    excluded = [pattern for pattern in config.get("exclude_patterns") or [] if pattern != ".*"]
    listed = {manuscript.find(doc) for doc in toc}
    for name in names:
        file, doc = name.as_posix(), name.with_suffix("").as_posix()
        about = file == name.name and NOT_PAGES.fullmatch(doc)
        known = ROOT / name in listed or name.name in included or doc in toc  # twins가 알린다
        meant = any(fnmatch(file, pattern) for pattern in excluded)
        if not (about or known or meant):
            leave = "싣지 않으려면 _config.yml의 exclude_patterns에 적으세요"
            yield Problem(file, "차례에 없는 쪽입니다", f"_toc.yml에 한 줄을 더하거나, {leave}")


def unnumbered(doc):
    """머리글에 numbering: false를 적은 쪽인가. 읽을 수 없는 원고는 check_page가 알린다."""
    path = manuscript.find(doc)
    try:
        head = manuscript.read(path).metadata if path else {}
    except Exception:  # 깨진 머리글마다 다른 예외를 던진다
        return False
    return head.get(conventions.NUMBERING) is False


def misplaced(toc, text):
    """장의 번호를 알 수 없는 쪽."""
    for doc, said, remedy in folders.check(toc, unnumbered):
        yield Problem(f"{TOC}:{lines_of(text, doc)[0]}", said, remedy)


def twins(toc, config):
    """한 쪽의 원고가 둘인 것. jupytext는 .md와 .ipynb를 나란히 둔다."""
    excluded = config.get("exclude_patterns") or []
    for doc in toc:
        first = manuscript.find(doc)
        for suffix in manuscript.SUFFIXES if first else ():
            other = f"{doc}{suffix}"
            meant = any(fnmatch(other, pattern) for pattern in excluded)
            if (ROOT / other).is_file() and ROOT / other != first and not meant:
                remedy = f"지우거나, _config.yml의 exclude_patterns에 {other}라고 적으세요"
                yield Problem(other, f"같은 쪽의 원고가 둘입니다(다른 것: {first.name})", remedy)


def lost_files(toc, text):
    """차례에는 있으나 파일이 없는 쪽."""
    for doc in toc:
        if not manuscript.find(doc):
            place = f"{TOC}:{lines_of(text, doc)[0]}"
            yield Problem(place, f"파일이 없습니다: {doc}", "이름을 고치거나 그 파일을 만드세요")


def check():
    """(책을 만들 수 없는 까닭들, 만들어 보되 알릴 것들)."""
    wrong, stray = [], []

    def tried(function, *args):
        try:
            return function(*args)
        except Unreadable as error:
            wrong.extend(error.args)
            return None

    config, config_text = tried(config_file) or (None, "")
    toc, toc_text = tried(contents) or ((), "")
    if config is not None:
        wrong += check_machine(config, config_text)
        wrong += twins(toc, config)
        wrong += misplaced(toc, toc_text) if toc else []
    lost = [*lost_files(toc, toc_text)]
    for path in filter(None, map(manuscript.find, toc)):
        tried(check_page, path)
    if config is not None and toc and not lost:
        stray = [*left_out(toc, config)]
    return wrong + lost, stray
