"""휠에서 쓰지 않을 것을 빼고 컴파일하여 묶는다. Pyodide 안에서 실행한다."""

import importlib.util
import io
import marshal
import re
import tarfile
import zipfile

# 빼는 것: {패키지(*는 모두): 파일 이름의 무늬들}. 없으면 조용히 다른 길로 가는 것은 빼지 않는다.
# numpy/f2py가 없으면 sympy.lambdify는 math를 쓰고, fontTools/feaLib이 없으면 PDF는 저장되지 않는다.
DROPPED = {
    "*": [
        r"(^|/)tests/|(^|/)conftest\.py$",
        r"\.(pyi|pxd|pyx|h|c|a)$|/py\.typed$",  # 컴파일러와 편집기가 읽는 것
        r"\.dist-info/RECORD$|(^|\.data/data/)share/",  # 지울 때 보는 것, man 쪽
    ],
    "python": [
        r"^(multiprocessing|ensurepip)/|^asyncio/windows_",
        # 소켓이 있어야 하는 것. http.client와 urllib은 다른 것들이 부른다
        r"^(nntplib|telnetlib|imaplib|smtplib|ftplib|poplib|mailbox|socketserver)\.py|^http/server\.py",
        r"^(xmlrpc|wsgiref)/",
    ],
    "numpy": [r"_(umath|rational|struct_ufunc)_tests\.|_operand_flag_tests\."],
    "matplotlib": [
        r"/(sample_data|images|afm|pdfcorefonts|plot_directive|sphinxext)/|/kpsewhich\.lua$",
        r"/(DejaVuSerif|DejaVuSansMono-)",
        r"/_(tkagg|macosx)\.|/_?backend_(gtk|qt|wx|tk|mac|nb|webagg|cairo)|/qt_|/web_backend/",
    ],
    "pillow": [r"/_(webp|imagingft|imagingtk)\.cpython"],
    # 맷플롯립이 PDF로 저장할 때만 쓴다
    "fonttools": [r"^fontTools/(ufoLib|voltLib|mtiLib|svgLib|qu2cu|merge|t1Lib|tfmLib)"],
    "python-dateutil": [r"/dateutil-zoneinfo\.tar\.gz$"],
    "sympy": [
        r"/benchmarks/|^isympy",
        r"^sympy/physics/(quantum|mechanics|continuum_mechanics|vector|control|biomechanics|optics|hep)/",
        r"^sympy/parsing/(autolev|latex|c|fortran)/",
    ],
    "networkx": [r"\.bz2$"],
}
DATE = (1980, 1, 1, 0, 0, 0)


def is_dropped(package, name):
    patterns = [*DROPPED["*"], *DROPPED.get(package, [])]
    return any(re.search(pattern, name) for pattern in patterns)


def kept(archive, package):
    """{이름: 내용}."""
    names = [name for name in archive.namelist() if not name.endswith("/")]
    return {name: archive.read(name) for name in names if not is_dropped(package, name)}


def compiled(source, path):
    """원본의 때를 묻지 않는 .pyc. 도움말과 줄 번호는 남고 원본은 없다(inspect는 OSError를 낸다)."""
    code = marshal.dumps(compile(source, path, "exec", dont_inherit=True))
    return importlib.util.MAGIC_NUMBER + b"\1\0\0\0" + bytes(8) + code


def with_compiled(files, folder, used):
    """used에 든 파일만 컴파일한다. 모두 하면 받을 것이 3 MB 는다. folder는 브라우저에서 풀릴 곳."""
    made = {}
    for name, data in files.items():
        path = f"{folder}/{name}"
        if path in used:
            name, data = f"{name}c", compiled(data, path)
        made[name] = data
    return made


def zipped(files):
    """파이썬이 시작하면서 읽는 zip. 때와 차례가 늘 같다."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, DATE)
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def packed(files):
    """한 덩어리로 줄인 tar. 파일마다 줄이는 휠보다 삼분의 일쯤 작다. 닮은 것끼리 이어 놓는다."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:bz2", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files, key=lambda name: (name.rpartition(".")[2], name)):
            entry = tarfile.TarInfo(name)
            entry.size = len(files[name])
            archive.addfile(entry, io.BytesIO(files[name]))
    return out.getvalue()
