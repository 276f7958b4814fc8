"""Numbers and messages as readers see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from grader.i18n import say, translate
from grader.records.obstacles import obstacles
from grader.records.record import Message, Record
from grader.scoring.points import SHARE

NONE = "–"
_MOST_OBSTACLES = 3
_MOST_SAID = 120  # characters of a text


def points(value: float | None) -> str:
    """`7.5`, `10`, `0.33`; a dash where there is no score."""
    return NONE if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def percent(share: float | None) -> str:
    """`0.715` as `72 %`; only a whole is 100 %, only nothing is 0 %."""
    if share is None:
        return NONE
    rounded = round(100 * share)
    if rounded == 100 and share < 1:
        rounded = 99
    if rounded == 0 and share > 0:
        rounded = 1
    return f"{rounded} %"


def decimal(value: float | None) -> str:
    """Two decimals with a real minus sign."""
    return NONE if value is None else f"{value:.2f}".replace("-", "\u2212")


def sentence(message: Message | None, lang: str) -> str:
    """The message in `lang`; a code that is not known becomes a general sentence."""
    return "" if message is None else _said(message.code, tuple(message.fields.items()), lang)


def why(problem: Message | None, found: Sequence[Message], lang: str) -> str:
    """Why points are missing, in short: what is wrong with the hand-in, or with whole files."""
    said = [sentence(problem, lang)] if problem else []
    said += [sentence(_short(obstacle), lang) for obstacle in found[:_MOST_OBSTACLES]]
    return " ".join(said) + " \u2026" * (len(found) > _MOST_OBSTACLES)


def why_of(record: Record, lang: str) -> str:
    """The same of a whole record."""
    return why(record.problem, obstacles(record), lang)


def _short(obstacle: Message) -> Message:
    """Without what only helps to mend it; an exception may have said a great deal."""
    code = "import_failed" if obstacle.code == "import_syntax" else obstacle.code
    fields = {name: text.partition("\n")[0][:_MOST_SAID] for name, text in obstacle.fields.items()}
    return Message(code, fields)


@lru_cache(maxsize=1 << 12)
def _said(code: str, fields: tuple[tuple[str, str], ...], lang: str) -> str:
    """Of most messages there are many in a class."""
    return say(code, dict(fields), lang)


def moment(started: str, zone: str | None) -> str:
    """`2026-03-02T04:05:06+00:00` as `2026-03-02 13:05 KST`, in a time zone of that name.

    In UTC where none is named, or none of that name is known on this machine.
    """
    try:
        there = datetime.fromisoformat(started).astimezone(_zone(zone))
    except ValueError:
        return NONE
    return f"{there:%Y-%m-%d %H:%M %Z}"


@cache
def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return UTC


def rule(lang: str) -> str:
    """How a function comes to its points, in the student's words."""
    shares = {kind.value: f"{float(100 * share):g}" for kind, share in SHARE.items()}
    return translate("report.feedback.rule", lang, **shares)
