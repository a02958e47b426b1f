"""앞의 것과 같은 셀은 그곳만 알린다: 준비 셀과, 앞 절의 함수를 다시 적은 셀."""

import re

from machine.book.elements import element
from machine.book.model import slug
from machine.book.whole import squeezed
from machine.paper.notes import see
from machine.settings.conventions import AGAIN

LONG = 12  # 줄바꿈이 이보다 많으면 코드와 출력 사이에서 쪽을 나눌 수 있다


class Cells:
    """지금까지 찍은 셀: `places`는 {코드나 함수: (이름표, 절)}, `codes`는 이어 적은 코드."""

    def __init__(self):
        self.places, self.codes = {}, ""

    def shorten(self, page, section):
        for n, cell in enumerate(page.article.select(".cell")):
            cell["id"] = cell.get("id") or f"{slug(page.doc)}--cell-{n}"
            code = cell.get_text().strip()
            note = None if cell.select_one(".cell_output") else self.note(cell, code)
            if note:
                for x in [cell, *cell.find_all(id=True)]:  # 이 셀을 부르는 링크는 이 알림으로 온다
                    note.append(element("span", {"id": x["id"]}))
                cell.replace_with(note)
                del page.written[cell["data-piece"]]  # 같은 코드가 앞에 있다
                continue
            for name in [code, *re.findall(r"^(?:def|class) (\w+)", code, re.M)]:
                self.places[name] = cell["id"], section
            self.codes += squeezed(code)
            if code.count("\n") > LONG:
                cell["class"].append("long")

    def note(self, cell, code):
        """같은 것이 앞에 있으면 그것을 알리는 문단."""
        if "tag_setup" in cell["class"] and code in self.places:
            target, section = self.places[code]
            return see([f"준비 셀은 {section}의 것과 같습니다("], target, ").")
        again = AGAIN.match(code)
        functions = again[2].split(", ") if again else []
        if not functions or not self.printed(code, functions):
            return None
        names = [x for name in functions for x in (", ", element("code", {}, name))][1:]
        where = f"의 코드는 {again[1]}에 있습니다("
        return see([*names, where], self.places[functions[0]][0], ").")

    def printed(self, code, functions):
        """첫 줄의 설명 말고는 모두 앞에서 찍은 코드인가."""
        parts = re.split(r"\n(?=\S)", code)[1:]
        known = all(name in self.places for name in functions)
        return known and all(squeezed(part) in self.codes for part in parts)
