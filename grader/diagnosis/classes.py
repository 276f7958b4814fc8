"""What a class has not understood: known mistakes, and wrong answers that several share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from grader.diagnosis.mistakes import ANSWERED, Mistake, replied, whole
from grader.diagnosis.rule import Certainty, diagnose, failing
from grader.records.record import Record

_MOST_GROUPS = 20_000


@dataclass
class Group:
    """Students with the same mistake, known or not."""

    exercise: str
    function: str
    mistake: Mistake | None  # None: nobody has described it yet
    students: list[str] = field(default_factory=list)
    likely: list[str] = field(default_factory=list)  # those of them of whom it is not certain


class ClassMistakes:
    """The mistakes of a class; of two parts of it they add up."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self._mistakes = mistakes
        self._groups: dict[tuple[str, str, str], Group] = {}
        self._alone = 0  # forgotten groups of one

    def add(self, record: Record) -> None:
        """Count one student."""
        explained = set()
        for found in diagnose(record.exercises, self._mistakes):
            key = (found.exercise, found.function, found.mistake.name)
            group = self._group(key, found.mistake)
            group.students.append(record.student)
            if found.certainty == Certainty.LIKELY:
                group.likely.append(record.student)
            explained.add((found.exercise, found.function))
        for exercise in record.exercises:
            for function in dict.fromkeys(check.of for check in exercise.checks):
                fails = failing(exercise.checks, [function])
                is_answer = any(t.outcome in ANSWERED and replied(t) for t in fails.values())
                if is_answer and (exercise.id, function) not in explained:
                    text = repr(sorted((case, whole(t.answers)) for case, t in fails.items()))
                    key = (exercise.id, function, "?" + blake2b(text.encode()).hexdigest())
                    self._group(key, None).students.append(record.student)

    def merge(self, other: ClassMistakes) -> None:
        """Add the students of `other`, who come after these."""
        self._alone += other._alone
        for key, group in other._groups.items():
            own = self._group(key, group.mistake)
            own.students += group.students
            own.likely += group.likely
        if len(self._groups) > _MOST_GROUPS:  # a wrong answer of one's own is only counted
            lone = [k for k, g in self._groups.items() if not g.mistake and len(g.students) == 1]
            self._alone += len(lone)
            for key in lone:
                del self._groups[key]

    def _group(self, key: tuple[str, str, str], mistake: Mistake | None) -> Group:
        """The group of that exercise, function and mistake; a new one where there is none."""
        exercise, function, _ = key
        return self._groups.setdefault(key, Group(exercise, function, mistake))

    def by_key(self) -> dict[tuple[str, str, str], Group]:
        """All groups, each under what it has in common with that of another run."""
        return dict(self._groups)

    def known(self) -> list[Group]:
        """The known mistakes, the most frequent first."""
        return _most_first([g for g in self._groups.values() if g.mistake is not None])

    def shared(self) -> list[Group]:
        """Wrong answers that several students share and that nobody has described."""
        unknown = [g for g in self._groups.values() if g.mistake is None]
        return _most_first([g for g in unknown if len(g.students) > 1])

    @property
    def unexplained(self) -> int:
        """How often a function fails and nothing can be said."""
        kept = sum(len(g.students) for g in self._groups.values() if g.mistake is None)
        return kept + self._alone


def over_runs(runs: Sequence[ClassMistakes]) -> list[tuple[Group, list[int]]]:
    """What several made in any of the runs of a term, or what is known, with how many in each.

    A group has the students of the last run. Those come first that most had made at some time.
    """
    kept = {
        key: group
        for run in runs
        for key, group in run.by_key().items()
        if group.mistake or len(group.students) > 1
    }
    found = []
    for key, group in kept.items():
        own = [run.by_key().get(key) for run in runs]
        now = own[-1] or replace(group, students=[], likely=[])
        found.append((now, [len(one.students) if one else 0 for one in own]))
    return sorted(
        found, key=lambda f: (f[0].mistake is None, -max(f[1]), f[0].exercise, f[0].function)
    )


def _most_first(groups: list[Group]) -> list[Group]:
    return sorted(groups, key=lambda g: (-len(g.students), g.exercise, g.function))
