"""What is sent to a guest before anything else: what is forbidden, the files, who stands in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from grader.course.families import DOUBLES, FAMILIES

_TOP = re.compile(r"(?:(?:async\s+)?def|class)\s+(\w+)")
_METHOD = re.compile(r"\s+(?:async\s+)?def\s+(\w+)")


@dataclass(frozen=True)
class StandIns:
    """The reference's functions in place of the student's, all but those under test."""

    reference: dict[str, bytes]  # its files, without what it knows of the function under test
    functions: dict[str, list[str]]  # file -> names that stand in
    kept: tuple[str, tuple[str, ...]]  # file and names of the functions under test

    def to_wire(self) -> tuple[Any, ...]:
        """Plain data."""
        return (self.reference, self.functions, self.kept)


@dataclass(frozen=True)
class Searched:
    """What of the source belongs to an exercise, and what it is searched for."""

    file: str
    uses: tuple[str, ...]  # other files whose code its checks run
    functions: tuple[str, ...]  # at the top level of the file
    names: tuple[str, ...]  # forbidden

    def to_wire(self) -> tuple[str, list[str], list[str], list[str]]:
        """Plain data."""
        return (self.file, list(self.uses), list(self.functions), list(self.names))


@dataclass(frozen=True)
class Rules:
    """What does not work in a guest, whoever calls it."""

    package: str = ""
    families: tuple[str, ...] = ()  # of `grader.course.families`
    names: tuple[str, ...] = ()  # that belong to no family
    allowed: tuple[str, ...] = ()  # third-party packages; empty: all

    def to_json(self) -> dict[str, Any]:
        """What `grader.boundary.guest.refusal.arm` takes: the same rules give the same."""
        return {
            "package": self.package,
            "families": {name: FAMILIES[name].to_wire() for name in self.families},
            "names": list(self.names),
            "allowed": list(self.allowed),
            "doubles": list(DOUBLES),
        }


@dataclass(frozen=True)
class Submitted:
    """A submission as a guest gets it: a package by name, its files by value."""

    package: str
    files: dict[str, bytes]
    searched: dict[str, Searched] = field(default_factory=dict)  # by exercise
    allowed: tuple[str, ...] = ()  # third-party packages; empty: all
    stand_ins: StandIns | None = None  # what replaces the student's functions; None: nothing does

    def only(self, names: Collection[str]) -> Submitted:
        """The same with no other files."""
        return replace(self, files={n: c for n, c in self.files.items() if n in names})

    @cached_property
    def lines(self) -> dict[str, int]:
        """File -> the number of its last line; one more where a parser sees the end."""
        return {name: len(content.splitlines()) + 1 for name, content in self.files.items()}

    @cached_property
    def by_path(self) -> Mapping[str, bytes]:
        """The files under the names that a traceback gives them: `pack/m.py`."""
        return {f"{self.package}/{name}": content for name, content in self.files.items()}

    def place_of(self, name: str, file: str = "", kind: str = "") -> str:
        """Where a function begins, or the method of a class `kind`: "pack/m.py, line 3", or ""."""
        searched = [file] if file in self.files else [] if file else sorted(self.files)
        for searched_file in searched:
            lines = self.files[searched_file].decode("utf-8", "replace").split("\n")
            if number := _line_of(lines, name, kind):
                return f"{self.package}/{searched_file}, line {number}"
        return ""

    def near(self, name: str, file: str = "", kind: str = "") -> list[str]:
        """Functions and classes of a file, or methods of a class `kind`, of a similar name.

        None of them is one that is asked for itself.
        """
        asked = {n for part in self.searched.values() for n in part.functions}
        files = [file] if file else sorted(self.files)
        found = [n for f in files if f in self.files for n in _names(self.files[f], kind)]
        return get_close_matches(name, [n for n in found if kind or n not in asked], cutoff=0.75)

    @cached_property
    def lines_by_path(self) -> Mapping[str, int]:
        """`lines` under the names that a traceback gives the files."""
        return {f"{self.package}/{name}": count for name, count in self.lines.items()}


def _names(content: bytes, kind: str) -> list[str]:
    """What a file defines at its top level, or the methods of its class `kind`: by its look."""
    inside, found = not kind, dict[str, None]()
    for line in content.decode("utf-8", "replace").split("\n"):
        own = re.match(r"class\s+(\w+)", line)
        if kind and own:
            inside = own[1] == kind
        elif inside and (defined := (_METHOD if kind else _TOP).match(line)):
            found[defined[1]] = None
    return [name for name in found if not name.startswith("__")]


def _line_of(lines: list[str], name: str, kind: str) -> int:
    """The number of the line that begins the function; 0 where there is none.

    By its look, and not as `grader.course.source` finds it: this process parses no student's
    source, which can be made to exhaust the parser.
    """
    inside = not kind
    indent = r"\s+" if kind else ""
    function = re.compile(rf"{indent}(async\s+)?def\s+{re.escape(name)}\b")
    for number, line in enumerate(lines, 1):
        if kind and re.match(r"class\s", line):
            inside = re.match(rf"class\s+{re.escape(kind)}\b", line) is not None
        elif inside and function.match(line):
            return number
    return 0
