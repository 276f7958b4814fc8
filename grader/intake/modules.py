"""From the cells of a notebook to the modules of a package.

A module gets the functions that the assignment asks for, and all that they use, wherever in the
notebook that is: imports, helper functions, classes, values. What nothing uses is left out, so that
experiments, plots and prints between the functions cost nobody a point. A cell belongs to the
module that the template wrote into its metadata, or else to that of the first function in it that
the assignment knows; all others are everybody's.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.intake.cells import Cell
from grader.intake.entries import shown
from grader.intake.statements import STAR, Kind, Parsed, Statement, parse
from grader.records.record import Message

MAX_NAMED = 5
_EVERYBODYS = frozenset({*vars(builtins), "__name__", "__file__", "__doc__"})

# Of each line of a module the cell, as "7 (clean)" or "In [7] (clean)", and the line in it;
# ("", 0) where it is ours.
Places = Mapping[str, Sequence[tuple[str, int]]]


@dataclass(frozen=True)
class Assembled:
    """The package that a notebook is."""

    files: dict[str, bytes] = field(default_factory=dict)
    places: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    notes: list[Message] = field(default_factory=list)
    found: bool = False  # whether anything of the assignment is in it


def assemble(
    cells: Sequence[Cell], wanted: Mapping[str, Sequence[str]], *, as_run: bool = False
) -> Assembled:
    """The modules; `wanted` are their files, each with the names that are graded.

    `as_run`: the cells come as a kernel ran them, so that the newest definition counts, also one
    that is not written yet or no Python. In a notebook the last one that is written does.

    Nothing raises: a cell that is no Python makes its module one that cannot be imported.
    """
    home = {name: file for file, names in wanted.items() for name in names}
    parsed = [_placed(parse(cell), wanted, home) for cell in cells]
    made = _Package(parsed, home, as_run=as_run)
    assembled = Assembled(notes=list(_notes(parsed, made)))
    for file, names in wanted.items():
        text, places = _Module(made, file).written(names)
        assembled.files[file] = text.encode()
        assembled.places[file] = places
    defined = {name for cell in parsed for name in cell.defines}
    found = not defined.isdisjoint(home) or any(made.giving(name, home[name]) for name in home)
    return replace(assembled, found=found)


def _placed(parsed: Parsed, wanted: Mapping[str, object], home: Mapping[str, str]) -> Parsed:
    """A cell with the file that it belongs to."""
    if parsed.cell.file in wanted:
        return parsed
    file = next((home[name] for name in parsed.defines if name in home), "")
    cell = replace(parsed.cell, file=file)
    statements = [replace(statement, cell=cell) for statement in parsed.statements]
    return replace(parsed, cell=cell, statements=statements)


class _Package:
    """All statements of a notebook, by the names that they give."""

    def __init__(self, parsed: Sequence[Parsed], home: Mapping[str, str], *, as_run: bool) -> None:
        self.home, self._as_run = home, as_run
        self.labels = {p.cell.number: p.label for p in parsed}
        if as_run:  # by the number that Jupyter shows
            labels = self.labels.items()
            self.labels = {n: label.replace(str(n), f"In [{n}]", 1) for n, label in labels}
        self.statements = [statement for cell in parsed for statement in cell.statements]
        self._by_name: dict[str, list[Statement]] = {}
        for statement in self.statements:
            for name in statement.binds | statement.changes | statement.adds_to:
                self._by_name.setdefault(name, []).append(statement)
        self.broken = [cell for cell in parsed if cell.broken and not self._is_mended(cell)]

    def giving(self, name: str, file: str) -> list[Statement]:
        """The statements that make a name what it is in a module: its own cells come first."""
        giving = self._by_name.get(name, [])
        for pool in ({file}, {""}, {s.cell.file for s in giving}):
            binding = [s for s in giving if s.cell.file in pool and name in s.binds]
            definitions = [s for s in binding if s.kind is Kind.DEFINITION]
            if definitions:
                return self._made(name, definitions, {*pool, ""})
            if any(s.kind is not Kind.IMPORT for s in binding):
                own = [s for s in giving if name in s.binds | s.changes]
                return [s for s in own if s.cell.file in pool or self._is_everybodys(s, name)]
            if binding:
                return binding
        return []

    def _made(self, name: str, definitions: Sequence[Statement], pool: set[str]) -> list[Statement]:
        """The last definition that is written, with the earlier ones that it extends.

        And what its own cells do with it, and what later ones add to it or wrap around it.
        """
        at = [self._counting(definitions, len(definitions))]
        while at[-1] and name in definitions[at[-1]].extends:
            at.append(self._counting(definitions, at[-1]))
        made = [definitions[index] for index in reversed(at)]
        numbers = {s.cell.number for s in made}
        giving = self._by_name[name]
        for s in giving[giving.index(made[0]) + 1 :]:
            if s.kind is Kind.DEFINITION and name in s.binds:
                continue
            added = name in s.adds_to | s.extends
            if s.cell.number in numbers or (added and (s.cell.file in pool or name in self.home)):
                made.append(s)
        return made

    @staticmethod
    def _is_everybodys(statement: Statement, name: str) -> bool:
        return name in statement.changes and not statement.cell.file

    def definitions(self, name: str) -> list[Statement]:
        """All definitions of a function or class."""
        giving = self._by_name.get(name, [])
        return [s for s in giving if s.kind is Kind.DEFINITION and name in s.binds]

    def _counting(self, definitions: Sequence[Statement], end: int) -> int:
        """Which definition of one name counts, of those before the index `end`."""
        before = () if self._as_run else range(end - 1, -1, -1)
        is_written = (i for i in before if not definitions[i].is_stub or definitions[i].extends)
        return next(is_written, end - 1)

    def _is_mended(self, cell: Parsed) -> bool:
        """Whether all that a broken cell defines is defined elsewhere, or was later."""
        made = [self.definitions(name) for name in cell.defines]
        if self._as_run:
            made = [[s for s in some if s.cell.number > cell.cell.number] for some in made]
        return bool(made) and all(made)


class _Module:
    """One module in the making."""

    def __init__(self, package: _Package, file: str) -> None:
        self._package, self._file = package, file
        self._kept: set[Statement] = set()
        self._imported: dict[str, set[str]] = {}  # other module -> graded names of it
        self._missing: set[str] = set()

    def written(self, names: Iterable[str]) -> tuple[str, list[tuple[str, int]]]:
        """The text of the module, and where each of its lines is from."""
        package = self._package
        self._need([*names, *self._own_definitions()])
        if self._missing:
            self._kept |= {s for s in package.statements if STAR in s.binds}
        lines: list[str] = []
        places: list[tuple[str, int]] = []

        def add(text: str, label: str = "", first: int = 0) -> None:
            new = text.split("\n")
            lines.extend(new)
            places.extend((label, first + i) if label else ("", 0) for i in range(len(new)))

        kept = [s for s in package.statements if s in self._kept]
        broken = [cell for cell in package.broken if cell.cell.file == self._file]
        for text in dict.fromkeys(s.text for s in package.statements if s.kind is Kind.FUTURE):
            add(text)
        for other, imported in self._imported.items():
            module = other.removesuffix(".py").replace("/", ".")
            add(f"from .{module} import {', '.join(sorted(imported))}")
        for statement in sorted(kept, key=lambda s: s.kind is not Kind.IMPORT):
            add(statement.text, package.labels[statement.cell.number], statement.line)
        for cell in broken:
            add("pass")  # ends the function before it, to which indented lines would belong
            add(cell.broken, package.labels[cell.cell.number], 1)
        return "\n".join([*lines, ""]) if lines else "", places

    def _own_definitions(self) -> list[str]:
        """Functions and classes of the module's own cells, graded or not."""
        return [
            name
            for s in self._package.statements
            if s.kind is Kind.DEFINITION and s.cell.file == self._file
            for name in sorted(s.binds)
            if self._package.home.get(name, self._file) == self._file
        ]

    def _need(self, names: Sequence[str]) -> None:
        pending, seen = list(names), set[str]()
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            giving = self._package.giving(name, self._file)
            other = self._package.home.get(name, self._file)
            if other != self._file and giving and giving[0].cell.file != self._file:
                self._imported.setdefault(other, set()).add(name)
                continue
            if not giving and name not in _EVERYBODYS:
                self._missing.add(name)
            for statement in giving:
                if statement not in self._kept:
                    self._kept.add(statement)
                    pending += sorted(statement.uses)


def _notes(parsed: Sequence[Parsed], package: _Package) -> Iterable[Message]:
    """What the author should know, and what stops nothing."""
    magics = [shown(line) for cell in parsed for line in cell.magics]
    if magics:
        more = ["…"] * (len(magics) > MAX_NAMED)
        yield Message("magics", {"lines": ", ".join([*magics[:MAX_NAMED], *more])})
    for cell in package.broken:
        if not cell.cell.file:
            yield Message("cell_skipped", {"file": f"cell {package.labels[cell.cell.number]}"})
    for name, file in package.home.items():
        made = package.definitions(name)
        kept = [s for s in package.giving(name, file) if s in made]
        if kept and {s.cell.number for s in made} - {s.cell.number for s in kept}:
            numbers = shown(", ".join(str(s.cell.number) for s in made))
            counted = {"name": name, "cells": numbers, "counted": str(kept[-1].cell.number)}
            yield Message("defined_twice", counted)
