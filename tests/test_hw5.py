"""hw5 as it is shipped: complete, in both languages, and the demo's class scores what it must."""

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
EXAMPLES = ROOT / "examples" / "submissions" / "hw5"


@pytest.fixture(scope="module")
def hw5():
    return assignments.load(ROOT / "assignments" / "hw5")


def test_points_sum_to_a_hundred_and_thirteen_on_top(hw5):
    assert hw5.possible == 100
    assert hw5.extra_possible == 13
    by_file = Counter()
    for exercise in hw5.exercises:
        by_file[exercise.file] += exercise.points
    contract = {"attention.py": 20, "seq2seq.py": 20, "decode.py": 15, "transformer.py": 30}
    assert by_file == {
        **contract,
        "training.py": 10,
        "bert.py": 5,
        "copy_task.py": 5,
        "extensions.py": 8,
    }


def test_two_hundred_checks_and_none_worth_more_than_six_points(hw5):
    checks = [(e, c) for e in hw5.exercises for c in e.checks]
    assert len(checks) >= 200
    for exercise, check in checks:
        assert exercise.points * check.weight / exercise.weight <= 6, check.id


def test_every_exercise_has_public_and_hidden_checks(hw5):
    for exercise in hw5.exercises:
        kinds = Counter(check.public for check in exercise.checks)
        assert kinds[True] >= 1, exercise.id
        assert kinds[False] >= 1, exercise.id


def test_no_hint_gives_a_number_away(hw5):
    for exercise in hw5.exercises:
        for check in exercise.checks:
            if not check.public:
                for text in check.hint.values():
                    assert not re.search(r"\d\.\d", text), (check.id, text)


def test_mutants_and_variants_are_enough(hw5):
    found = candidates(Course(ROOT), hw5, full=False)
    kinds = Counter(c.kind for c in found)
    assert kinds["mutant"] >= 150
    assert kinds["variant"] >= 4
    hit = {e for c in found if c.kind == "mutant" for e in c.loses}
    assert hit == {exercise.id for exercise in hw5.exercises}


def test_the_committed_class_is_what_the_recipes_make():
    committed = {p.relative_to(EXAMPLES).as_posix(): p for p in EXAMPLES.rglob("*") if p.is_file()}
    made = build.members("hw5")
    assert sorted(committed) == sorted(made)
    assert [name for name, path in committed.items() if path.read_bytes() != made[name]] == []


def test_the_class_scores_what_it_must(hw5):
    recipes = {recipe.student: recipe for recipe in build.class_of("hw5")}
    assert len(recipes) >= 12
    found = submissions.find(EXAMPLES, hw5.id, hw5.package)
    assert sorted(entry.student for entry in found) == sorted(recipes)
    wanted = [file.name for file in hw5.files]
    required = [file.name for file in hw5.files if file.required]
    jobs = [Job(submissions.read(entry, hw5.package, wanted, required)) for entry in found]
    wrong = []
    for _, record in grade_all(hw5, jobs, workers=2):
        recipe = recipes[record.student]
        lost = [e.id for e in record.exercises if e.points < e.possible and not e.extra]
        as_it_must = round(record.points, 2) == recipe.points and lost == (recipe.loses or lost)
        if not as_it_must or record.extra_points != recipe.bonus:
            wrong.append((record.student, record.points, record.extra_points, lost))
    assert wrong == []
