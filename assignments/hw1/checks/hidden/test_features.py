"""Hidden checks of features.py."""

from collections import Counter

import numpy as np
import pytest

from grader.checking.expect import (
    expect_array,
    expect_close,
    expect_equal,
    expect_error,
    expect_type,
)

DOCUMENTS = [
    ["a", "b", "C", "b", "b", "a", "나", "b"],
    ["C", "나", "a", "b", "b", "나", "b", "a"],
    ["a", "C", "나", "b", "나", "가", "b", "나"],
    ["가", "나", "d", "C", "가", "d"],
]
# b 9; 나 7; a 5; C 4; 가 3; d 2: no two alike. 나 and a are in more documents than b
ORDER = ["<unk>", "b", "나", "a", "C", "가", "d"]


def test_vocabulary_is_in_falling_order_of_count(student):
    expect_equal(student.features.Vocabulary(DOCUMENTS).tokens, ORDER)


def test_vocabulary_ties_by_code_point(student):
    documents = [["나", "a", "b", "가"], ["가", "b", "a", "C"], ["b", "나", "C"]]
    expected = ["<unk>", "b", "C", "a", "가", "나"]
    expect_equal(student.features.Vocabulary(documents).tokens, expected)


def test_vocabulary_counts_occurrences_not_documents(student):
    documents = [["often", "often", "often"], ["wide", "once"], ["wide"]]
    expect_equal(student.features.Vocabulary(documents).tokens, ["<unk>", "often", "wide", "once"])


def test_vocabulary_min_count(student):
    expect_equal(student.features.Vocabulary(DOCUMENTS, min_count=3).tokens[1:], ORDER[1:6])
    expect_equal(student.features.Vocabulary(DOCUMENTS, min_count=7).tokens[1:], ORDER[1:3])


def test_vocabulary_max_size_counts_unk(student):
    for size in (3, 5, 100):
        expect_equal(student.features.Vocabulary(DOCUMENTS, max_size=size).tokens, ORDER[:size])


def test_vocabulary_min_count_goes_before_max_size(student):
    expect_equal(student.features.Vocabulary(DOCUMENTS, 6, 2).tokens, ORDER[:2])
    expect_equal(student.features.Vocabulary(DOCUMENTS, 6, 6).tokens, ORDER[:3])


def test_vocabulary_of_unk_alone(student):
    expect_equal(student.features.Vocabulary(DOCUMENTS, max_size=1).tokens, ["<unk>"])
    expect_equal(student.features.Vocabulary(DOCUMENTS, min_count=10).tokens, ["<unk>"])


def test_vocabulary_unk_in_the_text_is_an_unknown_word(student):
    vocabulary = student.features.Vocabulary([["<unk>", "<unk>", "a"]])
    expect_equal(vocabulary.tokens, ["<unk>", "a"])
    expect_close(vocabulary.encode(["<unk>", "a"]), [0, 1], what="the ids")


def test_vocabulary_of_nothing(student):
    for documents in ([], [[]]):
        vocabulary = student.features.Vocabulary(documents)
        expect_equal(vocabulary.tokens, ["<unk>"])
        expect_equal(len(vocabulary), 1)


def test_vocabulary_encodes_and_decodes_back(student):
    vocabulary = student.features.Vocabulary(DOCUMENTS)
    place = {token: i for i, token in enumerate(vocabulary.tokens)}
    for document in DOCUMENTS:
        ids = vocabulary.encode(document)
        expect_close(ids, [place.get(token, 0) for token in document], what="the ids")
        expect_equal(vocabulary.decode(ids), document, "decode(encode(x))")


def test_vocabulary_returns_lists_of_python_values(student):
    vocabulary = student.features.Vocabulary(DOCUMENTS)
    ids = vocabulary.encode(DOCUMENTS[0])
    expect_type(ids, list, "the ids")
    for number in ids:
        expect_type(number, int, "an id")
    expect_equal(vocabulary.encode([]), [], "the ids of no tokens")
    tokens = vocabulary.decode([2, 0])
    for values, what in ((vocabulary.tokens, "tokens"), (tokens, "the decoded tokens")):
        expect_type(values, list, what)
        for token in values:
            expect_type(token, str, "a token")


def test_vocabulary_leaves_the_documents_alone(student):
    _, (after,) = student.with_arguments(student.features.Vocabulary, DOCUMENTS)
    expect_equal(after, DOCUMENTS, "the documents after the call")


def test_vocabulary_refuses_impossible_sizes(student):
    with expect_error(ValueError, naming="min_count"):
        student.features.Vocabulary(DOCUMENTS, min_count=0)
    with expect_error(ValueError, naming="max_size"):
        student.features.Vocabulary(DOCUMENTS, max_size=0)


@pytest.mark.parametrize("ids", [[0, -1], [7], [100]])
def test_vocabulary_refuses_to_decode_what_is_no_id(student, ids):
    vocabulary = student.features.Vocabulary(DOCUMENTS)
    with expect_error(ValueError, naming="ids"):
        vocabulary.decode(ids)


def own_counts(tokens, documents):
    """Counts in the student's own order of words."""
    place = {token: i for i, token in enumerate(tokens)}
    table = np.zeros((len(documents), len(tokens)), dtype=np.int64)
    for row, document in zip(table, documents, strict=True):
        for token, count in Counter(document).items():
            row[place.get(token, 0)] += count
    return table


UNSEEN = [["b", "새", "말", "a"], ["가", "가", "가"], ["없", "는", "말"]]


def test_bag_of_words_counts_each_word_in_its_column(student):
    vocabulary = student.features.Vocabulary(DOCUMENTS)
    counts = student.features.bag_of_words(DOCUMENTS, vocabulary)
    expect_close(counts, own_counts(vocabulary.tokens, DOCUMENTS))


def test_bag_of_words_counts_unknown_words_in_column_0(student):
    vocabulary = student.features.Vocabulary(DOCUMENTS)
    counts = student.features.bag_of_words(UNSEEN, vocabulary)
    expect_array(counts, (3, len(vocabulary.tokens)))
    expect_close(counts[:, 0], [2, 0, 3], what="column 0")
    expect_close(counts.sum(axis=1), [4, 3, 3], what="the sums of the rows")


def test_bag_of_words_forgets_the_order(student):
    vocabulary = student.features.Vocabulary(DOCUMENTS)
    turned = [document[::-1] for document in DOCUMENTS]
    one, other = (student.features.bag_of_words(d, vocabulary) for d in (DOCUMENTS, turned))
    assert np.shape(one)[:1] == (len(DOCUMENTS),), "a row for each document"
    expect_close(other, one)


def test_bag_of_words_binary(student):
    vocabulary = student.features.Vocabulary(DOCUMENTS)
    counts = student.features.bag_of_words(DOCUMENTS, vocabulary, binary=True)
    expect_close(counts, np.minimum(own_counts(vocabulary.tokens, DOCUMENTS), 1))


def test_bag_of_words_binary_of_unknown_words(student):
    vocabulary = student.features.Vocabulary(DOCUMENTS)
    counts = student.features.bag_of_words(UNSEEN, vocabulary, binary=True)
    expect_close(counts, np.minimum(own_counts(vocabulary.tokens, UNSEEN), 1))


def test_bag_of_words_of_an_empty_document(student):
    vocabulary = student.features.Vocabulary(DOCUMENTS)
    counts = student.features.bag_of_words([["b"], []], vocabulary)
    expect_close(counts, own_counts(vocabulary.tokens, [["b"], []]))


def test_bag_of_words_of_no_documents(student):
    vocabulary = student.features.Vocabulary(DOCUMENTS)
    counts = student.features.bag_of_words([], vocabulary)
    expect_array(counts, (0, len(vocabulary.tokens)))


def test_bag_of_words_is_int64(student):
    vocabulary = student.features.Vocabulary(DOCUMENTS)
    for documents in (DOCUMENTS, UNSEEN):
        for binary in (False, True):
            counts = student.features.bag_of_words(documents, vocabulary, binary)
            expect_array(counts, dtype="int64")


def test_bag_of_words_leaves_the_documents_alone(student):
    vocabulary = student.features.Vocabulary(DOCUMENTS)
    _, after = student.with_arguments(student.features.bag_of_words, UNSEEN, vocabulary)
    expect_equal(after[0], UNSEEN, "the documents after the call")


# ---- tf-idf -----------------------------------------------------------------------------------


def some_counts(seed, documents=50, words=30):
    return np.random.default_rng(seed).poisson(0.7, (documents, words))


def fitted(student, counts):
    model = student.features.TfIdf()
    model.fit(counts)
    return model


def test_tfidf_idf_equals_the_formula(student):
    counts = some_counts(1)
    idf = fitted(student, counts).idf
    expect_array(idf, (30,), what="idf")
    frequency = (counts > 0).sum(axis=0)
    expect_close(idf, np.log(51 / (1 + frequency)) + 1, what="idf")


def test_tfidf_counts_documents_not_occurrences(student):
    counts = np.array([[7, 1, 0], [0, 2, 3], [0, 9, 4]])
    idf = fitted(student, counts).idf
    expect_close(idf, np.log(4 / (1 + np.array([1, 3, 2]))) + 1, what="idf")


def test_tfidf_idf_is_float64(student):
    for dtype in (np.int64, np.float32):
        idf = fitted(student, some_counts(1).astype(dtype)).idf
        expect_array(idf, dtype="float64", what="idf")


def test_tfidf_a_word_in_every_document_or_in_none(student):
    counts = np.array([[2, 0, 1], [5, 0, 0], [1, 0, 0]])
    expect_close(fitted(student, counts).idf, [1, np.log(4) + 1, np.log(2) + 1], what="idf")


def test_tfidf_fit_returns_itself(student):
    counts = some_counts(2)
    model = student.features.TfIdf().fit(counts)
    expect_array(model.idf, (30,), what="idf of what fit returned")


def own_transform(idf, counts):
    weighted = counts * idf
    norms = np.linalg.norm(weighted, axis=1, keepdims=True)
    return np.divide(weighted, norms, out=np.zeros_like(weighted), where=norms > 0)


def test_tfidf_transform_is_own_idf_times_counts_at_length_one(student):
    counts = some_counts(3)
    model = fitted(student, counts)
    rows = model.transform(counts)
    expect_close(rows, own_transform(model.idf, counts))


def test_tfidf_transform_is_float64(student):
    counts = some_counts(3)
    model = fitted(student, counts)
    for dtype in (np.int64, np.float32):
        expect_array(model.transform(counts.astype(dtype)), (50, 30), "float64")


def test_tfidf_an_empty_document_stays_zero(student):
    counts = np.array([[1, 2, 1], [0, 0, 0]])
    rows = fitted(student, counts).transform(counts)
    expect_equal(rows[1].tolist(), [0.0, 0.0, 0.0], "the row of an empty document")


def test_tfidf_unseen_documents_use_the_fitted_idf(student):
    model = fitted(student, some_counts(4))
    idf = model.idf
    unseen = some_counts(5, documents=7)
    expect_close(model.transform(unseen), own_transform(idf, unseen))
    expect_close(model.idf, idf, what="idf after transform")


def test_tfidf_of_a_longer_document_is_the_same(student):
    counts = some_counts(6)
    model = fitted(student, counts)
    expect_close(model.transform(3 * counts), model.transform(counts))


def test_tfidf_fit_takes_real_counts(student):
    counts = some_counts(7) / 4
    idf = fitted(student, counts).idf
    frequency = (counts > 0).sum(axis=0)
    expect_close(idf, np.log(51 / (1 + frequency)) + 1, what="idf of real counts")


def test_tfidf_transform_takes_real_counts(student):
    counts = some_counts(7)
    model = fitted(student, counts)
    expect_close(model.transform(counts / 4), own_transform(model.idf, counts / 4))


def test_tfidf_fit_leaves_its_argument_alone(student):
    counts = some_counts(8).astype(np.float64)
    _, (after,) = student.with_arguments(student.features.TfIdf().fit, counts)
    expect_equal(after, counts, "counts after fit")


def test_tfidf_leaves_its_arguments_alone(student):
    counts = some_counts(8).astype(np.float64)
    model = fitted(student, counts)
    _, (after,) = student.with_arguments(model.transform, counts)
    expect_equal(after, counts, "counts after transform")


def test_tfidf_refuses_impossible_counts(student):
    model = student.features.TfIdf()
    with expect_error(ValueError, naming="counts"):
        model.fit(np.array([[1, -1]]))


def test_tfidf_fit_refuses_no_documents(student):
    with expect_error(ValueError, naming="counts"):
        student.features.TfIdf().fit(np.zeros((0, 3), dtype=np.int64))


def test_tfidf_transform_refuses_negative_counts(student):
    counts = some_counts(9)
    model = fitted(student, counts)
    counts[3, 2] = -1
    with expect_error(ValueError, naming="counts"):
        model.transform(counts)


def test_tfidf_refuses_another_number_of_words(student):
    model = fitted(student, some_counts(9))
    with expect_error(ValueError, naming="counts"):
        model.transform(np.ones((2, 29), dtype=np.int64))
