"""노트북이 읽는 데이터: 옆에 두는 사본과, 사본이 없는 곳(코랩)에서 그것을 가져오는 셀.

JupyterLab과 Binder에는 노트북의 옆에 사본이 있다. 코랩은 노트북만 열므로 저장소에서 받고, 저장소를
모르거나 받지 못하면 어느 파일을 어디에 올릴지 말한다.
"""

import shutil
from hashlib import sha256
from posixpath import dirname, join
from pprint import pformat
from textwrap import indent

import nbformat
from sphinx.util import logging

from machine.run.data import read_by
from machine.settings.repository import repository
from machine.state import DATA

log = logging.getLogger(__name__)
TAKEN = "노트북의 옆에 둘 다른 데이터와 이름이 같습니다: %s. 한쪽의 파일 이름을 바꿉니다"
TAG = "data"
TITLE = "이 노트북이 읽는 데이터 가져오기"
# names는 읽을 파일들, site는 그것이 있는 곳의 주소. 저장소를 모르면 빈 글
CODE = """#@title {title}
def bring(names, site, remedy):
    from pathlib import Path
    from urllib.parse import quote
    from urllib.request import urlopen
    lost = []
    for name in names:
        if Path(name).is_file():
            continue
        try:
            content = urlopen(site + quote(name), timeout=60).read()
        except Exception:
            lost.append(name)
        else:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(content)
    if lost:
        raise FileNotFoundError('데이터 파일이 없습니다: ' + ', '.join(lost) + '. ' + remedy)

bring({names},
      {site},
      {remedy})
"""
REMEDY = (
    "{where}에 있는 그 파일을 내려받아, 이 노트북이 있는 곳에 폴더 data를 만들어 그 속에 적힌 "
    "이름대로 두고 이 셀을 다시 실행하세요. 코랩에서는 왼쪽의 파일 창에 올립니다."
)


def copy(env, docname, folder):
    """노트북이 놓일 폴더에 사본을 둔다. chapters/의 쪽과 맨 위의 쪽은 노트북을 한 폴더에 둔다."""
    for name, path in read_by(env, docname).items():
        copied = folder / name
        if copied.is_file() and copied.read_bytes() != path.read_bytes():
            log.warning(TAKEN, name, location=docname)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copied)


def cells(env, docname):
    """[데이터를 가져오는 셀]. 읽는 데이터가 없으면 빈 목록."""
    names = [*read_by(env, docname)]
    if not names:
        return []
    folder, repo = dirname(env.doc2path(docname, False)), repository(env.config)
    place = join(folder, DATA)
    where = repo.source(place) if repo.slug else f"책의 저장소의 {place}"
    code = CODE.format(
        title=TITLE,
        names=indent(pformat(names, width=90), " " * 6).strip(),
        site=repr(repo.raw(folder)),
        remedy=repr(REMEDY.format(where=where)),
    )
    cell = nbformat.v4.new_code_cell(code.strip())
    folded = {"cellView": "form", "jupyter": {"source_hidden": True}}
    cell.metadata = {"tags": [TAG, "hide-input"], **folded}
    cell.id = sha256(code.encode()).hexdigest()[:12]
    return [cell]
