"""Solution markers: from a solved file to the stub that a student gets.

    ### BEGIN SOLUTION
    ...
    ### END SOLUTION

The words are nbgrader's; the form is strict, so that nothing leaks through a loose pair. A region
inside a function becomes `raise NotImplementedError()`; one at the top level (a helper that would
give the idea away) goes without a trace.
"""

from __future__ import annotations

import re
from pathlib import Path

from grader.errors import MarkerError

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")
_NEAR_MISS = re.compile(r"#.*\b(begin|end|start|stop)\b.*\bsolution", re.IGNORECASE)


def strip(text: str, path: Path) -> tuple[str, list[str]]:
    """The stub of a solved file, and the solution's lines.

    Raises `MarkerError` for nested, unclosed, misplaced or misspelled markers.
    """
    kept: list[str] = []
    solution: list[str] = []
    opened: tuple[int, str] | None = None  # line and indentation of the BEGIN
    for number, line in enumerate(text.splitlines(), start=1):
        words, indent = line.strip(), line[: len(line) - len(line.lstrip())]
        if words == BEGIN:
            if opened:
                raise MarkerError("error.marker_nested", file=path, line=number, first=opened[0])
            opened = (number, indent)
            kept += [indent + part for part in STUB] if indent else []
        elif words == END:
            if not opened:
                raise MarkerError("error.marker_end", file=path, line=number)
            if indent != opened[1]:
                raise MarkerError("error.marker_indent", file=path, line=number, first=opened[0])
            opened = None
        elif _NEAR_MISS.search(line):
            raise MarkerError("error.marker_spelling", file=path, line=number, found=words)
        elif opened:
            solution.append(line)
        else:
            kept.append(line)
    if opened:
        raise MarkerError("error.marker_open", file=path, line=opened[0])
    stub = re.sub(r"\n{4,}", "\n\n\n", "\n".join(kept).rstrip() + "\n")
    return stub, solution
