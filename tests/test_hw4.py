"""hw4 as it is shipped: complete, in both languages, and the demo's class scores what it must."""

import re
from collections import Counter
from pathlib import Path

import pytest

from examples import build
from grader import assignment as assignments
from grader import submission as submissions
from grader.course import Course
from grader.pool import grade_all
from grader.verify import candidates
from grader.worker import Job

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples" / "submissions" / "hw4"


@pytest.fixture(scope="module")
def hw4():
    return assignments.load(ROOT / "assignments" / "hw4")


def test_points_sum_to_a_hundred_and_nineteen_on_top(hw4):
    assert hw4.possible == 100
    assert hw4.extra_possible == 19


def test_two_hundred_checks_and_none_worth_more_than_six_points(hw4):
    checks = [(e, c) for e in hw4.exercises for c in e.checks]
    assert len(checks) >= 200
    for exercise, check in checks:
        assert exercise.points * check.weight / exercise.weight <= 6, check.id


def test_every_exercise_has_public_and_hidden_checks(hw4):
    for exercise in hw4.exercises:
        kinds = Counter(check.public for check in exercise.checks)
        assert kinds[True] >= 1, exercise.id
        assert kinds[False] >= 1, exercise.id


def test_no_hint_gives_a_number_away(hw4):
    for exercise in hw4.exercises:
        for check in exercise.checks:
            if not check.public:
                for text in check.hint.values():
                    assert not re.search(r"\d\.\d", text), (check.id, text)


def test_mutants_and_variants_are_enough(hw4):
    chosen = candidates(Course(ROOT), hw4, full=False)
    kinds = Counter(candidate.kind for candidate in chosen)
    assert kinds["mutant"] >= 200
    assert kinds["variant"] >= 5
    hit = {e for candidate in chosen if candidate.kind == "mutant" for e in candidate.loses}
    assert hit == {exercise.id for exercise in hw4.exercises}


def test_the_committed_class_is_what_the_recipes_make():
    committed = {p.relative_to(EXAMPLES).as_posix(): p for p in EXAMPLES.rglob("*") if p.is_file()}
    made = build.members("hw4")
    assert sorted(committed) == sorted(made)
    assert [name for name, path in committed.items() if path.read_bytes() != made[name]] == []


def test_the_class_scores_what_it_must(hw4):
    recipes = {recipe.student: recipe for recipe in build.class_of("hw4")}
    assert len(recipes) >= 25
    found = submissions.find(EXAMPLES, hw4.id, hw4.package)
    assert sorted(entry.student for entry in found) == sorted(recipes)
    wanted = [file.name for file in hw4.files]
    required = [file.name for file in hw4.files if file.required]
    jobs = [Job(submissions.read(entry, hw4.package, wanted, required)) for entry in found]
    wrong = []
    for _, record in grade_all(hw4, jobs, workers=2):
        recipe = recipes[record.student]
        lost = [e.id for e in record.exercises if e.points < e.possible and not e.extra]
        as_it_must = round(record.points, 2) == recipe.points and lost == (recipe.loses or lost)
        if not as_it_must or record.extra_points != recipe.bonus:
            wrong.append((record.student, record.points, record.extra_points, lost))
    assert wrong == []
