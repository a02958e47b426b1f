"""_config.yml에 적었으나 이 책에서는 아무 일도 하지 않는 설정을 줄과 함께 알린다(빌드가 실패한다).

Jupyter Book은 제 테마에만 있는 설정과 잘못 적은 이름을 말없이 넘긴다.
"""

from difflib import get_close_matches
from pathlib import Path

import yaml
from sphinx.util import logging

log = logging.getLogger(__name__)
WORKS = {
    "title",
    "author",
    "copyright",
    "logo",
    "exclude_patterns",
    "only_build_toc_files",
    "bibtex_bibfiles",
    "execute.execute_notebooks",
    "execute.exclude_patterns",
    "execute.timeout",
    "execute.allow_errors",
    "execute.stderr_output",
    "execute.eval_regex",
    "execute.raise_on_error",
    "execute.show_tb",
    "parse.myst_enable_extensions",
    "parse.myst_url_schemes",
    "parse.myst_substitutions",
    "html.use_multitoc_numbering",
    "latex.use_jupyterbook_latex",
    "sphinx.local_extensions",
}
BUTTONS = "코랩, Binder, 원고 보기, 문제 알리기 단추는 sphinx.config.book_repository의 slug를 적으면 생깁니다"
COUNTING = "이 책의 쪽은 다른 사이트에 아무것도 보내지 않습니다(machine/site/policy.py)"
FURO = "sphinx.config.html_theme_options에 furo의 설정으로 적습니다"
NOWHERE = "furo에는 그런 자리가 없습니다. 알릴 글은 쪽에 적습니다"
PRINT = "PDF는 machine/paper/print.css로 찍습니다"
BINDING = "전자책은 make epub이 묶습니다"
MATHS = "수식은 KaTeX로 그립니다. 매크로는 sphinx.config.book_macros에 적습니다"
RUNNING = "코드를 실행하는 자리는 machine/run이 정합니다"
ICON = "machine/page/appearance/static/favicon.svg를 바꿉니다"
ADDRESS = "sphinx.config.book_repository의 site를 적습니다"
# {이름: 대신 할 일}. 끝의 *는 그렇게 시작하는 이름 모두
NO_EFFECT = {
    "html.comments": "댓글은 sphinx.config.book_comments(giscus)로만 답니다",
    "launch_buttons": BUTTONS,
    "repository": BUTTONS,
    "html.use_edit_page_button": BUTTONS,
    "html.use_repository_button": BUTTONS,
    "html.use_issues_button": BUTTONS,
    "html.analytics": COUNTING,
    "html.google_analytics_id": COUNTING,
    "html.announcement": FURO,
    "html.extra_footer": NOWHERE,
    "html.extra_navbar": NOWHERE,
    "html.navbar_footer_text": NOWHERE,
    "html.home_page_in_navbar": NOWHERE,
    "html.favicon": ICON,
    "html.baseurl": ADDRESS,
    "latex.latex_engine": PRINT,
    "latex.latex_documents": PRINT,
    "execute.cache": RUNNING,
    "execute.run_in_temp": RUNNING,
    "parse.myst_dmath_double_inline": "sphinx.config.myst_dmath_double_inline에 적습니다",
    "parse.myst_extended_syntax": "parse.myst_enable_extensions에 하나씩 적습니다",
    "bibtex_reference_style": "sphinx.config.bibtex_reference_style에 적습니다",
    "project": "책의 이름은 title과 sphinx.config.html_title에 적습니다",
    "sphinx.extra_extensions": "sphinx.config.extensions에 줄을 더합니다",
    "sphinx.recursive_update": "바꿀 것을 sphinx.config에 모두 적습니다",
    "sphinx.config.mathjax*": MATHS,
    "sphinx.config.latex_*": PRINT,
    "sphinx.config.epub_*": BINDING,
    "sphinx.config.comments_config": "댓글은 sphinx.config.book_comments(giscus)로만 답니다",
    "sphinx.config.html_favicon": ICON,
    "sphinx.config.html_baseurl": ADDRESS,
    "sphinx.config.nb_execution_in_temp": RUNNING,
    "sphinx.config.nb_execution_cache_path": RUNNING,
    "sphinx.config.html_math_renderer": MATHS,
    "sphinx.config.thebe_config": BUTTONS,
}
# 값에 따라 알릴 것. {이름: (괜찮은 값인가, 대신 할 일)}
VALUES = {
    "only_build_toc_files": (
        lambda value: value is True,
        "false이면 README.md 같은 글도 쪽이 됩니다. true로 둡니다",
    ),
    "html.use_multitoc_numbering": (
        lambda value: value is False,
        "번호는 장 폴더의 이름에서 얻습니다. false로 둡니다",
    ),
    "latex.use_jupyterbook_latex": (lambda value: value is False, f"{PRINT}. false로 둡니다"),
    "execute.run_in_temp": (lambda value: value is True, RUNNING),
    "sphinx.config.html_theme": (
        lambda value: value == "furo",
        "모양은 furo에 맞추어 있습니다. furo로 둡니다",
    ),
    "sphinx.config.html_css_files": (
        lambda value: "://" not in str(value),
        "다른 사이트의 파일은 쓰지 않습니다. 내려받아 _static/에 둡니다",
    ),
    "sphinx.config.html_js_files": (
        lambda value: "://" not in str(value),
        "다른 사이트의 파일은 쓰지 않습니다. 내려받아 _static/에 둡니다",
    ),
}


def entries(loader, node, above=""):
    """(이름, 값, 줄): 아는 이름에 닿거나 더 나뉘지 않을 때까지."""
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        name = f"{above}{key.value}"
        if (
            name not in WORKS
            and not no_effect(name)
            and any(known.startswith(f"{name}.") for known in [*WORKS, *VALUES])
        ):
            yield from entries(loader, value, f"{name}.")
        else:
            yield name, loader.construct_object(value, deep=True), key.start_mark.line + 1


def no_effect(name):
    return next(
        (
            advice
            for known, advice in NO_EFFECT.items()
            if name == known or known.endswith("*") and name.startswith(known[:-1])
        ),
        "",
    )


def given(value):
    """무엇인가 켜거나 적었는가. 꺼 두거나 비워 둔 설정은 알리지 않는다."""
    return any(map(given, value.values())) if isinstance(value, dict) else bool(value)


def complaint(name, value, config):
    """알릴 글. 없으면 빈 글."""
    if name in VALUES:
        fine, advice = VALUES[name]
        return "" if fine(value) else f"{value}: {advice}"
    if advice := no_effect(name):
        return f"이 책에서는 아무 일도 하지 않습니다. {advice}" if given(value) else ""
    if name == "sphinx.local_extensions":
        idle = [extension for extension in value or {} if extension not in config.extensions]
        return f"sphinx.config.extensions에도 적습니다: {', '.join(idle)}" if idle else ""
    if name in WORKS or name.startswith("sphinx.config"):  # 그 아래의 모르는 이름은 Sphinx가 알린다
        return ""
    near = get_close_matches(name, WORKS | {*NO_EFFECT}, 1)
    return f"모르는 이름입니다{f'({near[0]}?)' if near else ''}. 지우거나 고쳐 적습니다"


def check(app, config):
    path = Path(app.srcdir, "_config.yml")
    if not path.is_file():
        return
    loader = yaml.SafeLoader(path.read_text("utf-8"))
    for name, value, line in entries(loader, loader.get_single_node()):
        if text := complaint(name, value, config):
            log.warning("_config.yml의 %s: %s", name, text, location=f"{path}:{line}")
    config.comments_config = {}  # 다른 사이트의 스크립트가 쪽에 들지 않게


def setup(app):
    app.connect("config-inited", check, priority=50)  # 확장들이 값을 바꾸기 전
