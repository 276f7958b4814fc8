"""Public checks of evaluate.py."""

import torch

from grader.checking.expect import expect_close, expect_equal

ROYAL = ["man", "woman", "king", "queen", "apple"]
# first axis: royal or not; second: man or woman
PLACES = torch.tensor(
    [[1, 3, 0], [1, -3, 0], [3, 1, 0], [3, -1, 0], [0, 0, 2]], dtype=torch.float64
)


def test_nearest_worked_example(student):
    tokens = ["비", "눈", "책", "글"]
    vectors = torch.tensor([[3, 4], [6, 8], [4, 3], [-4, 3]], dtype=torch.float64)
    found = student.evaluate.nearest(tokens, vectors, "비", 2)
    expect_equal(
        [word for word, _ in found],
        ["눈", "책"],
        {"en": "the list of words nearest to 비", "ko": "'비'와 가장 가까운 단어"},
    )
    cosines = [float(cosine) for _, cosine in found]
    expect_close(
        cosines, [1.0, 0.96], rtol=1e-4, what={"en": "the list of cosines", "ko": "코사인"}
    )


def test_analogy_worked_example(student):
    found = student.evaluate.analogy(ROYAL, PLACES, "man", "king", "woman")
    expect_equal(
        list(found),
        ["queen"],
        {"en": "the answer to man : king = woman : ?", "ko": "man : king = woman : ?의 답"},
    )


def test_spearman_of_ranks_without_ties(student):
    # ranks 1 2 3 4 and 1 3 2 4, minus their mean 2.5: 4 / sqrt(5 * 5)
    value = student.evaluate.spearman([10, 20, 30, 40], [1, 8, 4, 100])
    expect_close(
        value,
        0.8,
        rtol=1e-4,
        what={
            "en": "the correlation of the ranks 1, 2, 3, 4 and 1, 3, 2, 4",
            "ko": "순위 1, 2, 3, 4와 1, 3, 2, 4의 상관계수",
        },
    )


def test_spearman_worked_example(student):
    value = student.evaluate.spearman([1, 2, 2, 3], [1, 3, 2, 4])
    expect_close(
        value,
        3 / 10**0.5,
        rtol=1e-4,
        what={
            "en": "the correlation of the ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4",
            "ko": "순위 1, 2.5, 2.5, 4와 1, 3, 2, 4의 상관계수",
        },
    )
