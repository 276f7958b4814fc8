"""Public checks of naive_bayes.py."""

import numpy as np

from grader.checking.expect import expect_array, expect_close, expect_equal

# 무료 쿠폰 클릭 회의 내일 점심; spam: 무료 쿠폰 무료 | 쿠폰 클릭, ham: 회의 내일 | 내일 점심 회의 내일
COUNTS = np.array([[2, 1, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 0], [0, 0, 0, 1, 2, 1]])
LABELS = np.array([1, 1, 0, 0])


def test_nb_fit_worked_example(student):
    model = student.naive_bayes.NaiveBayes()
    model.fit(COUNTS, LABELS)
    expect_close(np.exp(model.class_log_prior_), [0.5, 0.5], what="the prior")
    expect_array(model.feature_log_prob_, (2, 6), "float64", "feature_log_prob_")
    likelihood = np.exp(model.feature_log_prob_)
    expect_close(likelihood[1], np.array([3, 3, 2, 1, 1, 1]) / 11, what="P(word | spam)")
    expect_close(likelihood[0], np.array([1, 1, 1, 3, 4, 2]) / 12, what="P(word | ham)")


def test_nb_predict_worked_example(student):
    model = student.naive_bayes.NaiveBayes()
    model.fit(COUNTS, LABELS)
    document = np.array([[1, 0, 0, 1, 0, 0]])  # 무료 회의
    expect_close(np.exp(model.joint_log_likelihood(document)), [[3 / 288, 3 / 242]], what="the joint")
    expect_close(np.exp(model.predict_log_proba(document)), [[242 / 530, 288 / 530]])
    expect_equal(model.predict(document).tolist(), [1])


def test_most_informative_worked_example(student):
    model = student.naive_bayes.NaiveBayes()
    model.fit(COUNTS, LABELS)
    # 무료 and 쿠폰 speak for spam alike; of equal words the smaller id comes first
    expect_equal(student.naive_bayes.most_informative(model, 3), [0, 1, 2])
