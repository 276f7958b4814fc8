"""Public checks of extensions.py (bonus)."""

import torch

from grader.checking.expect import expect_close, expect_equal

EMISSIONS = torch.tensor([[1.0, 0.0], [0.0, 0.5]], dtype=torch.float64)
TRANSITIONS = torch.tensor([[0.2, 1.0], [0.0, -0.3]], dtype=torch.float64)


def test_crf_worked_example(student):
    log_z = student.extensions.crf_log_partition(EMISSIONS, TRANSITIONS)
    expect_close(
        log_z,
        2.874920,
        rtol=0,
        atol=1e-6,
        what={"en": "the log partition function", "ko": "로그 분배 함수"},
    )


def test_crf_nll_worked_example(student):
    nll = student.extensions.crf_nll(EMISSIONS, TRANSITIONS, torch.tensor([0, 1]))
    expect_close(
        nll,
        0.374920,
        rtol=0,
        atol=1e-6,
        what={"en": "the negative log-likelihood", "ko": "음의 로그 우도"},
    )


def test_text_cnn_worked_example(student):
    model = student.extensions.TextCNN(9, 4, [2, 3], 5, 2)
    logits = model(torch.tensor([[1, 2, 3, 4], [5, 6, 7, 8], [0, 0, 0, 0]]))
    expect_equal(
        tuple(logits.shape), (3, 2), {"en": "the shape of the logits", "ko": "로짓의 모양(shape)"}
    )
