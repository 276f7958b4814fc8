"""Public checks of features.py."""

import numpy as np

from grader.checking.expect import expect_array, expect_close, expect_equal


def test_vocabulary_worked_example(student):
    vocabulary = student.features.Vocabulary([["b", "a", "b"], ["c", "a"]])
    expect_equal(vocabulary.tokens, ["<unk>", "a", "b", "c"], "tokens")
    expect_equal(len(vocabulary), 4, "len")
    expect_equal(vocabulary.encode(["c", "x", "a"]), [3, 0, 1], "encode")
    expect_equal(vocabulary.decode([2, 0]), ["b", "<unk>"], "decode")


def test_bag_of_words_worked_example(student):
    vocabulary = student.features.Vocabulary([["영화", "영화", "재미"]])
    counts = student.features.bag_of_words([["재미", "영화", "재미"], ["모름"], []], vocabulary)
    expect_array(counts, (3, 3), "int64")
    expect_equal(counts.tolist(), [[0, 1, 2], [1, 0, 0], [0, 0, 0]])


def test_tfidf_worked_example(student):
    counts = np.array([[1, 1, 0], [1, 0, 1]])
    model = student.features.TfIdf()
    model.fit(counts)
    expect_close(model.idf, [1.0, 1.4054651081081644, 1.4054651081081644], what="idf")
    expect_close(
        model.transform(counts)[0], [0.5797386715376657, 0.8148024746671689, 0.0], what="row 0"
    )
