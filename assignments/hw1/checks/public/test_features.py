"""Public checks of features.py."""

import numpy as np

from grader.checking.expect import expect_close, expect_equal


def test_vocabulary_worked_example(student):
    vocabulary = student.features.Vocabulary(
        [["영화", "재미", "영화", "b"], ["b", "재미", "영화", "재미", "영화"]]
    )
    expect_equal(vocabulary.tokens, ["<unk>", "영화", "재미", "b"], "tokens")
    expect_equal(len(vocabulary), 4, "len(vocabulary)")
    expect_close(
        vocabulary.encode(["b", "x", "영화"]),
        [3, 0, 1],
        what={"en": "the list of ids", "ko": "id 목록"},
    )
    expect_equal(
        vocabulary.decode([2, 0]), ["재미", "<unk>"], {"en": "the list of words", "ko": "단어 목록"}
    )


def test_vocabulary_ties_in_the_worked_example(student):
    # a and b both occur twice: code point order decides
    vocabulary = student.features.Vocabulary([["b", "a", "b"], ["c", "a"]])
    expect_equal(vocabulary.tokens, ["<unk>", "a", "b", "c"], "tokens")


def test_bag_of_words_worked_example(student):
    vocabulary = student.features.Vocabulary([["영화", "영화", "재미"]])
    counts = student.features.bag_of_words([["재미", "영화", "재미"], ["모름"]], vocabulary)
    expect_close(
        counts, [[0, 1, 2], [1, 0, 0]], what={"en": "the matrix of counts", "ko": "횟수 행렬"}
    )


COUNTS = np.array([[1, 1, 0], [1, 0, 1]])


def test_tfidf_worked_example(student):
    model = student.features.TfIdf()
    model.fit(COUNTS)
    expect_close(model.idf, [1.0, 1.4054651081081644, 1.4054651081081644], what="idf")


def test_tfidf_transform_worked_example(student):
    model = student.features.TfIdf()
    model.fit(COUNTS)
    # from your own idf, so that a slip in fit costs nothing here; with the handout's idf the row
    # is (0.579739, 0.814802, 0)
    row = np.array([model.idf[0], model.idf[1], 0.0])
    row /= np.sqrt((row**2).sum())
    expect_close(model.transform(COUNTS)[0], row, what={"en": "row 0", "ko": "0행"})
