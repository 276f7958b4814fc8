"""Public checks of estimate.py."""

import math

import numpy as np

from grader.checking.expect import expect_close, expect_equal

# words 0 = 나는, 1 = 새, 2 = 난다; tags 0 = noun, 1 = verb
SEQUENCES, TAGS = [[0, 2], [0, 1, 2]], [[0, 1], [1, 0, 1]]
TRELLIS = tuple(
    np.log(table)
    for table in ([0.7, 0.3], [[0.6, 0.4], [0.2, 0.8]], [[0.3, 0.4, 0.3], [0.1, 0.4, 0.5]])
)


def test_estimate_worked_example(student):
    hmm = student.estimate.estimate(SEQUENCES, TAGS, 2, 3)
    expect_close(np.exp(hmm.log_pi), [1 / 2, 1 / 2], what="pi")
    expect_close(np.exp(hmm.log_A), [[0, 1], [1, 0]], what="A")
    expect_close(np.exp(hmm.log_B), [[1 / 2, 1 / 2, 0], [1 / 3, 0, 2 / 3]], what="B")


def test_estimate_with_alpha_worked_example(student):
    hmm = student.estimate.estimate(SEQUENCES, TAGS, 2, 3, alpha=1.0)
    expect_close(np.exp(hmm.log_pi), [1 / 2, 1 / 2], what="pi")
    expect_close(np.exp(hmm.log_A), [[1 / 4, 3 / 4], [2 / 3, 1 / 3]], what="A")
    expect_close(np.exp(hmm.log_B), [[2 / 5, 2 / 5, 1 / 5], [1 / 3, 1 / 6, 1 / 2]], what="B")


def test_sequence_log_prob_worked_example(student):
    hmm = student.estimate.HMM(*TRELLIS)
    value = student.estimate.sequence_log_prob(hmm, [1, 2, 0], [0, 0, 0])
    expect_close(value, math.log(0.009072), what={"en": "the log-probability", "ko": "로그 확률"})


def test_sample_worked_example(student):
    # a model without chance: tags 0 1 0 1, words 2 0 2 0
    with np.errstate(divide="ignore"):
        tables = np.log([1.0, 0.0]), np.log([[0.0, 1], [1, 0]]), np.log([[0.0, 0, 1], [1, 0, 0]])
    sample = student.estimate.sample(student.estimate.HMM(*tables), 4, 0)
    words, tags = ([int(i) for i in part] for part in sample)
    expect_equal(
        (words, tags), ([2, 0, 2, 0], [0, 1, 0, 1]), {"en": "(words, tags)", "ko": "(단어, 태그)"}
    )
