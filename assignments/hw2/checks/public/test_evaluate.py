"""Public checks of evaluate.py."""

import torch

from grader.checking.expect import expect_close, expect_equal, expect_type

ROYAL = ["man", "woman", "king", "queen", "apple"]
# first axis: royal or not; second: man or woman
PLACES = torch.tensor(
    [[1, 3, 0], [1, -3, 0], [3, 1, 0], [3, -1, 0], [0, 0, 2]], dtype=torch.float64
)


def test_nearest_worked_example(student):
    tokens = ["비", "눈", "책", "글"]
    vectors = torch.tensor([[3, 4], [6, 8], [4, 3], [-4, 3]], dtype=torch.float64)
    found = student.evaluate.nearest(tokens, vectors, "비", 2)
    expect_type(found, list)
    expect_equal([word for word, _ in found], ["눈", "책"], "the words nearest to 비")
    expect_close([cosine for _, cosine in found], [1.0, 0.96], what="their cosines")


def test_analogy_worked_example(student):
    found = student.evaluate.analogy(ROYAL, PLACES, "man", "king", "woman")
    expect_equal(found, ["queen"], "man is to king as woman is to ...")


def test_spearman_worked_example(student):
    value = student.evaluate.spearman([1, 2, 2, 3], [1, 3, 2, 4])
    expect_type(value, float)
    expect_close(
        value, 3 / 10**0.5, what="the correlation of the ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4"
    )
