"""One submission, read into memory.

    for found in find(Path("submitted"), "hw1", "hw1_classification"):
        submission = read(found, "hw1_classification", ["text.py"], ["text.py"])

`read` never raises for anything that a student could hand in: the reason stands in `problem`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from grader.intake.archives import (
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
from grader.intake.find import Found
from grader.records.record import Message

MAX_FILES = 200
MAX_LISTED = 50  # of what was ignored
MAX_HINTS = 5
# Python files that are no part of a package: they configure tools, or are checks.
_NOT_TAKEN = {"conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py"}
_NOT_ENTERED = {"checks", "tests"}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


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
        problem = Message(unsafe.code, unsafe.fields)
        digest = _digest({repr(problem): raw})  # mended, it has another one
        return Submission(found.student, source, {}, ignored, [], problem, digest)
    notes = _notes(listed, root, files, wanted, [name for name in required if name not in files])
    if root not in {"", f"{package}/"}:
        notes.append(Message("wrapper_folder", {"folder": shown(root)}))
    return Submission(found.student, source, files, ignored, notes, None, _digest(files))


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
) -> list[Message]:
    """Remarks on the files, which stop nothing."""
    notes = []
    if missing:
        used = {root + name for name in wanted}
        others = [e.name for e in listed.files if e.name not in used and not _is_junk(e.name)]
        notes.append(Message("missing_files", _missing(missing, others)))
    notes += [
        Message("unsafe_archive", {"entry": shown(name)})
        for name in listed.passed_over
        if name.removeprefix(root) in wanted
    ]
    notes += [
        Message("not_utf8", {"file": shown(name)})
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
