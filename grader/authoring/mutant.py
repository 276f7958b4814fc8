"""`grader new mutant`: a wrong answer that several students share becomes a known bug.

The shortest of their functions takes the place of the reference's. What is wrong in it, a person
must say; next year it has a name.
"""

from __future__ import annotations

import ast
import builtins
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent

from grader.authoring.new import refuse_name
from grader.course.assignment import Assignment
from grader.course.source import Definition, span
from grader.diagnosis.classes import ClassMistakes
from grader.diagnosis.mistakes import Mistake
from grader.errors import UsageError
from grader.records.record import Record
from grader.records.store import write_atomically

_FILE = """\
why = {why}
of = {of}
severity = "wrong"

[[change]]
file = {file}
find = {find}
replace = {replace}
"""


@dataclass(frozen=True)
class Written:
    """A new mutant, whose function it was, and the names in it that the reference does not have."""

    path: Path
    student: str
    unknown: list[str]


def sharing(
    assignment: Assignment, records: Iterable[Record], mistakes: Sequence[Mistake], function: str
) -> list[str]:
    """The students who share the most frequent wrong answers of a function that have no name.

    Raises `UsageError` where there is no such function, or where no two students share any.
    """
    functions = [f.name for exercise in assignment.exercises for f in exercise.functions]
    if function not in functions:
        known = ", ".join(functions)
        raise UsageError("error.unknown_function", name=function, known=known)
    made = ClassMistakes(mistakes)
    for record in records:
        made.add(record)
    groups = [group for group in made.shared() if group.function == function]
    if not groups:
        known = ", ".join(dict.fromkeys(group.function for group in made.shared()))
        code = "error.no_cluster" if known else "error.no_clusters"
        raise UsageError(code, assignment=assignment.id, function=function, known=known)
    return groups[0].students


def write(
    assignment: Assignment,
    name: str,
    function: str,
    why: str,
    submitted: Mapping[str, Mapping[str, bytes]],
) -> Written:
    """Write the file of a mutant from the shortest of the submitted functions, by student."""
    refuse_name(name)
    path = assignment.folder / "mutants" / f"{name}.toml"
    if path.exists():
        raise UsageError("error.name_taken", folder=path)
    file = next(e.file for e in assignment.exercises for f in e.functions if f.name == function)
    reference = assignment.reference_files()[file].decode()
    right = _source(reference, function)
    if right is None:
        raise UsageError("error.no_function", file=file, name=function)
    own = {
        student: found
        for student, files in submitted.items()
        if (found := _source(files.get(file, b"").decode("utf-8", "replace"), function))
    }
    if not own:
        raise UsageError("error.no_function", file=file, name=function)
    own = {name: source for name, source in own.items() if _code(source) != _code(right)}
    if not own:
        raise UsageError("error.mutant_is_right", file=file, name=function)
    student = min(own, key=lambda name: len(own[name]))
    margin = right[: len(right) - len(right.lstrip())]
    wrong = indent(dedent(own[student]), margin)
    fields = {"why": why, "of": function, "file": file, "find": right, "replace": wrong}
    text = _FILE.format(**{key: _toml(value) for key, value in fields.items()})
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, text)
    return Written(path, student, _unknown(wrong, reference))


def _source(text: str, function: str) -> str | None:
    """The lines of a function or method; of `Class.method.part` those of the method."""
    found = span(text, function)
    return "\n".join(text.splitlines()[found[0] - 1 : found[1]]) if found else None


def _code(source: str) -> str:
    """What a function does, however it is laid out, commented and described."""
    try:
        [function] = ast.parse(dedent(source)).body
    except (SyntaxError, ValueError):  # lines of a string stand left of the rest
        return source
    if isinstance(function, Definition) and ast.get_docstring(function) is not None:
        function.body = function.body[1:] or [ast.Pass()]
    return ast.unparse(function)


def _unknown(source: str, reference: str) -> list[str]:
    """Names that a function reads and that neither it nor the reference's file gives a value."""
    own, around = list(ast.walk(ast.parse(dedent(source)))), list(ast.walk(ast.parse(reference)))
    given = {n.id for n in own + around if isinstance(n, ast.Name) and _is_stored(n)}
    given |= {n.arg for n in own if isinstance(n, ast.arg)}
    given |= {str(getattr(n, "name", "")) for n in own + around}
    imports = [n for n in own + around if isinstance(n, ast.Import | ast.ImportFrom)]
    given |= {(a.asname or a.name).partition(".")[0] for n in imports for a in n.names}
    read = {n.id for n in own if isinstance(n, ast.Name)}
    return sorted(name for name in read - given if not hasattr(builtins, name))


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _toml(value: str) -> str:
    """A string of TOML: over several lines as it stands, where nothing in it forbids that."""
    plain = value.replace("\n", "").replace("\t", "")
    if "\n" in value and "'''" not in value and plain.isprintable():
        return f"'''\n{value}'''"
    return json.dumps(value, ensure_ascii=False)
