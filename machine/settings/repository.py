"""공개한 저장소와 사이트의 주소. _config.yml의 book_repository에서 얻는다.

Jupyter Book의 repository 설정은 테마(sphinx-book-theme)만 읽고, 그 단추는 코랩에서 열리지 않는
.md를 연다.
"""

import os
import re
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import quote

from sphinx.util import logging

from machine import git
from machine.settings import ROOT
from machine.settings.conventions import notebook

log = logging.getLogger(__name__)
SLUG = re.compile(r"[^\W_][\w-]*/(?!\.+$)(?!.*\.git$)[\w.-]+", re.ASCII)


@dataclass(frozen=True)
class Repository:
    """책이 놓인 곳.

    Parameters
    ----------
    slug : str
        GitHub의 소유자/저장소. 아직 공개하지 않았으면 빈 문자열.
    branch : str
        노트북을 가져올 브랜치.
    site : str
        사이트의 주소. 빈 문자열이면 GitHub Pages의 주소.
    """

    slug: str = ""
    branch: str = "main"
    site: str = ""

    @property
    def home(self):
        """사이트의 주소. /로 끝나고, 모르면 빈 문자열."""
        if self.slug and not self.site:
            owner, name = self.slug.split("/")
            host = f"{owner.lower()}.github.io"
            return f"https://{host}/" + (f"{name}/" if name.lower() != host else "")
        return self.site and self.site.rstrip("/") + "/"

    def page(self, docname):
        """사이트에 있는 쪽의 주소. 사이트를 모르면 빈 문자열."""
        return self.home and f"{self.home}{quote(docname)}.html"

    def colab(self, docname):
        return f"https://colab.research.google.com/github/{self.blob(notebook(docname))}"

    def binder(self, docname):
        branch, path = quote(self.branch, safe=""), quote(f"lab/tree/{notebook(docname)}", safe="")
        return f"https://mybinder.org/v2/gh/{self.slug}/{branch}?urlpath={path}"

    def source(self, file):
        return f"https://github.com/{self.blob(file)}"

    def changes(self, file):
        """그 파일을 바꾼 커밋들."""
        return f"https://github.com/{self.slug}/commits/{quote(self.branch)}/{quote(file)}"

    def blob(self, file):
        return f"{self.slug}/blob/{quote(self.branch)}/{quote(file)}"

    def raw(self, folder):
        """폴더에 든 파일을 그대로 받는 주소의 앞. 저장소를 모르면 빈 문자열."""
        path = quote("/".join(filter(None, [self.branch, folder])))
        return self.slug and f"https://raw.githubusercontent.com/{self.slug}/{path}/"

    def report(self, title):
        """쪽의 제목이 적힌 새 이슈."""
        title, body = quote(f"{title}: "), quote("잘못된 곳:\n\n\n나온 오류나 고칠 글:\n\n")
        return f"https://github.com/{self.slug}/issues/new?title={title}&body={body}"


def repository(config):
    """_config.yml에 적힌 저장소."""
    return Repository(**config.book_repository)


def published(config):
    """이 사이트를 올릴 저장소. GitHub Actions에서는 (포크에서도) 빌드가 도는 저장소."""
    return running(repository(config))


def linked(config):
    """단추와 링크가 가리킬 저장소. 올릴 저장소를 모르면 깃의 origin이다.

    사이트의 주소와 커밋하는 파일에는 쓰지 않는다. 거기에 공개하는지는 알 수 없다.
    """
    here = published(config)
    return here if here.slug else replace(here, slug=origin())


@cache
def origin():
    return git.origin(ROOT)


def running(here):
    """책이 놓인 곳이 here일 때, 지금 빌드가 도는 저장소."""
    running = os.environ.get("GITHUB_REPOSITORY", "")
    if running in ("", here.slug) or not SLUG.fullmatch(running):
        return here
    site = "" if here.slug else here.site  # 남의 저장소에서 온 site는 쓰지 않는다
    return replace(here, slug=running, site=site)


def read(value, names):
    """설정에 적힌 것만 글자로 읽고, 모르는 이름은 알릴 글로: ({이름: 값}, [글])."""
    if value and not isinstance(value, dict):
        value = {str(value): value}
    given = {str(key): str(text) for key, text in (value or {}).items() if text}
    known = ", ".join(names)
    wrong = [f"모르는 이름입니다: {key}. {known}만 씁니다" for key in given if key not in names]
    return given, wrong


def checked(value):
    """(설정에 적힌 {이름: 값}, 틀린 것을 알리는 글들). 틀린 것이 있으면 적지 않은 것으로 친다."""
    given, wrong = read(value, Repository.__annotations__)
    if not SLUG.fullmatch(given.get("slug", "owner/book")):
        wrong.append(f"slug는 소유자/저장소 꼴이어야 합니다(예: owner/book): {given['slug']}")
    if not re.fullmatch(r"https?://[^\s?#]+", given.get("site", "https://book")):
        wrong.append(f"site는 https://로 시작하는 주소여야 합니다: {given['site']}")
    return {} if wrong else given, wrong


def check(config):
    """틀린 것을 알린다(빌드가 실패한다)."""
    config.book_repository, wrong = checked(config.book_repository)
    for message in wrong:
        log.warning("_config.yml의 book_repository: %s", message)
    running = os.environ.get("GITHUB_REPOSITORY") or "owner/book"
    if not SLUG.fullmatch(running):
        log.warning("GITHUB_REPOSITORY는 소유자/저장소 꼴이어야 합니다: %s", running)


def setup(app):
    app.add_config_value("book_repository", {}, "env")
    app.add_config_value("book_comments", {}, "env")
    check(app.config)
