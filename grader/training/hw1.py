"""hw1 on real text: naive Bayes and logistic regression on labelled documents.

Vocabulary, naive Bayes, gradient, sigmoid and scores are the package's own, and none of them sees a
matrix of all documents by all features: most of it would be zeros.

- Naive Bayes' tables depend on sums over each class only, so `fit` gets one row of counts a class,
  in the columns of a batch; the priors come from another `fit`, which counts the documents.
- A batch of documents uses few of the features: `gradient` gets those columns alone. The others'
  gradient is zero but for l2, which is added outside.

Features are words or, better for Korean, runs of 1 to 3 characters inside a word. Logistic
regression gets (1 + ln count) idf, each document at length 1; lambda is chosen on a tenth of the
training set, the test set is looked at once. Steps are Adam's (Kingma & Ba 2015), since features of
very different frequency want steps of different size; the rate falls to 0.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import torch

from grader.errors import UsageError
from grader.training import datasets, pictures
from grader.training.loop import Line, finite
from grader.training.package import Package

FILES = ("ratings_train.txt", "ratings_test.txt")
SPAM = "SMSSpamCollection"
NAMES = {"ratings": ("negative", "positive"), "spam": ("ham", "spam")}
L2_VALUES = (0.0, 3e-7, 1e-6, 3e-6, 1e-5)
LONGEST = 3  # characters of a run
MIN_COUNT = {"characters": 3, "words": 2}
ALPHA = 1  # of naive Bayes
ROWS = 256  # documents that become a dense matrix at once


@dataclass(frozen=True)
class Corpus:
    """Documents, their labels 0 or 1, and what the labels are called."""

    training: tuple[list[str], list[int]]
    test: tuple[list[str], list[int]]
    names: tuple[str, str]
    digests: dict[str, str]


def read(place: Path) -> Corpus:
    """NSMC's two files, or the SMS Spam Collection: every fifth message is for the test."""
    if place.is_dir() and all((place / file).is_file() for file in FILES):
        files = [place / file for file in FILES]
        training, test = (_ratings(path) for path in files)
        return Corpus(training, test, NAMES["ratings"], datasets.digests(*files))
    path = datasets.one_file(place, SPAM, " and ".join(FILES))
    texts, labels = _spam(path)
    cut = [
        ([texts[i] for i in rows], [labels[i] for i in rows])
        for rows in (
            [i for i in range(len(texts)) if i % 5 != 4],
            range(4, len(texts), 5),
        )
    ]
    return Corpus(cut[0], cut[1], NAMES["spam"], datasets.digests(path))


def _ratings(path: Path) -> tuple[list[str], list[int]]:
    """`id<TAB>document<TAB>label` after a header, quoted as pandas does."""
    rows = csv.reader(StringIO(datasets.text_of(path)), delimiter="\t")
    texts, labels = [], []
    try:
        if next(rows, None) != ["id", "document", "label"]:
            raise UsageError("error.train_bad_header", file=path)
        for row in rows:
            if len(row) != 3 or row[2] not in {"0", "1"}:
                raise UsageError("error.train_bad_rating", file=path, line=rows.line_num)
            texts.append(row[1])
            labels.append(int(row[2]))
    except csv.Error as error:
        raise UsageError("error.train_bad_data", file=path, reason=error) from None
    return _both(path, texts, labels)


def _spam(path: Path) -> tuple[list[str], list[int]]:
    """`ham` or `spam`, a tab, the message."""
    texts, labels = [], []
    for number, line in enumerate(datasets.lines_of(path), start=1):
        label, tab, text = line.partition("\t")
        if not tab or label not in NAMES["spam"]:
            raise UsageError("error.train_bad_message", file=path, line=number)
        texts.append(text)
        labels.append(int(label == "spam"))
    return _both(path, texts, labels)


def _both(path: Path, texts: list[str], labels: list[int]) -> tuple[list[str], list[int]]:
    if len(set(labels)) < 2:
        raise UsageError("error.train_bad_labels", file=path)
    return texts, labels


def tokens_of(text: str, features: str, shared: dict[str, str]) -> list[str]:
    """The features of a text. Equal strings are one object: there are millions of them."""
    return [shared.setdefault(token, token) for token in _cut(text.lower(), features)]


def _cut(text: str, features: str) -> Iterator[str]:
    for word in text.split():
        if features == "words":
            yield word
            continue
        padded = f" {word} "
        for n in range(1, LONGEST + 1):
            for start in range(len(padded) - n + 1):
                yield padded[start : start + n]


@dataclass(frozen=True)
class Sparse:
    """Documents by their features: row n has columns[starts[n]:starts[n + 1]], so its values."""

    starts: np.ndarray  # int64 (N + 1,)
    columns: np.ndarray  # int64 (K,)
    values: np.ndarray  # float32 (K,)

    @classmethod
    def of(cls, documents: list[list[int]]) -> Sparse:
        """Counts of ids above 0; 0 is the unknown feature."""
        rows = [Counter(ids) for ids in documents]
        for row in rows:
            row.pop(0, None)
        starts = np.cumsum([0, *map(len, rows)])
        columns = np.fromiter((c for row in rows for c in row), np.int64, starts[-1])
        values = np.fromiter((n for row in rows for n in row.values()), np.float32, starts[-1])
        return cls(starts, columns, values)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def dense(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The columns (C,) that these documents use, and their values (len(rows), C)."""
        parts = [slice(self.starts[n], self.starts[n + 1]) for n in rows]
        chosen = np.concatenate([self.columns[part] for part in parts] or [np.empty(0, np.int64)])
        used, place = np.unique(chosen, return_inverse=True)
        matrix: np.ndarray = np.zeros((len(rows), len(used)), np.float32)
        row: np.ndarray = np.repeat(
            np.arange(len(rows)), [part.stop - part.start for part in parts]
        )
        matrix[row, place] = np.concatenate([self.values[part] for part in parts])
        return used, matrix

    def weighted(self, idf: np.ndarray) -> Sparse:
        """(1 + ln count) idf, each document at length 1."""
        weights = (1 + np.log(self.values)) * idf[self.columns]
        row: np.ndarray = np.repeat(np.arange(len(self)), np.diff(self.starts))
        lengths = np.sqrt(np.bincount(row, weights**2, minlength=len(self)))
        return Sparse(self.starts, self.columns, (weights / lengths[row]).astype(np.float32))


class Program:
    """A step is a batch: of each lambda on nine tenths, then of the best one on all."""

    assignment = "hw1"

    def __init__(
        self, package: Package, place: Path, settings: dict[str, Any], device: torch.device
    ) -> None:
        corpus = read(place)
        self.settings = {**settings, "data": corpus.digests}
        self._package, self._device, self._corpus = package, device, corpus
        kind, shared = settings["features"], dict[str, str]()
        texts = [
            [tokens_of(t, kind, shared) for t in part[0]] for part in (corpus.training, corpus.test)
        ]
        self._vocabulary = package.features.Vocabulary(texts[0], MIN_COUNT[kind])
        if len(self._vocabulary) < 2:
            raise UsageError("error.train_bad_features", file=place)
        self._size = len(self._vocabulary)
        self._counts, self._test_counts = (
            Sparse.of([self._vocabulary.encode(document) for document in part]) for part in texts
        )
        in_documents = np.bincount(self._counts.columns, minlength=self._size)  # (V,)
        self._idf = np.log((1 + len(self._counts)) / (1 + in_documents)) + 1
        self._X = self._counts.weighted(self._idf)
        self._y = np.array(corpus.training[1])
        parts = package.evaluation.split(len(self._y), (0.9, 0.1), settings["seed"])
        self._fit, self._held = (np.asarray(part) for part in parts)
        if not len(self._held) or not len(self._test_counts):
            raise UsageError("error.train_too_little", file=place)
        self._batches = [-(-len(rows) // settings["batch_size"]) for rows in (self._fit, self._y)]
        self._epochs = settings["epochs"]
        searching = len(L2_VALUES) * self._epochs * self._batches[0]
        self.total = searching + self._epochs * self._batches[1]
        self._found: list[float] = []  # validation accuracy, by lambda
        self._start()

    def _start(self) -> None:
        self._w = torch.zeros(self._size, device=self._device)
        self._b = torch.zeros((), device=self._device)
        self._adam = torch.optim.Adam([self._w, self._b], lr=self.settings["lr"])

    def step(self, number: int) -> Line | None:
        each = self._epochs * self._batches[0]
        choice = min(number // each, len(L2_VALUES))  # the last: the best one, on all
        at, searching = number - choice * each, choice < len(L2_VALUES)
        rows = self._fit if searching else np.arange(len(self._y))
        count = self._batches[0 if searching else 1]
        if at == 0:
            self._start()
        epoch, place = divmod(at, count)
        order = np.random.default_rng([self.settings["seed"], choice, epoch]).permutation(rows)
        size = self.settings["batch_size"]
        l2 = L2_VALUES[choice if searching else self._best()]
        rate = self.settings["lr"] * (1 - at / (count * self._epochs))
        self._learn(order[place * size : (place + 1) * size], l2, rate)
        if not searching or at < each - 1:
            return None
        right = self._predicted(self._X, self._held) == self._y[self._held]
        self._found.append(float(right.mean()))
        return Line.of("l2", l2=f"{l2:g}", percent=f"{100 * self._found[-1]:.2f}")

    def _best(self) -> int:
        return max(range(len(L2_VALUES)), key=self._found.__getitem__)

    def _learn(self, rows: np.ndarray, l2: float, rate: float) -> None:
        used, matrix = self._X.dense(rows)
        columns = torch.from_numpy(used).to(self._device)
        X = torch.from_numpy(matrix).to(self._device)
        y = torch.from_numpy(self._y[rows]).to(self._device, torch.float32)
        by_w, by_b = self._package.logistic_regression.gradient(self._w[columns], self._b, X, y)
        finite(float(by_b), "gradient")
        whole = l2 * self._w
        whole[columns] += by_w
        self._w.grad, self._b.grad = whole, by_b
        for group in self._adam.param_groups:
            group["lr"] = rate
        self._adam.step()

    def _predicted(self, X: Sparse, rows: np.ndarray) -> np.ndarray:
        """(len(rows),): the classes that logistic regression gives."""
        w, b = self._w.cpu().numpy(), float(self._b)
        row: np.ndarray = np.repeat(np.arange(len(X)), np.diff(X.starts))
        z = np.bincount(row, X.values * w[X.columns], minlength=len(X)) + b
        found: np.ndarray = (z[rows] >= 0).astype(np.int64)
        return found

    def state(self) -> dict[str, Any]:
        weights = {"w": self._w, "b": self._b, "adam": self._adam.state_dict()}
        return {**weights, "found": self._found}

    def restore(self, state: dict[str, Any]) -> None:
        self._w.copy_(state["w"])
        self._b.copy_(state["b"])
        self._adam.load_state_dict(state["adam"])
        self._found = list(state["found"])

    def _naive_bayes(self) -> np.ndarray:
        """The test documents' classes.

        A batch of documents uses few of the features. `fit` gets those columns, and one for all the
        others: their counts, and the smoothing that each of them would have got.
        """
        make, counts = self._package.naive_bayes.NaiveBayes, self._counts
        label: np.ndarray = np.repeat(self._y, np.diff(counts.starts))
        sums = np.stack(
            [
                np.bincount(counts.columns, counts.values * (label == c), minlength=self._size)
                for c in (0, 1)
            ]
        ).astype(np.int64)  # (2, V)
        # of the priors: in place of those of two documents, one of each class
        of_documents = make().fit(np.zeros((len(self._y), 1), np.int64), self._y)
        prior = np.asarray(of_documents.class_log_prior_) - np.log(0.5)
        found = []
        for start in range(0, len(self._test_counts), ROWS):
            rows = np.arange(start, min(start + ROWS, len(self._test_counts)))
            used, matrix = self._test_counts.dense(rows)  # the unknown feature is never used
            others = np.delete(sums, used, axis=1) + ALPHA  # (2, V - C)
            rest = others.sum(axis=1, keepdims=True) - ALPHA  # one ALPHA comes from fit
            model = make(ALPHA).fit(np.hstack([sums[:, used], rest]), np.array([0, 1]))
            documents = np.pad(matrix.astype(np.int64), ((0, 0), (0, 1)))
            found.append(np.asarray(model.joint_log_likelihood(documents)) + prior)
        classes: np.ndarray = np.concatenate(found).argmax(axis=1)
        return classes

    def results(self) -> dict[str, Any]:
        every = np.arange(len(self._test_counts))
        by_lr = self._predicted(self._test_counts.weighted(self._idf), every)
        self._scores = {
            "naive_bayes": self._score(self._naive_bayes()),
            "logistic_regression": self._score(by_lr),
        }
        return {
            "features": self._size,
            "validation": {f"{l2:g}": p for l2, p in zip(L2_VALUES, self._found, strict=True)},
            "l2": L2_VALUES[self._best()],
            **self._scores,
        }

    def _score(self, predicted: np.ndarray) -> dict[str, Any]:
        gold, guess, score = self._corpus.test[1], predicted.tolist(), self._package.evaluation
        return {
            "accuracy": float(score.accuracy(gold, guess)),
            "f1": float(score.precision_recall_f1(gold, guess, 2, "binary")[2]),
            "confusion": np.asarray(score.confusion_matrix(gold, guess, 2)).tolist(),
        }

    def pictures(self) -> dict[str, str]:
        title = "logistic regression; rows: gold, columns: predicted"
        counts = self._scores["logistic_regression"]["confusion"]
        return {"confusion.svg": pictures.confusion(title, self._corpus.names, counts)}

    def model(self) -> dict[str, Any]:
        tokens = list(self._vocabulary.tokens)
        idf = torch.from_numpy(self._idf)
        about = {"tokens": tokens, "idf": idf, "names": list(self._corpus.names)}
        return {**about, "w": self._w.cpu(), "b": self._b.cpu()}


def told(metrics: dict[str, Any]) -> list[Line]:
    """Both models on the test set."""
    lines = []
    for name in ("naive_bayes", "logistic_regression"):
        figures = {key: f"{100 * metrics[name][key]:.2f}" for key in ("accuracy", "f1")}
        lines.append(Line.of("classified", model=name.replace("_", " "), **figures))
    return lines


def answer(
    package: Package, saved: dict[str, Any], text: str, options: dict[str, Any]
) -> list[str]:
    """Classify a text by logistic regression, with its probability."""
    ids = {token: i for i, token in enumerate(saved["tokens"])}
    cut = tokens_of(datasets.composed(text), saved["settings"]["features"], {})
    row = Sparse.of([[ids.get(token, 0) for token in cut]]).weighted(saved["idf"].numpy())
    w = saved["w"][torch.from_numpy(row.columns)]
    z = (w * torch.from_numpy(row.values)).sum() + saved["b"]
    chance = float(package.logistic_regression.sigmoid(z))
    name, share = (saved["names"][1], chance) if chance >= 0.5 else (saved["names"][0], 1 - chance)
    return [f"{name} {100 * share:.1f} %"]
