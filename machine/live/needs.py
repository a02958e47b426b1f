"""브라우저에 없는 패키지가 있어야 하는 셀을 가린다.

그런 셀은 실행하지 않으므로, 그 셀이 만들거나 바꾼 것을 읽는 셀도 실행할 수 없다. 알 수 없는 것은
실행할 수 없는 쪽으로 친다. 반복 변수나 인자를 거쳐 앞의 것을 바꾸는 일, 값을 쓰면서 부른 메서드가
바꾸는 일은 보지 못한다. 그것은 실행한 출력을 쪽의 것과 견주는 시험이 찾는다.
"""

import builtins
from dataclasses import dataclass, field

from machine.live.names import GLOBAL, IMPORT, STAR, Cell

MAIN = "main"  # 본문의 셀들. 어느 셀의 앞에서나 실행한다
OF_IPYTHON = {"get_ipython", "display"}  # 노트북이면 늘 있는 이름


@dataclass
class Name:
    """앞의 셀이 만든 이름: 그것이 있으려면 있어야 하는 패키지들과, 부르면 읽을 이름들."""

    needs: set = field(default_factory=set)
    later: set = field(default_factory=set)
    is_imported: bool = False


class Known:
    """앞의 셀들이 만든 이름들. importable은 브라우저에서 부를 수 있는 모듈들."""

    def __init__(self, importable):
        self.importable, self.names = importable, {}

    def of(self, name):
        return self.names.get(name) or Name()

    def reached(self, cell):
        """셀이 읽는 이름들과, 그것을 부르면 읽을 이름들."""
        todo, seen = [*cell.reads, *(self.names if cell.is_blind else ())], set()
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += self.of(name).later
        return seen

    def needed_by(self, name):
        if name.startswith(IMPORT):
            return {name.removeprefix(IMPORT)} - self.importable
        if name in self.names or name.startswith(GLOBAL):
            return self.of(name).needs
        if name in OF_IPYTHON:
            return {"IPython"} - self.importable
        return set() if hasattr(builtins, name) else self.of(STAR).needs

    def needs(self, cell):
        return set().union(*map(self.needed_by, self.reached(cell)))

    def pass_by(self, cell, needs):
        """셀을 지난다. needs가 있으면 그 셀은 실행하지 않는다."""
        reached = self.reached(cell)
        for name, later in cell.made.items():
            old = Name() if name in cell.sure else self.of(name)
            grown = old.later | self.settled(later)
            self.names[name] = Name(old.needs | needs, grown, name in cell.imported)
        for name, later in cell.changed.items():
            self.spoil(name, needs)
            self.names[name].later = self.names[name].later | self.settled(later)
        if needs:
            for name in reached:
                if name.startswith(GLOBAL):
                    self.spoil(name.removeprefix(GLOBAL), needs)
            if cell.is_blind:
                self.spoil(STAR, needs)

    def settled(self, later):
        """지금 아는 것으로, 부르면 읽을 이름들."""
        return later.reads.union(*(self.of(name).later for name in later.like))

    def spoil(self, name, needs):
        """실행하지 않은 셀이 바꾸었을 것은 읽을 수 없다. 모듈은 바뀌지 않는 것으로 본다."""
        known = self.names.setdefault(name, Name())
        if not known.is_imported:
            known.needs = known.needs | needs


def needs(cells, importable):
    """셀마다, 브라우저에 없는데 있어야 하는 패키지들. cells는 차례로 놓인 (글, 묶음).

    셀의 앞에서는 본문의 셀들과 같은 묶음의 셀들만 실행한다.
    """
    passed = []
    for source, part in cells:
        cell, known = Cell(source), Known(importable)
        for earlier, group, needed in passed:
            if group in (MAIN, part):
                known.pass_by(earlier, needed)
        passed.append((cell, part, known.needs(cell)))
    return [sorted(needed) for _, _, needed in passed]
