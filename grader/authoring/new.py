"""`grader new`: a course and its assignments, copied from what works, to be edited.

    course(Path("nlp2027"), "en")
    assignment(Course.find(Path("nlp2027")), "hw1", source="hw3")

What is copied lies beside the package: in a checkout as it is developed, otherwise where the wheel
put it (`shared-data` in pyproject.toml).
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import grader
from grader.course.assignment import Assignment
from grader.course.folder import FILE, Course
from grader.errors import UsageError
from grader.i18n import LANGUAGES

EXAMPLE = "hw0"  # the small assignment of the starter

_STARTER = "starter"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Copied:
    """A new assignment: its two folders, and how many files are in them."""

    folder: Path
    reference: Path
    files: int


def course(folder: Path, lang: str) -> Course:
    """A course without assignments, in a folder that is new or empty.

    Its README is in the language of the person who asks, and so is what students read first.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("error.folder_in_use", folder=folder)
    starter = _shipped_folder() / _STARTER
    title = folder.resolve().name
    declared = (starter / FILE).read_text(encoding="utf-8")
    readme = (starter / f"README.{lang}.md").read_text(encoding="utf-8")
    for words in Course.read(starter).title.values():
        declared = declared.replace(f'"{words}"', json.dumps(title, ensure_ascii=False))
        readme = readme.replace(f"# {words}\n", f"# {title}\n")
    languages = sorted(LANGUAGES, key=lambda own: own != lang)
    declared = declared.replace(json.dumps(list(LANGUAGES)), json.dumps(languages))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(declared, encoding="utf-8")
    (folder / "README.md").write_text(readme, encoding="utf-8")
    (folder / ".gitignore").write_bytes((starter / ".gitignore").read_bytes())
    made = Course.read(folder)
    for name in (made.folders.assignments, made.folders.reference, made.folders.submitted):
        (folder / name).mkdir()
    return made


def assignment(course: Course, name: str, source: str = EXAMPLE) -> Copied:
    """Copy one of `shipped()` into the course under another name, whole or not at all."""
    refuse_name(name)
    owners = shipped()
    if source not in owners:
        raise UsageError("error.unknown_shipped", name=source, known=", ".join(owners))
    model = owners[source].load(source)
    package = _renamed(model.package.encode(), model, name).decode()
    folder = course.root / course.folders.assignments / name
    reference = course.root / course.folders.reference / package
    for place in (folder, reference):
        _refuse_taken(place)
    unwanted = {f"handout.{lang}.md" for lang in set(model.title) - set(course.languages)}
    files = {
        place / path.relative_to(origin): _renamed(path.read_bytes(), model, name)
        for origin, place in ((model.folder, folder), (model.reference_folder(), reference))
        for path in origin.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name not in unwanted
    }
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except BaseException:  # a half of it would be taken for an assignment
        for place in (folder, reference):
            shutil.rmtree(place, ignore_errors=True)
        raise
    return Copied(folder, reference, len(files))


def refuse_name(name: str) -> None:
    """Raise `UsageError` for what no new assignment or mutant can be called."""
    if not _NAME.fullmatch(name):
        raise UsageError("error.bad_name", name=name)


def shipped() -> dict[str, Course]:
    """The assignments that come with the grader: name -> the course it is in."""
    home = _shipped_folder()
    courses = [Course.read(home / _STARTER), Course.read(home)]
    return {name: course for course in courses for name in course.names()}


def _shipped_folder() -> Path:
    checkout = Path(grader.__file__).parents[1]
    if (checkout / _STARTER / FILE).is_file():
        return checkout
    for path in metadata.distribution("grader").files or []:
        if path.as_posix().endswith(f"share/grader/{_STARTER}/{FILE}"):
            return Path(path.locate()).resolve().parents[1]
    raise UsageError("error.nothing_shipped")


def _renamed(content: bytes, model: Assignment, name: str) -> bytes:
    """The same text with the assignment's id exchanged, in the name of its package too."""
    rest = model.package.removeprefix(model.id)
    pattern = rf"\b{re.escape(model.id)}(?={re.escape(rest)}\b|\b)"
    return re.sub(pattern.encode(), name.encode(), content)


def _refuse_taken(place: Path) -> None:
    """Also where the names differ in upper and lower case only: some disks hold one of them."""
    present = place.parent.iterdir() if place.parent.is_dir() else ()
    for other in present:
        if other.name.lower() == place.name.lower():
            raise UsageError("error.name_taken", folder=other)
