"""One submission, read into memory.

    wanted = {"text.py": ["clean", "tokenize"]}
    submission = read(Found("kim", Path("kim.zip")), "hw1_classification", wanted, ["text.py"])

`read` never raises for anything that a student could hand in: the reason stands in `problem`.
Should it raise all the same, that is our fault, and `read_for` raises `Unread`.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from traceback import format_exception_only

from grader.course.assignment import Assignment
from grader.errors import PlatformError
from grader.intake.entries import MAX_BYTES, Budget, Entry, Unsafe, shown
from grader.intake.handin import Found
from grader.intake.modules import Places
from grader.intake.nested import innermost
from grader.intake.notebooks import notebook_for
from grader.intake.package import (
    left_over,
    package_root,
    roots_of,
    take,
    the_one_file,
)
from grader.intake.remarks import notes_on_files, notes_on_folders, nothing_wanted
from grader.records import digests
from grader.records.record import Message


class Unread(PlatformError):
    """A submission that cannot be read, by a fault of ours. `kind`, of the fault, is for all."""


@dataclass(frozen=True)
class Submission:
    """What is graded. With a `problem` there are no files, and nothing can be graded."""

    student: str
    source: str  # as found, for people
    files: dict[str, bytes]  # relative to the package: "text.py", "helpers/mathematics.py"
    ignored: list[str]
    notes: list[Message]
    problem: Message | None
    sha256: str
    places: Places = field(default_factory=dict)  # of a notebook: where each line stands in it
    notebook: str = ""  # the name of the notebook that it is

    @classmethod
    def in_memory(
        cls, student: str, files: dict[str, bytes], places: Places | None = None
    ) -> Submission:
        """One that was never on the disk: a template, a mutant, the cells of a kernel."""
        content = digests.of_files(files)
        return cls(student, student, files, [], [], None, content, places or {})


def read(
    found: Found,
    package: str,
    wanted: Mapping[str, Sequence[str]],
    required: Sequence[str],
    allowed: Sequence[str] = (),
) -> Submission:
    """Read one submission into memory.

    `wanted` are the assignment's files, relative to the package, each with the functions and
    classes that are graded in it; `required` those of them without which something cannot be
    graded; `allowed` the packages that may be imported, empty: all.
    """
    way: list[Entry] = []
    ignored: list[str] = []
    notes = list(found.notes)
    if found.problem is not None:
        digest = _digest({repr(found.problem): b""})
        return Submission(found.student, _source(found, way), {}, [], notes, found.problem, digest)
    with ExitStack() as stack:
        try:
            listed = innermost(
                found.node.listing(), way, stack, partial(roots_of, wanted=list(wanted))
            )
            listed = the_one_file(listed, list(wanted), notes)
            roots = roots_of(listed, list(wanted))
            root = package_root(roots, package) if roots else ""
            taken = take(listed, root, list(wanted)) if roots else {}
            files = _contents(taken)
            book = notebook_for(listed, _only(wanted, files), wanted, allowed, notes)
            if book is not None:
                taken = take(listed, book.folder, ())  # helper files beside it
                files = _contents(taken) | book.package.files
            elif not roots:
                ignored = left_over(listed, set())
                raise nothing_wanted(listed, list(wanted))
            own = {entry.name for entry in taken.values()}
            ignored = left_over(listed, own | ({book.name} if book else set()))
        except Unsafe as unsafe:
            problem = Message(unsafe.code, unsafe.fields)
            digest = _digest({repr(problem): _ends(way)})  # mended, it has another one
            source = _source(found, way)
            return Submission(found.student, source, {}, ignored, notes, problem, digest)
    source = _source(found, way)
    if book is not None:
        places = book.package.places
        digest = _digest({**files, book.name: repr(places).encode()})
        name = shown(book.name)
        return Submission(found.student, source, files, ignored, notes, None, digest, places, name)
    notes += notes_on_files(
        listed, root, files, list(wanted), [name for name in required if name not in files]
    )
    notes += notes_on_folders(roots, root, package)
    return Submission(found.student, source, files, ignored, notes, None, _digest(files))


def read_for(assignment: Assignment, found: Found) -> Submission:
    """Read one submission of an assignment. Raises `Unread` for a fault of ours."""
    wanted = graded_names(assignment)
    required = [file.name for file in assignment.files if file.required]
    try:
        return read(found, assignment.package, wanted, required, assignment.allowed_packages)
    except Exception as error:  # we know of none but of the disk
        reason = format_exception_only(error)[-1].strip()
        fields = {"file": _source(found, []), "reason": reason, "kind": type(error).__name__}
        raise Unread("error.unread", **fields) from error


def graded_names(assignment: Assignment) -> dict[str, list[str]]:
    """The assignment's files, each with the functions and classes that have points."""
    return {
        file.name: [n for e in assignment.exercises if e.file == file.name for n in e.names]
        for file in assignment.files
    }


def _only(wanted: Mapping[str, object], files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name in wanted}


def _source(found: Found, way: list[Entry]) -> str:
    """Where the files were found, for people: "hw1/mine.zip"."""
    place = shown(found.source or found.node.name) or found.student
    names = [shown(entry.name) for entry in way]
    if names and place.endswith(names[0]):
        names = names[1:]
    return "/".join([place.removesuffix("/") if names else place, *names])


def _ends(way: list[Entry]) -> bytes:
    """What tells an archive from one that was mended: its content, of a large one both ends."""
    half = MAX_BYTES // 2
    if not way:
        return b""
    try:
        with way[0].open() as file:
            start = file.read(half)
            file.seek(max(half, file.seek(0, io.SEEK_END) - half))
            return start + file.read(half)
    except Exception:  # what tells them apart cannot be read: zipfile raises what it likes
        return b""


def _contents(taken: dict[str, Entry]) -> dict[str, bytes]:
    budget = Budget()
    return {name: budget.read(entry) for name, entry in taken.items()}


def _digest(files: dict[str, bytes]) -> str:
    """Records of graded classes hold it, so it is not that of `grader.records.digests`."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogatepass") + content)
    return digest.hexdigest()
