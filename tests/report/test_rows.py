"""The rows of the table of a class."""

from dataclasses import replace

import pytest

from grader.records import assignment_snapshot
from grader.report import pages, rows
from grader.report.results import Entry
from tests.report import example_class


@pytest.mark.parametrize(("one", "other"), [(0.0, -0.0), (-0.0, 0.0), (1, 1.0)])
def test_a_cell_is_as_its_own_number_is_written(report, one, other):
    """Whoever stands above: equal numbers need not be the same text."""
    snapshot = assignment_snapshot.load(report / "assignments" / "hw1.json")
    right = example_class.class_records()["hong_gildong"]
    students = []
    for points in (one, other):
        first, *others = right.exercises
        record = replace(right, exercises=[replace(first, points=points), *others])
        students.append(rows.row(snapshot, Entry(record.student, record), "en", ""))
    text = pages.render("rows.html.j2", "en", [], {"students": students, "extra_possible": 0})
    cells = [row.partition('<td class="cell')[2].partition(">")[0] for row in text.split("</tr>")]
    assert f'data-number="{one}"' in cells[0]
    assert f'data-number="{other}"' in cells[1]
