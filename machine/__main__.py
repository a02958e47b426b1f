"""책을 만드는 명령.

python -m machine html | notebook | linkcheck | pdf [장] | epub | imgs | serve
"""

import sys
from importlib import import_module

from machine import state

MAKERS = {
    "pdf": "machine.paper.make",
    "epub": "machine.ebook.make",
    "imgs": "machine.run.images",
    "serve": "machine.preview",
}


def main(target, *chosen):
    if target in MAKERS:
        return import_module(MAKERS[target]).main(*chosen)
    if target != "html":
        return import_module("machine.build").main(target)
    with state.alone():
        current = state.now()
        if state.is_made(current):
            print("바뀐 것이 없습니다.")
            return 0
        return import_module("machine.build").main(target, current)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
