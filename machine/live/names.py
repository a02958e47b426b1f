"""셀이 읽고, 만들고, 바꾸는 이름을 좇아, 브라우저에 없는 패키지가 있어야 하는 셀을 가린다.

그런 셀은 실행하지 않으므로 그 셀이 만들거나 바꾼 것을 읽는 셀도 실행할 수 없다. 함수는 정한 때가
아니라 부르는 때에 이름을 읽으며, 함수의 이름을 읽으면 부르는 것으로 본다. 실행하지 않고 글만 보므로
알 수 없는 것은 실행할 수 없는 쪽으로 친다. 인자로 받은 것과 반복 변수를 고쳐 앞의 것을 바꾸는 일은
보지 못하며, 그것은 출력을 견주는 시험이 찾는다.
"""

import ast
import builtins
import symtable
from collections import ChainMap
from dataclasses import dataclass, field

from IPython.core.inputtransformer2 import TransformerManager

IMPORT, GLOBAL = (
    "import ",
    "global ",
)  # 모듈을 부르는 것과 함수가 바깥의 이름을 바꾸는 것도 이름에 적는다
ANY = "*"  # 이름을 알 수 없는 것
OF_IPYTHON = {"get_ipython", "display"}
RUN_TEXT = {"exec", "eval"}
SEE_ALL = {"globals", "locals", "vars"}
SCOPES = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass
class Later:
    """그것을 부르면 읽을 이름들. like는 만들 때 쓴 이름으로, 그것이 함수이면 그것처럼 읽는다."""

    reads: set = field(default_factory=set)
    like: set = field(default_factory=set)

    def grow(self, other):
        self.reads |= other.reads
        self.like |= other.like


@dataclass
class Made:
    """앞의 셀들이 만든 이름 하나: 있어야 하는 패키지와, 부르면 읽을 이름들."""

    needs: set = field(default_factory=set)
    later: set = field(default_factory=set)
    is_imported: bool = False


def modules(node):
    """그 속에서 부르는 모듈들을 이름으로."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import):
            yield from (IMPORT + alias.name.split(".")[0] for alias in inner.names)
        elif isinstance(inner, ast.ImportFrom):
            yield IMPORT + (inner.module or "").split(".")[0]
        elif isinstance(inner, ast.Call) and called(inner) in ("import_module", "__import__"):
            if text := constant(inner, 0):
                yield IMPORT + text.split(".")[0]


def called(call):
    """부르는 것의 마지막 이름."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def constant(call, at):
    """그 자리의 인자가 글자 그대로이면 그 글."""
    value = call.args[at] if len(call.args) > at else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def inside(node):
    """함수를 부를 때 읽는 바깥의 이름들."""
    found, tables = set(modules(node)), symtable.symtable(ast.unparse(node), "cell", "exec")
    tables = [*tables.get_children()]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in filter(symtable.Symbol.is_global, table.get_symbols()):
            found.add(symbol.get_name())
            if symbol.is_declared_global() and symbol.is_assigned():
                found.add(GLOBAL + symbol.get_name())
    return found


def root(node):
    """x[0].y나 x.f().y의 x. f().y처럼 이름에서 시작하지 않으면 빈 글."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return ""
    return getattr(node, "id", "")


def names_in(node):
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


class Cell(ast.NodeVisitor):
    """셀 하나를 실행하는 차례로 읽는다.

    reads는 앞의 셀에서 온 것, made는 만든 것, sure는 그 가운데 늘 만드는 것, changes는 속이 바뀐 것,
    imported는 import로 만든 것이다. is_blind이면 어느 이름을 읽고 만드는지 알 수 없다.
    """

    def __init__(self, source):
        self.reads, self.changes, self.imported = set(), set(), set()
        self.made, self.sure, self.local = {}, set(), set()
        self.is_blind = False
        for tree in self.parsed(source):
            self.visit(tree)

    def parsed(self, source):
        """파이썬이 아닌 줄(매직, 셸)은 IPython처럼 파이썬으로 옮겨 읽는다."""
        try:
            yield ast.parse(source)
        except SyntaxError:
            self.reads.add(IMPORT + "IPython")
            try:
                yield ast.parse(TransformerManager().transform_cell(source))
            except SyntaxError:
                self.is_blind = True

    # ---- 읽고 만든다

    def load(self, name):
        """이름을 읽는다. 이 셀에서 만든 함수이면 그것이 읽는 것도."""
        if name in self.local or name in self.reads:
            return
        if name not in self.sure:
            self.reads.add(name)
        later = self.made.get(name, Later()).reads
        self.local.add(name)  # 저를 부르는 함수를 끝없이 좇지 않게
        for other in later:
            self.load(other)
        self.local.discard(name)

    def bind(self, name, later=None):
        self.made[name] = later or Later()
        self.sure.add(name)

    def change(self, name, later=None):
        """속을 바꾼다. 함수를 넣으면 그것처럼 읽는다."""
        self.changes.add(name)
        if later:
            self.made.setdefault(name, Later(like={name})).grow(later)

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Store):
            self.bind(node.id)
        else:
            self.load(node.id)
        if isinstance(node.ctx, ast.Del):
            self.change(node.id)

    def assign(self, target, later):
        if isinstance(target, ast.Name):
            self.bind(target.id, later)
        elif isinstance(target, (ast.Attribute, ast.Subscript)):
            self.visit(target)
            self.change(root(target), later)
        else:
            for part in getattr(target, "elts", [getattr(target, "value", None)]):
                self.assign(part, later)

    def value(self, node):
        """값을 구하고, 그것을 부르면 읽을 이름들을 돌려준다."""
        if isinstance(node, ast.Lambda):
            self.defaults(node.args)
            return Later(inside(node))
        self.visit(node)
        return Later(like=names_in(node))

    def visit_Assign(self, node):
        later = self.value(node.value)
        for target in node.targets:
            self.assign(target, later)

    def visit_AnnAssign(self, node):
        self.visit(node.annotation)
        if node.value:
            self.assign(node.target, self.value(node.value))

    def visit_AugAssign(self, node):
        later = self.value(node.value)
        if isinstance(node.target, ast.Name):
            self.load(node.target.id)
        self.assign(node.target, later)

    def visit_NamedExpr(self, node):
        self.bind(node.target.id, self.value(node.value))

    def visit_Expr(self, node):
        """값을 쓰지 않고 부르는 것은 무엇인가를 바꾸려는 것이다."""
        self.visit(node.value)
        if isinstance(node.value, ast.Call):
            call = node.value
            if called(call) in ("setattr", "delattr") and call.args:
                self.change(root(call.args[0]))
            elif isinstance(call.func, ast.Attribute):
                self.change(root(call.func))

    def visit_Attribute(self, node):
        self.visit(node.value)
        if not isinstance(node.ctx, ast.Load):
            self.change(root(node))

    def visit_Subscript(self, node):
        self.visit(node.slice)
        self.visit_Attribute(node)

    # ---- 불러온다

    def visit_Import(self, node):
        for alias in node.names:
            self.bring(node, alias.asname or alias.name.split(".")[0])

    def visit_ImportFrom(self, node):
        for alias in node.names:
            self.bring(node, alias.asname or alias.name)

    def bring(self, node, name):
        self.reads.update(modules(node))
        self.imported.add(name)
        if name != "*":
            self.bind(name)

    # ---- 갈래와 반복

    def visit_If(self, node):
        """한쪽에서만 만드는 이름은 앞의 것일 수도 있다."""
        self.visit(node.test)
        before, ends = self.sure, []
        for branch in (node.body, node.orelse):
            self.sure = {*before}
            self.each(branch)
            ends.append(self.sure)
        self.sure = ends[0] & ends[1]

    def each(self, statements):
        for statement in statements:
            self.visit(statement)

    def visit_For(self, node):
        self.visit(node.iter)
        self.visit(node.target)
        self.each(node.body + node.orelse)

    visit_AsyncFor = visit_For

    def visit_ExceptHandler(self, node):
        if node.type:
            self.visit(node.type)
        if node.name:
            self.bind(node.name)
        self.each(node.body)

    def capture(self, node):
        """match의 틀이 만드는 이름."""
        self.generic_visit(node)
        if name := getattr(node, "name", None) or getattr(node, "rest", None):
            self.bind(name)

    visit_MatchAs = visit_MatchStar = visit_MatchMapping = capture

    def generic_visit(self, node):
        if isinstance(node, SCOPES):
            self.comprehension(node)
        else:
            super().generic_visit(node)

    def comprehension(self, node):
        outer = self.local
        for part in node.generators:
            self.visit(part.iter)
            self.local = self.local | names_in(part.target)
            self.each(part.ifs)
        for name in ("key", "value", "elt"):
            if inner := getattr(node, name, None):
                self.visit(inner)
        self.local = outer

    # ---- 함수와 클래스

    def defaults(self, args):
        self.each([value for value in args.defaults + args.kw_defaults if value])

    def visit_FunctionDef(self, node):
        self.each(node.decorator_list)
        self.defaults(node.args)
        self.bind(node.name, Later(inside(node), names_in(ast.Tuple(node.decorator_list))))

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node):
        """곧 부를 수 있다."""
        self.defaults(node.args)
        for name in inside(node):
            self.load(name)

    def visit_ClassDef(self, node):
        """클래스를 부르면 메서드도 부를 수 있다. 속에서 정한 이름은 밖에서 보이지 않는다."""
        self.each(node.decorator_list + node.bases + [item.value for item in node.keywords])
        made, sure = self.made, self.sure
        self.made, self.sure = ChainMap({}, made), {*sure}
        self.each(node.body)
        later = Later(like=names_in(ast.Tuple(node.bases + node.decorator_list)))
        for method in self.made.maps[0].values():
            later.grow(method)
        self.made, self.sure = made, sure
        self.bind(node.name, later)

    # ---- 글을 실행한다

    def visit_Call(self, node):
        self.reads.update(name for name in modules(node) if isinstance(node, ast.Call))
        self.generic_visit(node)
        name = called(node)
        if name in RUN_TEXT or name == "run_cell_magic":
            self.run(constant(node, 2 if name == "run_cell_magic" else 0))
        elif name in SEE_ALL and not node.args:
            self.is_blind = True

    def run(self, text):
        """글자 그대로의 글이면 읽고, 아니면 무엇이든 할 수 있다."""
        try:
            self.visit(ast.parse(text))
            self.is_blind = self.is_blind or not text
        except SyntaxError:
            self.is_blind = True


class Names:
    """앞의 셀들이 만든 이름들. importable은 브라우저에서 부를 수 있는 모듈들."""

    def __init__(self, importable):
        self.importable, self.known = importable, {}

    def reached(self, names):
        """그 이름들과, 그것을 부르면 읽을 이름들."""
        todo, seen = [*names], set()
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += self.known[name].later if name in self.known else ()
        return seen

    def needed_by(self, name):
        if name.startswith(IMPORT):
            module = name.removeprefix(IMPORT)
            return {module} - self.importable - {""}
        if name in self.known:
            return self.known[name].needs
        if name in OF_IPYTHON:
            return {"IPython"} - self.importable
        return set() if hasattr(builtins, name) else self.known.get(ANY, Made()).needs

    def needs(self, cell):
        """셀을 실행하는 데 있어야 하지만 브라우저에 없는 패키지들."""
        names = self.reached(cell.reads)
        if cell.is_blind:
            names |= self.known.keys()
        return set().union(*map(self.needed_by, names))

    def add(self, cell, needs):
        """셀을 지나온다. needs가 있으면 그 셀은 실행하지 않는다."""
        for name, later in cell.made.items():
            reads = later.reads.union(*(self.later(other) for other in later.like))
            kept = Made() if name in cell.sure else self.known.get(name, Made())
            is_imported = name in cell.imported
            self.known[name] = Made(kept.needs | needs, kept.later | reads, is_imported)
        if needs:
            self.spoil(cell, needs)

    def later(self, name):
        return self.known[name].later if name in self.known else set()

    def spoil(self, cell, needs):
        """실행하지 않는 셀이 바꾸었을 것은 읽을 수 없다. 모듈은 바뀌지 않는 것으로 본다."""
        reached = self.reached(cell.reads)
        changed = cell.changes | {
            name.removeprefix(GLOBAL) for name in reached if name.startswith(GLOBAL)
        }
        for name in changed - {""}:
            made = self.known.setdefault(name, Made())
            if not made.is_imported:
                made.needs = made.needs | needs
        if cell.is_blind or ANY in cell.imported:
            made = self.known.setdefault(ANY, Made())
            made.needs = made.needs | needs


def needs(cells, importable):
    """셀마다, 브라우저에 없는데 있어야 하는 패키지들. cells는 차례로 놓인 (글, 묶음).

    셀의 앞에는 본문(main)의 셀들과 같은 묶음의 셀들만 실행한다.
    """
    read = [(Cell(source), part) for source, part in cells]
    found = []
    for cell, part in read:
        names = Names(importable)
        for (earlier, group), needed in zip(read, found):
            if group in ("main", part):
                names.add(earlier, needed)
        found.append(names.needs(cell))
    return [sorted(needed) for needed in found]
