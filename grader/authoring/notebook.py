"""The notebook edition: an assignment as a Jupyter notebook, of the same stubs and handout.

Section by section of the handout, each with the functions of its exercise and a cell that checks
them. The metadata are nbgrader's (schema 3): text, imports and checks are locked, functions are
solutions, and the check of an exercise is a grade cell with its points. What cells are called never
changes as long as exercises and functions keep their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from grader.authoring import wheel
from grader.authoring.chunks import Chunk, Module, module
from grader.authoring.order import checked_after
from grader.course.assignment import Assignment
from grader.course.exercise import Exercise
from grader.i18n import choose, translate
from grader.intake.cells import TEMPLATE, code_digest
from grader.intake.entries import NOTEBOOK

_HEADING = re.compile(r"#{1,2} ")


def is_available() -> bool:
    """Whether notebooks can be made: nbformat is an extra."""
    return find_spec("nbformat") is not None


def editions(
    assignment: Assignment, files: Mapping[str, str], solved: Mapping[str, str]
) -> dict[str, str]:
    """File name -> notebook, for each language of the assignment.

    `files` are the template's, `solved` the reference's.
    """
    return {
        f"{assignment.id}.{language}{NOTEBOOK}": _Edition(
            assignment, language, files, solved
        ).written()
        for language in assignment.languages
    }


def with_solutions(
    assignment: Assignment, files: Mapping[str, str], solved: Mapping[str, str]
) -> str:
    """The source for nbgrader, in the first language."""
    edition = _Edition(
        assignment, assignment.languages[0], {**files, **solved}, solved, is_source=True
    )
    return edition.written()


class _Edition:
    """One notebook in the making."""

    def __init__(
        self,
        assignment: Assignment,
        language: str,
        files: Mapping[str, str],
        solved: Mapping[str, str],
        *,
        is_source: bool = False,
    ) -> None:
        self._assignment, self._language, self._is_source = assignment, language, is_source
        self._handout = files[f"handout.{language}.md"]
        self._modules = {file.name: module(files[file.name]) for file in assignment.files}
        self._graded = {name for exercise in assignment.exercises for name in exercise.names}
        self._after = checked_after(assignment, solved)
        self._functions: dict[str, dict[str, Chunk]] = {}  # by file and name, yet to come
        self._cells: list[Any] = []

    def written(self) -> str:
        """Its JSON, which nbformat has found to be right."""
        self._fill()
        nbformat = _nbformat()
        code = [cell.source for cell in self._cells if cell.cell_type == "code"]
        metadata = {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            **({} if self._is_source else {TEMPLATE: {"code": code_digest(code)}}),
        }
        made = nbformat.v4.new_notebook(cells=self._cells, metadata=metadata)
        made.nbformat_minor = 5
        nbformat.validate(made)
        return str(nbformat.writes(made)).rstrip("\n") + "\n"

    def _fill(self) -> None:
        by_id = {exercise.id: exercise for exercise in self._assignment.exercises}
        sections = list(_sections(self._handout))
        places = _places(self._assignment, [text.partition("\n")[0] for text in sections])
        for number, section in enumerate(sections):
            named = [name for name in by_id if places.get(name) == number]
            self._text(f"handout-{number}", section)
            if number == 0:
                self._begin()
            for name in named:
                self._exercise(by_id.pop(name))
        for exercise in by_id.values():  # whose section names no exercise
            title = choose(exercise.title, self._language)
            self._text(f"handout-{exercise.id}", f"## {title}")
            self._exercise(exercise)
        for file, rest in self._modules.items():  # in which there is nothing to write
            self._file(file, rest)
        self._text("all", f"## {self._say('all')}")
        self._locked("check-all", "check()")

    def _begin(self) -> None:
        assignment = self._assignment
        fields = {"wheel": wheel.name(), "package": assignment.package, "assignment": assignment.id}
        self._text("notebook", self._say("how", **fields))
        missing = self._say("not_installed", **fields)
        named = f'assignment="{self._assignment.id}", lang="{self._language}"'
        lines = [
            "try:",
            "    from functools import partial",
            "",
            "    from grader.selfcheck.notebook import check",
            "",
            f"    check = partial(check, {named})",
            "except ImportError:",
            f"    print({missing!r})",
            "",
            "    def check(*exercises):",
            "        return 0",
        ]
        self._locked("self-check", "\n".join(lines))

    def _exercise(self, exercise: Exercise) -> None:
        """What comes below the section of an exercise: its functions, and the checks."""
        if exercise.file in self._modules:
            self._file(exercise.file, self._modules.pop(exercise.file))
        functions = self._functions[exercise.file]
        own = [functions.pop(name) for name in list(functions) if name in exercise.names]
        self._chunks(exercise.file, own)
        if above := sorted(set(exercise.names) - {chunk.name for chunk in own}):
            self._text(f"above-{exercise.id}", self._say("above", names=_code(above)))
        if (after := self._after[exercise.id]) != exercise.id:
            self._text(f"below-{exercise.id}", self._say("below", names=_code([after])))
        for other in self._assignment.exercises:
            if self._after[other.id] == exercise.id:
                self._check(other)

    def _file(self, file: str, module: Module) -> None:
        """What a file begins with: its docstring, its imports, what it gives to all exercises."""
        about = f"\n\n```text\n{module.docstring}\n```" if module.docstring else ""
        self._text(f"file-{_slug(file)}", f"**`{file}`**{about}")
        self._functions[file] = {c.name: c for c in module.chunks if c.name in self._graded}
        self._chunks(file, [c for c in module.chunks if c.name not in self._graded])

    def _check(self, exercise: Exercise) -> None:
        marks: dict[str, Any] = {"locked": True}
        if not exercise.extra:  # nbgrader adds up all points there are
            marks |= {"grade": True, "points": exercise.points}
        self._code(f"check-{exercise.id}", f'check("{exercise.id}")', "", **marks)

    def _chunks(self, file: str, chunks: list[Chunk]) -> None:
        counts = {"imports": 0, "helpers": 0}
        for chunk in chunks:
            kind = "helpers" if chunk.solution else "imports"
            name = _slug(chunk.name) or f"{kind}-{counts[kind]}"
            counts[kind] += not chunk.name
            marks = {"solution": True} if chunk.solution else {"locked": True}
            self._code(f"{_slug(file)}-{name}", chunk.text, file, **marks)

    def _text(self, name: str, source: str) -> None:
        cell = _nbformat().v4.new_markdown_cell(source.strip("\n"), id=name)
        self._add(cell, {"grade": False, "solution": False, "locked": True})

    def _locked(self, name: str, source: str) -> None:
        self._code(name, source, "", locked=True)

    def _code(self, name: str, source: str, file: str, **marks: Any) -> None:
        cell = _nbformat().v4.new_code_cell(source, id=name)
        if file:
            cell.metadata[TEMPLATE] = {"file": file}
        self._add(cell, {"grade": False, "solution": False, "locked": False, **marks})

    def _add(self, cell: Any, marks: dict[str, Any]) -> None:
        if not self._is_source:  # as nbgrader locks what it releases
            cell.metadata["deletable"] = False
            cell.metadata |= {"editable": False} if marks["locked"] else {}
        marks |= {"schema_version": 3, "task": False, "grade_id": cell.id}
        cell.metadata["nbgrader"] = marks
        self._cells.append(cell)

    def _say(self, name: str, **fields: object) -> str:
        return translate(f"notebook.{name}", self._language, **fields)


def _nbformat() -> Any:
    """The library, where it is needed; it has no types."""
    import nbformat

    return nbformat


def _code(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _sections(handout: str) -> Iterator[str]:
    """A handout cut before each heading of the first and second level."""
    held: list[str] = []
    fenced = False
    for line in handout.splitlines():
        fenced ^= line.startswith("```")
        if held and not fenced and _HEADING.match(line):
            yield "\n".join(held)
            held = []
        held.append(line)
    yield "\n".join(held)


def _places(assignment: Assignment, headings: Sequence[str]) -> dict[str, int]:
    """Below which heading each exercise comes: the first that holds its id in backticks.

    Where none does, the last that holds a function of its: by then all of them are described.
    """
    found = {}
    for exercise in assignment.exercises:
        functions = [function.name for function in exercise.functions]
        own = rf"`({'|'.join(map(re.escape, [*functions, *exercise.names]))})[`(]"
        by_id = [n for n, heading in enumerate(headings) if f"`{exercise.id}`" in heading]
        by_name = [n for n, heading in enumerate(headings) if re.search(own, heading)]
        if places := by_id[:1] or by_name[-1:]:
            found[exercise.id] = places[0]
    return found


def _slug(name: str) -> str:
    """A name as nbgrader and nbformat allow it in an id."""
    return re.sub(r"[^A-Za-z0-9_]", lambda found: f"-{ord(found[0]):x}-", name.removesuffix(".py"))
