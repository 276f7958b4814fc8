"""A file with something of every student, written while the records pass by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Self

from grader.errors import PlatformError
from grader.records.assignment_snapshot import Snapshot
from grader.records.store import write_atomically
from grader.report.class_page import ClassSums
from grader.report.results import Entry

_CHUNK = 1 << 20  # letters


@dataclass(frozen=True)
class Format:
    """What is written of a student (`lang` is that of the sentences), and around all of them.

    The head may tell of the whole class; what parts one student from the next is `between`.
    """

    head: Callable[[Snapshot, ClassSums], str]
    student: Callable[[Snapshot, Entry, str], str]
    between: str = ""
    foot: str = ""


class Growing:
    """A file of a `Format`: it takes its name in one step, once all students are in it."""

    def __init__(self, path: Path, how: Format) -> None:
        self._path, self._format, self._any = path, how, False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # beside it, since it may be larger than what /tmp holds; it has no name, so nothing
            # of it is left when this process is killed
            self._body = TemporaryFile(  # noqa: SIM115 - closed by __exit__
                "w+", encoding="utf-8", errors="backslashreplace", newline="", dir=path.parent
            )
        except OSError as error:
            raise self._refusal(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._body.close()

    def add(self, students: str) -> None:
        """The next students, with `between` between them. Raises `PlatformError`."""
        if not students:
            return
        try:
            self._body.writelines([self._format.between if self._any else "", students])
        except OSError as error:
            raise self._refusal(error) from error
        self._any = True

    def finish(self, snapshot: Snapshot, sums: ClassSums) -> Path:
        """Write the file under its name, which is returned. Raises `PlatformError`."""
        write_atomically(self._path, self._whole(snapshot, sums), lasting=False)
        return self._path

    def _whole(self, snapshot: Snapshot, sums: ClassSums) -> Iterator[str]:
        yield self._format.head(snapshot, sums)
        self._body.seek(0)
        yield from iter(lambda: self._body.read(_CHUNK), "")
        yield self._format.foot

    def _refusal(self, error: OSError) -> PlatformError:
        reason = error.strerror or error
        return PlatformError("error.cannot_write", file=self._path, reason=reason)
