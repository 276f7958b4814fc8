"""Hidden checks of glove.py."""

import itertools
import math
import random

import pytest
import torch

from grader.checking.expect import expect_close, expect_error, expect_tensor

# Core checks judge values: numbers to this bar, whatever they are stored in.
NEAR = {"rtol": 1e-4, "atol": 1e-5}

# ---- cooccurrence, conditional -------------------------------------------------------------------


def own_table(sentences, tokens, window, weighting):
    """The sum of the handout over all ordered pairs of positions."""
    table = torch.zeros(len(tokens), len(tokens), dtype=torch.float64)
    for sentence in sentences:
        for p, q in itertools.permutations(range(len(sentence)), 2):
            if abs(p - q) <= window and sentence[p] in tokens and sentence[q] in tokens:
                weight = 1 / abs(p - q) if weighting == "harmonic" else 1
                table[tokens.index(sentence[p]), tokens.index(sentence[q])] += weight
    return table


def random_text(seed, words="가나다라마바사아자", sentences=20):
    """Sentences of different words, longer than a window."""
    draw = random.Random(seed)
    return [draw.sample(words, draw.randrange(6, 9)) for _ in range(sentences)]


@pytest.mark.parametrize("window", [1, 2, 4])
def test_cooccurrence_flat_equals_the_sum(student, window):
    text, tokens = random_text(window), list("마나가라다자아사바")
    table = student.glove.cooccurrence(text, tokens, window)
    expect_close(table, own_table(text, tokens, window, "flat"), **NEAR, what="the table")


@pytest.mark.parametrize("window", [2, 5])
def test_cooccurrence_harmonic_equals_the_sum(student, window):
    text, tokens = random_text(window + 10), list("마나가라다자아사바")
    table = student.glove.cooccurrence(text, tokens, window, "harmonic")
    expect_close(table, own_table(text, tokens, window, "harmonic"), **NEAR, what="the table")


def test_cooccurrence_harmonic_weight_of_each_distance(student):
    table = student.glove.cooccurrence([list("abcd")], list("abcd"), 3, "harmonic")
    expected = [1 / abs(i - j) if i != j else 0.0 for i in range(4) for j in range(4)]
    expect_close(table.flatten(), expected, **NEAR, what="the weights of distances 1, 2 and 3")


def test_cooccurrence_counts_both_orders_of_a_word_with_itself(student):
    table = student.glove.cooccurrence([["a", "a"]], ["a"], 1)
    expect_close(table, [[2.0]], **NEAR, what="the table of 'a a'")
    table = student.glove.cooccurrence([["a", "b", "a"]], ["a", "b"], 2)
    expect_close(table, [[2.0, 2.0], [2.0, 0.0]], **NEAR, what="the table of 'a b a'")


def test_cooccurrence_is_symmetric(student):
    table = student.glove.cooccurrence([list("abdc"), list("dbca")], list("abcd"), 3, "harmonic")
    assert table.abs().sum() > 0, "the table must not be empty"
    expect_close(table, table.T, **NEAR, what="the table, compared with its transpose")


def test_cooccurrence_stays_within_a_sentence(student):
    table = student.glove.cooccurrence([["a", "b"], ["c", "d"]], list("abcd"), 1)
    expected = own_table([["a", "b"], ["c", "d"]], list("abcd"), 1, "flat")
    expect_close(table, expected, **NEAR, what="the table of two sentences")


@pytest.mark.parametrize(("window", "count"), [(1, 0), (2, 1), (3, 2)])
def test_cooccurrence_unknown_words_keep_their_place(student, window, count):
    sentence = ["a", "?", "b", "?", "?", "a"]
    table = student.glove.cooccurrence([sentence], ["a", "b"], window)
    expected = [[0, count], [count, 0]]
    expect_close(table, expected, **NEAR, what=f"the table of 'a ? b ? ? a', window {window}")


def test_cooccurrence_takes_words_as_they_are(student):
    table = student.glove.cooccurrence([["The", "cat", "the"]], ["the", "cat"], 1)
    what = "the table of 'The cat the', where The is not a token"
    expect_close(table, [[0, 1], [1, 0]], **NEAR, what=what)


def test_cooccurrence_of_words_that_do_not_occur(student):
    table = student.glove.cooccurrence([["a", "b"]], ["x", "a", "b"], 1)
    expect_close(table, [[0, 0, 0], [0, 0, 1], [0, 1, 0]], **NEAR, what="the table")


def test_cooccurrence_of_short_sentences(student):
    text = [["a"], [], ["b", "c"], ["c", "a", "b"]]
    table = student.glove.cooccurrence(text, list("abc"), 50)
    expect_close(table, own_table(text, list("abc"), 50, "flat"), **NEAR, what="the table")


def test_cooccurrence_of_no_sentences(student):
    table = student.glove.cooccurrence([], ["x", "y"], 1)
    expect_close(table, [[0, 0], [0, 0]], **NEAR, what="the table of no sentences")


@pytest.mark.parametrize("weighting", ["flat", "harmonic"])
def test_cooccurrence_is_float64(student, weighting):
    table = student.glove.cooccurrence([["a", "b", "c"]], list("abc"), 2, weighting)
    expect_tensor(table, (3, 3), "float64", "the table")
    expect_close(table, own_table([list("abc")], list("abc"), 2, weighting), what="the table")


@pytest.mark.parametrize("window", [0, -1])
def test_cooccurrence_refuses_an_impossible_window(student, window):
    with expect_error(ValueError, naming="window"):
        student.glove.cooccurrence([["a", "b"]], ["a", "b"], window)


@pytest.mark.parametrize("weighting", ["linear", "Flat", ""])
def test_cooccurrence_refuses_an_unknown_weighting(student, weighting):
    with expect_error(ValueError, naming="weighting"):
        student.glove.cooccurrence([["a", "b"]], ["a", "b"], 1, weighting)


def some_counts(words=5, seed=0):
    """Counts from 1 to 99, about a third of them 0, none on the diagonal."""
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand(words, words, generator=generator, dtype=torch.float64)
    return torch.where(drawn < 0.3, 0.0, 1 + 98 * drawn**2).fill_diagonal_(0)


def own_conditional(X):
    return [[x / sum(row) for x in row] for row in X.tolist()]


def test_conditional_divides_by_the_sum_of_the_row(student):
    X = some_counts() + 1
    expect_close(student.glove.conditional(X), own_conditional(X), **NEAR, what="P(. | i)")


def test_conditional_rows_sum_to_one(student):
    X = some_counts(seed=1) + 1
    result = student.glove.conditional(X)
    expect_tensor(result, (5, 5), what="the result")
    expect_close(result.sum(dim=1), [1.0] * 5, **NEAR, what="the sums of the rows")


def test_conditional_of_sums_below_one(student):
    X = torch.tensor([[0, 0.5], [0.2, 0.05]], dtype=torch.float64)
    result = student.glove.conditional(X)
    expect_close(result, [[0, 1], [0.8, 0.2]], **NEAR, what="P(. | i) of harmonic weights")
    tiny = student.glove.conditional(X / 1e6)
    expect_close(tiny, [[0, 1], [0.8, 0.2]], **NEAR, what="P(. | i) of weights below 1e-6")


def test_conditional_of_a_zero_row(student):
    X = some_counts()
    X[3] = 0
    result = student.glove.conditional(X)
    expect_close(result[3], [0.0] * 5, what="the row of a word without neighbours")
    expect_close(result[0].sum(), 1.0, **NEAR, what="the sum of a different row")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_conditional_keeps_the_dtype(student, dtype):
    X = (some_counts() + 1).to(getattr(torch, dtype))
    result = student.glove.conditional(X)
    expect_tensor(result, (5, 5), dtype, "the result")
    expect_close(result, own_conditional(X), what="P(. | i)")


def test_conditional_refuses_a_negative_count(student):
    X = some_counts()
    X[1, 2] = -1
    with expect_error(ValueError, naming="X"):
        student.glove.conditional(X)


def test_conditional_refuses_what_is_not_square(student):
    for X in (some_counts()[:3], some_counts()[:, :3]):
        with expect_error(ValueError, naming="X"):
            student.glove.conditional(X)


# ---- glove_weight, glove_loss --------------------------------------------------------------------


def own_weight(x, x_max=100.0, alpha=0.75):
    return (x / x_max) ** alpha if x < x_max else 1.0


def weights_of(x, x_max=100.0, alpha=0.75):
    return [own_weight(entry, x_max, alpha) for entry in x]


BELOW = [0.5, 2.999, 3.0, 9.0, 42.0, 99.0]


def test_glove_weight_equals_the_formula(student):
    value = student.glove.glove_weight(torch.tensor([BELOW, BELOW[::-1]], dtype=torch.float64))
    expected = [weights_of(BELOW), weights_of(BELOW[::-1])]
    expect_close(value, expected, **NEAR, what="the weights")


def test_glove_weight_is_one_above_x_max(student):
    x = torch.tensor([101.0, 150.0, 4000.0], dtype=torch.float64)
    expect_close(student.glove.glove_weight(x), [1.0] * 3, **NEAR, what="the weights above 100")


@pytest.mark.parametrize("x_max", [10.0, 400.0])
def test_glove_weight_uses_x_max(student, x_max):
    x = [0.5, 3.0, 7.5, 9.0, 60.0, 250.0]  # below, between and above 100 and x_max
    value = student.glove.glove_weight(torch.tensor(x, dtype=torch.float64), x_max)
    expect_close(value, weights_of(x, x_max), **NEAR, what=f"the weights at x_max {x_max:g}")


@pytest.mark.parametrize("alpha", [0.5, 2.0])
def test_glove_weight_uses_alpha(student, alpha):
    value = student.glove.glove_weight(torch.tensor(BELOW, dtype=torch.float64), alpha=alpha)
    expected = weights_of(BELOW, alpha=alpha)
    expect_close(value, expected, **NEAR, what=f"the weights at alpha {alpha:g}")


@pytest.mark.parametrize("x_max", [100.0, 3.0])
def test_glove_weight_at_x_max(student, x_max):
    x = torch.tensor([x_max], dtype=torch.float64)
    value = student.glove.glove_weight(x, x_max)
    expect_close(value, [1.0], **NEAR, what="the weight of x_max itself")


def test_glove_weight_of_zero(student):
    x = torch.tensor([0.0, 25.0], dtype=torch.float64)
    value = student.glove.glove_weight(x)
    expect_close(value, weights_of([0.0, 25.0]), **NEAR, what="the weights of 0 and 25")


def test_glove_weight_of_a_single_number(student):
    value = student.glove.glove_weight(torch.tensor(0.5, dtype=torch.float64))
    expect_tensor(value, (), what="the weight of a single number")
    expect_close(value, own_weight(0.5), **NEAR, what="the weight of a single number")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_glove_weight_keeps_the_dtype(student, dtype):
    x = torch.tensor([1.0, 50.0, 500.0], dtype=getattr(torch, dtype))
    value = student.glove.glove_weight(x)
    expect_tensor(value, (3,), dtype, "the weights")
    expect_close(value, weights_of(x.tolist()), what="the weights")


def test_glove_weight_refuses_a_negative_count(student):
    with expect_error(ValueError, naming="x"):
        student.glove.glove_weight(torch.tensor([1.0, -1.0]))


@pytest.mark.parametrize("x_max", [0.0, -1.0])
def test_glove_weight_refuses_an_impossible_x_max(student, x_max):
    with expect_error(ValueError, naming="x_max"):
        student.glove.glove_weight(torch.tensor([1.0]), x_max)


def some_parameters(words=5, dimension=3, seed=1):
    """W, Wc, b, bc."""
    generator = torch.Generator().manual_seed(seed)
    sizes = [(words, dimension), (words, dimension), (words,), (words,)]
    return [torch.randn(size, generator=generator, dtype=torch.float64) for size in sizes]


def own_loss(W, Wc, b, bc, X):
    """The sum of the handout, entry by entry."""
    total = torch.zeros((), dtype=torch.float64)
    for i, j in itertools.product(range(len(X)), repeat=2):
        x = float(X[i, j])
        if x > 0:
            error = W[i] @ Wc[j] + b[i] + bc[j] - math.log(x)
            total = total + own_weight(x) * error**2
    return total


def test_glove_loss_equals_the_double_sum(student):
    parameters, X = some_parameters(), some_counts()
    value = student.glove.glove_loss(*parameters, X)
    expect_close(value, own_loss(*parameters, X), **NEAR, what="the loss")


def test_glove_loss_of_counts_below_one(student):
    parameters, X = some_parameters(seed=5), some_counts(seed=5) / 100  # as harmonic weights give
    value = student.glove.glove_loss(*parameters, X)
    expect_close(value, own_loss(*parameters, X), **NEAR, what="the loss of counts below 1")


def test_glove_loss_of_counts_above_x_max(student):
    parameters, X = some_parameters(seed=6), 200 * some_counts(seed=6)
    value = student.glove.glove_loss(*parameters, X)
    expect_close(value, own_loss(*parameters, X), **NEAR, what="the loss of counts above 100")


def test_glove_loss_counts_the_diagonal(student):
    parameters, X = some_parameters(seed=7), some_counts(seed=7)
    X = X + torch.diag(torch.arange(5.0, 10.0, dtype=torch.float64))
    value = student.glove.glove_loss(*parameters, X)
    expect_close(value, own_loss(*parameters, X), **NEAR, what="the loss with a diagonal")


def test_glove_loss_ignores_zeros(student):
    W, Wc, b, bc = some_parameters()
    X = torch.zeros(5, 5, dtype=torch.float64)
    X[0, 1] = X[1, 0] = 7.0
    b[4] = bc[4] = 1e6  # word 4 co-occurs with nothing
    value = student.glove.glove_loss(W, Wc, b, bc, X)
    expect_close(value, own_loss(W, Wc, b, bc, X), **NEAR, what="the loss of two entries")


def test_glove_loss_of_an_empty_table(student):
    X = torch.zeros(5, 5, dtype=torch.float64)
    value = student.glove.glove_loss(*some_parameters(), X)
    expect_close(value, 0.0, what="the loss of a table without a positive entry")


def test_glove_loss_with_roles_exchanged(student):
    (W, Wc, b, bc), X = some_parameters(), some_counts(seed=2)
    one, other = student.map(
        student.glove.glove_loss, [(W, Wc, b, bc, X), (Wc, W, bc, b, X.T.contiguous())]
    )
    expect_close(one, own_loss(W, Wc, b, bc, X), **NEAR, what="the loss")
    expect_close(other, one, **NEAR, what="the loss with words and contexts exchanged")


def test_glove_loss_has_the_gradient_of_its_formula(student):
    parameters, X = some_parameters(seed=3), some_counts(seed=3)
    # X by keyword: nobody asks for a gradient with respect to the counts
    gradients = student.gradients(student.glove.glove_loss, parameters, X=X).by_argument
    leaves = [parameter.clone().requires_grad_() for parameter in parameters]
    wanted = torch.autograd.grad(own_loss(*leaves, X), leaves)
    for name, got, expected in zip(("W", "Wc", "b", "bc"), gradients, wanted, strict=True):
        expect_close(got, expected, **NEAR, what=f"autograd's gradient with respect to {name}")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_glove_loss_keeps_the_dtype(student, dtype):
    arguments = [part.to(getattr(torch, dtype)) for part in [*some_parameters(), some_counts()]]
    value = student.glove.glove_loss(*arguments)
    expect_tensor(value, (), dtype, "the loss")
    expect_close(value, own_loss(*(part.double() for part in arguments)), what="the loss")


def test_glove_loss_refuses_shapes_that_do_not_agree(student):
    (W, Wc, b, bc), X = some_parameters(), some_counts()
    names = ("W", "Wc", "b", "bc", "X")
    for bad in [
        (W, Wc[:1], b, bc, X),
        (W, Wc[:, :1], b, bc, X),
        (W, Wc, b[:1], bc, X),
        (W, Wc, b, bc[:1], X),
        (W, Wc, b, bc, X[:1]),
        (W, Wc, b, bc, X[:, :1]),
    ]:
        with expect_error(ValueError, naming=names):
            student.glove.glove_loss(*bad)


def test_glove_loss_refuses_a_negative_count(student):
    X = some_counts()
    X[1, 2] = -1
    # x: the name that glove_weight gives it
    with expect_error(ValueError, naming=("X", "x")):
        student.glove.glove_loss(*some_parameters(), X)
