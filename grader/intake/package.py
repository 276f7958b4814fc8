"""Which of the files that were handed in are the package, and in which folder it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from grader.intake.entries import Entry, Listing, Unsafe, is_archive, is_code, is_notebook, shown
from grader.records.record import Message

MAX_FILES = 200
MAX_LISTED = 50  # of what was ignored
# Python files that are no part of a package: they configure tools, or are checks.
_NOT_TAKEN = {"conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py"}
_NOT_ENTERED = {"checks", "tests"}
# Words in the name of a folder that holds a copy: what a tool built, what was put aside.
_ASIDE = {"build", "dist", "old", "copy", "bak", "backup", "사본", "복사본", "백업", "이전", "예전"}


def only_archive(listed: Listing) -> Entry | None:
    """The archive that was handed in instead of files; None when there are files, or several.

    Beside a notebook or a module of the student's, whatever is in it, nobody knows which was meant.
    """
    files = [entry for entry in listed.files if not is_hidden(entry.name)]
    if any(is_notebook(e.name) or (_is_python(e.name) and is_own_module(e.name)) for e in files):
        return None
    found = archives(listed)
    return found[0] if len(found) == 1 else None


def archives(listed: Listing) -> list[Entry]:
    """All that were handed in."""
    return [e for e in listed.files if is_archive(e.name) and not is_hidden(e.name)]


def the_one_file(listed: Listing, wanted: Sequence[str], notes: list[Message]) -> Listing:
    """Where one file is wanted and one was handed in, that is it, whatever its name."""
    sources = [entry for entry in listed.files if is_own_module(entry.name)]
    if len(sources) > 1:  # TEXT.PY beside text.py is a copy that Python would not find
        sources = [entry for entry in sources if _is_python(entry.name)]
    if len(wanted) != 1 or len(sources) != 1 or roots_of(listed, wanted):
        return listed
    (source,) = sources
    notes.append(Message("taken_for", {"file": shown(source.name), "wanted": wanted[0]}))
    others = [entry for entry in listed.files if entry is not source]
    return Listing([replace(source, name=wanted[0]), *others], listed.passed_over)


def roots_of(listed: Listing, wanted: Sequence[str]) -> Counter[str]:
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


def package_root(roots: Counter[str], package: str) -> str:
    """The folder with most of the wanted files, of several the shallowest; a copy counts half."""

    def rank(root: str) -> tuple[float, int, bool, str]:
        count = roots[root] / 2 ** sum(map(_is_aside, root.split("/")))
        return (-count, root.count("/"), not f"/{root}".endswith(f"/{package}/"), root)

    return min(roots, key=rank)


def take(listed: Listing, root: str, wanted: Sequence[str]) -> dict[str, Entry]:
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


def left_over(listed: Listing, taken: set[str]) -> list[str]:
    """What else was there, for people; of a tool's folder only the folder."""
    names = {entry.name for entry in listed.files if entry.name not in taken}
    return [shown(name) for name in sorted(names.union(listed.passed_over))[:MAX_LISTED]]


def is_own_module(name: str) -> bool:
    """Whether a file is a module that the student wrote, by its name."""
    file = name.rpartition("/")[2].lower()
    is_tools = file in _NOT_TAKEN or file.startswith((".", "test_"))
    return is_code(file) and not is_notebook(file) and file != "__init__.py" and not is_tools


def is_hidden(name: str) -> bool:
    """Whether a file belongs to a tool and not to the student."""
    return name.rpartition("/")[2].startswith(".")


def _is_python(name: str) -> bool:
    """Whether Python would import a file of this name: its ending is in small letters."""
    return name.endswith(".py")


def _is_helper(name: str) -> bool:
    """Whether a file is a module that the student's code may import."""
    *folders, file = name.split("/")
    if not _is_python(file) or file in _NOT_TAKEN or file.startswith("test_"):
        return False
    parts = [*folders, file.removesuffix(".py")]
    return all(part.isidentifier() for part in parts) and not _NOT_ENTERED & set(folders)


def _is_aside(folder: str) -> bool:
    return not _ASIDE.isdisjoint(re.findall(r"[^\W\d_]+", folder.lower()))
