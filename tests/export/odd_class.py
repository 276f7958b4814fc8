"""300 people with every oddity of names, as Canvas and as Moodle know them, and graded."""

import csv
import dataclasses
import io
import json
import random
import re

from grader.course import roster as rosters
from grader.intake.names import record_name
from tests.intake.layouts import intake, zipped
from tests.report import example_class

ODD = [
    "Kim, Minsu",
    'O"Hara "Bo", Lee',
    "Line\nBreak, Kim",
    "\u202eesreveR, Park",
    "🎉 Party, 박",
    "=1+1, Formula",
    "＝SUM(A1), Wide",
    "홍길동",
    "홍길동",
    "Back\\slash, Choi",
    'Quote\\"d, Back',
    "+82 10, Phone",
    "@here, Jung",
    "Muller; Semi, Ümlaut",
    "Zero\u200bwidth, Yu",
    "12345_678, Number",
    "Tab\there, Kang",
    "null",
    "N/A, Nobody",
    "Trailing\\",
]
COLUMN = 'HW1: 텍스트, "분류" (4314282)'
CANVAS_HEAD = [
    "Student",
    "ID",
    "SIS User ID",
    "SIS Login ID",
    "Section",
    "Notes",
    "HW0 (77)",
    COLUMN,
]
CANVAS_HEAD += ["Current Score", "Final Score"]
MOODLE_HEAD = ["Identifier", "Full name", "ID number", "Email address", "Status", "Grade"]
MOODLE_HEAD += ["Maximum grade", "Grade can be changed", "Last modified (submission)"]
MOODLE_HEAD += ["Online text", "Last modified (grade)", "Feedback comments"]


def people(count=300):
    """Name, Canvas user id, university's number, login; emails are missing for every third."""
    return [
        (ODD[i % len(ODD)], 50_000 + 7 * i, f"2027{i:04}", f"u{i}@x.edu" if i % 3 else "")
        for i in range(count)
    ]


def gradebook(everybody, *, end="\r\n", delimiter=",", start=""):
    """As Canvas writes it: 2 rows of notes, scores of another assignment, a test student."""
    rows = [CANVAS_HEAD, ["", "", "", "", "", "", "", "Manual Posting", "", ""]]
    rows.append(
        ["    Points Possible", "", "", "", "", "", "10.00", "100.00", "(read only)", "(read only)"]
    )
    for i, (name, user, number, mail) in enumerate(everybody):
        old = ["", "0.00", "12,5", "EX"][i % 4] if i % 50 == 3 else ""
        rows.append(
            [
                name,
                user,
                number,
                mail or f"u{i}",
                "LEC 1",
                "=note",
                f"{i % 10}.50",
                old,
                "1.00",
                "2",
            ]
        )
    rows.append(["Student, Test", 99, "", "e9f", "LEC 1", "", "", "", "", ""])
    return start.encode() + _csv(rows, end, delimiter)


def worksheet(everybody, *, end="\n", word="Participant ", head=MOODLE_HEAD, start=""):
    """As Moodle writes it through PHP's `fputcsv`."""
    rows = [head]
    for i, (name, user, number, mail) in enumerate(everybody):
        rows.append([
            f"{word}{user}", name, number if i % 5 else "", mail, "Submitted for grading - ", "",
            "100.00", "Yes", "Monday, 2 March 2026, 9:00 AM", '<p>text, with "quotes"</p>', "-", "",
        ])  # fmt: skip
    return start.encode() + _fputcsv(rows, end)


def _csv(rows, end, delimiter):
    text = io.StringIO()
    csv.writer(text, lineterminator=end, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


def _fputcsv(rows, end):
    """PHP doubles no quotation mark behind a backslash."""

    def cell(value):
        text = str(value)
        if not re.search(r'[,"\\\s]', text):
            return text
        return '"' + re.sub(r'(?<!\\)"', '""', text) + '"'

    return "".join(",".join(map(cell, row)) + end for row in rows).encode()


def graded(out, download, roster_file, everybody):
    """OUT as `grade` leaves it for what lies in `download`; gives student -> score."""
    roster = rosters.load(roster_file) if roster_file else None
    found = intake(download, roster)
    chance, scores = random.Random(14), {}
    base = example_class.class_records()["kim_minjun"]
    for folder in ("assignments", "intake", "records/hw1"):
        (out / folder).mkdir(parents=True)
    for person in found.people:
        scores[person.id] = round(chance.uniform(0, 99), chance.choice([0, 1, 2, 7]))
        record = dataclasses.replace(
            base, student=person.id, points=scores[person.id], extra_points=0.5
        )
        _json(out / "records" / "hw1" / f"{record_name(person.id)}.json", record.to_json())
    _json(out / "assignments" / "hw1.json", example_class.snapshot())
    _json(out / "intake" / "hw1.json", found.to_json())
    if roster:
        _json(out / "roster.json", roster.to_json())
    return scores


def _json(path, data):
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def canvas_download(folder, everybody):
    """The bulk download, unpacked: letters of the name, user, attachment, file."""
    folder.mkdir()
    for i, (name, user, _, _) in enumerate(everybody):
        letters = re.sub(r"\W", "", name).lower()
        late = "_LATE" if i % 9 == 0 else ""
        (folder / f"{letters}{late}_{user}_{900_000 + i}_hw1.zip").write_bytes(zipped())
    return folder


def moodle_download(folder, everybody):
    """The bulk download, unpacked: a folder for each."""
    for name, user, _, _ in everybody:
        clean = re.sub(r'[\\/:*?"<>|\x00-\x1f_]', " ", name)
        place = folder / f"{clean}_{user}_assignsubmission_file_"
        place.mkdir(parents=True)
        (place / "hw1.zip").write_bytes(zipped())
    return folder
