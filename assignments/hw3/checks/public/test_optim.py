"""Public checks of optim.py."""

import torch

from grader.checking.expect import expect_close

STEPS = {  # a parameter of 1, gradients .5, -.25, .5, a rate of .1
    "sgd": [0.95, 0.975, 0.925],
    "momentum": [0.95, 0.93, 0.862],
    "nesterov": [0.905, 0.912, 0.8008],
    "adagrad": [0.9, 0.944721, 0.878055],
    "rmsprop": [2e-7, 0.449013, -0.220997],
    "adam": [0.9, 0.873366, 0.815418],
}


def three_steps(student, name):
    step, param, state = getattr(student.optim, name), torch.tensor(1.0, dtype=torch.float64), {}
    for number, (grad, wanted) in enumerate(zip((0.5, -0.25, 0.5), STEPS[name], strict=True), 1):
        param, state = step(param, torch.tensor(grad, dtype=torch.float64), state, 0.1)
        expect_close(
            param,
            wanted,
            atol=1e-6,
            what={
                "en": f"the parameter after step {number} of {name}",
                "ko": f"{number}번 갱신한 매개변수({name})",
            },
        )


def test_sgd_worked_example(student):
    three_steps(student, "sgd")


def test_momentum_worked_example(student):
    three_steps(student, "momentum")


def test_nesterov_worked_example(student):
    three_steps(student, "nesterov")


def test_adagrad_worked_example(student):
    three_steps(student, "adagrad")


def test_rmsprop_worked_example(student):
    three_steps(student, "rmsprop")


def test_adam_worked_example(student):
    three_steps(student, "adam")
