"""What a folder looks like from outside: one hand-in, a class of them, or a tool's leavings."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack

from grader.i18n import LANGUAGES
from grader.intake.archives import unpacked
from grader.intake.entries import Listing, Unsafe, is_code, is_notebook, is_skipped
from grader.intake.handin import Wanted, without_task
from grader.intake.nested import innermost
from grader.intake.nodes import Disk, Node, Packed, is_packed, stem

CLASS_NAMES = {"submissions", "submission", "submitted", "students", "제출", "제출물"}
METADATA = ("submission_metadata.yml", "submission_metadata.yaml")  # Gradescope's

_JUNK = {
    "thumbs.db",
    "desktop.ini",
    "$recycle.bin",
    "system volume information",
    "lost+found",
    "@eadir",  # of a Synology NAS
    *METADATA,
}
_SKELETONS = {"template", "student_template", "starter", "skeleton"}
# What a teacher calls a file that lies beside a class; a student may be late with any other.
_TEACHERS = {
    *_SKELETONS,
    *("demo", "example", "sample", "solution", "solutions", "answers", "readme", "handout"),
    *("instructions", "예제", "예시", "정답", "해답", "풀이", "템플릿", "안내", "설명"),
}
MAX_WRAPPED = 8  # folders that hold nothing but the next one
_MAX_LOOKS = 500  # at names, nearest first, before a folder counts as without any code


def is_junk(name: str) -> bool:
    """Whether a file or folder is a system's or a tool's."""
    return name.lower() in _JUNK or is_skipped(name)


def is_nobodys(node: Node, wanted: Wanted) -> bool:
    """Whether its name says that it is nobody's.

    It is junk, the template under its own name, or of another assignment of the course.
    """
    name = node.name if node.is_folder else stem(node.name)
    assignment, dot, language = name.rpartition(".")
    if dot and language in LANGUAGES:  # as a notebook is released
        name = assignment
    is_template = name == wanted.package or name in _SKELETONS or wanted.is_own(name)
    return is_junk(node.name) or is_template or wanted.is_others(of_what(node))


def are_mostly_named(node: Node, name: re.Pattern[str], wanted: Wanted) -> bool:
    """Whether most of what lies here has such a name, documents of the teacher's aside."""
    named = [child for child in node.children if name.match(child.name)]
    others = [
        child
        for child in node.children
        if (child.is_folder or is_packed(child.name)) and not is_nobodys(child, wanted)
    ]
    return len(named) > sum(not name.match(child.name) for child in others)


def is_package(node: Node, wanted: Wanted) -> bool:
    """Whether files of the assignment lie in this very folder."""
    names = {name.split("/")[0] for name in wanted.files if "/" not in name}
    return any(child.name in names and not child.is_folder for child in node.children)


def assignments_folder(node: Node, wanted: Wanted) -> Node | None:
    """The child called like the assignment; `hw01/` too."""
    numbered = (c for c in node.children if c.is_folder and wanted.is_own(c.name))
    return node.child(wanted.assignment) or next(numbered, None)


def is_one(node: Node, wanted: Wanted) -> bool:
    """Whether a folder is one hand-in, by what lies on its surface."""
    inner = (node.child(wanted.package), assignments_folder(node, wanted))
    return is_package(node, wanted) or any(
        child is not None and not _is_crowd(child, wanted) for child in inner
    )


def is_hidden_one(node: Node, wanted: Wanted) -> bool:
    """Whether a folder holds a hand-in, though its name begins with a dot as a tool's does."""
    return node.name.startswith(".") and is_one(node, wanted)


def students_in(node: Node, wanted: Wanted) -> list[Node]:
    """The children that look like somebody's hand-in: archives, folders with the right files."""
    names = {name.rpartition("/")[2] for name in wanted.files}

    def is_wanted(name: str) -> bool:
        return name in names or is_notebook(name) or is_packed(name)

    return [
        child
        for child in node.children
        if not is_nobodys(child, wanted)
        and (_holds(child, is_wanted) if child.is_folder else is_packed(child.name))
    ]


def _is_crowd(node: Node, wanted: Wanted) -> bool:
    return not is_package(node, wanted) and len(students_in(node, wanted)) > 1


def is_wrapper(node: Node, wanted: Wanted) -> bool:
    """Whether there is one hand-in inside and nothing else: a section of one, or a hand-in."""
    codes = [child for child in node.children if is_code(child.name) and not child.is_folder]
    return not codes and not is_one(node, wanted) and len(students_in(node, wanted)) == 1


def holds_code(node: Node) -> bool:
    """Whether a node is code, or holds some."""

    def is_any(name: str) -> bool:
        return is_code(name) or is_packed(name)

    return _holds(node, is_any) if node.is_folder else is_any(node.name)


def holds_several(file: Node, wanted: Wanted) -> bool:
    """Whether an archive that is only listed, not looked into, holds several hand-ins."""
    try:
        with ExitStack() as stack:
            listed = _innermost(file, stack)
    except (OSError, Unsafe, ValueError):
        return False
    names = [entry.name for entry in listed.files]
    lasts = {name.rpartition("/")[2] for name in wanted.files}
    folders = {
        folder for folder, _, last in (name.rpartition("/") for name in names) if last in lasts
    }
    return len(folders) + sum(map(is_packed, names)) > 1


def can_be_opened(file: Node) -> bool:
    """Whether a file is code, or an archive that is whole, of a kind we open, and not empty.

    A folder that is passed over for its name is something.
    """
    if is_code(file.name):
        return True
    try:
        with ExitStack() as stack:
            listed = _innermost(file, stack)
            return bool(listed.files or listed.passed_over)
    except Unsafe as unsafe:
        return unsafe.code not in {"broken_archive", "other_archive", "unsupported"}
    except (OSError, ValueError):
        return False


def _innermost(file: Node, stack: ExitStack) -> Listing:
    """What an archive holds, or the only archive in it. Raises `Unsafe`."""
    (packed,) = file.listing().files
    listed = unpacked(stack.enter_context(packed.open()), packed.name)
    return innermost(listed, [packed], stack)


def _holds(folder: Node, matches: Callable[[str], bool]) -> bool:
    pending, looks = [folder], 0
    while pending:
        for child in pending.pop(0).children:
            looks += 1
            if looks > _MAX_LOOKS:
                return False
            if child.is_folder:
                if not is_junk(child.name):
                    pending.append(child)
            elif matches(child.name):
                return True
    return False


def of_what(node: Node) -> str:
    """The assignment that a class's folder or zip is called after: `hw1.zip`, `hw1-submissions`."""
    return (node.name if node.is_folder else stem(node.name)).removesuffix("-submissions")


def is_class_name(name: str) -> bool:
    """Whether a folder is called like a class; GitHub Classroom's is `hw1-submissions`."""
    folded = name.casefold()
    return folded in CLASS_NAMES or folded.endswith("-submissions")


def may_be_week(node: Node) -> bool:
    """Whether a folder may be called after a week or a section, `3/`, also where that is an id."""
    name = node.name if node.is_folder else stem(node.name)
    return name.isdigit() and len(name) <= 2


def is_somebodys_code(node: Node, wanted: Wanted) -> bool:
    """Whether it is a file of code by itself, and not what lies beside every class."""
    is_file = is_code(node.name) and not node.is_folder
    return is_file and not is_nobodys(node, wanted) and node.name not in wanted.files


def is_teachers(file: Node, wanted: Wanted) -> bool:
    """Whether a file is called like what a teacher lays beside a class, `hw1_solution.ipynb`."""
    return without_task(stem(file.name), wanted).casefold() in _TEACHERS


def alone(node: Node, wanted: Wanted) -> list[Node]:
    """The files that are a person each where there is nothing but files.

    Where one file is wanted, code is one too, but not beside a notebook of the same name.
    """
    code = [child for child in node.children if is_somebodys_code(child, wanted)]
    books = [child for child in code if is_notebook(child.name)]
    if len(wanted.files) != 1:
        return books
    named = {stem(child.name) for child in books}
    return [c for c in code if is_notebook(c.name) or stem(c.name) not in named]


def opened(node: Node) -> Packed | None:
    """The inside of a zip on the disk."""
    if isinstance(node, Disk) and not node.is_folder and is_packed(node.name):
        return Packed.root(node.path)
    return None
