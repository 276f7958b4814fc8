"""`grader report OUT`: every page that follows from the records in `OUT`.

    OUT/report/<assignment>/index.html                 the class
    OUT/feedback/<student>/<assignment>/feedback.html  one student (nbgrader's names)

In a course of two languages the page in the other one stands beside each: `index.ko.html`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from grader.i18n import LANGUAGES
from grader.records.store import write_atomically
from grader.report import class_page, feedback, pages
from grader.report.feedback import Moment
from grader.report.results import Entry, Results, gather


def build(
    out: Path,
    lang: str,
    downloads: Collection[str] = (),
    *,
    published: bool = False,
    now: datetime | None = None,
) -> list[Path]:
    """Write every page in the course's languages; it opens in `lang`, if that is one of them.

    The class page offers `downloads`, files of `OUT/scores/<assignment>/` (see `grader.export`).
    Returns what a person opens first. Raises `UsageError` when nothing was graded yet,
    `PlatformError` when a file is damaged or cannot be written.
    """
    moment = Moment(now or datetime.now(UTC).astimezone(), published)
    written: list[Path] = []
    with _uncollected():
        found = gather(out)
    for results in found:
        written.append(_class(out, results, lang, downloads))
        _feedback(out, results, lang, moment)
    return [*written, out / "feedback"]


@contextmanager
def _uncollected() -> Iterator[None]:
    """What is made within is not searched for garbage, now or later.

    Records are many objects, live to the end and hold no circle; looking at them again and again
    took a third of the time of a report.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


def _class(out: Path, results: Results, lang: str, downloads: Collection[str]) -> Path:
    folder = out / "report" / results.snapshot.id
    own = results.snapshot.id
    languages = _languages(results, lang)
    links = {name: f"../../scores/{own}/{name}" for name in downloads}

    def context(page: str) -> dict[str, Any]:
        def feedback_page(student: str) -> str:
            return f"../../feedback/{student}/{own}/{_name('feedback', page, languages)}"

        return class_page.context(results, page, feedback_page, links)

    _pages(folder, "index", languages, context)
    return folder / "index.html"


def _feedback(out: Path, results: Results, lang: str, moment: Moment) -> None:
    languages = _languages(results, lang)
    for entry in [*results.entries, *results.off_roster]:
        folder = out / "feedback" / entry.name / results.snapshot.id
        context = partial(_context, results, entry, moment)
        _pages(folder, "feedback", languages, context)


def _context(results: Results, entry: Entry, moment: Moment, lang: str) -> dict[str, Any]:
    return feedback.context(results.snapshot, entry.record, lang, moment, entry.person)


def _languages(results: Results, lang: str) -> list[str]:
    """Those of the course, `lang` first if it is one of them: the page with the plain name."""
    own = results.snapshot.languages
    return sorted(own, key=lambda language: language != lang)


def _pages(
    folder: Path, stem: str, languages: list[str], context: Callable[[str], dict[str, Any]]
) -> None:
    """Write a page in each of the languages; each links to the other."""
    template = {"index": "class.html.j2", "feedback": "feedback.html.j2"}[stem]
    for lang in languages:
        others = [
            {"lang": other, "link": _name(stem, other, languages)}
            for other in languages
            if other != lang
        ]
        text = pages.render(template, lang, others, context(lang))
        write_atomically(folder / _name(stem, lang, languages), text, lasting=False)
    # An earlier report in other languages, or in another order, left pages under these names.
    written = {_name(stem, lang, languages) for lang in languages}
    for name in {f"{stem}.{lang}.html" for lang in LANGUAGES} - written:
        (folder / name).unlink(missing_ok=True)


def _name(stem: str, lang: str, languages: list[str]) -> str:
    return f"{stem}.html" if lang == languages[0] else f"{stem}.{lang}.html"
