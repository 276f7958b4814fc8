"""The proof of an assignment holds, and fails when it must."""

import pytest
from click.testing import CliRunner

from grader.authoring import verify
from grader.authoring.candidates import Bug, Candidate, Role, Severity, candidates
from grader.cli.main import main
from grader.course import assignment as assignments
from grader.course.folder import Course
from grader.diagnosis import mistakes
from grader.errors import PlatformError
from grader.grading.engines.local import Pool
from grader.grading.proofs import Way
from grader.grading.results import broken_record
from grader.grading.worker import Job
from grader.intake.read import Submission

MUTANT = """
why = "the sum is off by one"
of = "{of}"
severity = "{severity}"
{also}
[[change]]
file = "sums.py"
find = "a + b\\n    return"
replace = "{replace}\\n    return"
"""


@pytest.fixture
def prove(course):
    folder = course / "assignments" / "tiny"

    def run(
        *,
        of="add",
        severity="wrong",
        also="",
        replace="a - b",
        variant="def add(a, b): return b + a",
        options=(),
    ):
        (folder / "mutants").mkdir(exist_ok=True)
        mutant = MUTANT.format(of=of, severity=severity, also=also, replace=replace)
        (folder / "mutants" / "off.toml").write_text(mutant)
        (folder / "variants" / "other").mkdir(parents=True, exist_ok=True)
        (folder / "variants" / "other" / "variant.toml").write_text('why = "the other way round"')
        (folder / "variants" / "other" / "sums.py").write_text(variant)
        call = ["--lang", "en", "--course", str(course), "verify", "tiny", *options]
        return CliRunner().invoke(main, call, env={"COLUMNS": "200"})

    return run


def test_the_proof_holds(prove):
    done = prove()
    assert done.exit_code == 0, done.output
    assert "all 19 versions scored as expected" in done.output


@pytest.mark.parametrize(
    ("replacement", "way"),
    [
        ("a - b", Way.BUG),
        ("a - b  # torch.tensor", Way.BUG),
        ("torch.nn.functional.relu(a)", Way.WHOLE),  # forbidden, wherever it comes from
        ("add.backward()", Way.WHOLE),
        ("__builtins__.eval('a - b')", Way.WHOLE),
    ],
)
def test_a_mutant_goes_the_short_way_where_that_shows_the_same(prove, course, replacement, way):
    prove(replace=replacement, options=["--only", "reference"])
    tiny = assignments.load(course / "assignments" / "tiny", references=course / "reference")
    ways = [next(c.way for c in candidates(tiny, full=full) if c.bug) for full in (False, True)]
    assert ways == [way, Way.WHOLE]


def test_a_check_that_asks_otherwise_every_time_proves_nothing(prove, edit):
    edit(
        "assignments/tiny/checks/public/test_sums.py",
        "    assert student.sums.add(1, 2) == 3",
        "    import time\n    n = time.perf_counter_ns()\n    assert student.sums.add(n, 0) == n",
    )
    done = prove()
    assert (done.exit_code, "add_adds asks other questions" in done.output) == (2, True)


def test_a_check_that_no_mutant_fails_is_told_and_with_everything_run_a_fault(prove, course):
    done = prove()
    assert (done.exit_code, "these 2 checks: add_adds_arrays, greet_greets" in done.output) == (
        0,
        True,
    )
    done = prove(options=["--full"])
    assert (done.exit_code, "greet_greets" in done.output) == (1, True)
    assert "Verified" not in done.output
    last = done.output.splitlines()[-1]
    assert last.startswith("Not verified: all ")
    assert last.endswith("but nothing shows that 2 checks can catch a mistake.")
    folder = course / "assignments" / "tiny" / "mutants"
    (folder / "rude.toml").write_text(
        'why = "rude"\nof = "greet"\nseverity = "wrong"\n[[change]]\nfile = "words.py"\n'
        "find = '\"Hello \" + name'\nreplace = '\"Bah\"'\n"
    )
    (folder / "lists.toml").write_text(
        'why = "as lists"\nof = "add"\nseverity = "edge"\n[[change]]\nfile = "sums.py"\n'
        "find = '= a + b'\nreplace = '= a + b if isinstance(a, int) else a'\n"
    )
    assert prove(options=["--full"]).exit_code == 0
    assert prove().output.splitlines()[-1].startswith("Verified: all ")
    done = prove(options=["--full", "--only", "rude"])  # says nothing of the others
    assert done.exit_code == 0


HEAD = 'why = "x"\nof = "add"\nseverity = "wrong"\n'
INCOMPLETE = {
    "no_init": ("reference/tiny_package/__init__.py", "", ["__init__.py is missing"]),
    "no_handout": ("assignments/tiny/handout.ko.md", "", ["handout.ko.md is missing"]),
    "mutant_of_nothing": (
        "assignments/tiny/mutants/off.toml",
        HEAD,
        ["off.toml", "[[change]] is missing"],
    ),
    "mutant_of_no_function": (
        "assignments/tiny/mutants/off.toml",
        'why = "x"\nseverity = "edge"\n',
        ["off.toml", "of is missing"],
    ),
    "mutant_of_an_unknown_function": (
        "assignments/tiny/mutants/off.toml",
        'why = "x"\nof = "ad"\n',
        ["off.toml", "line 2", "ad", "add, greet"],
    ),
    "mutant_of_an_unknown_severity": (
        "assignments/tiny/mutants/off.toml",
        'why = "x"\nof = "add"\nseverity = "grave"\n',
        ["off.toml", "line 3", "grave", "wrong, part, edge, manners"],
    ),
    "mutant_that_also_costs_what_is_not_there": (
        "assignments/tiny/mutants/off.toml",
        HEAD + 'also = ["gret"]\n',
        ["off.toml", "line 4", "gret", "add, greet"],
    ),
    "mutant_of_an_unknown_file": (
        "assignments/tiny/mutants/off.toml",
        HEAD + '[[change]]\nfile = "sum.py"\nfind = "a"\nreplace = "b"\n',
        ["off.toml", "line 5", "sum.py", "sums.py, words.py"],
    ),
    "mutant_that_is_no_toml": ("assignments/tiny/mutants/off.toml", "why", ["off.toml cannot be"]),
    "variant_of_an_unknown_file": (
        "assignments/tiny/variants/other/sum.py",
        "x = 1",
        ["variants/other", "sums.py, words.py"],
    ),
}


@pytest.mark.parametrize("name", INCOMPLETE)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_what_is_not_there_is_named_before_anything_runs(course, name, lang):
    file, text, words = INCOMPLETE[name]
    path = course / file
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / "variant.toml").write_text('why = "x"') if "variants" in file else None
    path.write_text(text) if text else path.unlink()
    call = ["--lang", lang, "--course", str(course), "verify", "tiny"]
    done = CliRunner().invoke(main, call)
    assert done.exit_code == 2, done.output
    for word in words if lang == "en" else ():
        assert word in done.output


TYPOS = {
    "function": (
        "adding",
        "{ add = 6 }",
        "{ ad = 6 }",
        "adding.toml: points holds ad, which sums.py does not",
    ),
    "method": ("adding", "{ add = 6 }", "{ ad.it = 6 }", "adding.toml: points holds ad, which"),
}


@pytest.mark.parametrize("name", TYPOS)
def test_a_name_that_the_reference_does_not_define(edit, course, name):
    exercise, old, new, words = TYPOS[name]
    edit(f"assignments/tiny/exercises/{exercise}.toml", old, new)
    for command in ("verify", "release"):
        done = CliRunner().invoke(main, ["--lang", "en", "--course", str(course), command, "tiny"])
        assert (done.exit_code, words in done.output) == (2, True), done.output


def test_a_method_is_a_function_too(course, edit):
    edit(
        "reference/tiny_package/sums.py", "def add", "class Sum:\n    def of(self): ...\n\ndef add"
    )
    adding = "assignments/tiny/exercises/adding.toml"
    edit(adding, "{ add = 6 }", "{ add = 5, Sum.of = 1 }")
    edit(adding, 'id = "add_adds"\n', 'id = "add_adds"\nof = "add"\n')
    edit(adding, 'kind = "edge"', 'of = "Sum.of"')
    found = Course.find(course)
    assert candidates(found.load("tiny"), full=False)


def test_what_is_run_for_a_mutant(prove, course, edit):
    prove(of="greet")
    edit("assignments/tiny/exercises/saying.toml", "points", 'uses = ["sums.py"]\npoints')
    mutant = "assignments/tiny/mutants/off.toml"

    def chosen(seconds, *, full=False):
        (course / "assignments/tiny/timings.json").write_text(f'{{"greet_greets": {seconds}}}')
        model = assignments.load(course / "assignments" / "tiny", references=course / "reference")
        found = candidates(model, full=full)
        return next(c for c in found if c.role == Role.MUTANT)

    assert chosen(9.0, full=True).exercises == ()  # all
    assert chosen(9.0).exercises == ("adding", "saying")  # named, so it must be seen to lose
    edit(mutant, 'of = "greet"', 'of = "add"')
    assert chosen(0.01).exercises == ("adding", "saying")
    assert chosen(0.01).without_checks == set()
    assert chosen(9.0).exercises == ("adding",)
    assert chosen(9.0).without_checks == {"greet_greets"}
    assert chosen(9.0, full=True).without_checks == set()
    edit(mutant, 'of = "add"', 'of = "add"\nalso = ["greet"]')
    assert chosen(9.0).exercises == ("adding", "saying")
    assert chosen(9.0).without_checks == set()
    edit(mutant, 'of = "add"\nalso = ["greet"]', 'of = "greet"')
    assert chosen(0.01).without_checks == {"add_adds_arrays"}  # a rare case of another function


def test_mutants_of_a_function_share_the_checks_of_others(prove, course, edit):
    prove(of="greet")
    edit("assignments/tiny/exercises/adding.toml", 'kind = "edge"', "")
    edit("assignments/tiny/exercises/saying.toml", "points", 'uses = ["sums.py"]\npoints')
    mutants = course / "assignments/tiny/mutants"
    for name in ("more", "most"):
        (mutants / f"{name}.toml").write_text((mutants / "off.toml").read_text())
    model = assignments.load(course / "assignments" / "tiny", references=course / "reference")

    def left_out(*, full):
        found = candidates(model, full=full)
        return {c.name: c.without_checks for c in found if c.role == Role.MUTANT}

    # each is run for one of the three, and their own for all
    own, turns = {"add_adds", "add_adds_arrays"}, ({"add_adds"}, {"add_adds_arrays"}, set())
    expected = {n: own - turn for n, turn in zip(("more", "most", "off"), turns, strict=True)}
    assert left_out(full=False) == expected
    assert left_out(full=True) == dict.fromkeys(expected, frozenset())


def test_a_check_that_is_left_out_is_not_run(tiny):
    wrong = {"sums.py": b"def add(a, b): return a - b", "words.py": b"def greet(name): return 1"}
    for how, run in (({}, 2), ({"without_checks": frozenset({"add_adds"})}, 1)):
        [graded] = Pool(1).grade_all(tiny, [Job(Submission.in_memory("x", wrong), **how)])
        adding, saying = graded.record.exercises
        assert (len(adding.checks), len(saying.checks)) == (run, 1)
        assert (adding.points, saying.points) == (0, 0)


@pytest.mark.parametrize(
    ("case", "words"),
    [
        # a mutant that nobody catches
        ({"replace": "b + a"}, ["add loses 0 %, wrong bugs 60 to 100 % (-)"]),
        # a bug of another function
        (
            {"of": "greet"},
            [
                "greet loses 0 %, wrong bugs 60 to 100 % (-)",
                "add pays too: add_adds [core, failed]",
            ],
        ),
        # graver than it says: 100 % of the points, and a core check
        (
            {"severity": "edge"},
            ["add loses 100 %, edge bugs 3 to 20 %", "edge bugs must pass add_adds [core, failed]"],
        ),
        (
            {"severity": "manners"},
            [
                "add loses 100 %, manners bugs 1 to 10 %",
                "manners bugs must pass add_adds [core, failed], add_adds_arrays [edge, skipped]",
            ],
        ),
        ({"severity": "part"}, ["add loses 100 %, part bugs 50 to 75 %"]),
        # lighter than it says: all of edge is 20 % and no more
        (
            {"replace": "a + b if isinstance(a, int) else a"},
            ["add loses 20 %, wrong bugs 60 to 100 % (add_adds_arrays [edge, failed])"],
        ),
        ({"also": 'also = ["greet"]'}, ["greet loses nothing, though it is in also"]),
        ({"variant": "def add(a, b): return a"}, ["variant other: add_adds (failed)"]),
        ({"variant": "def add(a, b): return float(a + b) if isinstance(a, int) else a + b"}, None),
    ],
)
def test_the_proof_fails(prove, case, words):
    done = prove(**case)
    if words is None:
        assert done.exit_code == 0  # 3.0 == 3: another right answer
        return
    assert done.exit_code == 1
    for word in words:
        assert word in done.output
    assert "did not score as expected" in done.output


def test_a_mutant_whose_text_is_not_there(prove):
    done = prove(replace="x", options=[])
    assert done.exit_code == 0
    done = prove(variant="def add(a, b): return a + b", options=["--only", "other"])
    assert done.exit_code == 0


def test_a_name_that_nobody_has_proves_nothing(prove):
    done = prove(options=["--only", "nobody"])
    assert (done.exit_code, "nobody" in done.output) == (2, True)


def test_a_mutant_and_a_variant_of_one_name(prove, course):
    folder = course / "assignments" / "tiny" / "variants" / "off"
    folder.mkdir(parents=True)
    (folder / "variant.toml").write_text('why = "the other way round"')
    (folder / "sums.py").write_text("def add(a, b): return b + a")
    for name, versions in (("off", 2), ("mutant off", 1), ("variant off", 1), ("reference", 1)):
        done = prove(options=["--only", name])
        all_of_them = "the only version" if versions == 1 else f"all {versions} versions"
        assert f"{all_of_them} scored as expected" in done.output
    learnt = mistakes.load(course / "assignments" / "tiny" / mistakes.FILE)
    prove()
    assert learnt == []  # without the reference
    (off,) = mistakes.load(course / "assignments" / "tiny" / mistakes.FILE)
    assert off.name == "off"
    assert off.cases  # the mutant's, though the variant of that name has none


def test_only_a_mutant_but_measured(prove, course):
    timings = course / "assignments" / "tiny" / "timings.json"
    assert not timings.exists()
    assert prove(options=["--only", "off", "--measure"]).exit_code == 0
    assert timings.exists()


def test_a_mutant_that_no_longer_fits(prove, edit):
    edit("reference/tiny_package/sums.py", "a + b\n    return", "b + a\n    return")
    done = prove()
    assert done.exit_code == 2
    assert "exactly once" in done.output


def test_what_bugs_cost_is_told_by_severity(prove, course):
    edge = MUTANT.format(of="add", severity="edge", also="", replace="a + b if a == 1 else a")
    (course / "assignments" / "tiny" / "mutants").mkdir()
    (course / "assignments" / "tiny" / "mutants" / "few.toml").write_text(edge)
    lines = [line.split() for line in prove().output.splitlines()]
    told = [[word for word in line if word not in "│┃%"] for line in lines]
    assert ["wrong", "1", "60–100", "100", "100", "100", "1"] in told
    assert ["edge", "1", "3–20", "20", "20", "20", "1"] in told


def test_measured_times_are_stored(prove, course):
    assert prove(options=["--measure"]).exit_code == 0
    assert '"add_adds": 0.0' in (course / "assignments" / "tiny" / "timings.json").read_text()


@pytest.mark.parametrize("role", [Role.REFERENCE, Role.TEMPLATE, Role.MUTANT])
def test_what_was_not_graded_is_not_proved(tiny, role):
    bug = Bug("add", Severity.WRONG, ()) if role == Role.MUTANT else None
    candidate = Candidate(role, "x", "", {}, bug)
    record = broken_record(tiny, Submission.in_memory("x", {}), PlatformError("error.worker_died"))
    assert verify._faults(tiny, candidate, record) == [
        "broken: The grading process was killed twice while grading this submission."
    ]


@pytest.mark.parametrize(
    ("good", "wrong", "said"),
    [
        ("one = np.ones(2)", "one = np.ons(2)", "AttributeError"),
        ("arrays(student)", "arrays(studnt)", "FixtureLookupError: fixture 'studnt' not found"),
        ("def test_add_adds_arrays", "@pytest.mark.skip\ndef test_add_adds_arrays", "Skipped"),
        ("np.ones(2)", "student.sums.add(1, twe)", "NameError: name 'twe' is not defined"),
    ],
)
def test_a_mistake_in_a_check_is_named_with_what_it_raised(prove, edit, good, wrong, said):
    edit("assignments/tiny/checks/hidden/test_more.py", good, wrong)
    done = prove(options=["--only", "reference"])
    assert done.exit_code == 1
    assert f"reference: broken: add_adds_arrays: {said}" in done.output
    assert f"raised an error ({said}" in done.output


def test_an_answer_that_the_check_cannot_use_says_why(prove, edit):
    edit(
        "assignments/tiny/checks/public/test_sums.py",
        "    assert student.sums.add(1, 2) == 3",
        "    got = student.sums.add(1, 2)\n    assert got.three",
    )
    done = prove(options=["--only", "reference"])
    assert "add_adds (failed): AttributeError: 'int' object has no attribute 'three'" in done.output


def test_a_check_file_that_skips_itself_is_refused(prove, edit):
    skip = "pytest.skip('no', allow_module_level=True)\n\n\n@pytest.mark.parametrize"
    edit("assignments/tiny/checks/hidden/test_more.py", "@pytest.mark.parametrize", skip)
    done = prove(options=["--only", "reference"])
    assert (done.exit_code, "test_more.py: Skipped: no" in done.output) == (2, True)


@pytest.mark.parametrize(
    ("file", "old"),
    [
        ("assignments/tiny/checks/public/test_sums.py", "def test_add_adds(student):"),
        ("reference/tiny_package/sums.py", "def add(a, b):"),
    ],
)
def test_a_mistake_of_syntax_names_its_file(prove, edit, file, old):
    edit(file, old, f"{old[:-1]} {{")
    done = prove(options=["--only", "reference"])
    assert done.exit_code == 2
    assert f" ({file.rpartition('/')[2]}, line " in done.output


def test_what_a_right_program_raises_is_told_by_its_last_line(prove):
    done = prove(variant="def add(a, b): raise KeyError(1)", options=["--only", "other"])
    assert "add_adds (raised): KeyError: 1" in " ".join(done.output.split())
