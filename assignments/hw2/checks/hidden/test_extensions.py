"""Hidden checks of extensions.py (bonus)."""

import math
import random

import pytest
import torch

from grader.checking.expect import expect_close, expect_equal, expect_error, expect_tensor


def test_one_hot_looks_up_rows(student):
    ids = torch.tensor([3, 0, 3, 4])
    rows, after = student.with_arguments(student.extensions.one_hot, ids, 5)
    expect_tensor(rows, (4, 5), what="the rows")
    rows, table = rows.double(), torch.arange(10.0, dtype=torch.float64).reshape(5, 2)
    expect_close(rows @ table, table[ids], what="the product with a table")
    expect_close(rows.sum(dim=1), torch.ones(4), what="the sum of a row")
    expect_equal(after, [ids, 5], "the arguments after the call")


@pytest.mark.parametrize("wrong", [5, -1])
def test_one_hot_refuses_an_unknown_id(student, wrong):
    with expect_error(ValueError, naming="ids"):
        student.extensions.one_hot(torch.tensor([0, wrong]), 5)


def some_counts(seed=0, words=6):
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand(words, words, generator=generator, dtype=torch.float64)
    return torch.where(drawn < 0.3, 0.0, 20 * drawn)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_ppmi_equals_the_formula(student, dtype):
    X = some_counts().to(dtype) / 10  # harmonic weights give entries below 1, too
    value, after = student.with_arguments(student.extensions.ppmi, X)
    expect_tensor(value, (6, 6), str(dtype).removeprefix("torch."), "the result")
    rows, columns, total = X.sum(dim=1).tolist(), X.sum(dim=0).tolist(), float(X.sum())
    expected = [
        [
            max(0.0, math.log(x * total / (rows[i] * columns[j]))) if x > 0 else 0.0
            for j, x in enumerate(row)
        ]
        for i, row in enumerate(X.tolist())
    ]
    expect_close(value, expected, what="the positive pointwise mutual information")
    expect_equal(after, [X], "the argument after the call")


def test_ppmi_of_independent_words(student):
    X = torch.outer(torch.tensor([1.0, 2.0, 5.0]), torch.tensor([3.0, 4.0, 1.0])).double()
    expect_close(student.extensions.ppmi(X), torch.zeros(3, 3), what="independence")


def test_ppmi_of_a_word_without_neighbours(student):
    X = some_counts(1)
    X[2] = 0
    X[:, 2] = 0
    value = student.extensions.ppmi(X)
    expect_close(value[2], torch.zeros(6), what="the row of a word without neighbours")
    assert torch.isfinite(value).all(), "all entries must be finite"


def test_ppmi_refuses_a_negative_count(student):
    X = some_counts()
    X[0, 1] = -1
    with expect_error(ValueError, naming="X"):
        student.extensions.ppmi(X)


def low_rank(rank=3, words=7):
    generator = torch.Generator().manual_seed(4)
    left, right = (torch.randn(words, rank, generator=generator, dtype=torch.float64) for _ in "ab")
    return left @ right.T


@pytest.mark.parametrize("k", [3, 5, 7])
def test_lsa_of_full_rank_keeps_all_products(student, k):
    X = low_rank()
    value, after = student.with_arguments(student.extensions.lsa, X, k)
    expect_tensor(value, (7, k), "float64", "the result")
    expect_close(value @ value.T, X @ X.T, what="the products of the rows")
    expect_equal(after, [X, k], "the arguments after the call")


def test_lsa_keeps_the_largest_part(student):
    X = low_rank(5)
    value = student.extensions.lsa(X, 2)
    expect_tensor(value, (7, 2), "float64", "the result")
    left, values, _ = torch.linalg.svd(X)
    best = (left[:, :2] * values[:2] ** 2) @ left[:, :2].T
    expect_close(value @ value.T, best, what="the products of the rows for k = 2")


@pytest.mark.parametrize("k", [0, 8])
def test_lsa_refuses_an_impossible_k(student, k):
    with expect_error(ValueError, naming="k"):
        student.extensions.lsa(low_rank(), k)


def test_counting_finds_planted_topics(student):
    draw = random.Random(5)
    X = torch.zeros(20, 20, dtype=torch.float64)
    for _ in range(3000):
        topic = draw.randrange(4)
        # a pair of words of one topic, each replaced by any word with probability 0.3
        pair = [
            draw.randrange(20) if draw.random() < 0.3 else 5 * topic + draw.randrange(5)
            for _ in "ab"
        ]
        X[pair[0], pair[1]] += 1
        X[pair[1], pair[0]] += 1
    vectors = student.extensions.lsa(student.extensions.ppmi(X), 4)
    expect_tensor(vectors, (20, 4), "float64", "the vectors")
    units = vectors / vectors.norm(dim=1, keepdim=True).clamp(min=1e-12)
    near = (units @ units.T).fill_diagonal_(-2).topk(4, dim=1).indices
    own = (near // 5 == (torch.arange(20) // 5).unsqueeze(1)).double().mean()
    assert own >= 0.8, f"{own:.0%} of the neighbours share the word's topic; chance level is 21%"
