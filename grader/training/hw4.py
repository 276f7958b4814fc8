"""hw4 on real text: an HMM tagger for a treebank of Universal Dependencies.

"hmm" is the homework's: relative frequencies with pseudo-counts by the package's `estimate`, words
below --min-count by their `word_class`, the best path by `viterbi_batch`, sentences of similar
length side by side. Transitions and emissions have pseudo-counts of their own, chosen on the dev
set. "trigrams" is a stronger tagger by counting, which the reference has beside the homework's. The
test set is looked at once.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from itertools import chain, product
from pathlib import Path
from typing import Any

import torch

from grader.errors import UsageError
from grader.training import datasets, pictures
from grader.training.loop import Line
from grader.training.package import Package

PARTS = ("train", "dev", "test")
ALPHAS = tuple(product((0.1, 1.0), (0.001, 0.01, 0.1)))  # of transitions and starts, of emissions
GUESSES = (0.5, 1.0, 2.0)  # pseudo-counts of a guess, for "trigrams"
BATCH = 256  # sentences
WORST = 10  # confusions that are told
UNKNOWN = "<unk>"

Sentence = list[tuple[str, str]]


def read(package: Package, path: Path) -> list[Sentence]:
    """The sentences of a CoNLL-U file by the package's own reader."""
    try:
        with package.blamed():
            sentences: list[Sentence] = package.data.read_conllu(datasets.text_of(path))
    except IndexError as error:
        raise UsageError("error.train_bad_data", file=path, reason=error) from None
    if not any(sentences):
        raise UsageError("error.train_bad_empty", file=path)
    return sentences


class Vocabulary:
    """Words and classes of words as numbers; a word below `min_count` is its class."""

    def __init__(self, package: Package, names: Sequence[str]) -> None:
        self._class_of = package.data.word_class
        self.names = list(names)
        self._ids = {name: i for i, name in enumerate(names)}

    @classmethod
    def of(cls, package: Package, sentences: list[Sentence], min_count: int) -> Vocabulary:
        seen = Counter(chain.from_iterable(_words(sentences)))
        class_of = package.data.word_class
        names = {word if n >= min_count else class_of(word) for word, n in seen.items()}
        return cls(package, sorted(names | {UNKNOWN}))

    def encode(self, words: Sequence[str]) -> list[int]:
        """The id of each word, or of its class, or of <unk>."""
        unknown = self._ids[UNKNOWN]
        return [self._ids.get(w, self._ids.get(self._class_of(w), unknown)) for w in words]


class Program:
    """A step measures one choice of pseudo-counts on the dev set."""

    assignment = "hw4"

    def __init__(
        self, package: Package, place: Path, settings: dict[str, Any], device: torch.device
    ) -> None:
        files = {part: datasets.one_file(place, f"*-ud-{part}.conllu") for part in PARTS}
        self.settings = {**settings, "data": datasets.digests(*files.values())}
        self._package = package
        self._sentences = {part: read(package, path) for part, path in files.items()}
        training = self._sentences["train"]
        self._known = {word for sentence in training for word, _ in sentence}
        self.total = len(ALPHAS if settings["model"] == "hmm" else GUESSES)
        self._found: list[float] = []  # accuracy on dev, by choice
        if settings["model"] == "hmm":
            self._tagger: _ByHMM | _ByTrigrams = _ByHMM(package, training, settings, device)
        else:
            if not package.has("trigrams"):
                raise UsageError("error.train_no_module", folder=package.folder, file="trigrams.py")
            self._tagger = _ByTrigrams(package, training)

    def step(self, number: int) -> Line:
        self._tagger.choose(number)
        dev = self._sentences["dev"]
        found = self._package.evaluate.accuracy(_tags(dev), self._tagger.tag(_words(dev)))
        self._found.append(float(found))
        choice = ", ".join(f"{value:g}" for value in self._tagger.choice(number))
        return Line.of("pseudo_counts", choice=choice, percent=f"{100 * found:.2f}")

    def state(self) -> dict[str, Any]:
        return {"found": self._found}

    def restore(self, state: dict[str, Any]) -> None:
        self._found = list(state["found"])

    def _choose_best(self) -> int:
        best = max(range(self.total), key=self._found.__getitem__)
        self._tagger.choose(best)
        return best

    def model(self) -> dict[str, Any]:
        self._choose_best()
        return self._tagger.saved()

    def results(self) -> dict[str, Any]:
        best, test = self._choose_best(), self._sentences["test"]
        begun = time.perf_counter()
        self._gold, self._guess = _tags(test), self._tagger.tag(_words(test))
        seconds = time.perf_counter() - begun
        score = self._package.evaluate
        known, unknown = score.known_unknown_accuracy(
            self._gold, self._guess, _words(test), self._known
        )
        tokens = [word for words in _words(test) for word in words]
        return {
            "pseudo_counts": list(self._tagger.choice(best)),
            "dev": self._found,
            "accuracy": float(score.accuracy(self._gold, self._guess)),
            "known": float(known),
            "unknown": float(unknown),
            "unknown_share": sum(word not in self._known for word in tokens) / len(tokens),
            "confusions": [list(row) for row in score.confusions(self._gold, self._guess, WORST)],
            "tokens_per_second": round(len(tokens) / seconds),
        }

    def pictures(self) -> dict[str, str]:
        names = sorted({tag for row in [*self._gold, *self._guess] for tag in row})
        place = {name: i for i, name in enumerate(names)}
        counts = [[0] * len(names) for _ in names]
        for gold, guess in zip(self._gold, self._guess, strict=True):
            for g, p in zip(gold, guess, strict=True):
                counts[place[g]][place[p]] += 1
        title = "rows: gold tags; columns: predicted"
        return {"confusions.svg": pictures.confusion(title, names, counts)}


class _ByHMM:
    """The homework's HMM: `choose` a pair of pseudo-counts, then `tag` many sentences."""

    def __init__(
        self,
        package: Package,
        training: list[Sentence],
        settings: dict[str, Any],
        device: torch.device,
    ) -> None:
        self._package, self._device = package, device
        self._vocabulary = Vocabulary.of(package, training, settings["min_count"])
        self._tags = sorted({tag for sentence in training for _, tag in sentence})
        ids = {tag: i for i, tag in enumerate(self._tags)}
        self._coded = [self._vocabulary.encode(words) for words in _words(training)]
        self._gold = [[ids[tag] for tag in row] for row in _tags(training)]
        self._tables: list[torch.Tensor] = []

    def choice(self, number: int) -> tuple[float, ...]:
        return ALPHAS[number]

    def choose(self, number: int) -> None:
        estimate = self._package.estimate.estimate
        sizes = (len(self._tags), len(self._vocabulary.names))
        steps, words = (estimate(self._coded, self._gold, *sizes, a) for a in ALPHAS[number])
        tables = (steps.log_pi, steps.log_A, words.log_B)
        self._tables = [torch.as_tensor(table, device=self._device) for table in tables]

    def tag(self, sentences: list[list[str]]) -> list[list[str]]:
        """By batches of sentences of similar length."""
        order = sorted(range(len(sentences)), key=lambda n: len(sentences[n]))
        found: list[list[str]] = [[] for _ in sentences]
        for start in range(0, len(order), BATCH):
            chosen = [n for n in order[start : start + BATCH] if sentences[n]]
            if not chosen:
                continue
            rows = [torch.tensor(self._vocabulary.encode(sentences[n])) for n in chosen]
            lengths = torch.tensor(list(map(len, rows)))
            words = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
            paths, _ = self._package.decode.viterbi_batch(
                *self._tables, words.to(self._device), lengths.to(self._device)
            )
            for n, path in zip(chosen, paths.tolist(), strict=True):
                found[n] = [self._tags[state] for state in path[: len(sentences[n])]]
        return found

    def saved(self) -> dict[str, Any]:
        tables = [table.cpu() for table in self._tables]
        return {"tags": self._tags, "words": self._vocabulary.names, "tables": tables}


class _ByTrigrams:
    """The reference's stronger tagger."""

    def __init__(self, package: Package, training: list[Sentence]) -> None:
        self._all = package.trigrams.TrigramTagger(training)
        self._tagger = self._all

    def choice(self, number: int) -> tuple[float, ...]:
        return (GUESSES[number],)

    def choose(self, number: int) -> None:
        self._tagger = self._all.with_m(GUESSES[number])

    def tag(self, sentences: list[list[str]]) -> list[list[str]]:
        return [self._tagger.tag(words) for words in sentences]

    def saved(self) -> dict[str, Any]:
        return {"trigrams": self._tagger.state}


def _words(sentences: list[Sentence]) -> list[list[str]]:
    return [[word for word, _ in sentence] for sentence in sentences]


def _tags(sentences: list[Sentence]) -> list[list[str]]:
    return [[tag for _, tag in sentence] for sentence in sentences]


def told(metrics: dict[str, Any]) -> list[Line]:
    """The scores on the test set, and what is confused most often."""
    names = ("accuracy", "known", "unknown", "unknown_share")
    figures = {name: f"{100 * metrics[name]:.2f}" for name in names}
    worst = metrics["confusions"]
    confused = [Line.of("confused", gold=g, guess=p, count=n) for g, p, n in worst]
    return [Line.of("tagged", **figures), *confused]


def answer(
    package: Package, saved: dict[str, Any], text: str, options: dict[str, Any]
) -> list[str]:
    """Tag a sentence: words separated by spaces."""
    words = text.split()
    if not words:
        return []
    if "trigrams" in saved:
        tags = package.trigrams.TrigramTagger.restored(saved["trigrams"]).tag(words)
    else:
        ids = Vocabulary(package, saved["words"]).encode(words)
        tables = [table.numpy() for table in saved["tables"]]
        path, _ = package.decode.viterbi(*tables, ids)
        tags = [saved["tags"][state] for state in path.tolist()]
    return [" ".join(f"{word}/{tag}" for word, tag in zip(words, tags, strict=True))]
