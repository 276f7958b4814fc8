"""Contrast of text and ground, computed from the style sheet (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from importlib.resources import files

import pytest

STYLE = files("grader.report").joinpath("templates", "style.css").read_text(encoding="utf-8")
TEXT = [
    *[(text, ground) for text in ("ink", "soft", "accent") for ground in ("page", "card")],
    *[(kind, f"{kind}-ground") for kind in ("good", "bad", "ours", "quiet")],
    *[("ink", f"{kind}-ground") for kind in ("bad", "ours", "quiet")],
    *[("ink", f"loss-{level}") for level in range(1, 5)],
    ("bad", "card"),
    ("ours", "card"),
]
GRAPHICS = [("fill", "card"), ("soft", "card"), ("accent", "page")]


def _schemes():
    light, dark = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[:2]
    colours = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in (light, dark)]
    return {"light": colours[0], "dark": colours[1]}


def _contrast(one, other):
    def luminance(colour):
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_contrast_of_black_and_white_is_21():
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(scheme, text, ground):
    colours = _schemes()[scheme]
    assert _contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("part", "ground"), GRAPHICS)
def test_graphics_can_be_seen(scheme, part, ground):
    colours = _schemes()[scheme]
    assert _contrast(colours[part], colours[ground]) >= 3


def test_both_schemes_have_the_same_colours():
    schemes = _schemes()
    assert schemes["light"].keys() == schemes["dark"].keys()
