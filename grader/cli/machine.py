"""The command that looks at this machine: `doctor`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from grader.cli.commands import Command
from grader.i18n import translate

if TYPE_CHECKING:
    from grader.boundary.probes import Probe


@click.command(cls=Command)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object. / JSON 객체 하나로 출력합니다."
)
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Show what this machine can enforce, and what is missing. /
    이 컴퓨터의 격리 기능을 점검하고 빠진 것을 알려 줍니다.
    """
    from grader.boundary.probes import examine

    probes = examine()
    if as_json:
        click.echo(json.dumps([vars(probe) for probe in probes], ensure_ascii=False))
    else:
        _show(probes, ctx.obj["lang"])


def _show(probes: list[Probe], lang: str) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    for probe in probes:
        mark = "[green]✓[/]" if probe.ok else "[red]✗[/]"
        text = translate(f"doctor.{probe.topic}", lang)
        console.print(f"{mark} {escape(text)}  [dim]{escape(probe.detail)}[/]")
    missing = [probe for probe in probes if not probe.ok]
    if missing:
        console.print(translate("cli.doctor_missing", lang, count=len(missing)))
        for probe in missing:
            cure = translate(f"doctor.{probe.topic}_cure", lang)
            console.print(f"  - {escape(cure)}", soft_wrap=True)
