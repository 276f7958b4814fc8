"""Public checks of data.py."""

import torch

from grader.checking.expect import expect_equal


def test_encode_worked_example(student):
    sentences = [["the", "cat", "sat"], ["the", "cat"], []]
    vocabulary = student.data.Vocabulary(sentences)
    # the and cat occur twice: by code point cat comes first
    expect_equal(vocabulary.encode(sentences), [3, 2, 4, 1, 3, 2, 1, 1], "the stream of ids")
    expect_equal(vocabulary.encode([["the", "dog"]]), [3, 0, 1], "with an unknown word")


def test_batchify_worked_example(student):
    data = student.data.batchify(torch.arange(26), 4)
    expect_equal(data.t().tolist(), [list(range(s, s + 6)) for s in (0, 6, 12, 18)], "the columns")


def test_windows_worked_example(student):
    data = torch.arange(12).view(2, 6).t()  # columns 0..5 and 6..11
    got = [(i.tolist(), t.tolist()) for i, t in student.data.windows(data, 2)]
    rows = data.tolist()
    wanted = [(rows[0:2], rows[1:3]), (rows[2:4], rows[3:5]), (rows[4:5], rows[5:6])]
    expect_equal(got, wanted, "inputs and targets")
