"""No attack earns a point, reads a secret, or costs anybody else anything."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from grader.i18n import say
from tests.attacks import table
from tests.attacks.rows import HERE, HONEST

ROWS = table.rows()
QUESTIONS = ("azalea", "begonia", "crocus")
# what only the hidden checks know
ANSWERS = ("734915206118", "918273645546", "271828182845", "0.841470984", "0.841470957")
PLANTED = (
    "PLANTED-in-the-hidden-checks",
    "PLANTED-in-the-reference",
    "PLANTED-in-a-submission",
    "PLANTED-in-the-environment",
    "PLANTED-beside-the-records",
)


def named(rows):
    return {"argvalues": rows, "ids": [f"{row.family}-{row.name}" for row in rows]}


@pytest.mark.parametrize("row", **named(ROWS))
def test_attack(graded, row):
    record = graded.records[row.student]
    assert record.status == ("graded" if row.check else row.outcome)
    checks = [check for exercise in record.exercises for check in exercise.checks]
    assert "GOT" not in "\n".join(check.output + check.detail for check in checks)
    assert record.points == row.earns
    if row.check:
        check = next(check for check in checks if check.id == row.check)
        message = check.message
        assert (check.outcome, message.code if message else "") == (row.outcome, row.reads)
        sentence = say(message.code, message.fields, "en") if message else ""
        assert row.staff in check.detail + check.output + sentence
    else:
        assert record.problem.code == row.reads
        assert row.staff in json.dumps(record.to_json(), ensure_ascii=False)


def test_the_neighbours_get_what_they_earned(graded):
    points = {name: graded.records[name].points for name in graded.neighbours}
    assert points == dict.fromkeys(graded.neighbours, HONEST)
    outcomes = {
        tuple(
            check.outcome
            for exercise in graded.records[name].exercises
            for check in exercise.checks
        )
        for name in graded.neighbours
    }
    assert len(outcomes) == 1


def test_the_batch_ends_well(graded):
    assert graded.exit_code == 0, graded.output
    assert len(graded.records) == len(ROWS) + len(graded.neighbours)


def test_nothing_was_sent(graded):
    assert graded.heard == []


def test_no_process_is_left(graded):
    assert graded.orphans == []


def test_no_file_of_anybody_is_changed(graded):
    assert graded.changed == []


def test_no_file_is_left(graded):
    folders = [Path(folder) for folder in (tempfile.gettempdir(), "/var/tmp", "/dev/shm", "/run")]
    marks = (f"left-behind-{graded.token}", f"meet-{graded.token}")
    # `walk` passes over what other tests remove meanwhile, as `glob` does not
    found = []
    for folder in folders:
        for where, inner, files in os.walk(folder):
            found += [Path(where, name) for name in (*inner, *files) if name in marks]
            if len(Path(where).relative_to(folder).parts) == 3:
                inner.clear()
    assert found == []


def texts(folder):
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes().decode("utf-8", "replace")  # one is a database


def test_nothing_planted_comes_out_anywhere(graded):
    found = [
        (path.name, secret)
        for path, text in [*texts(graded.out), (Path("output"), graded.output)]
        for secret in PLANTED
        if secret in text and path.name != "notes.txt"
    ]
    assert found == []


def test_a_student_reads_neither_hidden_inputs_nor_answers(graded):
    plain = [f"hidden-question-{word}" for word in QUESTIONS]
    encoded = [
        *(text.encode().hex() for text in plain),
        *(str(int.from_bytes(text.encode(), "big"))[:40] for text in plain),
        *(text[::-1] for text in plain),
    ]
    pages = list(texts(graded.out / "feedback"))
    assert len(pages) == 2 * len(graded.records)  # in two languages
    found = [
        (path.parts[-3], secret)
        for path, text in pages
        for secret in (*QUESTIONS, *encoded, *ANSWERS)
        if secret in text
    ]
    assert found == []


def test_pages_show_what_students_wrote_and_run_none_of_it(graded):
    for path, text in [*texts(graded.out / "feedback"), *texts(graded.out / "report")]:
        assert "<script>alert('attack')" not in text, path
        assert not re.search(r"<img[^>]*onerror", text), path
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), path
    page = (graded.out / "feedback" / "reports-html" / "attacked" / "feedback.html").read_text()
    assert "&lt;script&gt;" in page
    assert (
        "{{ 7 * 7 }}"
        in (graded.out / "feedback/reports-template/attacked/feedback.html").read_text()
    )


def test_tables_hold_no_formula_and_xml_is_well_formed(graded):
    scores = graded.out / "scores" / "attacked"
    with (scores / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert any("HYPERLINK" in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))] == []
    ET.parse(scores / "junit.xml")
    json.loads((scores / "scores.json").read_text(encoding="utf-8"))


def test_the_output_obeys_no_student(graded):
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", graded.output)
    assert [line for line in graded.output.splitlines() if line.startswith("::")] == []
    assert "[bold red]" in graded.output  # a name, and no colour


@pytest.mark.parametrize("row", **named([row for row in ROWS if row.bare]))
def test_without_a_wall_the_attack_works(graded, row, tmp_path):
    """A row proves something only if the act is real: here the same file runs by itself."""
    package = tmp_path / "attacked"
    package.mkdir()
    (package / row.file).write_text(row.source)
    (package / "acts.py").write_text(
        (graded.root / "submitted" / row.student / "acts.py").read_text()
    )
    run = subprocess.run(
        [sys.executable, "-c", "from attacked.vault import guess; guess('hidden-question-azalea')"],
        cwd=tmp_path,
        env={"GRADER_SECRET": "PLANTED-in-the-environment", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "GOT" in run.stdout, run.stderr


def test_there_are_enough(graded):
    assert len(ROWS) >= 80
    assert {row.family for row in ROWS} == {path.name for path in (HERE / "corpus").iterdir()} | {
        "packaging"
    }


def test_the_table_in_the_documentation_is_current():
    text = table.DOCUMENT.read_text(encoding="utf-8")
    assert text == table.document(text), "python -m tests.attacks.table"
