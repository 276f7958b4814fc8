"""The roster: a CSV file as a university, Canvas, Moodle or a spreadsheet writes it.

Columns are found by their names, in English and Korean; the rest is ignored:

    id, name (or first and last name), email, section, team, role, GitHub user,
    Canvas' `ID`, `SIS User ID` and `SIS Login ID`, Moodle's `Identifier`

Who has no column for an id of the course's own is called by what the LMS calls them.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from grader.course.spelling import LONG_NUMBER, WORD, is_telling, letters, orders, words_in
from grader.errors import UsageError

SCHEMA = "grader/roster/v1"

# What a column holds -> what it may be called, without case, blanks and signs.
_COLUMNS = {
    "id": "id studentid studentnumber studentno idnumber sid 학번 학생번호 학생id id번호 아이디",
    "name": "name fullname studentname displayname 이름 성명 학생이름 학생명 전체이름",
    "first": "firstname givenname",
    "last": "lastname surname familyname 성",
    "email": "email emailaddress mail 이메일 이메일주소 메일 전자우편 전자메일",
    "section": "section sections class 분반 반 섹션",
    "role": "role roles 역할",
    "team": "team teams group groups groupname 팀 조 모둠 그룹",
    "github": "github githubid githubuser githubusername 깃허브 깃허브아이디",
    "canvas": "canvasid canvasuserid 캔버스id",
    "sis": "sisuserid",
    "login": "sisloginid login loginid username 사용자이름 사용자명 로그인 로그인id",
    "moodle": "identifier moodleid 식별자 참가자",
}
_KINDS = {name: kind for kind, names in _COLUMNS.items() for name in names.split()}
# In the order in which they may stand in for an id of the course's own.
_IDS = ("id", "canvas", "sis", "login", "moodle", "email", "github")
_LMS = ("canvas", "sis", "login", "moodle", "github", "email")
_HEADER_WITHIN = 10  # rows: a university's export has titles above
_NO_PEOPLE = {"points possible", "manual posting", "student, test"}  # rows of Canvas' gradebook
_NO_PEOPLE |= {"total", "합계", "총계", "총원"}
_STAFF = {
    *("instructor", "ta", "teaching assistant", "teacher", "non-editing teacher", "observer"),
    *(
        "designer",
        "grader",
        "reader",
        "manager",
        "교수",
        "강사",
        "교사",
        "선생님",
        "조교",
        "관리자",
    ),
}
LOST_DIGITS = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+$")  # 1.2E+04: digits are lost

_Key = TypeVar("_Key")


@dataclass(frozen=True)
class Person:
    """One row."""

    id: str
    name: str = ""
    section: str = ""
    team: str = ""
    ids: dict[str, str] = field(default_factory=dict)  # kind -> value: "canvas", "email"

    @cached_property
    def spellings(self) -> set[str]:
        """The letters of the name, in the orders in which it is written."""
        return {letters(name) for name in orders(self.name)} - {""}


Known = Mapping[str, Sequence[Person]]  # by each id, whose it is


@dataclass(frozen=True)
class Roster:
    """Everybody who takes the course."""

    people: tuple[Person, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data, schema first."""
        return {"schema": SCHEMA, "people": [asdict(person) for person in self.people]}

    def known(self) -> dict[str, list[Person]]:
        """Every id of everybody, and whose it is."""
        known: dict[str, list[Person]] = {}
        for person in self.people:
            for value in {person.id, *person.ids.values()}:
                known.setdefault(value, []).append(person)
        return known

    def by(self, kind: str, value: str) -> list[Person]:
        """The people with that id of that kind: one, or nobody."""
        return self._by_id.get((kind, value.casefold()), [])

    def logins(self, name: str) -> list[Person]:
        """The people whose e-mail address begins so."""
        return self._by_login.get(name.casefold(), [])

    def named(self, name: str) -> list[Person]:
        """The people of that name, however it is ordered and spaced."""
        return self._by_name.get(letters(name), [])

    def named_within(self, text: str) -> list[Person]:
        """The people whose name is some of its words, one after the other; no short names."""
        words = words_in(text)
        longest = max(map(len, self._by_name), default=0)
        runs: set[str] = set()
        for start in range(len(words)):
            run = ""
            for word in words[start:]:
                run += letters(word)
                if len(run) > longest:
                    break
                runs.add(run)
        telling = set(filter(is_telling, runs))
        return [person for person in self.people if not telling.isdisjoint(person.spellings)]

    def named_inside(self, text: str) -> list[Person]:
        """The people whose Korean name is in it, also with more beside it: `홍길동의`."""
        own = letters(text)
        long = (one for one in self._by_name if len(one) > 2 and not one.isascii() and one in own)
        names = {*filter(str.isalpha, long)}
        return [person for person in self.people if not names.isdisjoint(person.spellings)]

    def within(self, text: str) -> list[Person]:
        """The people whose id is a word of the text, as in `2027001_홍길동`.

        A long number is one also where nothing stands between: 2027001홍길동. But `kim20270` is no
        20270 where it is a login.
        """
        words = {word for word in re.split(r"[\W_]+", text.casefold()) if len(word) >= WORD}
        others = [word for word in words if word not in self._ids]
        words |= {number for word in others for number in LONG_NUMBER.findall(word)}
        return [person for person in self.people if person.id.casefold() in words]

    def team(self, name: str) -> list[Person]:
        """The members of a team; somebody may be in several: `Team 1, Team 2`."""
        return self._by_team.get(letters(name), [])

    @cached_property
    def _by_id(self) -> dict[tuple[str, str], list[Person]]:
        return self._index(
            lambda p: {(k, v.casefold()) for k, v in (p.ids | {"id": p.id}).items() if v}
        )

    @cached_property
    def _ids(self) -> set[str]:
        return {value for _, value in self._by_id}

    @cached_property
    def _by_login(self) -> dict[str, list[Person]]:
        return self._index(lambda p: {p.ids.get("email", "").partition("@")[0].casefold()} - {""})

    @cached_property
    def _by_name(self) -> dict[str, list[Person]]:
        return self._index(lambda person: person.spellings)

    @cached_property
    def _by_team(self) -> dict[str, list[Person]]:
        return self._index(lambda person: {letters(name) for name in _teams(person)} - {""})

    def _index(self, keys: Callable[[Person], Iterable[_Key]]) -> dict[_Key, list[Person]]:
        """The people by what they are called."""
        found: dict[_Key, list[Person]] = {}
        for person in self.people:
            for one in keys(person):
                found.setdefault(one, []).append(person)
        return found


def _teams(person: Person) -> set[str]:
    """The teams that somebody is in; a comma may also be part of a name."""
    return {team.strip() for team in [person.team, *re.split("[,;]", person.team)]} - {""}


def load(path: Path) -> Roster:
    """Read a roster. Raises `UsageError` with file, row and column."""
    rows = _rows(path)
    at, columns = _header(path, rows)
    own = _own_id(columns, rows[at + 1 :])
    people: dict[str, tuple[int, Person]] = {}
    for number, row in enumerate(rows[at + 1 :], at + 2):
        cells = {kind: _cell(row[i]) if i < len(row) else "" for kind, i in columns.items()}
        cells |= {kind: _id(cell) for kind, cell in cells.items() if kind in _IDS}
        if not any(cells.values()) or _is_no_person(cells):
            continue
        _refuse_lost_digits(path, number, rows[at], columns, cells)
        person = _person(cells, own)
        if not person.id:
            column = rows[at][columns[own]].strip()
            raise UsageError("error.roster_cell", file=path, row=number, column=column)
        key = person.id.casefold()
        if key in people:
            first = people[key][0]
            raise UsageError("error.roster_twice", file=path, row=number, first=first, id=person.id)
        people[key] = number, person
    if not people:
        raise UsageError("error.roster_empty", file=path)
    return Roster(tuple(person for _, person in people.values()))


def _rows(path: Path) -> list[list[str]]:
    text = unicodedata.normalize("NFC", _text(path)).replace("\0", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # a lone one is of old spreadsheets

    def fits(table: tuple[list[list[str]], bool]) -> tuple[int, int]:
        heads = ((_recognised(row), len(row)) for row in table[0][:_HEADER_WITHIN])
        return max(heads, default=(0, 0))

    rows, is_whole = max((_split(text, delimiter) for delimiter in ",;\t|"), key=fits)
    if not is_whole:
        raise UsageError("error.roster_quote", file=path, row=len(rows) + 1)
    return rows


def _split(text: str, delimiter: str) -> tuple[list[list[str]], bool]:
    """The rows, and whether they are all: a quote without end would swallow people."""
    rows, is_whole = _parsed(text, delimiter)
    if not is_whole and '\\"' in text:  # PHP, and so Moodle, doubles no quote behind a backslash
        again, is_whole = _parsed(text.replace('\\"', '\\""'), delimiter)
        rows = again if is_whole else rows
    return rows, is_whole


def _parsed(text: str, delimiter: str) -> tuple[list[list[str]], bool]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        rows.extend(reader)
    except csv.Error:
        return rows, False
    return rows, True


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError("error.roster", file=path, reason=error.strerror or error) from None
    if raw.startswith(b"PK"):
        raise UsageError("error.roster_no_csv", file=path)
    encodings = ["utf-16"] if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "cp949"]
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError("error.roster_no_csv", file=path)


def _cell(text: str) -> str:
    """A cell without what cannot be shown: people choose their own names in an LMS."""
    return "".join(c if c.isprintable() else " " for c in text).strip()


def _kind(title: str) -> str | None:
    """What a column holds, by its title or a part of it: `Student ID (학번)`, `이름/Name`."""
    parts = [title, *re.split(r"[(（)）\[\]/]", title)]
    if re.search(r"\(\d+\)\s*$", title):  # Canvas numbers assignments so
        parts = [title]
    return next((_KINDS[part] for part in map(letters, parts) if part in _KINDS), None)


def _id(cell: str) -> str:
    """An id as it was before a spreadsheet: of `="0012"`, `'0012`, `2027001.0`."""
    for written in (r'="(.*)"', r"'(\S+)", r"(\d+)\.0"):
        if match := re.fullmatch(written, cell):
            return match[1]
    return cell


def _recognised(row: list[str]) -> int:
    return len({_kind(title) for title in row} - {None})


def _header(path: Path, rows: list[list[str]]) -> tuple[int, dict[str, int]]:
    """Row of the titles, and for each kind its column. Raises `UsageError`."""
    at = max(
        range(min(len(rows), _HEADER_WITHIN)), key=lambda i: _recognised(rows[i]), default=None
    )
    if at is None:
        raise UsageError("error.roster_empty", file=path)
    columns: dict[str, int] = {}
    for i, title in enumerate(rows[at]):
        if kind := _kind(title):
            columns.setdefault(kind, i)
    _read_as_canvas(rows[at], columns)
    if "githubid" in map(letters, rows[at]) and "moodle" in columns:  # of GitHub Classroom
        columns.setdefault("id", columns.pop("moodle"))
    if "last" in columns and "first" not in columns and "name" in columns:  # 성, 이름
        columns["first"] = columns.pop("name")
    if not columns.keys() & set(_IDS):
        found = ", ".join(title.strip() for title in rows[at] if title.strip()) or "-"
        raise UsageError("error.roster_columns", file=path, row=at + 1, found=found)
    return at, columns


def _read_as_canvas(titles: list[str], columns: dict[str, int]) -> None:
    """`Student` is a name beside an `ID`, which is then Canvas'; alone it is an id."""
    shown = [letters(title) for title in titles]
    if "student" not in shown:
        return
    if shown.count("id") and shown.index("student") < shown.index("id"):
        columns["canvas"] = columns.pop("id")
        columns.setdefault("name", shown.index("student"))
    elif "id" not in columns:
        columns["id"] = shown.index("student")


def _own_id(columns: Mapping[str, int], rows: list[list[str]]) -> str:
    """The kind that people are called by: the first that everybody has, or else the first."""
    there = [kind for kind in _IDS if kind in columns]
    filled = [row for row in rows if any(cell.strip() for cell in row)]

    def is_full(kind: str) -> bool:
        i = columns[kind]
        return all(i < len(row) and row[i].strip() for row in filled)

    def is_used(kind: str) -> bool:
        i = columns[kind]
        return any(i < len(row) and row[i].strip() for row in filled)

    used = [kind for kind in there if is_used(kind)] or there
    moodle = [kind for kind in used if kind == "moodle" and is_full(kind)]
    # In Moodle's worksheet the university's number is often empty for some.
    return moodle[0] if moodle and not is_full(used[0]) else used[0]


def _is_no_person(cells: Mapping[str, str]) -> bool:
    if {cells.get("id", "").casefold(), cells.get("name", "").casefold()} & _NO_PEOPLE:
        return True
    roles = [role.strip() for role in cells.get("role", "").casefold().split(",")]
    return set(roles) <= _STAFF or not any(cells.get(kind) for kind in (*_IDS, "name", "last"))


def _refuse_lost_digits(
    path: Path, number: int, titles: list[str], columns: Mapping[str, int], cells: Mapping[str, str]
) -> None:
    for kind in _IDS:
        if LOST_DIGITS.match(cells.get(kind, "")):
            title = titles[columns[kind]].strip()
            raise UsageError(
                "error.roster_digits", file=path, row=number, column=title, found=cells[kind]
            )


def _person(cells: dict[str, str], own: str) -> Person:
    if "moodle" in cells:  # "Participant 1041", "참가자1041"
        cells["moodle"] = (re.findall(r"\d+", cells["moodle"]) or [""])[-1]
    name = cells.get("name") or " ".join(filter(None, (cells.get("first"), cells.get("last"))))
    if "last" in cells and re.search(r"[가-힣]", name):
        name = f"{cells['last']}{cells.get('first', '')}"
    kinds = _LMS if own == "id" else ("id", *_LMS)
    return Person(
        id=cells.get(own, ""),
        name=name,
        section=cells.get("section", ""),
        team=cells.get("team", ""),
        ids={kind: cells[kind] for kind in kinds if cells.get(kind)},
    )
