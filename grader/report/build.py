"""`grader report OUT`: every page that follows from the records in `OUT`.

They are pages of the class, a page for each student, and what `grader.export` makes of all records;
`grader.records.layout` says where. In a course of two languages the page in the other one stands
beside each: `index.ko.html`.

Each record is read once, a few at a time (a `Batch`), by as many processes as are asked for. Of a
batch sums come back, rows, and lines of the files (a `Part`): a large class needs no more memory
than a small one, and what is written depends on neither. A feedback page whose record is the same
is left as it is (`made.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from grader.records.layout import Out
from grader.records.store import write_atomically
from grader.report import class_page, made
from grader.report.class_page import ClassSums
from grader.report.formats import Format, Growing
from grader.report.moment import Moment
from grader.report.parts import Batch, Maker, Part, Plan, names_of, write_pages
from grader.report.results import gather, refuse_copy

BATCH = 50  # records; of its multiples one is `TABLE`
TABLE = 2000  # rows: in a table of more, browsers take seconds to sort or to search


def build(
    out: Path,
    lang: str,
    files: Mapping[str, Format] | None = None,
    *,
    published: bool = False,
    with_inputs: bool = False,
    now: datetime | None = None,
    jobs: int = 1,
    warn: Callable[[str, str], None] = lambda *_: None,
) -> list[Path]:
    """Write every page in the course's languages.

    What a page is called does not depend on `lang`: links to it were sent out. What is returned to
    be opened is in `lang`, if that is one of the course's, and so are the sentences in `files`.
    `warn` is told of each assignment what is not as people will expect: its name, and a sentence.
    `files` are written to `OUT/scores/<assignment>`, and the class page offers them. Returns what a
    person opens first. Raises `UsageError` when nothing was graded yet, `PlatformError` when a file
    is damaged or cannot be written.
    """
    moment = Moment(now or datetime.now(UTC).astimezone(), published, with_inputs)
    opened, written = [], []
    for results in gather(out):
        languages = list(results.snapshot.languages)
        plan = Plan(Out(out), results, languages, lang, moment, files or {})
        opens = lang if lang in languages else languages[0]
        opened.append(plan.out.report(plan.own) / plan.name("index", opens))
        sums, own = _class(plan, jobs)
        written += own
        if sums.are_mixed:
            warn(plan.own, "report.class.mixed")
        if with_inputs and sums.lacks_inputs:
            warn(plan.own, "report.no_inputs")
    return [*opened, Out(out).feedback, *written]


def _class(plan: Plan, jobs: int) -> tuple[ClassSums, list[Path]]:
    """Everything of one assignment. Returns its sums, and the paths of the files."""
    results, own = plan.results, plan.own
    folder = plan.out.report(own)
    sums, table = ClassSums(results.snapshot, results.mistakes), _Table(plan, folder)
    marks: dict[str, str] = {}
    seen: set[str] = set()
    with ExitStack() as stack:
        growing = {
            name: stack.enter_context(Growing(plan.out.scores(own) / name, how))
            for name, how in plan.files.items()
        }
        last = made.load(folder / made.FILE)
        batches = list(_batches(results.files, last.marks if last else {}))
        for part in _in_order(plan, batches, jobs):
            for path, student in zip(part.batch.files, part.students, strict=True):
                refuse_copy(path, own, student, seen)
            marks |= dict(zip((path.stem for path in part.batch.files), part.marks, strict=True))
            sums.merge(part.sums)
            table.add(part)
            for name, text in part.texts.items():
                growing[name].add(text)
        written = [file.finish(results.snapshot, sums) for file in growing.values()]
    table.finish(sums)
    _remove_others(plan, marks)
    now = made.Made(plan.moment.published, plan.moment.with_inputs, marks)
    write_atomically(folder / made.FILE, made.dump(now), lasting=False)
    return sums, written


def _batches(files: list[Path], marks: Mapping[str, str]) -> Iterator[Batch]:
    """The first is small: until it is done no other process is started."""
    ends = {1, *range(BATCH, len(files), BATCH), len(files)}
    for start, end in pairwise([0, *sorted(ends)]):
        some = files[start:end]
        yield Batch(some, [marks.get(path.stem, "") for path in some])


def _in_order(plan: Plan, batches: list[Batch], jobs: int) -> Iterator[Part]:
    """The parts of the batches in their order, made by as many processes."""
    maker = Maker(plan)
    first, *rest = batches
    yield maker(first)  # this loads templates and sentences: a forked process inherits them
    jobs = min(jobs, len(rest))
    if jobs <= 1:
        yield from map(maker, rest)
        return
    with ProcessPoolExecutor(jobs, initializer=_start, initargs=(maker,)) as pool:
        waiting: deque[Future[Part]] = deque()
        for batch in rest:  # no more of them ahead than keeps everybody busy
            waiting.append(pool.submit(_made, batch))
            if len(waiting) > 2 * jobs:
                yield waiting.popleft().result()
        yield from (future.result() for future in waiting)


_makers: list[Maker] = []  # that of a process beside this one


def _start(maker: Maker) -> None:
    _makers.append(maker)


def _made(batch: Batch) -> Part:
    return _makers[-1](batch)


class _Table:
    """The students of the class page: in it, or on pages of their own where they are many."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._plan, self._folder = plan, folder
        self._apart = len(plan.results.files) > TABLE
        self._written: list[tuple[str, str, int]] = []  # first and last student, how many
        self._clear()

    def _clear(self) -> None:
        self._names: list[str] = []
        self._rows: dict[str, list[Markup]] = {lang: [] for lang in self._plan.languages}

    def add(self, part: Part) -> None:
        self._names += part.names
        for lang, rows in part.rows.items():
            self._rows[lang].append(Markup(rows))  # noqa: S704 - a template made it
        if self._apart and len(self._names) >= TABLE:
            self._write()

    def finish(self, sums: ClassSums) -> None:
        """Write the page of the class, and what is left of its students."""
        plan = self._plan
        if self._apart and self._names:
            self._write()
        links = {name: f"../../scores/{plan.own}/{name}" for name in plan.files}

        def context(lang: str) -> dict[str, Any]:
            downloads = [(name, quote(path)) for name, path in links.items()]
            parts = [
                {"link": self._name(number, lang), "first": first, "last": last, "count": count}
                for number, (first, last, count) in enumerate(self._written, 1)
            ]
            own = {"rows": self._rows[lang], "parts": parts, "downloads": downloads}
            return sums.context(lang) | own | {"ungraded": class_page.ungraded(plan.results, lang)}

        write_pages(plan, self._folder, "index", context)
        kept = {
            self._name(number, lang)
            for number in range(1, len(self._written) + 1)
            for lang in plan.languages
        }
        for path in self._folder.glob("students-*.html"):
            if path.name not in kept:
                path.unlink(missing_ok=True)

    def _write(self) -> None:
        plan = self._plan
        first, last = self._names[0], self._names[-1]
        self._written.append((first, last, len(self._names)))

        def context(lang: str) -> dict[str, Any]:
            index = plan.name("index", lang)
            own = {"rows": self._rows[lang], "first": first, "last": last, "index": index}
            return class_page.heading(plan.results.snapshot, lang) | own

        write_pages(plan, self._folder, f"students-{len(self._written)}", context)
        self._clear()

    def _name(self, number: int, lang: str) -> str:
        return self._plan.name(f"students-{number}", lang)


def _remove_others(plan: Plan, students: Collection[str]) -> None:
    """Remove the feedback on what has no record any more."""
    for folder in plan.out.feedback.iterdir():
        if folder.name in students:
            continue
        for name in names_of("feedback"):
            (folder / plan.own / name).unlink(missing_ok=True)
        for empty in (folder / plan.own, folder):
            with suppress(OSError):  # something else is in it
                empty.rmdir()
