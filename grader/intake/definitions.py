"""Of all statements of a notebook those that make a name what it is.

Of several definitions of a name the last one that is written counts. Of what other cells do with a
class, only what plainly is code of the solution: `class A(A)`, and functions that become its
methods.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from grader.intake.cells import Cell
from grader.intake.missing_files import READERS
from grader.intake.statements import Addition, Kind, Parsed, Statement
from grader.intake.syntax import STAR


class Definitions:
    """All statements of a notebook, by the names that they give."""

    def __init__(self, parsed: Sequence[Parsed], home: Mapping[str, str], *, as_run: bool) -> None:
        self.home, self._as_run = home, as_run
        self.labels = {p.cell.number: p.label for p in parsed}
        if as_run:  # by the number that Jupyter shows
            labels = self.labels.items()
            self.labels = {n: label.replace(str(n), f"In [{n}]", 1) for n, label in labels}
        self.statements = [statement for cell in parsed for statement in cell.statements]
        self._at = {statement: at for at, statement in enumerate(self.statements)}
        self._by_name: dict[str, list[Statement]] = {}
        self._binding: dict[str, list[Statement]] = {}
        self._defining: dict[str, list[Statement]] = {}
        self._altering: dict[str, list[Statement]] = {}
        for statement in self.statements:
            for name in statement.binds | statement.changes:
                self._by_name.setdefault(name, []).append(statement)
            for name in statement.binds:
                self._binding.setdefault(name, []).append(statement)
                if statement.kind is Kind.DEFINITION:
                    self._defining.setdefault(name, []).append(statement)
            added = {statement.addition.to} if statement.addition else set[str]()
            for name in added.union(statement.alters):
                self._altering.setdefault(name, []).append(statement)
        self._giving: dict[tuple[str, str], list[Statement]] = {}
        self.broken = [cell for cell in parsed if cell.broken and not self._is_mended(cell)]

    def of(self, name: str) -> Sequence[Statement]:
        """All definitions of a function or class."""
        return self._defining.get(name, ())

    def giving(self, name: str, file: str) -> list[Statement]:
        """The statements that make a name what it is in a module: its own cells come first."""
        if (name, file) not in self._giving:
            self._giving[name, file] = self._given(name, file)
        return self._giving[name, file]

    @cached_property
    def reading(self) -> set[str]:
        """Functions, and methods as `A.f`, that cannot do without a file, or call one that cannot.

        What a class has from another one is looked for in the first few that it is made of.
        """
        users: dict[str, list[str]] = {}
        for statement in self.statements:
            for function, names in statement.functions.items():
                for name in names:
                    users.setdefault(name, []).append(function)
        pending, found = [*READERS], set[str]()
        while pending:
            if (name := pending.pop()) not in found:
                found.add(name)
                pending += users.get(name, ())
        return found

    def _given(self, name: str, file: str) -> list[Statement]:
        giving = self._by_name.get(name, [])
        for pool in ({file}, {""}, {s.cell.file for s in giving}):
            binding = [s for s in giving if s.cell.file in pool and name in s.binds]
            definitions = [s for s in binding if s.kind is Kind.DEFINITION]
            if definitions:
                return self._made(name, definitions, {*pool, ""})
            if any(s.kind is not Kind.IMPORT for s in binding):
                return [
                    s
                    for s in giving
                    if s.cell.file in pool or (name not in s.binds and not s.cell.file)
                ]
            if binding:
                return binding
        return []

    def _made(self, name: str, definitions: Sequence[Statement], pool: set[str]) -> list[Statement]:
        """The last definition that is written, and what its own cell does with it.

        A class that goes on, in its own cells or everybody's, comes with what it goes on from.
        """
        every = self.of(name)
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
        beside = [s for s in beside if s.kind is not Kind.DEFINITION]
        methods = {m: names for s in made if s.is_class for m, names in s.functions.items()}
        tried = {m for m, names in methods.items() if not names.isdisjoint(self.reading)}
        return [*made, *(s for s in beside if ".".join(s.called) not in tried)]

    def _chain(self, definitions: Sequence[Statement]) -> list[Statement]:
        """The definition that counts, after those that it goes on from."""
        made: list[Statement] = []
        end = len(definitions)
        while end and (not made or made[-1].extends):
            end = self._counting(definitions, end)
            made.append(definitions[end])
        return made[::-1]

    def _counting(self, definitions: Sequence[Statement], end: int) -> int:
        """Which definition of one name counts, of those before the index `end`."""
        before = () if self._as_run else range(end - 1, -1, -1)
        is_written = (i for i in before if not definitions[i].is_stub or definitions[i].extends)
        return next(is_written, end - 1)

    def _before(self, name: str, statement: Statement) -> Statement | None:
        """The statement that a name has its value from where another one stands."""
        binding = self._binding.get(name, [])
        at = bisect_left(binding, self._at[statement], key=self._at.__getitem__)
        return binding[at - 1] if at else None

    def changing(self, name: str, file: str) -> Iterator[tuple[Statement, str]]:
        """What changes a function or class of a module later, and what of it: `A.f`.

        Of what is called, only what tries it out in its own cell (`A.load("train.txt")`).
        """
        made = self.giving(name, file)
        if not made or made[0].kind is not Kind.DEFINITION:
            return
        first, cells = self._at[made[0]], {s.cell.number for s in made}
        later = dict.fromkeys([*self._by_name[name], *self._altering.get(name, ())])
        for s in later:
            if self._at[s] < first or not (s.addition or s.kind is Kind.OTHER):
                continue
            for part in sorted(s.changed_parts.get(name, ())):
                yield s, f"{name}.{part}" if part else name
            if name in s.binds and name in self.home and s.kind is Kind.OTHER:
                yield s, name
            if s.called[0] == name and s.cell.number in cells:
                yield s, f"{name}.{s.called[1]}"

    def altering(self, name: str, file: str) -> list[Statement]:
        """What adds to a class of a module or changes it, in other cells than its own."""
        made = self.giving(name, file)
        if not (made and made[0].is_class):
            return []
        first, own = self._at[made[0]], set(made)
        return [s for s in self._altering.get(name, ()) if self._at[s] > first and s not in own]

    def additions(self, name: str, file: str) -> list[Statement]:
        """What gives a class of a module more methods, in other cells than its own.

        None where another statement sets or deletes such a method, or may: it was patched for an
        experiment, and maybe put back. Nor does a notebook replace a method that the class has
        written: that is a patch, too.
        """
        found: list[tuple[Statement, str]] = []
        altered = set[str]()
        for s in self.altering(name, file):
            if s.addition and s.addition.to == name and self._is_addition(s, s.addition):
                found.append((s, s.addition.part))
            else:
                altered |= s.alters.get(name, set())
        if not altered.isdisjoint({STAR, *(part for _, part in found)}):
            return []
        made = self.giving(name, file)
        if not self._as_run:
            altered = altered.union(*(s.written_methods for s in made))
        files = {file, "", *(s.cell.file for s in made[:1])}
        return [
            s
            for s, part in found
            if part not in altered and (s.cell.file in files or name in self.home)
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

    def _is_mended(self, cell: Parsed) -> bool:
        """Whether all that a broken cell defines is defined elsewhere, or was later."""
        made = [self.of(name) for name in cell.defines]
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
