"""책을 만들기 전에 알 수 있는 것: 읽을 수 없는 _config.yml, _toc.yml, 쪽, 그리고 차례에 없는 쪽."""

import re
from fnmatch import fnmatch

import yaml
from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

from machine.problems import Problem
from machine.settings import ROOT

SUFFIXES = (".md", ".ipynb", ".rst")
NOT_PAGES = re.compile(r"[A-Z][A-Z_-]+")  # README, CONTRIBUTING, CHANGELOG, LICENSE
PART = {"caption", "chapters", "numbered", "hidden", "maxdepth", "reversed", "titlesonly"}
TOC = [
    (r"toc is not a mapping", "이름과 값의 짝이 아닙니다", "format, root, parts를 적으세요"),
    (
        r"'format' key value not recognised: (.*)",
        "모르는 format입니다: {}",
        "format: jb-book을 적으세요",
    ),
    (r"'root' key not found", "root가 없습니다", "첫 쪽을 root: index처럼 적으세요"),
    (
        r"Unknown keys found: \{(.*?)\}, allowed",
        "여기에 쓸 수 없는 이름입니다: {}",
        "들여쓰기와 철자를 확인하세요",
    ),
    (
        r"document file used multiple times: (.*)",
        "같은 쪽을 두 번 적었습니다: {}",
        "한 줄을 지우세요",
    ),
    (
        r"'(\w+)' not a non-empty list",
        "{} 아래가 비었거나 목록이 아닙니다",
        "그 아래에 - file: 쪽을 들여 적으세요",
    ),
    (
        r"entry not a mapping",
        "- file: 쪽의 꼴이 아닙니다",
        "file: 뒤에 빈칸을 두고 쪽의 이름을 적으세요",
    ),
    (
        r"entry does not contain one of|'file' key not found",
        "file이 없는 줄입니다",
        "- file: 쪽의 꼴로 적으세요",
    ),
    (r"'numbered' must be", "numbered에는 번호를 매길 깊이를 적습니다", "numbered: 2처럼 적으세요"),
    (r"Both '(\w+)' and '(\w+)' found", "{}와 {}를 함께 적었습니다", "하나만 남기세요"),
]


def utf8(name):
    """(글, 읽을 수 없는 까닭)."""
    data = (ROOT / name).read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return "", [
            Problem(
                f"{name}:{line}",
                "UTF-8로 읽을 수 없는 글자가 있습니다",
                "편집기에서 UTF-8로 다시 저장하세요",
            )
        ]
    if text.startswith("\ufeff"):
        return "", [
            Problem(
                f"{name}:1",
                "맨 앞에 보이지 않는 글자(BOM)가 있습니다",
                "편집기에서 BOM 없는 UTF-8로 다시 저장하세요",
            )
        ]
    return text, []


def read_yaml(name, text, first=1):
    """(값, 읽을 수 없는 까닭). first는 YAML이 시작하는 줄."""
    for n, line in enumerate(text.split("\n"), first):
        if re.match(r" *\t", line):
            return None, [Problem(f"{name}:{n}", "탭으로 들여 썼습니다", "빈칸으로 바꾸세요")]
    try:
        node = yaml.compose(text, yaml.SafeLoader)
        return yaml.safe_load(text), [
            Problem(
                f"{name}:{first + key.start_mark.line}",
                f"같은 이름을 두 번 적어 앞의 것이 없어집니다: {key.value}",
                "하나로 합치세요",
            )
            for key in repeated(node)
        ]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = first + min(mark.line, text.rstrip("\n").count("\n")) if mark else first
        said = " ".join(str(getattr(error, "problem", error)).split())
        return None, [
            Problem(
                f"{name}:{line}",
                f"YAML로 읽을 수 없습니다: {said}",
                "들여쓰기, 쌍점 뒤의 빈칸, 따옴표의 짝을 윗줄과 견주어 보세요",
            )
        ]


def repeated(node):
    """한 자리에 두 번 적은 이름들. PyYAML은 말없이 뒤의 것을 쓴다."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    names = [key.value for key, _ in pairs if key.value != "<<"]
    yield from (key for n, (key, _) in enumerate(pairs) if key.value in names[:n])
    for child in [value for _, value in pairs] or (
        node.value if isinstance(node, yaml.SequenceNode) else []
    ):
        yield from repeated(child)


def config_problems():
    text, wrong = utf8("_config.yml")
    value, broken = read_yaml("_config.yml", text) if not wrong else ({}, [])
    if not wrong and not broken and not isinstance(value, dict):
        return {}, [
            Problem("_config.yml:1", "이름과 값의 짝이 아닙니다", "title: 제목처럼 적으세요")
        ]
    return value or {}, wrong + broken


def toc_problems():
    """(쪽의 이름들, 찾을 무늬들, 고칠 곳들)."""
    if not (ROOT / "_toc.yml").is_file():
        return (
            [],
            [],
            [
                Problem(
                    "_toc.yml",
                    "차례 파일이 없습니다",
                    "책의 맨 위 폴더에서 실행하고 있는지 확인하세요",
                )
            ],
        )
    text, wrong = utf8("_toc.yml")
    if wrong:
        return [], [], wrong
    value, wrong = read_yaml("_toc.yml", text)
    if isinstance(value, dict) and isinstance(
        value.get("parts"), list
    ):  # 라이브러리는 여기의 모르는 이름을 말없이 버린다
        wrong += [
            Problem(
                f"_toc.yml:{node_line(text, ['parts', str(n)])}",
                f"이 묶음에 쓸 수 없는 이름입니다: {name}",
                "들여쓰기와 철자를 확인하세요",
            )
            for n, part in enumerate(value["parts"])
            if isinstance(part, dict)
            for name in part
            if name not in PART
        ]
    if wrong:
        return [], [], wrong
    try:
        toc = parse_toc_yaml(ROOT / "_toc.yml")
    except MalformedError as error:
        return [], [], [malformed(text, str(error))]
    except Exception as error:  # 값의 종류가 틀리면 라이브러리가 다른 예외를 던진다
        return (
            [],
            [],
            [
                Problem(
                    "_toc.yml", f"차례를 읽을 수 없습니다: {error}", "들여쓰기와 이름을 확인하세요"
                )
            ],
        )
    docs, globs = [*toc], [*toc.globs()]
    return (
        docs,
        globs,
        [
            Problem(
                f"_toc.yml:{line_of(text, doc)}",
                f"파일이 없습니다: {doc}",
                "이름을 고치거나 그 파일을 만드세요",
            )
            for doc in docs
            if not source(doc)
        ],
    )


def malformed(text, message):
    """sphinx-external-toc의 말을 우리말과 줄 번호로."""
    message = re.sub(r"^entry validation @ '.*?': ", "", message)
    at = re.search(r" @ '(/.*?)'", message)
    said, remedy = next(
        (
            (text.format(*re.search(pattern, message).groups()), remedy)
            for pattern, text, remedy in TOC
            if re.search(pattern, message)
        ),
        (message, "들여쓰기와 이름을 윗줄과 견주어 보세요"),
    )
    twice = re.search(r"used multiple times: '(.*)'", message)
    line = (
        line_of(text, twice[1], -1)
        if twice
        else node_line(text, at[1].strip("/").split("/") if at else [])
    )
    return Problem(f"_toc.yml:{line}", f"차례를 읽을 수 없습니다: {said}", remedy)


def node_line(text, path):
    """/parts/0/chapters/1처럼 적힌 자리의 줄."""
    node = yaml.compose(text)
    for part in filter(None, path):
        if isinstance(node, yaml.MappingNode):
            inner = {key.value: value for key, value in node.value}.get(part)
        else:
            inside = (
                isinstance(node, yaml.SequenceNode)
                and part.isdigit()
                and int(part) < len(node.value)
            )
            inner = node.value[int(part)] if inside else None
        if inner is None:
            break
        node = inner
    return node.start_mark.line + 1 if node else 1


def line_of(text, doc, which=0):
    entry = re.compile(rf"(?:file|root):\s*['\"]?{re.escape(doc)}(?:\.\w+)?['\"]?\s*(?:[,}}#]|$)")
    lines = [n for n, line in enumerate(text.split("\n"), 1) if entry.search(line)]
    return lines[which] if lines else 1


def source(doc):
    """쪽의 파일. 없으면 None."""
    return next(
        (path for suffix in ("", *SUFFIXES) if (path := ROOT / f"{doc}{suffix}").is_file()), None
    )


def page_problems(docs):
    """UTF-8이 아닌 쪽과, 머리글이 깨진 쪽."""
    for path in filter(None, map(source, docs)):
        name = path.relative_to(ROOT).as_posix()
        text, wrong = utf8(name)
        yield from wrong
        if path.suffix == ".md" and re.match(r"---[ \t]*\r?\n\S", text):
            head = re.match(r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*$", text, re.S | re.M)
            unclosed = Problem(f"{name}:1", "머리글의 끝에 ---가 없습니다", "닫는 ---를 적으세요")
            value, wrong = read_yaml(name, head[1], 2) if head else (None, [unclosed])
            yield from wrong
            if not wrong and not isinstance(value or {}, dict):
                yield Problem(
                    f"{name}:2",
                    "머리글이 이름과 값의 짝이 아닙니다",
                    "다른 절의 머리글을 그대로 적으세요",
                )


def left_out(docs, globs, config):
    """폴더에는 있으나 차례에 없는 쪽. 다른 쪽이 불러 넣는 것은 쪽이 아니다."""
    paths = [
        path
        for path in [*sorted(ROOT.glob("*")), *sorted(ROOT.glob("chapters/**/*"))]
        if path.suffix in SUFFIXES
        and path.is_file()
        and not any(part.startswith((".", "_")) for part in path.relative_to(ROOT).parts)
    ]
    text = "".join(path.read_text("utf-8", "replace") for path in paths)
    included = set(re.findall(r"\{include\}\s+(?:\S*/)?([\w.-]+)", text))
    excluded = [pattern for pattern in config.get("exclude_patterns") or [] if pattern != ".*"]
    known = {source(doc) for doc in docs}
    for path in paths:
        name = path.relative_to(ROOT).as_posix()
        is_page = (
            not (path.parent == ROOT and NOT_PAGES.fullmatch(path.stem))
            and path.name not in included
        )
        meant = any(fnmatch(name, pattern) for pattern in excluded) or any(
            fnmatch(name.removesuffix(path.suffix), pattern) for pattern in globs
        )
        if path not in known and is_page and not meant:
            yield Problem(
                name,
                "차례에 없는 쪽입니다",
                "_toc.yml에 한 줄을 더하거나, 싣지 않으려면 _config.yml의 exclude_patterns에 적으세요",
            )


def check():
    """(책을 만들 수 없는 까닭들, 만들어 보되 알릴 것들)."""
    config, wrong = config_problems()
    docs, globs, wrong_toc = toc_problems()
    wrong += [*wrong_toc, *page_problems(docs)]
    return wrong, [] if wrong_toc else [*left_out(docs, globs, config)]
