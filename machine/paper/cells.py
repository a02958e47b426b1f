"""앞의 것과 같은 셀은 그곳만 알린다: 준비 셀과, 앞 절의 함수를 다시 적은 셀."""

import re

from machine.book.elements import element
from machine.book.model import slug
from machine.book.whole import squeezed
from machine.paper.notes import see
from machine.settings.conventions import AGAIN


def section(page):
    """ "9.1절". 절이 아닌 쪽이면 빈 글."""
    number = page.article.select_one("h1 .section-number")
    text = number.get_text().strip() if number else ""
    return f"{text}절" if "." in text else ""


def cells(page):
    """(셀, 찍을 때의 이름표)들."""
    for n, cell in enumerate(page.article.select(".cell")):
        yield cell, cell.get("id") or f"{slug(page.doc)}--cell-{n}"


class Cells:
    """지금까지 찍은 셀: `places`는 {코드나 함수: (이름표, 절)}, `codes`는 이어 적은 코드.

    준비 셀은 절에 찍는다. 절의 앞에 번호가 없는 쪽이 있으면 그 쪽에서는 뒤의 절을 알린다(`setups`).
    """

    def __init__(self, pages):
        self.places, self.codes, self.setups = {}, "", {}
        for page in filter(section, pages):
            for cell, name in cells(page):
                if "tag_setup" in cell["class"] and not cell.get("id"):
                    self.setups.setdefault(cell.get_text().strip(), (name, section(page)))

    def shorten(self, page):
        where = section(page) or f"「{page.article.h1['data-said']}」"
        for cell, name in cells(page):
            cell["id"] = name
            code = cell.get_text().strip()
            note = None if cell.select_one(".cell_output") else self.note(page, cell, code)
            if note:
                for x in [cell, *cell.find_all(id=True)]:  # 이 셀을 부르는 링크는 이 알림으로 온다
                    note.append(element("span", {"id": x["id"]}))
                cell.replace_with(note)
                del page.written[cell["data-piece"]]  # 같은 코드를 다른 곳에 찍는다
                continue
            for name in [code, *re.findall(r"^(?:def|class) (\w+)", code, re.M)]:
                self.places[name] = cell["id"], where
            self.codes += squeezed(code)

    def note(self, page, cell, code):
        """같은 것을 찍는 곳이 있으면 그것을 알리는 문단."""
        setups = self.places if section(page) else self.setups | self.places
        if "tag_setup" in cell["class"] and code in setups:
            target, where = setups[code]
            return see([f"준비 셀은 {where}의 것과 같습니다("], target, ").")
        again = AGAIN.match(code)
        functions = again[2].split(", ") if again else []
        if not functions or not self.printed(code, functions):
            return None
        names = [x for name in functions for x in (", ", element("code", {}, name))][1:]
        told = f"의 코드는 {again[1]}에 있습니다("
        return see([*names, told], self.places[functions[0]][0], ").")

    def printed(self, code, functions):
        """첫 줄의 설명 말고는 모두 앞에서 찍은 코드인가."""
        parts = re.split(r"\n(?=\S)", code)[1:]
        known = all(name in self.places for name in functions)
        return known and all(squeezed(part) in self.codes for part in parts)
