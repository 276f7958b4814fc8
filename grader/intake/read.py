"""One submission, read into memory.

    for found in find(Path("submitted"), "hw1", "hw1_classification"):
        submission = read(found, "hw1_classification", ["text.py"], ["text.py"])

`read` never raises for anything that a student could hand in: the reason stands in `problem`.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
import tokenize
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from difflib import get_close_matches

from grader.intake.archives import listing, opened, other_archive, unpacked
from grader.intake.entries import (
    MAX_BYTES,
    Budget,
    Entry,
    Listing,
    Unsafe,
    is_archive,
    shown,
)
from grader.intake.find import Found
from grader.records.record import Message

MAX_FILES = 200
MAX_LISTED = 50  # of what was ignored
MAX_HINTS = 5
MAX_COMPARED = 1_000  # names that a missing file's name is compared with
MAX_NESTED = 2  # a zip in a zip
# Python files that are no part of a package: they configure tools, or are checks.
_NOT_TAKEN = {"conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py"}
_NOT_ENTERED = {"checks", "tests"}
# Words in the name of a folder that holds a copy: what a tool built, what was put aside.
_ASIDE = {"build", "dist", "old", "copy", "bak", "backup", "사본", "복사본", "백업", "이전", "예전"}
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


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
    way: list[Entry] = []
    ignored: list[str] = []
    notes: list[Message] = []
    with ExitStack() as stack:
        try:
            listed = _innermost(listing(found.path), wanted, way, stack)
            listed = _the_one_file(listed, wanted, notes)
            roots = _roots(listed, wanted)
            if not roots:
                ignored = _ignored(listed, set())
                raise _nothing_wanted(listed, wanted)
            root = _package_root(roots, package)
            taken = _taken(listed, root, wanted)
            ignored = _ignored(listed, {entry.name for entry in taken.values()})
            files = _contents(taken)
        except Unsafe as unsafe:
            problem = Message(unsafe.code, unsafe.fields)
            digest = _digest({repr(problem): _ends(way)})  # mended, it has another one
            return Submission(found.student, _source(found, way), {}, ignored, [], problem, digest)
    notes += _notes(listed, root, files, wanted, [name for name in required if name not in files])
    notes += _notes_on_folders(roots, root, package)
    return Submission(
        found.student, _source(found, way), files, ignored, notes, None, _digest(files)
    )


def _innermost(
    listed: Listing, wanted: Sequence[str], way: list[Entry], stack: ExitStack
) -> Listing:
    """The listing that holds the files; `way` takes the archives that lead there."""
    while len(way) < MAX_NESTED and not _roots(listed, wanted):
        archive = _only_archive(listed)
        if archive is None:
            break
        way.append(archive)
        file = stack.enter_context(opened(archive, is_inner=len(way) > 1))
        listed = unpacked(file, archive.name)
    return listed


def _source(found: Found, way: list[Entry]) -> str:
    """Where the files were found, for people: "hw1/mine.zip"."""
    names = [entry.name for entry in way]
    if names[:1] == [found.path.name]:
        names = names[1:]
    return "/".join([shown(found.path.name) or found.student, *map(shown, names)])


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
    except OSError:
        return b""


def _only_archive(listed: Listing) -> Entry | None:
    """The archive that was handed in instead of files; None when there are files, or several."""
    files = [entry for entry in listed.files if not _is_hidden(entry.name)]
    archives = [entry for entry in files if is_archive(entry.name)]
    if len(archives) != 1 or any(entry.name.endswith(".py") for entry in files):
        return None
    return archives[0]


def _the_one_file(listed: Listing, wanted: Sequence[str], notes: list[Message]) -> Listing:
    """Where one file is wanted and one was handed in, that is it, whatever its name."""
    sources = [entry for entry in listed.files if _is_source(entry.name)]
    if len(wanted) != 1 or len(sources) != 1 or _roots(listed, wanted):
        return listed
    (source,) = sources
    notes.append(Message("taken_for", {"file": shown(source.name), "wanted": wanted[0]}))
    others = [entry for entry in listed.files if entry is not source]
    return Listing([replace(source, name=wanted[0]), *others], listed.passed_over)


def _is_source(name: str) -> bool:
    file = name.rpartition("/")[2]
    is_tools = file in _NOT_TAKEN or file.startswith((".", "test_"))
    return file.endswith(".py") and file != "__init__.py" and not is_tools


def _roots(listed: Listing, wanted: Sequence[str]) -> Counter[str]:
    """The folders ("" or "a/b/") that hold wanted files, and how many of them."""
    roots: Counter[str] = Counter()
    lasts = {name.rpartition("/")[2] for name in wanted}
    for entry in listed.files:
        if entry.name.rpartition("/")[2] in lasts:
            for name in wanted:
                root = entry.name.removesuffix(name)
                if root != entry.name and (not root or root.endswith("/")):
                    roots[root] += 1
    return roots


def _package_root(roots: Counter[str], package: str) -> str:
    """The folder with most of the wanted files, of several the shallowest; a copy counts half."""

    def rank(root: str) -> tuple[float, int, bool, str]:
        count = roots[root] / 2 ** sum(map(_is_aside, root.split("/")))
        return (-count, root.count("/"), not f"/{root}".endswith(f"/{package}/"), root)

    return min(roots, key=rank)


def _is_aside(folder: str) -> bool:
    return not _ASIDE.isdisjoint(re.findall(r"[^\W\d_]+", folder.lower()))


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
    folders = {e.name.partition(".py/")[0] + ".py" for e in listed.files if ".py/" in e.name}
    for entry in taken.values():
        if entry.name in folders:  # which of the two it is depends on who unpacks
            raise Unsafe("ambiguous", entry=shown(entry.name))
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
    return all(part.isidentifier() for part in parts) and not _NOT_ENTERED & set(folders)


def _is_hidden(name: str) -> bool:
    """Whether a file belongs to a tool and not to the student."""
    return name.rpartition("/")[2].startswith(".")


def _ignored(listed: Listing, taken: set[str]) -> list[str]:
    """What else was there, for people; of a tool's folder only the folder."""
    names = {entry.name for entry in listed.files if entry.name not in taken}
    return [shown(name) for name in sorted(names.union(listed.passed_over))[:MAX_LISTED]]


def _nothing_wanted(listed: Listing, wanted: Sequence[str]) -> Unsafe:
    for name in listed.passed_over:
        if name.rpartition("/")[2] in wanted:  # a link, or something stranger
            return Unsafe("unsafe_archive", entry=shown(name))
    names = [entry.name for entry in listed.files if not _is_hidden(entry.name)]
    if not names:
        return Unsafe("empty")
    others = filter(None, map(other_archive, names))
    if not any(map(_is_source, names)) and (other := next(others, None)):
        return other
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
        others = [e.name for e in listed.files if e.name not in used and not _is_hidden(e.name)]
        notes.append(Message("missing_files", _missing(missing, others)))
    notes += [
        Message("unsafe_archive", {"entry": shown(name)})
        for name in listed.passed_over
        if name.removeprefix(root) in wanted
    ]
    for name, content in files.items():
        if code := _encoding_fault(content):
            notes.append(Message(code, {"file": shown(name)}))
    return notes


def _encoding_fault(content: bytes) -> str:
    """What Python will say of a file's encoding, as the code of a note; "" for nothing."""
    if b"\0" in content or content.startswith(_UTF16):
        return "not_utf8"
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except SyntaxError:  # no UTF-8 in the first lines, or declared and unknown
        encoding = "utf-8"
    try:
        if encoding.startswith("utf-8"):
            content.decode()
    except UnicodeDecodeError:
        return "cp949" if _is_cp949(content) else "not_utf8"
    return ""


def _is_cp949(content: bytes) -> bool:
    try:
        content.decode("cp949")
    except UnicodeDecodeError:
        return False
    return True


def _notes_on_folders(roots: Counter[str], root: str, package: str) -> list[Message]:
    """Where the files were, when that was not plain."""
    notes = []
    others = [other for other in roots if other != root and roots[other] >= roots[root]]
    if others:
        found = ", ".join(shown(other or "./") for other in sorted(others)[:MAX_HINTS])
        notes.append(Message("several_folders", {"folder": shown(root or "./"), "others": found}))
    if root not in {"", f"{package}/"}:
        notes.append(Message("wrapper_folder", {"folder": shown(root)}))
    return notes


def _missing(missing: Sequence[str], names: list[str]) -> dict[str, str]:
    """Fields of "missing_files", with what was probably meant: "Text.py", "text.py.txt"."""
    stems = [_letters(name) for name in missing]
    shallow = sorted(names, key=lambda name: name.count("/"))[:MAX_COMPARED]
    near = [
        name
        for name in shallow
        if is_archive(name)
        or name.endswith(".ipynb")
        or get_close_matches(_letters(name), stems, n=1, cutoff=0.8)
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
