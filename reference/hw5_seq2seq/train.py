"""German to English on Multi30k, by the attention seq2seq or by the Transformer.

    python -m reference.hw5_seq2seq.train --data multi30k --model transformer --out out/multi30k

Writes into --out: checkpoint.pt after each epoch, result.json, translations of the test set, the
learning curve and an attention map as SVG. --resume DIR continues from a checkpoint.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from .charts import attention_map, curves
from .data import Corpus, DataMissing, Subwords, find, fingerprint, read
from .trainer import MODELS, Pair, Settings, Trainer, load
from .translate import attention, score, translate

COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
# chosen on the validation set: size, layers, dropout, rate (of the Transformer: a factor), tokens a batch
DEFAULTS = {"seq2seq": (512, 1, 0.0, 1e-3, 3000), "transformer": (256, 3, 0.2, 1.0, 4096)}


def encoded(corpus: Corpus, subwords: Subwords) -> list[Pair]:
    """Pairs of ids, source first."""
    sides = zip(corpus.german, corpus.english, strict=True)
    return [(subwords.encode(german), subwords.encode(english)) for german, english in sides]


def run(options: argparse.Namespace, settings: Settings, console: Console) -> dict[str, Any]:
    """Read, cut into subwords, train, translate the test set, draw."""
    begun, folder = time.perf_counter(), find(options.data)
    train, val, test = (read(folder, split) for split in ("train", "val", "test"))
    data, found = fingerprint(folder), load(options.resume) if options.resume else None
    if found:
        subwords = Subwords(bytes(found["subwords"].tolist()))
    else:
        subwords = Subwords.train([*train.german, *train.english], options.vocabulary)
    trainer = Trainer(settings, len(subwords))
    if found:
        trainer.resume(found, data)
    count = sum(parameter.numel() for parameter in trainer.model.parameters())
    console.print(f"{len(train.german)} pairs, {len(subwords)} subwords, {count / 1e6:.1f} M parameters")
    with Progress(*COLUMNS, console=console, disable=not console.is_terminal, transient=True) as shown:
        speed = _train(trainer, encoded(train, subwords), encoded(val, subwords), shown, console, options.out, data, subwords)
        metrics = _test(trainer, subwords, test, options, shown)
    if options.out:
        _draw(trainer, subwords, test.german[options.sentence % len(test.german)], options.out)
    memory = torch.cuda.max_memory_allocated() if settings.device.type == "cuda" else None
    return {
        "assignment": "hw5",
        "data": {"folder": folder.name, "sha256": data, "text": "lower-cased, NFC, joint BPE"},
        "vocabulary": len(subwords),
        "parameters": count,
        "config": settings.shape() | {"epochs": settings.epochs, "amp": settings.amp, "compile": settings.compile},
        "device": str(settings.device),
        "torch": torch.__version__,
        "history": trainer.history,
        "tokens_per_second": speed,
        "peak_memory": memory,
        "metrics": metrics,
        "seconds": round(time.perf_counter() - begun, 1),
    }


def _train(
    trainer: Trainer, pairs: list[Pair], held: list[Pair], shown: Progress, console: Console,
    out: Path | None, data: str, subwords: Subwords,
) -> float | None:
    """The epochs that are left. Returns target tokens per second, None if nothing was left."""
    tokens, seconds = sum(len(target) + 1 for _, target in pairs), []
    while trainer.epochs_done < trainer.settings.epochs:
        number, batches = trainer.epochs_done, len(trainer.batches(pairs, 0))
        task = shown.add_task(f"epoch {number + 1}", total=batches)
        begun = time.perf_counter()
        loss = trainer.epoch(pairs, lambda task=task: shown.advance(task))
        seconds.append(time.perf_counter() - begun)
        shown.remove_task(task)
        trainer.history["training"].append(loss)
        trainer.history["validation"].append(trainer.validation_loss(held))
        console.print(f"epoch {number + 1}: training {loss:.3f}, validation {trainer.history['validation'][-1]:.3f}")
        if out:
            trainer.save(out / "checkpoint.pt", data, subwords.model)
    return round(tokens * len(seconds) / sum(seconds)) if seconds else None


def _test(
    trainer: Trainer, subwords: Subwords, test: Corpus, options: argparse.Namespace, shown: Progress
) -> dict[str, Any]:
    """BLEU on the test set by greedy search and by a beam."""
    metrics: dict[str, Any] = {}
    for name, beam in (("greedy", 1), ("beam", options.beam)):
        task = shown.add_task(f"{name} search", total=len(test.german))
        hypotheses = translate(
            trainer.model, subwords, test.german, trainer.settings.device, beam, options.penalty,
            lambda done, task=task: shown.advance(task, done),
        )
        metrics[name] = score(hypotheses, test.english) | ({"k": beam, "penalty": options.penalty} if beam > 1 else {})
        if options.out:
            (options.out / f"test.{name}.en").write_text("\n".join(hypotheses) + "\n", encoding="utf-8")
    return metrics


def _draw(trainer: Trainer, subwords: Subwords, sentence: str, out: Path) -> None:
    title = f"{trainer.settings.model}: loss per token (nats) after each epoch"
    (out / "curve.svg").write_text(curves(trainer.history, title), encoding="utf-8")
    picture = attention_map(*attention(trainer.model, subwords, sentence, trainer.settings.device))
    (out / "attention.svg").write_text(picture, encoding="utf-8")


def show(result: dict[str, Any], console: Console) -> None:
    """The result on the test set as a table."""
    table = Table("search", "BLEU", "sacrebleu", "words")
    for name, row in result["metrics"].items():
        theirs = "not installed" if row["sacrebleu"] is None else f"{row['sacrebleu']:.2f}"
        table.add_row(name, f"{row['bleu']:.2f}", theirs, row["tokens"])
    console.print(table)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns 0, or 2 for a call or data that cannot be used."""
    options = _parser().parse_args(arguments)
    available = torch.cuda.is_available()
    if options.device == "cuda" and not available:
        print("There is no CUDA device here: use --device cpu or auto.", file=sys.stderr)
        return 2
    size, layers, dropout, lr, max_tokens = DEFAULTS[options.model]
    settings = Settings(
        model=options.model, size=options.size or size, layers=options.layers or layers, dropout=dropout,
        epochs=options.epochs, max_tokens=options.max_tokens or max_tokens, lr=options.lr or lr,
        warmup=options.warmup, smoothing=0.1, seed=options.seed, amp=options.amp == "bf16",
        compile=options.compile, device=torch.device("cuda" if available and options.device != "cpu" else "cpu"),
    )
    console = Console(highlight=False)
    try:
        if options.out:  # before the work, not after it
            options.out.mkdir(parents=True, exist_ok=True)
        result = run(options, settings, console)
    except (DataMissing, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    show(result, console)
    if options.out:
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        (options.out / "result.json").write_text(text, encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="reference.hw5_seq2seq.train")
    parser.add_argument("--data", default="multi30k", help="multi30k, or a folder with files of its names")
    parser.add_argument("--model", choices=MODELS, default="transformer")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--epochs", type=_count, default=15)
    parser.add_argument("--vocabulary", type=_count, default=8000, help="subwords of both languages")
    parser.add_argument("--size", type=_count, help="d_model, or hidden size")
    parser.add_argument("--layers", type=_count, help="of the Transformer, on each side")
    parser.add_argument("--max-tokens", type=_count, help="count x longest of a batch")
    parser.add_argument("--lr", type=float, help="rate; of the Transformer a factor of the schedule")
    parser.add_argument("--warmup", type=_count, default=1000, help="steps of the Transformer's schedule")
    parser.add_argument("--beam", type=_count, default=5)
    parser.add_argument("--penalty", type=float, default=1.0, help="length penalty of the beam")
    parser.add_argument("--sentence", type=int, default=0, help="of the test set, for the attention map")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--amp", choices=("off", "bf16"), default="off")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--resume", type=Path, help="folder with a checkpoint")
    parser.add_argument("--out", type=Path, help="folder for what is written")
    return parser


def _count(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
