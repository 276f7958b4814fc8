"""hw1 as it is shipped: complete, in both languages, and the demo's class scores what it must."""

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
EXAMPLES = ROOT / "examples" / "submissions" / "hw1"


@pytest.fixture(scope="module")
def hw1():
    return assignments.load(ROOT / "assignments" / "hw1")


def test_points_sum_to_a_hundred_and_two_on_top(hw1):
    assert hw1.possible == 100
    assert hw1.extra_possible == 2


def test_ninety_checks_and_none_worth_more_than_six_points(hw1):
    checks = [(e, c) for e in hw1.exercises for c in e.checks]
    assert len(checks) >= 90
    for exercise, check in checks:
        assert exercise.points * check.weight / exercise.weight <= 6, check.id


def test_every_exercise_has_public_and_hidden_checks(hw1):
    for exercise in hw1.exercises:
        kinds = Counter(check.public for check in exercise.checks)
        assert kinds[True] >= 1, exercise.id
        assert kinds[False] >= 1, exercise.id


def test_no_hint_gives_a_number_away(hw1):
    for exercise in hw1.exercises:
        for check in exercise.checks:
            if not check.public:
                for text in check.hint.values():
                    assert not re.search(r"\d\.\d", text), (check.id, text)


def test_mutants_and_variants_are_enough(hw1):
    kinds = Counter(c.kind for c in candidates(Course(ROOT), hw1, full=False))
    assert kinds["mutant"] >= 30
    assert kinds["variant"] >= 8
    hit = {
        e for c in candidates(Course(ROOT), hw1, full=False) if c.kind == "mutant" for e in c.loses
    }
    assert hit == {exercise.id for exercise in hw1.exercises}


def headings(language):
    text = (ROOT / "assignments" / "hw1" / f"handout.{language}.md").read_text(encoding="utf-8")
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [(m[1], m[2]) for m in re.finditer(r"^(#+) (\d+(?:\.\d+)*)?", text, re.MULTILINE)]


def test_both_handouts_have_the_same_structure(hw1):
    assert headings("en") == headings("ko")
    for language in ("en", "ko"):
        text = (ROOT / "assignments" / "hw1" / f"handout.{language}.md").read_text(encoding="utf-8")
        for exercise in hw1.exercises:
            assert f"`{exercise.id}`" in text, (language, exercise.id)
            for name in exercise.names:
                assert name in text, (language, name)


def test_the_committed_class_is_what_the_recipes_make():
    committed = {p.relative_to(EXAMPLES).as_posix(): p for p in EXAMPLES.rglob("*") if p.is_file()}
    made = build.members("hw1")
    assert sorted(committed) == sorted(made)
    assert [name for name, path in committed.items() if path.read_bytes() != made[name]] == []


def test_the_class_scores_what_it_must(hw1):
    recipes = {recipe.student: recipe for recipe in build.class_of("hw1")}
    assert len(recipes) >= 30
    found = submissions.find(EXAMPLES, hw1.id, hw1.package)
    assert sorted(entry.student for entry in found) == sorted(recipes)
    wanted = [file.name for file in hw1.files]
    required = [file.name for file in hw1.files if file.required]
    jobs = [Job(submissions.read(entry, hw1.package, wanted, required)) for entry in found]
    wrong = []
    for _, record in grade_all(hw1, jobs, workers=2):
        recipe = recipes[record.student]
        lost = [e.id for e in record.exercises if e.points < e.possible and not e.extra]
        as_it_must = round(record.points, 2) == recipe.points and lost == (recipe.loses or lost)
        if not as_it_must or record.extra_points != recipe.bonus:
            wrong.append((record.student, record.points, record.extra_points, lost))
    assert wrong == []
