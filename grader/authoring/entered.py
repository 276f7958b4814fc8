"""Which functions of the reference are entered by which check: a bug in any other cannot be seen.

A check that enters none of the functions that a mutant changed runs nothing but the reference, ends
as the reference's does, and need not be run again; unless the mutant keeps something from an
earlier check in the same guest.

How it is known: the reference is graded once more, each check in a guest of its own, with a line at
the head of each function that announces it. The line writes a number to the standard output when a
guest gets there for the first time, and a record keeps what was printed in each check.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import accumulate

from grader.course.assignment import Assignment
from grader.records.outcome import Outcome
from grader.records.record import MAX_OUTPUT_SHOWN, Record

_HEAD = "import os as _os\n_entered = set()"
_LINE = "if {0} not in _entered: _entered.add({0}); _os.write(1, b'@{0};')"
_ANNOUNCED = re.compile(r"@(\d+);")


def announcing(reference: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    """The package with a line in each function, and the functions by the number in that line."""
    functions: list[str] = []
    return {name: _announcing(name, text, functions) for name, text in reference.items()}, functions


def entered(
    assignment: Assignment, record: Record, functions: list[str]
) -> dict[str, frozenset[str]]:
    """Check -> the functions that it enters.

    `record` is that of the announcing package, each check apart. A check is missing where that is
    not known: it did not pass, printed more than a record keeps, or used a guest for each case, of
    which only the last one's output is kept.
    """
    kept = min(MAX_OUTPUT_SHOWN, 1024 * assignment.limits.output_kb)
    results = {c.id: c for exercise in record.exercises for c in exercise.checks}
    found: dict[str, frozenset[str]] = {}
    for check in (check for exercise in assignment.exercises for check in exercise.checks):
        result = results.get(check.id)
        if result is None or result.outcome != Outcome.PASSED:
            continue
        if len(result.output.encode()) >= kept or (check.fresh and result.cases > 1):
            continue
        numbers = map(int, _ANNOUNCED.findall(result.output))
        found[check.id] = frozenset(functions[number] for number in numbers)
    return found


def changed(reference: Mapping[str, bytes], files: Mapping[str, bytes]) -> frozenset[str] | None:
    """The functions whose bodies differ; None where anything else differs, too.

    A default value, a decorator, a class attribute or a new method can show without a function of
    the reference being entered.
    """
    found: set[str] = set()
    for name, source in reference.items():
        if files[name] == source:
            continue
        try:
            (bodies, rest), (own_bodies, own_rest) = _parts(name, source), _parts(name, files[name])
        except SyntaxError:
            return None
        if rest != own_rest and ast.dump(ast.parse(rest)) != ast.dump(ast.parse(own_rest)):
            return None  # and not by a comment alone
        found |= {function for function, body in bodies.items() if own_bodies[function] != body}
    return frozenset(found)


def _announcing(file: str, source: bytes, functions: list[str]) -> bytes:
    tree = ast.parse(source)
    for name, node in _functions(file, tree):
        line = ast.parse(_LINE.format(len(functions))).body
        functions.append(name)
        start = 0 if ast.get_docstring(node) is None else 1
        node.body[start:start] = line
    start = sum(map(_must_be_first, tree.body))
    tree.body[start:start] = ast.parse(_HEAD).body
    return ast.unparse(tree).encode()


def _must_be_first(node: ast.stmt) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or (isinstance(node, ast.ImportFrom) and node.module == "__future__")


@lru_cache(maxsize=16)  # each mutant asks for the reference's
def _parts(file: str, source: bytes) -> tuple[dict[str, list[bytes]], bytes]:
    """The bodies by function, and the file with `pass` in their place."""
    starts = [0, *accumulate(map(len, source.splitlines(keepends=True)))]
    bodies: dict[str, list[bytes]] = {}
    rest, place = [], 0
    for name, node in _functions(file, ast.parse(source)):
        first, last = node.body[0], node.body[-1]
        start = starts[first.lineno - 1] + first.col_offset
        end = starts[(last.end_lineno or last.lineno) - 1] + (last.end_col_offset or 0)
        bodies.setdefault(name, []).append(source[start:end])
        rest.append(source[place:start])
        place = end
    return bodies, b"pass".join([*rest, source[place:]])


def _functions(
    name: str, node: ast.Module | ast.ClassDef
) -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Functions and methods, `file.Class.method`; one within another is part of it."""
    found: list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]] = []
    for child in node.body:
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            found.append((f"{name}.{child.name}", child))
        elif isinstance(child, ast.ClassDef):
            found += _functions(f"{name}.{child.name}", child)
    return found
