"""Hidden checks of cbow.py."""

import math

import pytest
import torch
import torch.nn.functional as F

from grader.checking.expect import expect_close, expect_error

# Core checks judge values: numbers to this bar, whatever they are stored in.
NEAR = {"rtol": 1e-4, "atol": 1e-5}

MASK = torch.tensor(
    [[True, False, False, False, False], [True] * 5, [False, True, False, True, False]]
)


def normal(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def some_examples(seed=0):
    """context (3, 5, 4), mask, target (3, 4), negatives (3, 2, 4)."""
    return (
        normal(3, 5, 4, seed=seed),
        MASK,
        normal(3, 4, seed=seed + 1),
        normal(3, 2, 4, seed=seed + 2),
    )


def own_cbow(context, mask, target, negatives):
    """The formula of the handout, row by row."""
    losses = []
    for places, kept, word, noise in zip(context, mask, target, negatives, strict=True):
        hidden = places[kept].mean(dim=0)
        losses.append(F.softplus(-(word @ hidden)) + F.softplus(noise @ hidden).sum())
    return torch.stack(losses).mean()


# ---- cbow_loss -----------------------------------------------------------------------------------


def test_cbow_equals_the_formula(student):
    examples = some_examples()
    value = student.cbow.cbow_loss(*examples)
    expect_close(value, own_cbow(*examples), **NEAR, what="the loss")


@pytest.mark.parametrize(("examples", "negatives"), [(1, 1), (1, 3), (3, 1)])
def test_cbow_of_a_lone_example_or_negative(student, examples, negatives):
    context, mask, target, _ = (part[:examples] for part in some_examples(2))
    drawn = normal(examples, negatives, 4, seed=5)
    value = student.cbow.cbow_loss(context, mask, target, drawn)
    what = f"the loss of {examples} examples with {negatives} negatives"
    expect_close(value, own_cbow(context, mask, target, drawn), **NEAR, what=what)


def test_cbow_without_negatives(student):
    context, mask, target, negatives = some_examples(4)
    value = student.cbow.cbow_loss(context, mask, target, negatives[:, :0])
    wanted = own_cbow(context, mask, target, negatives[:, :0])
    expect_close(value, wanted, **NEAR, what="the loss without negatives")


def test_cbow_of_one_context_is_the_skip_gram_loss(student):
    context, _, target, negatives = some_examples(3)
    mask = torch.zeros(3, 5, dtype=torch.bool)
    mask[:, 2] = True
    value = student.cbow.cbow_loss(context, mask, target, negatives)
    center = context[:, 2]
    positive, negative = (target * center).sum(dim=1), torch.einsum("bkd,bd->bk", negatives, center)
    wanted = (F.softplus(-positive) + F.softplus(negative).sum(dim=1)).mean()
    expect_close(value, wanted, **NEAR, what="the loss of one context a row")


def test_cbow_takes_the_mean_of_what_is_kept(student):
    context, mask, target, negatives = some_examples(6)
    # the same vector at every place: its mean is itself, however many are kept
    same = context[:, :1].expand(3, 5, 4).contiguous()
    value = student.cbow.cbow_loss(same, mask, target, negatives)
    wanted = own_cbow(same, mask, target, negatives)
    expect_close(value, wanted, **NEAR, what="the loss of equal contexts")


def cbow_with(student, garbage):
    """The loss with this at the masked places, and the right one."""
    context, mask, target, negatives = some_examples(9)
    filled = torch.where(mask.unsqueeze(2), context, garbage)
    value = student.cbow.cbow_loss(filled, mask, target, negatives)
    return value, own_cbow(context, mask, target, negatives)


@pytest.mark.parametrize("garbage", [0.0, -3.0, 20.0])
def test_cbow_ignores_masked_places(student, garbage):
    value, wanted = cbow_with(student, garbage)
    expect_close(value, wanted, **NEAR, what=f"the loss with {garbage:g} at masked places")


@pytest.mark.parametrize("garbage", [1e9, math.inf, -math.inf, math.nan])
def test_cbow_ignores_anything_at_masked_places(student, garbage):
    value, wanted = cbow_with(student, garbage)
    expect_close(value, wanted, **NEAR, what=f"the loss with {garbage:g} at masked places")


def test_cbow_gives_masked_places_the_gradient_0(student):
    context, mask, target, negatives = some_examples(9)
    filled = torch.where(mask.unsqueeze(2), context, math.nan)
    found = student.gradients(student.cbow.cbow_loss, [filled, mask, target, negatives])
    leaf = context.clone().requires_grad_()
    (wanted,) = torch.autograd.grad(own_cbow(leaf, mask, target, negatives), leaf)
    expect_close(found.by_argument[0], wanted, **NEAR, what="the gradient with respect to context")


def test_cbow_does_not_mind_the_order_of_contexts(student):
    context, mask, target, negatives = some_examples(12)
    order = [3, 0, 4, 1, 2]
    one, other = student.map(
        student.cbow.cbow_loss,
        [
            (context, mask, target, negatives),
            (context[:, order], mask[:, order], target, negatives),
        ],
    )
    expect_close(one, own_cbow(context, mask, target, negatives), **NEAR, what="the loss")
    expect_close(other, one, **NEAR, what="the loss with the contexts in a different order")


def test_cbow_is_a_mean_over_examples(student):
    examples = tuple(part.repeat(2, *[1] * (part.ndim - 1)) for part in some_examples(15))
    halves = student.map(
        student.cbow.cbow_loss, [tuple(part[i : i + 3] for part in examples) for i in (0, 3)]
    )
    whole = student.cbow.cbow_loss(*examples)
    expect_close(whole, sum(halves) / 2, **NEAR, what="the loss of six examples together")


AUTOGRAD = "autograd's gradient with respect to"


def test_cbow_has_the_gradient_of_its_formula(student):
    context, mask, target, negatives = some_examples(18)
    arguments = [context, mask, target, negatives]
    found = student.gradients(student.cbow.cbow_loss, arguments)
    by_context, by_target, by_negatives = found.by_argument
    leaves = [part.clone().requires_grad_() for part in (context, target, negatives)]
    wanted = torch.autograd.grad(own_cbow(leaves[0], mask, *leaves[1:]), leaves)
    expect_close(by_context, wanted[0], **NEAR, what=f"{AUTOGRAD} context")
    expect_close(by_target, wanted[1], **NEAR, what=f"{AUTOGRAD} target")
    expect_close(by_negatives, wanted[2], **NEAR, what=f"{AUTOGRAD} negatives")


def test_cbow_is_finite_for_large_scores(student):
    context, mask = torch.full((2, 2, 1), 50.0), torch.ones(2, 2, dtype=torch.bool)
    target, negatives = torch.full((2, 1), -20.0), torch.full((2, 3, 1), 20.0)
    value = student.cbow.cbow_loss(context, mask, target, negatives)
    expect_close(value, 4000.0, what="the loss of scores of -1000 and 1000")


def test_cbow_has_finite_gradients_for_large_scores(student):
    context, mask = torch.full((2, 2, 1), 50.0).double(), torch.ones(2, 2, dtype=torch.bool)
    target, negatives = torch.full((2, 1), -20.0).double(), torch.full((2, 3, 1), -20.0).double()
    found = student.gradients(student.cbow.cbow_loss, [context, mask, target, negatives])
    # the scores are -1000: of each example only the context pulls, and it counts half
    for got, wanted in zip(found.by_argument, (5.0, -25.0, 0.0), strict=True):
        expected = torch.full_like(got, wanted)
        expect_close(got, expected, **NEAR, what="autograd's gradient for scores of -1000")


def test_cbow_refuses_a_row_without_context(student):
    context, mask, target, negatives = some_examples()
    empty = mask.clone()
    empty[1] = False
    with expect_error(ValueError, naming="mask"):
        student.cbow.cbow_loss(context, empty, target, negatives)


def test_cbow_refuses_shapes_that_do_not_agree(student):
    context, mask, target, negatives = some_examples()
    names = ("context", "mask", "target", "negatives")
    for bad in [
        (context, mask[:1], target, negatives),
        (context, mask[:, :1], target, negatives),
        (context, mask, target[:1], negatives),
        (context, mask, target[:, :1], negatives),
        (context, mask, target, negatives[:1]),
        (context, mask, target, negatives[:, :, :1]),
    ]:
        with expect_error(ValueError, naming=names):
            student.cbow.cbow_loss(*bad)


def test_cbow_refuses_no_examples(student):
    with expect_error(ValueError, naming=("context", "mask", "target", "negatives")):
        student.cbow.cbow_loss(*(part[:0] for part in some_examples()))


# ---- softmax_loss --------------------------------------------------------------------------------

TARGET = torch.tensor([6, 0, 3])


def some_scores(seed=30):
    """hidden (3, 4), output (7, 4), target (3,)."""
    return normal(3, 4, seed=seed), normal(7, 4, seed=seed + 1), TARGET


def own_softmax(hidden, output, target):
    scores = hidden @ output.T
    return (torch.logsumexp(scores, dim=1) - scores[torch.arange(len(target)), target]).mean()


def test_softmax_equals_the_formula(student):
    value = student.cbow.softmax_loss(*some_scores())
    expect_close(value, own_softmax(*some_scores()), **NEAR, what="the loss")


def test_softmax_of_a_sure_prediction(student):
    hidden, output = torch.eye(3, dtype=torch.float64) * 30, torch.eye(3, dtype=torch.float64)
    right, wrong = student.map(
        student.cbow.softmax_loss,
        [(hidden, output, torch.tensor([0, 1, 2])), (hidden, output, torch.tensor([1, 2, 0]))],
    )
    expect_close(right, 0.0, **NEAR, what="the loss when every target is 30 ahead")
    expect_close(wrong, 30.0, **NEAR, what="the loss when every target is 30 behind")


def test_softmax_is_finite_for_large_scores(student):
    hidden, output, target = some_scores()
    value = student.cbow.softmax_loss(100 * hidden, 100 * output, target)
    wanted = own_softmax(100 * hidden, 100 * output, target)
    expect_close(value, wanted, **NEAR, what="the loss of scores of several 10,000")
    assert float(wanted) > 1000, "these scores are large"


def test_softmax_of_rows_of_very_different_size(student):
    hidden, output, target = some_scores(42)
    hidden = hidden * torch.tensor([[1e-3], [1.0], [300.0]]).double()
    value = student.cbow.softmax_loss(hidden, output, target)
    wanted = own_softmax(hidden, output, target)
    expect_close(value, wanted, **NEAR, what="the loss of a small, a middling and a large row")


def test_softmax_of_one_example(student):
    hidden, output, target = some_scores(45)
    value = student.cbow.softmax_loss(hidden[:1], output, target[:1])
    wanted = own_softmax(hidden[:1], output, target[:1])
    expect_close(value, wanted, **NEAR, what="the loss of one example")


def test_softmax_is_a_mean_over_examples(student):
    hidden, output, target = some_scores(33)
    hidden, target = torch.cat([hidden, hidden + 1]), torch.cat([target, target.flip(0)])
    halves = student.map(
        student.cbow.softmax_loss,
        [(hidden[i : i + 3], output, target[i : i + 3]) for i in (0, 3)],
    )
    whole = student.cbow.softmax_loss(hidden, output, target)
    expect_close(whole, sum(halves) / 2, **NEAR, what="the loss of six examples together")


def test_softmax_has_the_gradient_of_its_formula(student):
    hidden, output, target = some_scores(36)
    found = student.gradients(student.cbow.softmax_loss, [hidden, output, target])
    by_hidden, by_output = found.by_argument
    error = torch.softmax(hidden @ output.T, dim=1)
    error[torch.arange(3), target] -= 1
    expect_close(by_hidden, error @ output / 3, **NEAR, what=f"{AUTOGRAD} hidden")
    expect_close(by_output, error.T @ hidden / 3, **NEAR, what=f"{AUTOGRAD} output")


def test_softmax_refuses_shapes_that_do_not_agree(student):
    hidden, output, target = some_scores()
    for bad in [(hidden, output[:, :1], target), (hidden, output, target[:1])]:
        with expect_error(ValueError, naming=("hidden", "output", "target")):
            student.cbow.softmax_loss(*bad)


@pytest.mark.parametrize("wrong", [7, -1])
def test_softmax_refuses_an_unknown_target(student, wrong):
    hidden, output, _ = some_scores()
    with expect_error(ValueError, naming="target"):
        student.cbow.softmax_loss(hidden, output, torch.tensor([0, wrong, 2]))


def test_softmax_refuses_no_examples(student):
    output = normal(7, 4)
    with expect_error(ValueError, naming=("hidden", "output", "target")):
        student.cbow.softmax_loss(output[:0], output, TARGET[:0])
