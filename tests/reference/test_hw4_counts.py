"""hw4's data.py, estimate.py and evaluate.py against counting by other means.

The oracles: fractions counted by loops, regular expressions, sums over all sentences, a machine of
two states for spans, frequencies of long samples with the spread that the binomial law gives them.
"""

import itertools
import math
import random
import re
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from reference.hw4_hmm_tagger import data, estimate, evaluate

# ------------------------------------------------------------------------------------------ data.py

CONLLU = "\n".join(  # noqa: FLY002 - a line is a line
    [
        "# text = don't 10 000",
        "1-2\tdon't\t_\t_\t_",
        "1\tdo\tdo\tAUX\t_",
        "2\tn't\tnot\tPART\t_",
        "",
        "",
        "# only a comment",
        "",
        "1\t10 000\t10 000\tNUM\t_",
        "1.1\twent\tgo\tVERB\t_",
        "10\t새\t새\tNOUN\t_",
    ]
)


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_conllu(end, line_end):
    text = (CONLLU + end).replace("\n", line_end)
    assert data.read_conllu(text) == [
        [("do", "AUX"), ("n't", "PART")],
        [("10 000", "NUM"), ("새", "NOUN")],
    ]


def test_conllu_of_nothing():
    assert data.read_conllu("") == data.read_conllu("\n\n# x\n") == []


def test_word_classes_against_regular_expressions():
    rules = [
        (r"\d", lambda m: "<num>"),
        (r"[가-힣](?=[^가-힣]*$)", lambda m: f"<hangul:{m[0]}>"),
        (r"-", lambda m: "<hyphen>"),
        (r"(ing|ed|ly|s)$", lambda m: f"<{m[0]}>"),
        (r"^[A-ZÀ-Þ]", lambda m: "<cap>"),
        (r"", lambda m: "<unk>"),
    ]
    words = ["3월", "갔다", "서울A", "well-known", "Running", "played", "slowly", "cats", "class"]
    words += [
        "Seoul",
        "xyz",
        "SINGING",
        "ㅋㅋ",
        "École",
        "A-1",
        "힣",
        "가s",
        "",
        "ing",
        "1990s",
        "漢字",
    ]
    for word in words:
        wanted = next(make(m) for rule, make in rules if (m := re.search(rule, word)))
        assert data.word_class(word) == wanted, word


# -------------------------------------------------------------------------------------- estimate.py


def share(part, whole, alpha, size):
    """By definition, in fractions: uniform where nothing was counted."""
    total = whole + alpha * size
    return float(Fraction(part + alpha) / total) if total else 1 / size


@pytest.mark.parametrize("alpha", [0, 1, Fraction(1, 10)])
@pytest.mark.parametrize("seed", range(5))
def test_estimate_equals_fractions_counted_by_loops(seed, alpha):
    draw = np.random.default_rng(seed)
    lengths = draw.integers(1, 6, 4)
    words = [draw.integers(0, 5, n).tolist() for n in lengths]
    tags = [draw.integers(0, 3, n).tolist() for n in lengths]
    hmm = estimate.estimate(words, tags, 4, 6, float(alpha))
    starts = Counter(row[0] for row in tags)
    steps = Counter(pair for row in tags for pair in itertools.pairwise(row))
    spoken = Counter(
        pair for rows in zip(tags, words, strict=True) for pair in zip(*rows, strict=True)
    )
    for i in range(4):
        assert math.exp(hmm.log_pi[i]) == pytest.approx(share(starts[i], len(tags), alpha, 4))
        left = sum(steps[i, j] for j in range(4))
        for j in range(4):
            assert math.exp(hmm.log_A[i, j]) == pytest.approx(share(steps[i, j], left, alpha, 4))
        said = sum(spoken[i, w] for w in range(6))
        for w in range(6):
            assert math.exp(hmm.log_B[i, w]) == pytest.approx(share(spoken[i, w], said, alpha, 6))


def known_hmm():
    """A model with impossible starts, steps and words."""
    tables = (
        [0.6, 0.4, 0.0],
        [[0.1, 0.6, 0.3], [0.5, 0.0, 0.5], [0.2, 0.7, 0.1]],
        [[0.7, 0.3, 0.0], [0.0, 0.5, 0.5], [0.25, 0.25, 0.5]],
    )
    with np.errstate(divide="ignore"):
        return tables, estimate.HMM(*map(np.log, tables))


def test_joint_probabilities_of_all_sentences_sum_to_one():
    (pi, A, B), hmm = known_hmm()
    total = 0.0
    for words, tags in itertools.product(itertools.product(range(3), repeat=3), repeat=2):
        p = math.exp(estimate.sequence_log_prob(hmm, list(words), list(tags)))
        factors = pi[tags[0]] * A[tags[0]][tags[1]] * A[tags[1]][tags[2]]
        assert p == pytest.approx(
            factors * math.prod(B[i][w] for i, w in zip(tags, words, strict=True))
        )
        total += p
    assert total == pytest.approx(1)


def test_samples_have_the_frequencies_of_the_model():
    (pi, A, B), hmm = known_hmm()
    words, tags = estimate.sample(hmm, 20000, seed=1)
    starts = [estimate.sample(hmm, 1, seed)[1][0] for seed in range(3000)]
    rows = [(pi, Counter(starts), 3000)]
    steps, spoken = Counter(itertools.pairwise(tags)), Counter(zip(tags, words, strict=True))
    for i in range(3):
        rows.append((A[i], {j: steps[i, j] for j in range(3)}, sum(steps[i, j] for j in range(3))))
        rows.append((B[i], {w: spoken[i, w] for w in range(3)}, tags.count(i)))
    for table, counts, n in rows:
        for j, p in enumerate(table):
            # five standard errors of a binomial share; impossible ones never come
            assert abs(counts.get(j, 0) / n - p) <= 5 * math.sqrt(p * (1 - p) / n)


def test_the_seed_alone_decides_a_sample():
    hmm = known_hmm()[1]
    random.seed(1)
    one = estimate.sample(hmm, 50, seed=3)
    random.seed(2)
    assert estimate.sample(hmm, 50, seed=3) == one != estimate.sample(hmm, 50, seed=4)
    assert {type(x) for part in one for x in part} == {int}


# -------------------------------------------------------------------------------------- evaluate.py


def naive_spans(tags):
    """BIO by a machine of two states, reading one tag after another."""
    found, start, kind = [], None, None
    for i, tag in enumerate([*tags, "O"]):
        continues = tag.startswith("I-") and kind == tag[2:]
        if kind is not None and not continues:
            found.append((kind, start, i))
            kind = None
        if tag != "O" and kind is None:
            start, kind = i, tag[2:]
    return found


@pytest.mark.parametrize("seed", range(20))
def test_spans_and_their_f1_against_a_machine_of_two_states(seed):
    draw = np.random.default_rng(seed)
    names = np.array(["O", "B-X", "I-X", "B-Y", "I-Y"])
    gold, predicted = (
        [names[draw.integers(0, 5, n)].tolist() for n in (4, 9, 1)] for _ in range(2)
    )
    for tags in gold + predicted:
        assert evaluate.spans(tags) == naive_spans(tags)
    true, said = (
        [(n, s) for n, tags in enumerate(rows) for s in naive_spans(tags)]
        for rows in (gold, predicted)
    )
    hits = sum(span in said for span in true)
    precision, recall = hits / len(said) if said else 0.0, hits / len(true) if true else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    assert evaluate.span_f1(gold, predicted) == pytest.approx((precision, recall, f1))


def test_figures_by_hand():
    gold, predicted = [["A"], ["A", "A", "A"]], [["A"], ["B", "B", "C"]]
    assert evaluate.accuracy(gold, predicted) == 0.25
    words = [["a"], ["b", "a", "c"]]
    assert evaluate.known_unknown_accuracy(gold, predicted, words, {"a"}) == (0.5, 0.0)
    assert evaluate.known_unknown_accuracy(gold, predicted, words, set()) == (0.0, 0.25)
    assert evaluate.confusions([["A", "A", "B", "B"]], [["B", "B", "A", "B"]], 5) == [
        ("A", "B", 2),
        ("B", "A", 1),
    ]
    assert evaluate.confusions(gold, predicted, 1) == [("A", "B", 2)]


def test_the_tagger_of_the_handout():
    tagger = evaluate.train_tagger(
        [
            [("나는", "PRON"), ("갔다", "VERB")],
            [("나는", "PRON"), ("왔다", "VERB")],
            [("너는", "PRON"), ("갔다", "VERB")],
        ]
    )
    assert tagger.tag(["우리는", "먹었다"]) == ["PRON", "VERB"]
    assert tagger.tag([]) == []
    pi, A, B = (np.exp(table) for table in (tagger.hmm.log_pi, tagger.hmm.log_A, tagger.hmm.log_B))
    assert B.shape == (2, 5)
    ending, verb = tagger.ids["<hangul:는>"], tagger.ids["<hangul:다>"]
    assert pi[0] * B[0, ending] * A[0, 1] * B[1, verb] == pytest.approx(0.092699, abs=1e-6)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: estimate.HMM(np.zeros(2), np.zeros((2, 3)), np.zeros((2, 3))), "log_A"),
        (lambda: estimate.estimate([[0]], [[0]], 1, 1, -1.0), "alpha"),
        (lambda: estimate.estimate([[0, 0]], [[0]], 1, 1), "tags"),
        (lambda: estimate.estimate([[1]], [[0]], 1, 1), "sequences"),
        (lambda: estimate.estimate([[0]], [[-1]], 1, 1), "tags"),
        (lambda: estimate.sequence_log_prob(known_hmm()[1], [], []), "words"),
        (lambda: estimate.sequence_log_prob(known_hmm()[1], [0], [3]), "tags"),
        (lambda: evaluate.accuracy([[]], [[]]), "gold"),
        (lambda: evaluate.span_f1([["O"]], [["O", "O"]]), "gold"),
        (lambda: evaluate.known_unknown_accuracy([["A"]], [["A"]], [[]], set()), "words"),
        (lambda: evaluate.confusions([["A"]], [["A"]], 0), "k"),
        (lambda: evaluate.train_tagger([]), "sentences"),
    ],
)
def test_impossible_input_names_the_argument(call, name):
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        call()
