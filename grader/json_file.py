"""JSON files that the grader wrote: read whole, or `Damaged`.

What lies on a disk may be cut off, edited, or another grader's. In whatever way that shows, it is
one error here; who asks for the file knows what to tell people of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

# What comes of data of a form that nobody expects: `null["x"]`, `float([])`, 10**400 seconds.
_SIGNS = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
)


class Damaged(Exception):
    """Why a file is not what we wrote."""


def read_json(path: Path, make: Callable[[Any], T], schema: str = "") -> T:
    """What `make` makes of the data in a file.

    With a `schema` the data is a table that names it; `make` gets the rest. Raises `Damaged` when
    the file cannot be read, or when `make` fails on what is in it.
    """
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
        if schema and (not isinstance(data, dict) or data.pop("schema", None) != schema):
            raise ValueError(f"it is not of the schema {schema}")
        return make(data)
    except _SIGNS as error:
        raise Damaged(str(error)) from error
