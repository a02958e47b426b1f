"""PDF를 찍는 데 쓰는 Pango가 있는지 본다. 가상 환경보다 먼저 실행하므로 표준 라이브러리만 쓴다.

이름은 WeasyPrint이 찾는 것과 같다(weasyprint/text/ffi.py).
"""

import ctypes
import sys

LIBRARIES = (
    ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib"),
    ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
    ("libfontconfig.so.1", "libfontconfig.1.dylib"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
)
MISSING = """PDF를 찍는 데 쓰는 Pango가 없습니다. 다음 명령으로 한 번만 설치하고 다시 실행하세요.
  Debian·Ubuntu: sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
  Fedora: sudo dnf install pango
  macOS: brew install pango
  윈도우: WSL의 우분투에서 책을 만듭니다. 설치 명령은 우분투의 것과 같습니다."""


def loads(name):
    try:
        return ctypes.CDLL(name)
    except OSError:
        return None


if __name__ == "__main__" and not all(any(map(loads, names)) for names in LIBRARIES):
    sys.exit(MISSING)
