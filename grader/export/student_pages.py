"""A student's feedback pages, to go where the student is."""

from __future__ import annotations

from grader.report import feedback, pages
from grader.report.moment import Moment
from grader.report.page_cache import PageCache
from grader.report.results import Entry, Results


def languages(results: Results, asked: str | None) -> list[str]:
    """Those in which students read: the course's, in its order; one alone where it is asked for."""
    own = list(results.snapshot.languages)
    return [asked] if asked in own else own


def names(results: Results, stem: str) -> dict[str, str]:
    """Language -> file name of a page: the course decides, so that no link to it ever breaks."""
    first, *others = results.snapshot.languages
    return {first: f"{stem}.html", **{other: f"{stem}.{other}.html" for other in others}}


def render(
    results: Results, entry: Entry, moment: Moment, stem: str = "feedback"
) -> dict[str, str]:
    """File name -> page, in each of the course's languages; each links to the other."""
    named = names(results, stem)
    made, cache = {}, PageCache(results.mistakes_told(moment))
    for own, name in named.items():
        links = [{"lang": other, "link": named[other]} for other in named if other != own]
        of = results.snapshot, entry.record, own, moment, entry.person
        told = feedback.context(*of, cache, entry.decisions)
        made[name] = pages.render("feedback.html.j2", own, links, told)
    return made
