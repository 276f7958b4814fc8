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
    # from your own tables, so that a slip in fit costs nothing here; with the handout's tables
    # the joint is 3/288 and 3/242, and P(spam) is 288/530
    joint = model.class_log_prior_ + model.feature_log_prob_[:, 0] + model.feature_log_prob_[:, 3]
    expect_close(model.joint_log_likelihood(document), [joint], what="the joint")
    evidence = np.logaddexp(*joint)
    expect_close(model.predict_log_proba(document), [joint - evidence])
    expect_equal(model.predict(document).tolist(), [int(joint.argmax())])


def test_most_informative_worked_example(student):
    model = student.naive_bayes.NaiveBayes()
    model.fit(COUNTS, LABELS)
    # from your own tables; with the handout's, 무료 and 쿠폰 speak for spam alike, then 클릭
    table = model.feature_log_prob_
    expected = np.argsort(table[0] - table[1], kind="stable")[:3].tolist()
    expect_equal(student.naive_bayes.most_informative(model, 3), expected)
