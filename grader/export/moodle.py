"""Scores and comments into the grading worksheet that was downloaded from Moodle.

    Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade",...
    "Participant 1041","Kim Minsu",20271,k@x.edu,...

Only `Grade` and `Feedback comments` change. What Moodle reads of the file, and how: its
`lib/csvlib.class.php` and `mod/assign/feedback/offline/`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.export.comment import is_ours
from grader.export.joining import Filled, Graded, Line, Untouched, join
from grader.export.lms_file import delimiter, is_already, read, rows, text
from grader.export.sheet import Cell, Sheet
from grader.records.people import People
from grader.report import formatting

# What a column holds -> its titles, folded and without blanks; a site may mix languages.
_COLUMNS = {
    "moodle": {"identifier", "식별자"},
    "name": {"fullname", "성명", "이름", "전체이름"},
    "id": {"idnumber", "id번호", "학번", "아이디번호"},
    "email": {"emailaddress", "이메일", "이메일주소", "전자우편", "메일주소"},
    "grade": {"grade", "성적", "점수"},
    "maximum": {"maximumgrade", "최대성적", "최고성적", "최대점수"},
    "changes": {"gradecanbechanged", "성적변경가능"},
    "scale": {"scale", "척도"},
    "comment": {"feedbackcomments", "피드백코멘트", "피드백댓글", "피드백의견"},
}
_NO = {"no", "아니오", "아니요"}
# Moodle cuts the word off by its length in the site's language: English has a blank at its end.
_IDENTIFIER = re.compile(r"(?:Participant |(?!Participant)\D*)(?P<number>\d+)")


def fill(path: Path, everybody: Sequence[Graded], people: People) -> Filled:
    """The worksheet with each student's score and comment.

    A comment that a person wrote stays. Raises `UsageError` for a file that Moodle would refuse.
    """
    data = read(path)
    sheet = Sheet(data, delimiter(data, b",;\t"), backslash=True)
    titles, *lines = rows(path, sheet) or [[]]
    columns = _columns(path, titles)
    _refuse_ragged(path, titles, lines)
    cells = {_line(row_number, row, columns): row for row_number, row in enumerate(lines, 2)}
    joined, strangers, absent = join(list(cells), everybody, people)
    maxima = {text(row, columns.get("maximum")) for row in lines}
    filled = Filled(strangers=strangers, absent=absent)
    filled.possible = maxima.pop() if len(maxima) == 1 else ""
    texts: dict[Cell, str] = {}
    for line, graded in joined:
        row = cells[line]
        if reason := _kept(row, graded, columns):
            filled.kept.append(Untouched(graded, reason))
        else:  # a comment tells the score, too
            texts |= _grade(row, graded, columns, filled) | _comment(row, graded, columns, filled)
    filled.data = sheet.filled(texts)
    return filled


def _columns(path: Path, titles: list[Cell]) -> dict[str, int]:
    """Kind -> column. Raises `UsageError` where Moodle would find no person or no points."""
    folded = ["".join(cell.text.casefold().split()) for cell in titles]
    found = {
        kind: at
        for kind, names in _COLUMNS.items()
        for at, title in enumerate(folded)
        if title in names
    }
    if "moodle" not in found or "grade" not in found:
        shown = ", ".join(cell.text.strip() for cell in titles) or "-"
        raise UsageError("export.moodle_header", file=path, found=shown)
    if "scale" in found:
        raise UsageError("export.moodle_scale", file=path)
    return found


def _refuse_ragged(path: Path, titles: list[Cell], lines: list[list[Cell]]) -> None:
    """Because of one such row Moodle takes nothing from the whole file."""
    for row_number, row in enumerate(lines, 2):
        if len(row) != len(titles):
            raise UsageError(
                "export.moodle_ragged",
                file=path,
                row=row_number,
                cells=len(row),
                columns=len(titles),
            )


def _line(row_number: int, row: list[Cell], columns: dict[str, int]) -> Line:
    identifier = _IDENTIFIER.fullmatch(row[columns["moodle"]].text)
    own = text(row, columns.get("id"))
    kinds = [
        ("moodle", identifier["number"] if identifier else ""),
        ("id", own),
        ("sis", own),
        ("email", text(row, columns.get("email"))),
    ]
    name = text(row, columns.get("name"))
    known = tuple((kind, value) for kind, value in kinds if value) if identifier else ()
    return Line(row_number, name, known)


def _kept(row: list[Cell], graded: Graded, columns: dict[str, int]) -> str:
    """Why the row stays as it is; "" where it does not."""
    if graded.score is None:
        return "no_score"
    if text(row, columns.get("changes")).casefold() in _NO:
        return "locked"
    most = text(row, columns.get("maximum")).replace(",", ".")
    is_number = re.fullmatch(r"\d+(?:\.\d+)?", most)
    return "too_much" if is_number and float(most) < round(graded.score, 2) else ""


def _grade(
    row: list[Cell], graded: Graded, columns: dict[str, int], filled: Filled
) -> dict[Cell, str]:
    cell = row[columns["grade"]]
    assert graded.score is not None
    filled.count(graded)
    said = formatting.points(graded.score)
    return {} if is_already(cell.text, graded.score) else {cell: said}


def _comment(
    row: list[Cell], graded: Graded, columns: dict[str, int], filled: Filled
) -> dict[Cell, str]:
    if "comment" not in columns or not graded.comment:
        return {}
    cell = row[columns["comment"]]
    if cell.text.strip() and not is_ours(cell.text):
        filled.kept.append(Untouched(graded, "comment"))
        return {}
    return {} if cell.text == graded.comment else {cell: graded.comment}
