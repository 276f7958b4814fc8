"""Three kinds of picture as SVG: lines over epochs, a matrix of shares, words on a map."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape

INK, GRID = "#222", "#ddd"
# Okabe & Ito (2008): told apart by colour-blind eyes too
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
Rows = Sequence[Sequence[float]]


def curves(title: str, series: Mapping[str, Sequence[float]], *, logarithmic: bool = False) -> str:
    """Lines over epochs 1, 2, 3, ...: name -> values, at least one finite value in all."""
    width, height, left, right, top, bottom = 640, 360, 64, 120, 40, 44
    scale: Callable[[float], float] = math.log if logarithmic else float
    values = [scale(v) for line in series.values() for v in line if math.isfinite(v)]
    low, high = min(values), max(values)
    span, epochs = (high - low) or 1.0, max(map(len, series.values()))

    def x_of(epoch: int) -> float:
        return left + (width - left - right) * (epoch - 1) / max(epochs - 1, 1)

    def y_of(value: float) -> float:
        return top + (height - top - bottom) * (high - value) / span

    parts = [_text(left, 22, title, "start", 15), _text(width / 2, height - 8, "epoch", "middle")]
    for i in range(5):
        value = low + span * i / 4
        y, shown = y_of(value), math.exp(value) if logarithmic else value
        parts.append(f'<path d="M{left} {y:.1f}H{width - right}" stroke="{GRID}"/>')
        parts.append(_text(left - 8, y + 4, f"{shown:.4g}", "end"))
    marked = sorted({1, (epochs + 1) // 2, epochs})
    below = height - bottom + 18
    parts += [_text(x_of(epoch), below, str(epoch), "middle") for epoch in marked]
    for number, (name, line) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        places = [(x_of(e), y_of(scale(v))) for e, v in enumerate(line, 1) if math.isfinite(v)]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        parts += [_text(x + 8, y + 4, name, "start", colour=colour) for x, y in places[-1:]]
    return _svg(width, height, parts)


def matrix(title: str, rows: Sequence[str], columns: Sequence[str], shares: Rows) -> str:
    """A square for each share from 0 to 1, the darker the larger; its figures show on hovering."""
    cell, left, top = 26, 130, 150
    parts = [_text(12, 22, title, "start", 15)]
    for number, name in enumerate(columns):
        x = left + cell * number + cell / 2
        turned = _text(x, top - 8, name, "start")
        parts.append(f'<g transform="rotate(-60 {x:.1f} {top - 8})">{turned}</g>')
    for number, name in enumerate(rows):
        y = top + cell * number
        parts.append(_text(left - 8, y + cell / 2 + 4, name, "end"))
        for other, share in zip(range(len(columns)), shares[number], strict=True):
            shade = min(max(share, 0.0), 1.0)
            told = escape(f"{name}, {columns[other]}: {share:.2f}")
            parts.append(
                f'<rect x="{left + cell * other}" y="{y}" width="{cell}" height="{cell}" '
                f'fill="{COLOURS[0]}" fill-opacity="{shade:.3f}" stroke="{GRID}">'
                f"<title>{told}</title></rect>"
            )
    return _svg(left + cell * len(columns) + 110, top + cell * len(rows) + 20, parts)


def confusion(title: str, names: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    """Rows of gold, columns of predicted: each count as a share of its row."""
    shares = [[n / max(sum(row), 1) for n in row] for row in counts]
    return matrix(title, names, names, shares)


def word_map(title: str, words: Sequence[str], places: Rows) -> str:
    """Each word at its place (x, y), whatever the unit."""
    width, height, margin = 800, 600, 60
    across, down = ([place[axis] for place in places] for axis in (0, 1))
    parts = [_text(12, 22, title, "start", 15)]
    for word, x, y in zip(words, across, down, strict=True):
        share = [
            (v - min(axis)) / ((max(axis) - min(axis)) or 1) for v, axis in ((x, across), (y, down))
        ]
        at = (margin + (width - 2 * margin) * share[0], margin + (height - 2 * margin) * share[1])
        parts.append(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="2.5" fill="{COLOURS[0]}"/>')
        parts.append(_text(at[0] + 5, at[1] + 4, word, "start"))
    return _svg(width, height, parts)


def _svg(width: int, height: int, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="sans-serif" role="img">'
    )
    ground = f'<rect width="{width}" height="{height}" fill="#fff"/>'
    return "\n".join([head, ground, *parts, "</svg>\n"])


def _text(x: float, y: float, text: str, anchor: str, size: int = 12, *, colour: str = INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'fill="{colour}">{escape(text)}</text>'
    )
