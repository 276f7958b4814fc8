"""Each homework as it is shipped: complete, in both languages, its demo class scores what it must.

That its checks are fair is proven by `grader verify`, which `make test` runs after these.
"""

import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from demo import build
from grader.authoring.candidates import Role, candidates
from grader.authoring.reach import reached
from grader.course.folder import Course
from grader.grading.engines.local import Pool
from grader.grading.worker import Job
from grader.intake.find import find
from grader.intake.handin import Wanted
from grader.intake.join import join
from grader.intake.read import read_for
from grader.intake.request import Request

ROOT = Path(__file__).parent.parent
MOST_POINTS = 10  # of one function
HEAVY = 1.0  # seconds of the reference in an exercise


@dataclass(frozen=True)
class Promised:
    """What is at least there; `extra` points exactly."""

    extra: int
    checks: int
    mutants: int
    students: int
    variants: int = 8


PROMISED = {
    "hw1": Promised(extra=6, checks=90, mutants=30, students=30),
    "hw2": Promised(extra=11, checks=80, mutants=30, students=12),
    "hw3": Promised(extra=14, checks=90, mutants=35, students=12),
    "hw4": Promised(extra=27, checks=80, mutants=30, students=12),
    "hw5": Promised(extra=23, checks=90, mutants=35, students=12),
}


@pytest.fixture(scope="module", params=PROMISED)
def homework(request):
    return Course.read(ROOT).load(request.param)


def test_points_sum_to_a_hundred_and_the_extras(homework):
    assert homework.possible == 100
    assert homework.extra_possible == PROMISED[homework.id].extra


def test_checks_are_many_and_no_function_is_worth_much(homework):
    assert sum(len(e.checks) for e in homework.exercises) >= PROMISED[homework.id].checks
    for exercise in homework.exercises:
        for function in exercise.functions:
            assert function.points <= MOST_POINTS, function.name


def test_every_exercise_has_public_and_hidden_checks(homework):
    for exercise in homework.exercises:
        assert {check.public for check in exercise.checks} == {True, False}, exercise.id


def test_no_hint_gives_a_number_away(homework):
    for exercise in homework.exercises:
        for check in exercise.checks:
            if not check.public:
                for text in check.hint.values():
                    assert not re.search(r"\d\.\d", text), (check.id, text)


def test_mutants_and_variants_are_enough(homework):
    found = candidates(homework, full=False)
    roles = Counter(candidate.role for candidate in found)
    assert roles[Role.MUTANT] >= PROMISED[homework.id].mutants
    assert roles[Role.VARIANT] >= PROMISED[homework.id].variants
    broken = {candidate.bug.of for candidate in found if candidate.bug}
    assert broken == {f.name for exercise in homework.exercises for f in exercise.functions}


def handout(homework, language):
    file = ROOT / "assignments" / homework.id / f"handout.{language}.md"
    return file.read_text(encoding="utf-8")


def headings(text):
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [(m[1], m[2]) for m in re.finditer(r"^(#+) (\d+(?:\.\d+)*)?", text, re.MULTILINE)]


def test_both_handouts_have_the_same_structure(homework):
    texts = {language: handout(homework, language) for language in ("en", "ko")}
    assert headings(texts["en"]) == headings(texts["ko"])
    for language, text in texts.items():
        for exercise in homework.exercises:
            assert f"`{exercise.id}`" in text, (language, exercise.id)
            for name in exercise.names:
                assert name in text, (language, name)


def build_class(name, folder):
    command = [sys.executable, "-m", "demo.build", name, str(folder)]
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)


@pytest.fixture(scope="module")
def built(homework, tmp_path_factory):
    """The folder of the class, built as the demo does."""
    folder = tmp_path_factory.mktemp("demo") / "class"
    assert build_class(homework.id, folder).returncode == 0
    return folder


def test_a_class_is_the_same_whenever_it_is_built(homework, built, monkeypatch):
    files = {p.relative_to(built).as_posix(): p for p in built.rglob("*") if p.is_file()}
    monkeypatch.setattr("time.time", lambda: 1e9)  # archives like to write the time of day
    made = build.members(homework.id)
    assert sorted(files) == sorted(made)
    assert [name for name, path in files.items() if path.read_bytes() != made[name]] == []


def test_a_class_is_not_built_over_what_is_there(tmp_path):
    kept = tmp_path / "kept.py"
    kept.write_text("mine")
    done = build_class("hw1", tmp_path)
    assert (done.returncode, list(tmp_path.iterdir()), kept.read_text()) == (2, [kept], "mine")
    assert f"{tmp_path}: File exists" in done.stderr


def test_the_class_scores_what_it_must(homework, built, tmp_path):
    """Exercises in which a package is the reference have full marks, as the proof has shown.

    The others are graded, and at least one of everybody's: but heavy ones that only use a slip of
    another file, in which it is paid for, for the first such student alone.
    """
    students = build.class_of(homework.id)
    recipes = {recipe.student: recipe for recipe in students}
    assert len(recipes) >= PROMISED[homework.id].students
    wanted = Wanted(homework.id, homework.package, tuple(file.name for file in homework.files))
    seen = find(built, wanted, Request(tmp_path / "out"))
    found = [person.found() for person in join(seen, None, "last", wanted).people]
    assert sorted(entry.student for entry in found) == sorted(r.student for r in students)
    reference = build.solved(homework)
    submissions = [read_for(homework, entry) for entry in found]
    first = homework.exercises[0]
    jobs, was_used = [], set[str]()
    for submission in submissions:
        ids = reached(homework, reference, submission.files)
        run = [e for e in homework.exercises if e.id in ids] or [first]
        files = submission.files
        used = {e.id for e in run if e.measured > HEAVY and files.get(e.file) == reference[e.file]}
        run = [e.id for e in run if e.id not in used & was_used] or [first.id]
        was_used |= used
        jobs.append(Job(submission, tuple(run), shares=True))
    wrong = []
    # an endless loop need not be waited for as long as a large package on a busy machine
    hasty = replace(homework, limits=replace(homework.limits, import_seconds=2))
    # one process: two would each run what they could have shared
    for record in (graded.record for graded in Pool(1).grade_all(hasty, jobs)):
        recipe = recipes[record.student]
        points, bonus, loses = scored(homework, record)
        as_it_must = points == recipe.points and loses == (recipe.loses or loses)
        if not as_it_must or bonus != recipe.bonus:
            wrong.append(f"{record.student}: {points} +{bonus}, loses {loses}")
            wrong += [f"    {line}" for line in not_passed(record, recipe.loses)]
    assert not wrong, "\n".join(wrong)


def scored(homework, record):
    """Points, those of bonus exercises, and who else loses: what was not run has lost nothing."""
    if record.problem:
        return record.points, record.extra_points, []
    lost = [e for e in record.exercises if e.points < e.possible]
    points, bonus = (
        sum(e.possible - e.points for e in lost if e.extra == extra) for extra in (False, True)
    )
    loses = [e.id for e in lost if not e.extra]
    return round(homework.possible - points, 2), round(homework.extra_possible - bonus, 4), loses


def not_passed(record, meant):
    """What a reader of the failing test needs: which checks of other exercises, and why."""
    for exercise in record.exercises:
        for check in exercise.checks:
            if exercise.id not in (meant or ()) and check.outcome not in {"passed", "skipped"}:
                yield f"{exercise.id}/{check.id}: {check.outcome} {check.message} {check.detail}"
