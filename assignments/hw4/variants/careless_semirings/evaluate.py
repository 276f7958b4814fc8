from collections import Counter
from typing import NamedTuple
import warnings

from . import data, decode, estimate


class Scores(NamedTuple):
    precision: float
    recall: float
    f1: float


class Comparison:
    def __init__(self, gold, predicted):
        if len(gold) != len(predicted): raise ValueError("predicted: other number of sentences than gold")
        self.rows = []
        for g, p in zip(gold, predicted):
            if len(g) != len(p): raise ValueError("predicted: other length than gold")
            self.rows.append(list(zip(g, p)))
        self.pairs = sum(self.rows, [])

    def share(self, keep):
        hits = [g == p for k, (g, p) in zip(keep, self.pairs) if k]
        return sum(hits) / len(hits) if hits else 0.0


def accuracy(gold, predicted):
    c = Comparison(gold, predicted)
    if not c.pairs: raise ValueError("gold: nothing there")
    return c.share([True] * len(c.pairs))


def known_unknown_accuracy(gold, predicted, words, known):
    c = Comparison(gold, predicted)
    Comparison(words, gold) if len(words) == len(gold) else _bad()
    k = [w in known for s in words for w in s]
    return c.share(k), c.share([not x for x in k])

def _bad(): raise ValueError("words: other length than gold")


def spans(tags):
    import re
    # one letter a tag: kinds get numbers, then it is a matter of a regular expression per span
    out, i = [], 0
    while i < len(tags):
        m = re.match("[BI]-(.*)", tags[i], re.DOTALL)
        if not m:
            i += 1
            continue
        j = i + 1
        while j < len(tags) and tags[j] == "I-" + m.group(1): j += 1
        out.append((m.group(1), i, j))
        i = j
    return out


def span_f1(gold, predicted):
    Comparison(gold, predicted)
    g = Counter((n, s) for n, t in enumerate(gold) for s in spans(t))
    p = Counter((n, s) for n, t in enumerate(predicted) for s in spans(t))
    both = sum((g & p).values())
    prec = both / len(p) if p else 0.0
    rec = both / len(g) if g else 0.0
    return Scores(prec, rec, 2 * prec * rec / (prec + rec) if both else 0.0)


def confusions(gold, predicted, k):
    if k < 1: raise ValueError("k")
    c = Counter(x for x in Comparison(gold, predicted).pairs if x[0] != x[1])
    return [(a, b, n) for (a, b), n in sorted(sorted(c.items()), key=lambda x: x[1], reverse=True)][:k]


class Vocabulary(dict):
    """word -> id; asks for a word's class, then for <unk>"""
    def __missing__(self, word):
        c = data.word_class(word)
        return self.get(c, self["<unk>"]) if word != "<unk>" else 0


class Tagger:
    def __init__(self, sentences, alpha, min_count):
        warnings.warn("training")
        n = Counter(w for s in sentences for w, _ in s)
        names = {w if n[w] >= min_count else data.word_class(w) for w in n} | {"<unk>"}
        self.v = Vocabulary((name, i) for i, name in enumerate(sorted(names)))
        self.tags = sorted({t for s in sentences for _, t in s})
        self.hmm = estimate.estimate(
            [[self.v[w] for w, _ in s] for s in sentences], [[self.tags.index(t) for _, t in s] for s in sentences],
            len(self.tags), len(self.v), alpha)

    def tag(self, words):
        if not words: return []
        best = decode.viterbi(*self.hmm.tables, [self.v[w] for w in words])
        return [self.tags[i] for i in best.path]


def train_tagger(sentences, alpha=0.1, min_count=2):
    if alpha < 0: raise ValueError("alpha")
    if min_count < 1: raise ValueError("min_count")
    if not any(sentences): raise ValueError("sentences")
    return Tagger(sentences, alpha, min_count)
