"""What a public check says: in every language of its course, and its hint about itself alone."""

import ast
import inspect
from collections import defaultdict
from pathlib import Path

import pytest

from grader.checking import expect
from grader.course.folder import Course
from grader.i18n import LANGUAGES

ROOT = Path(__file__).parent.parent
COURSES = [Course.read(ROOT), Course.read(ROOT / "starter")]
SPOKEN = ("what", "otherwise")  # the parameters of `expect` that a student reads
FILES = [
    pytest.param(file, course.load(name).languages, id=f"{name}/{file.name}")
    for course in COURSES
    for name in sorted(folder.name for folder in (course.root / "assignments").iterdir())
    for file in sorted((course.root / "assignments" / name / "checks" / "public").glob("*.py"))
]


def untranslated(source, languages):
    """The phrases of a check file that a reader of one of `languages` does not find in it."""
    tree = ast.parse(source)
    values = _values(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and node.msg:
            found += _phrases(node.msg, languages, values)
        if isinstance(node, ast.Call):
            for argument in _spoken(node):
                found += _phrases(argument, languages, values)
    return found


def _values(tree):
    """What each name of the file may stand for."""
    values = defaultdict(list)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.For | ast.comprehension):
            targets, value = [node.target], node.iter
        else:
            continue
        for target in targets:
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    values[name.id].append(value)
    return values


def _spoken(call):
    function = getattr(expect, getattr(call.func, "id", ""), None)
    if not inspect.isfunction(function) or any(isinstance(a, ast.Starred) for a in call.args):
        return []
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    named |= dict(zip(inspect.signature(function).parameters, call.args, strict=False))
    return [named[name] for name in SPOKEN if name in named]


def _phrases(node, languages, values, seen=()):
    """Texts with a blank, which are no code, and translations with a language missing."""
    if isinstance(node, ast.Dict):
        keys = {getattr(key, "value", None) for key in node.keys}
        if keys <= set(LANGUAGES):
            return [] if keys >= set(languages) else [ast.unparse(node)]
    if isinstance(node, ast.Constant):
        blank = isinstance(node.value, str) and any(map(str.isspace, node.value))
        return [node.value] if blank else []
    if isinstance(node, ast.Name):
        within = [] if node.id in seen else values[node.id]
        seen = (*seen, node.id)
    else:
        within = ast.iter_child_nodes(node)
    return [phrase for part in within for phrase in _phrases(part, languages, values, seen)]


@pytest.mark.parametrize("file, languages", FILES)
def test_a_public_check_speaks_every_language_of_its_course(file, languages):
    assert untranslated(file.read_text(encoding="utf-8"), languages) == []


@pytest.mark.parametrize("course", COURSES, ids=["course", "starter"])
def test_a_hint_of_a_public_check_is_about_that_check_alone(course):
    told = defaultdict(list)
    for name in sorted(folder.name for folder in (course.root / "assignments").iterdir()):
        for exercise in course.load(name).exercises:
            for check in exercise.checks:
                if check.public:
                    for hint in check.hint.values():
                        told[hint].append(f"{name}: {check.id}")
    assert told
    assert {hint: checks for hint, checks in told.items() if len(checks) > 1} == {}


@pytest.mark.parametrize(
    "line",
    [
        'expect_equal(1, 2, "the loss")',
        'expect_close(1, 2, what="the loss")',
        'expect_close(1, 2, what=f"the loss of {name}")',
        'expect_close(1, 2, what={"en": "the loss"})',
        'expect_true(False, {"ko": "손실"})',
        'what = "the loss"; expect_close(1, 2, what=what)',
        'for one in zip([1], ["the loss"]): expect_close(1, 2, what=one)',
        'assert 1 == 2, "the loss"',
    ],
)
def test_a_phrase_in_one_language_is_found(line):
    assert len(untranslated(line, ("en", "ko"))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "expect_close(1, 2)",
        """expect_close(1, 2, what="h'")""",
        'expect_close(1, 2, what=f"{name}[0]")',
        'expect_close(1, 2, what={"en": f"the loss of {n}", "ko": f"{n}의 손실"})',
        'expect_equal("a b", "a c")',
        "assert 1 == 2",
    ],
)
def test_code_and_translations_are_left_alone(line):
    assert untranslated(line, ("en", "ko")) == []
