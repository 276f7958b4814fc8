"""Commands and groups that speak the person's language where click would speak English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import click

from grader.cli.refusals import Refusal, unknown
from grader.i18n import LANGUAGES, translate

_HEADINGS = {"Options": "cli.options", "Commands": "cli.commands"}
_ADDED = {"default:": "cli.default", "required": "cli.required"}
_BETWEEN = re.compile(r"\s/\s")
_WIDE = re.compile("[가-힣]")
_SECOND = "\0"  # the second column of a wide character: click takes each for one column


def halves(text: str) -> list[list[str]]:
    """Of each paragraph, "English. / 한국어.", the two."""
    return [_BETWEEN.split(paragraph, maxsplit=1) for paragraph in text.split("\n\n")]


class _Formatter(click.HelpFormatter):
    """What a command and an option say of themselves is shown in one language."""

    def __init__(self, lang: str, **rest: Any) -> None:
        super().__init__(**rest)
        self._lang = lang

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line of usage."""
        usage = _widened(prefix or f"{translate('cli.usage', self._lang)} ")
        super().write_usage(prog, args, usage)

    def write_text(self, text: str) -> None:
        """What a command does."""
        super().write_text(self._own(text))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """The options, or the commands of a group, each with what it does."""
        own = [(name, self._described(text)) for name, text in rows]
        super().write_dl(own, col_max, col_spacing)

    def getvalue(self) -> str:
        """The help."""
        return super().getvalue().replace(_SECOND, "")

    def write_heading(self, heading: str) -> None:
        """A heading of the help; one that we do not know stays as it is."""
        code = _HEADINGS.get(heading)
        super().write_heading(translate(code, self._lang) if code else heading)

    def _described(self, text: str) -> str:
        """A description and what click adds to it: "  [default: 35; required]"."""
        described, bracket, added = text.partition("  [")
        for word, code in _ADDED.items():
            added = added.replace(word, translate(code, self._lang))
        return self._own(described) + bracket + _widened(added)

    def _own(self, text: str) -> str:
        """The half in the person's language; what has one half stays as it is."""
        which = LANGUAGES.index(self._lang)
        return _widened("\n\n".join(both[: which + 1][-1] for both in halves(text)))


def _widened(text: str) -> str:
    return _WIDE.sub(rf"\g<0>{_SECOND}", text)


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
            help="Language (default: the locale's). / 언어(기본값: 컴퓨터에 설정된 언어).",
            expose_value=False,  # `Commands` has looked for it before anything could be refused
        )
        self.params.append(option)
        # left to itself, click ends this with the first sentence, which is English
        self.short_help = " ".join((self.help or "").partition("\n\n")[0].split())

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`, which click describes in English."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "Show this help. / 이 도움말을 보여 줍니다."
        return option

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
