"""Scores into Canvas' gradebook: our cells only, joined by ids only."""

import re

import pytest
from click.testing import CliRunner

from grader.cli.main import main
from tests.export import consumers, odd_class

EVERYBODY = odd_class.people()
ASSIGNMENT = 4314282


def export(out, *arguments, code=0):
    result = CliRunner().invoke(main, ["export", "canvas", str(out), "hw1", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """OUT of the odd class, and its scores."""
    folder = tmp_path_factory.mktemp("canvas")
    book = folder / "gradebook.csv"
    book.write_bytes(odd_class.gradebook(EVERYBODY))
    download = odd_class.canvas_download(folder / "submissions", EVERYBODY)
    return folder / "out", odd_class.graded(folder / "out", download, book, EVERYBODY)


def filled(graded, tmp_path, data, *options):
    book, target = tmp_path / "book.csv", tmp_path / "filled.csv"
    book.write_bytes(data)
    said = export(graded[0], book, "-o", target, "--column", ASSIGNMENT, *options)
    return target.read_bytes(), said


@pytest.mark.parametrize(
    "form",
    [{}, {"end": "\n"}, {"delimiter": ";"}, {"start": "\ufeff"}],
    ids=["crlf", "lf", "semicolon", "bom"],
)
def test_300_people_come_back(graded, tmp_path, form):
    before = odd_class.gradebook(EVERYBODY, **form)
    after, _ = filled(graded, tmp_path, before)
    read, was = consumers.canvas(after, ASSIGNMENT), consumers.canvas(before, ASSIGNMENT)
    assert len(read) == len(was) == 301  # and the test student
    scores = graded[1]
    for _, user, _, _ in EVERYBODY:
        if was[user] == "EX":
            assert read[user] == "EX"
        else:
            assert float(read[user]) == pytest.approx(scores[str(user)] + 0.5, abs=0.005)


def test_no_other_byte_changes(graded, tmp_path):
    before = odd_class.gradebook(EVERYBODY)
    after, _ = filled(graded, tmp_path, before)
    at = before.index(b"\r\n", before.index(b"Points Possible"))
    cell = rb'(?:[^,"\r\n]*|"(?:[^"]|"")*")'
    own = rb"((?:%b,){7})(%b)((?:,%b){2}\r\n)" % (cell, cell, cell)
    rows = [list(re.finditer(own, data[at + 2 :])) for data in (before, after)]
    assert len(rows[0]) == len(rows[1]) == 301
    assert before[: at + 2] == after[: at + 2]
    assert [m.group(1, 3) for m in rows[0]] == [m.group(1, 3) for m in rows[1]]
    assert sum(a[2] != b[2] for a, b in zip(*rows, strict=True)) > 290


def test_excused_stays_and_is_said(graded, tmp_path):
    data = odd_class.gradebook(EVERYBODY[:4])
    data = data.replace(b"3.50,EX,", b"3.50,N/A,") + b'Extra,1,S,login,L,,,"EX",1,2\r\n'
    after, said = filled(graded, tmp_path, data)
    assert b"3.50,N/A," in after
    assert b'"EX",1,2' in after
    assert "N/A" in said


def test_everybody_who_is_not_joined_is_listed(graded, tmp_path):
    """Of two of the same name none is taken for the other."""
    data = odd_class.gradebook([*EVERYBODY[:8], ("홍길동", 77, "", "nobody")])
    after, said = filled(graded, tmp_path, data)
    assert consumers.canvas(after, ASSIGNMENT)[77] == ""
    assert re.search(r"row 12: 홍길동", said)
    assert said.count("홍길동") == 1 + 29  # the row, and those of the class who are not in the file
    assert all(str(user) in said for _, user, _, _ in EVERYBODY[8:])


def test_ids_that_contradict_each_other_join_nobody(graded, tmp_path):
    (name, user, _, _), (_, _, other, _) = EVERYBODY[:2]
    data = odd_class.gradebook([(name, user, other, "")])
    after, said = filled(graded, tmp_path, data)
    assert consumers.canvas(after, ASSIGNMENT)[user] == ""
    assert "row 4: Kim, Minsu" in said


def test_a_row_without_canvas_id_is_joined_by_the_university_number(graded, tmp_path):
    data = odd_class.gradebook([EVERYBODY[1]]).replace(b",50007,", b",,")
    after, _ = filled(graded, tmp_path, data)
    assert float(consumers.canvas(after, ASSIGNMENT)[0]) > 0


def test_a_score_that_is_there_already_is_left_as_it_is_written(graded, tmp_path):
    once, _ = filled(graded, tmp_path, odd_class.gradebook(EVERYBODY[:30]))
    own = next(float(v) for v in consumers.canvas(once, ASSIGNMENT).values() if "." in v)
    again = once.replace(f"{own:g}".encode(), f"{own:.3f}".encode())
    assert filled(graded, tmp_path, again)[0] == again


def test_points_of_the_lms_that_differ_are_said(graded, tmp_path):
    data = odd_class.gradebook(EVERYBODY[:2])
    assert "possible points" not in filled(graded, tmp_path, data)[1]
    assert "50.00 possible" in filled(graded, tmp_path, data.replace(b"100.00", b"50.00"))[1]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ((b"SIS Login ID,", b""), "not a gradebook"),
        ((b",50000,", b",5.0E+04,"), "has lost digits"),
        ((b'"Kim, Minsu"', b'"Kim, Minsu'), "quotation mark"),
    ],
    ids=["header", "digits", "quote"],
)
def test_what_canvas_would_take_wrongly_is_refused(graded, tmp_path, change, says):
    book = tmp_path / "book.csv"
    book.write_bytes(odd_class.gradebook(EVERYBODY[:5]).replace(*change))
    said = export(graded[0], book, "-o", tmp_path / "filled.csv", "--column", ASSIGNMENT, code=2)
    assert says in said
    assert not (tmp_path / "filled.csv").exists()


def test_the_column_is_found_by_the_name_of_the_assignment_or_asked_for(graded, tmp_path):
    book, target = tmp_path / "book.csv", tmp_path / "filled.csv"
    data = odd_class.gradebook(EVERYBODY[:3])
    book.write_bytes(data)
    assert "--column" in export(graded[0], book, "-o", target, code=2)
    book.write_bytes(data.replace(b"HW0 (77)", b"hw1 (77)"))
    export(graded[0], book, "-o", target)
    assert consumers.canvas(target.read_bytes(), 77)[50_000] != "0.50"
    book.write_bytes(data.replace(b"HW0 (77)", b"hw1 (77)").replace(b"Notes", b"HW1"))
    said = export(graded[0], book, "-o", target, "--column", "HW1", code=2)
    assert "hw1 (77), HW1" in said.replace("HW1, hw1 (77)", "hw1 (77), HW1")


def test_records_of_another_assignment_are_named(graded, tmp_path):
    book = tmp_path / "book.csv"
    book.write_bytes(odd_class.gradebook(EVERYBODY[:3]))
    result = CliRunner().invoke(main, ["export", "canvas", str(graded[0]), "hw9", str(book)])
    assert result.exit_code == 2
    assert "It has: hw1" in result.output
