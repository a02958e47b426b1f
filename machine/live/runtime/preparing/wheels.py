"""휠에서 쓰지 않을 것을 빼고 컴파일한다. Pyodide 안에서 실행한다."""

import importlib.util
import io
import marshal
import re
import zipfile

# 빼는 것: {패키지(*는 모두): 파일 이름의 무늬}. 없으면 조용히 다른 길로 가는 것(numpy/f2py가 없으면
# sympy.lambdify는 math를, fontTools/feaLib이 없으면 PDF는 저장되지 않는다)은 빼지 않는다.
DROPPED = {
    "*": r"(^|/)tests/|(^|/)conftest\.py$|\.(pyi|pxd|pyx|h|c|a)$|/py\.typed$|(^|\.data/data/)share/",
    "matplotlib": r"/(sample_data|images|afm|pdfcorefonts|plot_directive|sphinxext|web_backend)/"
    r"|/kpsewhich\.lua$|/_(tkagg|macosx)\.|/_?backend_(gtk|qt|wx|tk|mac|nb|webagg|cairo)|/qt_",
    "sympy": r"/benchmarks/|^isympy",
    "networkx": r"\.bz2$",
}
DATE = (1980, 1, 1, 0, 0, 0)


def is_dropped(package, name):
    patterns = (DROPPED[key] for key in ("*", package) if key in DROPPED)
    return any(re.search(pattern, name) for pattern in patterns)


def compiled(source, path):
    """원본의 때를 묻지 않는 .pyc. 도움말과 줄 번호는 남는다."""
    code = marshal.dumps(compile(source, path, "exec", dont_inherit=True))
    return importlib.util.MAGIC_NUMBER + b"\1\0\0\0" + bytes(8) + code


def slimmed(archive, package, folder):
    """{이름: 내용}. folder는 브라우저에서 풀릴 곳."""
    made = {}
    for name in sorted(archive.namelist()):
        if name.endswith("/") or is_dropped(package, name):
            continue
        data = archive.read(name)
        if name.endswith(".py"):
            name, data = f"{name}c", compiled(data, f"{folder}/{name}")
        made[name] = data
    return made


def packed(files):
    """때와 차례가 늘 같은 zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, DATE)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()
