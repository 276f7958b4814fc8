"""What students handed in: found in a folder, named, and read into memory.

    for found in find(Path("submitted"), "hw1", "hw1_classification"):
        submission = read(found, "hw1_classification", ["text.py"], ["text.py"])

`read` never raises for anything that a student could hand in: the reason stands in `problem`.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from grader.archives import (
    SUFFIXES,
    Budget,
    Entry,
    Listing,
    Unsafe,
    is_archive,
    is_skipped,
    listing,
    shown,
    unpacked,
)
from grader.errors import DuplicateStudent

MAX_FILES = 200
MAX_LISTED = 50  # of what was ignored
MAX_HINTS = 5
# Python files that are no part of a package: they configure tools, or are checks.
_NOT_TAKEN = {"conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py"}
_NOT_ENTERED = {"checks", "tests"}
# A teacher's own files between the submissions.
_STRAY = {".csv", ".xlsx", ".md", ".txt", ".json", ".toml", ".yaml", ".log", ".html"}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


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


def find(folder: Path, assignment: str, package: str, others: Sequence[str] = ()) -> list[Found]:
    """The submissions below `folder`, ordered by student.

    Understood: nbgrader's `submitted/<student>/<assignment>/`, a folder for each student, an
    archive for each student, or one submission itself. What one student hands in never changes
    how another's folder is read. `others` are the course's other assignments: a student who has
    a folder for one of them and none for this one handed in nothing. Raises `DuplicateStudent`.
    """
    if not folder.is_dir():
        return [Found(_student(_stem(folder.name)), folder)]
    children = [folder / name for name in _names(folder)]
    children = [path for path in children if not _is_stray(path)]
    if _is_one_submission(folder, children, assignment, package):
        return [Found(_student(folder.resolve().name), folder)]
    found = []
    for path in children:
        name = path.name if path.is_dir() else _stem(path.name)
        own = set(_names(path)) if path.is_dir() and not path.is_symlink() else set()
        is_nbgraders = own & set(others) and not _holds_a_submission(path, package)
        if assignment in own or is_nbgraders:
            path = path / assignment  # noqa: PLW2901 - the same submission, one step down
        found.append(Found(_student(name), path))
    _refuse_duplicates(found)
    return sorted(found, key=lambda entry: entry.student)


def read(found: Found, package: str, wanted: Sequence[str], required: Sequence[str]) -> Submission:
    """Read one submission into memory.

    `wanted` are the assignment's files, relative to the package; `required` those of them without
    which something cannot be graded.
    """
    source, raw = shown(found.path.name) or found.student, b""
    ignored: list[str] = []
    try:
        listed = listing(found.path)
        root = _package_root(listed, package, wanted)
        archive = _only_archive(listed)
        if root is None and archive is not None:
            if found.path.is_dir():
                source += "/" + shown(archive.name)
            raw = Budget().read(archive)
            listed = unpacked(raw, archive.name)
            root = _package_root(listed, package, wanted)
        if root is None:
            ignored = _ignored(listed, set())
            raise _nothing_wanted(listed, wanted)
        taken = _taken(listed, root, wanted)
        ignored = _ignored(listed, {entry.name for entry in taken.values()})
        files = _contents(taken)
    except Unsafe as unsafe:
        problem = Problem(unsafe.code, unsafe.fields)
        digest = _digest({repr(problem): raw})  # mended, it has another one
        return Submission(found.student, source, {}, ignored, [], problem, digest)
    notes = _notes(listed, root, files, wanted, [name for name in required if name not in files])
    if root not in {"", f"{package}/"}:
        notes.append(Problem("wrapper_folder", {"folder": shown(root)}))
    return Submission(found.student, source, files, ignored, notes, None, _digest(files))


def record_name(student: str) -> str:
    """The stem of the file for a student's record: safe, never empty, at most 150 bytes.

    Different students have different names, also where case does not count: what does not fit a
    file name, or would differ from another by case alone, ends in "~" and a hash.
    """
    name = unicodedata.normalize("NFC", student)
    stem = "".join(c if _is_plain(c) else _percent(c) for c in name)
    if stem.startswith("."):
        stem = _percent(".") + stem[1:]
    if stem and stem == name == name.casefold() and len(stem.encode()) <= 150:
        return stem
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{stem.encode()[:130].decode(errors='ignore')}~{digest}"


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


def _student(name: str) -> str:
    """A student's name: NFC, so that macOS and Linux agree; nothing that cannot be shown."""
    text = unicodedata.normalize("NFC", name)
    text = text.strip() or _percent(text)
    return "".join(c if c.isprintable() else _percent(c) for c in text)


def _is_plain(character: str) -> bool:
    """Letters, marks and digits of any script, and what ids are joined with."""
    return unicodedata.category(character)[0] in "LMN" or character in "-_.@+ "


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def _refuse_duplicates(found: list[Found]) -> None:
    paths: dict[str, list[str]] = {}
    for entry in found:
        paths.setdefault(entry.student, []).append(entry.path.name)
    for student, names in paths.items():
        if len(names) > 1:
            raise DuplicateStudent(
                "error.duplicate_student", student=student, paths=", ".join(names)
            )


def _only_archive(listed: Listing) -> Entry | None:
    """The archive that was handed in instead of files; None when there are files, or several."""
    if any(entry.name.endswith(".py") for entry in listed.files):
        return None
    archives = [e for e in listed.files if "/" not in e.name and is_archive(e.name)]
    return archives[0] if len(archives) == 1 else None


def _package_root(listed: Listing, package: str, wanted: Sequence[str]) -> str | None:
    """The folder ("" or "a/b/") that holds most of the wanted files; of several the shallowest."""
    roots: Counter[str] = Counter()
    for entry in listed.files:
        for name in wanted:
            root = entry.name.removesuffix(name)
            if root != entry.name and (not root or root.endswith("/")) and not _is_junk(root):
                roots[root] += 1

    def rank(root: str) -> tuple[int, int, bool, str]:
        return (-roots[root], root.count("/"), not f"/{root}".endswith(f"/{package}/"), root)

    return min(roots, key=rank, default=None)


def _taken(listed: Listing, root: str, wanted: Sequence[str]) -> dict[str, Entry]:
    """The files of the package by their name in it. Raises `Unsafe`."""
    taken: dict[str, Entry] = {}
    folded: set[str] = set()
    for entry in listed.files:
        name = entry.name.removeprefix(root)
        if not entry.name.startswith(root) or not (name in wanted or _is_helper(name)):
            continue
        if name.casefold() in folded:  # one file where case does not count, two where it does
            raise Unsafe("ambiguous", entry=shown(entry.name))
        folded.add(name.casefold())
        taken[name] = entry
    if len(taken) > MAX_FILES:
        raise Unsafe("too_many", limit=str(MAX_FILES))
    return taken


def _contents(taken: dict[str, Entry]) -> dict[str, bytes]:
    budget = Budget()
    return {name: budget.read(entry) for name, entry in taken.items()}


def _is_helper(name: str) -> bool:
    """Whether a file is a module that the student's code may import."""
    *folders, file = name.split("/")
    if not file.endswith(".py") or file in _NOT_TAKEN or file.startswith("test_"):
        return False
    parts = [*folders, file.removesuffix(".py")]
    return all(part.isidentifier() and not is_skipped(part) for part in parts) and not (
        _NOT_ENTERED & set(folders)
    )


def _is_junk(name: str) -> bool:
    """Whether a file or folder belongs to a tool and not to the student."""
    return any(is_skipped(part) for part in name.split("/"))


def _ignored(listed: Listing, taken: set[str]) -> list[str]:
    """What else was there, for people; of a tool's folder only the folder."""
    names = set(listed.passed_over)
    for entry in listed.files:
        if entry.name not in taken:
            folders = entry.name.split("/")[:-1]
            depth = next((i for i, folder in enumerate(folders, 1) if is_skipped(folder)), 0)
            names.add("/".join(folders[:depth]) + "/" if depth else entry.name)
    return [shown(name) for name in sorted(names)[:MAX_LISTED]]


def _nothing_wanted(listed: Listing, wanted: Sequence[str]) -> Unsafe:
    for name in listed.passed_over:
        if name.rpartition("/")[2] in wanted:  # a link, or something stranger
            return Unsafe("unsafe_archive", entry=shown(name))
    names = [entry.name for entry in listed.files if not _is_junk(entry.name)]
    if not names:
        return Unsafe("empty")
    return Unsafe("missing_files", **_missing(wanted, names))


def _notes(
    listed: Listing,
    root: str,
    files: dict[str, bytes],
    wanted: Sequence[str],
    missing: Sequence[str],
) -> list[Problem]:
    """Remarks on the files, which stop nothing."""
    notes = []
    if missing:
        used = {root + name for name in wanted}
        others = [e.name for e in listed.files if e.name not in used and not _is_junk(e.name)]
        notes.append(Problem("missing_files", _missing(missing, others)))
    notes += [
        Problem("unsafe_archive", {"entry": shown(name)})
        for name in listed.passed_over
        if name.removeprefix(root) in wanted
    ]
    notes += [
        Problem("not_utf8", {"file": shown(name)})
        for name, content in files.items()
        if b"\0" in content or content.startswith(_UTF16)
    ]
    return notes


def _missing(missing: Sequence[str], names: list[str]) -> dict[str, str]:
    """Fields of "missing_files", with what was probably meant: "Text.py", "text.py.txt"."""
    stems = [_letters(name) for name in missing]
    near = [
        name
        for name in names
        if is_archive(name) or get_close_matches(_letters(name), stems, n=1, cutoff=0.8)
    ]
    found = ", ".join(shown(name) for name in near[:MAX_HINTS])
    return {"missing": ", ".join(missing), "found": found or "-"}


def _letters(name: str) -> str:
    """A file name without what students get wrong: case, signs, endings, a copy's number."""
    stem = name.rpartition("/")[2].lower().partition(".")[0]
    return "".join(c for c in stem[:100] if c.isalpha())


def _digest(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogatepass") + content)
    return digest.hexdigest()
