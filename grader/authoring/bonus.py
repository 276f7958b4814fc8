"""A release without some bonus exercises: what of them stands in the template goes.

Of an exercise that is left out go its checks, its stubs where nothing else in the package names
them, and each section of a handout whose heading holds its id (`x_mse` in backticks). Its file
stays, importable, and grading knows the exercise still: who hands it in all the same has points.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from grader.course.assignment import Assignment
from grader.course.source import Definition
from grader.errors import UsageError

_HEADING = re.compile(r"(#+) ")


def keep(assignment: Assignment, without: Collection[str]) -> Assignment:
    """The assignment without these exercises. Raises `UsageError` for one that is no bonus."""
    bonus = [exercise.id for exercise in assignment.exercises if exercise.extra]
    for name in without:
        if name not in bonus:
            raise UsageError("error.not_bonus", name=name, known=", ".join(bonus) or "-")
    kept = tuple(e for e in assignment.exercises if e.id not in without)
    return replace(assignment, exercises=kept)


def cut(files: dict[str, str], assignment: Assignment, without: Collection[str]) -> dict[str, str]:
    """The files of the template without what belongs to these exercises."""
    gone = [exercise for exercise in assignment.exercises if exercise.id in without]
    kept = {n.split(".")[0] for e in assignment.exercises if e not in gone for n in e.names}
    tests = {f"test_{check.id}" for exercise in gone for check in exercise.checks}
    files = dict(files)
    for exercise in gone:
        for name in {name.split(".")[0] for name in exercise.names} - kept:
            stub = _without_definitions(files[exercise.file], {name})
            others = [t for n, t in files.items() if n.endswith(".py") and "/" not in n]
            others[others.index(files[exercise.file])] = stub
            if not any(re.search(rf"\b{re.escape(name)}\b", _code(text)) for text in others):
                files[exercise.file] = stub
        for name in [name for name in files if name.startswith("handout.")]:
            files[name] = _without_section(files[name], exercise.id)
    for name in [name for name in files if name.startswith("checks/")]:
        shorter = _without_definitions(files[name], tests)
        if shorter != files[name] and "def test_" not in shorter:
            del files[name]
        else:
            files[name] = shorter
    return files


def mentions(folder: Path, without: Collection[str]) -> list[tuple[str, int, str]]:
    """File, line and exercise where a released text still speaks of what was left out."""
    return [
        (path.name, number, name)
        for path in sorted(folder.glob("*.md"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for name in without
        if re.search(rf"\b{re.escape(name)}\b", line)
    ]


def _without_definitions(text: str, names: set[str]) -> str:
    """A module without these functions and classes of its top level."""
    lines = text.splitlines(keepends=True)
    for node in reversed(ast.parse(text).body):
        if isinstance(node, Definition) and node.name in names:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1
            while first and lines[first - 1].startswith("#"):  # what is said of it above it
                first -= 1
            del lines[first : node.end_lineno]
    return re.sub(r"\n{4,}", "\n\n\n", "".join(lines).rstrip() + "\n")


def _code(text: str) -> str:
    """A module without its comments and docstrings."""
    return ast.unparse(_Undocumented().visit(ast.parse(text)))


class _Undocumented(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return ast.Pass() if isinstance(node.value, ast.Constant) else node


def _without_section(text: str, exercise: str) -> str:
    """Markdown without the sections whose heading names the exercise, as far as they reach."""
    kept: list[str] = []
    cutting, fenced = 0, False  # the level of the section that is being cut
    for line in text.splitlines(keepends=True):
        fenced ^= line.startswith("```")
        heading = None if fenced else _HEADING.match(line)
        if heading and (not cutting or len(heading[1]) <= cutting):
            cutting = len(heading[1]) if f"`{exercise}`" in line else 0
        if not cutting:
            kept.append(line)
    return "".join(kept).rstrip() + "\n"
