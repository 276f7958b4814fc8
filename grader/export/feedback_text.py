"""A student's feedback as plain text, for where no page can go."""

from __future__ import annotations

from collections.abc import Sequence

from grader.i18n import translate
from grader.report import escape, feedback, formatting
from grader.report.moment import Moment
from grader.report.page_cache import PageCache
from grader.report.results import Entry, Results


def lines(results: Results, entry: Entry, languages: Sequence[str], moment: Moment) -> list[str]:
    """The points, and what to mend: what the page begins with. No line has a line end in it.

    In one language after the other, with two empty lines between them.
    """
    first, *others = [_lines(results, entry, lang, moment) for lang in languages]
    return [*first, *(line for own in others for line in ("", "", *own))]


def _lines(results: Results, entry: Entry, lang: str, moment: Moment) -> list[str]:
    cache = PageCache(results.mistakes_told(moment))
    of = results.snapshot, entry.record, lang, moment, entry.person
    told = feedback.context(*of, cache, entry.decisions)
    found = [_points(told["assignment"], told["total"])]
    if told["extra"]["possible"]:
        found.append(_points(translate("report.feedback.bonus_points", lang), told["extra"]))
    if told["kept_back"]:
        points = formatting.points(told["kept_back"])
        found.append(translate("report.feedback.kept_back", lang, points=points))
    found += [told["problem"], *told["notes"], *_decided(entry, lang), ""]
    found += [f"- {_points(exercise['title'], exercise)}" for exercise in told["exercises"]]
    found += told["blocked"]
    for part in told["mend"]:
        found += ["", f"{part['function']['name']}:"]
        for mistake in part["function"]["mistakes"]:
            lead = translate(f"report.feedback.{mistake['certainty']}", lang)
            found.append(f"- {lead} {mistake['tell']}")
        if asked := part["function"]["counterexample"]:
            lead, *rest = asked.plain(lang)
            found += [f"- {lead}", *(f"  {line}" for line in rest)]
        for check in part["function"]["failing"]:
            found += [f"- {check['title']}", f"  {check['message']}", f"  {check['hint']}"]
    whole = escape.visible("\n".join(found))
    return [line.rstrip() for line in whole.splitlines() if line.strip() or not line]


def _decided(entry: Entry, lang: str) -> list[str]:
    """What the teaching staff said of each function, under a heading."""
    heading = ["", f"{translate('report.feedback.decided', lang)}:"]
    said = [(decision.function or decision.cell, decision.comment) for decision in entry.decisions]
    own = [f"- {name}: {comment}" for name, comment in said if comment]
    return heading + own if own else []


def _points(name: str, score: dict[str, float | None]) -> str:
    points, possible = formatting.points(score["points"]), formatting.points(score["possible"])
    return f"{name}: {points} / {possible}"
