"""모은 것을 브라우저가 받는 파일로 나눈다. 검색을 처음 열 때 책 전체를 기다리지 않게 한다.

파일로 연 책에서도 받도록 모두 스크립트이다(page/carried.py).

- index.js: 아래 파일들의 이름. 이것만 이름이 그대로이고, 쓸 때마다 서버에 새것이 있는지 묻는다.
- engine: 찾는 스크립트.
- head: 제목, 용어, 번호, 찾아보기 말, 코드의 이름. 여기까지 받으면 찾기 시작한다.
- learned: 책 전체에서 배운 조사와 어미.
- text: 장(폴더)마다, 본문.

이름에 내용의 해시가 들어, 한 장을 고치면 그 장의 text와 index.js, 배운 것이 달라졌으면 learned와
head만 바뀐다.
"""

import json
import re
import shutil
from collections import defaultdict
from pathlib import Path
from posixpath import dirname

import quickjs

from machine.page.carried import carrying, to_json
from machine.page.scripts import digest, to_send
from machine.tree.anchors import slug

HERE = Path(__file__).parent
SCRIPTS = ("engine/korean.js", "engine/finder.js", "minisearch/minisearch.js")
LEARN = "(head, texts) => JSON.stringify(Finder.learn(JSON.parse(head), JSON.parse(texts)))"
INDEX = "index.js"
HANGUL = re.compile("[가-힣]+")


def engine():
    """찾는 스크립트 하나."""
    scripts = [(HERE / name).read_text("utf-8") for name in SCRIPTS]
    return to_send("\n".join(scripts))


def learn(code, head, texts):
    """조사와 어미를 배운다. 브라우저가 쓰는 스크립트로 배워야 브라우저가 가르는 것과 맞는다."""
    context = quickjs.Context()
    context.eval(code)
    learned = json.loads(context.eval(LEARN)(to_json(head), to_json(texts)))
    return dict(sorted(learned.items()))


def first_names(pages):
    """{쪽의 주소: 절마다, 그 장에서 처음 나온 코드의 이름들}. 거듭 적으면 무겁다."""
    seen, found = defaultdict(set), defaultdict(list)
    for url, (_, records) in pages.items():
        met = seen[dirname(url)]
        for record in records:
            found[url].append(", ".join(name for name in record.code_names if name not in met))
            met.update(record.code_names)
    return found


def place(record):
    """이름표에서 제목의 낱말로 지은 곳은 #으로 줄인다. finder.js의 anchorOf가 되돌린다."""
    words = slug(record.title)
    own = record.anchor in (words, f"term-{words}")
    return record.anchor.removesuffix(words) + "#" if own and words else record.anchor


def heads(pages):
    """쪽마다 [쪽의 이름, [[줄인 이름표, 제목, 열쇠말, {번호: 이름표}, 코드의 이름들], …]]."""
    names = first_names(pages)
    return {
        url: [
            title,
            [[place(r), r.title, r.keys, r.numbers, new] for r, new in zip(records, names[url])],
        ]
        for url, (title, records) in pages.items()
    }


def bodies(pages):
    """쪽마다, 절들의 [[글, [오류의 글, …]], …]."""
    return {url: [[r.text, r.errors] for r in records] for url, (_, records) in pages.items()}


def by_folder(texts):
    folders = defaultdict(dict)
    for url, rows in texts.items():
        folders[dirname(url)][url] = rows
    return [*folders.values()]


def inner_words(pages):
    """제목과 열쇠말의 모든 도막. 붙여 쓴 꼴의 도막도 든다."""
    words = set()
    for _, records in pages.values():
        for record in records:
            text = f"{record.title},{record.keys}".replace(" ", "")
            for word in HANGUL.findall(text):
                size = len(word)
                words |= {word[i:j] for i in range(size) for j in range(i + 1, size + 1)}
    return words


def write(folder, pages):
    """folder를 새로 쓴다. pages는 책의 차례대로 {쪽의 주소: [쪽의 이름, [Record, …]]}."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    def save(kind, text):
        data = text.encode()
        name = f"{kind}-{digest(data)}.js"
        (folder / name).write_bytes(data)
        return name

    code, texts = engine(), bodies(pages)
    lists = json.loads((HERE / "korean.json").read_text("utf-8"))
    head = {"lists": lists, "pages": heads(pages)}
    learned = learn(code, head, texts)
    known = {stem: learned[stem] for stem in sorted(learned.keys() & inner_words(pages))}
    names = {
        "engine": save("engine", code),
        "head": save("head", carrying({**head, "learned": known})),
        "learned": save("learned", carrying(learned)),
        "texts": [save("text", carrying(part)) for part in by_folder(texts)],
    }
    (folder / INDEX).write_text(carrying(names), "utf-8")
