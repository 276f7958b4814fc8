"""The files of an assignment's checks: which tests are in them, read without running anything."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

from grader.errors import AssignmentInvalid
from grader.json_file import Damaged, read_json

TIMINGS = "timings.json"


def paths(folder: Path) -> list[Path]:
    """Every Python file of the checks: those of an assignment, or of a released template."""
    return [
        path
        for part in ("checks/public", "checks/hidden", "checks")
        for path in sorted((folder / part).glob("*.py"))
    ]


def tests(folder: Path) -> dict[str, tuple[Path, bool]]:
    """Check id -> its file, and whether it is public."""
    found: dict[str, tuple[Path, bool]] = {}
    for path in paths(folder):
        if not path.name.startswith("test_"):
            continue
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"), path.name)
        except (SyntaxError, UnicodeDecodeError) as error:
            raise AssignmentInvalid("error.check_syntax", file=path, reason=error) from None
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                name = node.name.removeprefix("test_")
                if name in found:
                    raise AssignmentInvalid("error.check_twice", file=path, check=name)
                found[name] = (path, path.parent.name != "hidden")
    return found


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
