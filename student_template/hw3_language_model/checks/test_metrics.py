"""Public checks of metrics.py."""

import math

import torch

from grader.checking.expect import expect_close

LOGITS = torch.tensor([[2.0, 1.0, 0.0, 0.0, 0.0], [0.0] * 5], dtype=torch.float64)


def test_cross_entropy_worked_example(student):
    loss = student.metrics.cross_entropy
    value = loss(LOGITS[:1], torch.tensor([0]))
    expect_close(value, 0.573172, atol=1e-6, what="the loss of the first target")
    value = loss(LOGITS[1:], torch.tensor([3]))
    expect_close(value, math.log(5), atol=1e-6, what="the loss of a uniform guess")
    value = loss(LOGITS, torch.tensor([0, 3]))
    expect_close(value, 1.091305, atol=1e-6, what="the loss of both")


def test_cross_entropy_ignores_the_first_target(student):
    value = student.metrics.cross_entropy(LOGITS, torch.tensor([0, 3]), ignore_index=0)
    expect_close(value, math.log(5), atol=1e-6, what="the loss with the first target ignored")


def test_cross_entropy_smooths_the_first_target(student):
    value = student.metrics.cross_entropy(LOGITS[:1], torch.tensor([0]), label_smoothing=0.1)
    expect_close(value, 0.713172, atol=1e-6, what="the loss with label smoothing 0.1")


NLL = 9 * math.log(2)  # four tokens of probability 1/2, 1/4, 1/8 and 1/8


def test_perplexity_worked_example(student):
    expect_close(student.metrics.perplexity(NLL, 4), 4.756828460, what="the perplexity")


def test_bits_worked_example(student):
    expect_close(student.metrics.bits_per_token(NLL / 4), 2.25, what="bits per token")


def test_entropy_worked_example(student):
    p = torch.tensor([0.5, 0.25, 0.25], dtype=torch.float64)
    expect_close(student.metrics.entropy(p), 1.5 * math.log(2), what="the entropy")


def test_corpus_perplexity_worked_example(student):
    # one token of probability 1/8, and nine of 1/2 each
    one = torch.full((1, 8), 0.0, dtype=torch.float64), torch.tensor([3])
    nine = torch.full((9, 2), 0.0, dtype=torch.float64), torch.tensor([0, 1] * 4 + [1])
    got = student.metrics.corpus_perplexity([one, nine])
    expect_close(got, 2**1.2, what="the perplexity of both batches")
