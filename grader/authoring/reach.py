"""Which exercises can meet what differs between a package and the reference.

A guest serves one exercise and imports its file. Where neither that file, nor one that it imports
or that the exercise's checks run, differs, the guest runs the reference: its checks pass, as the
reference's proof has shown, and need not be run again.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from grader.course.assignment import Assignment

_BY_NAME = {"importlib", "runpy", "__import__", "exec", "eval"}  # may import whatever there is


def reached(
    assignment: Assignment, reference: Mapping[str, bytes], files: Mapping[str, bytes]
) -> tuple[str, ...]:
    """The exercises, by id, that may run something of `files` that is not the reference's.

    A file that is missing from one of the two differs. Raises `SyntaxError` for a reference that is
    no Python.
    """
    names = reference.keys() | files.keys()
    differ = {_module(name) for name in names if files.get(name) != reference.get(name)}
    imports = dict.fromkeys(differ, frozenset[str]())
    for name, source in reference.items():
        module = _module(name)
        imports[module] = imports.get(module, frozenset()) | _words(source)
    return tuple(
        exercise.id
        for exercise in assignment.exercises
        if differ & _with_imports({_module(f) for f in (exercise.file, *exercise.uses)}, imports)
    )


def _module(file: str) -> str:
    """What stands below the package: `tools` of `tools.py` and of `tools/shapes.py`."""
    return file.partition("/")[0].removesuffix(".py")


def _with_imports(modules: set[str], imports: Mapping[str, frozenset[str]]) -> set[str]:
    """These modules, the package itself, and what they import, directly or not."""
    found, todo = set[str](), {"__init__", *modules}
    while todo:
        found |= todo
        words = frozenset[str]().union(*(imports.get(module, ()) for module in todo))
        todo = set(imports if words & _BY_NAME else words & imports.keys()) - found
    return found


def _words(source: bytes) -> frozenset[str]:
    """Every word of the import statements, and what imports without one."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.alias):
            found.update(node.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            found.update((node.module or "").split("."))
        elif isinstance(node, ast.Name) and node.id in _BY_NAME:
            found.add(node.id)
    return frozenset(found)
