"""Public checks of metrics.py."""

import math

import torch

from grader.checking.expect import expect_close, expect_tensor

LOGITS = torch.tensor([[2.0, 1.0, 0.0, 0.0, 0.0], [0.0] * 5], dtype=torch.float64)


def test_cross_entropy_worked_example(student):
    loss = student.metrics.cross_entropy
    value = loss(LOGITS[:1], torch.tensor([0]))
    expect_close(
        value,
        0.573172,
        atol=1e-6,
        what={"en": "the loss of the first target", "ko": "첫째 정답의 손실"},
    )
    value = loss(LOGITS[1:], torch.tensor([3]))
    expect_close(
        value,
        math.log(5),
        atol=1e-6,
        what={"en": "the loss of a uniform guess", "ko": "확률이 모두 같을 때의 손실"},
    )
    value = loss(LOGITS, torch.tensor([0, 3]))
    expect_close(
        value,
        1.091305,
        atol=1e-6,
        what={"en": "the mean loss of both targets", "ko": "두 정답의 평균 손실"},
    )


def test_cross_entropy_keeps_float32(student):
    for dtype, name in ((torch.float32, "float32"), (torch.float64, "float64")):
        value = student.metrics.cross_entropy(LOGITS.to(dtype), torch.tensor([0, 3]))
        expect_tensor(value, (), name, {"en": "the loss", "ko": "손실"})


def test_cross_entropy_ignores_the_first_target(student):
    value = student.metrics.cross_entropy(LOGITS, torch.tensor([0, 3]), ignore_index=0)
    expect_close(
        value,
        math.log(5),
        atol=1e-6,
        what={"en": "the loss with the first target ignored", "ko": "첫째 정답을 무시한 손실"},
    )


def test_cross_entropy_smooths_the_first_target(student):
    value = student.metrics.cross_entropy(LOGITS[:1], torch.tensor([0]), label_smoothing=0.1)
    expect_close(
        value,
        0.713172,
        atol=1e-6,
        what={"en": "the loss with label smoothing 0.1", "ko": "레이블 평활화가 0.1일 때의 손실"},
    )


NLL = 9 * math.log(2)  # four tokens of probability 1/2, 1/4, 1/8 and 1/8


def test_perplexity_worked_example(student):
    expect_close(
        student.metrics.perplexity(NLL, 4),
        4.756828460,
        what={"en": "the perplexity", "ko": "펄플렉시티"},
    )


def test_bits_worked_example(student):
    expect_close(
        student.metrics.bits_per_token(NLL / 4),
        2.25,
        what={"en": "the number of bits per token", "ko": "토큰당 비트 수"},
    )


def test_entropy_worked_example(student):
    p = torch.tensor([0.5, 0.25, 0.25], dtype=torch.float64)
    expect_close(
        student.metrics.entropy(p), 1.5 * math.log(2), what={"en": "the entropy", "ko": "엔트로피"}
    )


def test_corpus_perplexity_worked_example(student):
    # one token of probability 1/8, and nine of 1/2 each
    one = torch.full((1, 8), 0.0, dtype=torch.float64), torch.tensor([3])
    nine = torch.full((9, 2), 0.0, dtype=torch.float64), torch.tensor([0, 1] * 4 + [1])
    got = student.metrics.corpus_perplexity([one, nine])
    expect_close(
        got, 2**1.2, what={"en": "the perplexity of both batches", "ko": "두 배치의 펄플렉시티"}
    )
