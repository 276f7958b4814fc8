"""When a mistake is named. Tried on 366 bugs by other hands: 182 names were right, 4 were of a
related mistake, none was wrong. Of 327 more by later hands: 177 right, 4 related, 2 wrong. Of 85
whose hands kept away from what is known, 26 are known: 20 right, 2 related, none wrong.

All cases in which the mistake fails must fail here, and at least three quarters of them with the
same answers. One case alone is enough only where nothing else fails, and where its answer is more
than a lone integer, a boolean or the name of an error: those meet by chance. All that is named must
explain at least half of what fails; of 175 bugs with their own mistakes taken out of the
dictionary 3 got a name, and 8 without that. Of mistakes that explain the same cases the one that
explains more wins; if none does, nothing is said.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from grader.diagnosis.mistakes import Mistake, case_id
from grader.records.record import CheckResult, ExerciseResult, Trace

SHARE = 0.75  # of the cases
EXPLAINED = 0.5  # of the cases that fail
CASES = 2


class Certainty(StrEnum):
    """How sure a diagnosis is."""

    NAMED = "named"
    LIKELY = "likely"  # most answers are the same, but other cases fail, too


@dataclass(frozen=True)
class Diagnosis:
    """A known mistake in a submission."""

    exercise: str
    function: str
    mistake: Mistake
    certainty: Certainty


@dataclass(frozen=True)
class _Candidate:
    mistake: Mistake
    fails: frozenset[str]  # cases of its functions that fail here
    share: float  # of its cases that match

    @property
    def cases(self) -> frozenset[str]:
        return frozenset(self.mistake.cases)


def diagnose(exercises: Sequence[ExerciseResult], mistakes: Sequence[Mistake]) -> list[Diagnosis]:
    """The known mistakes in a submission, in the order of its functions."""
    found = []
    for exercise in exercises:
        for function in dict.fromkeys(c.of for c in exercise.checks if c.traces):
            of_it = [m for m in mistakes if m.functions[0] == function and m.cases]
            found += [
                Diagnosis(exercise.id, function, candidate.mistake, certainty)
                for candidate, certainty in _explain(exercise.checks, of_it)
            ]
    return found


def can_be_named(mistake: Mistake) -> bool:
    """Whether somebody who has made this mistake and no other is told of it."""
    same = [case for case, signature in mistake.cases.items() if signature.is_known]
    if not same:
        return False
    fails = frozenset(mistake.cases)
    return _is_named(_Candidate(mistake, fails, len(same) / len(fails)), same)


def failing(checks: Sequence[CheckResult], functions: Collection[str]) -> dict[str, Trace]:
    """The cases of these functions' checks that fail by the functions' own fault."""
    return {
        case_id(check.id, trace.case): trace
        for check in checks
        if check.of in functions and not check.passes_with
        for trace in check.traces
    }


def _explain(
    checks: Sequence[CheckResult], mistakes: Sequence[Mistake]
) -> list[tuple[_Candidate, Certainty]]:
    named, likely = [], []
    for mistake in mistakes:
        fails = failing(checks, mistake.functions)
        same = [k for k, s in mistake.cases.items() if k in fails and s.matches(fails[k])]
        if not same:
            continue
        candidate = _Candidate(mistake, frozenset(fails), len(same) / len(mistake.cases))
        if _is_named(candidate, same):
            named.append(candidate)
        overlap = len(same) / len(fails.keys() | mistake.cases.keys())
        if len(same) >= CASES and overlap >= SHARE:
            likely.append((overlap, candidate))
    if found := _without_doubt(named):
        return [(candidate, Certainty.NAMED) for candidate in found]
    most = max((overlap for overlap, _ in likely), default=0.0)
    best = [candidate for overlap, candidate in likely if overlap == most]
    return [(best[0], Certainty.LIKELY)] if len(best) == 1 and not named else []


def _is_named(candidate: _Candidate, same: Sequence[str]) -> bool:
    cases, fails = candidate.mistake.cases, candidate.fails
    if not cases.keys() <= fails or candidate.share < SHARE:
        return False
    if len(cases) >= CASES:
        return True
    return cases.keys() == fails and any(cases[case].telling for case in same)


def _without_doubt(named: Sequence[_Candidate]) -> list[_Candidate]:
    """Those that no other contains, and that no other equals; if they explain half of what fails.

    A rare mistake may be part of a larger one that nobody has described.
    """
    explained = frozenset[str]().union(*(c.cases for c in named))
    largest = [c for c in named if not any(c.cases < other.cases for other in named)]
    return [
        c
        for c in largest
        if len(explained & c.fails) >= EXPLAINED * len(c.fails)
        and not any(
            other is not c and other.cases == c.cases and other.share >= c.share
            for other in largest
        )
    ]
