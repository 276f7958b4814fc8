"""Hidden checks of cbow.py."""

import pytest
import torch
import torch.nn.functional as F

from grader.checking.expect import expect_close, expect_equal, expect_error, expect_tensor

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
    expect_tensor(value, (), "float64", "the loss")
    expect_close(value, own_cbow(*examples), what="the loss")


def test_cbow_of_one_context_is_the_skip_gram_loss(student):
    context, _, target, negatives = some_examples(3)
    mask = torch.zeros(3, 5, dtype=torch.bool)
    mask[:, 2] = True
    value = student.cbow.cbow_loss(context, mask, target, negatives)
    center = context[:, 2]
    positive, negative = (target * center).sum(dim=1), torch.einsum("bkd,bd->bk", negatives, center)
    wanted = (F.softplus(-positive) + F.softplus(negative).sum(dim=1)).mean()
    expect_close(value, wanted, what="the loss of one context a row")


def test_cbow_takes_the_mean_of_what_is_kept(student):
    context, mask, target, negatives = some_examples(6)
    # the same vector at every place: its mean is itself, however many are kept
    same = context[:, :1].expand(3, 5, 4).contiguous()
    value = student.cbow.cbow_loss(same, mask, target, negatives)
    expect_close(value, own_cbow(same, mask, target, negatives), what="the loss of equal contexts")


@pytest.mark.parametrize("garbage", [0.0, -3.0, 1e9])
def test_cbow_ignores_masked_places(student, garbage):
    context, mask, target, negatives = some_examples(9)
    filled = torch.where(mask.unsqueeze(2), context, garbage)
    value = student.cbow.cbow_loss(filled, mask, target, negatives)
    wanted = own_cbow(context, mask, target, negatives)
    expect_close(value, wanted, what=f"the loss with {garbage:g} at masked places")


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
    expect_close(one, own_cbow(context, mask, target, negatives), what="the loss")
    expect_close(other, one, what="the loss with the contexts in a different order")


def test_cbow_is_a_mean_over_examples(student):
    examples = some_examples(15)
    singles = student.map(
        student.cbow.cbow_loss, [tuple(part[i : i + 1] for part in examples) for i in range(3)]
    )
    whole = student.cbow.cbow_loss(*examples)
    expect_close(whole, sum(singles) / 3, what="the loss of three examples together")


def test_cbow_has_the_gradient_of_its_formula(student):
    context, mask, target, negatives = some_examples(18)
    arguments = [context, mask, target, negatives]
    found = student.gradients(student.cbow.cbow_loss, arguments)
    by_context, by_target, by_negatives = found.by_argument
    leaves = [part.clone().requires_grad_() for part in (context, target, negatives)]
    wanted = torch.autograd.grad(own_cbow(leaves[0], mask, *leaves[1:]), leaves)
    expect_close(by_context, wanted[0], what="autograd's gradient with respect to context")
    expect_close(by_target, wanted[1], what="autograd's gradient with respect to target")
    expect_close(by_negatives, wanted[2], what="autograd's gradient with respect to negatives")


def test_cbow_is_finite_for_large_scores(student):
    context, mask = torch.full((1, 2, 1), 40.0), torch.ones(1, 2, dtype=torch.bool)
    value = student.cbow.cbow_loss(
        context, mask, torch.full((1, 1), -20.0), torch.full((1, 1, 1), 20.0)
    )
    expect_close(value, 1600.0, what="the loss of scores of -800 and 800")


def test_cbow_keeps_float32(student):
    context, mask, target, negatives = some_examples(21)
    examples = [context.float(), mask, target.float(), negatives.float()]
    value, after = student.with_arguments(student.cbow.cbow_loss, *examples)
    expect_tensor(value, (), "float32", "the loss")
    expect_close(value, own_cbow(*examples), what="the loss")
    expect_equal(after, examples, "the arguments after the call")


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
        (context, mask, target[:1], negatives),
        (context, mask, target, negatives[:1]),
    ]:
        with expect_error(ValueError, naming=names):
            student.cbow.cbow_loss(*bad)


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
    expect_tensor(value, (), "float64", "the loss")
    expect_close(value, own_softmax(*some_scores()), what="the loss")


def test_softmax_of_a_sure_prediction(student):
    hidden, output = torch.eye(3, dtype=torch.float64) * 30, torch.eye(3, dtype=torch.float64)
    right, wrong = student.map(
        student.cbow.softmax_loss,
        [(hidden, output, torch.tensor([0, 1, 2])), (hidden, output, torch.tensor([1, 2, 0]))],
    )
    expect_close(right, 0.0, what="the loss when every target is 30 ahead")
    expect_close(wrong, 30.0, what="the loss when every target is 30 behind")


def test_softmax_is_finite_for_large_scores(student):
    hidden, output, target = some_scores()
    value = student.cbow.softmax_loss(100 * hidden, 100 * output, target)
    wanted = own_softmax(100 * hidden, 100 * output, target)
    expect_close(value, wanted, what="the loss of scores of several 10,000")
    assert float(wanted) > 1000, "these scores are large"


def test_softmax_is_a_mean_over_examples(student):
    hidden, output, target = some_scores(33)
    singles = student.map(
        student.cbow.softmax_loss,
        [(hidden[i : i + 1], output, target[i : i + 1]) for i in range(3)],
    )
    whole = student.cbow.softmax_loss(hidden, output, target)
    expect_close(whole, sum(singles) / 3, what="the loss of three examples together")


def test_softmax_has_the_gradient_of_its_formula(student):
    hidden, output, target = some_scores(36)
    found = student.gradients(student.cbow.softmax_loss, [hidden, output, target])
    by_hidden, by_output = found.by_argument
    error = torch.softmax(hidden @ output.T, dim=1)
    error[torch.arange(3), target] -= 1
    expect_close(by_hidden, error @ output / 3, what="autograd's gradient with respect to hidden")
    expect_close(by_output, error.T @ hidden / 3, what="autograd's gradient with respect to output")


def test_softmax_keeps_float32(student):
    hidden, output, target = some_scores(39)
    arguments = [hidden.float(), output.float(), target]
    value, after = student.with_arguments(student.cbow.softmax_loss, *arguments)
    expect_tensor(value, (), "float32", "the loss")
    expect_close(value, own_softmax(*arguments), what="the loss")
    expect_equal(after, arguments, "the arguments after the call")


@pytest.mark.parametrize("wrong", [7, -1])
def test_softmax_refuses_an_unknown_target(student, wrong):
    hidden, output, _ = some_scores()
    with expect_error(ValueError, naming="target"):
        student.cbow.softmax_loss(hidden, output, torch.tensor([0, wrong, 2]))


def test_softmax_refuses_no_examples(student):
    output = normal(7, 4)
    with expect_error(ValueError, naming=("hidden", "target")):
        student.cbow.softmax_loss(output[:0], output, TARGET[:0])
