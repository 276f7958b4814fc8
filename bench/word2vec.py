"""Words per second of the reference's skip-gram against gensim's, in one run and on one machine.

    python -m bench.word2vec                     a million words drawn by Zipf's law: speed alone
    python -m bench.word2vec corpus.txt --similarity wordsim353.tsv --threads 2 --epochs 5

Same corpus, vocabulary, dimension, window, negatives, subsampling, rate, epochs and threads. A word
counts each time it is read, before subsampling, as gensim's own log counts it. Reading the corpus
is left out on both sides. With a file of WordSim-353's form the quality of both is printed beside:
it must agree within what another seed changes. Time on the wall means something on an idle machine
only; the CPU's time stands beside it.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.progress import Progress
from torch import Tensor

from grader.training.hw2 import STRETCH, TOKENS, sentences, similarity
from reference import hw2_word2vec
from reference.hw2_word2vec.blocks import END, Trainer, Windows
from reference.hw2_word2vec.corpus import Vocabulary, keep_probability
from reference.hw2_word2vec.evaluate import spearman  # noqa: F401 - `similarity` calls it
from reference.hw2_word2vec.sampling import AliasSampler, negative_distribution

T, LR, MIN_COUNT = 1e-3, 0.025, 5
DRAWN, KINDS = 1_000_000, 20_000


@dataclass(frozen=True)
class Round:
    """One training: how long it took, and what came out."""

    wall: float
    cpu: float
    tokens: list[str]
    vectors: Tensor


def timed(work: Callable[[], tuple[list[str], Tensor]]) -> Round:
    wall, cpu = time.perf_counter(), time.process_time()
    tokens, vectors = work()
    return Round(time.perf_counter() - wall, time.process_time() - cpu, tokens, vectors)


def ours(path: Path, options: argparse.Namespace, seed: int) -> Round:
    text = sentences(path, lower=False)
    vocabulary = Vocabulary(text, MIN_COUNT)
    parts = [np.array([*vocabulary.encode(words), END], np.int32) for words in text]
    ids = np.concatenate(parts)
    windows = Windows(options.window, options.negatives, seed, TOKENS["cpu"])

    def work() -> tuple[list[str], Tensor]:
        counts = vocabulary.counts
        noise = AliasSampler(negative_distribution(counts))
        trainer = Trainer(counts, keep_probability(counts, T), noise, windows, options.dim)
        size = STRETCH[True]
        starts = range(0, len(ids), size)
        total = options.epochs * len(starts)
        for number in range(total):
            start = starts[number % len(starts)]
            for step in trainer.steps(ids[start : start + size], number):
                trainer.train(step, LR * max(1 - number / total, 1e-4))
        return vocabulary.tokens, trainer.into

    return timed(work)


def gensims(path: Path, options: argparse.Namespace, seed: int) -> Round:
    from gensim.models import Word2Vec

    text = sentences(path, lower=False)
    model = Word2Vec(
        vector_size=options.dim,
        window=options.window,
        negative=options.negatives,
        min_count=MIN_COUNT,
        sample=T,
        alpha=LR,
        sg=1,
        seed=seed,
        workers=options.threads,
    )
    model.build_vocab(text)

    def work() -> tuple[list[str], Tensor]:
        model.train(text, total_examples=model.corpus_count, epochs=options.epochs)
        return list(model.wv.index_to_key), torch.from_numpy(model.wv.vectors.copy())

    return timed(work)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.word2vec")
    parser.add_argument("corpus", type=Path, nargs="?", help="plain text; without it drawn words")
    parser.add_argument("--similarity", type=Path)
    for name, default in (("dim", 100), ("window", 5), ("negatives", 5), ("epochs", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1, help="the two take turns")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as folder:
        compare(options.corpus or drawn_text(Path(folder) / "drawn.txt"), options)


def drawn_text(path: Path) -> Path:
    """`DRAWN` words of `KINDS` kinds, the n-th of them in proportion to 1 / n."""
    weights = 1 / torch.arange(1, KINDS + 1)
    generator = torch.Generator().manual_seed(0)
    drawn = torch.multinomial(weights, DRAWN, replacement=True, generator=generator)
    lines = [" ".join(f"w{number}" for number in line.tolist()) for line in drawn.split(20)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def compare(corpus: Path, options: argparse.Namespace) -> None:
    """Train both on the corpus, in turn, and print what came of it."""
    words = options.epochs * sum(map(len, sentences(corpus, lower=False)))
    rounds: dict[str, list[Round]] = {"reference": [], "gensim": []}
    with Progress(console=Console(stderr=True)) as progress:
        for seed in progress.track(range(options.rounds), description="rounds"):
            rounds["reference"].append(ours(corpus, options, seed))
            rounds["gensim"].append(gensims(corpus, options, seed))
    speed = {}
    for name, several in rounds.items():
        speed[name] = statistics.median(words / one.wall for one in several)
        busy = statistics.median(words / one.cpu for one in several)
        line = f"{name:10} {speed[name]:>12,.0f} words/s {busy:>12,.0f} words per CPU second"
        if options.similarity:
            scores = [
                similarity(hw2_word2vec, options.similarity, one.tokens, one.vectors)["score"]
                for one in several
            ]
            line += f"   Spearman {' '.join(f'{score:.3f}' for score in scores)}"
        print(line)
    print(f"reference / gensim: {speed['reference'] / speed['gensim']:.2f} in words/s")


if __name__ == "__main__":
    main()
