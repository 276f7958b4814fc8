"""Public checks of decode.py."""

import math

import numpy as np
import torch

from grader.checking.expect import (
    expect_array,
    expect_close,
    expect_equal,
    expect_tensor,
    expect_type,
)

TRELLIS = tuple(
    np.log(table)
    for table in ([0.7, 0.3], [[0.6, 0.4], [0.2, 0.8]], [[0.3, 0.4, 0.3], [0.1, 0.4, 0.5]])
)
THREE_TAGS = tuple(
    np.log(table)
    for table in (
        [0.2, 0.6, 0.2],
        [[0.2, 0.2, 0.6], [0.4, 0.1, 0.5], [0.2, 0.6, 0.2]],
        [[0.8, 0.2], [0.3, 0.7], [0.8, 0.2]],
    )
)


def test_viterbi_worked_example(student):
    path, score = student.decode.viterbi(*TRELLIS, [1, 2, 0])
    expect_array(path, (3,), "int64", "the path")
    expect_type(score, float, "the score")
    expect_equal(path.tolist(), [0, 0, 0], "the path")
    expect_close(score, math.log(0.009072), what="the score")


def test_viterbi_tie_worked_example(student):
    half = -math.log(2)
    uniform = np.full(2, half), np.full((2, 2), half), np.zeros((2, 1))
    path, score = student.decode.viterbi(*uniform, [0, 0, 0])
    expect_equal(path.tolist(), [0, 0, 0], "the path")
    expect_close(score, 3 * half, what="the score")


def test_greedy_worked_example(student):
    path, score = student.decode.greedy(*TRELLIS, [1, 2, 0])
    expect_array(path, (3,), "int64", "the path")
    expect_equal(path.tolist(), [0, 1, 1], "the path")
    expect_close(score, math.log(0.00448), what="the score")


def test_beam_search_worked_example(student):
    expected = {1: ([1, 2, 1], 0.00324), 3: ([2, 1, 2], 0.02688)}
    for k, (wanted, probability) in expected.items():
        path, score = student.decode.beam_search(*THREE_TAGS, [0, 1, 0], k)
        expect_array(path, (3,), "int64", f"the path for k = {k}")
        expect_equal(path.tolist(), wanted, f"the path for k = {k}")
        expect_close(score, math.log(probability), what=f"the score for k = {k}")


def test_viterbi_batch_worked_example(student):
    words = torch.tensor([[1, 2, 0], [2, 2, 0], [2, 0, 0]])
    tables = [torch.from_numpy(table) for table in TRELLIS]
    paths, scores = student.decode.viterbi_batch(*tables, words, torch.tensor([3, 2, 1]))
    expect_tensor(paths, (3, 3), "int64", "the paths")
    expect_equal(paths.tolist(), [[0, 0, 0], [1, 1, -1], [0, -1, -1]], "the paths")
    expect_tensor(scores, (3,), "float64", "the scores")
    expect_close(scores, [math.log(p) for p in (0.009072, 0.06, 0.21)], what="the scores")
