"""From a mutant to the sentence that a student and the staff read."""

import json
import shutil

import pytest
from click.testing import CliRunner

from grader.checking import answers
from grader.cli.main import main
from grader.diagnosis import mistakes

CHECKS = """
def test_add_adds(student):
    assert student.sums.add(1.5, 2.25) == 3.75
"""
MUTANT = """
why = "the second number is taken away"
of = "add"
severity = "wrong"
tell = { en = "A larger second number makes it smaller. Why?", ko = "둘째 수가 커지면 줄어듭니다." }

[[change]]
file = "sums.py"
find = "= a + b"
replace = "= a - b"
"""
# the same slip by another hand
SLIP = "def add(a, b):\n    return -b + a\n"
OTHER = "def add(a, b):\n    return a * b\n"
RIGHT = "def add(a, b):\n    return b + a\n"
GREET = "def greet(name): return f'Hello {name}'\n"


@pytest.fixture
def run(course):
    folder = course / "assignments" / "tiny"
    (folder / "checks" / "public" / "test_sums.py").write_text(CHECKS, encoding="utf-8")
    (folder / "mutants").mkdir()
    (folder / "mutants" / "takes_away.toml").write_text(MUTANT, encoding="utf-8")

    def command(*call, lang="en"):
        done = CliRunner().invoke(
            main, ["--lang", lang, "--course", str(course), *call], env={"COLUMNS": "200"}
        )
        assert done.exception is None or isinstance(done.exception, SystemExit), done.output
        return done

    return command


def test_a_slip_gets_its_name_everywhere(run, course, tmp_path, monkeypatch):
    monkeypatch.chdir(course)
    assert run("verify", "tiny", "-j", "1").exit_code == 0
    learnt = course / "assignments" / "tiny" / mistakes.FILE
    [known] = mistakes.load(learnt)
    assert (known.name, list(known.cases)) == ("takes_away", ["add_adds"])

    stored = learnt.read_bytes()
    assert run("verify", "tiny", "-j", "1", "--only", "takes_away").exit_code == 0
    assert learnt.read_bytes() == stored

    # released: what public checks see, no name, nothing for staff
    assert run("release", "tiny").exit_code == 0
    template = course / "student_template" / "tiny_package"
    [given] = mistakes.load(template / mistakes.FILE)
    assert (list(given.cases), given.why, given.tell) == (["add_adds"], "", known.tell)
    assert "takes_away" not in (template / mistakes.FILE).read_text(encoding="utf-8")

    # on the student's machine
    (template / "words.py").write_text(GREET, encoding="utf-8")
    for source, is_told in ((SLIP, True), (OTHER, False), (RIGHT, False)):
        (template / "sums.py").write_text(source, encoding="utf-8")
        for lang, words in (("en", "makes it smaller"), ("ko", "둘째 수가 커지면")):
            said = run("check", "tiny", str(template), lang=lang).output
            assert (words in said) == is_told, said

    # graded: feedback by public checks, the class by all of them
    for student, source in (("kim", SLIP), ("lee", OTHER), ("park", OTHER), ("choi", RIGHT)):
        folder = tmp_path / "class" / student
        folder.mkdir(parents=True)
        (folder / "sums.py").write_text(source, encoding="utf-8")
        (folder / "words.py").write_text(GREET, encoding="utf-8")
    out = tmp_path / "out"
    graded = run("grade", "tiny", str(tmp_path / "class"), "-o", str(out))
    assert graded.exit_code == 0, graded.output
    [known_one, shared] = json.loads(run("diagnose", str(out), "--json").output)["tiny"]
    assert (known_one["mistake"], known_one["students"]) == ("takes_away", ["kim"])
    assert (shared["mistake"], shared["students"]) == (None, ["lee", "park"])
    # of who has left the course the class page tells nothing either
    people = [{"id": student, "name": ""} for student in ("lee", "park")]
    (out / "roster.json").write_text(json.dumps({"people": people}))
    [stayed] = json.loads(run("diagnose", str(out), "--json").output)["tiny"]
    assert stayed["students"] == ["lee", "park"]
    people.pop()
    (out / "roster.json").write_text(json.dumps({"people": people}))
    new = ("new", "mutant", "tiny", "times", "--function", "add", "--from-cluster", str(out))
    none = run(*new, "--submissions", str(tmp_path / "class"))
    assert (none.exit_code, "share" in none.output) == (2, True), none.output
    (out / "roster.json").unlink()
    # once more after the lecture
    (tmp_path / "class" / "kim" / "sums.py").write_text(RIGHT, encoding="utf-8")
    later = tmp_path / "later"
    assert run("grade", "tiny", str(tmp_path / "class"), "-o", str(later)).exit_code == 0
    went, stayed = json.loads(run("diagnose", str(out), str(later), "--json").output)["tiny"]
    assert (went["mistake"], went["runs"], went["students"]) == ("takes_away", [1, 0], [])
    assert (stayed["mistake"], stayed["runs"], stayed["students"]) == (
        None,
        [2, 2],
        ["lee", "park"],
    )
    assert "1 → 0  add: the second number" in run("diagnose", str(out), str(later)).output
    (tmp_path / "class" / "kim" / "sums.py").write_text(SLIP, encoding="utf-8")

    said = run("diagnose", str(out)).output
    assert "add: the second number is taken away" in said
    assert "lee, park" in said

    # next year it has a name
    typed = ["subtract" if word == "add" else word for word in new]
    unknown = run(*typed, "--submissions", str(tmp_path / "class"))
    assert (unknown.exit_code, "Available: add, greet" in unknown.output) == (2, True)
    made = run(*new, "--submissions", str(tmp_path / "class"))
    assert (made.exit_code, "2 students" in made.output) == (0, True), made.output
    proof = run("verify", "tiny", "--only", "times", "--only", "reference", "-j", "1")
    assert (proof.exit_code, "Say in it what is wrong" in proof.output) == (2, True)
    path = course / "assignments" / "tiny" / "mutants" / "times.toml"
    said = path.read_text(encoding="utf-8").replace("say here what is wrong", "it multiplies")
    path.write_text(said, encoding="utf-8")
    proof = run("verify", "tiny", "--only", "times", "--only", "reference", "-j", "1")
    assert proof.exit_code == 0, proof.output
    assert [known.name for known in mistakes.load(learnt)] == ["takes_away", "times"]
    again = run(*new, "--submissions", str(tmp_path / "class"))
    assert (again.exit_code, "times.toml" in again.output) == (2, True)

    assert run("report", str(out)).exit_code == 0
    pages = {
        s: (out / "feedback" / s / "tiny" / "feedback.html").read_text("utf-8")
        for s in ("kim", "lee", "choi")
    }
    assert {s: "makes it smaller" in page for s, page in pages.items()} == {
        "kim": True, "lee": False, "choi": False,
    }  # fmt: skip
    zipped = run("export", "pages", str(out), "tiny")
    assert zipped.exit_code == 0, zipped.output
    given = [p.read_text("utf-8") for p in (out / "export" / "tiny" / "pages").rglob("*.html")]
    assert sum("makes it smaller" in page for page in given) == 1
    class_page = (out / "report" / "tiny" / "index.html").read_text(encoding="utf-8")
    assert "the second number is taken away" in class_page
    assert "nobody has described this mistake yet" in class_page


# the reference's function, laid out otherwise, and in a file that does not import
OWN = "def add(a, b):\n    total_of_both = (a + b)  # the sum\n    return total_of_both\n"
NO_IMPORT = [OWN + "x = input()\n", OWN + "raise SyntaxError\n"]


def test_a_file_that_does_not_import_is_no_mistake_to_be_named(run, course, tmp_path, monkeypatch):
    monkeypatch.chdir(course)
    for student, source in zip(("kim", "lee"), NO_IMPORT, strict=True):
        folder = tmp_path / "class" / student
        folder.mkdir(parents=True)
        (folder / "sums.py").write_text(source, encoding="utf-8")
        (folder / "words.py").write_text(GREET, encoding="utf-8")
    out = tmp_path / "out"
    assert run("grade", "tiny", str(tmp_path / "class"), "-o", str(out)).exit_code == 0
    assert json.loads(run("diagnose", str(out), "--json").output) == {"tiny": []}
    made = run(*_new_mutant(out, tmp_path / "class"))
    assert (made.exit_code, "no two students share" in made.output) == (2, True), made.output


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "the same add in sums.py as the reference"), ("ko", "모범 답안")]
)
def test_the_reference_is_no_mutant(run, course, tmp_path, monkeypatch, lang, words):
    """What is wrong lies elsewhere: here in what is wrapped around it."""
    monkeypatch.chdir(course)
    for student in ("kim", "lee"):
        folder = tmp_path / "class" / student
        folder.mkdir(parents=True)
        helper = "def wrong(f): return lambda a, b: f(a, b) + 1\n@wrong\n"
        (folder / "sums.py").write_text(helper + OWN, encoding="utf-8")
        (folder / "words.py").write_text(GREET, encoding="utf-8")
    out = tmp_path / "out"
    assert run("grade", "tiny", str(tmp_path / "class"), "-o", str(out)).exit_code == 0
    made = run(*_new_mutant(out, tmp_path / "class"), lang=lang)
    assert (made.exit_code, words in made.output) == (2, True), made.output
    assert not (course / "assignments" / "tiny" / "mutants" / "times.toml").exists()


def _new_mutant(out, submissions):
    new = ("new", "mutant", "tiny", "times", "--function", "add", "--from-cluster", str(out))
    return *new, "--submissions", str(submissions)


def test_words_that_public_checks_do_not_bring_out_are_said(run, course, monkeypatch):
    """A lone integer meets by chance: who wrote the sentence would wait for it in vain."""
    monkeypatch.chdir(course)
    folder = course / "assignments" / "tiny"
    by_hidden = MUTANT.replace('"sums.py"', '"words.py"').replace('"add"', '"greet"')
    by_hidden = by_hidden.replace("= a + b", "+ name").replace("= a - b", "+ name[1:]")
    (folder / "mutants" / "says_half.toml").write_text(by_hidden, encoding="utf-8")

    def said(public, lang="en"):
        (folder / "checks" / "public" / "test_sums.py").write_text(public, encoding="utf-8")
        done = run("verify", "tiny", "-j", "1", lang=lang).output
        return [" ".join(line.split()) for line in done.split("tell")[1:]]

    late, never = said(CHECKS.replace("1.5, 2.25", "1, 2").replace("3.75", "3"))
    assert "only after publication" in late and ": says_half." in late
    assert "no check sees enough" in never and ": takes_away." in never
    [late] = said(CHECKS)  # a float is not guessed
    assert ": says_half." in late
    two = "import pytest\n\n@pytest.mark.parametrize('b', [2, 3])\n" + CHECKS.lstrip()
    two = two.replace("(student)", "(student, b)").replace("1.5, 2.25", "1, b")
    [late] = said(two.replace("3.75", "1 + b"), lang="ko")
    assert "공개한 뒤에야" in late and ": says_half." in late


VARIANT = "def add(a, b):\n    return sum((a, b))\n"


def test_a_wrong_answer_is_shown_beside_the_right_one(run, course, tmp_path, monkeypatch):
    monkeypatch.chdir(course)
    folder = course / "assignments" / "tiny"
    (folder / "variants" / "by_sum").mkdir(parents=True)
    (folder / "variants" / "by_sum" / "variant.toml").write_text('why = "by sum"\n')
    (folder / "variants" / "by_sum" / "sums.py").write_text(VARIANT, encoding="utf-8")
    (folder / "variants" / "by_sum" / "words.py").write_text(GREET, encoding="utf-8")
    # half of a proof says nothing about what all right programs answer
    alone = run("verify", "tiny", "-j", "1", "--only", "reference")
    assert alone.exit_code == 0, alone.output
    assert not (folder / answers.FILE).exists()
    assert run("verify", "tiny", "-j", "1").exit_code == 0
    assert (folder / answers.FILE).exists()

    handed_in = tmp_path / "class" / "kim"
    handed_in.mkdir(parents=True)
    (handed_in / "sums.py").write_text(SLIP, encoding="utf-8")
    (handed_in / "words.py").write_text("def greet(name): return name\n", encoding="utf-8")
    out = tmp_path / "out"
    assert run("grade", "tiny", str(tmp_path / "class"), "-o", str(out)).exit_code == 0
    record = json.loads((out / "records" / "tiny" / "kim.json").read_text(encoding="utf-8"))
    checks = {c["id"]: c for exercise in record["exercises"] for c in exercise["checks"]}
    assert checks["add_adds"]["counterexample"] == {
        "lines": ["sums.add(1.5, 2.25)"],
        "got": {"text": "-0.75", "rows": []},
        "want": {"text": "3.75", "rows": []},
    }

    def page(*options):
        assert run("report", str(out), *options).exit_code == 0
        return (out / "feedback" / "kim" / "tiny" / "feedback.html").read_text("utf-8")

    asked = "words.greet("  # by a hidden check
    assert [asked in page(*o) for o in ((), ("--published",))] == [False, False]
    assert asked in page("--published", "--with-inputs")
    assert "sums.add(1.5, 2.25)" in page()
    assert run("report", str(out), "--with-inputs").exit_code == 2

    # what right programs answered to other checks says nothing
    (folder / "checks" / "public" / "test_sums.py").write_text(CHECKS + "\n", encoding="utf-8")
    again = tmp_path / "again"
    assert run("grade", "tiny", str(tmp_path / "class"), "-o", str(again)).exit_code == 0
    assert '"lines"' not in (again / "records" / "tiny" / "kim.json").read_text(encoding="utf-8")
    for lang, why in (("en", "was made for the same checks"), ("ko", "지금의 검사로 만든")):
        told = run("report", str(again), "--published", "--with-inputs", lang=lang)
        assert why in told.stderr, told.stderr


CHANGED = {"en": "have changed since grader verify tiny", "ko": "grader verify tiny 명령을 다시"}
NEVER = {"en": "were never verified", "ko": "아직 검증하지 않은 검사입니다"}


@pytest.mark.parametrize("lang", CHANGED)
def test_grade_says_that_the_checks_are_not_verified(run, course, monkeypatch, lang):
    """Once, on standard error, until `grader verify` has run in full."""
    monkeypatch.chdir(course)
    folder = course / "assignments" / "tiny"
    variant = folder / "variants" / "by_sum"
    variant.mkdir(parents=True)
    (variant / "variant.toml").write_text('why = "by sum"\n')
    (variant / "sums.py").write_text(VARIANT, encoding="utf-8")
    (variant / "words.py").write_text(GREET, encoding="utf-8")
    for student in ("kim", "lee"):
        handed_in = course / "submitted" / student
        handed_in.mkdir(parents=True)
        (handed_in / "sums.py").write_text(RIGHT, encoding="utf-8")
        (handed_in / "words.py").write_text(GREET, encoding="utf-8")

    def told(*options):
        done = run("grade", "tiny", "submitted", "-o", "out", *options, lang=lang)
        assert done.exit_code == 0, done.output
        lines = [line for line in done.stderr.splitlines() if "grader verify" in line]
        assert all(line.startswith("tiny: ") for line in lines)
        return lines

    def verify():
        assert run("verify", "tiny", "-j", "1").exit_code == 0

    [never] = told()
    assert NEVER[lang] in never
    assert told("--dry-run") == []
    verify()
    assert (folder / answers.FILE).exists()
    assert told() == []
    # a title is no other check
    path = folder / "assignment.toml"
    path.write_text(path.read_text().replace("Tiny", "Small"), encoding="utf-8")
    assert told() == []
    path = folder / "checks" / "public" / "test_sums.py"
    path.write_text(CHECKS + "\n", encoding="utf-8")
    for options in ((), ("--json",)):
        [changed] = told(*options)
        assert CHANGED[lang] in changed
    assert run("verify", "tiny", "--only", "takes_away", "--only", "reference").exit_code == 0
    assert len(told()) == 1
    verify()
    assert told() == []
    # nor is the warning there for good where right programs agree on nothing any more
    shutil.rmtree(variant)
    path.write_text(CHECKS, encoding="utf-8")
    assert len(told()) == 1
    verify()
    assert told() == []


def test_without_mutants_nothing_tells_whether_checks_are_verified(run, course, monkeypatch):
    monkeypatch.chdir(course)
    (course / "assignments" / "tiny" / "mutants" / "takes_away.toml").unlink()
    handed_in = course / "submitted" / "kim"
    handed_in.mkdir(parents=True)
    (handed_in / "sums.py").write_text(RIGHT, encoding="utf-8")
    (handed_in / "words.py").write_text(GREET, encoding="utf-8")
    done = run("grade", "tiny", "submitted", "-o", "out")
    assert (done.exit_code, done.stderr) == (0, "")


def test_words_that_hold_a_line_of_the_solution_are_not_released(run, course, monkeypatch):
    monkeypatch.chdir(course)
    path = course / "assignments" / "tiny" / "mutants" / "takes_away.toml"
    text = MUTANT.replace("Why?", "Write total_of_both = a + b")
    path.write_text(text, encoding="utf-8")
    assert run("verify", "tiny", "-j", "1").exit_code == 0
    done = run("release", "tiny")
    assert (done.exit_code, "total_of_both = a + b" in done.output) == (2, True)


def test_a_damaged_file_is_a_sentence(run, course, monkeypatch):
    monkeypatch.chdir(course)
    handed_in = course / "submitted" / "kim"
    handed_in.mkdir(parents=True)
    (handed_in / "sums.py").write_text(SLIP, encoding="utf-8")
    folder = course / "assignments" / "tiny"
    graded = ("grade", "tiny", "submitted", "-o", "out")
    for name, command in ((mistakes.FILE, ("release", "tiny")), (answers.FILE, graded)):
        (folder / name).write_text("{", encoding="utf-8")
        done = run(*command)
        assert (done.exit_code, "run grader verify" in done.output) == (2, True), done.output
        (folder / name).unlink()
