"""A class graded in parts, and put together again."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner

from grader.cli.main import main
from grader.errors import UsageError
from grader.grading.batch import only_grader
from grader.grading.merge import merge
from grader.grading.shards import Shard
from grader.records import decisions
from grader.records.decisions import Decision, Decisions
from tests.conftest import write_course

GOOD = "def add(a, b): return a + b\n"
GREET = "def greet(name): return f'Hello {name}'\n"
CLASS = ("kim", "이서연", "park", "choi")
TIMES = {"started", "seconds"}


def grader(root, *words):
    call = ["--lang", "en", "--course", str(root / "course"), *map(str, words)]
    return CliRunner().invoke(main, call)


def grade(root, submitted, out, *options):
    call = ("grade", "tiny", root / submitted, "--roster", root / "roster.csv", "-o", root / out)
    done = grader(root, *call, *options)
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class at once, in three shards of which one has nobody, and in two sections."""
    root = tmp_path_factory.mktemp("parts")
    write_course(root / "course")
    for section, student in zip("aabb", CLASS, strict=True):
        for folder in (root / "submitted" / student, root / section / student):
            folder.mkdir(parents=True)
            (folder / "sums.py").write_text(GOOD)
            (folder / "words.py").write_text(GREET)
    (root / "roster.csv").write_text("id,name\n" + "".join(f"{s},\n" for s in (*CLASS, "no")))
    grade(root, "submitted", "whole")
    for number in (1, 2, 3):
        grade(root, "submitted", f"part{number}", "--shard", f"{number}/3")
    for section in "ab":  # downloaded apart: who is in the other one is missing here
        grade(root, section, f"section-{section}")
    return root


@pytest.fixture
def root(graded, tmp_path):
    """A copy to work in."""
    return shutil.copytree(graded, tmp_path / "root")


@pytest.fixture
def parts(root):
    return [root / f"part{number}" for number in (1, 2, 3)]


def records(out):
    found = {}
    for path in (out / "records" / "tiny").glob("*.json"):
        record = json.loads(path.read_text())
        for exercise in record["exercises"]:
            for check in exercise["checks"]:
                check.pop("seconds")
        found[path.name] = {k: v for k, v in record.items() if k not in TIMES | {"exercises"}}
        found[path.name]["checks"] = [e["checks"] for e in record["exercises"]]
    return found


def everything(out):
    files = [path for path in out.rglob("*") if path.is_file()]
    return {path.relative_to(out): path.read_bytes() for path in files}


def test_parts_are_as_good_as_the_whole(root, parts):
    merged = root / "merged"
    assert any(not list((part / "records").rglob("*.json")) for part in parts)
    done = grader(root, "merge", *parts, "-o", merged)
    assert (done.exit_code, "5 records" in done.output) == (0, True), done.output
    assert records(merged) == records(root / "whole")
    for table in ("roster.json", "intake/tiny.json", "assignments/tiny.json"):
        assert (merged / table).read_bytes() == (root / "whole" / table).read_bytes()
    assert grader(root, "report", merged).exit_code == 0
    before = everything(merged)
    again = grader(root, "merge", *parts, "-o", merged)
    assert "0 of them new" in again.output
    assert everything(merged) == before


def known(out):
    with closing(sqlite3.connect(out / "known" / "tiny.sqlite")) as table:
        return {name for (name,) in table.execute("SELECT name FROM records")}


@pytest.mark.parametrize("index", ["there", "gone", "damaged"])
def test_what_the_parts_know_is_known_of_the_whole(root, parts, index):
    for part in parts:
        if index == "gone":
            shutil.rmtree(part / "known")
        elif index == "damaged":
            (part / "known/tiny.sqlite").write_text("{")
    merged, before = root / "merged", [everything(part) for part in parts]
    assert grader(root, "merge", *parts, "-o", merged).exit_code == 0
    assert [everything(part) for part in parts] == before
    assert known(merged) == ({*CLASS, "no"} if index == "there" else set())
    submitted = ("tiny", root / "submitted", "--roster", root / "roster.csv", "-o", merged)
    assert "0 graded, 5 unchanged" in grader(root, "grade", *submitted).output
    assert records(merged) == records(root / "whole")
    assert known(merged) == {*CLASS, "no"}


def test_a_lost_part_is_named(root, parts):
    lost = next(part for part in parts if (part / "records").exists())
    people = [json.loads(path.read_text())["student"] for path in lost.rglob("records/tiny/*.json")]
    parts.remove(lost)
    done = grader(root, "merge", *parts, "-o", root / "merged")
    assert done.exit_code == 1
    assert people
    assert all(person in done.output for person in people)


def test_different_checks_stay_apart(root):
    checks = root / "course/assignments/tiny/checks/public/test_sums.py"
    checks.write_text(checks.read_text() + "\n# changed\n")
    shutil.rmtree(root / "section-b")
    grade(root, "b", "section-b")
    done = grader(root, "merge", root / "section-a", root / "section-b", "-o", root / "merged")
    assert (done.exit_code, "different checks" in done.output) == (2, True), done.output
    assert not (root / "merged").exists()


def test_of_two_different_records_none_is_chosen(root):
    whole, copy = root / "whole", shutil.copytree(root / "whole", root / "copy")
    assert grader(root, "merge", whole, copy, "-o", root / "same").exit_code == 0
    path = copy / "records/tiny/kim.json"
    path.write_text(path.read_text().replace('"passed"', '"failed"', 1))
    done = grader(root, "merge", whole, copy, "-o", root / "merged")
    assert (done.exit_code, "two different records" in done.output) == (2, True)
    assert not (root / "merged").exists()


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_nothing_handed_in_gives_way(root, order):
    sections = [root / f"section-{section}" for section in order]
    done = grader(root, "merge", *sections, "-o", root / "merged")
    assert done.exit_code == 0, done.output
    statuses = {name: record["status"] for name, record in records(root / "merged").items()}
    assert statuses == {"no.json": "missing", **{f"{s}.json": "graded" for s in CLASS}}
    intake = json.loads((root / "merged/intake/tiny.json").read_text())
    assert [p["id"] for p in intake["people"] if p["status"] == "missing"] == ["no"]


@pytest.mark.parametrize("unclear", [None, 3, ["a"], [{"people": []}], [{"found": []}]])
def test_a_damaged_intake_table_is_named(root, unclear):
    table = root / "section-b/intake/tiny.json"
    table.write_text(json.dumps(json.loads(table.read_text()) | {"unclear": unclear}))
    parts = [root / "section-a", root / "section-b"]
    done = grader(root, "merge", *parts, "-o", root / "merged")
    assert done.exit_code == 3
    assert str(table) in done.output.replace("\n", "")


def test_different_rosters_stay_apart(root, parts):
    path = parts[0] / "roster.json"
    path.write_text(path.read_text().replace('"no"', '"yes"'))
    done = grader(root, "merge", *parts, "-o", root / "merged")
    assert (done.exit_code, "same roster" in done.output) == (2, True)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_who_was_graded_without_the_roster_and_is_not_on_it_is_refused_by_name(root, order):
    """They would be gone from the scores."""
    (root / "a" / "kim").rename(root / "a" / "kim_2027001")
    done = grader(root, "grade", "tiny", root / "a", "-o", root / "bare")
    assert done.exit_code == 0, done.output
    sections = [root / "bare", root / "section-b"]
    done = grader(root, "merge", *(sections[i] for i in order), "-o", root / "merged")
    assert done.exit_code == 2
    assert "kim_2027001" in done.output
    assert "이서연" not in done.output  # on the roster by this very name
    assert not (root / "merged").exists()


def test_who_was_graded_without_the_roster_and_is_on_it_comes_along(root):
    (root / "section-a" / "roster.json").unlink()
    done = grader(root, "merge", root / "section-a", root / "section-b", "-o", root / "merged")
    assert done.exit_code == 0, done.output
    assert (root / "merged" / "roster.json").exists()


def test_what_people_decided_comes_along(root):
    bonus = Decision("add", "add", None, 0.5, "well explained")
    for section, student in zip("ab", ("kim", "park"), strict=True):
        decisions.save(
            root / f"section-{section}",
            Decisions("sqlite:///gone.db", {"tiny": {student: [bonus]}}),
        )
    sections, merged = [root / "section-a", root / "section-b"], root / "merged"
    assert grader(root, "merge", *sections, "-o", merged).exit_code == 0
    assert grader(root, "report", merged).exit_code == 0
    scores = json.loads((merged / "scores/tiny/scores.json").read_text())["students"]
    points = {student["student"]: student["points"] for student in scores}
    assert points["kim"] == points["park"] == points["choi"] + 0.5


@pytest.mark.parametrize(
    "other",
    [Decisions("sqlite:///two.db"), Decisions("sqlite:///one.db", {"tiny": {"kim": []}})],
    ids=["another database", "another score"],
)
def test_different_decisions_stay_apart(root, other):
    score = Decision("add", "add", 1.0, 0.0, "")
    decisions.save(root / "section-a", Decisions("sqlite:///one.db", {"tiny": {"kim": [score]}}))
    decisions.save(root / "section-b", other)
    done = grader(root, "merge", root / "section-a", root / "section-b", "-o", root / "merged")
    assert (done.exit_code, "the same --database" in done.output) == (2, True), done.output
    assert not (root / "merged").exists()


def test_nothing_to_merge(root):
    (root / "empty").mkdir()
    done = grader(root, "merge", root / "whole", root / "empty", "-o", root / "merged")
    assert (done.exit_code, "empty" in done.output) == (2, True)


def test_nobody_is_in_two_shards_or_in_none():
    people = [f"student{number}" for number in range(200)] + ["이서연", "김민수"]
    for of in (1, 2, 7):
        shards = [Shard(number, of) for number in range(1, of + 1)]
        assert all(sum(shard.holds(p) for shard in shards) == 1 for p in people)
        assert all(any(shard.holds(p) for p in people) for shard in shards)
    composed, decomposed = "김민수", "\u1100\u1175\u11b7\u1106\u1175\u11ab\u1109\u116e"
    assert Shard(1, 7).holds(composed) == Shard(1, 7).holds(decomposed)


@pytest.mark.parametrize(
    "text", ["0/4", "5/4", "1/0", "1", "a/b", "-1/4", "1/4/4", "1/99999", "１/4"]
)
def test_no_shard(text):
    with pytest.raises(UsageError):
        Shard.parse(text)


def test_what_somebody_else_writes_into_is_not_read(root):
    """Before the lock there is no look at what lies in OUT, and so none in the middle of it."""
    (root / "empty").mkdir()
    with only_grader(root / "part1"):
        done = grader(root, "merge", root / "part2", root / "empty", "-o", root / "part1")
    assert (done.exit_code, "Another `grader` process is using" in done.output) == (2, True)


def test_where_nothing_fits_together_no_folder_is_made(root):
    with pytest.raises(UsageError):
        merge([root / "part1", root / "submitted"], root / "together")
    assert not (root / "together").exists()
