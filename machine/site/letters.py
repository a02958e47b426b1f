"""책에 쓰인 글자 가운데 읽는 이의 컴퓨터에 없는 것을 사이트에서 받게 한다.

book.css는 읽는 이의 글꼴 뒤에 책의 글꼴을 적는다. 브라우저는 앞의 글꼴에 없는 글자가 나올 때에만
뒤의 것을 받는다. 한글과 영문은 어디에나 있으므로 담지 않는다.
"""

from pathlib import Path

from machine.maths.letters import subset_font
from machine.settings.conventions import HANJA, LATIN, MONO, SANS, SYMBOLS, codes, font

NAMES = [LATIN[MONO], LATIN[SANS], HANJA, SYMBOLS]
FACE = "@font-face {{ font-family: {0}; src: url(letters/{0}.woff2); unicode-range: {1} }}\n"


def finish(app, pages):
    static = Path(app.outdir, "_static")
    used, faces = set().union(*pages.values()), ""
    (static / "letters").mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        drawn = sorted(char for char in used if not char.isspace() and ord(char) in codes(name))
        if drawn:
            made = subset_font(font(name), "".join(drawn), Path(app.srcdir, "_build/.katex_fonts"))
            (static / f"letters/{name}.woff2").write_bytes(made.read_bytes())
            faces += FACE.format(name, ", ".join(f"U+{ord(char):X}" for char in drawn))
    (static / "letters.css").write_text(faces, "utf-8")


def setup(app):
    app.add_css_file("letters.css")
