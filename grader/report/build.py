"""`grader report OUT`: every page that follows from the records in `OUT`.

    OUT/report/<assignment>/index.html                 the class
    OUT/feedback/<student>/<assignment>/feedback.html  one student (nbgrader's names)

A page in the other language stands beside each: `index.ko.html`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.i18n import LANGUAGES
from grader.records.store import write_atomically
from grader.report import class_page, feedback, pages
from grader.report.feedback import Moment
from grader.report.results import Results, gather


def build(
    out: Path,
    lang: str,
    downloads: Collection[str] = (),
    *,
    published: bool = False,
    now: datetime | None = None,
) -> list[Path]:
    """Write every page. Pages open in `lang` and link to the other language.

    The class page offers `downloads`, files of `OUT/scores/<assignment>/` (see `grader.export`).
    Returns what a person opens first. Raises `UsageError` when nothing was graded yet,
    `PlatformError` when a file is damaged or cannot be written.
    """
    moment = Moment(now or datetime.now(UTC).astimezone(), published)
    written: list[Path] = []
    for results in gather(out):
        written.append(_class(out, results, lang, downloads))
        _feedback(out, results, lang, moment)
    return [*written, out / "feedback"]


def _class(out: Path, results: Results, lang: str, downloads: Collection[str]) -> Path:
    folder = out / "report" / results.catalogue.id
    own = results.catalogue.id
    links = {name: f"../../scores/{own}/{name}" for name in downloads}
    for page in LANGUAGES:

        def feedback_page(student: str, page: str = page) -> str:
            return f"../../feedback/{student}/{own}/{_name('feedback', page, lang)}"

        data = class_page.context(results, page, feedback_page, links)
        _page(folder, "index", page, lang, data)
    return folder / "index.html"


def _feedback(out: Path, results: Results, lang: str, moment: Moment) -> None:
    for entry in results.entries:
        folder = out / "feedback" / entry.name / results.catalogue.id
        for page in LANGUAGES:
            data = feedback.context(results.catalogue, entry.record, page, moment)
            _page(folder, "feedback", page, lang, data)


def _page(folder: Path, stem: str, lang: str, default: str, data: dict[str, Any]) -> None:
    """Write one page; in the default language it has the plain name."""
    template = {"index": "class.html.j2", "feedback": "feedback.html.j2"}[stem]
    other = next(language for language in LANGUAGES if language != lang)
    link = {"lang": other, "link": _name(stem, other, default)}
    write_atomically(folder / _name(stem, lang, default), pages.render(template, lang, link, data))
    # An earlier report in another default language left a page under this name.
    (folder / f"{stem}.{default}.html").unlink(missing_ok=True)


def _name(stem: str, lang: str, default: str) -> str:
    return f"{stem}.html" if lang == default else f"{stem}.{lang}.html"
