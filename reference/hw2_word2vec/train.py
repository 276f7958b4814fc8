"""Word vectors from a text of any size, on any device.

    python -m reference.hw2_word2vec.train --data text8 --out out/text8 --device auto

The corpus is read as a stream (`textstream`): once to count, once to be written as ids beside the
result; the epochs read those. The mathematics is the homework's; `blocks` takes its sums in large
matrix products. Steps are word2vec's own: plain gradient descent with a rate that falls to 0.

After every epoch, and every few minutes, a checkpoint is written; with --resume a run that was
interrupted goes on from it and ends with the same vectors.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from torch import Tensor

from .blocks import S, Trainer, Windows
from .corpus import Vocabulary, keep_probability
from .evaluate import nearest
from .judge import analogies, similarity
from .sampling import AliasSampler, negative_distribution
from .textstream import CorpusUnreadable, read_ids, sentences, write_ids
from .vector_files import write_binary, write_text

STRETCH = 1 << 18  # ids that are turned into steps at once
TOKENS = {"cpu": 1024, "cuda": 8192}  # centers of a step: a GPU wants more work at once


class Unusable(Exception):
    """The call, the data or the checkpoint cannot be used; the text says why."""


@dataclass(frozen=True)
class Settings:
    """What decides the vectors, beside the corpus."""

    dim: int
    window: int
    negatives: int
    epochs: int
    lr: float
    min_count: int
    t: float
    seed: int
    tokens: int


def train(
    corpus: Path, out: Path, settings: Settings, device: torch.device, console: Console, resume: bool
) -> tuple[Vocabulary, Tensor, dict[str, Any]]:
    """Vocabulary, vectors (V, d) on the CPU, and statistics of the run. Files are written to `out`.

    Raises `Unusable` or `CorpusUnreadable`.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    bar = Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal)
    with bar as progress:
        vocabulary, words = _prepare(corpus, out / "corpus.ids", settings.min_count, progress)
        counts = vocabulary.counts.to(device)
        windows = Windows(settings.window, settings.negatives, settings.seed, settings.tokens)
        trainer = Trainer(
            counts,
            keep_probability(counts, settings.t),
            AliasSampler(negative_distribution(counts)),
            windows,
            settings.dim,
        )
        checkpoint = Checkpoint(out / "checkpoint.pt", settings, vocabulary)
        first = checkpoint.load(trainer) if resume else 0
        seconds, trained = _epochs(out / "corpus.ids", settings, trainer, first, checkpoint, progress)
    figures = {
        "words": words,
        "vocabulary": len(vocabulary),
        "training_seconds": round(seconds, 2),
        "words_per_second": round(trained / seconds) if seconds else None,
    }
    return vocabulary, trainer.into.cpu(), figures


def _prepare(
    corpus: Path, ids: Path, min_count: int, progress: Progress
) -> tuple[Vocabulary, int]:
    def task(title: str) -> TaskID:
        return progress.add_task(title, total=corpus.stat().st_size if corpus.is_file() else None)

    counting = task("counting")
    vocabulary = Vocabulary(
        sentences(corpus, lambda size: progress.advance(counting, size)), min_count
    )
    if len(vocabulary) == 0:
        raise Unusable(f"{corpus}: no word occurs {min_count} times (see --min-count)")
    writing = task("ids")
    return vocabulary, write_ids(
        corpus, vocabulary, ids, lambda size: progress.advance(writing, size)
    )


def _epochs(
    ids: Path,
    settings: Settings,
    trainer: Trainer,
    first: int,
    checkpoint: Checkpoint,
    progress: Progress,
) -> tuple[float, int]:
    """Train from stretch number `first` on. Returns seconds, and words as often as they were read."""
    corpus = read_ids(ids)
    stretches = -(-len(corpus) // STRETCH)  # of one epoch, rounded up
    total = stretches * settings.epochs
    task = progress.add_task("training", total=total, completed=first)
    begun, words = time.perf_counter(), 0
    for number in range(first, total):
        epoch, place = divmod(number, stretches)
        stretch = corpus[place * STRETCH : (place + 1) * STRETCH]
        lr = settings.lr * max(1 - number / total, 1e-4)
        for step in trainer.steps(stretch, number):
            trainer.train(step, lr)
        words += int((stretch >= 0).sum())
        progress.update(task, advance=1, description=f"epoch {epoch + 1} of {settings.epochs}")
        if place == stretches - 1 or checkpoint.is_due():
            checkpoint.save(trainer, number + 1)
    if trainer.into.is_cuda:
        torch.cuda.synchronize()
    if not torch.isfinite(trainer.into).all():
        raise Unusable("the vectors are not finite: use a smaller --lr or --tokens")
    return time.perf_counter() - begun, words


class Checkpoint:
    """The two tables and how many stretches were trained: everything else follows from the seed."""

    MINUTES = 5.0

    def __init__(self, path: Path, settings: Settings, vocabulary: Vocabulary) -> None:
        self._path = path
        words = hashlib.sha256(" ".join(vocabulary.tokens).encode() + vocabulary.counts.numpy().tobytes())
        self._of = {"settings": asdict(settings), "vocabulary": words.hexdigest()}
        self._saved = time.monotonic()

    def is_due(self) -> bool:
        """Was the last one written some minutes ago?"""
        return time.monotonic() - self._saved > 60 * self.MINUTES

    def save(self, trainer: Trainer, done: int) -> None:
        """Replace the file at once, so that there is always a whole one."""
        state = {**self._of, "done": done, "into": trainer.into, "out": trainer.out}
        half = self._path.with_suffix(".part")
        torch.save(state, half)
        half.replace(self._path)
        self._saved = time.monotonic()

    def load(self, trainer: Trainer) -> int:
        """Put the tables in place; how many stretches are done, 0 without a file.

        Raises `Unusable` when settings or corpus differ.
        """
        if not self._path.exists():
            return 0
        state = torch.load(self._path, map_location=trainer.into.device, weights_only=True)
        for name, value in self._of.items():
            if state[name] != value:
                raise Unusable(f"{self._path} belongs to other {name}: leave --resume out, or use them")
        trainer.into.copy_(state["into"])
        trainer.out.copy_(state["out"])
        return int(state["done"])


def judged(
    tokens: list[str], vectors: Tensor, similarities: Path | None, questions: Path | None
) -> dict[str, Any]:
    """Neighbours of some frequent words, and the scores of the files that were given."""
    found: dict[str, Any] = {
        "neighbours": {word: nearest(tokens, vectors, word, 5) for word in _examples(tokens)}
    }
    if similarities:
        found["similarity"] = {"file": similarities.name, **asdict(similarity(similarities, tokens, vectors))}
    if questions:
        sections = analogies(questions, tokens, vectors)
        found["analogies"] = {section: asdict(score) for section, score in sections.items()}
    return found


def _examples(tokens: list[str]) -> list[str]:
    """Words that say something: the first of more than three letters after the 50 most frequent."""
    rare = tokens[50:] if len(tokens) > 100 else tokens
    return [token for token in rare if len(token) > (3 if token.isascii() else 1)][:6]


def show(result: dict[str, Any], console: Console) -> None:
    """The result as tables."""
    table = Table("word", "its neighbours, with their cosines")
    for word, near in result["neighbours"].items():
        table.add_row(word, ", ".join(f"{other} {cosine:.2f}" for other, cosine in near))
    console.print(table)
    table = Table("figure", "value", "known of asked")
    table.add_row("words per second", f"{result['words_per_second'] or 0:,}", "")
    if "similarity" in result:
        score = result["similarity"]
        table.add_row(f"Spearman, {score['file']}", f"{score['score']:.3f}", f"{score['known']} of {score['asked']}")
    for section, score in result.get("analogies", {}).items():
        table.add_row(section, f"{score['score']:.1%}", f"{score['known']} of {score['asked']}")
    console.print(table)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns 0, or 2 for a call or data that cannot be used."""
    options = _parser().parse_args(arguments)
    if options.device == "cuda" and not torch.cuda.is_available():
        print("There is no CUDA device here: use --device cpu or auto.", file=sys.stderr)
        return 2
    available = torch.cuda.is_available() and options.device != "cpu"
    device = torch.device("cuda" if available else "cpu")
    tokens = -(-(options.tokens or TOKENS[device.type]) // S) * S
    settings = Settings(
        options.dim, options.window, options.negatives, options.epochs, options.lr,
        options.min_count, options.t, options.seed, tokens,
    )
    console = Console(highlight=False)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        vocabulary, vectors, figures = train(
            options.data, options.out, settings, device, console, options.resume
        )
        result = {
            "assignment": "hw2",
            "data": {"file": options.data.name, "bytes": options.data.stat().st_size},
            "settings": asdict(settings),
            "device": str(device),
            "torch": torch.__version__,
            **figures,
            **judged(vocabulary.tokens, vectors, options.similarity, options.analogies),
        }
    except (Unusable, CorpusUnreadable, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    write_text(options.out / "vectors.txt", vocabulary.tokens, vectors)
    write_binary(options.out / "vectors.bin", vocabulary.tokens, vectors)
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    (options.out / "result.json").write_text(text, encoding="utf-8")
    show(result, console)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="reference.hw2_word2vec.train")
    add = parser.add_argument
    add("--data", type=Path, required=True, help="a text in UTF-8, words between blanks, a sentence a line")
    add("--out", type=Path, required=True, help="folder for vectors, result.json and the checkpoint")
    add("--device", choices=("auto", "cpu", "cuda"), default="auto")
    add("--dim", type=_count, default=100)
    add("--window", type=_count, default=5)
    add("--negatives", type=_count, default=5)
    add("--epochs", type=_count, default=5)
    add("--lr", type=float, default=0.025)
    add("--min-count", type=_count, default=5)
    add("--t", type=float, default=1e-3, help="threshold of subsampling")
    add("--seed", type=int, default=0)
    add("--tokens", type=_count, help="centers of a step (1024 on a CPU, 8192 on a GPU)")
    add("--resume", action="store_true", help="go on from the checkpoint in --out")
    add("--similarity", type=Path, help="a file of WordSim-353's form")
    add("--analogies", type=Path, help="a file of the form of questions-words.txt")
    return parser


def _count(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
