"""Public checks of attention.py: the worked examples of the handout."""

import math

import torch

from grader.checking.expect import expect_close, expect_tensor

THE_SCORES = {"en": "the score tensor", "ko": "점수"}
THE_WEIGHTS = {"en": "the weight tensor", "ko": "가중치"}
THE_CONTEXT = {"en": "the context vector", "ko": "문맥 벡터"}

KEYS = torch.tensor([[[0, 1, 1], [5, 0, 1], [1, 1, 0], [0, 5, 1]]], dtype=torch.float64)
TWO = torch.tensor([[10.0, 5.0, 10.0], [1.0, 2.0, 3.0]], dtype=torch.float64)  # a batch of two
TWICE = KEYS.expand(2, 4, 3).contiguous()
DTYPES = {torch.float32: "float32", torch.float64: "float64"}


def expect_dtype_of_scores(function, *weights):
    """Scores of the two queries and the four keys have the dtype that all arguments have."""
    for dtype, name in DTYPES.items():
        given = [part.to(dtype) for part in (TWO, TWICE, *weights)]
        expect_tensor(function(*given), (2, 4), name, THE_SCORES)


def test_dot_scores_worked_example(student):
    scores = student.attention.dot_scores(TWO, TWICE)
    expect_tensor(scores, (2, 4), what=THE_SCORES)
    expect_close(scores, [[15.0, 60.0, 15.0, 35.0], [5.0, 8.0, 3.0, 13.0]], what=THE_SCORES)


def test_dot_scores_keep_the_dtype(student):
    expect_dtype_of_scores(student.attention.dot_scores)


def test_general_scores_with_the_identity_are_dot_scores(student):
    scores = student.attention.general_scores(TWO, TWICE, torch.eye(3, dtype=torch.float64))
    expect_close(scores, [[15.0, 60.0, 15.0, 35.0], [5.0, 8.0, 3.0, 13.0]], what=THE_SCORES)


def test_general_scores_by_hand(student):
    # q W = (1, 2, 0) and (0, 1, -1)
    query = torch.tensor([[1.0, 2.0], [0.0, 1.0]], dtype=torch.float64)
    keys = torch.tensor([[[1.0, 1.0, 1.0], [0.0, 2.0, 5.0]]] * 2, dtype=torch.float64)
    W = torch.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]], dtype=torch.float64)
    scores = student.attention.general_scores(query, keys, W)
    expect_close(scores, [[3.0, 4.0], [0.0, -3.0]], what=THE_SCORES)


def test_general_scores_keep_the_dtype(student):
    expect_dtype_of_scores(student.attention.general_scores, torch.eye(3))


def test_additive_scores_by_hand(student):
    # Wq and Wk are the identity, v = (1, 1): tanh(1 + 1) + tanh(0 + 1), tanh(1 - 1) + tanh(0 + 2)
    query = torch.tensor([[1.0, 0.0], [0.0, 0.0]], dtype=torch.float64)
    keys = torch.tensor([[[1.0, 1.0], [-1.0, 2.0]]] * 2, dtype=torch.float64)
    identity, v = torch.eye(2, dtype=torch.float64), torch.ones(2, dtype=torch.float64)
    scores = student.attention.additive_scores(query, keys, identity, identity, v)
    expected = [
        [math.tanh(2) + math.tanh(1), math.tanh(2)],
        [2 * math.tanh(1), math.tanh(2) - math.tanh(1)],
    ]
    expect_close(scores, expected, what=THE_SCORES)


def test_additive_scores_keep_the_dtype(student):
    expect_dtype_of_scores(
        student.attention.additive_scores, torch.eye(3), torch.eye(3), torch.ones(3)
    )


def test_masked_softmax_of_three_scores(student):
    scores = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    mask = torch.tensor([True, False, True])
    e1, e3 = math.exp(1), math.exp(3)
    weights = student.attention.masked_softmax(scores, mask)
    expect_tensor(weights, (3,), what=THE_WEIGHTS)
    expect_close(weights, [e1 / (e1 + e3), 0.0, e3 / (e1 + e3)], what=THE_WEIGHTS)


def test_masked_softmax_of_two_rows_without_a_mask(student):
    scores = torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]], dtype=torch.float64)
    weights = student.attention.masked_softmax(scores, None)
    expect_tensor(weights, (2, 3), what=THE_WEIGHTS)
    total = math.exp(1) + math.exp(2) + math.exp(3)
    expected = [[math.exp(i) / total for i in (1, 2, 3)], [1 / 3] * 3]
    expect_close(weights, expected, what=THE_WEIGHTS)


def test_masked_softmax_keeps_the_dtype(student):
    mask = torch.tensor([[True, False, True], [True, True, True]])
    for dtype, name in DTYPES.items():
        calls = [(TWO.to(dtype), None), (TWO.to(dtype), mask)]
        for weights in student.map(student.attention.masked_softmax, calls):
            expect_tensor(weights, (2, 3), name, THE_WEIGHTS)


def test_attend_worked_example(student):
    scores = torch.tensor([[15.0, 60.0, 15.0, 35.0], [0.0] * 4], dtype=torch.float64)
    context, weights = student.attention.attend(scores, TWICE)
    expect_tensor(weights, (2, 4), what=THE_WEIGHTS)
    expect_tensor(context, (2, 3), what=THE_CONTEXT)
    # softmax amplifies: e^-45 and e^-25 of the largest are next to nothing; equal scores weigh the same
    expected = [[2.9e-20, 1.0, 2.9e-20, 1.4e-11], [0.25] * 4]
    expect_close(weights, expected, atol=1e-9, what=THE_WEIGHTS)
    expect_close(context, [[5.0, 0.0, 1.0], [1.5, 1.75, 0.75]], atol=1e-9, what=THE_CONTEXT)


def test_attend_keeps_the_dtype(student):
    mask = torch.tensor([[True, False, True, True], [True] * 4])
    for dtype, name in DTYPES.items():
        scores, values = torch.ones(2, 4, dtype=dtype), TWICE.to(dtype)
        context, weights = student.attention.attend(scores, values, mask)
        expect_tensor(context, (2, 3), name, THE_CONTEXT)
        expect_tensor(weights, (2, 4), name, THE_WEIGHTS)
