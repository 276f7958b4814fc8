"""Hidden checks of skipgram.py: the loss and its gradient by hand."""

import math

import pytest
import torch
import torch.nn.functional as F

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_tensor,
    numerical_gradient,
)

# Core checks judge values: numbers to this bar, whatever they are stored in.
NEAR = {"rtol": 1e-4, "atol": 1e-5}


def normal(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def some_vectors(pairs=3, negatives=5, dimension=4, seed=0):
    return (
        normal(pairs, dimension, seed=seed),
        normal(pairs, dimension, seed=seed + 1),
        normal(pairs, negatives, dimension, seed=seed + 2),
    )


def own_loss(center, context, negatives):
    """The formula of the handout, with -ln s(x) = softplus(-x)."""
    positive = torch.einsum("bd,bd->b", context, center)
    negative = torch.einsum("bkd,bd->bk", negatives, center)
    return (F.softplus(-positive) + F.softplus(negative).sum(dim=1)).mean()


def own_gradients(*vectors):
    leaves = [vector.clone().requires_grad_() for vector in vectors]
    return torch.autograd.grad(own_loss(*leaves), leaves)


# ---- sgns_loss -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("pairs", "negatives", "dimension"), [(3, 5, 4), (2, 3, 2), (7, 2, 9)])
def test_loss_equals_the_formula(student, pairs, negatives, dimension):
    vectors = some_vectors(pairs, negatives, dimension)
    value = student.skipgram.sgns_loss(*vectors)
    expect_close(value, own_loss(*vectors), **NEAR, what="the loss")


@pytest.mark.parametrize(("pairs", "negatives"), [(1, 1), (1, 4), (4, 1)])
def test_loss_of_a_lone_pair_or_negative(student, pairs, negatives):
    vectors = some_vectors(pairs, negatives, 3, seed=4)
    value = student.skipgram.sgns_loss(*vectors)
    what = f"the loss of {pairs} pairs with {negatives} negatives"
    expect_close(value, own_loss(*vectors), **NEAR, what=what)


@pytest.mark.parametrize("negatives", [2, 5, 20])
def test_loss_of_zero_vectors(student, negatives):
    zeros = torch.zeros(3, 4, dtype=torch.float64)
    value = student.skipgram.sgns_loss(zeros, zeros, zeros.new_zeros(3, negatives, 4))
    what = f"the loss of zeros, {negatives} negatives"
    expect_close(value, (1 + negatives) * math.log(2), **NEAR, what=what)


def test_loss_without_negatives(student):
    center, context, _ = some_vectors()
    none = torch.zeros(3, 0, 4, dtype=torch.float64)
    value = student.skipgram.sgns_loss(center, context, none)
    expect_close(value, own_loss(center, context, none), **NEAR, what="the loss without negatives")


def test_loss_is_a_mean_over_pairs(student):
    vectors = some_vectors(pairs=4, seed=5)
    halves = student.map(
        student.skipgram.sgns_loss, [tuple(v[i : i + 2] for v in vectors) for i in (0, 2)]
    )
    assert abs(halves[0] - halves[1]) > 0.1, "two other pairs have the same loss"
    whole = student.skipgram.sgns_loss(*vectors)
    expect_close(whole, sum(halves) / 2, **NEAR, what="the loss of four pairs together")


def test_loss_adds_up_over_negatives(student):
    center, context, negatives = some_vectors(negatives=3, seed=6)
    once, twice = student.map(
        student.skipgram.sgns_loss,
        [
            (center, context, negatives),
            (center, context, torch.cat([negatives, negatives], dim=1)),
        ],
    )
    none = own_loss(center, context, negatives[:, :0])
    what = "the part of six negatives, each one twice"
    expect_close(twice - none, 2 * (once - none), **NEAR, what=what)


@pytest.mark.parametrize("sign", [1, -1])
def test_loss_is_finite_for_large_scores(student, sign):
    center, context = torch.full((2, 2), 20.0), torch.full((2, 2), 25.0 * sign)
    negatives = torch.full((2, 3, 2), 25.0 * sign)
    for kind in (torch.float32, torch.float64):
        value = student.skipgram.sgns_loss(center.to(kind), context.to(kind), negatives.to(kind))
        # scores of 1000 and -1000: a wrong decision costs its score, a right one nothing
        wanted = 3000.0 if sign > 0 else 1000.0
        expect_close(value, wanted, rtol=1e-4, what="the loss of scores of 1000")


def test_loss_has_the_gradient_of_its_formula(student):
    vectors = some_vectors(seed=7)
    gradients = student.gradients(student.skipgram.sgns_loss, vectors).by_argument
    for name, got, wanted in zip(
        ("center", "context", "negatives"), gradients, own_gradients(*vectors), strict=True
    ):
        what = f"autograd's gradient of the loss with respect to {name}"
        expect_close(got, wanted, **NEAR, what=what)


def test_loss_has_finite_gradients_for_large_scores(student):
    center, context = torch.full((2, 1), 30.0).double(), torch.full((2, 1), -30.0).double()
    negatives = torch.full((2, 2, 1), -30.0).double()
    found = student.gradients(student.skipgram.sgns_loss, [center, context, negatives])
    # each pair counts half
    for got, wanted in zip(found.by_argument, (15.0, -15.0, 0.0), strict=True):
        expected = torch.full_like(got, wanted)
        expect_close(got, expected, **NEAR, what="autograd's gradient for scores of -900")


def test_loss_refuses_no_pairs(student):
    with expect_error(ValueError, naming="center"):
        student.skipgram.sgns_loss(*some_vectors(pairs=0))


WRONG_SHAPES = [
    ("context", lambda c, o, n: (c, o[:1], n)),
    ("context", lambda c, o, n: (c, o[:, :1], n)),
    ("negatives", lambda c, o, n: (c, o, n[:1])),
    ("negatives", lambda c, o, n: (c, o, n[:, :, :1])),
]


@pytest.mark.parametrize(("name", "change"), WRONG_SHAPES)
def test_loss_refuses_shapes_that_do_not_agree(student, name, change):
    with expect_error(ValueError, naming=("center", name)):
        student.skipgram.sgns_loss(*change(*some_vectors()))


# ---- sgns_gradients ------------------------------------------------------------------------------


def gradients_of(student, *vectors):
    result = list(student.skipgram.sgns_gradients(*vectors))
    expect_equal(len(result), 3, "the number of gradients")
    names = ("by center", "by context", "by negatives")
    for got, vector, name in zip(result, vectors, names, strict=True):
        expect_tensor(got, tuple(vector.shape), what=f"the gradient {name}")
    return result


def test_gradient_by_center(student):
    center, context, negatives = some_vectors(seed=10)
    got = gradients_of(student, center, context, negatives)[0]
    wanted = numerical_gradient(lambda x: own_loss(x, context, negatives), center)
    expect_close(got, wanted, **NEAR, what="the gradient with respect to center")


def test_gradient_by_context(student):
    center, context, negatives = some_vectors(seed=11)
    got = gradients_of(student, center, context, negatives)[1]
    wanted = numerical_gradient(lambda x: own_loss(center, x, negatives), context)
    expect_close(got, wanted, **NEAR, what="the gradient with respect to context")


def test_gradient_by_negatives(student):
    center, context, negatives = some_vectors(seed=12)
    got = gradients_of(student, center, context, negatives)[2]
    wanted = numerical_gradient(lambda x: own_loss(center, context, x), negatives)
    expect_close(got, wanted, **NEAR, what="the gradient with respect to negatives")


@pytest.mark.parametrize("pairs", [1, 2, 8])
def test_gradients_of_batches_of_any_size(student, pairs):
    vectors = some_vectors(pairs, 3, 2, seed=13)
    for got, wanted in zip(gradients_of(student, *vectors), own_gradients(*vectors), strict=True):
        expect_close(got, wanted, **NEAR, what=f"a gradient for {pairs} pairs")


def test_gradients_of_zero_vectors(student):
    center, zeros = normal(2, 3, seed=14), torch.zeros(2, 3, dtype=torch.float64)
    by_center, by_context, by_negatives = gradients_of(
        student, center, zeros, zeros.new_zeros(2, 4, 3)
    )
    expect_close(by_center, zeros, **NEAR, what="the gradient with respect to center")
    expect_close(by_context, -center / 4, **NEAR, what="the gradient with respect to context")
    expected = (center / 4).unsqueeze(1).expand(2, 4, 3)
    expect_close(by_negatives, expected, **NEAR, what="the gradient with respect to negatives")


def test_gradients_of_a_negative_drawn_twice(student):
    center, context, negatives = some_vectors(negatives=1, seed=15)
    twice = torch.cat([negatives, negatives], dim=1)
    by_negatives = gradients_of(student, center, context, twice)[2]
    expected = own_gradients(center, context, twice)[2]
    expect_close(by_negatives, expected, **NEAR, what="the gradient of each of two equal negatives")


def test_gradients_without_negatives(student):
    center, context, _ = some_vectors(seed=16)
    none = torch.zeros(3, 0, 4, dtype=torch.float64)
    got = gradients_of(student, center, context, none)
    for mine, wanted in zip(got, own_gradients(center, context, none), strict=True):
        expect_close(mine, wanted, **NEAR, what="a gradient without negatives")


def test_gradients_for_large_scores(student):
    center, context = torch.tensor([[40.0]]), torch.tensor([[-25.0]])
    negatives = torch.tensor([[[25.0], [-25.0]]])
    got = gradients_of(student, center.double(), context.double(), negatives.double())
    # scores of -1000, 1000 and -1000: two decisions are wrong, one is right
    for mine, wanted in zip(got, ([[50.0]], [[-40.0]], [[[40.0], [0.0]]]), strict=True):
        expect_close(mine, wanted, **NEAR, what="a gradient for scores of 1000")


def test_gradients_are_detached(student):
    vectors = some_vectors(seed=20)
    ones = [torch.ones_like(vector) for vector in vectors]
    # there the arguments require a gradient; None: nothing can be differentiated once more
    found = student.gradients(student.skipgram.sgns_gradients, vectors, ones)
    for got, wanted in zip(found.result, own_gradients(*vectors), strict=True):
        expect_close(got, wanted, **NEAR, what="a gradient of arguments that require one")
    assert all(part is None for part in found.by_argument), (
        "the results must not require a gradient"
    )


def test_gradients_lead_downhill(student):
    vectors = some_vectors(pairs=5, seed=19)
    steps = gradients_of(student, *vectors)
    moved = [v - 0.01 * step for v, step in zip(vectors, steps, strict=True)]
    assert own_loss(*moved) < own_loss(*vectors), (
        "a small step against the gradient must decrease the loss"
    )


def test_gradients_refuse_no_pairs(student):
    with expect_error(ValueError, naming="center"):
        student.skipgram.sgns_gradients(*some_vectors(pairs=0))


@pytest.mark.parametrize(("name", "change"), WRONG_SHAPES)
def test_gradients_refuse_shapes_that_do_not_agree(student, name, change):
    with expect_error(ValueError, naming=("center", name)):
        student.skipgram.sgns_gradients(*change(*some_vectors()))
