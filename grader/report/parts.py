"""A few records at a time: their pages are written, and what all pages tell of them is made.

A `Maker` has no memory of students but for speed (`page_cache.PageCache`): what it makes of a batch
is the same in whatever process and order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.diagnosis import mistakes
from grader.i18n import LANGUAGES
from grader.records import digests, store
from grader.records.layout import Out
from grader.records.store import write_atomically
from grader.report import feedback, made, pages, rows
from grader.report.class_page import ClassSums
from grader.report.formats import Format
from grader.report.moment import Moment, stage
from grader.report.page_cache import PageCache
from grader.report.results import Entry, Results


@dataclass(frozen=True)
class Plan:
    """What all pages of an assignment have in common."""

    out: Out
    results: Results
    languages: list[str]  # the first is that of the pages with the plain name
    lang: str  # of the sentences in the files
    moment: Moment
    files: Mapping[str, Format]

    @property
    def own(self) -> str:
        """The name of the assignment."""
        return self.results.snapshot.id

    def feedback(self, student: str) -> Path:
        """The folder of a student's pages; `student` is the name of the record."""
        return self.out.feedback / student / self.own

    def names(self, stem: str) -> list[str]:
        """Of a page in each of the languages."""
        others = self.languages[1:]
        return [f"{stem}.html", *(f"{stem}.{lang}.html" for lang in others)]

    def name(self, stem: str, lang: str) -> str:
        """Of a page in that language."""
        return self.names(stem)[self.languages.index(lang)]

    def source(self) -> str:
        """A digest of what each feedback page follows from, beside its record."""
        snapshot = self.results.snapshot
        reached = stage(snapshot.due, self.moment)
        described = self.out.assignment(self.own).read_bytes()
        known = mistakes.dump(self.results.mistakes_told(self.moment)).encode()
        return digests.digest(digests.grader(), described, known, *self.languages, "", reached)


@dataclass(frozen=True)
class Batch:
    """Some records, and for each the mark that an earlier report left of its pages."""

    files: list[Path]
    marks: list[str]


@dataclass
class Part:
    """What a batch contributes to a report."""

    batch: Batch
    sums: ClassSums
    students: list[str] = field(default_factory=list)  # one of each record
    marks: list[str] = field(default_factory=list)  # in the same order
    names: list[str] = field(default_factory=list)  # of those who are in the table
    rows: dict[str, str] = field(default_factory=dict)  # by language
    texts: dict[str, str] = field(default_factory=dict)  # by file


class Maker:
    """Makes the part of a batch."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._source = plan, plan.source()
        self._cache = PageCache(plan.results.mistakes_told(plan.moment))

    def __call__(self, batch: Batch) -> Part:
        """Read the records and write the feedback pages that are not there or not current.

        Raises `PlatformError` when a file is damaged or cannot be written.
        """
        plan, results = self._plan, self._plan.results
        part = Part(batch, ClassSums(results.snapshot, results.mistakes))
        listed: dict[str, list[dict[str, Any]]] = {lang: [] for lang in plan.languages}
        texts: dict[str, list[str]] = {name: [] for name in plan.files}
        for path, mark in zip(batch.files, batch.marks, strict=True):
            content = store.content(path)
            entry = results.entry(path, content)
            student = entry.record.student
            part.students.append(student)
            source = digests.digest(self._source, entry.person, repr(entry.decisions), content)
            part.marks.append(self._feedback(entry, source, mark))
            if results.people.has_left(student):
                part.sums.add_off_roster(entry)
            else:
                part.sums.add(entry)
                part.names.append(student)
                self._list(entry, listed, texts)
        part.rows = {lang: self._rows(own, lang) for lang, own in listed.items() if own}
        part.texts = {name: how.between.join(texts[name]) for name, how in plan.files.items()}
        return part

    def _feedback(self, entry: Entry, source: str, mark: str) -> str:
        """Write a student's pages, unless those that are there have this mark. Returns it."""
        plan = self._plan
        folder = plan.feedback(entry.name)
        paths = [folder / name for name in plan.names("feedback")]
        if not mark or made.mark(source, paths) != mark:

            def context(lang: str) -> dict[str, Any]:
                own = plan.results.snapshot, entry.record, lang, plan.moment
                return feedback.context(*own, entry.person, self._cache, entry.decisions)

            write_pages(plan, folder, "feedback", context)
        return made.mark(source, paths)

    def _list(
        self, entry: Entry, listed: dict[str, list[dict[str, Any]]], texts: dict[str, list[str]]
    ) -> None:
        """Add the student to the table in each language, and to the files."""
        plan, snapshot = self._plan, self._plan.results.snapshot
        for lang, own in listed.items():
            link = f"../../feedback/{entry.name}/{plan.own}/{plan.name('feedback', lang)}"
            own.append(rows.row(snapshot, entry, lang, link))
        for name, how in plan.files.items():
            texts[name].append(how.student(snapshot, entry, plan.lang))

    def _rows(self, students: list[dict[str, Any]], lang: str) -> str:
        """One call for all: a template's start costs as much as a row."""
        context = {
            "students": students,
            "extra_possible": self._plan.results.snapshot.extra_possible,
        }
        return pages.render("rows.html.j2", lang, [], context)


def write_pages(
    plan: Plan, folder: Path, stem: str, context: Callable[[str], dict[str, Any]]
) -> None:
    """Write a page in each of the languages; each links to the other."""
    template = {"index": "class.html.j2", "feedback": "feedback.html.j2"}.get(
        stem, "students.html.j2"
    )
    names = dict(zip(plan.languages, plan.names(stem), strict=True))
    for lang, name in names.items():
        others = [{"lang": other, "link": names[other]} for other in names if other != lang]
        text = pages.render(template, lang, others, context(lang))
        write_atomically(folder / name, text, lasting=False)
    # An earlier report in other languages, or in another order, left pages under these names.
    for name in names_of(stem) - set(names.values()):
        (folder / name).unlink(missing_ok=True)


def names_of(stem: str) -> set[str]:
    """Every name that a page may have."""
    return {f"{stem}.html", *(f"{stem}.{lang}.html" for lang in LANGUAGES)}
