"""Hidden checks of conv.py. The oracle is torch's own convolution, on our side of the wall."""

import pytest
import torch
import torch.nn.functional as F

from grader.checking.expect import expect_close, expect_equal, expect_error, expect_tensor


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
        expect_equal(size, len(starts), "the number of places")


def test_output_size_with_stride_rounds_down(student):
    expect_sizes(student, [(n, 3, stride, 0, 1) for n in (7, 8, 9, 10) for stride in (1, 2, 3, 4)])


def test_output_size_with_padding(student):
    expect_sizes(
        student, [(n, k, s, p, 1) for n in (5, 8) for k in (2, 5) for s in (1, 2) for p in (1, 2)]
    )


def test_output_size_with_dilation(student):
    expect_sizes(
        student,
        [(n, k, s, 1, d) for n in (12, 15) for k in (1, 3) for s in (1, 3) for d in (1, 2, 4)],
    )


def test_output_size_of_the_picture(student):
    sizes = [(39, 4), (31, 4), (18, 3), (14, 3), (8, 3), (6, 3), (3, 2), (2, 2)]
    got = student.map(student.conv.conv_output_size, sizes)
    expect_equal(got, [36, 28, 16, 12, 6, 4, 2, 1], "the sizes after each convolution")
    pooled = student.map(student.conv.conv_output_size, [(36, 2, 2), (28, 2, 2), (7, 7)])
    expect_equal(pooled, [18, 14, 1], "the sizes after each pooling")


def test_parameters_of_each_filter(student):
    cases = [
        (1, 20, (4, 4), False),
        (20, 40, (3, 3), False),
        (3, 5, (2,), False),
        (2, 3, (2, 3, 4), False),
    ]
    got = student.map(student.conv.conv_parameters, cases)
    expect_equal(got, [320, 7200, 30, 144], "the parameters without bias")


def test_parameters_with_one_bias_for_each_filter(student):
    cases = [(1, 20, (4, 4)), (60, 80, (2, 2), True), (7, 1, (3,))]
    got = student.map(student.conv.conv_parameters, cases)
    expect_equal(got, [340, 19280, 22], "the parameters with bias")


def test_receptive_field_grows_with_layers_and_dilation(student):
    cases = [
        ([3] * 4, [1] * 4),
        ([3] * 3, [1, 2, 4]),
        ([3] * 4, [1, 2, 4, 8]),
        ([2, 5], [3, 2]),
        ([1], [4]),
        ([], []),
    ]
    got = student.map(student.conv.receptive_field, cases)
    expect_equal(got, [9, 15, 31, 12, 1, 1], "the receptive fields")


@pytest.mark.parametrize(
    ("name", "arguments", "names"),
    [
        ("receptive_field", ([3, 3], [1]), ("kernels", "dilations")),
    ],
)
def test_sizes_refuse_what_cannot_be(student, name, arguments, names):
    with expect_error(ValueError, naming=names):
        getattr(student.conv, name)(*arguments)


# ---- conv1d -------------------------------------------------------------------------------------


def test_conv1d_equals_torchs(student):
    for seed, (batch, length, size, filters, width) in enumerate(
        ((2, 7, 3, 5, 4), (1, 9, 1, 2, 2), (3, 6, 4, 1, 1))
    ):
        data = some_tensors(seed, (batch, length, size), (filters, width, size), (filters,))
        got = student.conv.conv1d(*data)
        expect_tensor(got, (batch, length - width + 1, filters), "float64", "the output")
        expect_close(got, own_conv(*data), what="the output")


@pytest.mark.parametrize("dilation", [2, 3])
def test_conv1d_with_dilation(student, dilation):
    data = some_tensors(10, (2, 11, 3), (4, 3, 3), (4,))
    got = student.conv.conv1d(*data, dilation)
    expect_tensor(got, (2, 11 - 2 * dilation, 4), "float64", "the output")
    expect_close(got, own_conv(*data, dilation), what="the output")


def test_conv1d_of_a_window_as_long_as_the_sentence(student):
    data = some_tensors(11, (2, 5, 3), (4, 3, 3), (4,))
    got = student.conv.conv1d(*data, 2)
    expect_tensor(got, (2, 1, 4), "float64", "the output")
    expect_close(got, own_conv(*data, 2), what="the output")


def test_conv1d_of_float32_stays_float32(student):
    data = some_tensors(12, (2, 6, 3), (4, 2, 3), (4,), dtype=torch.float32)
    got = student.conv.conv1d(*data)
    expect_tensor(got, (2, 5, 4), "float32", "the output")
    expect_close(got, own_conv(*data), what="the output")


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
        expect_tensor(y, (1, 8, 3), "float64", "the output")
    expect_close(second[0, 3:6], first[0, 1:4], what="the answers to the pattern")


def test_conv1d_can_be_differentiated(student):
    """One output at a time: a single filter at a single place, with dilation 2."""
    data = some_tensors(15, (1, 5, 3), (1, 3, 3), (1,))
    found = student.gradients(student.conv.conv1d, [*data, 2])
    expect_tensor(found.result, (1, 1, 1), "float64", "the output")
    leaves = [tensor.clone().requires_grad_() for tensor in data]
    expected = torch.autograd.grad(own_conv(*leaves, 2).sum(), leaves)
    names = ("x", "weight", "bias")
    for gradient, want, name in zip(found.by_argument, expected, names, strict=True):
        expect_tensor(
            gradient, tuple(want.shape), "float64", f"the gradient with respect to {name}"
        )
        expect_close(gradient, want, what=f"the gradient with respect to {name}")


def test_conv1d_leaves_its_arguments_alone(student):
    data = some_tensors(16, (2, 6, 3), (4, 2, 3), (4,))
    _, after = student.with_arguments(student.conv.conv1d, *data)
    expect_equal(after, list(data), "the arguments after the call")


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
    expect_tensor(got, (3, 4), "float64", "the maximum")
    expect_equal(got.tolist(), x.max(dim=1).values.tolist(), "the maximum")


def test_maximum_of_what_belongs_to_the_sentence(student):
    (x,) = some_tensors(21, (3, 6, 4))
    lengths = torch.tensor([2, 6, 1])
    x[0, 2:], x[2, 1:] = 50.0, 60.0
    got = student.conv.max_over_time(x, lengths)
    expect_tensor(got, (3, 4), "float64", "the maximum")
    expected = [x[b, :n].max(dim=0).values.tolist() for b, n in enumerate(lengths.tolist())]
    expect_equal(got.tolist(), expected, "the maximum")


def test_maximum_of_negative_values(student):
    (x,) = some_tensors(22, (2, 5, 3), dtype=torch.float32)
    x = x - 1e5
    got = student.conv.max_over_time(x, torch.tensor([3, 2]))
    expect_tensor(got, (2, 3), "float32", "the maximum")
    expected = [x[0, :3].max(dim=0).values.tolist(), x[1, :2].max(dim=0).values.tolist()]
    expect_equal(got.tolist(), expected, "the maximum")


def test_maximum_leaves_its_arguments_alone(student):
    (x,) = some_tensors(23, (2, 5, 3))
    lengths = torch.tensor([3, 2])
    _, after = student.with_arguments(student.conv.max_over_time, x, lengths)
    expect_equal(after, [x, lengths], "the arguments after the call")


def test_maximum_refuses_what_cannot_be(student):
    (x,) = some_tensors(24, (2, 5, 3))
    for lengths in ([0, 2], [6, 2], [2]):
        with expect_error(ValueError, naming=("lengths", "x")):
            student.conv.max_over_time(x, torch.tensor(lengths))
    with expect_error(ValueError, naming="x"):
        student.conv.max_over_time(x[:, :0])
