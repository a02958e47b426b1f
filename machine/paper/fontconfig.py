"""컴퓨터에 깔린 글꼴을 보지 않게 한다. 어느 컴퓨터에서 찍어도 같은 책이 된다.

WeasyPrint은 CSS에 없는 글자나 모르는 이름의 글꼴을 Fontconfig에서 찾고, 그것을 막는 설정이 없다.
"""

import os
import tempfile
from html import escape
from pathlib import Path

from weasyprint.text.fonts import FontConfiguration

from machine.settings.conventions import FONTS, MONO, SANS, SERIF

KINDS = {"serif": SERIF, "sans-serif": SANS, "monospace": MONO}


def only_book_fonts():
    """책의 글꼴만 아는 Fontconfig. 저자의 그림이 모르는 글꼴을 부르면 고딕으로 찍는다."""
    file = Path(tempfile.gettempdir(), "fonts.conf")
    rules = [f"<cachedir>{escape(str(file.parent))}</cachedir>"]
    for kind, name in KINDS.items():
        rules.append(f"<alias><family>{kind}</family><prefer>{families(name)}</prefer></alias>")
    rules.append(f"<match><edit name='family' mode='append_last'>{strings(SANS)}</edit></match>")
    file.write_text(f"<fontconfig>{''.join(rules)}</fontconfig>", "utf-8")
    os.environ["FONTCONFIG_FILE"] = str(file)
    return FontConfiguration()


def families(name):
    return "".join(f"<family>{family}</family>" for family in FONTS[name])


def strings(name):
    return "".join(f"<string>{family}</string>" for family in FONTS[name])
