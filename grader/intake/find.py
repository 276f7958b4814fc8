"""Submissions in a folder: which are there, and whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import DuplicateStudent
from grader.intake.entries import SUFFIXES, is_archive, is_skipped
from grader.intake.names import student_name

# A teacher's own files between the submissions.
_STRAY = {".csv", ".xlsx", ".md", ".txt", ".json", ".toml", ".yaml", ".log", ".html"}


@dataclass(frozen=True)
class Found:
    """A submission that was seen, not yet read."""

    student: str
    path: Path


def find(folder: Path, assignment: str, package: str, others: Sequence[str] = ()) -> list[Found]:
    """The submissions below `folder`, ordered by student.

    Understood: nbgrader's `submitted/<student>/<assignment>/`, a folder for each student, an
    archive for each student, or one submission itself. What one student hands in never changes
    how another's folder is read. `others` are the course's other assignments: a student who has
    a folder for one of them and none for this one handed in nothing. Raises `DuplicateStudent`.
    """
    if not folder.is_dir():
        return [Found(student_name(_stem(folder.name)), folder)]
    children = [folder / name for name in _names(folder)]
    children = [path for path in children if not _is_stray(path)]
    if _is_one_submission(folder, children, assignment, package):
        return [Found(student_name(folder.resolve().name), folder)]
    found = []
    for path in children:
        name = path.name if path.is_dir() else _stem(path.name)
        own = set(_names(path)) if path.is_dir() and not path.is_symlink() else set()
        is_nbgraders = own & set(others) and not _holds_a_submission(path, package)
        if assignment in own or is_nbgraders:
            path = path / assignment  # noqa: PLW2901 - the same submission, one step down
        found.append(Found(student_name(name), path))
    _refuse_duplicates(found)
    return sorted(found, key=lambda entry: entry.student)


def _is_one_submission(folder: Path, children: list[Path], assignment: str, package: str) -> bool:
    """Whether a folder is one student's and not a class: it is the package, or has it inside."""
    if folder.name == package or any(path.name == package for path in children):
        return True
    is_class = any(
        is_archive(path.name) or {assignment, package} & set(_names(path)) for path in children
    )
    return not is_class and any(path.suffix == ".py" for path in children)


def _holds_a_submission(folder: Path, package: str) -> bool:
    """Whether the files stand in the student's folder itself and not below the assignment's."""
    return any(
        name == package or name.endswith(".py") or is_archive(name) for name in _names(folder)
    )


def _names(folder: Path) -> list[str]:
    """What a folder holds, ordered; nothing where it is none, or not ours to read."""
    try:
        return sorted(path.name for path in folder.iterdir())
    except OSError:
        return []


def _is_stray(path: Path) -> bool:
    """What lies about: hidden, a list of names, a note. No submission."""
    if is_skipped(path.name):
        return True
    is_note = path.suffix.lower() in _STRAY or path.name.lower() == "readme"
    return is_note and not path.is_dir()


def _stem(file: str) -> str:
    """A file name without its last suffix, of which ".tar.gz" is one."""
    lower = file.lower()
    suffix = next((s for s in SUFFIXES if lower.endswith(s)), PurePosixPath(file).suffix)
    return file.removesuffix(file[len(file) - len(suffix) :]) if suffix else file


def _refuse_duplicates(found: list[Found]) -> None:
    paths: dict[str, list[str]] = {}
    for entry in found:
        paths.setdefault(entry.student, []).append(entry.path.name)
    for student, names in paths.items():
        if len(names) > 1:
            raise DuplicateStudent(
                "error.duplicate_student", student=student, paths=", ".join(names)
            )
