"""How Canvas, Moodle and Dolos read a file: written after their sources, sharing no line with ours.

Canvas: `lib/gradebook_importer.rb`, `infer_comment_context_from_filename`. Moodle: PHP's `fgetcsv`,
`lib/csvlib.class.php`, `importgradeslib.php` and `importziplib.php` of `mod/assign/feedback`. Dolos:
`lib/src/lib/dataset.ts`.
"""

import csv
import io
import re
import zipfile
from pathlib import PurePosixPath


class Refused(Exception):
    """The whole file is."""


def canvas(data, assignment):
    """Canvas user id -> what it reads in the column of the assignment with that number."""
    text = data.decode("utf-8")
    lines = text.split("\n")[:3]
    counts = {}
    for separator in ";,":
        widths = {len(next(csv.reader([line], delimiter=separator), [])) for line in lines if line}
        counts[separator] = widths.pop() if len(widths) == 1 else 0
    separator = ";" if counts[";"] > counts[","] else ","
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    if not (len(header) > 3 and "Student" in header[0] and "ID" in header[1]):
        raise Refused
    columns = 3
    if "SIS Login ID" in header[2]:
        columns = 4
    elif "SIS User ID" in header[2] and "SIS Login ID" in header[3]:
        columns = 5
    if "Section" not in header[columns - 1]:
        raise Refused
    (at,) = (i for i, title in enumerate(header) if title.endswith(f"({assignment})"))
    found = {}
    for row in rows:
        is_note = all(re.fullmatch(r"\s*(?:Muted|Manual Posting.*)?\s*", cell) for cell in row)
        if is_note or "Points Possible" in row[0]:
            continue
        user = int(re.match(r"\d*", row[1])[0] or 0)  # Ruby's to_i
        assert user not in found
        found[user] = _decimal(row[at].strip())
    return found


def _decimal(cell):
    if not re.fullmatch(r"-?[0-9.,]+%?", cell):
        return cell
    *whole, last = re.split("[,.]", cell)
    return ".".join(filter(None, ("".join(whole), last)))


def moodle(data, *, word="Participant "):
    """Participant number -> grade (None for none) and comment; `word` is the site's."""
    text = re.sub("\r\n?", "\n", data.decode("utf-8").removeprefix("\ufeff"))
    rows = [row for row in _fgetcsv(text) if row != [None]]
    if len({len(row) for row in rows}) != 1:
        raise Refused
    header, *people = rows
    number, grade = (
        next(i for i, title in enumerate(header) if title in names)
        for names in ({"Identifier", "식별자"}, {"Grade", "성적"})
    )
    comment = next(
        (i for i, title in enumerate(header) if title in {"Feedback comments", "피드백 코멘트"}),
        None,
    )
    found = {}
    for row in people:
        own = row[number].encode()[len(word.encode()) :].decode(errors="replace")
        found[own] = (_float(row[grade]), row[comment] if comment is not None else None)
    return found


def _float(cell):
    """PHP's cast, after Moodle's `unformat_float` in English."""
    bare = cell.strip().replace(" ", "")
    return float(re.match(r"[+-]?\d*\.?\d*", bare)[0] or 0) if bare else None


def _fgetcsv(text):
    """As PHP reads it: what follows a backslash closes no cell."""
    rows, row, at = [], [], 0
    while at < len(text):
        cell = ""
        if text[at] == '"':
            at += 1
            while True:
                if at >= len(text):
                    raise Refused
                if text[at] == "\\":
                    cell, at = cell + text[at : at + 2], at + 2
                elif text[at] == '"' and text[at + 1 : at + 2] == '"':
                    cell, at = cell + '"', at + 2
                elif text[at] == '"':
                    at += 1
                    break
                else:
                    cell, at = cell + text[at], at + 1
        while at < len(text) and text[at] not in ",\n":
            cell, at = cell + text[at], at + 1
        row.append(cell)
        if at >= len(text) or text[at] == "\n":
            rows.append([None] if row == [""] else row)
            row = []
        elif at + 1 == len(text) or text[at + 1] == "\n":
            row.append("")
            rows.append(row)
            row, at = [], at + 1
        at += 1
    return rows


def canvas_feedback(data):
    """(user, attachment) -> content, of an archive for "Upload submissions"; others are ignored."""
    found = {}
    for path, content in _files(data).items():
        parts = PurePosixPath(path).name.split("_")
        numbers = [part for part in parts if re.fullmatch("[0-9]+", part)]
        if len(numbers) > 1 and not parts[-1].startswith("link") and not path.startswith("._"):
            found[int(numbers[0]), int(numbers[1])] = content
    return found


def moodle_feedback(data, participants):
    """(participant, file name) -> content, of an archive of feedback files; others are ignored."""
    found = {}
    for path, content in _files(data).items():
        if PurePosixPath(path).name.startswith((".", "~")):
            continue
        parts = path.split("/")
        while parts:
            info = parts.pop(0).split("_", 4)
            if len(info) < 4 or not info[1].isdecimal() or int(info[1]) not in participants:
                continue
            if (info[2], info[3]) == ("assignsubmission", "file"):
                name = "/".join([*info[4:], *parts] if len(info) == 5 else parts)
                found[int(info[1]), name.lstrip("/")] = content
                break
    return found


def _files(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}
