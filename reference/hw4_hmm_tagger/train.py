"""An HMM tagger for a treebank, English or Korean, counted and decoded on any device.

    python -m reference.hw4_hmm_tagger.train --data ud_korean_gsd --device auto --out out/korean

The model is that of the homework: relative frequencies with pseudo-counts, rare words by their
class, the best path by `viterbi_batch`, all sentences of similar length side by side. Transitions and
emissions have pseudo-counts of their own, chosen on the dev set; the test set is looked at once.
The seed decides only the sentences that the finished model generates.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from torch import Tensor

from .decode import viterbi_batch
from .estimate import HMM, sample
from .evaluate import accuracy, confusions, known_unknown_accuracy
from .treebank import PARTS, DataMissing, Sentence, Vocabulary, find, read

ALPHAS = tuple(product((0.1, 1.0), (0.001, 0.01, 0.1)))  # of transitions and starts, of emissions
BATCH = 256  # sentences
WORST = 10  # confusions that are shown


@dataclass(frozen=True)
class Settings:
    """How the tagger is made."""

    device: torch.device
    min_count: int
    seed: int


@dataclass(frozen=True)
class Coded:
    """Sentences as numbers: words (N,) and tags (N,) in one sequence, lengths (B,)."""

    words: Tensor
    tags: Tensor
    lengths: Tensor

    @property
    def starts(self) -> Tensor:
        """Where each sentence begins."""
        return self.lengths.cumsum(0) - self.lengths


def encode(sentences: list[Sentence], vocabulary: Vocabulary, device: torch.device) -> Coded:
    """All sentences as numbers on the device. A tag that does not occur in training is -1."""
    ids = {tag: i for i, tag in enumerate(vocabulary.tags)}
    words = vocabulary.encode(word for sentence in sentences for word, _ in sentence)
    tags = [ids.get(tag, -1) for sentence in sentences for _, tag in sentence]
    columns = (words, tags, [len(sentence) for sentence in sentences])
    return Coded(*(torch.tensor(column, device=device) for column in columns))


def count(data: Coded, n_states: int, n_words: int) -> tuple[Tensor, Tensor, Tensor]:
    """Starts (S,), transitions (S, S) and emissions (S, V), each by one bincount of pair numbers."""
    first = torch.zeros_like(data.tags, dtype=torch.bool)
    first[data.starts] = True
    pairs = data.tags[:-1] * n_states + data.tags[1:]
    steps = pairs[~first[1:]].bincount(minlength=n_states**2)
    said = (data.tags * n_words + data.words).bincount(minlength=n_states * n_words)
    starts = data.tags[data.starts].bincount(minlength=n_states)
    return starts, steps.view(n_states, n_states), said.view(n_states, n_words)


def smoothed(
    counts: tuple[Tensor, Tensor, Tensor], alpha_steps: float, alpha_words: float
) -> tuple[Tensor, Tensor, Tensor]:
    """log_pi, log_A, log_B: proportions of the counts with a pseudo-count added, float64."""
    tables = []
    for table, alpha in zip(counts, (alpha_steps, alpha_steps, alpha_words), strict=True):
        mass = table.double() + alpha
        tables.append((mass / mass.sum(dim=-1, keepdim=True)).log())
    return tables[0], tables[1], tables[2]


def decode(
    tables: tuple[Tensor, Tensor, Tensor], data: Coded, steps: Progress | None = None
) -> Tensor:
    """The best tags (N,), by batches of sentences of similar length."""
    tags = torch.empty_like(data.words)
    batches = data.lengths.argsort(stable=True).split(BATCH)
    for chosen in steps.track(batches, description="decoding") if steps else batches:
        lengths, starts = data.lengths[chosen], data.starts[chosen]
        column = torch.arange(int(lengths.max()), device=lengths.device)
        inside = column < lengths[:, None]  # (B, T)
        places = torch.where(inside, starts[:, None] + column, starts[:, None])
        paths, _ = viterbi_batch(*tables, data.words[places], lengths)
        tags[places[inside]] = paths[inside]
    return tags


def choose(
    counts: tuple[Tensor, Tensor, Tensor], dev: Coded, console: Console
) -> tuple[tuple[float, float], dict[str, float]]:
    """The pair of pseudo-counts with the best accuracy on dev, and all accuracies."""
    found = {}
    for pair in ALPHAS:
        found[pair] = float((decode(smoothed(counts, *pair), dev) == dev.tags).double().mean())
        console.print(f"alpha {pair[0]:g} and {pair[1]:g}: dev accuracy {found[pair]:.4f}")
    best = max(ALPHAS, key=lambda pair: found[pair])
    return best, {f"{a:g}, {b:g}": share for (a, b), share in found.items()}


def figures(
    sentences: list[Sentence], predicted: list[str], vocabulary: Vocabulary
) -> dict[str, Any]:
    """Accuracy of all, known and unknown words; precision and recall of each tag; confusions."""
    words, gold, guess, at = [], [], [], 0
    for sentence in sentences:
        words.append([word for word, _ in sentence])
        gold.append([tag for _, tag in sentence])
        guess.append(predicted[at : at + len(sentence)])
        at += len(sentence)
    known, unknown = known_unknown_accuracy(gold, guess, words, set(vocabulary.known))
    flat = [tag for sentence in gold for tag in sentence]
    hits = Counter(g for g, p in zip(flat, predicted, strict=True) if g == p)
    true, said = Counter(flat), Counter(predicted)
    return {
        "accuracy": accuracy(gold, guess),
        "known": known,
        "unknown": unknown,
        "unknown_share": sum(w not in vocabulary.known for s in words for w in s) / len(flat),
        "tags": {
            tag: {
                "precision": hits[tag] / said[tag] if said[tag] else 0.0,
                "recall": hits[tag] / true[tag] if true[tag] else 0.0,
                "count": true[tag],
            }
            for tag in sorted(true)
        },
        "confusions": confusions(gold, guess, WORST),
    }


def run(files: dict[str, Path], settings: Settings, console: Console) -> dict[str, Any]:
    """Read, count, choose the pseudo-counts, test once."""
    begun = time.perf_counter()
    sentences = {part: read(path) for part, path in files.items()}
    vocabulary = Vocabulary.of(sentences["train"], settings.min_count)
    n_states, n_words = len(vocabulary.tags), len(vocabulary.words)
    coded = {p: encode(s, vocabulary, settings.device) for p, s in sentences.items()}
    console.print(
        f"{len(sentences['train'])} sentences to learn from, {n_states} tags, {n_words} words and classes"
    )
    counts = count(coded["train"], n_states, n_words)
    alphas, searched = choose(counts, coded["dev"], console)
    tables = smoothed(counts, *alphas)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as steps:
        started = time.perf_counter()
        tags = decode(tables, coded["test"], steps).tolist()  # tolist waits for the device
        seconds = time.perf_counter() - started
    predicted = [vocabulary.tags[tag] for tag in tags]
    return {
        "assignment": "hw4",
        "data": {p: hashlib.sha256(path.read_bytes()).hexdigest() for p, path in files.items()},
        "device": str(settings.device),
        "torch": torch.__version__,
        "min_count": settings.min_count,
        "seed": settings.seed,
        "dev": searched,
        "alpha": {"transitions": alphas[0], "emissions": alphas[1]},
        "test": figures(sentences["test"], predicted, vocabulary),
        "says": _said(tables, vocabulary, settings.seed),
        "decoded_tokens_per_second": round(len(tags) / seconds),
        "seconds": round(time.perf_counter() - begun, 1),
    }


def _said(tables: tuple[Tensor, Tensor, Tensor], vocabulary: Vocabulary, seed: int) -> str:
    """Ten words drawn from the model: what it believes its language to be."""
    names = list(vocabulary.words)
    words, tags = sample(HMM(*(table.cpu().numpy() for table in tables)), 10, seed)
    pairs = zip(words, tags, strict=True)
    return " ".join(f"{names[word]}/{vocabulary.tags[tag]}" for word, tag in pairs)


def show(result: dict[str, Any], console: Console) -> None:
    """The scores on the test set as tables."""
    test = result["test"]
    summary = Table("words", "accuracy", title="test set")
    for name in ("accuracy", "known", "unknown"):
        summary.add_row("all" if name == "accuracy" else name, f"{test[name]:.4f}")
    by_tag = Table("tag", "precision", "recall", "count")
    for tag, row in sorted(test["tags"].items(), key=lambda item: -item[1]["count"]):
        by_tag.add_row(tag, f"{row['precision']:.3f}", f"{row['recall']:.3f}", str(row["count"]))
    errors = Table("gold", "predicted", "count", title="most frequent confusions")
    for gold, predicted, number in test["confusions"]:
        errors.add_row(gold, predicted, str(number))
    for table in (summary, by_tag, errors):
        console.print(table)
    console.print(f"{test['unknown_share']:.1%} of the words were never seen in training")
    console.print(f"{result['decoded_tokens_per_second']:,} words a second on {result['device']}")
    console.print(f"The model says: {result['says']}", markup=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns 0, or 2 for a call or data that cannot be used."""
    parser = argparse.ArgumentParser(prog="reference.hw4_hmm_tagger.train")
    parser.add_argument("--data", default="ud_english_ewt", help=f"folder with {', '.join(PARTS)}")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--min-count", type=_count, default=2, help="rarer words: by their class")
    parser.add_argument("--seed", type=int, default=0, help="of the sentence that the model says")
    parser.add_argument("--out", type=Path, help="folder for result.json")
    options = parser.parse_args(arguments)
    available = torch.cuda.is_available()
    if options.device == "cuda" and not available:
        print("There is no CUDA device here: use --device cpu or auto.", file=sys.stderr)
        return 2
    name = "cuda" if available and options.device != "cpu" else "cpu"
    console = Console(highlight=False)
    try:
        if options.out:  # before the work, not after it
            options.out.mkdir(parents=True, exist_ok=True)
        settings = Settings(torch.device(name), options.min_count, options.seed)
        result = run(find(options.data), settings, console)
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


if __name__ == "__main__":
    sys.exit(main())
