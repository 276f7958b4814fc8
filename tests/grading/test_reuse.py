"""A resubmission runs only what can meet the change, and its record is as if all had run."""

from dataclasses import replace
from pathlib import Path

from grader.authoring.candidates import candidates
from grader.boundary.surveys import Survey
from grader.checking.plugin import Checks
from grader.course import assignment as assignments
from grader.course.folder import Course
from grader.grading.engines.local import Pool
from grader.grading.reuse import digests_of
from grader.grading.worker import Job
from grader.intake.read import Submission
from tests.grading.test_follow_through import HONEST_BASE, TOP, WRONG_DOUBLE, chain

ROOT = Path(__file__).parents[2]

ASSIGNMENT = """
id = "parts"
package = "parts"
title = { en = "Parts", ko = "부분" }
exercises = ["alpha", "beta", "gamma"]

[limits]
check_seconds = 1
import_seconds = 1
memory_mb = 256

[[file]]
name = "alpha.py"

[[file]]
name = "beta.py"

[[file]]
name = "gamma.py"

[[forbidden]]
names = ["fractions"]
instead = { en = "Use plain arithmetic.", ko = "사칙연산을 쓰세요." }
"""

EXERCISE = """
file = "{name}.py"
{uses}
points = {{ {function} = 10 }}
title = {{ en = "x", ko = "x" }}

[[check]]
id = "{name}_public"
title = {{ en = "x", ko = "x" }}
hint = {{ en = "x", ko = "x" }}

[[check]]
id = "{name}_hidden"
kind = "edge"
needs = ["{name}_public"]
title = {{ en = "x", ko = "x" }}
hint = {{ en = "x", ko = "x" }}
"""

CHECKS = """
def test_alpha_{kind}(student):
    assert student.alpha.one() == 1


def test_beta_{kind}(student):
    assert student.beta.two() == 2


def test_gamma_{kind}(student):
    assert student.gamma.three(student.alpha.one()) == 3
"""

PACKAGE = {
    "__init__.py": "",
    "alpha.py": "def one(): return 1\n",
    "beta.py": "from .helper import two\n",
    "helper.py": "def two(): return 2\n",
    "gamma.py": "def three(one): return one + 2\n",
}


def parts(folder):
    """Three exercises in three files; the checks of the last run the first file, too."""
    home = folder / "assignments" / "parts"
    texts = {home / "assignment.toml": ASSIGNMENT}
    for name, function in {"alpha": "one", "beta": "two", "gamma": "three"}.items():
        uses = 'uses = ["alpha.py"]' if name == "gamma" else ""
        text = EXERCISE.format(name=name, function=function, uses=uses)
        texts[home / "exercises" / f"{name}.toml"] = text
    for kind in ("public", "hidden"):
        texts[home / "checks" / kind / f"test_{kind}.py"] = CHECKS.format(kind=kind)
    solved = {**PACKAGE, "beta.py": "def two(): return 2\n"}
    texts |= {folder / "reference" / "parts" / name: text for name, text in solved.items()}
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return assignments.load(home, references=folder / "reference")


def timeless(record):
    exercises = [
        replace(own, seconds=0.0, checks=[replace(check, seconds=0.0) for check in own.checks])
        for own in record.exercises
    ]
    return replace(record, exercises=exercises, started="", seconds=0.0)


def graded(assignment, jobs):
    """By student: the record, and the exercises of which a check was run."""
    owner = {check.id: e.id for e in assignment.exercises for check in e.checks}
    found, heard = {}, []
    for graded in Pool(1, tell=heard.append).grade_all(assignment, jobs):
        ran = {owner[check.id] for check in heard}
        found[graded.record.student] = graded.record, sorted(ran)
        heard.clear()
    return found


def resubmitted(assignment, cases):
    """By case: what ran the second time, once both ways have given the same record.

    `cases`: name -> the package before, and after.
    """
    firsts = {
        str(before): Submission.in_memory(str(before), before) for before, _ in cases.values()
    }
    seconds = {name: Submission.in_memory(name, after) for name, (_, after) in cases.items()}
    before = graded(assignment, map(Job, firsts.values()))
    anew = graded(assignment, map(Job, seconds.values()))
    jobs = (
        Job(seconds[name], earlier=tuple(before[str(first)][0].exercises))
        for name, (first, _) in cases.items()
    )
    again = graded(assignment, jobs)
    for name in cases:
        assert timeless(again[name][0]) == timeless(anew[name][0]), name
    return {name: ran for name, (_, ran) in again.items()}


def encoded(texts):
    return {name: text.encode() for name, text in texts.items() if text is not None}


def changed(before=(), after=()):
    """The package with these files, and then with those; None is a file that is not there."""
    first = {**PACKAGE, **dict(before)}
    return encoded(first), encoded({**first, **dict(after)})


OTHER = {"helper.py": "def two(): return 3\n"}
ALL = ["alpha", "beta", "gamma"]
USED_BY_ALPHA = {  # ways in which alpha.py gets `two` of helper.py
    "relative": "from .helper import two\ndef one(): return two() - 1\n",
    "absolute": "import parts.helper\ndef one(): return parts.helper.two() - 1\n",
    "absolute_from": "from parts.helper import two as t\ndef one(): return t() - 1\n",
    "of_the_package": "from . import helper\ndef one(): return helper.two() - 1\n",
    "bare": "from helper import two\ndef one(): return two() - 1\n",
    "in_a_function": "def one():\n    from .helper import two\n    return two() - 1\n",
    "star": "from .helper import *\ndef one(): return two() - 1\n",
    "another_file": "from .beta import two\ndef one(): return two() - 1\n",
    "importlib": (
        "import importlib\n"
        "def one(): return importlib.import_module('.hel' + 'per', __package__).two() - 1\n"
    ),
    "dunder": "def one(): return __import__('parts.hel' + 'per').helper.two() - 1\n",
    "exec": "exec('from .hel' + 'per import two')\ndef one(): return two() - 1\n",
}

CASES = {
    # name: (before, after), the exercises that ran
    "nothing": (changed(), []),
    "a_comment": (changed(after={"beta.py": "from .helper import two  # 2\n"}), ["beta"]),
    "used_by_checks": (changed(after={"alpha.py": "def one(): return 0\n"}), ["alpha", "gamma"]),
    "imported": (changed(after=OTHER), ["beta"]),
    "added": (changed(after={"notes.py": "x = 1\n"}), []),
    "added_and_tried": (
        changed(
            {"alpha.py": "try:\n    from .extra import one\nexcept ImportError:\n    one = int\n"},
            {"extra.py": "def one(): return 1\n"},
        ),
        ["alpha", "gamma"],
    ),
    "removed": (changed(after={"helper.py": None}), ["beta"]),
    "removed_part": (changed(after={"gamma.py": None}), ["gamma"]),
    "renamed": (
        changed(
            after={
                "helper.py": None,
                "aid.py": PACKAGE["helper.py"],
                "beta.py": "from .aid import two\n",
            }
        ),
        ["beta"],
    ),
    "renamed_alone": (
        changed(after={"helper.py": None, "aid.py": PACKAGE["helper.py"]}),
        ["beta"],
    ),
    "now_a_folder": (
        changed(after={"helper.py": None, "helper/__init__.py": PACKAGE["helper.py"]}),
        ["beta"],
    ),
    "in_a_folder": (
        changed(
            {"beta.py": "from .tools.twos import two\n", "tools/twos.py": PACKAGE["helper.py"]},
            {"tools/twos.py": OTHER["helper.py"]},
        ),
        ["beta"],
    ),
    "package": (changed(after={"__init__.py": "x = 1\n"}), ALL),
    "package_gone": (changed(after={"__init__.py": None}), ALL),
    "package_imports": (changed({"__init__.py": "from . import helper\n"}, OTHER), ALL),
    "star_of_the_package": (
        changed(
            {
                "__init__.py": "__all__ = ['helper']\n",
                "alpha.py": "from . import *\ndef one(): return 1\n",
            },
            {"helper.py": "1 / 0\n"},
        ),
        ALL,
    ),
    "no_python": (changed(after={"helper.py": "def two(:\n"}), ["beta"]),
    "failed_to_import": (changed({"helper.py": "def two(:\n"}, PACKAGE), ["beta"]),
    "failed_to_import_still": (
        changed({"beta.py": "1 / 0\n"}, {"gamma.py": "def three(one): return 0\n"}),
        ["gamma"],
    ),
    # no file of the package lies on a disk that it sees
    "open": (
        changed(
            {
                "alpha.py": "def one():\n    try:\n        open('parts/helper.py').close()\n"
                "    except OSError:\n        return 1\n"
            },
            OTHER,
        ),
        ["beta"],
    ),
    "forbidden": (changed({"alpha.py": "from fractions import Fraction\n"}, OTHER), ["beta"]),
    "forbidden_now": (
        changed(
            {"alpha.py": USED_BY_ALPHA["relative"]},
            {"helper.py": "import fractions\ndef two(): return 2\n"},
        ),
        ["gamma"],
    ),
    "forbidden_no_more": (
        changed({"helper.py": "import fractions\ndef two(): return 2\n"}, PACKAGE),
        ["beta"],
    ),
    # an outcome that hangs on time or on the machine is nobody's to keep
    "hung": (changed({"alpha.py": "def one():\n    while True: pass\n"}, OTHER), ALL),
    "hung_import": (changed({"gamma.py": "while True: pass\n"}, OTHER), ["beta", "gamma"]),
    "crashed": (
        changed({"gamma.py": "import os\ndef three(one): os._exit(1)\n"}, OTHER),
        ["beta", "gamma"],
    ),
}
for way, source in USED_BY_ALPHA.items():
    CASES[way] = (changed({"alpha.py": source}, OTHER), ALL)


def test_what_can_meet_the_change_is_run_and_nothing_else(tmp_path):
    ran = resubmitted(parts(tmp_path), {name: pair for name, (pair, _) in CASES.items()})
    assert ran == {name: wanted for name, (_, wanted) in CASES.items()}


LOOKS = """
import ctypes, re, sys
OWN, OTHERS = rb"mar[k] of alpha", rb"mar[k] of helper"  # which do not find themselves


def memory():
    for line in open("/proc/self/maps"):
        place, rights, *_ = line.split()
        if rights.startswith("rw"):
            start, end = (int(number, 16) for number in place.split("-"))
            for part in range(start, end, 1 << 20):
                yield ctypes.string_at(part, min(end - part, 1 << 20))


def one():
    found = [(re.search(OWN, part), re.search(OTHERS, part)) for part in memory()]
    assert any(own for own, _ in found), "it can look"
    assert not any(others for _, others in found), "and finds it"
    return 0 if "helper.py" in sys.meta_path[-1].files else 1


# mark of alpha
"""


def test_who_hands_in_the_same_file_as_another_shares_its_results(tmp_path):
    """In one batch, but for what time had a part in, and for a job that does not share."""
    assignment = parts(tmp_path)
    wrong = {**PACKAGE, "alpha.py": "def one(): return 2\n"}
    also_wrong = {**wrong, "helper.py": "def two(): return 3\n"}
    late = {**PACKAGE, "beta.py": "def two():\n    while True: pass\n"}
    classes = {"first": PACKAGE, "one": wrong, "both": also_wrong, "same": also_wrong}
    classes |= {"late": late, "late too": late}
    jobs = [
        Job(Submission.in_memory(n, encoded(files)), shares=True) for n, files in classes.items()
    ]
    again = Job(Submission.in_memory("again", encoded(PACKAGE)))
    found = graded(assignment, [*jobs, again])
    assert {name: ran for name, (_, ran) in found.items()} == {
        "first": ["alpha", "beta", "gamma"],
        "one": ["alpha", "gamma"],
        "both": ["beta"],
        "same": [],
        "late": ["beta"],
        "late too": ["beta"],
        "again": ["alpha", "beta", "gamma"],
    }
    for job in jobs:
        name = job.submission.student
        alone, _ = graded(assignment, [job])[name]
        assert timeless(found[name][0]) == timeless(alone), name


def test_a_guest_does_not_get_what_its_exercise_cannot_meet(tmp_path):
    """Whoever looks finds no other file: not where modules come from, nor in all its memory."""
    marked = {"alpha.py": LOOKS, "helper.py": f"{PACKAGE['helper.py']}# mark of helper\n"}
    files = encoded({**PACKAGE, **marked})
    record, _ = graded(parts(tmp_path), [Job(Submission.in_memory("x", files))])["x"]
    checks = record.exercises[0].checks
    assert [(check.outcome, check.message) for check in checks] == [("passed", None)] * 2


SLOW = """
import time
def {}:
    end = time.process_time() + 0.6
    while time.process_time() < end: pass
    return {}
"""


def test_the_time_of_what_is_taken_counts(tmp_path):
    """And nothing is run twice: a public check after a hidden one would tell of it."""
    assignment = parts(tmp_path)
    # enough for the four calls of one(), and not for two of two() as well
    assignment = replace(assignment, limits=replace(assignment.limits, submission_seconds=2.9))
    files = encoded({**PACKAGE, "alpha.py": SLOW.format("one()", 1)})
    first, _ = graded(assignment, [Job(Submission.in_memory("x", files))])["x"]
    assert all(result.follows_from for result in first.exercises)
    files["beta.py"] = SLOW.format("two()", 2).encode()
    job = Job(Submission.in_memory("x", files), earlier=tuple(first.exercises))
    record, ran = graded(assignment, [job])["x"]
    assert ran == ["beta"]
    assert "budget" in [c.message.code for e in record.exercises for c in e.checks if c.message]


OF_TWO_CASES = """
import pytest


@pytest.mark.parametrize("n", [1, 2])
def test_alpha_public(student, n):
    assert student.alpha.one(n) == 1
"""


def test_a_check_is_as_settled_as_each_of_its_cases(tmp_path):
    """The first case says how it ended; a later one had no time."""
    assignment = parts(tmp_path)
    file = assignment.folder / "checks" / "public" / "test_public.py"
    others = file.read_text(encoding="utf-8").replace("test_alpha_public", "unused")
    file.write_text(OF_TWO_CASES + others, encoding="utf-8")
    packages = {
        "wrong": "def one(n): return 3\n",
        "slow": "def one(n):\n    while n == 2: pass\n    return 3\n",
    }
    jobs = [
        Job(Submission.in_memory(n, encoded({**PACKAGE, "alpha.py": p})))
        for n, p in packages.items()
    ]
    found = {}
    for name, (record, _) in graded(assignment, jobs).items():
        alpha = record.exercises[0]
        found[name] = [check.outcome for check in alpha.checks], bool(alpha.follows_from)
    assert found == {"wrong": (["failed", "skipped"], True), "slow": (["failed", "skipped"], False)}


def test_a_check_that_asks_for_a_file_of_another_exercise_grades_the_others(tmp_path):
    """It may do so of a wrong program alone, which the proof of the reference has not met."""
    assignment = parts(tmp_path)
    asks = {"public": "two() > 0", "hidden": "two() == 2 or student.gamma.three(1)"}
    for kind, asked in asks.items():
        file = assignment.folder / "checks" / kind / f"test_{kind}.py"
        text = CHECKS.format(kind=kind).replace("two() == 2", asked)
        file.write_text(text, encoding="utf-8")
    wrong = {**PACKAGE, "helper.py": "def two(): return 3\n"}
    found = graded(
        assignment,
        [
            Job(Submission.in_memory("wrong", encoded(wrong))),
            Job(Submission.in_memory("right", encoded(PACKAGE))),
        ],
    )
    records = {name: record for name, (record, _) in found.items()}
    assert [records[name].status for name in ("wrong", "right")] == ["broken", "graded"]
    assert "gamma.py" in records["wrong"].problem.fields["reason"]


WRONG_ODD = ("return n != 0 and is_even(n - 1)", "return n == 0")
WRONG_SEXTUPLE = ("return _add(x, _add(x, x))", "return _add(x, x)")


def chained(*changes):
    texts = {"base.py": HONEST_BASE, "top.py": TOP}
    for old, new in changes:
        texts = {name: text.replace(old, new) for name, text in texts.items()}
    return encoded(texts)


def test_what_is_followed_through_follows_from_the_whole_submission(tmp_path):
    commented = (TOP[-20:], TOP[-20:] + "# a line more\n")
    cases = {
        "still": (chained(WRONG_DOUBLE), chained(WRONG_DOUBLE, commented)),
        "now": (chained(WRONG_SEXTUPLE), chained(WRONG_SEXTUPLE, WRONG_ODD)),
        "no_more": (chained(WRONG_SEXTUPLE, WRONG_ODD), chained(WRONG_SEXTUPLE)),
        "base": (chained(WRONG_ODD), chained(WRONG_ODD, WRONG_DOUBLE)),
    }
    ran = resubmitted(chain(tmp_path), cases)
    # top.py imports base.py
    assert ran == {
        "still": ["above"],
        "now": ["above"],
        "no_more": ["above"],
        "base": ["above", "below"],
    }


def test_what_is_taken_again_and_again_costs_what_it_cost(tmp_path):
    assignment = chain(tmp_path)
    one = chained(WRONG_SEXTUPLE)
    two = chained(WRONG_SEXTUPLE, WRONG_ODD)  # now both are followed through
    earlier, seconds = (), set()
    for files in (one, two, one, two):
        job = Job(Submission.in_memory("x", files), earlier=earlier)
        record, _ = graded(assignment, [job])["x"]
        below = next(result for result in record.exercises if result.id == "below")
        earlier = tuple(record.exercises)
        seconds.add(below.seconds)
    assert len(seconds) == 1


EDITED = ("__init__.py", "features.py")


def test_a_homework_with_two_slips():
    """A file that all meet, and one that some do; `bench.resubmission` has each of each homework."""
    course = Course.read(ROOT)
    assignment = course.load("hw1")
    known = [c for c in candidates(assignment, full=False) if c.bug]
    slips = [next(c for c in known if c.bug.of == name) for name in ("clean", "sigmoid")]
    reference = assignment.reference_files()
    first = dict(reference)
    for slip in slips:
        first |= {name: text for name, text in slip.files.items() if text != reference[name]}
    cases = {name: (first, {**first, name: first[name] + b"# more\n"}) for name in EDITED}
    ran = resubmitted(assignment, cases)
    everything = sorted(exercise.id for exercise in assignment.exercises)
    assert ran.pop("__init__.py") == everything
    for name, exercises in ran.items():
        own = {e.id for e in assignment.exercises if name in (e.file, *e.uses)}
        assert own <= set(exercises) < set(everything), name


PROTECTING = ("namespaces", "resource_limits", "tree_kill")
FILES = {"alpha.py": b"a", "helper.py": b"h", "other.py": b"o"}


def test_the_digest_is_of_all_that_outcomes_follow_from(tmp_path):
    assignment = parts(tmp_path)
    reach, layers = {"alpha": frozenset({"alpha.py", "helper.py"})}, list(PROTECTING)
    survey = Survey(reach=reach, layers=layers)
    submission = Submission("x", "x", FILES, [], [], None, "0" * 64)

    def digest(assignment=assignment, survey=survey, right="", **differing):
        own = replace(submission, **differing)
        return digests_of(assignment, own, survey, assignment.exercises, right).get("alpha")

    first = digest()
    assert digest(files={**FILES, "other.py": b"O"}, student="y", notes=[1]) == first
    (tmp_path / "reference" / "parts" / "helper.py").write_text("other", encoding="utf-8")
    assert digest() == first  # not of the assignment's files
    alpha, *others = assignment.exercises
    found = {
        first,
        digest(files={**FILES, "helper.py": b"H"}),
        digest(places={"alpha.py": [("7 (one)", 3)]}),
        digest(replace(assignment, checks_sha256="other")),
        digest(replace(assignment, settings_sha256="other")),
        digest(replace(assignment, reference=None)),
        digest(replace(assignment, exercises=(replace(alpha, checks=alpha.checks[:1]), *others))),
        digest(survey=replace(survey, layers=[*layers, "landlock"])),
        digest(survey=replace(survey, reach={"alpha": frozenset({"alpha.py"})})),
        digest(right=Checks().right_digest),
        digest(right=Checks(right={"adding": {}}).right_digest),
        digest(replace(assignment, allowed_packages=("click",))),  # of whatever version
    }
    assert len(found) == 12
    assert digest(survey=replace(survey, layers=layers[1:])) is None  # it could meet other files
    (tmp_path / "reference" / "parts" / "alpha.py").write_text("other", encoding="utf-8")
    assert digest() not in found
    # nobody can say it where the source could not be read, or numbers come from a GPU
    assert digest(survey=replace(survey, reach={})) is None
    assert digest(replace(assignment, exercises=(replace(alpha, gpu=True), *others))) is None
