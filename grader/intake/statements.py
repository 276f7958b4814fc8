"""The statements of one cell, with the names that each gives and the names that each uses.

They are parsed, never run. What only Jupyter understands is taken out first, and named.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from symtable import Function

from grader.intake.cells import Cell
from grader.intake.entries import shown
from grader.intake.magics import take_out_cell_magic, take_out_magic
from grader.intake.missing_files import not_caught
from grader.intake.syntax import (
    FUNCTION,
    PARSING,
    Effects,
    altered,
    asks_for_main,
    at_once,
    changed_parts,
    decorators,
    effects,
    extends,
    is_stub,
    is_work,
    names_before_bound,
    packages,
    parsed,
    scopes,
    symbols,
    table,
)

MAX_LINE = 40  # characters of a cell's first line
# Python looks for each name of a scope through all scopes in it, or copies it into them. A cell
# with more is no Python: nobody writes such by hand.
MAX_SYMBOLS = 1 << 20
MAX_BASES = 2  # of a class, in which its methods are looked for
MAX_LOOKS = 8  # at a cell; each block of magics in it costs one
_DEFINES = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)")
_LINE_ENDS = re.compile(rb"[ \t\f]*(?:#|$)")  # after a statement nothing follows but a comment


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

    @property
    def name(self) -> str:
        """As it is called: `A.f`."""
        return f"{self.to}.{self.part}"


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement at the top level of a cell."""

    cell: Cell
    line: int  # of the cell, from 1
    text: str
    node: ast.stmt

    @cached_property
    def kind(self) -> Kind:
        """What it is to a module."""
        match self.node:
            case ast.ImportFrom("__future__"):
                return Kind.FUTURE
            case ast.Import() | ast.ImportFrom():
                return Kind.IMPORT
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return Kind.DEFINITION
        return Kind.OTHER

    @property
    def is_class(self) -> bool:
        """Whether it defines a class."""
        return isinstance(self.node, ast.ClassDef)

    @cached_property
    def extends(self) -> bool:
        """Whether it is `class A(A)`."""
        return extends(self.node)

    @property
    def binds(self) -> set[str]:
        """The names that it makes."""
        return self._effects.binds

    @property
    def changes(self) -> set[str]:
        """The names of which it sets a part, or may: `TABLE["a"] = 1`, `TABLE.clear()`."""
        return self._effects.changes

    @cached_property
    def _effects(self) -> Effects:
        return effects(self.node)

    @cached_property
    def addition(self) -> Addition | None:
        """What it adds to a class."""
        match self.node:
            case ast.Assign([ast.Attribute(ast.Name(to), part)], ast.Name(by)):
                return Addition(to, part, by)
            case ast.Assign([ast.Attribute(ast.Name(to), part)], ast.Lambda()):
                return Addition(to, part, "")
            case ast.FunctionDef(part) | ast.AsyncFunctionDef(part):
                match decorators(self.node):
                    case [ast.Call(ast.Name(by), [ast.Name(to)], [])]:
                        return Addition(to, part, by)
        return None

    @cached_property
    def alters(self) -> dict[str, set[str]]:
        """The names of which it sets or deletes an attribute, now or later, with these."""
        return altered(self.node)

    @cached_property
    def changed_parts(self) -> dict[str, set[str]]:
        """The names of which it plainly sets parts, with these; not where it is never run."""
        if asks_for_main(self.node):
            return {}
        changed = changed_parts(self.node)
        if self.addition:
            changed.setdefault(self.addition.to, set()).add(self.addition.part)
        return changed

    @cached_property
    def called(self) -> tuple[str, str]:
        """Where it is no more than `A.f()`, the name and the method."""
        match self.node:
            case ast.Expr(ast.Call(ast.Attribute(ast.Name(name), method))):
                return name, method
        return "", ""

    @cached_property
    def decorated_by(self) -> set[str]:
        """The names in its decorators."""
        parts = (part for decorator in decorators(self.node) for part in ast.walk(decorator))
        return {part.id for part in parts if isinstance(part, ast.Name)}

    @cached_property
    def uses(self) -> set[str]:
        """The global names that it looks up, at once or when what it defines is called."""
        try:
            top, *inner = scopes(self.text)
        except PARSING:
            return set()
        others = [s for s in inner if not isinstance(s, Function)]
        found = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
        found = found.union(*(s.get_globals() for s in inner if isinstance(s, Function)))
        of_classes = set[str]()  # names that a class gives itself
        for scope in others:
            found |= {s.get_name() for s in scope.get_symbols() if s.is_global()}
            of_classes |= {s.get_name() for s in scope.get_symbols() if s.is_local()}
        return found | (of_classes & names_before_bound(self.node) if of_classes else set())

    @cached_property
    def packages(self) -> set[str]:
        """What it imports, anywhere in it, without relative imports."""
        return packages(self.node)

    @cached_property
    def computes(self) -> bool:
        """Whether it calls or repeats something as soon as it is run, beside its decorators."""
        return any(map(is_work, at_once(self.node)))

    @cached_property
    def functions(self) -> dict[str, set[str]]:
        """The function or methods that it defines, with what a missing file may stop in each.

        A method is `A.f`, as it is in `not_caught`; where it is given later, also the function.
        """
        added = self.addition
        if isinstance(self.node, FUNCTION):
            names = not_caught(self.node, [added.to] if added else [])
            return dict.fromkeys([self.node.name, *([added.name] if added else [])], names)
        if added:
            return {added.name: {added.by} if added.by else not_caught(self.node, [added.to])}
        owners = self._owners
        return {f"{owners[0]}.{m.name}": not_caught(m, owners) for m in self._methods}

    @cached_property
    def not_caught(self) -> set[str]:
        """What a missing file may stop when it is run."""
        if isinstance(self.node, FUNCTION):
            return set()
        parts = self.node.body if isinstance(self.node, ast.ClassDef) else [self.node]
        parts = [part for part in parts if not isinstance(part, FUNCTION)]
        return set[str]().union(*(not_caught(part) for part in parts))

    @cached_property
    def texts(self) -> set[str]:
        """The strings in it that are no comment; where `f"a_{b}"` computes a part, it is `{}`."""
        found, done = set[str](), set[int]()
        for part in ast.walk(self.node):  # what is in others comes after them
            match part:
                case ast.Expr(ast.Constant()):
                    done.add(id(part.value))
                case ast.JoinedStr(values):
                    done.update(map(id, values))
                    texts = (v.value if isinstance(v, ast.Constant) else "{}" for v in values)
                    found.add("".join(map(str, texts)))
                case ast.Constant(str(text)) if id(part) not in done:
                    found.add(text)
        return found

    @cached_property
    def written_methods(self) -> set[str]:
        """Of a class the methods that are written."""
        return {part.name for part in self._methods if not is_stub(part)}

    @cached_property
    def is_stub(self) -> bool:
        """Whether it is not written yet, or a method of it."""
        return is_stub(self.node) or any(map(is_stub, self._methods))

    @property
    def _owners(self) -> list[str]:
        """A class, and what it is made of."""
        if not isinstance(self.node, ast.ClassDef):
            return []
        bases = [base.id for base in self.node.bases[:MAX_BASES] if isinstance(base, ast.Name)]
        return list(dict.fromkeys([self.node.name, *bases]))

    @property
    def _methods(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        body = self.node.body if isinstance(self.node, ast.ClassDef) else []
        return [part for part in body if isinstance(part, FUNCTION)]


@dataclass(frozen=True)
class Parsed:
    """What is in a cell."""

    cell: Cell
    statements: list[Statement]
    magics: list[str]  # the lines that were taken out
    broken: str = ""  # the text of a cell that is no Python

    @cached_property
    def defines(self) -> list[str]:
        """Its functions and classes, each once, also where it cannot be parsed."""
        if self.broken:
            found = [m[1] for m in map(_DEFINES.match, self.broken.split("\n")) if m]
        else:
            made = [s for s in self.statements if s.kind is Kind.DEFINITION]
            found = [name for statement in made for name in statement.binds]
        return list(dict.fromkeys(found))

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
    if not take_out_cell_magic(lines, magics):
        return Parsed(cell, [], magics)
    for _ in range(MAX_LOOKS):
        try:
            tree = parsed("\n".join(lines))
        except SyntaxError as error:
            taken = take_out_magic(lines, error.lineno or 0)
            if not taken:
                break
            magics += taken
        except PARSING:
            break
        else:
            if symbols(tree) <= MAX_SYMBOLS and not _is_refused(lines):
                return Parsed(cell, list(_statements(cell, tree, lines)), magics)
            break
    return Parsed(cell, [], magics, broken="\n".join(lines))


def _is_refused(lines: list[str]) -> bool:
    """Whether Python will not run what its parser takes."""
    try:
        table("\n".join(lines))
    except PARSING:
        return True
    return False


def _without_indent(lines: list[str]) -> list[str]:
    """What is pasted from inside of something runs in Jupyter: it takes off the first indent."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    return [line.removeprefix(indent) for line in lines]


def _statements(cell: Cell, tree: ast.Module, lines: list[str]) -> Iterator[Statement]:
    """Each with its own text: without what a semicolon joins to it, with its comment."""
    raw = [line.encode() for line in lines]  # a tree counts in bytes
    for node in tree.body:
        first = min([node.lineno, *(decorator.lineno for decorator in decorators(node))])
        last, end = node.end_lineno or 0, node.end_col_offset or 0
        if _LINE_ENDS.match(raw[last - 1], end):
            end = len(raw[last - 1])
        if first == last:
            own = [raw[first - 1][node.col_offset : end]]
        else:
            own = [raw[first - 1][node.col_offset :], *raw[first : last - 1], raw[last - 1][:end]]
        yield Statement(cell, first, b"\n".join(own).decode(), node)
