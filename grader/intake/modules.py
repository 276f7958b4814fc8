"""From the cells of a notebook to the modules of a package.

A module gets the functions that the assignment asks for, and all that they use, wherever in the
notebook that is: imports, helper functions, classes, values. What nothing uses is left out, so that
experiments, plots and prints between the functions cost nobody a point. Of what other cells do with
a class that is kept, only what plainly is code of the solution counts: `class A(A)`, and functions
that become its methods (`_Package.additions`). A cell belongs to the
module that the template wrote into its metadata, or else to that of the first function in it that
the assignment knows; all others are everybody's.
"""

from __future__ import annotations

import builtins
import sys
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.intake.cells import Cell
from grader.intake.entries import shown
from grader.intake.statements import STAR, Addition, Kind, Parsed, Statement, parse
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
    made = _Package(parsed, home, as_run=as_run)
    assembled = Assembled(notes=list(_notes(parsed, made)))
    package = [_Module(made, file, names) for file, names in wanted.items()]
    if allowed:
        made.allowed = {*allowed, *sys.stdlib_module_names}.union(*(m.packages for m in package))
    for module in package:
        module.add_to_classes()
    for file, module in zip(wanted, package, strict=True):
        text, places = module.written()
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
        self.allowed: set[str] | None = None  # what an addition may import; None: anything
        self.imports: dict[str, dict[str, set[str]]] = {}  # file -> other file -> names from there
        self._at = {statement: at for at, statement in enumerate(self.statements)}
        self._by_name: dict[str, list[Statement]] = {}
        self._binding: dict[str, list[Statement]] = {}
        self._altering: dict[str, list[Statement]] = {}
        for statement in self.statements:
            for name in statement.binds | statement.changes:
                self._by_name.setdefault(name, []).append(statement)
            for name in statement.binds:
                self._binding.setdefault(name, []).append(statement)
            added = {statement.addition.to} if statement.addition else set[str]()
            for name in added.union(name for name, _ in statement.alters):
                self._altering.setdefault(name, []).append(statement)
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
                everybodys = {s for s in giving if name in s.changes and not s.cell.file}
                return [s for s in giving if s.cell.file in pool or s in everybodys]
            if binding:
                return binding
        return []

    def _made(self, name: str, definitions: Sequence[Statement], pool: set[str]) -> list[Statement]:
        """The last definition that is written, and what its own cell does with it.

        A class that goes on, in its own cells or everybody's, comes with what it goes on from.
        """
        every = self.definitions(name)
        if any(s.extends for s in every):
            near = {*definitions}
            near |= {s for s in every if s.extends and (s.cell.file in pool or name in self.home)}
            definitions = [s for s in every if s in near]
        made = self._chain(definitions)
        if made[0].extends:  # what it goes on from is in cells of another module
            made = self._chain(every[: every.index(made[0])]) + made
        if made[0].extends and (before := self._before(name, made[0])):
            made += [before] * (before.kind is Kind.IMPORT)
        numbers = {s.cell.number for s in made if s.kind is Kind.DEFINITION}
        giving = self._by_name[name]
        beside = [s for s in giving[giving.index(made[0]) + 1 :] if s.cell.number in numbers]
        return [*made, *(s for s in beside if s.kind is not Kind.DEFINITION)]

    def _chain(self, definitions: Sequence[Statement]) -> list[Statement]:
        """The definition that counts, after those that it goes on from."""
        made: list[Statement] = []
        end = len(definitions)
        while end and (not made or made[-1].extends):
            end = self._counting(definitions, end)
            made.append(definitions[end])
        return made[::-1]

    def _before(self, name: str, statement: Statement) -> Statement | None:
        """The statement that a name has its value from where another one stands."""
        binding = self._binding.get(name, [])
        at = bisect_left(binding, self._at[statement], key=self._at.__getitem__)
        return binding[at - 1] if at else None

    def additions(self, name: str, file: str) -> list[Statement]:
        """What gives a class of a module more methods, in other cells than its own.

        None where another statement sets or deletes an attribute of the class, or may: it was
        patched for an experiment, and maybe put back. Nor does a notebook replace a method that the
        class has written: that is a patch, too.
        """
        made = self.giving(name, file)
        if not (made and made[0].is_class):
            return []
        found: list[Statement] = []
        altered = set[str]()
        kept = set(made)
        for s in self._altering.get(name, []):
            if self._at[s] < self._at[made[0]] or s in kept:
                continue
            if s.addition and s.addition.to == name and self._is_addition(s, s.addition):
                found.append(s)
            else:
                altered |= {part for to, part in s.alters if to == name}
        if not altered.isdisjoint({STAR, *(s.addition.part for s in found if s.addition)}):
            return []
        written = (
            set[str]() if self._as_run else set[str]().union(*(s.written_methods for s in made))
        )
        files = {file, "", made[0].cell.file}
        return [
            s
            for s in found
            if s.cell.file in files or name in self.home
            if s.addition and s.addition.part not in written
        ]

    def _is_addition(self, statement: Statement, addition: Addition) -> bool:
        to = self._before(addition.to, statement)
        by = self.helper_of(statement)
        if to is None or not to.is_class or (addition.by and by is None):
            return False
        return statement.kind is not Kind.DEFINITION or (by is not None and "setattr" in by.uses)

    def helper_of(self, statement: Statement) -> Statement | None:
        """The function that an addition finds under the name that it uses."""
        if not statement.addition:
            return None
        found = self._before(statement.addition.by, statement)
        is_function = found and found.kind is Kind.DEFINITION and not found.is_class
        return found if is_function else None

    def reached_from(self, file: str) -> set[str]:
        """The modules that are imported with one, and itself."""
        pending, reached = [file], set[str]()
        while pending:
            if (file := pending.pop()) not in reached:
                reached.add(file)
                pending += self.imports.get(file, {})
        return reached

    def definitions(self, name: str) -> list[Statement]:
        """All definitions of a function or class."""
        return [s for s in self._binding.get(name, []) if s.kind is Kind.DEFINITION]

    def _counting(self, definitions: Sequence[Statement], end: int) -> int:
        """Which definition of one name counts, of those before the index `end`."""
        before = () if self._as_run else range(end - 1, -1, -1)
        is_written = (i for i in before if not definitions[i].is_stub or definitions[i].extends)
        return next(is_written, end - 1)

    def _is_mended(self, cell: Parsed) -> bool:
        """Whether all that a broken cell defines is defined elsewhere, or was later."""
        made = [self.definitions(name) for name in cell.defines]
        if self._as_run:
            made = [[s for s in some if self._mends(s, cell.cell)] for some in made]
        return bool(made) and all(made)

    @staticmethod
    def _mends(definition: Statement, broken: Cell) -> bool:
        """Whether a kernel has a definition after a run that failed.

        What was written in another cell stays; a cell that is being changed shall be mended.
        """
        cell = definition.cell
        is_another = cell.id and broken.id and cell.id != broken.id and not definition.is_stub
        return cell.number > broken.number or bool(is_another)


@dataclass
class _Needs:
    """What goes into a module."""

    kept: set[Statement] = field(default_factory=set)
    imported: dict[str, set[str]] = field(default_factory=dict)  # other module -> names of it
    missing: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)  # the names that were looked up


class _Module:
    """One module in the making: with its functions and classes, and all that they use."""

    def __init__(self, package: _Package, file: str, names: Sequence[str]) -> None:
        self._package, self._file = package, file
        self._needs = _Needs()
        self._stars = {s for s in package.statements if STAR in s.binds}
        self._take(self._needed([*names, *self._own_definitions()]))

    @property
    def packages(self) -> set[str]:
        """What it imports."""
        return self._packages_of(self._needs)

    def add_to_classes(self) -> None:
        """Take what other cells add to its classes, if that does it no harm.

        That is, where it imports nothing that is not allowed, and no module that imports this one,
        and where nothing is computed for it: `rows = open("train.csv").read()` is an experiment's.
        """
        done = set[str]()
        new = set(self._needs.kept)
        while names := {name for s in new if s.is_class for name in s.binds} - done:
            done |= names
            new = set()
            for name in sorted(names):
                for statement in self._package.additions(name, self._file):
                    needs = self._needed([], statement)
                    if self._is_harmless(needs):
                        self._take(needs)
                        new |= needs.kept

    def written(self) -> tuple[str, list[tuple[str, int]]]:
        """The text of the module, and where each of its lines is from."""
        package = self._package
        if self._needs.missing:
            self._needs.kept |= self._stars
        lines: list[str] = []
        places: list[tuple[str, int]] = []

        def add(text: str, label: str = "", first: int = 0) -> None:
            new = text.split("\n")
            lines.extend(new)
            places.extend((label, first + i) if label else ("", 0) for i in range(len(new)))

        kept = [s for s in package.statements if s in self._needs.kept]
        broken = [cell for cell in package.broken if cell.cell.file == self._file]
        for text in dict.fromkeys(s.text for s in package.statements if s.kind is Kind.FUTURE):
            add(text)
        for other, imported in self._needs.imported.items():
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

    def _needed(self, names: Sequence[str], addition: Statement | None = None) -> _Needs:
        """What these names need, or a statement, beside what the module has."""
        package, needs = self._package, _Needs()
        pending = list(names)
        statements = [addition] if addition else []
        while pending or statements:
            while statements:
                statement = statements.pop()
                if statement in needs.kept or statement in self._needs.kept:
                    continue
                needs.kept.add(statement)
                pending += sorted(statement.uses)
                helper = package.helper_of(statement)
                if helper and statement.addition and self._is_own(statement.addition.by):
                    statements.append(helper)  # another function may have the name later
                    pending.remove(statement.addition.by)
            if not pending or (name := pending.pop()) in needs.seen or name in self._needs.seen:
                continue
            needs.seen.add(name)
            giving = package.giving(name, self._file)
            if not self._is_own(name) and giving and giving[0].cell.file != self._file:
                needs.imported.setdefault(package.home[name], set()).add(name)
                continue
            if not giving and name not in _EVERYBODYS:
                needs.missing.add(name)
            statements += giving
        return needs

    def _is_own(self, name: str) -> bool:
        """Whether it is no other module's."""
        return self._package.home.get(name, self._file) == self._file

    def _take(self, needs: _Needs) -> None:
        has = self._needs
        has.kept |= needs.kept
        has.missing |= needs.missing
        has.seen |= needs.seen
        for other, names in needs.imported.items():
            has.imported.setdefault(other, set()).update(names)
        self._package.imports[self._file] = has.imported

    def _is_harmless(self, needs: _Needs) -> bool:
        package = self._package
        if any(self._file in package.reached_from(other) for other in needs.imported):
            return False
        if any(s.computes for s in needs.kept - self._needs.kept):
            return False
        return package.allowed is None or self._packages_of(needs) <= package.allowed

    def _packages_of(self, needs: _Needs) -> set[str]:
        kept = needs.kept | (self._stars if needs.missing else set())
        return set[str]().union(*(s.packages for s in kept))


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
