"""What a source says was handed in, before anybody knows the roster."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.intake.names import without_copy
from grader.intake.nodes import Disk, Node, Together
from grader.records.record import Message

# What a hand-in is for, in its name. A number of three digits behind a blank is no homework's but
# somebody's: `hw_102`. Korean words are joined to others: `홍길동과제`; but 최종훈 is a name.
_TASKS = (
    r"(?:hw|homework|assignment)(?:[\s_-]*\d{1,2}(?!\d)|\d*)",
    r"(?:final|submission)(?![\s_-]*\d)",
)
_KOREAN_TASK = re.compile(
    r"(?:과제|숙제)(?:[\s_-]*\d{1,2}(?!\d|조|팀))?|(?:제출물?|최종본?(?![가-힣]))(?![\s_-]*\d)"
)
_LETTER = r"[^\W_가-힣]"  # that is no Korean one: `hw1홍길동` begins with a word
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Wanted:
    """What is looked for: the files of an assignment, and what it is not."""

    assignment: str
    package: str
    files: tuple[str, ...] = ()  # relative to the package
    others: tuple[str, ...] = ()  # the course's other assignments

    def is_own(self, name: str) -> bool:
        """Whether something is called like the assignment."""
        return plain_number(name) == plain_number(self.assignment)

    def is_others(self, name: str) -> bool:
        """Whether something is called like another assignment of the course."""
        return plain_number(name) in map(plain_number, self.others)

    def is_numbered_alike(self, name: str) -> bool:
        """Whether something is called like the assignment, but for its number."""
        return _NUMBER.sub("0", name.casefold()) == _NUMBER.sub("0", self.assignment.casefold())


def plain_number(name: str) -> str:
    """A name in small letters whose numbers begin with no zero: HW01 is hw1."""
    return _NUMBER.sub(lambda number: number[0].lstrip("0") or "0", name.casefold())


def without_task(key: str, wanted: Wanted) -> str:
    """What is left of `hw1_홍길동`, `kim-hw1 (1)` or `홍길동_최종` without what it was for."""
    for name in (re.escape(wanted.package), re.escape(wanted.assignment), *_TASKS):
        key = re.sub(rf"(?<!{_LETTER})(?:{name})(?!{_LETTER})", " ", key, flags=re.IGNORECASE)
    return without_copy(_KOREAN_TASK.sub(" ", key)).strip(" _-.,+")


def is_of_another(key: str, wanted: Wanted) -> bool:
    """Whether `홍길동_hw2` says that it is of another assignment of the course."""
    own, *others = map(plain_number, (wanted.assignment, *wanted.others))
    longest_first = sorted(map(re.escape, (own, *others)), key=len, reverse=True)  # hw2_lstm, hw2
    each = rf"(?<!{_LETTER})(?:{'|'.join(longest_first)})(?!{_LETTER})"
    found = re.findall(each, plain_number(key))
    return bool(found) and own not in found


@dataclass(frozen=True)
class Handin:
    """What one person handed in at once."""

    key: str  # the person's name in this source, the same for all attempts
    label: str  # as it lies there, for people
    place: Node | None  # None: there is a place for it, and nothing in it
    name: str = ""  # of the person, as the source has it
    group: str = ""  # what stood before the name in all of a download, and may be a part of it
    ids: Mapping[str, str] = field(default_factory=dict)  # kind -> value, as on a roster
    attempt: int | None = None  # counted from 1; None: the source knows no attempts
    late: bool = False
    files: tuple[str, ...] = ()  # names in an LMS's download, by which feedback goes back
    record: str = ""  # that our autograder made where it was handed in, as JSON
    is_file: bool = False  # code or a document in neither a folder nor an archive
    is_loose: bool = False  # such a file, maybe the teacher's: theirs whom the roster knows by it
    readings: tuple[Handin, ...] = ()  # what its name may say, where it is not clear


@dataclass(frozen=True)
class Seen:
    """Everything that lies in one place, as one source reads it."""

    source: str  # one of `grader.course.folder.SOURCES`, or "submission": a single one
    where: str  # the folder or the archive, for people
    handins: list[Handin]
    leftover: list[str]  # what is nobody's
    unclear: list[Handin] = field(default_factory=list)  # so is this; it has `readings`

    def below(self, place: str) -> Seen:
        """The same, seen from the folder above: "A/"."""

        def moved(handins: list[Handin]) -> list[Handin]:
            return [replace(handin, label=place + handin.label) for handin in handins]

        leftover = [place + name for name in self.leftover]
        return replace(
            self,
            handins=moved(self.handins),
            leftover=leftover,
            unclear=moved(self.unclear),
        )


@dataclass(frozen=True)
class Found:
    """The hand-in of one person that counts: seen, not yet read."""

    student: str
    path: Path | Node | None  # None: nothing, and `problem` says why
    source: str = ""  # for people; "": the name of `path`
    notes: tuple[Message, ...] = ()
    problem: Message | None = None  # why it is not read
    record: str = ""  # see `Handin`
    perhaps: tuple[str, ...] = ()  # what is this person's or another's, and so counts for nobody

    @property
    def node(self) -> Node:
        """Where its files are."""
        if isinstance(self.path, Node):
            return self.path
        return Disk(self.path) if self.path is not None else Together(self.student, ())
