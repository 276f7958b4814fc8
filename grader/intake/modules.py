"""From the cells of a notebook to the modules of a package.

A module gets the functions that the assignment asks for, and all that they use, wherever in the
notebook that is: imports, helper functions, classes, values. What nothing uses is left out, so that
experiments, plots and prints between the functions cost nobody a point. What else its own cells
define, and what other cells add to its classes (`Definitions.additions`), comes in where that does
no harm. A cell belongs to the module that the template wrote into its metadata, or else to that of
the first function in it that the assignment knows; all others are everybody's.
"""

from __future__ import annotations

import builtins
import sys
from ast import ClassDef
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from grader.intake.cells import Cell
from grader.intake.definitions import Definitions
from grader.intake.entries import shown, some_of
from grader.intake.named_by_text import NamedByText
from grader.intake.statements import Kind, Parsed, Statement, parse
from grader.intake.syntax import STAR, names_at_once
from grader.records.record import Message

_BY_TEXT = frozenset({"globals", "eval", "exec"})  # what looks names up, also in a function
_ROUNDS = 8  # in which texts may name what has such texts
_NOTHING = frozenset[Kind]()
_EXPERIMENT = frozenset({Kind.OTHER})  # what may compute, but not for what nothing graded names
_EVERYBODYS = frozenset({*vars(builtins), "__name__", "__file__", "__doc__"})

# Of each line of a module the cell, as "7 (clean)" or "In [7] (clean)", and the line in it;
# ("", 0) where it is ours.
Places = Mapping[str, Sequence[tuple[str, int]]]
_Node = Statement | str  # what a module needs: a statement, or whatever gives a name


@dataclass(frozen=True)
class Assembled:
    """The package that a notebook is."""

    files: dict[str, bytes] = field(default_factory=dict)
    places: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    notes: list[Message] = field(default_factory=list)
    found: bool = False  # whether anything of the assignment is in it


def assemble(
    cells: Sequence[Cell],
    wanted: Mapping[str, Sequence[str]],
    *,
    allowed: Sequence[str] = (),
    as_run: bool = False,
) -> Assembled:
    """The modules; `wanted` are their files, each with the names that are graded.

    `allowed` are the packages that may be imported beside Python's own; empty: all.

    `as_run`: the cells come as a kernel ran them, so that the newest definition counts, also one
    that is not written yet or no Python. In a notebook the last one that is written does.

    Nothing raises: a cell that is no Python makes its module one that cannot be imported.
    """
    home = {name: file for file, names in wanted.items() for name in names}
    parsed = [_placed(parse(cell), wanted, home) for cell in cells]
    definitions = Definitions(parsed, home, as_run=as_run)
    package = _Package(definitions, wanted, allowed)
    written = {file: module.written() for file, module in package.modules.items()}
    defined = {name for cell in parsed for name in cell.defines}
    return Assembled(
        {file: text.encode() for file, (text, _) in written.items()},
        {file: places for file, (_, places) in written.items()},
        [*_notes(parsed, definitions), *package.notes()],
        not defined.isdisjoint(home) or any(definitions.giving(name, home[name]) for name in home),
    )


def _placed(parsed: Parsed, wanted: Mapping[str, object], home: Mapping[str, str]) -> Parsed:
    """A cell with the file that it belongs to."""
    if parsed.cell.file in wanted:
        return parsed
    file = next((home[name] for name in parsed.defines if name in home), "")
    if file == parsed.cell.file:
        return parsed
    cell = replace(parsed.cell, file=file)
    statements = [replace(statement, cell=cell) for statement in parsed.statements]
    return replace(parsed, cell=cell, statements=statements)


class _Package:
    """The modules, which import from each other."""

    def __init__(
        self, made: Definitions, wanted: Mapping[str, Sequence[str]], allowed: Sequence[str]
    ) -> None:
        self.allowed: set[str] | None = None  # what may come in beside what is graded; None: all
        self.modules = {file: _Module(self, made, file) for file in wanted}
        for file, names in wanted.items():
            self.modules[file].take(*names)
        if allowed:
            used = (module.packages for module in self.modules.values())
            self.allowed = {*allowed, *sys.stdlib_module_names}.union(*used)
        for module in self.modules.values():
            module.take_harmless_definitions()
        for module in self.modules.values():
            module.take_harmless_additions()

    def reached_from(self, file: str) -> set[str]:
        """The modules that are imported with one, and itself."""
        pending, reached = [file], set[str]()
        while pending:
            if (file := pending.pop()) not in reached:
                reached.add(file)
                pending += self.modules[file].imported
        return reached

    def notes(self) -> Iterable[Message]:
        """What was left out, though it is no plain experiment."""
        modules = self.modules.values()
        unused = {n: harm for m in modules for n, harm in m.left_out.items() if n not in m.has}
        if unused:
            needed = dict.fromkeys(unused.values())
            yield Message("unused_left_out", {"names": some_of(unused), "needed": some_of(needed)})
        has = set[_Node]().union(*(module.has for module in modules))
        parts = dict.fromkeys(p for m in modules for s, p in m.changes if s not in has)
        if parts:
            yield Message("changes_left_out", {"parts": some_of(parts)})


class _Module:
    """One module in the making: with its functions and classes, and all that they use."""

    def __init__(self, package: _Package, made: Definitions, file: str) -> None:
        self._package, self._made, self._file = package, made, file
        self._stars = [s for s in made.statements if STAR in s.binds]
        self.has: set[_Node] = set()
        self.imported: dict[str, set[str]] = {}  # other module -> names of it
        self.left_out: dict[str, str] = {}  # what its own cells define, and what stands against it
        self._harmless: set[_Node] = set()  # what was looked at, and may be taken
        self._harmful: dict[_Node, str] = {}  # with what is the matter

    def take(self, *nodes: _Node) -> list[_Node]:
        """Take these, and all that they need; what of that is new."""
        pending, new = [*nodes], list[_Node]()
        while pending:
            if (node := pending.pop()) not in self.has:
                self.has.add(node)
                new.append(node)
                pending += self._needed_by(node)
                if isinstance(node, str) and (other := self._other_of(node)):
                    self.imported.setdefault(other, set()).add(node)
        return new

    def take_harmless_definitions(self) -> None:
        """Take what its own cells define, graded or not.

        What may be reached by another way than its name may compute as the module is imported.
        """
        registered = [n for n in self._own_definitions if self._may_be_registered(n)]
        self._take_harmless(registered, _NOTHING, circles=True)
        for _ in range(_ROUNDS):  # a text in what comes in may name more
            before = len(self.has)
            self._take_harmless(self._looked_up_by_text(), _NOTHING)
            if len(self.has) == before:
                break
        self._take_harmless(self._own_definitions, _EXPERIMENT)
        left_out = [name for name in self._own_definitions if name not in self.has]
        self.left_out = {name: self._harmful[name] for name in left_out}

    def take_harmless_additions(self) -> None:
        """Take what other cells add to its classes."""
        self._forget()
        pending, done = sorted(_classes(self.has)), set[str]()
        while pending:
            if (name := pending.pop()) not in done:
                done.add(name)
                for statement in self._made.additions(name, self._file):
                    if self._is_harmless(statement, _EXPERIMENT | {Kind.DEFINITION}):
                        pending += sorted(_classes(self.take(statement)))

    @property
    def packages(self) -> set[str]:
        """What it imports."""
        return set[str]().union(*(s.packages for s in self.has if isinstance(s, Statement)))

    @property
    def changes(self) -> Iterable[tuple[Statement, str]]:
        """What is done later with its functions and classes, and with what of them."""
        made = [s for s in self._kept if s.kind is Kind.DEFINITION]
        for name in dict.fromkeys(name for s in made for name in s.binds):
            yield from self._made.changing(name, self._file)

    def written(self) -> tuple[str, list[tuple[str, int]]]:
        """The text of the module, and where each of its lines is from."""
        made = self._made
        lines: list[str] = []
        places: list[tuple[str, int]] = []

        def add(text: str, label: str = "", first: int = 0) -> None:
            new = text.split("\n")
            lines.extend(new)
            places.extend((label, first + i) if label else ("", 0) for i in range(len(new)))

        futures = [s.text for s in made.statements if s.kind is Kind.FUTURE]
        if self.late:  # hints may name what comes later
            futures.append("from __future__ import annotations")
        for text in dict.fromkeys(futures):
            add(text)
        for other, names in self.imported.items():
            if at_once := names - self.late.get(other, set()):
                add(f"from .{_dotted(other)} import {', '.join(sorted(at_once))}")
        for statement in sorted(self._kept, key=lambda s: s.kind is not Kind.IMPORT):
            add(statement.text, made.labels[statement.cell.number], statement.line)
        for other, module in self._package.modules.items():
            given = sorted(module.late.get(self._file, ()))
            if given or self.late.get(other):
                *folders, name = _dotted(other).split(".")
                alias = "_".join(["", *folders, name])
                add(f"from .{'.'.join(folders)} import {name} as {alias}")
                for function in given:
                    add(f"{alias}.{function} = {function}")
        for cell in made.broken:
            if cell.cell.file == self._file:
                add("pass")  # ends the function before it, to which indented lines would belong
                add(cell.broken, made.labels[cell.cell.number], 1)
        return "\n".join([*lines, ""]) if lines else "", places

    @cached_property
    def late(self) -> dict[str, set[str]]:
        """Of the modules that import this one, too, the names that only its functions need.

        Such a module sets them here when it has them, whichever of the two is imported first.
        """
        circular = [o for o in self.imported if self._file in self._package.reached_from(o)]
        at_once = {n for s in self._kept for n in names_at_once(s.node)} if circular else set()
        return {other: self.imported[other] - at_once for other in circular}

    @cached_property
    def _kept(self) -> list[Statement]:
        """Its statements, as they come in the notebook."""
        return [s for s in self._made.statements if s in self.has and s.kind is not Kind.FUTURE]

    @property
    def _own_definitions(self) -> Iterable[str]:
        """What its own cells define, graded or not."""
        own = (s for s in self._made.statements if s.cell.file == self._file)
        names = (name for s in own if s.kind is Kind.DEFINITION for name in s.binds)
        return dict.fromkeys(filter(self._is_own, names))

    def _needed_by(self, node: _Node) -> Sequence[_Node]:
        """What must be there for a statement, or for a name."""
        if isinstance(node, str):
            if self._other_of(node):
                return []
            if node == STAR:
                return self._stars
            giving = self._giving(node)
            return giving if giving or node in _EVERYBODYS else [STAR]
        helper, by = self._made.helper_of(node), node.addition.by if node.addition else ""
        if helper and self._is_own(by):  # another function may have the name later
            return [helper, *sorted(node.uses - {by})]
        return sorted(node.uses)

    def _giving(self, name: str) -> Sequence[Statement]:
        return self._made.giving(name, self._file)

    def _is_own(self, name: str) -> bool:
        """Whether it is no other module's."""
        return self._made.home.get(name, self._file) == self._file

    def _other_of(self, name: str) -> str:
        """The module that it is imported from; "" where it is made here."""
        giving = [] if self._is_own(name) else self._giving(name)
        return self._made.home[name] if giving and giving[0].cell.file != self._file else ""

    def _may_be_registered(self, name: str) -> bool:
        """Whether a decorator of the notebook's own knows it, so that nobody need name it."""
        own = (s for s in self._made.of(name) if s.cell.file == self._file)
        return any(not s.decorated_by.isdisjoint(self._own_decorators) for s in own)

    @cached_property
    def _own_decorators(self) -> set[str]:
        """The names in decorators that the notebook makes."""
        own = (s for s in self._made.statements if s.cell.file == self._file)
        names = {name for s in own for name in s.decorated_by}
        return {n for n in names if any(s.kind is not Kind.IMPORT for s in self._giving(n))}

    def _looked_up_by_text(self) -> Iterable[str]:
        """Its own definitions that may be: those that a text of the module names, or a part of."""
        kept = [s for s in self.has if isinstance(s, Statement)]
        ways = _BY_TEXT & {name for s in kept for name in s.uses}
        ways -= {way for way in ways if self._giving(way)}  # of its own
        texts = {text for s in kept for text in s.texts} if ways else set[str]()
        named = NamedByText(texts)
        return [n for n in self._own_definitions if n not in self.has and named.may_be(n)]

    def _take_harmless(
        self, names: Iterable[str], computing: frozenset[Kind], *, circles: bool = False
    ) -> None:
        self._forget()
        for name in names:
            if self._is_harmless(name, computing, circles=circles):
                self.take(name)

    def _forget(self) -> None:
        """What was harmless or not: the modules import more than before, or other things may be."""
        self._harmless, self._harmful = set(), {}

    def _is_harmless(
        self, root: _Node, computing: frozenset[Kind], *, circles: bool = False
    ) -> bool:
        """Whether it may come in though nothing graded uses it, with all that it needs.

        Where statements of the kinds `computing` compute, they do harm. Each thing is looked at
        once until all is forgotten.
        """
        users: dict[_Node, list[_Node]] = {root: []}
        pending, harmful = [root], list[_Node]()
        while pending:
            node = pending.pop()
            if node in self.has or node in self._harmless:
                continue
            if harm := self._harmful.get(node) or self._harm_of(node, computing, circles):
                self._harmful[node] = harm
                harmful.append(node)
                continue
            for needed in self._needed_by(node):
                if needed not in users:
                    users[needed] = []
                    pending.append(needed)
                users[needed].append(node)
        while harmful:
            harm = self._harmful[node := harmful.pop()]
            new = [user for user in users[node] if user not in self._harmful]
            self._harmful.update(dict.fromkeys(new, harm))
            harmful += new
        self._harmless.update(node for node in users if node not in self._harmful)
        return root not in self._harmful

    def _harm_of(self, node: _Node, computing: frozenset[Kind], circles: bool) -> str:
        """What is the matter with it: what is not allowed to be imported, or comes in a circle.

        Or it computes: `rows = [clean(line) for line in lines]` is an experiment's. A file that it
        reads as the module is imported is not there.
        """
        package = self._package
        if isinstance(node, str):
            other = self._other_of(node)
            is_circle = other and not circles and self._file in package.reached_from(other)
            return f"{node} ({other})" if is_circle else ""
        if package.allowed is not None and (extra := node.packages - package.allowed):
            return min(extra)
        reads = node.not_caught & self._made.reading if node.computes else set[str]()
        if reads and node.is_class:
            return min(reads)
        is_harm = bool(reads) or (node.computes and node.kind in computing)
        return node.text.partition("\n")[0] if is_harm else ""


def _classes(nodes: Iterable[_Node]) -> set[str]:
    return {s.node.name for s in nodes if isinstance(s, Statement) and isinstance(s.node, ClassDef)}


def _dotted(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


def _notes(parsed: Sequence[Parsed], definitions: Definitions) -> Iterable[Message]:
    """What the author should know, and what stops nothing."""
    magics = [line for cell in parsed for line in cell.magics]
    if magics:
        yield Message("magics", {"lines": some_of(magics)})
    for cell in definitions.broken:
        if not cell.cell.file:
            label = definitions.labels[cell.cell.number]
            yield Message("cell_skipped", {"file": f"cell {label}"})
    for name, file in definitions.home.items():
        made = definitions.of(name)
        kept = [s for s in definitions.giving(name, file) if s.kind is Kind.DEFINITION]
        if kept and {s.cell.number for s in made} - {s.cell.number for s in kept}:
            numbers = shown(", ".join(str(s.cell.number) for s in made))
            counted = {"name": name, "cells": numbers, "counted": str(kept[-1].cell.number)}
            yield Message("defined_twice", counted)
