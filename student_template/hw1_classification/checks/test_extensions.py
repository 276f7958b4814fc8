"""Public checks of extensions.py (bonus)."""

import torch

from grader.checking.expect import expect_close, expect_tensor

DTYPES = [(torch.float32, "float32"), (torch.float64, "float64")]
PRED, TARGET = [1.0, 2.0, 3.0, 5.0], [1.0, 2.0, 4.0, 3.0]


def test_mse_worked_example(student):
    pred, target = torch.tensor(PRED), torch.tensor(TARGET)
    value = student.extensions.mse(pred, target)
    expect_close(value, 5 / 8)


def test_mse_keeps_the_dtype(student):
    for dtype, name in DTYPES:
        pair = torch.tensor(PRED, dtype=dtype), torch.tensor(TARGET, dtype=dtype)
        expect_tensor(student.extensions.mse(*pair), (), name)


def test_mse_gradient_worked_example(student):
    pred, target = torch.tensor(PRED), torch.tensor(TARGET)
    expect_close(student.extensions.mse_gradient(pred, target), [0.0, 0.0, -0.25, 0.5])


def test_mse_gradient_keeps_the_dtype(student):
    for dtype, name in DTYPES:
        pair = torch.tensor(PRED, dtype=dtype), torch.tensor(TARGET, dtype=dtype)
        expect_tensor(student.extensions.mse_gradient(*pair), (4,), name)


def test_leaky_relu_worked_example(student):
    expect_close(
        student.extensions.leaky_relu(torch.tensor([-1.0, 2.0], dtype=torch.float64)), [-0.01, 2.0]
    )


def test_leaky_relu_keeps_the_dtype(student):
    for dtype, name in DTYPES:
        x = torch.tensor([[-1.0, 2.0], [0.5, -3.0]], dtype=dtype)
        expect_tensor(student.extensions.leaky_relu(x), (2, 2), name)


def test_leaky_relu_gradient_worked_example(student):
    x = torch.tensor([-1.0, 2.0], dtype=torch.float64)
    expect_close(student.extensions.leaky_relu_gradient(x), [0.01, 1.0])


def test_leaky_relu_gradient_keeps_the_dtype(student):
    for dtype, name in DTYPES:
        x = torch.tensor([[-1.0, 2.0], [0.5, -3.0]], dtype=dtype)
        expect_tensor(student.extensions.leaky_relu_gradient(x), (2, 2), name)
