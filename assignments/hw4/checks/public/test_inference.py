"""Public checks of inference.py."""

import math

import numpy as np

from grader.checking.expect import expect_close, expect_equal

TRELLIS = tuple(
    np.log(table)
    for table in ([0.7, 0.3], [[0.6, 0.4], [0.2, 0.8]], [[0.3, 0.4, 0.3], [0.1, 0.4, 0.5]])
)
WORDS = [1, 2, 0]


def test_forward_worked_example(student):
    alpha, _ = student.inference.forward_log(*TRELLIS, WORDS)
    expected = [[0.28, 0.12], [0.0576, 0.104], [0.016608, 0.010624]]
    expect_close(np.exp(alpha), expected, what="alpha")


def test_likelihood_worked_example(student):
    _, log_likelihood = student.inference.forward_log(*TRELLIS, WORDS)
    expect_close(
        log_likelihood, math.log(0.027232), what={"en": "the log-likelihood", "ko": "로그 우도"}
    )


def test_backward_worked_example(student):
    beta = student.inference.backward_log(*TRELLIS, WORDS)
    expect_close(np.exp(beta), [[0.0676, 0.0692], [0.22, 0.14], [1, 1]], what="beta")


def test_posterior_worked_example(student):
    expected = [[0.695065, 0.304935], [0.465335, 0.534665], [0.609871, 0.390129]]
    got = student.inference.posterior(*TRELLIS, WORDS)
    expect_close(got, expected, rtol=0, atol=1e-6, what={"en": "the posterior", "ko": "사후확률"})


def test_posterior_decode_worked_example(student):
    path = student.inference.posterior_decode(*TRELLIS, WORDS)
    expect_close(path, [0, 1, 0], what={"en": "the path", "ko": "경로"})


def test_expected_counts_worked_example(student):
    counts = student.inference.expected_counts(*TRELLIS, WORDS)
    expected = (
        [0.695065, 0.304935],
        [[0.787897, 0.372503], [0.287309, 0.552291]],
        [[0.609871, 0.695065, 0.465335], [0.390129, 0.304935, 0.534665]],
    )
    names = (
        {"en": "the count of starts", "ko": "시작 횟수"},
        {"en": "the count of transitions", "ko": "전이 횟수"},
        {"en": "the count of emissions", "ko": "방출 횟수"},
    )
    for got, wanted, name in zip(counts, expected, names, strict=True):
        expect_close(got, wanted, rtol=0, atol=1e-6, what=name)


def test_baum_welch_worked_example(student):
    # with a single tag all is certain: the words' shares, from the first step on
    hmm, _ = student.inference.baum_welch([[0, 1, 0]], 1, 2, 2, 0)
    expect_close(np.exp(hmm.log_B), [[2 / 3, 1 / 3]], rtol=0, atol=1e-6, what="B")


def test_baum_welch_figures_worked_example(student):
    # with a single tag the likelihood is the product of the words' probabilities
    hmm, figures = student.inference.baum_welch([[0, 1, 0]], 1, 2, 2, 0)
    expect_equal(len(figures), 3, {"en": "the number of log-likelihoods", "ko": "로그 우도의 수"})
    own = float(hmm.log_B[0][0] * 2 + hmm.log_B[0][1])
    expect_close(
        figures[-1],
        own,
        rtol=1e-6,
        what={"en": "the log-likelihood of the returned model", "ko": "반환한 모델의 로그 우도"},
    )
