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

# Core checks judge values: numbers to this bar, whatever they are stored in.
NEAR = {"rtol": 1e-4, "atol": 1e-5}

# ---- Vocabulary ----------------------------------------------------------------------------------


def numbers(counts):
    """The counts as a list, whether they came as a tensor or not."""
    return [int(count) for count in counts]


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
    vocabulary = student.corpus.Vocabulary([["a", "a", "b"], ["b", "c", "a"]])
    expect_equal(numbers(vocabulary.counts), [3, 2, 1], "counts")


@pytest.mark.parametrize(("min_count", "tokens"), [(2, ["a", "b"]), (3, ["a"])])
def test_vocabulary_min_count(student, min_count, tokens):
    sentences = [["a", "a", "b"], ["b", "c", "a"]]
    vocabulary = student.corpus.Vocabulary(sentences, min_count=min_count)
    expect_equal(vocabulary.tokens, tokens, f"tokens at min_count {min_count}")
    expect_equal(len(vocabulary), len(tokens), "len")
    expect_equal(len(vocabulary.counts), len(tokens), "the number of counts")


def test_vocabulary_has_no_unknown_token(student):
    vocabulary = student.corpus.Vocabulary([["<unk>", "a", "<unk>"], ["b", "<unk>", "a"]])
    expect_equal(vocabulary.tokens, ["<unk>", "a", "b"], "tokens: <unk> is a word like any other")


def test_vocabulary_keeps_capital_letters(student):
    sentences = [["The", "sea", "the", "SEA"], ["The", "the", "The", "sea", "the", "The"]]
    sentences += [["sea", "sea", "sea"]]
    vocabulary = student.corpus.Vocabulary(sentences)
    expect_equal(vocabulary.tokens, ["sea", "The", "the", "SEA"], "tokens")
    expect_equal(numbers(vocabulary.counts), [5, 4, 3, 1], "counts")


def test_vocabulary_takes_words_as_they_are(student):
    apart = "\u1112\u1161\u11ab"  # the letters of 한, not joined
    words = ["한", " a", "a", apart, ""]
    sentences = [words[i:] for i in range(5)]
    vocabulary = student.corpus.Vocabulary(sentences)
    expect_equal(vocabulary.tokens, words[::-1], "tokens")


@pytest.mark.parametrize(("sentences", "min_count"), [([], 1), ([[], []], 1), ([["a"]], 2)])
def test_vocabulary_may_be_empty(student, sentences, min_count):
    vocabulary = student.corpus.Vocabulary(sentences, min_count)
    expect_equal(vocabulary.tokens, [], "tokens")
    expect_equal(numbers(vocabulary.counts), [], "counts")
    expect_equal(len(vocabulary), 0, "len")


@pytest.mark.parametrize("sentences", [[["a", "b", "a"]], []])
def test_vocabulary_counts_are_int64(student, sentences):
    vocabulary = student.corpus.Vocabulary(sentences)
    expect_type(vocabulary.tokens, list, "tokens")
    expect_tensor(vocabulary.counts, (len(vocabulary.tokens),), "int64", "counts")


# ---- Vocabulary.encode: compared with the student's own tokens -----------------------------------

WEATHER = [["비", "눈", "비", "해"], ["비", "눈", "비"], ["비", "해", "눈", "비"]]


def expect_words(vocabulary, asked, expected):
    """That the ids stand for these of the student's own tokens."""
    names = dict(enumerate(vocabulary.tokens))
    words = [names.get(int(number)) for number in vocabulary.encode(asked)]
    expect_equal(words, expected, f"the words of the ids of {asked}")


def test_encode_numbers_words_by_the_order_of_tokens(student):
    vocabulary = student.corpus.Vocabulary(WEATHER)
    expect_words(vocabulary, ["눈", "해", "비"], ["눈", "해", "비"])
    expect_words(vocabulary, ["해", "비", "눈", "비"], ["해", "비", "눈", "비"])


def test_encode_drops_unknown_words(student):
    vocabulary = student.corpus.Vocabulary(WEATHER)
    expect_words(vocabulary, ["눈", "달", "비", "별", "눈"], ["눈", "비", "눈"])


def test_encode_keeps_repeated_words(student):
    vocabulary = student.corpus.Vocabulary(WEATHER)
    expect_words(
        vocabulary, ["비", "비", "눈", "눈", "눈", "비"], ["비", "비", "눈", "눈", "눈", "비"]
    )


def test_encode_of_nothing(student):
    vocabulary = student.corpus.Vocabulary(WEATHER)
    expect_equal(len(vocabulary.encode([])), 0, "the number of ids of nothing")
    expect_equal(len(vocabulary.encode(["달"])), 0, "the number of ids of an unknown word")


def test_encode_gives_a_list_of_ints(student):
    ids = student.corpus.Vocabulary(WEATHER).encode(["눈", "비"])
    expect_type(ids, list, "the ids")
    for number in ids:
        expect_type(number, int, "an id")


# ---- keep_probability ----------------------------------------------------------------------------


def own_keep(counts, t):
    """The formula of the handout."""
    total = sum(counts)
    ratios = [math.inf if count == 0 else t * total / count for count in counts]
    return [min(1.0, math.sqrt(ratio) + ratio) for ratio in ratios]


FREQUENT = [40_000, 6_000, 300_000, 7_500, 650_000, 12_000]  # all above the cut at t = 1e-3


@pytest.mark.parametrize("t", [1e-5, 1e-3])
def test_keep_equals_the_formula(student, t):
    keep = student.corpus.keep_probability(torch.tensor(FREQUENT), t)
    expect_close(keep, own_keep(FREQUENT, t), **NEAR, what="the probabilities of keeping")


def test_keep_of_frequent_words_at_the_default_t(student):
    keep = student.corpus.keep_probability(torch.tensor(FREQUENT))
    expect_close(keep, own_keep(FREQUENT, 1e-3), **NEAR, what="the probabilities of keeping")


def test_keep_does_not_depend_on_the_size_of_the_corpus(student):
    small, large = student.map(
        student.corpus.keep_probability,
        [(torch.tensor(FREQUENT),), (7 * torch.tensor(FREQUENT),)],
    )
    expect_close(large, small, **NEAR, what="the probabilities for seven times the counts")
    expect_close(large, own_keep(FREQUENT, 1e-3), **NEAR, what="the probabilities of keeping")


def test_keep_is_never_above_one(student):
    keep = student.corpus.keep_probability(torch.tensor([2, 5, 993]), 1.0)
    expect_close(keep, [1, 1, 1], **NEAR, what="the probabilities at t = 1")
    assert student.corpus.keep_probability(torch.tensor([2, 5, 993]), 0.1)[2] < 1, "not always 1"


def test_keep_counts_rare_words_in_the_total(student):
    counts = [1] * 300 + [200, 500]
    keep = student.corpus.keep_probability(torch.tensor(counts), 0.05)
    expect_close(keep[300:], own_keep(counts, 0.05)[300:], **NEAR, what="of two frequent words")


def test_keep_is_one_for_a_count_of_zero(student):
    keep = student.corpus.keep_probability(torch.tensor([0, 1000, 0]))
    expect_close(keep, own_keep([0, 1000, 0], 1e-3), **NEAR, what="the probabilities of keeping")


def test_keep_is_one_if_all_counts_are_zero(student):
    zeros = student.corpus.keep_probability(torch.zeros(3, dtype=torch.int64))
    expect_close(zeros, [1, 1, 1], **NEAR, what="the probabilities when every count is 0")


@pytest.mark.parametrize("dtype", [torch.int64, torch.float32, torch.float64])
def test_keep_is_float64_whatever_comes_in(student, dtype):
    counts = [3, 70_001, 900_000]
    keep = student.corpus.keep_probability(torch.tensor(counts, dtype=dtype))
    expect_tensor(keep, (3,), "float64", "the result")
    expect_close(keep, own_keep(counts, 1e-3), what="the probabilities of keeping")


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
    kept = student.corpus.subsample([0, 1, 2, 3] * 15_000, keep, 11)
    found = Counter(numbers(kept))
    for word, p in enumerate(keep.tolist()):
        # five standard errors of 15,000 decisions: a right answer falls outside once in 2 million
        error = 5 * math.sqrt(p * (1 - p) / 15_000)
        share = found[word] / 15_000
        assert abs(share - p) <= error, f"a word kept with probability {p} was kept {share:.3f}"


def test_subsample_decides_each_position(student):
    keep = torch.tensor([0.5], dtype=torch.float64)
    results = student.map(student.corpus.subsample, [([0] * 1000, keep, s) for s in range(3)])
    for kept in results:
        # 1000 fair coins: 500 give or take 79 (five standard errors)
        assert 421 <= len(kept) <= 579, f"of 1000 positions of one word {len(kept)} were kept"


def test_subsample_treats_all_positions_alike(student):
    keep = torch.full((1000,), 0.5, dtype=torch.float64)
    results = student.map(
        student.corpus.subsample, [(list(range(1000)), keep, seed) for seed in range(3)]
    )
    for result in results:
        kept = set(numbers(result))
        early, even = sum(i < 500 for i in kept), sum(i % 2 == 0 for i in kept)
        both = sum(i in kept and i + 1 in kept for i in range(0, 1000, 2))
        # 500 fair coins: 250 give or take 56 (five standard errors); of two at once 125, 49
        assert 194 <= early <= 306, f"of the first 500 positions {early} were kept"
        assert 194 <= even <= 306, f"of the 500 even positions {even} were kept"
        assert 76 <= both <= 174, f"of 500 pairs of neighbours {both} were kept whole"


def test_subsample_keeps_the_order(student):
    keep = torch.full((500,), 0.5, dtype=torch.float64)
    ids = list(range(500))
    random.Random(2).shuffle(ids)
    place = {word: position for position, word in enumerate(ids)}
    kept = numbers(student.corpus.subsample(ids, keep, 3))
    assert len(kept) > 100, "half of the ids should be kept"
    positions = [place.get(word, -1) for word in kept]
    assert positions == sorted(set(positions)), "what is kept must stay in its order"


def test_subsample_never_and_always(student):
    keep = torch.tensor([1.0, 0.0], dtype=torch.float64)
    kept = numbers(student.corpus.subsample([0, 1] * 50_000, keep, 4))
    expect_equal(kept, [0] * 50_000, "what is kept of 0 1 0 1 ... when 1 never is and 0 always")


def test_subsample_of_nothing(student):
    kept = student.corpus.subsample([], torch.tensor([0.5], dtype=torch.float64), 4)
    expect_equal(len(kept), 0, "the number of ids kept of nothing")


def test_subsample_depends_on_its_seed_alone(student):
    keep, ids = torch.full((50,), 0.5, dtype=torch.float64), list(range(50)) * 4
    for seed in (5, 0):
        student.generators(seed=1)
        one = numbers(student.corpus.subsample(ids, keep, seed))
        student.generators(seed=2)
        same = numbers(student.corpus.subsample(ids, keep, seed))
        expect_equal(same, one, f"what is kept with seed {seed} again")
        other = numbers(student.corpus.subsample(ids, keep, 6))
        assert other != one, "a different seed must keep different positions"


def test_subsample_gives_a_list_of_ints(student):
    keep = torch.tensor([0.5, 0.25], dtype=torch.float64)
    for ids in ([0, 1, 1, 0] * 5, []):
        kept = student.corpus.subsample(ids, keep, 7)
        expect_type(kept, list)
        for word in kept:
            expect_type(word, int, "an id")


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
    """(ids, window): different words, more of them than a window holds on one side."""
    draw = random.Random(8)
    return [
        (draw.sample(range(100), draw.randrange(6, 12)), draw.randrange(1, 6)) for _ in "a" * 50
    ]


def rows_of(pairs):
    """The pairs as lists of ints, whatever they are stored in."""
    return [[int(number) for number in pair] for pair in pairs]


def test_pairs_equal_the_double_loop(student):
    calls = random_sequences()
    results = student.map(student.corpus.skipgram_pairs, calls)
    for (ids, window), pairs in zip(calls, results, strict=True):
        expect_equal(rows_of(pairs), own_pairs(ids, window), f"the pairs of {ids}, window {window}")


@pytest.mark.parametrize(("window", "count"), [(1, 14), (2, 26), (3, 36)])
def test_pairs_are_as_many_as_they_must_be(student, window, count):
    pairs = student.corpus.skipgram_pairs(list(range(8)), window)
    expect_equal(len(pairs), count, f"the number of pairs of 8 words, window {window}")


def test_pairs_of_the_edges(student):
    pairs = rows_of(student.corpus.skipgram_pairs([10, 11, 12, 13, 14], 2))
    expect_equal([p for p in pairs if p[0] == 10], [[10, 11], [10, 12]], "pairs of the first word")
    expect_equal([p for p in pairs if p[0] == 14], [[14, 12], [14, 13]], "pairs of the last word")


def test_pairs_go_both_ways(student):
    pairs = rows_of(student.corpus.skipgram_pairs([4, 1, 3, 0, 2], 3))
    there, back = Counter(map(tuple, pairs)), Counter((b, a) for a, b in pairs)
    assert pairs, "five words have pairs"
    assert there == back, "whenever b is a context of a, a must be a context of b"


@pytest.mark.parametrize(("ids", "window"), [([7, 7, 3], 1), ([5, 2, 5, 5, 1, 2], 2)])
def test_pairs_of_a_repeated_word(student, ids, window):
    pairs = student.corpus.skipgram_pairs(ids, window)
    expect_equal(rows_of(pairs), own_pairs(ids, window), f"the pairs of {ids}, window {window}")


@pytest.mark.parametrize("ids", [[], [5]])
def test_pairs_may_be_none(student, ids):
    expect_tensor(student.corpus.skipgram_pairs(ids, 2), (0, 2), what="the pairs")


def test_pairs_with_a_window_beyond_the_sentence(student):
    pairs = student.corpus.skipgram_pairs([2, 0, 1], 100)
    expect_equal(rows_of(pairs), own_pairs([2, 0, 1], 2), "the pairs of three words, window 100")


def test_pairs_of_large_ids(student):
    ids = [70_000, 3, 3_000_000_000, 70_000]
    pairs = student.corpus.skipgram_pairs(ids, 1)
    expect_equal(rows_of(pairs), own_pairs(ids, 1), f"the pairs of {ids}, window 1")


@pytest.mark.parametrize("window", [0, -1])
def test_pairs_refuse_an_impossible_window(student, window):
    with expect_error(ValueError, naming="window"):
        student.corpus.skipgram_pairs([1, 2, 3], window)


def plain(examples):
    """(contexts, center) of each example, whatever they are stored in."""
    return [([int(i) for i in contexts], int(center)) for contexts, center in examples]


def test_cbow_examples_equal_the_double_loop(student):
    calls = random_sequences()
    results = student.map(student.corpus.cbow_examples, calls)
    for (ids, window), examples in zip(calls, results, strict=True):
        what = f"the examples of {ids}, window {window}"
        expect_equal(plain(examples), own_examples(ids, window), what)


def test_cbow_examples_of_the_edges(student):
    examples = plain(student.corpus.cbow_examples([10, 11, 12, 13, 14], 2))
    expect_equal(examples[0], ([11, 12], 10), "the example of the first word")
    expect_equal(examples[-1], ([12, 13], 14), "the example of the last word")


@pytest.mark.parametrize(("ids", "window"), [([5, 2, 5, 5, 1, 2], 2), ([8, 1, 8, 2, 8, 3], 3)])
def test_cbow_examples_of_a_repeated_word(student, ids, window):
    examples = plain(student.corpus.cbow_examples(ids, window))
    expect_equal(examples, own_examples(ids, window), f"the examples of {ids}, window {window}")


@pytest.mark.parametrize("ids", [[], [5]])
def test_cbow_examples_need_a_context(student, ids):
    expect_equal(plain(student.corpus.cbow_examples(ids, 2)), [], "the examples")


def test_cbow_examples_may_be_equal(student):
    ids = [3, 3, 3, 3, 3]
    examples = plain(student.corpus.cbow_examples(ids, 1))
    expect_equal(examples, own_examples(ids, 1), f"the examples of {ids}, window 1")


def test_cbow_examples_with_a_window_beyond_the_sentence(student):
    examples = plain(student.corpus.cbow_examples([2, 0, 1], 100))
    expect_equal(examples, own_examples([2, 0, 1], 2), "the examples of three words, window 100")


def test_cbow_examples_are_tuples_of_plain_values(student):
    examples = student.corpus.cbow_examples([4, 2, 9, 2], 2)
    expect_type(examples, list, "the examples")
    for example in examples:
        expect_type(example, tuple, "an example")
        expect_type(example[0], list, "its contexts")
        for number in [*example[0], example[1]]:
            expect_type(number, int, "an id")


@pytest.mark.parametrize("window", [0, -1])
def test_cbow_examples_refuse_an_impossible_window(student, window):
    with expect_error(ValueError, naming="window"):
        student.corpus.cbow_examples([1, 2, 3], window)
