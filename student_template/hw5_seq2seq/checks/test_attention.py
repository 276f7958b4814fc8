"""Public checks of attention.py: the worked examples of the handout."""

import math

import torch

from grader.checking.expect import expect_close, expect_tensor

QUERY = torch.tensor([[10.0, 5.0, 10.0]], dtype=torch.float64)
KEYS = torch.tensor([[[0, 1, 1], [5, 0, 1], [1, 1, 0], [0, 5, 1]]], dtype=torch.float64)


def test_dot_scores_worked_example(student):
    scores = student.attention.dot_scores(QUERY, KEYS)
    expect_tensor(scores, (1, 4), "float64", "the scores")
    expect_close(scores, [[15.0, 60.0, 15.0, 35.0]], what="the scores")


def test_general_scores_with_the_identity_are_dot_scores(student):
    scores = student.attention.general_scores(QUERY, KEYS, torch.eye(3, dtype=torch.float64))
    expect_close(scores, [[15.0, 60.0, 15.0, 35.0]], what="the scores")


def test_additive_scores_by_hand(student):
    # Wq and Wk are the identity, v = (1, 1): tanh(1 + 0) + tanh(0 + 1), tanh(1 - 1) + tanh(0 + 2)
    query = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    keys = torch.tensor([[[0.0, 1.0], [-1.0, 2.0]]], dtype=torch.float64)
    identity, v = torch.eye(2, dtype=torch.float64), torch.ones(2, dtype=torch.float64)
    scores = student.attention.additive_scores(query, keys, identity, identity, v)
    expect_close(scores, [[2 * math.tanh(1), math.tanh(2)]], what="the scores")


def test_masked_softmax_of_three_scores(student):
    scores = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    mask = torch.tensor([True, False, True])
    e1, e3 = math.exp(1), math.exp(3)
    weights = student.attention.masked_softmax(scores, mask)
    expect_tensor(weights, (3,), "float64", "the weights")
    expect_close(weights, [e1 / (e1 + e3), 0.0, e3 / (e1 + e3)], what="the weights")


def test_attend_worked_example(student):
    scores = torch.tensor([[15.0, 60.0, 15.0, 35.0]], dtype=torch.float64)
    context, weights = student.attention.attend(scores, KEYS)
    expect_tensor(weights, (1, 4), "float64", "the weights")
    expect_tensor(context, (1, 3), "float64", "the context")
    # softmax amplifies: e^-45 and e^-25 of the largest are next to nothing
    expect_close(weights, [[2.9e-20, 1.0, 2.9e-20, 1.4e-11]], atol=1e-9, what="the weights")
    expect_close(context, [[5.0, 0.0, 1.0]], atol=1e-9, what="the context")
