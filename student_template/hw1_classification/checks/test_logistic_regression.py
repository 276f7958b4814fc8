"""Public checks of logistic_regression.py."""

import math

import torch

from grader.checking.expect import expect_close, expect_tensor


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


X = torch.tensor([[1.0, 0.0], [0.0, 2.0]], dtype=torch.float64)
Y = torch.tensor([1, 0])
DTYPES = [(torch.float32, "float32"), (torch.float64, "float64")]


def test_sigmoid_worked_example(student):
    z = double(0.0, math.log(4))
    expect_close(student.logistic_regression.sigmoid(z), [0.5, 0.8], what="sigmoid")


def test_sigmoid_of_float32_stays_float32(student):
    for dtype, name in DTYPES:
        got = student.logistic_regression.sigmoid(
            torch.tensor([[-1.5, 0.25], [0.75, 2.0]], dtype=dtype)
        )
        expect_tensor(got, (2, 2), name, "sigmoid")


def test_logit_worked_example(student):
    p = double(0.5, 0.8)
    expect_close(student.logistic_regression.logit(p), [0.0, math.log(4)], what="logit")


def test_logit_keeps_the_dtype(student):
    for dtype, name in DTYPES:
        got = student.logistic_regression.logit(
            torch.tensor([[0.1, 0.25], [0.75, 0.9]], dtype=dtype)
        )
        expect_tensor(got, (2, 2), name, "logit")


def test_odds_worked_example(student):
    expect_close(student.logistic_regression.odds(double(0.5, 0.8)), [1.0, 4.0], what="odds")


def test_odds_keep_the_dtype(student):
    for dtype, name in DTYPES:
        got = student.logistic_regression.odds(
            torch.tensor([[0.1, 0.25], [0.75, 0.9]], dtype=dtype)
        )
        expect_tensor(got, (2, 2), name, "odds")


def test_loss_worked_example(student):
    zero, bias = torch.zeros(2, dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    value = student.logistic_regression.loss(zero, bias, X, Y)
    expect_close(value, math.log(2), what={"en": "the loss", "ko": "손실"})


def test_loss_keeps_the_dtype(student):
    for dtype, name in DTYPES:
        w, b = torch.tensor([0.5, -1.0], dtype=dtype), torch.tensor(0.3, dtype=dtype)
        loss = student.logistic_regression.loss(w, b, X.to(dtype), Y, 0.1, 0.1)
        expect_tensor(loss, (), name, {"en": "the loss", "ko": "손실"})


def test_gradient_worked_example(student):
    zero, bias = torch.zeros(2, dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    by_w, by_b = student.logistic_regression.gradient(zero, bias, X, Y)
    expect_close(
        by_w, [-0.25, 0.5], what={"en": "the gradient with respect to w", "ko": "w에 대한 기울기"}
    )
    expect_close(by_b, 0.0, what={"en": "the gradient with respect to b", "ko": "b에 대한 기울기"})


def test_gradient_keeps_the_dtype(student):
    for dtype, name in DTYPES:
        w, b = torch.tensor([0.5, -1.0], dtype=dtype), torch.tensor(0.3, dtype=dtype)
        by_w, by_b = student.logistic_regression.gradient(w, b, X.to(dtype), Y, 0.1, 0.1)
        expect_tensor(
            by_w, (2,), name, {"en": "the gradient with respect to w", "ko": "w에 대한 기울기"}
        )
        expect_tensor(
            by_b, (), name, {"en": "the gradient with respect to b", "ko": "b에 대한 기울기"}
        )


def trained(student):
    model = student.logistic_regression.LogisticRegression(lr=1.0, epochs=1)
    model.fit(X, Y)
    return model


def test_training_worked_example(student):
    model = trained(student)
    expect_close(
        model.w,
        [0.25, -0.5],
        what={"en": "w after one step from zero", "ko": "0에서 한 번 갱신한 w"},
    )
    expect_close(
        model.b, 0.0, what={"en": "b after one step from zero", "ko": "0에서 한 번 갱신한 b"}
    )


def test_losses_worked_example(student):
    # from your own weights and your own loss; with the handout's the list is [0.444601]
    model = trained(student)
    own = student.logistic_regression.loss(model.w, model.b, X, Y)
    expect_close(model.losses, [own], what="losses")


def test_predict_worked_example(student):
    # from your own weights; with the handout's the prediction is (1, 0)
    model = trained(student)
    scores = X @ model.w + model.b
    expect_close(
        model.predict(X), (scores >= 0).long(), what={"en": "the prediction", "ko": "예측"}
    )


def test_iterations_to_epochs_worked_example(student):
    expect_close(student.logistic_regression.iterations_to_epochs(3000, 60000, 100), 5)
