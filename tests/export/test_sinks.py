"""Formulas and direction marks in a name are harmless wherever it goes."""

import csv
import json
import re
import shutil

import pytest
from click.testing import CliRunner

from grader.cli.main import main
from grader.export.files import files
from grader.report.build import build
from tests.export import odd_class
from tests.report import example_class

SIGNS = "=+-@＝＋－＠\t\r"
STARTS = [*SIGNS, "\u200b=", "\u202e=", " ＝", "\u00a0@", "\n=", "\u3000＋", "\ufeff="]
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
NAMES = [f"{start}cmd|' /C calc'!A0\u202e\x1b[2J ::error::x ##[group]" for start in STARTS]


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """OUT whose students chose these names; the intake would have cleaned them."""
    folder = tmp_path_factory.mktemp("sinks") / "out"
    base = example_class.class_records()["kim_minjun"]
    records = {f"s{i}": type(base)(**{**vars(base), "student": f"s{i}"}) for i in range(len(NAMES))}
    example_class.write(folder, records)
    people = [{"id": student, "name": name} for student, name in zip(records, NAMES, strict=True)]
    (folder / "intake").mkdir()
    (folder / "intake" / "hw1.json").write_text(json.dumps({"people": people}))
    build(folder, "en", files(with_junit=True))
    return folder


def run(*arguments, code=0):
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exit_code == code, result.output
    return result.output


def tables(out):
    run("export", "csv", out, "hw1")
    run("export", "pages", out, "hw1")
    made = out / "export" / "hw1"
    return [out / "scores" / "hw1" / "scores.csv", made / "checks.csv", made / "links.csv"]


def test_csv(out):
    for path in tables(out):
        text = path.read_text(encoding="utf-8")
        assert not UNSEEN.search(text), path
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == len(NAMES)
        assert all("calc" in row["name"] for row in rows)
        cells = [cell for row in rows for cell in row.values()]
        assert not any(cell.strip(" \u00a0\u3000\n").startswith(tuple(SIGNS)) for cell in cells)


def test_excel_gets_a_byte_order_mark_only_where_it_is_asked_for(out, tmp_path):
    with_mark, without = tmp_path / "a.csv", tmp_path / "b.csv"
    run("export", "csv", out, "hw1", "-o", with_mark, "--excel")
    run("export", "csv", out, "hw1", "-o", without)
    assert with_mark.read_bytes() == b"\xef\xbb\xbf" + without.read_bytes()


def test_a_column_for_each_exercise_and_check(out):
    run("export", "csv", out, "hw1")
    with (out / "export" / "hw1" / "checks.csv").open(newline="", encoding="utf-8") as file:
        row = next(csv.DictReader(file))
    record = json.loads((out / "records" / "hw1" / "s0.json").read_text())
    for exercise in record["exercises"]:
        assert float(row[exercise["id"]]) == exercise["points"]
        for check in exercise["checks"]:
            assert row[f"{exercise['id']}.{check['id']}"] == check["outcome"]


def test_who_left_the_roster_is_in_no_table(out, tmp_path):
    copy = tmp_path / "out"
    shutil.copytree(out, copy)
    roster = {"people": [{"id": "s1", "name": "Kim", "ids": {}}]}
    (copy / "roster.json").write_text(json.dumps(roster))
    run("export", "csv", copy, "hw1")
    assert len((copy / "export" / "hw1" / "checks.csv").read_text().splitlines()) == 2


@pytest.mark.parametrize("place", ["scores/hw1/junit.xml", "report/hw1/index.html"])
def test_junit_and_the_class_page(out, place):
    text = (out / place).read_text(encoding="utf-8")
    assert text.count("calc") >= len(NAMES)
    assert not UNSEEN.search(text)


def test_feedback_pages(out):
    for path in out.glob("feedback/*/hw1/*.html"):
        text = path.read_text(encoding="utf-8")
        assert "calc" in text
        assert not UNSEEN.search(text)


def test_terminal(out, tmp_path):
    book = tmp_path / "book.csv"
    book.write_bytes(odd_class.gradebook([(name, i, "", "") for i, name in enumerate(NAMES)]))
    said = run("export", "canvas", out, "hw1", book, "--column", "77")
    assert said.count("calc") == 2 * len(NAMES)  # in the file, and graded: nobody is joined
    assert not UNSEEN.search(said)
    assert not re.search(r"::error::|##\[", said)


def test_terminal_when_it_is_an_error(out):
    said = run("export", "csv", out, "\u202e\x1b[2J##[group]", code=2)
    assert "group" in said
    assert not UNSEEN.search(said)
    assert "##[" not in said
