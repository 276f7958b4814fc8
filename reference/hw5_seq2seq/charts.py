"""Two pictures as SVG: a learning curve, and which words a translation attended to."""

from __future__ import annotations

from html import escape

INK, GRID = "#222", "#ddd"
COLOURS = ("#1b6ca8", "#c8553d", "#3b8132", "#7a4fa3")


def curves(series: dict[str, list[float]], title: str, width: int = 640, height: int = 360) -> str:
    """Lines over 1, 2, 3, ...: name -> values, at least one value in all."""
    left, right, top, bottom = 56, 120, 36, 40
    values = [value for line in series.values() for value in line]
    low, high = min(values), max(values)
    span, steps = (high - low) or 1.0, max(map(len, series.values()))

    def place(step: int, value: float) -> str:
        x = left + (width - left - right) * (step / max(steps - 1, 1))
        return f"{x:.1f},{top + (height - top - bottom) * (high - value) / span:.1f}"

    parts = [_text(left, 22, title, "start", 15)]
    for i in range(5):
        value = low + span * i / 4
        y = float(place(0, value).split(",")[1])
        parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{width - right}" y2="{y:.1f}" stroke="{GRID}"/>')
        parts.append(_text(left - 8, y + 4, f"{value:.2f}", "end"))
    marked = sorted({0, steps // 2, steps - 1})
    across = [float(place(step, low).split(",")[0]) for step in marked]
    parts += [_text(x, height - 16, str(step + 1), "middle") for x, step in zip(across, marked, strict=True)]
    for (name, line), colour in zip(series.items(), COLOURS * len(series), strict=False):
        points = " ".join(place(step, value) for step, value in enumerate(line))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        x, y = place(len(line) - 1, line[-1]).split(",")
        parts.append(_text(float(x) + 8, float(y) + 4, name, "start", colour=colour))
    return _svg(width, height, parts)


def attention_map(source: list[str], target: list[str], weights: list[list[float]]) -> str:
    """One row for each target word, one column for each source word; the darker, the more weight.

    weights: len(target) rows of len(source) numbers from 0 to 1.
    """
    cell, left, top = 26, 130, 130
    parts = []
    for column, word in enumerate(source):
        x = left + cell * column + cell / 2
        parts.append(f'<g transform="rotate(-60 {x:.1f} {top - 8})">{_text(x, top - 8, word, "start")}</g>')
    for row, word in enumerate(target):
        y = top + cell * row
        parts.append(_text(left - 8, y + cell / 2 + 4, word, "end"))
        for column, weight in enumerate(weights[row]):
            x, shade = left + cell * column, min(max(weight, 0.0), 1.0)
            parts.append(
                f'<rect x="{x}" y="{y}" width="{cell}" height="{cell}" fill="{COLOURS[0]}" '
                f'fill-opacity="{shade:.3f}" stroke="{GRID}"><title>{escape(word)} - '
                f"{escape(source[column])}: {weight:.2f}</title></rect>"
            )
    return _svg(left + cell * len(source) + 90, top + cell * len(target) + 20, parts)


def _svg(width: int, height: int, parts: list[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
    style = f'height="{height}" font-family="sans-serif" role="img">'
    return "\n".join([head + style, f'<rect width="{width}" height="{height}" fill="#fff"/>', *parts, "</svg>\n"])


def _text(x: float, y: float, text: str, anchor: str, size: int = 12, colour: str = INK) -> str:
    shown = escape(text)
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{shown}</text>'
