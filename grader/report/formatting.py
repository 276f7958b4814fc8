"""Numbers and messages as readers see them."""

from __future__ import annotations

from functools import lru_cache

from grader.i18n import say, translate
from grader.records.record import Message
from grader.scoring.points import SHARE

NONE = "–"


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


@lru_cache(maxsize=1 << 12)
def _said(code: str, fields: tuple[tuple[str, str], ...], lang: str) -> str:
    """Of most messages there are many in a class."""
    return say(code, dict(fields), lang)


def moment(started: str) -> str:
    """`2026-03-02T04:05:06+00:00` as `2026-03-02 04:05 UTC`."""
    return f"{started[:10]} {started[11:16]} UTC"


def rule(lang: str) -> str:
    """How a function comes to its points, in the student's words."""
    shares = {kind.value: f"{float(100 * share):g}" for kind, share in SHARE.items()}
    return translate("report.feedback.rule", lang, **shares)
