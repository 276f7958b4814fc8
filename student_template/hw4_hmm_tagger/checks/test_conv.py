"""Public checks of conv.py."""

import torch

from grader.checking.expect import expect_close

X = torch.tensor([[[1.0, 0], [2, 1], [0, 3], [1, 1]]], dtype=torch.float64)
WEIGHT = torch.tensor([[[1.0, 0], [0, 2]], [[-1, 1], [1, 0]]], dtype=torch.float64)
BIAS = torch.tensor([0.0, 0.5], dtype=torch.float64)


def test_sizes_worked_example(student):
    conv = student.conv
    expect_close(
        conv.conv_output_size(39, 4),
        36,
        what={
            "en": "the output size of 39 under a kernel of 4",
            "ko": "입력 39, 커널 4일 때의 출력 크기",
        },
    )
    expect_close(
        conv.conv_output_size(7, 3, stride=2),
        3,
        what={"en": "the output size with stride 2", "ko": "보폭이 2일 때의 출력 크기"},
    )
    expect_close(
        conv.conv_output_size(10, 3, padding=1),
        10,
        what={"en": "the output size with padding", "ko": "패딩이 있을 때의 출력 크기"},
    )
    expect_close(
        conv.conv_output_size(10, 3, dilation=4),
        2,
        what={"en": "the output size with dilation", "ko": "팽창이 있을 때의 출력 크기"},
    )


def test_parameters_worked_example(student):
    got = student.conv.conv_parameters(1, 20, (4, 4), bias=False)
    expect_close(
        got,
        320,
        what={"en": "the parameter count of the first layer", "ko": "첫째 층의 매개변수 수"},
    )
    got = student.conv.conv_parameters(20, 40, (3, 3), bias=False)
    expect_close(
        got,
        7200,
        what={"en": "the parameter count of the second layer", "ko": "둘째 층의 매개변수 수"},
    )


def test_receptive_field_worked_example(student):
    got = student.conv.receptive_field([3, 3, 3], [1, 1, 1])
    expect_close(got, 7, what={"en": "the receptive field", "ko": "수용 영역"})


def test_conv1d_worked_example(student):
    y = student.conv.conv1d(X, WEIGHT, BIAS)
    expect_close(y, [[[3, 1.5], [8, -0.5], [2, 4.5]]], what={"en": "the output", "ko": "출력"})


def test_conv1d_with_dilation_worked_example(student):
    y = student.conv.conv1d(X, WEIGHT, BIAS, 2)
    expect_close(
        y,
        [[[7, -0.5], [4, 0.5]]],
        what={"en": "the output with dilation 2", "ko": "팽창이 2일 때의 출력"},
    )


Y = torch.tensor([[[3, 1.5], [8, -0.5], [2, 4.5]]], dtype=torch.float64)


def test_max_over_time_worked_example(student):
    expect_close(
        student.conv.max_over_time(Y), [[8, 4.5]], what={"en": "the maximum", "ko": "최댓값"}
    )


def test_max_over_time_with_lengths_worked_example(student):
    got = student.conv.max_over_time(Y, torch.tensor([2]))
    expect_close(
        got,
        [[8, 1.5]],
        what={"en": "the maximum of the first two positions", "ko": "처음 두 위치의 최댓값"},
    )
