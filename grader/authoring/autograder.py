"""`grader export gradescope`: an assignment as the autograder.zip that Gradescope wants.

    setup.sh  run_autograder  constraints.txt  grader-0.1.0-py3-none-any.whl
    course/course.toml  course/assignments/hw1/...  course/reference/hw1_words/...

It holds the hidden checks and the reference: it is for staff. What comes out there is
`grader.grading.gradescope`'s.
"""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from importlib import metadata
from math import ceil

from jinja2 import Environment, PackageLoader, StrictUndefined

from grader.authoring import wheel
from grader.checking import answers
from grader.course import check_files
from grader.course.assignment import Assignment
from grader.course.folder import FILE, Course
from grader.diagnosis import mistakes
from grader.records.packing import packed

# Of an assignment's folder what grading needs: not what proves its checks, nor the handouts.
_NEEDED = (
    "assignment.toml",
    check_files.TIMINGS,
    mistakes.FILE,
    answers.FILE,
    "exercises",
    "checks",
)
_SCRIPTS = ("setup.sh", "run_autograder")


def build(course: Course, assignment: Assignment, lang: str, *, leaderboard: bool) -> bytes:
    """The zip; students read its results in `lang`.

    Raises `AssignmentInvalid` for a reference that is not there, `PlatformError` where the grader
    was never installed.
    """
    assignment.reference_files()
    major, minor = sys.version_info[:2]
    facts = {
        "assignment": assignment.id,
        "lang": lang,
        "leaderboard": leaderboard,
        "major": major,
        "minor": minor,
        "packages": _packages(assignment),
        "wheel": wheel.name(),
    }
    templates = Environment(  # noqa: S701 - shell scripts; all that is filled in is ours or an id
        loader=PackageLoader("grader.authoring"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    scripts = {name: templates.get_template(f"{name}.j2").render(facts) for name in _SCRIPTS}
    content = {name: text.encode() for name, text in scripts.items()}
    content["constraints.txt"] = pins(assignment).encode()
    content[wheel.name()] = wheel.build()
    content |= {f"course/{name}": data for name, data in _course(course, assignment).items()}
    return packed(content, executable=_SCRIPTS)


def minutes(assignment: Assignment) -> int:
    """The time-out to choose there: half a core, and a worker that may have to start once more."""
    return ceil(2 * 2 * assignment.limits.submission_seconds / 60)


def pins(assignment: Assignment) -> str:
    """The versions with which this machine grades, for `pip install --constraint`.

    torch has its plain number there: which build of it, who installs it knows.
    """
    found: dict[str, str] = {"setuptools": ""}  # a venv brings one that torch may be too new for
    waiting = ["grader", *_packages(assignment)]
    while waiting:
        for needed in metadata.requires(waiting.pop()) or ():
            name = re.split(r"[^\w.-]", needed, maxsplit=1)[0].lower()
            if name in found or "extra ==" in needed:
                continue
            with suppress(metadata.PackageNotFoundError):  # another system's
                found[name] = metadata.version(name).partition("+")[0]
                waiting.append(name)
    for name in _packages(assignment):
        found[name] = metadata.version(name).partition("+")[0]
    return "".join(f"{name}=={found[name]}\n" for name in sorted(found) if found[name])


def _packages(assignment: Assignment) -> list[str]:
    """What students may import beside what the grader itself needs, as it is installed."""
    imported = {*assignment.allowed_packages, *assignment.preload} - {"numpy", "torch"}
    owners = metadata.packages_distributions() if imported else {}
    return sorted({name for module in imported for name in owners.get(module, ())})


def _course(course: Course, assignment: Assignment) -> dict[str, bytes]:
    """The files of a course with this one assignment."""
    files = [course.root / FILE] if (course.root / FILE).is_file() else []
    places = [assignment.folder / name for name in _NEEDED]
    for place in (*places, assignment.reference_folder()):
        files += [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.is_file())
    return {
        path.relative_to(course.root).as_posix(): path.read_bytes()
        for path in files
        if "__pycache__" not in path.parts
    }
