"""What a failed check asked, for a page: two answers side by side, their difference marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.i18n import translate
from grader.records.record import Counterexample, Shown


@dataclass(frozen=True)
class Piece:
    """A part of an answer: of a text, or a number of a table. `differs` from the other answer."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Side:
    """One of the two answers."""

    text: list[Piece]
    rows: list[list[Piece]]

    @property
    def plain(self) -> str:
        """In one line, for where no table can go."""
        text = "".join(piece.text for piece in self.text)
        rows = ", ".join("[" + ", ".join(piece.text for piece in row) + "]" for row in self.rows)
        return f"{text}: {rows}" if rows else text


@dataclass(frozen=True)
class Sides:
    """The lines that ask, the student's answer and ours."""

    lines: list[str]
    got: Side
    want: Side

    def plain(self, lang: str) -> list[str]:
        """As lines of text, for where no page can go."""
        answers = [("got", self.got.plain), ("want", self.want.plain)]
        return [
            translate("report.feedback.example", lang),
            *(f"  {line}" for line in self.lines),
            *(f"{translate(f'report.feedback.example_{c}', lang)}: {t}" for c, t in answers),
        ]

    @property
    def size(self) -> int:
        """How much there is to read."""
        return sum(map(len, self.lines))


def sides(found: Counterexample) -> Sides:
    """With what differs marked: in texts what lies between the same beginning and the same end."""
    return Sides(found.lines, _side(found.got, found.want), _side(found.want, found.got))


def _side(own: Shown, other: Shown) -> Side:
    alike = [len(row) for row in own.rows] == [len(row) for row in other.rows]
    rows = [
        [Piece(cell, alike and cell != other.rows[i][j]) for j, cell in enumerate(row)]
        for i, row in enumerate(own.rows)
    ]
    return Side(_marked(own.text, other.text), rows)


def _marked(own: str, other: str) -> list[Piece]:
    start = _common(own, other)
    end = _common(own[start:][::-1], other[start:][::-1])
    parts = [
        (own[:start], False),
        (own[start : len(own) - end], True),
        (own[len(own) - end :], False),
    ]
    return [Piece(text, differs) for text, differs in parts if text]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
