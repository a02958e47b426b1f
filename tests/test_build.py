"""책을 만드는 일의 시험: 책의 사본이나 작은 책을 실제로 만들어 본다."""

import os
import pickle
import re
import shutil
import subprocess
import sys
import unicodedata
from errno import ENOSPC
from types import SimpleNamespace
from urllib.parse import unquote

import nbformat
import pytest
import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbformat.v4 import new_code_cell, new_notebook

from book import ROOT, cache_folder, listed, make, page_of, search_files
from machine import dates
from machine.files import writing
from machine.run import mend_cache
from machine.settings import repository
from machine.tree.theorems import NAMES
from test_notebooks import leftovers
from tiny import add_samples, set_slug, tiny_book


@pytest.fixture
def tiny(tmp_path):
    """쪽을 바꾸어 가며 만들어 본다."""
    return tiny_book(tmp_path / "book")


@pytest.fixture(scope="module")
def unpublished(tmp_path_factory):
    """공개하지 않은 작은 책. 책에 쓸 수 있는 요소가 한 번씩 있다."""
    book = tiny_book(tmp_path_factory.mktemp("unpublished") / "book")
    set_slug(book, 'slug: ""')
    add_samples(book)
    with (book / "chapters/chap6/6-2-two.md").open("a", encoding="utf-8") as file:
        file.write(
            "\n글 {cite:p}`wengert1964`, {cite:t}`griewank2008`, {cite:year}`wengert1964`.\n"
        )
    (book / "README.md").write_text("<!-- 절의 표: -->\n<!-- 끝 -->\n", "utf-8")
    (book / "notebooks").mkdir()
    status, screen = make(book, "notebooks")
    assert status == 0, screen
    return book


def test_unpublished_book_has_no_dead_buttons(unpublished):
    status, screen = make(unpublished, "html")
    notices = re.findall("^알림: .*", screen, re.M)
    assert status == 0 and len(notices) == len(set(notices)), screen
    assert [said for said in notices if "slug가 없어" in said], screen
    section = page_of(unpublished, "chapters/chap6/6-1-one")
    assert [a["href"] for a in section.select("nav.launch a")] == [
        "../../notebooks/chap6/6-1-one.ipynb"
    ]
    made = {path.name for path in (unpublished / "_build/html").iterdir()}
    assert not {"404.html", "sitemap.xml", "robots.txt"} & made
    assert not page_of(unpublished, "index").select('link[rel="canonical"], meta[property]')
    readme = (unpublished / "README.md").read_text("utf-8")
    assert "단추는 책을 공개한 뒤" in readme and "/blob/" not in readme and "mybinder" not in readme


@pytest.mark.parametrize(
    "given, named",
    [
        ({"slug": "https://github.com/a/b"}, "소유자/저장소"),
        ({"slug": "a/b.git"}, "소유자/저장소"),
        ({"slog": "a/b"}, "모르는 이름입니다: slog"),
        ({"slug": "a/b", "site": "a.github.io"}, "https://로 시작하는"),
        ("a/b", "모르는 이름입니다: a/b"),
    ],
)
def test_wrong_repository_is_said_in_korean(monkeypatch, given, named):
    """이 말이 빌드를 멈추는 것은 test_complete.py가 본다."""
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    said, config = [], SimpleNamespace(book_repository=given)
    monkeypatch.setattr(repository.log, "warning", lambda text, *parts: said.append(text % parts))
    repository.check(config)
    assert len(said) == 1 and said[0].startswith("_config.yml의 book_repository: ")
    assert named in said[0] and config.book_repository == {}


def test_pictures_downloads_and_numbers_are_offline_and_searched(unpublished):
    assert make(unpublished, "html")[0] == 0
    site = unpublished / "_build/html"
    worker, folder = (site / "sw.js").read_text("utf-8"), site / "chapters/chap6"
    page = page_of(unpublished, "chapters/chap6/6-3-samples")
    called = [img["src"] for img in page.select("article img")]
    called += [a["href"] for a in page.select("article a.download, article a.image-reference")]
    called = [address for address in called if not address.startswith("data:")]
    files = [unicodedata.normalize("NFC", unquote(address)) for address in called]
    names = ("50% #1 (가).JPG", "빈 칸.webp", "풀어쓴.png", "글.svg", "값 #1.csv", "풀어쓴.csv")
    assert not [name for name in names if not any(file.endswith(f"/{name}") for file in files)]
    for address in called:
        assert (folder / unquote(address)).is_file(), address
        assert f'"{address.removeprefix("../../")}"' in worker, address
    _, sections = search_files(site).head["pages"]["chapters/chap6/6-3-samples.html"]
    numbers = {label: place for _, _, _, places, *_ in sections for label, place in places.items()}
    assert numbers["정리 6-1"] == "thm-mean" and {"보조정리 6-1", "알고리즘 6-1"} < numbers.keys()
    finder = (ROOT / "machine/site/search/engine/finder.js").read_text("utf-8")
    kinds = re.search('"\\((그림.*?)\\)"', finder)[1].split("|")
    assert {*NAMES.values()} <= {*kinds}


# 저자가 적은 HTML
WRITTEN_HTML = """<hr />

<a href="https://example.com">책 밖</a>의 글

<p>단락
둘째 줄</p>

<center>가운데 <font color="navy" size="4">남색 글</font></center>

글 <center>글줄 속의 가운데</center>"""


def test_every_element_reads_well_in_a_notebook(unpublished):
    notebook = nbformat.read(unpublished / "notebooks/chap6/6-3-samples.ipynb", 4)
    texts = [
        re.sub(r"base64,[\w+/=]+", "base64,", cell.source)
        for cell in notebook.cells
        if cell.cell_type == "markdown"
    ]
    plain = [text.replace(WRITTEN_HTML, "") for text in texts]
    assert [leftovers(text) for text in plain] == [[]] * len(texts)
    text = "\n\n".join(texts)
    assert "<Figure size" not in text  # {glue}로 붙인 그림
    assert "늘 있는 글입니다." in text and "말하는 단추" not in text
    for part in (
        'alt="가로축과 세로축만 있는 빈 그림"',
        "씁니다<sup>1)</sup>. 미분, Baydin *et al.* [1], [6.1절](6-1-one.ipynb), "
        "[책 밖](https://example.com/a_b), 이 쪽, 1\\~2와",
        "\n\\tag{6.2}\n$$",
        "\\begin{aligned}",
        "- **용어**\n\n  뜻풀이",
        "**목록 6-1** 코드의 제목\n\n```python",
        "> $$ x = 1 $$",
        "**그림 6-2** 곧은 선 $y=x$\n\n<details>\n"
        "<summary>그림에 보이는 것</summary>\n\n왼쪽 아래에서",
        "![점 \\[하나\\]](data:image/png;base64,)\n\n**그림 6-3** 점 하나, 식 (6.2)",
        "> **참고**\n>\n> 알림\n>\n> - 하나",
        "> **제목 $x$**",
        "<summary>팁</summary>\n\n접은 도움말\n\n</details>",
        "<summary>펼쳐 보기 $x$</summary>",
        "> **하나**\n>\n> 첫째",
        "> **연습문제 6-3 (어려운 문제)**\n>\n> 연습문제 6-4를",
        "<summary>풀이: 연습문제 6-3 (어려운 문제)</summary>\n\n$x=1$입니다.",
        "<summary>풀이: 연습문제 6-4</summary>\n\n먼저 생각합니다.",
        "<summary>풀이: 연습문제 6-4</summary>\n\n끝입니다.",
        "**표 6-2** 값\n\n| 방법 $\\vert{}x\\vert{}$ | 값 |\n| --- | --- |\n"
        "| `a\\|b` | 1.49893749 |\n| 전방 | 1.50000000 |",
        "## 제목 $e^x$와 `grad`, **굵은(bold)** 글<sup>2)</sup>",
        "<strong>경사 하강법(gradient descent)</strong>은, <strong>“따옴표”</strong>를",
        "이것은<strong>“붙은 것”</strong>이고 <em>기울임(italic)</em>은 "
        "<s>지운 글(old)</s>도 <em><strong>둘 다(both)</strong></em>를",
        "<strong>`grad`</strong>은, <strong>$x^2$</strong>은, 이 책의 "
        "<strong>이름(name)</strong>은 바꾼 글, 제목 $e^x$와 `grad`, "
        "**굵은(bold)** 글, 연습문제 6-5.",
        r"2\*\*3, \$5, \~\~, \`a\`, \{x}, \:::, \[^x]입니다.",
        "- □ <strong>할 일(todo)</strong>은\n- ■ 한 일",
        "| <strong>이름(name)</strong>은 |",
        r"<summary>$\frac{df}{dx}$의 <strong>뜻(meaning)</strong>과 "
        "<code>grad</code><sup>3)</sup></summary>",
        "<summary>풀이: 연습문제 6-5 (제곱 $x^2$)</summary>",
        "> **탭 $x_1$**",
        "4. 넷\n5. 다섯",
        "x<sup>3</sup>, `` a`b ``, (\\_a\\_), 줄<br/>",
        "\\- 빼기",
        "````markdown\n```python",
        "$$ a = 1  + 2 $$",
        r"a = \sqrt{1} \\",
        "바로 아래의 식\n\n$$\nc = 3\n$$\n\n다음 글, 글줄 속의\n\n$$\nd = 4\n$$\n\n이어지는 글.",
        WRITTEN_HTML,
        "$$\n\\begin{aligned}\ne &= 5\n\\end{aligned}\n$$\n\n$f = ",
        "f = \\begin{pmatrix} 6 \\end{pmatrix}$",
        "- 항목 둘\n\n  $$\n  g = 7",
        "풀이: 연습문제 6-3 (어려운 문제)를 부릅니다. `Ctrl+C`, PDF(문서 형식).",
        "| :--- | ---: | :---: |\n| ㄱ | 0.5 | ㄴ |",
        "— 적은 사람",
        "**가운데 글**",
        "* 나란한 둘",
        "이름의 값",
        "- `--long=VAL` 긴 옵션",
        "> **정리 6-1 (평균값 정리 $f'(c)$)**\n>\n> $f'(c)=",
        "> ![정리에 둔 점 하나](data:image/png;base64,)\n>\n> **그림 6-5** 정리의 그림",
        "> **증명.**\n>\n> 정리 6-1은 보조정리 6-1에서 나옵니다. 정리 6-1, 정리 6-1 (평균값",
        "<summary>증명.</summary>\n\n$$\nx = 2\n$$",
        "> **정의 (번호 없는 것)**",
        "<summary>정리 6-2</summary>",
        "![이름에 빈칸이 있는 그림](data:image/webp;base64,) "
        "![풀어 쓴 이름의 그림](data:image/png;base64,)",
        "![이름에 부호가 있는 그림](data:image/jpeg;base64,)",
        '<img src="data:image/svg+xml;base64," alt="글을 적은 그림">',
        "값과 `풀어 쓴 값`을 내려받습니다.",
        "카드의 속",
        "그림에 덧붙인 글",
        "<sup>4)</sup> 식이 든 각주입니다.\n\n$$\ny = x^2 + 1\n$$\n\n"
        "식 뒤의 글입니다<sup>1)</sup>.\n\n```python\nprint",
        "- 각주의 항목",
        "<sup>1)</sup> 각주에서도 식 (6.2)를",
        "두 번호<sup>1)</sup><sup>2)</sup>, H<sub>2</sub>O",
        "**참고문헌**\n\n- [1] Atilim",
    ):
        assert part in text, part
    assert "주석" not in text
    code = {cell.source: cell.metadata for cell in notebook.cells if cell.cell_type == "code"}
    assert (
        code["#@title 접은 셀\nprint(1)"]["jupyter"]
        == code["#@title 풀이: 연습문제 6-4\nassert 1 + 1 == 2"]["jupyter"]
        == {"source_hidden": True}
    )
    assert code["%%time\na = 1"]["jupyter"] == {"source_hidden": True}  # 첫 줄이 매직이어야 한다
    assert code["print(2)"]["jupyter"] == {"outputs_hidden": True}


def test_a_notebook_numbers_its_own_references(unpublished):
    """책에서는 [3]과 [2]이다. 다른 장의 문헌이 늘어도 커밋한 노트북은 그대로이다."""
    notebook = nbformat.read(unpublished / "notebooks/chap6/6-2-two.ipynb", 4)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "글 [2], Griewank and Walther [1], 1964." in text
    assert re.findall(r"^- \[(\d+)\] (\w+)", text, re.M) == [("1", "Andreas"), ("2", "Robert")]


NOT_IN_NOTEBOOKS = {  # 원고의 글: 알리는 말
    "$$\na \\tag{1} \\tag{2}\n$$": "절로 붙는 번호와 겹칩니다",
    "<button>HTML</button>": "옮길 수 없는 요소입니다: raw <button>",
    '글 <a href="6-2-two.md">둘째</a>': "옮길 수 없는 요소입니다: raw <a",
    ":::{versionadded} 1.0\n:::": "옮길 수 없는 요소입니다: versionmodified",
    "```{code-cell} ipython3\n:tags: [remove-cell]\n1\n```": "코드 셀 수가 원고와 다릅니다",
}


def test_what_a_notebook_cannot_hold_stops_the_build(tiny):
    page = tiny / "chapters/chap6/6-1-one.md"
    page.write_text(page.read_text("utf-8") + "\n" + "\n\n".join(NOT_IN_NOTEBOOKS) + "\n", "utf-8")
    status, screen = make(tiny, "notebooks")
    told = [line for line in listed(tiny, "notebook") if "6-1-one.md" in line]
    assert status != 0, screen
    for named in NOT_IN_NOTEBOOKS.values():
        assert len([line for line in told if named in line]) == 1, told


def test_a_mended_book_builds(tiny):
    page = tiny / "chapters/chap6/6-1-one.md"
    good = page.read_text("utf-8")
    assert make(tiny, "html")[0] == 0
    page.write_text(good + "\n```{code-cell} ipython3\n1/0\n```\n", "utf-8")
    assert make(tiny, "html")[0] != 0
    page.write_text(good.replace("# 첫째 절", "# 새 절"), "utf-8")
    old = tiny / "_build/.last/doctrees/index.doctree"  # 옛 _build는 없어진 모듈을 가리킨다
    assert pickle.loads(old.read_bytes())
    old.write_bytes(b"cno_such_module\nThing\n.")
    status, screen = make(tiny, "html")
    assert status == 0, screen


def test_cache_ends_with_pins_fonts_and_profile(tmp_path):
    """주석과 줄의 차례로는 끝나지 않는다."""
    (tmp_path / "fonts").mkdir()
    seen = set()
    for file, text in (
        ("requirements.lock", "numpy==1"),
        ("requirements.lock", "# 주석\nnumpy==1  # 까닭\n\n"),
        ("requirements.lock", "numpy==2\nsympy==1"),
        ("requirements.lock", "sympy==1\nnumpy==2"),
        ("fonts/Nanum.ttf", "가"),
    ):
        (tmp_path / file).write_text(text)
        seen.add(cache_folder(tmp_path))
    assert len(seen) == 3


def test_missing_font_is_named(tiny):
    (tiny / "fonts").unlink()
    status, screen = make(tiny, "html")
    assert status != 0 and "글꼴이 없습니다: fonts/NanumBarunGothic.ttf" in screen


@pytest.mark.parametrize("target", ["html", "pdf"])
@pytest.mark.parametrize("said", ["pyenv: python3.12: command not found", "파이썬 3.10.4"])
def test_wrong_python_is_refused_and_nothing_is_lost(tiny, target, said):
    """파이썬이 말한 까닭도 보인다. 화면이 라틴 1이어도 한국어로 알린다."""
    shim = tiny / "pyenv's shims/python3.12"
    shim.parent.mkdir()
    shim.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 127\n", "utf-8")
    shim.chmod(0o755)
    latin = {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1"}
    status, screen = make(tiny, target, f"PYTHON={shim}", **latin)
    assert status != 0 and "파이썬 3.11 이상이 아니거나" in screen and (tiny / ".venv").exists()
    assert f"{shim}\n{said}\n" in screen
    status, screen = make(tiny, target, SOURCE_DATE_EPOCH="내일", **latin)
    assert status != 0 and "1970년부터 센 초를 적습니다" in screen and "Traceback" not in screen


def test_no_network_is_said_in_korean(tiny):
    """자물쇠의 주석만 바뀌었으면 설치하지 않는다."""
    (tiny / ".venv").unlink()
    nowhere = "http://127.0.0.1:9/"
    offline = {
        "PYTHON": sys.executable,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": nowhere,
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
    }
    status, screen = make(tiny, "html", f"TORCH_INDEX={nowhere}", **offline)
    assert status != 0 and "패키지를 설치하지 못했습니다" in screen
    if sys.platform == "linux":
        assert "CPU용 torch를 받지 못해" in screen
    lock = tiny / "requirements.lock"
    text = lock.read_text("utf-8")
    (tiny / ".venv/ok").write_text(re.sub("^#.*\n", "", text, flags=re.M), "utf-8")
    lock.write_text(f"# 더한 주석\n{text}", "utf-8")
    assert make(tiny, ".venv/ok", f"TORCH_INDEX={nowhere}", **offline) == (0, "")


def recorded(folder):
    """두 쪽을 실행한 결과의 캐시."""
    cache = get_cache(folder)
    for name in "ab":
        notebook = new_notebook(cells=[new_code_cell(name, outputs=[])])
        cache.cache_notebook_bundle(CacheBundleIn(notebook, f"{name}.md"), check_validity=False)
    return cache


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path):
    path.write_bytes(b"")


DAMAGES = [  # 상하게 하기, 남는 결과의 수
    ("global.db", cut, 0),
    ("global.db", emptied, 0),
    ("executed/*/base.ipynb", cut, 1),
    ("executed/*/base.ipynb", emptied, 1),
    ("executed/*/base.ipynb", lambda path: path.write_text("{}"), 1),
    ("executed/*/base.ipynb", lambda path: path.unlink(), 1),
    ("executed/*", shutil.rmtree, 1),
    ("__version__.txt", lambda path: None, 2),
]


@pytest.mark.parametrize("name, damage, left", DAMAGES)
def test_a_damaged_cache_is_said_and_mended(tmp_path, capsys, name, damage, left):
    recorded(tmp_path / "cache").db.dispose()
    damage(sorted((tmp_path / "cache").glob(name))[0])
    mend_cache(tmp_path / "cache")
    assert ("다시 실행합니다" in capsys.readouterr().out) is (left < 2)
    assert len(get_cache(tmp_path / "cache").list_cache_records()) == left


def test_no_half_file_is_left(tmp_path):
    path = tmp_path / "book.epub"
    for text in (None, "앞서 만든 것"):
        with pytest.raises(OSError), writing(path) as half:
            half.write_text("반쪽", "utf-8")
            raise OSError(ENOSPC, "디스크가 가득 찼다")
        assert [file.read_text("utf-8") for file in tmp_path.iterdir()] == [text] * bool(text)
        path.write_text("앞서 만든 것", "utf-8")


def test_the_date_of_the_book(tmp_path, monkeypatch):
    """적은 초, 마지막 커밋, 받은 묶음의 CITATION.cff에서 처음 있는 것."""
    monkeypatch.setattr(dates, "ROOT", tmp_path)
    monkeypatch.setenv(dates.NAME, "")
    assert dates.seconds() == dates.NEITHER
    shutil.copy(ROOT / "CITATION.cff", tmp_path)
    released = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["date-released"]
    assert dates.date().date() == released
    (tmp_path / "_config.yml").touch()
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    environment = os.environ | {"GIT_COMMITTER_DATE": "@86400 +0000"}
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "a"]):
        subprocess.run([*git, *command], cwd=tmp_path, env=environment, check=True)
    assert dates.seconds() == 86400
    monkeypatch.setenv(dates.NAME, "0")
    assert dates.seconds() == 0
    for wrong in ("내일", "-1", "1e9", "9" * 13):
        monkeypatch.setenv(dates.NAME, wrong)
        with pytest.raises(SystemExit, match=wrong):
            dates.seconds()
