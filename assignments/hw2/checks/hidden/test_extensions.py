"""Hidden checks of extensions.py (bonus)."""

import math
import random

import pytest
import torch

from grader.checking.expect import expect_close, expect_error, expect_tensor

# Core checks judge values: numbers to this bar, whatever they are stored in.
NEAR = {"rtol": 1e-4, "atol": 1e-4}

# ---- one_hot -------------------------------------------------------------------------------------


def test_one_hot_looks_up_rows(student):
    ids = torch.tensor([3, 0, 3, 4])
    rows = student.extensions.one_hot(ids, 7)  # the last two words of the vocabulary do not occur
    expect_tensor(rows, (4, 7), what="the rows")
    rows, table = rows.double(), torch.arange(14.0, dtype=torch.float64).reshape(7, 2)
    expect_close(rows @ table, table[ids], what="the product with a table")
    expect_close(rows.sum(dim=1), torch.ones(4), what="the sum of a row")


@pytest.mark.parametrize(("ids", "V"), [([], 3), ([0], 1)])
def test_one_hot_of_a_few_ids(student, ids, V):
    rows = student.extensions.one_hot(torch.tensor(ids, dtype=torch.int64), V)
    expect_tensor(rows, (len(ids), V), what="the rows")
    expect_close(rows, torch.eye(V)[ids], what="the rows")


@pytest.mark.parametrize("wrong", [5, -1])
def test_one_hot_refuses_an_unknown_id(student, wrong):
    with expect_error(ValueError, naming="ids"):
        student.extensions.one_hot(torch.tensor([0, wrong]), 5)


# ---- ppmi ----------------------------------------------------------------------------------------


def some_counts(seed=0, words=6):
    """Counts from 6 to 20, about a third of them 0, the same in both orders."""
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand(words, words, generator=generator, dtype=torch.float64)
    return symmetric(torch.where(drawn < 0.3, 0.0, 20 * drawn))


def symmetric(X):
    return torch.triu(X) + torch.triu(X, 1).T


def own_ppmi(X):
    rows, columns, total = X.sum(dim=1).tolist(), X.sum(dim=0).tolist(), float(X.sum())
    return [
        [
            max(0.0, math.log(x * total / (rows[i] * columns[j]))) if x > 0 else 0.0
            for j, x in enumerate(row)
        ]
        for i, row in enumerate(X.tolist())
    ]


def expect_ppmi(student, X):
    what = "the positive pointwise mutual information"
    expect_close(student.extensions.ppmi(X), own_ppmi(X), **NEAR, what=what)


def test_ppmi_equals_the_formula(student):
    expect_ppmi(student, some_counts())


def test_ppmi_of_counts_below_one(student):
    expect_ppmi(student, some_counts(2) / 25)  # as harmonic weights give


def test_ppmi_of_a_table_that_is_not_symmetric(student):
    X = some_counts(3)
    X[0] *= 4
    X[:, 2] *= 0.3
    expect_ppmi(student, X)


def test_ppmi_of_a_word_without_neighbours(student):
    X = some_counts(1)
    X[2] = 0
    X[:, 2] = 0
    value = student.extensions.ppmi(X)
    expect_close(value[2], torch.zeros(6), what="the row of a word without neighbours")
    assert torch.isfinite(value).all(), "all entries must be finite"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_ppmi_keeps_the_dtype(student, dtype):
    X = some_counts().to(getattr(torch, dtype))
    value = student.extensions.ppmi(X)
    expect_tensor(value, (6, 6), dtype, "the result")
    expect_close(value, own_ppmi(X), what="the positive pointwise mutual information")


def test_ppmi_refuses_a_negative_count(student):
    X = some_counts()
    X[0, 1] = -1
    with expect_error(ValueError, naming="X"):
        student.extensions.ppmi(X)


def test_ppmi_refuses_what_is_not_square(student):
    for X in (some_counts()[:3], some_counts()[:, :3]):
        with expect_error(ValueError, naming="X"):
            student.extensions.ppmi(X)


# ---- lsa -----------------------------------------------------------------------------------------


def low_rank(rank=3, words=7):
    generator = torch.Generator().manual_seed(4)
    left, right = (torch.randn(words, rank, generator=generator, dtype=torch.float64) for _ in "ab")
    return left @ right.T


def same_vectors(rank=3):
    """A symmetric table whose singular vectors are its eigenvectors."""
    X = low_rank(rank)
    return X @ X.T / 4


@pytest.mark.parametrize("k", [3, 5, 7])
def test_lsa_of_full_rank_keeps_all_products(student, k):
    X = same_vectors()
    value = student.extensions.lsa(X, k)
    expect_tensor(value, (7, k), what="the result")
    expect_close(value @ value.T, X @ X.T, **NEAR, what="the products of the rows")


def expect_largest(student, X, k, bar):
    value = student.extensions.lsa(X, k)
    expect_tensor(value, (7, k), what="the result")
    left, values, _ = torch.linalg.svd(X)
    best = (left[:, :k] * values[:k] ** 2) @ left[:, :k].T
    expect_close(value @ value.T, best, **bar, what=f"the products of the rows for k = {k}")
    expect_close(value.norm(dim=0), values[:k], **bar, what="the lengths of the columns")


def test_lsa_keeps_the_largest_part(student):
    expect_largest(student, same_vectors(5), 2, NEAR)


def test_lsa_of_a_table_that_is_not_symmetric(student):
    expect_largest(student, low_rank(5), 2, NEAR)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_lsa_keeps_the_dtype(student, dtype):
    X = low_rank(5).to(getattr(torch, dtype))
    expect_tensor(student.extensions.lsa(X, 2), (7, 2), dtype, "the result")
    exact = {"rtol": 1e-9, "atol": 1e-9}
    expect_largest(student, X, 2, exact if dtype == "float64" else {"rtol": 1e-3, "atol": 1e-3})


@pytest.mark.parametrize("k", [0, -1, 8])
def test_lsa_refuses_an_impossible_k(student, k):
    with expect_error(ValueError, naming="k"):
        student.extensions.lsa(low_rank(), k)


def test_lsa_refuses_what_is_not_square(student):
    for X in (low_rank()[:5], low_rank()[:, :5]):
        with expect_error(ValueError, naming="X"):
            student.extensions.lsa(X, 2)


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
    vectors = student.extensions.lsa(torch.tensor(own_ppmi(X), dtype=torch.float64), 4)
    expect_tensor(vectors, (20, 4), what="the vectors")
    units = vectors.double() / vectors.double().norm(dim=1, keepdim=True).clamp(min=1e-12)
    near = (units @ units.T).fill_diagonal_(-2).topk(4, dim=1).indices
    own = (near // 5 == (torch.arange(20) // 5).unsqueeze(1)).double().mean()
    assert own >= 0.8, f"{own:.0%} of the neighbours share the word's topic; chance level is 21%"
