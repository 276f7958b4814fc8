"""What `grade` says before it begins: where hand-ins come from, and who is taken for whom."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape

from grader.cli.common import plain, who
from grader.i18n import translate
from grader.intake.entries import is_code
from grader.intake.people import Intake, Taken, Unclear

# What mends it differs: a name that the LMS gave cannot be an id alone.
_UNCLEAR = {
    "canvas": "intake.unclear_lms",
    "moodle": "intake.unclear_lms",
    "gradescope": "intake.unclear_metadata",
}
_MAX_LEFTOVER = 20  # all of them stand in OUT/intake/


def show_intake(intake: Intake, lang: str) -> None:
    """Print the source, a line for each person, and what is nobody's."""
    console = Console(highlight=False)
    source = translate(f"intake.source.{intake.source}", lang)
    lines = [translate("intake.seen", lang, source=source, where=intake.where)]
    width = max((cell_len(who(person.id, person.name)) for person in intake.people), default=0)
    for person in intake.people:
        name = who(person.id, person.name)
        lines.append(f"  {name}{' ' * (width - cell_len(name))}  {_what(person, lang)}")
    counts = {
        "people": len(intake.people),
        "handed_in": len(intake.people) - len(intake.missing),
        "missing": len(intake.missing),
    }
    lines.append(translate("intake.counts", lang, **counts))
    if any(len(person.handins) > 1 and not person.is_double for person in intake.people):
        lines.append(translate(f"intake.attempts_{intake.attempts}", lang))
    if any(person.by == "leader" for person in intake.people):
        lines.append(translate("intake.leaders", lang))
        if intake.alone:
            names = ", ".join(intake.alone)
            lines.append(translate("intake.leaders_alone", lang, names=names))
    if intake.unknown:
        names = ", ".join(who(person.id, person.name) for person in intake.unknown)
        lines.append(translate("intake.unknown", lang, names=names))
    lines += [_whose(one, intake.source, lang) for one in intake.unclear]
    if intake.leftover:
        names = ", ".join(intake.leftover[:_MAX_LEFTOVER])
        more = len(intake.leftover) - _MAX_LEFTOVER
        names += f" (+{more})" if more > 0 else ""
        lines.append(translate("intake.leftover", lang, names=names))
        has_roster = any(person.on_roster is not None for person in intake.people)
        if not has_roster and any(map(is_code, intake.leftover)):
            lines.append(translate("intake.leftover_code", lang))
    for line in lines:
        console.print(escape(plain(line)), soft_wrap=True)


def _whose(one: Unclear, source: str, lang: str) -> str:
    if one.owner:
        names = ", ".join(one.people)
        return translate("intake.mates", lang, found=one.found, owner=one.owner, names=names)
    names = translate("intake.or", lang).join(one.people)
    code = "intake.outside" if one.is_outside else _UNCLEAR.get(source, "intake.unclear")
    return translate(code, lang, found=one.found, names=names)


def _what(person: Taken, lang: str) -> str:
    if not person.handins:
        return translate("intake.nothing", lang)
    if person.is_double:
        found = ", ".join(handin.label for handin in person.handins)
        return translate("intake.doubled", lang, found=found)
    handin = person.counts or person.handins[-1]
    if handin.place is None:
        return f"{handin.label}  {translate('intake.nothing', lang)}"
    reasons = [translate(f"intake.by.{person.by}", lang)]
    if len(person.handins) > 1:
        of = len(person.handins)
        reasons.append(translate("intake.attempt", lang, number=handin.attempt, of=of))
    if handin.late:
        reasons.append(translate("intake.late", lang))
    return f"{handin.label}  ({', '.join(reasons)})"
