"""What a piece of Python does, as its tree says: nothing is run, and no depth of it is too much."""

from __future__ import annotations

import ast
import symtable
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeGuard, cast

STAR = "*"  # nobody knows which: the name of `from m import *`, the attribute of `setattr(A, x, 1)`
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
PARSING = (SyntaxError, ValueError, RecursionError, MemoryError)  # what reading it may raise
_WAYS_OUT = (ast.Return, ast.Yield, ast.YieldFrom)
_WAYS_OUT_OF_A_LOOP = (*_WAYS_OUT, ast.Continue, ast.Break)
# To call these is to write down a value.
_GIVE_VALUES = {"bool", "bytes", "dict", "float", "frozenset", "int", "len", "list", "max", "min"}
_GIVE_VALUES |= {"object", "range", "set", "sorted", "str", "sum", "tuple", "zip", "enumerate"}
_GIVE_VALUES |= {"Counter", "OrderedDict", "defaultdict", "deque", "field", "namedtuple"}
_GIVE_VALUES |= {"TypeVar", "partial", "array", "tensor", "arange", "ones", "zeros"}
_MODULES_OF_VALUES = {"collections", "dataclasses", "math", "re", "string", "typing"}
_WITH_NAMES_OF_ITS_OWN = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_NEWER = [getattr(ast, name, ast.Lambda) for name in ("type_param", "TypeAlias")]  # of Python 3.12
_SCOPES = (*FUNCTION, *_WITH_NAMES_OF_ITS_OWN, ast.ClassDef, *_NEWER)


def parsed(text: str) -> ast.Module:
    """The tree of some Python. Raises one of `PARSING`."""
    with _quiet():
        return ast.parse(text)


def table(text: str) -> symtable.SymbolTable:
    """Whose name is whose in it. Raises also for what the parser takes: `def f(x, x)`."""
    with _quiet():
        return symtable.symtable(text, "cell", "exec")


def scopes(text: str) -> list[symtable.SymbolTable]:
    """The table of some Python, and all in it. Raises as `table` does."""
    found = [table(text)]
    for scope in found:
        found += scope.get_children()
    return found


def symbols(top: ast.Module) -> int:
    """How many names there are, each once for every scope that Python may copy it into.

    Those of a statement are copied into the scopes in it, those of `global` perhaps into all.
    """
    parts = (part for part in ast.walk(top) if isinstance(part, ast.Global))
    everywhere = {name for part in parts for name in part.names}
    found = 0
    for statement in top.body:
        names, scopes_in = set[str](), 1
        for part in ast.walk(statement):
            scopes_in += isinstance(part, _SCOPES)
            fields = () if isinstance(part, ast.Constant) else vars(part).values()
            names.update(field for field in fields if isinstance(field, str))
            names.update(part.names if isinstance(part, ast.Nonlocal) else ())
        found += scopes_in * (len(names) + len(everywhere))
    return found


@dataclass(frozen=True)
class Effects:
    """What names are to the module after a statement."""

    binds: set[str] = field(default_factory=set)  # it makes them
    changes: set[str] = field(default_factory=set)  # or a part of them: `T["a"] = 1`, `T.clear()`


def effects(top: ast.stmt) -> Effects:
    """Those of a statement; `if __name__ == "__main__"` is never run, and has none."""
    found = Effects()
    pending: list[ast.AST] = [] if asks_for_main(top) else [top]
    while pending:
        node = pending.pop()
        match node:
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name):
                found.binds.add(name)
                continue  # the names inside of it are its own
            case ast.Import(names):
                found.binds.update(a.asname or a.name.partition(".")[0] for a in names)
            case ast.ImportFrom(_, names, 0 | None):  # others are looked for anew
                found.binds.update(a.asname or a.name for a in names)
            case ast.Name(name, ast.Store() | ast.Del()):
                found.binds.add(name)
            case ast.Attribute() | ast.Subscript() if not isinstance(node.ctx, ast.Load):
                found.changes.update(_root(node))
            case ast.Expr(ast.Call(ast.Attribute() as method)):
                found.changes.update(_root(method))
        if not isinstance(node, _WITH_NAMES_OF_ITS_OWN):
            pending += ast.iter_child_nodes(node)
    return found


def at_once(top: ast.AST, *, inner: bool = True) -> Iterator[ast.AST]:
    """What is run with it, without decorators, hints and the bodies of functions.

    `inner`: also the bodies of classes.
    """
    pending: list[ast.AST] = [top]
    while pending:
        node = pending.pop()
        yield node
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                given = node.args
                pending += [*given.defaults, *filter(None, given.kw_defaults)]
            case ast.ClassDef(bases=bases, keywords=keywords, body=body):
                pending += [*bases, *keywords, *(body if inner else ())]
            case ast.AnnAssign(target=target, value=value):
                pending += [target, *filter(None, [value])]
            case _:
                pending += ast.iter_child_nodes(node)


def is_work(node: ast.AST) -> bool:
    """Whether it may take time, read a file, or fail; to call `dict` or `re.compile` is no work."""
    if isinstance(node, ast.stmt):
        return isinstance(node, ast.For | ast.While | ast.With | ast.Try | ast.AsyncFor)
    match node:
        case ast.Call(ast.Name(name)):
            return name not in _GIVE_VALUES
        case ast.Call(ast.Attribute(ast.Name(module), name)):
            return module not in _MODULES_OF_VALUES and name not in _GIVE_VALUES
    return isinstance(node, ast.Call | ast.comprehension | ast.Await)


def names_at_once(top: ast.stmt, *, inner: bool = True) -> set[str]:
    """The names that must have a value when a statement is run, but for those of hints."""
    parts = [part for decorator in decorators(top) for part in ast.walk(decorator)]
    parts += at_once(top, inner=inner)
    counted = [p.target for p in parts if isinstance(p, ast.AugAssign)]  # `n += 1`
    return {p.id for p in parts if _is_looked_up(p)}.union(
        p.id for p in counted if isinstance(p, ast.Name)
    )


def names_before_bound(top: ast.stmt) -> set[str]:
    """The names that the body of a class looks up before it gives them: `eps = eps`.

    An inner class does not see what the outer one gives, and is looked at by itself.
    """
    found = set[str]()
    for node in ast.walk(top):
        if isinstance(node, ast.ClassDef):
            bound = set[str]()
            for part in node.body:
                found |= (names_at_once(part, inner=False) | _names_of_hints(part)) - bound
                bound |= effects(part).binds
    return found


def packages(top: ast.stmt) -> set[str]:
    """What a statement imports, anywhere in it, without relative imports."""
    parts = list(ast.walk(top))
    names = [a.name for part in parts if isinstance(part, ast.Import) for a in part.names]
    names += [p.module or "" for p in parts if isinstance(p, ast.ImportFrom) and not p.level]
    return {name.partition(".")[0] for name in names}


def is_stub(node: ast.AST) -> bool:
    """Whether it is a function that never gets past `raise NotImplementedError`.

    What a template gives before it (`super().__init__()`, a guard) may stand there. One that says
    something, behind a `return` or in an `if`, is for an option that the function does not have.
    """
    if not isinstance(node, FUNCTION):
        return False
    match node.body[-1]:
        case ast.Raise(
            ast.Name("NotImplementedError") | ast.Call(ast.Name("NotImplementedError"), [])
        ):
            return True
    before, _ = _ways_out(node.body)
    return before is not None and before.isdisjoint(_WAYS_OUT)


def written_functions(text: str) -> int:
    """How many functions and methods are more than a stub; none in what is no Python."""
    try:
        tree = parsed(text)
    except PARSING:
        return 0
    return sum(isinstance(node, FUNCTION) and not is_stub(node) for node in ast.walk(tree))


def extends(node: ast.stmt) -> bool:
    """Whether a class is made of what had its name: `class A(A)`."""
    match node:
        case ast.ClassDef(name=name, bases=bases):
            return any(isinstance(base, ast.Name) and base.id == name for base in bases)
    return False


def altered(top: ast.stmt) -> dict[str, set[str]]:
    """The names that have an attribute set or deleted by it, now or later, with the attributes.

    `A.f = 1`, `del A.f`, `setattr(A, "f", 1)`; where nobody knows which, it is `STAR`.
    """
    found: dict[str, set[str]] = {}
    own, in_functions = set[str](), list[tuple[str, str]]()
    pending: list[tuple[ast.AST, bool]] = [(top, False)]
    while pending:
        node, later = pending.pop()
        match node:
            case ast.arg(own_name):
                own.add(own_name)
                continue
            case ast.Attribute(ast.Name(name), part, ast.Store() | ast.Del()):
                pass
            case ast.Call(
                ast.Name("setattr" | "delattr"), [ast.Name(name), ast.Constant(str(part)), *_]
            ):
                pass
            case ast.Call(ast.Name("setattr" | "delattr"), [ast.Name(name), *_]):
                part = STAR
            case _:
                name = part = ""
        if name and later:
            in_functions.append((name, part))
        elif name:
            found.setdefault(name, set()).add(part)
        later |= isinstance(node, (*FUNCTION, ast.Lambda))
        pending += [(child, later) for child in ast.iter_child_nodes(node)]
    for name, part in in_functions:
        if name not in own:
            found.setdefault(name, set()).add(part)
    return found


def changed_parts(top: ast.stmt) -> dict[str, set[str]]:
    """The names of which it sets or deletes a part, now or later, with those parts.

    `A.f = 1` as `altered` has it, and `A.rows[0] = 1`; "" where it has no name, as in `A[0] = 1`.
    """
    found = altered(top)
    for node in at_once(top):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            part, inner = "", cast("ast.expr", node)
            while isinstance(inner, ast.Attribute | ast.Subscript):
                part = inner.attr if isinstance(inner, ast.Attribute) else ""
                inner = inner.value
            if isinstance(inner, ast.Name):
                found.setdefault(inner.id, set()).add(part)
    return found


def asks_for_main(node: ast.stmt) -> bool:
    """Whether it is `if __name__ == "__main__"`, which is never run."""
    return isinstance(node, ast.If) and any(
        isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(node.test)
    )


def decorators(node: ast.stmt) -> list[ast.expr]:
    """Those of a function or a class."""
    return getattr(node, "decorator_list", [])


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _ways_out(body: list[ast.stmt]) -> tuple[set[type] | None, set[type]]:
    """By what it may be left before an error that it never gets past, and by what at all.

    None where there is no such error. Each node is looked at once, however deep the loops are.
    """
    before: set[type] | None = None
    ways = set[type]()
    for node in body:
        within = node.body if isinstance(node, ast.With | ast.Try | ast.For | ast.While) else []
        first, inside = _ways_out(within)
        is_loop = isinstance(node, ast.For | ast.While)
        if first is not None and is_loop and not first.isdisjoint(_WAYS_OUT_OF_A_LOOP):
            first = None
        match node:
            case ast.Raise(
                ast.Name("NotImplementedError") | ast.Call(ast.Name("NotImplementedError"))
            ):
                first = set()
        if before is None and first is not None:
            before = ways | first
        own = {*map(id, within)}
        beside = [n for n in ast.iter_child_nodes(node) if id(n) not in own] if own else [node]
        parts = {type(part) for n in beside for part in at_once(n)}
        ways |= inside | parts.intersection(_WAYS_OUT_OF_A_LOOP)
    return before, ways


def _names_of_hints(top: ast.stmt) -> set[str]:
    """The names in hints that Python looks up when a statement is run, but in inner classes."""
    hints: list[ast.expr | None] = []
    for part in at_once(top, inner=False):
        match part:
            case ast.FunctionDef(args=given) | ast.AsyncFunctionDef(args=given):
                every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
                every += filter(None, [given.vararg, given.kwarg])
                hints += [part.returns, *(arg.annotation for arg in every)]
            case ast.AnnAssign():
                hints.append(part.annotation)
    parts = (part for hint in filter(None, hints) for part in ast.walk(hint))
    return {part.id for part in parts if _is_looked_up(part)}


def _is_looked_up(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


def _root(node: ast.expr) -> set[str]:
    """The name that a chain of attributes and subscripts begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
