"""책이 정하는 것: _config.yml의 book_…과 그 값의 검사. 기계의 다른 방은 여기서 읽는다."""

from difflib import get_close_matches

from sphinx.util import logging

from machine.state import ROOT as ROOT

log = logging.getLogger(__name__)


def switched_off(config, features):
    """book_without에 적은 이름의 일들. 이름은 policy처럼 끝만 적는다."""
    names = {feature.rpartition(".")[2]: feature for feature in features}
    for name in set(config.book_without) - set(names):
        near = "".join(f"({guess}?)" for guess in get_close_matches(name, names, 1))
        log.warning("_config.yml의 book_without: 모르는 이름입니다: %s%s", name, near)
    return [feature for name, feature in names.items() if name in config.book_without]


def setup(app):
    from . import conventions, idle, repository

    app.add_config_value("book_without", [], "env")
    conventions.setup(app)
    repository.setup(app)
    idle.setup(app)
