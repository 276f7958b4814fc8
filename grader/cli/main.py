"""The command line: each command parses, has the work done elsewhere, and prints.

Exit codes: 0 fine, 1 some work fell short of the stated bar, 2 the call or its input was wrong,
3 the platform itself failed.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import click

from grader import __version__
from grader.cli import refusals
from grader.cli.commands import Group
from grader.cli.common import INTERRUPTED, plain
from grader.cli.paths import PathType
from grader.errors import GraderError, PlatformError
from grader.i18n import LANGUAGES, default_language, translate

# Where each command is. It is imported when it is asked for: a person waits for one at a time.
_COMMANDS = {
    "new": "author:new",
    "release": "author:release",
    "verify": "author:verify",
    "check": "student:check",
    "train": "training:train",
    "try": "training:try_",
    "compare": "training:compare",
    "grade": "grading:grade",
    "merge": "grading:merge",
    "autograde": "grading:autograde",
    "gradebook": "gradebook:gradebook",
    "report": "telling:report",
    "diagnose": "telling:diagnose",
    "export": "exporting:export",
    "doctor": "machine:doctor",
}


class Commands(Group):
    """Turns errors, ours and click's, into a sentence and an exit code, never into a traceback."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Their names, sorted."""
        return sorted(_COMMANDS)

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        """One by its name; None for a name that is none."""
        if (place := _COMMANDS.get(cmd_name)) is None:
            return None
        command: click.Command = pkgutil.resolve_name(f"grader.cli.{place}")
        return command

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Parse what stands before the command."""
        asked = _asked(args)
        obj = {"lang": asked or default_language(), "asked": asked}
        with _told(obj):
            return super().make_context(info_name, args, parent, obj=obj, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _told(ctx.obj):
            return super().invoke(ctx)


def _asked(args: list[str]) -> str | None:
    """The language that `--lang` names, wherever it stands: refusals of the rest are in it."""
    words = [word for arg in map(str, args) for word in arg.split("=", 1)]
    named = [lang for word, lang in pairwise(words) if word == "--lang" and lang in LANGUAGES]
    return named[-1] if named else None


@contextmanager
def _told(obj: dict[str, Any]) -> Iterator[None]:
    """What ends a command is told to the person."""
    lang = obj["lang"]
    try:
        yield
    except click.UsageError as error:
        if (sentence := refusals.sentence(error, lang)) is None or error.ctx is None:
            raise  # click tells it
        hint = translate("cli.help_hint", lang, command=f"{error.ctx.command_path} --help")
        click.echo(f"{error.ctx.get_usage()}\n{hint}\n", err=True)
        _fail(sentence, error.exit_code, lang)
    except GraderError as error:
        _fail(translate(error.code, lang, **error.fields), error.exit_code, lang)
    except BrokenPipeError:
        raise  # the reader of our output went away; click ends quietly
    except OSError as error:
        _fail(translate("error.system", lang, reason=error), PlatformError.exit_code, lang)
    except KeyboardInterrupt:
        line = "\n" if sys.stderr.isatty() else ""  # the terminal has written ^C
        code = obj.get("interrupted", "cli.interrupted")
        click.echo(line + translate(code, lang), err=True)
        sys.exit(INTERRUPTED)


def _fail(sentence: str, exit_code: int, lang: str) -> NoReturn:
    click.echo(f"{translate('cli.error', lang)}: {plain(sentence)}", err=True)
    sys.exit(exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(
    __version__, prog_name="grader", help="Show the version. / 버전을 보여 줍니다."
)
@click.option(
    "--course",
    type=PathType(path_type=Path, exists=True, file_okay=False),
    help="Course folder (default: the one around the current folder). / "
    "수업 폴더(기본값: 현재 폴더가 속한 수업 폴더).",
)
@click.pass_context
def main(ctx: click.Context, course: Path | None) -> None:
    """Auto-graded homework for NLP and deep learning. / NLP·딥러닝 과제 자동 채점."""
    ctx.obj["course"] = course
