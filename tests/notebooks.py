"""노트북 하나를 빈 폴더에서 홀로 실행한다."""

import os
import shutil
import subprocess
from functools import cache

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from nbclient import NotebookClient
from pypdf import PdfReader

from book import NOTEBOOKS, ROOT, WITH_CELLS, need

FONTS = """import matplotlib.font_manager as m, pathlib
m.findSystemFonts = lambda: [*map(str, pathlib.Path({!r}).glob('*'))]
"""
COLAB = "import sys, types\nsys.modules['google.colab'] = types.ModuleType('google.colab')\n"


def name(path):
    """노트북의 이름: chap6/6-2-numerical."""
    return path.relative_to(ROOT / "notebooks").with_suffix("").as_posix()


def page(path):
    """노트북을 만든 쪽: chapters/chap6/6-2-numerical."""
    return next(page for page in WITH_CELLS if page in (name(path), f"chapters/{name(path)}"))


FIGURES = next(path for path in NOTEBOOKS if path.stem == "6-2-numerical")


def read(path):
    return nbformat.read(path, nbformat.NO_CONVERT)


class Kernels(KernelSpecManager):
    """어떤 이름의 커널을 찾든 이 파이썬으로 띄운다."""

    def get_kernel_spec(self, kernel_name):
        return KernelSpec(
            argv=[self.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            language="python",
        )


@cache
def run(path, environment, fonts, temp):
    """노트북 하나와 데이터만 빈 폴더에 놓고 실행한다. (실행한 노트북, 그 폴더)를 돌려준다.

    한글 글꼴은 네 가지 경우로 시험한다: 책의 것(book), 컴퓨터의 것(computer),
    코랩에 설치한 것(colab), 없음(none).
    """
    need(
        (ROOT / ".venv" / environment / "ok").exists(),
        f"환경이 없습니다: .venv/{environment}. make test가 만듭니다",
    )
    folder = temp / f"{environment}-{fonts}-{name(path).replace('/', '-')}"
    home, here = folder / "home", folder / "book/notebooks/chap"
    installed, startup, bin_ = (
        home / "fonts",
        home / "ipython/profile_default/startup",
        home / "bin",
    )
    for new in (here, installed, startup, bin_):
        new.mkdir(parents=True)
    (startup / "fonts.py").write_text(
        FONTS.format(str(installed)) + (COLAB if fonts == "colab" else "")
    )
    if (path.parent / "data").is_dir():
        shutil.copytree(path.parent / "data", here / "data")
    if fonts == "book":
        shutil.copytree(ROOT / "fonts", folder / "book/fonts")
    elif fonts == "computer":
        shutil.copy(ROOT / "fonts/NanumMyeongjo.ttf", installed / "NanumGothic.ttf")
    elif fonts == "colab":
        (bin_ / "apt-get").write_text(
            '#!/bin/sh\n[ "$3" != fonts-nanum ] || '
            f'cp "{ROOT}/fonts/NanumBarunGothic.ttf" "{installed}"\n'
        )
        (bin_ / "apt-get").chmod(0o755)
    python = ROOT / ".venv" / environment / "bin/python"
    manager = Kernels()
    manager.python = str(python)
    env = {
        "PATH": f"{bin_}:{os.defpath}",
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(python.parents[1] / "matplotlib"),
        "LC_ALL": "C.UTF-8",
    }
    subprocess.run(
        [python, "-c", "import matplotlib.font_manager"], env=env, check=True
    )  # 글꼴 목록을 미리 만든다
    notebook = read(path)
    NotebookClient(
        notebook,
        timeout=300,
        resources={"metadata": {"path": here}},
        km=AsyncKernelManager(kernel_spec_manager=manager),
    ).execute(env=env, cleanup_kc=True)
    return notebook, here


def fonts_used(here):
    """저장한 그림에 쓰인 글꼴의 이름."""
    fonts = PdfReader(here / "imgs/chap6/fig6-1.pdf").pages[0]["/Resources"]["/Font"]
    return {font.get_object()["/BaseFont"].partition("+")[2] for font in fonts.values()}
