"""What students handed in: found in a folder, named, and read into memory.

    for found in find(Path("submitted"), "hw1", "hw1_classification"):
        submission = read(found, "hw1_classification", ["text.py"], ["text.py"])

`read` never raises for anything that a student could hand in: the reason stands in `problem`.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from grader.archives import ARCHIVES, Budget, Entry, Unsafe, entries, shown
from grader.errors import DuplicateStudent

MAX_FILES = 200
MAX_LISTED = 50
# Python files that are no part of a package: they configure tools, or are checks.
_NOT_TAKEN = {"conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py"}
_NOT_ENTERED = {"checks", "tests", "__pycache__", "__MACOSX"}
_STRAY = {".csv", ".md", ".txt", ".json", ".toml", ".pdf", ".html", ".log"}


@dataclass(frozen=True)
class Problem:
    """Why something could not be taken: a code below `message.` and its fields."""

    code: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Submission:
    """What is graded. With a `problem` there are no files, and nothing can be graded."""

    student: str
    source: str  # as found, for people
    files: dict[str, bytes]  # relative to the package: "text.py", "helpers/mathematics.py"
    ignored: list[str]
    notes: list[Problem]
    problem: Problem | None
    sha256: str


@dataclass(frozen=True)
class Found:
    """A submission that was seen, not yet read."""

    student: str
    path: Path


def find(folder: Path, assignment: str, package: str) -> list[Found]:
    """The submissions below `folder`, ordered by student.

    Understood: nbgrader's `submitted/<student>/<assignment>/`, a folder for each student, an
    archive for each student, or one submission itself. Raises `DuplicateStudent`.
    """
    if _is_archive(folder):
        return [Found(_stem(folder), folder)]
    children = [path for path in sorted(folder.iterdir()) if not _is_stray(path)]
    if any(path.suffix == ".py" for path in children) or folder.name == package:
        return [Found(folder.resolve().name, folder)]
    found = []
    for path in children:
        if path.is_dir() and not path.is_symlink():
            inner = path / assignment
            found.append(Found(_name(path.name), inner if inner.is_dir() else path))
        else:
            found.append(Found(_stem(path), path))
    _refuse_duplicates(found)
    return sorted(found, key=lambda entry: entry.student)


def read(found: Found, package: str, wanted: Sequence[str], required: Sequence[str]) -> Submission:
    """Read one submission into memory."""
    source = shown(found.path.name)
    try:
        path = _only_archive(found.path)
        if not path.is_dir() and not _is_archive(path):
            raise Unsafe("unsupported", entry=source, allowed=", ".join(ARCHIVES))
        with entries(path) as listed:
            return _taken(found, source, package, wanted, required, listed)
    except Unsafe as unsafe:
        problem = Problem(unsafe.code, unsafe.fields)
        return Submission(found.student, source, {}, [], [], problem, _raw_digest(found.path))


def record_name(student: str) -> str:
    """A file name for the student's record: safe, never empty, its own for each student."""
    name = quote(unicodedata.normalize("NFC", student), safe=" @+=,")
    readable = "".join(c for c in unicodedata.normalize("NFC", student) if c.isalnum() or c in "-_.@+ ")
    plain = readable == student and not student.startswith(".") and len(student.encode()) <= 150
    if plain:
        return student
    digest = hashlib.sha256(student.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return f"{name[:100].lstrip('.')}-{digest}"


def _taken(
    found: Found,
    source: str,
    package: str,
    wanted: Sequence[str],
    required: Sequence[str],
    listed: list[Entry],
) -> Submission:
    root = _package_root(listed, package, wanted)
    budget = Budget()
    files: dict[str, bytes] = {}
    ignored: list[str] = []
    for entry in sorted(listed, key=lambda entry: entry.name):
        name = entry.name.removeprefix(root)
        if entry.name.startswith(root) and _is_source(name) and len(files) < MAX_FILES:
            files[name] = budget.read(entry)
        elif "__MACOSX" not in entry.name and len(ignored) < MAX_LISTED:
            ignored.append(shown(entry.name))
    missing = [name for name in required if name not in files]
    notes = _notes(listed, root, files, missing)
    problem = None
    if not any(name in files for name in wanted):
        seen = [e for e in listed if not any(part.startswith(".") for part in e.name.split("/"))]
        problem = notes[0] if seen and notes else Problem("empty")
        files, notes = {}, []
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    return Submission(found.student, source, files, ignored, notes, problem, digest.hexdigest())


def _package_root(listed: list[Entry], package: str, wanted: Sequence[str]) -> str:
    """The folder ("" or "a/b/") that holds most of the wanted files; the shallowest of several."""
    folders: dict[str, int] = {}
    for entry in listed:
        folder, _, name = entry.name.rpartition("/")
        if name in wanted and not _NOT_ENTERED & set(folder.split("/")):
            folders[folder] = folders.get(folder, 0) + 1

    def rank(folder: str) -> tuple[int, int, bool, str]:
        return (-folders[folder], folder.count("/"), folder.split("/")[-1] != package, folder)

    best = min(folders, key=rank, default="")
    return f"{best}/" if best else ""


def _notes(
    listed: list[Entry], root: str, files: dict[str, bytes], missing: list[str]
) -> list[Problem]:
    notes = []
    if missing:
        seen = [entry.name.rpartition("/")[2] for entry in listed]
        near = [name for name in seen if _near(name) in {_near(m) for m in missing}]
        found = ", ".join(shown(name) for name in near) or "-"
        notes.append(Problem("missing_files", {"missing": ", ".join(missing), "found": found}))
    for name, content in files.items():
        if b"\0" in content or content.startswith((b"\xff\xfe", b"\xfe\xff")):
            notes.append(Problem("not_utf8", {"file": shown(name)}))
    return notes


def _near(name: str) -> str:
    """A file name without what students get wrong: case, spaces, a second ending, a copy's number."""
    stem = name.lower().partition(".")[0]
    return "".join(c for c in stem if c.isalpha() or c == "_")


def _is_source(name: str) -> bool:
    *folders, file = name.split("/")
    if not file.endswith(".py") or file in _NOT_TAKEN or file.startswith("test_"):
        return False
    return all(
        part.isidentifier() and part not in _NOT_ENTERED for part in [*folders, file[: -len(".py")]]
    )


def _only_archive(path: Path) -> Path:
    """The archive in a student's folder that holds nothing else (as a collection leaves it)."""
    if path.is_dir() and not path.is_symlink():
        inside = [child for child in path.iterdir() if not _is_stray(child)]
        if len(inside) == 1 and _is_archive(inside[0]):
            return inside[0]
    return path


def _is_archive(path: Path) -> bool:
    return path.name.lower().endswith(ARCHIVES) and path.is_file()


def _is_stray(path: Path) -> bool:
    """A file that lies about: hidden, a list of names, a note. No submission."""
    return path.name.startswith(".") or path.name == "__MACOSX" or path.suffix.lower() in _STRAY


def _stem(path: Path) -> str:
    lower = path.name.lower()
    suffix = next((suffix for suffix in ARCHIVES if lower.endswith(suffix)), path.suffix)
    return _name(path.name[: len(path.name) - len(suffix)] if suffix else path.name)


def _name(name: str) -> str:
    """A student's name as it goes into records: NFC, so that macOS and Linux agree."""
    return shown(unicodedata.normalize("NFC", name).strip()) or "-"


def _refuse_duplicates(found: list[Found]) -> None:
    paths: dict[str, list[str]] = {}
    for entry in found:
        paths.setdefault(entry.student, []).append(entry.path.name)
    for student, names in paths.items():
        if len(names) > 1:
            raise DuplicateStudent(
                "error.duplicate_student", student=student, paths=", ".join(names)
            )


def _raw_digest(path: Path) -> str:
    """Hash of what could not be read: a mended submission has another."""
    digest = hashlib.sha256(path.name.encode("utf-8", "surrogateescape"))
    target = _only_archive(path)
    if target.is_file() and not target.is_symlink():
        with target.open("rb") as file:
            digest.update(file.read(20 << 20))
    return digest.hexdigest()
