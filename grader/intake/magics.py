"""What only Jupyter understands in a cell: `%matplotlib inline`, `!pip install`, `np.array?`."""

from __future__ import annotations

import re

# Of a line without the blanks around it: `%time f()`, `files = !ls`, `?f`, `f.g??`, `f(x)?`. In a
# comment or a sentence a question mark is none.
_MAGIC = re.compile(r"(?:[\w\s.,]+=\s*)?(?:[%!?]|(?:[\w.*]|\[[^]]*]|\([^)]*\))+\?\??$)")
_ABOUT_TIME = {"%%time", "%%timeit", "%%capture", "%%prun"}  # the cell is Python all the same


def take_out_cell_magic(lines: list[str], magics: list[str]) -> bool:
    """Take out a `%%` in front; whether what follows is Python."""
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if not lines[first].startswith("%%"):
        return True
    magics.append(lines[first].strip())
    word = lines[first].split()[0]
    lines[first] = ""
    return word in _ABOUT_TIME


def take_out_magic(lines: list[str], number: int) -> list[str]:
    """Take out what Python stumbled over at a line, or the last before it; what that was.

    `pass` comes in its place, so that an `if` around it still has a body.
    """
    before = range(min(number, len(lines)) - 1, -1, -1)
    first = next((i for i in before if _is_magic(lines[i])), len(lines))
    taken = []
    at, goes_on = first, False  # a command goes on after a backslash
    while at < len(lines) and (goes_on or _is_magic(lines[at])):
        line = lines[at]
        indent = line[: len(line) - len(line.lstrip())]
        taken += [] if goes_on else [line.strip()]
        lines[at] = "" if goes_on else f"{indent}pass"
        goes_on = line.endswith("\\")
        at += 1
    return taken


def _is_magic(line: str) -> bool:
    return _MAGIC.match(line.strip()) is not None
