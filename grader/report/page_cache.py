"""Pages that are some other student's too: made once, and known by all that they are made of."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from typing import Any

from grader.diagnosis.mistakes import Mistake
from grader.records.assignment_snapshot import Snapshot
from grader.records.record import Record
from grader.report.moment import Moment
from grader.report.told import Told, told

# Bytes of what is told, in each process. What is made of them is mostly six times as large, and 36
# times where it is tables of counterexamples or text of four bytes a letter; the worst that was
# found by hand is 59 times.
_MOST = 1 << 19
_LARGEST = 1 << 14  # of one exercise: much that was printed is nobody else's
_MOST_ONCE = 1 << 14  # hashes, one or two megabytes: the exercises of some 500 students


class PageCache:
    """What was made of an exercise: it serves for each student of whom the same is told there.

    In a class most exercises are somebody else's too: all of it right, or nothing written. It is
    kept for one snapshot and one moment. `mistakes` are known.
    """

    def __init__(self, mistakes: Sequence[Mistake] = ()) -> None:
        self._mistakes = mistakes
        self._once: set[int] = set()  # hashes of facts
        self._size = 0
        self._made: dict[tuple[str, bytes], dict[str, Any]] = {}
        self._record: Record | None = None
        self._told: list[tuple[Told, bytes | None]] = []

    def exercises(
        self,
        snapshot: Snapshot,
        record: Record,
        lang: str,
        moment: Moment,
        make: Callable[[Told], dict[str, Any]],
    ) -> list[dict[str, Any]]:
        """What `make` makes of each exercise in this language."""
        if record is not self._record:  # in each language they are the same
            own = told(snapshot, record, moment, self._mistakes)
            self._record, self._told = record, [(one, _facts(one)) for one in own]
        found = []
        for one, facts in self._told:
            made = None if facts is None else self._made.get((lang, facts))
            if made is None:
                made = make(one)
                if facts is not None:
                    self._keep(lang, facts, made)
            found.append(made)
        return found

    def _keep(self, lang: str, facts: bytes, made: dict[str, Any]) -> None:
        """Unless they are the first student's: what is one's own is let go at once."""
        if not self._note(hash((lang, facts))):
            return
        self._size += len(facts)
        if self._size > _MOST:
            self._made.clear()
            self._size = len(facts)
        self._made[lang, facts] = made

    def _note(self, mark: int) -> bool:
        """Take note of them; whether they had come before."""
        if mark in self._once:
            return True
        if len(self._once) >= _MOST_ONCE:
            self._once.clear()
        self._once.add(mark)
        return False


def _facts(one: Told) -> bytes | None:
    """Every field of it, also those that are to come; None where they are too long to be kept.

    Equal bytes are equal facts, and the same types: -0.0 is not 0.0 here.
    """
    facts = pickle.dumps(one)
    return facts if len(facts) <= _LARGEST else None
