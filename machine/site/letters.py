"""책에 쓰인 글자 가운데 읽는 이의 컴퓨터에 없는 것을 사이트에서 받게 한다.

book.css는 읽는 이의 글꼴 뒤에 책의 글꼴을 적는다. 브라우저는 앞의 글꼴에 없는 글자가 나올 때에만
뒤의 것을 받는다. 한글과 영문은 어디에나 있으므로 담지 않는다.

Č처럼 라틴 1 밖의 부호 붙은 글자만은 책의 글꼴로 먼저 그린다. 브라우저는 앞의 글꼴에 C와 부호가
따로 있으면 둘을 겹쳐 그리는데, 한중일 글꼴에서는 부호가 옆의 글자에 붙는다(Cěch).
"""

from pathlib import Path
from unicodedata import decomposition

from machine.maths.letters import subset_font
from machine.settings.conventions import HANJA, LATIN, MONO, SANS, SYMBOLS, codes, font

NAMES = [LATIN[MONO], LATIN[SANS], HANJA, SYMBOLS]
FIRST = {LATIN[MONO]: "MarkedMono", LATIN[SANS]: "MarkedSans"}  # book.css가 맨 앞에 적는 이름
FACE = "@font-face {{ font-family: {}; src: url(letters/{}.woff2); unicode-range: {} }}\n"


def finish(app, pages):
    static = Path(app.outdir, "_static")
    used, faces = set().union(*pages.values()), ""
    (static / "letters").mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        drawn = sorted(char for char in used if not char.isspace() and ord(char) in codes(name))
        if drawn:
            made = subset_font(font(name), "".join(drawn), Path(app.srcdir, "_build/.katex_fonts"))
            (static / f"letters/{name}.woff2").write_bytes(made.read_bytes())
            faces += face(name, name, drawn)
            marked = [char for char in drawn if is_marked(char)]
            if marked and name in FIRST:
                faces += face(FIRST[name], name, marked)
    (static / "letters.css").write_text(faces, "utf-8")


def is_marked(char):
    """라틴 1 밖의, 글자와 부호로 나뉘는 글자인가."""
    return char > "ÿ" and char.isalpha() and decomposition(char)[:1] not in ("", "<")


def face(family, name, chars):
    return FACE.format(family, name, ", ".join(f"U+{ord(char):X}" for char in chars))


def setup(app):
    app.add_css_file("letters.css")
