"""Hidden checks of evaluate.py."""

import math
import random

import pytest
import torch

from grader.checking.expect import expect_close, expect_equal, expect_error, expect_type

TOKENS = [f"낱말{i}" for i in range(20)]


def some_vectors(seed=0, words=20, dimension=4):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(words, dimension, generator=generator, dtype=torch.float64)


def own_nearest(vectors, own):
    """(token, cosine) of all others, by falling cosine."""
    rows = vectors.tolist()

    def cosine(a, b):
        lengths = math.hypot(*a) * math.hypot(*b)
        return math.fsum(x * y for x, y in zip(a, b, strict=True)) / lengths if lengths else 0.0

    found = [(TOKENS[i], cosine(row, rows[own])) for i, row in enumerate(rows) if i != own]
    return sorted(found, key=lambda pair: -pair[1])


# ---- nearest -------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 5])
def test_nearest_by_falling_cosine(student, k):
    vectors = some_vectors()
    found = student.evaluate.nearest(TOKENS, vectors, TOKENS[3], k)
    expected = own_nearest(vectors, 3)[:k]
    expect_equal([word for word, _ in found], [word for word, _ in expected], "the words")
    expect_close([c for _, c in found], [c for _, c in expected], what="the cosines")


def test_nearest_is_by_direction_not_by_length(student):
    vectors = some_vectors(1)
    scaled = vectors * torch.tensor([100.0 if i % 2 else 0.01 for i in range(20)]).unsqueeze(1)
    found = student.evaluate.nearest(TOKENS, scaled, TOKENS[0], 6)
    expected = own_nearest(vectors, 0)[:6]
    expect_equal(
        [word for word, _ in found],
        [word for word, _ in expected],
        "the words when vectors are stretched",
    )


def test_nearest_leaves_the_word_itself_out(student):
    vectors = some_vectors(2)
    found = student.evaluate.nearest(TOKENS, vectors, TOKENS[19], 100)
    expect_equal(
        [word for word, _ in found],
        [word for word, _ in own_nearest(vectors, 19)],
        "all others, if k is too large",
    )


def test_nearest_of_a_zero_vector(student):
    vectors = some_vectors(3)
    vectors[5] = 0
    found = dict(student.evaluate.nearest(TOKENS, vectors, TOKENS[0], 19))
    expect_close(found.get(TOKENS[5]), 0.0, what="the cosine of a zero vector")
    found = [cosine for _, cosine in student.evaluate.nearest(TOKENS, vectors, TOKENS[5], 3)]
    expect_close(found, [0.0] * 3, what="the cosines with a zero vector")


def test_nearest_returns_plain_pairs(student):
    vectors = some_vectors(4).float()
    found, after = student.with_arguments(student.evaluate.nearest, TOKENS, vectors, TOKENS[1], 2)
    expect_type(found, list)
    for pair in found:
        expect_type(pair, tuple, "an entry")
        expect_type(pair[0], str, "its word")
        expect_type(pair[1], float, "its cosine")
    expect_equal(after, [TOKENS, vectors, TOKENS[1], 2], "the arguments after the call")


# ---- analogy -------------------------------------------------------------------------------------


def own_analogy(vectors, a, b, c):
    units = vectors / vectors.norm(dim=1, keepdim=True)
    scores = units @ (units[b] - units[a] + units[c])
    return [TOKENS[i] for i in scores.argsort(descending=True).tolist() if i not in {a, b, c}]


@pytest.mark.parametrize("rows", [(0, 1, 2), (7, 3, 11), (4, 4, 9)])
def test_analogy_by_falling_cosine(student, rows):
    vectors = some_vectors(5)
    a, b, c = (TOKENS[i] for i in rows)
    found = student.evaluate.analogy(TOKENS, vectors, a, b, c, 4)
    expect_equal(found, own_analogy(vectors, *rows)[:4], "the four best words")
    expect_equal(
        student.evaluate.analogy(TOKENS, vectors, a, b, c),
        own_analogy(vectors, *rows)[:1],
        "the best word",
    )


def test_analogy_of_unit_vectors(student):
    vectors = some_vectors(6)
    stretched = vectors.clone()
    stretched[0] *= 50
    stretched[1] *= 0.02
    stretched[8] *= 30
    found = student.evaluate.analogy(TOKENS, stretched, *TOKENS[:3], k=17)
    expect_equal(found, own_analogy(vectors, 0, 1, 2), "all words, when vectors are stretched")


def test_analogy_with_a_zero_vector_among_the_words(student):
    vectors = some_vectors(7)
    vectors[11] = 0  # its cosine is 0: neither first nor last
    units = vectors / vectors.norm(dim=1, keepdim=True).clamp(min=1e-12)
    scores = (units @ (units[1] - units[0] + units[2]))[3:]
    order = [TOKENS[3 + i] for i in scores.argsort(descending=True).tolist()]
    found = student.evaluate.analogy(TOKENS, vectors, *TOKENS[:3], k=17)
    expect_equal(found, order, "all words, one of which has a zero vector")


def test_analogy_never_answers_with_the_question(student):
    # b - a + c is nearest to b and to c themselves
    vectors = torch.tensor([[1.0, 0.1], [1.0, 0.2], [1.0, 0.3], [1.0, 2.0], [-1.0, 0.0]])
    found = student.evaluate.analogy(TOKENS[:5], vectors, *TOKENS[:3], k=5)
    expect_equal(found, [TOKENS[3], TOKENS[4]], "the words, without those of the question")


# ---- both ----------------------------------------------------------------------------------------


def test_evaluation_refuses_an_unknown_word(student):
    vectors = some_vectors()
    with expect_error(KeyError):
        student.evaluate.nearest(TOKENS, vectors, "없는말", 1)
    for place in range(3):
        words = [*TOKENS[:3]]
        words[place] = "없는말"
        with expect_error(KeyError):
            student.evaluate.analogy(TOKENS, vectors, *words)


def test_evaluation_refuses_k_below_1(student):
    vectors = some_vectors()
    with expect_error(ValueError, naming="k"):
        student.evaluate.nearest(TOKENS, vectors, TOKENS[0], 0)
    with expect_error(ValueError, naming="k"):
        student.evaluate.analogy(TOKENS, vectors, *TOKENS[:3], 0)


# ---- spearman ------------------------------------------------------------------------------------


def own_spearman(x, y):
    def ranks(values):
        return [
            sum(v < value for v in values) + (sum(v == value for v in values) + 1) / 2
            for value in values
        ]

    a, b = ranks(x), ranks(y)
    mean = (len(x) + 1) / 2
    product = sum((p - mean) * (q - mean) for p, q in zip(a, b, strict=True))
    spread = sum((p - mean) ** 2 for p in a) * sum((q - mean) ** 2 for q in b)
    return product / math.sqrt(spread)


def test_spearman_without_ties(student):
    draw = random.Random(1)
    x, y = [draw.random() for _ in range(30)], [draw.gauss(0, 5) for _ in range(30)]
    value, after = student.with_arguments(student.evaluate.spearman, x, y)
    expect_type(value, float)
    expect_close(value, own_spearman(x, y), what="the correlation")
    expect_equal(after, [x, y], "the arguments after the call")


def test_spearman_with_ties(student):
    draw = random.Random(2)
    calls = []
    for _ in range(10):
        x = [draw.randrange(5) / 2 for _ in range(14)]
        calls.append((x, [draw.choice([v, draw.randrange(4)]) for v in x]))
    for (x, y), value in zip(calls, student.map(student.evaluate.spearman, calls), strict=True):
        expect_close(value, own_spearman(x, y), what=f"the correlation of {x} and {y}")


def test_spearman_looks_at_order_alone(student):
    x = [0.1, 3.0, 2.0, 7.0, -1.0]
    cubes = [v**3 for v in x]
    up, down = student.map(student.evaluate.spearman, [(x, cubes), (x, [-v for v in cubes])])
    expect_close(
        [up, down], [1.0, -1.0], what="the correlation with an increasing, a decreasing function"
    )


@pytest.mark.parametrize(
    ("x", "y"), [([1, 1, 1], [1, 2, 3]), ([1, 2, 3], [0.5, 0.5, 0.5]), ([2], [3])]
)
def test_spearman_refuses_a_constant_list(student, x, y):
    with expect_error(ValueError, naming=("x", "y")):
        student.evaluate.spearman(x, y)


def test_spearman_refuses_lists_of_different_length(student):
    with expect_error(ValueError, naming=("x", "y")):
        student.evaluate.spearman([1, 2, 3], [1, 2])
