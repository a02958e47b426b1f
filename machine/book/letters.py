"""책의 글꼴에 없는 글자를, 쪽을 나누기 전에 쪽과 줄로 알린다."""

from machine import manuscript
from machine.settings import ROOT
from machine.settings.conventions import unknown

AROUND = 12  # 글자의 앞뒤에 적을 글자 수


def line_with(path, text):
    """글이 있는 "파일:줄". 없으면 빈 글."""
    if not (path and text):
        return ""
    name, lines = path.relative_to(ROOT).as_posix(), manuscript.lines(path)
    return next((manuscript.place(name, number) for number, line in lines if text in line), "")


def place(name, char, beside=""):
    """글자가 있는 줄, 없으면 그 글자를 낸 셀이나 그림의 줄, 문헌의 줄. 그것도 없으면 쪽만."""
    page = manuscript.find(name)
    found = line_with(page, char) or line_with(page, beside)
    return found or next(filter(None, (line_with(x, char) for x in ROOT.glob("*.bib"))), name)


def unknown_letters(name, texts):
    """글자마다 알림 하나. texts는 (글, 그 글자가 원고에 그대로 없을 때 대신 찾을 글)들."""
    told = set()
    for text, beside in texts:
        for char in sorted({*unknown(text)} - told):
            told.add(char)
            before, after = next(x for x in text.split("\n") if char in x).split(char, 1)
            around = f"({before[-AROUND:]}{char}{after[:AROUND]})"
            said = f"책의 글꼴에 없는 글자입니다: {char} (U+{ord(char):04X})"
            yield f"{place(name, char, beside)}: {said} {around}"


def page_texts(art):
    """쪽의 글들. 셀의 출력은 그 셀의 코드로 줄을 찾는다."""
    for text in art.strings:
        if unknown(text) and not text.find_parent(class_="katex"):
            cell = text.find_parent(class_="cell")
            code = cell and cell.select_one(".cell_input pre")
            yield text, code.get_text().strip().split("\n")[0] if code else ""
    for x in art.select("abbr[title]"):
        yield x["title"], ""
