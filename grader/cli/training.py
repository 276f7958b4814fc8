"""Commands that run a package on real text: `train`, `try` what came out, `compare` methods."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.commands import Command, Group
from grader.cli.common import plain, short
from grader.cli.paths import PathType
from grader.cli.training_options import (
    compare_options,
    hw1_options,
    hw2_options,
    hw3_options,
    hw4_options,
    hw5_options,
    refuse_idle,
    try_options,
)
from grader.i18n import translate

if TYPE_CHECKING:
    from grader.training.loop import Line, Program

QUIET_SECONDS = 5.0  # between two plain lines where there is no terminal


@click.group(cls=Group)
def train() -> None:
    """Train a homework's package on real text. / 과제 패키지를 실제 텍스트로 학습합니다."""


@train.command("hw1")
@hw1_options
@click.pass_context
def train_hw1(ctx: click.Context, /, **options: Any) -> None:
    """Naive Bayes and logistic regression. / 나이브 베이즈와 로지스틱 회귀."""
    _train(ctx, "hw1", options)


@train.command("hw2")
@hw2_options
@click.pass_context
def train_hw2(ctx: click.Context, /, **options: Any) -> None:
    """Word vectors. / 단어 벡터."""
    _train(ctx, "hw2", options)


@train.command("hw3")
@hw3_options
@click.pass_context
def train_hw3(ctx: click.Context, /, **options: Any) -> None:
    """A language model. / 언어 모델."""
    _train(ctx, "hw3", options)


@train.command("hw4")
@hw4_options
@click.pass_context
def train_hw4(ctx: click.Context, /, **options: Any) -> None:
    """An HMM tagger. / HMM 품사 태거."""
    _train(ctx, "hw4", options)


@train.command("hw5")
@hw5_options
@click.pass_context
def train_hw5(ctx: click.Context, /, **options: Any) -> None:
    """Translation. / 번역."""
    _train(ctx, "hw5", options)


@click.command("try", cls=Command)
@click.argument("assignment", type=click.Choice(["hw1", "hw2", "hw3", "hw4", "hw5"]))
@click.argument("model", type=PathType(path_type=Path))
@click.argument("text", required=False)
@try_options
@click.pass_context
def try_(
    ctx: click.Context,
    /,
    assignment: str,
    model: Path,
    text: str | None,
    package: str | None,
    **options: Any,
) -> None:
    """Ask a trained model: classify, find neighbours, write, tag or translate. /
    학습한 모델에 글을 넣어 봅니다(분류, 가까운 단어, 이어 쓰기, 품사 태그, 번역).

    Without TEXT, lines are read until the end of the input. /
    TEXT를 쓰지 않으면 입력이 끝날 때까지 한 줄씩 읽습니다.
    """
    from grader.training import package as packages
    from grader.training import session, storage

    refuse_idle(ctx)
    lang = ctx.obj["lang"]
    path = model / storage.MODEL if model.is_dir() else model
    if text is None and sys.stdin.isatty():
        click.echo(translate(f"train.try_{assignment}", lang), err=True)
    loaded = packages.load(assignment, package, ctx.obj["course"])
    for line in [text] if text is not None else sys.stdin:
        with loaded.blamed():
            for answer in session.answers(assignment, loaded, path, line.rstrip("\n"), options):
                click.echo(plain(answer))


@click.command("compare", cls=Command)
@compare_options
@click.pass_context
def compare(
    ctx: click.Context,
    /,
    data: str,
    similarity: str,
    package: str | None,
    words: int,
    **options: Any,
) -> None:
    """Compare hw2's five ways to word vectors. / hw2의 단어 벡터 학습법 다섯 가지를 비교합니다."""
    from grader.training import compare, datasets
    from grader.training import package as packages

    lang = ctx.obj["lang"]
    loaded = packages.load("hw2", package, ctx.obj["course"])
    text = compare.beginning(datasets.find(data), words)
    pairs = datasets.one_file(datasets.find(similarity), "*ALL*", "*.txt")
    click.echo(translate("train.comparing", lang, words=sum(map(len, text))))
    with loaded.blamed():
        for line in compare.lines(loaded, text, pairs, options):
            click.echo(plain(_said(line, lang)))


def _train(ctx: click.Context, assignment: str, options: dict[str, Any]) -> None:
    """Parse, run, and tell."""
    from grader.training import loop, session
    from grader.training import package as packages

    refuse_idle(ctx)
    lang, settings = ctx.obj["lang"], dict(options)
    data, wanted, resume = (settings.pop(name) for name in ("data", "package", "resume"))
    out: Path = settings.pop("out") or Path("out") / "train" / assignment
    device = session.device_of(settings.pop("device"))
    package = packages.load(assignment, wanted, ctx.obj["course"])
    begun = time.monotonic()
    click.echo(translate("train.reading", lang))
    with package.blamed(), _folder(out):
        program = session.begin(assignment, package, data, settings, device)
        about = {"package": package.folder.name, **session.machine(device)}
        try:
            _show(program, loop.run(program, out, resume=resume), lang)
            about["seconds"] = round(time.monotonic() - begun, 1)
            click.echo(translate("train.measuring", lang))
            result = session.finish(program, out, about)
        except loop.Diverged as error:
            session.fail(program, out, about, error)
            raise
    for line in session.program_of(assignment).told(result["metrics"]):
        click.echo(plain(_said(line, lang)))
    click.echo(translate("train.wrote", lang, folder=short(out), name=assignment))


@contextmanager
def _folder(out: Path) -> Iterator[None]:
    """The folder is there; what was made for it goes again if nothing comes into it."""
    made = [folder for folder in (out, *out.parents) if not folder.exists()]
    out.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        with suppress(OSError):
            for folder in made:
                folder.rmdir()


def _show(program: Program, steps: Iterator[Any], lang: str) -> None:
    """A bar with the time left of the whole run on a terminal; elsewhere a line now and then."""
    from rich.console import Console
    from rich.markup import escape

    from grader.cli.bar import bar

    console = Console(highlight=False)
    first: int | None = None
    begun = told = time.monotonic()
    label = translate("train.training", lang)
    with bar(console, program.total, label, counted=False) as move:
        for step in steps:
            first = step.done - 1 if first is None else first
            move(step.done)
            if step.note:
                console.print(escape(plain(_said(step.note, lang))), soft_wrap=True)
            now = time.monotonic()
            if not console.is_terminal and now - told >= QUIET_SECONDS:
                told = now
                left = (now - begun) / (step.done - first) * (step.total - step.done)
                share = 100 * step.done / step.total
                click.echo(translate("train.left", lang, share=f"{share:.1f}", left=_clock(left)))


def _said(line: Line, lang: str) -> str:
    return translate(f"train.{line.code}", lang, **line.fields)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
