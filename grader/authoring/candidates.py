"""What proves the checks of an assignment: packages to be graded, and what must come out.

    reference    full marks            template   nothing, every check 'not yet'
    variants/    full marks: other right solutions, whole files that replace the reference's
    answers      nothing in any function: made from the template (`grader.authoring.universal`)
    mutants/     known bugs, each a change of the reference: `mutants/<name>.toml`

        why = "the gradient has the wrong sign"
        of = "gradient"
        severity = "wrong"
        tell = { en = "Each step leads uphill. Which sign does the gradient have?" }

        [[change]]
        file = "logistic_regression.py"
        find = "return (p - y) @ X"
        replace = "return (y - p) @ X"

A mutant is run by the checks that enter what it changed: for all others it is the reference
(`grader.authoring.entered`). Where it may keep something from one check to the next, also by those
that come after. Without `--full` also only in exercises that its files can reach, and of functions
that it must not cost anything only by quick core checks: mutants of the same function that keep
nothing share these, each is run for one of them. Then of a variant only the exercises are run that
can meet a file of its own, and of an answer only core checks, since without one of them nothing
else counts. And then answers are graded by a short way, too, and so are mutants that differ within
functions alone and spell no word by which they could use what is forbidden, or keep something from
one check to the next (`grader.grading.proofs`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from grader.authoring import entered, template
from grader.authoring.reach import reached
from grader.authoring.universal import universal
from grader.course.assignment import Assignment
from grader.course.exercise import Kind
from grader.course.toml import Table, Text
from grader.errors import AssignmentInvalid
from grader.grading.proofs import Way
from grader.i18n import LANGUAGES, translate

HEAVY = 0.1  # seconds: what takes the reference longer is not run for each mutant

# By these words code gets at what it left in another check, or hides a name.
_KEEPING = {"__import__", "eval", "exec", "getattr", "global", "globals", "import", "importlib"}
_KEEPING |= {"setattr", "sys"}


class Role(StrEnum):
    """What a candidate is, in the order in which people read of them."""

    REFERENCE = "reference"
    TEMPLATE = "template"
    VARIANT = "variant"
    MUTANT = "mutant"
    ANSWER = "answer"

    @property
    def is_right(self) -> bool:
        """Whether it must have full marks."""
        return self in {Role.REFERENCE, Role.VARIANT}


# There is one of each, which needs no name beside this.
_ALONE = {Role.REFERENCE, Role.TEMPLATE}


class Severity(StrEnum):
    """How wrong a mutant is."""

    WRONG = "wrong"  # nearly every ordinary call
    PART = "part"  # ordinary input where one rule or option is touched
    EDGE = "edge"  # rare input only
    MANNERS = "manners"  # right values, bad manners


@dataclass(frozen=True)
class Bug:
    """What a mutant must cost: `of` within the band of its severity, `also` something."""

    of: str
    severity: Severity
    also: tuple[str, ...]  # functions that share a private helper with `of`


@dataclass(frozen=True)
class Candidate:
    """A package to be graded."""

    role: Role
    name: str  # a variant and a mutant may share it
    why: str
    files: dict[str, bytes]
    bug: Bug | None = None  # of a mutant
    exercises: tuple[str, ...] = ()  # to be run; empty: all
    without_checks: frozenset[str] = frozenset()
    tell: Text = field(default_factory=dict)  # what a student reads who has made it
    way: Way = Way.WHOLE  # in which it is graded

    @property
    def label(self) -> str:
        """What people read, and whose record it is: "mutant off"; no two have the same."""
        return self.role.value if self.role in _ALONE else f"{self.role} {self.name}"


def candidates(assignment: Assignment, *, full: bool) -> list[Candidate]:
    """Reference, template, variants, mutants and universal answers of an assignment."""
    stubs = template.build(assignment)
    reference = assignment.reference_files()
    template_files = {name: stubs[name].encode() for name in reference}
    mutants = list(_mutants(assignment, reference, full=full))
    return [
        Candidate(Role.REFERENCE, Role.REFERENCE, "", reference),
        Candidate(Role.TEMPLATE, Role.TEMPLATE, "", template_files),
        *_variants(assignment, reference, full=full),
        *(mutants if full else map(partial(_without_most, assignment, mutants), mutants)),
        *(
            Candidate(Role.ANSWER, name, "", files, way=Way.WHOLE if full else Way.CORE)
            for name, files in universal(template_files).items()
        ),
    ]


def narrowed(
    assignment: Assignment,
    reference: Mapping[str, bytes],
    mutant: Candidate,
    seen: Mapping[str, frozenset[str]],
) -> Candidate:
    """Without the checks of functions that it must not cost anything and that cannot see it.

    `seen` holds for each check the functions that it enters.
    """
    if mutant.bug is None:
        return mutant
    changed = entered.changed(reference, mutant.files)
    if changed is None:
        return replace(mutant, way=Way.WHOLE)
    costs = {mutant.bug.of, *mutant.bug.also}
    chosen = assignment.only(mutant.exercises, mutant.without_checks)
    run: dict[str, list[str]] = {}
    for exercise in chosen:
        own = run[exercise.id] = []
        sees = False
        for check in exercise.checks:
            enters = check.id not in seen or not changed.isdisjoint(seen[check.id])
            sees = enters or (sees and mutant.way == Way.WHOLE)
            if sees or check.of in costs:
                own.append(check.id)
    blind = {c.id for e in chosen for c in e.checks if c.id not in run[e.id]}
    return replace(
        mutant,
        exercises=tuple(name for name, checks in run.items() if checks),
        without_checks=mutant.without_checks | blind,
    )


def _variants(
    assignment: Assignment, reference: dict[str, bytes], *, full: bool
) -> Iterator[Candidate]:
    for folder in sorted((assignment.folder / "variants").glob("*/")):
        table = Table.read(folder / "variant.toml")
        why = table.string("why")
        table.done()
        own = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.py")}
        if not own.keys() & reference.keys():
            files = ", ".join(reference)
            raise AssignmentInvalid("error.variant_without_file", folder=folder, files=files)
        package = {**reference, **own}
        reach = () if full else reached(assignment, reference, package)
        run = () if len(reach) == len(assignment.exercises) else reach
        yield Candidate(Role.VARIANT, folder.name, why, package, exercises=run)


def _mutants(
    assignment: Assignment, reference: dict[str, bytes], *, full: bool
) -> Iterator[Candidate]:
    functions = [f.name for exercise in assignment.exercises for f in exercise.functions]
    telling = _KEEPING | _forbidden_words(assignment)
    for path in sorted((assignment.folder / "mutants").glob("*.toml")):
        table = Table.read(path)
        why = table.string("why")
        if why in {translate("cli.new_mutant_why", lang) for lang in LANGUAGES}:
            raise AssignmentInvalid("error.mutant_without_why", file=path, found=why)
        bug = Bug(
            of=table.choice("of", functions),
            severity=Severity(table.choice("severity", [s.value for s in Severity])),
            also=table.choices("also", functions, default=()),
        )
        tell = table.text("tell", assignment.languages, default={})
        files = dict(reference)
        changed, written = set(), []
        for change in table.tables("change", required=True):
            file = change.choice("file", list(reference))
            find, replacement = change.string("find"), change.string("replace")
            files[file] = replace_once(path, files[file], find, replacement)
            changed.add(file)
            written.append(replacement)
            change.done()
        table.done()
        reach = () if full else _reach(assignment, changed, bug)
        is_plain = telling.isdisjoint(re.findall(r"\w+", " ".join(written)))
        way = Way.BUG if is_plain and not full else Way.WHOLE
        yield Candidate(Role.MUTANT, path.stem, why, files, bug, reach, tell=tell, way=way)


def _forbidden_words(assignment: Assignment) -> set[str]:
    """The last part of each name that source is searched for."""
    rules = (
        rule for exercise in assignment.exercises for rule in assignment.forbidden_in(exercise)
    )
    return {name.rpartition(".")[2] for rule in rules for name in rule.searched}


def replace_once(path: Path, content: bytes, find: str, replacement: str) -> bytes:
    """One text for another that must stand there once. `path` is who asks, for the error."""
    text = content.decode()
    if text.count(find) != 1:
        raise AssignmentInvalid("error.mutant_text", file=path, count=text.count(find), text=find)
    return text.replace(find, replacement).encode()


def _reach(assignment: Assignment, changed: set[str], bug: Bug) -> tuple[str, ...]:
    """The exercises to run for a mutant that changed these files."""
    costs = {bug.of, *bug.also}
    return tuple(
        e.id
        for e in assignment.exercises
        if e.file in changed
        or costs & {function.name for function in e.functions}
        or (changed & set(e.uses) and e.measured < HEAVY)
    )


def _without_most(
    assignment: Assignment, mutants: Sequence[Candidate], mutant: Candidate
) -> Candidate:
    """Without most checks of functions that it must not cost anything.

    The rare ones, the heavy ones, and of the others those that are another's turn among the mutants
    of its function; but none of these where it may keep something from one check to the next.
    """
    assert mutant.bug is not None
    costs = {mutant.bug.of, *mutant.bug.also}
    others = [c for e in assignment.exercises for c in e.checks if c.of not in costs]
    tried = [c.id for c in others if c.kind == Kind.CORE and c.measured <= HEAVY]
    if mutant.way == Way.BUG:
        of = mutant.bug.of
        plain = [m.name for m in mutants if m.way == Way.BUG and m.bug and m.bug.of == of]
        tried = tried[plain.index(mutant.name) :: len(plain)]
    return replace(mutant, without_checks=frozenset(c.id for c in others) - {*tried})
