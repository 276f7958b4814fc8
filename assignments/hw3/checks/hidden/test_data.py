"""Hidden checks of data.py."""

import random
from collections import Counter

import pytest
import torch

from grader.checking.expect import expect_equal, expect_error, expect_tensor, expect_type


def ids_of(student, sentences, words, **options):
    """The id of each word, without the end of sentence."""
    vocabulary = student.data.Vocabulary(sentences, **options)
    return vocabulary.encode([[word] for word in words])[::2]


def test_vocabulary_orders_by_count_then_code_point(student):
    rng = random.Random(1)
    words = ["나", "가", "B", "a", "b", "10", "2", "é", "zz"]
    sentences = [[rng.choice(words[:k]) for _ in range(6)] for k in range(1, 10)] * 2
    counts = Counter(word for sentence in sentences for word in sentence)
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    got = ids_of(student, sentences, ranked)
    expect_equal(got, list(range(2, 2 + len(ranked))), "the ids in descending order of count")


def test_vocabulary_ties_by_code_point(student):
    got = ids_of(student, [["나", "b", "가", "B", "a"]], ["B", "a", "b", "가", "나"])
    expect_equal(got, [2, 3, 4, 5, 6], "the ids of words that all occur once")


def test_vocabulary_knows_unk_and_never_twice(student):
    sentences = [["<unk>", "a", "<unk>", "<unk>", "b"]]
    expect_equal(ids_of(student, sentences, ["<unk>", "a", "b", "c"]), [0, 2, 3, 0], "the ids")


def test_vocabulary_max_size_counts_both_special_tokens(student):
    sentences = [["a"] * 4 + ["b"] * 3 + ["c"] * 2 + ["d"]]
    for size, wanted in (
        (2, [0, 0, 0, 0]),
        (4, [2, 3, 0, 0]),
        (6, [2, 3, 4, 5]),
        (9, [2, 3, 4, 5]),
    ):
        got = ids_of(student, sentences, list("abcd"), max_size=size)
        expect_equal(got, wanted, f"the ids with max_size {size}")


def test_vocabulary_min_count_keeps_words_that_reach_it(student):
    sentences = [["a", "b", "b"], ["c", "a", "b"]]
    expect_equal(ids_of(student, sentences, list("abc"), min_count=2), [3, 2, 0], "min_count 2")
    expect_equal(ids_of(student, sentences, list("abc"), min_count=3), [0, 2, 0], "min_count 3")
    got = ids_of(student, sentences, list("abc"), min_count=2, max_size=3)
    expect_equal(got, [0, 2, 0], "min_count 2 and max_size 3")


def test_vocabulary_has_tokens_and_a_length(student):
    vocabulary = student.data.Vocabulary([["b", "a", "b"]])
    expect_equal(vocabulary.tokens, ["<unk>", "<eos>", "b", "a"], "tokens")
    expect_equal(len(vocabulary), 4, "the length")


def test_vocabulary_refuses_impossible_sizes(student):
    for name in ("max_size", "min_count"):
        with expect_error(ValueError, naming=name):
            student.data.Vocabulary([["a"]], **{name: 0})


def test_encode_ends_every_sentence(student):
    vocabulary = student.data.Vocabulary([["a", "b"]])
    for sentences, wanted in (
        ([], []),
        ([[]], [1]),
        ([["a"], [], [], ["b", "a"]], [2, 1, 1, 1, 3, 2, 1]),
    ):
        got = vocabulary.encode(sentences)
        expect_equal(got, wanted, f"the stream of {sentences}")


def test_encode_gives_python_ints(student):
    got = student.data.Vocabulary([["a", "a", "b"]]).encode([["a", "새말", "b"]])
    expect_equal(got, [2, 0, 3, 1], "the ids, as Python ints in a list")


@pytest.mark.parametrize(("n", "batch_size"), [(26, 4), (24, 4), (7, 7), (9, 1), (100, 3)])
def test_batchify_stands_runs_side_by_side(student, n, batch_size):
    ids = (torch.arange(n) * 7) % 23
    got = student.data.batchify(ids, batch_size)
    length = n // batch_size
    expect_tensor(got, (length, batch_size), "int64", "the batch")
    for column in range(batch_size):
        wanted = ids[column * length : (column + 1) * length].tolist()
        expect_equal(got[:, column].tolist(), wanted, f"column {column}")


def test_batchify_drops_what_does_not_fill_a_row(student):
    got = student.data.batchify(torch.arange(11), 4)
    expect_equal(sorted(got.flatten().tolist()), list(range(8)), "the ids that stay")


@pytest.mark.parametrize("bptt", [1, 2, 3, 4, 6, 7, 8, 10])
def test_windows_use_every_target_once(student, bptt):
    data = torch.arange(24).view(3, 8).t().contiguous()  # (T, B) = (8, 3)
    cut = student.data.windows(data, bptt)
    expect_type(cut, list, "the windows")
    for inputs, targets in cut:
        expect_tensor(inputs, tuple(targets.shape), "int64", "the inputs")
    expect_equal(torch.cat([i for i, _ in cut]), data[:-1], "the inputs one below the other")
    expect_equal(torch.cat([t for _, t in cut]), data[1:], "the targets one below the other")


@pytest.mark.parametrize(("T", "bptt", "wanted"), [(8, 3, [3, 3, 1]), (7, 3, [3, 3]), (5, 9, [4])])
def test_windows_are_bptt_long_but_the_last(student, T, bptt, wanted):
    cut = student.data.windows(torch.zeros(T, 2, dtype=torch.int64), bptt)
    expect_equal([len(inputs) for inputs, _ in cut], wanted, "the lengths of the windows")


def test_windows_of_one_row_are_none(student):
    expect_equal(student.data.windows(torch.zeros(1, 3, dtype=torch.int64), 2), [], "the windows")


def test_windows_are_pairs_in_tuples(student):
    cut = student.data.windows(torch.arange(8).view(4, 2), 2)
    expect_equal([type(pair) for pair in cut], [tuple, tuple], "the types of the windows")


def test_data_refuses_empty_cuts(student):
    with expect_error(ValueError, naming="batch_size"):
        student.data.batchify(torch.arange(6), 0)


def test_data_leaves_its_arguments_alone(student):
    sentences = [["b", "a"], []]
    vocabulary = student.data.Vocabulary(sentences)
    ids, data = torch.arange(7), torch.arange(8).view(4, 2)
    for function, *arguments in (
        (vocabulary.encode, sentences),
        (student.data.batchify, ids, 2),
        (student.data.windows, data, 2),
    ):
        _, after = student.with_arguments(function, *arguments)
        expect_equal(after, arguments, "the arguments after the call")
