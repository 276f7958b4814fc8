"""Values and questions as a person reads them, where they are small: what a counterexample shows.

Nothing here costs more than the text that comes of it: what is larger is given up on at once. The
text of an argument can be pasted into Python; numbers of a result are cut to six digits, and in a
table what double precision cannot hold beside the largest is 0: noise, another in each run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.checking.arrays import is_array
from grader.records.record import Shown

MOST = 240  # characters of a value
MOST_ASKED = 480  # characters of the lines that ask for it
LARGEST = 10  # rows and columns of a table
DEPTH = 6
DIGITS = 6
NOISE = 1e-14  # of the largest number beside it: some 50 roundings of a double

_PLAIN_DTYPES = {"numpy": {"int64", "float64", "bool"}, "torch": {"int64", "float32", "bool"}}


class TooLarge(Exception):
    """It is nothing that one takes in at a glance, or no plain value."""


@dataclass(frozen=True)
class ObjectRef:
    """An object that stays with the student."""

    number: int
    kind: str


def result(kind: str, value: Any) -> Shown | None:
    """What came of a question, by the kind of its reply; None for what is too large or not plain.

    An array of up to two axes becomes a table; of an error only the name is said.
    """
    if kind == "raised":
        return Shown(f"raise {value}", []) if value else None
    if kind != "value":
        return None
    try:
        if is_array(value) and 1 <= len(value.shape) <= 2:
            return Shown(_kind_of(value), _table(value))
        return Shown(literal(value, MOST, _short), [])
    except TooLarge:
        return None


def summary(kind: str, value: Any) -> Shown | None:
    """Of what is too large to be shown its kind, and how large it is."""
    if kind != "value" or isinstance(value, ObjectRef):
        return None
    if is_array(value):
        return Shown(_kind_of(value), [])
    size = f" ({len(value)})" if isinstance(value, str | list | tuple | dict | set) else ""
    return Shown(type(value).__name__ + size, [])


def literal(
    value: Any,
    room: int,
    number: Callable[[float], str] = repr,
    names: Mapping[int, str] | None = None,
) -> str:
    """The value as Python writes it, a float as `number` says, a kept object by its name.

    Raises `TooLarge` for more than `room` characters.
    """
    return _Writer(room, number, names or {}).write(value)


def call(function: str, arguments: Sequence[str], keywords: Mapping[str, str]) -> str:
    """A call in Python."""
    given = [*arguments, *(f"{name}={text}" for name, text in keywords.items())]
    return f"{function}({', '.join(given)})"


class _Writer:
    def __init__(self, room: int, number: Callable[[float], str], names: Mapping[int, str]) -> None:
        self._room, self._number, self._names = room, number, names

    def write(self, value: Any, depth: int = 0) -> str:
        if depth > DEPTH:
            raise TooLarge
        if isinstance(value, ObjectRef):
            if value.number not in self._names:
                raise TooLarge
            return self._fits(self._names[value.number])
        if isinstance(value, str | bytes):
            self._holds(len(value))
            return self._fits(repr(value))
        if isinstance(value, float):
            return self._fits(self._float(float(value)))
        if value is None or isinstance(value, bool | int):
            return self._fits(repr(value))
        if is_array(value):
            return self._array(value, depth)
        if type(value).__module__ == "numpy":
            return self._fits(f"np.{type(value).__name__}({self.write(value.item(), depth + 1)})")
        return self._container(value, depth)

    def _container(self, value: Any, depth: int) -> str:
        if not isinstance(value, list | tuple | dict | set | frozenset):
            raise TooLarge
        self._holds(len(value))
        if isinstance(value, dict):
            pairs = value.items()
            inner = [f"{self.write(k, depth + 1)}: {self.write(v, depth + 1)}" for k, v in pairs]
            return self._fits("{" + ", ".join(inner) + "}", nothing_new=True)
        items = [self.write(item, depth + 1) for item in value]
        if isinstance(value, list):
            text = f"[{', '.join(items)}]"
        elif isinstance(value, tuple):
            text = f"({', '.join(items)}{',' if len(items) == 1 else ''})"
        elif items:
            text = "{" + ", ".join(sorted(items)) + "}"
        else:
            text = "set()"
        return self._fits(text, nothing_new=True)

    def _array(self, value: Any, depth: int) -> str:
        self._holds(math.prod(value.shape))
        library = type(value).__module__
        dtype = str(value.dtype).removeprefix("torch.")
        maker = "np.array" if library == "numpy" else "torch.tensor"
        alias = "np" if library == "numpy" else "torch"
        plain = dtype in _PLAIN_DTYPES.get(library, set())
        if not math.prod(value.shape) and len(value.shape) > 1:
            return self._fits(f"{alias}.zeros({tuple(value.shape)})")
        inner = self.write(value.tolist(), depth)
        return self._fits(
            f"{maker}({inner}{'' if plain else f', dtype={alias}.{dtype}'})", nothing_new=True
        )

    def _float(self, value: float) -> str:
        return self._number(value) if math.isfinite(value) else f'float("{value}")'

    def _holds(self, count: int) -> None:
        """What has so many characters, items or numbers needs as much room."""
        if count > self._room:
            raise TooLarge

    def _fits(self, text: str, *, nothing_new: bool = False) -> str:
        """`nothing_new`: of what stands in it the room is taken already, but for the commas."""
        self._room -= 2 if nothing_new else len(text)
        if self._room < 0:
            raise TooLarge
        return text


def _short(value: float) -> str:
    """At six digits, and still seen to be a float."""
    text = f"{value:.{DIGITS}g}"
    return text if set(text) & set(".e") else f"{text}.0"


def _kind_of(array: Any) -> str:
    """In the words of the library: `torch.float32 (2, 3)`."""
    library = type(array).__module__
    dtype = str(array.dtype).removeprefix("torch.")
    return f"{library}.{dtype} {tuple(int(size) for size in array.shape)}"


def _table(array: Any) -> list[list[str]]:
    if max(array.shape) > LARGEST:
        raise TooLarge
    rows = array.tolist() if len(array.shape) == 2 else [array.tolist()]
    sizes = [abs(number) for row in rows for number in row if isinstance(number, float)]
    least = NOISE * max(filter(math.isfinite, sizes), default=0.0)
    return [[_cell(number, least) for number in row] for row in rows]


def _cell(number: Any, least: float) -> str:
    if not isinstance(number, float):
        return str(number)
    return "0" if abs(number) < least else f"{number:.{DIGITS}g}"
