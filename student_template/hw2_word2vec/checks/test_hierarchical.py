"""Public checks of hierarchical.py."""

import math

import torch

from grader.checking.expect import expect_close, expect_equal

THE_PATHS = {"en": "the list of paths", "ko": "경로 목록"}
THE_CODES = {"en": "the list of codes", "ko": "코드 목록"}


def plain(result):
    """(paths, codes) as lists of ints, whatever they are stored in."""
    return [[[int(number) for number in row] for row in part] for part in result]


def test_huffman_of_counts_without_ties(student):
    # 1 and 2 make a node of 3, 3 and 4 one of 7, 7 and 20 the root
    paths, codes = plain(student.hierarchical.huffman([20, 4, 2, 1]))
    expect_equal(paths, [[2], [2, 1], [2, 1, 0], [2, 1, 0]], THE_PATHS)
    expect_equal(codes, [[1], [0, 1], [0, 0, 1], [0, 0, 0]], THE_CODES)


def test_huffman_worked_example(student):
    paths, codes = plain(student.hierarchical.huffman([5, 2, 1, 1]))
    expect_equal(paths, [[2], [2, 1], [2, 1, 0], [2, 1, 0]], THE_PATHS)
    expect_equal(codes, [[1], [0, 0], [0, 1, 0], [0, 1, 1]], THE_CODES)


def test_hierarchical_loss_worked_example(student):
    hidden = torch.tensor([math.log(3), 5.0], dtype=torch.float64)
    nodes = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    # one decision, of score ln 3: sigmoid is 3/4
    first = student.hierarchical.hierarchical_loss(hidden, nodes, [0], [0])
    expect_close(
        first, -math.log(3 / 4), rtol=1e-4, what={"en": "the loss of code 0", "ko": "코드 0의 손실"}
    )
    second = student.hierarchical.hierarchical_loss(hidden, nodes, [0], [1])
    expect_close(
        second,
        -math.log(1 / 4),
        rtol=1e-4,
        what={"en": "the loss of code 1", "ko": "코드 1의 손실"},
    )
