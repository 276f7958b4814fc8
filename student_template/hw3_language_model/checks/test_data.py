"""Public checks of data.py."""

import torch

from grader.checking.expect import expect_close


def test_encode_worked_example(student):
    sentences = [["the", "cat", "sat"], ["the", "cat"], []]
    vocabulary = student.data.Vocabulary(sentences)
    # the and cat occur twice: by code point cat comes first
    wanted = [3, 2, 4, 1, 3, 2, 1, 1]
    expect_close(vocabulary.encode(sentences), wanted, what="the stream of ids")
    expect_close(vocabulary.encode([["the", "dog"]]), [3, 0, 1], what="with an unknown word")


def test_encode_by_count(student):
    # a occurs three times, c twice, b once
    vocabulary = student.data.Vocabulary([["a", "c", "a"], ["b", "c", "a"]])
    got = vocabulary.encode([["a", "b"], ["c"]])
    expect_close(got, [2, 4, 1, 3, 1], what="the stream of a b and c")


def test_batchify_worked_example(student):
    data = student.data.batchify(torch.arange(26), 4)
    wanted = torch.stack([torch.arange(s, s + 6) for s in (0, 6, 12, 18)]).t()
    expect_close(data, wanted, what="the table (T, B)")


def test_windows_worked_example(student):
    data = torch.arange(12).view(2, 6).t()  # columns 0..5 and 6..11
    found = student.data.windows(data, 2)
    expect_close(len(found), 3, what="the number of windows")
    for (inputs, targets), start, stop in zip(found, (0, 2, 4), (2, 4, 5), strict=True):
        expect_close(inputs, data[start:stop], what=f"the inputs from row {start} on")
        expect_close(targets, data[start + 1 : stop + 1], what=f"the targets of row {start} on")
