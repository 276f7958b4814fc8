"""Public checks of conv.py."""

import torch

from grader.checking.expect import expect_close

X = torch.tensor([[[1.0, 0], [2, 1], [0, 3], [1, 1]]], dtype=torch.float64)
WEIGHT = torch.tensor([[[1.0, 0], [0, 2]], [[-1, 1], [1, 0]]], dtype=torch.float64)
BIAS = torch.tensor([0.0, 0.5], dtype=torch.float64)


def test_sizes_worked_example(student):
    conv = student.conv
    expect_close(conv.conv_output_size(39, 4), 36, what="the output size of 39 under a kernel of 4")
    expect_close(conv.conv_output_size(7, 3, stride=2), 3, what="the output size with stride 2")
    expect_close(conv.conv_output_size(10, 3, padding=1), 10, what="the output size with padding")
    expect_close(conv.conv_output_size(10, 3, dilation=4), 2, what="the output size with dilation")


def test_parameters_worked_example(student):
    got = student.conv.conv_parameters(1, 20, (4, 4), bias=False)
    expect_close(got, 320, what="the parameters of the first layer")
    got = student.conv.conv_parameters(20, 40, (3, 3), bias=False)
    expect_close(got, 7200, what="the parameters of the second layer")


def test_receptive_field_worked_example(student):
    got = student.conv.receptive_field([3, 3, 3], [1, 1, 1])
    expect_close(got, 7, what="the receptive field")


def test_conv1d_worked_example(student):
    y = student.conv.conv1d(X, WEIGHT, BIAS)
    expect_close(y, [[[3, 1.5], [8, -0.5], [2, 4.5]]], what="the output")


def test_conv1d_with_dilation_worked_example(student):
    y = student.conv.conv1d(X, WEIGHT, BIAS, 2)
    expect_close(y, [[[7, -0.5], [4, 0.5]]], what="the output with dilation 2")


Y = torch.tensor([[[3, 1.5], [8, -0.5], [2, 4.5]]], dtype=torch.float64)


def test_max_over_time_worked_example(student):
    expect_close(student.conv.max_over_time(Y), [[8, 4.5]], what="the maximum")


def test_max_over_time_with_lengths_worked_example(student):
    got = student.conv.max_over_time(Y, torch.tensor([2]))
    expect_close(got, [[8, 1.5]], what="the maximum of the first two")
