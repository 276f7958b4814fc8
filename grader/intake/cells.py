"""The code of a notebook, cell by cell, out of its JSON; nothing in it is run.

Formats 3 and 4 are understood, and a later one that still keeps its cells in a list. Outputs are
never looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.intake.entries import Unsafe, shown
from grader.records.digests import digest

MAX_BYTES = 10 << 20  # outputs included; what JSON makes of so much fits into 250 MB
MAX_SOURCE = 1 << 18  # of code: more than anybody writes by hand
CELL = 64  # what a cell costs beside its code, in characters of code
TEMPLATE = "grader"  # our key in the metadata of a cell ("file") and of a notebook ("code")


@dataclass(frozen=True)
class Cell:
    """A code cell."""

    number: int  # among all cells, from 1
    source: str
    file: str = ""  # the module that it belongs to, as the template says
    id: str = ""  # of a run: which cell that was, if anybody knows


@dataclass(frozen=True)
class Notebook:
    """What was handed in as a notebook."""

    cells: list[Cell]
    untouched: bool  # its code is that of the template

    @property
    def size(self) -> int:
        """How much code it is."""
        return sum(len(cell.source) + CELL for cell in self.cells)


def notebook(name: str, content: bytes) -> Notebook:
    """The notebook in a file of this name. Raises `Unsafe` for anything else."""
    try:
        data = json.loads(content)
        cells = [_cell(number, raw) for number, raw in enumerate(_raw_cells(data), start=1)]
        known = _ours(data).get("code")
    except (ValueError, TypeError, LookupError, RecursionError, AttributeError) as error:
        reason = shown(str(error) or type(error).__name__)
        raise Unsafe("notebook_broken", file=shown(name), reason=reason) from None
    code = [cell for cell in cells if cell is not None]
    made = Notebook(code, untouched=known == code_digest(cell.source for cell in code))
    if made.size > MAX_SOURCE:
        raise Unsafe("notebook_code_too_large", file=shown(name), limit=f"{MAX_SOURCE >> 10} kB")
    return made


def notebook_too_large(name: str) -> Unsafe:
    """The refusal of a notebook of more than `MAX_BYTES`: its outputs are what is large."""
    return Unsafe("notebook_too_large", file=shown(name), limit=f"{MAX_BYTES >> 20} MB")


def code_digest(sources: Iterable[str]) -> str:
    """By which the code of an untouched template is known again."""
    return digest(*sources)


def _raw_cells(data: Any) -> list[Any]:
    """Format 4 has a list of cells, format 3 one in each worksheet."""
    if "worksheets" in data:
        return [cell for sheet in data["worksheets"] for cell in sheet["cells"]]
    return list(data["cells"])


def _cell(number: int, raw: Any) -> Cell | None:
    """A code cell; None for any other."""
    if raw["cell_type"] != "code":
        return None
    source = raw["source"] if "source" in raw else raw["input"]
    text = source if isinstance(source, str) else "".join(source)
    file = _ours(raw).get("file")
    return Cell(number, _plain(text), file if isinstance(file, str) else "")


def _ours(raw: Any) -> dict[str, Any]:
    """What the template wrote into the metadata of a notebook or a cell."""
    ours = raw.get("metadata", {}).get(TEMPLATE)
    return ours if isinstance(ours, dict) else {}


def _plain(text: str) -> str:
    """With one kind of line end, and nothing that UTF-8 cannot hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-8", "replace").decode()
