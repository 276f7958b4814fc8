"""Public checks of regularise.py."""

import torch

from grader.checking.expect import expect_close, expect_equal


def test_dropout_worked_example(student):
    x = torch.ones(400, dtype=torch.float64)
    expect_close(student.regularise.dropout(x, 0.5, False, 0), x, what="x when not training")
    values = sorted(set(student.regularise.dropout(x, 0.5, True, 0).tolist()))
    expect_equal(values, [0.0, 2.0], "the values that occur for p = 0.5")


def test_clip_gradients_worked_example(student):
    grads = [torch.tensor([3.0], dtype=torch.float64), torch.tensor([4.0], dtype=torch.float64)]
    clipped, norm = student.regularise.clip_gradients(grads, 1.0)
    expect_close(norm, 5.0, rtol=1e-6, what="the norm before clipping")
    # PyTorch's own adds 1e-6 to the norm, and that is right too
    expect_close([g.item() for g in clipped], [0.6, 0.8], rtol=1e-6, what="the clipped gradients")


PARAMS = [torch.tensor([1.0, -2.0]), torch.tensor([[3.0]])]


def test_l1_penalty_worked_example(student):
    expect_close(student.regularise.l1_penalty(PARAMS), 6.0, what="the L1 penalty")


def test_l2_penalty_worked_example(student):
    expect_close(student.regularise.l2_penalty(PARAMS), 14.0, what="the L2 penalty")
