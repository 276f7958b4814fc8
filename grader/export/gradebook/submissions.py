"""Students, what they handed in, and the grades of it: many rows at a time, none of them twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, or_, select

from grader.export.gradebook import tables
from grader.export.gradebook.grades import Graded
from grader.export.gradebook.reconcile import CellIds
from grader.export.gradebook.tables import new_id
from grader.records.decisions import Decision
from grader.report import escape

_LONGEST = 128  # letters of an id or a name in nbgrader's schema
_NOTHING = Decision("", "", None, 0.0, "")


@dataclass(frozen=True)
class Place:
    """Rows of one assignment: of itself, and of our notebook in it."""

    assignment: str
    notebook: str
    cells: Mapping[str, CellIds]


@dataclass(frozen=True)
class Submission:
    """What is to be written of one student."""

    student: str
    name: str
    ids: Mapping[str, str]  # "email", "canvas"
    is_missing: bool  # handed in nothing: nbgrader knows only the student then
    handed_in: datetime | None  # UTC, without a zone, as nbgrader has it
    grades: Mapping[str, Graded]
    decisions: Mapping[str, Decision]  # by cell, as they were last read

    @property
    def fits(self) -> bool:
        """Whether nbgrader has room for the student's id."""
        return len(self.student) <= _LONGEST and "\0" not in self.student


def write(
    connection: Connection, place: Place, submissions: Sequence[Submission]
) -> dict[str, str]:
    """Write all of it, whether it is there or not; what people wrote stays as it is.

    In another database than the last time, what they wrote there comes along with the new rows.
    Returns the id of each student's notebook.
    """
    students = [_student(submission) for submission in submissions]
    # somebody who is known already may have been described by a person
    tables.put(connection, tables.student, students, key=["id"])
    _hand_in(connection, place, [s for s in submissions if not s.is_missing])
    notebooks = _notebooks(connection, place, [s.student for s in submissions])
    grades, comments = [], []
    for submission in submissions:
        notebook = notebooks.get(submission.student)
        if notebook is None:
            continue
        for name, graded in submission.grades.items():
            cell, by_hand = place.cells[name], submission.decisions.get(name, _NOTHING)
            grades.append(
                {
                    "id": new_id(),
                    "cell_id": cell.grade,
                    "notebook_id": notebook,
                    "auto_score": graded.score,
                    "manual_score": by_hand.points,
                    "extra_credit": by_hand.extra or None,
                    "needs_manual_grade": graded.score is None and by_hand.points is None,
                }
            )
            comments.append(
                {
                    "id": new_id(),
                    "cell_id": cell.solution,
                    "notebook_id": notebook,
                    "auto_comment": graded.comment or None,
                    "manual_comment": by_hand.comment or None,
                }
            )
    _grade(connection, grades, comments)
    return notebooks


def fill(connection: Connection, cells: Iterable[CellIds], notebooks: Iterable[str]) -> None:
    """Rows for cells that nobody has graded yet: nbgrader fails where there is none."""
    pairs = [(cell, notebook) for notebook in notebooks for cell in cells]
    grades = [
        {"id": new_id(), "cell_id": cell.grade, "notebook_id": notebook, "needs_manual_grade": True}
        for cell, notebook in pairs
    ]
    comments = [
        {"id": new_id(), "cell_id": cell.solution, "notebook_id": notebook}
        for cell, notebook in pairs
    ]
    key = ["cell_id", "notebook_id"]
    tables.put(connection, tables.grade, grades, key=key)
    tables.put(connection, tables.comment, comments, key=key)


def states(connection: Connection, place: Place) -> dict[str, str]:
    """Of each handed in notebook how many scores it has, and their sum: whether they are ours."""
    grade, notebook = tables.grade.c, tables.submitted_notebook.c
    rows = connection.execute(
        select(notebook.id, func.count(grade.auto_score), func.sum(grade.auto_score))
        .outerjoin(tables.grade, grade.notebook_id == notebook.id)
        .where(notebook.notebook_id == place.notebook)
        .group_by(notebook.id)
    )
    return {id_: f"{count} {round(total or 0, 3)}" for id_, count, total in rows}


def _student(submission: Submission) -> dict[str, Any]:
    last, comma, first = submission.name.partition(", ")  # as Canvas sorts them
    ids = submission.ids
    return {
        "id": submission.student,
        "last_name": _shown(last) if submission.name else None,
        "first_name": _shown(first) if comma else "" if submission.name else None,
        "email": _shown(ids["email"]) if ids.get("email") else None,
        "lms_user_id": _shown(ids["canvas"]) if ids.get("canvas") else None,
    }


def _shown(text: str) -> str:
    """nbgrader writes it between commas, without quotes, for whatever opens a CSV file."""
    plain = escape.visible(" ".join(text.replace(",", " ").split()))
    return str(escape.cell(plain))[:_LONGEST]


def _hand_in(connection: Connection, place: Place, submissions: Sequence[Submission]) -> None:
    rows = [
        {
            "id": new_id(),
            "assignment_id": place.assignment,
            "student_id": submission.student,
            "timestamp": submission.handed_in,
        }
        for submission in submissions
    ]
    table = tables.submitted_assignment

    def known(new: Any) -> dict[str, Any]:
        return {"timestamp": func.coalesce(new.timestamp, table.c.timestamp)}

    tables.put(connection, table, rows, key=["assignment_id", "student_id"], follows=known)
    handed_in = table.c
    ids = connection.execute(
        select(handed_in.id).where(
            handed_in.assignment_id == place.assignment,
            handed_in.student_id.in_([submission.student for submission in submissions]),
        )
    ).scalars()
    notebooks = [
        {"id": new_id(), "assignment_id": id_, "notebook_id": place.notebook, "flagged": False}
        for id_ in ids
    ]
    key = ["notebook_id", "assignment_id"]
    tables.put(connection, tables.submitted_notebook, notebooks, key=key)


def _notebooks(connection: Connection, place: Place, students: Sequence[str]) -> dict[str, str]:
    """Student -> id of the notebook that was handed in."""
    handed_in, notebook = tables.submitted_assignment.c, tables.submitted_notebook.c
    own = (handed_in.assignment_id == place.assignment, notebook.notebook_id == place.notebook)
    rows = connection.execute(
        select(handed_in.student_id, notebook.id)
        .join(tables.submitted_notebook, notebook.assignment_id == handed_in.id)
        .where(*own, handed_in.student_id.in_(students))
    )
    return {row.student_id: row.id for row in rows}


def _grade(
    connection: Connection, grades: Sequence[dict[str, Any]], comments: Sequence[dict[str, Any]]
) -> None:
    grade, key = tables.grade.c, ["cell_id", "notebook_id"]

    def review(new: Any) -> dict[str, Any]:
        # as nbgrader does it: a new score under a person's is for the person to look at
        is_new = grade.auto_score.is_distinct_from(new.auto_score)
        asks = or_(grade.manual_score.is_not(None), new.auto_score.is_(None))
        return {"needs_manual_grade": case((is_new, asks), else_=grade.needs_manual_grade)}

    tables.put(connection, tables.grade, grades, key=key, change=["auto_score"], follows=review)
    tables.put(connection, tables.comment, comments, key=key, change=["auto_comment"])
