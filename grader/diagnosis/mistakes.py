"""The known mistakes of an assignment: what each of them answers, in digests, and its words.

`mistakes.json` beside `timings.json` is written by `grader verify`, copied beside the records by
`grader grade`, and released with the template as far as public checks go.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from grader.course.toml import Text
from grader.errors import AssignmentInvalid
from grader.json_file import Damaged, read_json
from grader.records.decode import typed
from grader.records.outcome import Outcome
from grader.records.record import Trace

FILE = "mistakes.json"
SCHEMA = "grader/mistakes/v2"

# How a case ends in which something was answered: two endless loops need have nothing in common.
ANSWERED = {Outcome.FAILED, Outcome.RAISED, Outcome.UNREADABLE}
# What stands in a trace where no reply came: a file that does not import, a process that has ended.
# It is the same whatever the reason was. (`checking.traces.digest` of the outcome and no value.)
NO_REPLY = {blake2b(f"{outcome} None".encode(), digest_size=4).hexdigest() for outcome in Outcome}


@dataclass(frozen=True)
class Signature:
    """What a mistake answers in one case. A digest is "" where it tells nothing."""

    outcome: Outcome
    answers: str = ""  # all of them together
    asked: str = ""  # what the check asks of the right program, too, up to the last answer
    last: str = ""  # the last answer
    form: str = ""  # its types, where the right program answers the same in others
    first: str = ""  # the first array of a last answer that has more to it
    telling: bool = False  # see `Trace`

    @classmethod
    def of(cls, trace: Trace, right: Trace | None) -> Signature:
        """Of a mistake's answers, beside those of the right program in the same case."""
        count = len(trace.answers)
        known = cls(trace.outcome, telling=trace.telling)
        is_answer = trace.outcome in ANSWERED
        if right is None or not is_answer:
            return known
        same_questions = right.asked[:count] == trace.asked
        if right.answers[:count] == trace.answers:
            if not same_questions or right.forms[count - 1] == trace.forms[-1]:
                return known
            last = trace.answers[-1]
            return replace(known, asked=trace.asked[-1], last=last, form=trace.forms[-1])
        # where it was right until it raised, all that differs is the name of an error
        raised_alone = (
            known.outcome == Outcome.RAISED and right.answers[: count - 1] == trace.answers[:-1]
        )
        known = replace(
            known, answers=whole(trace.answers), telling=trace.telling and not raised_alone
        )
        if same_questions and right.answers[count - 1] != trace.answers[-1]:
            known = replace(known, asked=trace.asked[-1], last=trace.answers[-1])
            if count == len(right.answers) and right.first not in {"", trace.first}:
                known = replace(known, first=trace.first)
        return known

    @property
    def is_known(self) -> bool:
        """Whether anything matches it: the mistake answers something, and not what is right."""
        return bool(self.answers or self.asked)

    def matches(self, trace: Trace) -> bool:
        """Whether a submission has answered so."""
        if trace.outcome != self.outcome or not (trace.asked and trace.forms and replied(trace)):
            return False
        if self.answers and self.answers == whole(trace.answers):
            return True
        if not self.asked or self.asked != trace.asked[-1]:
            return False
        if self.form and self.form != trace.forms[-1]:
            return False
        return self.last == trace.answers[-1] or bool(self.first and self.first == trace.first)


@dataclass(frozen=True)
class Mistake:
    """A known mistake. `cases` are those that it fails, by check and case (`case_id`)."""

    name: str
    functions: list[str]  # whose checks are looked at; the first one is wrong
    why: str  # for staff
    tell: Text  # for the student; empty where nothing leads on
    made_from: str = ""  # a digest of the mutant and the checks
    cases: dict[str, Signature] = field(default_factory=dict)


def replied(trace: Trace) -> bool:
    """Whether the last question of a case was answered: without that there is no wrong answer."""
    return bool(trace.answers) and trace.answers[-1] not in NO_REPLY


def whole(answers: Sequence[str]) -> str:
    """All answers of a case as one digest."""
    return blake2b(" ".join(answers).encode(), digest_size=4).hexdigest()


def case_id(check: str, case: str) -> str:
    """How a case is named: `check`, or `check[case]` where there are several."""
    return f"{check}[{case}]" if case else check


def seen_by(checks: Collection[str], mistakes: Iterable[Mistake]) -> list[Mistake]:
    """The mistakes that these checks see, by nothing but them: what may be given away."""
    found = []
    for mistake in mistakes:
        cases = {case: s for case, s in mistake.cases.items() if case.partition("[")[0] in checks}
        if cases:
            found.append(replace(mistake, why="", made_from="", cases=cases))
    return found


def to_json(mistakes: Sequence[Mistake]) -> dict[str, Any]:
    """Plain data, schema first."""
    return {"schema": SCHEMA, "mistakes": [asdict(mistake) for mistake in mistakes]}


def dump(mistakes: Sequence[Mistake]) -> str:
    """`to_json` as text, a line for each mistake."""
    lines = (json.dumps(asdict(mistake), ensure_ascii=False) for mistake in mistakes)
    return f'{{"schema": "{SCHEMA}", "mistakes": [\n' + ",\n".join(lines) + "\n]}\n"


def load(path: Path) -> list[Mistake]:
    """What `dump` wrote; nothing where there is no such file. Raises `AssignmentInvalid`."""
    if not path.exists():
        return []
    try:
        return read_json(path, lambda data: [typed(Mistake, m) for m in data["mistakes"]], SCHEMA)
    except Damaged as error:
        raise AssignmentInvalid("error.learnt_unreadable", file=path, reason=error) from error
