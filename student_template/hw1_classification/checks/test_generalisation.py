"""Public checks of generalisation.py (bonus)."""

import torch

from grader.checking.expect import expect_close


def test_polynomial_worked_example(student):
    x = torch.tensor([0.0, 1.0, 2.0, 3.0], dtype=torch.float64)
    y = torch.tensor([0.0, 2.0, 1.0, 3.0], dtype=torch.float64)
    for degree, coefficients in ((0, [1.5]), (1, [0.3, 0.8]), (3, [0.0, 5.5, -4.5, 1.0])):
        expect_close(
            student.generalisation.fit_polynomial(x, y, degree),
            coefficients,
            atol=1e-6,
            what={
                "en": f"the coefficients for degree {degree}",
                "ko": f"{degree}차일 때의 계수",
            },
        )


def test_early_stopping_worked_example(student):
    for patience, expected in ((1, [1, 2]), (2, [1, 3]), (3, [4, 4])):
        best, last = student.generalisation.early_stopping([1.0, 0.7, 0.8, 0.75, 0.6], patience)
        expect_close(
            [best, last],
            expected,
            what={
                "en": f"best and last with patience {patience}",
                "ko": f"patience가 {patience}일 때의 best와 last",
            },
        )


def test_l2_minimum_worked_example(student):
    expect_close(student.generalisation.l2_minimum(torch.tensor([3.0, 0.5]), 1.0), [1.5, 0.25])


def test_l1_minimum_worked_example(student):
    expect_close(student.generalisation.l1_minimum(torch.tensor([3.0, 0.5]), 1.0), [2.0, 0.0])


def test_collapse_worked_example(student):
    weights = [torch.tensor([[1.0, 2.0], [0.0, 1.0]]), torch.tensor([[1.0], [-1.0]])]
    W, b = student.generalisation.collapse(weights, [torch.tensor([1.0, 0.0]), torch.tensor([3.0])])
    expect_close(W, [[-1.0], [-1.0]], what="W")
    expect_close(b, [4.0], what="b")
