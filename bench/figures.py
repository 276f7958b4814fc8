"""A figure that a benchmark measures, the table of them, and the comparison with an earlier run.

Every benchmark is a function from its options to figures, and prints them as a table or, with
`--json`, as what `python -m bench` puts into one table.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """What was measured. `goal` is the most that it should be, or the least where `more` is."""

    name: str
    value: float
    unit: str = ""  # "s" is processor time
    goal: float | None = None
    more: bool = False

    @property
    def reached(self) -> bool:
        """Whether it is as good as its goal; True without one."""
        return self.goal is None or (
            self.value >= self.goal if self.more else self.value <= self.goal
        )


def run(
    measure: Callable[[argparse.Namespace], Iterable[Figure]], parser: argparse.ArgumentParser
) -> None:
    """The whole of a benchmark's `main`."""
    parser.add_argument("--json", action="store_true", help="for `python -m bench`")
    options = parser.parse_args()
    with contextlib.redirect_stdout(sys.stderr):  # some packages print where they are called
        figures = list(measure(options))
    if options.json:
        print(dump(figures))
    else:
        print(table(figures))
        print(f"load {os.getloadavg()[0]:.1f}")


def dump(figures: Sequence[Figure]) -> str:
    """As JSON, with the load of the machine."""
    found = {"load": os.getloadavg()[0], "figures": [asdict(figure) for figure in figures]}
    return json.dumps(found, indent=1)


def load(text: str) -> list[Figure]:
    """What `dump` wrote. Raises `ValueError` for anything else."""
    try:
        return [Figure(**fields) for fields in json.loads(text)["figures"]]
    except (KeyError, TypeError) as error:
        raise ValueError(f"no figures: {error}") from error


def table(figures: Sequence[Figure], earlier: Mapping[str, Figure] | None = None) -> str:
    """One line a figure: what was measured, the goal, and how it was in an earlier run."""
    width = max((len(figure.name) for figure in figures), default=0)
    lines = []
    for figure in figures:
        line = f"{figure.name:<{width}}  {figure.value:>9.3g} {figure.unit:<4}"
        if figure.goal is not None:
            sign = ">=" if figure.more else "<="
            line += f"  goal {sign} {figure.goal:<6g} {'yes' if figure.reached else 'NO ':<3}"
        before = earlier.get(figure.name) if earlier else None
        if before is not None and before.value:
            line = f"{line:<{width + 40}}  {figure.value / before.value:>6.2f} x earlier"
        lines.append(line.rstrip())
    return "\n".join(lines)
