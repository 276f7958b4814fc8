"""What a cluster's workers must have of an assignment, in one piece that is named by its digest.

The checks, the solved package that stands in for functions that failed, and what right programs
answer; no handout, mutant or variant. It is unpacked where no student code can read it.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from grader.checking import answers
from grader.course import check_files
from grader.course.assignment import Assignment
from grader.errors import PlatformError

_ASSIGNMENT = "assignment.pickle"  # by ourselves, from what the instructor declares
_CHECKS, _REFERENCE = "assignment", "reference"


@dataclass(frozen=True)
class Bundle:
    """A packed assignment."""

    content: bytes

    @property
    def digest(self) -> str:
        """Its name: equal contents have equal ones."""
        return hashlib.sha256(self.content).hexdigest()[:32]


def pack(assignment: Assignment) -> Bundle:
    """Everything that grading reads of the assignment's files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:xz") as tar:
        for name, content in _files(assignment):
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o600
            tar.addfile(info, io.BytesIO(content))
    return Bundle(buffer.getvalue())


def _files(assignment: Assignment) -> Iterator[tuple[str, bytes]]:
    yield _ASSIGNMENT, pickle.dumps(assignment)
    for path in check_files.paths(assignment.folder):
        yield f"{_CHECKS}/{path.relative_to(assignment.folder).as_posix()}", path.read_bytes()
    if (known := assignment.folder / answers.FILE).exists():
        yield f"{_CHECKS}/{known.name}", known.read_bytes()
    if assignment.reference is not None:
        for name, content in assignment.reference_files().items():
            yield f"{_REFERENCE}/{assignment.package}/{name}", content


def unpack(bundle: Bundle, where: Path) -> tuple[Path, Assignment]:
    """A new folder below `where` that only we may enter, and the assignment that lies there.

    Raises `PlatformError` when the checks in it are not those that were packed.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"grader-checks-{bundle.digest[:8]}-", dir=where))
    try:
        return folder, _unpacked(bundle, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # nobody else knows of it
        raise


def _unpacked(bundle: Bundle, folder: Path) -> Assignment:
    with tarfile.open(fileobj=io.BytesIO(bundle.content), mode="r:xz") as tar:
        tar.extractall(folder, filter="data")
    packed: Assignment = pickle.loads((folder / _ASSIGNMENT).read_bytes())  # noqa: S301
    assignment = _moved(packed, folder)
    if check_files.sha256(assignment.folder) != assignment.checks_sha256:
        raise PlatformError("error.cluster_bundle")
    return assignment


def _moved(packed: Assignment, folder: Path) -> Assignment:
    """The same assignment in another place."""
    there = folder / _CHECKS
    return replace(
        packed,
        folder=there,
        reference=packed.reference and folder / _REFERENCE / packed.package,
        exercises=tuple(
            replace(
                exercise,
                checks=tuple(
                    replace(check, source=there / check.source.relative_to(packed.folder))
                    for check in exercise.checks
                ),
            )
            for exercise in packed.exercises
        ),
    )
