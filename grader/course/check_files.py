"""The files of an assignment's checks: which tests are in them, read without running anything."""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass
from pathlib import Path

from grader.errors import AssignmentInvalid
from grader.json_file import Damaged, read_json

TIMINGS = "timings.json"
_WANT_ERRORS = {"expect_error", "raises"}


def paths(folder: Path) -> list[Path]:
    """Every Python file of the checks: those of an assignment, or of a released template."""
    return [
        path
        for part in ("checks/public", "checks/hidden", "checks")
        for path in sorted((folder / part).glob("*.py"))
    ]


@dataclass(frozen=True)
class Test:
    """A test, by its source."""

    path: Path
    public: bool
    wants_error: bool  # it waits for an exception, itself or by a function of its file


def tests(folder: Path) -> dict[str, Test]:
    """The tests by the ids of their checks."""
    found: dict[str, Test] = {}
    for path in paths(folder):
        if not path.name.startswith("test_"):
            continue
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"), path.name)
        except (SyntaxError, UnicodeDecodeError) as error:
            raise AssignmentInvalid("error.check_syntax", file=path, reason=error) from None
        wanting = _wanting_errors(tree)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                name = node.name.removeprefix("test_")
                if name in found:
                    raise AssignmentInvalid("error.check_twice", file=path, check=name)
                public = path.parent.name != "hidden"
                found[name] = Test(path, public, node.name in wanting)
    return found


def _wanting_errors(tree: ast.Module) -> set[str]:
    """The functions of a file that name `expect_error` or `raises`, or one that does."""
    named = {
        function.name: {
            node.id if isinstance(node, ast.Name) else node.attr
            for node in ast.walk(function)
            if isinstance(node, ast.Name | ast.Attribute)
        }
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
    }
    wanting = set(_WANT_ERRORS)
    while more := {name for name, names in named.items() if names & wanting} - wanting:
        wanting |= more
    return wanting


def timings(folder: Path) -> dict[str, float]:
    """Seconds the reference needs for each check, as `grader verify --measure` stored them."""
    path = folder / TIMINGS
    if not path.exists():
        return {}
    try:
        return read_json(path, lambda data: {name: float(own) for name, own in data.items()})
    except Damaged as error:
        raise AssignmentInvalid("error.toml", file=path, reason=error) from None


def sha256(folder: Path) -> str:
    """Of the names and the text of all check files."""
    digest = hashlib.sha256()
    for path in paths(folder):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()
