"""Public checks of conv.py."""

import torch

from grader.checking.expect import expect_close, expect_equal, expect_tensor

X = torch.tensor([[[1.0, 0], [2, 1], [0, 3], [1, 1]]], dtype=torch.float64)
WEIGHT = torch.tensor([[[1.0, 0], [0, 2]], [[-1, 1], [1, 0]]], dtype=torch.float64)
BIAS = torch.tensor([0.0, 0.5], dtype=torch.float64)


def test_sizes_worked_example(student):
    conv = student.conv
    expect_equal(conv.conv_output_size(39, 4), 36, "the output size of 39 under a kernel of 4")
    expect_equal(conv.conv_output_size(7, 3, stride=2), 3, "the output size with stride 2")
    expect_equal(conv.conv_output_size(10, 3, padding=1), 10, "the output size with padding")
    expect_equal(conv.conv_output_size(10, 3, dilation=4), 2, "the output size with dilation")
    expect_equal(conv.conv_parameters(1, 20, (4, 4), bias=False), 320, "the parameters")
    expect_equal(conv.receptive_field([3, 3, 3], [1, 1, 1]), 7, "the receptive field")


def test_conv1d_worked_example(student):
    y = student.conv.conv1d(X, WEIGHT, BIAS)
    expect_tensor(y, (1, 3, 2), "float64", "the output")
    expect_close(y, [[[3, 1.5], [8, -0.5], [2, 4.5]]], what="the output")
    expect_close(
        student.conv.conv1d(X, WEIGHT, BIAS, 2), [[[7, -0.5], [4, 0.5]]], what="with dilation 2"
    )


def test_max_over_time_worked_example(student):
    y = torch.tensor([[[3, 1.5], [8, -0.5], [2, 4.5]]], dtype=torch.float64)
    expect_close(student.conv.max_over_time(y), [[8, 4.5]], what="the maximum")
    got = student.conv.max_over_time(y, torch.tensor([2]))
    expect_close(got, [[8, 1.5]], what="the maximum of the first two")
