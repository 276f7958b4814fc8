"""Hidden checks of evaluate.py."""

import itertools
import math
import random

import pytest
import torch

from grader.checking.expect import expect_close, expect_equal, expect_error, expect_type

# Core checks judge values: numbers to this bar, whatever they are stored in.
NEAR = {"rtol": 1e-5, "atol": 1e-6}

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


def words_of(pairs):
    return [pair[0] for pair in pairs]


# ---- nearest -------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 5])
def test_nearest_by_falling_cosine(student, k):
    vectors = some_vectors().abs()
    found = student.evaluate.nearest(TOKENS, vectors, TOKENS[3], k)
    expect_equal(words_of(found), words_of(own_nearest(vectors, 3)[:k]), "the words")


def test_nearest_tells_the_cosines(student):
    vectors = some_vectors(8).abs()
    found = student.evaluate.nearest(TOKENS, vectors, TOKENS[7], 6)
    cosines = [float(cosine) for _, cosine in found]
    expected = [cosine for _, cosine in own_nearest(vectors, 7)[:6]]
    expect_close(cosines, expected, **NEAR, what="the cosines")


def test_nearest_is_by_direction_not_by_length(student):
    vectors = some_vectors(1).abs()
    scaled = vectors * torch.tensor([100.0 if i % 2 else 0.01 for i in range(20)]).unsqueeze(1)
    found = student.evaluate.nearest(TOKENS, scaled, TOKENS[0], 6)
    expected = words_of(own_nearest(vectors, 0)[:6])
    expect_equal(words_of(found), expected, "the words when vectors are stretched")


def test_nearest_leaves_the_word_itself_out(student):
    vectors = some_vectors(2).abs()
    for own in (0, 11, 19):
        found = words_of(student.evaluate.nearest(TOKENS, vectors, TOKENS[own], 5))
        assert TOKENS[own] not in found, "a word is not its own neighbour"
        expect_equal(found, words_of(own_nearest(vectors, own)[:5]), "the words")


def test_nearest_puts_opposite_words_last(student):
    vectors = some_vectors(3)
    vectors[4] = -vectors[9]
    found = student.evaluate.nearest(TOKENS, vectors, TOKENS[9], 19)
    expect_equal(words_of(found), words_of(own_nearest(vectors, 9)), "all words but one")


def test_nearest_of_more_words_than_there_are(student):
    vectors = some_vectors(2).abs()
    for k in (19, 20, 100):
        found = words_of(student.evaluate.nearest(TOKENS, vectors, TOKENS[19], k))
        expect_equal(found, words_of(own_nearest(vectors, 19)), f"all others, at k = {k}")


def test_nearest_of_a_zero_vector_among_the_others(student):
    vectors = some_vectors(3)
    vectors[5] = 0
    found = student.evaluate.nearest(TOKENS, vectors, TOKENS[0], 19)
    expect_equal(words_of(found), words_of(own_nearest(vectors, 0)), "the words")
    cosine = float(dict(found)[TOKENS[5]])
    expect_close(cosine, 0.0, **NEAR, what="the cosine of a zero vector")


def test_nearest_to_a_zero_vector(student):
    vectors = some_vectors(3)
    vectors[5] = 0
    found = student.evaluate.nearest(TOKENS, vectors, TOKENS[5], 3)
    cosines = [float(cosine) for _, cosine in found]
    expect_close(cosines, [0.0] * 3, **NEAR, what="the cosines with a zero vector")


def test_nearest_never_holds_the_word(student):
    vectors = some_vectors(3)
    vectors[5] = 0
    vectors[2], vectors[16] = 2 * vectors[9], 4 * vectors[9]
    for own, how in ((5, "has a zero vector"), (9, "shares its direction with others")):
        found = words_of(student.evaluate.nearest(TOKENS, vectors, TOKENS[own], 19))
        others = [token for token in TOKENS if token != TOKENS[own]]
        expect_equal(sorted(found), sorted(others), f"all others of a word that {how}, sorted")


def test_nearest_returns_plain_pairs(student):
    found = student.evaluate.nearest(TOKENS, some_vectors(4).float(), TOKENS[1], 2)
    expect_type(found, list)
    for pair in found:
        expect_type(pair, tuple, "an entry")
        expect_type(pair[0], str, "its word")
        expect_type(pair[1], float, "its cosine")


def test_nearest_refuses_an_unknown_word(student):
    with expect_error(KeyError):
        student.evaluate.nearest(TOKENS, some_vectors(), "없는말", 1)


@pytest.mark.parametrize("k", [0, -1])
def test_nearest_refuses_k_below_1(student, k):
    with expect_error(ValueError, naming="k"):
        student.evaluate.nearest(TOKENS, some_vectors(), TOKENS[0], k)


# ---- analogy -------------------------------------------------------------------------------------


def scores_of(vectors, a, b, c):
    units = vectors / vectors.norm(dim=1, keepdim=True).clamp(min=1e-12)
    return (units @ (units[b] - units[a] + units[c])).tolist()


def own_analogy(vectors, a, b, c):
    scores = scores_of(vectors, a, b, c)
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    return [TOKENS[i] for i in order if i not in {a, b, c}]


def clear_questions(vectors, several=6):
    """Triples of rows whose answer is nearer than the words of the question themselves."""
    triples = itertools.permutations(range(len(vectors)), 3)
    clear = (
        rows
        for rows in triples
        if max(range(len(vectors)), key=scores_of(vectors, *rows).__getitem__) not in rows
    )
    return list(itertools.islice(clear, 0, 40 * several, 40))


def test_analogy_answers_with_the_best_word(student):
    vectors = some_vectors(5)
    for rows in clear_questions(vectors):
        found = student.evaluate.analogy(TOKENS, vectors, *(TOKENS[i] for i in rows))
        expect_equal(list(found), own_analogy(vectors, *rows)[:1], "the best word")


def test_analogy_gives_as_many_answers_as_k(student):
    vectors = some_vectors(5)
    for rows in clear_questions(vectors):
        question = [TOKENS[i] for i in rows]
        found = student.evaluate.analogy(TOKENS, vectors, *question, 9)
        # what may be wrong about a, b and c themselves is another check's business
        answers = [word for word in found if word not in question][:5]
        expect_equal(answers, own_analogy(vectors, *rows)[:5], "the five best words")


def test_analogy_of_unit_vectors(student):
    vectors = some_vectors(6)
    for rows in clear_questions(vectors):
        stretched = vectors.clone()
        for row, factor in zip([*rows, 8, 15], (50, 0.02, 7, 30, 40), strict=True):
            stretched[row] *= factor
        found = student.evaluate.analogy(TOKENS, stretched, *(TOKENS[i] for i in rows))
        what = "the best word, when vectors are stretched"
        expect_equal(list(found), own_analogy(vectors, *rows)[:1], what)


def test_analogy_never_answers_with_the_question(student):
    # b - a + c is nearest to b and to c themselves, or to a
    vectors = torch.tensor([[1.0, 0.1], [1.0, 0.2], [1.0, 0.3], [1.0, 2.0], [-1.0, 0.0]])
    for question in itertools.permutations(TOKENS[:3]):
        found = student.evaluate.analogy(TOKENS[:5], vectors, *question)
        expect_equal(list(found), [TOKENS[3]], "the word, without those of the question")


def test_analogy_of_a_word_that_repeats(student):
    vectors = some_vectors(5)
    for rows in [(4, 4, 9), (4, 9, 4), (9, 4, 4), (2, 2, 2)]:
        question = [TOKENS[i] for i in rows]
        found = student.evaluate.analogy(TOKENS, vectors, *question, 4)
        expect_equal(list(found), own_analogy(vectors, *rows)[:4], "the four best words")


def test_analogy_of_more_words_than_there_are(student):
    vectors = some_vectors(5)
    for k in (17, 18, 100):
        found = student.evaluate.analogy(TOKENS, vectors, *TOKENS[:3], k)
        expect_equal(list(found), own_analogy(vectors, 0, 1, 2), f"all others, at k = {k}")


def test_analogy_with_a_zero_vector_among_the_words(student):
    vectors = some_vectors(7)
    vectors[11] = 0  # its cosine is 0: neither first nor last
    found = student.evaluate.analogy(TOKENS, vectors, *TOKENS[:3], k=17)
    what = "all words, one of which has a zero vector"
    expect_equal(list(found), own_analogy(vectors, 0, 1, 2), what)


def test_analogy_answers_with_a_word_of_the_same_direction(student):
    # whoever tells the words of the question by their vectors, or by a cosine of 1, leaves 8 out
    vectors = some_vectors(5)
    for copied in range(3):
        vectors[8] = 2 * vectors[copied]
        found = student.evaluate.analogy(TOKENS, vectors, *TOKENS[:3], k=17)
        what = f"all words, one with the direction of {'abc'[copied]}"
        expect_equal(list(found), own_analogy(vectors, 0, 1, 2), what)


def test_analogy_returns_a_list_of_words(student):
    found = student.evaluate.analogy(TOKENS, some_vectors(5), *TOKENS[:3], 3)
    expect_type(found, list)
    for word in found:
        expect_type(word, str, "an answer")


def test_analogy_refuses_an_unknown_word(student):
    for place in range(3):
        words = [*TOKENS[:3]]
        words[place] = "없는말"
        with expect_error(KeyError):
            student.evaluate.analogy(TOKENS, some_vectors(), *words)


@pytest.mark.parametrize("k", [0, -1])
def test_analogy_refuses_k_below_1(student, k):
    with expect_error(ValueError, naming="k"):
        student.evaluate.analogy(TOKENS, some_vectors(), *TOKENS[:3], k)


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


def expect_correlation(student, x, y, sign):
    wanted = own_spearman(x, y)
    assert sign * wanted > 0, "the correlation has this sign"
    expect_close(student.evaluate.spearman(x, y), wanted, **NEAR, what="the correlation")


def related(seed, sign=1, count=30):
    """Two lists of different numbers above 0, with fractions, that rise or fall together."""
    draw = random.Random(seed)
    x = [number / 4 for number in draw.sample(range(4, 400), count)]
    noisy = [sign * number + draw.uniform(-15, 15) for number in x]
    return x, [1 + sum(other < number for other in noisy) ** 2 / 8 for number in noisy]


def test_spearman_without_ties(student):
    expect_correlation(student, *related(1), 1)


def test_spearman_of_numbers_that_are_close(student):
    x, y = related(2, count=12)
    expect_correlation(student, [v / 100 for v in x], [v / 50 for v in y], 1)


def test_spearman_may_be_negative(student):
    expect_correlation(student, *related(3, sign=-1), -1)
    value = student.evaluate.spearman([1, 2, 3, 4], [9, 7, 5, 2])
    expect_close(value, -1.0, **NEAR, what="the correlation with a falling list")


def test_spearman_of_negative_values(student):
    x, y = related(4)
    expect_correlation(student, [v - 50 for v in x], [v - 40 for v in y], 1)


def test_spearman_with_ties(student):
    draw = random.Random(2)
    calls = []
    for _ in range(10):
        x = [draw.randrange(5) / 2 for _ in range(14)]
        calls.append((x, [draw.choice([v, draw.randrange(4)]) for v in x]))
    for (x, y), value in zip(calls, student.map(student.evaluate.spearman, calls), strict=True):
        expect_close(value, own_spearman(x, y), **NEAR, what=f"the correlation of {x} and {y}")


def test_spearman_of_values_that_nearly_tie(student):
    x, y = [1.0, 1.0 + 1e-9, 2.0, 3.0, 0.5], [5.0, 4.0, 4.0 + 1e-9, 6.0, 4.0 - 1e-9]
    value = student.evaluate.spearman(x, y)
    expect_close(value, own_spearman(x, y), **NEAR, what="the correlation of values 1e-9 apart")


def test_spearman_of_two_values(student):
    for y, wanted in (([3.0, 8.0], 1.0), ([8.0, 3.0], -1.0)):
        value = student.evaluate.spearman([1.0, 2.0], y)
        expect_close(value, wanted, **NEAR, what="the correlation of two values")


def test_spearman_returns_a_float(student):
    for x, y in (([1, 2, 3], [1, 3, 2]), ([0.5, 0.25], [1, 2])):
        expect_type(student.evaluate.spearman(x, y), float)


@pytest.mark.parametrize(
    ("x", "y", "name"), [([1, 1, 1], [1, 2, 3], "x"), ([1, 2, 3], [0.5, 0.5, 0.5], "y")]
)
def test_spearman_refuses_a_constant_list(student, x, y, name):
    with expect_error(ValueError, naming=name):
        student.evaluate.spearman(x, y)


@pytest.mark.parametrize(("x", "y"), [([2], [3]), ([], [])])
def test_spearman_refuses_fewer_than_two_values(student, x, y):
    with expect_error(ValueError, naming=("x", "y")):
        student.evaluate.spearman(x, y)


@pytest.mark.parametrize(("x", "y"), [([1, 2, 3], [1, 2]), ([1, 2], [1, 2, 3])])
def test_spearman_refuses_lists_of_different_length(student, x, y):
    with expect_error(ValueError, naming=("x", "y")):
        student.evaluate.spearman(x, y)
