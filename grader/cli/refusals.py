"""What click refuses, in sentences of ours.

Click says it in English, in words that differ from version to version. What its exceptions know is
public: here it becomes the code of a sentence and its fields.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from grader.i18n import translate

Said = tuple[str, dict[str, object]]


class Refusal(click.UsageError):
    """A refusal by us, where click's own does not hold what it is about."""

    def __init__(self, said: Said, ctx: click.Context | None) -> None:
        code, fields = said
        super().__init__(translate(code, "en", **fields), ctx)
        self.said = said


def sentence(error: click.UsageError, lang: str) -> str | None:
    """What was wrong with the call; None for a refusal that we do not know."""
    said = _value(error, lang) if isinstance(error, click.BadParameter) else _call(error)
    return translate(said[0], lang, **said[1]) if said else None


def unknown(kind: str, name: str, near: Sequence[str] | None) -> Said:
    """No such option, or command; and those with a name like it."""
    if near:
        return f"error.no_{kind}_near", {"name": name, "near": ", ".join(near)}
    return f"error.no_{kind}", {"name": name}


def _call(error: click.UsageError) -> Said | None:
    match error:
        case Refusal(said=said):
            return said
        case click.NoSuchOption(option_name=name, possibilities=near):
            return unknown("option", name, near)
        case click.BadOptionUsage(option_name=name, ctx=click.Context() as ctx):
            named = [option for option in ctx.command.get_params(ctx) if name in option.opts]
            flag = any(isinstance(option, click.Option) and option.is_flag for option in named)
            return "error.flag_value" if flag else "error.option_value", {"name": name}
        case click.UsageError(ctx=click.Context(command=click.Group())):
            # an unknown command is a `Refusal`: what a group says plainly is that there is none
            return ("error.missing_command", {}) if type(error) is click.UsageError else None
    return None


def _value(error: click.BadParameter, lang: str) -> Said | None:
    if error.param is None or error.ctx is None:
        return None
    fields: dict[str, object] = {"name": error.param.get_error_hint(error.ctx)}
    if isinstance(error, click.MissingParameter):
        return f"error.missing_{error.param.param_type_name}", fields
    match error.param.type:
        case click.Choice(choices=choices):
            return "error.bad_choice", {**fields, "allowed": ", ".join(map(str, choices))}
        case click.IntRange() as numbers:
            return "error.bad_whole", {**fields, "limits": _limits(numbers, lang)}
        case click.FloatRange() as numbers:
            return "error.bad_number", {**fields, "limits": _limits(numbers, lang)}
    return None


def _limits(numbers: click.IntRange | click.FloatRange, lang: str) -> str:
    """What the numbers lie between; one side may be open: at least 0 and less than 1."""
    least = "error.limit_above" if numbers.min_open else "error.limit_least"
    most = "error.limit_below" if numbers.max_open else "error.limit_most"
    limits = [
        translate(code, lang, number=number)
        for code, number in ((least, numbers.min), (most, numbers.max))
        if number is not None
    ]
    return translate("error.limits_and", lang).join(limits)
