"""책을 만드는 명령: python -m machine html | notebook | linkcheck | pdf [장] | epub | imgs."""

import sys
from importlib import import_module

MAKERS = {"pdf": "machine.paper.make", "epub": "machine.ebook.make", "imgs": "machine.run.images"}


def main(target, *chosen):
    if target in MAKERS:
        return import_module(MAKERS[target]).main(*chosen)
    return import_module("machine.build").main(target)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
