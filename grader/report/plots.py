"""Where the parts of a plot lie; the template draws them as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, TOP, BASE, LEFT = 480.0, 56.0, 200.0, 18.0  # of the histogram, in units of its viewBox
GAP = 5.0


@dataclass(frozen=True)
class Bar:
    """A bar of the histogram: `count` students from `low` to `high` percent."""

    x: float
    y: float
    width: float
    height: float
    count: int
    low: int
    high: int

    @property
    def middle(self) -> float:
        """Where its number stands."""
        return self.x + self.width / 2


@dataclass(frozen=True)
class Histogram:
    """Bars, the ticks between them as (x, percent), and the x of the median."""

    bars: list[Bar]
    ticks: list[tuple[float, int]]
    median: float


def histogram(counts: Sequence[int], median: float) -> Histogram:
    """Lay out `counts` of equal bins from 0 to 100 percent; `median` is a share, 0 to 1."""
    step = (WIDTH - 2 * LEFT) / len(counts)
    scale = (BASE - TOP) / max(1, *counts)
    edges = [round(100 * i / len(counts)) for i in range(len(counts) + 1)]
    bars = [
        Bar(
            x=round(LEFT + i * step + GAP / 2, 1),
            y=round(BASE - count * scale, 1),
            width=round(step - GAP, 1),
            height=round(count * scale, 1),
            count=count,
            low=edges[i],
            high=edges[i + 1],
        )
        for i, count in enumerate(counts)
    ]
    ticks = [(round(LEFT + i * step, 1), edge) for i, edge in enumerate(edges)]
    return Histogram(bars, ticks, round(LEFT + median * (WIDTH - 2 * LEFT), 1))
