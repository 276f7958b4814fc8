"""Hidden checks of corpus.py."""

import math
import random
from collections import Counter

import pytest
import torch

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_tensor,
    expect_type,
)

# ---- Vocabulary ----------------------------------------------------------------------------------


def test_vocabulary_breaks_ties_by_code_point(student):
    sentences = [["b", "B", "가", "a", "é"], ["나", "가", "b", "z"]]
    vocabulary = student.corpus.Vocabulary(sentences)
    expect_equal(vocabulary.tokens, ["b", "가", "B", "a", "z", "é", "나"], "tokens")


def test_vocabulary_orders_by_falling_count(student):
    words = [f"낱말{i}" for i in range(30)]
    sentences = [words[i:] for i in range(30)]  # word i stands in i + 1 sentences
    vocabulary = student.corpus.Vocabulary(sentences)
    expect_equal(vocabulary.tokens, words[::-1], "tokens")


def test_vocabulary_counts_occurrences(student):
    vocabulary = student.corpus.Vocabulary([["a", "a", "b"], [], ["b", "c", "a"]])
    counts = vocabulary.counts
    expect_tensor(counts, (3,), "int64", "counts")
    expect_equal(counts.tolist(), [3, 2, 1], "counts")


@pytest.mark.parametrize(("min_count", "tokens"), [(2, ["a", "b"]), (3, ["a"])])
def test_vocabulary_min_count(student, min_count, tokens):
    sentences = [["a", "a", "b"], ["b", "c", "a"]]
    vocabulary = student.corpus.Vocabulary(sentences, min_count=min_count)
    expect_equal(vocabulary.tokens, tokens, f"tokens at min_count {min_count}")
    expect_equal(len(vocabulary), len(tokens), "len")
    expect_tensor(vocabulary.counts, (len(tokens),), "int64", "counts")


def test_vocabulary_drops_unknown_words(student):
    vocabulary = student.corpus.Vocabulary([["비", "눈", "비"]])
    encode = vocabulary.encode
    expect_equal(encode(["눈", "해", "비", "해", "눈"]), [1, 0, 1], "encode")
    expect_equal(
        encode(["비", "비", "눈", "눈", "비"]), [0, 0, 1, 1, 0], "encode of repeated words"
    )
    expect_equal(encode(["해"]), [], "encode of an unknown word")
    expect_equal(encode([]), [], "encode of nothing")


def test_vocabulary_has_no_unknown_token(student):
    vocabulary = student.corpus.Vocabulary([["<unk>", "a", "<unk>"], ["b"]])
    expect_equal(vocabulary.tokens, ["<unk>", "a", "b"], "tokens: <unk> is a word like any other")


def test_vocabulary_takes_words_as_they_are(student):
    apart = "\u1112\u1161\u11ab"  # the letters of 한, not joined
    vocabulary = student.corpus.Vocabulary([["한", " a", "A"], ["a", apart, "a"]])
    expect_equal(vocabulary.tokens, ["a", " a", "A", apart, "한"], "tokens")
    expect_equal(vocabulary.encode(["A", apart, "한", " a", "a "]), [2, 3, 4, 1], "encode")


@pytest.mark.parametrize(("sentences", "min_count"), [([], 1), ([[], []], 1), ([["a"]], 2)])
def test_vocabulary_may_be_empty(student, sentences, min_count):
    vocabulary = student.corpus.Vocabulary(sentences, min_count)
    expect_equal(vocabulary.tokens, [], "tokens")
    expect_tensor(vocabulary.counts, (0,), "int64", "counts")
    expect_equal(len(vocabulary), 0, "len")


# ---- keep_probability ----------------------------------------------------------------------------


def own_keep(counts, t):
    """The formula of the handout."""
    total = sum(counts)
    ratios = [math.inf if count == 0 else t * total / count for count in counts]
    return [min(1.0, math.sqrt(ratio) + ratio) for ratio in ratios]


@pytest.mark.parametrize("t", [1e-5, 1e-3, 0.01])
def test_keep_equals_the_formula(student, t):
    draw = random.Random(1)
    counts = [draw.randrange(1, 10 ** draw.randrange(1, 6)) for _ in range(50)]
    keep = student.corpus.keep_probability(torch.tensor(counts), t)
    expect_close(keep, own_keep(counts, t), what="the probabilities of keeping")


def test_keep_is_one_for_a_count_of_zero(student):
    keep = student.corpus.keep_probability(torch.tensor([0, 1000, 0]))
    expect_close(keep, own_keep([0, 1000, 0], 1e-3), what="the probabilities of keeping")
    zeros = student.corpus.keep_probability(torch.zeros(3, dtype=torch.int64))
    expect_close(zeros, [1, 1, 1], what="the probabilities when every count is 0")


def test_keep_is_never_above_one(student):
    keep = student.corpus.keep_probability(torch.tensor([1, 5, 994]), 1.0)
    expect_close(keep, [1, 1, 1], what="the probabilities at t = 1")


@pytest.mark.parametrize("dtype", [torch.int64, torch.float32, torch.float64])
def test_keep_is_float64_whatever_comes_in(student, dtype):
    counts = torch.tensor([3, 70_001, 900_000], dtype=dtype)
    keep, after = student.with_arguments(student.corpus.keep_probability, counts)
    expect_tensor(keep, (3,), "float64", "the result")
    expect_close(keep, own_keep([3, 70_001, 900_000], 1e-3), what="the probabilities of keeping")
    expect_equal(after, [counts], "the argument after the call")


@pytest.mark.parametrize("t", [0.0, -1e-3])
def test_keep_refuses_an_impossible_t(student, t):
    with expect_error(ValueError, naming="t"):
        student.corpus.keep_probability(torch.tensor([1, 2]), t)


def test_keep_refuses_a_negative_count(student):
    with expect_error(ValueError, naming="counts"):
        student.corpus.keep_probability(torch.tensor([1, -2, 5]))


# ---- subsample -----------------------------------------------------------------------------------


def test_subsample_keeps_each_words_share(student):
    keep = torch.tensor([0.05, 0.3, 0.5, 0.95], dtype=torch.float64)
    kept = student.corpus.subsample([0, 1, 2, 3] * 25_000, keep, 11)
    expect_type(kept, list)
    found = Counter(kept)
    for word, p in enumerate(keep.tolist()):
        # five standard errors of 25,000 decisions: a right answer falls outside once in 2 million
        error = 5 * math.sqrt(p * (1 - p) / 25_000)
        share = found[word] / 25_000
        assert abs(share - p) <= error, f"a word kept with probability {p} was kept {share:.3f}"


def test_subsample_decides_each_position(student):
    keep = torch.tensor([0.5], dtype=torch.float64)
    results = student.map(student.corpus.subsample, [([0] * 1000, keep, s) for s in range(3)])
    for kept in results:
        # 1000 fair coins: 500 give or take 79 (five standard errors)
        assert 421 <= len(kept) <= 579, f"of 1000 positions of one word {len(kept)} were kept"


def test_subsample_keeps_the_order(student):
    keep = torch.full((500,), 0.5, dtype=torch.float64)
    ids = list(range(500))
    random.Random(2).shuffle(ids)
    place = {word: position for position, word in enumerate(ids)}
    kept = student.corpus.subsample(ids, keep, 3)
    assert len(kept) > 100, "half of the ids should be kept"
    positions = [place.get(word, -1) for word in kept]
    assert positions == sorted(set(positions)), "what is kept must stay in its order"


def test_subsample_never_and_always(student):
    keep = torch.tensor([1.0, 0.0], dtype=torch.float64)
    kept = student.corpus.subsample([0, 1] * 5000, keep, 4)
    expect_equal(kept, [0] * 5000, "what is kept of 0 1 0 1 ... when 1 never is and 0 always")
    expect_equal(student.corpus.subsample([], keep, 4), [], "what is kept of nothing")


def test_subsample_depends_on_its_seed_alone(student):
    keep, ids = torch.full((50,), 0.5, dtype=torch.float64), list(range(50)) * 4
    for seed in (5, 0):
        student.generators(seed=1)
        one = student.corpus.subsample(ids, keep, seed)
        student.generators(seed=2)
        same = student.corpus.subsample(ids, keep, seed)
        expect_equal(same, one, f"what is kept with seed {seed} again")
        other = student.corpus.subsample(ids, keep, 6)
        assert other != one, "a different seed must keep different positions"


def test_subsample_leaves_the_global_generators_alone(student):
    keep, ids = torch.full((50,), 0.5, dtype=torch.float64), list(range(50))
    before = student.generators(seed=3)
    student.corpus.subsample(ids, keep, 5)
    expect_equal(student.generators(), before, "the state of the global generators")


def test_subsample_leaves_its_arguments_alone(student):
    keep, ids = torch.tensor([0.5, 0.25], dtype=torch.float64), [0, 1, 1, 0] * 5
    kept, after = student.with_arguments(student.corpus.subsample, ids, keep, 7)
    expect_equal(after, [ids, keep, 7], "the arguments after the call")
    assert all(type(word) is int for word in kept), "ids must be Python ints"


@pytest.mark.parametrize("wrong", [-0.1, 1.5])
def test_subsample_refuses_an_impossible_probability(student, wrong):
    with expect_error(ValueError, naming="keep"):
        student.corpus.subsample([0, 1, 0], torch.tensor([0.5, wrong]), 0)


@pytest.mark.parametrize("wrong", [3, -1])
def test_subsample_refuses_an_unknown_id(student, wrong):
    with expect_error(ValueError, naming="ids"):
        student.corpus.subsample([0, wrong, 2], torch.full((3,), 0.5), 0)


# ---- windows -------------------------------------------------------------------------------------


def near(length, window):
    """For each position the others at most `window` apart, from left to right."""
    return [[j for j in range(length) if 0 < abs(i - j) <= window] for i in range(length)]


def own_pairs(ids, window):
    return [[ids[i], ids[j]] for i, row in enumerate(near(len(ids), window)) for j in row]


def own_examples(ids, window):
    rows = enumerate(near(len(ids), window))
    return [([ids[j] for j in row], ids[i]) for i, row in rows if row]


def random_sequences():
    """(ids, window) of many lengths, with words that repeat."""
    draw = random.Random(8)
    return [
        ([draw.randrange(6) for _ in range(draw.randrange(12))], draw.randrange(1, 6))
        for _ in range(50)
    ]


def test_pairs_equal_the_double_loop(student):
    calls = random_sequences()
    results = student.map(student.corpus.skipgram_pairs, calls)
    for (ids, window), pairs in zip(calls, results, strict=True):
        expected = own_pairs(ids, window)
        expect_tensor(pairs, (len(expected), 2), "int64", f"the pairs of {ids}, window {window}")
        expect_equal(pairs.tolist(), expected, f"the pairs of {ids}, window {window}")


@pytest.mark.parametrize(("window", "count"), [(1, 14), (2, 26), (3, 36)])
def test_pairs_are_as_many_as_they_must_be(student, window, count):
    pairs = student.corpus.skipgram_pairs(list(range(8)), window)
    expect_equal(len(pairs), count, f"the number of pairs of 8 words, window {window}")


def test_pairs_of_the_edges(student):
    pairs = student.corpus.skipgram_pairs([10, 11, 12, 13, 14], 2).tolist()
    expect_equal([p for p in pairs if p[0] == 10], [[10, 11], [10, 12]], "pairs of the first word")
    expect_equal([p for p in pairs if p[0] == 14], [[14, 12], [14, 13]], "pairs of the last word")


def test_pairs_go_both_ways(student):
    pairs = student.corpus.skipgram_pairs([4, 1, 3, 0, 2], 3).tolist()
    there, back = Counter(map(tuple, pairs)), Counter((b, a) for a, b in pairs)
    assert pairs, "five words have pairs"
    assert there == back, "whenever b is a context of a, a must be a context of b"


def test_pairs_of_a_repeated_word(student):
    pairs = student.corpus.skipgram_pairs([70_000, 70_000, 3], 1).tolist()
    expected = [[70_000, 70_000], [70_000, 70_000], [70_000, 3], [3, 70_000]]
    expect_equal(pairs, expected, "the pairs of 70000 70000 3, window 1")


@pytest.mark.parametrize("ids", [[], [5]])
def test_pairs_may_be_none(student, ids):
    expect_tensor(student.corpus.skipgram_pairs(ids, 2), (0, 2), "int64", "the pairs")


def test_pairs_with_a_window_beyond_the_sentence(student):
    pairs = student.corpus.skipgram_pairs([2, 0, 1], 100)
    expect_equal(pairs.tolist(), own_pairs([2, 0, 1], 2), "the pairs of three words, window 100")


def test_pairs_leave_the_ids_alone(student):
    ids = [3, 1, 2, 1]
    _, after = student.with_arguments(student.corpus.skipgram_pairs, ids, 2)
    expect_equal(after, [ids, 2], "the arguments after the call")


@pytest.mark.parametrize("window", [0, -1])
def test_pairs_refuse_an_impossible_window(student, window):
    with expect_error(ValueError, naming="window"):
        student.corpus.skipgram_pairs([1, 2, 3], window)


def test_cbow_examples_equal_the_double_loop(student):
    calls = random_sequences()
    results = student.map(student.corpus.cbow_examples, calls)
    for (ids, window), examples in zip(calls, results, strict=True):
        expect_equal(examples, own_examples(ids, window), f"the examples of {ids}, window {window}")


def test_cbow_examples_of_the_edges(student):
    examples = student.corpus.cbow_examples([10, 11, 12, 13, 14], 2)
    expect_equal(examples[0], ([11, 12], 10), "the example of the first word")
    expect_equal(examples[-1], ([12, 13], 14), "the example of the last word")


@pytest.mark.parametrize("ids", [[], [5]])
def test_cbow_examples_need_a_context(student, ids):
    expect_equal(student.corpus.cbow_examples(ids, 2), [], "the examples")


def test_cbow_examples_refuse_an_impossible_window(student):
    with expect_error(ValueError, naming="window"):
        student.corpus.cbow_examples([1, 2, 3], 0)
