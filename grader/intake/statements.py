"""The statements of one cell, with the names that each gives and the names that each uses.

They are parsed, never run. What only Jupyter understands (`%matplotlib inline`, `!pip install`) is
taken out first, and named.
"""

from __future__ import annotations

import ast
import re
import symtable
import warnings
from collections.abc import Iterable, Iterator
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


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement at the top level of a cell; several, where they share a line."""

    cell: Cell
    line: int  # of the cell, from 1
    text: str
    kind: Kind
    binds: frozenset[str]  # the names that it makes
    changes: frozenset[str]  # the names whose object it alters: `TABLE["a"] = 1`, `TABLE.clear()`
    extends: frozenset[str]  # the names that it makes of what they were: `f = cache(f)`
    adds_to: frozenset[str]  # whose object it gives a part: `A.f = f`, `@A.part`, `@part_of(A)`

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
        extends, adds_to = set[str](), set[str]()
        for node in nodes:
            _Names(binds, changes).visit_top(node)
            extends |= _extended(node)
            adds_to |= _added_to(node)
        yield Statement(
            cell,
            first,
            "\n".join(lines[first - 1 : last]),
            kinds.pop() if len(kinds) == 1 else Kind.OTHER,
            frozenset(binds),
            frozenset(changes - binds),
            frozenset(extends),
            frozenset(adds_to),
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


def _extended(node: ast.stmt) -> set[str]:
    """The name that a statement makes of what it was: `class A(A)`, `f = cache(f)`."""
    match node:
        case ast.ClassDef(name, bases):
            return {name} & _plain_names(bases)
        case ast.Assign([ast.Name(name)], ast.Call() as call) if name not in _names_in(call.func):
            return {name} & _arguments(call)
    return set()


def _added_to(node: ast.stmt) -> set[str]:
    """The names whose object a statement gives an attribute, or may give one by a decorator."""
    match node:
        case ast.Assign(targets):
            return set[str]().union(*(_root(t) for t in targets if not isinstance(t, ast.Name)))
        case ast.Expr(ast.Call(ast.Name("setattr"), [ast.Name(name), *_])):
            return {name}
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return set[str]().union(*map(_decorated, node.decorator_list)) - {node.name}
    return set()


def _decorated(decorator: ast.expr) -> set[str]:
    """The names that a decorator may add to: `A` of `@A.part`, `@A.part(1)` and `@part_of(A)`."""
    if isinstance(decorator, ast.Call):
        return _decorated(decorator.func) | _arguments(decorator)
    return _root(decorator) if isinstance(decorator, ast.Attribute) else set()


def _arguments(call: ast.Call) -> set[str]:
    return _plain_names([*call.args, *(keyword.value for keyword in call.keywords)])


def _plain_names(nodes: Iterable[ast.expr]) -> set[str]:
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _names_in(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _root(node: ast.expr) -> set[str]:
    """The name that a chain of attributes and subscripts begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
