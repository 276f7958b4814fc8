"""What the right programs answer, and where a submission answers otherwise: a counterexample.

`answers.json` beside `mistakes.json` is written by `grader verify`. For each case of a check it
holds the questions on which the reference and every variant agree: where several answers are right,
none is *the* right one. Of those only what can be taken in at a glance is kept.

A question is named by all that was asked until then, arguments included, so that whoever is asked
it stands where the right programs stood. In a case that failed, the first such question with
another answer is the counterexample: the lines that ask it, the answer that came and the right one.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from grader.boundary import wire
from grader.checking import shown
from grader.checking.conversation import Question, Step
from grader.checking.shown import ObjectRef, TooLarge
from grader.checking.traces import digest, read, trace
from grader.course.assignment import Assignment
from grader.diagnosis.mistakes import case_id
from grader.errors import AssignmentInvalid
from grader.json_file import Damaged, read_json
from grader.records.decode import typed
from grader.records.outcome import Outcome
from grader.records.record import Counterexample, Shown, Trace

FILE = "answers.json"
SCHEMA = "grader/answers/v2"
MOST_LINES = 6
MOST_CALLS = 64  # of those that are made at once
_VALUES = {"call", "get", "item", "length"}  # verbs whose answer is what the line gives


@dataclass(frozen=True)
class Right:
    """The answer to a question: its digest (`checking.traces`), the lines that ask, its text."""

    digest: str
    lines: list[str]
    shown: Shown


# Of one case, by the name of the question.
RightAnswers = dict[str, Right]


@dataclass(frozen=True)
class Noted(Trace):
    """The trace of a right program in `grader verify`, with its answers; it is in no record."""

    answers_shown: Mapping[str, Right]


class Notes:
    """The traces of right programs, with all answers that can be shown.

    Most of them answer byte for byte what another has answered: that is noted once.
    """

    def __init__(self) -> None:
        self._noted: dict[tuple[str, Outcome, bytes], Noted | None] = {}

    def trace(self, check: str, case: str, outcome: Outcome, said: Sequence[Step]) -> Noted | None:
        """The trace of a case of a check, as `traces.trace` has it, and its answers."""
        name = _name_of(said)
        if name is None:
            return _noted(trace(case, outcome, said), said)
        key = case_id(check, case), outcome, name
        if key not in self._noted:
            self._noted[key] = _noted(trace(case, outcome, said), said)
        return self._noted[key]


def _name_of(said: Sequence[Step]) -> bytes | None:
    """Names all that was said; None where something has no name."""
    name = blake2b(digest_size=16)
    for step in said:
        key = step.key()
        if key is None:
            return None
        for part in (_bytes_of(step.question), key):
            name.update(len(part).to_bytes(8, "big") + part)
    return name.digest()


def _noted(traced: Trace | None, said: Sequence[Step]) -> Noted | None:
    if traced is None:
        return None
    found: RightAnswers = {}
    for asked in _asked(said):
        text = shown.result(asked.kind, asked.value)
        lines = asked.lines() if text else None
        if text and lines:
            found[asked.name] = Right(digest(asked.kind, asked.value), lines, text)
    fields = {name: getattr(traced, name) for name in Trace.__dataclass_fields__}
    return Noted(**fields, answers_shown=found)


def agreed(reference: Mapping[str, Right], others: Sequence[Mapping[str, Right]]) -> RightAnswers:
    """What the others answer, too; nothing where there are no others."""
    return {
        name: right
        for name, right in reference.items()
        if others and all(name in other and other[name].digest == right.digest for other in others)
    }


def counterexample(known: Mapping[str, Right], said: Sequence[Step]) -> Counterexample | None:
    """The first known question of a failed case that was answered otherwise, if there is one."""
    places = {name.partition("#")[0] for name in known}
    for asked in _asked(said, places):
        right = known.get(asked.name)
        if right is None or digest(asked.kind, asked.value) == right.digest:
            continue
        kind, value = asked.kind, asked.value
        got = shown.result(kind, value) or shown.summary(kind, value)
        if got is not None and got != right.shown:
            return Counterexample(right.lines, got, right.shown)
    return None


def size(found: Counterexample) -> int:
    """How much there is to read: of several the smallest is shown."""
    return sum(map(len, found.lines))


def made_from(assignment: Assignment) -> str:
    """Names what the answers follow from, as far as somebody who grades can tell."""
    text = f"{assignment.checks_sha256} {assignment.settings_sha256}"
    return blake2b(text.encode(), digest_size=8).hexdigest()


def dump(assignment: Assignment, cases: Mapping[str, RightAnswers]) -> str:
    """The file's text, a line for each case."""
    lines = (
        f"{json.dumps(case)}: "
        + json.dumps(
            {name: asdict(right) for name, right in cases[case].items()}, ensure_ascii=False
        )
        for case in sorted(cases)
        if cases[case]
    )
    head = f'"schema": "{SCHEMA}", "made_from": "{made_from(assignment)}"'
    return f'{{{head}, "cases": {{\n' + ",\n".join(lines) + "\n}}\n"


def is_stale(assignment: Assignment) -> bool:
    """Whether the answers are of other checks, so that `load` takes none of them.

    Raises `AssignmentInvalid` for a damaged file.
    """
    written = _read(assignment)
    return written is not None and written[0] != made_from(assignment)


def load(assignment: Assignment) -> dict[str, RightAnswers]:
    """By case what `dump` wrote; nothing where there is no file, or one of other checks.

    Raises `AssignmentInvalid` for a damaged one.
    """
    written = _read(assignment)
    return written[1] if written and written[0] == made_from(assignment) else {}


def _read(assignment: Assignment) -> tuple[str, dict[str, RightAnswers]] | None:
    """What the answers are made from, and they; None where there is no file."""
    path: Path = assignment.folder / FILE
    if not path.exists():
        return None
    try:
        return read_json(path, _written, SCHEMA)
    except Damaged as error:
        raise AssignmentInvalid("error.learnt_unreadable", file=path, reason=error) from error


def _written(data: Any) -> tuple[str, dict[str, RightAnswers]]:
    return data["made_from"], {
        case: {name: typed(Right, right) for name, right in answers.items()}
        for case, answers in data["cases"].items()
    }


@dataclass(frozen=True)
class _Asked:
    """A question with its answer: one call of several in a `map` is a question of its own."""

    name: str
    kind: str
    value: Any
    script: _Script
    request: tuple[Any, ...]

    def lines(self) -> list[str] | None:
        """See `_Script.lines`."""
        return self.script.lines(self.request)


def _asked(said: Sequence[Step], places: Collection[str] | None = None) -> Iterator[_Asked]:
    """All questions; or those at `places` alone, and then without what their lines stand on."""
    script, chain = _Script([]), ""
    for step in said:
        chain = blake2b(chain.encode() + _named(step.question), digest_size=6).hexdigest()
        if step.answer is None or (places is not None and chain not in places):
            continue
        request = _request(step.question)
        kind, value = read(step)
        if request[0] == "map" and kind == "value" and isinstance(value, list):
            _, owner, name, calls = request
            pairs = zip(calls[:MOST_CALLS], value, strict=False)
            for number, (arguments, one) in enumerate(pairs):
                single: tuple[Any, ...] = ("call", owner, name, tuple(arguments), {})
                yield _Asked(f"{chain}#{number}", kind, one, script, single)
        else:
            yield _Asked(chain, kind, value, script, request)
        script = script.after(request, value)


def _named(question: Question) -> bytes:
    """The same in every process: the members of a set lie in another order in each."""
    if not isinstance(question, bytes):
        return _bytes_of(question)
    if b'"t":"set"' in question or b'"t":"frozenset"' in question:
        names = {number: f"object {number}" for number in _kept(_request(question))}
        with contextlib.suppress(TooLarge):
            return shown.literal(_request(question), shown.MOST_ASKED, names=names).encode()
    return question


def _bytes_of(question: Question) -> bytes:
    return question if isinstance(question, bytes) else ".".join(question).encode()


def _request(question: Question) -> tuple[Any, ...]:
    if not isinstance(question, bytes):
        return ("get", *question)
    found: tuple[Any, ...] = wire.decode(*wire.parts(question), ObjectRef)
    return found


@dataclass(frozen=True)
class _Done:
    """A request, what it brought, and the numbers of the kept objects that it names."""

    request: tuple[Any, ...]
    value: Any
    uses: frozenset[int]

    @property
    def made(self) -> int:
        """The number of the object that it brought; -1 where it brought none."""
        return self.value.number if isinstance(self.value, ObjectRef) else -1


@dataclass(frozen=True)
class _Script:
    """What was done until now, as far as later lines may stand on it: a request and its answer."""

    done: list[_Done]

    def after(self, request: tuple[Any, ...], value: Any) -> _Script:
        """With one more request. What only looks changes nothing."""
        only_looks = request[0] in {"get", "length", "generators"} and not isinstance(
            value, ObjectRef
        )
        if only_looks:
            return self
        return replace(self, done=[*self.done, _Done(request, value, frozenset(_kept(request)))])

    def lines(self, request: tuple[Any, ...]) -> list[str] | None:
        """The lines that ask this, with those before it that it stands on, if they are few."""
        if request[0] not in _VALUES:
            return None
        needed, chosen = _kept(request), list[_Done]()
        for earlier in reversed(self.done):
            if earlier.made in needed or earlier.uses & needed:
                needed |= earlier.uses
                chosen.insert(0, earlier)
        if len(chosen) >= MOST_LINES:
            return None
        lines, names = list[str](), dict[int, str]()
        try:
            for earlier in chosen:
                line, made = _expression(earlier.request, names), earlier.made
                if made in needed and made not in names:
                    names[made] = _name(earlier.value.kind, names)
                    line = f"{names[made]} = {line}"
                lines.append(line)
            lines.append(_expression(request, names))
        except TooLarge:
            return None
        return lines if sum(map(len, lines)) <= shown.MOST_ASKED else None


def _kept(value: Any) -> set[int]:
    """The numbers of the kept objects in a request."""
    if isinstance(value, ObjectRef):
        return {value.number}
    if isinstance(value, dict):
        return _kept(list(value.values()))
    if isinstance(value, list | tuple):
        return {number for item in value for number in _kept(item)}
    return set()


def _name(kind: str, names: Mapping[int, str]) -> str:
    """A name for an object of this type that no other has."""
    name = kind.lower() if kind.isidentifier() else "x"
    taken = sum(other.rstrip("0123456789") == name for other in names.values())
    return f"{name}{taken + 1}" if taken else name


def _expression(request: tuple[Any, ...], names: Mapping[int, str]) -> str:
    """A request in Python. Raises `TooLarge` for what is too large or has no such form."""
    verb, owner, *rest = request

    def text(argument: Any) -> str:
        return shown.literal(argument, shown.MOST_ASKED, names=names)

    of = owner if isinstance(owner, str) else text(owner)
    if verb == "get":
        return f"{of}.{rest[0]}"
    if verb == "item":
        return f"{of}[{text(rest[0])}]"
    if verb == "length":
        return f"len({of})"
    function = f"{of}.{rest[0]}" if rest and rest[0] else of
    if verb in {"call", "with_arguments"}:
        _, arguments, keywords = rest
    elif verb == "keep" and rest[2] is None:
        arguments, keywords = rest[1], {}
    else:
        raise TooLarge
    keywords = {name: text(argument) for name, argument in keywords.items()}
    return shown.call(function, [text(argument) for argument in arguments], keywords)
