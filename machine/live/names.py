"""셀 하나를 실행하는 차례로 읽어, 읽고 만들고 바꾸는 이름을 적는다. 실행하지 않고 글만 본다.

함수는 정할 때가 아니라 부를 때에 바깥의 이름을 읽으므로, 함수의 이름을 읽으면 부르는 것으로 본다.
모듈을 부르는 것(import torch)과 함수가 바깥의 이름을 정하는 것(global x)도 읽는 이름으로 적는다.
"""

import ast
import re
import symtable
from collections import ChainMap
from dataclasses import dataclass, field

from IPython.core.inputtransformer2 import TransformerManager

INLINE = re.compile(r"^%matplotlib +inline *$", re.M)  # 쪽의 그림은 늘 그렇다(kernel.py)
IMPORT, GLOBAL = "import ", "global "
STAR = "*"  # from … import *
BY_NAME = {"import_module", "__import__"}  # 모듈의 이름을 글로 받는다
RUN_TEXT = {"exec": 0, "eval": 0, "run_cell_magic": 2}  # {글을 실행하는 것: 몇째 인자가 글인가}
SEE_ALL = {"globals", "locals", "vars"}
CHANGE_FIRST = {"setattr", "delattr"}


@dataclass
class Later:
    """어떤 이름을 부르면 읽을 이름들. like는 만들 때 쓴 이름들로, 함수이면 그것처럼 읽는다."""

    reads: set = field(default_factory=set)
    like: set = field(default_factory=set)

    def grow(self, other):
        self.reads |= other.reads
        self.like |= other.like


def names_in(*trees):
    return {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}


def called(call):
    """부르는 것의 마지막 이름: a.b(x)의 b."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def text_in(call, at):
    """그 자리의 인자가 글자 그대로 적은 글이면 그 글."""
    value = call.args[at] if at < len(call.args) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def modules(node):
    """그 속에서 부르는 모듈의 이름들."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import):
            yield from (alias.name for alias in inner.names)
        elif isinstance(inner, ast.ImportFrom):
            yield inner.module or ""
        elif isinstance(inner, ast.Call) and called(inner) in BY_NAME:
            yield text_in(inner, 0)


def imports(node):
    return {IMPORT + module.split(".")[0] for module in modules(node) if module}


def inside(function):
    """함수를 부를 때에 읽는 바깥의 이름들."""
    found = imports(function)
    tables = symtable.symtable(ast.unparse(function), "cell", "exec").get_children()
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
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node = node.func
    return getattr(node, "id", "")


def annotations(function):
    """함수를 정할 때에 값을 구하는 자료형들."""
    args = function.args
    every = [*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg]
    return [arg.annotation for arg in every if arg and arg.annotation] + (
        [function.returns] if function.returns else []
    )


class Cell(ast.NodeVisitor):
    """셀 하나.

    Attributes
    ----------
    reads : set
        앞의 셀에서 온 이름들.
    made : dict
        {만든 이름: Later}. 나중에 만든 것이 뒤에 있다.
    sure : set
        만든 이름 가운데 어느 갈래로 가도 만드는 것.
    changed : dict
        {속이 바뀐 이름: 바뀐 속을 부르면 읽을 이름들}.
    imported : set
        import로 만든 이름들.
    is_blind : bool
        글로 적지 않은 이름도 읽거나 만들 수 있는가.
    """

    def __init__(self, source):
        self.reads, self.made, self.sure, self.changed = set(), {}, set(), {}
        self.imported, self.is_blind = set(), False
        self.local = set()  # 지금 읽는 내포의 변수
        if tree := self.parsed(source):
            self.visit(tree)

    def parsed(self, source):
        """매직과 셸의 명령은 노트북에서처럼 IPython이 파이썬으로 옮긴 것을 읽는다."""
        source = INLINE.sub("", source)
        if tree := parse(source):
            return tree
        self.reads.add(f"{IMPORT}IPython")
        tree = parse(TransformerManager().transform_cell(source))
        self.is_blind = not tree
        return tree

    def each(self, trees):
        for tree in trees:
            self.visit(tree)

    # ---- 읽는다

    def load(self, *names):
        """이 셀에서 만든 함수이면 그것이 읽는 것도 읽는다."""
        todo, seen = [*names], set()
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                if name not in self.sure:
                    self.reads.add(name)
                todo += self.made[name].reads if name in self.made else ()

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Store):
            self.bind(node.id, Later())
        elif node.id not in self.local:
            self.load(node.id)
            if isinstance(node.ctx, ast.Del):
                self.change(node.id, Later())

    def visit_Attribute(self, node):
        self.visit(node.value)
        if not isinstance(node.ctx, ast.Load):
            self.change(root(node), Later())

    def visit_Subscript(self, node):
        self.visit(node.slice)
        self.visit_Attribute(node)

    def visit_Call(self, node):
        self.generic_visit(node)
        self.reads |= imports(node)
        name = called(node)
        if name in RUN_TEXT:
            self.run(text_in(node, RUN_TEXT[name]))
        elif name in SEE_ALL and not node.args:
            self.is_blind = True

    def run(self, text):
        """글자 그대로 적은 파이썬이면 읽는다."""
        if tree := text and parse(text):
            self.visit(tree)
        else:
            self.is_blind = True

    def comprehend(self, node, *values):
        outer = self.local
        for part in node.generators:
            self.visit(part.iter)
            self.local = self.local | names_in(part.target)
            self.each(part.ifs)
        self.each(values)
        self.local = outer

    def visit_ListComp(self, node):
        self.comprehend(node, node.elt)

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node):
        self.comprehend(node, node.key, node.value)

    # ---- 만들고 바꾼다

    def bind(self, name, later):
        self.made.pop(name, None)
        self.made[name] = later
        self.sure.add(name)

    def change(self, name, later):
        if name:
            self.changed.setdefault(name, Later()).grow(later)

    def value(self, node):
        """값을 구하고, 그것을 부르면 읽을 이름들을 돌려준다."""
        if isinstance(node, ast.Lambda):
            self.defaults(node.args)
            return Later(inside(node))
        self.visit(node)
        return Later(like=names_in(node))

    def assign(self, target, later):
        if isinstance(target, ast.Name):
            self.bind(target.id, later)
        elif isinstance(target, (ast.Attribute, ast.Subscript)):
            self.visit(target)
            self.change(root(target), later)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, later)
        else:
            for part in target.elts:
                self.assign(part, later)

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
        """값을 쓰지 않고 메서드를 부르는 것은 그것의 속을 바꾸려는 것이다."""
        call = node.value
        self.visit(call)
        if isinstance(call, ast.Call) and called(call) in CHANGE_FIRST and call.args:
            self.change(root(call.args[0]), Later(like=names_in(*call.args)))
        elif isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            self.change(root(call.func), Later())

    # ---- 불러온다

    def visit_Import(self, node):
        for alias in node.names:
            self.bring(node, alias.asname or alias.name.split(".")[0])

    def visit_ImportFrom(self, node):
        for alias in node.names:
            self.bring(node, alias.asname or alias.name)

    def bring(self, node, name):
        self.reads |= imports(node)
        self.imported.add(name)
        self.bind(name, Later())
        self.sure.discard(STAR)  # 다른 모듈에서 온 것도 남아 있다

    # ---- 갈래와 반복. 되풀이하는 것과 try의 속은 한 번은 실행하는 것으로 본다

    def visit_If(self, node):
        self.visit(node.test)
        before, ends = self.sure, []
        for branch in (node.body, node.orelse):
            self.sure = {*before}
            self.each(branch)
            ends.append(self.sure)
        self.sure = set.intersection(*ends)

    def visit_For(self, node):
        self.assign(node.target, self.value(node.iter))
        self.each(node.body + node.orelse)

    visit_AsyncFor = visit_For

    def bind_written(self, node):
        """except와 match가 이름을 글로 적는다."""
        self.generic_visit(node)
        if name := getattr(node, "name", None) or getattr(node, "rest", None):
            self.bind(name, Later())

    visit_MatchAs = visit_MatchStar = visit_MatchMapping = bind_written

    def visit_ExceptHandler(self, node):
        if node.name:
            self.bind(node.name, Later())
        self.generic_visit(node)

    # ---- 함수와 클래스

    def defaults(self, args):
        self.each(value for value in [*args.defaults, *args.kw_defaults] if value)

    def visit_FunctionDef(self, node):
        self.each([*node.decorator_list, *annotations(node)])
        self.defaults(node.args)
        self.bind(node.name, Later(inside(node), names_in(*node.decorator_list)))

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node):
        """이름이 없는 함수는 곧 부를 수 있다."""
        self.defaults(node.args)
        self.load(*inside(node))

    def visit_ClassDef(self, node):
        """클래스를 부르면 메서드도 부를 수 있다. 속에서 만든 이름은 밖에서 보이지 않는다."""
        before = [*node.decorator_list, *node.bases, *(item.value for item in node.keywords)]
        self.each(before)
        made, sure, later = self.made, self.sure, Later(like=names_in(*before))
        self.made, self.sure = ChainMap({}, made), {*sure}
        self.each(node.body)
        for member in self.made.maps[0].values():
            later.grow(member)
        self.made, self.sure = made, sure
        self.bind(node.name, later)


def parse(source):
    """파이썬이 아니면 None. 노트북에서만 되는 것(셀에 바로 적은 await)도 아니다."""
    try:
        compile(source, "cell", "exec", dont_inherit=True)
        return ast.parse(source)
    except SyntaxError:
        return None
