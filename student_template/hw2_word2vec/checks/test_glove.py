"""Public checks of glove.py."""

import math

import torch

from grader.checking.expect import expect_close

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
    expect_close(
        table, TABLE, rtol=1e-4, what={"en": "the co-occurrence table", "ko": "동시 등장 표"}
    )


def test_conditional_worked_example(student):
    result = student.glove.conditional(torch.tensor(TABLE, dtype=torch.float64))
    expect_close(result[1], [0.5, 0, 0, 0.25, 0, 0.25, 0], rtol=1e-4, what="P(.|like)")


def test_glove_weight_worked_example(student):
    x = torch.tensor([25.0, 4.0], dtype=torch.float64)
    expected = [0.25**0.75, 0.04**0.75]
    expect_close(student.glove.glove_weight(x), expected, rtol=1e-4, what="glove_weight")


def test_glove_loss_worked_example(student):
    zero, bias = torch.zeros(2, 3, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    X = torch.tensor([[0.0, math.e], [math.e, 0.0]], dtype=torch.float64)
    value = student.glove.glove_loss(zero, zero, bias, bias, X)
    # the example without its diagonal: 0.232913 + 0.001156
    W, Wc = torch.tensor([[1.0], [0.0]]).double(), torch.tensor([[1.0], [2.0]]).double()
    b, bc = torch.tensor([0.0, 1.0]).double(), torch.tensor([0.5, 1.0]).double()
    X = torch.tensor([[0.0, 4.0], [4.0, 0.0]], dtype=torch.float64)
    second = student.glove.glove_loss(W, Wc, b, bc, X)
    # three entries of three sizes: half of the sum is not its mean here
    zero, bias = torch.zeros(3, 3, dtype=torch.float64), torch.zeros(3, dtype=torch.float64)
    X = torch.tensor([[0, 4, 25], [9, 0, 0], [0, 0, 0]], dtype=torch.float64)
    third = student.glove.glove_loss(zero, zero, bias, bias, X)
    # two entries, each with (0 - ln e) squared = 1
    expect_close(
        value, 2 * (math.e / 100) ** 0.75, rtol=1e-4, what={"en": "the loss", "ko": "손실"}
    )
    expect_close(
        second,
        0.04**0.75 * ((3 - math.log(4)) ** 2 + (1.5 - math.log(4)) ** 2),
        rtol=1e-4,
        what={
            "en": "the loss of the second example without its diagonal",
            "ko": "대각선을 뺀 둘째 예제의 손실",
        },
    )
    expect_close(
        third,
        sum((x / 100) ** 0.75 * math.log(x) ** 2 for x in (4, 9, 25)),
        rtol=1e-4,
        what={"en": "the loss of the counts 4, 25 and 9", "ko": "횟수 4, 25, 9의 손실"},
    )
