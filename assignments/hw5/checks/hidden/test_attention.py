"""Hidden checks of attention.py. Values and gradients are judged by torch's own, on our side."""

import pytest
import torch

from grader.checking.expect import expect_close, expect_equal, expect_left_alone, expect_tensor

NAMES = {
    "dot_scores": ("query", "keys"),
    "general_scores": ("query", "keys", "W"),
    "additive_scores": ("query", "keys", "Wq", "Wk", "v"),
}


# gradients: a step in float32 on the way (6e-8 relative) is no wrong formula; dtypes are asked apart
NEAR = {"rtol": 1e-5, "atol": 1e-6}


def normal(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(1000 * seed + sum(shape))
    return torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)


def own_scores(query, keys, *weights):
    """One score for each key, by the formulas of the handout."""
    if not weights:
        return torch.einsum("bd,bsd->bs", query, keys)
    if len(weights) == 1:
        return torch.einsum("bq,qk,bsk->bs", query, weights[0], keys)
    Wq, Wk, v = weights
    mixed = torch.einsum("aq,bq->ba", Wq, query)[:, None] + torch.einsum("ak,bsk->bsa", Wk, keys)
    return torch.einsum("a,bsa->bs", v, torch.tanh(mixed))


def inputs(name, seed, B=3, S=5, dtype=torch.float64):
    """All sizes differ, so that a transposed matrix does not fit."""
    Q, K, A = 4, 6, 2
    query, keys = normal(B, Q, seed=seed, dtype=dtype), normal(B, S, K, seed=seed, dtype=dtype)
    if name == "dot_scores":
        return [query, keys[:, :, :Q].contiguous()]
    if name == "general_scores":
        return [query, keys, normal(Q, K, seed=seed, dtype=dtype)]
    shapes = ((A, Q), (A, K), (A,))
    return [query, keys, *(normal(*shape, seed=seed, dtype=dtype) for shape in shapes)]


# ---- scores: the same questions to each of the three ----------------------------------------------


def expect_scores(student, name, seed, **sizes):
    given = inputs(name, seed, **sizes)
    scores = getattr(student.attention, name)(*given)
    expected = own_scores(*given)
    expect_tensor(scores, tuple(expected.shape), what="the scores")
    expect_close(scores, expected, what="the scores")


def expect_scores_of_one(student, name):
    for B, S in ((1, 5), (3, 1), (1, 1), (2, 2)):
        expect_scores(student, name, 4, B=B, S=S)


def expect_gradients_of_scores(student, name):
    given, toward = inputs(name, 5), normal(3, 5, seed=5)
    gradients = student.gradients(getattr(student.attention, name), given, [toward]).by_argument
    leaves = [tensor.clone().requires_grad_() for tensor in given]
    expected = torch.autograd.grad(own_scores(*leaves), leaves, toward)
    for argument, gradient, right in zip(NAMES[name], gradients, expected, strict=True):
        expect_close(gradient, right, **NEAR, what=f"the gradient with respect to {argument}")


def expect_scores_leave_alone(student, name):
    expect_left_alone(student, getattr(student.attention, name), *inputs(name, 7))


def test_dot_scores_equal_the_formula(student):
    expect_scores(student, "dot_scores", 1)


def test_dot_scores_of_one_sentence_and_of_one_key(student):
    expect_scores_of_one(student, "dot_scores")


def test_dot_scores_have_the_right_gradients(student):
    expect_gradients_of_scores(student, "dot_scores")


def test_dot_scores_leave_everything_alone(student):
    expect_scores_leave_alone(student, "dot_scores")


def test_general_scores_equal_the_formula(student):
    expect_scores(student, "general_scores", 2)
    # W also stands between a query and keys of the same width
    query, keys, W = normal(3, 4, seed=8), normal(3, 5, 4, seed=8), normal(4, 4, seed=8)
    scores = student.attention.general_scores(query, keys, W)
    expect_close(scores, own_scores(query, keys, W), what="the scores with a square W")


def test_general_scores_of_one_sentence_and_of_one_key(student):
    expect_scores_of_one(student, "general_scores")


def test_general_scores_have_the_right_gradients(student):
    expect_gradients_of_scores(student, "general_scores")


def test_general_scores_leave_everything_alone(student):
    expect_scores_leave_alone(student, "general_scores")


def test_additive_scores_equal_the_formula(student):
    expect_scores(student, "additive_scores", 3)


def test_additive_scores_of_one_sentence_and_of_one_key(student):
    expect_scores_of_one(student, "additive_scores")


def test_additive_scores_have_the_right_gradients(student):
    expect_gradients_of_scores(student, "additive_scores")


def test_additive_scores_leave_everything_alone(student):
    expect_scores_leave_alone(student, "additive_scores")


# ---- masked softmax and attend --------------------------------------------------------------------


def own_softmax(scores, mask):
    """Row by row, among the allowed positions only."""
    rows = []
    for row, keep in zip(
        scores.reshape(-1, scores.shape[-1]), mask.reshape(-1, mask.shape[-1]), strict=True
    ):
        weights = torch.zeros_like(row)
        if keep.any():
            weights = weights.masked_scatter(keep, torch.softmax(row[keep], dim=0))
        rows.append(weights)
    return torch.stack(rows).reshape(scores.shape)


def some_mask(*shape, seed=0):
    """About half is masked, in every row two positions or more are allowed."""
    mask = torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) < 0.5
    for place in (seed, seed + 2):
        mask[..., place % shape[-1]] = True
    return mask


@pytest.mark.parametrize("shape", [(5,), (3, 5), (2, 3, 5), (2, 3, 4, 5)])
def test_masked_softmax_without_a_mask_is_softmax(student, shape):
    scores = 3 * normal(*shape, seed=1)
    weights = student.attention.masked_softmax(scores, None)
    expect_tensor(weights, shape, what="the weights")
    expect_close(weights, torch.softmax(scores, dim=-1), what="the weights")


@pytest.mark.parametrize("shape", [(5,), (3, 5), (2, 3, 5), (2, 3, 4, 5)])
def test_masked_softmax_is_the_softmax_of_what_is_allowed(student, shape):
    scores, mask = 3 * normal(*shape, seed=2), some_mask(*shape, seed=2)
    weights = student.attention.masked_softmax(scores, mask)
    expect_tensor(weights, shape, what="the weights")
    expect_close(weights, own_softmax(scores, mask), what="the weights")


def test_masked_positions_weigh_exactly_nothing(student):
    scores, mask = normal(4, 6, seed=3), some_mask(4, 6, seed=3)
    weights = student.attention.masked_softmax(scores, mask)
    expect_tensor(weights, (4, 6), what="the weights")
    expect_equal(weights[~mask].tolist(), [0.0] * int((~mask).sum()), "the weights where masked")


def with_others_where_masked(student, scale):
    scores, mask = normal(3, 5, seed=4), some_mask(3, 5, seed=4)
    other = torch.where(mask, scores, scale * torch.sign(normal(3, 5, seed=5)))
    calls = [(scores, mask), (other, mask)]
    weights, changed = student.map(student.attention.masked_softmax, calls)
    expect_close(changed, weights, what="the weights with other scores where masked")


def test_masked_scores_have_no_influence(student):
    with_others_where_masked(student, 20.0)


def test_masked_scores_have_no_influence_far_out(student):
    for scale in (1e4, 1e30):
        with_others_where_masked(student, scale)
    # what is allowed may lie far below what is masked
    scores = torch.tensor([[-1e4, 0.0, -1e4 + 1], [3.0, 1.0, 2.0]]).double()
    mask = torch.tensor([[True, False, True], [True, True, False]])
    weights = student.attention.masked_softmax(scores, mask)
    expect_close(weights, own_softmax(scores, mask), what="the weights")


def test_masked_softmax_is_finite_far_out(student):
    scores = torch.tensor([[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4], [1e4, 1e4, -1e4]]).double()
    (weights,) = student.map(student.attention.masked_softmax, [(scores, None)])
    expect_close(weights, [[1, 0, 0], [0, 0.5, 0.5], [0.5, 0.5, 0]], what="the weights")


def test_rows_of_very_different_size_are_told_apart(student):
    scores = torch.tensor([[1e4, 1e4 - 1, 1e4 - 2], [1.0, 2.0, 3.0], [-1e4, 1 - 1e4, -1e4]])
    scores, mask = scores.double(), torch.ones(3, 3, dtype=torch.bool)
    calls = [(scores, None), (scores, mask)]
    for weights in student.map(student.attention.masked_softmax, calls):
        expect_close(weights, torch.softmax(scores, dim=-1), what="the weights")


def test_one_allowed_position_takes_it_all(student):
    scores, mask = 5 * normal(4, 4, seed=5), torch.eye(4, dtype=torch.bool)
    weights = student.attention.masked_softmax(scores, mask)
    expect_close(weights, torch.eye(4), what="the weights")


def test_a_row_without_any_position_is_zero(student):
    scores, mask = normal(2, 3, 4, seed=6), some_mask(2, 3, 4, seed=6)
    mask[0, 1] = mask[1, 2] = False
    weights = student.attention.masked_softmax(scores, mask)
    expect_close(weights, own_softmax(scores, mask), what="the weights")


def expect_gradient_of_softmax(student, scores, mask, toward):
    found = student.gradients(student.attention.masked_softmax, [scores, mask], [toward])
    (gradient,) = found.by_argument
    leaf = scores.clone().requires_grad_()
    (expected,) = torch.autograd.grad(own_softmax(leaf, mask), leaf, toward)
    expect_close(gradient, expected, **NEAR, what="the gradient with respect to scores")


def test_masked_softmax_has_the_right_gradient(student):
    scores, mask = normal(3, 5, seed=7), some_mask(3, 5, seed=7)
    expect_gradient_of_softmax(student, scores, mask, normal(3, 5, seed=8))


def test_the_gradient_of_an_all_masked_row_is_zero(student):
    scores, mask = normal(3, 5, seed=9), some_mask(3, 5, seed=9)
    mask[1] = False
    expect_gradient_of_softmax(student, scores, mask, normal(3, 5, seed=10))


def test_masked_softmax_leaves_everything_alone(student):
    scores, mask = normal(3, 5, seed=15), some_mask(3, 5, seed=15)
    expect_left_alone(student, student.attention.masked_softmax, scores, mask)


def expect_mean_of_values(student, mask):
    scores, values = normal(3, 5, seed=11), normal(3, 5, 4, seed=11)
    allowed = torch.ones(3, 5, dtype=torch.bool) if mask is None else mask
    expected = own_softmax(scores, allowed)
    context, weights = student.attention.attend(scores, values, mask)
    expect_tensor(context, (3, 4), what="the context")
    expect_close(weights, expected, what="the weights")
    expect_close(context, torch.einsum("bs,bsd->bd", expected, values), what="the context")


def test_attend_is_the_weighted_mean_of_the_values(student):
    expect_mean_of_values(student, None)


def test_attend_looks_where_the_mask_allows_it(student):
    expect_mean_of_values(student, some_mask(3, 5, seed=11))


def expect_gradients_of_attend(student, mask):
    scores, values = normal(3, 5, seed=12), normal(3, 5, 4, seed=12)
    toward = normal(3, 4, seed=13)
    found = student.gradients(student.attention.attend, [scores, values, mask], [toward, None])
    gradients = found.by_argument
    leaves = [scores.clone().requires_grad_(), values.clone().requires_grad_()]
    context = torch.einsum("bs,bsd->bd", own_softmax(leaves[0], mask), leaves[1])
    expected = torch.autograd.grad(context, leaves, toward)
    expect_close(gradients[0], expected[0], **NEAR, what="the gradient with respect to scores")
    expect_close(gradients[1], expected[1], **NEAR, what="the gradient with respect to values")


def test_attend_has_the_right_gradients(student):
    expect_gradients_of_attend(student, some_mask(3, 5, seed=12))


def test_attend_to_nothing_gives_zero(student):
    scores, values, mask = normal(3, 5, seed=16), normal(3, 5, 4, seed=16), some_mask(3, 5, seed=16)
    mask[1] = False
    context, weights = student.attention.attend(scores, values, mask)
    expect_close(weights[1], [0.0] * 5, what="the weights of a sentence that is all masked")
    expect_close(context[1], [0.0] * 4, what="the context of a sentence that is all masked")
    expect_gradients_of_attend(student, mask)


def test_attend_to_one_position_gives_its_value(student):
    scores, values = 5 * normal(4, 4, seed=17), normal(4, 4, 3, seed=17)
    context, _ = student.attention.attend(scores, values, torch.eye(4, dtype=torch.bool))
    expect_close(context, values[torch.arange(4), torch.arange(4)], what="the context")
    context, _ = student.attention.attend(scores[:1, :1], values[:1, :1], None)
    expect_close(context, values[:1, 0], what="the context of one sentence of one word")


def test_attend_leaves_everything_alone(student):
    scores, values, mask = normal(3, 5, seed=19), normal(3, 5, 4, seed=19), some_mask(3, 5, seed=19)
    expect_left_alone(student, student.attention.attend, scores, values, mask)
