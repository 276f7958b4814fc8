"""The statements of one cell, with the names that each gives and the names that each uses.

They are parsed, never run. What only Jupyter understands (`%matplotlib inline`, `!pip install`) is
taken out first, and named.
"""

from __future__ import annotations

import ast
import re
import symtable
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from grader.intake.cells import Cell
from grader.intake.entries import shown

STAR = "*"  # the name that `from m import *` gives: nobody knows which
MAX_LINE = 40  # characters of a cell's first line
MAX_LOOKS = 8  # at a cell; each block of magics in it costs one
_MAGIC = re.compile(r"\s*([%!?]|[\w\s.,]+=\s*[%!])|.*\?\s*$")
_ABOUT_TIME = {"%%time", "%%timeit", "%%capture", "%%prun"}  # the cell is Python all the same
_DEFINES = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)")
STUB = re.compile(r"^\s*raise NotImplementedError\b", re.MULTILINE)
_PARSING = (SyntaxError, ValueError, RecursionError, MemoryError)


_WITH_NAMES_OF_ITS_OWN = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Kind(Enum):
    """What a statement is to a module."""

    FUTURE = auto()
    IMPORT = auto()
    DEFINITION = auto()  # of a function or a class
    OTHER = auto()


@dataclass(frozen=True)
class Addition:
    """What looks like a method that a class is given later, in another cell.

    `A.f = f`, `A.f = lambda self: 0`, or a function under `@add_to_class(A)`.
    """

    to: str  # the class
    part: str
    by: str  # the function that must have been defined before: `f`, `add_to_class`; "" for a lambda


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement at the top level of a cell; several, where they share a line."""

    cell: Cell
    line: int  # of the cell, from 1
    text: str
    kind: Kind
    binds: frozenset[str]  # the names that it makes
    changes: frozenset[str]  # the names whose object it alters: `TABLE["a"] = 1`, `TABLE.clear()`
    is_class: bool
    extends: bool  # whether it is `class A(A)`
    addition: Addition | None
    alters: frozenset[tuple[str, str]]  # `A.f = 1`, `del A.f`, `setattr(A, "f", 1)`: name and part

    @cached_property
    def uses(self) -> set[str]:
        """The global names that it looks up, at once or when what it defines is called."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                table = symtable.symtable(self.text, "cell", "exec")
            except _PARSING:
                return set()
        found = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
        pending = table.get_children()
        while pending:
            inner = pending.pop()
            pending += inner.get_children()
            found |= {s.get_name() for s in inner.get_symbols() if s.is_global()}
        return found

    @cached_property
    def packages(self) -> set[str]:
        """What it imports, anywhere in it, without relative imports."""
        parts = [part for node in self._nodes for part in ast.walk(node)]
        names = [a.name for part in parts if isinstance(part, ast.Import) for a in part.names]
        names += [p.module or "" for p in parts if isinstance(p, ast.ImportFrom) and not p.level]
        return {name.partition(".")[0] for name in names}

    @cached_property
    def _nodes(self) -> list[ast.stmt]:
        """What stands on its lines: it has been parsed before, as part of its cell."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return ast.parse(self.text).body
            except _PARSING:
                return []

    @property
    def computes(self) -> bool:
        """Whether it calls or repeats something as soon as it is run, beside its decorators."""
        return not self._nodes or any(_is_work(p) for node in self._nodes for p in _at_once(node))

    @property
    def written_methods(self) -> set[str]:
        """Of a class the methods that are written; what only raises NotImplementedError is not."""
        classes = [node for node in self._nodes if isinstance(node, ast.ClassDef)]
        parts = [part for node in classes for part in node.body]
        methods = [p for p in parts if isinstance(p, ast.FunctionDef | ast.AsyncFunctionDef)]
        return {method.name for method in methods if not STUB.search(ast.unparse(method))}

    @property
    def is_stub(self) -> bool:
        """Whether something in it is not written yet."""
        return STUB.search(self.text) is not None


@dataclass(frozen=True)
class Parsed:
    """What is in a cell."""

    cell: Cell
    statements: list[Statement]
    magics: list[str]  # the lines that were taken out
    broken: str = ""  # the text of a cell that is no Python

    @property
    def defines(self) -> list[str]:
        """Its functions and classes, also where it cannot be parsed."""
        if self.broken:
            return [m[1] for m in map(_DEFINES.match, self.broken.split("\n")) if m]
        made = [s for s in self.statements if s.kind is Kind.DEFINITION]
        return [name for statement in made for name in sorted(statement.binds)]

    @property
    def label(self) -> str:
        """What people know it by: its number, and the first thing that it defines.

        Or its first line, where it defines nothing.
        """
        lines = (line.strip() for line in self.cell.source.split("\n"))
        name = next(iter(self.defines), "") or next(filter(None, lines), "")[:MAX_LINE]
        return f"{self.cell.number} ({shown(name)})" if name else str(self.cell.number)


def parse(cell: Cell) -> Parsed:
    """The statements of a cell. Nothing raises: one that is no Python is `broken`."""
    lines, magics = _without_indent(cell.source.split("\n")), list[str]()
    if not _without_cell_magic(lines, magics):
        return Parsed(cell, [], magics)
    for _ in range(MAX_LOOKS):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse("\n".join(lines))
            return Parsed(cell, list(_statements(cell, tree, lines)), magics)
        except SyntaxError as error:
            found = _magic_at(lines, error.lineno or 0)
            if found is None:
                break
            magics += _take_out(lines, found)
        except _PARSING:
            break
    return Parsed(cell, [], magics, broken="\n".join(lines))


def _without_indent(lines: list[str]) -> list[str]:
    """What is pasted from inside of something runs in Jupyter: it takes off the first indent."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    return [line.removeprefix(indent) for line in lines]


def _without_cell_magic(lines: list[str], magics: list[str]) -> bool:
    """Take out a `%%` in front; whether what follows is Python."""
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if not lines[first].startswith("%%"):
        return True
    magics.append(lines[first].strip())
    word = lines[first].split()[0]
    lines[first] = ""
    return word in _ABOUT_TIME


def _magic_at(lines: list[str], number: int) -> int | None:
    """The line that Python stumbled over, or the last before it, that only Jupyter understands."""
    before = range(min(number, len(lines)) - 1, -1, -1)
    return next((i for i in before if _MAGIC.match(lines[i])), None)


def _take_out(lines: list[str], first: int) -> list[str]:
    """Put `pass` in place of these lines, so that an `if` around them still has a body."""
    taken = []
    at, goes_on = first, False  # a command goes on after a backslash
    while at < len(lines) and (goes_on or at == first or _MAGIC.match(lines[at])):
        line = lines[at]
        indent = line[: len(line) - len(line.lstrip())]
        taken += [] if goes_on else [line.strip()]
        lines[at] = "" if goes_on else f"{indent}pass"
        goes_on = line.endswith("\\")
        at += 1
    return taken


def _statements(cell: Cell, tree: ast.Module, lines: list[str]) -> Iterator[Statement]:
    for nodes in _sharing_lines(tree.body):
        first, last = _first_line(nodes[0]), nodes[-1].end_lineno or 0
        kinds = {_kind(node) for node in nodes}
        binds, changes = set[str](), set[str]()
        alters = set[tuple[str, str]]()
        for node in nodes:
            _Names(binds, changes).visit_top(node)
            alters |= _altered(node)
        yield Statement(
            cell,
            first,
            "\n".join(lines[first - 1 : last]),
            kinds.pop() if len(kinds) == 1 else Kind.OTHER,
            frozenset(binds),
            frozenset(changes - binds),
            isinstance(nodes[0], ast.ClassDef),
            _extends(nodes[0]),
            _addition(nodes[0]) if len(nodes) == 1 else None,
            frozenset(alters),
        )


def _sharing_lines(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Statements one by one, but together what a semicolon joins."""
    group: list[ast.stmt] = []
    for node in body:
        if group and _first_line(node) > (group[-1].end_lineno or 0):
            yield group
            group = []
        group.append(node)
    if group:
        yield group


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _kind(node: ast.stmt) -> Kind:
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return Kind.FUTURE
    if isinstance(node, ast.Import | ast.ImportFrom):
        return Kind.IMPORT
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return Kind.DEFINITION
    return Kind.OTHER


class _Names(ast.NodeVisitor):
    """Collects the names that a statement gives, and does not look into functions."""

    def __init__(self, binds: set[str], changes: set[str]) -> None:
        self._binds, self._changes = binds, changes

    def visit_top(self, node: ast.stmt) -> None:
        """A statement of the top level; `if __name__ == "__main__"` is never run."""
        names = {getattr(part, "id", "") for part in ast.walk(getattr(node, "test", node))}
        if not (isinstance(node, ast.If) and "__name__" in names):
            self.visit(node)

    def visit(self, node: ast.AST) -> None:
        """A part of the statement; the names inside of a function are its own."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self._binds.add(node.name)
        elif not isinstance(node, _WITH_NAMES_OF_ITS_OWN):
            super().visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self._binds.update(a.asname or a.name.partition(".")[0] for a in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if not node.level:  # from the package itself: where the names are is found out anew
            self._binds.update(a.asname or a.name for a in node.names)

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._binds.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._change(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._change(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            self._changes.update(_root(node.value.func))
        self.generic_visit(node)

    def _change(self, node: ast.Attribute | ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._changes.update(_root(node))
        self.generic_visit(node)


def _at_once(top: ast.stmt) -> Iterator[ast.AST]:
    """What is run with a statement, without its decorators and the bodies of functions."""
    pending: list[ast.AST] = [top]
    while pending:
        node = pending.pop()
        yield node
        match node:
            case ast.FunctionDef(args=given) | ast.AsyncFunctionDef(args=given):
                pending += [*given.defaults, *filter(None, given.kw_defaults)]
            case ast.Lambda(args=given):
                pending += [*given.defaults, *filter(None, given.kw_defaults)]
            case ast.ClassDef(bases=bases, keywords=keywords, body=body):
                pending += [*bases, *keywords, *body]
            case _:
                pending += ast.iter_child_nodes(node)


def _is_work(node: ast.AST) -> bool:
    """Whether it may take time, read a file, or fail."""
    if isinstance(node, ast.stmt):
        return isinstance(node, ast.For | ast.While | ast.With | ast.Try | ast.AsyncFor)
    return isinstance(node, ast.Call | ast.comprehension | ast.Await)


def _extends(node: ast.stmt) -> bool:
    """Whether a class is made of what had its name."""
    match node:
        case ast.ClassDef(name=name, bases=bases):
            return any(isinstance(base, ast.Name) and base.id == name for base in bases)
    return False


def _addition(node: ast.stmt) -> Addition | None:
    match node:
        case ast.Assign([ast.Attribute(ast.Name(to), part)], ast.Name(by)):
            return Addition(to, part, by)
        case ast.Assign([ast.Attribute(ast.Name(to), part)], ast.Lambda()):
            return Addition(to, part, "")
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            match node.decorator_list:
                case [ast.Call(ast.Name(by), [ast.Name(to)], [])]:
                    return Addition(to, node.name, by)
    return None


def _altered(top: ast.stmt) -> set[tuple[str, str]]:
    """The names that have an attribute set or deleted by it, each with the attribute.

    What is not inside of a function happens at once: there the attribute is `STAR`, for any.
    """
    found = set[tuple[str, str]]()
    own = {part.arg for part in ast.walk(top) if isinstance(part, ast.arg)}
    pending: list[tuple[ast.AST, bool]] = [(top, False)]
    while pending:
        node, later = pending.pop()
        match node:
            case ast.Attribute(ast.Name(name), part, ast.Store() | ast.Del()):
                pass
            case ast.Call(ast.Name("setattr" | "delattr"), [ast.Name(name), *rest]):
                match rest:
                    case [ast.Constant(str(part)), *_]:
                        pass
                    case _:
                        part = STAR
            case _:
                name = part = ""
        if name and not (later and name in own):
            found.add((name, part if later else STAR))
        later |= isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        pending += [(child, later) for child in ast.iter_child_nodes(node)]
    return found


def _root(node: ast.expr) -> set[str]:
    """The name that a chain of attributes and subscripts begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
