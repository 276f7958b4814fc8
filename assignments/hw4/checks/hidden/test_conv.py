"""Hidden checks of conv.py. The oracle is torch's own convolution, on our side of the wall."""

import pytest
import torch
import torch.nn.functional as F

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_tensor,
    expect_type,
)


def some_tensors(seed, *shapes, dtype=torch.float64):
    draw = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(s, generator=draw, dtype=torch.float64).to(dtype) for s in shapes)


def own_conv(x, weight, bias, dilation=1):
    y = F.conv1d(x.transpose(1, 2), weight.transpose(1, 2), bias, dilation=dilation)
    return y.transpose(1, 2)


# ---- sizes --------------------------------------------------------------------------------------


def expect_sizes(student, cases):
    """Beside counting the places where the kernel fits."""
    got = student.map(student.conv.conv_output_size, cases)
    for (n, kernel, stride, padding, dilation), size in zip(cases, got, strict=True):
        span = dilation * (kernel - 1) + 1
        starts = range(0, n + 2 * padding - span + 1, stride)
        expect_close(size, len(starts), what="the number of places")


def test_output_size_with_stride_rounds_down(student):
    expect_sizes(student, [(n, 3, stride, 0, 1) for n in (7, 8, 9, 10) for stride in (1, 2, 3, 4)])


def test_output_size_with_padding(student):
    expect_sizes(student, [(n, k, 1, p, 1) for n in (5, 8) for k in (2, 5) for p in (1, 2, 3)])


def test_output_size_with_dilation(student):
    expect_sizes(student, [(n, k, 1, 0, d) for n in (12, 15) for k in (1, 3) for d in (1, 2, 4)])


def test_output_size_with_all_of_them(student):
    expect_sizes(
        student,
        [
            (n, k, s, p, d)
            for n in (12, 15)
            for k in (2, 3)
            for s in (2, 3)
            for p in (1, 2)
            for d in (2, 3)
        ],
    )


def test_output_size_of_the_picture(student):
    sizes = [(39, 4), (31, 4), (18, 3), (14, 3), (8, 3), (6, 3), (3, 2), (2, 2)]
    got = student.map(student.conv.conv_output_size, sizes)
    expect_close(got, [36, 28, 16, 12, 6, 4, 2, 1], what="the sizes after each convolution")


def test_output_size_of_pooling(student):
    got = student.map(student.conv.conv_output_size, [(36, 2, 2), (28, 2, 2), (16, 2, 2), (7, 7)])
    expect_close(got, [18, 14, 8, 1], what="the sizes after each pooling")


def test_sizes_are_python_ints(student):
    before = student.generators(seed=3)
    for n, stride in ((36, 2), (10, 3), (7, 1)):
        expect_type(student.conv.conv_output_size(n, 3, stride), int, "the size")
    expect_equal(student.generators(), before, "the state of the global generators")


def test_parameters_are_python_ints(student):
    before = student.generators(seed=3)
    for bias in (True, False):
        expect_type(student.conv.conv_parameters(3, 4, (2, 2), bias), int, "the parameters")
    expect_equal(student.generators(), before, "the state of the global generators")


def test_receptive_field_is_a_python_int(student):
    for arguments in (([3, 3], [1, 2]), ([], [])):
        expect_type(student.conv.receptive_field(*arguments), int, "the receptive field")


def test_receptive_field_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.conv.receptive_field, [3, 2, 5], [1, 2, 4])


def test_parameters_of_each_filter(student):
    cases = [
        (1, 20, (4, 4), False),
        (20, 40, (3, 3), False),
        (3, 5, (2,), False),
        (2, 3, (2, 3, 4), False),
    ]
    got = student.map(student.conv.conv_parameters, cases)
    expect_close(got, [320, 7200, 30, 144], what="the parameters without bias")


def test_parameters_with_one_bias_for_each_filter(student):
    cases = [(1, 20, (4, 4)), (60, 80, (2, 2), True), (7, 1, (3,))]
    got = student.map(student.conv.conv_parameters, cases)
    expect_close(got, [340, 19280, 22], what="the parameters with bias")


def expect_fields(student, cases):
    got = student.map(student.conv.receptive_field, [arguments for arguments, _ in cases])
    expect_close(got, [field for _, field in cases], what="the receptive fields")


def test_receptive_field_grows_with_layers(student):
    expect_fields(student, [(([3] * 4, [1] * 4), 9), (([2, 5], [1, 1]), 6), (([7], [1]), 7)])


def test_receptive_field_grows_with_dilation(student):
    expect_fields(student, [(([3] * 3, [1, 2, 4]), 15), (([3] * 4, [1, 2, 4, 8]), 31)])


def test_receptive_field_of_equal_dilations(student):
    expect_fields(student, [(([3] * 3, [2] * 3), 13), (([4, 2], [3, 3]), 13), (([3], [5]), 11)])


def test_receptive_field_of_different_layers(student):
    expect_fields(student, [(([2, 5], [3, 2]), 12), (([5, 2, 3], [1, 4, 2]), 13)])


def test_receptive_field_of_no_layer_and_of_width_one(student):
    expect_fields(student, [(([], []), 1), (([1], [4]), 1), (([1, 3], [4, 1]), 3)])


def test_receptive_field_refuses_lists_of_different_lengths(student):
    for arguments in (([3, 3], [1]), ([3], [1, 2]), ([], [1])):
        with expect_error(ValueError, naming=("kernels", "dilations")):
            student.conv.receptive_field(*arguments)


# ---- conv1d -------------------------------------------------------------------------------------


def test_conv1d_equals_torchs(student):
    for seed, (batch, length, size, filters, width) in enumerate(
        ((2, 7, 3, 5, 4), (1, 9, 1, 2, 2), (3, 6, 4, 1, 1))
    ):
        data = some_tensors(seed, (batch, length, size), (filters, width, size), (filters,))
        got = student.conv.conv1d(*data)
        expect_close(got, own_conv(*data), what="the output")


@pytest.mark.parametrize("dilation", [2, 3])
def test_conv1d_with_dilation(student, dilation):
    data = some_tensors(10, (2, 11, 3), (4, 3, 3), (4,))
    got = student.conv.conv1d(*data, dilation)
    expect_close(got, own_conv(*data, dilation), what="the output")


def test_conv1d_of_a_window_as_long_as_the_sentence(student):
    data = some_tensors(11, (2, 5, 3), (4, 3, 3), (4,))
    got = student.conv.conv1d(*data, 2)
    expect_close(got, own_conv(*data, 2), what="the output")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_conv1d_keeps_the_dtype(student, dtype):
    data = some_tensors(12, (2, 6, 3), (4, 2, 3), (4,), dtype=getattr(torch, dtype))
    expect_tensor(student.conv.conv1d(*data), (2, 5, 4), dtype, "the output")


def test_conv1d_moves_with_its_input(student):
    """A pattern moved by two places gives the same answers two places on."""
    _, weight, bias = some_tensors(13, (1,), (3, 2, 4), (3,))
    (pattern,) = some_tensors(14, (2, 4))
    x = torch.zeros(1, 9, 4, dtype=torch.float64)
    x[0, 2:4] = pattern
    first, second = (
        student.conv.conv1d(x, weight, bias),
        student.conv.conv1d(x.roll(2, 1), weight, bias),
    )
    for y in (first, second):
        expect_equal(tuple(y.shape), (1, 8, 3), "the shape of the output")
    expect_close(second[0, 3:6], first[0, 1:4], what="the answers to the pattern")


def test_conv1d_can_be_differentiated(student):
    data = some_tensors(15, (2, 5, 3), (4, 3, 3), (4,))
    (push,) = some_tensors(18, (2, 3, 4))
    found = student.gradients(student.conv.conv1d, data, [push])
    leaves = [tensor.clone().requires_grad_() for tensor in data]
    expected = torch.autograd.grad((own_conv(*leaves) * push).sum(), leaves)
    names = ("x", "weight", "bias")
    for gradient, want, name in zip(found.by_argument, expected, names, strict=True):
        expect_close(gradient, want, what=f"the gradient with respect to {name}")


def test_conv1d_leaves_its_arguments_alone(student):
    data = some_tensors(16, (2, 6, 3), (4, 2, 3), (4,))
    expect_left_alone(student, student.conv.conv1d, *data, 2)


@pytest.mark.parametrize(
    ("shapes", "dilation"),
    [
        (((1, 2, 3), (4, 3, 3), (4,)), 1),
        (((1, 6, 3), (4, 4, 3), (4,)), 2),
        (((1, 6, 3), (4, 2, 2), (4,)), 1),
        (((1, 6, 3), (4, 2, 3), (3,)), 1),
    ],
)
def test_conv1d_refuses_shapes_that_do_not_agree(student, shapes, dilation):
    with expect_error(ValueError, naming=("x", "weight", "bias", "dilation")):
        student.conv.conv1d(*some_tensors(17, *shapes), dilation)


# ---- max_over_time ------------------------------------------------------------------------------


def test_maximum_of_all_places(student):
    (x,) = some_tensors(20, (3, 6, 4))
    got = student.conv.max_over_time(x)
    expect_close(got, x.max(dim=1).values, what="the maximum")


def test_maximum_of_what_belongs_to_the_sentence(student):
    (x,) = some_tensors(21, (3, 6, 4))
    lengths = torch.tensor([2, 6, 1])
    x[0, 2:], x[2, 1:] = 50.0, 60.0
    got = student.conv.max_over_time(x, lengths)
    expected = [x[b, :n].max(dim=0).values.tolist() for b, n in enumerate(lengths.tolist())]
    expect_close(got, expected, what="the maximum")


def test_maximum_of_whole_rows(student):
    (x,) = some_tensors(25, (3, 6, 4))
    got = student.conv.max_over_time(x, torch.tensor([6, 6, 6]))
    expect_close(got, x.max(dim=1).values, what="the maximum where every row is full")


def test_maximum_of_negative_values(student):
    for dtype in (torch.float32, torch.float64):
        (x,) = some_tensors(22, (2, 5, 3), dtype=dtype)
        x = x - 1e5
        x[0, 3:], x[1, 2:] = float("inf"), float("nan")  # what is behind the end is not looked at
        got = student.conv.max_over_time(x, torch.tensor([3, 2]))
        expected = [x[0, :3].max(dim=0).values.tolist(), x[1, :2].max(dim=0).values.tolist()]
        expect_close(got, expected, what="the maximum")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_maximum_keeps_the_dtype(student, dtype):
    (x,) = some_tensors(26, (2, 5, 3), dtype=getattr(torch, dtype))
    for lengths in (None, torch.tensor([3, 5])):
        got = student.conv.max_over_time(x, lengths)
        expect_tensor(got, (2, 3), dtype, "the maximum")


def test_maximum_leaves_its_arguments_alone(student):
    (x,) = some_tensors(23, (2, 5, 3))
    expect_left_alone(student, student.conv.max_over_time, x, torch.tensor([3, 2]))


def test_maximum_refuses_what_cannot_be(student):
    (x,) = some_tensors(24, (2, 5, 3))
    for lengths in ([0, 2], [6, 2], [2], [2, 2, 2]):
        with expect_error(ValueError, naming=("lengths", "x")):
            student.conv.max_over_time(x, torch.tensor(lengths))
    with expect_error(ValueError, naming="x"):
        student.conv.max_over_time(x[:, :0])
