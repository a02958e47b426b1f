"""다 쓴 파일만 제자리에 둔다. 디스크가 차거나 도중에 멈추어도 반쪽 파일이 남지 않는다."""

import os
import shutil
from contextlib import contextmanager


@contextmanager
def writing(path):
    """여기에 쓸 파일. 다 쓴 다음에야 path의 이름을 갖는다."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}.half")  # 나란히 도는 프로세스와 섞이지 않게
    try:
        yield half
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def write(path, data):
    with writing(path) as half:
        half.write_bytes(data)


def copy(source, path):
    with writing(path) as half:
        shutil.copyfile(source, half)
