"""Commands and groups that speak the person's language where click would speak English."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import click

from grader.cli.refusals import Refusal, unknown
from grader.i18n import LANGUAGES, translate

_HEADINGS = {"Options": "cli.options", "Commands": "cli.commands"}


class _Formatter(click.HelpFormatter):
    def __init__(self, lang: str, **rest: Any) -> None:
        super().__init__(**rest)
        self._lang = lang

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line of usage."""
        super().write_usage(prog, args, prefix or f"{translate('cli.usage', self._lang)} ")

    def write_heading(self, heading: str) -> None:
        """A heading of the help; one that we do not know stays as it is."""
        code = _HEADINGS.get(heading)
        super().write_heading(translate(code, self._lang) if code else heading)


class _Context(click.Context):
    def make_formatter(self) -> click.HelpFormatter:
        """What lays out the help."""
        width, most = self.terminal_width, self.max_content_width
        return _Formatter(self.obj["lang"], width=width, max_width=most)


class _Spoken(click.Command):
    """What a command and a group have in common. `--lang` may stand behind each."""

    context_class = _Context

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        option = click.Option(
            ["--lang"],
            type=click.Choice(LANGUAGES),
            help="Language (default: the locale's).",
            expose_value=False,  # `Commands` has looked for it before anything could be refused
        )
        self.params.append(option)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; a refusal knows its context, which click leaves out of some."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise


class Command(_Spoken):
    """A command."""

    allow_extra_args = True  # by click; by us they are refused

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse. Raises `Refusal` where arguments are left over."""
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise Refusal(("error.extra_arguments", {"n": len(rest), "names": " ".join(rest)}), ctx)
        return rest


class Group(_Spoken, click.Group):
    """A group of commands."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command. Raises `Refusal` where there is none."""
        name = args[0]
        if self.get_command(ctx, name) is None and not ctx.resilient_parsing:
            near = get_close_matches(name, self.list_commands(ctx))
            raise Refusal(unknown("command", name, near), ctx)
        return super().resolve_command(ctx, args)
