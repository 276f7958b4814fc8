"""hw2 on real text: word vectors by skip-gram with negative sampling.

The text has a sentence a line, words between blanks; a line of more than 1,000 words is cut, as
word2vec does. On request words are lower-cased, and those below --min-count become <unk> instead of
being dropped, so that windows do not reach over them. Vectors are trained by the package's own
functions (`pairs`), or where the package has a faster `blocks` module, as the reference does, by
that. They are judged by the package's `nearest`, `spearman` and `analogy`.
"""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.errors import UsageError
from grader.training import datasets, pictures
from grader.training.loop import Line, finite
from grader.training.package import Package
from grader.training.pairs import END, Pairs

MAX_SENTENCE = 1000  # words
STRETCH = {True: 1 << 16, False: 1 << 13}  # ids of a step: with `blocks`, without
TOKENS = {"cpu": 1024, "cuda": 8192}  # centers that `blocks` takes at once
UNKNOWN = "<unk>"
MAPPED = 80  # words in the picture
QUESTIONS = 1000  # analogies that are asked
NEAR = 5


def sentences(path: Path, *, lower: bool) -> list[list[str]]:
    """The sentences of a text. Equal words are one object: there are millions of them."""
    shared: dict[str, str] = {}
    found = []
    for line in datasets.lines_of(path):
        words = [shared.setdefault(w, w) for w in (line.lower() if lower else line).split()]
        found += [words[i : i + MAX_SENTENCE] for i in range(0, len(words), MAX_SENTENCE)]
    return found


def without_rare(text: list[list[str]], min_count: int) -> list[list[str]]:
    """Words that occur less often become <unk>."""
    counts = Counter(word for words in text for word in words)
    return [[w if counts[w] >= min_count else UNKNOWN for w in words] for words in text]


class Program:
    """A stretch of the text is a step; the rate falls to 0 over the run."""

    assignment = "hw2"

    def __init__(
        self, package: Package, place: Path, settings: dict[str, Any], device: torch.device
    ) -> None:
        path = datasets.one_file(place, "*train*", "input.txt", "*.txt")
        self._asked = {
            name: settings.pop(name) for name in ("similarity", "analogies", "gensim")
        }  # they do not change the vectors
        self._files = {
            name: datasets.one_file(datasets.find(self._asked[name]), "*ALL*", "*.txt")
            for name in ("similarity", "analogies")
            if self._asked[name]
        }
        self.settings = {**settings, "data": datasets.digests(path)}
        self._package, self._device = package, device
        text = sentences(path, lower=settings["lower"])
        if settings["rare"] == "unk":
            text = without_rare(text, settings["min_count"])
        self._text = text
        vocabulary = package.corpus.Vocabulary(text, settings["min_count"])
        self._tokens: list[str] = list(vocabulary.tokens)
        if len(self._tokens) < 2:
            raise UsageError("error.train_bad_words", file=path)
        parts = [np.array([*vocabulary.encode(words), END], np.int32) for words in text]
        self._ids = np.concatenate(parts)
        self._counts: Tensor = vocabulary.counts
        fast = package.has("blocks")
        self._trainer = (
            _blocks(package, self._counts, settings, device)
            if fast
            else Pairs(package, self._counts, settings, device)
        )
        self._size = STRETCH[fast]
        self._stretches = -(-len(self._ids) // self._size)
        self.total = settings["epochs"] * self._stretches

    def step(self, number: int) -> Line | None:
        epoch, place = divmod(number, self._stretches)
        stretch = self._ids[place * self._size : (place + 1) * self._size]
        lr = self.settings["lr"] * max(1 - number / self.total, 1e-4)
        for batch in self._trainer.steps(stretch, number):
            self._trainer.train(batch, lr)
        finite(float(self._trainer.into.norm()), "norm of the vectors")
        last = place == self._stretches - 1
        return Line.of("epoch", epoch=epoch + 1, of=self.settings["epochs"]) if last else None

    def state(self) -> dict[str, Any]:
        return {"into": self._trainer.into, "out": self._trainer.out}

    def restore(self, state: dict[str, Any]) -> None:
        self._trainer.into.copy_(state["into"])
        self._trainer.out.copy_(state["out"])

    @property
    def _vectors(self) -> Tensor:
        return self._trainer.into.cpu()

    def model(self) -> dict[str, Any]:
        return {"tokens": self._tokens, "vectors": self._vectors}

    def results(self) -> dict[str, Any]:
        nearest = self._package.evaluate.nearest
        vectors = self._vectors
        found: dict[str, Any] = {
            "words": int((self._ids != END).sum()),
            "vocabulary": len(self._tokens),
            "neighbours": {w: nearest(self._tokens, vectors, w, NEAR) for w in self._examples()},
        }
        if "similarity" in self._files:
            found["similarity"] = self._similarity(self._tokens, vectors)
            if self._asked["gensim"]:
                found["gensim"] = self._by_gensim()
        if "analogies" in self._files:
            found["analogies"] = self._analogies(vectors)
        return found

    def _examples(self) -> list[str]:
        """Words that say something: long ones after the most frequent."""
        rare = self._tokens[50:] if len(self._tokens) > 100 else self._tokens
        return [word for word in rare if len(word) > (3 if word.isascii() else 1)][:6]

    def _similarity(self, tokens: list[str], vectors: Tensor) -> dict[str, Any]:
        return similarity(self._package, self._files["similarity"], tokens, vectors)

    def _analogies(self, vectors: Tensor) -> dict[str, Any]:
        """The share of questions a b c d that are answered with d; evenly spaced ones of all."""
        known = set(self._tokens)
        lines = datasets.lines_of(self._files["analogies"])
        questions = [line.split() for line in lines if not line.startswith(":")]
        low = [[w if w in known else w.lower() for w in words] for words in questions]
        asked = [words for words in low if len(words) == 4 and known.issuperset(words)]
        asked = asked[:: -(-len(asked) // QUESTIONS)] if asked else []
        analogy = self._package.evaluate.analogy
        right = sum(analogy(self._tokens, vectors, *q[:3], 1) == [q[3]] for q in asked)
        return {"score": right / len(asked) if asked else 0.0, "known": len(asked)}

    def _by_gensim(self) -> dict[str, Any] | None:
        """The same text and settings by gensim, on one thread; None where it is not installed."""
        try:
            from gensim.models import Word2Vec
        except ImportError:
            return None
        s = self.settings
        model = Word2Vec(
            self._text,
            vector_size=s["dim"],
            window=s["window"],
            negative=s["negatives"],
            sg=1,
            epochs=s["epochs"],
            alpha=s["lr"],
            min_count=s["min_count"],
            sample=s["t"],
            seed=s["seed"] + 1,
            workers=1,
        )
        return self._similarity(model.wv.index_to_key, torch.from_numpy(model.wv.vectors.copy()))

    def pictures(self) -> dict[str, str]:
        """The most frequent words that say something, on the two main axes of their vectors."""
        words = [w for w in self._tokens[30:] if w[0].isalpha()][:MAPPED] or self._tokens[:MAPPED]
        place = {token: i for i, token in enumerate(self._tokens)}
        chosen = torch.nn.functional.normalize(self._vectors[[place[word] for word in words]])
        centred = chosen - chosen.mean(dim=0)
        axes = torch.linalg.svd(centred, full_matrices=False).Vh[:2]
        if len(axes) < 2:  # of one word, or of vectors with one entry
            return {}
        places = (centred @ axes.T).tolist()
        return {"map.svg": pictures.word_map("frequent words on the two main axes", words, places)}


def _blocks(
    package: Package, counts: Tensor, settings: dict[str, Any], device: torch.device
) -> Any:
    """The reference's fast engine; it has the same `steps`, `train`, `into` and `out`."""
    fast, counts = package.blocks, counts.to(device)
    noise = package.sampling.negative_distribution(counts)
    tokens = math.ceil(TOKENS[device.type] / fast.S) * fast.S
    windows = fast.Windows(settings["window"], settings["negatives"], settings["seed"], tokens)
    keep = package.corpus.keep_probability(counts, settings["t"])
    return fast.Trainer(
        counts, keep, package.sampling.AliasSampler(noise), windows, settings["dim"]
    )


def similarity(package: Any, path: Path, tokens: list[str], vectors: Tensor) -> dict[str, Any]:
    """Spearman of cosines and people's scores, over the pairs whose words are both known."""
    ids = {word: number for number, word in enumerate(tokens)}
    cosines, scores = [], []
    asked = scored_pairs(path)
    for *words, score in asked:
        a, b = (ids.get(word, ids.get(word.lower())) for word in words)
        if a is not None and b is not None:
            pair = vectors[a], vectors[b]
            cosines.append(float(torch.cosine_similarity(*pair, dim=0)))
            scores.append(score)
    if len(scores) < 2:
        raise UsageError("error.train_bad_known", file=path, known=len(scores), asked=len(asked))
    value = float(package.evaluate.spearman(cosines, scores))
    return {"file": path.name, "score": value, "known": len(scores), "asked": len(asked)}


def scored_pairs(path: Path) -> list[tuple[str, str, float]]:
    """Two words and people's score of how alike they are, from each line."""
    found = []
    for number, line in enumerate(datasets.lines_of(path), start=1):
        fields = line.split("\t")
        try:
            found.append((fields[0], fields[1], float(fields[2])))
        except (IndexError, ValueError):
            if number == 1:  # some copies have a header
                continue
            raise UsageError("error.train_bad_pair", file=path, line=number) from None
    return found


def told(metrics: dict[str, Any]) -> list[Line]:
    """Neighbours, and the scores that were asked for."""
    lines = []
    for word, near in metrics["neighbours"].items():
        others = ", ".join(f"{other} {cosine:.2f}" for other, cosine in near)
        lines.append(Line.of("neighbours", word=word, near=others))
    if score := metrics.get("similarity"):
        lines.append(Line.of("similarity", **{**score, "score": f"{score['score']:.3f}"}))
    if "gensim" in metrics:
        score = metrics["gensim"]
        lines.append(
            Line.of("gensim", score=f"{score['score']:.3f}") if score else Line.of("no_gensim")
        )
    if score := metrics.get("analogies"):
        fields = {"percent": f"{100 * score['score']:.1f}", "known": score["known"]}
        lines.append(Line.of("analogies", **fields))
    return lines


def answer(
    package: Package, saved: dict[str, Any], text: str, options: dict[str, Any]
) -> list[str]:
    """The neighbours of a word; of three words a b c what is to c as b is to a."""
    tokens, vectors = saved["tokens"], saved["vectors"]
    known, words = set(tokens), datasets.composed(text).split()
    words = [word if word in known else word.lower() for word in words]
    for word in words:
        if word not in known:
            raise UsageError("error.train_unknown_word", word=word)
    if len(words) == 3:
        return list(package.evaluate.analogy(tokens, vectors, *words, NEAR))
    found = [package.evaluate.nearest(tokens, vectors, word, NEAR) for word in words]
    return [" ".join(f"{other} {cosine:.2f}" for other, cosine in near) for near in found]
