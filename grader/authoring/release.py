"""`grader release`: the template on the disk, a zip for students, and the proof before both.

    student_template/hw1_classification/     the template, and the notebooks that say the same
    DIST/hw1_classification.zip              both, and the self-check
    DIST/hw1.en.ipynb                        each notebook
    DIST/source/hw1/                         with solutions, for nbgrader

Notebooks follow from the template, so that nobody need keep them in a repository, and whether a
template is out of date can be said without them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.authoring import bonus, notebook, template, wheel
from grader.course.assignment import Assignment
from grader.course.folder import Course
from grader.errors import ReleaseRefused
from grader.grading.engines.local import Pool
from grader.grading.worker import Job
from grader.intake.entries import is_notebook
from grader.intake.read import Submission
from grader.records.packing import packed
from grader.records.record import Record
from grader.records.store import write_atomically


@dataclass(frozen=True)
class Released:
    """What a release wrote."""

    folder: Path
    files: int
    archive: Path
    notebooks: list[Path]  # none without nbformat


def release(
    course: Course, assignment: Assignment, dist: Path, without: Collection[str] = ()
) -> Released:
    """Write template and zip. Raises `ReleaseRefused` and writes nothing when a proof fails."""
    files = template.build(assignment, without)
    kept = bonus.keep(assignment, without)
    refuse_scoring(kept, grade_template(kept, files))
    beside: dict[str, str] = {}
    if notebook.is_available():
        solved = template.solved(assignment, without)
        editions = notebook.editions(kept, files, solved)
        source = notebook.with_solutions(kept, files, solved)
        beside = {**editions, **_source(kept, files, source)}
        files |= editions
    content = _zip(assignment.package, files)
    folder = course.template(assignment)
    for stale in _present(folder) - set(files):
        (folder / stale).unlink()
    for name, text in files.items():
        write_atomically(folder / name, text)
    for name, text in beside.items():
        write_atomically(dist / name, text)
    archive = dist / f"{assignment.package}.zip"
    write_atomically(archive, content)
    notebooks = [dist / name for name in beside if is_notebook(name)]
    return Released(folder, len(files), archive, notebooks)


def _source(assignment: Assignment, files: Mapping[str, str], source: str) -> dict[str, str]:
    """A folder for `source/` of an nbgrader course: the notebook, and what its checks need."""
    needed = {
        name: text
        for name, text in files.items()
        if name.endswith((".toml", ".json")) or name.startswith("checks/")
    }
    needed[f"{assignment.id}.ipynb"] = source
    return {f"source/{assignment.id}/{name}": text for name, text in needed.items()}


def stale(course: Course, assignment: Assignment, without: Collection[str] = ()) -> list[str]:
    """Files of the committed template that differ from what a release would write."""
    files = template.build(assignment, without)
    folder = course.template(assignment)
    present = {name for name in _present(folder) if not is_notebook(name)}
    changed = {n for n in present & set(files) if (folder / n).read_text("utf-8") != files[n]}
    return sorted(changed | (present ^ set(files)))


def grade_template(assignment: Assignment, files: dict[str, str]) -> Record:
    """The record that an untouched template gets."""
    content = {name: files[name].encode() for name in assignment.package_files}
    job = Job(Submission.in_memory("template", content))
    (graded,) = Pool(1).grade_all(assignment, [job])
    return graded.record


def refuse_scoring(assignment: Assignment, record: Record) -> None:
    """An untouched template must read as 'not yet' in every check. Raises `ReleaseRefused`."""
    for exercise in record.exercises:
        for result in exercise.checks:
            if not result.outcome.not_yet:
                *_, detail = ["-", *result.detail.strip().splitlines()]
                raise ReleaseRefused(
                    "error.template_outcome",
                    folder=assignment.package,
                    check=result.id,
                    outcome=result.outcome,
                    detail=detail,
                )


def _present(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _zip(package: str, files: dict[str, str]) -> bytes:
    """The template in a folder, and beside it the wheel of this grader for the self-check."""
    template_files = {f"{package}/{n}": files[n].encode() for n in sorted(files)}
    return packed({**template_files, wheel.name(): wheel.build()})
