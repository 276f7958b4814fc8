"""The peer nbgrader: the same checks as test cells of a notebook, for `nbgrader autograde`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent

SETUP = """
import json, sys
sys.path[:0] = [{root!r}, {parent!r}]
from pathlib import Path
from bench.floor import collect
from bench.inprocess import Student
student = Student("hw1_classification")
tests = {{}}
for file in {checks!r}:
    for test, case in collect(Path(file)):
        tests.setdefault(test.__name__, []).append((test, case))
def run(name):
    for test, case in tests[name]:
        test(student, **case)
"""


def autograde(work: Path, packages: list[Path], checks: list[Path]) -> None:
    """Make the course, then time nothing here: the caller measures the whole."""
    course = work / "nbgrader"
    names = _names(checks)
    _write(course / "source" / "hw1" / "hw1.ipynb", _notebook(packages[0], checks, names))
    for package in packages:
        student = package.parent.name
        target = course / "submitted" / student / "hw1" / "hw1.ipynb"
        _write(target, _notebook(package, checks, names))
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        "c.CourseDirectory.course_id = 'bench'\n"
        "c.ExecutePreprocessor.timeout = 600\n"
        "c.IncludeHeaderFooter.header = ''\n"
    )
    scripts = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",  # nbgrader starts alembic by name
        "OMP_NUM_THREADS": "1",
        "HOME": str(work),
    }
    for command in (["generate_assignment", "hw1"], ["autograde", "hw1"]):
        subprocess.run(
            [str(scripts / "nbgrader"), *command],
            cwd=course,
            env=environment,
            check=True,
            capture_output=True,
        )


def _names(checks: list[Path]) -> list[str]:
    import ast

    return [
        node.name
        for path in checks
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def _notebook(package: Path, checks: list[Path], names: list[str]) -> dict[str, Any]:
    setup = SETUP.format(
        root=str(ROOT), parent=str(package.parent), checks=[str(path) for path in checks]
    )
    cells = [_cell(setup, "setup", None)] + [_cell(f"run({name!r})", name, 1) for name in names]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _cell(source: str, name: str, points: int | None) -> dict[str, Any]:
    marks: dict[str, Any] = {
        "schema_version": 3,
        "grade": points is not None,
        "locked": points is not None,
        "solution": points is None,
        "task": False,
        "grade_id": name,
    }
    if points is not None:
        marks["points"] = points
    return {
        "cell_type": "code",
        "id": name[:60],
        "execution_count": None,
        "metadata": {"nbgrader": marks},
        "outputs": [],
        "source": source,
    }


def _write(path: Path, notebook: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
