"""Hidden checks of the rule that a function works on the device of its input, without a GPU.

On torch's meta device a tensor has a shape but no numbers, and one that was made on the CPU does
not go with it. Code that reads a number is not judged here (see `student.on_meta`).
"""

import torch

from grader.checking.expect import expect_on_device


def test_conv1d_stays_on_the_device(student):
    arguments = torch.ones(2, 5, 3), torch.ones(4, 2, 3), torch.ones(4)
    expect_on_device(student, student.conv.conv1d, *arguments)


def test_text_cnn_stays_on_the_device(student):
    model = student.extensions.TextCNN(9, 4, [2, 3], 5, 2)
    expect_on_device(student, model, torch.ones(2, 6, dtype=torch.int64))
