"""_config.yml에 적었으나 이 책에서는 아무 일도 하지 않는 설정을 줄과 함께 알린다(빌드가 실패한다).

Jupyter Book은 제 테마에만 있는 설정과 잘못 적은 이름을 말없이 넘긴다.
"""

from pathlib import Path

import yaml
from sphinx.util import logging

from machine.problems.sources import children
from machine.problems.tables import load, tell

log = logging.getLogger(__name__)
TABLES = load(Path(__file__).with_name("idle.yml"))
WORKS = TABLES["unknown"][0].known
SECTIONS = {"sphinx.config", *(name.rpartition(".")[0] for name in WORKS)}


def entries(loader, node, above=""):
    """(이름, 값, 줄): 더 나뉘지 않는 설정마다."""
    for key, line, value in children(node):
        name = f"{above}{key}"
        if name in SECTIONS:
            yield from entries(loader, value, f"{name}.")
        else:
            yield name, loader.construct_object(value, deep=True), line


def given(value):
    """무엇인가 켜거나 적었는가. 꺼 두거나 비워 둔 설정은 알리지 않는다."""
    return any(map(given, value.values())) if isinstance(value, dict) else bool(value)


def complaint(name, value, extensions):
    """알릴 글. 없으면 빈 글."""
    if told := tell(TABLES["values"], f"{name}: {value}"):
        return told.text
    if told := tell(TABLES["no_effect"], name):
        return f"이 책에서는 아무 일도 하지 않습니다. {told.remedy}" if given(value) else ""
    if name == "sphinx.local_extensions":
        idle = ", ".join(extension for extension in value or {} if extension not in extensions)
        return idle and f"sphinx.config.extensions에도 적습니다: {idle}"
    told = name not in WORKS and tell(TABLES["unknown"], name)
    return f"{told.text}. {told.remedy}" if told else ""


def check(app, config):
    path = Path(app.srcdir, "_config.yml")
    if not path.is_file():
        return
    loader = yaml.SafeLoader(path.read_text("utf-8"))
    for name, value, line in entries(loader, loader.get_single_node()):
        if text := complaint(name, value, config.extensions):
            log.warning("_config.yml의 %s: %s", name, text, location=f"{path}:{line}")
    config.comments_config = {}  # 다른 사이트의 스크립트가 쪽에 들지 않게


def setup(app):
    app.connect("config-inited", check, priority=50)  # 확장들이 값을 바꾸기 전
