"""Hidden checks of regularise.py."""

import math

import pytest
import torch

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_tensor,
    expect_type,
)


def normal(seed, *shape):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("p", [0.1, 0.3, 0.8])
def test_dropout_drops_the_share_p(student, p):
    x = torch.ones(40, 2_500)
    share = float((student.regularise.dropout(x, p, True, 3) == 0).double().mean())
    # five standard deviations of the mean of 100,000 draws
    assert abs(share - p) < 5 * math.sqrt(p * (1 - p) / 100_000), f"{share:.4f} dropped, not {p}"
    runs = student.map(student.regularise.dropout, [(x[0], p, True, seed) for seed in range(8)])
    numbers = {int((run == 0).sum()) for run in runs}
    # of 2,500 draws; that all of eight numbers agree happens less than once in ten million times
    assert len(numbers) > 1, "the same number of entries is dropped with every seed"


@pytest.mark.parametrize("p", [0.25, 0.5, 0.9])
def test_dropout_scales_what_stays(student, p):
    x = normal(1, 40, 50)
    got = student.regularise.dropout(x, p, True, 1)
    # 1e-6: a mask that holds 1 / (1 - p) in float32 is right too
    assert (got != 0).any(), "not all is dropped"
    wanted = torch.where(got == 0, 0, x / (1 - p))
    expect_close(got, wanted, rtol=1e-6, what="the result where it is not 0")


def test_dropout_drops_each_entry_by_itself(student):
    kept = student.regularise.dropout(torch.ones(300, 300), 0.5, True, 2) != 0
    for axis, name in ((0, "column"), (1, "row")):
        shares = kept.double().mean(dim=axis)
        # six standard deviations of a mean of 300 draws, for 300 means at once
        assert (shares - 0.5).abs().max() < 6 * math.sqrt(0.25 / 300), f"a {name} drops together"
        assert shares.std() > 0, f"every {name} drops the same number"
    # neighbours agree half of the time
    agree = float((kept[:, 1:] == kept[:, :-1]).double().mean())
    assert abs(agree - 0.5) < 5 * math.sqrt(0.25 / 89_700), "neighbours do not drop independently"


def test_dropout_depends_on_its_seed_alone(student):
    x = torch.ones(200)
    student.generators(seed=1)
    one = student.regularise.dropout(x, 0.5, True, 7)
    before = student.generators(seed=2)
    expect_close(student.regularise.dropout(x, 0.5, True, 7), one, what="with the same seed")
    expect_equal(student.generators(), before, "the global random generators after the call")
    other = student.regularise.dropout(x, 0.5, True, 8)
    assert not torch.equal(one, other), "a different seed must drop different places"


def test_dropout_does_nothing_outside_training(student):
    x = normal(2, 5, 6)
    for p in (0.2, 0.5, 0.8):
        got = student.regularise.dropout(x, p, False, 1)
        expect_close(got, x, what=f"x with p = {p} outside training")
        assert (student.regularise.dropout(x, p, True, 1) != x).any(), (
            "in training it does something"
        )


def test_dropout_of_nothing_is_x(student):
    x = normal(2, 5, 6)
    for p, training in ((0.0, True), (0.0, False), (1.0, False)):
        got = student.regularise.dropout(x, p, training, 1)
        expect_close(got, x, what=f"x with p = {p} and training = {training}")


def test_dropout_of_everything_is_zero(student):
    x = normal(3, 4, 5)
    found = student.gradients(student.regularise.dropout, [x, 1.0, True, 1], [torch.ones_like(x)])
    expect_close(found.result, torch.zeros(4, 5), what="x with p = 1")
    (gradient,) = found.by_argument
    if gradient is not None:
        expect_close(gradient, torch.zeros(4, 5), what="the gradient with p = 1")


def test_dropout_gradient_passes_where_values_do(student):
    x, ones = 1 + normal(4, 6, 7).abs(), normal(5, 6, 7)
    found = student.gradients(student.regularise.dropout, [x, 0.4, True, 3], [ones])
    (gradient,) = found.by_argument
    assert (found.result != 0).any(), "not all is dropped"
    wanted = torch.where(found.result == 0, 0, ones / 0.6)
    expect_close(gradient, wanted, rtol=1e-6, what="the gradient with respect to x")


def test_dropout_keeps_dtype_and_argument(student):
    for dtype, name in ((torch.float32, "float32"), (torch.float64, "float64")):
        x = torch.ones(3, 4, dtype=dtype)
        for training in (True, False):
            got = student.regularise.dropout(x, 0.5, training, 1)
            expect_tensor(got, (3, 4), name, "the result")
            expect_left_alone(student, student.regularise.dropout, x, 0.5, training, 1)


def test_dropout_refuses_what_is_no_probability(student):
    for p in (-0.1, 1.1):
        with expect_error(ValueError, naming="p"):
            student.regularise.dropout(torch.ones(3), p, True, 0)
        with expect_error(ValueError, naming="p"):  # a mistake of the caller's in either mode
            student.regularise.dropout(torch.ones(3), p, False, 0)


# ---- clipping: PyTorch's 1e-6 in the denominator is allowed everywhere ----------------------------


def test_clip_uses_one_norm_for_all(student):
    grads = [normal(6, 3, 4), 10 * normal(7, 5), normal(8, 2, 1, 2)]
    norm = math.sqrt(sum(float((g**2).sum()) for g in grads))
    clipped, before = student.regularise.clip_gradients(grads, 0.5)
    # a sum that was gathered in float32 is right too, here and below
    expect_close(before, norm, rtol=1e-6, what="the norm before clipping")
    for got, grad in zip(clipped, grads, strict=True):
        expect_close(got, grad * 0.5 / norm, rtol=2e-6, what="a clipped gradient")


def test_clip_keeps_the_direction(student):
    grads = [torch.tensor([3.0, 0.5], dtype=torch.float64)]
    (clipped,), _ = student.regularise.clip_gradients(grads, 1.0)
    assert clipped[0] < 3, "nothing was clipped"
    expect_close(clipped[0] / clipped[1], 6.0, what="the ratio of the two entries")


@pytest.mark.parametrize("max_norm", [5.5, 100.0])
def test_clip_leaves_small_gradients(student, max_norm):
    grads = [torch.tensor([3.0], dtype=torch.float64), torch.tensor([-4.0], dtype=torch.float64)]
    clipped, before = student.regularise.clip_gradients(grads, max_norm)
    expect_close([g.item() for g in clipped], [3.0, -4.0], what="the gradients")
    expect_close(before, 5.0, rtol=1e-6, what="the norm")


def test_clip_returns_a_list_and_the_norm_before(student):
    clipped, norm = student.regularise.clip_gradients([normal(9, 2, 3).float()], 0.1)
    expect_type(clipped, list, "the gradients")
    expect_tensor(clipped[0], (2, 3), "float32", "a gradient")
    expect_type(norm, float, "the norm")
    expect_close(norm, float(normal(9, 2, 3).norm()), rtol=1e-4, what="the norm before clipping")


def test_clip_of_zeros(student):
    for max_norm in (1.0, 0.1):
        clipped, norm = student.regularise.clip_gradients([torch.zeros(3)], max_norm)
        expect_close(clipped[0], [0.0] * 3, what="gradients of zero")
        expect_close(norm, 0.0, what="their norm")


def test_clip_at_the_bound_changes_nothing(student):
    grads = [torch.tensor([3.0], dtype=torch.float64), torch.tensor([-4.0], dtype=torch.float64)]
    clipped, _ = student.regularise.clip_gradients(grads, 5.0)
    # PyTorch's 1e-6 in the denominator is allowed here too
    expect_close([g.item() for g in clipped], [3.0, -4.0], rtol=1e-6, what="the gradients")


def test_clip_leaves_its_arguments_alone(student):
    grads = [normal(10, 3), normal(11, 2, 2)]
    for max_norm in (0.1, 1e6):
        expect_left_alone(student, student.regularise.clip_gradients, grads, max_norm)
    for new, old in zip(student.regularise.clip_gradients(grads, 0.1)[0], grads, strict=True):
        expect_tensor(new, tuple(old.shape), "float64", "a clipped gradient")
    # a change of what came back must not reach what was passed in: both stay there
    passed, _ = student.keep(student.regularise.clip_gradients, [[grads[0]], 1e6], 0)
    values = passed[0]
    back, _ = student.keep(student.regularise.clip_gradients, [passed, 1e6], 0)
    student.keep(student.keep(back.copy, []).pop, []).zero_()
    expect_equal(passed[0], values, "a gradient after its clipped one was set to 0")


PARAMS = [normal(12, 3, 4), normal(13, 5), normal(14, 2, 1, 2)]


def test_l1_penalty_sums_over_all_parameters(student):
    flat = torch.cat([p.flatten() for p in PARAMS])
    expect_close(student.regularise.l1_penalty(PARAMS), flat.abs().sum(), what="the L1 penalty")


def test_l2_penalty_sums_over_all_parameters(student):
    flat = torch.cat([p.flatten() for p in PARAMS])
    expect_close(student.regularise.l2_penalty(PARAMS), (flat**2).sum(), what="the L2 penalty")


def test_l1_penalty_of_one_parameter(student):
    expect_close(student.regularise.l1_penalty(PARAMS[:1]), PARAMS[0].abs().sum(), what="the sum")


def test_l2_penalty_of_one_parameter(student):
    expect_close(student.regularise.l2_penalty(PARAMS[:1]), (PARAMS[0] ** 2).sum(), what="the sum")


def test_l1_penalty_is_differentiable(student):
    gradients = student.gradients(student.regularise.l1_penalty, [PARAMS]).by_argument
    for gradient, param in zip(gradients, PARAMS, strict=True):
        expect_close(gradient, param.sign(), what="the gradient of the L1 penalty")


def test_l1_penalty_has_a_gradient_at_zero(student):
    params = [torch.tensor([0.0, -2.0, 3.0], dtype=torch.float64), torch.zeros(2, 2).double()]
    gradients = student.gradients(student.regularise.l1_penalty, [params]).by_argument
    for gradient, param in zip(gradients, params, strict=True):
        expect_close(gradient, param.sign(), what="the gradient of the L1 penalty")


def test_l2_penalty_is_differentiable(student):
    gradients = student.gradients(student.regularise.l2_penalty, [PARAMS]).by_argument
    for gradient, param in zip(gradients, PARAMS, strict=True):
        expect_close(gradient, 2 * param, what="the gradient of the L2 penalty")
