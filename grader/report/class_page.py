"""What the staff read of a class: `class.html.j2` names everything that is made here.

The records pass by one after another. `ClassSums` keeps what the page tells of all of them, `rows`
makes what it tells of each; no record is kept.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.diagnosis.classes import ClassMistakes, Group
from grader.diagnosis.mistakes import Mistake
from grader.i18n import choose, translate
from grader.records.assignment_snapshot import Snapshot
from grader.records.outcome import Outcome
from grader.records.record import Message, Record, Status
from grader.report import formatting, item_analysis, plots
from grader.report.item_analysis import CheckFigures
from grader.report.provenance import Provenance
from grader.report.results import Entry, Results

MOST_FREQUENT, SLOWEST = 12, 10
MOST_NAMED = 100  # students in a sentence; all are in the table
_Apart = Mapping[tuple[str, str], str]  # by exercise and check
_MOST_TOLD = 20_000  # different messages that are counted at a time


@dataclass
class _Names:
    """The first few of a group of students, and how many there are."""

    count: int = 0
    first: list[tuple[str, str, Message | None]] = field(default_factory=list)

    def add(self, entry: Entry, why: Message | None = None) -> None:
        self.merge(_Names(1, [(entry.record.student, entry.person, why)]))

    def merge(self, other: _Names) -> None:
        self.count += other.count
        self.first += other.first[: MOST_NAMED - len(self.first)]

    def context(self, lang: str) -> dict[str, Any]:
        named = [
            {"name": name, "person": person, "why": formatting.sentence(why, lang)}
            for name, person, why in self.first
        ]
        return {"named": named, "more": self.count - len(named)}

    def sentence(self, lang: str) -> str:
        names = ", ".join(f"{name} {person}".strip() for name, person, _ in self.first)
        more = self.count - len(self.first)
        return f"{names} {translate('report.class.and_more', lang, count=more)}" if more else names


class _Told:
    """How many students were told each sentence in one language, and by which checks.

    Where a class was told too many different ones, the rarest are forgotten on the way: they have
    no place among the most frequent.
    """

    def __init__(self) -> None:
        self._students: Counter[tuple[str, str, str]] = Counter()  # by exercise, outcome, sentence
        self._checks: dict[tuple[str, str, str], set[str]] = {}

    def add(self, sentences: Mapping[tuple[str, str, str], set[str]]) -> None:
        """What one student was told, and the checks that said it."""
        self._students.update(sentences.keys())
        for key, checks in sentences.items():
            self._checks.setdefault(key, set()).update(checks)

    def merge(self, other: _Told) -> None:
        self._students.update(other._students)
        for key, checks in other._checks.items():
            self._checks.setdefault(key, set()).update(checks)
        if len(self._students) > _MOST_TOLD:
            self._students = Counter(dict(self._students.most_common(_MOST_TOLD // 2)))
            self._checks = {key: self._checks[key] for key in self._students}

    def most(self, number: int) -> list[tuple[tuple[str, str, str], int, int]]:
        """Exercise, outcome and sentence; how many students; how many checks."""
        counts = [(key, count, len(self._checks[key])) for key, count in self._students.items()]
        return sorted(counts, key=lambda told: (-told[1], -told[2], told[0]))[:number]


class ClassSums:
    """What the page tells of all students together; of two parts of a class the sums add up."""

    def __init__(self, snapshot: Snapshot, mistakes: Sequence[Mistake] = ()) -> None:
        self._snapshot = snapshot
        self._mistakes = ClassMistakes(mistakes)
        self._figures = item_analysis.Sums(snapshot)
        self._unscored = {status: _Names() for status in Status}
        self._off_roster = _Names()
        self._raised: dict[str, str] = {}  # by check: what it raised itself
        self._broken_by_us = 0  # records without a score in which no check raised
        self._told = {lang: _Told() for lang in snapshot.languages}
        self._provenance = Provenance()
        self.statuses: Counter[Status] = Counter()
        self.unrun: Counter[Status] = Counter()  # of those without a single check
        self.results: Counter[Outcome] = Counter()
        self.inputs = 0  # records with what a failed check asked
        self._milliseconds = 0
        self._students: Counter[Outcome] = Counter()  # with at least one such result

    def add(self, entry: Entry) -> None:
        """Count one student."""
        record = entry.record
        self.statuses[record.status] += 1
        if record.status != Status.GRADED:
            self._unscored[record.status].add(entry, _problem(record))
        raised = record.raised
        self._raised = raised | self._raised
        self._broken_by_us += record.status == Status.BROKEN and not raised
        self._provenance.add(record)
        self._milliseconds += round(1000 * record.seconds)
        self._figures.add(record)
        self._mistakes.add(record)
        checks = [check for exercise in record.exercises for check in exercise.checks]
        own = Counter(check.outcome for check in checks)
        self.inputs += any(check.counterexample for check in checks)
        self.unrun[record.status] += not own
        self.results.update(own)
        self._students.update(own.keys())
        said = _said(record)
        for lang, told in self._told.items():
            told.add(_sentences(said, lang))

    def add_off_roster(self, entry: Entry) -> None:
        """Name a student who is in none of the figures."""
        self._off_roster.add(entry)
        self._provenance.add(entry.record)

    def merge(self, other: ClassSums) -> None:
        """Add the students of `other`, who come after these."""
        self.statuses.update(other.statuses)
        self.unrun.update(other.unrun)
        self.results.update(other.results)
        self.inputs += other.inputs
        self._milliseconds += other._milliseconds
        self._students.update(other._students)
        self._off_roster.merge(other._off_roster)
        self._raised = other._raised | self._raised
        self._broken_by_us += other._broken_by_us
        self._provenance.merge(other._provenance)
        self._figures.merge(other._figures)
        self._mistakes.merge(other._mistakes)
        for status, names in other._unscored.items():
            self._unscored[status].merge(names)
        for lang, told in other._told.items():
            self._told[lang].merge(told)

    @property
    def are_mixed(self) -> bool:
        """Whether the scores are of several checks, settings or points."""
        return self._provenance.versions.are_mixed

    @property
    def lacks_inputs(self) -> bool:
        """Whether checks failed, and no record says what any of them asked."""
        return bool(self.results[Outcome.FAILED]) and not self.inputs

    @property
    def seconds(self) -> float:
        """Of grading, all students together; without those who are off the roster."""
        return self._milliseconds / 1000

    def context(self, lang: str) -> dict[str, Any]:
        """Everything on the page but its students and its links."""
        snapshot = self._snapshot
        checks = self._figures.checks()
        apart = _apart(snapshot, lang)
        hardest_first = sorted(checks, key=lambda c: 2.0 if c.difficulty is None else c.difficulty)
        return {
            **heading(snapshot, lang),
            "possible": snapshot.possible,
            "counts": self.statuses,
            "submissions": self.statuses.total() - self.statuses[Status.MISSING],
            **_totals(self._figures.shares),
            "unscored": {status: own.context(lang) for status, own in self._unscored.items()},
            "exercises": self._exercises(lang),
            "functions": self._functions(lang),
            "raised": sorted(self._raised.items()),
            "broken_by_us": self._broken_by_us,
            "off_roster": self._off_roster.sentence(lang),
            "checks": [_check(snapshot, check, apart, lang) for check in hardest_first],
            "outcomes": self._outcomes(),
            "frequent": self._frequent(lang),
            "mistakes": [_group(snapshot, own, lang) for own in self._mistakes.known()],
            "shared": [_group(snapshot, own, lang) for own in self._mistakes.shared()],
            "unexplained": self._mistakes.unexplained,
            "slowest": _slowest(snapshot, checks, apart, lang),
            "provenance": self._provenance.context(snapshot.timezone),
        }

    def _exercises(self, lang: str) -> list[dict[str, Any]]:
        figures = self._figures.exercises()
        columns = heading(self._snapshot, lang)["exercises"]
        return [
            {**column, "figures": figure, "points": entry.points, "extra": entry.extra}
            for column, entry, figure in zip(
                columns, self._snapshot.exercises, figures, strict=True
            )
        ]

    def _functions(self, lang: str) -> list[dict[str, Any]]:
        """How the class stands with each function, those that cost the class most first."""
        exercises = {entry.id: choose(entry.title, lang) for entry in self._snapshot.exercises}
        return [
            {"figures": figure, "exercise": exercises[figure.exercise]}
            for figure in sorted(self._figures.functions(), key=lambda f: f.mean - f.possible)
        ]

    def _outcomes(self) -> list[dict[str, Any]]:
        """All outcomes in the order of `Outcome`, with the number of results and of students."""
        others = [name for name in Outcome if name != Outcome.PASSED]
        most = max(self.results[name] for name in others)
        return [
            {
                "name": name,
                "owner": name.owner,
                "results": self.results[name],
                "students": self._students[name],
                "share": self.results[name] / most if most else 0.0,
            }
            for name in others
        ]

    def _frequent(self, lang: str) -> list[dict[str, Any]]:
        """What was said most often: by exercise, or of the whole submission (exercise "")."""
        snapshot = self._snapshot
        return [
            {
                "exercise": choose(snapshot.exercise(exercise).title, lang) if exercise else "",
                "outcome": outcome,
                "message": message,
                "students": students,
                "checks": checks,
            }
            for (exercise, outcome, message), students, checks in self._told[lang].most(
                MOST_FREQUENT
            )
        ]


def heading(snapshot: Snapshot, lang: str) -> dict[str, Any]:
    """What the page shares with the pages of a large class's students."""
    return {
        "assignment": choose(snapshot.title, lang),
        "assignment_id": snapshot.id,
        "extra_possible": snapshot.extra_possible,
        "exercises": [
            {"id": entry.id, "title": choose(entry.title, lang)} for entry in snapshot.exercises
        ],
    }


def ungraded(results: Results, lang: str) -> str:
    """Who is expected and has no record yet."""
    everybody = results.ungraded
    first = [(name, results.people.name(name), None) for name in everybody[:MOST_NAMED]]
    return _Names(len(everybody), [*first]).sentence(lang)


def _problem(record: Record) -> Message | None:
    """Of who handed in nothing the status says it all."""
    return None if record.status == Status.MISSING else record.problem


def _totals(shares: Sequence[float]) -> dict[str, Any]:
    return {
        "summary": item_analysis.summarise(shares),
        "full": sum(share >= 1 for share in shares),
        "histogram": plots.histogram(
            item_analysis.histogram(shares), statistics.median(shares or [0.0])
        ),
    }


def _said(record: Record) -> list[tuple[str, str, str, Message]]:
    """What a student was told: exercise, outcome, check ("" of all of it) and message.

    The general "failed" is left out: it says no more than the table of checks.
    """
    of_all = [message for message in (_problem(record), *record.notes) if message is not None]
    return [("", record.status, "", message) for message in of_all] + [
        (exercise.id, check.outcome, check.id, check.message)
        for exercise in record.exercises
        for check in exercise.checks
        if check.message is not None
        and check.message.code != "failed"
        and check.outcome not in {Outcome.PASSED, Outcome.SKIPPED}
    ]


def _sentences(
    said: Sequence[tuple[str, str, str, Message]], lang: str
) -> dict[tuple[str, str, str], set[str]]:
    """By exercise, outcome and sentence the checks that said it."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for exercise, outcome, check, message in said:
        checks = found.setdefault((exercise, outcome, formatting.sentence(message, lang)), set())
        if check:
            checks.add(check)
    return found


def _apart(snapshot: Snapshot, lang: str) -> dict[tuple[str, str], str]:
    """By exercise and check what tells it from one of the same title: its function, or its name."""
    found = {}
    for entry in snapshot.exercises:
        titles = Counter(choose(check.title, lang) for check in entry.checks)
        both = Counter((choose(check.title, lang), check.of) for check in entry.checks)
        for check in entry.checks:
            title = choose(check.title, lang)
            if titles[title] > 1:
                found[entry.id, check.id] = check.of if both[title, check.of] == 1 else check.id
    return found


def _check(snapshot: Snapshot, figures: CheckFigures, apart: _Apart, lang: str) -> dict[str, Any]:
    described = snapshot.check(figures.exercise, figures.id)
    return {
        "figures": figures,
        "title": choose(described.title, lang),
        "apart": apart.get((figures.exercise, figures.id), ""),
        "exercise": choose(snapshot.exercise(figures.exercise).title, lang),
        "public": described.public,
        # Who is strong elsewhere fails it more often: the check may be wrong.
        "suspect": figures.discrimination is not None and figures.discrimination < 0,
        "outcomes": figures.outcomes.most_common(),
    }


def _group(snapshot: Snapshot, group: Group, lang: str) -> dict[str, Any]:
    """Students with one mistake, those first of whom it is certain."""
    certain = [name for name in group.students if name not in group.likely]
    named = [*certain, *group.likely][:MOST_NAMED]
    return {
        "exercise": choose(snapshot.exercise(group.exercise).title, lang),
        "function": group.function,
        "why": group.mistake.why if group.mistake else "",
        "tell": choose(group.mistake.tell, lang) if group.mistake and group.mistake.tell else "",
        "students": len(group.students),
        "likely": len(group.likely),
        "named": named,
        "more": len(group.students) - len(named),
    }


def _slowest(
    snapshot: Snapshot, figures: Sequence[CheckFigures], apart: _Apart, lang: str
) -> list[dict[str, Any]]:
    timed = [figure for figure in figures if figure.longest_seconds is not None]
    timed.sort(key=lambda f: (f.longest_seconds or 0.0, f.median_seconds or 0.0), reverse=True)
    return [
        {
            "title": choose(snapshot.check(figure.exercise, figure.id).title, lang),
            "apart": apart.get((figure.exercise, figure.id), ""),
            "exercise": choose(snapshot.exercise(figure.exercise).title, lang),
            "median": figure.median_seconds,
            "longest": figure.longest_seconds,
            "share": (figure.longest_seconds or 0.0) / (timed[0].longest_seconds or 1.0),
        }
        for figure in timed[:SLOWEST]
    ]
