"""What students see and can run."""

import torch

from grader.checking.expect import expect_tensor, expect_type


def test_guess_is_a_number(student):
    expect_type(student.vault.guess("a public question"), int)


def test_guess_again(student):
    # after the hidden checks, in the same process: what was learned there must not come out here
    expect_type(student.vault.guess("another public question"), int)


def test_scaled_has_its_shape(student):
    expect_tensor(student.tensors.scaled(torch.ones(2, 3)), (2, 3), "float32")


def test_forward_has_its_shape(student):
    x, W, U = torch.ones(2, 3), torch.ones(4, 3), torch.ones(4, 4)
    expect_tensor(student.recurrent.forward(x, W, U), (4,), "float32")
