"""The gradebook says what the records say, again and again, and never overrules a person."""

import csv
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from grader.diagnosis import mistakes
from grader.errors import PlatformError
from grader.export.comment import comment
from grader.export.feedback_text import lines
from grader.export.gradebook.cells import cell_name
from grader.export.gradebook.decide import refresh
from grader.records.outcome import Outcome
from grader.report.moment import Moment
from grader.report.results import find
from tests.export.gradebook.school import NOTEBOOK, RECORDS, School

UNGRADED = {"yang_absent": None, "bae_regrade": None}  # handed in nothing; broken


def read(file):
    """The rows of a CSV file."""
    return csv.DictReader(file.read_text(encoding="utf-8").splitlines())


def counted(school):
    """Rows in every table of nbgrader's."""
    from nbgrader.api import Base
    from sqlalchemy import func, select

    with school.nbgrader() as gradebook:
        tables = Base.metadata.sorted_tables
        return {t.name: gradebook.db.scalar(select(func.count()).select_from(t)) for t in tables}


def test_nbgrader_counts_the_points_of_the_report(synced):
    scores, totals = synced.scores(), synced.totals()
    assert "yang_absent" not in scores
    assert len(scores) == len(RECORDS) - 1
    for student in scores.keys() - UNGRADED.keys():
        assert scores[student] == pytest.approx(totals[student], abs=1e-6)


def test_nbgraders_own_export_has_the_points_of_the_report(synced, tmp_path):
    from nbgrader.plugins import CsvExportPlugin

    file = tmp_path / "grades.csv"
    with synced.nbgrader() as gradebook:
        CsvExportPlugin(to=str(file)).export(gradebook)
    rows = {row["student_id"]: row for row in read(file)}
    totals = synced.totals()
    assert rows.keys() == totals.keys()
    assert {row["max_score"] for row in rows.values()} == {"100.0"}  # a bonus comes on top
    for student, total in totals.items():
        if student not in UNGRADED:
            assert float(rows[student]["score"]) == pytest.approx(total, abs=1e-6)
    assert rows["yang_absent"]["score"] == "0.0"


def test_every_function_and_every_check_is_a_cell(synced):
    with synced.nbgrader() as gradebook:
        grade_cells = gradebook.find_notebook(NOTEBOOK, "hw1").grade_cells
        cells = {cell.name: cell.max_score for cell in grade_cells}
    assert (cells["clean"], cells["clean--clean_is_idempotent"]) == (2.0, 0.0)
    assert cells["mse"] == 0.0  # a bonus
    record = RECORDS["oh_jimin"]
    checks = {cell_name(check.of, check.id) for e in record.exercises for check in e.checks}
    functions = {cell_name(f.name) for e in record.exercises for f in e.functions}
    assert cells.keys() == checks | functions


def test_what_is_broken_waits_for_a_person(synced):
    with synced.nbgrader() as gradebook:
        assert gradebook.find_submission("hw1", "bae_regrade").needs_manual_grade
        assert not gradebook.find_submission("hw1", "oh_jimin").needs_manual_grade


def test_a_comment_says_what_the_feedback_says(synced):
    broken = next(f for f in RECORDS["oh_jimin"].exercises[1].functions if f.points < f.possible)
    said = synced.grade(broken.name, "oh_jimin")[-1]
    assert said.startswith("not right yet on ordinary input\n")
    empty = synced.grade("clean", "han_empty")
    assert empty[0] == 0.0
    assert "text.py" in empty[-1]
    kept_back = synced.grade("grid_search--grid_search_first_best", "oh_jimin")[-1]
    assert kept_back.endswith("result not shown")


def test_a_comment_names_a_known_mistake_as_soon_as_it_is_known(synced):
    path = synced.out / "records" / "hw1" / "oh_jimin.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    check = next(c for c in record["exercises"][0]["checks"] if c["public"])
    trace = {"case": "", "outcome": "failed", "asked": ["a"], "answers": ["b"], "forms": ["c"]}
    check.update(outcome="failed", traces=[{**trace, "first": "", "telling": True}])
    path.write_text(json.dumps(record), encoding="utf-8")
    assert synced.sync().written == 1
    signature = mistakes.Signature(Outcome.FAILED, mistakes.whole(["b"]), telling=True)
    tell = {"en": "Tags become blanks.", "ko": "태그는 빈칸이 됩니다."}
    known = mistakes.Mistake("tags", [check["of"]], "", tell, cases={check["id"]: signature})
    listed = synced.out / "mistakes" / "hw1.json"
    listed.parent.mkdir(exist_ok=True)
    listed.write_text(mistakes.dump([known]), encoding="utf-8")
    synced.sync()
    said = synced.grade(check["of"], "oh_jimin")[-1].splitlines()
    assert "This looks familiar: Tags become blanks." in said


def test_a_comment_is_in_the_first_language_of_the_course(school):
    """Students read it by way of nbgrader's feedback: whose shell it was says nothing."""
    path = school.out / "assignments" / "hw1.json"
    described = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**described, "languages": ["ko", "en"]}), "utf-8")
    school.sync(None)
    assert re.search("[가-힣]", school.grade("clean", "oh_jimin")[-1])
    school.sync("en")
    assert not re.search("[가-힣]", school.grade("clean", "oh_jimin")[-1])


def test_a_comment_is_no_markup(school):
    """nbgrader's feedback page takes it for Markdown."""
    path = school.out / "records" / "hw1" / "oh_jimin.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    check = record["exercises"][0]["checks"][0]
    evil = {"code": "assertion", "fields": {"text": "<script>alert(1)</script>\u202e\u0000"}}
    check.update(outcome="failed", message=evil)
    path.write_text(json.dumps(record), encoding="utf-8")
    school.sync()
    for cell in ("clean", "clean--clean_replaces_tags_by_blanks"):
        said = school.grade(cell, "oh_jimin")[-1]
        assert "‹script›" in said
        assert not set(said) & set("<>\u202e\0")


def test_again_writes_nothing_twice(synced):
    before = counted(synced)
    again = synced.sync()
    assert (again.written, again.unchanged) == (0, len(RECORDS))
    (synced.out / "gradebook" / "hw1.json").unlink()
    assert synced.sync().written == len(RECORDS)
    assert counted(synced) == before


def test_only_what_changed_is_written(synced):
    synced.regrade("oh_jimin", "clean", 0.5)
    assert synced.sync().written == 1
    assert synced.grade("clean", "oh_jimin")[0] == 0.5
    with synced.nbgrader() as gradebook:  # somebody else's autograder was there
        gradebook.find_grade("clean", NOTEBOOK, "hw1", "김민수").auto_score = 0.0
        gradebook.db.commit()
    assert synced.sync().written == 1
    assert synced.scores()["김민수"] == pytest.approx(synced.totals()["김민수"])


def test_another_database_is_written_whole_and_what_people_decided_comes_along(synced, tmp_path):
    synced.by_hand("clean", "oh_jimin", score=1.25, extra=0.5, comment="Nice")
    synced.by_hand("clean--clean_is_idempotent", "oh_jimin", extra=0.25)
    synced.by_hand("clean", "bae_regrade", score=2.0)
    synced.sync()
    before = synced.scores()
    synced.url = f"sqlite:///{tmp_path}/another.db"
    assert synced.sync().written == len(RECORDS)
    assert synced.grade("clean", "oh_jimin")[1:] == (1.25, 0.5, False, "Nice")
    assert synced.scores() == pytest.approx(before)
    synced.by_hand("clean", "oh_jimin", extra=0.0, comment="")  # a person thinks again
    synced.sync()
    assert synced.grade("clean", "oh_jimin")[1:3] == (None, 0.0)


def test_what_a_person_decides_survives_a_regrade_and_comes_back(synced):
    synced.by_hand("clean", "oh_jimin", score=1.25, extra=0.5, comment="Nice <b>idea</b>")
    synced.by_hand("tokenize", "oh_jimin", extra=0.25)
    synced.by_hand("clean", "han_empty", score=2.0)
    synced.regrade("oh_jimin", "clean", 0.5)
    synced.sync()
    assert synced.grade("clean", "oh_jimin") == (0.5, 1.25, 0.5, True, "Nice <b>idea</b>")
    scores, totals = synced.scores(), synced.totals()
    assert totals["han_empty"] == 2.0
    for student in scores.keys() - UNGRADED.keys():
        assert scores[student] == pytest.approx(totals[student], abs=1e-6)

    out = synced.report()
    page = (out / "feedback" / "empty" / "hw1" / "feedback.html").read_text(encoding="utf-8")
    assert "Nothing to fix" not in page  # nothing ran
    assert "<span>2</span> / 100" in page
    rows = read(out / "scores" / "hw1" / "scores.csv")
    row = next(row for row in rows if row["student"] == "oh_jimin")
    assert float(row["total"]) + float(row["extra"]) == pytest.approx(scores["oh_jimin"])
    page = (out / "feedback" / "oh_jimin" / "hw1" / "feedback.html").read_text(encoding="utf-8")
    assert "Nice &lt;b&gt;idea&lt;/b&gt;" in page
    assert "set to 1.25 points" in page
    data = json.loads((out / "scores" / "hw1" / "scores.json").read_text(encoding="utf-8"))
    student = next(s for s in data["students"] if s["student"] == "oh_jimin")
    assert student["exercises"]["cleaning"]["functions"]["clean"] == 1.75


def test_what_a_person_decides_goes_into_the_lms(synced):
    synced.by_hand("clean", "oh_jimin", score=1.25, comment="Nice <b>idea</b>")
    assert refresh(synced.out)
    results = find(synced.out, "hw1")
    entry = next(e for e in results.entries() if e.record.student == "oh_jimin")
    assert entry.score == pytest.approx(synced.scores()["oh_jimin"])
    moment = Moment(datetime.now(UTC), published=True)
    assert "clean: Nice &lt;b&gt;idea" in comment(results.snapshot, entry, ["en"], moment)
    assert "- clean: Nice <b>idea</b>" in lines(results, entry, ["en"], moment)


def test_a_score_that_did_not_change_is_not_to_be_looked_at_again(synced):
    synced.by_hand("clean", "oh_jimin", score=1.25)
    synced.regrade("oh_jimin", "tokenize", 0.5)
    synced.sync()
    assert synced.grade("clean", "oh_jimin")[3] is False


def test_a_report_reads_what_was_decided_since(synced):
    synced.by_hand("clean", "oh_jimin", score=0.0)
    before = synced.totals()["oh_jimin"]
    assert refresh(synced.out)
    assert (
        synced.totals()["oh_jimin"] == before - RECORDS["oh_jimin"].exercises[0].functions[0].points
    )
    (synced.root / "gradebook.db").unlink()
    assert not refresh(synced.out)
    assert not (synced.root / "gradebook.db").exists()
    assert synced.totals()["oh_jimin"] < before


def test_a_damaged_list_of_decisions_is_read_anew_as_its_message_says(synced):
    synced.by_hand("clean", "oh_jimin", score=1.25, comment="Nice")
    synced.sync()
    path = synced.out / "gradebook.json"
    before = path.read_bytes()
    path.write_text("{")
    with pytest.raises(PlatformError, match="Remove it and run grader gradebook"):
        synced.sync()
    path.unlink()
    synced.sync()
    assert path.read_bytes() == before


def test_checks_that_come_go_and_are_renamed(synced):
    synced.by_hand(
        "clean--clean_replaces_tags_by_blanks", "oh_jimin", extra=0.5, comment="of the old name"
    )

    def change(exercises):
        own = exercises["cleaning"]["checks"]
        own[0]["id"] = "clean_every_tag"
        own[:] = [check for check in own if check["id"] != "clean_is_idempotent"]
        own.append({**own[0], "id": "new", "title": {"en": "N", "ko": "N"}})

    synced.declare(change)
    done = synced.sync().cells
    assert done.renamed == {"clean--clean_replaces_tags_by_blanks": "clean--clean_every_tag"}
    assert done.added == ["clean--new"]
    assert done.removed == ["clean--clean_is_idempotent"]
    found = synced.grade("clean--clean_every_tag", "oh_jimin")
    assert found[2:] == (0.5, False, "of the old name")
    assert synced.grade("clean--new", "김민수")[0] == 0.0  # nbgrader finds a grade everywhere
    assert synced.scores()["oh_jimin"] == pytest.approx(synced.totals()["oh_jimin"])


def test_a_function_that_is_gone_keeps_what_people_gave(synced):
    synced.by_hand("edit_distance", "oh_jimin", score=3.0)

    def change(exercises):
        own = exercises["edit_distance"]
        own.update(functions=[{"name": "other", "points": 4.0}], title={"en": "O", "ko": "O"})
        for check in own["checks"]:
            check.update(of="other", title={"en": check["id"], "ko": check["id"]})

    synced.declare(change)
    done = synced.sync().cells
    assert done.kept == ["edit_distance"]
    assert synced.grade("edit_distance", "oh_jimin")[:2] == (None, 3.0)
    with synced.nbgrader() as gradebook:
        assert gradebook.find_assignment("hw1").max_score == 100.0


def test_a_submission_without_a_record_has_a_grade_in_every_cell(synced):
    (synced.out / "records" / "hw1" / "oh_jimin.json").unlink()
    synced.declare(lambda exercises: exercises["cleaning"]["functions"][0].update(name="renamed"))
    synced.sync()
    assert synced.grade("renamed", "oh_jimin")[:2] == (None, None)


def test_points_that_change_change_the_cell(synced):
    synced.declare(lambda exercises: exercises["cleaning"]["functions"][0].update(points=20.0))
    synced.sync()
    with synced.nbgrader() as gradebook:
        assert gradebook.find_grade_cell("clean", NOTEBOOK, "hw1").max_score == 20.0


def test_who_left_the_roster_is_left_alone(synced):
    people = [{"id": "oh_jimin", "name": "Oh, Jimin", "ids": {"email": "oh@x.kr", "canvas": "7"}}]
    (synced.out / "roster.json").write_text(json.dumps({"people": people}), encoding="utf-8")
    synced.regrade("김민수", "clean", 0.0)
    done = synced.sync()
    assert set(done.off_roster) == {r.student for r in RECORDS.values()} - {"oh_jimin"}
    assert synced.grade("clean", "김민수")[0] != 0.0


def test_a_new_student_is_described_and_a_known_one_stays(school):
    people = [
        {"id": "oh_jimin", "name": "Oh, Jimin", "ids": {"email": "oh@x.kr", "canvas": "7"}},
        {"id": "ahn_jaehyun", "name": "=Ahn, Jae, Hyun", "ids": {}},
    ]
    (school.out / "roster.json").write_text(json.dumps({"people": people}), encoding="utf-8")
    with school.nbgrader() as gradebook:
        gradebook.add_student("oh_jimin", first_name="By", last_name="Hand")
    school.sync()
    with school.nbgrader() as gradebook:
        known, new = map(gradebook.find_student, ["oh_jimin", "ahn_jaehyun"])
        assert (known.first_name, known.email) == ("By", None)
        # nbgrader's export neither quotes nor defuses
        assert (new.last_name, new.first_name) == ("'=Ahn", "Jae Hyun")


def test_an_nbgrader_course_made_elsewhere_goes_on(school):
    with school.nbgrader() as gradebook:
        gradebook.add_assignment("hw1")
        gradebook.add_notebook("essay", "hw1")
        gradebook.add_grade_cell("why", "essay", "hw1", max_score=5.0, cell_type="markdown")
        gradebook.add_solution_cell("why", "essay", "hw1")
        gradebook.add_student("oh_jimin")
    with school.nbgrader() as gradebook, gradebook.db.no_autoflush:
        gradebook.add_submission("hw1", "oh_jimin")
        gradebook.find_grade("why", "essay", "hw1", "oh_jimin").manual_score = 4.0
        gradebook.db.commit()
    assert school.sync().others == {"essay": 5.0}
    with school.nbgrader() as gradebook:
        assert gradebook.find_grade("why", "essay", "hw1", "oh_jimin").score == 4.0
        assert gradebook.find_assignment("hw1").max_score == 105.0
        notebook = gradebook.find_submission_notebook(NOTEBOOK, "hw1", "oh_jimin")
        assert notebook.score == pytest.approx(school.totals()["oh_jimin"])


def test_an_id_that_nbgrader_has_no_room_for_is_said(school):
    path = school.out / "records" / "hw1" / "oh_jimin.json"
    record = json.loads(path.read_text(encoding="utf-8")) | {"student": "x" * 129}
    path.write_text(json.dumps(record), encoding="utf-8")
    done = school.sync()
    assert done.too_long == ["x" * 129]
    assert "x" * 129 not in school.scores()


@pytest.mark.parametrize(
    ("function", "check", "name"),
    [
        ("LSTM.dropout", "", "LSTM-dropout"),
        ("LSTM.dropout", "is_off", "LSTM-dropout--is_off"),
        ("정규화", "", "-00c815-00addc-00d654"),
    ],
)
def test_names_are_those_that_nbgrader_allows(function, check, name):
    assert cell_name(function, check) == name


def test_a_long_name_is_cut_and_stays_its_own():
    first, second = cell_name("f", "x" * 200), cell_name("f", "x" * 201)
    assert len(first) == len(second) == 128
    assert first != second


def test_two_assignments_stand_in_one_gradebook(tmp_path):
    school = School(tmp_path)
    described = json.loads((school.out / "assignments" / "hw1.json").read_text(encoding="utf-8"))
    (school.out / "assignments" / "hw2.json").write_text(json.dumps({**described, "id": "hw2"}))
    record = json.loads((school.out / "records" / "hw1" / "oh_jimin.json").read_text("utf-8"))
    (school.out / "records" / "hw2").mkdir()
    text = json.dumps({**record, "assignment": "hw2"})
    (school.out / "records" / "hw2" / "oh_jimin.json").write_text(text, encoding="utf-8")
    from grader.course.folder import Course
    from grader.export.gradebook.sync import sync

    done = sync(school.out, school.url, Course(school.root), "ko")
    assert [(one.assignment, one.written) for one in done] == [("hw1", len(RECORDS)), ("hw2", 1)]
    with school.nbgrader() as gradebook:
        assert gradebook.find_submission("hw2", "oh_jimin").score == pytest.approx(
            gradebook.find_submission("hw1", "oh_jimin").score
        )


TOLD = """
from grader.export.gradebook.sync import _told
from grader.records.people import People
print(_told(People(on_roster=frozenset(str(n) for n in range(40)))))
"""


def test_a_roster_is_alike_in_every_process():
    """Else everybody would be written again at every run."""

    def told(seed):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        call = [sys.executable, "-c", TOLD]
        return subprocess.run(call, env=environment, check=True, capture_output=True).stdout

    assert told("1") == told("2")
