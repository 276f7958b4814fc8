"""Naive Bayes and logistic regression on real text, with sparse features and on any device.

    python -m reference.hw1_classification.train --data nsmc --device auto --out out/nsmc

The mathematics is that of the homework: the same tables, the same gradient, lambda chosen on a
validation split, the test set looked at once. Only the steps are Adam's (Kingma & Ba 2015), since
features of very different frequency want steps of different size; the rate falls to 0, so that the
last steps settle. Rate and number of epochs were chosen on that validation split too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from torch import Tensor

from .data import FILES, Corpus, DataMissing, find, read
from .evaluation import accuracy, confusion_matrix, precision_recall_f1, split
from .logistic_regression import sigmoid
from .sparse import Counts, Sparse, SublinearTfIdf, character_ngrams, words

L2_VALUES = (0.0, 3e-7, 1e-6, 3e-6, 1e-5)
FEATURES = {"characters": (character_ngrams, 3), "words": (words, 2)}
Item = TypeVar("Item")


@dataclass(frozen=True)
class Settings:
    """How logistic regression is trained."""

    device: torch.device
    epochs: int
    batch_size: int
    lr: float
    seed: int


def naive_bayes(counts: Sparse, labels: Tensor, alpha: float = 1.0) -> tuple[Tensor, Tensor]:
    """class_log_prior (C,) and feature_log_prob (C, V), as in `naive_bayes.NaiveBayes.fit`."""
    member = torch.stack([labels == 0, labels == 1]).to(counts.values.dtype)  # (C, N)
    totals = torch.stack([counts.transposed_times(row) for row in member]) + alpha  # (C, V)
    return member.mean(dim=1).log(), (totals / totals.sum(dim=1, keepdim=True)).log()


def naive_bayes_predict(prior: Tensor, table: Tensor, counts: Sparse) -> Tensor:
    """(N,) classes: one sparse product for each class."""
    joint = torch.stack([counts.times(row) for row in table], dim=1) + prior  # (N, C)
    return joint.argmax(dim=1)


def logistic_regression(
    X: Sparse, y: Tensor, l2: float, settings: Settings, steps: Progress | None = None
) -> tuple[Tensor, Tensor]:
    """Weights (V,) and bias () after mini-batches of Adam on the gradient of the homework."""
    w, b = X.values.new_zeros(X.shape[1]), X.values.new_zeros(())
    moments = [(torch.zeros_like(p), torch.zeros_like(p)) for p in (w, b)]
    generator = torch.Generator().manual_seed(settings.seed)
    number, total = 0, settings.epochs * -(-len(y) // settings.batch_size)  # rounded up
    task = steps.add_task(f"l2 = {l2:g}", total=settings.epochs) if steps else None
    for _ in range(settings.epochs):
        order = torch.randperm(len(y), generator=generator).to(y.device)
        for chosen in order.split(settings.batch_size):
            batch = X.select(chosen)
            error = sigmoid(batch.times(w) + b) - y[chosen]  # (B,)
            gradients = (batch.transposed_times(error) / len(chosen) + l2 * w, error.mean())
            lr = settings.lr * (1 - number / total)
            number += 1
            w, b = (
                _adam(parameter, gradient, moment, number, lr)
                for parameter, gradient, moment in zip((w, b), gradients, moments, strict=True)
            )
        if steps and task is not None:
            steps.advance(task)
    return w, b


def _adam(
    parameter: Tensor, gradient: Tensor, moment: tuple[Tensor, Tensor], number: int, lr: float
) -> Tensor:
    """One step of Adam; the two moments are updated in place."""
    first, second = moment
    first.mul_(0.9).add_(0.1 * gradient)
    second.mul_(0.999).add_(0.001 * gradient**2)
    unbiased, spread = first / (1 - 0.9**number), second / (1 - 0.999**number)
    return parameter - lr * unbiased / (spread.sqrt() + 1e-8)


def figures(gold: Tensor, predicted: Tensor) -> dict[str, Any]:
    """Accuracy, F1 of class 1 and the confusion matrix, by the homework's own functions."""
    truth, guess = gold.long().tolist(), predicted.long().tolist()
    f1 = precision_recall_f1(truth, guess, 2, "binary")[2]
    matrix = confusion_matrix(truth, guess, 2)
    return {"accuracy": accuracy(truth, guess), "f1": f1, "confusion": matrix.tolist()}


def run(folder: Path, features: str, settings: Settings, console: Console) -> dict[str, Any]:
    """Read, count, train both, choose lambda, test once."""
    begun = time.perf_counter()
    train, test = (read(folder / file) for file in FILES)
    device = settings.device
    with Progress(console=console, disable=not console.is_terminal, transient=True) as steps:
        extract, min_count = FEATURES[features]
        counter = Counts(extract, min_count).fit(_shown(steps, "features", train.documents))
        if not len(counter):
            raise DataMissing(f"{folder / FILES[0]}: no feature stands in {min_count} documents")
        counts = counter.transform(_shown(steps, "counting", train.documents)).to(device)
        test_counts = counter.transform(_shown(steps, "counting", test.documents)).to(device)
        console.print(f"{len(train.labels)} + {len(test.labels)} documents, {counts.shape[1]} features")
        labels, gold = _labels(train, device), _labels(test, device)
        prior, table = naive_bayes(counts, labels)
        bayes = figures(gold, naive_bayes_predict(prior, table, test_counts))
        weights = SublinearTfIdf().fit(counts)
        X, X_test = weights.transform(counts), weights.transform(test_counts)
        l2, searched = choose_l2(X, labels, settings, steps, console)
        w, b = logistic_regression(X, labels, l2, settings, steps)
        logistic = figures(gold, X_test.times(w) + b >= 0)
    return {
        "assignment": "hw1",
        "data": {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in FILES},
        "features": {"kind": features, "count": counts.shape[1]},
        "device": str(device),
        "torch": torch.__version__,
        "epochs": settings.epochs,
        "batch_size": settings.batch_size,
        "lr": settings.lr,
        "seed": settings.seed,
        "validation": searched,
        "l2": l2,
        "naive_bayes": bayes,
        "logistic_regression": logistic,
        "seconds": round(time.perf_counter() - begun, 1),
    }


def choose_l2(
    X: Sparse, y: Tensor, settings: Settings, steps: Progress, console: Console
) -> tuple[float, dict[str, float]]:
    """The l2 of best accuracy on a tenth of the training set; on a tie, the first."""
    parts = split(len(y), (0.9, 0.1), settings.seed)
    # rising order: a product reads its entries one after another
    fit, held = (torch.from_numpy(part).sort().values.to(y.device) for part in parts)
    X_fit, X_held = X.select(fit), X.select(held)
    found: dict[float, float] = {}
    for l2 in L2_VALUES:
        w, b = logistic_regression(X_fit, y[fit], l2, settings, steps)
        found[l2] = float(((X_held.times(w) + b >= 0) == (y[held] > 0)).double().mean())
        console.print(f"l2 {l2:g}: validation accuracy {found[l2]:.4f}")
    return max(found, key=lambda l2: found[l2]), {f"{l2:g}": share for l2, share in found.items()}


def show(result: dict[str, Any], console: Console) -> None:
    """The result on the test set as a table; "1 as 0" counts the gold 1 that were called 0."""
    table = Table("model", "accuracy", "F1", "0 as 0", "0 as 1", "1 as 0", "1 as 1")
    for name in ("naive_bayes", "logistic_regression"):
        row = result[name]
        confusion = [str(count) for line in row["confusion"] for count in line]
        table.add_row(name.replace("_", " "), f"{row['accuracy']:.4f}", f"{row['f1']:.4f}", *confusion)
    console.print(table)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns 0, or 2 for a call or data that cannot be used."""
    parser = argparse.ArgumentParser(prog="reference.hw1_classification.train")
    parser.add_argument("--data", default="nsmc", help="nsmc, or a folder with files of its format")
    parser.add_argument("--features", choices=FEATURES, default="characters")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--epochs", type=_count, default=6)
    parser.add_argument("--batch-size", type=_count, default=4096)
    parser.add_argument("--lr", type=float, default=0.06)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="folder for result.json")
    options = parser.parse_args(arguments)
    available = torch.cuda.is_available()
    if options.device == "cuda" and not available:
        print("There is no CUDA device here: use --device cpu or auto.", file=sys.stderr)
        return 2
    name = "cuda" if available and options.device != "cpu" else "cpu"
    settings = Settings(
        torch.device(name), options.epochs, options.batch_size, options.lr, options.seed
    )
    console = Console(highlight=False)
    try:
        if options.out:  # before the work, not after it
            options.out.mkdir(parents=True, exist_ok=True)
        result = run(find(options.data), options.features, settings, console)
    except (DataMissing, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    show(result, console)
    if options.out:
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        (options.out / "result.json").write_text(text, encoding="utf-8")
    return 0


def _count(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _labels(corpus: Corpus, device: torch.device) -> Tensor:
    return torch.tensor(corpus.labels, dtype=torch.float32, device=device)


def _shown(steps: Progress, title: str, items: Sequence[Item]) -> Iterable[Item]:
    return steps.track(items, description=title)


if __name__ == "__main__":
    sys.exit(main())
