"""Commands that run a package on real text: `train`, `try` what came out, `compare` methods."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from grader.cli.commands import Command, Group
from grader.cli.common import Decorator, plain, short, with_options
from grader.cli.paths import PathType
from grader.errors import UsageError
from grader.i18n import translate

if TYPE_CHECKING:
    from grader.training.loop import Line, Program

QUIET_SECONDS = 5.0  # between two plain lines where there is no terminal

_count = click.IntRange(min=1)
_positive = click.FloatRange(min=0, min_open=True)
_share = click.FloatRange(min=0, max=1, max_open=True)


class _Only(click.Option):
    """An option that has an effect only beside `where`: a parameter, its values (none: any)."""

    def __init__(self, *names: Any, where: tuple[str, ...], **rest: Any) -> None:
        super().__init__(*names, **rest)
        self._where = where

    def refuse_idle(self, ctx: click.Context) -> None:
        """Raises `UsageError` where it was typed and would be ignored."""
        name, *values = self._where
        found = ctx.params[name]
        idle = found not in values if values else not found
        if idle and ctx.get_parameter_source(str(self.name)) is ParameterSource.COMMANDLINE:
            option = "" if name == "assignment" else f"--{name} "
            needed = f"{option}{'|'.join(values)}".strip()
            raise UsageError("error.train_only", option=self.opts[0], needed=needed)


def _only(name: str, where: tuple[str, ...], **rest: Any) -> Decorator:
    return click.option(name, cls=_Only, where=where, **rest)


def _refuse_idle(ctx: click.Context) -> None:
    for option in ctx.command.params:
        if isinstance(option, _Only):
            option.refuse_idle(ctx)


_JUDGED, _HMM, _ATTENDING = ("similarity",), ("model", "hmm"), ("model", "transformer")
_LAYERED, _SEEING = (*_ATTENDING, "lstm"), (*_ATTENDING, "seq2seq")
_HW3, _HW5 = ("assignment", "hw3"), ("assignment", "hw5")


@click.group(cls=Group)
def train() -> None:
    """Train a homework's package on real text. / 과제 패키지를 실제 텍스트로 학습합니다."""


def _common(data: str, epochs: int | None = None, lr: float | None = None) -> Decorator:
    """The options that all five have; the last two where there are such things."""
    options = [
        click.option("--data", default=data, show_default=True, help="A name, a file or a folder."),
        click.option(
            "--package",
            metavar="reference|FOLDER",
            help="Whose code (default: yours if you are in its folder; in a course the reference).",
        ),
        click.option(
            "--out",
            type=PathType(path_type=Path, file_okay=False),
            help="Folder for the model, results.json and pictures (default: out/train/NAME).",
        ),
        click.option("--resume", is_flag=True, help="Go on from the checkpoint in --out."),
        click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto"),
        click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True),
    ]
    if epochs is not None:
        options.append(click.option("--epochs", type=_count, default=epochs, show_default=True))
    if lr is not None:
        options.append(click.option("--lr", type=_positive, default=lr, show_default=True))

    return with_options(options)


@train.command("hw1")
@_common("nsmc", 6, 0.03)
@click.option("--features", type=click.Choice(["characters", "words"]), default="characters")
@click.option("--batch-size", type=_count, default=512)
@click.pass_context
def train_hw1(ctx: click.Context, /, **options: Any) -> None:
    """Naive Bayes and logistic regression. / 나이브 베이즈와 로지스틱 회귀."""
    _train(ctx, "hw1", options)


@train.command("hw2")
@_common("wikitext2", 5, 0.025)
@click.option("--dim", type=_count, default=100)
@click.option("--window", type=_count, default=5)
@click.option("--negatives", type=_count, default=5)
@click.option("--min-count", type=_count, default=5)
@click.option("--t", type=_positive, default=1e-3, help="Threshold of subsampling.")
@click.option("--lower", is_flag=True, help="Lower-case the text.")
@click.option("--rare", type=click.Choice(["drop", "unk"]), default="drop", help="Rare words.")
@click.option("--similarity", metavar="NAME|FILE", help="Judge: wordsim353, or a file like it.")
@click.option("--analogies", metavar="NAME|FILE", help="Judge: analogy, or a file like it.")
@_only("--gensim", _JUDGED, is_flag=True, help="With --similarity: the same by gensim.")
@click.pass_context
def train_hw2(ctx: click.Context, /, **options: Any) -> None:
    """Word vectors. / 단어 벡터."""
    _train(ctx, "hw2", options)


@train.command("hw3")
@_common("wikitext2", 40, 20.0)
@click.option("--size", type=_count, default=650, help="Of embeddings and hidden states.")
@click.option("--layers", type=_count, default=2)
@click.option("--dropout", type=_share, default=0.5)
@click.option("--tied", is_flag=True, help="One matrix for embedding and output.")
@click.option("--batch-size", type=_count, default=20)
@click.option("--bptt", type=_count, default=35, help="Steps that gradients go back.")
@click.option("--clip", type=_positive, default=0.25, help="Largest norm of the gradients.")
@click.option("--optimiser", type=click.Choice(["sgd", "adam"]), default="sgd")
@click.option("--characters", is_flag=True, help="Read letters, not words.")
@click.option("--amp", type=click.Choice(["off", "bf16"]), default="off", help="Mixed precision.")
@click.option("--compile", is_flag=True, help="By torch.compile.")
@click.pass_context
def train_hw3(ctx: click.Context, /, **options: Any) -> None:
    """A language model. / 언어 모델."""
    _train(ctx, "hw3", options)


@train.command("hw4")
@_common("ud_english_ewt")
@click.option("--model", type=click.Choice(["hmm", "trigrams"]), default="hmm", show_default=True)
@_only("--min-count", _HMM, type=_count, default=2, help="hmm: rarer words by their class.")
@click.pass_context
def train_hw4(ctx: click.Context, /, **options: Any) -> None:
    """An HMM tagger. / HMM 품사 태거."""
    _train(ctx, "hw4", options)


@train.command("hw5")
@_common("multi30k", 15)
@click.option(
    "--model",
    type=click.Choice(["lstm", "seq2seq", "transformer"]),
    default="transformer",
    show_default=True,
    help="lstm: two LSTMs; seq2seq: attention.",
)
@click.option("--size", type=_count, help="d_model, or the hidden size.")
@_only("--layers", _LAYERED, type=_count, help="On each side.")
@_only("--heads", _ATTENDING, type=_count, default=8, help="Transformer.")
@_only("--d-ff", _ATTENDING, type=_count, help="Transformer: default twice the size.")
@_only("--dropout", _LAYERED, type=_share)
@click.option("--smoothing", type=_share, default=0.1, help="Of the labels.")
@_only("--tie-all", _ATTENDING, is_flag=True, help="Transformer: one matrix for all embeddings.")
@click.option("--vocabulary", type=_count, default=8000, help="Pieces of both languages.")
@click.option("--max-tokens", type=_count, help="Sentences x the longest of a batch.")
@click.option("--lr", type=_positive, help="Learning rate; Transformer: a factor of the schedule.")
@_only("--warmup", _ATTENDING, type=_count, default=1000, help="Transformer: steps of rising rate.")
@click.option("--beam", type=_count, default=5, help="Hypotheses that are kept.")
@click.option("--penalty", type=click.FloatRange(min=0), default=1.0, help="On short translations.")
@_only("--sentence", _SEEING, type=click.IntRange(min=0), default=0, help="Of the attention map.")
@click.option("--test-size", type=_count, help="Test this many sentences (default: all).")
@click.option("--amp", type=click.Choice(["off", "bf16"]), default="off", help="Mixed precision.")
@click.option("--compile", is_flag=True, help="By torch.compile.")
@click.pass_context
def train_hw5(ctx: click.Context, /, **options: Any) -> None:
    """Translation. / 번역."""
    _train(ctx, "hw5", options)


@click.command("try", cls=Command)
@click.argument("assignment", type=click.Choice(["hw1", "hw2", "hw3", "hw4", "hw5"]))
@click.argument("model", type=PathType(path_type=Path))
@click.argument("text", required=False)
@click.option("--package", metavar="reference|FOLDER", help="Whose code, as in `grader train`.")
@_only("--length", _HW3, type=_count, default=40, show_default=True, help="hw3: words to write.")
@_only(
    "--temperature",
    _HW3,
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="hw3.",
)
@_only("--seed", _HW3, type=click.IntRange(min=0), default=0, show_default=True, help="hw3.")
@_only("--beam", _HW5, type=_count, default=5, show_default=True, help="hw5: hypotheses kept.")
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
    학습한 모델에 글을 넣어 봅니다. TEXT를 쓰지 않으면 한 줄씩 읽습니다.

    Without TEXT, lines are read until the end of the input.
    """
    from grader.training import package as packages
    from grader.training import session, storage

    _refuse_idle(ctx)
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
@click.option("--data", default="wikitext2", show_default=True, help="A name, a file or a folder.")
@click.option("--similarity", default="wordsim353", show_default=True, help="The judge, likewise.")
@click.option("--package", metavar="reference|FOLDER", help="Whose code, as in `grader train`.")
@click.option("--words", type=_count, default=100_000, show_default=True, help="Of the text.")
@click.option("--dim", type=_count, default=50, show_default=True)
@click.option("--epochs", type=_count, default=3, show_default=True, help="GloVe has its own.")
@click.option("--min-count", type=_count, default=5, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
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
    """Compare hw2's five ways to word vectors. / 단어 벡터를 얻는 다섯 가지 방법을 비교합니다."""
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

    _refuse_idle(ctx)
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
