"""A student's points as a comment in Moodle: a little HTML on one line.

It begins with a digest of itself, so that another export replaces it, and leaves it alone once a
person has written something into it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from grader.records.assignment_snapshot import Snapshot
from grader.records.digests import digest
from grader.report import feedback, pages
from grader.report.moment import Moment
from grader.report.results import Entry

_OURS = re.compile(
    r"<div class=['\"]?grader-(?P<digest>\w+)['\"]?>(?P<inner>.*)</div>\s*", re.DOTALL
)


def comment(snapshot: Snapshot, entry: Entry, languages: Sequence[str], moment: Moment) -> str:
    """What the student may know of the points now: all, by exercise, and why there are none.

    In each of the languages; what people wrote stands in the first one alone.
    """
    parts: list[str] = []
    for lang in languages:
        by_hand = [] if parts else entry.decisions
        of = snapshot, entry.record, lang, moment
        shown: dict[str, Any] = feedback.context(*of, decisions=by_hand)
        parts += pages.render("comment.html.j2", lang, [], shown).split()
    inner = " ".join(parts)
    # To PHP a backslash before a quotation mark means that the cell goes on.
    inner = inner.replace("\\", "&#92;").replace('"', "&quot;")
    return f"<div class='grader-{digest(inner)[:12]}'>{inner}</div>"


def is_ours(text: str) -> bool:
    """Whether a comment is one of ours, and nobody has changed it."""
    found = _OURS.fullmatch(text)
    return found is not None and digest(found["inner"])[:12] == found["digest"]
