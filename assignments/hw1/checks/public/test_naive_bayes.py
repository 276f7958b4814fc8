"""Public checks of naive_bayes.py."""

import numpy as np

from grader.checking.expect import expect_array, expect_close

THE_JOINT = {"en": "the joint log-probability", "ko": "결합 로그 확률"}
THE_IDS = {"en": "the list of ids", "ko": "id 목록"}

# 무료 쿠폰 클릭 회의 내일 점심; spam: 무료 쿠폰 무료 | 쿠폰 클릭, ham: 회의 내일 | 내일 점심 회의 내일
COUNTS = np.array([[2, 1, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 0], [0, 0, 0, 1, 2, 1]])
LABELS = np.array([1, 1, 0, 0])


def test_nb_fit_worked_example(student):
    model = student.naive_bayes.NaiveBayes()
    model.fit(COUNTS, LABELS)
    expect_close(
        np.exp(model.class_log_prior_), [0.5, 0.5], what={"en": "the prior", "ko": "사전확률"}
    )
    expect_array(model.feature_log_prob_, (2, 6), what="feature_log_prob_")
    likelihood = np.exp(model.feature_log_prob_)
    expect_close(
        likelihood[1],
        np.array([3, 3, 2, 1, 1, 1]) / 11,
        what={"en": "P(word | spam)", "ko": "P(단어 | 스팸)"},
    )
    expect_close(
        likelihood[0],
        np.array([1, 1, 1, 3, 4, 2]) / 12,
        what={"en": "P(word | ham)", "ko": "P(단어 | 정상)"},
    )


DOCUMENT = np.array([[1, 0, 0, 1, 0, 0]])  # 무료 회의


# Each step is compared with your own step before it, so that a slip is paid for once. With the
# handout's tables the joint is (ln 3/288, ln 3/242), and P(spam) is 288/530.
def test_nb_joint_worked_example(student):
    model = student.naive_bayes.NaiveBayes()
    model.fit(COUNTS, LABELS)
    joint = model.class_log_prior_ + model.feature_log_prob_[:, 0] + model.feature_log_prob_[:, 3]
    expect_close(model.joint_log_likelihood(DOCUMENT), [joint], what=THE_JOINT)


def test_nb_log_proba_worked_example(student):
    model = student.naive_bayes.NaiveBayes()
    model.fit(COUNTS, LABELS)
    joint = model.joint_log_likelihood(DOCUMENT)
    expect_array(joint, (1, 2), what=THE_JOINT)
    expect_close(model.predict_log_proba(DOCUMENT), joint - np.logaddexp(*joint[0]))


def test_nb_predict_worked_example(student):
    model = student.naive_bayes.NaiveBayes()
    model.fit(COUNTS, LABELS)
    joint = model.joint_log_likelihood(DOCUMENT)
    expect_array(joint, (1, 2), what=THE_JOINT)
    expect_close(
        model.predict(DOCUMENT), joint.argmax(axis=1), what={"en": "the prediction", "ko": "예측"}
    )


# From your own tables. With the handout's, 무료 and 쿠폰 speak for spam alike, then comes 클릭; for ham
# it is 내일, 회의, 점심.
def test_most_informative_worked_example(student):
    model = student.naive_bayes.NaiveBayes()
    model.fit(COUNTS, LABELS)
    table = model.feature_log_prob_
    expected = np.argsort(table[1] - table[0], kind="stable")[:3]
    ids = student.naive_bayes.most_informative(model, 3, positive=0, negative=1)
    expect_close(ids, expected, what=THE_IDS)


def test_most_informative_ties_in_the_worked_example(student):
    model = student.naive_bayes.NaiveBayes()
    model.fit(COUNTS, LABELS)
    table = model.feature_log_prob_
    expected = np.argsort(table[0] - table[1], kind="stable")[:3]
    expect_close(student.naive_bayes.most_informative(model, 3), expected, what=THE_IDS)
