"""What is said of a hand-in: why it cannot be graded, and what its author should know."""

from __future__ import annotations

import codecs
import io
import tokenize
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches

from grader.intake.archives import other_archive
from grader.intake.entries import Listing, Unsafe, is_archive, is_notebook, shown
from grader.intake.package import is_hidden, is_own_module
from grader.records.record import Message

MAX_HINTS = 5
MAX_COMPARED = 1_000  # names that a missing file's name is compared with
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def nothing_wanted(listed: Listing, wanted: Sequence[str]) -> Unsafe:
    """Why there is nothing to grade."""
    for name in listed.passed_over:
        if name.rpartition("/")[2] in wanted:  # a link, or something stranger
            return Unsafe("unsafe_archive", entry=shown(name))
    names = [entry.name for entry in listed.files if not is_hidden(entry.name)]
    if not names:
        hidden = [
            name for name in listed.passed_over if name.rstrip("/").rpartition("/")[2][:1] == "."
        ]
        own = [name for name in hidden if name.rstrip("/").rpartition("/")[2] != ".git"]
        if own:  # perhaps all of it lies there
            return Unsafe("hidden_folder", found=shown(", ".join(own[:MAX_HINTS])))
        return Unsafe("empty_repository" if hidden else "empty")
    if not any(map(is_own_module, names)):
        if other := next(filter(None, map(other_archive, names)), None):
            return other
        archives = [name for name in names if is_archive(name)]
        if len(archives) > 1:  # neither was opened
            return Unsafe("several_archives", found=shown(", ".join(archives[:MAX_HINTS])))
    meant = [name for name in names if is_notebook(name) or _may_be_meant(name)]
    missing = _missing(wanted, meant)
    return Unsafe(missing.code, **missing.fields)


def notes_on_files(
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
        others = [e.name for e in listed.files if e.name not in used and _may_be_meant(e.name)]
        notes.append(_missing(missing, others))
    notes += [
        Message("unsafe_archive", {"entry": shown(name)})
        for name in listed.passed_over
        if name.removeprefix(root) in wanted
    ]
    for name, content in files.items():
        if code := _encoding_fault(content):
            notes.append(Message(code, {"file": shown(name)}))
    return notes


def notes_on_folders(roots: Counter[str], root: str, package: str) -> list[Message]:
    """Where the files were, when that was not plain."""
    notes = []
    others = [other for other in roots if other != root and roots[other] >= roots[root]]
    if others:
        found = ", ".join(shown(other or "./") for other in sorted(others)[:MAX_HINTS])
        notes.append(Message("several_folders", {"folder": shown(root or "./"), "others": found}))
    if root not in {"", f"{package}/"}:
        notes.append(Message("wrapper_folder", {"folder": shown(root)}))
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


def _may_be_meant(name: str) -> bool:
    """Whether it may be a file of the student's under another name, and not one of a template."""
    *folders, file = name.split("/")
    return not (
        is_hidden(name)
        or is_notebook(file)  # of these is said what becomes of them
        or file.startswith("test_")
        or file.endswith(".toml")
        or not {"checks", "exercises"}.isdisjoint(folders)
    )


def _missing(missing: Sequence[str], names: list[str]) -> Message:
    """Which files are missing, with what was probably meant: "Text.py", "text.py.txt"."""
    stems = [_letters(name) for name in missing]
    shallow = sorted(names, key=lambda name: name.count("/"))[:MAX_COMPARED]
    near = [
        name
        for name in shallow
        if is_archive(name)
        or is_notebook(name)
        or get_close_matches(_letters(name), stems, n=1, cutoff=0.8)
    ]
    fields = {"missing": ", ".join(missing)}
    if not near:
        return Message("missing_files_only", fields)
    found = ", ".join(shown(name) for name in near[:MAX_HINTS])
    return Message("missing_files", {**fields, "found": found})


def _letters(name: str) -> str:
    """A file name without what students get wrong: case, signs, endings, a copy's number."""
    stem = name.rpartition("/")[2].lower().partition(".")[0]
    return "".join(c for c in stem[:100] if c.isalpha())
