"""Public checks of memm.py."""

import math

import numpy as np

from grader.checking.expect import expect_close, expect_equal, expect_true

THE_PATH = {"en": "the path", "ko": "경로"}
THE_LOG_PROB = {"en": "the log-probability", "ko": "로그 확률"}

# e^scores: (3, 2) at step 0; at step 1 (2, 1) from tag 0 and (9, 6) from tag 1
SCORES = np.log([[[3.0, 2.0], [1.0, 1.0]], [[2.0, 1.0], [9.0, 6.0]]])


def test_locally_normalised_worked_example(student):
    path, log_prob = student.memm.locally_normalised(SCORES)
    expect_close(path, [0, 0], what=THE_PATH)
    expect_close(log_prob, math.log(0.4), what=THE_LOG_PROB)


def test_globally_normalised_worked_example(student):
    path, log_prob = student.memm.globally_normalised(SCORES)
    expect_close(path, [1, 0], what=THE_PATH)
    expect_close(log_prob, math.log(18 / 39), what=THE_LOG_PROB)


def test_features_worked_example(student):
    calls = [([word, "ran"], 0, None) for word in ("Kim", "DNA", "kim", "dna")]
    kim, dna, small_kim, small_dna = map(set, student.map(student.memm.features, calls))
    expect_true(
        kim != small_kim,
        {
            "en": "Kim and kim must have different features",
            "ko": "Kim과 kim의 자질은 서로 달라야 합니다",
        },
    )
    shared = (kim & dna) - small_kim - small_dna
    expect_true(
        shared,
        {
            "en": "Kim and DNA must share a feature that kim and dna do not have: the capital",
            "ko": "Kim과 DNA에는 kim과 dna에 없는 공통 자질(대문자)이 있어야 합니다",
        },
    )


SENTENCES = [
    [("Kim", "NAME"), ("ran", "VERB")],
    [("dogs", "NOUN"), ("ran", "VERB")],
    [("dogs", "NOUN"), ("saw", "VERB"), ("Kim", "NAME")],
]


def test_memm_worked_example(student):
    model = student.memm.MEMM(["NOUN", "VERB", "NAME"])
    model.fit(SENTENCES)
    tags = list(model.decode(["Kim", "saw", "dogs"]))
    expect_equal(tags[0], "NAME", {"en": "the tag of Kim", "ko": "Kim의 태그"})


def test_memm_next_tags_worked_example(student):
    model = student.memm.MEMM(["NOUN", "VERB", "NAME"])
    model.fit(SENTENCES)
    step = model.log_prob_next(["Kim", "ran"], 0, None)
    expect_equal(len(step), 3, {"en": "the number of probabilities", "ko": "확률의 수"})
    expect_close(
        float(np.exp(step).sum()),
        1.0,
        what={"en": "the sum of the probabilities", "ko": "확률의 합"},
    )
