"""What is said of a place that can be read in two ways, and the command that settles it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.intake.entries import some_of
from grader.intake.nodes import Disk, Node, Packed
from grader.intake.persons import Persons
from grader.intake.shapes import alone, opened


@dataclass(frozen=True)
class Refusals:
    """The refusals of one search."""

    path: Path  # that somebody named
    persons: Persons

    def one_or_many(self, node: Node, crowd: Node | None = None) -> UsageError:
        """One hand-in, or a template beside a class: loose, or in a folder of its own."""
        path = self._path(node)
        if isinstance(crowd, Disk):
            command = self._command(crowd.path)
        else:
            command = self._command(path, "section/student" if crowd else "student")
        return UsageError(
            "error.one_or_many",
            folder=path,
            found=_names(node.children),
            command=command,
            other=self._command(path, "submission"),
        )

    def too_low(self, node: Disk) -> UsageError:
        """One hand-in whose name says nothing of its owner."""
        command = self._command(node.path.parent)
        return UsageError("error.too_low", folder=self.path, command=command)

    def sections(self, node: Node, several: Sequence[Node]) -> UsageError:
        """What may be sections, the class, or one student each; what lies beside says which."""
        path = self._path(node)
        largest = sorted(several, key=lambda child: -len(self.persons.inside(child)))
        fields = {
            "folder": path,
            "found": self._contents(largest),
            "beside": _names(self._beside(node, several)),
            "command": self._command(path, "section/student"),
            "other": self._command(path, "student"),
        }
        if isinstance(node, Packed):  # what is in it has no path to be graded by
            return UsageError("error.sections_in_zip", **fields)
        return UsageError("error.sections", **fields, one=self._command(self._path(largest[0])))

    def section_or_person(self, node: Node) -> UsageError:
        """What may be a section is full of files that name nobody."""
        return UsageError("error.section_or_person", folder=node.shown, found=_names(node.children))

    def not_opened(self, file: Node) -> UsageError:
        """What may be a class is damaged, empty or of another kind."""
        command = self._command(self._path(file), "submission")
        return UsageError("error.not_opened", file=file.shown, command=command)

    def unpack_first(self, file: Node) -> UsageError:
        """A class in an archive that is only listed."""
        return UsageError("error.unpack_first", file=self._path(file))

    def nothing(self, code: str, node: Node, **fields: str) -> UsageError:
        """What was looked for is not there."""
        return UsageError(code, folder=self.path, found=_names(node.children), **fields)

    def _path(self, node: Node) -> Path:
        return node.path if isinstance(node, Disk | Packed) else self.path

    def _contents(self, nodes: Sequence[Node]) -> str:
        """Each folder with how many hand-ins are in it."""
        return some_of(f"{c.shown} ({self._count(c)})" for c in nodes)

    def _count(self, node: Node) -> int:
        inside = self.persons.inside(node) or alone(opened(node) or node, self.persons.wanted)
        return len(inside)

    def _beside(self, node: Node, several: Sequence[Node]) -> list[Node]:
        """Who else there is, and who may be."""
        beside = {*self.persons.among(node), *alone(node, self.persons.wanted)} - {*several}
        return [child for child in node.children if child in beside]

    def _command(self, path: Path, layout: str = "") -> str:
        request, assignment = self.persons.request, self.persons.wanted.assignment
        words = ["grader", "grade", assignment, str(path), "-o", str(request.out)]
        if request.roster_file:  # without it a command that works gives other people
            words += ["--roster", str(request.roster_file)]
        return shlex.join([*words, "--layout", layout] if layout else words)


def _names(nodes: Sequence[Node]) -> str:
    return some_of(node.shown for node in nodes) or "-"
