"""Hidden checks of data.py."""

import random

import pytest
import torch

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_tensor,
    expect_type,
)


def ids_of(student, sentences, words, *limits, **options):
    """The id of each word, without the end of sentence."""
    vocabulary = student.data.Vocabulary(sentences, *limits, **options)
    return vocabulary.encode([[word] for word in words])[::2]


def test_vocabulary_orders_by_count(student):
    words = ["나", "가", "B", "a", "b", "10", "2", "é", "zz"]  # in ascending order of count
    stream = [word for count, word in enumerate(words, 1) for _ in range(count)]
    random.Random(1).shuffle(stream)
    got = ids_of(student, [stream[:20], stream[20:]], words[::-1])
    expect_close(got, list(range(2, 11)), what="the ids in descending order of count")


def test_vocabulary_ties_by_code_point(student):
    got = ids_of(student, [["나", "b", "가", "B", "a"]], ["B", "a", "b", "가", "나"])
    expect_close(got, [2, 3, 4, 5, 6], what="the ids of words that all occur once")
    got = ids_of(student, [["b", "a", "c", "c"]], ["c", "a", "b"], max_size=4)
    expect_close(got, [2, 3, 0], what="the ids with max_size 4, where a and b occur once")


def test_vocabulary_knows_unk_and_never_twice(student):
    sentences = [["<unk>", "a", "<unk>", "<unk>", "b", "<eos>", "<eos>", "a"]]
    got = ids_of(student, sentences, ["<unk>", "<eos>", "a", "b", "c"])
    expect_close(got, [0, 1, 2, 3, 0], what="the ids")
    got = len(student.data.Vocabulary(sentences))
    expect_close(got, 4, what="the number of tokens")
    got = ids_of(student, [["a", "a", "b"]], list("ab"), max_size=2)
    expect_close(got, [0, 0], what="the ids with max_size 2: the special tokens alone")
    sentences = [["<unk>"] * 3 + ["<eos>"] * 3 + ["a", "a", "b"]]
    got = ids_of(student, sentences, list("ab"), max_size=4)
    expect_close(got, [2, 3], what="the ids with max_size 4, both special tokens in the text")


def test_vocabulary_max_size_counts_both_special_tokens(student):
    sentences = [["a"] * 4 + ["b"] * 3 + ["c"] * 2 + ["d"]]
    for size, wanted in ((4, [2, 3, 0, 0]), (6, [2, 3, 4, 5]), (9, [2, 3, 4, 5])):
        for limits, options in (((), {"max_size": size}), ((size,), {})):
            got = ids_of(student, sentences, list("abcd"), *limits, **options)
            expect_close(got, wanted, what=f"the ids with max_size {size}")


def test_vocabulary_min_count_keeps_words_that_reach_it(student):
    sentences = [["a", "b", "b"], ["c", "a", "b"]]
    for least, wanted in ((2, [3, 2, 0]), (3, [0, 2, 0])):
        for limits, options in (((), {"min_count": least}), ((None, least), {})):
            got = ids_of(student, sentences, list("abc"), *limits, **options)
            expect_close(got, wanted, what=f"the ids with min_count {least}")


def test_vocabulary_has_tokens_and_a_length(student):
    vocabulary = student.data.Vocabulary([["b", "a", "b"]])
    expect_equal(list(vocabulary.tokens), ["<unk>", "<eos>", "b", "a"], "tokens")
    expect_close(len(vocabulary), 4, what="the length")


def test_vocabulary_refuses_impossible_sizes(student):
    for name in ("max_size", "min_count"):
        for size in (0, -1):
            with expect_error(ValueError, naming=name):
                student.data.Vocabulary([["a"]], **{name: size}).encode([["a"]])


def test_vocabulary_leaves_its_sentences_alone(student):
    sentences = [["b", "a", "b"], []]
    expect_left_alone(student, student.data.Vocabulary, sentences)
    expect_left_alone(student, student.data.Vocabulary(sentences).encode, sentences)


def test_encode_ends_every_sentence(student):
    vocabulary = student.data.Vocabulary([["a", "b", "a"]])
    got = vocabulary.encode([["a"], ["b", "a", "a"], ["b"]])
    expect_close(got, [2, 1, 3, 2, 2, 1, 3, 1], what="the stream of three sentences")


def test_encode_ends_empty_sentences_too(student):
    vocabulary = student.data.Vocabulary([["a", "b", "a"]])
    for sentences, wanted in (
        ([], []),
        ([[]], [1]),
        ([["a"], [], [], ["b", "a"]], [2, 1, 1, 1, 3, 2, 1]),
    ):
        got = vocabulary.encode(sentences)
        expect_close(got, wanted, what=f"the stream of {sentences}")


def test_encode_gives_python_ints(student):
    vocabulary = student.data.Vocabulary([["a", "a", "b"]])
    got = vocabulary.encode([["a", "새말", "b"]])
    expect_equal(got, [2, 0, 3, 1], "the ids, as Python ints in a list")
    expect_type(vocabulary.tokens, list, "tokens")


def columns_are(student, ids, batch_size):
    got = student.data.batchify(ids, batch_size)
    length = len(ids) // batch_size
    wanted = ids[: length * batch_size].view(batch_size, length).t()
    expect_close(got, wanted, what=f"{len(ids)} ids in {batch_size} columns")


def some_ids(n):
    return (torch.arange(n) * 7) % 23


@pytest.mark.parametrize(("n", "batch_size"), [(24, 4), (15, 3)])
def test_batchify_stands_runs_side_by_side(student, n, batch_size):
    columns_are(student, some_ids(n), batch_size)


def test_batchify_into_one_column(student):
    columns_are(student, some_ids(9), 1)


def test_batchify_into_one_row(student):
    columns_are(student, some_ids(7), 7)


@pytest.mark.parametrize(("n", "batch_size"), [(11, 4), (100, 3)])
def test_batchify_drops_what_does_not_fill_a_row(student, n, batch_size):
    columns_are(student, some_ids(n), batch_size)


def test_batchify_keeps_int64(student):
    expect_tensor(student.data.batchify(torch.arange(9), 2), (4, 2), "int64", "the table")


def test_batchify_refuses_a_batch_size_below_one(student):
    for size in (0, -2):
        with expect_error(ValueError, naming="batch_size"):
            student.data.batchify(torch.arange(6), size)


def test_batchify_leaves_its_ids_alone(student):
    expect_left_alone(student, student.data.batchify, torch.arange(7), 2)


def table(T):
    return (torch.arange(3 * T) * 5 % 31).view(T, 3)


def whole(student, data, bptt):
    cut = student.data.windows(data, bptt)
    for k, name in enumerate(("inputs", "targets")):
        wanted = data[k : len(data) - 1 + k]
        got = torch.cat([pair[k] for pair in cut]) if cut else data[:0]
        expect_close(got, wanted, what=f"the {name} one below the other, bptt {bptt}")
    return [len(inputs) for inputs, _ in cut]


@pytest.mark.parametrize("bptt", [2, 3, 6])
def test_windows_cut_what_divides(student, bptt):
    found = whole(student, table(7), bptt)
    expect_close(found, [bptt] * (6 // bptt), what="the lengths of the windows")


def test_windows_of_one_row_each(student):
    expect_close(whole(student, table(5), 1), [1] * 4, what="the lengths of the windows")


def test_windows_take_their_targets_one_row_down(student):
    data = table(9)
    inputs, targets = student.data.windows(data, 4)[0]
    expect_close(inputs, data[:4], what="the inputs of the first window")
    expect_close(targets, data[1:5], what="the targets of the first window")


@pytest.mark.parametrize("bptt", [4, 5, 7])
def test_windows_use_every_target_once(student, bptt):
    found = whole(student, table(14), bptt)
    expect_close(sum(found), 13, what="the rows of all windows")


@pytest.mark.parametrize(("T", "bptt", "wanted"), [(8, 3, [3, 3, 1]), (9, 5, [5, 3])])
def test_windows_are_bptt_long_but_the_last(student, T, bptt, wanted):
    cut = student.data.windows(table(T), bptt)
    expect_close([len(inputs) for inputs, _ in cut], wanted, what="the lengths of the windows")


def test_windows_of_one_row_are_none(student):
    expect_equal(len(student.data.windows(table(1), 2)), 0, "the number of windows for T = 1")


def test_windows_longer_than_the_text_are_one(student):
    for bptt in (5, 8, 100):
        expect_close(whole(student, table(6), bptt), [5], what=f"the lengths, bptt {bptt}")


def test_windows_are_pairs_in_tuples(student):
    cut = student.data.windows(table(4), 2)
    expect_type(cut, list, "the windows")
    expect_equal([type(pair) for pair in cut], [tuple, tuple], "the types of the windows")
    for pair, rows in zip(cut, (2, 1), strict=True):
        for part in pair:
            expect_tensor(part, (rows, 3), "int64", "inputs and targets")


def test_windows_leave_their_data_alone(student):
    expect_left_alone(student, student.data.windows, table(5), 2)
