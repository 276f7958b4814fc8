"""How many words a second `viterbi_batch` tags, beside hmmlearn and nltk, on one model.

    python -m bench.viterbi                       2,000 sentences of a random model
    python -m bench.viterbi --sentences 500

All decode the same sentences with the same tables, in the same run, and their paths are compared.
Each takes lists of word ids and gives lists of tags back, with all that its own documentation asks
for in between. Two rows are cores: `viterbi_batch` on tensors already sorted and padded, and the
compiled routine of hmmlearn on tables already made. torch has no product in (max, +): a step of
`viterbi_batch` writes (S, S, B) sums and reads them again. Those two operations alone would be 2.6
times as fast as that routine; looking up the emissions and following the path back, in steps of a
few thousand numbers, make it half as fast. What is compared is processor time on one
thread, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from reference.hw4_hmm_tagger.decode import viterbi, viterbi_batch

TAGS, WORDS = 17, 10_000  # as in UD English-EWT
BATCH = 256
REPEATS = 3  # the best one counts: other work on the machine only ever slows down
NLTK_SENTENCES = 20  # it is slow, and linear

Paths = list[list[int]]


@dataclass(frozen=True)
class Model:
    """Probabilities (S,), (S, S), (S, V), and their logarithms."""

    pi: np.ndarray
    A: np.ndarray
    B: np.ndarray

    @property
    def logs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return np.log(self.pi), np.log(self.A), np.log(self.B)


def random_model(seed: int) -> Model:
    draw = np.random.default_rng(seed)
    return Model(
        draw.dirichlet(np.ones(TAGS)),
        draw.dirichlet(np.full(TAGS, 0.3), TAGS) * 0.99 + 0.01 / TAGS,
        draw.dirichlet(np.full(WORDS, 0.05), TAGS) * 0.99 + 0.01 / WORDS,
    )


def random_sentences(model: Model, count: int, seed: int) -> list[list[int]]:
    """Words drawn from the mixture of all tags; lengths spread as in a treebank, 12 on average."""
    draw = np.random.default_rng(seed)
    lengths = 1 + draw.gamma(1.3, 8.5, count).astype(int)
    flat = draw.choice(WORDS, int(lengths.sum()), p=model.B.mean(axis=0)).tolist()
    ends = lengths.cumsum().tolist()
    return [flat[end - length : end] for end, length in zip(ends, lengths.tolist(), strict=True)]


def batches(sentences: list[list[int]]) -> Iterator[tuple[list[int], Tensor, Tensor]]:
    """Sentences of similar length together: their numbers, words (B, T), lengths (B,)."""
    order = sorted(range(len(sentences)), key=lambda n: len(sentences[n]))
    for at in range(0, len(order), BATCH):
        chosen = order[at : at + BATCH]
        lengths = torch.tensor([len(sentences[n]) for n in chosen])
        words = torch.zeros(len(chosen), int(lengths.max()), dtype=torch.int64)
        live = torch.arange(words.shape[1]) < lengths[:, None]
        words[live] = torch.tensor([word for n in chosen for word in sentences[n]])
        yield chosen, words, lengths


def ours(model: Model, sentences: list[list[int]]) -> Paths:
    tables = [torch.from_numpy(table) for table in model.logs]
    found: Paths = [[]] * len(sentences)
    for chosen, words, lengths in batches(sentences):
        paths = viterbi_batch(*tables, words, lengths)[0].tolist()
        for n, path in zip(chosen, paths, strict=True):
            found[n] = path[: len(sentences[n])]
    return found


def ours_core(model: Model, sentences: list[list[int]]) -> Callable[[], Paths]:
    tables = [torch.from_numpy(table) for table in model.logs]
    ready = [(words, lengths) for _, words, lengths in batches(sentences)]

    def run() -> Paths:
        for batch in ready:
            viterbi_batch(*tables, *batch)
        return []

    return run


def ours_one_by_one(model: Model, sentences: list[list[int]]) -> Paths:
    tables = model.logs
    return [viterbi(*tables, words)[0].tolist() for words in sentences]


def by_hmmlearn(model: Model, sentences: list[list[int]]) -> Paths:
    from hmmlearn.hmm import CategoricalHMM

    hmm = CategoricalHMM(TAGS, init_params="", params="")
    hmm.startprob_, hmm.transmat_, hmm.emissionprob_ = model.pi, model.A, model.B
    hmm.n_features = WORDS
    column = np.concatenate(sentences)[:, None]
    lengths = [len(words) for words in sentences]
    path = hmm.decode(column, lengths)[1]
    return [part.tolist() for part in np.split(path, np.cumsum(lengths)[:-1])]


def by_hmmlearn_core(model: Model, sentences: list[list[int]]) -> Callable[[], Paths]:
    from hmmlearn import _hmmc

    log_B = np.log(model.B)
    frames = [np.ascontiguousarray(log_B[:, words].T) for words in sentences]
    return lambda: [_hmmc.viterbi(model.pi, model.A, frame)[1].tolist() for frame in frames]


def by_nltk(model: Model, sentences: list[list[int]]) -> Callable[[], Paths]:
    from nltk.probability import DictionaryConditionalProbDist, DictionaryProbDist
    from nltk.tag.hmm import HiddenMarkovModelTagger

    def rows(table: np.ndarray) -> DictionaryConditionalProbDist:
        return DictionaryConditionalProbDist(
            {i: DictionaryProbDist(dict(enumerate(row.tolist()))) for i, row in enumerate(table)}
        )

    priors = DictionaryProbDist(dict(enumerate(model.pi.tolist())))
    tagger = HiddenMarkovModelTagger(
        range(WORDS), list(range(TAGS)), rows(model.A), rows(model.B), priors
    )
    tagger.best_path(sentences[0])  # it builds its tables at the first call
    return lambda: [tagger.best_path(words) for words in sentences]


def timed(run: Callable[[], Paths]) -> tuple[float, Paths]:
    """Processor seconds, the best of some repeats, and the paths."""
    best, paths = float("inf"), []
    for _ in range(REPEATS):
        begun = time.process_time()
        paths = run()
        best = min(best, time.process_time() - begun)
    return best, paths


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench.viterbi")
    parser.add_argument("--sentences", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    model = random_model(options.seed)
    sentences = random_sentences(model, options.sentences, options.seed)
    few = sentences[:NLTK_SENTENCES]
    try:
        rows = [
            ("viterbi_batch", sentences, lambda: ours(model, sentences)),
            ("viterbi_batch's core", sentences, ours_core(model, sentences)),
            ("viterbi, one by one", sentences, lambda: ours_one_by_one(model, sentences)),
            ("hmmlearn decode", sentences, lambda: by_hmmlearn(model, sentences)),
            ("hmmlearn's compiled core", sentences, by_hmmlearn_core(model, sentences)),
            ("nltk best_path", few, by_nltk(model, few)),
        ]
    except ImportError as error:
        print(f"{error}: `make bench` installs the peers", file=sys.stderr)
        return 2
    print(f"{TAGS} tags, {WORDS} words, {len(sentences)} sentences, float64")
    speed, reference = 0.0, None
    for name, chosen, run in rows:
        seconds, paths = timed(run)
        words = sum(map(len, chosen))
        here = words / seconds
        speed, reference = speed or here, reference or paths
        same = sum(one == other for one, other in zip(paths, reference, strict=False))
        agree = f"{same / len(paths):.1%} same paths" if paths else ""
        print(f"{name:26} {here:12,.0f} words/s   viterbi_batch is {speed / here:7.2f} x   {agree}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
