"""A class is graded, resumed, survived. Submissions of every kind, through the command line."""

import csv
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unicodedata
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from grader.cli.main import main
from grader.course import assignment as assignments
from grader.errors import PlatformError
from grader.export.comment import comment
from grader.grading.batch import Settings, grade_batch
from grader.grading.engines.attempts import given_up
from grader.grading.engines.engine import Graded
from grader.intake.handin import Found
from grader.records import digests, store
from grader.records.brief import Brief
from grader.records.record import Message
from grader.report import formatting
from grader.report.moment import Moment
from grader.report.results import find
from tests.processes import descendants, left_of

GOOD = "def add(a, b): return a + b\n"
GREET = "def greet(name): return f'Hello {name}'\n"


@pytest.fixture
def submit(tmp_path):
    """Hand in files for a student."""
    root = tmp_path / "submitted"
    root.mkdir()

    def hand_in(student, files, layout="{student}"):
        for name, text in files.items():
            path = root / layout.format(student=student) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return root

    return hand_in


@pytest.fixture
def grade(course, tmp_path):
    """Grade the class; returns the runner's result."""

    def run(*options, lang="en"):
        call = ["--lang", lang, "--course", str(course), "grade", "tiny"]
        return CliRunner().invoke(
            main, [*call, str(tmp_path / "submitted"), "-o", str(tmp_path / "out"), *options]
        )

    return run


def record(tmp_path, student):
    return store.read(tmp_path / "out" / "records" / "tiny" / f"{student}.json")


def test_a_class(submit, grade, tmp_path):
    submit("kim", {"sums.py": GOOD, "words.py": GREET})
    submit(
        "이민수", {"sums.py": GOOD, "words.py": "def greet(name): return name"}, "{student}/tiny"
    )
    submit("half", {"sums.py": GOOD}, "{student}/tiny/tiny_package")
    done = grade("-j", "2")
    assert done.exit_code == 0, done.output
    assert record(tmp_path, "kim").points == 10
    assert record(tmp_path, "이민수").points == 6
    half = record(tmp_path, "half")
    assert half.points == 6
    assert [note.code for note in half.notes] == ["missing_files_only"]
    assert {c.outcome for c in half.exercises[1].checks} == {"unanswered"}
    assert "3 graded, 0 unchanged" in done.output


@pytest.mark.parametrize(
    ("options", "lang", "said"),
    [
        ([], "en", "Interrupted; the same command goes on from here."),
        (["--regrade"], "en", "finished records are kept. Without --regrade the same command"),
        (["--regrade"], "ko", "--regrade 없이 같은 명령을 다시 실행하면"),
        (["--dry-run"], "en", "Interrupted.\n"),
        (["--dry-run", "--regrade"], "ko", "중단했습니다.\n"),
    ],
)
def test_who_interrupts_is_told_what_goes_on(submit, grade, monkeypatch, options, lang, said):
    def interrupt(*_):
        raise KeyboardInterrupt

    submit("kim", {"sums.py": GOOD})
    monkeypatch.setattr("grader.cli.grading.intake_of", interrupt)
    done = grade(*options, lang=lang)
    assert (done.exit_code, said in done.output) == (130, True), done.output


CASES = {
    # name: (files, points, outcome of add_adds)
    "syntax": ({"sums.py": "def add(:", "words.py": GREET}, 4, "raised"),
    "not_utf8": (
        {"sums.py": '# 한글\nx = "한글"\n'.encode("euc-kr"), "words.py": GREET},
        4,
        "raised",
    ),
    "declared_euc_kr": (
        {
            "sums.py": ("# -*- coding: euc-kr -*-\n# 한글\n" + GOOD).encode("euc-kr"),
            "words.py": GREET,
        },
        10,
        "passed",
    ),
    "forbidden": ({"sums.py": "from torch import nn\n" + GOOD, "words.py": GREET}, 4, "forbidden"),
    "package": ({"sums.py": "import sklearn\n" + GOOD, "words.py": GREET}, 4, "forbidden"),
    "hangs": ({"sums.py": "while True: pass", "words.py": GREET}, 4, "timeout"),
    "exits": ({"sums.py": "import os; os._exit(0)", "words.py": GREET}, 4, "crashed"),
    "prints": ({"sums.py": "print('x' * 5_000_000)\n" + GOOD, "words.py": GREET}, 10, "passed"),
    "conftest": (
        {
            "sums.py": "def add(a, b): return 0",
            "words.py": GREET,
            "conftest.py": "import os; os._exit(0)",
            "pytest.ini": "[pytest]\naddopts = --co",
        },
        4,
        "failed",
    ),
}


def test_broken_and_hostile_submissions_cost_what_they_break(submit, grade, tmp_path):
    for name, (files, _, _) in CASES.items():
        submit(name, files)
    assert grade().exit_code == 0
    for name, (_, points, outcome) in CASES.items():
        graded = record(tmp_path, name)
        assert (name, graded.points, graded.exercises[0].checks[0].outcome) == (
            name,
            points,
            outcome,
        )
    forbidden = record(tmp_path, "forbidden").exercises[0].checks[0].message
    assert (forbidden.fields["name"], forbidden.fields["line"]) == ("torch.nn", "1")


@pytest.mark.parametrize(
    ("lang", "reason"),
    [
        (
            "en",
            "sums.py could not be imported: SyntaxError: invalid syntax (tiny_package/sums.py, line 1)",
        ),
        (
            "ko",
            "sums.py 파일을 불러올 수 없습니다: SyntaxError: invalid syntax (tiny_package/sums.py 1행)",
        ),
    ],
    ids=["en", "ko"],
)
def test_why_a_whole_file_earns_nothing_is_said_where_one_looks_first(
    submit, grade, tmp_path, lang, reason
):
    submit("kim", CASES["syntax"][0])
    (line,) = [line for line in grade(lang=lang).output.splitlines() if "4.00 / 10" in line]
    assert line.endswith(f"  {reason}")
    out = str(tmp_path / "out")
    assert CliRunner().invoke(main, ["--lang", lang, "report", out]).exit_code == 0
    table = (tmp_path / "out" / "scores" / "tiny" / "scores.csv").read_text()
    (row,) = csv.DictReader(table.splitlines())
    assert row["problem"] == reason
    name = {"en": "index.html", "ko": "index.ko.html"}[lang]
    page = (tmp_path / "out" / "report" / "tiny" / name).read_text()
    assert f'<span class="problem">{reason}' in page
    results = find(tmp_path / "out", "tiny")
    (entry,) = results.entries()
    said = comment(results.snapshot, entry, [lang], Moment(datetime.now(UTC), published=False))
    assert reason in said


def test_what_is_said_of_whole_files_stays_short():
    found = [
        Message(
            "import_failed", {"file": f"{n}.py", "error": "E", "text": 999 * "x\n", "where": ""}
        )
        for n in range(9)
    ]
    found[0].fields["text"] = "x" * 999
    said = formatting.why(Message("empty"), found, "en")
    assert said.startswith("The submission is empty. 0.py could not be imported: E: xxx")
    assert (said[-1], len(said) < 500, "3.py" in said, "\n" in said) == ("…", True, False, False)


def test_what_cannot_be_opened_gets_a_reason(submit, grade, tmp_path):
    root = submit("empty", {".keep": ""})
    (root / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    with zipfile.ZipFile(root / "slip.zip", "w") as archive:
        archive.writestr("../sums.py", GOOD)
    (root / "essay.rar").write_bytes(b"x")
    done = grade()
    assert done.exit_code == 0
    reasons = {
        name: record(tmp_path, name).problem.code for name in ("empty", "broken", "slip", "essay")
    }
    assert reasons == {
        "empty": "empty",
        "broken": "broken_archive",
        "slip": "unsafe_archive",
        "essay": "other_archive",
    }
    assert "0.00 / 10" in done.output
    assert "damaged" in done.output


def test_an_endless_loop_costs_seconds(submit, grade, tmp_path, edit):
    edit(
        "assignments/tiny/checks/hidden/test_more.py",
        '["Kim", "민수"]',
        "list(map(str, range(20)))",
    )
    submit("loop", {"sums.py": GOOD, "words.py": "def greet(name):\n    while True: pass\n"})
    assert grade().exit_code == 0
    greeting = record(tmp_path, "loop").exercises[1].checks[0]
    assert (greeting.outcome, greeting.cases, greeting.cases_passed) == ("timeout", 20, 0)
    assert greeting.seconds < 4  # three limits of a second, not twenty


def test_after_three_timeouts_the_rest_of_the_exercise_is_not_run(submit, grade, tmp_path, edit):
    edit(
        "assignments/tiny/checks/public/test_sums.py",
        "def test_add_adds(student):",
        "import pytest\n@pytest.mark.parametrize('n', range(5))\ndef test_add_adds(student, n):",
    )
    edit("assignments/tiny/exercises/adding.toml", 'needs = ["add_adds"]\n', "")
    submit("loop", {"sums.py": "def add(a, b):\n    while True: pass\n", "words.py": GREET})
    assert grade().exit_code == 0
    first, second = record(tmp_path, "loop").exercises[0].checks
    assert first.outcome == "timeout"
    assert (second.outcome, second.message.code) == ("skipped", "timeouts")


def test_a_check_waits_for_what_it_needs(submit, grade, tmp_path):
    submit("wrong", {"sums.py": "def add(a, b): return 0", "words.py": GREET})
    grade()
    second = record(tmp_path, "wrong").exercises[0].checks[1]
    assert (second.outcome, second.message.code) == ("skipped", "skipped")


def test_what_a_library_warns_of_is_nobodys_to_read(submit, grade, edit, capfd):
    """Of a wrong answer: torch warns of a tensor that is asked for a key, as of many odd things."""
    edit(
        "assignments/tiny/checks/public/test_sums.py",
        "def test_add_adds(student):",
        "import warnings\n\n\ndef test_add_adds(student):\n    warnings.warn('look at this')",
    )
    submit("kim", {"sums.py": GOOD, "words.py": GREET})
    assert grade().exit_code == 0
    assert capfd.readouterr().err == ""


def test_a_hidden_check_tells_a_student_nothing_but_its_outcome(submit, grade, tmp_path):
    submit(
        "spy",
        {
            "sums.py": "def add(a, b):\n    if isinstance(a, int): return a + b\n    raise ValueError(f'{a} {b}')\n",
            "words.py": "def greet(name): return 'x'",
        },
    )
    grade()
    spy = record(tmp_path, "spy")
    arrays = spy.exercises[0].checks[1]
    assert arrays.message.code == "raised_hidden"
    assert "1." not in json.dumps(arrays.message.fields)
    assert "1." in arrays.detail  # staff see it
    assert spy.exercises[1].checks[0].message.fields == {}


def test_what_is_graded_is_kept_until_something_changes(submit, grade, tmp_path, edit):
    submit("kim", {"sums.py": GOOD, "words.py": GREET})
    submit("lee", {"sums.py": GOOD, "words.py": GREET})
    assert "2 graded, 0 unchanged" in grade().output
    assert "0 graded, 2 unchanged" in grade().output
    assert "1 graded, 0 unchanged" in grade("--only", "kim", "--regrade").output
    submit("kim", {"sums.py": GOOD + "# changed\n"})
    assert "1 graded, 1 unchanged" in grade().output
    (tmp_path / "out" / "records" / "tiny" / "lee.json").write_text('{"schema": "grader/rec')
    assert "1 graded, 1 unchanged" in grade().output
    edit("assignments/tiny/assignment.toml", "check_seconds = 1", "check_seconds = 2")
    assert "2 graded, 0 unchanged" in grade().output
    edit("assignments/tiny/checks/hidden/test_more.py", "Kim", "Kim-Lee")
    assert "2 graded, 0 unchanged" in grade().output


def test_of_a_submission_that_changed_only_what_can_meet_the_change_is_run(
    submit, grade, tmp_path, edit
):
    """What `sums.py` prints is another number each time that it is run."""

    def adding():
        return record(tmp_path, "kim").exercises[0]

    submit("kim", {"sums.py": "import time\nprint(time.monotonic_ns())\n" + GOOD})
    grade()
    first = adding()
    assert first.checks[0].output.strip().isdecimal()
    submit("kim", {"words.py": GREET})
    assert "1 graded, 0 unchanged" in grade().output
    assert adding() == first
    assert record(tmp_path, "kim").points == 10
    submit("kim", {"words.py": GREET + "# changed\n"})
    grade("--regrade")
    again = adding()
    assert (again.checks[0].output, again.follows_from) != (first.checks[0].output, "")
    assert again.follows_from == first.follows_from
    submit("kim", {"words.py": GREET})
    edit("assignments/tiny/assignment.toml", "check_seconds = 1", "check_seconds = 2")
    grade()
    assert adding().checks[0].output != again.checks[0].output
    # a record that waits for a regrade vouches for nothing
    path = tmp_path / "out" / "records" / "tiny" / "kim.json"
    last = adding()
    path.write_text(path.read_text().replace('"status": "graded"', '"status": "broken"'))
    grade()
    assert adding().checks[0].output != last.checks[0].output


def test_a_check_of_a_file_that_its_exercise_does_not_name_is_the_teachers_mistake(
    submit, grade, edit
):
    edit(
        "assignments/tiny/checks/hidden/test_more.py",
        "assert student.words",
        "assert student.sums.add(1, 2) == 3\n    assert student.words",
    )
    submit("kim", {"sums.py": GOOD, "words.py": GREET})
    done = grade()
    assert done.exit_code == 3
    assert "A check of saying runs sums.py." in " ".join(done.output.split())


@pytest.fixture
def index(tmp_path):
    """The rows of the index, which can be changed behind the grader's back."""
    path = tmp_path / "out" / "known" / "tiny.sqlite"

    def rows(change="SELECT 1", *values):
        with closing(sqlite3.connect(path)) as table, table:
            table.execute(change, values)
            return dict(table.execute("SELECT name, entry FROM records"))

    return rows


def test_a_record_that_is_known_is_not_read_again(submit, grade, tmp_path, edit, index):
    """What is known never counts for more than the files: each change is seen."""
    submit("kim", {"sums.py": GOOD, "words.py": "def greet(name): return name"})
    submit("lee", {"sums.py": GOOD, "words.py": GREET})
    grade()
    told = index()
    assert set(told) == {"kim", "lee"}
    # the index is what is read: a record whose file is the same is not
    entry = told["kim"].replace('"points": 6.0', '"points": 5.5')
    change = "UPDATE records SET entry = ?, seal = ? WHERE name = 'kim'"
    index(change, entry, digests.digest("kim", entry))
    told = grade().output
    assert "5.50 / 10" in told
    assert "0 graded, 2 unchanged" in told
    # but not a row that is not as it was written
    index("UPDATE records SET entry = ? WHERE name = 'kim'", entry.replace("5.5", "7.5"))
    assert "6.00 / 10" in grade().output
    # another file, though only by a blank, or by nothing but its place in the line
    path = tmp_path / "out" / "records" / "tiny" / "kim.json"
    index(change, entry, digests.digest("kim", entry))
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert "6.00 / 10" in grade().output
    before = path.stat()
    path.write_text(path.read_text(encoding="utf-8").replace('"points": 6.0', '"points": 5.0'))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert "6.00 / 10" in grade().output
    # somebody else's record under this name
    path.write_bytes((path.parent / "lee.json").read_bytes())
    assert "1 graded, 1 unchanged" in grade().output
    # other points
    edit("assignments/tiny/exercises/adding.toml", "add = 6", "add = 12")
    assert "12.00 / 16" in grade().output


def test_an_index_that_is_damaged_or_gone_is_made_again(submit, grade, tmp_path, index):
    submit("kim", {"sums.py": GOOD, "words.py": GREET})
    grade()
    path = tmp_path / "out" / "known" / "tiny.sqlite"
    good, journal = path.read_bytes(), path.with_name("tiny.sqlite-journal")
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE records (a, b)")
    others = (tmp_path / "other").read_bytes()
    zeros = good[:4096] + bytes(4096)
    for content in (b"", b"{", good[:5000], zeros, good[:200] + b"x" * 300 + good[500:], others):
        path.write_bytes(content)
        journal.write_bytes(b"of another file")
        assert "0 graded, 1 unchanged" in grade().output
        assert set(index()) == {"kim"}
    shutil.rmtree(path.parent)
    assert "0 graded, 1 unchanged" in grade().output
    assert set(index()) == {"kim"}
    path.unlink()
    path.mkdir()
    done = grade()
    assert (done.exit_code, "tiny.sqlite" in done.output) == (3, True), done.output


def test_a_hand_in_is_read_again_when_it_is_another(submit, grade, tmp_path, index, monkeypatch):
    folder = submit("kim", {"sums.py": GOOD, "words.py": GREET}) / "kim"
    with zipfile.ZipFile(tmp_path / "submitted" / "lee.zip", "w") as packed:
        packed.writestr("sums.py", GOOD)
        packed.writestr("words.py", GREET)
    now = time.time_ns()
    # what has changed just now could change again at the same time, so it is not relied on
    monkeypatch.setattr(time, "time_ns", lambda: now)
    grade()
    assert ['"handin": ""' in entry for entry in index().values()] == [True, True]
    monkeypatch.setattr(time, "time_ns", lambda: now + 60 * 10**9)
    assert "0 graded, 2 unchanged" in grade().output
    # were they read now, they would be others than the index says
    for name, entry in index().items():
        other = re.sub('"submission_sha256": "[^"]*"', '"submission_sha256": "-"', entry)
        change = "UPDATE records SET entry = ?, seal = ? WHERE name = ?"
        index(change, other, digests.digest(name, other), name)
    assert "0 graded, 2 unchanged" in grade().output
    # of the same size and time
    before = (folder / "sums.py").stat()
    (folder / "sums.py").write_text(GOOD.replace("a + b", "b + a"))
    os.utime(folder / "sums.py", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "1 graded, 1 unchanged" in grade().output
    (folder / "helper.py").write_text("")
    assert "1 graded, 1 unchanged" in grade().output
    with zipfile.ZipFile(tmp_path / "submitted" / "lee.zip", "a") as packed:
        packed.writestr("helper.py", "")
    assert "1 graded, 1 unchanged" in grade().output


class AtHand:
    """An engine that has what came of all jobs at once."""

    def refuse_weak_jail(self):
        """It runs nothing."""

    def grade_all(self, assignment, jobs):
        jobs = list(jobs)
        for job in jobs:
            made = Graded(job, given_up(assignment, job))
            yield replace(made, more=job is not jobs[-1])


def test_records_that_are_at_hand_together_are_each_written_before_they_are_told(
    course, submit, tmp_path
):
    model = assignments.load(course / "assignments/tiny", references=course / "reference")
    found = [Found(name, submit(name, {"sums.py": GOOD}) / name) for name in "abcdefghijkl"]
    settings = Settings(tmp_path / "out", AtHand(), allow_weak_jail=True)
    folder, told = tmp_path / "out" / "records" / "tiny", []
    for step in grade_batch(model, found, settings):
        told.append(step.record.student)
        assert Brief.of(store.read(folder / f"{told[-1]}.json")) == step.record
    assert told == list("abcdefghijkl")
    shutil.rmtree(folder)
    folder.write_text("where the records should be")
    with pytest.raises(PlatformError) as raised:
        list(grade_batch(model, found, settings))
    assert raised.value.code == "error.cannot_write"


def test_words_do_not_grade_a_class_again(submit, grade, tmp_path, edit):
    submit("wrong", {"sums.py": "def add(a, b): return 0", "words.py": GREET})
    grade()
    before = record(tmp_path, "wrong")
    edit("assignments/tiny/exercises/adding.toml", "Numbers are added", "Numbers come together")
    edit("assignments/tiny/exercises/saying.toml", "Hello.", "Say hello.")
    edit("assignments/tiny/handout.en.md", "# Tiny", "# Small")
    assert "0 graded, 1 unchanged" in grade().output
    after = record(tmp_path, "wrong")
    assert (after.points, after.started) == (before.points, before.started)
    waiting = after.exercises[0].checks[1].message
    assert waiting.fields["title.en"] == "Numbers come together"
    described = (tmp_path / "out" / "assignments" / "tiny.json").read_text()
    assert "Say hello." in described


def test_other_points_are_worked_out_without_running_anything(submit, grade, tmp_path, edit):
    submit("half", {"sums.py": GOOD, "words.py": "def greet(name): return 1"})
    submit("parts", {"sums.py": "def add(a, b): return int(a + b)", "words.py": GREET})
    submit("none", {".keep": ""})
    grade()
    before = {name: record(tmp_path, name) for name in ("half", "parts", "none")}
    assert [before[name].points for name in before] == [6, 8.8, 0]  # 6 * 0.8 + 4
    edit("assignments/tiny/exercises/adding.toml", "add = 6", "add = 12")
    edit("assignments/tiny/exercises/adding.toml", 'kind = "edge"', 'kind = "manners"')
    edit("assignments/tiny/exercises/saying.toml", "points =", "extra = true\npoints =")
    done = grade()
    assert "0 graded, 0 unchanged, 3 rescored" in done.output
    assert "points worked out again" in done.output
    after = {name: record(tmp_path, name) for name in before}
    assert [(r.points, r.possible, r.extra_points) for r in after.values()] == [
        (12, 12, 0),
        (10.8, 12, 4),  # 12 * 0.9
        (0, 12, 0),
    ]
    assert all(after[name].started == before[name].started for name in before)
    summary = json.loads(grade("--json").stdout)
    assert (summary["kept"], summary["rescored"]) == (3, 0)
    grade("--regrade")
    for name, kept in after.items():
        again = record(tmp_path, name)
        assert (again.points, again.extra_points) == (kept.points, kept.extra_points)


def test_whose_score_has_changed_is_said(submit, grade, tmp_path, edit):
    submit("kim", {"sums.py": "def add(a, b): return int(a + b)", "words.py": GREET})
    submit("lee", {"sums.py": GOOD, "words.py": GREET})
    submit("new", {".keep": ""})
    first = grade()
    assert "→" not in first.output
    assert "earlier" not in first.output
    hidden = "assignments/tiny/checks/hidden/test_more.py"
    strict = "assert np.array_equal(student.sums.add(one, one), 2 * one)"
    edit(hidden, strict, "assert one is not None")
    done = grade()
    said = {line.split()[0]: line for line in done.output.splitlines() if " / 10 " in line}
    assert "  8.80 → 10.00 / 10 " in said["kim"]
    assert "→" not in said["lee"]
    assert "Of 3 earlier scores worked out again, 1 went up and 0 went down." in done.output
    edit(hidden, "assert one is not None", strict)
    known = tmp_path / "out" / "known" / "tiny.sqlite"
    known.unlink()
    summary = json.loads(grade("--regrade", "--json").stdout)
    assert summary["changed"] == {"kim": {"before": 10.0, "after": 8.8}}
    assert (summary["again"], summary["up"], summary["down"]) == (3, 0, 1)
    known.unlink()
    (tmp_path / "out" / "records" / "tiny" / "kim.json").write_text("{")
    assert "Of 2 earlier scores worked out again, 0 " in grade("--regrade").output
    edit("assignments/tiny/exercises/adding.toml", "add = 6", "add = 16")
    done = grade(lang="ko")  # nothing is run
    assert "  8.80 / 10 → 16.80 / 20 " in done.output
    assert "점수를 다시 매긴 3명 가운데 2명은 올랐고 0명은 내렸습니다." in done.output


def test_exit_codes(submit, grade, tmp_path, course):
    submit("kim", {"sums.py": GOOD, "words.py": "x = 1"})
    assert grade("--fail-under", "60").exit_code == 0
    assert grade("--fail-under", "61").exit_code == 1
    unknown = grade("--only", "nobody")
    assert (unknown.exit_code, "nobody" in unknown.output) == (2, True)
    no_such = CliRunner().invoke(
        main, ["--course", str(course), "grade", "hw9", str(tmp_path), "-o", "o"]
    )
    assert (no_such.exit_code, "tiny" in no_such.output) == (2, True)
    (course / "assignments" / "tiny" / "checks" / "hidden" / "test_more.py").write_text(
        "import nothing_like_it\ndef test_greet_greets(s): pass\ndef test_add_adds_arrays(s): pass\n"
    )
    broken = grade()
    assert (broken.exit_code, "nothing_like_it" in broken.output) == (2, True)


def test_json_summary(submit, grade):
    submit("kim", {"sums.py": GOOD, "words.py": GREET})
    summary = json.loads(grade("--json").output)
    assert summary["points"] == {"kim": 10.0}
    assert [person["id"] for person in summary["intake"]["people"]] == ["kim"]
    assert summary["graded"] == 1


def test_korean_output(submit, grade):
    submit("kim", {".keep": ""})
    assert "제출물이 비어 있습니다" in grade(lang="ko").output


def test_two_submissions_of_one_student_concern_that_student_alone(submit, grade, tmp_path):
    root = submit("kim", {"sums.py": GOOD})
    submit("lee", {"sums.py": GOOD, "words.py": GREET})
    shutil.make_archive(str(root / "kim"), "zip", root / "kim")
    done = grade()
    assert (done.exit_code, "kim/, kim.zip" in done.output) == (0, True)
    kim = record(tmp_path, "kim")
    assert (kim.status, kim.points, kim.problem.code) == ("ungradable", 0, "doubled")
    assert record(tmp_path, "lee").points == 10
    (root / "kim.zip").unlink()
    assert "1 graded, 1 unchanged" in grade().output
    assert record(tmp_path, "kim").points == 6


ROSTER = "id,name,section\nkim,Kim Minsu,A\nlee,이지우,B\noh,Oh Byeol,B\n"


@pytest.fixture
def roster(tmp_path):
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    return ("--roster", str(tmp_path / "roster.csv"))


def test_a_class_with_a_roster(submit, grade, roster, tmp_path):
    submit("kim", {"sums.py": GOOD, "words.py": GREET})
    submit("stranger", {"sums.py": GOOD, "words.py": GREET})
    done = grade(*roster)
    assert done.exit_code == 0, done.output
    assert (
        "2 graded, 0 unchanged, 0 rescored, 0 could not be graded, 2 handed in nothing"
        in done.output
    )
    assert re.search(r"^lee {2}이지우 .*Nothing was handed in", done.output, re.MULTILINE)
    assert re.search(r"Not on the roster.*: stranger", done.output)
    lee = record(tmp_path, "lee")
    assert (lee.status, lee.points, lee.problem.code) == ("missing", 0, "nothing_handed_in")
    assert record(tmp_path, "stranger").points == 10
    data = json.loads((tmp_path / "out" / "intake" / "tiny.json").read_text())
    assert {p["id"]: (p["name"], p["status"], p["on_roster"]) for p in data["people"]} == {
        "kim": ("Kim Minsu", "handed_in", True),
        "lee": ("이지우", "missing", True),
        "oh": ("Oh Byeol", "missing", True),
        "stranger": ("", "handed_in", False),
    }
    assert "0 graded, 4 unchanged" in grade(*roster).output


def test_without_a_roster_the_one_of_the_last_time_is_used(submit, grade, roster, tmp_path):
    """A second record of the same person would leave the old score in force."""
    submit("kim_tiny", {"sums.py": GOOD, "words.py": GREET})
    grade(*roster)
    remembered = (tmp_path / "out" / "roster.json").read_bytes()
    submit("kim_tiny", {"sums.py": "def add(a, b): return 0", "words.py": GREET})
    for lang, told in (("en", "the last one is used again"), ("ko", "지난번에 쓴")):
        done = grade(lang=lang)
        assert told in done.stderr
        assert "roster.json" in done.stderr
    assert record(tmp_path, "kim").points == 4
    assert not (tmp_path / "out" / "records" / "tiny" / "kim_tiny.json").exists()
    assert (tmp_path / "out" / "roster.json").read_bytes() == remembered
    assert "roster.json" not in grade(*roster).stderr


def test_a_download_without_somebody_undoes_nothing(submit, grade, roster, tmp_path):
    root = submit("kim", {"sums.py": GOOD, "words.py": GREET})
    submit("lee", {"sums.py": GOOD, "words.py": GREET})
    grade(*roster)
    shutil.rmtree(root / "lee")
    for options in ((), ("--regrade",)):
        assert grade(*roster, *options).exit_code == 0
        assert record(tmp_path, "lee").points == 10
    submit("oh", {"sums.py": GOOD, "words.py": GREET})
    assert record(tmp_path, "oh").status == "missing"
    grade(*roster)
    assert record(tmp_path, "oh").points == 10


def test_who_left_the_roster_leaves_the_scores_and_keeps_the_record(
    submit, grade, roster, tmp_path
):
    for student in ("kim", "lee"):
        submit(student, {"sums.py": GOOD, "words.py": GREET})
    grade(*roster)
    (tmp_path / "roster.csv").write_text(ROSTER.replace("lee,이지우,B\n", ""), encoding="utf-8")
    grade(*roster)
    assert record(tmp_path, "lee").points == 10
    told = CliRunner().invoke(main, ["report", "--junit", str(tmp_path / "out")])
    assert told.exit_code == 0, told.output
    scores = tmp_path / "out" / "scores" / "tiny"
    rows = (scores / "scores.csv").read_text().splitlines()
    assert [row.split(",")[:3] for row in rows[1:]] == [
        ["kim", "Kim Minsu", "10.0"],
        ["oh", "Oh Byeol", "0.0"],
    ]
    assert "lee" not in (scores / "junit.xml").read_text()
    page = (tmp_path / "out" / "report" / "tiny" / "index.html").read_text()
    assert "Not on the roster" in page
    assert "Oh Byeol" in page
    assert (tmp_path / "out" / "feedback" / "lee" / "tiny" / "feedback.html").exists()


def test_a_junit_file_is_there_only_if_it_was_asked_for(submit, grade, tmp_path):
    """One of an earlier report would tell of other records."""
    submit("kim", {"sums.py": GOOD, "words.py": GREET})
    grade()
    scores, page = (tmp_path / "out" / place / "tiny" for place in ("scores", "report"))
    for options, there in (((), False), (("--junit",), True), ((), False)):
        told = CliRunner().invoke(main, ["report", str(tmp_path / "out"), *options])
        assert told.exit_code == 0, told.output
        assert (scores / "junit.xml").exists() == there
        assert ("junit.xml" in told.output) == there
        assert ("junit.xml" in (page / "index.html").read_text(encoding="utf-8")) == there


def test_who_is_expected_and_not_graded_is_named(submit, grade, roster, tmp_path):
    """A part of a class is never taken for the whole of it."""
    for student in ("kim", "lee"):
        submit(student, {"sums.py": GOOD, "words.py": GREET})
    out = str(tmp_path / "out")
    page = tmp_path / "out" / "report" / "tiny" / "index.html"

    def told(*words):
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, done.output
        return done.stderr

    grade(*roster, "--only", "kim")
    for words in (("report", out), ("export", "csv", out, "tiny")):
        stderr = told("--lang", "en", *words)
        assert "tiny: not graded yet, and so left out of what was written (2 of 3)" in stderr
        assert "lee  이지우, oh  Oh Byeol" in stderr
        assert "전체 3명 가운데 2명" in told("--lang", "ko", *words)
    told("--lang", "en", "report", out)
    assert "Not graded yet" in page.read_text()
    grade(*roster)
    for words in (("report", out), ("export", "csv", out, "tiny")):
        assert told("--lang", "en", *words) == ""
    assert "Not graded yet" not in page.read_text()


def test_a_dry_run_says_what_it_sees_and_stops(submit, course, roster, tmp_path):
    root = submit("kim", {"sums.py": GOOD})
    (root / "rename.py").write_text("")
    call = ["--course", str(course), "grade", "tiny", str(root), *roster, "--dry-run"]
    done = CliRunner().invoke(main, ["--lang", "en", *call])
    assert done.exit_code == 0, done.output
    assert re.search(r"kim +Kim Minsu +kim/ +\(by the student id\)", done.output)
    assert "3 people: 1 handed in, 2 did not." in done.output
    assert "Left over, belongs to nobody: rename.py" in done.output
    korean = CliRunner().invoke(main, ["--lang", "ko", *call])
    assert "모두 3명: 제출 1명, 미제출 2명." in korean.output
    data = json.loads(CliRunner().invoke(main, [*call, "--json"]).output)
    assert [person["id"] for person in data["people"]] == ["kim", "lee", "oh"]
    assert not (tmp_path / "out").exists()


def test_only_takes_a_name_as_macos_writes_it(submit, grade, tmp_path):
    for student in ("홍길동", "kim"):
        submit(student, {".keep": ""})
    done = grade("--only", unicodedata.normalize("NFD", "홍길동"))
    assert (done.exit_code, "1 could not be graded" in done.output) == (0, True), done.output
    assert [file.name for file in (tmp_path / "out" / "records" / "tiny").iterdir()] == [
        "홍길동.json"
    ]


def test_where_records_may_not_go(submit, course):
    root = submit("kim", {"sums.py": GOOD})
    call = ["--course", str(course), "grade", "tiny", str(root)]
    for out in ((), ("-o", str(root)), ("-o", str(root / "out"))):
        refused = CliRunner().invoke(main, [*call, *out])
        assert (refused.exit_code, "-o" in refused.output) == (2, True)
    assert not (root / "out").exists()


def test_what_is_ambiguous_is_refused_in_both_languages(submit, grade, tmp_path):
    for student in ("A/kim", "A/lee", "B/oh", "B/yi"):
        submit(student, {"sums.py": GOOD})
    for lang, word in (("en", "sections"), ("ko", "분반")):
        refused = grade(lang=lang)
        assert (refused.exit_code, word in refused.output) == (2, True)
        assert "--layout section/student" in refused.output
    assert not (tmp_path / "out").exists()
    assert "4 graded" in grade("--layout", "section/student").output


def test_two_long_names_stay_apart_in_the_lines(submit, grade, tmp_path):
    names = [f"kim_minsu_of_the_second_section_{number}" for number in (1, 2)]
    for name in names:
        submit(name, {".keep": ""})
    assert all(name in grade("--json").output for name in names)
    lines = grade().output.splitlines()
    assert all(any(line.startswith(f"{name} ") for line in lines) for name in names)


def test_two_graders_on_one_folder(submit, grade, tmp_path):
    import fcntl

    submit("kim", {"sums.py": GOOD, "words.py": GREET})
    (tmp_path / "out").mkdir()
    with (tmp_path / "out" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = grade()
    assert (done.exit_code, "Another `grader` process" in done.output) == (2, True)


def start(course, tmp_path, jobs="2"):
    command = [sys.executable, "-m", "grader", "--course", str(course), "grade", "tiny"]
    return subprocess.Popen(
        [*command, str(tmp_path / "submitted"), "-o", str(tmp_path / "out"), "-j", jobs],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def graded_lines(batch):
    """The line of each record, behind those that say what was seen."""
    return (line for line in batch.stdout if " / 10" in line)


def comparable(folder):
    """The records without what is a time."""

    def timeless(value):
        if isinstance(value, dict):
            return {k: timeless(v) for k, v in value.items() if k not in {"seconds", "started"}}
        return [timeless(item) for item in value] if isinstance(value, list) else value

    return {p.name: json.dumps(timeless(json.loads(p.read_text()))) for p in folder.glob("*.json")}


def test_killed_at_a_random_moment_and_started_again(submit, course, tmp_path):
    for number in range(40):
        submit(
            f"student{number:02}",
            {"sums.py": GOOD if number % 3 else "def add(a, b): return 1/0", "words.py": GREET},
        )
    folder = tmp_path / "out" / "records" / "tiny"
    start(course, tmp_path).communicate()
    whole = comparable(folder)
    assert len(whole) == 40
    shutil.rmtree(tmp_path / "out")
    batch = start(course, tmp_path)
    kill_after = random.Random(os.getpid()).randrange(1, 30)
    for _, _line in zip(range(kill_after), graded_lines(batch), strict=False):
        pass
    batch.kill()
    batch.communicate()
    assert 0 < len(list(folder.glob("*.json"))) < 40
    start(course, tmp_path).communicate()
    assert comparable(folder) == whole


@pytest.mark.parametrize("generation", [0, 1], ids=["worker", "launcher"])
def test_a_killed_worker_or_launcher_loses_nothing(submit, course, tmp_path, generation):
    slow = "import time\ntime.sleep(0.3)\n" + GOOD
    for number in range(4):
        submit(f"student{number}", {"sums.py": slow, "words.py": GREET})
    batch = start(course, tmp_path, jobs="1")
    next(graded_lines(batch))  # the first is done: worker and launcher are there
    os.kill(descendants(batch.pid)[generation], signal.SIGKILL)
    batch.communicate()
    assert batch.returncode == 0
    points = [record(tmp_path, f"student{number}").points for number in range(4)]
    assert points == [10, 10, 10, 10]


def test_nothing_is_left_running_after_a_kill(submit, course, tmp_path):
    submit("slow", {"sums.py": "import time\ntime.sleep(60)\n", "words.py": GREET})
    submit("quick", {"sums.py": GOOD, "words.py": GREET})
    batch = start(course, tmp_path, jobs="1")
    next(graded_lines(batch))  # now the slow one is graded
    below = descendants(batch.pid)
    assert len(below) > 2
    batch.kill()
    batch.communicate()
    assert left_of(below) == []


def test_a_mistake_in_a_check_is_named_to_those_who_can_correct_it(submit, grade, edit, tmp_path):
    submit("kim", {"sums.py": GOOD, "words.py": GREET})
    submit("lee", {"sums.py": GOOD, "words.py": GREET})
    edit("assignments/tiny/checks/hidden/test_more.py", "np.ones(2)", "ones")
    done = grade()
    assert done.exit_code == 3
    said = "The check add_adds_arrays itself raised an error"
    assert done.output.count(said) == 1
    assert "NameError: name 'ones' is not defined" in done.output
    done = CliRunner().invoke(main, ["--lang", "en", "report", str(tmp_path / "out")])
    assert done.exit_code == 0
    page = (tmp_path / "out" / "report" / "tiny" / "index.html").read_text()
    assert "<code>add_adds_arrays</code> (NameError: name &#39;ones&#39; is not defined)" in page
    assert "internal error" not in page.partition("<table")[0]
    summary = json.loads(grade("--json").stdout)
    assert summary["raised"] == {"add_adds_arrays": "NameError: name 'ones' is not defined"}


CHANGES = {
    "checks": ("checks/hidden/test_more.py", "np.ones(2)", "np.ones(3)"),
    "points": ("exercises/adding.toml", "add = 6", "add = 60"),
    "kinds": ("exercises/adding.toml", 'kind = "edge"', 'kind = "manners"'),
}


@pytest.mark.parametrize("changed", CHANGES)
def test_scores_that_do_not_compare_are_told_wherever_they_go(
    submit, grade, edit, tmp_path, changed
):
    def tells(*call):
        done = CliRunner().invoke(main, ["--lang", "en", *call])
        assert done.exit_code == 0, done.output
        said = "tiny: Not all of these scores were given with the same checks, settings and points."
        return said in done.stderr

    submit("kim", {"sums.py": GOOD, "words.py": GREET})
    submit("lee", {"sums.py": GOOD, "words.py": GREET})
    grade()
    out = str(tmp_path / "out")
    exported = [["export", name, out, "tiny"] for name in ("csv", "pages", "moodle-feedback")]
    calls = [["report", out], *exported]
    assert not any(tells(*call) for call in calls)
    file, old, new = CHANGES[changed]
    edit(f"assignments/tiny/{file}", old, new)
    grade("--only", "kim")
    assert all(tells(*call) for call in calls)
    page = (tmp_path / "out" / "report" / "tiny" / "index.html").read_text()
    assert "Not all of these scores" in page
    grade()
    assert not any(tells(*call) for call in calls)
