"""다음 빌드에서도 쓰려고 남기는 것. 다 만든 책과 함께 남고, 기계나 패키지가 바뀌면 함께 버린다."""

import pickle
from functools import wraps
from hashlib import sha256

from machine.state import KEPT

data = {}  # {이름: 쪽을 읽거나 쓰면서 얻은 것}. 이번에 읽거나 쓰지 않은 쪽의 것도 남아 있다
_last, _used = {}, {}  # {글의 지문: 글에서 구한 것}


def by_text(function):
    """글만으로 정해지는 것을 한 번만 구한다. 쪽이 그대로이면 지난번에 구한 것을 쓴다."""

    @wraps(function)
    def call(*texts):
        name = f"{function.__module__}.{function.__name__}"
        key = sha256("\0".join([name, *texts]).encode()).digest()
        if key not in _used:
            _used[key] = _last[key] if key in _last else function(*texts)
        return _used[key]

    return call


def load(folder):
    """지난번에 남긴 것이 있으면 읽는다."""
    path = folder / KEPT
    if path.is_file():
        last_data, last_found = pickle.loads(path.read_bytes())
        data.update(last_data)
        _last.update(last_found)


def save(folder):
    """이번에 쓰지 않은 것은 버린다."""
    (folder / KEPT).write_bytes(pickle.dumps((data, _used)))
