"""The command that looks at this machine: `doctor`."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Show what this machine can enforce, and what is missing. / 이 컴퓨터의 채점 환경을 진단합니다."""
    from grader.boundary.probes import examine
    from grader.cli.progress import show_findings

    findings = examine()
    if as_json:
        click.echo(json.dumps([vars(finding) for finding in findings], ensure_ascii=False))
    else:
        show_findings(findings, ctx.obj["lang"])
