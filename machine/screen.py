"""화면을 닫아도(make html | head -1) 책은 끝까지 만든다. 남은 말은 버린다."""

import os
import sys
from io import BufferedWriter, FileIO, TextIOWrapper

IN, OUT, ERROR = range(3)


class Screen(TextIOWrapper):
    """읽는 쪽이 닫으면 버리는 곳으로 바꾸는 화면."""

    def write(self, text):
        self.or_drop(super().write, text)
        return len(text)

    def flush(self):
        self.or_drop(super().flush)

    def or_drop(self, act, *text):
        try:
            act(*text)
        except OSError:  # 읽는 쪽이 닫았거나, 적을 디스크가 가득 찼다
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())


def open_closed():
    """닫힌 채로 온 것(make html >&-)을 열어, 다음에 여는 파일이 화면의 번호를 갖지 않게 한다."""
    for number in (IN, OUT, ERROR):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # 비어 있는 가장 작은 번호를 얻는다


def prepare():
    open_closed()
    for name, number in (("stdout", OUT), ("stderr", ERROR)):
        old = getattr(sys, name)
        encoding, errors = (old.encoding, old.errors) if old else ("utf-8", "replace")
        file = BufferedWriter(FileIO(number, "w", closefd=False))
        setattr(sys, name, Screen(file, encoding, errors, line_buffering=number == ERROR))
