"""Names in texts: `globals()["clean_" + lang]` looks up what no code of the notebook names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

_MOST = 40  # characters of a name that a part may give
_LEAST = 3  # a shorter text is hardly meant as a part, but for `a_`
_HOLE = re.compile(r"%(?:\(\w*\))?\w|\{[^{}]*\}|\\\w")  # `%s`, `{}`, or the `\w` of a pattern


class NamedByText:
    """The names in some texts, and the parts of names that stand there beside a hole or an end.

    A part with `_` at its end, as in `"clean_[a-z]+"`, may stand anywhere.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._whole, self._first = set[str](), set[str]()
        self._last, self._within = set[str](), set[str]()
        for text in texts:
            pieces = _HOLE.split(text)
            for at, piece in enumerate(pieces):
                for word in re.finditer(r"\w+", piece):
                    is_between = 0 < at < len(pieces) - 1
                    self._add(word[0], word.start() == 0, word.end() == len(piece), is_between)

    def _add(self, word: str, begins: bool, ends: bool, is_between: bool) -> None:
        self._whole.add(word)
        is_part = word.strip("_") and len(word) <= _MOST
        opens, closes = word.startswith("_"), word.endswith("_")
        if not is_part or not (opens or closes or len(word) >= _LEAST):
            return
        if ends or closes:
            self._first.add(word)
        if begins or opens:
            self._last.add(word)
        if (begins and ends and is_between) or (opens and closes):
            self._within.add(word)

    @cached_property
    def _lengths(self) -> set[int]:
        """Of what may stand within a name."""
        return {len(word) for word in self._within}

    def may_be(self, name: str) -> bool:
        """Whether a text names it, or a part of it."""
        if name in self._whole:
            return True
        for length in range(2, min(len(name), _MOST) + 1):
            if name[:length] in self._first or name[-length:] in self._last:
                return True
        start = name[:_MOST]
        return any(
            start[i : i + length] in self._within
            for length in self._lengths
            for i in range(len(start))
        )
