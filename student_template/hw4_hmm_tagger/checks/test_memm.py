"""Public checks of memm.py."""

import math

import numpy as np

from grader.checking.expect import expect_close, expect_equal

# e^scores: (3, 2) at step 0; at step 1 (2, 1) from tag 0 and (9, 6) from tag 1
SCORES = np.log([[[3.0, 2.0], [1.0, 1.0]], [[2.0, 1.0], [9.0, 6.0]]])


def test_locally_normalised_worked_example(student):
    path, log_prob = student.memm.locally_normalised(SCORES)
    expect_close(path, [0, 0], what="the path")
    expect_close(log_prob, math.log(0.4), what="the log-probability")


def test_globally_normalised_worked_example(student):
    path, log_prob = student.memm.globally_normalised(SCORES)
    expect_close(path, [1, 0], what="the path")
    expect_close(log_prob, math.log(18 / 39), what="the log-probability")


def test_features_worked_example(student):
    calls = [([word, "ran"], 0, None) for word in ("Kim", "Joe", "kim", "joe")]
    kim, joe, small_kim, small_joe = map(set, student.map(student.memm.features, calls))
    assert kim != small_kim, "Kim and kim must have different features"
    shared = (kim & joe) - small_kim - small_joe
    assert shared, "Kim and Joe must share a feature that kim and joe do not have: the capital"


SENTENCES = [
    [("Kim", "NAME"), ("ran", "VERB")],
    [("dogs", "NOUN"), ("ran", "VERB")],
    [("dogs", "NOUN"), ("saw", "VERB"), ("Kim", "NAME")],
]


def test_memm_worked_example(student):
    model = student.memm.MEMM(["NOUN", "VERB", "NAME"])
    model.fit(SENTENCES)
    tags = list(model.decode(["Kim", "saw", "dogs"]))
    expect_equal(tags[0], "NAME", "the tag of Kim")


def test_memm_next_tags_worked_example(student):
    model = student.memm.MEMM(["NOUN", "VERB", "NAME"])
    model.fit(SENTENCES)
    step = model.log_prob_next(["Kim", "ran"], 0, None)
    expect_close(float(np.exp(step).sum()), 1.0, what="the sum of the probabilities")
