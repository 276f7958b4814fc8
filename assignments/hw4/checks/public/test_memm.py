"""Public checks of memm.py."""

import math

import numpy as np

from grader.checking.expect import expect_array, expect_close, expect_equal, expect_type

# e^scores: (3, 2) at step 0; at step 1 (2, 1) from tag 0 and (9, 6) from tag 1
SCORES = np.log([[[3.0, 2.0], [1.0, 1.0]], [[2.0, 1.0], [9.0, 6.0]]])


def test_locally_normalised_worked_example(student):
    path, log_prob = student.memm.locally_normalised(SCORES)
    expect_array(path, (2,), "int64", "the path")
    expect_equal(path.tolist(), [0, 0], "the path")
    expect_type(log_prob, float, "the log-probability")
    expect_close(log_prob, math.log(0.4), what="the log-probability")


def test_globally_normalised_worked_example(student):
    path, log_prob = student.memm.globally_normalised(SCORES)
    expect_array(path, (2,), "int64", "the path")
    expect_equal(path.tolist(), [1, 0], "the path")
    expect_type(log_prob, float, "the log-probability")
    expect_close(log_prob, math.log(18 / 39), what="the log-probability")


def test_features_worked_example(student):
    result = student.memm.features(["Kim", "ran"], 0, None)
    expect_type(result, list, "the features")
    for feature in result:
        expect_type(feature, str, "a feature")
    other = student.memm.features(["kim", "ran"], 0, None)
    assert set(result) != set(other), "Kim and kim must have different features"


def test_memm_worked_example(student):
    sentences = [
        [("Kim", "NAME"), ("ran", "VERB")],
        [("dogs", "NOUN"), ("ran", "VERB")],
        [("dogs", "NOUN"), ("saw", "VERB"), ("Kim", "NAME")],
    ]
    model = student.memm.MEMM(["NOUN", "VERB", "NAME"])
    model.fit(sentences)
    step = model.log_prob_next(["Kim", "ran"], 0, None)
    expect_array(step, (3,), "float64", "the log-probabilities")
    expect_close(float(np.exp(step).sum()), 1.0, what="the sum of the probabilities")
    expect_equal(model.decode(["Kim", "saw", "dogs"])[0], "NAME", "the tag of Kim")
