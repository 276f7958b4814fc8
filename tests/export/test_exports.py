"""scores.csv, scores.json and junit.xml say what the records say."""

import csv
import json
from collections import Counter
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from grader.cli.main import main
from tests.report import example_class


@pytest.fixture(scope="module")
def records():
    return example_class.class_records()


@pytest.fixture(scope="module")
def rows(report):
    data = (report / "scores" / "hw1" / "scores.csv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(data.decode("utf-8").splitlines()))


@pytest.fixture(scope="module")
def root(report):
    return ET.parse(report / "scores" / "hw1" / "junit.xml").getroot()


def test_csv_has_a_row_a_student_and_a_column_an_exercise(rows, records):
    assert len(rows) == len(records)
    exercises = [entry[0] for entry in example_class.EXERCISES]
    first = ["student", "name", "total", "possible", "extra", "status"]
    assert list(rows[0]) == [*first, *exercises, "problem"]


def test_csv_has_the_records_figures(rows, records):
    by_name = {row["student"]: row for row in rows}
    for name in ("oh_jimin", "김민수"):
        row, record = by_name[name], records[name]
        assert float(row["total"]) == record.points
        assert float(row["extra"]) == record.extra_points
        assert float(row["tfidf"]) == record.exercises[3].points


def test_csv_of_a_broken_record_has_no_total(rows):
    row = next(row for row in rows if row["student"] == "bae_regrade")
    assert (row["total"], row["status"], row["cleaning"]) == ("", "broken", "")


def test_csv_of_an_ungradable_submission_has_zeros_and_the_reason(rows):
    row = next(row for row in rows if row["student"] == "han_empty")
    assert (row["total"], row["status"], row["tfidf"]) == ("0.0", "ungradable", "0.0")
    assert "text.py" in row["problem"]


def test_csv_runs_no_formula(rows):
    assert any(row["student"].startswith("'=HYPERLINK") for row in rows)
    cells = [cell for row in rows for cell in row.values()]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_json_has_every_check(report, records):
    data = json.loads((report / "scores" / "hw1" / "scores.json").read_text(encoding="utf-8"))
    assert data["schema"] == "grader/scores/v2"
    by_record = {student["record"]: student for student in data["students"]}
    assert set(by_record) == set(records)
    assert by_record["platform"]["points"] is None
    for stem, record in records.items():
        for exercise in record.exercises:
            told = by_record[stem]["exercises"][exercise.id]
            assert told["checks"] == {check.id: check.outcome for check in exercise.checks}
            assert told["functions"] == {f.name: f.points for f in exercise.functions}
            if exercise.points is not None:
                assert sum(told["functions"].values()) == pytest.approx(told["points"])


def test_json_has_a_line_for_each_student(report, records):
    text = (report / "scores" / "hw1" / "scores.json").read_text(encoding="utf-8")
    _, *students, last = text.splitlines()
    found = [json.loads(line.removesuffix(","))["record"] for line in students]
    assert (found, last) == (sorted(records), "]}")


def test_junit_has_a_suite_a_student_and_a_case_a_check(root, records):
    suites = {suite.get("name"): suite for suite in root}
    assert len(suites) == len(records)
    for record in records.values():
        checks = [check for exercise in record.exercises for check in exercise.checks]
        if checks and record.student in suites:
            assert [case.get("name") for case in suites[record.student].iter("testcase")] == [
                check.id for check in checks
            ]
    case = suites["oh_jimin"].find("testcase")
    assert case.get("classname") == "hw1.cleaning"


def test_junit_counts_add_up(root):
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases)
        for attribute, tag in (
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            assert int(suite.get(attribute)) == sum(case.find(tag) is not None for case in cases)
    for attribute in ("tests", "failures", "errors"):
        total = sum(int(suite.get(attribute)) for suite in root)
        assert int(root.get(attribute)) == total > 0


def test_junit_says_whose_matter_an_outcome_is(root, records):
    tags = {"student": "failure", "platform": "error", "nobody": "skipped"}
    expected = Counter(
        tags[check.outcome.owner]
        for record in records.values()
        for exercise in record.exercises
        for check in exercise.checks
        if check.outcome != "passed"
    )
    expected["failure"] += 2  # who could not be graded at all, and who handed in nothing
    found = Counter(child.tag for case in root.iter("testcase") for child in case)
    assert found == expected


def test_junit_of_an_ungradable_submission_is_a_failure(root):
    suite = next(suite for suite in root if suite.get("name") == "han_empty")
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    assert "text.py" in suite.find("testcase/failure").get("message")


def test_junit_properties_hold_the_points(root, records):
    suite = next(suite for suite in root if suite.get("name") == "oh_jimin")
    points = {entry.get("name"): entry.get("value") for entry in suite.iter("property")}
    record = records["oh_jimin"]
    assert float(points["points"]) == pytest.approx(record.points)
    assert float(points["points.tfidf"]) == pytest.approx(record.exercises[3].points)
    broken = next(suite for suite in root if suite.get("name") == "bae_regrade")
    assert any(
        entry.get("name") == "points" and entry.get("value") == ""
        for entry in broken.iter("property")
    )


_MOODLE = """Identifier,"Full name","ID number",Grade
"Participant 1","Kim",kim_minjun,
"Participant 2","Han",han_empty,
"Participant 3","Yang",yang_absent,
"""
_CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,hw1
"Kim",1,,kim_minjun,A,
"Han",2,,han_empty,A,
"Yang",3,,yang_absent,A,
"""


@pytest.mark.parametrize(("lms", "table"), [("moodle", _MOODLE), ("canvas", _CANVAS)])
@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "Of these, 0 points each: 1 handed in nothing, 1 could not be graded."),
        ("ko", "이 가운데 0점: 미제출 1명, 채점할 수 없음 1명."),
    ],
)
def test_zeros_for_what_was_not_graded_are_counted(report, tmp_path, lms, table, lang, said):
    def filled(text):
        (sheet := tmp_path / "sheet.csv").write_text(text)
        call = ["--lang", lang, "export", lms, str(report), "hw1", str(sheet)]
        return CliRunner().invoke(main, [*call, "-o", str(tmp_path / "filled.csv")]).output

    assert said in filled(table).splitlines()
    alone = "".join(table.splitlines(keepends=True)[:2])
    assert "0 points" not in (one := filled(alone))
    assert "0점:" not in one


@pytest.mark.parametrize(("lang", "said"), [("en", "it gets 0 points."), ("ko", "0점입니다.")])
def test_what_cannot_be_graded_has_0_points_in_every_language(report, lang, said):
    names = {"en": "feedback.html", "ko": "feedback.ko.html"}
    page = (report / "feedback" / "empty" / "hw1" / names[lang]).read_text()
    assert said in page
    assert "점수가 없" not in page
