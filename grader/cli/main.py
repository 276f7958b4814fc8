"""The command line: each command parses, has the work done elsewhere, and prints.

Exit codes: 0 fine, 1 some work fell short of the stated bar, 2 the call or its input was wrong,
3 the platform itself failed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from grader import __version__
from grader.cli import author, exporting, gradebook, grading, machine, student, telling, training
from grader.cli.common import INTERRUPTED, plain
from grader.errors import GraderError, PlatformError
from grader.i18n import LANGUAGES, default_language, translate


class Commands(click.Group):
    """Turns our errors into a sentence and an exit code, never into a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except GraderError as error:
            _fail(ctx, error)
        except BrokenPipeError:
            raise  # the reader of our output went away; click ends quietly
        except OSError as error:
            _fail(ctx, PlatformError("error.system", reason=error))
        except KeyboardInterrupt:
            code = (ctx.obj or {}).get("interrupted", "cli.interrupted")
            line = "\n" if sys.stderr.isatty() else ""  # the terminal has written ^C
            click.echo(line + translate(code, _lang(ctx)), err=True)
            sys.exit(INTERRUPTED)


def _lang(ctx: click.Context) -> str:
    return str((ctx.obj or {}).get("lang", default_language()))


def _fail(ctx: click.Context, error: GraderError) -> NoReturn:
    lang = _lang(ctx)
    prefix = translate("cli.error", lang)
    click.echo(f"{prefix}: {plain(translate(error.code, lang, **error.fields))}", err=True)
    sys.exit(error.exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grader")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language (default: the locale's).")
@click.option(
    "--course",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Course folder (default: the one around the current folder).",
)
@click.pass_context
def main(ctx: click.Context, lang: str | None, course: Path | None) -> None:
    """Auto-graded homework for NLP and deep learning. / NLP·딥러닝 과제 자동 채점."""
    ctx.obj = {"lang": lang or default_language(), "course": course}


def _speak(ctx: click.Context, _: click.Parameter, lang: str | None) -> None:
    if lang:
        ctx.obj["lang"] = lang


def _add(group: click.Group, command: click.Command) -> None:
    """Add a command; `--lang` may stand behind it, and behind those below it."""
    for each in [command, *(command.commands.values() if isinstance(command, click.Group) else ())]:
        option = click.Option(
            ["--lang"],
            type=click.Choice(LANGUAGES),
            help="Language (default: the locale's).",
            expose_value=False,
            is_eager=True,
            callback=_speak,
        )
        each.params.append(option)
    group.add_command(command)


for command in (
    author.new,
    author.release,
    author.verify,
    student.check,
    training.train,
    training.try_,
    training.compare,
    grading.grade,
    grading.merge,
    grading.autograde,
    gradebook.gradebook,
    telling.report,
    telling.diagnose,
    exporting.export,
    machine.doctor,
):
    _add(main, command)
