"""Hidden checks of the rule that a function works on the device of its input, without a GPU.

On torch's meta device a tensor has a shape but no numbers, and one that was made on the CPU does
not go with it. Code that reads a number is not judged here (see `student.on_meta`).
"""

import torch

from grader.checking.expect import expect_on_device


def test_hierarchical_loss_stays_on_the_device(student):
    function = student.hierarchical.hierarchical_loss
    expect_on_device(student, function, torch.ones(4), torch.ones(3, 4), [2, 0], [1, 0])


def test_subword_vector_stays_on_the_device(student):
    expect_on_device(student, student.subword.subword_vector, "강river", torch.ones(50, 3))
