"""Hidden checks of glove.py."""

import itertools
import math
import random

import pytest
import torch

from grader.checking.expect import expect_close, expect_equal, expect_error, expect_tensor

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


def random_text(seed, words="가나다라마", sentences=20):
    draw = random.Random(seed)
    return [[draw.choice(words) for _ in range(draw.randrange(9))] for _ in range(sentences)]


@pytest.mark.parametrize("window", [1, 2, 4])
def test_cooccurrence_flat_equals_the_sum(student, window):
    text, tokens = random_text(window), list("마나가라다")
    table = student.glove.cooccurrence(text, tokens, window)
    expect_tensor(table, (5, 5), "float64", "the table")
    expect_close(table, own_table(text, tokens, window, "flat"), what="the table")


@pytest.mark.parametrize("window", [2, 5])
def test_cooccurrence_harmonic_equals_the_sum(student, window):
    text, tokens = random_text(window + 10), list("마나가라다")
    table = student.glove.cooccurrence(text, tokens, window, "harmonic")
    expect_tensor(table, (5, 5), "float64", "the table")
    expect_close(table, own_table(text, tokens, window, "harmonic"), what="the table")


def test_cooccurrence_counts_both_orders_of_a_word_with_itself(student):
    table = student.glove.cooccurrence([["a", "a"]], ["a"], 1)
    expect_equal(table.tolist(), [[2.0]], "the table of 'a a'")


def test_cooccurrence_is_symmetric(student):
    table = student.glove.cooccurrence([list("abcacdb")], list("abcd"), 3, "harmonic")
    assert table.abs().sum() > 0, "the table must not be empty"
    expect_close(table, table.T, what="the table, compared with its transpose")


def test_cooccurrence_stays_within_a_sentence(student):
    table = student.glove.cooccurrence([["a", "b"], ["c", "d"]], list("abcd"), 3)
    expected = own_table([["a", "b"], ["c", "d"]], list("abcd"), 3, "flat")
    expect_equal(table, expected, "the table of two sentences")


def test_cooccurrence_unknown_words_keep_their_place(student):
    sentence = ["a", "?", "b", "?", "?", "a"]
    table = student.glove.cooccurrence([sentence], ["a", "b"], 2, "harmonic")
    expect_close(table, [[0, 0.5], [0.5, 0]], what="the table of 'a ? b ? ? a', window 2")
    table = student.glove.cooccurrence([["The", "cat", "the"]], ["the", "cat"], 1)
    expect_close(
        table, [[0, 1], [1, 0]], what="the table of 'The cat the', where The is not a token"
    )


def test_cooccurrence_of_words_that_do_not_occur(student):
    table = student.glove.cooccurrence([["a", "b"]], ["x", "a", "b"], 1)
    expect_equal(table.tolist(), [[0.0] * 3, [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]], "the table")
    expect_tensor(student.glove.cooccurrence([], ["x", "y"], 1), (2, 2), "float64", "the table")


def test_cooccurrence_leaves_its_arguments_alone(student):
    text, tokens = random_text(3), list("가나다")
    _, after = student.with_arguments(student.glove.cooccurrence, text, tokens, 2)
    expect_equal(after, [text, tokens, 2], "the arguments after the call")


def test_cooccurrence_refuses_an_impossible_window(student):
    with expect_error(ValueError, naming="window"):
        student.glove.cooccurrence([["a", "b"]], ["a", "b"], 0)


def test_cooccurrence_refuses_an_unknown_weighting(student):
    with expect_error(ValueError, naming="weighting"):
        student.glove.cooccurrence([["a", "b"]], ["a", "b"], 1, "linear")


def some_counts(words=5, seed=0):
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand(words, words, generator=generator, dtype=torch.float64)
    return torch.where(drawn < 0.3, 0.0, 200 * drawn**2)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_conditional_divides_by_the_sum_of_the_row(student, dtype):
    X = some_counts().to(dtype) + 1
    result, after = student.with_arguments(student.glove.conditional, X)
    expect_tensor(result, (5, 5), str(dtype).removeprefix("torch."), "the result")
    expected = [[x / sum(row) for x in row] for row in X.tolist()]
    expect_close(result, expected, what="P(. | i)")
    expect_equal(after, [X], "the argument after the call")
    harmonic = student.glove.conditional(torch.tensor([[0, 0.5], [0.2, 0.05]], dtype=dtype))
    expect_close(harmonic, [[0, 1], [0.8, 0.2]], what="P(. | i) of sums below 1")


def test_conditional_of_a_zero_row(student):
    X = some_counts()
    X[3] = 0
    result = student.glove.conditional(X)
    expect_close(result[3], [0.0] * 5, what="the row of a word without neighbours")
    expect_close(result[0].sum(), 1.0, what="the sum of a different row")


def test_conditional_refuses_a_negative_count(student):
    X = some_counts()
    X[1, 2] = -1
    with expect_error(ValueError, naming="X"):
        student.glove.conditional(X)


def test_conditional_refuses_what_is_not_square(student):
    with expect_error(ValueError, naming="X"):
        student.glove.conditional(some_counts()[:3])


# ---- glove_weight, glove_loss --------------------------------------------------------------------


def own_weight(x, x_max=100.0, alpha=0.75):
    return (x / x_max) ** alpha if x < x_max else 1.0


@pytest.mark.parametrize(("x_max", "alpha"), [(100.0, 0.75), (10.0, 0.5), (3.0, 2.0)])
def test_glove_weight_equals_the_formula(student, x_max, alpha):
    x = [[0.0, 0.5, 2.999], [3.0, 9.0, 1e6]]
    value = student.glove.glove_weight(torch.tensor(x, dtype=torch.float64), x_max, alpha)
    expect_tensor(value, (2, 3), "float64", "the weights")
    expected = [[own_weight(entry, x_max, alpha) for entry in row] for row in x]
    expect_close(value, expected, what=f"the weights at x_max {x_max:g}, alpha {alpha:g}")
    single = student.glove.glove_weight(torch.tensor(0.5, dtype=torch.float64), x_max, alpha)
    expect_tensor(single, (), "float64", "the weight of a single number")


def test_glove_weight_keeps_float32_and_its_argument(student):
    x = torch.tensor([1.0, 50.0, 500.0])
    value, after = student.with_arguments(student.glove.glove_weight, x)
    expect_tensor(value, (3,), "float32", "the weights")
    expect_close(value, [own_weight(entry) for entry in x.tolist()], what="the weights")
    expect_equal(after, [x], "the argument after the call")


def test_glove_weight_refuses_impossible_arguments(student):
    with expect_error(ValueError, naming="x"):
        student.glove.glove_weight(torch.tensor([1.0, -1.0]))
    with expect_error(ValueError, naming="x_max"):
        student.glove.glove_weight(torch.tensor([1.0]), 0.0)


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
    # harmonic weights give entries below 1, too
    for scale in (1, 1 / 200):
        parameters, X = some_parameters(), scale * some_counts()
        value = student.glove.glove_loss(*parameters, X)
        expect_tensor(value, (), "float64", "the loss")
        expect_close(value, own_loss(*parameters, X), what="the loss")


def test_glove_loss_ignores_zeros(student):
    W, Wc, b, bc = some_parameters()
    X = torch.zeros(5, 5, dtype=torch.float64)
    X[0, 1] = X[1, 0] = 7.0
    b[4] = bc[4] = 1e6  # word 4 co-occurs with nothing
    value = student.glove.glove_loss(W, Wc, b, bc, X)
    expect_close(value, own_loss(W, Wc, b, bc, X), what="the loss of two entries")


def test_glove_loss_of_an_empty_table(student):
    X = torch.zeros(5, 5, dtype=torch.float64)
    value = student.glove.glove_loss(*some_parameters(), X)
    expect_close(value, 0.0, what="the loss of a table without a positive entry")


def test_glove_loss_of_a_perfect_fit(student):
    _, _, b, bc = some_parameters()
    zero = torch.zeros(5, 3, dtype=torch.float64)
    X = torch.exp(b[:, None] + bc[None, :])
    expect_close(
        student.glove.glove_loss(zero, zero, b, bc, X), 0.0, what="the loss where every error is 0"
    )


def test_glove_loss_with_roles_exchanged(student):
    (W, Wc, b, bc), X = some_parameters(), some_counts(seed=2)
    one, other = student.map(
        student.glove.glove_loss, [(W, Wc, b, bc, X), (Wc, W, bc, b, X.T.contiguous())]
    )
    expect_close(one, own_loss(W, Wc, b, bc, X), what="the loss")
    expect_close(other, one, what="the loss with words and contexts exchanged")


def test_glove_loss_has_the_gradient_of_its_formula(student):
    parameters, X = some_parameters(seed=3), some_counts(seed=3)
    # X by keyword: nobody asks for a gradient with respect to the counts
    gradients = student.gradients(student.glove.glove_loss, parameters, X=X).by_argument
    leaves = [parameter.clone().requires_grad_() for parameter in parameters]
    wanted = torch.autograd.grad(own_loss(*leaves, X), leaves)
    for name, got, expected in zip(("W", "Wc", "b", "bc"), gradients, wanted, strict=True):
        expect_close(got, expected, what=f"autograd's gradient with respect to {name}")


def test_glove_loss_keeps_float32(student):
    parameters = [parameter.float() for parameter in some_parameters()]
    arguments = [*parameters, some_counts().float()]
    value, after = student.with_arguments(student.glove.glove_loss, *arguments)
    expect_tensor(value, (), "float32", "the loss")
    doubles = [argument.double() for argument in arguments]
    expect_close(value, own_loss(*doubles), what="the loss")
    expect_equal(after, arguments, "the arguments after the call")


def test_glove_loss_refuses_shapes_that_do_not_agree(student):
    (W, Wc, b, bc), X = some_parameters(), some_counts()
    names = ("W", "Wc", "b", "bc", "X")
    for bad in [(W, Wc[:1], b, bc, X), (W, Wc, b[:1], bc, X), (W, Wc, b, bc, X[:1])]:
        with expect_error(ValueError, naming=names):
            student.glove.glove_loss(*bad)
