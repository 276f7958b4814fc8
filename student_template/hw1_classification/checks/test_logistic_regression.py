"""Public checks of logistic_regression.py."""

import math

import torch

from grader.checking.expect import expect_close, expect_equal, expect_tensor


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


X = torch.tensor([[1.0, 0.0], [0.0, 2.0]], dtype=torch.float64)
Y = torch.tensor([1, 0])


def test_sigmoid_worked_example(student):
    expect_close(
        student.logistic_regression.sigmoid(double(0.0, math.log(4))), [0.5, 0.8], what="sigmoid"
    )
    expect_close(
        student.logistic_regression.logit(double(0.5, 0.8)), [0.0, math.log(4)], what="logit"
    )
    expect_close(student.logistic_regression.odds(double(0.5, 0.8)), [1.0, 4.0], what="odds")


def test_loss_worked_example(student):
    zero, bias = torch.zeros(2, dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    value = student.logistic_regression.loss(zero, bias, X, Y)
    expect_tensor(value, (), "float64", "the loss")
    expect_close(value, math.log(2), what="the loss")


def test_gradient_worked_example(student):
    zero, bias = torch.zeros(2, dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    by_w, by_b = student.logistic_regression.gradient(zero, bias, X, Y)
    expect_close(by_w, [-0.25, 0.5], what="the gradient with respect to w")
    expect_close(by_b, 0.0, what="the gradient with respect to b")


def test_training_worked_example(student):
    model = student.logistic_regression.LogisticRegression(lr=1.0, epochs=1)
    model.fit(X, Y)
    expect_close(model.w, [0.25, -0.5], what="w after one step from zero")
    expect_close(model.b, 0.0, what="b after one step from zero")
    expect_equal(len(model.losses), 1, "the number of losses")
    expect_equal(model.predict(X).tolist(), [1, 0], "the predictions")


def test_iterations_to_epochs_worked_example(student):
    expect_equal(student.logistic_regression.iterations_to_epochs(3000, 60000, 100), 5)
