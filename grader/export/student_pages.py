"""A student's feedback pages, to go where the student is."""

from __future__ import annotations

from grader.report import feedback, pages
from grader.report.moment import Moment
from grader.report.page_cache import PageCache
from grader.report.results import Entry, Results


def languages(results: Results, lang: str) -> list[str]:
    """The course's, the one that was asked for first."""
    return sorted(results.snapshot.languages, key=lambda own: own != lang)


def render(
    results: Results, entry: Entry, lang: str, moment: Moment, stem: str = "feedback"
) -> dict[str, str]:
    """File name -> page, in each of the course's languages; each links to the other."""
    first, *others = languages(results, lang)
    names = {first: f"{stem}.html", **{other: f"{stem}.{other}.html" for other in others}}
    made, cache = {}, PageCache(results.mistakes_told(moment))
    for own, name in names.items():
        links = [{"lang": other, "link": names[other]} for other in names if other != own]
        of = results.snapshot, entry.record, own, moment, entry.person
        told = feedback.context(*of, cache, entry.decisions)
        made[name] = pages.render("feedback.html.j2", own, links, told)
    return made
