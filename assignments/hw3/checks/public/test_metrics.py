"""Public checks of metrics.py."""

import math

import torch

from grader.checking.expect import expect_close, expect_tensor, expect_type


def test_cross_entropy_worked_example(student):
    logits = torch.tensor([[2.0, 1.0, 0.0, 0.0, 0.0], [0.0] * 5], dtype=torch.float64)
    value = student.metrics.cross_entropy(logits[1:], torch.tensor([3]))
    expect_tensor(value, (), "float64", "the loss")
    expect_close(value, math.log(5), what="the loss of a uniform guess")
    smooth = student.metrics.cross_entropy(logits[:1], torch.tensor([0]), label_smoothing=0.1)
    expect_close(smooth, 0.713172, atol=1e-6, what="the loss with label smoothing 0.1")
    ignored = student.metrics.cross_entropy(logits, torch.tensor([0, 3]), ignore_index=0)
    expect_close(ignored, math.log(5), what="the loss with the first target ignored")


def test_perplexity_worked_example(student):
    nll = -math.log(1 / 2 * 1 / 4 * 1 / 8 * 1 / 8)  # four tokens
    value = student.metrics.perplexity(nll, 4)
    expect_type(value, float, "the perplexity")
    expect_close(value, 4.756828460, what="the perplexity")
    expect_close(student.metrics.bits_per_token(nll / 4), 2.25, what="bits per token")


def test_entropy_worked_example(student):
    p = torch.tensor([[0.5, 0.25, 0.25], [1.0, 0.0, 0.0]], dtype=torch.float64)
    expect_close(student.metrics.entropy(p), [1.5 * math.log(2), 0.0], what="the entropy")
