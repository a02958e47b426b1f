"""책의 글꼴에 없는 글자를, 쪽을 나누기 전에 쪽과 줄로 알린다."""

from machine.settings import ROOT
from machine.settings.conventions import unknown

AROUND = 12  # 원고에 그대로 없는 글자의 앞뒤에 적을 글자 수


def place(name, *texts):
    """texts 가운데 처음 찾은 것이 있는 원고의 줄. 하나도 없으면 쪽만."""
    file = next((file for file in (f"{name}.md", name) if (ROOT / file).is_file()), "")
    lines = (ROOT / file).read_text("utf-8").split("\n") if file else []
    for text in filter(None, texts):
        for number, line in enumerate(lines, 1):
            if text in line:
                return f"{file}:{number}"
    return name


def unknown_letters(name, texts):
    """글자마다 알림 하나. texts는 (글, 그 글자가 원고에 그대로 없을 때 대신 찾을 글)들."""
    told = set()
    for text, beside in texts:
        for char in sorted({*unknown(text)} - told):
            told.add(char)
            where, line = place(name, char), next(x for x in text.split("\n") if char in x)
            before, _, after = line.partition(char)
            around = f" ({before[-AROUND:]}{char}{after[:AROUND]})" if where == name else ""
            where = place(name, char, beside)
            yield f"{where}: 책의 글꼴에 없는 글자입니다: {char} (U+{ord(char):04X}){around}"


def page_texts(art):
    """쪽의 글들. 셀의 출력은 그 셀의 코드로 줄을 찾는다."""
    for text in art.strings:
        if unknown(text) and not text.find_parent(class_="katex"):
            cell = text.find_parent(class_="cell")
            code = cell and cell.select_one(".cell_input pre")
            yield text, code.get_text().strip().split("\n")[0] if code else ""
    for x in art.select("abbr[title]"):
        yield x["title"], ""
