"""The floor: checks as plain function calls in this process."""

from __future__ import annotations

import importlib.util
import inspect
import json
import sys
from pathlib import Path
from typing import Any

from bench.inprocess import Student


def cases(function: Any) -> list[dict[str, Any]]:
    """The arguments of a check beside `student`: one dict for each parameter set."""
    found: list[dict[str, Any]] = [{}]
    for mark in getattr(function, "pytestmark", []):
        if mark.name != "parametrize":
            continue
        names = (
            [n.strip() for n in mark.args[0].split(",")]
            if isinstance(mark.args[0], str)
            else mark.args[0]
        )
        rows = [value if len(names) > 1 else (value,) for value in mark.args[1]]
        found = [{**old, **dict(zip(names, row, strict=True))} for old in found for row in rows]
    return found


def collect(path: Path) -> list[tuple[Any, dict[str, Any]]]:
    """Every test of a file with its arguments."""
    spec = importlib.util.spec_from_file_location(f"checks_{path.parent.name}_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tests = [
        f for name, f in inspect.getmembers(module, inspect.isfunction) if name.startswith("test_")
    ]
    return [(test, case) for test in tests for case in cases(test)]


def main() -> None:
    """Run every check for every package."""
    packages, files = json.loads(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    tests = [test for file in files for test in collect(file)]
    for folder in packages:
        parent, name = folder.rsplit("/", 1)
        for loaded in [m for m in sys.modules if m.split(".")[0] == name]:
            del sys.modules[loaded]
        sys.path.insert(0, parent)
        for test, arguments in tests:
            test(Student(name), **arguments)
        sys.path.remove(parent)


if __name__ == "__main__":
    main()
