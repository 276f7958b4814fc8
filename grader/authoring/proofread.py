"""What `assignment.toml` says of files that lie beside it, held against those files.

It is read before a template is made, so that both a release and a proof begin with it.
"""

from __future__ import annotations

import ast
from pathlib import Path

from grader.course.assignment import Assignment
from grader.errors import AssignmentInvalid, UsageError


def refuse_incomplete(assignment: Assignment) -> None:
    """Every file of the reference and every handout is there, and every name is defined.

    Raises `UsageError` for the first that is not.
    """
    paths = assignment.reference_paths()
    for language in assignment.languages:
        handout = assignment.folder / f"handout.{language}.md"
        if not handout.is_file():
            raise UsageError("error.no_handout", file=handout)
    defined = {file.name: _defined(paths[file.name]) for file in assignment.files}
    for exercise in assignment.exercises:
        file = assignment.folder / "exercises" / f"{exercise.id}.toml"
        _refuse_undefined(file, "points", exercise.names, [exercise.file], defined)


def _refuse_undefined(
    file: Path,
    key: str,
    names: tuple[str, ...],
    files: list[str],
    defined: dict[str, list[str]],
) -> None:
    known = [name for file in files for name in defined[file]]
    for name in names:
        if name not in known:
            raise AssignmentInvalid(
                "error.undefined_name",
                file=file,
                key=key,
                name=name,
                files=", ".join(files),
                known=", ".join(known) or "-",
            )


def _defined(path: Path) -> list[str]:
    """Functions, classes and `Class.method` of a file, and its other names at the top level."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"), path.name)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise AssignmentInvalid("error.check_syntax", file=path, reason=error) from None
    names = []
    for node in tree.body:
        names += _bound(node)
        if isinstance(node, ast.ClassDef):
            names += [f"{node.name}.{name}" for inner in node.body for name in _bound(inner)]
    return names


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]
