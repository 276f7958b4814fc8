"""A learning curve as SVG: perplexity after each epoch, on a logarithmic scale."""

from __future__ import annotations

import math
from html import escape

WIDTH, HEIGHT, MARGIN = 640, 360, 56
COLOURS = {"train": "#0072b2", "valid": "#d55e00"}  # told apart by colour-blind eyes too
TICKS = [digit * 10**power for power in range(7) for digit in (1, 2, 5)]


def learning_curve(title: str, curves: dict[str, list[float]]) -> str:
    """One line for each of `curves`, name -> perplexities (all of the same length)."""
    values = [v for curve in curves.values() for v in curve if math.isfinite(v)] or [1.0, 10.0]
    low, high = math.log(min(values)) - 0.05, math.log(max(values)) + 0.05
    epochs = max(len(curve) for curve in curves.values())

    def across(epoch: int) -> float:
        return MARGIN + (WIDTH - 2 * MARGIN) * (epoch - 1) / max(epochs - 1, 1)

    def up(value: float) -> float:
        share = (math.log(value) - low) / (high - low)
        return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * share

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
        '<g font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{WIDTH / 2}" y="24" text-anchor="middle" font-size="15">{escape(title)}</text>',
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">epoch</text>',
        f'<text transform="translate(16 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">perplexity</text>',
    ]
    for tick in TICKS:
        if low <= math.log(tick) <= high:
            y = up(tick)
            out.append(f'<path d="M{MARGIN} {y:.1f}H{WIDTH - MARGIN}" stroke="#ddd"/>')
            out.append(f'<text x="{MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end">{tick}</text>')
    for epoch in range(1, epochs + 1, max(1, epochs // 10)):
        y = HEIGHT - MARGIN + 18
        out.append(f'<text x="{across(epoch):.1f}" y="{y}" text-anchor="middle">{epoch}</text>')
    for row, (name, curve) in enumerate(curves.items()):
        colour = COLOURS.get(name, "black")
        places = [
            f"{across(e):.1f},{up(v):.1f}" for e, v in enumerate(curve, 1) if math.isfinite(v)
        ]
        out.append(
            f'<polyline points="{" ".join(places)}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        x, y = WIDTH - MARGIN - 60, MARGIN + 16 * row
        out.append(f'<text x="{x}" y="{y}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*out, "</g></svg>", ""])
