"""Public checks of glove.py."""

import math

import torch

from grader.checking.expect import expect_close, expect_equal, expect_tensor

SENTENCES = [["I", "like", "deep", "learning"], ["I", "like", "NLP"], ["I", "enjoy", "flying"]]
TOKENS = ["I", "like", "enjoy", "deep", "learning", "NLP", "flying"]
TABLE = [
    [0, 2, 1, 0, 0, 0, 0],
    [2, 0, 0, 1, 0, 1, 0],
    [1, 0, 0, 0, 0, 0, 1],
    [0, 1, 0, 0, 1, 0, 0],
    [0, 0, 0, 1, 0, 0, 0],
    [0, 1, 0, 0, 0, 0, 0],
    [0, 0, 1, 0, 0, 0, 0],
]


def test_cooccurrence_worked_example(student):
    table = student.glove.cooccurrence(SENTENCES, TOKENS, 1)
    expect_tensor(table, (7, 7), "float64", "the table")
    expect_equal(table.tolist(), [[float(x) for x in row] for row in TABLE], "the table")


def test_conditional_worked_example(student):
    result = student.glove.conditional(torch.tensor(TABLE, dtype=torch.float64))
    expect_close(result[1], [0.5, 0, 0, 0.25, 0, 0.25, 0], what="P(. | like)")


def test_glove_weight_worked_example(student):
    x = torch.tensor([0.0, 25.0, 100.0, 1000.0], dtype=torch.float64)
    expect_close(
        student.glove.glove_weight(x), [0, 0.25**0.75, 1, 1], what="the weights of 0, 25, 100, 1000"
    )


def test_glove_loss_worked_example(student):
    zero, bias = torch.zeros(2, 3, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    X = torch.tensor([[0.0, math.e], [math.e, 0.0]], dtype=torch.float64)
    value = student.glove.glove_loss(zero, zero, bias, bias, X)
    expect_tensor(value, (), "float64", "the loss")
    # two entries, each with (0 - ln e) squared = 1
    expect_close(value, 2 * (math.e / 100) ** 0.75, what="the loss")
